package seating_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"evangelist/bot/seating"
	"evangelist/storage/storagetest"
)

// Whatever is asked: who is kept apart is, who is away is not seated, sizes are
// right, everybody else has one place; and the order of the input and of the
// options decides nothing.
func TestTheRulesHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		people := anyPeople(rt, 0, upTo(40))
		var h seating.History
		for range rapid.IntRange(0, 3).Draw(rt, "rounds before") {
			before := seating.Options{Snoozed: away(rt, people)}
			add(t, &h, seat(t, people, h, before, rapid.Uint64().Draw(rt, "seed before")))
		}
		o := anyOptions(rt, people)
		seed := rapid.Uint64().Draw(rt, "seed")
		plan := seat(t, people, h, o, seed)
		if faults := broken(plan, people, o); len(faults) > 0 {
			rt.Fatalf("%+v\n%s", plan, strings.Join(faults, "\n"))
		}
		if proof := prove(t, plan, people, h, o); !proof.Kept() {
			rt.Fatalf("the proof does not hold: %q", proof.Words())
		}
		chance := rand.New(rand.NewPCG(seed, 1))
		for i, pair := range o.Apart {
			if chance.IntN(2) == 0 {
				o.Apart[i] = [2]string{pair[1], pair[0]}
			}
		}
		slices.Reverse(o.Apart)
		slices.Reverse(o.Snoozed)
		if diff := cmp.Diff(plan, seat(t, mixedUp(people, chance), h, o, seed)); diff != "" {
			rt.Fatalf("another order gave another plan:\n%s", diff)
		}
	})
}

func TestAnotherSeedGivesAnotherPlan(t *testing.T) {
	for _, n := range []int{12, 60} {
		people := crowd(n, 6)
		plans := map[string]bool{}
		for seed := range uint64(10) {
			plans[fmt.Sprint(seat(t, people, seating.History{}, seating.Options{}, seed))] = true
		}
		if len(plans) != 10 {
			t.Errorf("%d people: 10 seeds gave %d plans", n, len(plans))
		}
	}
}

// Of pairs that must repeat, those do that met less often, and else those whose
// meeting is longer ago; for few people and for more.
func TestWhichPairsRepeat(t *testing.T) {
	for _, n := range []int{6, 18} {
		people := crowd(n, n)
		for i := range people {
			people[i].Band = seating.BandUnknown
		}
		var all [][]string
		for i, a := range people {
			for _, b := range people[:i] {
				all = append(all, []string{a.ID, b.ID})
			}
		}
		half := seating.Plan{Tables: [][]string{nil, nil}} // the first and the second half
		for i, p := range people {
			half.Tables[2*i/n] = append(half.Tables[2*i/n], p.ID)
		}
		for _, name := range []string{"less often", "longer ago"} {
			var h seating.History
			for _, pair := range all {
				add(t, &h, seating.Plan{Tables: [][]string{pair}})
				if name == "longer ago" && across(half, pair) { // as often as the others
					add(t, &h, seating.Plan{Tables: [][]string{pair}})
				}
			}
			pause := func() {
				for range 20 {
					add(t, &h, seating.Plan{})
				}
			}
			pause()
			add(t, &h, half)
			if name == "less often" { // and as long ago
				pause()
			}
			for seed := range uint64(8) {
				plan := seat(t, people, h, seating.Options{Largest: 3}, seed)
				// A table of three has two pairs across the halves at most.
				if crossing := crossings(half, plan); crossing != 2*len(plan.Tables) {
					t.Errorf("%d people, %s: %d pairs of %d tables are across", n, name, crossing, len(plan.Tables))
				}
			}
		}
	}
}

// crossings counts the pairs of a plan that are of different halves.
func crossings(half, plan seating.Plan) int {
	n := 0
	for _, table := range plan.Tables {
		for i := range table {
			for j := range i {
				if across(half, []string{table[i], table[j]}) {
					n++
				}
			}
		}
	}
	return n
}

// across reports whether a pair is of different tables.
func across(plan seating.Plan, pair []string) bool {
	return slices.Contains(plan.Tables[0], pair[0]) != slices.Contains(plan.Tables[0], pair[1])
}

// A house with more people than the search keeps all pairs of: the rules hold,
// whichever of two comes first, and nobody of a year of rounds is met again.
func TestALargeHouse(t *testing.T) {
	people := crowd(700, 12)
	chance := rand.New(rand.NewPCG(4, 4))
	o := seating.Options{Smallest: 3, Largest: 6}
	for range 10 * len(people) {
		o.Apart = append(o.Apart, [2]string{people[chance.IntN(len(people))].ID, people[chance.IntN(len(people))].ID})
	}
	rounds := 52
	if storagetest.Raced {
		rounds = 4
	}
	var h seating.History
	var plans []seating.Plan
	for round := range rounds {
		o.Snoozed = nil
		for range 70 {
			o.Snoozed = append(o.Snoozed, people[chance.IntN(len(people))].ID)
		}
		plan := seat(t, people, h, o, uint64(round))
		if faults := broken(plan, people, o); len(faults) > 0 {
			t.Fatalf("round %d: %v", round+1, faults)
		}
		add(t, &h, plan)
		plans = append(plans, plan)
	}
	for pair, times := range newLedger(plans).met {
		if times > 1 {
			t.Errorf("%v met %d times", pair, times)
		}
	}
}

// Tables are as small as the range allows, and differ by one person at most.
func TestTablesAreSmallAndEven(t *testing.T) {
	for n := 3; n <= 60; n++ {
		people := crowd(n, n)
		for i := range people {
			people[i].Band = seating.Band(1 + i%2)
		}
		for smallest := 3; smallest <= 6; smallest++ {
			o := seating.Options{Smallest: smallest}
			plan := seat(t, people, seating.History{}, o, uint64(n))
			seated := n - len(plan.Out)
			for _, table := range plan.Tables {
				if tables := seated / smallest; len(plan.Tables) != tables || len(table) < seated/tables || len(table) > (seated+tables-1)/tables {
					t.Errorf("%d people, from %d: %d tables, one of %d", n, smallest, len(plan.Tables), len(table))
				}
			}
		}
	}
}

// A few wishes to be kept apart cost nobody a seat.
func TestFewWishesCostNoSeat(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		people := anyPeople(rt, 18, 60)
		var o seating.Options
		for i := range people { // each is named in two wishes about
			o.Apart = append(o.Apart, [2]string{people[i].ID, rapid.SampledFrom(people).Draw(rt, "not with").ID})
		}
		if plan := seat(t, people, seating.History{}, o, rapid.Uint64().Draw(rt, "seed")); len(plan.Out) > 0 {
			rt.Fatalf("%v sit out", plan.Out)
		}
	})
}

// What people who are kept apart leave: nothing, one table in a crowd, or two
// halves that never mix.
func TestMostAreKeptApart(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	people := crowd(40, 8)
	apart := func(may func(i, j int) bool) (o seating.Options) {
		for i := range people {
			for j := range i {
				if !may(i, j) {
					o.Apart = append(o.Apart, [2]string{people[i].ID, people[j].ID})
				}
			}
		}
		return o
	}
	for name, c := range map[string]struct {
		may    func(i, j int) bool
		seated int
	}{
		"everybody from everybody": {func(int, int) bool { return false }, 0},
		"all but three":            {func(i, j int) bool { return i%13 == 5 && j%13 == 5 && i < 40 && i > 5 && j >= 5 && i < 32 }, 3},
		"two halves":               {func(i, j int) bool { return i%2 == j%2 }, 40},
		"four circles":             {func(i, j int) bool { return i%4 == j%4 }, 40},
		"circles of three":         {func(i, j int) bool { return i/3 == j/3 }, 39},
		// Each of the three may also sit with one who may with nobody else.
		"three behind others": {func(i, j int) bool { return i < 3 && j < 3 || i < 6 && i == j+3 }, 3},
	} {
		o := apart(c.may)
		o.Smallest, o.Largest = 3, 6
		plan := seat(t, people, seating.History{}, o, 1)
		if faults := broken(plan, people, o); len(faults) > 0 || 40-len(plan.Out) != c.seated {
			t.Errorf("%s: %d seated, not %d; %v", name, 40-len(plan.Out), c.seated, faults)
		}
	}
}

func TestWrongInputIsSaid(t *testing.T) {
	people := crowd(6, 3)
	for want, try := range map[string]struct {
		people []seating.Person
		o      seating.Options
	}{
		"cannot be for 2 to 6":           {people, seating.Options{Smallest: 2}},
		"cannot be for 3 to 7":           {people, seating.Options{Largest: 7}},
		"cannot be for -1 to 6":          {people, seating.Options{Smallest: -1}},
		"name the smaller number first":  {people, seating.Options{Smallest: 5, Largest: 4}},
		`"p00000" stands twice`:          {append(people[:6:6], people[0]), seating.Options{}},
		"has no id":                      {append(people[:6:6], seating.Person{Department: "d"}), seating.Options{}},
		"a level band that there is not": {append(people[:6:6], seating.Person{ID: "x", Band: 4}), seating.Options{}},
	} {
		_, err := seating.Seat(try.people, seating.History{}, try.o, 1)
		_, other := seating.Prove(seating.Plan{}, try.people, seating.History{}, try.o)
		for _, err := range []error{err, other} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, not %q", err, want)
			}
		}
	}
}
