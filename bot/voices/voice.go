// Package voices hears: a concern or an idea is said in ten seconds, with or
// without a name, is always answered, and the answer is told.
//
// What is said without a name goes a way of its own. Anonymise is the first line
// of that way and drops who asked; the act then lies in the table of waiting
// acts, without a moment, until the release moves all of them at once, shuffled.
// Only from the release on are there references, cards, dates and counts.
package voices

import (
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Kind says what a voice is. The values are stored.
type Kind string

// The kinds of voice.
const (
	Concern Kind = "concern"
	Idea    Kind = "idea"
)

// State is where a voice stands. The values are stored.
type State string

// The states. Answered, Refused and Withdrawn are closed; a refusal may be
// appealed once.
const (
	Open      State = "open"
	Taken     State = "taken"
	Asked     State = "asked" // a question to the author waits
	Answered  State = "answered"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Appealed  State = "appealed"
)

// Closed reports whether nothing more is owed to the author.
func (s State) Closed() bool { return s == Answered || s == Refused || s == Withdrawn }

// AnswerTime is how long the reading team has from the arrival of a voice, or of
// an appeal.
const AnswerTime = 14 * 24 * time.Hour

// ReplyTime is how long it has at least from the author's reply to a question.
const ReplyTime = 7 * 24 * time.Hour

// Voice is a concern or an idea that has reached the reading team. One without a
// name exists only from its release on: before that it is an Act that waits.
type Voice struct {
	ID        string
	Reference string // I-7F3K: random, unique, says nothing about order
	Kind      Kind
	Author    bot.AccountID // empty: without a name, and CodeHash is set
	CodeHash  string        // SHA-256 of the private code in hexadecimal
	// AuthorPerson and AuthorName are joined when the voice is read and never
	// saved with it.
	AuthorPerson bot.PersonID
	AuthorName   string
	Words        string // empty once withdrawn
	Urgent       bool
	Readers      []bot.PersonID // who may read it, as readers: the circle
	Without      []bot.PersonID // readers whom the author left out
	Unpublished  bool           // the author asks that the answer is not published
	State        State
	Owner        bot.PersonID // never empty
	Theme        string
	Summary      string      // neutral, may be published; empty: nothing is published
	Outcome      string      // the answer or the reason; never empty when closed
	Appealed     bool        // the one appeal was made
	Place        bot.PlaceID // where the card stands; empty: with each reader
	Cards        []Card      // where a card went
	Arrived      time.Time   // without a name: the release
	Due          time.Time
	Closed       time.Time
	Reminded     int // how many reminders of this due date went out: 1 to the owner, 2 to the leads
	Version      int64
	Entries      []Entry  // by At, then ID
	News         []News   // by Day, then Key
	Weights      []Weight // by Account
}

// Anonymous reports whether the voice has no name.
func (v Voice) Anonymous() bool { return v.Author == "" }

// EntryKind says what was added to a voice. The values are stored.
type EntryKind string

// The kinds of entry. The last four come from the author.
const (
	Question   EntryKind = "question"
	Answering  EntryKind = "answer"
	Refusal    EntryKind = "refusal"
	Response   EntryKind = "reply"
	Addition   EntryKind = "addition"
	Objection  EntryKind = "appeal"
	Withdrawal EntryKind = "withdrawal"
)

// Entry is one thing said after the voice itself. The author's entries in a
// voice without a name carry the moment of their release.
type Entry struct {
	ID   string
	Kind EntryKind
	By   bot.PersonID // a reader; empty: the author
	Text string
	At   time.Time
}

// News is one line of what came of a voice. It comes from nobody: neither a reader
// nor the author, and nothing finer than the day is kept of when.
type News struct {
	Key   string // natural key within the voice
	Day   schedule.Date
	Words string
}

// Weight is somebody's support of an idea, with a name. When it was added is not
// kept.
type Weight struct {
	Account bot.AccountID
	Person  bot.PersonID // joined when read, never saved
}

// Has reports whether an entry is there already.
func (v Voice) Has(entry string) bool {
	return slices.ContainsFunc(v.Entries, func(e Entry) bool { return e.ID == entry })
}

// LastQuestion returns the question that waits for the author, "" when none does.
func (v Voice) LastQuestion() string {
	if v.State != Asked {
		return ""
	}
	for i := len(v.Entries) - 1; i >= 0; i-- {
		if v.Entries[i].Kind == Question {
			return v.Entries[i].Text
		}
	}
	return ""
}

// Act is something said without a name, on its way to the release. It has no
// field for an account, a person, a place, a moment or an order, and its ids
// are derived one-way from a number that nobody keeps.
type Act struct {
	ID    string // of the voice for a raise, else of the entry
	Voice string // the voice that it is about
	Kind  ActKind
	Words string

	// Raise holds what a raise has besides its words.
	Raise *Raise
}

// Raise is what the form of a new voice says besides its words.
type Raise struct {
	Kind     Kind
	CodeHash string
	Urgent   bool
	// Readers and Place are those that the form named to the author: sorted by id,
	// the same in each form between two changes of the team.
	Readers     []bot.PersonID
	Place       bot.PlaceID
	Without     []bot.PersonID
	Unpublished bool
}

// ActKind is what an author does: a raise, or one of the author's actions under
// the same word. The values are stored.
type ActKind string

// The kinds of act, in the order in which a release applies them.
const (
	RaiseAct    ActKind = "raise"
	AddAct      ActKind = "add"
	ReplyAct    ActKind = "reply"
	AppealAct   ActKind = "appeal"
	WithdrawAct ActKind = "withdraw"
)
