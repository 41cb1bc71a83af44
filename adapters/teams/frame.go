package teams

import (
	"encoding/base64"
	"encoding/json"

	"evangelist/bot"
)

// frame is what a dialog carries through Teams, so that nothing about an open
// form is kept here. The command and the nonce go beside it.
type frame struct {
	About string `json:"m,omitempty"` // id of the message that it is about
	Card  string `json:"k,omitempty"` // id of the message whose card was used
	Proof string `json:"p,omitempty"` // that this person was shown that card here
	Name  string `json:"n,omitempty"` // the command whose form it is, which draws it again
	Arg   string `json:"a,omitempty"`
	Words string `json:"w,omitempty"` // what the message says that it is about
}

// longestFrame is what a form may carry.
const longestFrame = 4000

// text writes the frame; what does not fit is left out from the least important
// on.
func (f frame) text() string {
	for _, drop := range []func(){func() {}, func() { f.Words = "" }, func() { f.Card, f.Proof = "", "" }, func() { f.About = "" }} {
		drop()
		if text, err := json.Marshal(f); err == nil && len(text) <= longestFrame {
			return string(text)
		}
	}
	return ""
}

func readFrame(text string) frame {
	var f frame
	if len(text) > longestFrame || json.Unmarshal([]byte(text), &f) != nil {
		return frame{}
	}
	return f
}

// proof is what shows later that somebody used a card: whoever fills a form in
// can read and change what it carries.
func (a *Adapter) proof(account bot.AccountID, place bot.PlaceID, card string) string {
	mark := a.once.mark("card\n" + string(account) + "\n" + string(place) + "\n" + card)
	return base64.RawURLEncoding.EncodeToString(mark[:])
}
