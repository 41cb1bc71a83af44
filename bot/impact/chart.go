package impact

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"evangelist/bot"
)

// Sizes of a chart, in its own units, which are pixels where there is room.
const (
	chartWidth = 260
	rowHeight  = 44
	barTop     = 20
	barHeight  = 12
	chartLabel = 36 // characters that fit above a bar
)

// figure draws the shares of a number as bars, in the order of its rows: by name,
// never by size. It carries nothing that the rows do not show. Where fewer than
// two are shown there is nothing to compare, and no chart.
func (n Number) figure() (bot.Figure, bool) {
	shown := 0
	for _, row := range n.Rows {
		if _, ok := row.Share(); ok {
			shown++
		}
	}
	if shown < 2 {
		return bot.Figure{}, false
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">`, chartWidth, rowHeight*len(n.Rows), chartWidth, rowHeight*len(n.Rows))
	for i, row := range n.Rows {
		y := i * rowHeight
		share, ok := row.Share()
		fmt.Fprintf(&b, `<text x="0" y="%d" font-size="13" fill="currentColor">%s</text>`, y+14, html.EscapeString(fit(row.Slice)))
		if !ok {
			fmt.Fprintf(&b, `<text x="0" y="%d" font-size="12" fill="currentColor" fill-opacity="0.85">%s</text>`, y+30, "not shown")
			continue
		}
		fmt.Fprintf(&b, `<rect x="0.5" y="%d" width="%d" height="%d" rx="3" fill="none" stroke="currentColor" stroke-opacity="0.6"/>`, y+barTop, chartWidth-1, barHeight)
		if share > 0 {
			fmt.Fprintf(&b, `<rect x="0.5" y="%d" width="%.1f" height="%d" rx="3" fill="currentColor"/>`, y+barTop, share*(chartWidth-1), barHeight)
		}
	}
	b.WriteString(`</svg>`)
	return bot.Figure{
		Alt:     "Bars: " + n.Title + ", as the part of all colleagues, " + n.Rows[0].Period + ". The table has the numbers.",
		Caption: bot.T(n.Title + " as the part of all colleagues, " + n.Rows[0].Period + ". A full bar would be everybody."),
		SVG:     b.String(),
	}, true
}

func fit(text string) string {
	if utf8.RuneCountInString(text) <= chartLabel {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:chartLabel-1])) + "…"
}
