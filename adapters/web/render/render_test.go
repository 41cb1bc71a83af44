package render

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html/template"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with testdata/NAME.html.
func golden(t *testing.T, name string, got template.HTML) {
	t.Helper()
	path := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(path, []byte(string(got)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(got)) != strings.TrimSpace(string(want)) {
		t.Errorf("%s differs:\n%s\nwant\n%s", path, got, want)
	}
}

func kind(block bot.Block) string {
	return strings.ToLower(reflect.TypeOf(block).Name())
}

func TestEveryBlock(t *testing.T) {
	draw := New(nil)
	seen := map[string]int{}
	for _, block := range bot.EveryBlock() {
		name := kind(block)
		seen[name]++
		if n := seen[name]; n > 1 {
			name = fmt.Sprintf("%s-%d", name, n)
		}
		got := draw.Blocks([]bot.Block{block}, Options{Back: "/archive"})
		if strings.TrimSpace(string(got)) == "" {
			t.Errorf("%s is not drawn", name)
		}
		golden(t, "block-"+name, got)
	}
	for _, name := range declaredBlocks(t) {
		if seen[name] == 0 {
			t.Errorf("there is no specimen of the block %s, so that nothing shows whether it is drawn", name)
		}
	}
}

// declaredBlocks reads from the kernel's source which blocks there are.
func declaredBlocks(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../../bot/message.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, decl := range file.Decls {
		if fn, is := decl.(*ast.FuncDecl); is && fn.Name.Name == "block" && fn.Recv != nil {
			names = append(names, strings.ToLower(fn.Recv.List[0].Type.(*ast.Ident).Name))
		}
	}
	if len(names) < 11 {
		t.Fatalf("only %d blocks found: the reading is wrong", len(names))
	}
	return names
}

func TestOtherShapes(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	draw := New(zone)
	at := time.Date(2026, 7, 3, 8, 0, 0, 0, time.UTC)
	for name, message := range map[string]bot.Message{
		"shape-empty": {Summary: "Only a summary <b>"},
		"shape-code":  {Summary: "Keep it", Blocks: []bot.Block{bot.Heading{Level: 1, Text: bot.Spans{bot.Mono("amber birch candle")}}}},
		"shape-moments": {Summary: "When", Blocks: []bot.Block{bot.Paragraph{Text: bot.Line(
			bot.Moment(at, bot.DateStyle), " ", bot.Moment(at, bot.DayStyle), " ", bot.Moment(at, bot.TimeOnlyStyle), " ", bot.Moment(at, bot.DateTimeStyle))}}},
		"shape-links": {Summary: "Links", Blocks: []bot.Block{
			bot.Link{Title: "No number", URL: "/archive/x"}, bot.Link{URL: "https://example.org/untitled"},
			bot.Paragraph{Text: bot.Line(bot.To("mail", "mailto:a@example.org"), " ", bot.Ping("p1", "Ada"))}}},
		"shape-no-picture": {Summary: "Picture", Blocks: []bot.Block{bot.Figure{Alt: "What it shows", SVG: "<svg"}}},
		"shape-no-buttons": {Summary: "None", Blocks: []bot.Block{bot.Paragraph{Text: bot.T("x")}, bot.Actions{}}},
	} {
		golden(t, name, draw.Message(message, Options{Level: 2}))
	}
	if got := draw.Message(bot.Message{Summary: "s", Blocks: bot.EveryBlock()}, Options{Bare: true}); strings.Contains(string(got), "<form") {
		t.Error("a bare message has buttons")
	}
}

func TestHeadline(t *testing.T) {
	heading := bot.Heading{Level: 1, Text: bot.T("A title")}
	code := bot.Heading{Level: 1, Text: bot.Spans{bot.Mono("amber birch")}}
	words := bot.Paragraph{Text: bot.T("Words.")}
	for _, c := range []struct {
		message bot.Message
		title   string
		own     bool
	}{
		{bot.Message{Summary: "s", Blocks: []bot.Block{heading, words}}, "A title", true},
		{bot.Message{Summary: "s", Blocks: []bot.Block{words, heading}}, "s", false},
		{bot.Message{Summary: "s", Blocks: []bot.Block{code}}, "s", false},
		{bot.Message{Summary: "Words.", Blocks: []bot.Block{words}}, "", false},
		{bot.Message{Summary: "s"}, "", false},
	} {
		if title, own := Headline(c.message); title != c.title || own != c.own {
			t.Errorf("%+v: %q %v, want %q %v", c.message, title, own, c.title, c.own)
		}
	}
}
