// Package text writes messages as plain text for terminals and for the text
// part of mail: written to be read, not the leftovers of something else.
package text

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"evangelist/bot"
)

// Width is how many characters a line holds; an address that is longer keeps a
// line of its own.
const Width = 76

// Render writes a message. Moments are shown in zone (UTC when nil). Buttons
// are left out: there is nothing to press. It is pure and never fails.
func Render(message bot.Message, zone *time.Location) string {
	w := writer{zone: zone}
	if len(message.Blocks) == 0 {
		w.paragraph(message.Summary, "", "")
	}
	for _, block := range message.Blocks {
		w.block(block)
	}
	return strings.TrimRight(w.out.String(), "\n") + "\n"
}

type writer struct {
	out  strings.Builder
	zone *time.Location
}

func (w *writer) block(block bot.Block) {
	switch b := block.(type) {
	case bot.Heading:
		w.heading(b)
	case bot.Paragraph:
		w.paragraph(w.line(b.Text), "", "")
		w.out.WriteByte('\n')
	case bot.List:
		w.list(b)
	case bot.Facts:
		w.facts(b)
	case bot.Quote:
		w.paragraph(w.line(b.Text)+"”", "  “", "   ")
		if len(b.By) > 0 {
			w.paragraph("— "+w.line(b.By), "   ", "   ")
		}
		w.out.WriteByte('\n')
	case bot.Link:
		w.link(b)
	case bot.Table:
		w.table(b)
	case bot.Figure:
		w.paragraph("["+b.Alt+"]", "", "")
		w.paragraph(w.line(b.Caption), "", "")
		w.out.WriteByte('\n')
	case bot.Note:
		w.paragraph(w.line(b.Text), "", "")
		w.out.WriteByte('\n')
	case bot.Rule:
		w.out.WriteString(strings.Repeat("-", Width) + "\n\n")
	case bot.Actions:
	}
}

// line writes spans; a link whose address differs from its words shows both.
func (w *writer) line(spans bot.Spans) string {
	var out strings.Builder
	for _, span := range spans {
		switch span.Kind {
		case bot.When:
			out.WriteString(bot.ShowTime(span.At, span.Style, w.zone))
		case bot.Anchor:
			out.WriteString(span.Text)
			if span.Text != span.URL {
				out.WriteString(" <" + span.URL + ">")
			}
		case bot.Plain, bot.Bold, bot.Italic, bot.Code, bot.Who:
			out.WriteString(span.Text)
		}
	}
	return out.String()
}

func (w *writer) heading(b bot.Heading) {
	text := w.line(b.Text)
	mark := "="
	if b.Level > 1 {
		mark = "-"
	}
	w.paragraph(text, "", "")
	w.out.WriteString(strings.Repeat(mark, min(utf8.RuneCountInString(text), Width)) + "\n\n")
}

func (w *writer) list(b bot.List) {
	for i, item := range b.Items {
		mark := "•"
		if b.Ordered {
			mark = fmt.Sprintf("%d.", i+1)
		}
		lead := fmt.Sprintf("%2s ", mark)
		w.paragraph(w.line(item), lead, strings.Repeat(" ", utf8.RuneCountInString(lead)))
	}
	w.out.WriteByte('\n')
}

func (w *writer) facts(b bot.Facts) {
	widest := 0
	for _, fact := range b.Facts {
		widest = max(widest, utf8.RuneCountInString(fact.Label))
	}
	for _, fact := range b.Facts {
		lead := fact.Label + ":" + strings.Repeat(" ", widest-utf8.RuneCountInString(fact.Label)+1)
		w.paragraph(w.line(fact.Value), lead, strings.Repeat(" ", widest+2))
	}
	w.out.WriteByte('\n')
}

func (w *writer) link(b bot.Link) {
	lead := "   "
	if b.Number > 0 {
		lead = fmt.Sprintf("%2d  ", b.Number)
	}
	under := strings.Repeat(" ", utf8.RuneCountInString(lead))
	w.paragraph(b.Title, lead, under)
	if b.URL != "" {
		w.out.WriteString(under + b.URL + "\n")
	}
	if b.Meta != "" {
		w.paragraph(b.Meta, under, under)
	}
	for _, line := range b.Lines {
		w.paragraph(w.line(line), under, under)
	}
	w.out.WriteByte('\n')
}

func (w *writer) table(b bot.Table) {
	if b.Caption != "" {
		w.paragraph(b.Caption, "", "")
	}
	rows := [][]string{b.Head}
	for _, row := range b.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(w.line(cell), "\n", " ")
		}
		rows = append(rows, cells)
	}
	widths := make([]int, len(b.Head))
	for _, row := range rows {
		for i := range min(len(row), len(widths)) {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	for at, row := range rows {
		var line strings.Builder
		for i := range min(len(row), len(widths)) {
			line.WriteString(row[i] + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(row[i])+2))
		}
		w.out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		if at == 0 {
			for i, width := range widths {
				if i > 0 {
					w.out.WriteString("  ")
				}
				w.out.WriteString(strings.Repeat("-", width))
			}
			w.out.WriteByte('\n')
		}
	}
	w.out.WriteByte('\n')
}

// paragraph wraps words at Width behind lead on the first line and under on the
// others. Line breaks in the text are kept.
func (w *writer) paragraph(text, lead, under string) {
	for part := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(part)
		line := lead
		fresh := true
		for _, word := range words {
			if !fresh && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > Width {
				w.out.WriteString(line + "\n")
				line, fresh = under, true
			}
			if !fresh {
				line += " "
			}
			line += word
			fresh = false
		}
		w.out.WriteString(strings.TrimRight(line, " ") + "\n")
		lead = under
	}
}
