package tables

import (
	"slices"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// Hall is what tables are judged by when somebody changes places: who the people
// are, how often pairs met, and who is to be kept apart. Ids are persons' ids.
type Hall struct {
	Guests            map[string]seating.Person
	Met               map[[2]string]int
	Apart             map[[2]string]bool
	Smallest, Largest int
}

func ordered(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}

// barred reports whether two people at a table are to be kept apart.
func (h Hall) barred(table []string) bool {
	for i, a := range table {
		for _, b := range table[:i] {
			if h.Apart[ordered(a, b)] {
				return true
			}
		}
	}
	return false
}

// Weights of what is amiss at a table, worst first.
const (
	weighDepartment = 10_000
	weighBand       = 1_000
)

// cost is how far a table is from what is wanted: two departments, two bands, and
// people who have not met.
func (h Hall) cost(table []string) int {
	cost := 0
	departments, bands := map[string]bool{}, map[seating.Band]bool{}
	for i, a := range table {
		if g := h.Guests[a]; g.Department != "" {
			departments[g.Department] = true
		}
		if g := h.Guests[a]; g.Band != seating.BandUnknown {
			bands[g.Band] = true
		}
		for _, b := range table[:i] {
			cost += h.Met[ordered(a, b)]
		}
	}
	if len(departments) < 2 {
		cost += weighDepartment
	}
	if len(bands) < 2 {
		cost += weighBand
	}
	return cost
}

func with(table []string, id string) []string { return append(slices.Clone(table), id) }

func without(table []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(table), func(other string) bool { return other == id })
}

// remove takes people out of a plan.
func remove(plan seating.Plan, gone map[bot.PersonID]bool) seating.Plan {
	left := func(ids []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return gone[bot.PersonID(id)] })
	}
	edited := seating.Plan{Tables: [][]string{}, Out: left(plan.Out)}
	for _, table := range plan.Tables {
		if table = left(table); len(table) > 0 {
			edited.Tables = append(edited.Tables, table)
		}
	}
	return edited
}

// Mend brings tables that are too small up to size: with somebody who sits out,
// else with somebody from a table that can spare one, whoever fits best. Where
// nobody can come, the table is dissolved, and its people go where there is room
// or sit out. Other tables stay as they are; nobody comes to share a table with
// somebody they are to be kept apart from.
func (h Hall) Mend(plan seating.Plan) seating.Plan {
	plan = remove(plan, nil)
	for {
		short := slices.IndexFunc(plan.Tables, func(t []string) bool { return len(t) < h.Smallest })
		if short < 0 {
			return plan
		}
		if from, id, ok := h.comer(plan, short); ok {
			if from < 0 {
				plan.Out = without(plan.Out, id)
			} else {
				plan.Tables[from] = without(plan.Tables[from], id)
			}
			plan.Tables[short] = with(plan.Tables[short], id)
			slices.Sort(plan.Tables[short])
			continue
		}
		plan = h.dissolve(plan, short)
	}
}

// comer finds who fits a short table best: from is the table that they leave, or
// below 0 when they sit out.
func (h Hall) comer(plan seating.Plan, short int) (from int, id string, ok bool) {
	best := 0
	try := func(table int, person string, left int) {
		joined := with(plan.Tables[short], person)
		if h.barred(joined) {
			return
		}
		if cost := h.cost(joined) + left; !ok || cost < best {
			from, id, ok, best = table, person, true, cost
		}
	}
	for _, person := range plan.Out {
		try(-1, person, 0)
	}
	if ok {
		return from, id, ok
	}
	for t, table := range plan.Tables {
		if t == short || len(table) <= h.Smallest {
			continue
		}
		for _, person := range table {
			try(t, person, h.cost(without(table, person))-h.cost(table))
		}
	}
	return from, id, ok
}

// dissolve takes a table away.
func (h Hall) dissolve(plan seating.Plan, table int) seating.Plan {
	people := plan.Tables[table]
	plan.Tables = slices.Delete(plan.Tables, table, table+1)
	for _, person := range people {
		if to, ok := h.room(plan.Tables, person); ok {
			plan.Tables[to] = with(plan.Tables[to], person)
			slices.Sort(plan.Tables[to])
			continue
		}
		plan.Out = with(plan.Out, person)
	}
	slices.Sort(plan.Out)
	return plan
}

// room finds the table at which a person fits best among those that have room.
func (h Hall) room(tables [][]string, person string) (to int, ok bool) {
	best := 0
	for t, table := range tables {
		joined := with(table, person)
		if len(table) == 0 || len(table) >= h.Largest || h.barred(joined) {
			continue
		}
		if cost := h.cost(joined) - h.cost(table); !ok || cost < best {
			to, ok, best = t, true, cost
		}
	}
	return to, ok
}
