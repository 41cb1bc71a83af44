package text_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"evangelist/adapters/text"
	"evangelist/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEveryBlock(t *testing.T) {
	got := text.Render(bot.Message{Summary: "All", Blocks: bot.EveryBlock()}, nil)
	const golden = "testdata/every-block.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Fatalf("differs from %s (go test -update writes it anew):\n%s", golden, got)
	}
}

// Each kind of block leaves words behind; only buttons do not.
func TestNoBlockIsForgotten(t *testing.T) {
	for _, block := range bot.EveryBlock() {
		got := strings.TrimSpace(text.Render(bot.Message{Summary: "x", Blocks: []bot.Block{block}}, nil))
		if _, buttons := block.(bot.Actions); (got == "") != buttons {
			t.Errorf("%T: %q", block, got)
		}
	}
}

func TestWrappingLosesNoWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zà-ÿ]{1,90}`), 1, 60).Draw(t, "words")
		got := text.Render(bot.Message{Summary: "x", Blocks: []bot.Block{bot.Paragraph{Text: bot.T(strings.Join(words, " "))}}}, nil)
		if strings.Join(strings.Fields(got), " ") != strings.Join(words, " ") {
			t.Fatalf("words changed:\n%s", got)
		}
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > text.Width && strings.Contains(strings.TrimSpace(line), " ") {
				t.Fatalf("a line of %d characters: %s", n, line)
			}
		}
	})
}
