package seating

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Ladder says in which band a level is. Its keys are folded: ask Band.
type Ladder map[string]Band

// Band returns the band of a level, BandUnknown for one that the ladder does not
// have. Capitals and blanks do not matter.
func (l Ladder) Band(level string) Band { return l[foldLevel(level)] }

// Ranked makes a ladder of an organisation's levels, named in the order in which
// they rank from either end. Held are the levels of the people, one entry for
// each, so that the bands become as even as the levels allow; none counts each
// level once. A level that is not named is in no band.
func Ranked(names, held []string) Ladder {
	weight := map[string]int{}
	for _, level := range held {
		weight[foldLevel(level)]++
	}
	var steps []step
	seen := map[string]bool{"": true}
	for _, name := range names {
		key := foldLevel(name)
		if seen[key] {
			continue
		}
		seen[key] = true
		people := 1
		if len(held) > 0 {
			people = weight[key]
		}
		steps = append(steps, step{rank: len(steps), levels: []string{key}, people: people})
	}
	return cut(steps)
}

// Found makes a ladder of levels as a register holds them, one entry for each
// person. It orders them by the words for ranks that they contain ("Head of …",
// "Senior Officer"), or, where most people's levels have none, by a number behind
// the same word ("Level 1", "Grade 7b"). A level with neither is in no band:
// nothing is guessed, and nothing else of a person is looked at.
func Found(held []string) Ladder {
	weight := map[string]int{}
	for _, level := range held {
		if key := foldLevel(level); key != "" {
			weight[key]++
		}
	}
	words, numbers := scale{}, map[string]scale{}
	for key, people := range weight {
		if rank, ok := wordRank(key); ok {
			words.add(rank, key, people)
		}
		if before, number, ok := numberRank(key); ok {
			if numbers[before] == nil {
				numbers[before] = scale{}
			}
			numbers[before].add(number, key, people)
		}
	}
	best := words
	for _, before := range slices.Sorted(maps.Keys(numbers)) {
		if numbers[before].people() > best.people() {
			best = numbers[before]
		}
	}
	return cut(best.steps())
}

// step is one rung: the levels of one rank, and how many people are on it.
type step struct {
	rank   int
	levels []string
	people int
}

// scale gathers rungs by rank.
type scale map[int]step

func (s scale) add(rank int, level string, people int) {
	s[rank] = step{rank: rank, levels: append(s[rank].levels, level), people: s[rank].people + people}
}

func (s scale) people() int {
	n := 0
	for _, rung := range s {
		n += rung.people
	}
	return n
}

func (s scale) steps() []step {
	return slices.SortedFunc(maps.Values(s), func(a, b step) int { return cmp.Compare(a.rank, b.rank) })
}

// cut divides the rungs into three bands of neighbours, or fewer where there are
// fewer rungs, so that the squares of the bands' people add up to least.
func cut(steps []step) Ladder {
	before := make([]int, len(steps)+1) // people on the rungs below
	for i, s := range steps {
		before[i+1] = before[i] + s.people
	}
	square := func(from, to int) int { n := before[to] - before[from]; return n * n }
	one, two := min(1, len(steps)), min(2, len(steps))
	for i := one; i <= len(steps)-2; i++ {
		for j := i + 1; j <= len(steps)-1; j++ {
			if square(0, i)+square(i, j)+square(j, len(steps)) < square(0, one)+square(one, two)+square(two, len(steps)) {
				one, two = i, j
			}
		}
	}
	ladder := Ladder{}
	for i, s := range steps {
		band := BandThree
		switch {
		case i < one:
			band = BandOne
		case i < two:
			band = BandTwo
		}
		for _, level := range s.levels {
			ladder[level] = band
		}
	}
	return ladder
}

func foldLevel(level string) string {
	return strings.Join(strings.Fields(strings.ToLower(level)), " ")
}

// wordRank finds the highest word for a rank in a folded level. What stands
// behind "to" is somebody else's rank: an assistant to the director assists.
func wordRank(level string) (rank int, ok bool) {
	for word := range strings.FieldsFuncSeq(level, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if word == "to" {
			break
		}
		if r, known := rankOfWord[word]; known && (!ok || r > rank) {
			rank, ok = r, true
		}
	}
	return rank, ok
}

// numberRank takes "level 3" apart: the words before the number, and the number.
func numberRank(level string) (before string, number int, ok bool) {
	start := strings.IndexFunc(level, isDigit)
	if start < 0 {
		return "", 0, false
	}
	digits := level[start:]
	if end := strings.IndexFunc(digits, func(r rune) bool { return !isDigit(r) }); end >= 0 {
		digits = digits[:end]
	}
	number, err := strconv.Atoi(digits)
	return strings.TrimRight(level[:start], " .:-–#"), number, err == nil
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }
