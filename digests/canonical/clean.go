package canonical

import (
	"strings"
	"unicode"
)

// clean removes what mail, chat and word processors add around and inside an
// address, and supplies the scheme where a person left it out.
func clean(raw string) string {
	text := strings.ToValidUTF8(raw, "\uFFFD")
	text = strings.Map(dropInvisible, text)
	text = strings.TrimFunc(text, isMargin)
	if len(text) > 2 && text[0] == '<' && text[len(text)-1] == '>' {
		text = strings.TrimFunc(text[1:len(text)-1], isMargin)
	}
	for strings.Contains(text, "&amp;") || strings.Contains(text, "&#38;") || strings.Contains(text, "&#x26;") {
		text = ampersands.Replace(text)
	}
	text = dropDoubledScheme(text)
	if hasScheme(text) {
		return text
	}
	bare := strings.TrimLeft(text, "/\\")
	switch host, _, _ := strings.Cut(bare, "/"); {
	case strings.Contains(host, "@"):
		return "mailto:" + bare // a person's address, not a page's
	case !strings.ContainsAny(bare, "./:[\u3002") && !strings.EqualFold(bare, "localhost"):
		return "" // a word
	}
	return "https://" + bare
}

// ampersands undoes the HTML spellings of "&".
var ampersands = strings.NewReplacer("&amp;", "&", "&#38;", "&", "&#x26;", "&")

// dropInvisible removes control characters and marks without width. The two
// joiners stay, since they spell words in some scripts.
func dropInvisible(r rune) rune {
	switch {
	case r == '\u200c', r == '\u200d':
		return r
	case r == '\u00ad', unicode.IsControl(r), r >= '\u200b' && r <= '\u200f',
		r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2069', r == '\ufeff':
		return -1
	}
	return r
}

func isMargin(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200c' || r == '\u200d'
}

// dropDoubledScheme mends "https://https://…", a common slip when pasting.
func dropDoubledScheme(text string) string {
	for {
		rest, ok := cutWebScheme(text)
		if !ok {
			return text
		}
		if _, again := cutWebScheme(rest); !again {
			return text
		}
		text = rest
	}
}

// cutWebScheme returns text after a leading http:// or https://.
func cutWebScheme(text string) (string, bool) {
	for _, scheme := range [...]string{"https://", "http://"} {
		if len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			return text[len(scheme):], true
		}
	}
	return text, false
}

// hasScheme reports whether text names its own scheme. "example.org:8080/x"
// and "localhost:80" do not: what follows their colon is a port.
func hasScheme(text string) bool {
	colon := strings.IndexByte(text, ':')
	if colon <= 0 {
		return false
	}
	for i := range colon {
		c := text[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		other := c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	if phoneSchemes[strings.ToLower(text[:colon])] {
		return true
	}
	rest := text[colon+1:]
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return !isDigits(rest)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
