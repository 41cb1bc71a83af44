package pilots

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
)

// walked is what a walk through a pilot's life has seen so far.
type walked struct {
	versions map[string]int64
	nudges   map[bot.PersonID][]time.Time // new messages that the bot wrote first, besides news of the sponsor's own
	stories  int
	extended int
	over     bool
}

// Whatever is done in whatever order, and however often time asks: cards only move
// forward, what was fixed stays, one story, one extension, nothing after the end,
// nobody is written to more often than the rhythm says, and Tick twice is Tick
// once.
func TestAnyLifeOfAPilot(t *testing.T) {
	reached := map[State]bool{}
	rapid.Check(t, func(t *rapid.T) {
		p, now := readyPilot(), tuesday
		if rapid.Bool().Draw(t, "started") {
			if _, err := p.Start(actorAs(AsSponsor), now, time.UTC); err != nil {
				t.Fatal(err)
			}
		}
		w := walked{versions: map[string]int64{}, nudges: map[bot.PersonID][]time.Time{}}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before := clone(p)
			if rapid.Bool().Draw(t, "time") {
				now = now.Add(time.Duration(rapid.IntRange(0, 9*24).Draw(t, "hours")) * time.Hour)
				p.SponsorGone = rapid.IntRange(0, 5).Draw(t, "gone") == 0
				out, _ := p.Tick(now, []bot.PersonID{"lead", "lead2"}, time.UTC)
				w.take(t, p, now, out, true)
				after := clone(p)
				if again, moved := p.Tick(now, []bot.PersonID{"lead", "lead2"}, time.UTC); moved || len(again) > 0 || !reflect.DeepEqual(after, p) {
					t.Fatalf("a second tick at the same moment changes something: %+v", again)
				}
				if due := p.Due(now, time.UTC); !due.IsZero() && !due.After(now) {
					t.Fatalf("%s is due again at %s, which has passed at %s", p.State, due, now)
				}
			} else {
				act := rapid.SampledFrom(Acts()).Draw(t, "act")
				if rapid.Bool().Draw(t, "possible") { // else most walks end in refusals
					act = rapid.SampledFrom(slices.DeleteFunc(Acts(), func(a Act) bool { return !p.Can(a) })).Draw(t, "possible act")
				}
				if act == Give && len(p.Surveys) == 0 {
					continue
				}
				out, err := actOn(&p, act, actorAs(rapid.SampledFrom(Relations()).Draw(t, "as")), now)
				if err != nil && !reflect.DeepEqual(before, p) {
					t.Fatalf("%s was refused and changed something", act)
				}
				w.take(t, p, now, out, false)
			}
			w.check(t, before, p)
			reached[p.State] = true
		}
	})
	if len(reached) != len(States()) {
		t.Errorf("the walks reached %v only", reached)
	}
}

func (w *walked) take(t *rapid.T, p Pilot, now time.Time, out []bot.Delivery, tick bool) {
	for _, d := range out {
		version := int64(1)
		if d.View != nil {
			version = d.View.Version
		}
		last, known := w.versions[d.Key]
		if version < last {
			t.Fatalf("the version of %s falls from %d to %d", d.Key, last, version)
		}
		w.versions[d.Key] = version
		if known {
			continue
		}
		if w.over && !strings.HasPrefix(d.Key, "story/") {
			t.Fatalf("a new message after the end: %s", d.Key)
		}
		if tick && d.View != nil && d.To.Person != "" {
			sent := append(w.nudges[d.To.Person], now)
			w.nudges[d.To.Person] = sent
			// Within a week: a check-in, the decision, and its first reminder.
			if n := len(sent); n > 3 && sent[n-1].Sub(sent[n-4]) < 6*day && p.Sponsor == d.To.Person {
				t.Fatalf("%s was written to four times in %s", d.To.Person, sent[n-1].Sub(sent[n-4]))
			}
		}
	}
}

func (w *walked) check(t *rapid.T, was, is Pilot) {
	if is.Story != nil && was.Story == nil {
		w.stories++
	}
	if is.Extended && !was.Extended {
		w.extended++
	}
	w.over = is.State.Over()
	switch {
	case was.State.Over() && is.State != was.State:
		t.Fatalf("from %s back to %s", was.State, is.State)
	case is.Version < was.Version:
		t.Fatalf("the version falls from %d to %d", was.Version, is.Version)
	case w.stories > 1 || w.extended > 1:
		t.Fatalf("%d stories, %d extensions", w.stories, w.extended)
	case len(is.Fixings) < len(was.Fixings) || !slices.Equal(is.Fixings[:len(was.Fixings)], was.Fixings) && is.State == was.State:
		t.Fatalf("what was fixed changed: %+v, %+v", was.Fixings, is.Fixings)
	case len(is.Fixings) > 0 && is.Fixings[len(is.Fixings)-1].Measure != is.Measure:
		t.Fatalf("the measure is %+v, and what was fixed last is %+v", is.Measure, is.Fixings)
	case is.State == Ready && len(is.Open(tuesday, time.UTC)) > 0 && !is.SponsorGone:
		t.Fatalf("ready with open items: %+v", is.Open(tuesday, time.UTC))
	case is.State == Decided != (is.Verdict.Choice != ""):
		t.Fatalf("%s with the verdict %+v", is.State, is.Verdict)
	}
	for _, f := range is.Fixings {
		if !f.Holds() {
			t.Fatalf("the hash does not hold: %+v", f)
		}
	}
	weeks := map[int]bool{}
	for _, c := range is.CheckIns {
		if weeks[c.Week] {
			t.Fatalf("two lines for week %d", c.Week)
		}
		weeks[c.Week] = true
	}
	keys := map[string]bool{}
	for _, card := range is.Cards {
		if keys[card.Key] {
			t.Fatalf("the card %s is noted twice", card.Key)
		}
		keys[card.Key] = true
		if is.State.Over() && card.Settled == 0 {
			t.Fatalf("after the end %s still changes", card.Key)
		}
		if got := is.version(card.Kind, card.ID); got < w.versions[card.Key] {
			t.Fatalf("%s was sent at version %d, and shows %d", card.Key, w.versions[card.Key], got)
		}
	}
	for _, s := range is.Surveys {
		if !s.Open && len(s.Answers) > 0 || s.Open && is.State != Running {
			t.Fatalf("the survey %+v while %s", s, is.State)
		}
	}
	for _, key := range is.Outdated() {
		if !keys[key] {
			t.Fatalf("%s was never noted", key)
		}
	}
}
