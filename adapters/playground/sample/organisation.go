// Package sample holds the organisation that the playground opens with: an
// invented council, its people, three weeks of their chatter and a guided tour.
// The content is in sample.yaml; this package gives it types and real dates.
package sample

import "time"

// Organisation is the whole sample, resolved against one present moment. All
// references between its parts are by id and have been checked by Load. Slices
// belong to the caller; nothing in here is shared between two calls of Load.
type Organisation struct {
	Name  string // full name, as on a letterhead
	Place string // the invented place, for headings
	Zone  string // IANA name of the zone in which the people live
	// FirstLead is the person id of whoever the configuration file would name
	// as the first lead.
	FirstLead string
	// ReadingTeam lists the ids of the people who read concerns and ideas.
	ReadingTeam []string
	Departments []Department
	Levels      []string // in words, from the first rung to the last
	People      []Person
	Bots        []BotAccount
	Channels    []Channel
	Messages    []Message // oldest first; a reply always follows its parent
	Digest      Digest
	Voices      []Voice // oldest first
	Evangelists []Evangelist
	Learnings   []Learning
	Questions   []Question
	Tour        []Step // in the order in which a visitor walks it
}

// Department is one part of the organisation. Headcount is how many people work
// there in the story, of whom only a few appear in People; it is at least 1.
type Department struct {
	ID        string `yaml:"id"`
	Name      string `yaml:"name"`
	Headcount int    `yaml:"headcount"`
	About     string `yaml:"about"`
}

// Person is an invented colleague. Email is at a reserved domain and reaches
// nobody. Department is a department id, Level one of Organisation.Levels.
type Person struct {
	ID         string
	Name       string
	Title      string
	Email      string
	Department string
	Level      string
	Bio        string // one line without pronouns
	Avatar     Avatar
}

// Avatar is drawn, never fetched. No two accounts share both parts.
type Avatar struct {
	Initials string // two capital letters
	Hue      int    // degrees on the colour wheel, 0 to 359
}

// BotAccount is an automatic sender that is not ours. What it posts is to be
// ignored by everything that listens.
type BotAccount struct {
	ID     string
	Name   string
	Avatar Avatar
}

// Channel is a place to talk. Name has no leading sign. Watched says that a lead
// has added the bot, so that links posted there are captured.
type Channel struct {
	ID      string `yaml:"id"`
	Name    string `yaml:"name"`
	Topic   string `yaml:"topic"`
	Watched bool   `yaml:"watched"`
}

// Message is one thing that somebody posted. Author is a person id or, when Bot
// is set, the id of a BotAccount. ThreadOf is the id of the message answered to,
// empty for one that opens a conversation; replies are never nested. Text is
// plain, with literal addresses and mentions of the form @person-id.
type Message struct {
	ID        string
	Channel   string
	Author    string
	Bot       bool
	At        time.Time // UTC, always before the present day
	ThreadOf  string
	Text      string
	Links     []Unfurl // what the platform showed; may be fewer than URLs()
	Reactions []Reaction
	EditedTo  string    // the full later text, empty when never edited
	EditedAt  time.Time // zero when never edited
	DeletedAt time.Time // zero when it stands
}

// Unfurl is what a chat platform shows under a link, without any request of
// ours. URL is exactly as it stands in the text; the other fields may be empty.
type Unfurl struct {
	URL    string
	Title  string
	Source string
	Blurb  string
}

// Emoji is a sign by its short name without colons, and by its character.
type Emoji struct {
	Name string
	Char string
}

// Reaction is one emoji under a message. At is when the first of People chose
// it; nobody appears twice in People.
type Reaction struct {
	Emoji  Emoji
	People []string
	At     time.Time
}

// Digest is the definition of the one series that exists when a visitor comes.
// Schedule is a phrase in the words of the schedule form, read in
// Organisation.Zone. Place and Sources are channel ids, Curator and Deputy
// person ids.
type Digest struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Schedule string   `yaml:"schedule"`
	Place    string   `yaml:"place"`
	Curator  string   `yaml:"curator"`
	Deputy   string   `yaml:"deputy"`
	Sources  []string `yaml:"sources"`
}

// Kinds of Voice.
const (
	Concern = "concern"
	Idea    = "idea"
)

// Voice is a concern or an idea from before the visitor came. Author is empty
// for an anonymous one, and At is then noon of the day of release: nothing finer
// is known even here. Answer is nil while it waits; Due is then the day by which
// it will have one, and zero otherwise.
type Voice struct {
	ID         string
	Kind       string // Concern or Idea
	Author     string
	At         time.Time
	Department string // the department concerned
	Theme      string
	Text       string
	Summary    string // neutral words for the public page
	Due        time.Time
	Answer     *Answer
}

// Answer closes a Voice. YouSaid and WeDid stand side by side in public; Text is
// what the author reads.
type Answer struct {
	By      string
	At      time.Time
	Text    string
	YouSaid string
	WeDid   string
}

// Offers that an Evangelist can make.
const (
	Lead    = "lead"
	Support = "support"
)

// Evangelist is a colleague who has already said yes. Offer is Lead or Support.
type Evangelist struct {
	Person string
	Offer  string
	Topics []string
	At     time.Time
}

// Learning is something that worked, told with consent. From is the message in
// which it came up.
type Learning struct {
	ID     string
	Author string
	At     time.Time
	Title  string
	Text   string
	From   string
}

// Question is one short thing to ask an evangelist. Kind is what it asks for:
// share, learn or need.
type Question struct {
	ID   string `yaml:"id"`
	Kind string `yaml:"kind"`
	Text string `yaml:"text"`
}

// ReadingPlace is the id of the private channel that the reading team has beside
// the channels of the organisation.
const ReadingPlace = "reading-team"

// Step is one stop of the guided tour. As is the person to be. Target says where
// to look or click: composer, person-switcher, channel:ID, command:/NAME,
// panel:NAME or page:NAME. Try, when not empty, is text to offer for typing there,
// and Links what the platform shows under its addresses.
type Step struct {
	ID     string
	Title  string
	Body   string
	As     string
	Target string
	Try    string
	Links  []Unfurl
}
