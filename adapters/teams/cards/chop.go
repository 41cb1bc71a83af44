package cards

import (
	"evangelist/adapters/parts"
	"evangelist/bot"
)

const (
	maxColumns = 4  // a wider table is told as facts, row by row: a phone is narrow
	maxLabel   = 50 // characters on a button
)

// chopped replaces blocks that a card cannot show as they are.
func chopped(blocks []bot.Block) []bot.Block {
	var out []bot.Block
	for _, block := range blocks {
		switch b := block.(type) {
		case bot.Table:
			out = append(out, chopTable(b)...)
		case bot.Actions:
			out = append(out, chopActions(b)...)
		default:
			out = append(out, block)
		}
	}
	return out
}

// chopTable tells a table row by row if it is too wide.
func chopTable(table bot.Table) []bot.Block {
	wide := len(table.Head)
	for _, row := range table.Rows {
		wide = max(wide, len(row))
	}
	if wide <= maxColumns {
		return []bot.Block{table}
	}
	var out []bot.Block
	if table.Caption != "" {
		out = append(out, bot.Paragraph{Text: bot.Spans{bot.Strong(table.Caption)}})
	}
	rows := table.Rows
	if len(rows) == 0 {
		rows = [][]bot.Spans{nil} // the head alone
	}
	for i, row := range rows {
		var facts bot.Facts
		for n := range max(len(table.Head), len(row)) {
			var f bot.Fact
			if n < len(table.Head) {
				f.Label = table.Head[n]
			}
			if n < len(row) {
				f.Value = row[n]
			}
			facts.Facts = append(facts.Facts, f)
		}
		if i > 0 {
			out = append(out, bot.Rule{})
		}
		out = append(out, facts)
	}
	return out
}

// chopActions tells a label that is too long for a button in full above it.
func chopActions(actions bot.Actions) []bot.Block {
	var out []bot.Block
	var row bot.Actions
	for _, button := range actions.Buttons {
		if label := parts.Clip(button.Label, maxLabel); label != button.Label {
			out = append(out, bot.Note{Text: bot.T(button.Label)})
			button.Label = label
		}
		row.Buttons = append(row.Buttons, button)
	}
	return append(out, row)
}
