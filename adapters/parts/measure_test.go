package parts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"evangelist/adapters/parts"
	"evangelist/bot"
)

// utf16Limits count as UTF-16 does, and something for whatever stands around.
func utf16Limits(blocks, size int) parts.Limits {
	return parts.Limits{
		Blocks: blocks, Size: size, Span: 10, Line: 20, Moment: 80,
		Text: func(text string) int { return len(utf16.Encode([]rune(text))) }, Rune: func(r rune) int { return max(utf16.RuneLen(r), 1) },
	}
}

func TestAPlatformCountsInItsOwnUnits(t *testing.T) {
	text := strings.Repeat("🙈", 150) // 300 units
	message := bot.Message{Blocks: []bot.Block{bot.Paragraph{Text: bot.T(text)}}}
	if n := len(parts.Split(message, parts.Limits{Blocks: 5, Size: 200})); n != 1 {
		t.Errorf("150 characters make %d parts of 200", n)
	}
	pages := parts.Split(message, utf16Limits(5, 210))
	if len(pages) != 2 || parts.Words(pages[0]) != strings.Repeat("🙈", 100) {
		t.Errorf("300 units and a span make %d parts of 210, the first %q", len(pages), parts.Words(pages[0]))
	}
	items := bot.List{Items: slices.Repeat([]bot.Spans{bot.T("x")}, 20)} // 31 each
	if n := len(parts.Split(bot.Message{Blocks: []bot.Block{items}}, utf16Limits(50, 320))); n != 2 {
		t.Errorf("20 items of 31 make %d parts of 320", n)
	}
}

// A part is never larger than it is allowed to be, however that is measured.
func TestPiecesAreAsSmallAsMeasured(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string {
			return strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-z.🙈]{1,30}`), 0, 120).Draw(t, label), " ")
		}
		moment := bot.Span{Kind: bot.When}
		blocks := []bot.Block{
			bot.Paragraph{Text: bot.Line(text("plain"), bot.Strong(text("bold")), moment, bot.Mono(text("code")))},
			bot.List{Ordered: true, Items: []bot.Spans{bot.T(text("one")), bot.Line(moment, text("two")), bot.T("three")}},
			bot.Facts{Facts: []bot.Fact{{Label: text("label"), Value: bot.T(text("value"))}, {Label: "L", Value: bot.Line(moment)}}},
			bot.Quote{Text: bot.T(text("quote")), By: bot.T(text("by"))},
			bot.Link{Number: 1, Title: text("title"), URL: "https://example.org/", Meta: "m", Lines: []bot.Spans{bot.T(text("line")), bot.T(text("line 2"))}},
			bot.Table{Caption: "c", Head: []string{"One", "Two"}, Rows: [][]bot.Spans{{bot.T(text("cell")), bot.T("x")}, {bot.T("y"), bot.T(text("cell 2"))}}},
			bot.Note{Text: bot.T(text("note"))},
		}
		limits := utf16Limits(5, rapid.SampledFrom([]int{600, 2000}).Draw(t, "limit"))
		cut := parts.Cut(blocks, limits)
		for _, block := range cut {
			if again := parts.Cut([]bot.Block{block}, limits); len(again) != 1 {
				t.Fatalf("a piece is cut again: %#v", block)
			}
		}
		for _, page := range parts.Split(bot.Message{Blocks: blocks}, limits) {
			if len(page.Blocks) > 5 || len(page.Blocks) == 0 {
				t.Fatalf("a part has %d blocks", len(page.Blocks))
			}
		}
	})
}

func TestTheCaptionOfATableIsKept(t *testing.T) {
	table := bot.Table{Caption: "Caption", Head: []string{"Head"}, Rows: [][]bot.Spans{{bot.T(strings.Repeat("long ", 100))}}}
	for i, page := range parts.Split(bot.Message{Blocks: []bot.Block{table}}, parts.Limits{Blocks: 9, Size: 200}) {
		if words := parts.Words(page); i == 0 && !strings.HasPrefix(words, "Caption") || i > 0 && !strings.Contains(words, "Head") {
			t.Errorf("part %d says %q", i+1, words)
		}
	}
}

// Buttons stay with what they stand under, headings with what they open, as
// long as a part has room for them together.
func TestWhatBelongsTogetherStaysTogether(t *testing.T) {
	var blocks []bot.Block
	for i := range 9 {
		blocks = append(blocks, bot.Heading{Level: 2, Text: bot.T(fmt.Sprintf("H%d", i))}, bot.Note{Text: bot.T(fmt.Sprintf("N%d", i))}, bot.Actions{Buttons: []bot.Button{{Label: fmt.Sprintf("B%d", i)}}})
	}
	for size := 3; size < 9; size++ {
		for i, page := range parts.Split(bot.Message{Blocks: blocks}, parts.Limits{Blocks: size, Size: 1000}) {
			if _, heading := page.Blocks[0].(bot.Heading); !heading || len(page.Blocks)%3 != 0 {
				t.Errorf("part %d of %d blocks: %s", i+1, size, parts.Words(page))
			}
		}
	}
	for i, page := range parts.Split(bot.Message{Blocks: blocks}, parts.Limits{Blocks: 2, Size: 1000}) {
		if len(page.Blocks) > 2 {
			t.Errorf("part %d has %d blocks", i+1, len(page.Blocks))
		}
	}
}

// Pack weighs what was drawn rather than blocks, and loses nothing.
func TestPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.IntRange(1, 300), 0, 60).Draw(t, "items")
		limits := parts.Limits{Blocks: rapid.IntRange(1, 9).Draw(t, "blocks"), Size: rapid.IntRange(200, 900).Draw(t, "size")}
		blocksOf := func(n int) int { return n%2 + 1 }
		pages := parts.Pack(items, limits, func(n int) (int, int) { return blocksOf(n), n }, func(n, next int) bool { return n%3 == 0 })
		var all []int
		for _, page := range pages {
			blocks, size := 0, 0
			for _, n := range page {
				blocks, size = blocks+blocksOf(n), size+n
			}
			if len(page) == 0 || len(page) > 1 && (blocks > limits.Blocks || size > limits.Size) {
				t.Fatalf("a page of %d blocks and %d", blocks, size)
			}
			all = append(all, page...)
		}
		if !slices.Equal(all, items) {
			t.Fatalf("%v became %v", items, all)
		}
	})
}

func TestSummaries(t *testing.T) {
	long := strings.Repeat("ß", 400)
	for _, c := range []struct {
		i, n int
		want int
		end  string
	}{{0, 1, 300, "ß…"}, {1, 12, 300, "… (2 of 12)"}} {
		if got := parts.Summary(long, c.i, c.n); len([]rune(got)) != c.want || !strings.HasSuffix(got, c.end) {
			t.Errorf("part %d: %d characters, %q", c.i, len([]rune(got)), got)
		}
	}
}
