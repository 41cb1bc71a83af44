package parts

import (
	"fmt"

	"evangelist/bot"
)

// pieces cuts one block into blocks that are not too large.
func (m measure) pieces(block bot.Block) []bot.Block {
	limit := m.limit()
	actions, isActions := block.(bot.Actions)
	if m.block(block) <= limit && (!isActions || len(actions.Buttons) <= 5) {
		return []bot.Block{block}
	}
	var out []bot.Block
	switch b := block.(type) {
	case bot.Heading:
		for _, line := range m.cut(b.Text, limit) {
			out = append(out, bot.Heading{Level: b.Level, Text: line})
		}
	case bot.Paragraph:
		out = m.paragraphs(b.Text, limit)
	case bot.Note:
		out = m.notes(b.Text, limit)
	case bot.List:
		out = m.listPieces(b, limit)
	case bot.Facts:
		out = m.factPieces(b, limit)
	case bot.Quote:
		out = m.quotePieces(b, limit)
	case bot.Link:
		out = m.linkPieces(b, limit)
	case bot.Table:
		out = m.tablePieces(b, limit)
	case bot.Figure:
		out = m.figurePieces(b, limit)
	case bot.Actions:
		out = m.actionPieces(b, limit)
	default:
		out = []bot.Block{block}
	}
	return out
}

func (m measure) paragraphs(text bot.Spans, limit int) []bot.Block {
	var out []bot.Block
	for _, line := range m.cut(text, limit) {
		out = append(out, bot.Paragraph{Text: line})
	}
	return out
}

func (m measure) notes(text bot.Spans, limit int) []bot.Block {
	var out []bot.Block
	for _, line := range m.cut(text, limit) {
		out = append(out, bot.Note{Text: line})
	}
	return out
}

// listPieces keeps the numbers of an ordered list right in later pieces by
// writing them out.
func (m measure) listPieces(list bot.List, limit int) []bot.Block {
	const numberSize = 12
	var out []bot.Block
	page := bot.List{Ordered: list.Ordered}
	used := 0
	add := func(item bot.Spans) {
		size := m.lines(item)
		if len(page.Items) > 0 && used+size > limit {
			out = append(out, page)
			page, used = bot.List{}, 0
		}
		page.Items, used = append(page.Items, item), used+size
	}
	for i, item := range list.Items {
		for n, line := range m.cut(item, limit-numberSize-m.Line-m.Span) {
			first := len(out) == 0
			if list.Ordered && n == 0 && (!first || used+m.lines(line) > limit) {
				line = bot.Line(fmt.Sprintf("%d. ", i+1), line)
			}
			add(line)
		}
	}
	return append(out, page)
}

func (m measure) factPieces(facts bot.Facts, limit int) []bot.Block {
	var out []bot.Block
	var page bot.Facts
	used := 0
	flush := func() {
		if len(page.Facts) > 0 {
			out = append(out, page)
		}
		page, used = bot.Facts{}, 0
	}
	for _, fact := range facts.Facts {
		label := m.label(fact)
		if label > limit/2 {
			flush()
			out = append(out, m.paragraphs(bot.Spans{bot.Strong(fact.Label)}, limit)...)
			out = append(out, m.paragraphs(fact.Value, limit)...)
			continue
		}
		for _, line := range m.cut(fact.Value, limit-label) {
			size := label + m.spans(line)
			if used+size > limit {
				flush()
			}
			page.Facts, used = append(page.Facts, bot.Fact{Label: fact.Label, Value: line}), used+size
		}
	}
	flush()
	return out
}

func (m measure) quotePieces(quote bot.Quote, limit int) []bot.Block {
	var out []bot.Block
	by := quote.By
	if m.spans(by) > limit/2 {
		by = nil
	}
	lines := m.cut(quote.Text, limit-m.spans(by))
	for i, line := range lines {
		piece := bot.Quote{Text: line}
		if i == len(lines)-1 {
			piece.By = by
		}
		out = append(out, piece)
	}
	if by == nil && len(quote.By) > 0 {
		out = append(out, m.paragraphs(quote.By, limit)...)
	}
	return out
}

func (m measure) linkPieces(link bot.Link, limit int) []bot.Block {
	var out []bot.Block
	head := m.linkHead(link)
	if head > limit/2 {
		title := link.Title
		if link.Number > 0 {
			title = fmt.Sprintf("%d. %s", link.Number, title)
		}
		out = append(out, m.paragraphs(bot.Spans{bot.Strong(title)}, limit)...)
		if link.URL != "" {
			out = append(out, m.paragraphs(bot.Spans{bot.Mono(link.URL)}, limit)...)
		}
		if link.Meta != "" {
			out = append(out, m.notes(bot.T(link.Meta), limit)...)
		}
		for _, line := range link.Lines {
			out = append(out, m.paragraphs(line, limit)...)
		}
		return out
	}
	first := link
	first.Lines = nil
	used, full := head, false
	var rest []bot.Block
	for _, line := range link.Lines {
		for _, piece := range m.cut(line, limit-head-m.Line) {
			size := m.lines(piece)
			if full = full || used+size > limit; full {
				rest = append(rest, bot.Paragraph{Text: piece})
				continue
			}
			first.Lines, used = append(first.Lines, piece), used+size
		}
	}
	return append([]bot.Block{first}, rest...)
}

// tablePieces repeats caption and head above each piece; a row that is too long
// for that is told as facts.
func (m measure) tablePieces(table bot.Table, limit int) []bot.Block {
	head := m.tableHead(table)
	if head > limit/2 {
		out := m.paragraphs(bot.Spans{bot.Strong(table.Caption)}, limit)
		for _, name := range table.Head {
			out = append(out, m.paragraphs(bot.T(name), limit)...)
		}
		for _, row := range table.Rows {
			for _, cell := range row {
				out = append(out, m.paragraphs(cell, limit)...)
			}
		}
		return out
	}
	var out []bot.Block
	page := bot.Table{Caption: table.Caption, Head: table.Head}
	used := head
	flush := func() {
		if len(page.Rows) > 0 {
			out = append(out, page)
		}
		page.Rows, used = nil, head
	}
	for _, row := range table.Rows {
		size := m.lines(row...)
		if head+size > limit {
			flush()
			if len(out) == 0 && table.Caption != "" {
				out = append(out, bot.Paragraph{Text: bot.Spans{bot.Strong(table.Caption)}})
			}
			out = append(out, m.factPieces(rowFacts(table, row), limit)...)
			continue
		}
		if used+size > limit {
			flush()
		}
		page.Rows, used = append(page.Rows, row), used+size
	}
	flush()
	return out
}

func rowFacts(table bot.Table, row []bot.Spans) bot.Facts {
	var facts bot.Facts
	for i, cell := range row {
		label := ""
		if i < len(table.Head) {
			label = table.Head[i]
		}
		facts.Facts = append(facts.Facts, bot.Fact{Label: label, Value: cell})
	}
	return facts
}

func (m measure) figurePieces(figure bot.Figure, limit int) []bot.Block {
	var after []bot.Block
	if m.text(figure.Alt) > limit/2 {
		after = append(after, m.notes(bot.T(figure.Alt), limit)...)
		figure.Alt = Clip(figure.Alt, limit/4)
	}
	lines := m.cut(figure.Caption, limit-m.Span-m.text(figure.Alt))
	figure.Caption = lines[0]
	for _, line := range lines[1:] {
		after = append(after, bot.Note{Text: line})
	}
	return append([]bot.Block{figure}, after...)
}

// actionPieces makes rows of five; a label or question that is too long for a
// button is told in full beside it.
func (m measure) actionPieces(actions bot.Actions, limit int) []bot.Block {
	var out []bot.Block
	var row bot.Actions
	longest := limit / 20
	for _, button := range actions.Buttons {
		for _, text := range []*string{&button.Label, &button.Confirm} {
			if m.text(*text) > longest {
				out = append(out, m.notes(bot.T(*text), limit)...)
				*text = Clip(*text, longest)
			}
		}
		row.Buttons = append(row.Buttons, button)
		if len(row.Buttons) == 5 {
			out = append(out, row)
			row = bot.Actions{}
		}
	}
	if len(row.Buttons) > 0 {
		out = append(out, row)
	}
	return out
}
