package counts_test

import (
	"fmt"
	"testing"

	"evangelist/bot/counts"
	"evangelist/storage/storagetest"
)

// combination is a sum and difference of the cells of two tables, the first of
// which lies in the second, that counts a group of people whoever they are. Cells
// are the whole and the departments, of the first table, then of the second.
type combination struct {
	sign  []int
	heads int // colleagues to add, for those who are counted because they are not in a table
}

// isolating tries all factors -1, 0 and 1 over departments of one size.
func isolating(departments, size int) (all []combination) {
	cells := 1 + departments
	sign := make([]int, 2*cells)
	var try func(at int)
	try = func(at int) {
		if at < len(sign) {
			for sign[at] = -1; sign[at] <= 1; sign[at]++ {
				try(at + 1)
			}
			return
		}
		heads, used := 0, false
		for d := 1; d <= departments; d++ {
			inFirst, inSecond := sign[0]+sign[d], sign[cells]+sign[cells+d]
			// A person is in none, in the second alone, or in both.
			least, most := min(0, inSecond, inFirst+inSecond), max(0, inSecond, inFirst+inSecond)
			if most-least > 1 {
				return
			}
			if least < 0 {
				heads += size
			}
			used = used || most > least
		}
		if used {
			all = append(all, combination{append([]int(nil), sign...), heads})
		}
	}
	try(0)
	return all
}

// few looks for a combination of what is seen that counts one to four.
func fewIn(combinations []combination, tables [2]seenIn, names []string) string {
	var cells []int
	var known []bool
	for _, seen := range tables {
		for _, name := range append([]string{"The whole organisation"}, names...) {
			n, ok := seen.numbers[name]
			cells, known = append(cells, n), append(known, ok)
		}
	}
next:
	for _, c := range combinations {
		total := c.heads
		for i, sign := range c.sign {
			if sign != 0 && !known[i] {
				continue next
			}
			total += sign * cells[i]
		}
		if total > 0 && total < 5 {
			return fmt.Sprintf("%d people follow from %v of\n%sthen\n%s", total, c.sign, tables[0].text, tables[1].text)
		}
	}
	return ""
}

// With two departments: all facts of both tables, whichever is published first,
// and all combinations. With three: all facts of a month for some of a week, and
// the other way round.
func TestEveryCombinationOfTwoTables(t *testing.T) {
	if storagetest.Raced {
		t.Skip("too many under the race detector")
	}
	for _, c := range []struct {
		names []string
		weeks [][]int // nil: all
	}{
		{[]string{"A", "B"}, nil},
		{[]string{"A", "B", "C"}, [][]int{{5, 5, 5}, {0, 7, 5}, {3, 6, 14}, {5, 15, 4}, {18, 15, 10}, {2, 17, 0}, {19, 6, 20}, {1, 1, 5}}},
	} {
		for _, monthFirst := range []bool{false, true} {
			t.Run(fmt.Sprint(len(c.names), " departments, month first ", monthFirst), func(t *testing.T) {
				t.Parallel()
				everyCombination(t, c.names, c.weeks, monthFirst)
			})
		}
	}
}

func everyCombination(t *testing.T, names []string, weeks [][]int, monthFirst bool) {
	const size = 20
	combinations := isolating(len(names), size)
	var blank []counts.Fact
	var none, all []int
	for _, name := range names {
		blank, none, all = append(blank, fact(name, size, 0)), append(none, 0), append(all, size)
	}
	plan := planFor(t, blank...)
	week, month := days(t, 1, 7), days(t, 1, 30)
	publish := func(ledger counts.Ledger, period counts.Period, n []int) counts.Published {
		facts := counts.Facts{Period: period}
		for i, name := range names {
			facts.Departments = append(facts.Departments, fact(name, size, n[i]))
		}
		published, err := counts.Publish(ledger, plan, shared(), facts)
		if err != nil {
			t.Fatal(err)
		}
		return published
	}
	if weeks == nil {
		every(none, all, func(n []int) { weeks = append(weeks, n) })
	}
	pairs, faults := 0, 0
	for _, weekly := range weeks {
		before := publish(counts.Ledger{}, week, weekly)
		every(weekly, all, func(monthly []int) {
			tables := [2]seenIn{see(before)}
			if monthFirst {
				first := publish(counts.Ledger{}, month, monthly)
				tables = [2]seenIn{see(publish(counts.Ledger{}.With(first), week, weekly)), see(first)}
			} else {
				tables[1] = see(publish(counts.Ledger{}.With(before), month, monthly))
			}
			pairs++
			if fault := fewIn(combinations, tables, names); fault != "" {
				if faults++; faults < 5 {
					t.Error(fault)
				}
			}
		})
	}
	t.Logf("%d combinations over %d pairs of tables", len(combinations), pairs)
}

// every calls each with all lists of numbers from one to another.
func every(from, to []int, each func([]int)) {
	var fill func(at []int)
	fill = func(at []int) {
		if len(at) == len(from) {
			each(append([]int(nil), at...))
			return
		}
		for n := from[len(at)]; n <= to[len(at)]; n++ {
			fill(append(at, n))
		}
	}
	fill(nil)
}
