package teamstest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// User is somebody with an account. ID and MRI may be left to AddUser.
type User struct {
	ID         string // object id in the directory
	MRI        string // as activities name the account: 29:…
	Name       string
	Email      string
	Department string
	Title      string
	Manager    string // the manager's ID
	Tenant     string // of another organisation; empty: this one
	Guest      bool
	Disabled   bool
}

type user struct{ User }

// Team is a team with its channel General.
type Team struct {
	ID      string // 19:…@thread.tacv2, also the conversation of General
	Group   string // as Graph names it
	Name    string
	General string // the conversation id of the channel General
}

type team struct {
	Team
	members  []string
	channels []*place
	consent  bool
	archived bool
	deleted  bool
}

// The kinds of conversation.
const (
	personal  = "personal"
	groupChat = "groupChat"
	channel   = "channel"
)

// place is one conversation, a channel with all its threads.
type place struct {
	id      string
	kind    string
	name    string
	team    *team
	members []string // ids of users; of a channel that is not private: the team's
	bot     bool
	shared  bool // with another organisation
	private bool // a channel with members of its own
	deleted bool
	blocked bool
	all     []*message
}

func (p *place) people() []string {
	if p.team != nil && !p.private {
		return p.team.members
	}
	return p.members
}

// sort is how the service names the kind of a channel.
func (p *place) sort() string {
	switch {
	case p.private:
		return "private"
	case p.shared:
		return "shared"
	}
	return "standard"
}

// Message is one message as it stands now.
type Message struct {
	ID        string
	Place     string // conversation id, without a thread
	Root      string // id of the thread's first message; empty: it is none's answer
	From      string // id of the user; empty: the bot
	Text      string
	HTML      string
	Summary   string
	Cards     []json.RawMessage // Adaptive Cards, as everybody sees them
	To        string            // id of the one user who sees it; empty: everybody
	Edits     int
	Deleted   bool
	Reactions map[string][]string // kind to ids of users
	At        time.Time
	Activity  json.RawMessage // what the bot sent, whole
}

type message struct {
	Message
	place    *place
	changed  time.Time
	alone    map[string]json.RawMessage // cards that one user sees instead, after an answer to an invoke
	entities []any
}

func (m *message) copy() Message {
	out := m.Message
	out.Cards = slices.Clone(m.Cards)
	out.Reactions = maps.Clone(m.Reactions)
	return out
}

// AddUser adds somebody and returns them with ID and MRI.
func (s *Teams) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = guid("user", u.Name, strconv.Itoa(len(s.users)))
	}
	if u.MRI == "" {
		u.MRI = "29:1" + opaque("mri", u.ID)
	}
	s.users = append(s.users, &user{u})
	s.announce()
	return u
}

// SetUser changes what the directory says of somebody.
func (s *Teams) SetUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.userByID(u.ID); known != nil {
		u.MRI = known.MRI
		known.User = u
	}
}

func guid(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	text := hex.EncodeToString(sum[:16])
	return text[:8] + "-" + text[8:12] + "-4" + text[13:16] + "-8" + text[17:20] + "-" + text[20:]
}

func opaque(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

// AddTeam adds a team with the channel General. The bot is not in it.
func (s *Teams) AddTeam(name string, members ...User) Team {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "19:" + opaque("team", name, strconv.Itoa(len(s.teams))) + "@thread.tacv2"
	t := &team{Team: Team{ID: id, Group: guid("group", id), Name: name, General: id}, members: ids(members)}
	s.teams = append(s.teams, t)
	t.channels = append(t.channels, s.open(&place{id: id, kind: channel, name: "General", team: t}))
	return t.Team
}

// AddChannel adds a channel and returns its conversation id.
func (s *Teams) AddChannel(in Team, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.teams {
		if t.ID == in.ID {
			p := s.open(&place{id: "19:" + opaque("channel", t.ID, name) + "@thread.tacv2", kind: channel, name: name, team: t, bot: t.channels[0].bot})
			t.channels = append(t.channels, p)
			return p.id
		}
	}
	return ""
}

// AddChat adds a group chat and returns its conversation id. The bot is not in
// it.
func (s *Teams) AddChat(members ...User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open(&place{id: "19:" + opaque("chat", strconv.Itoa(len(s.order))) + "@thread.v2", kind: groupChat, members: ids(members)}).id
}

// Personal returns the conversation id of somebody's chat with the bot, which
// is made when there is none. The bot can write to it only once it is added.
func (s *Teams) Personal(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.personal(u.ID).id
}

func (s *Teams) personal(user string) *place {
	id := "a:1" + opaque("personal", s.config.AppID, user)
	if p, ok := s.places[id]; ok {
		return p
	}
	return s.open(&place{id: id, kind: personal, members: []string{user}})
}

func (s *Teams) open(p *place) *place {
	s.places[p.id] = p
	s.order = append(s.order, p)
	s.announce()
	return p
}

// Add makes the bot a member of a conversation, of all channels but private ones
// when it is one of a team, of a private channel alone. The bot is not told;
// Install tells it.
func (s *Teams) Add(place string) { s.setBot(place, true) }

// Remove is the opposite of Add.
func (s *Teams) Remove(place string) { s.setBot(place, false) }

func (s *Teams) setBot(id string, in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _ := s.find(id)
	switch {
	case p == nil:
	case p.team != nil && !p.private:
		for _, each := range p.team.channels {
			each.bot = in && (each.bot || !each.private)
		}
	default:
		p.bot = in
	}
	s.announce()
}

// Consent lets every message of a team's channels reach the bot, as the owner's
// consent to ChannelMessage.Read.Group does, and lets Graph show them.
func (s *Teams) Consent(in Team, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.teams {
		if t.ID == in.ID {
			t.consent = on
		}
	}
}

// find takes a conversation id apart into place and thread.
func (s *Teams) find(id string) (*place, string) {
	id, root, _ := strings.Cut(id, ";messageid=")
	p := s.places[id]
	if p != nil && (p.deleted || p.team != nil && p.team.deleted) {
		p = nil
	}
	return p, root
}

func (s *Teams) userByID(id string) *user {
	for _, u := range s.users {
		if u.ID == id || u.MRI == id || "8:orgid:"+u.ID == id {
			return u
		}
	}
	return nil
}

// add puts a message into a place. The lock is held.
func (s *Teams) add(p *place, m Message) *message {
	now := s.config.Clock.Now()
	s.lastID = max(s.lastID+1, now.UnixMilli())
	m.ID, m.Place, m.At, m.Reactions = strconv.FormatInt(s.lastID, 10), p.id, now, map[string][]string{}
	added := &message{Message: m, place: p, changed: now, alone: map[string]json.RawMessage{}}
	p.all = append(p.all, added)
	s.messages[m.ID] = added
	s.announce()
	return added
}

// Post puts a card of the bot into a conversation, under root when it is not
// empty, as if the bot had sent it, and returns its id.
func (s *Teams) Post(place, root string, card json.RawMessage) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, thread := s.find(place)
	if p == nil {
		return ""
	}
	return s.add(p, Message{Root: either(root, thread), Cards: []json.RawMessage{card}}).ID
}

// Withdraw deletes a message, whosever it is.
func (s *Teams) Withdraw(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.messages[id]; m != nil {
		m.Deleted, m.changed = true, s.config.Clock.Now()
		s.announce()
	}
}

// Message returns one message as it is now.
func (s *Teams) Message(id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.messages[id]
	if !ok {
		return Message{}, false
	}
	return m.copy(), true
}

// Messages returns the messages of a conversation, oldest first, deleted ones
// and those to one person included.
func (s *Teams) Messages(id string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	if p, root := s.find(id); p != nil {
		for _, m := range p.all {
			if root == "" || m.ID == root || m.Root == root {
				out = append(out, m.copy())
			}
		}
	}
	return out
}

// Seen returns what somebody sees of a conversation: nothing deleted, nothing
// to others alone, and the cards as they are for this person.
func (s *Teams) Seen(u User, id string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	p, _ := s.find(id)
	if p == nil || !slices.Contains(p.people(), u.ID) {
		return nil
	}
	for _, m := range p.all {
		if m.Deleted || m.To != "" && m.To != u.ID {
			continue
		}
		seen := m.copy()
		if card, ok := m.alone[u.ID]; ok {
			seen.Cards = []json.RawMessage{card}
		}
		out = append(out, seen)
	}
	return out
}

func ids(users []User) []string {
	var out []string
	for _, u := range users {
		out = append(out, u.ID)
	}
	return out
}

// String names a message in failures of tests.
func (m Message) String() string {
	return fmt.Sprintf("message %s in %s, thread %q, to %q: %q, %d cards", m.ID, m.Place, m.Root, m.To, m.Text, len(m.Cards))
}
