package seating

import (
	"cmp"
	"slices"
)

// part makes an end of pairs at one table who are kept apart, also when that
// means fewer tables and people who sit out.
func (s *search) part() *search {
	p := parting{room: s.room, out: slices.Clone(s.tables[s.bench()])}
	for _, table := range s.tables[:s.bench()] {
		p.take(slices.Clone(table))
	}
	p.settle()
	for p.open() {
		p.settle()
	}
	if len(p.tables) == 0 {
		if table := s.anyTable(); table != nil {
			p.tables = append(p.tables, table)
			p.out = slices.DeleteFunc(p.out, func(q int32) bool { return slices.Contains(table, q) })
			p.settle()
		}
	}
	again := newSearch(s.room, append(p.tables, p.out), s.chance)
	if len(p.tables) > 0 && len(p.out) > 0 {
		again.improve()
	}
	return again
}

// parting is a seating in which nobody sits with somebody who is kept apart.
type parting struct {
	*room
	tables [][]int32
	out    []int32
}

// clashes counts with how many of a list a person may not sit.
func (r *room) clashes(p int32, list []int32) int {
	n := 0
	for _, q := range list {
		if _, found := slices.BinarySearch(r.apart[p], q); found {
			n++
		}
	}
	return n
}

// take keeps what may stay of a table: those who clash most leave it, and all do
// when too few are left.
func (p *parting) take(table []int32) {
	for {
		worst := 0
		for i, q := range table {
			if p.clashes(q, table) > p.clashes(table[worst], table) {
				worst = i
			}
		}
		if len(table) == 0 || p.clashes(table[worst], table) == 0 {
			break
		}
		p.out = append(p.out, table[worst])
		table = slices.Delete(table, worst, worst+1)
	}
	if len(table) < p.smallest {
		p.out = append(p.out, table...)
		return
	}
	p.tables = append(p.tables, table)
}

// settle seats those who sit out wherever there is room and nobody they are kept
// apart from; who sat out last time chooses first, then who is hardest to seat.
func (p *parting) settle() {
	slices.SortStableFunc(p.out, func(a, b int32) int {
		return cmp.Or(-cmp.Compare(boolInt(p.again[a]), boolInt(p.again[b])), -cmp.Compare(len(p.apart[a]), len(p.apart[b])))
	})
	p.out = slices.DeleteFunc(p.out, func(q int32) bool {
		at, least := -1, cost{}
		for t, table := range p.tables {
			if len(table) >= p.largest || p.clashes(q, table) > 0 {
				continue
			}
			if c := p.table(append(slices.Clone(table), q)).minus(p.table(table)); at < 0 || c.less(least) {
				at, least = t, c
			}
		}
		if at >= 0 {
			p.tables[at] = append(p.tables[at], q)
		}
		return at >= 0
	})
}

// open lays one more table for people who sit out, with guests from tables that
// can spare somebody; false when it cannot, and then nothing has changed.
func (p *parting) open() bool {
	for _, host := range p.out {
		table := []int32{host}
		for _, q := range p.out {
			if len(table) < p.smallest && q != host && p.clashes(q, table) == 0 {
				table = append(table, q)
			}
		}
		for _, other := range p.tables {
			if len(table) == p.smallest {
				break
			}
			guest := slices.IndexFunc(other, func(q int32) bool { return p.clashes(q, table) == 0 })
			if len(other) > p.smallest && guest >= 0 {
				table = append(table, other[guest])
			}
		}
		if len(table) < p.smallest {
			continue
		}
		sits := func(q int32) bool { return slices.Contains(table, q) }
		p.out = slices.DeleteFunc(p.out, sits)
		for t := range p.tables {
			p.tables[t] = slices.DeleteFunc(p.tables[t], sits)
		}
		p.tables = append(p.tables, table)
		return true
	}
	return false
}

// anyTable returns some people who may sit at one table, nil when there are none.
func (r *room) anyTable() []int32 {
	var able []int32
	for p := range r.people {
		if !r.lonely(p) {
			able = append(able, int32(p))
		}
	}
	var with func(table, rest []int32) []int32
	with = func(table, rest []int32) []int32 {
		if len(table) == r.smallest {
			return table
		}
		for i, q := range rest {
			if r.clashes(q, table) == 0 {
				if found := with(append(slices.Clip(table), q), rest[i+1:]); found != nil {
					return found
				}
			}
		}
		return nil
	}
	return with(nil, able)
}

// lonely reports whether a person may sit with too few others for any table.
func (r *room) lonely(p int) bool { return len(r.people)-len(r.apart[p]) < r.smallest }
