package seating

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// seat returns the tables of a round, as people's numbers; whoever is at none
// sits out.
func (r *room) seat(chance *rand.Rand) [][]int32 {
	if len(r.people) <= fewPeople {
		return r.best()
	}
	s := r.searched(chance)
	return s.tables[:s.bench()]
}

// searched returns the best seating that the search finds.
func (r *room) searched(chance *rand.Rand) *search {
	var best *search
	for _, tables := range r.trials() {
		s := newSearch(r, r.deal(tables, chance), chance)
		s.improve()
		if s.total.hard >= forbidden {
			s = s.part()
		}
		if best == nil || s.total.less(best.total) {
			best = s
		}
		if best.done() {
			break
		}
	}
	return best
}

// trials lists at how many tables a seating is tried: as many as there can be
// and can be mixed, because small tables use fewest first meetings up; and where
// that is not enough, again, and at fewer.
func (r *room) trials() []int {
	seated := r.fits(len(r.people))
	fewest, wanted := (seated+r.largest-1)/r.largest, seated/r.smallest
	for d, duty := range r.duties {
		if duty == should {
			wanted = min(wanted, r.mixable[d])
		}
	}
	trials := []int{wanted, wanted}
	for _, tables := range []int{wanted - 1, fewest} {
		if tables >= fewest && tables < trials[len(trials)-1] {
			trials = append(trials, tables)
		}
	}
	return trials
}

// deal gives everybody a seat at one of so many tables, equally many at each but
// for one, those of one group apart: whoever it is harder to mix by decides.
// Those who sat out least often and not last time sit out when not all fit.
func (r *room) deal(tables int, chance *rand.Rand) [][]int32 {
	order := make([]int32, len(r.people))
	for i := range order {
		order[i] = int32(i)
	}
	chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	out := len(order) - min(r.fits(len(order)), tables*r.largest)
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(boolInt(r.again[a]), boolInt(r.again[b])), cmp.Compare(r.outs[a], r.outs[b]))
	})
	dealt := make([][]int32, tables+1)
	dealt[tables] = slices.Clone(order[:out])
	order = order[out:]
	chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	way := r.harder(tables)
	if way != noWay {
		sortByGroup(order, r.groups[way], tables)
	}
	if way != noWay && r.duties[way] == may {
		order = pairsFirst(order, r.groups[way], dealt[:tables])
	}
	fill(dealt[:tables], order)
	return dealt
}

// fill deals people to tables in turn, the emptier ones first.
func fill(tables [][]int32, order []int32) {
	for size := 1; len(order) > 0; size++ {
		for t := range tables {
			if len(tables[t]) < size && len(order) > 0 {
				tables[t], order = append(tables[t], order[0]), order[1:]
			}
		}
	}
}

// noWay is no way of mixing.
const noWay = -1

// harder returns the way in which so many tables are harder to mix, noWay when
// no way counts.
func (r *room) harder(tables int) int {
	way, spare := noWay, 0
	for d, duty := range r.duties {
		if left := r.mixable[d] - tables; duty != free && (way == noWay || left < spare) {
			way, spare = d, left
		}
	}
	return way
}

// sortByGroup puts the groups one behind the other, in an order of chance, but
// those first that every table gets somebody from, and the unknown last. Dealt in
// turn, all tables are mixed where that is possible.
func sortByGroup(order, groups []int32, tables int) {
	sizes, place := map[int32]int{}, map[int32]int{}
	for i, p := range order {
		g := groups[p]
		sizes[g]++
		if _, seen := place[g]; !seen {
			place[g] = i
		}
	}
	for g, size := range sizes {
		switch {
		case g == 0:
			place[g] = len(order)
		case size >= tables:
			place[g] = -size // the largest first
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(place[groups[a]], place[groups[b]]), cmp.Compare(groups[a], groups[b]))
	})
}

// pairsFirst seats two of different groups at as many of the tables as there are
// such pairs, and returns the others. The order is by group.
func pairsFirst(order, groups []int32, tables [][]int32) []int32 {
	pairs := min(mixable(groupsOf(groups, order)), len(tables))
	if pairs == 0 {
		return order
	}
	sortByGroup(order, groups, pairs)
	largest := 0 // how many of the first group could make no pair
	for largest < len(order) && groups[order[largest]] == groups[order[0]] {
		largest++
	}
	spare := max(0, largest-pairs)
	for i, p := range order[spare : spare+2*pairs] {
		tables[i%pairs] = append(tables[i%pairs], p)
	}
	return slices.Concat(order[:spare], order[spare+2*pairs:])
}

func groupsOf(groups, people []int32) []int32 {
	out := make([]int32, len(people))
	for i, p := range people {
		out[i] = groups[p]
	}
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
