package blockkit

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"evangelist/bot"
)

// longestNote is how many UTF-16 units an element of small print has room for.
const longestNote = 2000

// emojiCode is what mrkdwn would show as a picture.
var emojiCode = regexp.MustCompile(`:[\p{L}0-9_+'-]+:`)

// note draws small print: as plain words where that is all there is, as mrkdwn
// where its marks are ours alone, else as rich text of the usual size.
func (d *drawer) note(line bot.Spans) []any {
	text := strings.TrimSpace(d.plain(line))
	switch {
	case text == "":
		return d.rich(section(trimmed(d.leaves(line, style{}))))
	case d.onlyWords(line) && units(text) <= longestNote && readsAsWritten(text):
		return []any{contextBlock{Type: "context", Elements: []words{plainText(text)}}}
	}
	if marked, ok := d.mrkdwn(line); ok && units(marked) <= longestNote {
		return []any{contextBlock{Type: "context", Elements: []words{{Type: "mrkdwn", Text: marked, Verbatim: true}}}}
	}
	return d.rich(section(trimmed(d.leaves(line, style{}))))
}

// onlyWords reports whether nothing is lost when a line is shown as words.
func (d *drawer) onlyWords(line bot.Spans) bool {
	for _, span := range line {
		switch span.Kind {
		case bot.Plain, "":
		case bot.Who:
			if d.pings && span.Ping {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// mrkdwn writes a line as mrkdwn; ok is false where something in it could be
// taken for markup that it is not, or could not be written as what it is.
func (d *drawer) mrkdwn(line bot.Spans) (text string, ok bool) {
	line = trimmedLine(line)
	var out strings.Builder
	said := "" // what is seen so far
	for i, span := range line {
		words := clean(span.Text)
		piece, mark := "", ""
		switch span.Kind {
		case bot.Bold:
			mark = "*"
		case bot.Italic:
			mark = "_"
		case bot.Code:
			mark = "`"
		case bot.Anchor:
			address, leads := d.leads(span.URL)
			if words == "" {
				words = address
			}
			if !leads || !harmless(words) || strings.ContainsAny(words, "|\n") || strings.Contains(address, "|") {
				return "", false
			}
			piece = "<" + escape(address) + "|" + escape(words) + ">"
		case bot.When:
			if words = d.moments(span); !showable(span.At) || strings.ContainsAny(words, "|<>") {
				return "", false
			}
			piece = fmt.Sprintf("<!date^%d^%s|%s>", span.At.Unix(), format(span.Style), escape(words))
		case bot.Who:
			if d.pings && span.Ping {
				return "", false
			}
			piece = escape(words)
		default:
			piece = escape(words)
		}
		if mark != "" && words != "" {
			if !standsAlone(said, words, d.next(line[i+1:])) || mark == "`" && strings.Contains(words, "`") {
				return "", false
			}
			piece = mark + escape(words) + mark
		}
		if span.Kind != bot.Code && span.Kind != bot.When && !harmless(words) {
			return "", false
		}
		out.WriteString(piece)
		said += words
	}
	return out.String(), harmlessLines(said)
}

// trimmedLine leaves out blanks at both ends of a line.
func trimmedLine(line bot.Spans) bot.Spans {
	out := append(bot.Spans{}, line...)
	if n := len(out); n > 0 {
		out[0].Text = strings.TrimLeft(clean(out[0].Text), " \n\t")
		out[n-1].Text = strings.TrimRight(clean(out[n-1].Text), " \n\t")
	}
	return out
}

// harmless reports whether words hold no sign that mrkdwn reads; emoji codes are
// looked for in the whole line, for they may stand across spans.
func harmless(words string) bool {
	return !strings.ContainsAny(words, "*_~`") && readsAsWritten(words)
}

// harmlessLines reports whether no line would be read as a quote, and nothing as
// an emoji.
func harmlessLines(said string) bool {
	for line := range strings.SplitSeq(said, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), ">") {
			return false
		}
	}
	return !emojiCode.MatchString(said)
}

// standsAlone reports whether marks around words are read as marks: no letter
// touches them from outside, no blank from inside, and they end on their line.
func standsAlone(before, words, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	outside := func(r rune, none bool) bool {
		return none || unicode.IsSpace(r) || strings.ContainsRune(".,;:!?()", r)
	}
	return outside(last, before == "") && outside(next, after == "") && strings.TrimSpace(words) == words && !strings.Contains(words, "\n")
}

// next is the beginning of what is seen behind a span.
func (d *drawer) next(rest bot.Spans) string {
	for _, span := range rest {
		if text := d.plain(bot.Spans{span}); text != "" {
			return text
		}
	}
	return ""
}

// escape writes the three signs that mrkdwn and the text of a message take as
// the beginning of something.
func escape(text string) string {
	if !strings.ContainsAny(text, "&<>") {
		return text
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
