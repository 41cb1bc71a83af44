package tables

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// Whatever is done in whatever order, and however often time asks: the round only
// moves forward, cards only become newer, everybody has one place, a table that
// goes out keeps its sizes, nobody is invited or asked twice, nothing is written
// after the end, and what was refused changed nothing.
func TestAnyLifeOfARound(t *testing.T) {
	reached := map[State]bool{}
	rapid.Check(t, func(t *rapid.T) {
		r, now := draftRound(), thursday
		r.Goes = rapid.Bool().Draw(t, "goes")
		w := walked{versions: map[string]int64{}}
		gone := map[bot.PersonID]bool{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			r.loadStandings()
			before := clone(r)
			if rapid.Bool().Draw(t, "time") {
				now = now.Add(time.Duration(rapid.IntRange(0, 9*24).Draw(t, "hours")) * time.Hour)
				if rapid.IntRange(0, 4).Draw(t, "somebody goes") == 0 {
					gone[rapid.SampledFrom([]bot.PersonID{"a1", "a2", "b1", "c3", "o"}).Draw(t, "who")] = true
				}
				out := tick(t, &r, now, func(f *Facts) {
					for p := range gone {
						f.Gone[p] = true
					}
				})
				w.take(t, before, r, out)
			} else {
				act := rapid.SampledFrom(Acts()).Draw(t, "act")
				actor := actorAs(rapid.SampledFrom(Relations()).Draw(t, "as"))
				if actor.Person == "a1" {
					actor.Person = rapid.SampledFrom([]bot.PersonID{"a1", "a2", "b1", "c3", "o"}).Draw(t, "seated")
				}
				var out []bot.Delivery
				var err error
				switch act {
				case SwapMe:
					out, err = r.Swap(actor, rapid.IntRange(1, 3).Draw(t, "from"), hallOf(r))
				case Edit:
					out, err = r.Take(actor, hallOf(r).Mend(seating.Plan{Tables: [][]string{ids(r.Persons())[:min(4, len(r.Seats))]}, Out: ids(r.Persons())[min(4, len(r.Seats)):]}))
				default:
					out, err = actOn(&r, act, actor, now)
				}
				if err != nil && !reflect.DeepEqual(before, r) {
					t.Fatalf("%s was refused and changed something", act)
				}
				w.take(t, before, r, out)
			}
			reached[r.State] = true
		}
	})
	if len(reached) != len(States()) {
		t.Errorf("the walks reached %v only", reached)
	}
}

type walked struct{ versions map[string]int64 }

func (w *walked) take(t *rapid.T, was, is Round, out []bot.Delivery) {
	order := []State{Drafted, Approved, Out, FollowedUp, Closed}
	switch {
	case was.State.Over() && (is.State != was.State || len(out) > 0):
		t.Fatalf("after the end, from %s to %s with %+v", was.State, is.State, out)
	case is.State != CalledOff && !was.State.open() && slices.Index(order, is.State) < slices.Index(order, was.State):
		t.Fatalf("from %s back to %s", was.State, is.State)
	case is.Version < was.Version || is.Version == was.Version && slices.ContainsFunc(out, func(d bot.Delivery) bool { return d.View != nil }):
		t.Fatalf("the version goes from %d to %d with %+v", was.Version, is.Version, out)
	}
	for _, d := range out {
		version := int64(0)
		if d.View != nil {
			version = d.View.Version
		}
		if last, known := w.versions[d.Key]; known && version < last {
			t.Fatalf("the version of %s falls from %d to %d", d.Key, last, version)
		} else if !known && strings.Contains(d.Key, "/met/") && is.State != FollowedUp && is.State != Closed {
			t.Fatalf("%s is asked too early", d.Key)
		}
		w.versions[d.Key] = version
		if d.To.Person == "" && len(d.To.Group) == 0 {
			t.Fatalf("%s goes to nobody", d.Key)
		}
	}
	seen := map[bot.PersonID]bool{}
	for _, s := range is.Seats {
		if seen[s.Person] || s.Table < 0 || s.Table > len(is.Tables) {
			t.Fatalf("a wrong place: %+v", s)
		}
		seen[s.Person] = true
		if is.State == Closed && s.Said != "" {
			t.Fatalf("what %s said is kept", s.Person)
		}
		if s.Stand == Gone && is.State.open() {
			t.Fatalf("%s is gone and in the draft", s.Person)
		}
	}
	for n := range is.Tables {
		if got := len(is.At(n + 1)); got > is.Largest {
			t.Fatalf("%d at table %d", got, n+1)
		}
	}
}
