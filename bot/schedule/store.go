package schedule

import (
	"context"
	"time"
)

// Store keeps schedules and their ticks, in two tables of one database. Every
// method is one transaction, durable when it returns nil. Moments are kept to
// the microsecond and come back in UTC. Calling a method again with the same
// arguments, because the answer to the first call was lost, changes nothing
// further. scheduletest.Run holds every implementation to these comments.
type Store struct {
	Rows  Rows
	Ticks Ticks
}

// Row is one schedule. (Kind, Subject) is its key.
type Row struct {
	Kind, Subject string
	Spec          string    // Spec.String()
	Zone          string    // an IANA name
	SkipDates     []string  // rising, "2026-12-25"; nil and empty are the same
	NextDue       time.Time // when the next slot comes, UTC
	NextSlot      string    // its name
	Paused        bool
	// Revision counts the writes to the row, from 1. In an argument it is the
	// revision that the caller saw, 0 for "there was no row".
	Revision int64
}

// Rows is the table of schedules.
type Rows interface {
	// Get returns the row of that key, and false when there is none.
	Get(ctx context.Context, kind, subject string) (Row, bool, error)

	// Put adds or replaces the row, with Revision one higher than row.Revision,
	// if the stored revision equals row.Revision (0: if no row is stored).
	// Otherwise it changes nothing and returns false. Ticks are not touched.
	Put(ctx context.Context, row Row) (bool, error)

	// Remove deletes the row if there is one and, in the same transaction, sets
	// the state of its open ticks to Dropped; closed ticks stay. A row added
	// later under the same key starts again at revision 1.
	Remove(ctx context.Context, kind, subject string) error

	// Due returns the rows that are not paused, whose kind is in kinds and
	// whose NextDue is at or before the moment by, ordered by NextDue, Kind,
	// Subject (bytewise), at most limit of them; limit 0 means all.
	Due(ctx context.Context, kinds []string, by time.Time, limit int) ([]Row, error)

	// Advance moves the schedule on: if the stored row of that key has exactly
	// row.Revision and row.NextDue, it sets NextDue and NextSlot to those of
	// next, adds one to Revision, and inserts ticks as Open with Attempt and
	// Tries 0 and ReadyAt = Due, all in one transaction; then it returns true.
	// A tick whose (Kind, Subject, Slot) is already stored, in whatever state,
	// is left as it is. If the row differs or is gone, nothing changes and the
	// answer is false: somebody else did it.
	Advance(ctx context.Context, row Row, next Slot, ticks []Tick) (bool, error)
}

// State is where a tick stands; the values are stored.
type State string

// The states of a tick. All but Open are final.
const (
	Open    State = "open"    // waits to be claimed, or is leased
	Done    State = "done"    // ran
	Expired State = "expired" // was given up, its notice is out
	Failed  State = "failed"  // parked after too many attempts, for a human
	Dropped State = "dropped" // its schedule was removed first
)

// Outcome is what Finish records.
type Outcome struct {
	State State     // Open, Done, Expired or Failed
	At    time.Time // now; stored as the moment of the last change
	// ReadyAt is for Open only: nobody else may claim the tick before it. A
	// lease is extended, and a retry put off, in this way.
	ReadyAt time.Time
	// Note is the last error, for the operator, at most 500 bytes; "" clears it.
	Note string
}

// Stuck is a parked tick with the reason.
type Stuck struct {
	Tick Tick
	At   time.Time // when it was parked
	Note string
}

// Ticks is the table of ticks: the fields of Tick, and state, ready_at,
// changed_at, note. It is unique on (kind, subject, slot).
type Ticks interface {
	// Claim takes the Open tick whose kind is in kinds and whose ReadyAt is at
	// or before now, the one with the earliest ReadyAt, then Due, Kind,
	// Subject, Slot (bytewise). It adds one to its Attempt and to its Tries,
	// sets ReadyAt to now+lease, and returns it as it is now; false when there
	// is none. Two claims at once never return the same tick with the same
	// attempt, and a claim does not wait for a tick that another one is
	// taking (PostgreSQL: FOR UPDATE SKIP LOCKED). Once the lease has ended
	// the tick may be claimed again. Claim alone is not idempotent: each call
	// is a new lease.
	Claim(ctx context.Context, kinds []string, now time.Time, lease time.Duration) (Tick, bool, error)

	// Finish records the outcome of the attempt t.Attempt: if the stored tick
	// has exactly that attempt and is Open, or already has outcome.State, it
	// takes state, moment and note from outcome (ReadyAt only when the state is
	// Open) and returns true, so that a repeated call answers as the first.
	// Otherwise, or if there is no such tick, it changes nothing and returns
	// false: the lease was lost. An ended lease alone does not matter as long
	// as nobody claimed the tick since.
	Finish(ctx context.Context, t Tick, outcome Outcome) (bool, error)

	// Parked returns the Failed ticks, the latest parked first (then by Kind,
	// Subject, Slot, bytewise), at most limit of them; limit 0 means all.
	Parked(ctx context.Context, limit int) ([]Stuck, error)

	// Reopen makes a Failed tick Open again: it sets Tries to 0 and ReadyAt to
	// now, and leaves Attempt (which fences) and the note as they are. It
	// returns false and changes nothing when there is no such tick or it is
	// not Failed.
	Reopen(ctx context.Context, kind, subject, slot string, now time.Time) (bool, error)

	// Purge deletes the Done, Expired and Dropped ticks last changed before
	// the moment, and returns how many. Open and Failed ones stay. A purged
	// tick no longer keeps its slot from being opened again by a clock that
	// goes back, so the moment should lie some weeks in the past.
	Purge(ctx context.Context, before time.Time) (int, error)
}
