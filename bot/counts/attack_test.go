package counts_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot/counts"
	"evangelist/storage/storagetest"
)

// The organisation that these tests draw: people of departments, who come at some
// day and stay, and what each does on each day. What the attacker computes from
// rows is held against these people themselves.
const lastDay = 6

type colleague struct {
	department string
	since      int              // the first day
	acts       [lastDay + 1]int // by day, from 1
}

type organisation []colleague

// in counts the acts of a person in some days.
func (c colleague) in(from, to int) (n int) {
	for day := from; day <= to; day++ {
		n += c.acts[day]
	}
	return n
}

// drawn is a table that was published, with how to ask a person whether it counts
// that person.
type drawn struct {
	published counts.Published
	from, to  int
	measure   counts.Measure
	unknown   string // a department whose headcount nobody knows this time
	cells     []attacked
}

// attacked is a row as the attacker has it.
type attacked struct {
	departments    []string
	n, things, of_ int
}

// counts reports whether d counts a person, and how many things of that one.
func (d drawn) counts(c colleague) (bool, int) {
	n := c.in(d.from, d.to)
	switch d.measure.Key {
	case "shared-twice":
		return n >= 2, 0
	case "joined":
		return n > 0 && c.in(1, d.from-1) == 0, 0
	case "shared":
		return n > 0, 0
	default:
		return n > 0, n
	}
}

// nested reports whether whoever d counts is counted by e.
func (d drawn) nested(e drawn) bool {
	return (d.measure.Key == e.measure.Key || d.measure.Key == "shared-twice" && e.measure.Key == "shared") && d.from >= e.from && d.to <= e.to
}

func (d drawn) crosses(e drawn) bool {
	return d.from <= e.to && e.from <= d.to && !(d.from >= e.from && d.to <= e.to) && !(e.from >= d.from && e.to <= d.to)
}

func drawOrganisation(t *rapid.T) organisation {
	var all organisation
	chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	growing := chance.IntN(3) == 0
	for i := range 2 + chance.IntN(3) {
		size := []int{3, 12, 20, 22, 32, 45, 60, 60, 90}[chance.IntN(9)]
		takePart, often := []float64{0, 0.3, 0.6, 0.8, 0.95}[chance.IntN(5)], []float64{0.2, 0.4, 0.9}[chance.IntN(3)]
		for range size {
			c := colleague{department: string(rune('A' + i)), since: 1}
			if growing && chance.IntN(6) == 0 {
				c.since = 1 + chance.IntN(lastDay)
			}
			takesPart := chance.Float64() < takePart
			for day := c.since; day <= lastDay; day++ {
				if takesPart && chance.Float64() < often {
					c.acts[day] = 1 + chance.IntN(2)
				}
			}
			all = append(all, c)
		}
	}
	return all
}

func (all organisation) heads(day int) map[string]counts.Headcount {
	n := map[string]int{}
	for _, c := range all {
		n[c.department] += 0
		if c.since <= day {
			n[c.department]++
		}
	}
	heads := map[string]counts.Headcount{}
	for department, n := range n {
		heads[department] = counts.Known(n)
	}
	return heads
}

// publish counts the people and publishes the table.
func (all organisation) publish(t *rapid.T, ledger counts.Ledger, plan counts.Plan, d drawn) drawn {
	facts := counts.Facts{Period: days(t, d.from, d.to)}
	for department, head := range all.heads(d.to) {
		if department == d.unknown {
			head = counts.Headcount{}
		}
		f := counts.Fact{Department: department, Headcount: head}
		for _, c := range all {
			if yes, things := d.counts(c); yes && c.department == department {
				f.People, f.Things = f.People+1, f.Things+things
			}
		}
		if d.measure.Behind == counts.Unsigned {
			f.People = 0
		}
		facts.Departments = append(facts.Departments, f)
	}
	published, err := counts.Publish(ledger, plan, d.measure, facts)
	if err != nil {
		t.Fatalf("%v", err)
	}
	d.published = published
	for _, row := range published.Rows() {
		n, things, of, ok := number(row)
		if !ok {
			continue
		}
		cell := attacked{n: n, things: things, of_: of}
		for department := range all.heads(1) {
			own := slices.Contains(plan.Slices(), department)
			if row.Slice == department || row.Slice == "The whole organisation" || row.Slice == "Other departments" && !own {
				cell.departments = append(cell.departments, department)
			}
		}
		slices.Sort(cell.departments)
		d.cells = append(d.cells, cell)
	}
	return d
}

// truthful holds each row against the people, and against the floor.
func (all organisation) truthful(t *rapid.T, d drawn) {
	for _, cell := range d.cells {
		n, things, of := 0, 0, 0
		for _, c := range all {
			if slices.Contains(cell.departments, c.department) {
				if c.since <= d.to {
					of++
				}
				if yes, t := d.counts(c); yes {
					n, things = n+1, things+t
				}
			}
		}
		outside := of - n
		if d.measure.Behind == counts.Unsigned {
			n, things, outside = things, 0, of
		}
		if n != cell.n || of != cell.of_ || things != cell.things {
			t.Fatalf("%v shows %d of %d, %d things; it is %d of %d, %d", cell.departments, cell.n, cell.of_, cell.things, n, of, things)
		}
		if n > 0 && n < 5 || outside < 5 || of < 20 {
			t.Fatalf("%v shows %d of %d", cell.departments, n, of)
		}
	}
}

// combine tries every sum and difference of the cells of one or two tables, and
// of headcounts. Where it counts a group, whoever the people are, the group must
// not be one to four.
func (all organisation) combine(t *rapid.T, tables ...drawn) {
	type column struct {
		table int
		cell  attacked
	}
	var columns []column
	for i, d := range tables {
		for _, cell := range d.cells {
			columns = append(columns, column{i, cell})
		}
	}
	heads, departments := all.attackersHeads(tables)
	oneInTwo := len(tables) == 2 && tables[0].nested(tables[1])
	twoInOne := len(tables) == 2 && tables[1].nested(tables[0])
	sign := make([]int, len(columns))
	var try func(at int)
	try = func(at int) {
		if at < len(columns) {
			for sign[at] = -1; sign[at] <= 1; sign[at]++ {
				try(at + 1)
			}
			return
		}
		total, used := 0, false
		for i, c := range columns {
			total += sign[i] * c.cell.n
		}
		for _, department := range departments {
			var k [2]int
			for i, c := range columns {
				if slices.Contains(c.cell.departments, department) {
					k[c.table] += sign[i]
				}
			}
			// What the combination makes of a person, by whether the tables count that one.
			least, most := 0, 0
			for _, value := range []struct {
				n        int
				possible bool
			}{{k[0], !oneInTwo}, {k[1], !twoInOne}, {k[0] + k[1], true}} {
				if value.possible {
					least, most = min(least, value.n), max(most, value.n)
				}
			}
			if most-least > 1 {
				return // it counts some twice, or some for and some against
			}
			if least < 0 {
				total += heads[department] // those who are not in it
			}
			used = used || least != most
		}
		if used && total > 0 && total < 5 {
			t.Fatalf("%d people follow from %v over\n%s", total, sign, describe(tables))
		}
	}
	try(0)
}

// attackersHeads are the headcounts that the attacker knows: of the latest table
// in which they were known.
func (all organisation) attackersHeads(tables []drawn) (map[string]int, []string) {
	byDay := slices.SortedFunc(slices.Values(tables), func(a, b drawn) int { return a.to - b.to })
	heads := map[string]int{}
	var departments []string
	for _, c := range all {
		if !slices.Contains(departments, c.department) {
			departments = append(departments, c.department)
		}
	}
	for _, d := range byDay {
		for _, department := range departments {
			if department == d.unknown {
				continue
			}
			heads[department] = 0
			for _, c := range all {
				if c.department == department && c.since <= d.to {
					heads[department]++
				}
			}
		}
	}
	return heads, departments
}

func describe(tables []drawn) (text string) {
	for _, d := range tables {
		text += fmt.Sprintf("days %d to %d, %s: %+v\n", d.from, d.to, d.measure.Key, d.cells)
	}
	return text
}

// drawTables publishes some tables one after the other, with the plan renewed
// before each.
func (all organisation) drawTables(t *rapid.T, most int, measures ...counts.Measure) []drawn {
	plan, err := counts.NewPlan(all.heads(1))
	if err != nil {
		t.Fatalf("%v", err)
	}
	chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "tables"), 2))
	var ledger counts.Ledger
	var tables []drawn
	for range most {
		d := drawn{from: 1 + chance.IntN(lastDay), measure: measures[chance.IntN(len(measures))]}
		d.to = d.from + chance.IntN(lastDay+1-d.from)
		if slices.ContainsFunc(tables, func(e drawn) bool {
			return d.measure.Key == e.measure.Key && (d.from == e.from && d.to == e.to || d.crosses(e) && (d.measure.Behind != counts.People || d.measure.Once))
		}) {
			continue
		}
		heads := all.heads(d.to)
		if chance.IntN(5) == 0 {
			d.unknown = all[chance.IntN(len(all))].department
			heads[d.unknown] = counts.Headcount{}
		}
		if plan, err = plan.Next(heads); err != nil {
			t.Fatalf("%v", err)
		}
		d = all.publish(t, ledger, plan, d)
		ledger = ledger.With(d.published)
		tables = append(tables, d)
	}
	return tables
}

// No sum or difference of cells of one or of two tables isolates fewer than five,
// whatever their periods and measures, and however the organisation grows.
func TestNoTwoTablesIsolateAFew(t *testing.T) {
	shownCells, pairs := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		all := drawOrganisation(t)
		most := 4
		if storagetest.Raced {
			most = 2
		}
		measures := rapid.SampledFrom([][]counts.Measure{{shared(), sharedTwice()}, {shared(), sharedTwice()}, {links()}, {joined()}}).Draw(t, "measures")
		tables := all.drawTables(t, most, measures...)
		for i, d := range tables {
			all.truthful(t, d)
			all.combine(t, d)
			shownCells += len(d.cells)
			for _, e := range tables[:i] {
				if d.nested(e) || e.nested(d) {
					pairs++
				}
				all.combine(t, d, e)
			}
			for _, whole := range tables {
				together(t, whole, d, tables[:i])
			}
		}
	})
	t.Logf("%d cells shown, %d pairs of tables with one in the other", shownCells, pairs)
	if shownCells < 50 || pairs < 10 {
		t.Error("hardly anything was shown: this test tests nothing")
	}
}

// together fails when two periods that make up a third tell how few are in both.
func together(t *rapid.T, whole, a drawn, others []drawn) {
	for _, b := range others {
		if a.measure.Key != b.measure.Key || a.measure.Key != whole.measure.Key || a.to > whole.to || b.to > whole.to || a.from < whole.from || b.from < whole.from {
			continue
		}
		cover := true
		for day := whole.from; day <= whole.to; day++ {
			if (day < a.from || day > a.to) && (day < b.from || day > b.to) {
				cover = false
			}
		}
		for _, cell := range whole.cells {
			both, seen := -cell.n, 0
			for _, part := range []drawn{a, b} {
				for _, c := range part.cells {
					if slices.Equal(c.departments, cell.departments) {
						both, seen = both+c.n, seen+1
					}
				}
			}
			if cover && seen == 2 && both > 0 && both < 5 {
				t.Fatalf("%d people are in both:\n%s", both, describe([]drawn{whole, a, b}))
			}
		}
	}
}

func joined() counts.Measure {
	return counts.Measure{Key: "joined", Counts: "who joined", Omits: "those who came back", Unit: "colleagues", Behind: counts.People, Once: true}
}

// Of what adds up from period to period, nobody learns a number behind which
// fewer than five stand: not from a longer period less any shorter ones in it
// that share no day, however many.
func TestNoPeriodsIsolateAFew(t *testing.T) {
	learned := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		all := drawOrganisation(t)
		measure := rapid.SampledFrom([]counts.Measure{links(), concerns(), joined()}).Draw(t, "measure")
		tables := all.drawTables(t, 8, measure)
		for _, larger := range tables {
			all.truthful(t, larger)
			var within []drawn
			for _, d := range tables {
				if d.nested(larger) && !larger.nested(d) {
					within = append(within, d)
				}
			}
			for _, cell := range larger.cells {
				for chosen := range 1 << len(within) {
					var parts []drawn
					for i, d := range within {
						if chosen&(1<<i) != 0 {
							parts = append(parts, d)
						}
					}
					if all.subtract(t, larger, cell, parts) {
						learned[measure.Key]++
					}
				}
			}
		}
	})
	t.Logf("learned %v", learned)
	if len(learned) < 3 || learned["links"]+learned["joined"]+learned["concerns"] < 50 {
		t.Error("hardly anything was ever learned: this test tests nothing")
	}
}

// subtract takes the parts from a cell of the larger table, if all of them show
// it and none share a day, and looks who is behind the rest. It reports whether
// there was a rest.
func (all organisation) subtract(t *rapid.T, larger drawn, cell attacked, parts []drawn) bool {
	number := func(c attacked) int {
		if larger.measure.Behind == counts.Things {
			return c.things
		}
		return c.n
	}
	rest := number(cell)
	var left [lastDay + 1]bool
	for day := larger.from; day <= larger.to; day++ {
		left[day] = true
	}
	for _, d := range parts {
		at := slices.IndexFunc(d.cells, func(c attacked) bool { return slices.Equal(c.departments, cell.departments) })
		if at < 0 {
			return false
		}
		for day := d.from; day <= d.to; day++ {
			if !left[day] {
				return false
			}
			left[day] = false
		}
		rest -= number(d.cells[at])
	}
	if rest == 0 {
		return false
	}
	behind, things, firsts := 0, 0, 0
	for _, c := range all {
		if !slices.Contains(cell.departments, c.department) {
			continue
		}
		n := 0
		for day := 1; day <= lastDay; day++ {
			if left[day] {
				n += c.acts[day]
			}
			if c.acts[day] > 0 && c.in(1, day-1) == 0 && left[day] {
				firsts++
			}
		}
		if n > 0 {
			behind, things = behind+1, things+n
		}
	}
	want, five := things, behind
	switch larger.measure.Key {
	case "joined":
		want, five = firsts, firsts
	case "concerns":
		five = things
	}
	if rest != want {
		t.Fatalf("the attacker computes %d where there are %d: the test is wrong", rest, want)
	}
	if five < 5 {
		t.Fatalf("%d of %d follow for %v from\n%s", rest, five, cell.departments, describe(append(parts, larger)))
	}
	return true
}
