package tables

import (
	"context"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// cast is everybody who could sit at a table, read at one moment.
type cast struct {
	persons   map[bot.PersonID]bot.Person
	members   map[bot.PersonID]bool
	standings map[bot.PersonID]Standing
	ladder    seating.Ladder
	pairs     []Pair
	past      []Past
}

func (f *Feature) cast(ctx context.Context) (cast, error) {
	c := cast{persons: map[bot.PersonID]bot.Person{}, members: map[bot.PersonID]bool{}, standings: map[bot.PersonID]Standing{}}
	persons, err := f.People.Persons(ctx)
	if err != nil {
		return c, err
	}
	for _, p := range persons {
		c.persons[p.ID] = p
	}
	members, err := f.Members(ctx)
	if err != nil {
		return c, err
	}
	for _, id := range members {
		c.members[id] = true
	}
	standings, err := f.Stores.Standings.List(ctx)
	if err != nil {
		return c, err
	}
	for _, s := range standings {
		c.standings[s.Person] = s
	}
	settings, err := f.Stores.Settings.Get(ctx)
	if err != nil {
		return c, err
	}
	if c.pairs, err = f.Stores.Pairs.List(ctx); err != nil {
		return c, err
	}
	if c.past, err = f.Stores.Rounds.Past(ctx); err != nil {
		return c, err
	}
	c.ladder = c.rungs(settings.Levels)
	return c, nil
}

// rungs divides the levels of those who may take part into bands.
func (c cast) rungs(names []string) seating.Ladder {
	var held []string
	for id, p := range c.persons {
		if p.Level != "" && (c.members[id] || c.standings[id].Choice == In) {
			held = append(held, p.Level)
		}
	}
	slices.Sort(held)
	if len(names) > 0 {
		return seating.Ranked(names, held)
	}
	return seating.Found(held)
}

// takes reports whether somebody is seated in a round at that moment.
func (c cast) takes(id bot.PersonID, at time.Time) bool {
	p, known := c.persons[id]
	return known && c.standings[id].takesPart(p, c.members[id], at)
}

// guests are all who take part at that moment.
func (c cast) guests(at time.Time) []seating.Person {
	var all []seating.Person
	for id := range c.persons {
		if c.takes(id, at) {
			all = append(all, c.guest(id))
		}
	}
	slices.SortFunc(all, func(a, b seating.Person) int { return compare(a.ID, b.ID) })
	return all
}

func (c cast) guest(id bot.PersonID) seating.Person {
	p := c.persons[id]
	return seating.Person{ID: string(id), Department: p.Department, Band: c.ladder.Band(p.Level)}
}

func (c cast) options(r Round) seating.Options {
	o := seating.Options{Smallest: r.Smallest, Largest: r.Largest}
	for _, p := range c.pairs {
		o.Apart = append(o.Apart, [2]string{string(p.A), string(p.B)})
	}
	return o
}

// history is the rounds before, as package seating reads them; label renames
// people, nil keeps their ids.
func (c cast) history(label func(string) string) (seating.History, error) {
	var h seating.History
	for _, past := range c.past {
		if err := h.Add(renamed(past.Plan, label)); err != nil {
			return h, fmt.Errorf("read the round %s: %w", past.ID, err)
		}
	}
	return h, nil
}

func renamed(plan seating.Plan, label func(string) string) seating.Plan {
	if label == nil {
		return plan
	}
	names := func(ids []string) []string {
		out := make([]string, len(ids))
		for i, id := range ids {
			out[i] = label(id)
		}
		return out
	}
	out := seating.Plan{Tables: [][]string{}, Out: names(plan.Out)}
	for _, table := range plan.Tables {
		out.Tables = append(out.Tables, names(table))
	}
	return out
}

// labels names people so that no two have one name, for sentences: those of one
// name carry their department, and then a number.
func (c cast) labels() func(string) string {
	ids := make([]bot.PersonID, 0, len(c.persons))
	for id := range c.persons {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	times := map[string]int{}
	for _, id := range ids {
		times[c.persons[id].Name]++
	}
	taken, labels := map[string]int{}, map[string]string{}
	for _, id := range ids {
		p := c.persons[id]
		label := p.Name
		if label == "" {
			label = "somebody without a name"
		}
		if times[p.Name] > 1 && p.Department != "" {
			label += " (" + p.Department + ")"
		}
		taken[label]++
		if n := taken[label]; n > 1 {
			label = fmt.Sprintf("%s, no. %d", label, n)
		}
		labels[string(id)] = label
	}
	return func(id string) string {
		if label, known := labels[id]; known {
			return label
		}
		return id
	}
}

// proof checks the seating of a round, and names people by their names.
func (c cast) proof(r Round) (seating.Proof, error) {
	label := c.labels()
	h, err := c.history(label)
	if err != nil {
		return seating.Proof{}, err
	}
	var people []seating.Person
	for _, s := range r.Seats {
		g := c.guest(s.Person)
		g.ID = label(g.ID)
		people = append(people, g)
	}
	o := c.options(r)
	for i, pair := range o.Apart {
		o.Apart[i] = [2]string{label(pair[0]), label(pair[1])}
	}
	return seating.Prove(renamed(r.Plan(), label), people, h, o)
}

// hall is what changes of place are judged by.
func (c cast) hall(r Round) Hall {
	h := Hall{Guests: map[string]seating.Person{}, Met: map[[2]string]int{}, Apart: map[[2]string]bool{}, Smallest: r.Smallest, Largest: r.Largest}
	for _, s := range r.Seats {
		h.Guests[string(s.Person)] = c.guest(s.Person)
	}
	for _, past := range c.past {
		if past.ID == r.ID {
			continue
		}
		for _, table := range past.Plan.Tables {
			for i, a := range table {
				for _, b := range table[:i] {
					h.Met[ordered(a, b)]++
				}
			}
		}
	}
	for _, p := range c.pairs {
		h.Apart[ordered(string(p.A), string(p.B))] = true
	}
	return h
}

// facts are what Tick needs to know of a round.
func (c cast) facts(r Round, now time.Time, leads []bot.PersonID) (Facts, error) {
	f := Facts{Version: r.Version, Leads: leads, Gone: map[bot.PersonID]bool{}, Names: map[bot.PersonID]string{}, Hall: c.hall(r)}
	label := c.labels()
	for _, s := range r.Seats {
		f.Names[s.Person] = label(string(s.Person))
		p, known := c.persons[s.Person]
		// Who sits at a table already is gone only with the account.
		f.Gone[s.Person] = !known || p.Inactive || p.Outside || r.State.open() && !c.takes(s.Person, now)
	}
	if r.State.open() {
		proof, err := c.proof(r)
		if err != nil {
			return f, err
		}
		f.Fit = proof.Kept() && proof.Tables > 0
	}
	return f, nil
}

// leads lists the active comms leads.
func (c cast) leads() []bot.PersonID {
	var leads []bot.PersonID
	for id, p := range c.persons {
		if slices.Contains(p.Roles, bot.Lead) && !p.Inactive && !p.Outside {
			leads = append(leads, id)
		}
	}
	slices.Sort(leads)
	return leads
}
