package cards_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/teams/cards"
	"evangelist/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

// specimens are the cards that are kept under testdata, by name.
func specimens(t testing.TB) map[string][]byte {
	wrong := filling()
	wrong.Typed = map[string][]string{"line": {"typed"}, "choice": {"a"}, "places": {"teams|19:gone@thread.tacv2"}, "person": {"ffffffff-0000-4000-8000-000000000000"}}
	wrong.Wrong = map[string]string{"line": "There is such a name already. Please choose another one.", "number": "Please give a whole number.", "": "The list was changed meanwhile."}
	return map[string][]byte{
		"blocks":          onlyCard(t, bot.Message{Summary: "Every block", Blocks: bot.EveryBlock()}),
		"edition":         onlyCard(t, edition()),
		"draft":           onlyCard(t, draft()),
		"concern":         dialog(t, concern(), cards.Filling{}).Card.Content,
		"code":            page(t, codePage()).Card.Content,
		"form":            dialog(t, everyField(), filling()).Card.Content,
		"form-wrong":      dialog(t, everyField(), wrong).Card.Content,
		"table-too-wide":  onlyCard(t, bot.Message{Summary: "Wide", Blocks: []bot.Block{wideTable()}}),
		"words-of-others": onlyCard(t, bot.Message{Summary: "Hostile", Blocks: hostileBlocks("*bold* [label](javascript:alert) <at>Somebody</at> {{DATE(2017-02-14T06:08:00Z)}}")}),
	}
}

func wideTable() bot.Table {
	return bot.Table{Caption: "Departments", Head: []string{"Name", "Lead", "Deputy", "Support", "Follow"}, Rows: [][]bot.Spans{
		{bot.T("Libraries"), bot.T("Maureen"), bot.T("Kwabena"), bot.T("3"), bot.T("9")},
		{bot.T("Housing"), bot.T("Farida"), bot.T("–"), bot.T("1"), bot.T("12")},
	}}
}

func TestGolden(t *testing.T) {
	for name, card := range specimens(t) {
		var got bytes.Buffer
		if err := json.Indent(&got, card, "", " "); err != nil {
			t.Fatal(err)
		}
		got.WriteByte('\n')
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (go test -update writes it anew):\n%s", name, diff)
		}
		if err := cards.Check(card); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every golden file belongs to a specimen.
func TestNoGoldenFileIsLeftOver(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	known := specimens(t)
	for _, file := range files {
		if name := filepath.Base(file); known[name[:len(name)-len(".json")]] == nil {
			t.Errorf("%s belongs to no specimen", file)
		}
	}
	if len(files) != len(known) {
		t.Errorf("%d files for %d specimens", len(files), len(known))
	}
}
