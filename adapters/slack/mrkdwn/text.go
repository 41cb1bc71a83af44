package mrkdwn

import (
	"strconv"
	"strings"
	"time"
)

// text writes mrkdwn: what stands in angle brackets is looked up, the three
// escapes are undone once, marks of quotes go, code keeps its backticks.
func (w *writer) text(s string) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsAny(s, "<&`*_~") {
		w.put(s)
		return
	}
	code := 0 // where the code ends that we are in
	for i := 0; i < len(s); {
		if i >= code && (i == 0 || s[i-1] == '\n') {
			if i = afterQuote(s, i); i >= len(s) {
				return
			}
		}
		switch c := s[i]; c {
		case '<':
			i += w.angle(s[i:])
		case '&':
			text, n := entity(s[i:])
			w.put(text)
			i += n
		case '`':
			if i >= code {
				code = codeEnd(s, i)
			}
			n := 1
			if strings.HasPrefix(s[i:], "```") {
				n = 3
			}
			w.put(s[i : i+n])
			i += n
		case '*', '_', '~':
			if i >= code {
				w.signs = append(w.signs, len(w.out))
			}
			w.out = append(w.out, c)
			i++
		default:
			n := strings.IndexAny(s[i:], "<&`*_~\n")
			switch {
			case n < 0:
				n = len(s) - i
			case s[i+n] == '\n':
				n++
			}
			w.put(s[i : i+n])
			i += n
		}
	}
}

// afterQuote passes over the sign of a quotation at the beginning of a line.
func afterQuote(s string, i int) int {
	const sign = "&gt;"
	if !strings.HasPrefix(s[i:], sign) {
		return i
	}
	i += len(sign)
	if strings.HasPrefix(s[i:], sign+sign) {
		i += 2 * len(sign)
	}
	if i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// codeEnd returns where the code ends that the backtick at i opens, or i when
// it opens none.
func codeEnd(s string, i int) int {
	if strings.HasPrefix(s[i:], "```") {
		if n := strings.Index(s[i+3:], "```"); n >= 0 {
			return i + 3 + n + 3
		}
		return i
	}
	n := strings.IndexAny(s[i+1:], "`\n")
	if n <= 0 || s[i+1+n] == '\n' {
		return i
	}
	return i + 1 + n + 1
}

func entity(s string) (text string, n int) {
	switch {
	case strings.HasPrefix(s, "&amp;"):
		return "&", 5
	case strings.HasPrefix(s, "&lt;"):
		return "<", 4
	case strings.HasPrefix(s, "&gt;"):
		return ">", 4
	}
	return "&", 1
}

// unescape undoes the three escapes once.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '&' {
			out.WriteByte(s[i])
			i++
			continue
		}
		text, n := entity(s[i:])
		out.WriteString(text)
		i += n
	}
	return out.String()
}

// angle writes what <…> at the beginning of s means and returns its length. A
// bracket that opens nothing is a character.
func (w *writer) angle(s string) int {
	end := strings.IndexAny(s[1:], "<>")
	if end <= 0 || s[1+end] != '>' {
		w.put("<")
		return 1
	}
	inner := s[1 : 1+end]
	target, label, _ := strings.Cut(inner, "|")
	label = unescape(label)
	switch {
	case strings.HasPrefix(target, "@") && len(target) > 1:
		w.user(target[1:], strings.TrimPrefix(label, "@"))
	case strings.HasPrefix(target, "#") && len(target) > 1:
		w.channel(target[1:], label)
	case strings.HasPrefix(target, "!") && len(target) > 1:
		w.special(target[1:], label)
	case hasScheme(target):
		w.link(unescape(target), label)
	default:
		w.put("<" + unescape(inner) + ">")
	}
	return end + 2
}

// hasScheme reports whether a target begins like an address: letters, a colon,
// something behind it.
func hasScheme(target string) bool {
	colon := strings.IndexByte(target, ':')
	if colon <= 0 || colon == len(target)-1 {
		return false
	}
	for i, c := range []byte(target[:colon]) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return true
}

func (w *writer) special(target, label string) {
	name, rest, _ := strings.Cut(target, "^")
	switch name {
	case "date":
		stamp, more, _ := strings.Cut(rest, "^")
		_, address, _ := strings.Cut(more, "^")
		w.date(stamp, unescape(address), label)
	case "subteam":
		w.group(rest, label)
	default:
		w.put("@" + strings.TrimPrefix(first(label, name), "@"))
	}
}

// date writes a moment as its author gave it to those who cannot see it in
// their own zone; a date may be a link.
func (w *writer) date(stamp, address, fallback string) {
	if fallback == "" {
		if seconds, err := strconv.ParseInt(stamp, 10, 64); err == nil && seconds >= 0 && seconds < lastSecond {
			fallback = time.Unix(seconds, 0).UTC().Format("2 January 2006, 15:04 MST")
		}
	}
	if isWeb(address) {
		w.link(address, fallback)
		return
	}
	w.put(fallback)
}

const lastSecond = 253402300800 // the end of the year 9999
