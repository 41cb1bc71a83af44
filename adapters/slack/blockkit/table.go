package blockkit

import (
	"strings"
	"unicode/utf8"

	"evangelist/bot"
)

const (
	widestTable = 72   // columns that a fixed-width face has room for
	tableText   = 2800 // UTF-16 units of the rows in one box
)

// tables replaces a table by tables that each have room in one box, or, where
// columns cannot be kept straight, by a list of its rows.
func (d *drawer) tables(t bot.Table) []bot.Block {
	grid, width, straight := d.grid(t)
	if !straight || width > widestTable {
		return rowList(t)
	}
	var out []bot.Block
	page := bot.Table{Caption: t.Caption, Head: t.Head}
	most := max(tableText/(width+1)-2, 1)
	for i := range grid[1:] {
		if len(page.Rows) == most {
			out = append(out, page)
			page.Rows = nil
		}
		page.Rows = append(page.Rows, t.Rows[i])
	}
	return append(out, page)
}

// grid writes a table's cells, head first, and how wide it is; straight is false
// where a fixed-width face would not keep the columns in line, or would lose
// something that a cell does.
func (d *drawer) grid(t bot.Table) (grid [][]string, width int, straight bool) {
	grid = append(grid, make([]string, len(t.Head)))
	for i, name := range t.Head {
		grid[0][i] = strings.TrimSpace(clean(name))
	}
	for _, row := range t.Rows {
		if len(row) > len(t.Head) {
			return grid, 0, false
		}
		cells := make([]string, len(row))
		for i, cell := range row {
			for _, span := range cell {
				if span.Kind == bot.Anchor || d.pings && span.Kind == bot.Who && span.Ping || span.Kind == bot.When && showable(span.At) {
					return grid, 0, false
				}
			}
			cells[i] = strings.TrimSpace(d.plain(cell))
		}
		grid = append(grid, cells)
	}
	for _, column := range widths(grid) {
		width += column + 2
	}
	return grid, max(width-2, 0), len(t.Head) > 0 && evenly(grid)
}

// evenly reports whether every letter is one column wide.
func evenly(grid [][]string) bool {
	for _, row := range grid {
		for _, cell := range row {
			for _, r := range cell {
				narrow := r >= ' ' && r < 0x300 || r >= 0x370 && r < 0x482 || r >= 0x2010 && r < 0x2028 || r == '…' || r == '€'
				if !narrow {
					return false
				}
			}
		}
	}
	return true
}

func widths(grid [][]string) []int {
	var out []int
	for _, row := range grid {
		for i, cell := range row {
			if i == len(out) {
				out = append(out, 0)
			}
			out[i] = max(out[i], utf8.RuneCountInString(cell))
		}
	}
	return out
}

// table draws a table that has room in one box: caption, head, a line, rows.
func (d *drawer) table(t bot.Table) []any {
	grid, _, _ := d.grid(t)
	columns := widths(grid)
	var out strings.Builder
	line := func(cells []string, fill string) {
		var row strings.Builder
		for i, cell := range cells {
			row.WriteString(cell + strings.Repeat(fill, columns[i]-utf8.RuneCountInString(cell)) + "  ")
		}
		out.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	line(grid[0], " ")
	line(make([]string, len(columns)), "─")
	for _, row := range grid[1:] {
		line(row, " ")
	}
	box := rich{Type: "rich_text_preformatted", Elements: []leaf{{Type: "text", Text: strings.TrimRight(out.String(), "\n")}}}
	caption := section(trimmed(d.leaves(bot.Spans{bot.Strong(t.Caption)}, style{})))
	return d.rich(caption, box)
}

// rowList tells each row as an item of labelled values.
func rowList(t bot.Table) []bot.Block {
	var out []bot.Block
	if !blank(t.Caption) {
		out = append(out, bot.Paragraph{Text: bot.Spans{bot.Strong(t.Caption)}})
	}
	var list bot.List
	for _, row := range t.Rows {
		var item bot.Spans
		for i := range max(len(row), len(t.Head)) {
			if i > 0 {
				item = append(item, bot.T("\n")...)
			}
			if i < len(t.Head) && !blank(clean(t.Head[i])) {
				item = append(item, bot.Line(bot.Strong(labelled(strings.TrimSpace(clean(t.Head[i])))), " ")...)
			}
			if i < len(row) {
				item = append(item, row[i]...)
			}
		}
		list.Items = append(list.Items, item)
	}
	if len(list.Items) == 0 && len(t.Head) > 0 {
		out = append(out, bot.Paragraph{Text: bot.T(strings.Join(t.Head, ", "))})
	}
	if len(list.Items) > 0 {
		out = append(out, list)
	}
	return out
}
