package seating_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot/seating"
	"evangelist/storage/storagetest"
)

// crowd makes people in so many departments of about one size, with bands as five
// in ten, three and two.
func crowd(n, departments int) []seating.Person {
	var people []seating.Person
	for i := range n {
		band := []seating.Band{1, 2, 1, 3, 1, 2, 1, 3, 2, 1}[i*7%10]
		people = append(people, seating.Person{ID: fmt.Sprintf("p%05d", i), Department: fmt.Sprintf("department %d", i%departments), Band: band})
	}
	return people
}

// evenly draws a number of which none is likelier than another; rapid's own
// numbers are mostly small.
func evenly(t *rapid.T, from, to int, label string) int {
	return from + rand.New(rand.NewPCG(rapid.Uint64().Draw(t, label), 0)).IntN(to-from+1)
}

// upTo is how many people a test may have that seats hundreds of rooms in which
// pairs must repeat: few under the race detector, where that takes long.
func upTo(most int) int {
	if storagetest.Raced {
		return min(most, 14)
	}
	return most
}

// anyPeople draws people of whom some things may not be known.
func anyPeople(t *rapid.T, fewest, most int) []seating.Person {
	n := evenly(t, fewest, most, "people")
	departments := rapid.IntRange(1, 6).Draw(t, "departments")
	var people []seating.Person
	for i := range n {
		p := seating.Person{ID: fmt.Sprintf("p%03d", i), Band: seating.Band(rapid.IntRange(0, 3).Draw(t, "band"))}
		if d := rapid.IntRange(0, departments).Draw(t, "department"); d > 0 {
			p.Department = fmt.Sprintf("d%d", d)
		}
		people = append(people, p)
	}
	return people
}

// anyOptions draws sizes, pairs to be kept apart and people who are away.
func anyOptions(t *rapid.T, people []seating.Person) seating.Options {
	o := seating.Options{Smallest: rapid.SampledFrom([]int{3, 3, 3, 4, 5, 6}).Draw(t, "smallest")}
	o.Largest = evenly(t, o.Smallest, 6, "largest")
	if len(people) == 0 {
		return o
	}
	some := rapid.SampledFrom(people)
	for range rapid.SampledFrom([]int{0, 0, 2, len(people), 4 * len(people)}).Draw(t, "apart") {
		o.Apart = append(o.Apart, [2]string{some.Draw(t, "a").ID, some.Draw(t, "b").ID})
	}
	o.Snoozed = away(t, people)
	return o
}

func away(t *rapid.T, people []seating.Person) []string {
	var ids []string
	if len(people) > 0 {
		for range rapid.SampledFrom([]int{0, 0, 1, len(people) / 3}).Draw(t, "away") {
			ids = append(ids, rapid.SampledFrom(people).Draw(t, "who is away").ID)
		}
	}
	return ids
}

func seat(t testing.TB, people []seating.Person, h seating.History, o seating.Options, seed uint64) seating.Plan {
	t.Helper()
	plan, err := seating.Seat(people, h, o, seed)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func prove(t testing.TB, plan seating.Plan, people []seating.Person, h seating.History, o seating.Options) seating.Proof {
	t.Helper()
	proof, err := seating.Prove(plan, people, h, o)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

func add(t testing.TB, h *seating.History, plan seating.Plan) {
	t.Helper()
	if err := h.Add(plan); err != nil {
		t.Fatal(err)
	}
}

// course seats so many rounds, and returns what they came to.
func course(t testing.TB, people []seating.Person, o seating.Options, rounds int, seed uint64) seating.Course {
	t.Helper()
	var h seating.History
	var proofs []seating.Proof
	for round := range rounds {
		plan := seat(t, people, h, o, seed<<16+uint64(round))
		proofs = append(proofs, prove(t, plan, people, h, o))
		add(t, &h, plan)
	}
	return seating.Sum(h, proofs)
}

// ledger counts by hand, and knows nothing of the package's own counting.
type ledger struct {
	met  map[[2]string]int
	last map[string]bool // sat out in the last round of theirs
}

func newLedger(plans []seating.Plan) ledger {
	l := ledger{met: map[[2]string]int{}, last: map[string]bool{}}
	for _, plan := range plans {
		for _, table := range plan.Tables {
			for i, a := range table {
				l.last[a] = false
				for _, b := range table[:i] {
					l.met[couple(a, b)]++
				}
			}
		}
		for _, id := range plan.Out {
			l.last[id] = true
		}
	}
	return l
}

func couple(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// repeats counts pairs at the tables that met before.
func (l ledger) repeats(plan seating.Plan) int {
	n := 0
	for _, table := range plan.Tables {
		for i, a := range table {
			for _, b := range table[:i] {
				if l.met[couple(a, b)] > 0 {
					n++
				}
			}
		}
	}
	return n
}

func (l ledger) outAgain(plan seating.Plan) int {
	n := 0
	for _, id := range plan.Out {
		if l.last[id] {
			n++
		}
	}
	return n
}

// spans counts tables with people of two known departments, and bands.
func spans(plan seating.Plan, people []seating.Person) (departments, bands int) {
	by := map[string]seating.Person{}
	for _, p := range people {
		by[p.ID] = p
	}
	for _, table := range plan.Tables {
		ds, bs := map[string]bool{}, map[seating.Band]bool{}
		for _, id := range table {
			if p := by[id]; p.Department != "" {
				ds[p.Department] = true
			}
			if p := by[id]; p.Band != seating.BandUnknown {
				bs[p.Band] = true
			}
		}
		if len(ds) > 1 {
			departments++
		}
		if len(bs) > 1 {
			bands++
		}
	}
	return departments, bands
}

// broken says by hand what of the first duty a plan breaks.
func broken(plan seating.Plan, people []seating.Person, o seating.Options) []string {
	var faults []string
	places := map[string]int{}
	for _, table := range plan.Tables {
		if len(table) < o.Smallest || len(table) > o.Largest {
			faults = append(faults, fmt.Sprintf("a table of %d", len(table)))
		}
		for _, id := range table {
			places[id]++
		}
		for _, pair := range o.Apart {
			if pair[0] != pair[1] && slices.Contains(table, pair[0]) && slices.Contains(table, pair[1]) {
				faults = append(faults, fmt.Sprintf("%v together", pair))
			}
		}
	}
	for _, id := range plan.Out {
		places[id]++
	}
	for _, p := range people {
		want := 1
		if slices.Contains(o.Snoozed, p.ID) {
			want = 0
		}
		if places[p.ID] != want {
			faults = append(faults, fmt.Sprintf("%s has %d places", p.ID, places[p.ID]))
		}
		delete(places, p.ID)
	}
	if len(places) > 0 {
		faults = append(faults, fmt.Sprintf("strangers: %v", places))
	}
	return faults
}

func mixedUp(people []seating.Person, chance *rand.Rand) []seating.Person {
	out := slices.Clone(people)
	chance.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
