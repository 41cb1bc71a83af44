package impact

import (
	"slices"
	"strings"

	"evangelist/bot"
	"evangelist/bot/counts"
)

// Message is the whole report for any surface, in words and tables.
func (r Report) Message() bot.Message {
	m := bot.Message{Summary: r.Title(), Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.T(r.Title())},
		note(r.Organisation),
	}}
	for _, s := range r.Sections {
		m.Blocks = append(m.Blocks, bot.Heading{Level: 2, Text: bot.T(s.Heading)})
		m.Blocks = append(m.Blocks, s.numbers()...)
		for _, l := range s.Lists {
			m.Blocks = append(m.Blocks, l.blocks()...)
		}
		for _, text := range s.Notes {
			m.Blocks = append(m.Blocks, note(text))
		}
	}
	return m
}

// numbers are the measures in their order: one line for a number that is one for
// the whole organisation, and a table for each other.
func (s Section) numbers() []bot.Block {
	var blocks []bot.Block
	var lines bot.List
	flush := func() {
		if len(lines.Items) > 0 {
			blocks, lines = append(blocks, lines), bot.List{}
		}
	}
	for _, n := range s.Numbers {
		if len(n.Parts()) == 0 {
			lines.Items = append(lines.Items, n.line())
			continue
		}
		flush()
		blocks = append(blocks, n.table())
		if n.Beside != "" {
			blocks = append(blocks, note(n.Beside))
		}
	}
	flush()
	return blocks
}

// line is the number in one line: with its denominator, its period and its
// definition, or why there is none.
func (n Number) line() bot.Spans { return bot.Line(bot.Strong(n.Title), ": "+n.Sentence()) }

func (l List) blocks() []bot.Block {
	if len(l.Entries) == 0 {
		return []bot.Block{paragraph(bot.Strong(l.Heading+": "), lowered(l.Empty))}
	}
	list := bot.List{}
	for _, e := range l.Entries {
		list.Items = append(list.Items, e.line())
	}
	return []bot.Block{paragraph(bot.Strong(l.Heading + ":")), list}
}

// Sentence says the number for the whole organisation, or why there is none.
func (n Number) Sentence() string {
	text := n.Missing
	if len(n.Rows) > 0 {
		text = n.Rows[0].Sentence()
	}
	text = sentenceOf(text)
	if n.Beside != "" {
		text += " " + n.Beside
	}
	return text
}

// Parts are the rows of parts of the organisation: none where the whole is all
// that there is, where nothing is shown, and where nobody says it all.
func (n Number) Parts() []counts.Row {
	if len(n.Rows) < 2 || !slices.ContainsFunc(n.Rows, counts.Row.Shown) {
		return nil
	}
	if share, ok := n.Rows[0].Share(); ok && share == 0 {
		return nil
	}
	return n.Rows[1:]
}

// Blocks are the chart, where there is something to draw, and the table beside it:
// nothing when there are no Parts.
func (n Number) Blocks() []bot.Block {
	if len(n.Parts()) == 0 {
		return nil
	}
	if figure, ok := n.figure(); ok {
		return []bot.Block{figure, n.table()}
	}
	return []bot.Block{n.table()}
}

func (n Number) table() bot.Table {
	caption := sentenceOf(n.Caption)
	if !strings.HasPrefix(caption, n.Title+",") { // which begins with the unit
		caption = n.Title + ". " + caption
	}
	table := bot.Table{Caption: caption, Head: []string{"Where", "How many"}}
	for _, row := range n.Rows {
		table.Rows = append(table.Rows, []bot.Spans{bot.T(row.Slice), bot.T(row.Count)})
	}
	return table
}

func (e Entry) line() bot.Spans {
	var parts []any
	if e.Title != "" {
		parts = append(parts, bot.Strong(e.Title))
	}
	if e.Title != "" && e.Words != "" {
		parts = append(parts, ": ")
	}
	if e.Words != "" {
		parts = append(parts, e.Words)
	}
	if e.By != "" {
		parts = append(parts, " — ", bot.Emphasis(e.By))
	}
	return bot.Line(parts...)
}
