package seating

import "fmt"

// Course is what a run of rounds came to.
type Course struct {
	Rounds   int `json:"rounds"`
	People   int `json:"people"`         // most who took part in a round
	Possible int `json:"pairs_possible"` // pairs among so many
	Met      int `json:"pairs_met"`      // pairs that met at least once
	Repeated int `json:"repeated_pairs"` // of those, the pairs that met more than once
	Most     int `json:"most_meetings"`  // how often the pair met that met most
	// FirstRepeat is the first round with a pair that met before, 0 when none has.
	FirstRepeat int `json:"first_repeat"`
	// Bound is how many rounds there can be at most in which nobody meets the same
	// person twice, whoever seats them; 0 when somebody missed a round.
	Bound         int         `json:"rounds_without_repeat_at_most"`
	Tables        int         `json:"tables"`
	OneDepartment int         `json:"tables_of_one_department"` // also where departments are not known
	OneBand       int         `json:"tables_of_one_band"`       // also where levels are not known
	Sizes         map[int]int `json:"sizes"`                    // tables by how many people they have
	Out           int         `json:"sat_out"`                  // times that somebody sat out
	OutAgain      int         `json:"sat_out_twice_running"`    // of those, times in two rounds running
	Department    int         `json:"people_with_department"`   // fewest of a round of whom it is known
	Band          int         `json:"people_with_level_band"`
	// Unseated are rounds in which nobody was seated.
	Unseated int `json:"rounds_without_tables"`
	// Broken are rounds in which what must not be was.
	Broken int `json:"rounds_against_the_rules"`
}

// Sum adds up rounds that have been: the proof of each, oldest first, and the
// history with all of them.
func Sum(h History, proofs []Proof) Course {
	c := Course{Rounds: len(proofs), Sizes: map[int]int{}}
	c.Met, c.Repeated, c.Most = h.Meetings()
	everybody := true
	for i, p := range proofs {
		everybody = everybody && p.Seated == p.People && p.People == proofs[0].People
		c.People = max(c.People, p.People)
		c.Tables += p.Tables
		c.OneDepartment += len(p.OneDepartment)
		c.OneBand += len(p.OneBand)
		c.Out += len(p.Out)
		c.OutAgain += len(p.OutAgain)
		for size, tables := range p.Sizes {
			c.Sizes[size] += tables
		}
		if i == 0 || p.KnownDepartment < c.Department {
			c.Department = p.KnownDepartment
		}
		if i == 0 || p.KnownBand < c.Band {
			c.Band = p.KnownBand
		}
		if c.FirstRepeat == 0 && len(p.Again) > 0 {
			c.FirstRepeat = i + 1
		}
		c.Unseated += boolInt(p.Tables == 0)
		c.Broken += boolInt(!p.Kept())
	}
	if everybody && c.Tables > 0 {
		c.Bound = (c.People - 1) / (proofs[0].smallest - 1)
	}
	c.Possible = c.People * (c.People - 1) / 2
	return c
}

// Words says in sentences what the rounds came to.
func (c Course) Words() []string {
	var says []string
	say := func(format string, args ...any) { says = append(says, fmt.Sprintf(format, args...)) }
	rounds := either(c.Rounds, "1 round", fmt.Sprintf("%d rounds", c.Rounds))
	if c.Broken > 0 {
		say("%d of %s broke a rule that must hold; look at the proof of each.", c.Broken, rounds)
	}
	if c.Tables == 0 {
		say("No table could be laid in %s for %s.", rounds, either(c.People, "1 person", fmt.Sprintf("%d people", c.People)))
		return says
	}
	say("%s, %s%s.", rounds, either(c.Tables, "1 table", fmt.Sprintf("%d tables", c.Tables)), sizes(c.Sizes))
	if c.Unseated > 0 {
		say("In %d of %s nobody could be seated.", c.Unseated, rounds)
	}
	say("%d of %d pairs of colleagues met.", c.Met, c.Possible)
	if c.Repeated == 0 {
		say("Nobody met the same person twice: 0 of %d pairs.", c.Met)
	} else {
		bound := ""
		if c.Bound > 0 {
			bound = fmt.Sprintf(" No seating of everybody goes beyond round %d without.", c.Bound)
		}
		say("%d of %d pairs met more than once, at most %d times, for the first time in round %d.%s", c.Repeated, c.Met, c.Most, c.FirstRepeat, bound)
	}
	if c.Out == 0 {
		say("Nobody sat out.")
	} else {
		say("Somebody sat out %d times, %d of them twice running.", c.Out, c.OutAgain)
	}
	say("%d of %d tables span two departments.%s", c.Tables-c.OneDepartment, c.Tables, knownOf("The department", c.Department, c.People))
	say("%d of %d tables span two level bands.%s", c.Tables-c.OneBand, c.Tables, knownOf("The level", c.Band, c.People))
	return says
}

func knownOf(what string, known, people int) string {
	if known >= people {
		return ""
	}
	return fmt.Sprintf(" %s is known of %d of %d people.", what, known, people)
}
