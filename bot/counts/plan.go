package counts

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// How far a department must grow or shrink before a plan that stands is changed.
const (
	admit = 25 // colleagues, from which it gets a slice of its own
	drop  = 15 // colleagues, below which it loses it; from here to twenty it stays, not shown
)

// Names of the slices that are no department.
const (
	wholeName = "The whole organisation"
	otherName = "Other departments"
)

// Plan is the set of slices: which departments stand by themselves, and which
// are "other departments" together. It is decided once, kept, and given again
// for every later period, so that tables can be compared and nothing follows
// from a change of the slices. The zero Plan has no departments.
type Plan struct {
	own   []string // in the order in which they are hidden: the smallest first, as it was decided
	other []string // in the order of the alphabet
}

// NewPlan decides on the slices of an organisation by its headcounts.
// Departments of twenty and more stand by themselves. All others, those without
// a known headcount and the colleagues without a department ("") are other
// departments; when these are fewer than twenty, the smallest department that
// could stand by itself joins them for good. A negative headcount, or no
// department, is a *RefusedError.
func NewPlan(departments map[string]Headcount) (Plan, error) {
	return decide(Plan{}, departments, least, least, least)
}

// Next returns the plan for a later period, with headcounts as they are now and
// all departments that there are. Departments that are new are other ones; those
// that are gone are left out. A slice ends below fifteen colleagues, a new one
// begins at twenty-five, and only when none or twenty-five remain among the
// others. Again with the same headcounts it returns the same plan. The Next of
// the zero Plan is a new one.
func (p Plan) Next(departments map[string]Headcount) (Plan, error) {
	if len(p.slices()) == 0 {
		return NewPlan(departments)
	}
	return decide(p, departments, drop, admit, drop)
}

// decide keeps the old slices of at least keep colleagues, adds those of at
// least enter, and has other departments be none or at least rest.
func decide(old Plan, departments map[string]Headcount, keep, enter, rest int) (Plan, error) {
	if len(departments) == 0 {
		return Plan{}, refuse(MissingDepartment, "There are no departments. Name them with their headcounts; one for all colleagues will do.")
	}
	for _, department := range slices.Sorted(maps.Keys(departments)) {
		if err := departments[department].check(department); err != nil {
			return Plan{}, err
		}
	}
	next := Plan{}
	for _, department := range old.own {
		if h, ok := departments[department]; ok && (!h.known || h.n >= keep) {
			next.own = append(next.own, department)
		}
	}
	for department := range departments {
		if !slices.Contains(next.own, department) {
			next.other = append(next.other, department)
		}
	}
	largestFirst := func(a, b string) int {
		return cmp.Or(cmp.Compare(departments[b].n, departments[a].n), cmp.Compare(a, b))
	}
	slices.SortFunc(next.other, largestFirst)
	first := len(old.slices()) == 0
	var entered []string
	for _, department := range slices.Clone(next.other) {
		h := departments[department]
		if department == "" || !h.known || h.n < enter {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(next.other), func(d string) bool { return d == department })
		if n, known := together(left, departments); first || !known || n == 0 || n >= enter {
			next.other, entered = left, append(entered, department)
		}
	}
	slices.Reverse(entered) // the smallest first
	next.own = append(next.own, entered...)
	next.fold(departments, rest)
	slices.Sort(next.other)
	return next, nil
}

// fold moves the smallest slices to the others until these are none or enough.
func (p *Plan) fold(departments map[string]Headcount, rest int) {
	for len(p.own) > 0 {
		n, known := together(p.other, departments)
		if !known || n == 0 || n >= rest {
			return
		}
		smallest := -1
		for i, department := range p.own {
			if h := departments[department]; h.known && (smallest < 0 || h.n < departments[p.own[smallest]].n) {
				smallest = i
			}
		}
		if smallest < 0 {
			return
		}
		p.other = append(p.other, p.own[smallest])
		p.own = slices.Delete(p.own, smallest, smallest+1)
	}
}

func together(names []string, departments map[string]Headcount) (int, bool) {
	n := 0
	for _, name := range names {
		if !departments[name].known {
			return 0, false
		}
		n += departments[name].n
	}
	return n, true
}

// slices returns the departments of each slice in the order in which slices are
// hidden for others' sake: other departments first, which are missed least.
func (p Plan) slices() [][]string {
	var all [][]string
	if len(p.other) > 0 {
		all = append(all, p.other)
	}
	for _, department := range p.own {
		all = append(all, []string{department})
	}
	return all
}

// Slices names the slices as tables show them, without the whole organisation.
func (p Plan) Slices() []string {
	names := slices.Sorted(slices.Values(p.own))
	if len(p.other) > 0 {
		names = append(names, otherName)
	}
	return names
}

// planText is a plan as it is kept.
type planText struct {
	Own   []string `json:"own,omitempty"`
	Other []string `json:"other,omitempty"`
}

// Text returns the plan as it is kept; ReadPlan reads it back.
func (p Plan) Text() string {
	text, err := json.Marshal(planText{Own: p.own, Other: p.other})
	if err != nil {
		panic("counts: a plan is only strings: " + err.Error())
	}
	return string(text)
}

// ReadPlan reads what Text returned. Anything else, also a department in two
// slices, is a *RefusedError.
func ReadPlan(text string) (Plan, error) {
	var kept planText
	if err := strictly(text, &kept); err != nil {
		return Plan{}, refuse(BadRecord, "This is not a plan of departments: %v. Read one that Text returned.", err)
	}
	seen := map[string]bool{}
	for _, department := range slices.Concat(kept.Own, kept.Other) {
		if seen[department] {
			return Plan{}, refuse(Crossed, "The plan has %s in two slices. Slices are never crossed: leave it in one.", named(department))
		}
		seen[department] = true
	}
	if slices.Contains(kept.Own, "") {
		return Plan{}, refuse(BadRecord, "The plan has a slice without a name. Colleagues without a department belong to the others.")
	}
	slices.Sort(kept.Other)
	return Plan{own: kept.Own, other: kept.Other}, nil
}

// strictly reads one JSON value that has no unknown fields and nothing behind it.
func strictly(text string, into any) error {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return errTrailing
	}
	return nil
}
