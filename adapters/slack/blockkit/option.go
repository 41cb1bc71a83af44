package blockkit

import (
	"fmt"
	"slices"
	"strings"

	"evangelist/bot"
)

const (
	fewOptions    = 10  // of which all stand there; more are a menu
	manyOptions   = 100 // of which a menu is in groups; of a group; of groups
	longestOption = 75  // words and consequence of an option, name of a group
	longestValue  = 150
)

// offer gives an element its options, as many as have room in so many bytes. It
// returns what is to be said under the
// field, and false when there is nothing to choose from.
func (e *element) offer(f bot.Field, bytes int) ([]bot.Block, bool) {
	offered, left := choosable(f.Options)
	short := true // every consequence has room beside its option
	for _, o := range offered {
		short = short && units(clean(o.Help)) <= longestOption
	}
	var options []option
	var under []bot.Spans
	used := 0
	for _, o := range offered {
		label := orElse(strings.TrimSpace(clean(o.Label)), o.Value)
		one := option{Text: plainText(first(label, longestOption)), Value: o.Value}
		help := strings.TrimSpace(clean(o.Help))
		if short && help != "" {
			text := plainText(help)
			one.Description, help = &text, ""
		}
		size := len(label) + len(o.Value) + len(o.Help) + 140
		if slices.Contains(f.Value, o.Value) { // it is written once more, as what is chosen
			size *= 2
		}
		if used += size; used > bytes || len(options) == manyOptions*manyOptions {
			break
		}
		options = append(options, one)
		if help != "" || one.Text.Text != label {
			under = append(under, bot.Line(bot.Strong(labelled(label)), " ", help))
		}
	}
	var notes []bot.Block
	if len(options) == 0 {
		notes = append(notes, bot.Note{Text: bot.T("There is nothing to choose from.")})
	} else if len(options) < len(offered) {
		notes = append(notes, bot.Note{Text: bot.T(fmt.Sprintf("Only the first %d of %d have room in this menu.", len(options), len(offered)))})
	}
	e.set(f, options)
	return append(append(notes, explained(under)...), leftOut(left)...), len(options) > 0
}

// choosable parts options into those that Slack can offer and those whose value
// it does not take. Of two with one value the first counts.
func choosable(options []bot.Option) (offered, left []bot.Option) {
	seen := map[string]bool{}
	for _, o := range options {
		switch {
		case blank(o.Value) || units(o.Value) > longestValue:
			left = append(left, o)
		case !seen[o.Value]:
			seen[o.Value] = true
			offered = append(offered, o)
		}
	}
	return offered, left
}

// set puts options into an element, in groups where there are many, and chooses
// those that are chosen already.
func (e *element) set(f bot.Field, options []option) {
	var chosen []option
	for _, o := range options {
		if slices.Contains(f.Value, o.Value) {
			chosen = append(chosen, o)
		}
	}
	if f.Kind == bot.ChoiceField && len(chosen) > 0 {
		e.InitialOption = &chosen[0]
	} else if f.Kind == bot.ChoicesField {
		e.InitialOptions = chosen
	}
	if len(options) <= manyOptions {
		e.Options = options
		return
	}
	for some := range slices.Chunk(options, manyOptions) {
		name := first(some[0].Text.Text, 35) + " – " + first(some[len(some)-1].Text.Text, 35)
		e.Groups = append(e.Groups, group{Label: plainText(name), Options: some})
	}
}

// explained says what options mean that have no room for it.
func explained(under []bot.Spans) []bot.Block {
	if len(under) == 0 {
		return nil
	}
	var note bot.Spans
	for i, line := range under {
		if i > 0 {
			note = append(note, bot.T("\n")...)
		}
		note = append(note, line...)
	}
	if units(note.Plain(nil)) <= longestNote-100 {
		return []bot.Block{bot.Note{Text: note}}
	}
	return []bot.Block{bot.List{Items: under}}
}

func leftOut(left []bot.Option) []bot.Block {
	var out []bot.Block
	for _, o := range left {
		out = append(out, bot.Note{Text: bot.T("“" + orElse(o.Label, o.Value) + "” cannot be chosen here, because Slack does not take it.")})
	}
	return out
}
