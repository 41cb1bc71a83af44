package cards

import (
	"fmt"
	"unicode/utf8"

	"evangelist/bot"
)

// blocks draws blocks from top to bottom. A rule becomes the separator of what
// follows, and so does the beginning of a section; buttons right after a link
// stand under its text.
func (r Renderer) blocks(blocks []bot.Block) []element {
	var out []element
	ruled, opened := false, false
	var under *[]element // where the buttons of the last link go
	for _, block := range blocks {
		if _, is := block.(bot.Rule); is {
			ruled, under = true, nil
			continue
		}
		drawn := r.block(block)
		if len(drawn) == 0 {
			continue
		}
		if _, is := block.(bot.Actions); is && under != nil && !ruled {
			drawn[0].Spacing = "Small"
			*under = append(*under, drawn...)
			continue
		}
		heading, isHeading := block.(bot.Heading)
		_, isNote := block.(bot.Note)
		switch {
		case ruled && len(out) > 0, isHeading && heading.Level > 1 && len(out) > 0:
			drawn[0].Separator, drawn[0].Spacing = true, "Large"
		case isNote && opened: // small print that belongs to the heading
			drawn[0].Spacing = "None"
		}
		ruled, under, opened = false, nil, isHeading
		out = append(out, drawn...)
		if _, is := block.(bot.Link); is {
			under = textOf(&out[len(out)-1])
		}
	}
	return out
}

// textOf is where the text of a drawn link stands.
func textOf(link *element) *[]element {
	if link.Type == "ColumnSet" {
		return &link.Columns[1].Items
	}
	return &link.Items
}

func (r Renderer) block(block bot.Block) []element {
	switch b := block.(type) {
	case bot.Heading:
		return r.heading(b)
	case bot.Paragraph:
		return r.lines(b.Text, look{})
	case bot.List:
		return r.list(b)
	case bot.Facts:
		return r.facts(b)
	case bot.Quote:
		return r.quote(b)
	case bot.Link:
		return r.link(b)
	case bot.Table:
		return r.table(b)
	case bot.Figure:
		return r.figure(b)
	case bot.Note:
		return r.lines(b.Text, small())
	case bot.Actions:
		return r.actions(b)
	}
	return nil
}

// heading is a TextBlock where that is safe, for only a TextBlock is announced
// as a heading.
func (r Renderer) heading(h bot.Heading) []element {
	l := look{size: "Large", weight: "Bolder"}
	if h.Level > 1 {
		l.size = "Medium"
	}
	if len(h.Text) == 1 && h.Text[0].Kind == bot.Code { // a code to copy
		l.size, l.weight = "ExtraLarge", ""
	}
	out := r.lines(h.Text, l)
	if len(out) == 0 {
		return nil
	}
	if only := out[0].Inlines; len(out) == 1 && len(only) == 1 && tame(only[0].Text) &&
		only[0] == (run{Type: "TextRun", Text: only[0].Text, Size: l.size, Weight: l.weight}) {
		return []element{{Type: "TextBlock", Style: "heading", Text: only[0].Text, Size: l.size, Weight: l.weight, Wrap: true}}
	}
	return out
}

// column is a Column of text beside others.
func column(width any, items []element) element {
	return element{Type: "Column", Width: width, Items: items}
}

// marked sets a mark to the left of text, so that its lines hang together.
func (r Renderer) marked(mark string, l look, width string, items []element) element {
	return element{Type: "ColumnSet", Spacing: "Small", Columns: []element{
		column(width, r.lines(bot.T(mark), l)), {Type: "Column", Width: "stretch", Spacing: "Small", Items: items},
	}}
}

func (r Renderer) list(list bot.List) []element {
	var out []element
	width := "16px"
	if list.Ordered {
		width = fmt.Sprintf("%dpx", 12+8*len(fmt.Sprint(len(list.Items))))
	}
	for i, item := range list.Items {
		text := r.lines(item, look{})
		if len(text) == 0 {
			continue
		}
		mark := "•"
		if list.Ordered {
			mark = fmt.Sprintf("%d.", i+1)
		}
		drawn := r.marked(mark, look{}, width, text)
		if len(out) == 0 {
			drawn.Spacing = ""
		}
		out = append(out, drawn)
	}
	return out
}

// facts are a FactSet where that is safe, for it shows markdown; else columns
// that look alike.
func (r Renderer) facts(facts bot.Facts) []element {
	set := element{Type: "FactSet"}
	var out []element
	widest := 0
	for _, f := range facts.Facts {
		widest = max(widest, utf8.RuneCountInString(f.Label))
	}
	width := fmt.Sprintf("%dpx", min(24+7*widest, 150))
	for _, f := range facts.Facts {
		label, value := r.lines(bot.T(f.Label), look{weight: "Bolder"}), r.lines(f.Value, look{})
		switch {
		case len(label) == 0 && len(value) == 0:
			continue
		case len(value) == 0: // a FactSet has no fact without a value
			out = append(out, label...)
			continue
		case len(label) == 0:
			out = append(out, value...)
			continue
		}
		row := element{Type: "ColumnSet", Spacing: "Small", Columns: []element{column(width, label), column("stretch", value)}}
		if len(out) == 0 {
			row.Spacing = ""
		}
		out = append(out, row)
		if title, ok := oneLine(label); ok {
			if text, ok := oneLine(value); ok {
				set.Facts = append(set.Facts, fact{Title: title, Value: text})
			}
		}
	}
	if len(out) > 0 && len(set.Facts) == len(out) {
		return []element{set}
	}
	return out
}

// oneLine returns the text of what was drawn, if it is one plain line without
// anything that markdown could act on.
func oneLine(drawn []element) (string, bool) {
	if len(drawn) != 1 || len(drawn[0].Inlines) != 1 {
		return "", false
	}
	only := drawn[0].Inlines[0]
	plain := run{Type: "TextRun", Text: only.Text, Weight: only.Weight}
	return only.Text, only == plain && tame(only.Text)
}

func (r Renderer) quote(quote bot.Quote) []element {
	items := r.lines(quote.Text, look{})
	by := r.lines(quote.By, small())
	if len(by) > 0 {
		by[0].Spacing = "Small"
	}
	if items = append(items, by...); len(items) == 0 {
		return nil
	}
	return []element{{Type: "Container", Style: "emphasis", Items: items}}
}

// figure tells what a picture shows: clients do not show SVG, and a picture from
// an address would have to be served to the world.
func (r Renderer) figure(figure bot.Figure) []element {
	caption := r.lines(figure.Caption, small())
	alt := r.lines(bot.T(figure.Alt), small())
	if len(caption) > 0 && len(alt) > 0 {
		caption[0].Spacing = "None"
	}
	return append(alt, caption...)
}

func (r Renderer) link(link bot.Link) []element {
	title := link.Title
	if title == "" {
		title = link.URL
	}
	text := r.lines(bot.Spans{{Kind: bot.Anchor, Text: shown(title), URL: link.URL}}, look{weight: "Bolder"})
	meta := r.lines(bot.T(link.Meta), small())
	if len(meta) > 0 {
		meta[0].Spacing = "None"
	}
	text = append(text, meta...)
	gap := "Small"
	for _, line := range link.Lines {
		drawn := r.lines(line, look{})
		if len(drawn) > 0 {
			drawn[0].Spacing, gap = gap, "None"
		}
		text = append(text, drawn...)
	}
	switch {
	case len(text) == 0:
		return nil
	case link.Number < 1:
		return []element{{Type: "Container", Items: text, Spacing: "Medium"}}
	}
	mark := fmt.Sprint(link.Number)
	drawn := r.marked(mark, look{weight: "Bolder", subtle: true}, fmt.Sprintf("%dpx", 12+8*len(mark)), text)
	drawn.Spacing = "Medium"
	return []element{drawn}
}

func (r Renderer) table(table bot.Table) []element {
	out := r.lines(bot.T(table.Caption), look{weight: "Bolder"})
	var widths []int
	cell := func(n int, text bot.Spans, l look) element {
		for n >= len(widths) {
			widths = append(widths, 0)
		}
		widths[n] = max(widths[n], min(utf8.RuneCountInString(text.Plain(r.Zone)), 30))
		return element{Type: "TableCell", Items: orBlank(r.lines(text, l))}
	}
	grid := element{Type: "Table", Spacing: "Small"}
	var head []element
	for n, text := range table.Head {
		head = append(head, cell(n, bot.T(text), look{weight: "Bolder"}))
	}
	if len(head) > 0 {
		grid.Rows = append(grid.Rows, element{Type: "TableRow", Cells: head})
	}
	for _, row := range table.Rows {
		var cells []element
		for n, text := range row {
			cells = append(cells, cell(n, text, look{}))
		}
		if len(cells) > 0 {
			grid.Rows = append(grid.Rows, element{Type: "TableRow", Cells: cells})
		}
	}
	if len(grid.Rows) == 0 {
		return out
	}
	for i := range grid.Rows {
		for len(grid.Rows[i].Cells) < len(widths) {
			grid.Rows[i].Cells = append(grid.Rows[i].Cells, element{Type: "TableCell", Items: orBlank(nil)})
		}
	}
	for _, width := range widths {
		grid.Columns = append(grid.Columns, element{Width: max(width, 8)})
	}
	return append(out, grid)
}

// orBlank fills a cell that would be empty, which no card may have.
func orBlank(items []element) []element {
	if len(items) > 0 {
		return items
	}
	return []element{{Type: "RichTextBlock", Inlines: []run{{Type: "TextRun", Text: " "}}}}
}
