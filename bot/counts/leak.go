package counts

import "slices"

// liesIn reports whether whoever t counts is counted by larger too: the same
// measure or one within it, in a period within its period.
func (t *table) liesIn(larger *table) bool {
	return t != larger && slices.Contains(t.keys, larger.keys[0]) && larger.period.contains(t.period)
}

// exposed looks for groups of people that readers get by taking tables from one
// another, and that are too few. It returns the departments of each group. Only
// what t adds is looked for: earlier tables were looked at in their turn.
func (t *table) exposed(earlier []*table) (groups [][]string) {
	all := append(slices.Clone(earlier), t)
	for _, larger := range all {
		var within []*table
		for _, other := range all {
			if other.liesIn(larger) {
				within = append(within, other)
			}
		}
		if larger != t && !slices.Contains(within, t) {
			continue
		}
		for _, smaller := range within {
			if larger == t || smaller == t {
				groups = append(groups, difference{larger, smaller}.exposed()...)
			}
		}
		groups = append(groups, newOverlay(larger, within, t).exposed()...)
	}
	return groups
}

// overlay is a table with all those that lie in it, laid on its blocks.
type overlay struct {
	larger *table
	newest *table // larger, or one of within
	within []*table
	blocks []block
	prints map[*table][]print
	halves [][2]*table // any two that make the larger one up
}

// print is a block of a table that lies in the larger one: on which of the larger
// one's blocks it stands.
type print struct {
	on     []int
	amount amount
}

func newOverlay(larger *table, within []*table, newest *table) *overlay {
	o := &overlay{larger: larger, newest: newest, within: within, blocks: larger.blocks(), prints: map[*table][]print{}}
	owner := map[string]int{}
	for i, b := range o.blocks {
		for _, department := range b.departments {
			owner[department] = i
		}
	}
	for _, smaller := range within {
	next:
		for _, b := range smaller.blocks() {
			p := print{amount: b.amount}
			for _, department := range b.departments {
				i, ok := owner[department]
				if !ok {
					continue next // the larger table says nothing about it
				}
				if !slices.Contains(p.on, i) {
					p.on = append(p.on, i)
				}
			}
			o.prints[smaller] = append(o.prints[smaller], p)
		}
	}
	for i, a := range within {
		for _, b := range within[:i] {
			if (larger == newest || a == newest || b == newest) && a.keys[0] == larger.keys[0] && b.keys[0] == larger.keys[0] && makeUp(larger.period, a.period, b.period) {
				o.halves = append(o.halves, [2]*table{a, b})
			}
		}
	}
	return o
}

func (o *overlay) exposed() (found [][]string) {
	for _, group := range o.groups() {
		if o.row(group) || o.beside(group) || o.both(group) {
			var departments []string
			for _, i := range group {
				departments = append(departments, o.blocks[i].departments...)
			}
			found = append(found, departments)
		}
	}
	return found
}

// groups returns the unions of the larger table's blocks that are looked at: each
// block, those that one print stands on, and all.
func (o *overlay) groups() (groups [][]int) {
	var all []int
	for i := range o.blocks {
		groups, all = append(groups, []int{i}), append(all, i)
	}
	for _, smaller := range o.within {
		for _, p := range o.prints[smaller] {
			if len(p.on) > 1 {
				groups = append(groups, p.on)
			}
		}
	}
	return append(groups, all)
}

// on is what the larger table has in the group.
func (o *overlay) on(group []int) (sum amount) {
	for _, i := range group {
		sum = sum.plus(o.blocks[i].amount)
	}
	return sum
}

// of is what smaller tables have that surely lies in the group.
func (o *overlay) of(group []int, smaller ...*table) (sum amount) {
	for _, t := range smaller {
		for _, p := range o.prints[t] {
			if !slices.ContainsFunc(p.on, func(i int) bool { return !slices.Contains(group, i) }) {
				sum = sum.plus(p.amount)
			}
		}
	}
	return sum
}

// few reports whether a number singles out fewer than five.
func few(n int) bool { return 0 < n && n < floor }

// thingsIn reports whether the tables count things of people, all of them.
func thingsIn(tables ...*table) bool {
	return !slices.ContainsFunc(tables, func(t *table) bool { return t.behind != Things })
}

// leaves reports whether what several tables leave of the larger one is too few.
// The rest is a group only when the tables have no one in common; when they do
// it is smaller than any group, mostly below zero, and says nothing.
func (o *overlay) leaves(rest amount, parts ...*table) bool {
	if o.larger.behind == Unsigned {
		return few(rest.things)
	}
	return few(rest.people) || thingsIn(append(parts, o.larger)...) && rest.things > 0 && rest.people < floor
}

// additive reports whether a period has what its parts have, no more and no less:
// things have a day, and so has what people do once.
func (t *table) additive() bool { return t.behind != People || t.once }

// row takes from the larger period those in it that share no day and say the
// most. Periods do not cross, so whatever else is left when others are taken is
// this rest, together with the rests that those periods have of their own.
func (o *overlay) row(group []int) bool {
	if !o.larger.additive() {
		return false
	}
	var row []*table
	for _, smaller := range o.within {
		if smaller.keys[0] == o.larger.keys[0] {
			row = append(row, smaller)
		}
	}
	row = o.most(row, group)
	if o.larger != o.newest && !slices.Contains(row, o.newest) {
		return false
	}
	return o.leaves(o.on(group).minus(o.of(group, row...)), row...)
}

// most returns those of one measure's tables that together say the most about the
// group, without sharing a day: a long one, or the short ones in it.
func (o *overlay) most(row []*table, group []int) (most []*table) {
	for _, t := range row {
		if slices.ContainsFunc(row, func(other *table) bool { return t.liesIn(other) }) {
			continue
		}
		var inner []*table
		for _, other := range row {
			if other.liesIn(t) {
				inner = append(inner, other)
			}
		}
		inner = o.most(inner, group)
		if o.weight(o.of(group, inner...)) <= o.weight(o.of(group, t)) {
			inner = []*table{t}
		}
		most = append(most, inner...)
	}
	return most
}

// weight is the number that adds up.
func (o *overlay) weight(a amount) int {
	if o.larger.behind == People {
		return a.people
	}
	return a.things
}

// beside takes several narrower measures of the same period from the larger one,
// such as those who lead and those who support from all who are with us.
func (o *overlay) beside(group []int) bool {
	var row []*table
	for _, smaller := range o.within {
		if smaller.period == o.larger.period && smaller != o.newest {
			row = append(row, smaller)
		}
	}
	var taken []*table
	if o.newest != o.larger {
		if o.newest.period != o.larger.period {
			return false
		}
		taken = append(taken, o.newest)
	}
	var try func(from int) bool
	try = func(from int) bool {
		if len(taken) > 1 {
			if o.leaves(o.on(group).minus(o.of(group, taken...)), taken...) {
				return true
			}
		}
		for i := from; i < len(row); i++ {
			if slices.ContainsFunc(taken, func(t *table) bool { return t.liesIn(row[i]) || row[i].liesIn(t) }) {
				continue
			}
			taken = append(taken, row[i])
			found := try(i + 1)
			taken = taken[:len(taken)-1]
			if found {
				return true
			}
		}
		return false
	}
	return try(0)
}

// both looks at two periods that make up the larger one: together they exceed it
// by those who are in both.
func (o *overlay) both(group []int) bool {
	if o.larger.behind == Unsigned {
		return false
	}
	for _, half := range o.halves {
		if few(o.of(group, half[:]...).minus(o.on(group)).people) {
			return true
		}
	}
	return false
}
