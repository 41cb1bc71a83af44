package library

import (
	"fmt"
	"strings"

	"evangelist/bot"
)

// The longest texts, in characters.
const (
	maxQuery   = 200
	maxLine    = 200
	maxWords   = 1000
	maxFresh   = 400
	maxAddress = 1000
	maxShown   = 280 // of an entry's words where several stand
)

// titled is a message under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func section(text string) bot.Heading { return bot.Heading{Level: 2, Text: bot.T(text)} }

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

// count says "1 entry" or "3 entries".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// line is text that was typed into one line.
func line(text string, limit int) string {
	return bot.Clean(strings.Join(strings.Fields(bot.Clean(text, 0)), " "), limit)
}

// Within cuts text to at most n characters; where it was cut it ends with an ellipsis.
func Within(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return strings.TrimSpace(string(runes[:n-1])) + "…"
	}
	return text
}
