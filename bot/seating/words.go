package seating

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// named is how many names or tables a sentence lists before it counts the rest.
const named = 5

// Words says in sentences what the proof shows: first what has to be put right
// before the plan may go out, then what is so, with what it is of, and what could
// not be avoided. No band is ever said of anybody.
func (p Proof) Words() []string {
	return append(p.faults(), slices.Concat(p.seats(), p.meetings(), p.mixing())...)
}

// faults are the sentences about what must not be.
func (p Proof) faults() []string {
	var says []string
	say := func(format string, args ...any) { says = append(says, fmt.Sprintf(format, args...)) }
	for i, m := range p.Together {
		if i == named {
			say("%d more of the pairs who are to be kept apart share a table.", len(p.Together)-named)
			break
		}
		say("%s and %s are to be kept apart, and both sit at table %d. Move one of them.", m.A, m.B, m.Table)
	}
	if n := len(p.WrongSize); n > 0 {
		say("%s not %s people: %s. Move somebody.", either(n, "1 table has", fmt.Sprintf("%d tables have", n)), span(p.smallest, p.largest), list(tables(p.WrongSize)))
	}
	if n := len(p.Doubled); n > 0 {
		say("%s in more than one place: %s. Keep one place for each.", either(n, "1 person is", fmt.Sprintf("%d people are", n)), list(p.Doubled))
	}
	if n := len(p.Unknown); n > 0 {
		say("%s in the plan and not in the register of people: %s. Take %s out.", either(n, "1 person is", fmt.Sprintf("%d people are", n)), list(p.Unknown), either(n, "that name", "those names"))
	}
	if n := len(p.Snoozed); n > 0 {
		say("%s for a break from round tables and still %s in the plan: %s. Take %s out.", either(n, "1 person asked", fmt.Sprintf("%d people asked", n)), either(n, "is", "are"), list(p.Snoozed), either(n, "that name", "those names"))
	}
	if n := len(p.Missing); n > 0 {
		say("%s no place: %s. Seat the round anew.", either(n, "1 person has", fmt.Sprintf("%d people have", n)), list(p.Missing))
	}
	return says
}

// seats are the sentences about who sits and who does not.
func (p Proof) seats() []string {
	switch {
	case p.People < p.smallest:
		return []string{fmt.Sprintf("Nobody is seated: %s, and a table needs %d.", either(p.People, "1 person takes part", fmt.Sprintf("%d people take part", p.People)), p.smallest)}
	case !p.laid:
		return []string{fmt.Sprintf("Nobody is seated: of the %d people who take part no %d may sit together, because of those who are to be kept apart.", p.People, p.smallest)}
	}
	says := []string{fmt.Sprintf("%d of %d people sit at %s%s.", p.Seated, p.People, either(p.Tables, "1 table", fmt.Sprintf("%d tables", p.Tables)), sizes(p.Sizes))}
	if len(p.Out) == 0 {
		return append(says, "Nobody sits out.")
	}
	says = append(says, fmt.Sprintf("%d of %d %s out: %s. %s", len(p.Out), p.People, either(len(p.Out), "sits", "sit"), list(p.Out),
		p.avoidable(len(p.Out), p.Least.Out, "However they are seated, somebody has to sit out")))
	if again := len(p.OutAgain); again > 0 {
		return append(says, fmt.Sprintf("%d of %d also sat out the time before: %s. %s", again, len(p.Out), list(p.OutAgain), p.avoidable(again, p.Least.OutAgain, "")))
	}
	return append(says, fmt.Sprintf("0 of %d also sat out the time before.", len(p.Out)))
}

// meetings are the sentences about pairs.
func (p Proof) meetings() []string {
	if p.Pairs == 0 {
		return nil
	}
	after := "in " + either(p.rounds, "the 1 round before", fmt.Sprintf("the %d rounds before", p.rounds))
	if p.rounds == 0 {
		return []string{fmt.Sprintf("0 of %d pairs at a table met before: this is the first round.", p.Pairs)}
	}
	if len(p.Again) == 0 {
		return []string{fmt.Sprintf("0 of %d pairs at a table met %s.", p.Pairs, after)}
	}
	var pairs []string
	for _, m := range p.Again {
		pairs = append(pairs, fmt.Sprintf("%s and %s at table %d (%s, last %s ago)", m.A, m.B, m.Table, either(m.Times, "once", fmt.Sprintf("%d times", m.Times)), either(m.Ago, "1 round", fmt.Sprintf("%d rounds", m.Ago))))
	}
	return []string{fmt.Sprintf("%d of %d pairs at a table met %s: %s. %s", len(p.Again), p.Pairs, after, list(pairs),
		p.avoidable(len(p.Again), p.Least.Again, ""))}
}

// mixing are the sentences about departments and bands.
func (p Proof) mixing() []string {
	if p.Tables == 0 {
		return nil
	}
	return []string{
		p.mixed("departments", "The department", p.OneDepartment, p.KnownDepartment, p.Least.OneDepartment),
		p.mixed("level bands", "The level", p.OneBand, p.KnownBand, p.Least.OneBand),
	}
}

func (p Proof) mixed(what, field string, unmixed []int, known, least int) string {
	if known == 0 {
		return fmt.Sprintf("%s is known of 0 of %d people, so the tables could not be mixed by it.", field, p.People)
	}
	say := fmt.Sprintf("%d of %d tables span two %s", p.Tables-len(unmixed), p.Tables, what)
	if len(unmixed) > 0 {
		say += fmt.Sprintf("; not %s. %s", list(tables(unmixed)), p.avoidable(len(unmixed), least, ""))
	} else {
		say += "."
	}
	if known < p.People {
		say += fmt.Sprintf(" %s is known of %d of %d people.", field, known, p.People)
	}
	return say
}

// avoidable says how much of a number is proved to be unavoidable.
func (p Proof) avoidable(n, least int, why string) string {
	switch {
	case least == n && why != "":
		return why + "."
	case least == n:
		return "This could not be avoided."
	case p.Least.Exact && least == 0:
		return "Another seating avoids this."
	case p.Least.Exact:
		return fmt.Sprintf("%d of them could not be avoided.", least)
	case least == 0:
		return "Whether this could be avoided is not known."
	}
	return fmt.Sprintf("At least %d of them could not be avoided.", least)
}

// sizes says how many tables have how many people: ", 19 of three and 2 of four".
func sizes(sizes map[int]int) string {
	var parts []string
	for _, size := range slices.Sorted(maps.Keys(sizes)) {
		parts = append(parts, fmt.Sprintf("%d of %s", sizes[size], number(size)))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + and(parts)
}

func number(n int) string {
	if words := []string{"none", "one", "two", "three", "four", "five", "six"}; n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

// span says a range of sizes: "3 to 6", or "4" where it is one.
func span(smallest, largest int) string {
	if smallest == largest {
		return fmt.Sprint(smallest)
	}
	return fmt.Sprintf("%d to %d", smallest, largest)
}

func tables(numbers []int) []string {
	var names []string
	for _, n := range numbers {
		names = append(names, fmt.Sprintf("table %d", n))
	}
	return names
}

// list names some and counts the others.
func list(names []string) string {
	if len(names) > named+1 {
		return strings.Join(names[:named], ", ") + fmt.Sprintf(" and %d more", len(names)-named)
	}
	return and(names)
}

func and(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
