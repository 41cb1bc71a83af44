// Package wording finds words for links: the sentence that somebody wrote
// around one, and a readable title where nothing but the address is known.
package wording

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxSentence = 200 // runes of a sentence that are kept
	minWords    = 5   // fewer say nothing of their own
)

// OneLine joins lines and runs of spaces.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Sentence returns the one sentence of text around a link, without the bare
// address, at most 200 runes; empty when it says nothing of its own.
func Sentence(text, address, label string) string {
	at, length := find(text, address, label)
	if at < 0 {
		return ""
	}
	from, to := sentenceStart(text, at), sentenceEnd(text, at+length)
	words := text[from:to]
	if bare := text[at : at+length]; looksLikeAddress(bare) {
		words = text[from:at] + " … " + text[at+length:to]
	}
	words = tidy(words)
	if fields := strings.Fields(words); len(fields)-strings.Count(words, "…") < minWords || strings.HasSuffix(words, "?") {
		return ""
	}
	return Shorten(strings.ToValidUTF8(words, "\uFFFD"), maxSentence)
}

// tidy takes out what a quote does not need: whom the message addresses, other
// addresses, picture codes, and what stood around the link alone.
func tidy(words string) string {
	var kept []string
	for _, word := range strings.Fields(dropMention(strings.TrimSpace(words))) {
		switch {
		case strings.Contains(word, "://"):
			word = "…"
		case isPictureCode(word):
			continue
		case strings.HasPrefix(word, "@") && len(kept) == 0:
			continue
		}
		if word == "…" && (len(kept) == 0 || kept[len(kept)-1] == "…") {
			continue
		}
		kept = append(kept, word)
	}
	text := strings.Join(kept, " ")
	for _, empty := range []string{"(…)", "( … )", "[…]", "<…>", "(… )", "( …)"} {
		text = strings.ReplaceAll(text, empty, "")
	}
	for _, mark := range []string{".", ",", "!", "?", ";", ":"} {
		text = strings.ReplaceAll(text, " … "+mark, mark)
		text = strings.ReplaceAll(text, " …"+mark, mark)
	}
	text = strings.TrimRight(text, ".… ")
	text = strings.Trim(OneLine(text), "-–—:,;→>|<*_~ ")
	if strings.Count(text, "(") != strings.Count(text, ")") {
		text = strings.Trim(text, "() ")
	}
	return text
}

// isPictureCode reports whether a word is a picture by its code, as in :tada:.
func isPictureCode(word string) bool {
	word = strings.TrimRight(word, ".,!?")
	return len(word) > 2 && word[0] == ':' && word[len(word)-1] == ':' && !strings.Contains(word[1:len(word)-1], "://")
}

// find returns where in text a link stands: as its address, or as its label.
func find(text, address, label string) (at, length int) {
	trimmed := strings.TrimSuffix(address, "/")
	short := trimmed
	if _, rest, ok := strings.Cut(trimmed, "://"); ok {
		short = rest
	}
	for _, needle := range []string{address, trimmed, label, short} {
		if needle == "" {
			continue
		}
		if at := strings.Index(text, needle); at >= 0 {
			end := at + len(needle)
			if looksLikeAddress(needle) {
				for end < len(text) && !blank(text[end]) && text[end] != ')' && text[end] != '>' {
					end++
				}
				for end > at+len(needle) && strings.IndexByte(".,!?;:", text[end-1]) >= 0 {
					end-- // the sentence's, not the address's
				}
			}
			return at, end - at
		}
	}
	return -1, 0
}

func looksLikeAddress(text string) bool {
	return !strings.ContainsAny(text, " \t\n") && (strings.Contains(text, "://") || strings.Contains(text, "."))
}

func blank(b byte) bool { return b == ' ' || b == '\n' || b == '\t' }

// sentenceStart returns where the sentence begins that holds the byte at.
func sentenceStart(text string, at int) int {
	for i := at - 1; i > 0; i-- {
		if text[i] == '\n' {
			return i + 1
		}
		if blank(text[i]) && endsSentence(text[:i]) {
			return i + 1
		}
	}
	return 0
}

// sentenceEnd returns where the sentence ends that goes on at the byte at.
func sentenceEnd(text string, at int) int {
	for i := at; i < len(text); i++ {
		if text[i] == '\n' {
			return i
		}
		if blank(text[i]) && i > at && endsSentence(text[:i]) {
			return i
		}
	}
	return len(text)
}

// endsSentence reports whether text ends as a sentence does; "e.g." and
// initials do not.
func endsSentence(text string) bool {
	if text == "" || !strings.ContainsRune(".!?", rune(text[len(text)-1])) {
		return false
	}
	last := text[strings.LastIndexAny(text, " \n\t")+1:]
	if strings.Trim(last, ".!?") == "" {
		return true
	}
	if strings.Count(last, ".") > 1 && len(last) < 7 { // e.g., i.e., p.m.
		return false
	}
	return utf8.RuneCountInString(last) > 2 || !strings.HasSuffix(last, ".")
}

// dropMention removes whom a message addresses: the quote is for everybody.
func dropMention(text string) string {
	for strings.HasPrefix(text, "@") {
		_, rest, ok := strings.Cut(text, " ")
		if !ok {
			return ""
		}
		text = strings.TrimLeft(rest, " :,")
	}
	return text
}

// Shorten keeps at most limit runes, cut at the end of a word, with an ellipsis.
func Shorten(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	text = string([]rune(text)[:limit-1])
	if cut := strings.LastIndexByte(text, ' '); cut > limit/2 {
		text = text[:cut]
	}
	return strings.TrimRight(text, " ,;:-–—") + "…"
}

// Label returns the words that carried a link when they may serve as its
// title: not the address itself and not "here".
func Label(label string) string {
	label = Shorten(strings.ToValidUTF8(OneLine(label), "\uFFFD"), 150)
	if looksLikeAddress(label) || utf8.RuneCountInString(label) < 6 || !strings.ContainsFunc(label, unicode.IsLetter) {
		return ""
	}
	if _, idle := idleLabels[strings.ToLower(strings.Trim(label, ".:!?"))]; idle {
		return ""
	}
	return label
}

// Title reads a title from an address and the name of its host, for a link of
// which nothing else is known. It is never empty when host is not.
func Title(link, host string) string {
	address, err := url.Parse(link)
	if err != nil || address.Host == "" {
		return host
	}
	segments := strings.FieldsFunc(address.Path, func(r rune) bool { return r == '/' })
	if name, ok := knownSites[host]; ok {
		if title := name(segments, address.Query()); title != "" {
			return Shorten(title, 120)
		}
	}
	return titleFromPath(segments, host)
}

// titleFromPath reads a title from the last telling part of a path.
func titleFromPath(segments []string, host string) string {
	for i := len(segments) - 1; i >= 0 && i >= len(segments)-3; i-- {
		words := readable(segments[i])
		switch n := len(strings.Fields(words)); {
		case words == "":
			continue
		case n >= 3 || i == 0:
			return withHost(words, host)
		default:
			parent := readable(segments[i-1])
			switch {
			case parent == "" || len([]rune(words)) >= 24:
				return withHost(words, host)
			case strings.Contains(strings.ToLower(parent), strings.ToLower(words)):
				return withHost(parent, host)
			}
			return withHost(parent+": "+lowerFirst(words), host)
		}
	}
	return host
}

// withHost adds the host to a title too short to stand alone.
func withHost(title, host string) string {
	if len(strings.Fields(title)) < 3 {
		return Shorten(title, 120) + " — " + host
	}
	return Shorten(title, 120)
}

// readable turns a part of a path into words, or "" when it is an id, a number
// or the name of a default page.
func readable(segment string) string {
	if plain, err := url.PathUnescape(segment); err == nil && utf8.ValidString(plain) {
		segment = plain
	}
	if ext := path.Ext(segment); len(ext) > 1 && len(ext) <= 6 && !strings.ContainsAny(ext[1:], "0123456789 ") {
		segment = strings.TrimSuffix(segment, ext)
	}
	segment = strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_+~,;=@", r) || unicode.IsSpace(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, segment)
	if _, idle := idlePages[strings.ToLower(OneLine(segment))]; idle {
		return ""
	}
	var words []string
	telling := 0
	for _, word := range strings.Fields(segment) {
		if isCode(word) && len(word) > 4 {
			continue
		}
		if !isCode(word) {
			telling++
		}
		words = append(words, strings.Fields(splitCamel(word))...)
	}
	text := strings.Join(words, " ")
	if telling == 0 || countLetters(text) < 3 {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func countLetters(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// isCode reports whether a word is an id rather than language: mostly digits,
// or letters of both cases mixed with digits.
func isCode(word string) bool {
	digits, upper, lower := 0, 0, 0
	for _, r := range word {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return upper+lower == 0 || (len(word) >= 8 && digits*4 >= len(word)) || (len(word) >= 16 && digits > 1) ||
		(digits > 0 && upper > 1 && lower > 1)
}

func splitCamel(text string) string {
	var out strings.Builder
	previous := ' '
	for _, r := range text {
		if unicode.IsUpper(r) && unicode.IsLower(previous) {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
		previous = r
	}
	return out.String()
}

func lowerFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if rest := text[size:]; rest != "" {
		if second, _ := utf8.DecodeRuneInString(rest); unicode.IsUpper(second) {
			return text
		}
	}
	return string(unicode.ToLower(first)) + text[size:]
}
