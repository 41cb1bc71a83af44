package blockkit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/blockkit/limits"
	"evangelist/bot"
)

func plainOptions() blockkit.Options {
	return blockkit.Options{Zone: time.FixedZone("CET", 3600), BaseURL: "https://evangelist.example"}
}

// ours are the addresses that generated messages lead to.
func ours(address string) bool {
	return strings.HasPrefix(address, "https://example.org/") || strings.HasPrefix(address, "https://evangelist.example/") || address == "mailto:a@example.org"
}

func account(id bot.PersonID) string {
	return map[bot.PersonID]string{"ada": "U0ADA", "bad": "<@U1>"}[id]
}

func mustPass(t fataler, surface limits.Surface, payload []byte) {
	t.Helper()
	for _, problem := range limits.Check(surface, payload) {
		t.Fatalf("%s\n%s", problem, payload)
	}
}

func TestAnyMessageIsTakenWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMessage(t)
		before, err := m.Hash()
		if err != nil {
			t.Fatal(err)
		}
		parts, err := blockkit.Message(m, plainOptions())
		if err != nil {
			t.Fatal(err)
		}
		again, _ := blockkit.Message(m, plainOptions())
		if after, _ := m.Hash(); after != before {
			t.Fatal("drawing changed the message")
		}
		var shown strings.Builder
		for i, part := range parts {
			if !bytes.Equal(part.Payload, again[i].Payload) || part.Text != again[i].Text {
				t.Fatal("the same message is drawn in two ways")
			}
			if err := blockkit.Inert(part.Payload, ours); err != nil {
				t.Fatalf("%v\n%s", err, part.Payload)
			}
			shown.WriteString(wordsIn(t, part.Payload) + "\n")
			payload, err := blockkit.Resolve(part.Payload, account)
			if err != nil {
				t.Fatal(err)
			}
			mustPass(t, limits.Message, payload)
			roomy(t, payload)
		}
		if word := lost(said(m.Blocks...), shown.String()); word != "" {
			t.Fatalf("%q is lost in %d parts: %s", word, len(parts), shown.String())
		}
	})
}

// roomy holds a part to what we keep below Slack's limits.
func roomy(t *rapid.T, payload []byte) {
	t.Helper()
	var p struct {
		Blocks []any `json:"blocks"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		t.Fatal(err)
	}
	if n := len(p.Blocks); n > 45 || n == 0 {
		t.Fatalf("a part has %d blocks", n)
	}
	if n := limits.Weight(p.Blocks); n > 12_000 {
		t.Fatalf("a part weighs %d characters", n)
	}
	if n := len([]rune(string(payload))); n > 16_100 { // with its summary
		t.Fatalf("a part has %d characters of JSON", n)
	}
}

func TestAnyPageIsTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMessage(t)
		parts, err := blockkit.Message(m, plainOptions())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			surface limits.Surface
			draw    func() ([]byte, error)
			more    string
		}{
			{limits.Modal, func() ([]byte, error) { return blockkit.Page(m, "meta", plainOptions()) }, "it ends at this point"},
			{limits.Home, func() ([]byte, error) { return blockkit.Home(m, plainOptions()) }, "it ends at this point"},
			{limits.Unfurl, func() ([]byte, error) { return blockkit.Unfurl(m, plainOptions()) }, "stands on the page itself"},
		} {
			view, err := c.draw()
			if err != nil {
				t.Fatal(err)
			}
			mustPass(t, c.surface, view)
			if err := blockkit.Inert(view, ours); err != nil {
				t.Fatalf("%s: %v\n%s", c.surface, err, view)
			}
			if bytes.Contains(view, []byte(`"ping":"`)) && !strings.Contains(fmt.Sprint(m), `"ping"`) {
				t.Fatalf("%s: a view pings", c.surface)
			}
			shown := wordsIn(t, view)
			if word := lost(said(m.Blocks...), shown); word != "" && !strings.Contains(shown, c.more) {
				t.Fatalf("%s: %q is lost, and the page does not say so", c.surface, word)
			} else if word != "" && len(parts) == 1 {
				t.Fatalf("%s: %q of a message of one part is lost", c.surface, word)
			}
		}
	})
}

func anyForm(t *rapid.T) bot.Form {
	form := bot.Form{
		Title: anyText(t, "title", 3), Submit: anyText(t, "submit", 3), Command: "any.form",
		Intro: several(t, "intro", 4, func() bot.Block { return anyBlock(t) }),
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "fields") {
		field := bot.Field{
			Name:  fmt.Sprintf("field%d", i),
			Kind:  rapid.SampledFrom([]bot.FieldKind{bot.LineField, bot.ParagraphField, bot.ChoiceField, bot.ChoicesField, bot.PersonField, bot.PlaceField, bot.PlacesField, bot.DateField, bot.TimeField, bot.NumberField, bot.YesNoField, ""}).Draw(t, "kind"),
			Label: anyText(t, "label", 5), Help: anyText(t, "help", rapid.SampledFrom([]int{2, 90}).Draw(t, "much help")), Placeholder: anyText(t, "placeholder", 4),
			Required: rapid.Bool().Draw(t, "required"), Max: rapid.SampledFrom([]int{0, 1, 100, 5000}).Draw(t, "max"),
			Value: several(t, "values", 3, func() string {
				return rapid.SampledFrom([]string{"v1", "v5", "yes", "2026-12-04", "2026-13-40", "09:00", "25:00", "7", "-1.5", "ada", "bad", "slack|C1", "slack|<x>", strings.Repeat("🙈", 2000), "\xff\x00", ""}).Draw(t, "value")
			}),
		}
		long := rapid.IntRange(0, 4).Draw(t, "long helps") == 0
		for n := range rapid.SampledFrom([]int{0, 1, 3, 10, 11, 100, 101, 250}).Draw(t, "options") {
			option := bot.Option{Value: fmt.Sprintf("v%d", n), Label: rapid.SampledFrom([]string{"A", "An option", "<!channel> " + strings.Repeat("w", 70), ""}).Draw(t, "option")}
			if n < 12 {
				option.Help = rapid.SampledFrom([]string{"", "Short help", "*stars* & :wave:"}).Draw(t, "option help")
				if long {
					option.Help = strings.Repeat("What it means. ", 8)
				}
			}
			field.Options = append(field.Options, option)
		}
		form.Fields = append(form.Fields, field)
	}
	return form
}

func TestAnyFormIsTakenWhole(t *testing.T) {
	o := plainOptions()
	o.Account, o.Channel = account, func(id bot.PlaceID) string { return id.Native() }
	rapid.Check(t, func(t *rapid.T) {
		form := anyForm(t)
		view, err := blockkit.Modal(form, "meta", o)
		if err != nil {
			t.Fatal(err)
		}
		mustPass(t, limits.Modal, view)
		if err := blockkit.Inert(view, ours); err != nil {
			t.Fatalf("%v\n%s", err, view)
		}
		shown := wordsIn(t, view)
		texts := []string{form.Title, form.Submit}
		for _, field := range form.Fields {
			texts = append(texts, field.Label, field.Help, field.Placeholder)
			if field.Kind == bot.ChoiceField || field.Kind == bot.ChoicesField {
				for _, option := range field.Options {
					texts = append(texts, option.Label, option.Help)
				}
			}
		}
		saysSo := strings.Contains(shown, "it ends at this point") || strings.Contains(shown, "have room in this menu")
		if word := lost(texts, shown); word != "" && !saysSo {
			t.Fatalf("%q is lost\n%s", word, shown)
		}
	})
}
