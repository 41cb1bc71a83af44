package tablestore_test

import (
	"testing"
	"time"
)

// When tables are laid next, as an edition says it: by the rhythm, by a round that
// waits, and not at a slot that was called off or went out early.
func TestNext(t *testing.T) {
	w := newWorld(t, nil)
	next := func(what string, want time.Time) {
		t.Helper()
		got, ok, err := w.feature.Next(t.Context())
		w.ok(err)
		if ok == want.IsZero() || !got.Equal(want) {
			t.Errorf("%s: %s, %t, want %s", what, got, ok, want)
		}
	}
	next("without a rhythm", time.Time{})
	w.rhythm()
	next("by the rhythm", slotOne)
	w.sweep()
	next("a draft waits", slotOne)
	w.press("lea", "tables.off", w.newest().ID)
	next("called off", slotTwo)
	w.until(slotTwo.Add(-7 * day))
	w.press("lea", "tables.now", w.newest().ID)
	soon := w.newest().SendAt
	if !soon.Before(slotTwo) {
		t.Fatalf("it goes out at %s", soon)
	}
	next("it goes out early", soon)
	w.until(soon)
	next("it is out", slotTwo.Add(28*day))
}
