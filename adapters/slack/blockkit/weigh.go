package blockkit

import "unicode/utf16"

// What a block weighs besides its words. Slack does not say; these are what
// others measured, see package limits.
const (
	headerWeight = 100
	blockWeight  = 60
)

// weigh is what a block adds to the size of a message, never too little.
func weigh(block any) int {
	total := blockWeight
	switch b := block.(type) {
	case headerBlock:
		total = headerWeight + weight(b.Text.Text)
	case contextBlock:
		for _, element := range b.Elements {
			total += weight(element.Text)
		}
	case richBlock:
		total += weighRich(b.Elements)
	case actionsBlock:
		for _, element := range b.Elements {
			total += weight(element.Text.Text)
			if q := element.Confirm; q != nil {
				total += weight(q.Title.Text) + weight(q.Text.Text) + weight(q.Confirm.Text) + weight(q.Deny.Text)
			}
		}
	}
	return total
}

func weighRich(pieces []rich) int {
	total := 0
	for _, piece := range pieces {
		switch elements := piece.Elements.(type) {
		case []rich:
			total += weighRich(elements)
		case []leaf:
			for _, l := range elements {
				total += weight(l.Text) + weight(l.URL) + weight(l.Fallback)
			}
		}
	}
	return total
}

// weight is what a text takes: UTF-16 units, and more for what is escaped as an
// entity or in JSON.
func weight(text string) int {
	total := 0
	for _, r := range text {
		total += weightOf(r)
	}
	return total
}

func weightOf(r rune) int {
	switch {
	case r == '&':
		return len("&amp;")
	case r == '<' || r == '>':
		return len("&lt;")
	case r == '"' || r == '\\' || r == '\n' || r == '\t':
		return 2
	case r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 || r == 0xfffd:
		return 6
	}
	return max(utf16.RuneLen(r), 1)
}
