package inbound

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"evangelist/adapters/slack/mrkdwn"
)

// Door says how somebody asked, and so where the answer goes.
type Door string

// The doors.
const (
	Slash         Door = "slash"
	Button        Door = "button"        // on a message, in a dialog or on the home page
	Shortcut      Door = "shortcut"      // from anywhere
	OnMessage     Door = "on message"    // from a message's menu
	Submission    Door = "submission"    // a dialog was sent
	Uninteresting Door = "uninteresting" // an interaction that asks for nothing
)

// Request is somebody asking for something.
type Request struct {
	Door        Door
	User        string
	UserName    string
	Team        string // of whoever asks
	Enterprise  string
	Channel     string
	Word        string // Slash: the command without "/"
	Words       string // Slash: what was typed after it; OnMessage: the message's words
	Command     string // Button: action id; Shortcut, OnMessage: callback id
	Value       string // Button
	Trigger     string
	ResponseURL string
	Message     Card // Button: the message that it is on; OnMessage: the message
	View        View // Button in a view; Submission
}

// Card is a message.
type Card struct {
	TS        string
	Thread    string
	Ephemeral bool // seen by one person only; it can be changed through the response address alone
}

// View is a dialog or a home page.
type View struct {
	ID       string
	Kind     string // "modal" or "home"
	Hash     string
	Callback string
	Metadata string
	State    json.RawMessage // {"values": …}
}

// Identity tells one act of a person from all others: the same act delivered
// again has the same. It is "" when Slack gave nothing to tell it by.
func (r Request) Identity() string {
	if r.Trigger != "" {
		return string(r.Door) + " " + r.Trigger
	}
	if r.View.ID != "" {
		// A form that is sent again with other words is another act.
		state := sha256.Sum256(r.View.State)
		return string(r.Door) + " " + r.View.ID + " " + r.View.Hash + " " + r.Command + " " + r.Value + " " + hex.EncodeToString(state[:8])
	}
	return ""
}

// ParseSlash reads the form of a slash command.
func ParseSlash(form url.Values) Request {
	return Request{
		Door: Slash, User: form.Get("user_id"), UserName: form.Get("user_name"), Team: form.Get("team_id"), Enterprise: form.Get("enterprise_id"),
		Channel: form.Get("channel_id"), Word: strings.TrimPrefix(form.Get("command"), "/"), Words: form.Get("text"),
		Trigger: form.Get("trigger_id"), ResponseURL: form.Get("response_url"),
	}
}

// ParseSlashJSON reads a slash command as a socket delivers it: the fields of
// the form as JSON.
func ParseSlashJSON(payload []byte) (Request, error) {
	var fields map[string]text
	if err := json.Unmarshal(payload, &fields); err != nil {
		return Request{}, fmt.Errorf("read a slash command: %w", err)
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, string(value))
	}
	return ParseSlash(form), nil
}

type interaction struct {
	Type        text `json:"type"`
	CallbackID  text `json:"callback_id"`
	TriggerID   text `json:"trigger_id"`
	ResponseURL text `json:"response_url"`
	MessageTS   text `json:"message_ts"`
	Channel     struct {
		ID text `json:"id"`
	} `json:"channel"`
	User struct {
		ID       text `json:"id"`
		Name     text `json:"name"`
		Username text `json:"username"`
		TeamID   text `json:"team_id"`
	} `json:"user"`
	Team *struct {
		ID           text `json:"id"`
		EnterpriseID text `json:"enterprise_id"`
	} `json:"team"`
	Enterprise *struct {
		ID text `json:"id"`
	} `json:"enterprise"`
	Container struct {
		Type      text `json:"type"`
		MessageTS text `json:"message_ts"`
		ThreadTS  text `json:"thread_ts"`
		ChannelID text `json:"channel_id"`
		Ephemeral bool `json:"is_ephemeral"`
	} `json:"container"`
	Actions []struct {
		ActionID text `json:"action_id"`
		Type     text `json:"type"`
		Value    text `json:"value"`
	} `json:"actions"`
	Message json.RawMessage `json:"message"`
	View    struct {
		ID              text            `json:"id"`
		Type            text            `json:"type"`
		Hash            text            `json:"hash"`
		CallbackID      text            `json:"callback_id"`
		PrivateMetadata text            `json:"private_metadata"`
		State           json.RawMessage `json:"state"`
	} `json:"view"`
}

// ParseInteraction reads the payload of an interaction. known names people and
// channels in the words of a message. It fails only for what is no JSON object.
func ParseInteraction(payload []byte, known Known) (Request, error) {
	var in interaction
	if err := json.Unmarshal(payload, &in); err != nil {
		return Request{}, fmt.Errorf("read an interaction: %w", err)
	}
	r := Request{
		Door: Uninteresting, User: string(in.User.ID), UserName: string(in.User.Name), Team: string(in.User.TeamID),
		Channel: string(in.Channel.ID), Trigger: string(in.TriggerID), ResponseURL: string(in.ResponseURL),
		View: View{ID: string(in.View.ID), Kind: string(in.View.Type), Hash: string(in.View.Hash), Callback: string(in.View.CallbackID),
			Metadata: string(in.View.PrivateMetadata), State: in.View.State},
	}
	if r.UserName == "" {
		r.UserName = string(in.User.Username)
	}
	if in.Team != nil {
		r.Enterprise = string(in.Team.EnterpriseID)
		if r.Team == "" {
			r.Team = string(in.Team.ID)
		}
	}
	if in.Enterprise != nil && r.Enterprise == "" {
		r.Enterprise = string(in.Enterprise.ID)
	}
	switch in.Type {
	case "block_actions":
		in.button(&r)
	case "shortcut":
		r.Door, r.Command = Shortcut, string(in.CallbackID)
	case "message_action":
		r.Door, r.Command = OnMessage, string(in.CallbackID)
		r.Message.TS = string(in.MessageTS)
		if p := parsePost(in.Message); p != nil {
			if r.Message.TS == "" {
				r.Message.TS = p.ts
			}
			r.Message.Thread = p.threadTS
			r.Words = wordsWithAddresses(p, known)
		}
	case "view_submission":
		r.Door = Submission
	}
	return r, nil
}

// button reads the first button among the actions; choices that somebody only
// begins to make are not asked for.
func (in interaction) button(r *Request) {
	for _, action := range in.Actions {
		if action.Type != "button" {
			continue
		}
		r.Door, r.Command, r.Value = Button, string(action.ActionID), string(action.Value)
		break
	}
	r.Message = Card{TS: string(in.Container.MessageTS), Thread: string(in.Container.ThreadTS), Ephemeral: in.Container.Ephemeral}
	if r.Channel == "" {
		r.Channel = string(in.Container.ChannelID)
	}
}

// wordsWithAddresses are the words of a message with every address written out.
func wordsWithAddresses(p *Post, known Known) string {
	words, links := mrkdwn.Convert(mrkdwn.Message{Text: p.text, Blocks: p.blocks, Attachments: p.attachments}, known)
	for _, link := range links {
		if !strings.Contains(words, link.URL) {
			words += "\n" + link.URL
		}
	}
	return words
}

var wrapped = regexp.MustCompile(`<((?:https?|mailto):[^|<>\s]+)(?:\|[^<>]*)?>`)

// Words are what somebody typed as plain text: addresses stand for themselves,
// people and channels have their names, escapes are undone.
func Words(typed string, known Known) string {
	return mrkdwn.Plain(wrapped.ReplaceAllString(typed, "$1"), mrkdwn.MaxText, known)
}
