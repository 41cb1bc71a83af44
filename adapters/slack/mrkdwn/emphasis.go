package mrkdwn

import (
	"unicode"
	"unicode/utf8"
)

// withoutEmphasis drops pairs of *, _ and ~ that stand around words of one
// line, as Slack reads them: the first not behind a word and not before a
// blank, the second not behind a blank and not before a word. signs are the
// places where such a sign was written as markup may be.
func withoutEmphasis(out []byte, signs []int) string {
	drop := make([]bool, len(signs))
	opened := map[byte]int{} // sign → index in signs
	line := 0                // how far out has been looked through for line ends
	for n, at := range signs {
		for ; line < at; line++ {
			if out[line] == '\n' {
				clear(opened)
			}
		}
		sign := out[at]
		before, _ := utf8.DecodeLastRune(out[:at])
		after, _ := utf8.DecodeRune(out[at+1:])
		if at == 0 {
			before = ' '
		}
		if at+1 == len(out) {
			after = ' '
		}
		open, isOpen := opened[sign]
		switch {
		case isOpen && signs[open]+1 < at && !unicode.IsSpace(before) && !isWord(after) && after != rune(sign):
			drop[open], drop[n] = true, true
			delete(opened, sign)
		case !isWord(before) && before != rune(sign) && !unicode.IsSpace(after) && after != rune(sign):
			opened[sign] = n
		}
	}
	kept := make([]byte, 0, len(out))
	from := 0
	for n, at := range signs {
		if drop[n] {
			kept = append(kept, out[from:at]...)
			from = at + 1
		}
	}
	return string(append(kept, out[from:]...))
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
