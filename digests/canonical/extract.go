package canonical

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Extract returns the web addresses in plain text as people type them, each
// once, in order: what begins with http://, https:// or www. Punctuation and
// unbalanced brackets at the end stay outside; what stands between backticks
// is code and is skipped. The addresses are as typed: give them to Parse.
// It takes time linear in the text, and returns nil when there is none.
func Extract(text string) []string {
	text = blankCode(strings.ToValidUTF8(text, " "))
	var found []string
	seen := map[string]bool{}
	for at := 0; at < len(text); {
		start, prefix := nextStart(text, at)
		if start < 0 {
			break
		}
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		end := start + span(text[start:], before)
		address := trimEnd(text[start:end], before)
		at = max(end, start+prefix)
		if len(address) > prefix && isComplete(address, prefix) && !seen[address] {
			seen[address] = true
			found = append(found, address)
		}
	}
	return found
}

// nextStart finds the next place where an address begins, and the length of
// its fixed beginning.
func nextStart(text string, from int) (start, prefix int) {
	for i := from; i < len(text); i++ {
		if c := text[i] | 0x20; c != 'h' && c != 'w' {
			continue
		}
		for _, begin := range [...]string{"https://", "http://", "www."} {
			if len(text)-i > len(begin) && strings.EqualFold(text[i:i+len(begin)], begin) && isFree(text[:i], begin) {
				return i, len(begin)
			}
		}
	}
	return -1, 0
}

// isFree reports whether an address may begin behind left: not inside a word,
// and "www." neither inside another address nor behind an "@".
func isFree(left, begin string) bool {
	r, _ := utf8.DecodeLastRuneInString(left)
	if left == "" {
		return true
	}
	if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return false
	}
	return begin != "www." || !strings.ContainsRune("@/.-_:=%&", r)
}

// span measures how far an address reaches: to a space, a quotation mark, an
// angle bracket, or punctuation of scripts that write without spaces.
func span(text string, before rune) int {
	for i, r := range text {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), strings.ContainsRune(endMarks, r):
			return i
		case before == '<' && r == '|':
			return i
		case r == '&' && isEscapedBracket(text[i:]):
			return i
		}
	}
	return len(text)
}

const endMarks = "<>\"`“”„«»‹›、。，！？；：（）「」『』【】《》〈〉…\u200b\u2060\ufeff"

func isEscapedBracket(text string) bool {
	return strings.HasPrefix(text, "&lt;") || strings.HasPrefix(text, "&gt;") || strings.HasPrefix(text, "&quot;")
}

// trimEnd takes off what belongs to the sentence and not to the address.
func trimEnd(address string, before rune) string {
	open := map[byte]int{}
	for i := range len(address) {
		open[address[i]]++
	}
	for address != "" {
		r, size := utf8.DecodeLastRuneInString(address)
		last := address[len(address)-size:]
		switch {
		case strings.ContainsRune(".,;:!?'*’‘–—|\\", r):
		case (r == '_' || r == '~') && r == before:
		case r == ')' && open[')'] > open['('], r == ']' && open[']'] > open['['], r == '}' && open['}'] > open['{']:
		case r == '(' || r == '[' || r == '{':
		default:
			return address
		}
		for i := range len(last) {
			open[last[i]]--
		}
		address = address[:len(address)-size]
	}
	return address
}

// isComplete reports whether there is a host behind the beginning.
func isComplete(address string, prefix int) bool {
	host := address[prefix:]
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	if r, _ := utf8.DecodeRuneInString(host); !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '[' {
		return false
	}
	if prefix > len("www.") {
		return true
	}
	dot := strings.LastIndexByte(host, '.')
	return dot > 0 && utf8.RuneCountInString(host[dot+1:]) >= 2
}

// blankCode replaces what stands between equal runs of backticks by spaces.
// A run without a partner is ordinary text.
func blankCode(text string) string {
	if strings.IndexByte(text, '`') < 0 {
		return text
	}
	runs := backticks(text)
	partner := map[int][]int{} // length of a run → indexes into runs, in order
	for i, run := range runs {
		partner[run.length] = append(partner[run.length], i)
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(runs); i++ {
		same := partner[runs[i].length]
		for len(same) > 0 && same[0] <= i {
			same = same[1:]
		}
		partner[runs[i].length] = same
		if len(same) == 0 {
			continue
		}
		closing := runs[same[0]]
		b.WriteString(text[done:runs[i].start])
		b.WriteByte(' ')
		done = closing.start + closing.length
		i = same[0]
	}
	b.WriteString(text[done:])
	return b.String()
}

type backtickRun struct{ start, length int }

func backticks(text string) []backtickRun {
	var runs []backtickRun
	for i := 0; i < len(text); i++ {
		if text[i] != '`' {
			continue
		}
		start := i
		for i < len(text) && text[i] == '`' {
			i++
		}
		runs = append(runs, backtickRun{start, i - start})
	}
	return runs
}
