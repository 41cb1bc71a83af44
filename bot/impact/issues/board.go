package issues

import (
	"strings"
	"unicode/utf8"
)

// Board is a report on one page for a board.
type Board struct {
	Title, Organisation, Introduction string
	Parts                             []BoardPart
	Footnotes                         []Footnote
	Cut                               bool // more stands in the long version
}

// BoardPart has at most three lines.
type BoardPart struct {
	Heading string
	Lines   []BoardLine
}

// BoardLine is one line. Mark names its footnote; empty: it has none.
type BoardLine struct{ Text, Mark string }

// Footnote is what a number means.
type Footnote struct{ Mark, Text string }

const (
	boardLines = 3
	boardWidth = 100 // characters, about a line of print
)

// Board puts a report on one page. It shows nothing that the long version does not.
func (c Content) Board() Board {
	b := Board{Title: c.Title, Organisation: c.Organisation, Introduction: c.Introduction}
	notes := map[string]string{}
	for _, s := range c.Sections {
		notes[s.Key] = s.Note
	}
	for _, p := range boardParts {
		out := BoardPart{Heading: p.heading}
		if note := notes[p.section]; note != "" {
			out.Lines = append(out.Lines, BoardLine{Text: note})
		}
		for _, key := range p.numbers {
			if n, ok := c.number(key); ok && b.room(out) {
				out.Lines = append(out.Lines, b.measure(n))
			}
		}
		empty := ""
		for _, key := range p.lists {
			list := c.list(key)
			if empty == "" {
				empty = list.Empty
			}
			for _, e := range list.Entries {
				if b.room(out) {
					out.Lines = append(out.Lines, BoardLine{Text: b.clip(e.line())})
				}
			}
		}
		if len(out.Lines) == 0 {
			out.Lines = []BoardLine{{Text: empty}}
		}
		b.Parts = append(b.Parts, out)
	}
	return b
}

// room reports whether a part takes another line.
func (b *Board) room(p BoardPart) bool {
	if len(p.Lines) < boardLines {
		return true
	}
	b.Cut = true
	return false
}

// measure writes a number with its denominator; what it means is a footnote.
func (b *Board) measure(n Number) BoardLine {
	if n.Count == "" {
		return BoardLine{Text: n.Title + ": " + sentenceOf(n.Missing)}
	}
	mark := string(rune('a' + len(b.Footnotes)))
	text := n.Title + ", " + n.Period + ": " + sentenceOf(n.Definition)
	if n.Beside != "" {
		text += " " + n.Beside
	}
	b.Footnotes = append(b.Footnotes, Footnote{Mark: mark, Text: text})
	return BoardLine{Text: n.Title + ": " + n.Count, Mark: mark}
}

func (b *Board) clip(text string) string {
	if utf8.RuneCountInString(text) <= boardWidth {
		return text
	}
	b.Cut = true
	short := string([]rune(text)[:boardWidth-1])
	if at := strings.LastIndex(short, " "); at > boardWidth/2 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,;:.–—") + "…"
}

func (e Entry) line() string {
	text := e.Title
	if e.Title != "" && e.Words != "" {
		text += ": "
	}
	text = strings.Join(strings.Fields(text+e.Words), " ")
	if e.By != "" {
		text += " — " + e.By
	}
	return text
}
