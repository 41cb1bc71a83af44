package seating

import (
	"maps"
	"slices"
)

// Proof is what a plan does, checked against the people, the history and the
// options, whoever made it. Lists are in the order of tables, or of ids.
type Proof struct {
	People int         // take part: everybody but the snoozed
	Seated int         // of those
	Pairs  int         // pairs of them at the tables
	Sizes  map[int]int // how many tables have so many people
	Tables int

	Again         []Meeting // pairs that met before
	OneDepartment []int     // tables of which no two people are known to be of different departments
	OneBand       []int     // and of different bands
	Out           []string  // sit out
	OutAgain      []string  // of those, who also did so in the last round that they were part of

	// What must not be. Together are pairs who are kept apart, with the table
	// that they share; WrongSize are tables. Unknown stand in the plan and not
	// among the people, Doubled more than once, Snoozed although they are; Missing
	// stand nowhere.
	Together                           []Meeting
	WrongSize                          []int
	Unknown, Doubled, Snoozed, Missing []string

	KnownDepartment, KnownBand int // of how many of the people it is known
	Least                      Least

	smallest, largest, rounds int
	laid                      bool // a table can be laid at all
}

// Meeting is a pair at one table. Times is how often the two met before, Ago how
// many rounds ago they last did: 1 is the round before.
type Meeting struct {
	A, B       string
	Table      int
	Times, Ago int
}

// Least is how much of each at least is in every plan that keeps apart whom it
// must: what could not be avoided. For up to fifteen people it is what the best of
// all plans has, in the order of duties, and Exact is set; for more it is what
// counting proves, so that more may have been unavoidable. Tables that are not
// mixed are counted for as many tables as the plan has, and repeats for as many
// people at tables. Nothing here is more than the plan itself has.
type Least struct {
	Out, OutAgain, OneDepartment, OneBand, Again int
	Exact                                        bool
}

// Kept reports whether the plan may go out: nobody shares a table with somebody
// they are kept apart from, every table has a right size, and everybody who takes
// part, and nobody else, has one place.
func (p Proof) Kept() bool {
	return len(p.Together)+len(p.WrongSize)+len(p.Unknown)+len(p.Doubled)+len(p.Snoozed)+len(p.Missing) == 0
}

// Prove checks a plan, also one that was edited by hand. The history is the one
// that the plan was made for, without the plan itself. It fails only when the
// options' sizes or the people are wrong, with a sentence.
func Prove(plan Plan, people []Person, h History, o Options) (Proof, error) {
	if err := check(people, o); err != nil {
		return Proof{}, err
	}
	here := o.present(people)
	r := newRoom(here, h, o)
	p := Proof{People: len(here), Tables: len(plan.Tables), Sizes: map[int]int{}, smallest: r.smallest, largest: r.largest, rounds: r.rounds}
	for _, person := range here {
		if person.Department != "" {
			p.KnownDepartment++
		}
		if person.Band != BandUnknown {
			p.KnownBand++
		}
	}
	numbers := p.register(plan, people, here)
	seated := make([]bool, len(here))
	for t, table := range plan.Tables {
		p.Sizes[len(table)]++
		if len(table) < r.smallest || len(table) > r.largest {
			p.WrongSize = append(p.WrongSize, t+1)
		}
		for _, i := range p.table(r, t+1, table, numbers) {
			if !seated[i] {
				seated[i] = true
				p.Seated++
			}
		}
	}
	for _, id := range sortedSet(plan.Out) {
		if i, ok := numbers[id]; ok {
			p.Out = append(p.Out, id)
			if r.again[i] {
				p.OutAgain = append(p.OutAgain, id)
			}
		}
	}
	p.laid = len(plan.Tables) > 0 || r.anyTable() != nil
	p.Least = p.least(r)
	return p, nil
}

// register notes who has no or no single place, and who has no business in the
// plan. It returns the numbers of those who take part.
func (p *Proof) register(plan Plan, people, here []Person) map[string]int32 {
	numbers := make(map[string]int32, len(here))
	for i, person := range here {
		numbers[person.ID] = int32(i)
	}
	known := make(map[string]bool, len(people))
	for _, person := range people {
		known[person.ID] = true
	}
	places := map[string]int{}
	for id := range plan.everybody() {
		places[id]++
	}
	for _, id := range slices.Sorted(maps.Keys(places)) {
		_, takesPart := numbers[id]
		switch {
		case !known[id]:
			p.Unknown = append(p.Unknown, id)
		case !takesPart:
			p.Snoozed = append(p.Snoozed, id)
		}
		if places[id] > 1 {
			p.Doubled = append(p.Doubled, id)
		}
	}
	for _, person := range here {
		if places[person.ID] == 0 {
			p.Missing = append(p.Missing, person.ID)
		}
	}
	return numbers
}

// table looks at one table: its pairs and how mixed it is. Only those at it count
// who take part; it returns them.
func (p *Proof) table(r *room, number int, table []string, numbers map[string]int32) []int32 {
	var members []int32
	for _, id := range sortedSet(table) {
		if i, ok := numbers[id]; ok {
			members = append(members, i)
		}
	}
	for j, b := range members {
		for _, a := range members[:j] {
			p.Pairs++
			meeting := Meeting{A: r.people[a].ID, B: r.people[b].ID, Table: number}
			meeting.Times, meeting.Ago = r.met(a, b)
			if meeting.Times > 0 {
				p.Again = append(p.Again, meeting)
			}
			if r.pair(a, b) == never {
				p.Together = append(p.Together, meeting)
			}
		}
	}
	if !isMixed(r.groups[byDepartment], members) {
		p.OneDepartment = append(p.OneDepartment, number)
	}
	if !isMixed(r.groups[byBand], members) {
		p.OneBand = append(p.OneBand, number)
	}
	return members
}

func sortedSet(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// least finds what could not be avoided, as far as it can be proved.
func (p *Proof) least(r *room) Least {
	n := len(r.people)
	l := Least{OneDepartment: p.Tables - r.mixable[byDepartment], OneBand: p.Tables - r.mixable[byBand]}
	switch {
	case n <= fewPeople:
		l = r.leastOfFew()
	case !p.laid:
		l = Least{Out: n, OutAgain: n, Exact: true}
	default:
		l.Out, l.OutAgain = r.leastOut()
		if len(p.Again) > 0 {
			l.Again = r.forcedRepeats(n - p.Seated)
		}
	}
	l.Out, l.OutAgain = min(l.Out, len(p.Out)), min(l.OutAgain, len(p.OutAgain))
	l.OneDepartment, l.OneBand = max(0, min(l.OneDepartment, len(p.OneDepartment))), max(0, min(l.OneBand, len(p.OneBand)))
	l.Again = min(l.Again, len(p.Again))
	return l
}
