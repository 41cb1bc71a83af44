package digests

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a message, drawn plainly, with testdata/NAME.golden, and
// checks that it survives being stored.
func golden(t *testing.T, name string, message bot.Message) {
	t.Helper()
	text, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	var back bot.Message
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(message, back); diff != "" {
		t.Errorf("a stored message differs: %s", diff)
	}
	path := filepath.Join("testdata", name+".golden")
	got := drawn(message)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (go test -update writes it anew):\n%s", name, diff)
	}
}

func drawn(m bot.Message) string {
	var out strings.Builder
	line := func(parts ...string) { out.WriteString(strings.Join(parts, "") + "\n") }
	line("summary: ", m.Summary)
	for _, block := range m.Blocks {
		switch b := block.(type) {
		case bot.Heading:
			line("", strings.Repeat("#", b.Level), " ", b.Text.Plain(nil))
		case bot.Paragraph:
			line(b.Text.Plain(nil))
		case bot.Note:
			line("note: ", b.Text.Plain(nil))
		case bot.List:
			for _, item := range b.Items {
				line("- ", item.Plain(nil))
			}
		case bot.Link:
			line("link ", strconv.Itoa(b.Number), ": ", b.Title, " <", b.URL, "> ", b.Meta)
			for _, l := range b.Lines {
				line("    ", l.Plain(nil))
			}
		case bot.Rule:
			line("---")
		case bot.Actions:
			for _, button := range b.Buttons {
				line("    [", button.Label, "] ", button.Command, " ", button.Arg, " ", string(button.Tone))
			}
		default:
			line("UNKNOWN BLOCK")
		}
	}
	return out.String()
}

func sharer(id, name, department string) Sharer {
	return Sharer{Key: id, Person: bot.PersonID(id), Name: name, Department: department, Shares: []SharedIn{{Message: in(id), Account: bot.AccountID("chat|" + id), Link: "k"}}}
}

func example() Content {
	return Content{
		Digest: "Friday roundup", Slug: "friday-roundup", Zone: "Europe/London", Editor: "Ada", EditorID: "ada", Candidates: 31,
		From: time.Date(2026, 11, 13, 9, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 20, 8, 40, 0, 0, time.UTC),
		Items: []Item{
			{ID: "one", Key: "k1", URL: "https://example.org/guide", Title: "One page for every parking question", Source: "example.org", Site: "example.org",
				Because: "one page replaced forty calls a week.", Quote: "This saved us", Pinned: true, Why: []string{"shared by 3 people", "taken up in 2 departments"},
				Sharers: []Sharer{sharer("ben", "Ben", "Libraries"), sharer("cleo", "Cleo", "Housing"), sharer("dev", "", "")}, Shares: 3, Score: 2.4},
			{ID: "two", Key: "k2", URL: "https://roads.example/potholes", Title: "Potholes: faster filling", Source: "roads.example", Site: "roads.example",
				Quote: "How we fill potholes <b>faster</b> *and* cheaper", Sharers: []Sharer{sharer("eve", "", "")}, Shares: 1, Private: true, Why: []string{"shared by one person"}},
			{ID: "three", Key: "k3", URL: "https://third.example/", Title: "third.example", Source: "third.example", Site: "third.example",
				Blurb: "What the page says of itself.", Sharers: []Sharer{sharer("ben", "Ben", "Libraries"), sharer("gus", "Gus", "")}, Shares: 2},
		},
		Finds: []Item{{ID: "four", Key: "k4", URL: "https://elsewhere.example/", Title: "A town that did it", Source: "elsewhere.example", Note: "Worth ten minutes.", Find: "four"}},
		Sections: []Section{
			{Key: "heard", Heading: "Heard and answered", Items: []SectionItem{{ID: "v1", Lines: []bot.Spans{bot.T("You said: the form is too long."), bot.T("We did: it has five fields now.")}}}},
			{Key: "learned", Heading: "Learned", Items: []SectionItem{{ID: "l1", Lines: []bot.Spans{bot.T("Ask twice, decide once. Cleo, Housing")}}}},
		},
	}
}

func roundup() Digest {
	return Digest{ID: "d1", Slug: "friday-roundup", Name: "Friday roundup", Spec: "every Friday 09:00", Zone: "Europe/London", IfUndecided: Wait, Curator: "ada"}
}

func TestGoldenEdition(t *testing.T) {
	golden(t, "edition", example().Message("e1", map[string]Tally{"one": {Useful: 5, Used: 4}, "two": {Useful: 12, Used: 6}, "three": {Useful: 4}}))
	golden(t, "preview", example().Message("", nil))
	thin := example()
	thin.Items, thin.Finds, thin.Sections = thin.Items[2:], nil, nil
	golden(t, "edition_of_one", thin.Message("e1", nil))
	golden(t, "edition_of_nothing", Content{Digest: "Friday roundup", Zone: "UTC"}.Message("", nil))
}

func TestGoldenDraft(t *testing.T) {
	edition := Edition{ID: "e1", Digest: "d1", State: Draft, Due: friday, Version: 3}
	proof := Proof{
		Content: example(), Out: []string{"learned/l2"}, OutWords: map[string]string{"learned/l2": "Phones first, then forms. Gus"},
		Next:    []Item{{ID: "five", Title: "One Page For Every Parking Question", URL: "https://copy.example/guide", Source: "copy.example", Site: "copy.example", Why: []string{"nominated by one"}}},
		Dropped: []Item{{ID: "six", Title: "Left out", URL: "https://six.example/"}},
	}
	message, err := DraftMessage(edition, roundup(), proof)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "draft", message)
	empty, err := DraftMessage(edition, roundup(), Proof{Content: Content{Digest: "Friday roundup", Zone: "UTC"}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "draft_empty", empty)
	edition.State, edition.ApprovedAt, edition.PublishAt = Approved, friday.Add(-2*time.Hour), friday
	golden(t, "draft_approved", decidedMessage(edition, roundup()))
	edition.PublishAt = edition.ApprovedAt.Add(time.Minute)
	golden(t, "draft_goes", decidedMessage(edition, roundup()))
	edition.State, edition.PublishedAt = Published, friday
	golden(t, "draft_published", decidedMessage(edition, roundup()))
	edition.State, edition.RecalledAt, edition.Revision.Content = Recalled, friday.Add(time.Hour), example()
	golden(t, "recalled", decidedMessage(edition, roundup()))
}

func TestGoldenNotices(t *testing.T) {
	f := New(Config{Organisation: bot.Organisation{Name: "Marlow Council"}})
	golden(t, "joined", *f.joined("chat|C1").Frozen)
	golden(t, "credit", f.creditMessage(roundup(), Edition{Due: friday}, example().Items[0]))
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		change func(*Content)
		want   string
	}{
		{func(*Content) {}, "Three things colleagues found useful, from two departments."},
		{func(c *Content) { c.Items = c.Items[:1]; c.Items[0].Sharers = c.Items[0].Sharers[:1] }, "One thing that colleagues found useful."},
		{func(c *Content) { c.Items = nil }, "One thing worth knowing."},
		{func(c *Content) { c.Items, c.Finds = nil, nil }, "What was heard and learned."},
		{func(c *Content) { *c = Content{} }, "Nothing was shared in this time."},
	} {
		content := example()
		c.change(&content)
		if got := content.Summary(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"2026-11-17T09:00:00Z", "2026-11-23T08:00:00Z", "17 – 23 November 2026"},
		{"2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z", "16 – 22 November 2026"},
		{"2026-11-27T09:00:00Z", "2026-12-04T09:00:00Z", "27 November – 4 December 2026"},
		{"2026-12-28T09:00:00Z", "2027-01-01T09:00:00Z", "28 December 2026 – 1 January 2027"},
		{"2026-11-17T09:00:00Z", "2026-11-17T10:00:00Z", "17 November 2026"},
	} {
		from, _ := time.Parse(time.RFC3339, c.from)
		to, _ := time.Parse(time.RFC3339, c.to)
		if got := (Content{From: from, To: to, Zone: "UTC"}).Dates(); got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestThanks(t *testing.T) {
	a, b, c := sharer("a", "Ada", "Legal"), sharer("b", "Ben", ""), sharer("c", "Cleo", "Housing")
	nobody := sharer("n", "", "")
	for _, x := range []struct {
		sharers []Sharer
		want    string
	}{
		{nil, ""},
		{[]Sharer{a}, "Shared by Ada (Legal)"},
		{[]Sharer{a, b}, "Shared by Ada (Legal) and Ben"},
		{[]Sharer{a, b, c}, "Shared by Ada (Legal), Ben and Cleo (Housing)"},
		{[]Sharer{a, b, c, nobody}, "Shared by Ada (Legal), Ben and two more"},
		{[]Sharer{nobody}, "Shared by a colleague"},
		{[]Sharer{nobody, nobody}, "Shared by two colleagues"},
		{[]Sharer{nobody, a}, "Shared by Ada (Legal) and one more"},
		{[]Sharer{a, nobody, b}, "Shared by Ada (Legal), Ben and one more"},
	} {
		if got := (Item{Sharers: x.sharers}).Thanks().Plain(nil); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
	for _, span := range (Item{Sharers: []Sharer{a, b}}).Thanks() {
		if span.Ping {
			t.Error("thanks notify somebody")
		}
	}
}
