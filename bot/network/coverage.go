package network

import (
	"cmp"
	"slices"
	"strings"
)

// Department is a part of the organisation as the register of people knows it.
type Department struct {
	Name       string
	Colleagues int // active people recorded in it
}

// Row is one department of the table "who is with us". People stand by name.
type Row struct {
	Department string // empty for people without a recorded one
	Colleagues int
	Lead       []Evangelist
	Support    []Evangelist
	Follow     []Evangelist
}

// Hole reports whether nobody active leads or supports in a department that is
// known and has people.
func (r Row) Hole() bool {
	active := func(e Evangelist) bool { return !e.Inactive }
	return r.Department != "" && r.Colleagues > 0 &&
		!slices.ContainsFunc(r.Lead, active) && !slices.ContainsFunc(r.Support, active)
}

// Coverage is who is with us, by department in the order of the alphabet; people
// without a recorded department come last.
type Coverage struct{ Rows []Row }

// Cover arranges the people who are with us by department. It is what leads see,
// with holes and inactive accounts; Public is for everybody.
func Cover(departments []Department, with []Evangelist) Coverage {
	rows := map[string]*Row{}
	for _, d := range departments {
		if d.Name != "" {
			rows[d.Name] = &Row{Department: d.Name, Colleagues: d.Colleagues}
		}
	}
	for _, e := range with {
		row := rows[e.Department]
		if row == nil {
			row = &Row{Department: e.Department}
			rows[e.Department] = row
		}
		switch e.Part {
		case Leads:
			row.Lead = append(row.Lead, e)
		case Supports:
			row.Support = append(row.Support, e)
		case Follows:
			row.Follow = append(row.Follow, e)
		}
	}
	var c Coverage
	for _, row := range rows {
		for _, cell := range [][]Evangelist{row.Lead, row.Support, row.Follow} {
			slices.SortFunc(cell, byName)
		}
		c.Rows = append(c.Rows, *row)
	}
	slices.SortFunc(c.Rows, func(a, b Row) int {
		if last := cmp.Compare(boolInt(a.Department == ""), boolInt(b.Department == "")); last != 0 {
			return last
		}
		return cmp.Or(cmp.Compare(strings.ToLower(a.Department), strings.ToLower(b.Department)), cmp.Compare(a.Department, b.Department))
	})
	return c
}

func byName(a, b Evangelist) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Person, b.Person))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Public leaves out what only leads see: people whose accounts are inactive, and
// departments in which nobody is with us.
func (c Coverage) Public() Coverage {
	var out Coverage
	for _, row := range c.Rows {
		open := Row{Department: row.Department, Colleagues: row.Colleagues,
			Lead: active(row.Lead), Support: active(row.Support), Follow: active(row.Follow)}
		if len(open.Lead)+len(open.Support)+len(open.Follow) > 0 {
			out.Rows = append(out.Rows, open)
		}
	}
	return out
}

func active(cell []Evangelist) []Evangelist {
	var out []Evangelist
	for _, e := range cell {
		if !e.Inactive {
			out = append(out, e)
		}
	}
	return out
}

// Holes lists the departments in which nobody leads or supports. For leads only.
func (c Coverage) Holes() []string {
	var holes []string
	for _, row := range c.Rows {
		if row.Hole() {
			holes = append(holes, row.Department)
		}
	}
	return holes
}

// Count returns how many active people have each part.
func (c Coverage) Count() (lead, support, follow int) {
	for _, row := range c.Rows {
		lead += len(active(row.Lead))
		support += len(active(row.Support))
		follow += len(active(row.Follow))
	}
	return lead, support, follow
}
