package bot

import (
	"sync"
	"time"
)

// Rest is what a sweep remembers of its last look. Sweeps are woken after every
// request, so one that has much to look through looks only when there may be
// something to do. The zero Rest has not looked yet. Its methods may be called by
// many goroutines.
type Rest struct {
	mu      sync.Mutex
	looked  time.Time // zero: not yet, or the last look failed
	next    time.Time // when something is due, as it found
	people  []Person  // the register that it saw
	stirred bool      // something was done since it began
}

// restAtMost is how long a sweep rests: then it sees what another replica did.
const restAtMost = time.Minute

// Stir has the next Look look. It is called after whatever may give the sweep
// something to do.
func (r *Rest) Stir() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stirred = true
}

// Waking returns what stirs and then wakes, where there is a wake.
func (r *Rest) Waking(wake func()) func() {
	return func() {
		r.Stir()
		if wake != nil {
			wake()
		}
	}
}

// Look calls look, unless the last one was less than a minute ago and nothing has
// happened since: nothing is due, nobody called Stir, and people is the same list as
// then, which a register hands out until something in it changes. It returns when
// something is due next (zero: nothing known). A look that fails is repeated.
func (r *Rest) Look(now time.Time, people []Person, look func() (next time.Time, err error)) (time.Time, error) {
	if next, rests := r.rests(now, people); rests {
		return next, nil
	}
	next, err := look()
	if err != nil {
		return next, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looked, r.next, r.people = now, next, people
	return next, nil
}

func (r *Rest) rests(now time.Time, people []Person) (time.Time, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	since := now.Sub(r.looked)
	fresh := !r.looked.IsZero() && since >= 0 && since < restAtMost && (r.next.IsZero() || now.Before(r.next))
	if fresh && !r.stirred && sameList(r.people, people) {
		return r.next, true
	}
	r.looked, r.stirred = time.Time{}, false
	return time.Time{}, false
}

// sameList reports whether both are one and the same list, not only equal ones.
func sameList(a, b []Person) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
