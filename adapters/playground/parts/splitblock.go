package parts

import (
	"fmt"

	"evangelist/bot"
)

// blockSize is how many characters of words and addresses a block holds.
func blockSize(block bot.Block) int {
	switch b := block.(type) {
	case bot.Heading:
		return spansSize(b.Text)
	case bot.Paragraph:
		return spansSize(b.Text)
	case bot.List:
		return spansSize(b.Items...)
	case bot.Facts:
		total := 0
		for _, fact := range b.Facts {
			total += runeCount(fact.Label) + spansSize(fact.Value)
		}
		return total
	case bot.Quote:
		return spansSize(b.Text, b.By)
	case bot.Link:
		return runeCount(b.Title, b.URL, b.Meta) + spansSize(b.Lines...)
	case bot.Table:
		total := headSize(b)
		for _, row := range b.Rows {
			total += spansSize(row...)
		}
		return total
	case bot.Figure:
		return runeCount(b.Alt) + spansSize(b.Caption)
	case bot.Note:
		return spansSize(b.Text)
	case bot.Actions:
		total := 0
		for _, button := range b.Buttons {
			total += runeCount(button.Label, button.Confirm)
		}
		return total
	}
	return 0
}

func headSize(t bot.Table) int { return runeCount(t.Caption) + runeCount(t.Head...) }

// pieces cuts one block into blocks of at most limit characters.
func pieces(block bot.Block, limit int) []bot.Block {
	actions, isActions := block.(bot.Actions)
	if blockSize(block) <= limit && (!isActions || len(actions.Buttons) <= 5) {
		return []bot.Block{block}
	}
	var out []bot.Block
	switch b := block.(type) {
	case bot.Heading:
		for _, line := range cut(b.Text, limit) {
			out = append(out, bot.Heading{Level: b.Level, Text: line})
		}
	case bot.Paragraph:
		out = paragraphs(b.Text, limit)
	case bot.Note:
		out = notes(b.Text, limit)
	case bot.List:
		out = listPieces(b, limit)
	case bot.Facts:
		out = factPieces(b, limit)
	case bot.Quote:
		out = quotePieces(b, limit)
	case bot.Link:
		out = linkPieces(b, limit)
	case bot.Table:
		out = tablePieces(b, limit)
	case bot.Figure:
		out = figurePieces(b, limit)
	case bot.Actions:
		out = actionPieces(b, limit)
	default:
		out = []bot.Block{block}
	}
	return out
}

func paragraphs(text bot.Spans, limit int) []bot.Block {
	var out []bot.Block
	for _, line := range cut(text, limit) {
		out = append(out, bot.Paragraph{Text: line})
	}
	return out
}

func notes(text bot.Spans, limit int) []bot.Block {
	var out []bot.Block
	for _, line := range cut(text, limit) {
		out = append(out, bot.Note{Text: line})
	}
	return out
}

// listPieces keeps the numbers of an ordered list right in later pieces by
// writing them out.
func listPieces(list bot.List, limit int) []bot.Block {
	const numberSize = 12
	var out []bot.Block
	page := bot.List{Ordered: list.Ordered}
	used := 0
	add := func(item bot.Spans) {
		if size := spansSize(item); len(page.Items) > 0 && used+size > limit {
			out = append(out, page)
			page, used = bot.List{}, 0
		}
		page.Items, used = append(page.Items, item), used+spansSize(item)
	}
	for i, item := range list.Items {
		for n, line := range cut(item, limit-numberSize) {
			first := len(out) == 0
			if list.Ordered && n == 0 && (!first || used+spansSize(line) > limit) {
				line = bot.Line(fmt.Sprintf("%d. ", i+1), line)
			}
			add(line)
		}
	}
	return append(out, page)
}

func factPieces(facts bot.Facts, limit int) []bot.Block {
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
		label := runeCount(fact.Label)
		if label > limit/2 {
			flush()
			out = append(out, paragraphs(bot.Spans{bot.Strong(fact.Label)}, limit)...)
			out = append(out, paragraphs(fact.Value, limit)...)
			continue
		}
		for _, line := range cut(fact.Value, limit-label) {
			if size := label + spansSize(line); used+size > limit {
				flush()
			}
			page.Facts, used = append(page.Facts, bot.Fact{Label: fact.Label, Value: line}), used+label+spansSize(line)
		}
	}
	flush()
	return out
}

func quotePieces(quote bot.Quote, limit int) []bot.Block {
	var out []bot.Block
	by := quote.By
	if spansSize(by) > limit/2 {
		by = nil
	}
	lines := cut(quote.Text, limit-spansSize(by))
	for i, line := range lines {
		piece := bot.Quote{Text: line}
		if i == len(lines)-1 {
			piece.By = by
		}
		out = append(out, piece)
	}
	if by == nil && len(quote.By) > 0 {
		out = append(out, paragraphs(quote.By, limit)...)
	}
	return out
}

func linkPieces(link bot.Link, limit int) []bot.Block {
	var out []bot.Block
	head := runeCount(link.Title, link.URL, link.Meta)
	if head > limit/2 {
		title := link.Title
		if link.Number > 0 {
			title = fmt.Sprintf("%d. %s", link.Number, title)
		}
		out = append(out, paragraphs(bot.Spans{bot.Strong(title)}, limit)...)
		if link.URL != "" {
			out = append(out, paragraphs(bot.Spans{bot.Mono(link.URL)}, limit)...)
		}
		if link.Meta != "" {
			out = append(out, notes(bot.T(link.Meta), limit)...)
		}
		for _, line := range link.Lines {
			out = append(out, paragraphs(line, limit)...)
		}
		return out
	}
	first := link
	first.Lines = nil
	used, full := head, false
	var rest []bot.Block
	for _, line := range link.Lines {
		for _, piece := range cut(line, limit-head) {
			if full = full || used+spansSize(piece) > limit; full {
				rest = append(rest, bot.Paragraph{Text: piece})
				continue
			}
			first.Lines, used = append(first.Lines, piece), used+spansSize(piece)
		}
	}
	return append([]bot.Block{first}, rest...)
}

// tablePieces repeats caption and head above each piece; a row that is too long
// for that is told as facts.
func tablePieces(table bot.Table, limit int) []bot.Block {
	head := headSize(table)
	if head > limit/2 {
		out := paragraphs(bot.Spans{bot.Strong(table.Caption)}, limit)
		for _, name := range table.Head {
			out = append(out, paragraphs(bot.T(name), limit)...)
		}
		for _, row := range table.Rows {
			for _, cell := range row {
				out = append(out, paragraphs(cell, limit)...)
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
		size := spansSize(row...)
		if head+size > limit {
			flush()
			out = append(out, factPieces(rowFacts(table, row), limit)...)
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

func figurePieces(figure bot.Figure, limit int) []bot.Block {
	var after []bot.Block
	if runeCount(figure.Alt) > limit/2 {
		after = append(after, notes(bot.T(figure.Alt), limit)...)
		figure.Alt = clip(figure.Alt, limit/4)
	}
	lines := cut(figure.Caption, limit-runeCount(figure.Alt))
	figure.Caption = lines[0]
	for _, line := range lines[1:] {
		after = append(after, bot.Note{Text: line})
	}
	return append([]bot.Block{figure}, after...)
}

// actionPieces makes rows of five; a label or question that is too long for a
// button is told in full beside it.
func actionPieces(actions bot.Actions, limit int) []bot.Block {
	var out []bot.Block
	var row bot.Actions
	longest := limit / 20
	for _, button := range actions.Buttons {
		for _, text := range []*string{&button.Label, &button.Confirm} {
			if runeCount(*text) > longest {
				out = append(out, notes(bot.T(*text), limit)...)
				*text = clip(*text, longest)
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
