package seating

import (
	"fmt"
	"slices"
)

// History is all rounds that have been, oldest first. The zero value is none.
// It keeps one number for each person and round: 52 rounds of 10,000 people take
// 2 MB. A copy shares what it holds with the original, and either may go on by itself.
// It is not for use by several goroutines while one of them adds.
type History struct {
	index  map[string]int32 // person → number, in the order in which people came
	rounds [][]int32        // of each round, by number: the table from 1, or absent or satOut
}

const (
	absent int32 = 0
	satOut int32 = -1
)

// Rounds returns how many rounds there were.
func (h *History) Rounds() int { return len(h.rounds) }

// Add appends a round as it went out. It refuses a plan in which somebody stands
// twice, and then changes nothing. People who stand nowhere in the plan were not
// part of the round.
func (h *History) Add(p Plan) error {
	seen, newcomers := map[string]bool{}, 0
	for id := range p.everybody() {
		if seen[id] {
			return fmt.Errorf("%.80q stands twice in round %d; a person has one place in a round", id, len(h.rounds)+1)
		}
		seen[id] = true
		if _, known := h.index[id]; !known {
			newcomers++
		}
	}
	if h.index == nil {
		h.index = map[string]int32{}
	}
	round := make([]int32, len(h.index), len(h.index)+newcomers)
	note := func(id string, where int32) {
		number, known := h.index[id]
		if !known {
			number = int32(len(h.index))
			h.index[id] = number
			round = append(round, where)
		}
		round[number] = where
	}
	for t, table := range p.Tables {
		for _, id := range table {
			note(id, int32(t)+1)
		}
	}
	for _, id := range p.Out {
		note(id, satOut)
	}
	h.rounds = append(slices.Clip(h.rounds), round)
	return nil
}

// Meetings counts, over all rounds, the pairs that met, those of them that met
// more than once, and how often the pair met that met most.
func (h *History) Meetings() (pairs, repeated, most int) {
	var met []uint64
	for _, round := range h.rounds {
		tables := map[int32][]int32{}
		for number, table := range round {
			if table <= absent {
				continue
			}
			for _, other := range tables[table] {
				met = append(met, uint64(other)<<32|uint64(number))
			}
			tables[table] = append(tables[table], int32(number))
		}
	}
	slices.Sort(met)
	for from := 0; from < len(met); {
		to := from + 1
		for to < len(met) && met[to] == met[from] {
			to++
		}
		pairs++
		most = max(most, to-from)
		if to-from > 1 {
			repeated++
		}
		from = to
	}
	return pairs, repeated, most
}
