package cards_test

import "evangelist/bot"

// hostileBlocks puts a text wherever somebody's words may stand.
func hostileBlocks(text string) []bot.Block {
	return []bot.Block{
		bot.Heading{Level: 1, Text: bot.T(text)},
		bot.Paragraph{Text: bot.Line(text, " ", bot.Strong(text), " ", bot.Mono(text), " ", bot.Emphasis(text), " ", bot.To(text, "https://example.org/"), " ", bot.Name("p1", text), " ", bot.Ping("p2", text))},
		bot.List{Items: []bot.Spans{bot.T(text)}},
		bot.Facts{Facts: []bot.Fact{{Label: text, Value: bot.T(text)}}},
		bot.Quote{Text: bot.T(text), By: bot.T(text)},
		bot.Link{Title: text, URL: "https://example.org/", Meta: text, Lines: []bot.Spans{bot.T(text)}},
		bot.Table{Caption: text, Head: []string{text}, Rows: [][]bot.Spans{{bot.T(text)}}},
		bot.Figure{Alt: text, Caption: bot.T(text)},
		bot.Note{Text: bot.T(text)},
		bot.Actions{Buttons: []bot.Button{{Command: "x", Label: text, Confirm: text}}},
	}
}
