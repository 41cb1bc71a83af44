package seating

import "math/rand/v2"

// Seat makes the tables of one round. The same people, history, options and seed
// give the same plan, in whatever order the people come; another seed gives
// another. It fails only when the options' sizes or the people are wrong, with a
// sentence. With too few people for a table the plan has none and everybody sits
// out; Prove says why.
//
// Which duty gives way to which, and what is promised, stands at the package.
func Seat(people []Person, h History, o Options, seed uint64) (Plan, error) {
	if err := check(people, o); err != nil {
		return Plan{}, err
	}
	chance := rand.New(rand.NewPCG(seed, 0))
	here := shuffled(o.present(people), chance)
	room := newRoom(here, h, o)
	plan := Plan{Tables: [][]string{}, Out: []string{}}
	seated := make([]bool, len(here))
	for _, table := range room.seat(chance) {
		ids := make([]string, len(table))
		for i, p := range table {
			ids[i], seated[p] = here[p].ID, true
		}
		plan.Tables = append(plan.Tables, ids)
	}
	for p, person := range here {
		if !seated[p] {
			plan.Out = append(plan.Out, person.ID)
		}
	}
	return plan.ordered(), nil
}

func check(people []Person, o Options) error {
	if err := o.Check(); err != nil {
		return err
	}
	return checkPeople(people)
}
