package slack

import (
	"encoding/json"

	"evangelist/bot"
)

// frame is what a dialog carries through Slack, so that nothing about an open
// form is kept here: the command, the form's nonce, and where the answer goes.
type frame struct {
	Command string `json:"c,omitempty"`
	Arg     string `json:"a,omitempty"`
	Nonce   string `json:"n,omitempty"`
	Channel string `json:"p,omitempty"` // where it was asked
	About   string `json:"m,omitempty"` // ts of the message that it is about, in Channel
	Card    string `json:"k,omitempty"` // ts of the card that was used, in Channel
	Thread  string `json:"t,omitempty"` // of that card
	Handle  string `json:"r,omitempty"` // name of the address that changes a private card
	Home    bool   `json:"h,omitempty"` // opened from the home page
}

// longestFrame is what Slack lets a dialog carry.
const longestFrame = 3000

// text writes the frame; what does not fit is left out from the least important
// on, the nonce and the command never.
func (f frame) text() string {
	for _, drop := range []func(){func() {}, func() { f.Handle = "" }, func() { f.Card, f.Thread = "", "" }, func() { f.About, f.Channel = "", "" }} {
		drop()
		if text, err := json.Marshal(f); err == nil && len(text) <= longestFrame {
			return string(text)
		}
	}
	return ""
}

func readFrame(text string) frame {
	var f frame
	if json.Unmarshal([]byte(text), &f) != nil {
		return frame{}
	}
	return f
}

// invocation is what a sent dialog asks for.
func (f frame) invocation(a *Adapter) bot.Invocation {
	in := bot.Invocation{Command: f.Command, Arg: f.Arg, Nonce: f.Nonce}
	if f.Channel != "" {
		in.Place = a.us().Place(f.Channel)
		if f.About != "" {
			in.About = &bot.MessageRef{Place: in.Place, Native: f.About}
		}
	}
	return in
}
