package teams

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"
)

// once has each act of a person carried out a single time within memory,
// however often and through however many doors it is delivered. It keeps no
// ids: only what a key that dies with the process makes of them.
type once struct {
	key [32]byte

	mu       sync.Mutex
	now, old map[[16]byte]struct{}
	turned   time.Time
}

// remembered is how long an act is remembered at least: longer than the
// service tries again. mostActs bounds the memory whatever comes.
const (
	remembered = 11 * time.Minute
	mostActs   = 200_000
)

func newOnce(random io.Reader) (*once, error) {
	o := &once{now: map[[16]byte]struct{}{}}
	if _, err := io.ReadFull(random, o.key[:]); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return o, nil
}

// first reports whether an act was not seen before. An act without identity is
// always the first.
func (o *once) first(identity string, now time.Time) bool {
	if identity == "" {
		return true
	}
	mark := o.mark(identity)
	o.mu.Lock()
	defer o.mu.Unlock()
	if now.Sub(o.turned) > remembered || now.Before(o.turned) || len(o.now) >= mostActs {
		o.old, o.now, o.turned = o.now, map[[16]byte]struct{}{}, now
	}
	if _, seen := o.now[mark]; seen {
		return false
	}
	_, seen := o.old[mark]
	o.now[mark] = struct{}{}
	return !seen
}

// mark is what the key makes of a text.
func (o *once) mark(text string) (mark [16]byte) {
	mac := hmac.New(sha256.New, o.key[:])
	mac.Write([]byte(text))
	copy(mark[:], mac.Sum(nil))
	return mark
}

// recent has an act that is asked for again carried out once: while it goes on,
// and shortly after it ended, whoever asks again gets the same answer. Acts are
// known by what a key of the process makes of them. An answer, which may hold a
// private code, is forgotten half a minute after it was given.
type recent struct {
	mu    sync.Mutex
	byID  map[string]*act // by the mark of the activity, its place and its author
	spots map[string]*act // the last act of a person on a message or form
}

// act is one act on its way. The fields below done are set before it is closed.
type act struct {
	identity string
	done     chan struct{}
	ended    time.Time
	answer   []byte
}

const (
	// doubled is how soon the same button pressed again is the same press.
	doubled = 2 * time.Second
	// retried is how long an answer is kept for the same activity, or form.
	retried = 30 * time.Second
)

// asking names an act by marks: of the activity, its place and its author; of who
// acts on what; and of what is asked. lasting acts, such as sending a form, are the same for longer.
type asking struct {
	id, spot, identity string
	lasting            bool
}

// do returns the answer to an act, and carries it out when it is a new one.
func (r *recent) do(ctx context.Context, ask asking, clock func() time.Time, carry func() []byte) []byte {
	r.mu.Lock()
	now := clock()
	one := r.byID[ask.id]
	if one != nil && one.identity != ask.identity {
		one = nil // another act that came under the same id
	}
	if last := r.spots[ask.spot]; one == nil && last != nil && last.identity == ask.identity && last.fresh(now, ask.lasting) {
		one = last
	}
	if one != nil {
		r.mu.Unlock()
		select {
		case <-one.done:
			return one.answer
		case <-ctx.Done():
			return nil
		}
	}
	r.sweep(now)
	one = &act{identity: ask.identity, done: make(chan struct{})}
	if ask.id != "" {
		r.byID[ask.id] = one
	}
	r.spots[ask.spot] = one
	r.mu.Unlock()
	answer := carry()
	r.mu.Lock()
	one.answer, one.ended = answer, clock()
	r.mu.Unlock()
	close(one.done)
	time.AfterFunc(retried, func() { r.forget(ask, one) })
	return answer
}

// forget lets go of an act and its answer.
func (r *recent) forget(ask asking, one *act) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID[ask.id] == one {
		delete(r.byID, ask.id)
	}
	if r.spots[ask.spot] == one {
		delete(r.spots, ask.spot)
	}
}

// fresh reports whether the same act again is this one. The lock is held.
func (a *act) fresh(now time.Time, lasting bool) bool {
	within := doubled
	if lasting {
		within = retried
	}
	return a.ended.IsZero() || now.Sub(a.ended) < within && !now.Before(a.ended)
}

// sweep forgets what ended. The lock is held.
func (r *recent) sweep(now time.Time) {
	if r.byID == nil {
		r.byID, r.spots = map[string]*act{}, map[string]*act{}
	}
	over := func(_ string, a *act) bool { return !a.ended.IsZero() && !a.fresh(now, true) }
	maps.DeleteFunc(r.byID, over)
	maps.DeleteFunc(r.spots, over)
}
