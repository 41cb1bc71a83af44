package library

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// joiner is U+2060, which is not seen and at which no line breaks. It stands where
// a reader of Markdown would make a link, or a mention of somebody, of plain words.
const joiner = "\u2060"

// inline is a user's words as one line of Markdown, in which they mean nothing but
// themselves: no HTML, link, picture, mention, heading, list, code or formula.
func inline(text string) string {
	text = strings.Join(strings.FieldsFunc(plain(text), unicode.IsSpace), " ")
	var out strings.Builder
	out.WriteString(lineStart(text))
	body := text[len(markerOf(text)):]
	for i, r := range body {
		out.WriteString(escaped(r, body[i:]))
	}
	return out.String()
}

// paragraphs is a user's words as lines of Markdown that keep their breaks.
func paragraphs(text string) string {
	var blocks []string
	var block []string
	flush := func() {
		if len(block) > 0 {
			blocks = append(blocks, strings.Join(block, "\\\n"))
		}
		block = nil
	}
	for part := range strings.SplitSeq(plain(text), "\n") {
		if part = inline(part); part == "" {
			flush()
			continue
		}
		block = append(block, part)
	}
	flush()
	return strings.Join(blocks, "\n\n")
}

// plain is text without what no file should hold, with every kind of line break as
// one.
func plain(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && !joins(r), r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
			return -1
		}
		return r
	}, text)
}

// joins reports whether a letter that is not seen belongs to how a script or a sign
// is written.
func joins(r rune) bool { return r == '\u200c' || r == '\u200d' }

// markerOf is what a line begins with that would make it a list, a heading, a rule
// or a table of definitions.
func markerOf(line string) string {
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	rest := line[digits:]
	switch {
	case digits > 0 && rest != "" && (rest[0] == '.' || rest[0] == ')'):
		return line[:digits+1]
	case digits == 0 && rest != "" && strings.IndexByte("#+-=:~%", rest[0]) >= 0:
		return line[:1]
	}
	return ""
}

// lineStart is the marker of a line with its last sign escaped.
func lineStart(line string) string {
	marker := markerOf(line)
	if marker == "" {
		return ""
	}
	return marker[:len(marker)-1] + "\\" + marker[len(marker)-1:]
}

// escaped is a sign that rest begins with.
func escaped(r rune, rest string) string {
	switch r {
	case '\\', '`', '*', '_', '[', ']', '<', '>', '&', '~', '|', '$', '{', '}', '#', '^':
		return "\\" + string(r)
	case '@':
		return "\\@" + joiner
	case ':':
		// Addresses and their like are found by what follows the name of a scheme.
		if next, _ := utf8.DecodeRuneInString(rest[1:]); len(rest) > 1 && !unicode.IsSpace(next) && !unicode.IsDigit(next) {
			return "\\:" + joiner
		}
	case 'w', 'W':
		if len(rest) >= 4 && strings.EqualFold(rest[:4], "www.") {
			return string(r) + joiner
		}
	}
	return string(r)
}

// quoted is text for the front matter: one line between double quotes, as YAML and
// JSON read it.
func quoted(text string) string {
	text = strings.Join(strings.FieldsFunc(plain(text), unicode.IsSpace), " ")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
