package counts

// What the guard holds to. They are constants on purpose: no setting lowers them.
const (
	floor   = 5  // distinct people behind a number, and outside of it
	least   = 20 // colleagues of a slice
	largest = 1_000_000_000
)

// Headcount is how many colleagues there are. The zero Headcount is unknown.
type Headcount struct {
	n     int
	known bool
}

// Known returns a headcount of n colleagues. What is negative is refused where
// it is used.
func Known(n int) Headcount { return Headcount{n: n, known: true} }

func (h Headcount) head() int {
	if !h.known {
		return noHead
	}
	return h.n
}

func (h Headcount) check(department string) error {
	if h.n < 0 || h.n > largest {
		return refuse(Negative, "The headcount of %s is %d. Give the number of colleagues, or leave it unknown.", named(department), h.n)
	}
	return nil
}

// Fact is what was counted in one department. It is input only: nothing in this
// package gives such numbers back.
type Fact struct {
	Department string    // empty: colleagues without a recorded one
	Headcount  Headcount // of the period
	People     int       // distinct colleagues; each is counted in one department. None for Unsigned
	Things     int       // what they did; none for People
}

// Facts are what one measure counted in one period, for every department of the
// plan. The whole organisation is their sum.
type Facts struct {
	Period      Period
	Departments []Fact
}

func named(department string) string {
	if department == "" {
		return "the colleagues without a department"
	}
	return department
}

func (f Facts) check(plan Plan, measure Measure) error {
	if f.Period.IsZero() {
		return refuse(NoPeriod, "The counts for %q have no period. Say the first and the last day.", measure.Key)
	}
	missing := map[string]bool{}
	for _, slice := range plan.slices() {
		for _, department := range slice {
			missing[department] = true
		}
	}
	if len(missing) == 0 {
		return refuse(MissingDepartment, "There is no plan of departments yet. Make one with NewPlan, and keep it.")
	}
	for _, fact := range f.Departments {
		waiting, known := missing[fact.Department]
		switch {
		case !known:
			return refuse(UnknownDepartment, "The plan does not know %s. Renew it with Next before counting there.", named(fact.Department))
		case !waiting:
			return refuse(Crossed, "There are two counts for %s. Slices are never crossed: give each department one count over all its colleagues.", named(fact.Department))
		}
		missing[fact.Department] = false
		if err := fact.check(measure); err != nil {
			return err
		}
	}
	for _, slice := range plan.slices() {
		for _, department := range slice {
			if missing[department] {
				return refuse(MissingDepartment, "There is no count for %s. Give one for every department of the plan, also where it is zero.", named(department))
			}
		}
	}
	return nil
}

func (f Fact) check(measure Measure) error {
	where := named(f.Department)
	if err := f.Headcount.check(f.Department); err != nil {
		return err
	}
	if f.People < 0 || f.Things < 0 || f.People > largest || f.Things > largest {
		return refuse(Negative, "The counts for %s are %d and %d. Neither can be below zero or above a thousand million.", where, f.People, f.Things)
	}
	if f.Headcount.known && f.People > f.Headcount.n {
		return refuse(TooMany, "%d people are counted in %s, where %d work. Count each person once, and the headcount of the same period.", f.People, where, f.Headcount.n)
	}
	switch measure.Behind {
	case People:
		if f.Things != 0 {
			return refuse(Contradiction, "%q counts people, but %s has a number of things too. Leave it out.", measure.Key, where)
		}
	case Things:
		if f.Things < f.People || f.People == 0 && f.Things > 0 {
			return refuse(Contradiction, "%s has %d things by %d people. Each thing belongs to one of the people, and each of them has at least one.", where, f.Things, f.People)
		}
	case Unsigned:
		if f.People != 0 {
			return refuse(Contradiction, "%q counts things whose people nobody knows, but %s has a number of people. Leave it out.", measure.Key, where)
		}
	}
	return nil
}
