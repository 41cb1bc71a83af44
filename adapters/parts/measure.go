package parts

import (
	"unicode/utf8"

	"evangelist/bot"
)

const (
	leastSize  = 200 // what is smaller could not hold what may not be cut
	momentSize = 40  // more than a moment ever takes when shown
)

// measure holds limits with everything filled in.
type measure Limits

func (m measure) limit() int { return max(m.Size, leastSize) }

func (m measure) rune(r rune) int {
	if m.Rune == nil {
		return 1
	}
	return m.Rune(r)
}

func (m measure) text(texts ...string) int {
	total := 0
	for _, text := range texts {
		if m.Text == nil {
			total += utf8.RuneCountInString(text)
		} else {
			total += m.Text(text)
		}
	}
	return total
}

func (m measure) span(span bot.Span) int {
	if span.Kind != bot.When {
		return m.Span + m.text(span.Text, span.URL)
	}
	if m.Moment > 0 {
		return m.Moment
	}
	return momentSize
}

func (m measure) spans(lines ...bot.Spans) int {
	total := 0
	for _, line := range lines {
		for _, span := range line {
			total += m.span(span)
		}
	}
	return total
}

// lines is what lines take that stand below each other.
func (m measure) lines(lines ...bot.Spans) int { return m.spans(lines...) + m.Line*len(lines) }

func (m measure) fact(fact bot.Fact) int { return m.label(fact) + m.spans(fact.Value) }

func (m measure) label(fact bot.Fact) int { return m.Line + m.Span + m.text(fact.Label) }

func (m measure) blocks(blocks []bot.Block) int {
	total := 0
	for _, block := range blocks {
		total += m.block(block)
	}
	return total
}

// block is how large a block is.
func (m measure) block(block bot.Block) int {
	switch b := block.(type) {
	case bot.Heading:
		return m.spans(b.Text)
	case bot.Paragraph:
		return m.spans(b.Text)
	case bot.List:
		return m.lines(b.Items...)
	case bot.Facts:
		total := 0
		for _, fact := range b.Facts {
			total += m.fact(fact)
		}
		return total
	case bot.Quote:
		return m.spans(b.Text, b.By)
	case bot.Link:
		return m.linkHead(b) + m.lines(b.Lines...)
	case bot.Table:
		total := m.tableHead(b)
		for _, row := range b.Rows {
			total += m.lines(row...)
		}
		return total
	case bot.Figure:
		return m.Span + m.text(b.Alt) + m.spans(b.Caption)
	case bot.Note:
		return m.spans(b.Text)
	case bot.Actions:
		total := 0
		for _, button := range b.Buttons {
			total += m.Line + m.text(button.Label, button.Confirm)
		}
		return total
	}
	return 0
}

func (m measure) linkHead(link bot.Link) int {
	return 3*m.Span + m.text(link.Title, link.URL, link.Meta)
}

func (m measure) tableHead(t bot.Table) int {
	return m.Span + m.text(t.Caption) + m.Line*len(t.Head) + m.text(t.Head...)
}
