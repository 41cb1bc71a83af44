package playground

import (
	"slices"
	"time"

	"evangelist/bot"
)

// Account is somebody's login in the workspace, a person's or a bot's.
type Account struct {
	Native     string `json:"native"` // the id within the workspace: "amira"
	Name       string `json:"name"`
	Title      string `json:"title,omitempty"`
	Email      string `json:"email,omitempty"`
	Department string `json:"department,omitempty"` // its name
	Level      string `json:"level,omitempty"`
	Bio        string `json:"bio,omitempty"`
	Initials   string `json:"initials,omitempty"`
	Hue        int    `json:"hue,omitempty"` // of the avatar, 0 to 359
	Bot        bool   `json:"bot,omitempty"`
	External   bool   `json:"external,omitempty"`
	Inactive   bool   `json:"inactive,omitempty"`
}

// Room is a place as the workspace knows it.
type Room struct {
	bot.Place
	Topic string
	// Members are who can read it; nil: everybody of this organisation.
	Members []bot.AccountID
	// Count is how many messages were ever posted; it never falls.
	Count int
}

// Message is one message as the workspace shows it to everybody in its place.
type Message struct {
	Ref       bot.MessageRef
	Thread    string // native id of the message that it answers to, empty: none
	Author    bot.AccountID
	Name      string // the author's name
	Bot       bool   // written by a bot
	Ours      bool   // written by the bot that is connected here
	At        time.Time
	EditedAt  time.Time // zero: never edited
	Gone      bool      // deleted: only who and when is left
	Text      string    // what a person wrote, as typed; the words of Body
	Links     []bot.SeenLink
	Body      *bot.Message // what our bot posted; nil for others. Not to be changed.
	PartID    string       // the part id that our bot gave
	Reactions []Reaction
}

// Reaction is one emoji under a message, with those who chose it in order.
type Reaction struct {
	Emoji string // short code without colons
	Char  string // the sign, empty when the workspace has no picture for it
	By    []bot.AccountID
}

// room is a place with its messages; the exported fields are stored.
type room struct {
	Native   string        `json:"native"`
	Name     string        `json:"name"`
	Topic    string        `json:"topic,omitempty"`
	Kind     bot.PlaceKind `json:"kind"`
	Member   bool          `json:"member,omitempty"`
	External bool          `json:"external,omitempty"`
	Archived bool          `json:"archived,omitempty"`
	Members  []string      `json:"members,omitempty"`

	messages []*Message
	byID     map[string]*Message
}

// sees reports whether an account can read the place.
func (r *room) sees(account *Account) bool {
	if r.Members == nil {
		return !account.External
	}
	return slices.Contains(r.Members, account.Native)
}

// state is everything that the journal says.
type state struct {
	platform  string
	furnished bool
	events    []event
	accounts  map[string]*Account
	people    []string // natives in order of arrival
	rooms     map[string]*room
	order     []string // natives of rooms in order of arrival
	unfurls   map[string]bot.SeenLink
	chars     map[string]string // short code -> sign
}

func newState(platform string) *state {
	s := &state{
		platform: platform, accounts: map[string]*Account{}, rooms: map[string]*room{},
		unfurls: map[string]bot.SeenLink{}, chars: map[string]string{},
	}
	for _, emoji := range emojiTable {
		s.chars[emoji.Code] = emoji.Char
	}
	return s
}

func (s *state) accountID(native string) bot.AccountID {
	if native == "" {
		return ""
	}
	return bot.NewAccountID(s.platform, native)
}

func (s *state) placeID(native string) bot.PlaceID { return bot.NewPlaceID(s.platform, native) }

func (s *state) addAccount(a Account) {
	if _, known := s.accounts[a.Native]; !known {
		s.people = append(s.people, a.Native)
	}
	s.accounts[a.Native] = &a
}

func (s *state) addRoom(r room) {
	if known, ok := s.rooms[r.Native]; ok {
		r.messages, r.byID = known.messages, known.byID
	} else {
		r.byID = map[string]*Message{}
		s.order = append(s.order, r.Native)
	}
	s.rooms[r.Native] = &r
}

func (s *state) post(r *room, e event) {
	if _, known := r.byID[e.Message]; known {
		return
	}
	m := &Message{
		Ref:    bot.MessageRef{Place: s.placeID(r.Native), Native: e.Message},
		Thread: e.Thread, Author: s.accountID(e.By), Ours: e.By == botNative, At: e.At,
		Text: e.Text, Links: e.Links, Body: e.Body, PartID: e.PartID,
	}
	if account, ok := s.accounts[e.By]; ok {
		m.Name, m.Bot = account.Name, account.Bot
	}
	r.messages = append(r.messages, m)
	r.byID[e.Message] = m
	s.learn(e.Links)
}

// learn remembers what an unfurl showed, for the next time somebody posts it.
func (s *state) learn(links []bot.SeenLink) {
	for _, link := range links {
		if link.Title != "" {
			s.unfurls[link.URL] = link
		}
	}
}

func (s *state) react(m *Message, e event) {
	if e.Char != "" {
		s.chars[e.Emoji] = e.Char
	}
	by := s.accountID(e.By)
	for i := range m.Reactions {
		if m.Reactions[i].Emoji == e.Emoji {
			if !slices.Contains(m.Reactions[i].By, by) {
				m.Reactions[i].By = append(m.Reactions[i].By, by)
			}
			return
		}
	}
	m.Reactions = append(m.Reactions, Reaction{Emoji: e.Emoji, Char: s.chars[e.Emoji], By: []bot.AccountID{by}})
}

// reactedBy reports whether somebody's emoji stands under the message.
func (m *Message) reactedBy(emoji string, by bot.AccountID) bool {
	for _, reaction := range m.Reactions {
		if reaction.Emoji == emoji {
			return slices.Contains(reaction.By, by)
		}
	}
	return false
}

func (m *Message) unreact(emoji string, by bot.AccountID) {
	for i := range m.Reactions {
		if m.Reactions[i].Emoji != emoji {
			continue
		}
		m.Reactions[i].By = slices.DeleteFunc(m.Reactions[i].By, func(a bot.AccountID) bool { return a == by })
	}
	m.Reactions = slices.DeleteFunc(m.Reactions, func(r Reaction) bool { return len(r.By) == 0 })
}

// copy returns a message that later events do not change.
func (m *Message) copy() Message {
	out := *m
	out.Links = slices.Clone(m.Links)
	out.Reactions = slices.Clone(m.Reactions)
	for i := range out.Reactions {
		out.Reactions[i].By = slices.Clone(out.Reactions[i].By)
	}
	return out
}

func (s *state) room(r *room) Room {
	out := Room{
		Place: bot.Place{
			ID: s.placeID(r.Native), Name: r.Name, Kind: r.Kind, Member: r.Member,
			External: r.External, Archived: r.Archived,
		},
		Topic: r.Topic, Count: len(r.messages),
	}
	for _, native := range r.Members {
		out.Members = append(out.Members, s.accountID(native))
	}
	return out
}
