package seating

import (
	"math/rand/v2"
	"slices"
)

// search is a seating of a large room in the making. It begins with a deal and
// exchanges two people, or moves one, as long as that mends something.
type search struct {
	*room
	chance *rand.Rand
	tables [][]int32 // the last are those who sit out
	at     []int32   // of each person, the table
	links  []cost    // of each person, the cost of the pairs with the table's others
	mixes  []int64   // of each table
	total  cost
	goal   cost    // what no seating goes below; reached, the search ends
	bad    []int32 // tables that may be mended
	badAt  []int32 // of each table, where it is in bad; -1: it is not
	locked []int   // of each person, the step before which it is not moved again
	work   int     // how many exchanges may still be looked at
	reach  int     // how many are looked at in one step
}

// The effort for one deal, in exchanges that are looked at.
const (
	effort          = 400_000
	effortForPerson = 150
	polish          = 200_000 // of it, once only the choice among repeats is left
	nearby          = 48      // exchanges that a step looks at first
)

// nobody stands for a person's number where there is no person.
const nobody int32 = -1

// bench is the number of the last list, of those who sit out.
func (s *search) bench() int32 { return int32(len(s.tables)) - 1 }

// newSearch takes a seating as tables of numbers with the list of those who sit
// out behind them.
func newSearch(r *room, tables [][]int32, chance *rand.Rand) *search {
	n := len(r.people)
	s := &search{room: r, chance: chance, tables: tables, at: make([]int32, n), links: make([]cost, n), locked: make([]int, n),
		mixes: make([]int64, len(tables)), badAt: make([]int32, len(tables))}
	s.goal = r.goal(len(tables)-1, n)
	for t := range tables {
		for _, p := range tables[t] {
			s.at[p] = int32(t)
		}
	}
	for t := range tables {
		s.badAt[t] = -1
		s.weighTable(int32(t))
	}
	s.total = s.sum()
	return s
}

// goal bounds the cost of every seating at so many tables from below.
func (r *room) goal(tables, n int) cost {
	c := cost{hard: int64(n-r.fits(n)) * outside, soft: int64(r.forced) * repeat}
	for d, duty := range r.duties {
		if duty == may {
			c.soft -= int64(min(tables, r.mixable[d])) * unmixed
		}
	}
	return c
}

// done reports whether the goal is reached: what could still be better is which
// pairs repeat, and whose turn it is to sit out.
func (s *search) done() bool {
	return s.total.hard <= s.goal.hard && s.total.soft < s.goal.soft+repeat
}

// mixedAsCanBe reports whether no table could be mixed in addition.
func (s *search) mixedAsCanBe() bool { return s.total.soft < s.goal.soft+unmixed }

// sum adds up the whole cost.
func (s *search) sum() cost {
	var c cost
	for t := range s.bench() {
		c = c.plus(s.table(s.tables[t]))
	}
	for _, p := range s.tables[s.bench()] {
		c = c.plus(s.leave(p))
	}
	return c
}

// link returns the cost of the pairs that a person makes with the people of a
// table, one of them left out.
func (s *search) link(p, t, without int32) cost {
	var c cost
	if t == s.bench() {
		return s.leave(p)
	}
	for _, other := range s.tables[t] {
		if other != without {
			c.addPair(s.pair(p, other))
		}
	}
	return c
}

// weighTable computes anew what is remembered of a table, and whether it is bad.
func (s *search) weighTable(t int32) {
	bad := false
	if t == s.bench() {
		for _, p := range s.tables[t] {
			s.links[p] = s.leave(p)
			bad = bad || s.links[p].hard >= twice
		}
		bad = bad || int64(len(s.tables[t]))*outside > s.goal.hard
	} else {
		s.mixes[t] = s.mix(s.tables[t])
		for _, p := range s.tables[t] {
			s.links[p] = s.link(p, t, p)
			bad = bad || s.links[p].hard > 0 || s.links[p].soft >= repeat
		}
		bad = bad || s.mixes[t] > s.bestMix()
	}
	switch at := s.badAt[t]; {
	case bad && at < 0:
		s.badAt[t] = int32(len(s.bad))
		s.bad = append(s.bad, t)
	case !bad && at >= 0:
		last := s.bad[len(s.bad)-1]
		s.bad[at], s.badAt[last] = last, at
		s.bad, s.badAt[t] = s.bad[:len(s.bad)-1], -1
	}
}

// bestMix is the cost of a table that is mixed in every way that counts.
func (s *search) bestMix() int64 {
	c := int64(0)
	for _, duty := range s.duties {
		if duty == may {
			c -= unmixed
		}
	}
	return c
}

// change is one exchange: a person goes to the table of another, who comes back
// in exchange, or stays where other is nobody.
type change struct {
	person, other, to int32
	cost              cost // by how much it changes the total
}

// mixWith is the cost of mixing a table with one person out and another in.
func (s *search) mixWith(t, out, in int32) int64 {
	if t == s.bench() {
		return 0
	}
	var members [MostAtATable + 1]int32
	list := members[:0]
	for _, p := range s.tables[t] {
		if p != out {
			list = append(list, p)
		}
	}
	if in != nobody {
		list = append(list, in)
	}
	return s.mix(list)
}

// consider returns the better of best and the changes that bring p to q's table.
// left is the cost of p's pairs where p sits; before is the best total so far.
func (s *search) consider(p, q int32, left cost, step int, best change, before cost) change {
	t, u := s.at[p], s.at[q]
	try := func(c cost, out, in int32) {
		if c.hard > best.cost.hard {
			return
		}
		c.soft += s.mixWith(t, p, in) - s.mixes[t] + s.mixWith(u, out, p) - s.mixes[u]
		if !c.less(best.cost) || max(s.locked[p], s.locked[q]) > step && !s.total.plus(c).less(before) {
			return // no better, or moved lately
		}
		best = change{p, out, u, c}
	}
	try(s.link(q, t, p).minus(left).plus(s.link(p, u, q)).minus(s.links[q]), q, q)
	if u != s.bench() && len(s.tables[u]) < s.largest && (t == s.bench() || len(s.tables[t]) > s.smallest) {
		try(s.link(p, u, nobody).minus(left), nobody, nobody)
	}
	return best
}

// apply carries a change out.
func (s *search) apply(c change) {
	t := s.at[c.person]
	put := func(table, out, in int32) {
		list := s.tables[table]
		if out != nobody {
			i := slices.Index(list, out)
			list[i] = list[len(list)-1]
			list = list[:len(list)-1]
		}
		if in != nobody {
			list = append(list, in)
			s.at[in] = table
		}
		s.tables[table] = list
	}
	put(t, c.person, c.other)
	put(c.to, c.other, c.person)
	s.total = s.total.plus(c.cost)
	s.weighTable(t)
	s.weighTable(c.to)
}

// pick chooses a table that may be mended, and somebody there whose leaving may
// mend it; false when there is none.
func (s *search) pick() (person int32, ok bool) {
	for range 4 * len(s.bad) {
		t := s.bad[s.chance.IntN(len(s.bad))]
		mixing := t != s.bench() && s.mixes[t] > s.bestMix() && !s.mixedAsCanBe()
		var able []int32
		for _, p := range s.tables[t] {
			if mixing || t == s.bench() || s.links[p].hard > 0 || s.links[p].soft >= repeat {
				able = append(able, p)
			}
		}
		if len(able) > 0 {
			return able[s.chance.IntN(len(able))], true
		}
	}
	return 0, false
}

// improve exchanges people until the goal is reached or the effort is spent, and
// leaves the best seating that it saw.
func (s *search) improve() {
	n := len(s.at)
	s.work, s.reach = effort+effortForPerson*n, min(nearby, n)
	best, kept := s.total, []int32(nil)
	for step := 1; s.work > 0; step++ {
		if s.done() {
			if s.forced == 0 {
				break
			}
			s.work = min(s.work, polish) // pairs that must repeat: those who met least often
		}
		p, ok := s.pick()
		if !ok {
			break
		}
		c := s.look(p, step, best)
		if c.person == nobody {
			s.work -= n // nobody may be moved just now
			s.reach = n
			continue
		}
		if !c.cost.less(cost{}) {
			if s.reach < n {
				s.reach = min(n, 4*s.reach)
				continue
			}
			if kept == nil {
				kept = slices.Clone(s.at)
			}
		}
		s.apply(c)
		lock := step + 2 + s.chance.IntN(4+min(len(s.tables), 20))
		s.locked[c.person] = lock
		if c.other != nobody {
			s.locked[c.other] = lock
		}
		if s.total.less(best) {
			best, kept = s.total, nil
		}
		if c.cost.less(cost{}) {
			s.reach = min(nearby, n)
		}
	}
	if kept != nil && best.less(s.total) {
		*s = *newSearch(s.room, s.seatedAt(kept), s.chance)
	}
}

// mends reports whether a change does more than share repeats out better.
func (c cost) mends() bool { return c.hard < 0 || c.hard == 0 && c.soft <= -repeat/2 }

// look finds the best change for a person among as many others as the reach says;
// as long as these are not all, the first that mends something will do.
func (s *search) look(p int32, step int, before cost) change {
	n := len(s.at)
	best := change{person: nobody, cost: cost{hard: 1 << 62}}
	t := s.at[p]
	left := s.links[p]
	from := s.chance.IntN(n)
	for i := range s.reach {
		q := int32((from + i) % n)
		if s.reach < n {
			q = int32(s.chance.IntN(n))
		}
		if s.at[q] != t {
			best = s.consider(p, q, left, step, best, before)
			if s.reach < n && best.cost.mends() {
				s.work -= i
				return best
			}
		}
	}
	s.work -= s.reach
	return best
}

// seatedAt returns the tables in which everybody is where at says.
func (s *search) seatedAt(at []int32) [][]int32 {
	out := make([][]int32, len(s.tables))
	for p, t := range at {
		out[t] = append(out[t], int32(p))
	}
	return out
}
