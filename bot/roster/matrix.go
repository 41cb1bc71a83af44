package roster

import (
	"cmp"
	"slices"
	"time"

	"evangelist/bot"
)

// maxLevels is how many levels have a column of their own.
const maxLevels = 8

// The columns of those without a level and of the levels beyond maxLevels.
const (
	noLevel     = "No level recorded"
	otherLevels = "Other levels"
)

// Member is somebody with a part; all else of them stands in the register of people.
type Member struct {
	Person bot.PersonID
	Part   Part
}

// Named is somebody in the matrix, with what they are.
type Named struct {
	Person   bot.PersonID
	Name     string
	As       string // "representative", "deputy", "leads", "supports"
	Inactive bool
}

// Cell is one level of one department. People stand by name.
type Cell struct {
	Level      string
	Colleagues int // active people recorded there
	Named      []Named
	Followers  int
	Hole       bool // there are colleagues, and nobody active of them is with us
}

// Row is one department of the matrix.
type Row struct {
	ID             string // OfficeID, "" for people without a recorded department
	Department     string
	Colleagues     int
	With           int // active people who have a place, lead or support
	Cells          []Cell
	Hole           bool // nobody is with us in the whole department
	Since          time.Time
	Waits          int // asked, and the answer waits
	Representative Named
	Deputy         Named
}

// Missing lists the levels where nobody is.
func (r Row) Missing() []string {
	var out []string
	for _, cell := range r.Cells {
		if cell.Hole {
			out = append(out, cell.Level)
		}
	}
	return out
}

// Matrix is departments and levels in the order of the alphabet, for leads alone.
type Matrix struct {
	Levels     []string
	Rows       []Row
	Colleagues int
	With       int
}

// Departments counts the recorded departments that have colleagues, and those of
// them in which nobody is with us.
func (m Matrix) Departments() (all, holes int) {
	for _, row := range m.Rows {
		if row.Department != "" && row.Colleagues > 0 {
			all++
			if row.Hole {
				holes++
			}
		}
	}
	return all, holes
}

// picture is everything as it is at one moment, read once.
type picture struct {
	now     time.Time
	people  []bot.Person // of this organisation, inactive ones included, by name
	byID    map[bot.PersonID]bot.Person
	members map[bot.PersonID]Member
	offices []Office
	guests  map[bot.PersonID]Guest
	seen    map[bot.PersonID]Seen
	desk    Desk
	leads   []bot.PersonID
	places  map[bot.PersonID]held // who has a place, by person
}

// held is a place with its office.
type held struct {
	office Office
	post   Post
}

// index finds who has a place.
func (p *picture) index() {
	p.places = map[bot.PersonID]held{}
	for _, o := range p.offices {
		for _, post := range Posts() {
			if person := o.holder(post).Person; person != "" {
				p.places[person] = held{o, post}
			}
		}
	}
}

// place returns the office and the place that somebody has, "" for none.
func (p picture) place(person bot.PersonID) (Office, Post) {
	h := p.places[person]
	return h.office, h.post
}

// with reports whether somebody leads, supports or has a place.
func (p picture) with(person bot.PersonID) bool { return p.has(person) != "" }

// has says what somebody is, "" for nothing of which a lead would decide.
func (p picture) has(person bot.PersonID) string {
	if o, post := p.place(person); post != "" {
		return string(post) + " of " + o.Department
	}
	m := p.members[person]
	var what string
	switch m.Part {
	case Leads:
		what = "leads"
	case Supports:
		what = "supports"
	default:
		return ""
	}
	if department := p.byID[person].Department; department != "" {
		what += " in " + department
	}
	return what
}

// gone is who of those with a place cannot be reached, and whose place no lead keeps;
// away is who cannot be reached, kept or not.
func (p picture) gone() (gone, away map[bot.PersonID]bool) {
	gone, away = map[bot.PersonID]bool{}, map[bot.PersonID]bool{}
	for person := range p.places {
		who, known := p.byID[person]
		away[person] = !known || who.Inactive
		gone[person] = away[person] && !p.seen[person].Kept(p.now)
	}
	return gone, away
}

// columns are the levels of the matrix, and in which one a level stands.
func (p picture) columns() ([]string, func(string) string) {
	sizes := map[string]int{}
	for _, person := range p.people {
		if !person.Inactive || p.with(person.ID) {
			sizes[person.Level]++
		}
	}
	var levels []string
	for level := range sizes {
		if level != "" {
			levels = append(levels, level)
		}
	}
	own := map[string]bool{}
	slices.SortFunc(levels, func(a, b string) int { return cmp.Or(cmp.Compare(sizes[b], sizes[a]), alphabet(a, b)) })
	for _, level := range levels[:min(len(levels), maxLevels)] {
		own[level] = true
	}
	more := len(levels) > maxLevels
	levels = slices.Clone(levels[:min(len(levels), maxLevels)])
	slices.SortFunc(levels, alphabet)
	if more {
		levels = append(levels, otherLevels)
	}
	if sizes[""] > 0 {
		levels = append(levels, noLevel)
	}
	return levels, func(level string) string {
		switch {
		case level == "":
			return noLevel
		case own[level]:
			return level
		}
		return otherLevels
	}
}

// matrix arranges everybody by department and level.
func (p picture) matrix() Matrix {
	levels, column := p.columns()
	m := Matrix{Levels: levels}
	rows := map[string]*Row{}
	row := func(department string) *Row {
		r := rows[department]
		if r == nil {
			r = &Row{Department: department}
			if department != "" {
				r.ID = OfficeID(department)
			}
			for _, level := range levels {
				r.Cells = append(r.Cells, Cell{Level: level})
			}
			rows[department] = r
		}
		return r
	}
	for _, person := range p.people {
		o, post := p.place(person.ID)
		if person.Inactive && !p.with(person.ID) {
			continue
		}
		department := person.Department
		if post != "" {
			department = o.Department
		}
		m.count(row(person.Department), row(department), person, p.members[person.ID].Part, post, column(person.Level))
		if p.guests[person.ID].State.Waits() && !person.Inactive {
			row(p.guests[person.ID].Department).Waits++
		}
	}
	since := map[string]time.Time{}
	for _, o := range p.offices {
		since[o.Department] = o.Hole
	}
	for _, r := range rows {
		r.Hole = r.Department != "" && r.Colleagues > 0 && r.With == 0
		if r.Hole {
			r.Since = since[r.Department]
		}
		if r.Colleagues > 0 || r.With > 0 || r.Representative.Person != "" || r.Deputy.Person != "" || slices.ContainsFunc(r.Cells, func(c Cell) bool { return len(c.Named) > 0 }) {
			m.Rows = append(m.Rows, *r)
		}
	}
	slices.SortFunc(m.Rows, func(a, b Row) int {
		if (a.Department == "") != (b.Department == "") {
			return -cmp.Compare(a.Department, b.Department)
		}
		return alphabet(a.Department, b.Department)
	})
	return m
}

// count puts somebody into the matrix: as a colleague where they are recorded, and
// by name where they stand for something.
func (m *Matrix) count(recorded, stands *Row, person bot.Person, part Part, post Post, level string) {
	cell := func(r *Row) *Cell {
		return &r.Cells[slices.IndexFunc(r.Cells, func(c Cell) bool { return c.Level == level })]
	}
	if !person.Inactive {
		m.Colleagues++
		recorded.Colleagues++
		cell(recorded).Colleagues++
	}
	named := Named{Person: person.ID, Name: person.Name, Inactive: person.Inactive}
	switch {
	case post != "":
		named.As = string(post)
	case part == Leads:
		named.As = "leads"
	case part == Supports:
		named.As = "supports"
	default:
		if part == Follows && !person.Inactive {
			cell(recorded).Followers++
		}
		cell(recorded).hole()
		return
	}
	switch post {
	case Representative:
		stands.Representative = named
	case Deputy:
		stands.Deputy = named
	}
	cell(stands).Named = append(cell(stands).Named, named)
	if !person.Inactive {
		m.With++
		stands.With++
	}
	cell(recorded).hole()
	cell(stands).hole()
}

// hole notes whether nobody active is with us on a level that has people.
func (c *Cell) hole() {
	c.Hole = c.Colleagues > 0 && !slices.ContainsFunc(c.Named, func(n Named) bool { return !n.Inactive })
}

// holeAt reports whether nobody is with us in a department, or on somebody's level
// of it.
func (p picture) holeAt(department, level string) bool {
	_, column := p.columns()
	for _, row := range p.matrix().Rows {
		if row.Department != department || department == "" {
			continue
		}
		return row.Hole || slices.ContainsFunc(row.Cells, func(c Cell) bool { return c.Level == column(level) && c.Hole })
	}
	return false
}
