package blockkit_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/blockkit/limits"
	"evangelist/bot"
	"evangelist/digests"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares payloads, sketched and as JSON, with testdata/NAME.golden, and
// holds each to the limits.
func golden(t *testing.T, name string, surface limits.Surface, payloads ...[]byte) {
	t.Helper()
	var out strings.Builder
	for _, payload := range payloads {
		for _, problem := range limits.Check(surface, payload) {
			t.Errorf("%s: %s", name, problem)
		}
		if err := blockkit.Inert(payload, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out.WriteString(sketch(t, payload))
	}
	for _, payload := range payloads {
		var indented bytes.Buffer
		if err := json.Indent(&indented, payload, "", "  "); err != nil {
			t.Fatal(err)
		}
		out.WriteString("\n" + indented.String() + "\n")
	}
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("%s (go test -update writes it anew):\n%s", name, diff)
	}
}

func london(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func options(t *testing.T) blockkit.Options {
	return blockkit.Options{
		Zone: london(t), BaseURL: "https://evangelist.example",
		Account: func(id bot.PersonID) string { return map[bot.PersonID]string{"ada": "U0ADA", "bad": "<@U1>"}[id] },
		Channel: func(id bot.PlaceID) string { return id.Native() },
	}
}

// message draws a message; its pings become mentions.
func message(t *testing.T, m bot.Message) [][]byte {
	t.Helper()
	parts, err := blockkit.Message(m, options(t))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, part := range parts {
		payload, err := blockkit.Resolve(part.Payload, nil)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, payload)
	}
	return out
}

func at(day, hour int) time.Time { return time.Date(2026, 12, day, hour, 0, 0, 0, time.UTC) }

func TestGoldenBlocks(t *testing.T) {
	golden(t, "every_block", limits.Message, message(t, bot.Message{Summary: "Every block", Blocks: bot.EveryBlock()})...)
	golden(t, "forms_of_blocks", limits.Message, message(t, bot.Message{Summary: "<!channel> & the rest of it", Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.Line("A title with ", bot.To("a link", "https://example.org/"))},
		bot.Heading{Level: 1, Text: bot.T("<!channel> as a title")},
		bot.Heading{Level: 2, Text: bot.Line("Due ", bot.Moment(at(4, 9), bot.DayStyle))},
		bot.Paragraph{Text: bot.Line("On ", bot.Moment(at(4, 9), bot.DateStyle), " at ", bot.Moment(at(4, 9), bot.TimeOnlyStyle), ", or ", bot.Moment(at(4, 9), bot.DateTimeStyle), ".")},
		bot.Paragraph{Text: bot.Line("For ", bot.Name("ada", "Ada"), " and ", bot.To("our page", "/archive/1"), ", ", bot.To("", "https://example.org/bare"), ", ", bot.To("mail", "mailto:a@example.org"), ".")},
		bot.Note{Text: bot.Line("Due ", bot.Moment(at(4, 9), bot.DayStyle), "; see ", bot.To("the page", "/archive/1?a=1&b=2"), ", ", bot.Emphasis("please"), ".")},
		bot.Note{Text: bot.Line(bot.Strong("Mind"), " the *stars* here")},
		bot.Note{Text: bot.Line(bot.Strong("Mind"), " the :wave: here")},
		bot.Note{Text: bot.Line(bot.Mono("code"), "\n> no quote")},
		bot.Table{Caption: "Wide letters", Head: []string{"Department", "Lead"}, Rows: [][]bot.Spans{{bot.T("文字"), bot.T("Ben")}, {bot.T("Housing"), bot.T("Cleo")}}},
		bot.Table{Caption: "With links", Head: []string{"Page", "Since"}, Rows: [][]bot.Spans{{bot.Line(bot.To("Guide", "https://example.org/guide")), bot.Line(bot.Moment(at(4, 9), bot.DateStyle))}}},
		bot.Link{Title: "No address leads here", URL: "javascript:alert(1)", Meta: "nowhere"},
		bot.Link{URL: "https://example.org/no-title"},
		bot.Quote{Text: bot.T("Two\nlines."), By: bot.Line("open since ", bot.Moment(at(4, 9), bot.DateStyle))},
		bot.Actions{Buttons: []bot.Button{
			{Command: "x", Arg: "1", Label: "Take back everything that was said here by anybody since the beginning of the year, for good", Tone: bot.Danger, Confirm: strings.Repeat("Is it really to go? ", 20)},
			{Command: "y", Label: ""},
		}},
	}})...)
}

func sharer(name, department string) digests.Sharer {
	return digests.Sharer{Key: name, Person: bot.PersonID(strings.ToLower(name)), Name: name, Department: department}
}

// edition is a typical edition of seven items.
func edition() digests.Content {
	item := func(id, title, source, because, note string, sharers ...digests.Sharer) digests.Item {
		return digests.Item{ID: id, Key: id, URL: "https://" + source + "/" + id, Title: title, Source: source, Because: because, Note: note, Sharers: sharers}
	}
	return digests.Content{
		Digest: "Friday roundup", Slug: "friday-roundup", Zone: "Europe/London", Editor: "Ada", EditorID: "ada", Candidates: 31,
		From: time.Date(2026, 11, 13, 9, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 20, 8, 40, 0, 0, time.UTC),
		Items: []digests.Item{
			item("parking", "One page for every parking question", "council.example", "one page replaced forty calls a week.", "", sharer("Ben", "Libraries"), sharer("Cleo", "Housing"), sharer("", "")),
			item("potholes", "Potholes: faster filling with <b>warm</b> mix", "roads.example", "", "Ask the depot for the leaflet.", sharer("", "")),
			item("letters", "Letters that people understand & answer", "plain.example", "answers came back in half the time.", "", sharer("Dev", "Revenues")),
			item("bees", "A meadow instead of a lawn", "parks.example", "the mower stands still from May to August.", "", sharer("Eve", "Parks"), sharer("Ben", "Libraries")),
			item("forms", "Five fields are enough", "forms.example", "", "", sharer("Fay", "Registry")),
			item("night", "What the night shift wishes for", "care.example", "two of the wishes cost nothing.", "", sharer("Gus", "Care")),
			item("maps", "Maps for everybody", "maps.example", "a map answers what a table does not.", "", sharer("Hal", "Planning"), sharer("Ivy", "Planning")),
		},
		Finds: []digests.Item{{ID: "town", Key: "town", URL: "https://elsewhere.example/", Title: "A town that did it", Source: "elsewhere.example", Note: "Worth ten minutes.", Find: "town"}},
		Sections: []digests.Section{
			{Key: "heard", Heading: "Heard and answered", Items: []digests.SectionItem{{ID: "v1", Lines: []bot.Spans{bot.T("You said: the form is too long."), bot.T("We did: it has five fields now.")}}}},
			{Key: "learned", Heading: "Learned", Items: []digests.SectionItem{{ID: "l1", Lines: []bot.Spans{bot.T("Ask twice, decide once. Cleo, Housing")}}}},
		},
	}
}

func TestGoldenEdition(t *testing.T) {
	tally := map[string]digests.Tally{"parking": {Useful: 5, Used: 4}, "potholes": {Useful: 12, Used: 6}}
	golden(t, "edition", limits.Message, message(t, edition().Message("e1", tally))...)
	golden(t, "edition_preview", limits.Message, message(t, edition().Message("", nil))...)
}
