package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/slack/slacktest/kit"
)

type obj = map[string]any

// Kind is the kind of a channel.
type Kind string

// The kinds of channels.
const (
	Public  Kind = "channel"
	Private Kind = "group"
	IM      Kind = "im"
	MPIM    Kind = "mpim"
)

// User is an account. ID, Team and Handle are made when they are empty.
type User struct {
	ID                string
	Team              string // another one than the server's: a stranger of Slack Connect
	Handle            string // the name, lower-case, without spaces
	Name              string // the full name
	DisplayName       string
	Email             string // of strangers it is never shown
	Title             string
	TimeZone          string            // Europe/Brussels
	Fields            map[string]string // custom profile fields, by id; see AddField
	Deleted, Bot      bool
	Guest             bool // multi-channel guest
	SingleGuest       bool // single-channel guest
	Admin, Owner      bool
	appUser           string // bot id of our own app
	updated, tzOffset int64
}

// Channel is a conversation of any kind. ID and Kind (Public) are made when they
// are empty.
type Channel struct {
	ID, Name       string
	Kind           Kind
	Members        []string
	Topic, Purpose string
	Archived       bool
	ExtShared      bool // with the teams in With
	PendingShared  bool // an invitation to another organisation is open
	With           []string
	General        bool
	ReadOnly       bool // a workspace setting keeps the bot from posting
	Creator        string
	Created        time.Time
}

// Reaction is an emoji under a message and who put it there.
type Reaction struct {
	Name  string
	Users []string
}

// Message is what stands in a channel, or what one person alone sees.
type Message struct {
	Channel     string
	TS          string
	ThreadTS    string // of replies and of roots that have replies
	User        string
	Team        string
	BotID       string
	AppID       string
	Subtype     string
	Text        string
	Blocks      json.RawMessage
	Attachments json.RawMessage
	Metadata    json.RawMessage
	Edited      string // ts of the last edit, empty: never
	Reactions   []Reaction
	For         string // ephemeral: who sees it
	Files       []string

	clientID string
	inviter  string
	gone     bool
}

// Shown is the message as somebody reads it: the words of its blocks, else its
// text.
func (m Message) Shown() string {
	if len(m.Blocks) > 0 {
		if text := kit.Text(m.Blocks); text != "" {
			return text
		}
	}
	return m.Text
}

// Buttons lists the labels of the buttons on a message.
func (m Message) Buttons() []string { return kit.Labels(m.Blocks) }

func (m *Message) copy() Message {
	out := *m
	out.Reactions = nil
	for _, r := range m.Reactions {
		out.Reactions = append(out.Reactions, Reaction{Name: r.Name, Users: slices.Clone(r.Users)})
	}
	out.Files = slices.Clone(m.Files)
	return out
}

type room struct {
	Channel
	messages []*Message // in the order of their ts
	lastTS   int64
	previous []string
}

func (r *room) has(user string) bool { return slices.Contains(r.Members, user) }

func (r *room) find(ts string) *Message {
	for _, m := range slices.Backward(r.messages) {
		if m.TS == ts && !m.gone {
			return m
		}
	}
	return nil
}

// replies returns what stands in a thread, without its root.
func (r *room) replies(root string) []*Message {
	var out []*Message
	for _, m := range r.messages {
		if m.ThreadTS == root && m.TS != root && !m.gone {
			out = append(out, m)
		}
	}
	return out
}

type group struct {
	id, handle, name string
	users            []string
}

type field struct{ id, label string }

type trigger struct {
	user string
	made time.Time
	used bool
	view string // the view that was in front, when it came from one
}

// preview is a link_shared that chat.unfurl can answer by its id.
type preview struct {
	source string
	room   *room
	ts     string
}

type state struct {
	users      map[string]*User
	userOrder  []string
	rooms      map[string]*room
	roomOrder  []string
	groups     []*group
	fields     []field
	ephemerals []*Message
	desks      map[string]*desk
	triggers   map[string]*trigger
	addresses  map[string]*address
	external   map[string]string // external_id -> view id
	previews   map[string]*preview
}

// desk is what one person has on the screen besides channels.
type desk struct {
	stack    []*view
	home     *view
	problems []string
}

func newState() state {
	return state{
		users: map[string]*User{}, rooms: map[string]*room{}, desks: map[string]*desk{}, triggers: map[string]*trigger{},
		addresses: map[string]*address{}, external: map[string]string{}, previews: map[string]*preview{},
	}
}

// desk returns a person's desk; the lock is held.
func (s *Server) desk(user string) *desk {
	d, ok := s.desks[user]
	if !ok {
		d = &desk{}
		s.desks[user] = d
	}
	return d
}

// addOwn adds those that every workspace has: Slackbot and the app's bot.
func (s *Server) addOwn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepUser(User{ID: slackbot, Handle: "slackbot", Name: "Slackbot", DisplayName: "Slackbot"})
	s.keepUser(User{ID: s.cfg.BotUser, Handle: s.cfg.BotName, Name: s.cfg.BotName, Bot: true, appUser: s.cfg.BotID})
}

const slackbot = "USLACKBOT"

func (s *Server) keepUser(u User) *User {
	if u.ID == "" {
		u.ID = s.id("U")
	}
	if u.Team == "" {
		u.Team = s.cfg.Team
	}
	if u.Handle == "" {
		u.Handle = strings.ToLower(strings.ReplaceAll(u.Name, " ", "."))
	}
	if u.TimeZone == "" {
		u.TimeZone = "Europe/Brussels"
	}
	if zone, err := time.LoadLocation(u.TimeZone); err == nil {
		_, offset := s.now().In(zone).Zone()
		u.tzOffset = int64(offset)
	}
	u.updated = s.now().Unix()
	if _, known := s.users[u.ID]; !known {
		s.userOrder = append(s.userOrder, u.ID)
	}
	kept := u
	s.users[u.ID] = &kept
	return &kept
}

// ts makes the next timestamp of a room; the lock is held.
func (s *Server) ts(r *room) string {
	at := s.now().UnixMicro()
	if at <= r.lastTS {
		at = r.lastTS + 1
	}
	r.lastTS = at
	return tsOf(at)
}

func tsOf(micros int64) string { return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6) }

// eventTS is the time of something that is no message.
func (s *Server) eventTS() string { return tsOf(s.now().UnixMicro()) }

func (s *Server) stranger(user string) bool {
	u, ok := s.users[user]
	return ok && u.Team != s.cfg.Team
}
