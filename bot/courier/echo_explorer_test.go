package courier_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/storagetest"
)

// Echoes in the explorer: the platform shows the bot what it posted, at any
// point: before the answer to the request, after the answer was lost, after a
// crash, late, twice, and when the message was taken away since.

// When echoes come.
func never(int) bool  { return false }
func always(int) bool { return true }
func at(m int) func(int) bool {
	return func(n int) bool { return n == m }
}
func from(m int) func(int) bool {
	return func(n int) bool { return n >= m }
}

// echo hands over what was posted so far and not heard of yet, if echoes come at
// this point. What cannot be taken comes again later.
func (r *run) echo(n int) {
	if r.echoing || r.hears == nil || !r.hears(n) {
		return
	}
	r.echoing = true
	defer func() { r.echoing = false }()
	for _, m := range r.posted() {
		if !r.echoed[m.ref] {
			r.echoed[m.ref] = r.arrive(m) == nil
		}
	}
}

func (r *run) arrive(m message) error {
	return r.sender.Arrived(r.t.Context(), m.id, bot.MessageRef{Place: m.place, Native: m.ref})
}

// posted returns all that was ever posted, also what is gone.
func (r *run) posted() []message {
	r.world.mu.Lock()
	defer r.world.mu.Unlock()
	var all []message
	for _, m := range r.world.messages {
		all = append(all, *m)
	}
	return all
}

// rest runs until nothing is left to do, also once every echo has come again.
func (r *run) rest() error {
	if err := r.quiesce(); err != nil || r.hears == nil {
		return err
	}
	faults := r.plan
	r.plan, r.echoing = nil, true
	for range 2 {
		for _, m := range r.posted() {
			if err := r.arrive(m); err != nil {
				return err
			}
		}
	}
	r.plan, r.echoing = faults, false
	return r.quiesce()
}

// settled is the oracle of echoes: once they have come nobody is in doubt about
// what stands there.
func (r *run) settled() error {
	if r.hears == nil {
		return nil
	}
	keys := []string{}
	for i := range r.scenario.texts {
		keys = append(keys, fmt.Sprint(r.name, "/", i))
	}
	if r.scenario.view {
		keys = append(keys, r.name+"/card")
	}
	for _, key := range keys {
		it, err := r.store.Queue.Get(r.t.Context(), key)
		if err != nil {
			return err
		}
		if it.State == courier.Sent || it.State == courier.Queued && it.Thread != "" {
			continue
		}
		for _, part := range it.Parts {
			if part.State == courier.Posted {
				continue
			}
			if len(r.world.live(r.place, part.ID)) > 0 {
				return fmt.Errorf("%s is %s although part %d stands there", key, it.State, part.N)
			}
			break
		}
		if !strings.Contains(string(it.State), "unsure") {
			return fmt.Errorf("%s rests as %s", key, it.State)
		}
		if open := it.Parts[len(it.Parts)-1]; open.State == courier.Posted {
			return fmt.Errorf("%s waits for a human although all of it stands there", key)
		}
	}
	return nil
}

// near is how many points after a fault echoes are tried at, each by itself.
const near = 4

// exploreEchoes tries echoes at every point; every fault at every point with
// echoes that come soon after it, and with those that come last; and every fault
// with echoes that come at once.
func (l *lab) exploreEchoes() error {
	l.hears = never
	points, err := l.try(nil)
	if err != nil {
		return fmt.Errorf("without echoes until all rests: %w", err)
	}
	for m := 0; m < len(points)+8; m += stride() {
		for _, l.hears = range []func(int) bool{at(m), from(m)} {
			if _, err := l.try(nil); err != nil {
				return fmt.Errorf("echoes at point %d: %w", m, err)
			}
		}
	}
	for k := 0; k < len(points); k += stride() {
		for _, one := range faultsOf(points[k]) {
			l.hears = never
			after, err := l.try(plan{k: one})
			if err != nil {
				return fmt.Errorf("%s %s (point %d), without echoes until all rests: %w", one, points[k], k, err)
			}
			for m := k; m < min(k+near, len(after)); m++ {
				l.hears = at(m)
				if _, err := l.try(plan{k: one}); err != nil {
					return fmt.Errorf("%s %s (point %d), echoes at point %d: %w", one, points[k], k, m, err)
				}
			}
		}
	}
	l.hears = always
	if err := l.explore(false); err != nil {
		return fmt.Errorf("echoes at once: %w", err)
	}
	return nil
}

func TestEchoesAtAnyPointLeaveOneCopy(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	messages := scenario{texts: []string{"first|second", "reply"}}
	shrinking := scenario{view: true, long: true, raises: 1}
	for name, c := range map[string]struct {
		kind func(platform) bot.Platform
		scenario
	}{
		"messages":          {asFull, messages},
		"blind messages":    {asBlind, messages},
		"card":              {asFull, scenario{view: true}},
		"editor's card":     {asEditor, scenario{view: true, raises: 2}},
		"card that shrinks": {asFull, shrinking},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, c.kind, c.scenario)
			if err := l.exploreEchoes(); err != nil {
				t.Error(err)
			}
			t.Logf("%d ways", l.runs)
		})
	}
}

// With the fence taken away a sender that did not hear of its own success undoes
// what the echo settled.
func TestTheExplorerSeesAMissingFence(t *testing.T) {
	if storagetest.Raced {
		t.Skip("with points left out it may pass by the mistake")
	}
	l := newLab(t, asBlind, scenario{texts: []string{"first|second", "reply"}})
	l.without = courier.NoFence
	err := l.exploreEchoes()
	if err == nil || errors.Is(err, errReset) {
		t.Errorf("found %v, want something wrong", err)
	}
	t.Log(err)
}
