package cards_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// fataler is what testing.T and rapid.T have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// everybody can be mentioned, by a long name.
func everybody(id bot.PersonID) (cards.Mention, bool) {
	return cards.Mention{ID: "29:" + string(id), Name: string(id) + " " + strings.Repeat("名", 90)}, true
}

// rendered renders, holds every part to what Render promises, and returns what
// a reader sees of all of them.
func rendered(t fataler, message bot.Message) (parts []bot.Part, text string) {
	t.Helper()
	parts, err := renderer().Render(message)
	if err != nil || len(parts) == 0 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	var all strings.Builder
	for i, part := range parts {
		if err := cards.Inert(part.Payload); err != nil {
			t.Fatalf("part %d of %d: %v", i+1, len(parts), err)
		}
		for name, find := range map[string]func(bot.PersonID) (cards.Mention, bool){"nobody": nil, "everybody": everybody} {
			post, err := cards.Resolve(part.Payload, find)
			if err != nil {
				t.Fatalf("part %d cannot be resolved: %v", i+1, err)
			}
			var card any
			if err := json.Unmarshal(post.Card, &card); err != nil {
				t.Fatalf("part %d is no JSON: %v", i+1, err)
			}
			if text := lives(card); text != "" && name == "nobody" {
				t.Fatalf("part %d: %q lives", i+1, text)
			}
			if err := cards.Check(post.Card); err != nil {
				t.Fatalf("part %d with %s mentioned: %v", i+1, name, err)
			}
			if n := len(post.Card) + len(post.Summary); n > cards.MaxBytes {
				t.Fatalf("part %d with %s mentioned has %d bytes", i+1, name, n)
			}
		}
		if n := len(part.Payload); n > cards.MaxBytes {
			t.Fatalf("part %d has %d bytes", i+1, n)
		}
		words, err := cards.Words(part.Payload)
		if err != nil {
			t.Fatalf("part %d cannot be read: %v", i+1, err)
		}
		all.WriteString(words + "\n")
	}
	return parts, all.String()
}

// said lists every text that a reader must find again; moments aside.
func said(blocks ...bot.Block) []string {
	var out []string
	line := func(lines ...bot.Spans) {
		for _, spans := range lines {
			for _, span := range spans {
				if span.Kind != bot.When {
					out = append(out, span.Text)
				}
			}
		}
	}
	for _, block := range blocks {
		switch b := block.(type) {
		case bot.Heading:
			line(b.Text)
		case bot.Paragraph:
			line(b.Text)
		case bot.List:
			line(b.Items...)
		case bot.Facts:
			for _, f := range b.Facts {
				out = append(out, f.Label)
				line(f.Value)
			}
		case bot.Quote:
			line(b.Text, b.By)
		case bot.Link:
			out = append(out, b.Title, b.Meta)
			line(b.Lines...)
		case bot.Table:
			out = append(append(out, b.Caption), b.Head...)
			for _, row := range b.Rows {
				line(row...)
			}
		case bot.Figure:
			out = append(out, b.Alt)
			line(b.Caption)
		case bot.Note:
			line(b.Text)
		case bot.Actions:
			for _, button := range b.Buttons {
				out = append(out, button.Label, button.Confirm)
			}
		}
	}
	return out
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// lost returns a word of texts that is not in shown as often, or "". Words of 60
// letters and more may be cut.
func lost(texts []string, shown string) string {
	have := map[string]int{}
	for _, word := range wordsOf(shown) {
		have[word]++
	}
	squeezed := strings.Join(wordsOf(shown), "")
	for _, text := range texts {
		for _, word := range wordsOf(text) {
			if len(word) >= 60 {
				if !strings.Contains(squeezed, word) {
					return word
				}
			} else if have[word]--; have[word] < 0 {
				return word
			}
		}
	}
	return ""
}

func TestEveryBlockIsShown(t *testing.T) {
	for _, block := range bot.EveryBlock() {
		parts, text := rendered(t, bot.Message{Summary: "One block", Blocks: []bot.Block{block}})
		if word := lost(said(block), text); word != "" {
			t.Errorf("%T: %q is not in %q", block, word, text)
		}
		if link, is := block.(bot.Link); is && !bytes.Contains(parts[0].Payload, []byte(`"url":"`+link.URL+`"`)) {
			t.Errorf("nothing leads to %s", link.URL)
		}
	}
	if _, text := rendered(t, bot.Message{Summary: "Nothing but this"}); !strings.Contains(text, "Nothing but this") {
		t.Errorf("a message without blocks shows %q", text)
	}
	if _, text := rendered(t, bot.Message{Summary: "A line", Blocks: []bot.Block{bot.Rule{}}}); !strings.Contains(text, "A line") {
		t.Errorf("a lone rule shows %q, and an empty card says nothing", text)
	}
}

func TestEveryRowHasAllItsCells(t *testing.T) {
	card := string(onlyCard(t, bot.Message{Summary: "S", Blocks: []bot.Block{bot.Table{Head: []string{"A", "B", "C"}, Rows: [][]bot.Spans{{bot.T("one")}, {}, {bot.T("1"), bot.T("2"), bot.T("3")}}}}}))
	if rows, cells := strings.Count(card, `"TableRow"`), strings.Count(card, `"TableCell"`); rows != 3 || cells != 9 {
		t.Errorf("%d cells in %d rows: %s", cells, rows, card)
	}
}

func TestRenderingIsPure(t *testing.T) {
	message := bot.Message{Summary: "Every block", Blocks: bot.EveryBlock()}
	before, _ := message.Hash()
	one, _ := rendered(t, message)
	two, _ := rendered(t, message)
	for i := range one {
		if !bytes.Equal(one[i].Payload, two[i].Payload) {
			t.Errorf("part %d differs between two calls", i+1)
		}
	}
	if after, _ := message.Hash(); after != before {
		t.Error("rendering changed the message")
	}
}

func TestAnEditionFitsOneCard(t *testing.T) {
	for name, message := range map[string]bot.Message{"edition": edition(), "draft": draft()} {
		parts, text := rendered(t, message)
		if len(parts) != 1 {
			t.Errorf("%s: %d parts", name, len(parts))
		}
		if word := lost(said(message.Blocks...), text); word != "" {
			t.Errorf("%s: %q is lost", name, word)
		}
		if bytes.Contains(parts[0].Payload, []byte(`"text":"Friday roundup, 17`)) {
			t.Errorf("%s: the summary stands beside the card as text", name)
		}
	}
}

// numbered returns n different words with a space after each.
func numbered(prefix string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "%s%d ", prefix, i)
	}
	return out.String()
}

func TestNothingIsTooLong(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	var list, steps bot.List
	table, facts := bot.Table{Caption: "Rows", Head: []string{"Left", "Right"}}, bot.Facts{}
	var buttons bot.Actions
	var dots, links, people, gaps bot.Spans
	wide := bot.Table{Caption: "Wide"}
	for i := range 400 {
		list.Items = append(list.Items, bot.T(fmt.Sprintf("item%d %s", i, strings.Repeat("filler ", 10))))
		steps.Items = append(steps.Items, bot.T(fmt.Sprintf("step%d", i)))
		table.Rows = append(table.Rows, []bot.Spans{bot.T(fmt.Sprintf("left%d", i)), bot.T(fmt.Sprintf("right%d", i))})
		facts.Facts = append(facts.Facts, bot.Fact{Label: fmt.Sprintf("label%d", i), Value: bot.T(fmt.Sprintf("value%d", i))})
		dots = append(dots, bot.Strong(fmt.Sprintf("b%d ", i)), bot.Emphasis("i "))
		links = append(links, bot.To(fmt.Sprintf("l%d", i), "https://example.org/"+strings.Repeat("x", 100)), bot.T(" ")[0])
		people = append(people, bot.Ping(bot.PersonID(fmt.Sprintf("p%d", i)), fmt.Sprintf("Person%d", i)), bot.T(", ")[0])
		gaps = append(gaps, bot.T(fmt.Sprintf("gap%d\n\n\n", i))...)
		wide.Head = append(wide.Head, fmt.Sprintf("h%d", i))
		buttons.Buttons = append(buttons.Buttons, bot.Button{Command: "x", Arg: strings.Repeat("a", 200), Label: fmt.Sprintf("Button%d", i), Confirm: fmt.Sprintf("Sure%d?", i)})
	}
	wide.Rows = [][]bot.Spans{nil, make([]bot.Spans, 900), {bot.T("one")}}
	for name, content := range map[string][]bot.Block{
		"a long paragraph":     {bot.Paragraph{Text: bot.T(numbered("word", 20000))}},
		"a long word":          {bot.Paragraph{Text: bot.T(strings.Repeat("x1y2z3", 20000))}},
		"wide letters":         {bot.Paragraph{Text: bot.T(strings.Repeat("ärger übermut 文字 ", 4000))}},
		"quotes":               {bot.Paragraph{Text: bot.T(strings.Repeat(`"\ `, 20000))}},
		"marks":                {bot.Heading{Level: 1, Text: bot.T(strings.Repeat(`<_* {{DATE( ](`, 3000))}},
		"a long heading":       {bot.Heading{Level: 1, Text: bot.T(numbered("head", 6000))}, bot.Paragraph{Text: bot.T("Below.")}},
		"a long quote":         {bot.Quote{Text: bot.T(numbered("said", 6000)), By: bot.T("a colleague")}},
		"a long link":          {bot.Link{Number: 3, Title: numbered("t", 2000), URL: "https://example.org/" + strings.Repeat("p", 50000), Meta: numbered("m", 3000), Lines: []bot.Spans{bot.T(numbered("one", 6000))}}},
		"a link of many lines": {bot.Link{Title: "T", URL: "https://example.org/", Lines: append(make([]bot.Spans, 9000), list.Items...)}},
		"lists":                {list, steps}, "rows": {table}, "facts": {facts}, "columns": {wide}, "buttons": {buttons},
		"empty cells": {bot.Table{Rows: make([][]bot.Spans, 5000)}, bot.Table{Rows: [][]bot.Spans{make([]bot.Spans, 4), make([]bot.Spans, 3)}}},
		"empty facts": {bot.Facts{Facts: make([]bot.Fact, 5000)}, bot.List{Items: make([]bot.Spans, 5000)}, bot.Actions{}},
		"tiny spans":  {bot.Paragraph{Text: dots}}, "many links": {bot.Paragraph{Text: links}}, "a crowd": {bot.Paragraph{Text: people}}, "gaps": {bot.Paragraph{Text: gaps}},
		"a long question": {bot.Actions{Buttons: []bot.Button{{Command: "x", Label: numbered("l", 300), Confirm: numbered("q", 9000)}}}},
		"many blocks":     make([]bot.Block, 0),
	} {
		if name == "many blocks" {
			for i := range 400 {
				content = append(content, bot.Paragraph{Text: bot.T(fmt.Sprintf("para%d", i))}, bot.Rule{})
			}
		}
		t.Run(name, func(t *testing.T) {
			parts, text := rendered(t, bot.Message{Summary: numbered("sum", 400), Blocks: content})
			if word := lost(said(content...), text); word != "" {
				t.Errorf("%.40q is lost in %d parts", word, len(parts))
			}
			if !utf8.ValidString(text) {
				t.Error("a letter was cut in two")
			}
		})
	}
}

var hostile = []string{
	"<!channel>", "@everyone", "<at>Somebody</at>", "</AT>", "< at id=1>x", "<script>alert(1)</script>", "&lt;b&gt;", "<https://example.net/|free money>",
	"*bold* _italic_ ~struck~ __init__", "```code```", "`x`", "[label](javascript:alert)", "![x](https://example.net/p.png)", "{{.Secret}}", "${7*7}", "${$root}",
	"{{DATE(2017-02-14T06:08:00Z, LONG)}}", "{{ time (2017-02-14T06:08:00Z)}}", "{{ time", "# head", "- item", "1. one", "> quote", "===", "a\n---\nb", `\*x\*`,
	"\u202egnp.exe", "]]>", "%00", "<img src=x onerror=alert(1)>", "\\u003cb\\u003e", `","ping":"p1","x":"`, "a]" + "(b",
}

func TestHostileTextStaysText(t *testing.T) {
	for _, text := range hostile {
		blocks := hostileBlocks(text)
		_, seen := rendered(t, bot.Message{Summary: text, Blocks: blocks})
		if word := lost(said(blocks...), seen); word != "" {
			t.Errorf("%q: %q is lost", text, word)
		}
	}
}

// What was written can be read and copied: only what clients would act on is
// parted, by a character without width.
func TestLiteralTextIsHardlyTouched(t *testing.T) {
	for _, text := range []string{"*bold* _it_ `code` ${HOME} {{.Name}} <b> # - 1. & \\n", "a < b", "x[1] (y)", "https://example.org/?a=b&c=_d_"} {
		part, _ := rendered(t, bot.Message{Summary: "S", Blocks: []bot.Block{bot.Paragraph{Text: bot.T(text)}}})
		if words, _ := cards.Words(part[0].Payload); words != text || bytes.Contains(part[0].Payload, []byte("\u2060")) {
			t.Errorf("%q is shown as %q", text, words)
		}
	}
}

func anyText(t *rapid.T, label string, most int) string {
	words := rapid.SliceOfN(rapid.OneOf(rapid.StringMatching(`[a-zA-Z0-9äé文"]{1,12}`), rapid.SampledFrom(hostile)), 0, most).Draw(t, label)
	return strings.Join(words, rapid.SampledFrom([]string{" ", "\n", ". ", "\n\n"}).Draw(t, label+" glue"))
}

func anyLine(t *rapid.T, most int) bot.Spans {
	var line bot.Spans
	for range rapid.IntRange(0, 4).Draw(t, "spans") {
		text := " " + anyText(t, "text", most) + " "
		line = append(line, rapid.SampledFrom([]bot.Span{
			bot.T(text)[0], bot.Strong(text), bot.Emphasis(text), bot.Mono(text), bot.To(text, "https://example.org/"), bot.To(text, "/own/path"),
			bot.To(text, "mailto:somebody@example.org"), bot.Name("p1", text), bot.Ping("p2", " Nia "), bot.Ping("p3", text),
		}).Draw(t, "span"))
	}
	return line
}

func anyBlock(t *rapid.T) bot.Block {
	most := rapid.SampledFrom([]int{3, 30, 400}).Draw(t, "most")
	switch rapid.IntRange(0, 10).Draw(t, "block") {
	case 0:
		return bot.Heading{Level: rapid.IntRange(1, 2).Draw(t, "level"), Text: anyLine(t, 8)}
	case 1:
		return bot.Paragraph{Text: anyLine(t, most)}
	case 2:
		return bot.List{Ordered: rapid.Bool().Draw(t, "ordered"), Items: []bot.Spans{anyLine(t, most), anyLine(t, 5)}}
	case 3:
		return bot.Facts{Facts: []bot.Fact{{Label: anyText(t, "label", 3), Value: anyLine(t, most)}, {Label: "Other", Value: anyLine(t, 3)}}}
	case 4:
		return bot.Quote{Text: anyLine(t, most), By: anyLine(t, 3)}
	case 5:
		return bot.Link{Number: rapid.IntRange(0, 9).Draw(t, "number"), Title: anyText(t, "title", 8), URL: rapid.SampledFrom([]string{"https://example.org/ü?a={b}", "javascript:alert(1)", "/own", ""}).Draw(t, "url"), Meta: "example", Lines: []bot.Spans{anyLine(t, most)}}
	case 6:
		return bot.Table{Caption: anyText(t, "caption", 3), Head: []string{"One", "Two"}, Rows: [][]bot.Spans{{anyLine(t, 5), anyLine(t, most)}, {anyLine(t, 2)}}}
	case 7:
		return bot.Figure{Alt: anyText(t, "alt", 5), Caption: anyLine(t, 5), SVG: "<svg/>"}
	case 8:
		return bot.Note{Text: anyLine(t, most)}
	case 9:
		return bot.Rule{}
	}
	return bot.Actions{Buttons: []bot.Button{{Command: "x", Label: "Press"}, {Command: "voices.add", Label: anyText(t, "label", 9), Confirm: anyText(t, "confirm", most)}}}
}

func TestAnyMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var blocks []bot.Block
		for range rapid.IntRange(0, 8).Draw(t, "blocks") {
			blocks = append(blocks, anyBlock(t))
		}
		parts, text := rendered(t, bot.Message{Summary: anyText(t, "summary", 90), Blocks: blocks})
		if word := lost(said(blocks...), text); word != "" {
			t.Fatalf("%q is lost in %d parts", word, len(parts))
		}
	})
}

func BenchmarkEdition(b *testing.B) {
	message := edition()
	r := renderer()
	for b.Loop() {
		if _, err := r.Render(message); err != nil {
			b.Fatal(err)
		}
	}
}
