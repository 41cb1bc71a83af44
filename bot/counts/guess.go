package counts

import "slices"

// span is the values, from the least to the most, that a number may have.
type span struct{ least, most int }

func (s span) within(t span) span { return span{max(s.least, t.least), min(s.most, t.most)} }

// open reports whether more than one value is left.
func (s span) open() bool { return s.least < s.most }

// guessed looks for a table, t or an earlier one, in which a reader who knows
// these rules could work out what is withheld, because other tables show the
// same slice over a longer time, which it cannot exceed, or over a shorter one,
// which it cannot fall below. It returns which departments t should show less of.
// Bounds are taken slice by slice.
func (t *table) guessed(earlier []*table) ([]string, bool) {
	all := append(slices.Clone(earlier), t)
	for _, guessed := range all {
		if group := guessed.boundBy(t); group != nil && !guessed.deniable(all, guessed == t) {
			return group, true
		}
	}
	return nil, false
}

// boundBy returns the departments of the slices that are not shown in t but
// bound by newest, or all of newest when that is t.
func (t *table) boundBy(newest *table) (group []string) {
	switch {
	case t.whole.state != shown || t.whole.amount == (amount{}):
		return nil
	case t == newest:
		return t.whole.departments
	case !t.liesIn(newest) && !newest.liesIn(t):
		return nil
	}
	for _, c := range t.slices {
		if c.state != shown && newest.shows(c.departments) != nil {
			group = append(group, c.departments...)
		}
	}
	return group
}

func (t *table) shows(departments []string) *cell {
	for i, c := range t.slices {
		if c.state == shown && slices.Equal(c.departments, departments) {
			return &t.slices[i]
		}
	}
	return nil
}

// size is the number that the floor is about.
func (t *table) size(a amount) int {
	if t.behind == Unsigned {
		return a.things
	}
	return a.people
}

// member is a slice that is not shown: what it may be, and what it may be when it
// was hidden for itself, because it is too small, too large, or too near to what
// another table shows.
type member struct {
	free, low, high, near span
	kind                  state
}

// deniable reports whether every slice that is not shown may still have two
// values, in stories that end in this very table: the first slice stands in for
// the others, each of which was hidden for itself; or, when there are two, the
// second for the first. It is asked only where something is bound.
func (t *table) deniable(all []*table, near bool) bool {
	rest := t.size(t.whole.amount)
	var members []member
	large := 0      // slices that are not small, so far
	second := false // the last member is the second of these, and so there are two members
	bound := false
	for _, c := range t.slices {
		if c.state == shown {
			rest -= t.size(c.amount)
			large++
			continue
		}
		m := member{free: span{0, c.headcount}, low: span{1, floor - 1}, high: span{c.headcount - floor + 1, c.headcount}, near: span{0, -1}, kind: c.state}
		if t.behind == Unsigned {
			m.free.most, m.high = largest, span{0, -1}
		}
		if t.bind(&m, c.departments, all, near) {
			bound = true
		}
		members = append(members, m)
		if c.state != small {
			second = large == 1
			large++
		}
	}
	if !bound {
		return true // see TestReaderWhoKnowsTheRules
	}
	for _, order := range [][]int{{0, 1, 2}, {1, 2, 0}, {2, 0, 1}} {
		if told(members, order, 0, rest) || second && told(members, order, 1, rest) {
			return true
		}
	}
	return false
}

// bind narrows a member by what the tables around t show of the same slice. A
// number near to one of theirs was a reason to hide it only in the newest table.
func (t *table) bind(m *member, departments []string, all []*table, near bool) (bound bool) {
	for _, other := range all {
		if !t.liesIn(other) && !other.liesIn(t) {
			continue
		}
		c := other.shows(departments)
		if c == nil {
			continue
		}
		n := other.size(c.amount)
		bound = true
		if t.liesIn(other) {
			m.free = m.free.within(span{0, n})
			if near {
				m.near = span{n - floor + 1, n - 1}
			}
		} else {
			m.free = m.free.within(span{n, m.free.most})
			if near {
				m.near = span{n + 1, n + floor - 1}
			}
		}
	}
	m.low, m.high, m.near = m.low.within(m.free), m.high.within(m.free), m.near.within(m.free)
	return bound
}

// told reports whether all members have two values and more when the one at
// place standIn, counted without small slices, may be anything, and every other
// was hidden for itself. The reasons are tried in order, and the first that
// leaves two values is taken.
func told(members []member, order []int, standIn, rest int) bool {
	spans := make([]span, len(members))
	sum := span{}
	large := 0
	for i, m := range members {
		spans[i] = m.free
		if m.kind != small {
			if large != standIn {
				reasons := []span{m.low, m.high, m.near}
				at := slices.IndexFunc(order, func(r int) bool { return reasons[r].open() })
				if at < 0 {
					return false
				}
				spans[i] = reasons[order[at]]
			}
			large++
		}
		sum = span{sum.least + spans[i].least, sum.most + spans[i].most}
	}
	for _, s := range spans {
		left := span{rest - (sum.most - s.most), rest - (sum.least - s.least)}
		if !s.within(left).open() {
			return false
		}
	}
	return true
}
