package seating_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"evangelist/bot/seating"
)

func example() seating.Plan {
	return seating.Plan{Tables: [][]string{{"a", "b", "c"}, {"d", "e", "f", "g"}}, Out: []string{"h"}}
}

func TestEdits(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(seating.Plan) (seating.Plan, error)
		want string // the plan, or what the refusal says
	}{
		"swap":               {func(p seating.Plan) (seating.Plan, error) { return p.Swap("a", "f") }, "[[b c f] [a d e g]] out [h]"},
		"swap with out":      {func(p seating.Plan) (seating.Plan, error) { return p.Swap("h", "e") }, "[[a b c] [d f g h]] out [e]"},
		"swap at a table":    {func(p seating.Plan) (seating.Plan, error) { return p.Swap("a", "c") }, "in the same place already"},
		"swap with oneself":  {func(p seating.Plan) (seating.Plan, error) { return p.Swap("a", "a") }, "in the same place already"},
		"swap a stranger":    {func(p seating.Plan) (seating.Plan, error) { return p.Swap("a", "x") }, `"x" stands neither at a table nor`},
		"swap for one":       {func(p seating.Plan) (seating.Plan, error) { return p.Swap("x", "a") }, `"x" stands neither at a table nor`},
		"move":               {func(p seating.Plan) (seating.Plan, error) { return p.Move("g", 1) }, "[[a b c g] [d e f]] out [h]"},
		"move in":            {func(p seating.Plan) (seating.Plan, error) { return p.Move("h", 1) }, "[[a b c h] [d e f g]] out []"},
		"move out":           {func(p seating.Plan) (seating.Plan, error) { return p.Move("a", 0) }, "[[b c] [d e f g]] out [a h]"},
		"move to a new one":  {func(p seating.Plan) (seating.Plan, error) { return p.Move("d", 3) }, "[[a b c] [e f g] [d]] out [h]"},
		"out to a new one":   {func(p seating.Plan) (seating.Plan, error) { return p.Move("h", 3) }, "[[a b c] [d e f g] [h]] out []"},
		"move to the same":   {func(p seating.Plan) (seating.Plan, error) { return p.Move("d", 2) }, `"d" sits at table 2 already`},
		"out already":        {func(p seating.Plan) (seating.Plan, error) { return p.Move("h", 0) }, `"h" sits out already`},
		"no such table":      {func(p seating.Plan) (seating.Plan, error) { return p.Move("a", 4) }, "there is no table 4; choose 1 to 2, 3 for a new one, or 0 to sit out"},
		"below nothing":      {func(p seating.Plan) (seating.Plan, error) { return p.Move("a", -1) }, "there is no table -1"},
		"move a stranger":    {func(p seating.Plan) (seating.Plan, error) { return p.Move("x", 1) }, `"x" stands neither at a table nor`},
		"move a doubled one": {func(p seating.Plan) (seating.Plan, error) { p.Out = append(p.Out, "a"); return p.Move("a", 2) }, `"a" stands in this plan 2 times`},
	} {
		before := example()
		after, err := c.edit(before)
		said := fmt.Sprintf("%v out %v", after.Tables, after.Out)
		if err != nil {
			said = err.Error()
		}
		if !strings.Contains(said, c.want) {
			t.Errorf("%s: %s, not %s", name, said, c.want)
		}
		if diff := cmp.Diff(example(), before); diff != "" {
			t.Errorf("%s changed the plan that was edited:\n%s", name, diff)
		}
	}
}

// The last person takes the table away, and the ones behind it move up.
func TestAnEmptyTableGoes(t *testing.T) {
	plan := example()
	var err error
	for _, id := range []string{"a", "b", "c"} {
		if plan, err = plan.Move(id, 2); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(seating.Plan{Tables: [][]string{{"a", "b", "c", "d", "e", "f", "g"}}, Out: []string{"h"}}, plan); diff != "" {
		t.Error(diff)
	}
}

// Edits lose nobody and double nobody; a swap undoes itself.
func TestEditsKeepEverybody(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		people := anyPeople(rt, 6, upTo(20))
		plan := seat(t, people, seating.History{}, seating.Options{}, rapid.Uint64().Draw(rt, "seed"))
		some := rapid.SampledFrom(people)
		for range rapid.IntRange(1, 8).Draw(rt, "edits") {
			a, b := some.Draw(rt, "a").ID, some.Draw(rt, "b").ID
			if swapped, err := plan.Swap(a, b); err == nil {
				back, err := swapped.Swap(a, b)
				if diff := cmp.Diff(plan, back); err != nil || diff != "" {
					rt.Fatalf("%v %s", err, diff)
				}
				plan = swapped
			}
			if moved, err := plan.Move(a, rapid.IntRange(-1, 8).Draw(rt, "table")); err == nil {
				plan = moved
			}
		}
		var ids, want []string
		for _, list := range append(slices.Clone(plan.Tables), plan.Out) {
			ids = append(ids, list...)
		}
		for _, p := range people {
			want = append(want, p.ID)
		}
		if slices.Sort(ids); !slices.Equal(ids, want) {
			rt.Fatalf("%v", ids)
		}
	})
}

func TestHistory(t *testing.T) {
	var h seating.History
	add(t, &h, example())
	if err := h.Add(seating.Plan{Tables: [][]string{{"a", "b", "x"}}, Out: []string{"x"}}); err == nil || !strings.Contains(err.Error(), `"x" stands twice in round 2`) || h.Rounds() != 1 {
		t.Errorf("%v, %d rounds", err, h.Rounds())
	}
	branch := h
	add(t, &h, seating.Plan{Tables: [][]string{{"a", "b", "h"}}})
	add(t, &branch, seating.Plan{Tables: [][]string{{"a", "d", "new"}}})
	add(t, &h, seating.Plan{Tables: [][]string{{"b", "a", "i"}}})
	for name, c := range map[string]struct {
		h    seating.History
		want [3]int
	}{"none": {seating.History{}, [3]int{}}, "three rounds": {h, [3]int{9 + 2 + 2, 1, 3}}, "the branch": {branch, [3]int{9 + 3, 0, 1}}} {
		pairs, repeated, most := c.h.Meetings()
		if got := [3]int{pairs, repeated, most}; got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}
