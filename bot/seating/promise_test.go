package seating_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot/seating"
	"evangelist/storage/storagetest"
)

// The promise about repeats, on either side of what is asked of it: sizes, people
// and seeds are drawn.
func TestNoPairRepeatsBeforeTheBound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fewest, most := 16, 160
		k := evenly(rt, 3, 6, "smallest")
		if k > 3 {
			fewest = 40
		}
		if storagetest.Raced {
			most = 60
		}
		n := evenly(rt, fewest, most, "people")
		people := crowd(n, rapid.IntRange(4, 14).Draw(rt, "departments"))
		o := seating.Options{Smallest: k, Largest: 6}
		got := course(t, people, o, n/(4*(k-2)), rapid.Uint64Range(0, 1<<40).Draw(rt, "seed"))
		if got.Repeated != 0 || got.OneDepartment != 0 || got.OneBand != 0 || got.OutAgain != 0 || got.Broken != 0 {
			rt.Fatalf("%+v", got)
		}
	})
}

// A year of fortnights for an organisation of 200, in 12 departments and five
// levels: nobody meets anybody twice, for tables of three and more, and of four
// and more.
func TestTwentySixRoundsOf200(t *testing.T) {
	levels := []string{"assistant", "assistant", "assistant", "officer", "officer", "manager", "manager", "head", "assistant", "director"}
	var people []seating.Person
	var held []string
	for i := range 200 {
		held = append(held, levels[i*3%len(levels)])
	}
	ladder := seating.Found(held)
	for i, level := range held {
		people = append(people, seating.Person{ID: fmt.Sprintf("p%03d", i), Department: fmt.Sprintf("d%d", i%12), Band: ladder.Band(level)})
	}
	seeds := uint64(8)
	if storagetest.Raced {
		seeds = 1
	}
	for _, smallest := range []int{3, 4} {
		for seed := range seeds {
			got := course(t, people, seating.Options{Smallest: smallest}, 26, seed)
			pairs := 0
			for size, tables := range got.Sizes {
				pairs += tables * size * (size - 1) / 2
				if size < smallest || size > 6 {
					t.Errorf("tables of %d", size)
				}
			}
			if got.Repeated != 0 || got.Most != 1 || got.Met != pairs || got.OneDepartment+got.OneBand+got.Out+got.Broken != 0 || got.Band != 200 {
				t.Errorf("from %d, seed %d: %+v, %d pairs sat together", smallest, seed, got, pairs)
			}
		}
	}
}

// Nine people meet everybody once in four rounds, which is all that can be.
func TestNinePeopleMeetEverybodyOnce(t *testing.T) {
	people := crowd(9, 9)
	for i := range people {
		people[i].Band = seating.BandUnknown
	}
	for seed := range uint64(20) {
		if got := course(t, people, seating.Options{}, 4, seed); got.Met != 36 || got.Repeated != 0 {
			t.Errorf("seed %d: %+v", seed, got)
		}
	}
}

// Once everybody has met, the pairs take turns: nobody meets somebody for the
// fourth time while others have met once.
func TestRepeatsAreShared(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	for n, rounds := range map[int]int{9: 16, upTo(20): 20} {
		got := course(t, crowd(n, 5), seating.Options{}, rounds, 1)
		average := float64(n*rounds) / float64(got.Possible) // tables of three: a pair for each seat
		if got.Met < got.Possible*9/10 || float64(got.Most) > 2*average+2 || got.Broken != 0 {
			t.Errorf("%d people: %+v, %.1f meetings a pair", n, got, average)
		}
	}
}

// The condition under which every table is mixed, met with nothing to spare.
func TestTablesAreMixedWhereThePeopleAllowIt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		most := 240
		if storagetest.Raced {
			most = 40
		}
		n := evenly(rt, 3, most, "people")
		smallest := evenly(rt, 3, 6, "smallest")
		largest := evenly(rt, smallest, 6, "largest")
		tables := (n + largest - 1) / largest
		if tables*smallest > n {
			rt.Skip("not all find a seat")
		}
		outside := func(what string) []int {
			others := tables + rapid.IntRange(0, 2).Draw(rt, "more "+what)
			kinds := rapid.IntRange(1, 2).Draw(rt, "kinds of "+what)
			list := make([]int, n)
			for i := range min(others, n) {
				list[i] = 1 + i%kinds
			}
			return list
		}
		departments, bands := outside("departments"), outside("bands")
		slices.Reverse(bands)
		if rapid.Bool().Draw(rt, "the same people are outside") {
			slices.Reverse(bands)
		}
		var people []seating.Person
		for i := range n {
			people = append(people, seating.Person{ID: fmt.Sprintf("p%03d", i), Department: fmt.Sprintf("d%d", departments[i]), Band: seating.Band(1 + bands[i])})
		}
		if outsiders(departments) < tables || outsiders(bands) < tables {
			rt.Skip("the others are the larger group")
		}
		plan := seat(t, people, seating.History{}, seating.Options{Smallest: smallest, Largest: largest}, rapid.Uint64().Draw(rt, "seed"))
		if d, b := spans(plan, people); d != len(plan.Tables) || b != len(plan.Tables) || len(plan.Out) > 0 {
			rt.Fatalf("%d tables, %d of two departments, %d of two bands, %d out", len(plan.Tables), d, b, len(plan.Out))
		}
	})
}

// outsiders counts those who are not of the largest group.
func outsiders(groups []int) int {
	sizes := map[int]int{}
	largest := 0
	for _, g := range groups {
		sizes[g]++
		largest = max(largest, sizes[g])
	}
	return len(groups) - largest
}

// Where not every table can be mixed, as many are as there are pairs.
func TestAsManyTablesAreMixedAsCanBe(t *testing.T) {
	for _, n := range []int{60, 14} {
		people := crowd(n, 12)
		for i := range people {
			people[i].Band = seating.BandOne
			if i < 2 {
				people[i].Band = seating.BandTwo
			}
		}
		o := seating.Options{Largest: 4}
		plan := seat(t, people, seating.History{}, o, 3)
		if d, b := spans(plan, people); d != len(plan.Tables) || b != 2 {
			t.Errorf("%d people: %d tables, %d of two departments, %d of two bands", n, len(plan.Tables), d, b)
		}
		proof := prove(t, plan, people, seating.History{}, o)
		if unmixed := len(plan.Tables) - 2; len(proof.OneBand) != unmixed || proof.Least.OneBand != unmixed {
			t.Errorf("%d people: %d of one band, %d unavoidable", n, len(proof.OneBand), proof.Least.OneBand)
		}
	}
}

// Sizes that leave people over, and people who come and go: whoever sat out sits
// at the next round that they are part of, as long as enough others are there.
func TestNobodySitsOutTwiceRunning(t *testing.T) {
	sat := 0
	rapid.Check(t, func(rt *rapid.T) {
		people := anyPeople(rt, 6, upTo(22))
		o := seating.Options{Smallest: rapid.IntRange(4, 6).Draw(rt, "smallest")}
		o.Largest = o.Smallest
		var h seating.History
		var plans []seating.Plan
		for range rapid.IntRange(2, 4).Draw(rt, "rounds") {
			o.Snoozed = away(rt, people)
			plan := seat(t, people, h, o, rapid.Uint64().Draw(rt, "seed"))
			l := newLedger(plans)
			here, satOut := 0, 0
			for _, p := range people {
				if !slices.Contains(o.Snoozed, p.ID) {
					here++
					if l.last[p.ID] {
						satOut++
					}
				}
			}
			over := here % o.Smallest
			if len(plan.Out) != over {
				rt.Fatalf("%d of %d sit out, not %d", len(plan.Out), here, over)
			}
			if again, must := l.outAgain(plan), max(0, over-(here-satOut)); again != must {
				rt.Fatalf("%d sit out again, not %d", again, must)
			}
			sat += len(plan.Out)
			add(t, &h, plan)
			plans = append(plans, plan)
		}
	})
	if sat == 0 {
		t.Error("nobody ever sat out, so nothing was tried")
	}
}

// Turns at sitting out go round: nobody has the second before all had the first.
func TestSittingOutIsShared(t *testing.T) {
	for n, rounds := range map[int]int{13: 13, 20: 10} {
		people := crowd(n, 5)
		o := seating.Options{Largest: 3}
		var h seating.History
		times := map[string]int{}
		for round := range rounds {
			plan := seat(t, people, h, o, uint64(round))
			for _, id := range plan.Out {
				times[id]++
			}
			// Repeats outrank turns, so everybody is remembered at a table alone.
			past := seating.Plan{Out: plan.Out}
			for _, table := range plan.Tables {
				for _, id := range table {
					past.Tables = append(past.Tables, []string{id})
				}
			}
			add(t, &h, past)
		}
		for _, p := range people {
			if times[p.ID] != 1 {
				t.Errorf("%s of %d sat out %d times", p.ID, n, times[p.ID])
			}
		}
	}
}
