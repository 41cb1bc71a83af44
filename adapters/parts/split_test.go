package parts_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"evangelist/adapters/parts"
	"evangelist/bot"
)

func texts(pages []bot.Message) []string {
	var out []string
	for _, page := range pages {
		out = append(out, parts.Words(page))
	}
	return out
}

func TestCutsWhereAReaderWouldPause(t *testing.T) {
	sentence := strings.Repeat("abcd ", 19) + "end. " // 100 characters
	for name, c := range map[string]struct {
		text  string
		first string
	}{
		"paragraph": {strings.Repeat("x", 150) + "\n\n" + strings.Repeat("y", 150), strings.Repeat("x", 150)},
		"sentence":  {strings.Repeat(sentence, 3), strings.TrimSpace(strings.Repeat(sentence, 2))},
		"space":     {strings.Repeat("x", 170) + " " + strings.Repeat("y", 90), strings.Repeat("x", 170)},
		"rune":      {strings.Repeat("ß", 250), strings.Repeat("ß", 200)},
	} {
		pages := parts.Split(bot.Message{Summary: "S", Blocks: []bot.Block{bot.Paragraph{Text: bot.T(c.text)}}}, parts.Limits{Blocks: 10, Size: 200})
		if got := texts(pages)[0]; got != c.first {
			t.Errorf("%s: the first part is %q", name, got)
		}
	}
}

func TestPartsAreNumberedInTheirSummary(t *testing.T) {
	pages := parts.Split(bot.Message{Summary: "Roundup", Blocks: []bot.Block{bot.Rule{}, bot.Rule{}, bot.Rule{}}}, parts.Limits{Blocks: 1, Size: 1000})
	if len(pages) != 3 || pages[0].Summary != "Roundup" || pages[2].Summary != "Roundup (3 of 3)" {
		t.Errorf("parts are %+v", pages)
	}
}

func TestAHeadingStaysWithWhatItOpens(t *testing.T) {
	p := bot.Paragraph{Text: bot.T("text")}
	pages := parts.Split(bot.Message{Blocks: []bot.Block{p, bot.Heading{Level: 2, Text: bot.T("Section")}, p}}, parts.Limits{Blocks: 2, Size: 1000})
	if got := texts(pages); len(got) != 2 || got[1] != "Section\n\ntext" {
		t.Errorf("parts are %q", got)
	}
}

func TestAnOrderedListKeepsItsNumbers(t *testing.T) {
	list := bot.List{Ordered: true}
	for range 4 {
		list.Items = append(list.Items, bot.T(strings.Repeat("x", 90)))
	}
	pages := parts.Split(bot.Message{Blocks: []bot.Block{list}}, parts.Limits{Blocks: 10, Size: 200})
	if got := texts(pages); len(got) != 2 || !strings.HasPrefix(got[1], "3. xx") || !strings.Contains(got[1], "\n4. xx") {
		t.Errorf("parts are %q", got)
	}
}

func TestNoPartIsTooLarge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string {
			return strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-z.]{1,30}`), 0, 120).Draw(t, label), " ")
		}
		blocks := []bot.Block{
			bot.Heading{Text: bot.T(text("heading"))},
			bot.Facts{Facts: []bot.Fact{{Label: text("label"), Value: bot.T(text("value"))}}},
			bot.Quote{Text: bot.T(text("quote")), By: bot.T(text("by"))},
			bot.Link{Title: text("title"), URL: "https://example.org/" + strings.Repeat("p", rapid.IntRange(0, 900).Draw(t, "url")), Meta: text("meta"), Lines: []bot.Spans{bot.T(text("line"))}},
			bot.Table{Caption: text("caption"), Head: []string{text("head"), "Two"}, Rows: [][]bot.Spans{{bot.T(text("cell")), bot.T(text("cell 2"))}}},
			bot.Figure{Alt: text("alt"), Caption: bot.T(text("figure"))},
			bot.Actions{Buttons: []bot.Button{{Label: text("button"), Confirm: text("confirm")}}},
			bot.Paragraph{Text: bot.Line(bot.To(text("anchor"), "https://example.org/"+strings.Repeat("q", 700)), bot.Name("p", text("name")))},
		}
		limit := rapid.SampledFrom([]int{200, 500, 2000}).Draw(t, "limit")
		for _, page := range parts.Split(bot.Message{Summary: "S", Blocks: blocks}, parts.Limits{Blocks: 5, Size: limit}) {
			if n := parts.Size(page); n > limit || len(page.Blocks) > 5 || len(page.Blocks) == 0 {
				t.Fatalf("a part has %d characters and %d blocks: %#v", n, len(page.Blocks), page)
			}
		}
	})
}
