package inbound

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Kind says what an event is about.
type Kind string

// The kinds of event that mean something to the bot. All others are Other.
const (
	Other       Kind = ""
	Challenge   Kind = "challenge"    // Slack tries whether the address is ours
	Limited     Kind = "limited"      // Slack leaves events out for a minute
	Message     Kind = "message"      // posted, edited, deleted
	Reaction    Kind = "reaction"     // given or taken back
	BotMoved    Kind = "bot moved"    // the bot came into a channel, or left it
	ChannelNews Kind = "channel news" // name, archive, sharing: to be looked up
	PersonNews  Kind = "person news"  // a user was added or changed
	HomeOpened  Kind = "home opened"
	LinkShared  Kind = "link shared" // a link of our own web was posted
	Removed     Kind = "removed"     // uninstalled, or its tokens revoked
)

// Event is one event, as far as its kind needs.
type Event struct {
	Kind       Kind
	ID         string // event_id, "" when Slack gave none
	Team       string
	Enterprise string
	Challenge  string          // Challenge
	Channel    string          // Message, Reaction, BotMoved, ChannelNews, HomeOpened, LinkShared
	User       string          // who did it; HomeOpened: who looks
	At         time.Time       // when
	Stamp      string          // Message, Reaction, LinkShared: ts of the message
	In         bool            // BotMoved: came; Reaction: given
	Emoji      string          // Reaction
	Links      []string        // LinkShared
	Person     json.RawMessage // PersonNews: the user object
	Post       *Post           // Message
	Type       string          // as Slack calls it, for counting
}

type callback struct {
	Type         string          `json:"type"`
	Challenge    string          `json:"challenge"`
	TeamID       string          `json:"team_id"`
	EnterpriseID string          `json:"enterprise_id"`
	EventID      string          `json:"event_id"`
	Event        json.RawMessage `json:"event"`
}

// text reads a JSON string; anything else reads as "", so that a field of a
// shape that Slack invents spoils nothing but itself.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	if len(data) > 0 && data[0] == '"' && json.Unmarshal(data, &s) == nil {
		*t = text(s)
	}
	return nil
}

// ref reads an id that Slack writes as a string, or as an object with an id.
type ref string

// UnmarshalJSON implements json.Unmarshaler.
func (r *ref) UnmarshalJSON(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	switch data[0] {
	case '"':
		var s text
		_ = s.UnmarshalJSON(data)
		*r = ref(s)
	case '{':
		var object struct {
			ID text `json:"id"`
		}
		if json.Unmarshal(data, &object) == nil {
			*r = ref(object.ID)
		}
	}
	return nil
}

type inner struct {
	Type     text            `json:"type"`
	User     ref             `json:"user"`
	Channel  ref             `json:"channel"`
	EventTS  text            `json:"event_ts"`
	Reaction text            `json:"reaction"`
	Inviter  text            `json:"inviter"`
	Tab      text            `json:"tab"`
	Source   text            `json:"source"`
	Message  text            `json:"message_ts"`
	Links    json.RawMessage `json:"links"`
	Item     struct {
		Type    text `json:"type"`
		Channel text `json:"channel"`
		TS      text `json:"ts"`
	} `json:"item"`
}

// ParseEvent reads the body of an event request, or the payload of a socket's
// events_api envelope. It fails only for what is no JSON object at all.
func ParseEvent(body []byte, us Us) (Event, error) {
	var outer callback
	if err := json.Unmarshal(body, &outer); err != nil {
		return Event{}, fmt.Errorf("read an event: %w", err)
	}
	e := Event{ID: outer.EventID, Team: outer.TeamID, Enterprise: outer.EnterpriseID, Type: outer.Type}
	switch outer.Type {
	case "url_verification":
		e.Kind, e.Challenge = Challenge, outer.Challenge
	case "app_rate_limited":
		e.Kind = Limited
	case "event_callback":
		e.fill(outer.Event, us)
	}
	return e, nil
}

// fill reads what is inside the event; what is no object is Other.
func (e *Event) fill(raw json.RawMessage, us Us) {
	var in inner
	if json.Unmarshal(raw, &in) != nil {
		*e = Event{Type: "malformed"}
		return
	}
	e.Type = strings.ToLower(string(in.Type))
	in.fill(e, raw, us)
}

func (in inner) fill(e *Event, raw json.RawMessage, us Us) {
	e.User, e.Channel, e.At = string(in.User), string(in.Channel), Moment(string(in.EventTS))
	switch e.Type {
	case "message":
		e.Kind = Message
		if e.Post = parsePost(raw); e.Post == nil {
			e.Kind = Other
		}
	case "reaction_added", "reaction_removed":
		if in.Item.Type != "message" && in.Item.Type != "" {
			return
		}
		e.Kind, e.In = Reaction, e.Type == "reaction_added"
		e.Channel, e.Stamp, e.Emoji = string(in.Item.Channel), string(in.Item.TS), string(in.Reaction)
	case "member_joined_channel", "member_left_channel":
		if e.User == us.User {
			e.Kind, e.In, e.User = BotMoved, e.Type == "member_joined_channel", string(in.Inviter)
		}
	case "channel_left", "group_left", "channel_deleted", "group_deleted":
		e.Kind, e.User = BotMoved, ""
	case "channel_rename", "group_rename", "channel_archive", "group_archive", "channel_unarchive", "group_unarchive",
		"channel_shared", "channel_unshared", "channel_convert_to_private", "channel_id_changed":
		e.Kind = ChannelNews
	case "user_change", "team_join":
		e.Kind, e.Person = PersonNews, member(raw, "user")
	case "app_home_opened":
		if in.Tab == "home" || in.Tab == "" {
			e.Kind = HomeOpened
		}
	case "link_shared":
		e.linkShared(in)
	case "app_uninstalled", "tokens_revoked":
		e.Kind = Removed
	}
}

// linkShared leaves out links that somebody is still typing.
func (e *Event) linkShared(in inner) {
	if in.Source == "composer" || in.Message == "" {
		return
	}
	var links []struct {
		URL text `json:"url"`
	}
	if json.Unmarshal(in.Links, &links) != nil {
		return
	}
	e.Kind, e.Stamp = LinkShared, string(in.Message)
	for _, link := range links {
		e.Links = append(e.Links, string(link.URL))
	}
}

func member(object json.RawMessage, name string) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(object, &all) != nil {
		return nil
	}
	return all[name]
}

// Moment reads a Slack timestamp such as "1732442400.000100"; zero when it is
// none.
func Moment(stamp string) time.Time {
	whole, part, _ := strings.Cut(stamp, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds <= 0 || seconds > lastSecond {
		return time.Time{}
	}
	micros, err := strconv.ParseInt((part + "000000")[:6], 10, 64)
	if err != nil || micros < 0 {
		micros = 0
	}
	return time.Unix(seconds, micros*1000).UTC()
}

const lastSecond = 253402300799 // the end of the year 9999
