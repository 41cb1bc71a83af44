package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"evangelist/adapters/parts"
	"evangelist/bot"
)

// What one message holds. Slack takes 50 blocks; how much text it takes it does
// not say, see package limits.
const (
	partBlocks = 45
	partWeight = 12_000
	partJSON   = 15_500 // as JSON; the most that somebody was seen to get through with many blocks
	pieceSize  = 11_000 // of one block, as JSON
)

// Message draws a message in as many parts as it takes: each at most 45 blocks
// and 12,000 characters, everything counted. It cuts between blocks where it
// can, else at a paragraph, a sentence, a space; no word is lost. A payload is
// the JSON object {"text", "blocks"}; text is the summary, for notifications.
// There is at least one part, and equal messages give equal parts.
func Message(message bot.Message, o Options) ([]bot.Part, error) {
	d := &drawer{Options: o, pings: true}
	items, err := d.items(message)
	if err != nil {
		return nil, err
	}
	pages := parts.Pack(items, parts.Limits{Blocks: partBlocks, Size: partWeight},
		func(i item) (int, int) { return len(i.raw), i.size },
		func(i, next item) bool { return parts.Together(i.source, next.source) })
	out := make([]bot.Part, len(pages))
	for n, page := range pages {
		shown := bot.Message{Blocks: make([]bot.Block, len(page))}
		for i := range page {
			shown.Blocks[i] = page[i].source
		}
		words := parts.Words(shown)
		text, err := encode(escape(parts.Summary(summary(message, words), n, len(pages))))
		if err != nil {
			return nil, err
		}
		var payload bytes.Buffer
		payload.WriteString(`{"text":`)
		payload.Write(text)
		payload.WriteString(`,"blocks":[`)
		payload.Write(bytes.Join(joined(page), []byte(",")))
		payload.WriteString(`]}`)
		out[n] = bot.Part{Payload: payload.Bytes(), Text: words}
	}
	return out, nil
}

// summary is what a notification says; Slack refuses one that says nothing.
func summary(message bot.Message, words string) string {
	for _, text := range []string{message.Summary, words} {
		if text = clean(text); !blank(text) {
			return text
		}
	}
	return "…"
}

// item is one block of a message as it was drawn.
type item struct {
	source bot.Block
	raw    []json.RawMessage
	ruled  bool // the first is a line that only parts it from what is above
	last   any  // the last of them before it was written
	size   int  // as part of a message
	bytes  int  // as part of a view
}

// items draws the blocks of a message; there is at least one.
func (d *drawer) items(message bot.Message) ([]item, error) {
	var ready []bot.Block
	for _, block := range message.Blocks {
		switch b := block.(type) {
		case bot.Table:
			ready = append(ready, d.tables(b)...)
		case bot.Actions:
			ready = append(append(ready, beside(b)...), shortened(b))
		default:
			ready = append(ready, block)
		}
	}
	var out []item
	for _, block := range parts.Cut(ready, d.pieces(ready)) {
		one, err := d.item(block)
		if err != nil {
			return nil, err
		}
		if one.raw != nil {
			out = append(out, one)
		}
	}
	if out != nil {
		return out, nil
	}
	text := message.Summary
	if blank(clean(text)) {
		text = "…"
	}
	for _, block := range parts.Cut([]bot.Block{bot.Paragraph{Text: bot.T(text)}}, d.pieces(nil)) {
		one, err := d.item(block)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// pieces measures blocks before they are drawn, never too small: in what they
// take as JSON.
func (d *drawer) pieces(blocks []bot.Block) parts.Limits {
	span := plainSpan
	for _, block := range blocks {
		for _, line := range lines(block) {
			for _, one := range line {
				if strings.HasPrefix(one.URL, "/") {
					span = max(span, plainSpan+len(d.BaseURL))
				}
			}
		}
	}
	return parts.Limits{Size: pieceSize, Text: weight, Rune: weightOf, Span: span, Moment: 220, Line: 70}
}

// plainSpan is what a span takes besides its words. One that pings takes more;
// that is within what a part holds beyond the size of a piece.
const plainSpan = 60

// lines are the lines of a block.
func lines(block bot.Block) []bot.Spans {
	switch b := block.(type) {
	case bot.Heading:
		return []bot.Spans{b.Text}
	case bot.Paragraph:
		return []bot.Spans{b.Text}
	case bot.List:
		return b.Items
	case bot.Facts:
		out := make([]bot.Spans, len(b.Facts))
		for i, fact := range b.Facts {
			out[i] = fact.Value
		}
		return out
	case bot.Quote:
		return []bot.Spans{b.Text, b.By}
	case bot.Link:
		return b.Lines
	case bot.Figure:
		return []bot.Spans{b.Caption}
	case bot.Note:
		return []bot.Spans{b.Text}
	}
	return nil // a table that is left at this point is in one face
}

func (d *drawer) item(block bot.Block) (item, error) {
	out := item{source: block}
	total, length := 0, 0
	for i, drawn := range d.draw(block) {
		raw, err := encode(drawn)
		if err != nil {
			return item{}, fmt.Errorf("draw a %T: %w", block, err)
		}
		if _, line := drawn.(dividerBlock); line && i == 0 {
			_, rule := block.(bot.Rule)
			out.ruled = !rule
		}
		out.raw, out.last = append(out.raw, raw), drawn
		total, length, out.bytes = total+weigh(drawn), length+weight(string(raw)), out.bytes+len(raw)+1
	}
	out.size = max(total, (length*partWeight+partJSON-1)/partJSON)
	return out, nil
}

// joined lists the blocks of a page, without lines that part nothing: at its
// beginning, under another line, under the title.
func joined(page []item) [][]byte {
	var out [][]byte
	var above any = dividerBlock{}
	for _, one := range page {
		raw := one.raw
		switch above.(type) {
		case dividerBlock, headerBlock:
			if one.ruled {
				raw = raw[1:]
			}
		}
		for _, block := range raw {
			out = append(out, block)
		}
		above = one.last
	}
	return out
}
