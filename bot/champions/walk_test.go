package champions

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// pick draws a number below n, all of them equally likely: rapid's own draws lean
// to the smallest, with which nobody lives long.
func pick(t *rapid.T, n int, label string) int {
	return int(rapid.Uint64().Draw(t, label) * 6364136223846793005 >> 33 % uint64(n))
}

// among draws one of some.
func among[T any](t *rapid.T, label string, some ...T) T { return some[pick(t, len(some), label)] }

// walk is a random life of a champion, with everything that was written.
type walk struct {
	*rapid.T
	c         Champion
	n         Now
	seen      map[string]int64 // key → version
	lastShown time.Time        // the latest moment at which the last question can be read
	briefed   map[string]bool  // by number of the meeting
	nonce     int
}

// Whatever is done in whatever order, however meetings move and however often time
// asks: never two questions within 91 days, never two briefings of one meeting,
// none after its day, nothing to who rests or is gone, cards only become newer, and
// what was refused changed nothing.
func TestAnyLifeOfAChampion(t *testing.T) {
	reached := map[State]bool{}
	questions, briefings := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := &walk{T: t, c: Champion{ID: "champion", Person: "champion"}, n: nowAt(monday), seen: map[string]int64{}, briefed: map[string]bool{}}
		if pick(t, 2, "begun") == 0 {
			w.c, _ = in(t, Active)
			w.n.At = w.c.Meetings[0].Briefing.Drafted
		}
		for range 100 + pick(t, 300, "steps") {
			if w.c.State.Speaks() && pick(t, 400, "gone") == 399 {
				w.n.Gone = true
			}
			if pick(t, 3, "time") > 0 {
				w.n.At = w.n.At.Add(time.Duration(among(t, "hours", 1, 9, 14, 18, 24, 24, 30, 36, 48, 48, 70, 24*5, 24*40)) * time.Hour)
				w.tick()
			} else {
				w.act()
			}
			reached[w.c.State] = true
		}
		questions = max(questions, w.c.Questions)
		briefings = max(briefings, len(w.briefed))
	})
	for _, state := range []State{Asked, Active, Resting, Left} {
		if !reached[state] {
			t.Errorf("no walk reached %s", state)
		}
	}
	if questions < 2 || briefings < 2 {
		t.Errorf("the walks reached %v, at most %d questions and %d briefings", reached, questions, briefings)
	}
}

func (w *walk) tick() {
	for range 60 {
		before := clone(w.c)
		out, moved, err := w.c.Tick(Facts{Now: w.n, Version: w.c.Version, Points: []Point{{Words: "A story."}}})
		if err != nil || !moved && len(out) > 0 {
			w.Fatalf("%v, %+v", err, out)
		}
		if !moved {
			return
		}
		w.take(before, out)
	}
	w.Fatal("it moves for ever")
}

func (w *walk) act() {
	before := clone(w.c)
	act := among(w.T, "act", append(Acts(), Name, Name, Accept, Accept, Accept, Return, Return, Meet, Send)...)
	as := AsSelf
	if _, self := expected()[act].who[AsSelf]; !self {
		as = AsLead
	}
	if pick(w.T, 9, "anybody") == 8 {
		as = among(w.T, "as", Relations()...)
	}
	if (act == Leave || act == Rest) && pick(w.T, 6, "stays") > 0 {
		return
	}
	actor := actorAs(as)
	w.nonce++
	var out []bot.Delivery
	var err error
	switch act {
	case Name:
		wish := Wish{Source: fmt.Sprint(w.nonce), Body: "Cabinet", Days: 1 + pick(w.T, 5, "days"), Plan: Plan{On: w.date()}}
		out, err = w.c.Ask(actor, w.n, wish)
	case Meet:
		out, err = w.c.SetMeeting(actor, w.n, Plan{On: w.date(), Another: pick(w.T, 2, "another") == 0, Days: among(w.T, "days", 0, 0, 1, 4)})
	case Promise:
		out, err = w.c.Add(actor, w.n, Pledge{ID: fmt.Sprint(w.nonce), Side: Ours, Words: "Something."})
	case GoOn:
		said := among(w.T, "said", GoesOn, GoesOn, Rests, Leaves)
		out, err = w.c.Answer(actor, w.n, fmt.Sprint(max(1, w.c.Questions-pick(w.T, 2, "old"))), said)
	case Settle:
		out, err = w.c.Mark(actor, w.n, fmt.Sprint(pick(w.T, w.nonce+1, "promise")), Kept, "")
	case Send:
		out, err = w.c.SendIt(actor, w.n, w.number())
	case Edit:
		out, err = w.c.EditIt(actor, w.n, w.number(), []Point{{Words: fmt.Sprint(w.nonce)}})
	case Skip:
		out, err = w.c.SkipIt(actor, w.n, w.number())
	default:
		out, err = actOn(&w.c, act, actor, w.n)
	}
	if err != nil && !reflect.DeepEqual(before, w.c) {
		w.Fatalf("%s was refused and changed something", act)
	}
	w.take(before, out)
}

func (w *walk) number() string {
	return fmt.Sprint(max(1, len(w.c.Meetings)-pick(w.T, 2, "older")))
}

// date is a day around now, or none.
func (w *walk) date() schedule.Date {
	if pick(w.T, 10, "no day") == 9 {
		return schedule.Date{}
	}
	return dateOf(w.n).AddDays(among(w.T, "ahead", 0, 1, 3, 8, 11, 15, 30))
}

// take looks at what was written.
func (w *walk) take(was Champion, out []bot.Delivery) {
	is := &w.c
	if is.Version < was.Version || is.Version == was.Version && len(out) > 0 {
		w.Fatalf("version %d to %d with %v", was.Version, is.Version, keys(out))
	}
	outdated := is.Outdated()
	for _, d := range out {
		version := int64(-1)
		if d.View != nil {
			version = d.View.Version
		}
		last, known := w.seen[d.Key]
		if known && (version < 0 || version <= last) {
			w.Fatalf("%s is written twice: version %d after %d", d.Key, version, last)
		}
		w.seen[d.Key] = version
		name := strings.SplitN(d.Key, "/", 4)[3]
		if d.To.Person == "champion" {
			if w.n.Gone && is.Gone {
				w.Fatalf("%s goes to an inactive account", d.Key)
			}
			if d.Class == bot.Nudge && d.Expires.IsZero() {
				w.Fatalf("%s never expires", d.Key)
			}
		}
		switch {
		case known:
		case strings.HasPrefix(name, "question/"):
			if !w.lastShown.IsZero() && w.n.At.Sub(w.lastShown) < 91*day {
				w.Fatalf("%s comes %s after the last one may have been shown", d.Key, w.n.At.Sub(w.lastShown))
			}
			if is.State != Active {
				w.Fatalf("%s in state %s", d.Key, is.State)
			}
			w.lastShown = d.Expires
		case strings.HasPrefix(name, "briefing/"):
			w.briefing(name, d, outdated)
		}
	}
}

func (w *walk) briefing(name string, d bot.Delivery, outdated []string) {
	number := strings.TrimPrefix(name, "briefing/")
	m := w.c.meeting(number)
	switch {
	case w.briefed[number]:
		w.Fatalf("a second briefing of meeting %s", number)
	case w.c.State != Active || slices.Contains(outdated, d.Key):
		w.Fatalf("%s in state %s", d.Key, w.c.State)
	case m.On.Before(dateOf(w.n)) || w.n.At.Before(w.c.briefAt(m, time.UTC)):
		w.Fatalf("%s on %s, for a meeting on %s", d.Key, w.n.At, m.On)
	}
	w.briefed[number] = true
}

// Points keep their words and addresses when they are written as text and read back.
func TestTextIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var points []Point
		for i := range rapid.IntRange(0, 12).Draw(t, "points") {
			points = append(points, Point{Section: rapid.SampledFrom([]string{"Stories", "Tried", "Heard"}).Draw(t, "section"),
				Words: rapid.StringOf(rapid.RuneFrom([]rune("ab -\n\tü•"))).Draw(t, "words"), URL: rapid.SampledFrom([]string{"", fmt.Sprint("https://example.org/", i), "javascript:x"}).Draw(t, "url")})
		}
		kept := trim(points)
		if got := Read(Text(kept), kept); !slices.EqualFunc(got, kept, func(a, b Point) bool { return a.Section == b.Section && a.Words == b.Words }) {
			t.Fatalf("%q is read as %+v, not %+v", Text(kept), got, kept)
		}
		sections := map[string]int{}
		for i, p := range kept {
			if p.URL != "" && !bot.SafeAddress(p.URL) {
				t.Fatalf("%q", p.URL)
			}
			if i > 0 && p.Section != kept[i-1].Section && sections[p.Section] > 0 {
				t.Fatalf("a section stands twice: %+v", kept)
			}
			sections[p.Section]++
		}
	})
}
