package primer

import (
	"fmt"

	"evangelist/bot"
)

// titled is a message under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func section(text string) bot.Heading { return bot.Heading{Level: 2, Text: bot.T(text)} }

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

// people says "1 colleague" or "3 colleagues".
func people(n int) string {
	if n == 1 {
		return "1 colleague"
	}
	return fmt.Sprintf("%d colleagues", n)
}

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
