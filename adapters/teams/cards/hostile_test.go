package cards_test

import (
	"regexp"
	"slices"
	"strings"

	"evangelist/bot"
)

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

// alive are the marks by which clients would act on a text: everywhere, and
// where they read markdown. Told apart from the code that takes them out.
var alive = map[string]*regexp.Regexp{
	"everywhere": regexp.MustCompile(`(?i)\{\{\s*(date|time)|<\s*/?\s*at[\s>]|\]\(`),
	"markdown":   regexp.MustCompile("(?m)[*`~]|(^|[^\\pL\\pN])_|_($|[^\\pL\\pN])|<[^\u2060]|\\{\\{|\\\\[^\u2060]|&#?\\w+;|^[ \\t]*(?:[-+#]+|\\d+[.)])[ \\t]|^ {4}|^>"),
}

// lives returns a text of a card that a client would act on, or "".
func lives(node any) string { return livesIn("", node) }

func livesIn(parent string, node any) string {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			if text := livesIn(parent, child); text != "" {
				return text
			}
		}
	case map[string]any:
		kind, _ := node["type"].(string)
		markdown := kind != "TextRun" && !strings.HasPrefix(kind, "Action.")
		for member, value := range node {
			text, is := value.(string)
			if !is {
				if text := livesIn(member, value); text != "" && member != "data" {
					return text
				}
				continue
			}
			shown := slices.Contains([]string{"text", "title", "label", "errorMessage", "fallbackText"}, member) || member == "value" && parent == "facts"
			if shown && (alive["everywhere"].MatchString(text) || markdown && alive["markdown"].MatchString(text)) {
				return text
			}
		}
	}
	return ""
}
