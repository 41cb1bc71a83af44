package impact

import (
	"slices"
	"time"

	"evangelist/bot"
)

// Gathered is what a Store found for a period. It is input only: it names people,
// and nothing of that leaves this package but by consent or through counts.
type Gathered struct {
	Colleagues []Colleague
	Editions   []Edition // due or published in the period
	Shares     []Act     // links shared in open channels or put forward, each once for each person
	Votes      []Vote    // "Useful" and "I used this"
	Voices     []Voice   // that arrived or were closed in the period
	Members    []Member  // who lead or support and had joined before the end
	Learnings  []Learning
	Needs      []Need     // opened or closed in the period, and those that are still open
	Resources  []Resource // decided in the period
	Pilots     []Pilot    // that ran, started or were decided in the period
}

// happened reports whether anything but who is there is known of a span.
func (g Gathered) happened(s Span) bool {
	within := func(at time.Time) bool { return !at.Before(s.From) && at.Before(s.Until) }
	return len(g.Editions)+len(g.Shares)+len(g.Votes)+len(g.Voices)+len(g.Learnings)+len(g.Resources) > 0 ||
		slices.ContainsFunc(g.Needs, func(n Need) bool { return within(n.Opened) || within(n.Closed) }) ||
		slices.ContainsFunc(g.Pilots, func(p Pilot) bool { return within(p.Started) || within(p.Decided) })
}

// Colleague is somebody who works here: active, of this organisation, no bot.
type Colleague struct {
	Person     bot.PersonID
	Department string // empty when unknown
}

// Act is something that a person did with a thing.
type Act struct {
	Person bot.PersonID
	Thing  string
}

// Vote is what a person pressed under an item of an edition.
type Vote struct {
	Act
	Used bool // "I used this", else "Useful"
}

// Edition is one issue with its steps. Moments are zero for steps that were not
// reached.
type Edition struct {
	Due, Opened, Approved, Published time.Time
	Out                              bool // published, and not taken back
}

// Voice is a concern or an idea as far as the report needs it: never its words,
// never its author.
type Voice struct {
	Reference   string
	Concern     bool // else an idea
	Answered    bool
	Declined    bool
	Arrived     time.Time
	Closed      time.Time // zero while open
	Summary     string    // the reading team's neutral words; empty: none
	Outcome     string
	Unpublished bool // its author asked that it be told nowhere
}

// Member is somebody who leads or supports.
type Member struct{ Person bot.PersonID }

// Learning is something that worked. Private ones are not gathered.
type Learning struct {
	Person     bot.PersonID
	Words      string
	About      string
	Name       string // the author's, empty when gone from the register
	Department string // at the time
	Named      bool   // the author consented to the name
}

// Need is what somebody who leads or supports asked for. Its author stays unsaid.
type Need struct {
	Person  bot.PersonID
	Title   string
	Refused bool
	Reason  string
	Opened  time.Time
	Closed  time.Time // zero while open
}

// Resource is something that was asked for and decided. Who decided is not known.
type Resource struct {
	Act
	Granted bool // wholly
	Days    int  // that the decision took
}

// Pilot is a small trial. Moments are zero for steps that were not reached.
type Pilot struct {
	Title   string
	Started time.Time
	Decided time.Time
	Choice  string // "continue", "scale" or "stop" once decided
	Reason  string
	Story   Story
}

// Story is what came of a pilot. The zero Story is none.
type Story struct {
	Offered bool   // others may read it
	Outcome string // "met", "missed" or "unknown"
	Title   string
	Words   string
	Credits []Credit
}

// Credit is somebody whom a story thanks.
type Credit struct {
	Name  string
	Named bool // consented to stand by name
}
