package seating

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Plan is the seating of one round: who sits together, and who sits out. It is a
// value: an edit returns a new plan and leaves the old one as it was. Tables are
// numbered from 1 wherever people read of them.
type Plan struct {
	Tables [][]string `json:"tables"`
	Out    []string   `json:"out"`
}

// everybody runs through all places of the plan.
func (p Plan) everybody() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, table := range p.Tables {
			for _, id := range table {
				if !yield(id) {
					return
				}
			}
		}
		for _, id := range p.Out {
			if !yield(id) {
				return
			}
		}
	}
}

// clone copies the plan to its leaves, so that lists are never shared nor nil.
func (p Plan) clone() Plan {
	out := Plan{Tables: make([][]string, len(p.Tables)), Out: append([]string{}, p.Out...)}
	for i, table := range p.Tables {
		out.Tables[i] = append([]string{}, table...)
	}
	return out
}

// seat is a place in a plan: a table from 0, or out of range for who sits out.
type seat struct{ table, at int }

// find returns where a person stands, with a sentence where that is not one place.
func (p Plan) find(id string) (seat, error) {
	var found []seat
	for t, table := range append(slices.Clone(p.Tables), p.Out) {
		for at, other := range table {
			if other == id {
				found = append(found, seat{t, at})
			}
		}
	}
	switch len(found) {
	case 0:
		return seat{}, fmt.Errorf("%.80q stands neither at a table nor among those who sit out; check the name, or seat the round anew", id)
	case 1:
		return found[0], nil
	}
	return seat{}, fmt.Errorf("%.80q stands in this plan %d times; take the extra places away first", id, len(found))
}

// list is the table of a place, or the list of those who sit out.
func (p *Plan) list(s seat) *[]string {
	if s.table == len(p.Tables) {
		return &p.Out
	}
	return &p.Tables[s.table]
}

// Swap exchanges the places of two people; either may be among those who sit
// out. It checks no rule but that both are there and do not share a place: Prove
// shows what the edit does.
func (p Plan) Swap(a, b string) (Plan, error) {
	from, err := p.find(a)
	if err != nil {
		return p, err
	}
	to, err := p.find(b)
	if err != nil {
		return p, err
	}
	if from.table == to.table {
		return p, fmt.Errorf("%.80q and %.80q are in the same place already, so there is nothing to swap", a, b)
	}
	edited := p.clone()
	(*edited.list(from))[from.at], (*edited.list(to))[to.at] = b, a
	return edited.sorted(), nil
}

// Move seats a person at another table, 1 being the first; one more than there
// are opens a new table, and 0 lets the person sit out. A table that is left
// empty is taken away, and those behind it move up. It checks no rule but that
// there is such a person and such a table: Prove shows what the edit does.
func (p Plan) Move(person string, table int) (Plan, error) {
	from, err := p.find(person)
	if err != nil {
		return p, err
	}
	if table < 0 || table > len(p.Tables)+1 {
		return p, fmt.Errorf("there is no table %d; choose 1 to %d, %d for a new one, or 0 to sit out", table, len(p.Tables), len(p.Tables)+1)
	}
	edited := p.clone()
	list := edited.list(from)
	*list = slices.Delete(*list, from.at, from.at+1)
	switch {
	case table == 0 && from.table == len(p.Tables):
		return p, fmt.Errorf("%.80q sits out already, so there is nothing to move", person)
	case table == 0:
		edited.Out = append(edited.Out, person)
	case table == from.table+1 && from.table < len(p.Tables):
		return p, fmt.Errorf("%.80q sits at table %d already, so there is nothing to move", person, table)
	case table == len(p.Tables)+1:
		edited.Tables = append(edited.Tables, []string{person})
	default:
		edited.Tables[table-1] = append(edited.Tables[table-1], person)
	}
	edited.Tables = slices.DeleteFunc(edited.Tables, func(t []string) bool { return len(t) == 0 })
	return edited.sorted(), nil
}

// sorted puts the people of each table, and those who sit out, in the order of
// ids. The tables keep their numbers.
func (p Plan) sorted() Plan {
	for _, table := range p.Tables {
		slices.Sort(table)
	}
	slices.Sort(p.Out)
	return p
}

// ordered also puts the tables in order, by who comes first at each.
func (p Plan) ordered() Plan {
	p.sorted()
	slices.SortFunc(p.Tables, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return p
}
