package issues

import (
	"fmt"
	"strings"

	"evangelist/bot"
)

// titled is a message under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

// count says "1 day" or "3 days".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// sentenceOf ends words like a sentence.
func sentenceOf(words string) string {
	words = strings.TrimSpace(words)
	if words == "" || strings.ContainsAny(words[len(words)-1:], ".!?") || strings.HasSuffix(words, "…") {
		return words
	}
	return words + "."
}

func joined(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func filled(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}
