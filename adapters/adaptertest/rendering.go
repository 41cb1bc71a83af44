package adaptertest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"evangelist/bot"
)

func testEveryBlock(t *testing.T, f Fixture) {
	for _, block := range bot.EveryBlock() {
		message := bot.Message{Summary: "One block", Blocks: []bot.Block{block}}
		parts, text := shown(t, f, message)
		if word := missing(said(block), text); word != "" {
			t.Errorf("%T: %q is not shown in %q", block, word, text)
		}
		for _, address := range addresses(block) {
			if !bytes.Contains(parts[0].Payload, []byte(address)) && !strings.Contains(text, address) {
				t.Errorf("%T: nothing leads to %s", block, address)
			}
		}
	}
	all := bot.Message{Summary: "Every block", Blocks: bot.EveryBlock()}
	if _, text := shown(t, f, all); missing(said(all.Blocks...), text) != "" {
		t.Errorf("together: %q is not shown", missing(said(all.Blocks...), text))
	}
	if _, text := shown(t, f, bot.Message{Summary: "Nothing but this"}); missing([]string{"Nothing but this"}, text) != "" {
		t.Errorf("a message without blocks shows %q, want its summary", text)
	}
}

func testPure(t *testing.T, f Fixture) {
	message := bot.Message{Summary: "Every block", Blocks: bot.EveryBlock()}
	before, err := message.Hash()
	if err != nil {
		t.Fatal(err)
	}
	one, _ := shown(t, f, message)
	two, _ := shown(t, f, message)
	if len(one) != len(two) {
		t.Fatalf("rendered into %d parts, then into %d", len(one), len(two))
	}
	for i := range one {
		if !bytes.Equal(one[i].Payload, two[i].Payload) || one[i].Text != two[i].Text {
			t.Errorf("part %d differs between two calls", i+1)
		}
	}
	if after, err := message.Hash(); err != nil || after != before {
		t.Errorf("rendering changed the message (%v)", err)
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

func testLength(t *testing.T, f Fixture) {
	blocks := map[string][]bot.Block{
		"a long paragraph": {bot.Paragraph{Text: bot.T(numbered("word", 8000))}},
		"a long sentence with names": {bot.Paragraph{Text: bot.Line(numbered("a", 2000), bot.Strong(numbered("b", 2000)),
			bot.Ping("p1", "Somebody"), " ", bot.To("a link", "https://example.org/x"), " ", bot.Emphasis(numbered("c", 2000)))}},
		"a long word":    {bot.Paragraph{Text: bot.T(strings.Repeat("x1y2z3", 6000))}},
		"wide letters":   {bot.Paragraph{Text: bot.T(strings.Repeat("ärger übermut 文字 ", 2500))}},
		"a long heading": {bot.Heading{Level: 1, Text: bot.T(numbered("head", 600))}, bot.Paragraph{Text: bot.T("Below.")}},
		"a long quote":   {bot.Quote{Text: bot.T(numbered("said", 3000)), By: bot.T("a colleague")}},
		"a long note":    {bot.Note{Text: bot.T(numbered("small", 3000))}},
		"a long link": {bot.Link{Number: 3, Title: "Title", URL: "https://example.org/", Meta: "example.org",
			Lines: []bot.Spans{bot.T(numbered("one", 2000)), bot.T(numbered("two", 2000))}}},
		"a long caption": {bot.Figure{Alt: "A picture", Caption: bot.T(numbered("cap", 1500)), SVG: `<svg xmlns="http://www.w3.org/2000/svg"/>`}},
	}
	var many, items, rows, facts []bot.Block
	list, steps := bot.List{}, bot.List{Ordered: true}
	table, fact := bot.Table{Caption: "Rows", Head: []string{"Left", "Right"}}, bot.Facts{}
	var buttons bot.Actions
	for i := range 400 {
		many = append(many, bot.Paragraph{Text: bot.T(fmt.Sprintf("para%d", i))})
		list.Items = append(list.Items, bot.T(fmt.Sprintf("item%d %s", i, strings.Repeat("filler ", 10))))
		steps.Items = append(steps.Items, bot.T(fmt.Sprintf("step%d %s", i, strings.Repeat("filler ", 10))))
		table.Rows = append(table.Rows, []bot.Spans{bot.T(fmt.Sprintf("left%d", i)), bot.T(fmt.Sprintf("right%d", i))})
		fact.Facts = append(fact.Facts, bot.Fact{Label: fmt.Sprintf("label%d", i), Value: bot.T(fmt.Sprintf("value%d", i))})
	}
	for i := range 12 {
		buttons.Buttons = append(buttons.Buttons, bot.Button{Command: "x", Arg: fmt.Sprint(i), Label: fmt.Sprintf("Button%d", i)})
	}
	items, rows, facts = []bot.Block{list, steps}, []bot.Block{table}, []bot.Block{fact, buttons}
	blocks["many paragraphs"], blocks["long lists"], blocks["a long table"], blocks["many facts and buttons"] = many, items, rows, facts
	for name, content := range blocks {
		t.Run(name, func(t *testing.T) {
			parts, text := shown(t, f, bot.Message{Summary: "Long", Blocks: content})
			if word := missing(said(content...), text); word != "" {
				t.Errorf("%.40q is lost in %d parts", word, len(parts))
			}
			if !utf8.ValidString(text) {
				t.Error("a letter was cut in two")
			}
		})
	}
}

// anyText draws words, some of them hostile or long.
func anyText(t *rapid.T, label string, most int) string {
	words := rapid.SliceOfN(rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9äé文]{1,12}`),
		rapid.SampledFrom(hostile),
	), 0, most).Draw(t, label)
	return strings.Join(words, rapid.SampledFrom([]string{" ", "\n", ". ", "\n\n"}).Draw(t, label+" glue"))
}

func anyLine(t *rapid.T, most int) bot.Spans {
	var line bot.Spans
	for range rapid.IntRange(1, 3).Draw(t, "spans") {
		text := " " + anyText(t, "text", most) + " "
		switch rapid.SampledFrom([]string{"plain", "bold", "italic", "code", "link", "who"}).Draw(t, "kind") {
		case "plain":
			line = append(line, bot.T(text)...)
		case "bold":
			line = append(line, bot.Strong(text))
		case "italic":
			line = append(line, bot.Emphasis(text))
		case "code":
			line = append(line, bot.Mono(text))
		case "link":
			line = append(line, bot.To(text, "https://example.org/"))
		case "who":
			line = append(line, bot.Line(" ", bot.Name("p1", "Somebody"), " ")...)
		}
	}
	return line
}

func anyBlock(t *rapid.T) bot.Block {
	most := rapid.SampledFrom([]int{3, 30, 400}).Draw(t, "most")
	switch rapid.SampledFrom([]string{"heading", "paragraph", "list", "facts", "quote", "link", "table", "note", "rule", "actions"}).Draw(t, "block") {
	case "heading":
		return bot.Heading{Level: rapid.IntRange(1, 2).Draw(t, "level"), Text: anyLine(t, 8)}
	case "paragraph":
		return bot.Paragraph{Text: anyLine(t, most)}
	case "list":
		return bot.List{Ordered: rapid.Bool().Draw(t, "ordered"), Items: []bot.Spans{anyLine(t, most), anyLine(t, 5)}}
	case "facts":
		return bot.Facts{Facts: []bot.Fact{{Label: "Label", Value: anyLine(t, most)}, {Label: "Other", Value: anyLine(t, 3)}}}
	case "quote":
		return bot.Quote{Text: anyLine(t, most), By: anyLine(t, 3)}
	case "link":
		return bot.Link{Number: rapid.IntRange(0, 9).Draw(t, "number"), Title: "Page " + anyText(t, "title", 8), URL: "https://example.org/page", Meta: "example", Lines: []bot.Spans{anyLine(t, most)}}
	case "table":
		return bot.Table{Caption: "Table", Head: []string{"One", "Two"}, Rows: [][]bot.Spans{{anyLine(t, 5), anyLine(t, most)}, {anyLine(t, 2), anyLine(t, 2)}}}
	case "note":
		return bot.Note{Text: anyLine(t, most)}
	case "rule":
		return bot.Rule{}
	}
	return bot.Actions{Buttons: []bot.Button{{Command: "x", Label: "Press"}, {Command: "y", Label: "Other", Confirm: "Sure?"}}}
}

func testAnyMessage(t *testing.T, f Fixture) {
	rapid.Check(t, func(t *rapid.T) {
		var blocks []bot.Block
		for range rapid.IntRange(1, 6).Draw(t, "blocks") {
			blocks = append(blocks, anyBlock(t))
		}
		parts, text := shown(t, f, bot.Message{Summary: "Any", Blocks: blocks})
		if word := missing(said(blocks...), text); word != "" {
			t.Fatalf("%q is lost in %d parts", word, len(parts))
		}
		for _, part := range parts {
			if f.Inert == nil {
				break
			}
			if err := f.Inert(part); err != nil {
				t.Fatalf("something came alive: %v", err)
			}
		}
	})
}

// hostile texts mean something to one platform or another, and must not.
var hostile = []string{
	"<!channel>", "<@U123>", "@everyone", "<at>Somebody</at>", "<script>alert(1)</script>", "&lt;b&gt;", "<https://example.net/|free money>",
	"*bold* _italic_ ~struck~", "```code```", "[label](javascript:alert)", "{{.Secret}}", "${7*7}", "\u202egnp.exe", "]]>", "%00", "</w:t>", "<img src=x onerror=alert(1)>", "\\u003cb\\u003e",
}

func testHostile(t *testing.T, f Fixture) {
	for _, text := range hostile {
		message := bot.Message{Summary: text, Blocks: []bot.Block{
			bot.Heading{Level: 1, Text: bot.T(text)}, bot.Paragraph{Text: bot.Line(bot.T(text), " ", bot.Strong(text), " ", bot.Mono(text))},
			bot.List{Items: []bot.Spans{bot.T(text)}}, bot.Facts{Facts: []bot.Fact{{Label: text, Value: bot.T(text)}}},
			bot.Quote{Text: bot.T(text), By: bot.T(text)}, bot.Link{Title: text, URL: "https://example.org/", Meta: text, Lines: []bot.Spans{bot.T(text)}},
			bot.Table{Caption: text, Head: []string{text}, Rows: [][]bot.Spans{{bot.T(text)}}}, bot.Note{Text: bot.T(text)},
			bot.Actions{Buttons: []bot.Button{{Command: "x", Label: text, Confirm: text}}},
		}}
		parts, seen := shown(t, f, message)
		if word := missing(said(message.Blocks...), seen); word != "" {
			t.Errorf("%q: %q is not shown", text, word)
		}
		for _, part := range parts {
			if f.Inert == nil {
				break
			}
			if err := f.Inert(part); err != nil {
				t.Errorf("%q came alive: %v", text, err)
			}
		}
	}
}
