package seating

import "slices"

// fresh returns how many others each person can still meet for the first time:
// people who are there, are not kept apart and never shared a table.
func (r *room) fresh() []int {
	n := int32(len(r.people))
	tables := r.rosters()
	seen := make([]int32, n) // the person for whom another was last counted
	fresh := make([]int, n)
	for p := range n {
		mark, others := p+1, 0
		count := func(q int32) {
			if q != p && seen[q] != mark {
				seen[q] = mark
				others++
			}
		}
		for _, q := range r.apart[p] {
			count(q)
		}
		for round := range r.rounds {
			if table := r.past[int(p)*r.rounds+round]; table > absent {
				for _, q := range tables[round][table] {
					count(q)
				}
			}
		}
		fresh[p] = int(n) - 1 - others
	}
	return fresh
}

// rosters returns who sat at each table of each round, of those who are there.
func (r *room) rosters() []map[int32][]int32 {
	rosters := make([]map[int32][]int32, r.rounds)
	for round := range rosters {
		rosters[round] = map[int32][]int32{}
		for p := range r.people {
			if table := r.past[p*r.rounds+round]; table > absent {
				rosters[round][table] = append(rosters[round][table], int32(p))
			}
		}
	}
	return rosters
}

// forcedRepeats bounds from below how many pairs repeat when all but so many are
// seated: who has fewer people left to meet than sit at the smallest table meets
// some again, and each such pair serves two at most.
func (r *room) forcedRepeats(out int) int {
	var missing []int
	for _, left := range r.fresh() {
		missing = append(missing, max(0, r.smallest-1-left))
	}
	slices.Sort(missing)
	total := 0
	for _, n := range missing[:max(0, len(missing)-out)] {
		total += n
	}
	return (total + 1) / 2
}

// leastOut bounds from below how many sit out, and how many of them again: those
// for whom the tables' sizes leave no seat, or who may not sit with enough others.
func (r *room) leastOut() (out, again int) {
	n := len(r.people)
	lonely, lonelyAgain, first := 0, 0, 0
	for i := range r.people {
		if r.lonely(i) {
			lonely++
			lonelyAgain += boolInt(r.again[i])
		}
		first += boolInt(!r.again[i])
	}
	out = max(n-r.fits(n), lonely)
	return out, max(lonelyAgain, out-first)
}

// leastOfFew returns what the best of all seatings of few people has.
func (r *room) leastOfFew() Least {
	l := Least{Out: len(r.people), Exact: true}
	seated := make([]bool, len(r.people))
	for _, table := range r.best() {
		l.Out -= len(table)
		l.OneDepartment += boolInt(!isMixed(r.groups[byDepartment], table))
		l.OneBand += boolInt(!isMixed(r.groups[byBand], table))
		for j, b := range table {
			seated[b] = true
			for _, a := range table[:j] {
				l.Again += boolInt(r.pair(a, b) >= repeat)
			}
		}
	}
	for i, here := range seated {
		l.OutAgain += boolInt(!here && r.again[i])
	}
	return l
}
