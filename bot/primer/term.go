package primer

import (
	"slices"
	"strings"

	"evangelist/bot"
)

// Longest texts of the glossary, in characters.
const (
	maxWord = 60
	maxSays = 400
)

// Term is a word and what it means here.
type Term struct {
	Word string
	Says string
	Also []string // other words for it, by which it is found
	Own  bool     // the organisation's own
}

// Key is what two spellings of one word have in common.
func (t Term) Key() string { return fold(t.Word) }

// glossary joins the organisation's words with ours, in the order of the alphabet.
// Where both have a word, the organisation's stands first.
func glossary(o bot.Organisation, own []Term) []Term {
	all := make([]Term, 0, len(own)+len(terms))
	for _, t := range own {
		t.Own = true
		all = append(all, t)
	}
	for _, t := range terms {
		t.Says = worded(o, t.Says)
		if t.Key() == "evangelist" && fold(o.Word) != "evangelist" {
			t.Also = append(slices.Clone(t.Also), o.Word)
		}
		all = append(all, t)
	}
	slices.SortStableFunc(all, func(a, b Term) int { return strings.Compare(a.Key(), b.Key()) })
	return all
}

// search returns the terms that words mean: those of that name, else those that are
// also called so, else those that begin with it, else those that hold it anywhere.
func search(all []Term, words string) []Term {
	words = strings.Trim(fold(words), "?!.,;:\"'“”‘’ ")
	if words == "" {
		return nil
	}
	also := func(t Term, is func(string) bool) bool {
		return slices.ContainsFunc(t.Also, func(other string) bool { return is(fold(other)) })
	}
	same := func(text string) bool { return text == words || text+"s" == words || text == words+"s" }
	begins := func(text string) bool { return strings.HasPrefix(text, words) }
	holds := func(text string) bool { return strings.Contains(text, words) }
	for _, fits := range []func(Term) bool{
		func(t Term) bool { return same(t.Key()) },
		func(t Term) bool { return also(t, same) },
		func(t Term) bool { return begins(t.Key()) || also(t, begins) },
		func(t Term) bool { return holds(t.Key()) || also(t, holds) || len(words) > 3 && holds(fold(t.Says)) },
	} {
		var found []Term
		for _, t := range all {
			if fits(t) {
				found = append(found, t)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// facts shows terms with their meanings.
func facts(found []Term) bot.Facts {
	var out bot.Facts
	for _, t := range found {
		says := bot.T(t.Says)
		if t.Own {
			says = append(says, bot.Emphasis(" (our own word)"))
		}
		out.Facts = append(out.Facts, bot.Fact{Label: t.Word, Value: says})
	}
	return out
}
