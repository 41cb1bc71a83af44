package counts_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot/counts"
)

func heads(pairs ...any) map[string]counts.Headcount {
	all := map[string]counts.Headcount{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i].(string)] = counts.Headcount{}
		if n := pairs[i+1].(int); n >= 0 {
			all[pairs[i].(string)] = counts.Known(n)
		}
	}
	return all
}

const nobodyKnows = -1

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name string
		now  map[string]counts.Headcount
		want []string
	}{
		{"twenty and more", heads("Housing", 60, "Libraries", 20, "Parks", 19, "Press", 1), []string{"Housing", "Libraries", "Other departments"}},
		{"a small rest", heads("Housing", 60, "Libraries", 20, "Parks", 19), []string{"Housing", "Other departments"}},
		{"no rest", heads("Housing", 60, "Libraries", 20), []string{"Housing", "Libraries"}},
		{"an empty rest", heads("Housing", 60, "Libraries", 20, "Parks", 0), []string{"Housing", "Libraries", "Other departments"}},
		{"all small", heads("Parks", 19, "Press", 18), []string{"Other departments"}},
		{"one small beside one large", heads("Housing", 60, "Press", 1), []string{"Other departments"}},
		{"unknown headcounts", heads("Housing", nobodyKnows, "Libraries", 30, "Parks", 2), []string{"Libraries", "Other departments"}},
		{"no department", heads("", 300, "Libraries", 30), []string{"Libraries", "Other departments"}},
		{"equal ones", heads("B", 20, "A", 20, "C", 3), []string{"A", "Other departments"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := counts.NewPlan(c.now)
			if err != nil {
				t.Fatal(err)
			}
			if got := plan.Slices(); !slices.Equal(got, c.want) {
				t.Errorf("slices %q, want %q", got, c.want)
			}
		})
	}
}

// The slices of every period are those of the first, until a department has
// changed for good.
func TestNextPlan(t *testing.T) {
	before := heads("Housing", 60, "Libraries", 30, "Parks", 22, "Press", 19, "Roads", 12)
	for _, c := range []struct {
		name string
		now  map[string]counts.Headcount
		want []string
	}{
		{"nothing new", before, []string{"Housing", "Libraries", "Parks", "Other departments"}},
		{"one shrinks a little", heads("Housing", 60, "Libraries", 30, "Parks", 15, "Press", 19, "Roads", 12), []string{"Housing", "Libraries", "Parks", "Other departments"}},
		{"one shrinks", heads("Housing", 60, "Libraries", 30, "Parks", 14, "Press", 19, "Roads", 12), []string{"Housing", "Libraries", "Other departments"}},
		{"one grows a little", heads("Housing", 60, "Libraries", 30, "Parks", 22, "Press", 24, "Roads", 25), []string{"Housing", "Libraries", "Parks", "Other departments"}},
		{"one grows, and leaves too few behind", heads("Housing", 60, "Libraries", 30, "Parks", 22, "Press", 30, "Roads", 24), []string{"Housing", "Libraries", "Parks", "Other departments"}},
		{"one grows, and leaves enough behind", heads("Housing", 60, "Libraries", 30, "Parks", 22, "Press", 30, "Roads", 12, "New", 13), []string{"Housing", "Libraries", "Parks", "Press", "Other departments"}},
		{"one grows, and leaves nobody behind", heads("Housing", 60, "Libraries", 30, "Parks", 22, "Press", 30), []string{"Housing", "Libraries", "Parks", "Press"}},
		{"one is new and large", heads("Housing", 60, "Libraries", 30, "Parks", 22, "Press", 19, "Roads", 12, "New", 40), []string{"Housing", "Libraries", "New", "Parks", "Other departments"}},
		{"one is gone", heads("Housing", 60, "Parks", 22, "Press", 19, "Roads", 12), []string{"Housing", "Parks", "Other departments"}},
		{"a headcount was lost", heads("Housing", nobodyKnows, "Libraries", 30, "Parks", 22, "Press", 19, "Roads", 12), []string{"Housing", "Libraries", "Parks", "Other departments"}},
		{"the others shrink a little", heads("Housing", 60, "Libraries", 30, "Parks", 22, "Roads", 15), []string{"Housing", "Libraries", "Parks", "Other departments"}},
		{"the others shrink", heads("Housing", 60, "Libraries", 30, "Parks", 22, "Roads", 14), []string{"Housing", "Libraries", "Other departments"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := counts.NewPlan(before)
			if err != nil {
				t.Fatal(err)
			}
			next, err := plan.Next(c.now)
			if err != nil {
				t.Fatal(err)
			}
			if got := next.Slices(); !slices.Equal(got, c.want) {
				t.Errorf("slices %q, want %q", got, c.want)
			}
		})
	}
	fromNothing, err := counts.Plan{}.Next(before)
	if plan, _ := counts.NewPlan(before); err != nil || fromNothing.Text() != plan.Text() {
		t.Errorf("the plan after none is %s, %v", fromNothing.Text(), err)
	}
}

// Whatever the headcounts, each department is in exactly one slice, a plan stands
// as long as they do, does not hang on the order of anything, and is read back.
func TestPlansAreStable(t *testing.T) {
	draw := func(t *rapid.T) map[string]counts.Headcount {
		all := map[string]counts.Headcount{}
		for i := range rapid.IntRange(1, 9).Draw(t, "departments") {
			name := string(rune('A' + i))
			if i == 8 {
				name = ""
			}
			n := rapid.SampledFrom([]int{nobodyKnows, 0, 1, 4, 9, 14, 15, 19, 20, 21, 24, 25, 26, 40, 90}).Draw(t, "headcount")
			all[name] = heads(name, n)[name]
		}
		return all
	}
	rapid.Check(t, func(t *rapid.T) {
		now := draw(t)
		plan, err := counts.NewPlan(now)
		if err != nil {
			t.Fatalf("%v", err)
		}
		for range 3 {
			holds(t, plan, now)
			again, err := plan.Next(now)
			if err != nil || again.Text() != plan.Text() {
				t.Fatalf("with the same headcounts %s became %s, %v", plan.Text(), again.Text(), err)
			}
			read, err := counts.ReadPlan(plan.Text())
			if err != nil || read.Text() != plan.Text() {
				t.Fatalf("%s is read as %s, %v", plan.Text(), read.Text(), err)
			}
			now = draw(t)
			if plan, err = plan.Next(now); err != nil {
				t.Fatalf("%v", err)
			}
		}
	})
}

// holds publishes with the plan, which fails unless it has each department once.
func holds(t *rapid.T, plan counts.Plan, now map[string]counts.Headcount) {
	facts := counts.Facts{Period: days(t, 1, 30)}
	for _, department := range slices.Sorted(maps.Keys(now)) {
		facts.Departments = append(facts.Departments, counts.Fact{Department: department, Headcount: now[department]})
	}
	if _, err := counts.Publish(counts.Ledger{}, plan, shared(), facts); err != nil {
		t.Fatalf("the plan %s does not fit its headcounts %v: %v", plan.Text(), now, err)
	}
}

func TestPlanTextsAreChecked(t *testing.T) {
	for text, reason := range map[string]counts.Reason{
		"":                                  counts.BadRecord,
		`{"own":["A"],"other":["B"]} {}`:    counts.BadRecord,
		`{"own":["A"],"other":["B"],"x":1}`: counts.BadRecord,
		`{"own":[""],"other":["B"]}`:        counts.BadRecord,
		`{"own":["A","B"],"other":["B"]}`:   counts.Crossed,
		`{"own":["A","A"],"other":["B"]}`:   counts.Crossed,
	} {
		_, err := counts.ReadPlan(text)
		refused(t, err, reason, "")
	}
	if read, err := counts.ReadPlan(`{"own":["B"],"other":["D","C"]}`); err != nil || fmt.Sprint(read.Slices()) != "[B Other departments]" {
		t.Errorf("%v, %v", read.Slices(), err)
	}
}
