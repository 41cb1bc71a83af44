package playground_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"evangelist/bot"
)

func TestWhatPeopleTypeIsReadAsTheyMeanIt(t *testing.T) {
	w := town(t, nil)
	for text, want := range map[string]string{
		"See https://example.org/a.":                      "https://example.org/a",
		"(https://example.org/a)":                         "https://example.org/a",
		"https://example.org/wiki/A_(b)":                  "https://example.org/wiki/A_(b)",
		"Is it https://example.org/?":                     "https://example.org/",
		"[words](https://example.org/b) and":              "https://example.org/b",
		"<https://example.org/c>":                         "https://example.org/c",
		"\"https://example.org/d\"":                       "https://example.org/d",
		"HTTPS is not a link, nor is javascript:alert(1)": "",
		"[x](javascript:alert)":                           "",
	} {
		m, err := w.As("ada").Post(t.Context(), "finds", text)
		must(t, err)
		got := ""
		if len(m.Links) > 0 {
			got = m.Links[0].URL
		}
		if got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
}

func TestNoTextBreaksTheReading(t *testing.T) {
	w := town(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"https://", "http://a.example/", "[", "](", ")", "@ada", "@nobody", " ", "\n", "words", "é", "<", ">", "|", "*", "/", "?x=1&y", ".",
		}), 0, 25).Draw(t, "text"), "")
		var shown strings.Builder
		for _, run := range w.Runs(text) {
			if run.Text == "" || run.URL != "" && !bot.SafeAddress(run.URL) {
				t.Fatalf("%q has the run %+v", text, run)
			}
			if run.URL == "" || run.Text == run.URL {
				shown.WriteString(run.Text)
			}
		}
		if plain := strings.ReplaceAll(text, "@ada", "@Ada One"); !strings.Contains(text, "](") && shown.String() != plain && shown.String() != text && !strings.Contains(text, "@") {
			t.Fatalf("%q is shown as %q", text, shown.String())
		}
	})
}
