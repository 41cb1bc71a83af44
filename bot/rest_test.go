package bot

import (
	"errors"
	"testing"
	"time"
)

func TestRest(t *testing.T) {
	t.Parallel()
	var r Rest
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	people := []Person{{ID: "a"}, {ID: "b"}}
	next, fails, looks := now.Add(30*time.Second), error(nil), 0
	during := func() {}
	look := func(what string, want bool) {
		t.Helper()
		before := looks
		got, err := r.Look(now, people, func() (time.Time, error) { looks++; during(); return next, fails })
		if !errors.Is(err, fails) || got != next {
			t.Errorf("%s: %s, %v", what, got, err)
		}
		if (looks > before) != want {
			t.Errorf("%s: looked is %t", what, looks > before)
		}
	}
	look("at first", true)
	look("at once again", false)
	r.Stir()
	look("after something was done", true)
	woken := 0
	for _, wake := range []func(){nil, func() { woken++ }} {
		r.Waking(wake)()
		look("after a wake", true)
	}
	if woken != 1 {
		t.Errorf("woken %d times", woken)
	}
	now = now.Add(20 * time.Second)
	look("a moment later", false)
	people = []Person{{ID: "a"}, {ID: "b"}}
	look("another list, though equal", true)
	people = people[:1]
	look("a shorter list", true)
	people = nil
	look("an empty list", true)
	look("an empty list again", false)
	now = now.Add(10 * time.Second)
	next = time.Time{}
	look("something is due", true)
	now = now.Add(59 * time.Second)
	look("nothing is due", false)
	now = now.Add(time.Second)
	look("after a minute", true)
	now = now.Add(-time.Hour)
	look("the clock was set back", true)
	during = r.Stir
	r.Stir()
	look("something is done during the look", true)
	during = func() {}
	look("so it looks again", true)
	look("and then rests", false)
	r.Stir()
	fails = errors.New("broken")
	look("it fails", true)
	fails = nil
	look("what failed is repeated", true)
}
