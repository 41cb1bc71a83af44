package cards

import (
	"time"
	"unicode/utf8"

	"evangelist/adapters/parts"
	"evangelist/bot"
)

// MaxBytes is how large a payload may become, with what Resolve adds to it. The
// service counts 100 KB in UTF-16, and text in UTF-8 takes at most twice as much
// there; below this size no refusal is known.
const MaxBytes = 40_000

// maxBlocks is how many blocks of a message one card holds.
const maxBlocks = 60

// Renderer draws messages and forms. Its methods are pure, and the zero value
// is ready for use.
type Renderer struct {
	// Base is the address of our own web, such as "https://example.org"; while
	// it is empty, paths are written out instead of linked.
	Base string
	// Zone is the organisation's zone, in which moments are shown; nil: UTC.
	Zone *time.Location
	// OpensForm reports whether pressing a command's button may open a form. Such
	// a button asks for a dialog (task/fetch); all others are invoked in place.
	// nil: none opens one.
	OpensForm func(command string) bool

	dialog bool // what is drawn stands in a dialog
}

// post is the payload of a part.
type post struct {
	Summary string `json:"summary"`
	Card    card   `json:"card"`
}

// Render turns a message into parts: {"summary": …, "card": …} in canonical
// JSON of at most MaxBytes. A message that is too long becomes several, and no
// word is lost. There is always one part. The summary is for the notification:
// it is never sent as text beside the card. Pings wait for Resolve.
func (r Renderer) Render(message bot.Message) ([]bot.Part, error) {
	blocks := chopped(message.Blocks)
	if len(blocks) == 0 {
		blocks = []bot.Block{bot.Paragraph{Text: bot.T(message.Summary)}}
	}
	pages, err := r.fit(blocks, MaxBytes)
	if err != nil {
		return nil, err
	}
	out := make([]bot.Part, len(pages))
	for i, page := range pages {
		summary := parts.Summary(shown(message.Summary), i, len(pages))
		payload, err := page.payload(r, summary)
		if err != nil {
			return nil, err
		}
		out[i] = bot.Part{Payload: payload, Text: parts.Words(bot.Message{Summary: summary, Blocks: page.blocks})}
	}
	return out, nil
}

// page is what one card shows.
type page struct {
	blocks []bot.Block
	body   []element
}

func (p page) payload(r Renderer, summary string) ([]byte, error) {
	body := p.body
	if len(body) == 0 { // a card without a body says nothing
		body = orBlank(r.lines(bot.T(summary), look{}))
	}
	c := newCard(body)
	c.Fallback = inert(summary)
	return encode(post{Summary: summary, Card: c})
}

// fit splits blocks until each part is small enough. What it measures is near
// the truth; where it was too little, the part is split again.
func (r Renderer) fit(blocks []bot.Block, size int) ([]page, error) {
	var out []page
	limits := parts.Limits{Blocks: maxBlocks, Size: size, Text: textSize, Rune: runeSize, Span: 60, Moment: 120, Line: 280}
	if size < 1000 {
		limits.Blocks = 1
	}
	for _, part := range parts.Split(bot.Message{Blocks: blocks}, limits) {
		drawn := page{blocks: part.Blocks, body: r.blocks(part.Blocks)}
		payload, err := drawn.payload(r, "")
		if err != nil {
			return nil, err
		}
		if len(payload)+summaryRoom+pingRoom*pings(part.Blocks) <= MaxBytes || size <= 200 {
			out = append(out, drawn)
			continue
		}
		smaller, err := r.fit(part.Blocks, size/2)
		if err != nil {
			return nil, err
		}
		out = append(out, smaller...)
	}
	return out, nil
}

const (
	summaryRoom = 4_000 // more than a summary takes, twice, in JSON
	pingRoom    = 1_500 // more than Resolve adds for one ping
)

func textSize(text string) int {
	total := 0
	for _, r := range text {
		total += runeSize(r)
	}
	return total
}

// runeSize is how many bytes of JSON a character takes; each line is a
// RichTextBlock of its own.
func runeSize(r rune) int {
	switch {
	case r == '\n':
		return 100
	case r == '"' || r == '\\':
		return 2
	case r < ' ' || r == 0x2028 || r == 0x2029:
		return 6
	}
	return utf8.RuneLen(r)
}

func pings(blocks []bot.Block) int {
	n := 0
	for _, line := range spansOf(blocks) {
		for _, span := range line {
			if span.Kind == bot.Who && span.Ping {
				n++
			}
		}
	}
	return n
}

func spansOf(blocks []bot.Block) []bot.Spans {
	var out []bot.Spans
	for _, block := range blocks {
		switch b := block.(type) {
		case bot.Heading:
			out = append(out, b.Text)
		case bot.Paragraph:
			out = append(out, b.Text)
		case bot.List:
			out = append(out, b.Items...)
		case bot.Facts:
			for _, f := range b.Facts {
				out = append(out, f.Value)
			}
		case bot.Quote:
			out = append(out, b.Text, b.By)
		case bot.Link:
			out = append(out, b.Lines...)
		case bot.Table:
			for _, row := range b.Rows {
				out = append(out, row...)
			}
		case bot.Figure:
			out = append(out, b.Caption)
		case bot.Note:
			out = append(out, b.Text)
		}
	}
	return out
}
