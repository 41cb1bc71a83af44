package impact

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"evangelist/bot"
)

// count says "1 minute" or "20 minutes".
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

// lowered begins words in the middle of a sentence: "The budget" becomes "the
// budget", while "IT" and "A4" stay.
func lowered(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	second, _ := utf8.DecodeRuneInString(words[size:])
	if unicode.IsUpper(first) && (unicode.IsLower(second) || second == ' ' && first == 'A') {
		return string(unicode.ToLower(first)) + words[size:]
	}
	return words
}

func joined(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}
