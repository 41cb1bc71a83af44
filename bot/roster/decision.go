package roster

import (
	"cmp"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// MaxWords is the longest point or decision, in runes.
const MaxWords = 500

// Point is something that somebody put on the next agenda.
type Point struct {
	ID    string // natural key of how it came
	Words string
	By    bot.PersonID
	At    time.Time
}

// DecisionState is where a decision stands.
type DecisionState string

// The states of a decision. Done and Dropped are its end.
const (
	ToDo    DecisionState = "open"
	Done    DecisionState = "done"
	Dropped DecisionState = "dropped"
)

// Decision is something that the representatives decided. It carries on until
// somebody ends it.
type Decision struct {
	ID    string // natural key of the form that it came from
	Words string
	Owner bot.PersonID  // empty: nobody by name
	Due   schedule.Date // zero: no date
	By    bot.PersonID
	At    time.Time
	State DecisionState
	Ended time.Time
}

// key names the message that tells whoever does it.
func (d Decision) key() string { return "roster/decision/" + d.ID + "/" + string(d.Owner) }

// Outdated names messages of what the decision was that must not go out any more.
func (d Decision) Outdated(was Decision) []string {
	if was.Owner == "" || d.State == ToDo && d.Owner == was.Owner {
		return nil
	}
	return []string{was.key()}
}

// End closes a decision. The same again changes nothing; the other end is refused.
// Among says whether the actor has a place.
func (d *Decision) End(actor bot.Actor, among bool, state DecisionState, now time.Time) error {
	switch {
	case !mayMeet(actor, among) && (actor.Person == "" || actor.Person != d.Owner):
		return bot.ErrNotFound
	case d.State == state:
		return nil
	case d.State != ToDo || state != Done && state != Dropped:
		return bot.Refuse("decision-over", "That decision is closed already, so nothing was changed.")
	}
	d.State, d.Ended = state, now
	return nil
}

// Late reports whether its date has passed.
func (d Decision) Late(now time.Time, zone *time.Location) bool {
	return d.State == ToDo && !d.Due.IsZero() && d.Due.Before(schedule.DateOf(now, zone))
}

// mayMeet reports whether an actor takes part in the representatives' place: who has
// a place, and comms leads.
func mayMeet(actor bot.Actor, among bool) bool {
	return actor.Has(bot.Colleague) && (among || actor.Has(bot.Lead))
}

// inOrder sorts decisions by date, those without one last, then as they were made.
func inOrder(all []Decision) {
	slices.SortStableFunc(all, func(a, b Decision) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			if a.Due.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.Due.String(), b.Due.String()), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
}
