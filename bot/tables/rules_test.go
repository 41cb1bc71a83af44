package tables

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// Where one conversation can be opened there is one message to all of a table,
// else one to each; nobody gets both, and who sits out gets none.
func TestOneMessageForEverybody(t *testing.T) {
	r, _ := in(t, Approved)
	got := map[bot.PersonID]int{}
	for _, d := range tick(t, &r, r.SendAt, nil) {
		if d.Class != bot.Nudge {
			continue
		}
		for _, p := range append(d.To.Group, d.To.Person) {
			got[p]++
		}
	}
	delete(got, "")
	if len(got) != 9 || got["o"] != 0 {
		t.Fatalf("%v", got)
	}
	for p, n := range got {
		if n != 1 {
			t.Errorf("%s gets %d", p, n)
		}
	}
}

// Only who had company is asked what came of it, and each once.
func TestOnlyWhoHadCompanyIsAsked(t *testing.T) {
	r, _ := in(t, Out)
	for _, p := range []bot.PersonID{"a1", "b1", "b2"} {
		if _, err := r.Leave(bot.Actor{Account: "x", Person: p}); err != nil {
			t.Fatal(err)
		}
	}
	var asked []string
	for _, d := range tick(t, &r, r.NextAt(), nil) {
		if strings.Contains(d.Key, "/met/") {
			asked = append(asked, string(d.To.Person))
			if d.Class != bot.Nudge {
				t.Errorf("%s is of class %s", d.Key, d.Class)
			}
		}
	}
	slices.Sort(asked)
	if !slices.Equal(asked, []string{"a2", "a3", "c1", "c2", "c3"}) {
		t.Errorf("asked: %v", asked)
	}
}

// Swap: a free place first, then somebody who wants to change too, else it waits.
// Pairs that are kept apart never meet by it.
func TestSwapMe(t *testing.T) {
	as := func(p bot.PersonID) bot.Actor { return bot.Actor{Account: "x", Person: p} }
	r, _ := in(t, Out)
	h := hallOf(r)
	if _, err := r.Swap(as("a1"), 1, h); err != nil || !r.seat("a1").Wants || r.seat("a1").Table != 1 {
		t.Fatalf("with nobody to change places: %v, %+v", err, r.seat("a1"))
	}
	h.Apart[ordered("a1", "b2")] = true
	if _, err := r.Swap(as("b1"), 2, h); err != nil || r.seat("b1").Table != 2 {
		t.Fatalf("kept apart: %v, %+v", err, r.seat("b1"))
	}
	out, err := r.Swap(as("c1"), 3, h)
	if err != nil || r.seat("c1").Table == 3 || r.seat("c1").Wants {
		t.Fatalf("%v, %+v", err, r.seat("c1"))
	}
	other := bot.PersonID("a1")
	if r.seat("c1").Table == 2 {
		other = "b1"
	}
	if r.seat(other).Table != 3 || r.seat(other).Wants || len(out) == 0 {
		t.Fatalf("%+v", r.seat(other))
	}
	if again, err := r.Swap(as("c1"), 3, h); err != nil || len(again) > 0 {
		t.Fatalf("pressed twice: %v, %+v", err, again)
	}
	r, _ = in(t, Out)
	if _, err := r.Leave(as("b1")); err != nil {
		t.Fatal(err)
	}
	r.Smallest = 2
	if _, err := r.Swap(as("a1"), 1, hallOf(r)); err != nil || r.seat("a1").Table == 1 || len(r.At(1)) != 2 {
		t.Fatalf("a free place: %v, %+v", err, r.seat("a1"))
	}
}

// What most at a table like is how it meets.
func TestTheTableMeetsAsMostLike(t *testing.T) {
	r, _ := in(t, Approved)
	for i := range r.Standings {
		switch r.Standings[i].Person {
		case "a1", "a2", "b1":
			r.Standings[i].Format = Thread
		case "b2", "a3":
			r.Standings[i].Format = Coffee
		}
	}
	tick(t, &r, r.SendAt, nil)
	if r.Tables[0].Format != Thread || r.Tables[1].Format != Coffee || r.Tables[2].Format != Call {
		t.Errorf("%+v", r.Tables)
	}
}

// Who says nothing for three rounds is asked once, ever, whether to pause; a word
// begins the count anew, and with the end it is forgotten who said what.
func TestThePauseIsOfferedOnce(t *testing.T) {
	standings := map[bot.PersonID]Standing{}
	offers := map[bot.PersonID]int{}
	for round := range 8 {
		r, _ := in(t, FollowedUp)
		for i, s := range r.Standings {
			if kept, ok := standings[s.Person]; ok {
				r.Standings[i] = kept
			}
		}
		if round == 1 || round == 3 {
			if _, err := r.Say(actorAs(AsSeated), NotMet); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range tick(t, &r, r.NextAt(), nil) {
			if strings.HasPrefix(d.Key, "table/pause/") {
				offers[d.To.Person]++
				if d.Class != bot.Nudge || d.To.Person == "a1" && round != 6 || d.To.Person != "a1" && round != 2 {
					t.Errorf("round %d: %+v", round, d)
				}
			}
		}
		for _, s := range r.Standings {
			standings[s.Person] = s
		}
		for _, s := range r.Seats {
			if s.Said != "" {
				t.Errorf("what %s said is kept", s.Person)
			}
		}
	}
	if len(offers) != 9 {
		t.Errorf("%v", offers)
	}
	for p, n := range offers {
		if n != 1 {
			t.Errorf("%s is asked %d times", p, n)
		}
	}
}

// Whatever tables are left, mending gives tables of a right size, keeps everybody,
// moves nobody to whom they are to be kept apart from, and leaves a good plan alone.
func TestMend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Hall{Guests: map[string]seating.Person{}, Met: map[[2]string]int{}, Apart: map[[2]string]bool{}, Smallest: rapid.IntRange(3, 4).Draw(t, "smallest"), Largest: rapid.IntRange(4, 6).Draw(t, "largest")}
		var people []string
		plan := seating.Plan{}
		for n := range rapid.IntRange(0, 8).Draw(t, "tables") {
			var table []string
			for i := range rapid.IntRange(1, h.Largest).Draw(t, "people") {
				id := string(rune('a'+n)) + string(rune('0'+i))
				table, people = append(table, id), append(people, id)
				h.Guests[id] = seating.Person{ID: id, Department: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "department")}
			}
			plan.Tables = append(plan.Tables, table)
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "out") {
			id := "o" + string(rune('0'+i))
			plan.Out, people = append(plan.Out, id), append(people, id)
		}
		for range rapid.IntRange(0, 6).Draw(t, "pairs") {
			if len(people) > 1 {
				a, b := rapid.SampledFrom(people).Draw(t, "a"), rapid.SampledFrom(people).Draw(t, "b")
				if a != b && !slices.ContainsFunc(plan.Tables, func(table []string) bool { return slices.Contains(table, a) && slices.Contains(table, b) }) {
					h.Apart[ordered(a, b)] = true
				}
			}
		}
		mended := h.Mend(plan)
		left := slices.Clone(mended.Out)
		for _, table := range mended.Tables {
			left = append(left, table...)
			if len(table) < h.Smallest || len(table) > h.Largest {
				t.Fatalf("a table of %d: %v", len(table), mended)
			}
			if h.barred(table) {
				t.Fatalf("kept apart, and at one table: %v", table)
			}
		}
		slices.Sort(left)
		slices.Sort(people)
		if !slices.Equal(left, people) {
			t.Fatalf("%v became %v", people, left)
		}
		good := !slices.ContainsFunc(plan.Tables, func(table []string) bool { return len(table) < h.Smallest })
		if good && len(mended.Tables) != len(plan.Tables) {
			t.Fatalf("a good plan is changed: %v, %v", plan, mended)
		}
	})
}

func TestRhythm(t *testing.T) {
	for phrase, ok := range map[string]bool{
		"": true, "every 4 weeks on Thursday 12:00": true, "every second Monday 09:00": true, "first Tuesday of the month 10:00": true,
		"every Thursday 12:00": false, "every day": false, "now and then": false,
	} {
		if _, err := ParseRhythm(phrase, thursday, time.UTC); (err == nil) != ok {
			t.Errorf("%q: %v", phrase, err)
		}
	}
}

func TestWhoTakesPart(t *testing.T) {
	muted := bot.Person{Contact: bot.Contact{MutedUntil: thursday.Add(day)}}
	for name, c := range map[string]struct {
		s      Standing
		p      bot.Person
		member bool
		want   bool
	}{
		"a member": {member: true, want: true}, "a colleague": {}, "who opted in": {s: Standing{Choice: In}, want: true},
		"a member who opted out": {s: Standing{Choice: NotIn}, member: true}, "on a break": {s: Standing{Until: thursday.Add(time.Hour)}, member: true},
		"after a break": {s: Standing{Until: thursday}, member: true, want: true}, "inactive": {p: bot.Person{Inactive: true}, member: true},
		"who wants no message": {p: bot.Person{Contact: bot.Contact{Never: true}}, member: true}, "muted": {p: muted, member: true},
		"of another organisation": {p: bot.Person{Outside: true}, s: Standing{Choice: In}}, "who wants fewer": {p: bot.Person{Contact: bot.Contact{Less: true}}, member: true, want: true},
	} {
		if got := c.s.takesPart(c.p, c.member, thursday); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
