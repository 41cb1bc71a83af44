package mandates

import (
	"fmt"
	"slices"
	"strings"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Longest texts, in characters.
const (
	maxWords = 400
	maxLine  = 200
)

// titled is a message under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func section(text string) bot.Heading { return bot.Heading{Level: 2, Text: bot.T(text)} }

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

func filled(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// days says "1 day" or "3 days".
func days(n int) string {
	switch n {
	case 0:
		return "on the same day"
	case 1:
		return "after 1 day"
	}
	return fmt.Sprintf("after %d days", n)
}

func showDate(d schedule.Date) string { return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year) }

// find returns the choice of a value.
func find(all []choice, value string) (choice, bool) {
	at := slices.IndexFunc(all, func(c choice) bool { return c.Value == value })
	if at < 0 {
		return choice{}, false
	}
	return all[at], true
}

func options(all []choice) []bot.Option {
	var out []bot.Option
	for _, c := range all {
		out = append(out, bot.Option{Value: c.Value, Label: c.Label, Help: c.Help})
	}
	return out
}

// amount is the wished time in a sentence.
func (w Wish) amount() string {
	c, ok := find(amounts, w.Amount)
	if !ok {
		return "some time"
	}
	return c.Phrase
}

// freedomList lists the freedoms in the order in which they are offered.
func (w Wish) freedomList() bot.List {
	var list bot.List
	for _, c := range freedoms {
		if slices.Contains(w.Freedoms, c.Value) {
			list.Items = append(list.Items, bot.T(c.Phrase))
		}
	}
	return list
}

// called puts "a" or "an" before the organisation's own word.
func called(o bot.Organisation) string {
	if strings.ContainsRune("aeiouAEIOU", rune(o.Word[0])) {
		return "an " + o.Word
	}
	return "a " + o.Word
}

// label is an outcome in a list.
func (o Outcome) label() string {
	switch o {
	case Granted:
		return "granted"
	case Partly:
		return "granted in part"
	case NotGranted:
		return "not granted"
	case TakenBack:
		return "taken back"
	}
	return "waits"
}
