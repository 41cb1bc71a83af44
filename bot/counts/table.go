package counts

import (
	"cmp"
	"slices"
)

// state says what becomes of a slice.
type state string

const (
	shown    state = "shown"
	withheld state = "withheld" // for its own numbers, or for another's: nobody learns which
	small    state = "small"    // fewer than twenty colleagues
	unknown  state = "unknown"  // the headcount is
)

// amount is a number of people and the things that they did.
type amount struct{ people, things int }

func (a amount) plus(b amount) amount  { return amount{a.people + b.people, a.things + b.things} }
func (a amount) minus(b amount) amount { return amount{a.people - b.people, a.things - b.things} }

// cell is one slice of a table. What is not shown is forgotten: see seal.
type cell struct {
	name        string
	departments []string
	heads       []int // of the whole alone: of each department, or noHead
	headcount   int   // of all
	state       state
	amount      amount
}

// noHead stands for a headcount that is unknown.
const noHead = -1

// table is one measure in one period.
type table struct {
	keys   []string // the measure's own, then those of the wider ones around it
	behind Behind
	once   bool
	unit   string
	counts string
	omits  string
	period Period
	whole  cell
	slices []cell  // in the order in which they are hidden for others' sake
	sealed []block // what blocks returns once nothing more is hidden
}

func (t *table) key() string { return t.keys[0] + "/" + t.period.text() }

// tabulate sums the facts up, slice by slice. A slice that has no colleagues is
// left out, and so is the only one, which would be the whole once more.
func tabulate(plan Plan, measure Measure, facts Facts) *table {
	t := &table{
		keys: measure.keys(), behind: measure.Behind, once: measure.Once, unit: measure.Unit, counts: measure.Counts, omits: measure.Omits,
		period: facts.Period, whole: cell{name: wholeName, state: shown},
	}
	byDepartment := map[string]Fact{}
	for _, fact := range facts.Departments {
		byDepartment[fact.Department] = fact
	}
	for _, departments := range plan.slices() {
		slice := cell{name: departments[0], departments: departments, state: shown}
		if len(departments) > 1 || slice.name == "" || slices.Contains(plan.other, slice.name) {
			slice.name = otherName
		}
		for _, department := range departments {
			fact := byDepartment[department]
			if !fact.Headcount.known {
				slice.state = unknown
			}
			slice.headcount += fact.Headcount.n
			slice.amount = slice.amount.plus(amount{fact.People, fact.Things})
		}
		t.whole.departments = append(t.whole.departments, departments...)
		t.whole.headcount += slice.headcount
		t.whole.amount = t.whole.amount.plus(slice.amount)
		if slice.state == unknown {
			t.whole.state = unknown
		}
		if slice.headcount > 0 || slice.state == unknown {
			t.slices = append(t.slices, slice)
		}
	}
	if len(t.slices) < 2 {
		t.slices = nil
	}
	slices.Sort(t.whole.departments)
	for _, department := range t.whole.departments {
		t.whole.heads = append(t.whole.heads, byDepartment[department].Headcount.head())
	}
	return t
}

// settle hides what must not be shown, beside the tables that are out already,
// and forgets it. It hides as little as it finds, always the same, and ends: each
// round hides one slice more, or the whole with all of them.
func (t *table) settle(earlier []*table) {
	earlier = t.family(earlier)
	cells := []*cell{&t.whole}
	for i := range t.slices {
		cells = append(cells, &t.slices[i])
	}
	for _, c := range cells {
		switch {
		case c.state == unknown:
		case c.headcount < least:
			c.state = small
		case !t.bearable(c.amount, c.headcount):
			c.state = withheld
		}
	}
	for t.whole.state == shown || t.whole.state == unknown {
		groups := t.exposed(earlier)
		if t.hideEach(groups) {
			continue // all that give themselves away go together: none can stand in for another
		}
		if group, found := t.gap(); found {
			t.hide(group)
		} else if len(groups) > 0 {
			t.hide(groups[0])
		} else if group, found := t.guessed(earlier); found {
			t.hide(group)
		} else {
			break
		}
	}
	for _, c := range cells {
		if t.whole.state != shown && t.whole.state != unknown && c.state == shown {
			c.state = withheld // too few, or too many, in the whole: no slice says where
		}
		if c.state != shown {
			c.amount = amount{}
		}
		if c.state == unknown {
			c.headcount = 0
		}
	}
	t.sealed = t.blocks()
}

// family returns the tables whose measures have to do with that of t, always in
// the same order.
func (t *table) family(earlier []*table) (family []*table) {
	for _, other := range earlier {
		if slices.ContainsFunc(other.keys, func(key string) bool { return slices.Contains(t.keys, key) }) {
			family = append(family, other)
		}
	}
	slices.SortFunc(family, func(a, b *table) int {
		return cmp.Or(cmp.Compare(a.keys[0], b.keys[0]), a.period.from.Compare(b.period.from), a.period.to.Compare(b.period.to))
	})
	return family
}

// bearable reports whether a number may stand: at least five people behind it
// and at least five outside of it.
//
// "Nobody" may stand. It says the same of all twenty colleagues and more, so it
// tells no few of them apart. Its price is that a slice that is not shown is seen
// to have had a reason; since the first slice is always hidden with it, and is
// hidden for others' sake alone as well, nobody learns how many are in which.
//
// "Everybody" may not stand: it says of each colleague, by name, what that one
// did, and "all but one" would follow from any stale list.
func (t *table) bearable(a amount, headcount int) bool {
	if t.behind == Unsigned {
		return a.things == 0 || a.things >= floor
	}
	return a.people == 0 || a.people >= floor && a.people <= headcount-floor
}

// gap looks at what the whole leaves when all slices that are shown are taken
// from it. That rest is as good as shown, so it obeys the same rules, and it is
// never a single slice. The first slice that is large enough is always part of
// it: otherwise a reader who knows these rules would know that each of the rest
// was hidden for itself, is below five, and, when two of them make eight, is four.
// When nobody is counted at all there is nothing to hide.
func (t *table) gap() ([]string, bool) {
	if t.whole.state != shown || t.whole.amount == (amount{}) {
		return nil, false
	}
	// The first slice alone has twenty colleagues, so the rest has them too.
	rest, headcount, hidden := t.whole.amount, t.whole.headcount, 0
	for _, c := range t.slices {
		if c.state == shown {
			rest, headcount = rest.minus(c.amount), headcount-c.headcount
		} else {
			hidden++
		}
	}
	first := slices.IndexFunc(t.slices, func(c cell) bool { return c.state != small })
	switch {
	case hidden == 0:
		return nil, false
	case hidden > 1 && (first < 0 || t.slices[first].state == withheld) &&
		rest != (amount{}) && t.bearable(rest, headcount):
		return nil, false
	default:
		return t.whole.departments, true
	}
}

// hideEach hides every slice that is a group by itself, and reports whether there
// was one.
func (t *table) hideEach(groups [][]string) bool {
	found := false
	for i, c := range t.slices {
		if c.state == shown && slices.ContainsFunc(groups, func(group []string) bool { return lies(group, c.departments) }) {
			t.slices[i].state, found = withheld, true
		}
	}
	return found
}

// hide hides one slice more: the first that lies in the group, else the first of
// all, else the whole. First is by the plan and never by the numbers, so that
// which one goes says nothing about them.
func (t *table) hide(group []string) {
	first := -1
	for i, c := range t.slices {
		if c.state != shown {
			continue
		}
		if lies(c.departments, group) {
			first = i
			break
		}
		if first < 0 {
			first = i
		}
	}
	if first < 0 {
		t.whole.state = withheld
		return
	}
	t.slices[first].state = withheld
}

func lies(departments, group []string) bool {
	for _, department := range departments {
		if !slices.Contains(group, department) {
			return false
		}
	}
	return true
}

// headOf returns the headcount of a department, if this table has it.
func (t *table) headOf(department string) (int, bool) {
	at, found := slices.BinarySearch(t.whole.departments, department)
	if !found || t.whole.heads[at] == noHead {
		return 0, false
	}
	return t.whole.heads[at], true
}

// block is a group of departments whose number a reader has: a slice that is
// shown, or all that are not, together.
type block struct {
	departments []string
	amount      amount
}

// blocks returns what a reader has of the table, each department once.
func (t *table) blocks() []block {
	if t.sealed != nil {
		return t.sealed
	}
	all := []block{}
	rest := block{amount: t.whole.amount}
	inSlice := map[string]bool{}
	for _, c := range t.slices {
		if c.state != shown {
			continue
		}
		all = append(all, block{c.departments, c.amount})
		rest.amount = rest.amount.minus(c.amount)
		for _, department := range c.departments {
			inSlice[department] = true
		}
	}
	if t.whole.state != shown {
		return all
	}
	for _, department := range t.whole.departments {
		if !inSlice[department] {
			rest.departments = append(rest.departments, department)
		}
	}
	if len(rest.departments) > 0 {
		all = append(all, rest)
	}
	return all
}

// inOrder returns the cells as they are shown: the whole, the departments by
// name, the others.
func (t *table) inOrder() []cell {
	sorted := slices.Clone(t.slices)
	slices.SortFunc(sorted, func(a, b cell) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.name, b.name))
	})
	return append([]cell{t.whole}, sorted...)
}

func rank(c cell) int {
	if len(c.departments) != 1 || c.name != c.departments[0] {
		return 1
	}
	return 0
}
