package counts

import (
	"slices"
	"strings"
)

// Behind says who stands behind what a measure counts.
type Behind string

// What a measure counts.
const (
	// People: the number is one of colleagues.
	People Behind = "people"
	// Things: the number is one of things that lead to colleagues, such as
	// links. Each thing belongs to exactly one colleague; what two did together
	// belongs to the first, or counts for each. The floor is on the colleagues.
	Things Behind = "things"
	// Unsigned: things of colleagues whom nobody can count, such as concerns
	// without a name. The floor is on the things.
	Unsigned Behind = "unsigned"
	// Alone: things that lead to nobody, such as editions; see PublishAlone.
	Alone Behind = "alone"
)

// Measure is what a number means. It is written down once, in code, and never
// changed: a measure that shall mean something else gets another key.
type Measure struct {
	Key    string // for machines; its words below stay the same for ever
	Counts string // what is counted, as it follows the number: "who shared at least one link"
	Omits  string // what is not: "links in private channels, and what bots post"
	Unit   string // in the plural: "colleagues", "links"
	Behind Behind
	Once   bool // of People: each counts in one period only, such as those who joined
	// Within is a wider measure: whoever or whatever this one counts, that one
	// counts too. Undeclared, the difference of the two is not watched.
	Within *Measure
}

// deepest is how many measures may lie one within the other.
const deepest = 8

// keys returns the measure's own key and those of the wider ones around it.
func (m Measure) keys() []string {
	keys := []string{m.Key}
	for wider := m.Within; wider != nil && len(keys) <= deepest; wider = wider.Within {
		keys = append(keys, wider.Key)
	}
	return keys
}

func (m Measure) check() error {
	switch {
	case strings.TrimSpace(m.Key) == "":
		return refuse(NoKey, "A measure has no key. Give it one that never changes, such as links-shared.")
	case strings.TrimSpace(m.Counts) == "" || strings.TrimSpace(m.Omits) == "":
		return refuse(NoDefinition, "The measure %q has no definition. Say in words what is counted and what is not.", m.Key)
	case strings.TrimSpace(m.Unit) == "":
		return refuse(NoUnit, "The measure %q has no unit. Say what its number is one of, such as colleagues or links.", m.Key)
	case !slices.Contains([]Behind{People, Things, Unsigned, Alone}, m.Behind):
		return refuse(NoBehind, "The measure %q does not say whether people or things stand behind its number.", m.Key)
	}
	if m.Once && m.Behind != People {
		return refuse(NoBehind, "The measure %q counts what can only be once, but not people. Leave Once out.", m.Key)
	}
	keys := m.keys()
	if len(keys) > deepest {
		return refuse(Nested, "The measure %q lies within more than %d others, or within itself. Declare fewer around it.", m.Key, deepest-1)
	}
	if m.Within == nil {
		return nil
	}
	if slices.Contains(keys[1:], m.Key) {
		return refuse(Nested, "The measure %q lies within itself. Give the wider one a key of its own.", m.Key)
	}
	if m.Behind == Alone || m.Within.Behind == Alone || (m.Behind == Unsigned) != (m.Within.Behind == Unsigned) {
		return refuse(Nested, "The measure %q cannot lie within %q: the people behind the two cannot be compared.", m.Key, m.Within.Key)
	}
	return m.Within.check()
}
