package tables

import (
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/bot/seating"
)

// Choice is whether somebody takes part, whatever else they do for the programme.
type Choice string

// The choices. AsPart follows what the person does: those who lead or support take
// part.
const (
	AsPart Choice = ""
	In     Choice = "in"
	NotIn  Choice = "out"
)

// Standing is what somebody wants of round tables. Unheard and Offered serve one
// gentle question; they are shown to nobody.
type Standing struct {
	Person  bot.PersonID
	Choice  Choice
	Until   time.Time // takes a break until then
	Format  Format    // how the person likes to meet
	Unheard int       // rounds in a row without a word
	Offered bool      // was asked once whether to pause
}

// Zero reports whether there is nothing to keep.
func (s Standing) Zero() bool { return s == Standing{Person: s.Person} }

// Snooze takes a break of some weeks. A shorter one than the running break
// replaces it too: the last word counts.
func (s *Standing) Snooze(weeks int, now time.Time) {
	s.Until, s.Unheard = now.Add(time.Duration(weeks)*7*24*time.Hour), 0
}

// takesPart reports whether a person is seated in a round at that moment. Member
// says whether the person leads or supports.
func (s Standing) takesPart(p bot.Person, member bool, at time.Time) bool {
	switch {
	case p.Inactive || p.Outside || p.Contact.Never || p.Contact.MutedUntil.After(at) || s.Until.After(at) || s.Choice == NotIn:
		return false
	case s.Choice == In:
		return true
	}
	return member
}

// Pair are two people who never share a table. By is the one of them who wants it
// so; empty: a lead does. A comes before B. There is no reason.
type Pair struct{ A, B, By bot.PersonID }

// PairOf puts two people in order.
func PairOf(a, b, by bot.PersonID) Pair {
	if b < a {
		a, b = b, a
	}
	return Pair{a, b, by}
}

// Settings are how an installation lays tables.
type Settings struct {
	Rhythm            string // schedule.Spec.String(); empty: only when a lead plans
	Since             time.Time
	Format            Format
	Smallest, Largest int
	Goes              bool     // a draft that nobody decided goes out
	Levels            []string // the organisation's levels from either end; empty: found by their names
}

// DefaultSettings hold until a lead chooses others.
func DefaultSettings() Settings {
	return Settings{Format: Call, Smallest: seating.FewestAtATable, Largest: seating.MostAtATable}
}

// between is the least time between two rounds: two weeks, less an hour or so when
// clocks change.
const between = 13 * 24 * time.Hour

// ParseRhythm reads a phrase such as "every 4 weeks on Thursday 12:00". An empty
// one gives the zero Spec: no rhythm. One that lays tables more often than every
// second week is refused.
func ParseRhythm(phrase string, now time.Time, zone *time.Location) (schedule.Spec, error) {
	if phrase == "" {
		return schedule.Spec{}, nil
	}
	spec, err := schedule.ParseAt(phrase, schedule.DateOf(now, zone))
	if err != nil {
		return schedule.Spec{}, err
	}
	last := time.Time{}
	for at, n := now, 0; n < 15; n++ {
		slot, ok := spec.Next(at, zone, nil)
		if !ok {
			return schedule.Spec{}, bot.Refuse("rhythm", "That names no day that comes. Write for example \"every 4 weeks on Thursday 12:00\".")
		}
		if !last.IsZero() && slot.Due.Sub(last) < between {
			return schedule.Spec{}, bot.Refuse("rhythm", "That is more often than every second week, which is more than people come to gladly. Write for example \"every 4 weeks on Thursday 12:00\".")
		}
		last, at = slot.Due, slot.Due
	}
	return spec, nil
}
