package seating

import "math/bits"

// fewPeople is up to how many people the best seating is found by trying all.
const fewPeople = 15

// best returns the seating of least cost, tables of people's numbers; whoever is
// at none sits out. It tries every one, so it is for few people only.
func (r *room) best() [][]int32 {
	n := len(r.people)
	e := exact{room: r, from: make([][]option, n), known: make([]bool, 1<<n), least: make([]cost, 1<<n), first: make([]uint16, 1<<n)}
	for mask := 1; mask < 1<<n; mask++ {
		if size := bits.OnesCount(uint(mask)); size < r.smallest || size > r.largest {
			continue
		}
		if c := r.table(numbersOf(uint16(mask))); c.hard == 0 {
			lowest := bits.TrailingZeros(uint(mask))
			e.from[lowest] = append(e.from[lowest], option{uint16(mask), c})
		}
	}
	var tables [][]int32
	rest := uint16(1<<n - 1)
	e.solve(rest)
	for rest != 0 {
		table := e.first[rest]
		if bits.OnesCount16(table) > 1 {
			tables = append(tables, numbersOf(table))
		}
		rest &^= table
	}
	return tables
}

// exact remembers the best seating of every set of people that was asked for.
type exact struct {
	*room
	from  [][]option // tables, by their person of lowest number
	known []bool
	least []cost
	first []uint16 // the table of the lowest person; that person alone sits out
}

type option struct {
	table uint16
	cost  cost
}

func (e *exact) solve(rest uint16) cost {
	if rest == 0 || e.known[rest] {
		return e.least[rest]
	}
	lowest := bits.TrailingZeros16(rest)
	alone := uint16(1) << lowest
	least, first := e.leave(int32(lowest)).plus(e.solve(rest&^alone)), alone
	for _, o := range e.from[lowest] {
		if o.table&^rest != 0 {
			continue
		}
		if c := o.cost.plus(e.solve(rest &^ o.table)); c.less(least) {
			least, first = c, o.table
		}
	}
	e.known[rest], e.least[rest], e.first[rest] = true, least, first
	return least
}

func numbersOf(mask uint16) []int32 {
	var out []int32
	for ; mask != 0; mask &= mask - 1 {
		out = append(out, int32(bits.TrailingZeros16(mask)))
	}
	return out
}
