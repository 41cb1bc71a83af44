package inbound

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"evangelist/adapters/teams/connector"
	"evangelist/bot"
)

// Us is who the bot is: what is ours, and what comes from elsewhere.
type Us struct {
	Platform string // instance key
	AppID    string
	TenantID string
}

// Kind is the kind of a conversation.
type Kind string

// The kinds of conversation.
const (
	Personal Kind = "personal"
	Group    Kind = "groupChat"
	Channel  Kind = "channel"
)

// Somebody is an account as an activity names it.
type Somebody struct {
	ID     string // 29:…, or 28:… for a bot
	Object string // in the directory; empty: unknown, or not of an organisation
	Name   string
	Tenant string // lower case; empty: not said
}

// Team is the team that a channel is in.
type Team struct {
	ID    string // 19:…
	Group string // as Microsoft Graph names it
	Name  string
}

// Activity is one activity, as far as the bot needs it.
type Activity struct {
	Type         string // message, messageUpdate, messageDelete, messageReaction, conversationUpdate, installationUpdate, invoke, …
	Name         string // of an invoke
	ID           string
	At           time.Time
	Conversation string // without a thread
	Root         string // the thread's first message, in a channel
	Kind         Kind
	Title        string // of a group chat
	From         Somebody
	ReplyTo      string
	Targeted     bool // written to the bot alone
	Mentioned    bool // the bot is mentioned
	Team         Team
	ChannelID    string // the channel of the team that it is about
	ChannelType  string // standard, private or shared; empty: not said
	Event        string // channelData.eventType
	Action       string // of an installationUpdate
	Came, Went   bool   // the bot was added or removed (conversationUpdate)
	Joined       bool   // somebody else was added
	Parted       bool   // somebody else was removed
	Given, Taken []string
	Value        json.RawMessage

	text, html string
	called     []string // how the bot's name stands in the text
}

type account struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Object   string `json:"aadObjectId"`
	Tenant   string `json:"tenantId"`
	Targeted bool   `json:"isTargeted"`
}

type kinded struct {
	Type string `json:"type"`
}

type wire struct {
	Type         string    `json:"type"`
	Name         string    `json:"name"`
	ID           string    `json:"id"`
	Timestamp    string    `json:"timestamp"`
	Text         string    `json:"text"`
	ReplyTo      string    `json:"replyToId"`
	Action       string    `json:"action"`
	From         account   `json:"from"`
	Recipient    account   `json:"recipient"`
	Added        []account `json:"membersAdded"`
	Removed      []account `json:"membersRemoved"`
	Given        []kinded  `json:"reactionsAdded"`
	Taken        []kinded  `json:"reactionsRemoved"`
	Conversation struct {
		ID   string `json:"id"`
		Kind string `json:"conversationType"`
		Name string `json:"name"`
	} `json:"conversation"`
	Attachments []struct {
		Kind    string          `json:"contentType"`
		Content json.RawMessage `json:"content"`
	} `json:"attachments"`
	Entities []struct {
		Type      string  `json:"type"`
		Text      string  `json:"text"`
		Mentioned account `json:"mentioned"`
	} `json:"entities"`
	Data struct {
		Event string `json:"eventType"`
		Team  struct {
			ID    string `json:"id"`
			Name  string `json:"name"`
			Group string `json:"aadGroupId"`
		} `json:"team"`
		Channel struct {
			ID   string `json:"id"`
			Type string `json:"type"`
		} `json:"channel"`
	} `json:"channelData"`
	Value json.RawMessage `json:"value"`
}

// Parse reads an activity. It fails only for what is no JSON object with a type
// and a conversation; a member of a shape that nobody expects spoils nothing but
// itself.
func Parse(body []byte, us Us) (Activity, error) {
	var w wire
	var odd *json.UnmarshalTypeError
	if err := json.Unmarshal(body, &w); err != nil && !errors.As(err, &odd) {
		return Activity{}, fmt.Errorf("read an activity: %w", err)
	}
	conversation, root := connector.SplitThread(w.Conversation.ID)
	if w.Type == "" || conversation == "" || len(w.Conversation.ID) > maxID || len(w.ID) > maxID || len(w.ReplyTo) > maxID {
		return Activity{}, errors.New("read an activity: it has no type or no conversation")
	}
	a := Activity{
		Type: w.Type, Name: w.Name, ID: w.ID, Conversation: bot.Clean(conversation, maxID), Root: bot.Clean(root, maxID), Kind: Kind(w.Conversation.Kind), Title: bot.Clean(w.Conversation.Name, 200),
		From: somebody(w.From), ReplyTo: w.ReplyTo, Targeted: w.Recipient.Targeted, Event: w.Data.Event, Action: w.Action, Value: w.Value, text: w.Text,
		Team:      Team{ID: bot.Clean(w.Data.Team.ID, maxID), Group: bot.Clean(w.Data.Team.Group, 64), Name: bot.Clean(w.Data.Team.Name, 200)},
		ChannelID: bot.Clean(w.Data.Channel.ID, maxID), ChannelType: strings.ToLower(bot.Clean(w.Data.Channel.Type, 20)),
	}
	if at, err := time.Parse(time.RFC3339Nano, w.Timestamp); err == nil {
		a.At = at.UTC()
	}
	for _, attachment := range w.Attachments {
		var content string
		if attachment.Kind == "text/html" && a.html == "" && json.Unmarshal(attachment.Content, &content) == nil {
			a.html = content
		}
	}
	for _, entity := range w.Entities {
		if entity.Type == "mention" && us.is(entity.Mentioned.ID) {
			a.Mentioned, a.called = true, append(a.called, entity.Text)
		}
	}
	for _, one := range w.Added {
		a.Came, a.Joined = a.Came || us.is(one.ID), a.Joined || !us.is(one.ID)
	}
	for _, one := range w.Removed {
		a.Went, a.Parted = a.Went || us.is(one.ID), a.Parted || !us.is(one.ID)
	}
	a.Given, a.Taken = kinds(w.Given), kinds(w.Taken)
	return a, nil
}

// maxID is longer than any id of the service.
const maxID = 1000

func somebody(a account) Somebody {
	return Somebody{ID: bot.Clean(a.ID, 300), Object: strings.ToLower(bot.Clean(a.Object, 64)), Name: bot.Clean(a.Name, 200), Tenant: strings.ToLower(a.Tenant)}
}

func kinds(all []kinded) []string {
	var out []string
	for _, one := range all {
		if one.Type != "" {
			out = append(out, one.Type)
		}
	}
	return out
}

func (us Us) is(id string) bool {
	return strings.EqualFold(strings.TrimPrefix(id, "28:"), us.AppID)
}

// Ours reports whether the bot itself did it.
func (us Us) Ours(who Somebody) bool { return us.is(who.ID) }

// Bot reports whether a program did it.
func (who Somebody) Bot() bool { return strings.HasPrefix(who.ID, "28:") }

// Foreign reports whether somebody belongs to another organisation, or to none.
func (us Us) Foreign(who Somebody) bool {
	return who.Object == "" || who.Tenant != "" && !strings.EqualFold(who.Tenant, us.TenantID)
}

// Account names an account: by its id in the directory, which is the same for
// every bot.
func (us Us) Account(who Somebody) bot.AccountID {
	switch {
	case who.Object != "":
		return bot.NewAccountID(us.Platform, who.Object)
	case who.ID != "":
		return bot.NewAccountID(us.Platform, who.ID)
	}
	return ""
}

// Unseen reports whether nobody but the bot is told of it: a request, or words to
// the bot alone.
func (a Activity) Unseen() bool {
	switch a.Type {
	case "conversationUpdate", "installationUpdate":
		return false
	}
	return a.Type == "invoke" || a.Kind == Personal || a.Targeted || len(a.Value) > 0
}

// Private reports whether not everybody in the organisation can read what is
// written there: everywhere but in a team's standard channels. A channel of which
// the kind is not said is a standard one.
func (a Activity) Private() bool {
	return a.Kind != Channel || a.ChannelType != "" && a.ChannelType != "standard"
}

// Place names the conversation.
func (a Activity) Place(us Us) bot.PlaceID { return bot.NewPlaceID(us.Platform, a.Conversation) }
