// Package parts cuts a bot.Message into messages that a platform can take, and
// tells its words. It is pure.
package parts

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"evangelist/bot"
)

// longestSummary is how many characters of a summary are kept.
const longestSummary = 300

// Split cuts a message into messages of at most maxBlocks blocks and maxRunes
// characters of words and addresses (pictures do not count). It cuts between
// blocks where it can, else at a paragraph, a sentence, a space, and inside a
// word only when the word alone is too long. No word is lost. maxRunes below
// 200 count as 200. Equal messages give equal parts; there is always one.
func Split(message bot.Message, maxBlocks, maxRunes int) []bot.Message {
	maxBlocks, maxRunes = max(maxBlocks, 1), max(maxRunes, 200)
	blocks := message.Blocks
	if len(blocks) == 0 {
		blocks = []bot.Block{bot.Paragraph{Text: bot.T(message.Summary)}}
	}
	var pages [][]bot.Block
	var page []bot.Block
	used := 0
	for _, block := range blocks {
		for _, piece := range pieces(block, maxRunes) {
			size := blockSize(piece)
			if len(page) > 0 && (len(page) == maxBlocks || used+size > maxRunes) {
				done, carried := withoutLastHeading(page)
				if carriedSize := sizes(carried); carriedSize+size > maxRunes || len(carried) >= maxBlocks {
					done, carried = page, nil
				}
				pages = append(pages, done)
				page, used = carried, sizes(carried)
			}
			page, used = append(page, piece), used+size
		}
	}
	pages = append(pages, page)
	return number(message.Summary, pages)
}

// withoutLastHeading keeps a heading from standing alone at the end of a part.
func withoutLastHeading(page []bot.Block) (done, carried []bot.Block) {
	last := len(page) - 1
	if _, heading := page[last].(bot.Heading); heading && last > 0 {
		return page[:last:last], []bot.Block{page[last]}
	}
	return page, nil
}

func sizes(blocks []bot.Block) int {
	total := 0
	for _, block := range blocks {
		total += blockSize(block)
	}
	return total
}

func number(summary string, pages [][]bot.Block) []bot.Message {
	summary = clip(summary, longestSummary)
	out := make([]bot.Message, len(pages))
	for i, page := range pages {
		out[i] = bot.Message{Summary: summary, Blocks: page}
		if i > 0 {
			out[i].Summary = fmt.Sprintf("%s (%d of %d)", summary, i+1, len(pages))
		}
	}
	return out
}

// clip shortens text to at most limit runes, with an ellipsis.
func clip(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:limit-1])) + "…"
}

func runeCount(texts ...string) int {
	total := 0
	for _, text := range texts {
		total += utf8.RuneCountInString(text)
	}
	return total
}

// momentSize is more than a moment ever takes when shown.
const momentSize = 40

func spanSize(span bot.Span) int {
	if span.Kind == bot.When {
		return momentSize
	}
	return runeCount(span.Text, span.URL)
}

func spansSize(lines ...bot.Spans) int {
	total := 0
	for _, line := range lines {
		for _, span := range line {
			total += spanSize(span)
		}
	}
	return total
}

// unit is the least that is not cut: one rune, or a link, name or moment.
type unit struct {
	span int
	text string
	cost int
	char rune // 0 for what is not a single rune
}

// cut divides a line so that each piece has at most limit characters.
func cut(line bot.Spans, limit int) []bot.Spans {
	if spansSize(line) <= limit {
		return []bot.Spans{line}
	}
	line = loosen(line, limit)
	units := unitsOf(line)
	var out []bot.Spans
	for start := 0; start < len(units); {
		end, cost := start, 0
		for end < len(units) && (end == start || cost+units[end].cost <= limit) {
			cost += units[end].cost
			end++
		}
		if end < len(units) {
			end = bestCut(units, start, end)
		}
		out = append(out, joined(line, units[start:end]))
		start = end
	}
	return out
}

// loosen turns what may not be cut but is too long into plain words.
func loosen(line bot.Spans, limit int) bot.Spans {
	out := make(bot.Spans, 0, len(line))
	for _, span := range line {
		switch {
		case spanSize(span) <= limit/2 || span.Kind == bot.When:
		case span.Kind == bot.Anchor && span.Text != "":
			span = bot.Span{Kind: bot.Plain, Text: span.Text + " (" + span.URL + ")"}
		case span.Kind == bot.Anchor:
			span = bot.Span{Kind: bot.Plain, Text: span.URL}
		case span.Kind == bot.Who:
			span = bot.Span{Kind: bot.Plain, Text: span.Text}
		}
		out = append(out, span)
	}
	return out
}

func unitsOf(line bot.Spans) []unit {
	var units []unit
	for i, span := range line {
		switch span.Kind {
		case bot.Anchor, bot.Who, bot.When:
			units = append(units, unit{span: i, text: span.Text, cost: spanSize(span)})
		default:
			for _, r := range span.Text {
				units = append(units, unit{span: i, text: string(r), cost: 1, char: r})
			}
		}
	}
	return units
}

// bestCut returns where to end a piece that begins at start and must end at or
// before end: after a line, a sentence, a space, else at end.
func bestCut(units []unit, start, end int) int {
	half := start + (end-start)/2
	sentence, space := 0, 0
	for i := end; i > start; i-- {
		before := units[i-1].char
		switch {
		case before == '\n' && i > half:
			return i
		case unicode.IsSpace(before) && before != 0:
			if space == 0 {
				space = i
			}
			if sentence == 0 && i > half && i-2 >= start && strings.ContainsRune(".!?…", units[i-2].char) && units[i-2].char != 0 {
				sentence = i
			}
		}
	}
	switch {
	case sentence > 0:
		return sentence
	case space > 0:
		return space
	}
	return end
}

func joined(line bot.Spans, units []unit) bot.Spans {
	var out bot.Spans
	var text strings.Builder
	for i, u := range units {
		text.WriteString(u.text)
		if i+1 < len(units) && units[i+1].span == u.span {
			continue
		}
		span := line[u.span]
		span.Text = text.String()
		out = append(out, span)
		text.Reset()
	}
	return out
}

// Size is how many characters of words and addresses a message holds, without
// its summary.
func Size(message bot.Message) int { return sizes(message.Blocks) }
