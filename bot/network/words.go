package network

import (
	"fmt"
	"strings"

	"evangelist/bot"
)

// article puts "a" or "an" before a word.
func article(word string) string {
	if word != "" && strings.ContainsRune("aeiouAEIOU", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// count says "1 colleague" or "3 colleagues".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// does says what somebody with this part does: "you lead".
func (p Part) does() string { return string(p) }

// consequence says under a choice what it means.
func (p Part) consequence() string {
	switch p {
	case Leads:
		return "You speak for your department: you bring what works there to others, and the other way round. One short question, as often as you choose."
	case Supports:
		return "You help whoever leads in your department. One short question, as often as you choose."
	default:
		return "You stay in the picture. Nothing is asked of you."
	}
}

func partOptions() []bot.Option {
	return []bot.Option{
		{Value: string(Leads), Label: "I want to lead", Help: Leads.consequence()},
		{Value: string(Supports), Label: "I want to support", Help: Supports.consequence()},
		{Value: string(Follows), Label: "I want to follow", Help: Follows.consequence()},
	}
}

// partButtons are the three answers to the call.
func partButtons() bot.Actions {
	var row bot.Actions
	for _, option := range partOptions() {
		row.Buttons = append(row.Buttons, bot.Button{Command: "network.join", Arg: option.Value, Label: option.Label})
	}
	row.Buttons[0].Tone = bot.Primary
	return row
}

// names joins people's names for a cell; inactive ones are marked.
func names(cell []Evangelist) bot.Spans {
	var line bot.Spans
	for i, e := range cell {
		if i > 0 {
			line = append(line, bot.T(", ")...)
		}
		line = append(line, bot.Name(e.Person, e.Name))
		if e.Inactive {
			line = append(line, bot.T(" (account inactive)")...)
		}
	}
	return line
}

// within shortens a line of choices to what a surface can show.
func within(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return strings.TrimSpace(string(runes[:limit-1])) + "…"
	}
	return text
}

// title joins a summary and blocks under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }
