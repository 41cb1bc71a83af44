package cards_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
)

// lint holds cards to the library that clients are built on. It needs Node and
// a folder with its packages: npm install adaptivecards@3.0.6 markdown-it@14.
func lint(t *testing.T, some map[string]json.RawMessage) []string {
	t.Helper()
	folder := os.Getenv("EVANGELIST_TEST_NODE")
	if folder == "" {
		if strings.Contains(os.Getenv("EVANGELIST_TEST_REQUIRE"), "node") {
			t.Fatal("the official packages for Node are required and not there")
		}
		t.Skip("EVANGELIST_TEST_NODE names no folder with the packages adaptivecards and markdown-it")
	}
	text, err := json.Marshal(some)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cards.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "lint.cjs"), folder, file).Output()
	if err != nil {
		t.Fatalf("node: %v %s", err, out)
	}
	var problems []string
	if err := json.Unmarshal(out, &problems); err != nil {
		t.Fatalf("node said %.300s", out)
	}
	return problems
}

func anyMessage(t *rapid.T) bot.Message {
	var blocks []bot.Block
	for range rapid.IntRange(1, 8).Draw(t, "blocks") {
		blocks = append(blocks, anyBlock(t))
	}
	return bot.Message{Summary: anyText(t, "summary", 20), Blocks: blocks}
}

func TestOfficialLibraryTakesEveryCard(t *testing.T) {
	all := map[string]json.RawMessage{}
	for name, card := range specimens(t) {
		all[name] = card
	}
	for i, text := range hostile {
		all[fmt.Sprintf("hostile %d", i)] = onlyCard(t, bot.Message{Summary: text, Blocks: hostileBlocks(text)})
	}
	for seed := range 60 {
		parts, _ := rendered(t, rapid.Custom(anyMessage).Example(seed))
		for i, part := range parts {
			post, err := cards.Resolve(part.Payload, everybody)
			if err != nil {
				t.Fatal(err)
			}
			// The tags of mentions are Teams' own: the library knows none.
			all[fmt.Sprintf("message %d.%d", seed, i)] = json.RawMessage(strings.NewReplacer("<at>", "", "</at>", "").Replace(string(post.Card)))
		}
		all[fmt.Sprintf("form %d", seed)] = dialog(t, rapid.Custom(anyForm).Example(seed), cards.Filling{}).Card.Content
	}
	for _, problem := range lint(t, all) {
		t.Error(problem)
	}
}

// The check above can fail.
func TestOfficialLibraryRefuses(t *testing.T) {
	for name, card := range map[string]string{
		"an unknown element":  `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"Marquee"}]}`,
		"an unknown member":   `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"x","colour":"red"}]}`,
		"a wrong value":       `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"x","size":"Huge"}]}`,
		"a member of 1.6":     `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"Input.Text","id":"a","label":"x","labelPosition":"inline"}]}`,
		"an input without id": `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"Input.Text","label":"x"}]}`,
		"live markdown":       `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"*x*"}]}`,
		"a live link":         `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"[x](https://example.net)"}]}`,
		"a live list":         `{"type":"AdaptiveCard","version":"1.5","body":[{"type":"FactSet","facts":[{"title":"- x","value":"y"}]}]}`,
	} {
		if problems := lint(t, map[string]json.RawMessage{"card": json.RawMessage(card)}); len(problems) == 0 {
			t.Errorf("%s passes", name)
		}
	}
}
