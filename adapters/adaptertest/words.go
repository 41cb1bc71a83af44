package adaptertest

import (
	"strings"
	"testing"
	"unicode"

	"evangelist/bot"
)

// said lists every text of a message that a reader must find again. Moments are
// left out, for each surface shows them in its own way.
func said(blocks ...bot.Block) []string {
	var out []string
	line := func(lines ...bot.Spans) {
		for _, spans := range lines {
			for _, span := range spans {
				if span.Kind != bot.When {
					out = append(out, span.Text)
				}
			}
		}
	}
	for _, block := range blocks {
		switch b := block.(type) {
		case bot.Heading:
			line(b.Text)
		case bot.Paragraph:
			line(b.Text)
		case bot.List:
			line(b.Items...)
		case bot.Facts:
			for _, fact := range b.Facts {
				out = append(out, fact.Label)
				line(fact.Value)
			}
		case bot.Quote:
			line(b.Text, b.By)
		case bot.Link:
			out = append(out, b.Title, b.Meta)
			line(b.Lines...)
		case bot.Table:
			out = append(out, b.Caption)
			out = append(out, b.Head...)
			for _, row := range b.Rows {
				line(row...)
			}
		case bot.Figure:
			out = append(out, b.Alt)
			line(b.Caption)
		case bot.Note:
			line(b.Text)
		case bot.Actions:
			for _, button := range b.Buttons {
				out = append(out, button.Label)
			}
		}
	}
	return out
}

// addresses lists where a message leads.
func addresses(blocks ...bot.Block) []string {
	var out []string
	for _, block := range blocks {
		switch b := block.(type) {
		case bot.Link:
			out = append(out, b.URL)
		case bot.Paragraph:
			for _, span := range b.Text {
				if span.URL != "" {
					out = append(out, span.URL)
				}
			}
		}
	}
	return out
}

// longWord is the length from which a word may be cut.
const longWord = 60

func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// fataler is what testing.T and rapid.T have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// shown renders and returns what a reader sees of all parts together.
func shown(t fataler, f Fixture, message bot.Message) ([]bot.Part, string) {
	t.Helper()
	parts, err := f.Platform.Render(message)
	if err != nil {
		t.Fatalf("render: %v", err)
	}
	if len(parts) == 0 {
		t.Fatalf("a message became no part at all")
	}
	var all strings.Builder
	for i, part := range parts {
		if len(part.Payload) == 0 {
			t.Fatalf("part %d is empty", i+1)
		}
		if f.MaxBytes > 0 && len(part.Payload) > f.MaxBytes {
			t.Fatalf("part %d of %d has %d bytes; the limit is %d", i+1, len(parts), len(part.Payload), f.MaxBytes)
		}
		text, err := f.Words(part)
		if err != nil {
			t.Fatalf("part %d cannot be read: %v", i+1, err)
		}
		all.WriteString(text + "\n")
	}
	return parts, all.String()
}

// missing returns a word of texts that is not in shown as often, or "".
func missing(texts []string, shown string) string {
	have := map[string]int{}
	for _, word := range wordsOf(shown) {
		have[word]++
	}
	squeezed := strings.Join(wordsOf(shown), "")
	for _, text := range texts {
		for _, word := range wordsOf(text) {
			if len(word) >= longWord {
				if !strings.Contains(squeezed, word) {
					return word
				}
				continue
			}
			if have[word]--; have[word] < 0 {
				return word
			}
		}
	}
	return ""
}

// post renders a message of one part and posts it.
func post(t *testing.T, f Fixture, place bot.PlaceID, id, text string) bot.MessageRef {
	t.Helper()
	ref, err := f.Platform.Post(t.Context(), bot.Posting{Place: place, Part: render(t, f, text), ID: id})
	if err != nil {
		t.Fatalf("post to %s: %v", place, err)
	}
	return ref
}

func render(t *testing.T, f Fixture, text string) bot.Part {
	t.Helper()
	parts, err := f.Platform.Render(bot.Notice(text))
	if err != nil || len(parts) != 1 {
		t.Fatalf("a sentence became %d parts, %v", len(parts), err)
	}
	return parts[0]
}
