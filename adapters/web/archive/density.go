package archive

import (
	"unicode/utf8"

	"evangelist/bot"
)

// Lines that a sheet of paper holds at the usual size and at the next smaller
// one, and how many characters a line has.
const (
	sheetLines = 46
	denseLines = 60
	lineChars  = 100
)

// density is the class of an edition that has more to say than a sheet holds at
// the usual size: it is printed smaller, so that it stays one sheet.
func density(message bot.Message) string {
	switch lines := lines(message); {
	case lines > denseLines:
		return "denser"
	case lines > sheetLines:
		return "dense"
	}
	return ""
}

// lines estimates how many lines a message takes in print.
func lines(message bot.Message) int {
	total := 0
	add := func(text string) { total += 1 + utf8.RuneCountInString(text)/lineChars }
	for _, block := range message.Blocks {
		switch b := block.(type) {
		case bot.Heading:
			total += 2
		case bot.Paragraph:
			add(b.Text.Plain(nil))
		case bot.Note:
			add(b.Text.Plain(nil))
		case bot.List:
			for _, item := range b.Items {
				add(item.Plain(nil))
			}
		case bot.Link:
			add(b.Title + b.Meta)
			for _, line := range b.Lines {
				add(line.Plain(nil))
			}
		}
	}
	return total
}
