package seating

import (
	"math/rand/v2"
	"slices"
)

// The two ways in which a table is to be mixed.
const (
	byDepartment = iota
	byBand
	ways
)

// never is the cost of a pair that is kept apart. Other costs of pairs are not
// negative.
const never int64 = -1

// cost is what a seating is judged by; lower is better. The digits of hard and
// soft are the duties in their order, see the constants.
type cost struct{ hard, soft int64 }

// The duties as digits. Each is worth more than all below it together, also
// summed over a room of 10,000 people.
const (
	forbidden int64 = 1 << 40 // hard: a pair that is kept apart
	twice     int64 = 1 << 20 // hard: somebody sits out again
	outside   int64 = 1       // hard: somebody sits out
	unmixed   int64 = 1 << 46 // soft: a table of one department, or of one band
	repeat    int64 = 1 << 30 // soft: a pair that met before
	// Below repeat: a meeting used up, how often, how lately, and how often those
	// who sit out did.
	first  int64 = 1
	often  int64 = 1 << 4
	most   int64 = 1 << 9
	lately int64 = often - 1
)

func (c cost) plus(d cost) cost  { return cost{c.hard + d.hard, c.soft + d.soft} }
func (c cost) minus(d cost) cost { return cost{c.hard - d.hard, c.soft - d.soft} }
func (c cost) less(d cost) bool {
	return c.hard < d.hard || c.hard == d.hard && c.soft < d.soft
}

// addPair adds the cost of a pair at one table.
func (c *cost) addPair(pair int64) {
	if pair == never {
		c.hard += forbidden
	} else {
		c.soft += pair
	}
}

// duty says how a way of mixing counts.
type duty uint8

const (
	free   duty = iota // no two people are known to differ
	may                // some tables can be mixed, not all: as many as can be
	should             // the people allow that every table is mixed
)

// room is everything that a seating of one round is judged by, with people as
// numbers.
type room struct {
	people            []Person
	smallest, largest int
	groups            [ways][]int32 // of each person; 0 is unknown
	duties            [ways]duty
	mixable           [ways]int // how many tables can be mixed at most
	rounds            int
	past              []int32   // of each person, the table in each round; others' numbers never match where there was none
	apart             [][]int32 // of each person, who is kept apart, sorted
	outs              []int32   // how often each sat out
	again             []bool    // sat out in the last round that the person was part of
	forced            int       // pairs that repeat in every seating of everybody, at least; known in a small room
	pairs             []int64   // the cost of every pair in a small room; nil in a large one
}

// smallRoom is up to how many people the costs of pairs are computed beforehand.
const smallRoom = 512

// newRoom numbers people in the given order.
func newRoom(people []Person, h History, o Options) *room {
	r := &room{people: people, rounds: len(h.rounds)}
	r.smallest, r.largest = o.sizes()
	numbers := make(map[string]int32, len(people))
	for i, p := range people {
		numbers[p.ID] = int32(i)
	}
	r.recall(h)
	r.keepApart(o.Apart, numbers)
	r.groupPeople()
	if n := len(people); n <= smallRoom {
		r.pairs = make([]int64, n*n)
		for a := range int32(n) {
			for b := range a {
				c := r.weigh(a, b)
				r.pairs[int(a)*n+int(b)], r.pairs[int(b)*n+int(a)] = c, c
			}
		}
		r.forced = r.forcedRepeats(n - r.fits(n))
	}
	return r
}

// recall turns the history round, so that what is asked together lies together.
func (r *room) recall(h History) {
	n := len(r.people)
	r.past, r.outs, r.again = make([]int32, n*r.rounds), make([]int32, n), make([]bool, n)
	for i, p := range r.people {
		number, known := h.index[p.ID]
		for at, round := range h.rounds {
			where := absent
			if known && int(number) < len(round) {
				where = round[number]
			}
			switch {
			case where > absent:
				r.again[i] = false
			case where == satOut:
				r.again[i] = true
				r.outs[i]++
			}
			if where <= absent {
				where = -int32(i) - 1
			}
			r.past[i*r.rounds+at] = where
		}
	}
}

func (r *room) keepApart(pairs [][2]string, numbers map[string]int32) {
	r.apart = make([][]int32, len(r.people))
	for _, pair := range pairs {
		a, here := numbers[pair[0]]
		b, there := numbers[pair[1]]
		if here && there && a != b {
			r.apart[a], r.apart[b] = append(r.apart[a], b), append(r.apart[b], a)
		}
	}
	for i, list := range r.apart {
		slices.Sort(list)
		r.apart[i] = slices.Compact(list)
	}
}

// groupPeople numbers departments and bands, and finds what mixing they allow.
func (r *room) groupPeople() {
	n := len(r.people)
	departments := map[string]int32{"": 0}
	for d := range r.groups {
		r.groups[d] = make([]int32, n)
	}
	for i, p := range r.people {
		number, known := departments[p.Department]
		if !known {
			number = int32(len(departments))
			departments[p.Department] = number
		}
		r.groups[byDepartment][i], r.groups[byBand][i] = number, int32(p.Band)
	}
	fewest := (r.fits(n) + r.largest - 1) / r.largest
	for d := range r.groups {
		r.mixable[d] = mixable(r.groups[d])
		switch {
		case r.mixable[d] == 0:
		case r.mixable[d] < fewest:
			r.duties[d] = may
		default:
			r.duties[d] = should
		}
	}
}

// mixable returns how many tables can be of two known groups: each takes two
// people of different ones.
func mixable(groups []int32) int {
	sizes := map[int32]int{}
	known, largest := 0, 0
	for _, g := range groups {
		if g != 0 {
			sizes[g]++
			known++
			largest = max(largest, sizes[g])
		}
	}
	return min(known-largest, known/2)
}

// fits returns how many of n people find a seat where nobody is kept apart.
func (r *room) fits(n int) int {
	for n > 0 && (n+r.largest-1)/r.largest > n/r.smallest {
		n--
	}
	return n
}

// met returns how often two people met, and how many rounds ago they last did; 1
// is the round before this one.
func (r *room) met(a, b int32) (times, ago int) {
	one := r.past[int(a)*r.rounds:][:r.rounds]
	other := r.past[int(b)*r.rounds:][:r.rounds]
	for i, table := range one {
		if table == other[i] {
			times++
			ago = r.rounds - i
		}
	}
	return times, ago
}

// weigh computes the cost of a pair.
func (r *room) weigh(a, b int32) int64 {
	if len(r.apart[a]) > 0 {
		if _, found := slices.BinarySearch(r.apart[a], b); found {
			return never
		}
	}
	times, ago := r.met(a, b)
	if times == 0 {
		return first
	}
	return repeat + min(int64(times-1), most)*often + max(0, lately+1-int64(ago))
}

// pair returns the cost of a pair.
func (r *room) pair(a, b int32) int64 {
	if r.pairs != nil {
		return r.pairs[int(a)*len(r.people)+int(b)]
	}
	return r.weigh(a, b)
}

// leave returns the cost of letting a person sit out.
func (r *room) leave(a int32) cost {
	c := cost{hard: outside, soft: min(int64(r.outs[a]), most) * often}
	if r.again[a] {
		c.hard += twice
	}
	return c
}

// mix returns the cost of a table's departments and bands.
func (r *room) mix(members []int32) int64 {
	total := int64(0)
	for d, duty := range r.duties {
		if duty == free {
			continue
		}
		mixed := isMixed(r.groups[d], members)
		switch {
		case duty == should && !mixed:
			total += unmixed
		case duty == may && mixed:
			total -= unmixed
		}
	}
	return total
}

func isMixed(groups []int32, members []int32) bool {
	first := int32(0)
	for _, m := range members {
		switch g := groups[m]; {
		case g == 0 || g == first:
		case first == 0:
			first = g
		default:
			return true
		}
	}
	return false
}

// table returns the cost of a table.
func (r *room) table(members []int32) cost {
	c := cost{soft: r.mix(members)}
	for i, a := range members {
		for _, b := range members[:i] {
			c.addPair(r.pair(a, b))
		}
	}
	return c
}

// shuffled returns people in an order that chance alone decides.
func shuffled(people []Person, chance *rand.Rand) []Person {
	out := slices.Clone(people)
	chance.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
