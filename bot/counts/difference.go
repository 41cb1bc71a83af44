package counts

import "slices"

// difference is a table and a smaller one that lies in it.
type difference struct{ larger, smaller *table }

// exposed returns the groups of departments in which the difference of the two
// tables singles out a few. A reader may take any blocks of the smaller table from
// any of the larger. Where both have a department, what is left are those whom the
// larger counts and the smaller does not; where only the larger has it, those whom
// it counts; where only the smaller has it, add the headcount, and those are left
// whom it does not count.
//
// Not every choice has to be looked at. A block of one department, which is shown,
// adds nobody, five or more when it is taken in where it need not be, and so it is
// taken in where that leaves the least. All choices of the other blocks are tried:
// those shown together and those not shown, two in each table.
func (d difference) exposed() (groups [][]string) {
	large, small := d.larger.blocks(), d.smaller.blocks()
	largeMany, smallMany := several(large), several(small)
	for _, b := range large {
		if len(b.departments) == 1 {
			groups = d.look(groups, []block{b}, matching(small, b.departments))
		}
	}
	for chosen := 1; chosen < 1<<(len(largeMany)+len(smallMany)); chosen++ {
		var up, down []block
		for i, b := range largeMany {
			if chosen&(1<<i) != 0 {
				up = append(up, b)
			}
		}
		for i, b := range smallMany {
			if chosen&(1<<(len(largeMany)+i)) != 0 {
				down = append(down, b)
			}
		}
		inUp, inDown := union(up), union(down)
		up, down = append(up, matching(large, inDown)...), append(down, matching(small, inUp)...)
		groups = d.look(groups, up, down)
	}
	return groups
}

// several returns the blocks of more than one department.
func several(blocks []block) (many []block) {
	for _, b := range blocks {
		if len(b.departments) > 1 {
			many = append(many, b)
		}
	}
	return many
}

// matching returns the blocks of one department each that lie in a group.
func matching(blocks []block, group []string) (single []block) {
	for _, b := range blocks {
		if len(b.departments) == 1 && slices.Contains(group, b.departments[0]) {
			single = append(single, b)
		}
	}
	return single
}

func union(blocks []block) (departments []string) {
	for _, b := range blocks {
		departments = append(departments, b.departments...)
	}
	return departments
}

// look adds the departments of the blocks to the groups when too few are left.
func (d difference) look(groups [][]string, up, down []block) [][]string {
	if len(up) == 0 || len(down) == 0 {
		return groups
	}
	var rest amount
	for _, b := range up {
		rest = rest.plus(b.amount)
	}
	for _, b := range down {
		rest = rest.minus(b.amount)
	}
	inUp := union(up)
	outside := slices.DeleteFunc(union(down), func(department string) bool { return slices.Contains(inUp, department) })
	if d.thin(rest, outside) {
		return append(groups, slices.Concat(inUp, outside))
	}
	return groups
}

// thin reports whether a rest singles out fewer than five. Of things that are
// left, the people behind are known only as far as they are left themselves.
func (d difference) thin(rest amount, outside []string) bool {
	switch {
	case d.larger.behind == Unsigned:
		return len(outside) == 0 && (few(rest.things) || few(-rest.things))
	case len(outside) == 0 && thingsIn(d.larger, d.smaller) && rest.things != 0 && rest.people < floor:
		return true
	}
	for _, department := range outside {
		n, ok := d.larger.headOf(department)
		if !ok {
			n, _ = d.smaller.headOf(department)
		}
		rest.people += n
	}
	return few(rest.people) || few(-rest.people)
}
