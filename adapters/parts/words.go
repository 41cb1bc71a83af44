package parts

import (
	"strings"
	"time"

	"evangelist/bot"
)

// Words returns what a message says as plain text, a block a paragraph; moments
// in UTC. A message without blocks says its summary.
func Words(message bot.Message) string {
	if len(message.Blocks) == 0 {
		return message.Summary
	}
	var lines []string
	for _, block := range message.Blocks {
		if text := strings.TrimRight(blockWords(block), "\n"); text != "" {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n\n")
}

func spoken(line bot.Spans) string {
	var out strings.Builder
	for _, span := range line {
		switch {
		case span.Kind == bot.When:
			out.WriteString(bot.ShowTime(span.At, span.Style, time.UTC))
		case span.Kind == bot.Anchor && span.Text == "":
			out.WriteString(span.URL)
		case span.Kind == bot.Anchor && span.Text != span.URL:
			out.WriteString(span.Text + " (" + span.URL + ")")
		default:
			out.WriteString(span.Text)
		}
	}
	return out.String()
}

func blockWords(block bot.Block) string {
	var lines []string
	say := func(texts ...string) {
		if text := strings.TrimSpace(strings.Join(texts, "")); text != "" {
			lines = append(lines, text)
		}
	}
	switch b := block.(type) {
	case bot.Heading:
		say(spoken(b.Text))
	case bot.Paragraph:
		say(spoken(b.Text))
	case bot.Note:
		say(spoken(b.Text))
	case bot.List:
		for _, item := range b.Items {
			say(spoken(item))
		}
	case bot.Facts:
		for _, fact := range b.Facts {
			say(fact.Label, ": ", spoken(fact.Value))
		}
	case bot.Quote:
		say(spoken(b.Text))
		say(spoken(b.By))
	case bot.Link:
		say(b.Title)
		say(b.URL)
		say(b.Meta)
		for _, line := range b.Lines {
			say(spoken(line))
		}
	case bot.Table:
		say(b.Caption)
		say(strings.Join(b.Head, " | "))
		for _, row := range b.Rows {
			cells := make([]string, len(row))
			for i, cell := range row {
				cells[i] = spoken(cell)
			}
			say(strings.Join(cells, " | "))
		}
	case bot.Figure:
		say(b.Alt)
		say(spoken(b.Caption))
	case bot.Actions:
		for _, button := range b.Buttons {
			say(button.Label)
			say(button.Confirm)
		}
	}
	return strings.Join(lines, "\n")
}
