package counts_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot/counts"
)

// step is one table of a story: what is counted, when, and what is seen.
type step struct {
	measure  counts.Measure
	from, to int
	facts    []counts.Fact
	want     []string
}

// tell publishes one table after the other.
func tell(t *testing.T, plan counts.Plan, steps ...step) {
	t.Helper()
	var ledger counts.Ledger
	for i, s := range steps {
		published, err := counts.Publish(ledger, plan, s.measure, counts.Facts{Period: days(t, s.from, s.to), Departments: s.facts})
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if got := texts(published); !slices.Equal(got, s.want) {
			t.Errorf("step %d:\n got %s\nwant %s", i, strings.Join(got, "\n     "), strings.Join(s.want, "\n     "))
		}
		ledger = ledger.With(published)
	}
}

func sharedThrice() counts.Measure {
	wider := sharedTwice()
	return counts.Measure{Key: "shared-thrice", Counts: "who shared at least three links", Omits: "private channels", Unit: "colleagues", Behind: counts.People, Within: &wider}
}

func whole(text string) string { return "The whole organisation | " + text }

func TestRelatedTables(t *testing.T) {
	three := func(a, b, c int) []counts.Fact {
		return []counts.Fact{fact("Housing", 60, a), fact("Libraries", 40, b), fact("Parks", 40, c)}
	}
	things := func(a, ta, b, tb, c, tc int) []counts.Fact {
		facts := three(a, b, c)
		facts[0].Things, facts[1].Things, facts[2].Things = ta, tb, tc
		return facts
	}
	plan := planFor(t, three(0, 0, 0)...)
	week := step{shared(), 1, 7, three(12, 9, 8), []string{whole("29 of 140 colleagues"), "Housing | 12 of 60 colleagues", "Libraries | 9 of 40 colleagues", "Parks | 8 of 40 colleagues"}}
	for name, steps := range map[string][]step{
		"five more everywhere":                       {week, {shared(), 1, 30, three(17, 14, 13), []string{whole("44 of 140 colleagues"), "Housing | 17 of 60 colleagues", "Libraries | 14 of 40 colleagues", "Parks | 13 of 40 colleagues"}}},
		"nobody more in one":                         {week, {shared(), 1, 30, three(12, 14, 13), []string{whole("39 of 140 colleagues"), "Housing | 12 of 60 colleagues", "Libraries | 14 of 40 colleagues", "Parks | 13 of 40 colleagues"}}},
		"two more in one":                            {week, {shared(), 1, 30, three(14, 14, 13), []string{whole("41 of 140 colleagues"), "Housing | " + hiddenText, "Libraries | 14 of 40 colleagues", "Parks | " + hiddenText}}},
		"two more in all":                            {week, {shared(), 1, 30, three(14, 9, 8), []string{whole(hiddenText), "Housing | " + hiddenText, "Libraries | " + hiddenText, "Parks | " + hiddenText}}},
		"fewer than before, for somebody was erased": {week, {shared(), 1, 30, three(10, 14, 15), []string{whole("39 of 140 colleagues"), "Housing | " + hiddenText, "Libraries | 14 of 40 colleagues", "Parks | " + hiddenText}}},
		"another month":                              {week, {shared(), 8, 30, three(14, 9, 7), []string{whole("30 of 140 colleagues"), "Housing | 14 of 60 colleagues", "Libraries | 9 of 40 colleagues", "Parks | 7 of 40 colleagues"}}},
		"a period across":                            {week, {shared(), 5, 11, three(13, 9, 7), []string{whole("29 of 140 colleagues"), "Housing | 13 of 60 colleagues", "Libraries | 9 of 40 colleagues", "Parks | 7 of 40 colleagues"}}},
		"fewer of them twice":                        {week, {sharedTwice(), 1, 7, three(7, 6, 8), []string{whole("21 of 140 colleagues"), "Housing | " + hiddenText, "Libraries | " + hiddenText, "Parks | " + hiddenText}}},
		"half of them twice":                         {week, {sharedTwice(), 1, 7, three(7, 0, 8), []string{whole("15 of 140 colleagues"), "Housing | 7 of 60 colleagues", "Libraries | nobody among 40 colleagues", "Parks | 8 of 40 colleagues"}}},
		"measures one within the other": {
			{shared(), 1, 7, three(20, 20, 0), []string{whole("40 of 140 colleagues"), "Housing | 20 of 60 colleagues", "Libraries | 20 of 40 colleagues", "Parks | nobody among 40 colleagues"}},
			{sharedTwice(), 1, 7, three(11, 11, 0), []string{whole("22 of 140 colleagues"), "Housing | 11 of 60 colleagues", "Libraries | 11 of 40 colleagues", "Parks | nobody among 40 colleagues"}},
			// 40 less 22 less 16 are two, but nobody in particular
			{sharedThrice(), 1, 7, three(5, 11, 0), []string{whole("16 of 140 colleagues"), "Housing | 5 of 60 colleagues", "Libraries | 11 of 40 colleagues", "Parks | nobody among 40 colleagues"}}},
		"the long period first": {
			{shared(), 1, 30, three(17, 14, 13), []string{whole("44 of 140 colleagues"), "Housing | 17 of 60 colleagues", "Libraries | 14 of 40 colleagues", "Parks | 13 of 40 colleagues"}},
			{shared(), 1, 7, three(15, 9, 8), []string{whole("32 of 140 colleagues"), "Housing | " + hiddenText, "Libraries | 9 of 40 colleagues", "Parks | " + hiddenText}}},
		"two weeks and both of them": {
			{shared(), 1, 7, three(12, 12, 13), []string{whole("37 of 140 colleagues"), "Housing | 12 of 60 colleagues", "Libraries | 12 of 40 colleagues", "Parks | 13 of 40 colleagues"}},
			{shared(), 8, 14, three(12, 12, 13), []string{whole("37 of 140 colleagues"), "Housing | 12 of 60 colleagues", "Libraries | 12 of 40 colleagues", "Parks | 13 of 40 colleagues"}},
			// three of Housing are in both weeks
			{shared(), 1, 14, three(21, 18, 20), []string{whole("59 of 140 colleagues"), "Housing | " + hiddenText, "Libraries | 18 of 40 colleagues", "Parks | " + hiddenText}}},
		"both of them and two weeks": {
			{shared(), 1, 14, three(21, 18, 20), []string{whole("59 of 140 colleagues"), "Housing | 21 of 60 colleagues", "Libraries | 18 of 40 colleagues", "Parks | 20 of 40 colleagues"}},
			{shared(), 1, 7, three(12, 12, 13), []string{whole("37 of 140 colleagues"), "Housing | 12 of 60 colleagues", "Libraries | 12 of 40 colleagues", "Parks | 13 of 40 colleagues"}},
			{shared(), 8, 14, three(12, 12, 13), []string{whole("37 of 140 colleagues"), "Housing | " + hiddenText, "Libraries | 12 of 40 colleagues", "Parks | " + hiddenText}}},
		"two weeks that leave days between them": {
			{shared(), 1, 5, three(12, 12, 13), []string{whole("37 of 140 colleagues"), "Housing | 12 of 60 colleagues", "Libraries | 12 of 40 colleagues", "Parks | 13 of 40 colleagues"}},
			{shared(), 7, 14, three(12, 12, 13), []string{whole("37 of 140 colleagues"), "Housing | 12 of 60 colleagues", "Libraries | 12 of 40 colleagues", "Parks | 13 of 40 colleagues"}},
			// 24 less 21 are three, but nobody in particular
			{shared(), 1, 14, three(21, 18, 20), []string{whole("59 of 140 colleagues"), "Housing | 21 of 60 colleagues", "Libraries | 18 of 40 colleagues", "Parks | 20 of 40 colleagues"}}},
		"what two slices leave that were not shown": {
			{concerns(), 1, 10, unsigned(4, 20, 8), []string{whole("32 concerns among 140 colleagues"), "Housing | " + hiddenText, "Libraries | 20 concerns among 40 colleagues", "Parks | " + hiddenText}},
			{concerns(), 11, 20, unsigned(9, 20, 9), []string{whole("38 concerns among 140 colleagues"), "Housing | 9 concerns among 60 colleagues", "Libraries | 20 concerns among 40 colleagues", "Parks | 9 concerns among 40 colleagues"}},
			// one in Housing and one in Parks came last
			{concerns(), 1, 30, unsigned(14, 60, 18), []string{whole("92 concerns among 140 colleagues"), "Housing | 14 concerns among 60 colleagues", "Libraries | " + hiddenText, "Parks | " + hiddenText}}},
		"what was published stands": {week, {shared(), 1, 7, three(13, 9, 8), week.want}},
		"links of few, in the rest of a month": {
			{links(), 1, 10, things(12, 30, 9, 20, 8, 20), []string{whole("70 links by 29 of 140 colleagues"), "Housing | 30 links by 12 of 60 colleagues", "Libraries | 20 links by 9 of 40 colleagues", "Parks | 20 links by 8 of 40 colleagues"}},
			{links(), 11, 20, things(12, 30, 9, 20, 8, 20), []string{whole("70 links by 29 of 140 colleagues"), "Housing | 30 links by 12 of 60 colleagues", "Libraries | 20 links by 9 of 40 colleagues", "Parks | 20 links by 8 of 40 colleagues"}},
			// nobody in Libraries, three in Housing, and twenty in Parks shared later, and those of Parks new ones
			{links(), 1, 30, things(20, 69, 16, 40, 36, 90), []string{whole(hiddenText), "Housing | " + hiddenText, "Libraries | " + hiddenText, "Parks | " + hiddenText}}},
		"more links of the same people": {
			{links(), 1, 10, things(12, 30, 9, 20, 8, 20), []string{whole("70 links by 29 of 140 colleagues"), "Housing | 30 links by 12 of 60 colleagues", "Libraries | 20 links by 9 of 40 colleagues", "Parks | 20 links by 8 of 40 colleagues"}},
			{links(), 1, 30, things(12, 37, 15, 40, 19, 50), []string{whole("127 links by 46 of 140 colleagues"), "Housing | " + hiddenText, "Libraries | 40 links by 15 of 40 colleagues", "Parks | " + hiddenText}}},
		"a month that is made up of thirds": {
			{concerns(), 1, 10, unsigned(9, 20, 8), []string{whole("37 concerns among 140 colleagues"), "Housing | 9 concerns among 60 colleagues", "Libraries | 20 concerns among 40 colleagues", "Parks | 8 concerns among 40 colleagues"}},
			{concerns(), 11, 20, unsigned(9, 20, 8), []string{whole("37 concerns among 140 colleagues"), "Housing | 9 concerns among 60 colleagues", "Libraries | 20 concerns among 40 colleagues", "Parks | 8 concerns among 40 colleagues"}},
			{concerns(), 21, 30, unsigned(3, 20, 8), []string{whole("31 concerns among 140 colleagues"), "Housing | " + hiddenText, "Libraries | 20 concerns among 40 colleagues", "Parks | " + hiddenText}},
			{concerns(), 1, 30, unsigned(21, 60, 24), []string{whole("105 concerns among 140 colleagues"), "Housing | " + hiddenText, "Libraries | 60 concerns among 40 colleagues", "Parks | " + hiddenText}}},
	} {
		t.Run(name, func(t *testing.T) { tell(t, plan, steps...) })
	}
}

// Headcounts help to take tables from one another. In the month, Parks had no known
// headcount; in the week it has, and the plan has put both together. Who is left
// when the week is taken from Housing's month, with the three of Parks added, are
// four: some of Housing who came later, or some of Parks who did not come.
func TestHeadcountsAreNoHelp(t *testing.T) {
	before := heads("Housing", 31, "Parks", nobodyKnows)
	plan, err := counts.NewPlan(before)
	if err != nil {
		t.Fatal(err)
	}
	month, err := counts.Publish(counts.Ledger{}, plan, shared(), counts.Facts{Period: days(t, 1, 30), Departments: []counts.Fact{fact("Housing", 31, 16), {Department: "Parks", People: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := texts(month), []string{whole(unknownText), "Housing | 16 of 31 colleagues", "Other departments | " + unknownText}; !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	if plan, err = plan.Next(heads("Housing", 31, "Parks", 3)); err != nil {
		t.Fatal(err)
	}
	for people, want := range map[int]string{14: whole(hiddenText), 13: whole("14 of 34 colleagues")} {
		week, err := counts.Publish(counts.Ledger{}.With(month), plan, shared(), counts.Facts{Period: days(t, 1, 7), Departments: []counts.Fact{fact("Housing", 31, people), fact("Parks", 3, 1)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := texts(week); !slices.Equal(got, []string{want}) {
			t.Errorf("with %d: %q", people, got)
		}
	}
}

func unsigned(a, b, c int) []counts.Fact {
	return []counts.Fact{
		{Department: "Housing", Headcount: counts.Known(60), Things: a},
		{Department: "Libraries", Headcount: counts.Known(40), Things: b},
		{Department: "Parks", Headcount: counts.Known(40), Things: c},
	}
}

// The parts of a whole, side by side: all who are with us, and who of them leads,
// supports and follows. No sum of parts taken from all leaves a few.
func TestNoPartsIsolateAFew(t *testing.T) {
	all := counts.Measure{Key: "with-us", Counts: "who are with us", Omits: "inactive accounts", Unit: "colleagues", Behind: counts.People}
	parts := []string{"leads", "supports", "follows"}
	sums := 0
	rapid.Check(t, func(t *rapid.T) {
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		names := []string{"A", "B", "C"}[:2+chance.IntN(2)]
		people := map[string]map[string]int{"with-us": {}, "leads": {}, "supports": {}, "follows": {}}
		var heads []counts.Fact
		for _, name := range names {
			size := 20 + chance.IntN(60)
			heads = append(heads, fact(name, size, 0))
			left := chance.IntN(size - 4)
			for i, part := range parts {
				n := chance.IntN(left + 1)
				if i == len(parts)-1 {
					n = left
				}
				people[part][name], left = n, left-n
				people["with-us"][name] += n
			}
		}
		plan := planFor(t, heads...)
		measures := []counts.Measure{all}
		for _, part := range parts {
			measures = append(measures, counts.Measure{Key: part, Counts: "who " + part, Omits: "inactive accounts", Unit: "colleagues", Behind: counts.People, Within: &all})
		}
		chance.Shuffle(len(measures), func(i, j int) { measures[i], measures[j] = measures[j], measures[i] })
		var ledger counts.Ledger
		seen := map[string]map[string]int{}
		for _, m := range measures {
			facts := counts.Facts{Period: days(t, 1, 30)}
			for _, head := range heads {
				head.People = people[m.Key][head.Department]
				facts.Departments = append(facts.Departments, head)
			}
			published, err := counts.Publish(ledger, plan, m, facts)
			if err != nil {
				t.Fatalf("%v", err)
			}
			ledger = ledger.With(published)
			seen[m.Key] = map[string]int{}
			for _, row := range published.Rows() {
				if n, _, _, ok := number(row); ok {
					seen[m.Key][row.Slice] = n
				}
			}
		}
		for slice, rest := range seen["with-us"] {
			for chosen := 1; chosen < 8; chosen++ {
				left, usable := rest, true
				for i, part := range parts {
					if chosen&(1<<i) != 0 {
						n, ok := seen[part][slice]
						left, usable = left-n, usable && ok
					}
				}
				if usable {
					sums++
				}
				if usable && left > 0 && left < 5 {
					t.Fatalf("%d people of %s are left of %v", left, slice, fmt.Sprint(seen))
				}
			}
		}
	})
	if sums < 50 {
		t.Error("hardly anything was shown: this test tests nothing")
	}
}
