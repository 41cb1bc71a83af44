package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Matter is something that waits for somebody to decide or to act, in one line of
// the desk.
type Matter struct {
	What  Spans     // what waits; it names nobody as late or silent
	Kind  string    // the heading under which it stands: "Pilots"
	Since time.Time // since when it waits, no finer than what may be told; zero: unknown
	Due   time.Time // zero: it has no date
	Do    *Button   // the next step; nil: it is on Page
	Page  string    // a path of our own web; may be empty
}

// MatterSource lists what waits for an actor in one feature: what is not the
// actor's to see is not in it, and for most people that is everything.
type MatterSource func(ctx context.Context, actor Actor) ([]Matter, error)

// Late reports whether the date of a matter has passed.
func (m Matter) Late(now time.Time) bool { return !m.Due.IsZero() && m.Due.Before(now) }

// SortMatters puts what is due first to the front, then what has no date, by
// kind and since when it waits. The order does not depend on that of all.
func SortMatters(all []Matter) {
	slices.SortStableFunc(all, func(a, b Matter) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			if a.Due.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Kind, b.Kind), a.Since.Compare(b.Since), strings.Compare(a.What.Plain(time.UTC), b.What.Plain(time.UTC)))
	})
}
