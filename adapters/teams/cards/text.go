package cards

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"evangelist/bot"
)

// joiner is U+2060: invisible, without width, and no place to break a line. It
// parts characters that would mean something side by side.
const joiner = "\u2060"

var (
	dateFunction = regexp.MustCompile(`(?i)\{(\{\s*(?:DATE|TIME))`) // also one that was cut off
	mentionTag   = regexp.MustCompile(`(?i)<(\s*/?\s*at\b)`)
	indent       = regexp.MustCompile(`(?m)^( {0,3}\t| {4})`)
	lineMark     = regexp.MustCompile(`(?m)^([ \t]*)((?:[-+]|#{1,6}|\d{1,9}[.)])(?:[ \t]|$)|>|=+[ \t]*$|-{2,}[ \t]*$)`)
	entity       = regexp.MustCompile(`&(#?\w+;)`)
)

// shown is text without controls and directional overrides.
func shown(text string) string { return bot.T(text)[0].Text }

// literal is text for a TextRun. Such text is not markup, but clients look for
// date functions and for the tags of mentions in it, and a link in brackets is
// parted too, should a client ever read markdown there.
func literal(text string) string {
	text = shown(text)
	if strings.Contains(text, "{{") {
		text = dateFunction.ReplaceAllString(text, "{"+joiner+"$1")
	}
	if strings.Contains(text, "<") {
		text = mentionTag.ReplaceAllString(text, "<"+joiner+"$1")
	}
	return strings.ReplaceAll(text, "](", "]"+joiner+"(")
}

// inert is text for places where clients read markdown. Characters that mean
// something only beside others are parted from them by a joiner; the three that
// always do are shown as their typographic relatives. No letter is lost.
// inert(inert(text)) is inert(text).
func inert(text string) string {
	text = literal(text)
	if !strings.ContainsAny(text, "*_~`<>&\\{#=-+.)\t") && !strings.Contains(text, "    ") {
		return text
	}
	text = strings.NewReplacer("*", "∗", "~", "∼", "`", "‵").Replace(text)
	text = underscores(text)
	text = entity.ReplaceAllString(text, "&"+joiner+"$1")
	text = indent.ReplaceAllString(text, joiner+"$1")
	text = lineMark.ReplaceAllString(text, "$1"+joiner+"$2")
	return parted(text, func(a, b rune) bool { return a == '<' || a == '\\' || a == '{' && b == '{' })
}

// parted puts a joiner between neighbours that mean something together.
func parted(text string, together func(a, b rune) bool) string {
	var out strings.Builder
	last := rune(0)
	for _, r := range text {
		if last != 0 && r != '\u2060' && together(last, r) {
			out.WriteString(joiner)
		}
		out.WriteRune(r)
		last = r
	}
	return out.String()
}

// underscores keeps those inside a word, as in a channel's name: they mark
// nothing. The others are shown as low lines of full width.
func underscores(text string) string {
	if !strings.Contains(text, "_") {
		return text
	}
	runes := []rune(text)
	inWord := func(i int) bool {
		return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]))
	}
	for i, r := range runes {
		if r == '_' && (!inWord(i-1) || !inWord(i+1)) {
			runes[i] = '＿'
		}
	}
	return string(runes)
}

// tame reports whether markdown finds nothing to act on in text.
func tame(text string) bool { return inert(text) == text }

// look is how a line is set.
type look struct {
	size, weight, color string
	subtle              bool
}

func small() look { return look{size: "Small", subtle: true} }

// lines sets text as RichTextBlocks: one for each line of it, since clients
// disagree on newlines inside one. Nothing comes of empty text.
func (r Renderer) lines(text bot.Spans, l look) []element {
	var out []element
	var line []run
	gap := ""
	flush := func() {
		if len(line) == 0 {
			if len(out) > 0 {
				gap = "Medium"
			}
			return
		}
		out = append(out, element{Type: "RichTextBlock", Inlines: line, Spacing: gap})
		line, gap = nil, "None"
	}
	for _, span := range text {
		for i, piece := range strings.Split(r.words(span), "\n") {
			if i > 0 {
				flush()
			}
			if piece != "" {
				line = joinRun(line, r.run(span, piece, l))
			}
		}
	}
	flush()
	return out
}

// joinRun appends a run, or lengthens the last one where both look the same.
func joinRun(line []run, next run) []run {
	if n := len(line); n > 0 && next.Select == nil && next.Ping == "" {
		both := next
		both.Text = line[n-1].Text
		if both == line[n-1] {
			line[n-1].Text = literal(both.Text + next.Text)
			return line
		}
	}
	return append(line, next)
}

// words are what a span says. An address that no card can lead to, or that a
// client may refuse to open, is written out beside its label.
func (r Renderer) words(span bot.Span) string {
	switch span.Kind {
	case bot.When:
		return bot.ShowTime(span.At, span.Style, r.Zone)
	case bot.Anchor:
		_, leads := r.address(span.URL)
		switch {
		case span.Text == "":
			return shown(span.URL)
		case leads && !strings.HasPrefix(strings.ToLower(span.URL), "mailto:"), strings.TrimPrefix(span.URL, "mailto:") == span.Text:
			return shown(span.Text)
		default:
			return shown(span.Text + " (" + strings.TrimPrefix(span.URL, "mailto:") + ")")
		}
	default:
		return shown(span.Text)
	}
}

func (r Renderer) run(span bot.Span, text string, l look) run {
	out := run{Type: "TextRun", Text: literal(text), Size: l.size, Weight: l.weight, Color: l.color, Subtle: l.subtle}
	switch span.Kind {
	case bot.Bold:
		out.Weight = "Bolder"
	case bot.Italic:
		out.Italic = true
	case bot.Code:
		out.FontType = "Monospace"
	case bot.Anchor:
		if url, ok := r.address(span.URL); ok {
			out.Select = &action{Type: "Action.OpenUrl", URL: url}
			out.Color, out.Subtle = "Accent", false
		}
	case bot.Who:
		if span.Ping && !r.dialog {
			out.Ping = span.Person
		}
	}
	return out
}

// address is where a link leads, as an absolute address in ASCII. It is false
// for a path of our own web while Base is unknown, and for whatever is no safe
// address.
func (r Renderer) address(url string) (string, bool) {
	if !bot.SafeAddress(url) {
		return "", false
	}
	if strings.HasPrefix(url, "/") {
		if r.Base == "" {
			return "", false
		}
		url = strings.TrimSuffix(r.Base, "/") + url
	}
	var out strings.Builder
	for i := range len(url) {
		if b := url[i]; b <= ' ' || b >= 0x7f || strings.IndexByte("\"<>\\^`{|}", b) >= 0 {
			fmt.Fprintf(&out, "%%%02X", b)
		} else {
			out.WriteByte(b)
		}
	}
	return out.String(), true
}
