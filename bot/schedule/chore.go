package schedule

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Policy says what happens to slots that nobody ran in time, and to runs that
// fail.
type Policy struct {
	// Grace is how long after its due moment a slot may still begin: at
	// least a minute. Of several slots missed within it the latest runs,
	// once; whatever is older expires with one notice.
	Grace time.Duration
	// Attempts is how often a tick may be run before it is parked as
	// failed; 0 means 8. An attempt that ended in a crash counts.
	Attempts int64
}

const (
	minGrace        = time.Minute
	defaultAttempts = 8
	firstRetry      = time.Minute
	longestRetry    = time.Hour
)

// Chore is what a feature does at each slot of its schedules.
type Chore struct {
	// Kind names the chore, "digest.draft", and is stored: it never changes.
	Kind   string
	Policy Policy
	// Run does the work of one slot. It may run twice for the same slot, even
	// at the same time in two processes, so it saves its effects under
	// t.Key(), or checks t.Attempt in the same transaction, and finding them
	// there is success. An error, or a panic, has it tried again later. ctx
	// ends when the lease is lost or the program stops; a run that ends for
	// that reason returns ctx.Err().
	Run func(ctx context.Context, t Tick) error
	// Expired is called, under the same rules, when slots are given up because
	// their grace has passed. t is the latest of them and t.Missed counts them
	// all. Nil means that nobody needs to know.
	Expired func(ctx context.Context, t Tick) error
}

// check refuses a chore that could not work.
func (c Chore) check() error {
	switch {
	case c.Kind == "" || strings.ContainsAny(c.Kind, "/ "):
		return fmt.Errorf("schedule: %q cannot be the kind of a chore", c.Kind)
	case c.Run == nil:
		return fmt.Errorf("schedule: the chore %s does nothing", c.Kind)
	case c.Policy.Grace < minGrace:
		return fmt.Errorf("schedule: the grace of %s is shorter than a minute", c.Kind)
	case c.Policy.Attempts < 0:
		return fmt.Errorf("schedule: the attempts of %s are negative", c.Kind)
	}
	return nil
}

func (p Policy) attempts() int64 {
	if p.Attempts == 0 {
		return defaultAttempts
	}
	return p.Attempts
}

// Tick is one slot of one schedule on its way through its chore. Kind, Subject
// and Slot are its natural key.
type Tick struct {
	Kind    string    // the chore
	Subject string    // what it is done for, such as the id of a digest; may be ""
	Slot    string    // Slot.Name
	Due     time.Time // when the slot came, UTC
	Attempt int64     // 1 at the first claim, one more at each further one: the fencing token
	Tries   int64     // like Attempt, but counted anew when a human reopens a parked tick
	Missed  int       // 0: to be run; else how many slots have expired with this as the latest
}

// Key is the natural key as one text, the same at every attempt; effects are
// saved under it.
func (t Tick) Key() string { return t.Kind + "/" + t.Subject + "/" + t.Slot }

// reopened reports whether a human asked for this tick after it had failed.
func (t Tick) reopened() bool { return t.Attempt > t.Tries }

// retryAfter is how long a failed attempt waits: a minute, then twice as long
// each time, at most an hour.
func retryAfter(attempt int64) time.Duration {
	wait := firstRetry
	for ; attempt > 1 && wait < longestRetry; attempt-- {
		wait *= 2
	}
	return min(wait, longestRetry)
}
