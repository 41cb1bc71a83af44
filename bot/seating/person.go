package seating

import (
	"fmt"
	"slices"
)

// Band is one of three coarse parts of an organisation's levels. It mixes tables
// and is never shown beside a name. Which end of the ladder is BandOne does not
// matter to a seating.
type Band uint8

// The bands. Who has none is never given one: an unknown band neither counts as
// a band of its own nor as any of the three.
const (
	BandUnknown Band = iota
	BandOne
	BandTwo
	BandThree
)

// Person is somebody who may be seated. ID names the person in plans and is
// unique. An empty department is unknown.
type Person struct {
	ID         string
	Department string
	Band       Band
}

// The sizes that a table may have.
const (
	FewestAtATable = 3
	MostAtATable   = 6
)

// Options are what holds for one round. The zero value is tables of three to six
// for everybody.
type Options struct {
	// Smallest and Largest are how many sit at a table; 0 is 3 and 6. Tables are
	// as small as the range and the people allow: two can meet for the first
	// time only once, and small tables use fewest of these meetings up.
	Smallest, Largest int
	// Apart are pairs who never share a table, in either order. Ids that nobody
	// has are passed over.
	Apart [][2]string
	// Snoozed are left out of the round. They do not count as sitting out.
	Snoozed []string
}

// Check says what is wrong with the sizes, in a sentence; nil when nothing is.
func (o Options) Check() error {
	smallest, largest := o.sizes()
	switch {
	case smallest < FewestAtATable || largest > MostAtATable:
		return fmt.Errorf("a table has %d to %d people, so it cannot be for %d to %d; choose sizes in between, such as 3 to 6", FewestAtATable, MostAtATable, smallest, largest)
	case smallest > largest:
		return fmt.Errorf("the smallest table (%d) is larger than the largest (%d); name the smaller number first", smallest, largest)
	}
	return nil
}

func (o Options) sizes() (smallest, largest int) {
	smallest, largest = o.Smallest, o.Largest
	if smallest == 0 {
		smallest = FewestAtATable
	}
	if largest == 0 {
		largest = MostAtATable
	}
	return smallest, largest
}

// checkPeople refuses a register in which people cannot be told apart.
func checkPeople(people []Person) error {
	seen := make(map[string]bool, len(people))
	for _, p := range people {
		switch {
		case p.ID == "":
			return fmt.Errorf("somebody in %.40q has no id and could not be told from others; give everybody one", p.Department)
		case seen[p.ID]:
			return fmt.Errorf("%.80q stands twice among the people; keep one of the two", p.ID)
		case p.Band > BandThree:
			return fmt.Errorf("%.80q has a level band that there is not; there are three, and unknown", p.ID)
		}
		seen[p.ID] = true
	}
	return nil
}

// present returns who takes part in a round, in the order of ids, so that the
// order in which a register is read decides nothing.
func (o Options) present(people []Person) []Person {
	away := make(map[string]bool, len(o.Snoozed))
	for _, id := range o.Snoozed {
		away[id] = true
	}
	var here []Person
	for _, p := range people {
		if !away[p.ID] {
			here = append(here, p)
		}
	}
	slices.SortFunc(here, func(a, b Person) int {
		switch {
		case a.ID < b.ID:
			return -1
		case a.ID > b.ID:
			return 1
		}
		return 0
	})
	return here
}
