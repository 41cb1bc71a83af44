package inbound

import (
	"encoding/json"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
)

// Door is the way in which something is asked.
type Door string

// The doors.
const (
	Execute   Door = "execute"   // a button of a card, answered in its place
	Fetch     Door = "fetch"     // a dialog is to be opened
	Submit    Door = "submit"    // a dialog was sent, or a button in it was used
	Button    Door = "button"    // a button of a card in an older client: nothing waits for an answer
	Otherwise Door = "otherwise" // an invoke that means nothing to the bot
)

// Request is something that somebody asks for by a button, a menu or a form.
type Request struct {
	Door    Door
	Press   cards.Press
	Data    json.RawMessage // of the button or form
	Message string          // id of the message that it is about
	Thread  string          // that message's thread
	Words   string          // what that message says, addresses written out
}

// Request reads what an activity asks for; false: it is no request.
func (a Activity) Request() (Request, bool) {
	switch {
	case a.Type == "message":
		press, ours := cards.Read(a.Value)
		return Request{Door: Button, Press: press, Data: a.Value}, ours
	case a.Type != "invoke":
		return Request{}, false
	}
	var value struct {
		Action struct {
			Data json.RawMessage `json:"data"`
		} `json:"action"`
		Data    json.RawMessage `json:"data"`
		Command string          `json:"commandId"`
		Message struct {
			ID      string `json:"id"`
			ReplyTo string `json:"replyToId"`
			Body    struct {
				Kind    string `json:"contentType"`
				Content string `json:"content"`
			} `json:"body"`
		} `json:"messagePayload"`
	}
	_ = json.Unmarshal(a.Value, &value) // a member of another shape is as if it were not there
	r := Request{Door: Otherwise, Data: value.Data}
	switch a.Name {
	case "adaptiveCard/action":
		r.Door, r.Data = Execute, value.Action.Data
	case "task/fetch", "composeExtension/fetchTask":
		r.Door = Fetch
	case "task/submit", "composeExtension/submitAction":
		r.Door = Submit
	default:
		return r, true
	}
	if a.Name == "composeExtension/fetchTask" {
		r.Press = cards.Press{Command: value.Command}
		r.Message, r.Thread = bot.Clean(value.Message.ID, maxID), bot.Clean(value.Message.ReplyTo, maxID)
		p := &page{whole: true}
		p.read(value.Message.Body.Content)
		r.Words = p.plain()
		return r, true
	}
	press, ours := cards.Read(r.Data)
	if r.Press = press; !ours {
		r.Door = Otherwise
	}
	return r, true
}
