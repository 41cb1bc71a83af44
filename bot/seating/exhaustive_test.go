package seating_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot/seating"
	"evangelist/storage/storagetest"
)

// everyPlan calls try with every seating there is, rules or no rules but sizes.
func everyPlan(ids []string, o seating.Options, plan seating.Plan, try func(seating.Plan)) {
	if len(ids) == 0 {
		try(plan)
		return
	}
	first, rest := ids[0], ids[1:]
	everyPlan(rest, o, seating.Plan{Tables: plan.Tables, Out: append(slices.Clip(plan.Out), first)}, try)
	var companions func(from int, table, left []string)
	companions = func(from int, table, left []string) {
		if len(table) >= o.Smallest {
			everyPlan(append(slices.Clip(left), rest[from:]...), o, seating.Plan{Tables: append(slices.Clip(plan.Tables), table), Out: plan.Out}, try)
		}
		for at := from; at < len(rest) && len(table) < o.Largest; at++ {
			companions(at+1, append(slices.Clip(table), rest[at]), append(slices.Clip(left), rest[from:at]...))
		}
	}
	companions(0, []string{first}, nil)
}

// grade is a plan by the duties, in their order; lower is better.
func grade(plan seating.Plan, people []seating.Person, l ledger, mixable [2]bool) []int {
	departments, bands := spans(plan, people)
	mixing := 0
	for way, mixed := range []int{departments, bands} {
		if mixable[way] {
			mixing += len(plan.Tables) - mixed // every table can be mixed
		} else {
			mixing -= mixed // as many as can be
		}
	}
	return []int{l.outAgain(plan), len(plan.Out), mixing, l.repeats(plan)}
}

// mixable tells of each way whether the people allow that every table is mixed:
// as many disjoint pairs who differ as there are tables when all are large.
func mixable(here []seating.Person, o seating.Options) [2]bool {
	seated := len(here)
	for seated > 0 && (seated+o.Largest-1)/o.Largest > seated/o.Smallest {
		seated--
	}
	tables := (seated + o.Largest - 1) / o.Largest
	allows := func(group func(seating.Person) string) bool {
		sizes, known, largest := map[string]int{}, 0, 0
		for _, p := range here {
			if g := group(p); g != "" {
				sizes[g]++
				known++
				largest = max(largest, sizes[g])
			}
		}
		pairs := min(known-largest, known/2)
		return pairs > 0 && pairs >= tables
	}
	return [2]bool{
		allows(func(p seating.Person) string { return p.Department }),
		allows(func(p seating.Person) string {
			if p.Band == seating.BandUnknown {
				return ""
			}
			return fmt.Sprint(p.Band)
		}),
	}
}

// A few people are seated as well as any of all seatings: nobody more sits out,
// no table more is unmixed, no pair more repeats.
func TestAFewAreSeatedAsWellAsCanBe(t *testing.T) {
	repeated, avoided := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		most := 9
		if storagetest.Raced {
			most = 7
		}
		people := anyPeople(rt, 6, most)
		var h seating.History
		var plans []seating.Plan
		for range evenly(rt, 0, 6, "rounds before") {
			plan := seat(t, people, h, seating.Options{Snoozed: away(rt, people)}, rapid.Uint64().Draw(rt, "seed before"))
			add(t, &h, plan)
			plans = append(plans, plan)
		}
		o := anyOptions(rt, people)
		l := newLedger(plans)
		here := slices.DeleteFunc(slices.Clone(people), func(p seating.Person) bool { return slices.Contains(o.Snoozed, p.ID) })
		var ids []string
		for _, p := range here {
			ids = append(ids, p.ID)
		}
		can := mixable(here, o)
		var best []int
		everyPlan(ids, o, seating.Plan{}, func(plan seating.Plan) {
			if g := grade(plan, people, l, can); (best == nil || slices.Compare(g, best) < 0) && len(broken(plan, people, o)) == 0 {
				best = g
			}
		})
		plan := seat(t, people, h, o, rapid.Uint64().Draw(rt, "seed"))
		got := grade(plan, people, l, can)
		if !slices.Equal(got, best) {
			rt.Fatalf("%+v is %v, the best %v", plan, got, best)
		}
		proof := prove(t, plan, people, h, o)
		if !proof.Least.Exact || proof.Least.Again != best[3] || proof.Least.Out != best[1] || proof.Least.OutAgain != best[0] {
			rt.Fatalf("the proof takes %+v for unavoidable, which is %v", proof.Least, best)
		}
		repeated += best[3]
		avoided += len(l.met)
	})
	if repeated == 0 || avoided == 0 {
		t.Errorf("%d repeats were unavoidable and %d pairs to be avoided, so too little was tried", repeated, avoided)
	}
}
