package counts_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"evangelist/bot/counts"
	"evangelist/storage/storagetest"
)

// A reader who knows the rules and tries every possible set of facts must find at
// least two values for every number that is not shown. These tests try them all,
// for small organisations.

// believed collects, by what a reader sees, which values each hidden slice could
// have.
type believed map[string][]map[int]bool

func (b believed) add(seen string, values []int) {
	if b[seen] == nil {
		for range values {
			b[seen] = append(b[seen], map[int]bool{})
		}
	}
	for i, value := range values {
		b[seen][i][value] = true
	}
}

// check fails for every hidden slice that has one value only. hidden says for
// what is seen whether slice i of it is.
func (b believed) check(t *testing.T, hidden func(seen string, i int) bool) {
	t.Helper()
	faults, told := 0, 0
	for _, seen := range slices.Sorted(maps.Keys(b)) {
		for i, values := range b[seen] {
			if !hidden(seen, i) {
				continue
			}
			told++
			if len(values) < 2 {
				if faults++; faults < 10 {
					t.Errorf("slice %d can only be %v where a reader sees\n%s", i, slices.Collect(maps.Keys(values)), seen)
				}
			}
		}
	}
	if told == 0 {
		t.Error("nothing was ever hidden: this test tests nothing")
	}
	t.Logf("%d different tables, %d hidden numbers in them, %d faults", len(b), told, faults)
}

// seenIn is a table as a reader sees it.
type seenIn struct {
	text    string
	hidden  map[string]bool
	numbers map[string]int
}

func see(published counts.Published) seenIn {
	seen := seenIn{hidden: map[string]bool{}, numbers: map[string]int{}}
	for _, row := range published.Rows() {
		if n, _, _, ok := number(row); ok {
			seen.text += fmt.Sprintf("%s %d\n", row.Slice, n)
			seen.numbers[row.Slice] = n
		} else {
			seen.text += row.Slice + " ?\n"
			seen.hidden[row.Slice] = true
		}
	}
	return seen
}

func TestReaderWhoKnowsTheRules(t *testing.T) {
	for _, c := range []struct {
		name      string
		measure   counts.Measure
		headcount []int // as they are now; the plan was made when each was twenty or more
	}{
		{"three departments", shared(), []int{20, 20, 20}},
		{"of different size", shared(), []int{20, 22, 24}},
		{"one of them shrunken", shared(), []int{12, 20, 21}},
		{"one of them nearly gone", shared(), []int{1, 20, 20}},
		{"two of them shrunken", shared(), []int{2, 3, 20}},
		{"four departments", shared(), []int{20, 20, 20, 20}},
		{"without names", concerns(), []int{20, 20, 20}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if storagetest.Raced && len(c.headcount) > 3 {
				t.Skip("too many under the race detector")
			}
			names := []string{"A", "B", "C", "D"}[:len(c.headcount)]
			heads := map[string]counts.Headcount{}
			for i, name := range names {
				heads[name] = counts.Known(max(c.headcount[i], 20))
			}
			plan, err := counts.NewPlan(heads)
			if err != nil {
				t.Fatal(err)
			}
			values := believed{}
			hiddenIn := map[string]map[string]bool{}
			period := days(t, 1, 30)
			var fill func(at []int)
			fill = func(at []int) {
				if i := len(at); i < len(names) {
					limit := c.headcount[i]
					if c.measure.Behind == counts.Unsigned {
						limit = 24 // things have no bound: all that make 24 together
						for _, n := range at {
							limit -= n
						}
					}
					for n := 0; n <= limit; n++ {
						fill(append(slices.Clone(at), n))
					}
					return
				}
				facts := counts.Facts{Period: period}
				for i, name := range names {
					f := fact(name, c.headcount[i], at[i])
					if c.measure.Behind == counts.Unsigned {
						f.People, f.Things = 0, at[i]
					}
					facts.Departments = append(facts.Departments, f)
				}
				published, err := counts.Publish(counts.Ledger{}, plan, c.measure, facts)
				if err != nil {
					t.Fatal(err)
				}
				seen := see(published)
				hiddenIn[seen.text] = seen.hidden
				values.add(seen.text, at)
			}
			fill(nil)
			values.check(t, func(seen string, i int) bool {
				nobody := "The whole organisation 0\n"
				return hiddenIn[seen][names[i]] && seen[:len(nobody)] != nobody
			})
		})
	}
}

// The same with two tables, one of which contains the other. Every set of facts
// that gives the first one is tried, with every set of facts of the second.
//
// Where the first one is all shown, the reader weighs everything. Where it is
// not, the reader knows the rules and takes bounds for what is hidden in it, slice
// by slice, from what the second one shows.
func TestReaderOfTwoTables(t *testing.T) {
	if storagetest.Raced {
		t.Skip("too many under the race detector")
	}
	twenty := [3]int{20, 20, 20}
	for _, c := range []struct {
		given     []int
		headcount [3]int
	}{
		{[]int{5, 5, 5}, twenty}, {[]int{8, 9, 10}, twenty}, {[]int{10, 5, 0}, twenty}, {[]int{0, 0, 5}, twenty},
		{[]int{0, 5, 6}, twenty}, {[]int{12, 13, 14}, twenty}, {[]int{15, 15, 15}, twenty}, {[]int{5, 15, 9}, twenty},
		// not all shown
		{[]int{3, 6, 14}, twenty}, {[]int{5, 15, 4}, twenty}, {[]int{2, 3, 3}, twenty}, {[]int{18, 15, 10}, twenty},
		{[]int{2, 17, 0}, twenty}, {[]int{2, 12, 14}, [3]int{4, 20, 20}}, {[]int{1, 12, 14}, [3]int{19, 20, 20}},
	} {
		for _, order := range []string{"week first", "month first"} {
			t.Run(fmt.Sprint(c.given, c.headcount, order), func(t *testing.T) {
				t.Parallel()
				readTwo(t, c.given, c.headcount, order == "month first")
			})
		}
	}
}

func readTwo(t *testing.T, given []int, headcount [3]int, monthFirst bool) {
	names := []string{"A", "B", "C"}
	plan := planFor(t, fact("A", 20, 0), fact("B", 20, 0), fact("C", 20, 0))
	first, second := days(t, 1, 7), days(t, 1, 30)
	if monthFirst {
		first, second = second, first
	}
	publish := func(ledger counts.Ledger, period counts.Period, n []int) counts.Published {
		facts := counts.Facts{Period: period}
		for i, name := range names {
			facts.Departments = append(facts.Departments, fact(name, headcount[i], n[i]))
		}
		published, err := counts.Publish(ledger, plan, shared(), facts)
		if err != nil {
			t.Fatal(err)
		}
		return published
	}
	before := publish(counts.Ledger{}, first, given)
	firstSeen, ledger := see(before), counts.Ledger{}.With(before)
	zero := []int{0, 0, 0}
	var stories [][]int // of the first table
	every(zero, headcount[:], func(one []int) {
		if see(publish(counts.Ledger{}, first, one)).text == firstSeen.text {
			stories = append(stories, one)
		}
	})
	values, tables := believed{}, map[string][2]seenIn{}
	for i, one := range stories {
		if i%(1+len(stories)/10) > 0 {
			continue // the first table can be told with others as well; ten give second tables enough
		}
		from, to := one, headcount[:]
		if monthFirst {
			from, to = zero, one
		}
		every(from, to, func(two []int) {
			seen := see(publish(ledger, second, two))
			tables[seen.text] = [2]seenIn{firstSeen, seen}
			values.add(seen.text, slices.Concat(one, two))
		})
	}
	if len(firstSeen.hidden) > 0 {
		for text, pair := range tables {
			values[text] = make([]map[int]bool, 3)
			for i := range names {
				values[text][i] = map[int]bool{}
			}
			for _, one := range stories {
				for i, name := range names {
					if n, ok := pair[1].numbers[name]; ok && (monthFirst && one[i] < n || !monthFirst && one[i] > n) {
						one = nil
						break
					}
				}
				for i, n := range one {
					values[text][i][n] = true
				}
			}
		}
	}
	values.check(t, func(seen string, i int) bool { return secret(tables[seen], names[i%3], i/3, monthFirst) })
}

// Of three that are not shown, nineteen together, the second stands in for nobody:
// the first does. So it must not be shown in the month that it is at most fifteen
// there, for then it is fifteen: all else would have been shown.
func TestReaderOfThreeHidden(t *testing.T) {
	plan := planFor(t, fact("A", 20, 0), fact("B", 20, 0), fact("C", 20, 0))
	week, err := counts.Publish(counts.Ledger{}, plan, shared(), counts.Facts{Period: days(t, 1, 7), Departments: []counts.Fact{fact("A", 20, 2), fact("B", 20, 15), fact("C", 20, 2)}})
	if err != nil {
		t.Fatal(err)
	}
	if seen := see(week); len(seen.hidden) != 3 || seen.numbers["The whole organisation"] != 19 {
		t.Fatalf("the week is\n%s", seen.text)
	}
	month, err := counts.Publish(counts.Ledger{}.With(week), plan, shared(), counts.Facts{Period: days(t, 1, 30), Departments: []counts.Fact{fact("A", 20, 5), fact("B", 20, 15), fact("C", 20, 5)}})
	if err != nil {
		t.Fatal(err)
	}
	if seen := see(month); !seen.hidden["B"] {
		t.Errorf("the month is\n%s", seen.text)
	}
}

// secret reports whether the number of a slice in one of two tables is not shown,
// and does not follow from a "nobody": who says that nobody did all month says it
// of each week.
func secret(tables [2]seenIn, name string, table int, downwards bool) bool {
	nobody := "\n" + name + " 0\n"
	short := table == 0 != downwards
	return tables[table].hidden[name] && !(short && strings.Contains(tables[1-table].text, nobody)) &&
		!strings.HasPrefix(tables[table].text, "The whole organisation 0\n") &&
		!(short && strings.HasPrefix(tables[1-table].text, "The whole organisation 0\n"))
}

// And with all facts of both tables, in an organisation of two departments,
// whichever of the two is published first.
func TestReaderOfAllPairs(t *testing.T) {
	if storagetest.Raced {
		t.Skip("too many under the race detector")
	}
	for _, longFirst := range []bool{false, true} {
		t.Run(fmt.Sprintf("long period first: %v", longFirst), func(t *testing.T) {
			t.Parallel()
			readAllPairs(t, longFirst)
		})
	}
}

func readAllPairs(t *testing.T, longFirst bool) {
	plan := planFor(t, fact("A", 20, 0), fact("B", 20, 0))
	week, month := days(t, 1, 7), days(t, 1, 30)
	publish := func(ledger counts.Ledger, period counts.Period, a, b int) counts.Published {
		published, err := counts.Publish(ledger, plan, shared(), counts.Facts{Period: period, Departments: []counts.Fact{fact("A", 20, a), fact("B", 20, b)}})
		if err != nil {
			t.Fatal(err)
		}
		return published
	}
	values, hiddenIn := believed{}, map[string][2]seenIn{}
	each := func(a, b, c, d int) {
		var tables [2]seenIn
		if longFirst {
			before := publish(counts.Ledger{}, month, c, d)
			tables = [2]seenIn{see(publish(counts.Ledger{}.With(before), week, a, b)), see(before)}
		} else {
			before := publish(counts.Ledger{}, week, a, b)
			tables = [2]seenIn{see(before), see(publish(counts.Ledger{}.With(before), month, c, d))}
		}
		both := tables[0].text + "then\n" + tables[1].text
		hiddenIn[both] = tables
		values.add(both, []int{a, b, c, d, c - a, d - b})
	}
	for a := range 21 {
		for b := range 21 {
			for c := a; c <= 20; c++ {
				for d := b; d <= 20; d++ {
					each(a, b, c, d)
				}
			}
		}
	}
	values.check(t, func(seen string, i int) bool {
		name, tables := []string{"A", "B"}[i%2], hiddenIn[seen]
		switch i / 2 {
		case 0, 1:
			return secret(tables, name, i/2, false)
		default: // the difference; that nobody came later is no secret of few
			return (tables[0].hidden[name] || tables[1].hidden[name]) && !(len(values[seen][i]) == 1 && values[seen][i][0])
		}
	})
}
