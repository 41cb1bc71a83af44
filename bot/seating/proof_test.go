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
)

// anyPlan is a plan as nobody would make it: people at any table, twice, not at
// all, strangers among them.
func anyPlan(people []seating.Person, chance *rand.Rand) seating.Plan {
	var plan seating.Plan
	place := func(id string) {
		t := chance.IntN(len(people)/3 + 2)
		for t > len(plan.Tables) {
			plan.Tables = append(plan.Tables, nil)
		}
		if t == 0 {
			plan.Out = append(plan.Out, id)
		} else {
			plan.Tables[t-1] = append(plan.Tables[t-1], id)
		}
	}
	for _, p := range people {
		if chance.IntN(20) > 0 {
			place(p.ID)
		}
		if chance.IntN(20) == 0 {
			place(p.ID)
		}
	}
	if chance.IntN(3) == 0 {
		place("stranger")
	}
	return plan
}

// Of any plan the proof counts what a slow count by hand does, and what it takes
// for unavoidable is never more than what the plan has.
func TestProveCountsWhatIs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		people := anyPeople(rt, 1, upTo(18))
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "chance"), 2))
		var h seating.History
		var plans []seating.Plan
		for round := range 3 {
			plan := seat(t, people, h, seating.Options{Snoozed: away(rt, people)}, uint64(round))
			add(t, &h, plan)
			plans = append(plans, plan)
		}
		o := anyOptions(rt, people)
		plan := anyPlan(people, chance)
		proof := prove(t, plan, people, h, o)
		if kept := len(broken(plan, people, o)) == 0; proof.Kept() != kept {
			rt.Fatalf("kept %t, by hand %t: %v", proof.Kept(), kept, broken(plan, people, o))
		}
		// From here on, of those who take part, each once at a table.
		clean := seating.Plan{}
		for _, table := range plan.Tables {
			table = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(table))), func(id string) bool { return id == "stranger" || slices.Contains(o.Snoozed, id) })
			clean.Tables = append(clean.Tables, table)
		}
		for _, id := range plan.Out {
			if id != "stranger" && !slices.Contains(o.Snoozed, id) && !slices.Contains(clean.Out, id) {
				clean.Out = append(clean.Out, id)
			}
		}
		l := newLedger(plans)
		departments, bands := spans(clean, people)
		got := []int{len(proof.Again), len(proof.Out), len(proof.OutAgain), proof.Tables - len(proof.OneDepartment), proof.Tables - len(proof.OneBand)}
		want := []int{l.repeats(clean), len(clean.Out), l.outAgain(clean), departments, bands}
		if !slices.Equal(got, want) {
			rt.Fatalf("the proof counts %v, by hand it is %v\n%+v", got, want, plan)
		}
		for _, m := range proof.Again {
			if m.Times != l.met[couple(m.A, m.B)] || m.Ago < 1 || m.Ago > 3 || !slices.Contains(plan.Tables[m.Table-1], m.A) {
				rt.Fatalf("%+v, met %d times", m, l.met[couple(m.A, m.B)])
			}
		}
		least := proof.Least
		if least.Again > got[0] || least.Out > got[1] || least.OutAgain > got[2] || least.OneDepartment > len(proof.OneDepartment) || least.OneBand > len(proof.OneBand) {
			rt.Fatalf("more was unavoidable than is: %+v", proof)
		}
		if len(proof.Words()) == 0 {
			rt.Fatal("the proof says nothing")
		}
	})
}

// What counting proves to be unavoidable in a larger room: all of it when all
// have met, part of it when one person has met nobody, and it says which.
func TestUnavoidableRepeatsOfALargerRoom(t *testing.T) {
	people := crowd(21, 7)
	for _, c := range []struct {
		met, repeats, least int
		words               string
	}{
		{21, 21, 21, "This could not be avoided."},
		// The last person meets two for the first time: 19 is the best there is.
		// Each of the others has one left to meet, of whom counting takes no more
		// than 20 halves for proved.
		{20, 19, 10, "At least 10 of them could not be avoided."},
	} {
		var h seating.History
		for i := range c.met {
			for j := range i {
				add(t, &h, seating.Plan{Tables: [][]string{{people[i].ID, people[j].ID}}})
			}
		}
		plan := seat(t, people, h, seating.Options{}, 1)
		proof := prove(t, plan, people, h, seating.Options{})
		words := strings.Join(proof.Words(), "\n")
		if len(proof.Again) != c.repeats || proof.Least.Again != c.least || proof.Least.Exact || !strings.Contains(words, c.words) {
			t.Errorf("%d have met: %d of %d pairs repeat, %d unavoidable\n%s", c.met, len(proof.Again), proof.Pairs, proof.Least.Again, words)
		}
	}
}

func TestWordsOfAProof(t *testing.T) {
	people := crowd(7, 3)
	id := func(i int) string { return people[i].ID }
	table := func(members ...int) (ids []string) {
		for _, i := range members {
			ids = append(ids, id(i))
		}
		return ids
	}
	var h seating.History
	add(t, &h, seating.Plan{Tables: [][]string{table(0, 1, 2)}, Out: table(3)})
	add(t, &h, seating.Plan{Tables: [][]string{table(4, 5, 6)}, Out: table(0)})
	for name, c := range map[string]struct {
		people []seating.Person
		o      seating.Options
		h      seating.History
		plan   seating.Plan
		want   []string
	}{
		"first round": {people, seating.Options{}, seating.History{}, seating.Plan{Tables: [][]string{table(0, 1, 2), table(3, 4, 5, 6)}}, []string{
			"7 of 7 people sit at 2 tables: 1 of three and 1 of four.",
			"Nobody sits out.",
			"0 of 9 pairs at a table met before: this is the first round.",
			"2 of 2 tables span two departments.",
			"2 of 2 tables span two level bands.",
		}},
		"edited": {people, seating.Options{Apart: [][2]string{{id(5), id(1)}}, Snoozed: table(6)}, h, seating.Plan{Tables: [][]string{table(0, 1), {id(4), id(5), id(1), "stranger"}}, Out: []string{id(0)}}, []string{
			"p00001 and p00005 are to be kept apart, and both sit at table 2. Move one of them.",
			"1 table has not 3 to 6 people: table 1. Move somebody.",
			"2 people are in more than one place: p00000 and p00001. Keep one place for each.",
			"1 person is in the plan and not in the register of people: stranger. Take that name out.",
			"2 people have no place: p00002 and p00003. Seat the round anew.",
			"4 of 6 people sit at 2 tables: 1 of two and 1 of four.",
			"1 of 6 sits out: p00000. Another seating avoids this.",
			"1 of 1 also sat out the time before: p00000. Another seating avoids this.",
			"2 of 4 pairs at a table met in the 2 rounds before: p00000 and p00001 at table 1 (once, last 2 rounds ago) and p00004 and p00005 at table 2 (once, last 1 round ago). 1 of them could not be avoided.",
			"2 of 2 tables span two departments.",
			"2 of 2 tables span two level bands.",
		}},
		"nobody there": {nil, seating.Options{}, h, seating.Plan{}, []string{"Nobody is seated: 0 people take part, and a table needs 3."}},
		"two":          {people[:2], seating.Options{}, h, seating.Plan{Out: table(0, 1)}, []string{"Nobody is seated: 2 people take part, and a table needs 3."}},
		"all apart": {people[:3], seating.Options{Apart: [][2]string{{id(0), id(1)}}}, h, seating.Plan{Out: table(0, 1, 2)}, []string{
			"Nobody is seated: of the 3 people who take part no 3 may sit together, because of those who are to be kept apart.",
		}},
		"one over": {people, seating.Options{Largest: 3}, seating.History{}, seating.Plan{Tables: [][]string{table(0, 1, 2), table(3, 4, 5)}, Out: table(6)}, []string{
			"6 of 7 people sit at 2 tables: 2 of three.",
			"1 of 7 sits out: p00006. However they are seated, somebody has to sit out.",
			"0 of 1 also sat out the time before.",
			"0 of 6 pairs at a table met before: this is the first round.",
			"2 of 2 tables span two departments.",
			"1 of 2 tables span two level bands; not table 2. Another seating avoids this.",
		}},
	} {
		if diff := cmp.Diff(c.want, prove(t, c.plan, c.people, c.h, c.o).Words()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestWordsOfALongList(t *testing.T) {
	people := crowd(40, 40)
	for i := range people {
		people[i].Band = seating.BandUnknown
	}
	var h seating.History
	o := seating.Options{}
	plan := seat(t, people, h, o, 1)
	add(t, &h, plan)
	words := strings.Join(prove(t, plan, people, h, o).Words(), "\n")
	for _, want := range []string{"pairs at a table met in the 1 round before: p", " more. Whether this could be avoided is not known.",
		"The level is known of 0 of 40 people, so the tables could not be mixed by it."} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not in\n%s", want, words)
		}
	}
}

func TestSumAddsUpRounds(t *testing.T) {
	people := crowd(7, 3)
	o := seating.Options{Largest: 3}
	got := course(t, people, o, 6, 9)
	if got.Rounds != 6 || got.People != 7 || got.Possible != 21 || got.Tables != 12 || got.Sizes[3] != 12 || got.Out != 6 || got.OutAgain != 0 || got.Met > 21 || got.Repeated == 0 || got.FirstRepeat == 0 || got.Broken != 0 {
		t.Errorf("%+v", got)
	}
	want := []string{
		"6 rounds, 12 tables: 12 of three.",
		fmt.Sprintf("%d of 21 pairs of colleagues met.", got.Met),
		fmt.Sprintf("%d of %d pairs met more than once, at most %d times, for the first time in round %d.", got.Repeated, got.Met, got.Most, got.FirstRepeat),
		"Somebody sat out 6 times, 0 of them twice running.",
		fmt.Sprintf("%d of 12 tables span two departments.", 12-got.OneDepartment),
		fmt.Sprintf("%d of 12 tables span two level bands.", 12-got.OneBand),
	}
	if diff := cmp.Diff(want, got.Words()); diff != "" {
		t.Error(diff)
	}
	nine := course(t, crowd(9, 9), o, 6, 1)
	if nine.Bound != 4 || !strings.Contains(strings.Join(nine.Words(), "\n"), fmt.Sprintf("for the first time in round %d. No seating of everybody goes beyond round 4 without.", nine.FirstRepeat)) || got.Bound != 0 {
		t.Errorf("%+v", nine)
	}
	none := course(t, people[:2], seating.Options{}, 2, 1)
	if diff := cmp.Diff([]string{"No table could be laid in 2 rounds for 2 people."}, none.Words()); diff != "" || none.Unseated != 2 {
		t.Errorf("%s%+v", diff, none)
	}
}
