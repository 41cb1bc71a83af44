// Package parts cuts a bot.Message into messages that a platform can take, and
// tells its words. It is pure.
package parts

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"evangelist/bot"
)

// longestSummary is how many characters of a summary are kept.
const longestSummary = 300

// Limits is what one part may hold, and how it is measured. Text and the sizes
// below it let a platform count in its own units (UTF-16 units, bytes of JSON);
// what they leave at zero counts characters of words and addresses alone.
type Limits struct {
	Blocks int // below 1 counts as 1
	Size   int // below 200 counts as 200
	// Text returns the size of a text; nil counts characters. The size of two
	// texts together is at most the sum of their sizes.
	Text func(text string) int
	// Rune returns the size of a text of this one character; nil: 1. It is given
	// with Text.
	Rune   func(r rune) int
	Span   int // what each span takes besides its text
	Moment int // what a moment takes, its span included; 0: 40, more than it ever has when shown
	Line   int // what each item, fact, row, cell, line or button takes besides its text
}

// Split cuts a message into messages of at most limits.Blocks blocks and
// limits.Size (pictures do not count). It cuts between blocks where it can, else
// at a paragraph, a sentence, a space, and inside a word only when the word
// alone is too long. No word is lost. A heading stays with what follows it, a
// block with the buttons under it. Equal messages give equal parts; there is
// always one.
func Split(message bot.Message, limits Limits) []bot.Message {
	blocks := message.Blocks
	if len(blocks) == 0 {
		blocks = []bot.Block{bot.Paragraph{Text: bot.T(message.Summary)}}
	}
	m := measure(limits)
	pages := Pack(Cut(blocks, limits), limits, func(block bot.Block) (int, int) { return 1, m.block(block) }, Together)
	out := make([]bot.Message, len(pages))
	for i, page := range pages {
		out[i] = bot.Message{Summary: Summary(message.Summary, i, len(pages)), Blocks: page}
	}
	return out
}

// Cut replaces each block that is larger than limits.Size by blocks that are
// not; the others stay as they are. No word is lost.
func Cut(blocks []bot.Block, limits Limits) []bot.Block {
	m := measure(limits)
	out := make([]bot.Block, 0, len(blocks))
	for _, block := range blocks {
		out = append(out, m.pieces(block)...)
	}
	return out
}

// Together reports whether a part should not end between two blocks: behind a
// heading, and before buttons.
func Together(block, next bot.Block) bool {
	if _, heading := block.(bot.Heading); heading {
		return true
	}
	_, rule := block.(bot.Rule)
	_, buttons := next.(bot.Actions)
	return buttons && !rule
}

// Pack deals items out, in order, to as few parts as limits.Blocks and
// limits.Size allow; an item that is too large by itself stands alone. size says
// how many blocks an item makes and how large it is. Items that are together
// with their successor do not end a part when the next one has room for them.
func Pack[T any](items []T, limits Limits, size func(T) (blocks, size int), together func(item, next T) bool) [][]T {
	maxBlocks, maxSize := max(limits.Blocks, 1), max(limits.Size, leastSize)
	sum := func(items []T) (blocks, total int) {
		for _, item := range items {
			b, s := size(item)
			blocks, total = blocks+b, total+s
		}
		return blocks, total
	}
	var pages [][]T
	var page []T
	blocks, used := 0, 0
	for _, item := range items {
		b, s := size(item)
		if len(page) > 0 && (blocks+b > maxBlocks || used+s > maxSize) {
			end := len(page)
			for next := item; end > 0 && together(page[end-1], next); end-- {
				next = page[end-1]
			}
			if cb, cs := sum(page[end:]); end == 0 || cb+b > maxBlocks || cs+s > maxSize {
				end = len(page)
			}
			pages = append(pages, page[:end:end])
			page = append([]T(nil), page[end:]...)
			blocks, used = sum(page)
		}
		page, blocks, used = append(page, item), blocks+b, used+s
	}
	if len(page) > 0 {
		pages = append(pages, page)
	}
	return pages
}

// Summary returns the summary of part i of n (from 0): at most 300 characters,
// and from the second part on with its number.
func Summary(summary string, i, n int) string {
	number := ""
	if i > 0 {
		number = fmt.Sprintf(" (%d of %d)", i+1, n)
	}
	return Clip(summary, longestSummary-len(number)) + number
}

// Clip shortens a text to at most limit characters, with an ellipsis where
// something was left out.
func Clip(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:max(limit-1, 0)])) + "…"
}

// Size is how many characters of words and addresses a message holds, without
// its summary.
func Size(message bot.Message) int { return measure(Limits{}).blocks(message.Blocks) }
