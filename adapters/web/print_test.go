package web_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/storagetest"
)

// fullEdition has as much as an edition usually may: seven items with a sentence
// each, and three sections.
func fullEdition(w *world) digests.Issue {
	issue := w.editions.issues[0]
	issue.Slug = "full"
	issue.Content.Items, issue.Content.Sections = nil, nil
	for _, title := range []string{
		"Writing for user interfaces: how one page of plain words replaced forty calls a week", "How we halved the time to first repair without new money",
		"Debt and money: what to say, and what never to say, on the first call", "A checklist for the first hour of a flood, tested twice this winter",
		"Making your service accessible: an introduction for people who are in a hurry", "Reading a budget line by line, with the questions that councillors ask",
		"Meadows instead of mowing: what neighbours said after one summer",
	} {
		item := w.editions.proof.Content.Items[0]
		item.Title, item.Source = title, "Local Government Association"
		item.Because = "the caller hears the same answer from everybody, and nobody has to look for the leaflet while the queue is growing."
		item.Note = "Two libraries have it on the wall already."
		item.Sharers = []digests.Sharer{
			{Key: "1", Person: "1", Name: "Somebody Longname-Hyphen", Department: "Libraries & Learning"}, {Key: "2", Person: "2", Name: "Another Colleague", Department: "Customer Services"}, {Key: "3"},
		}
		issue.Content.Items = append(issue.Content.Items, item)
	}
	said := bot.T("You said: The form for repairs asks for the tenancy number twice, and people give up before the end.")
	did := bot.T("We did: The second question is gone since Tuesday. The supplier promised a half-filled form that can be saved, by the next release; we tell you here whether it came.")
	issue.Content.Sections = []digests.Section{
		{Key: "heard", Heading: "Heard and answered", Items: []digests.SectionItem{{ID: "1", Lines: []bot.Spans{said, did}}, {ID: "2", Lines: []bot.Spans{said, did}}}},
		{Key: "learned", Heading: "Learned", Items: []digests.SectionItem{
			{ID: "1", Lines: []bot.Spans{bot.T("When tenants send a photograph with a repair, the right part is on the van more often: 52 of 60 jobs were done in one visit.")}},
			{ID: "2", Lines: []bot.Spans{bot.T("Read a letter aloud before it goes out, and cut where you run out of breath.")}},
		}},
		{Key: "house", Heading: "Around the house", Items: []digests.SectionItem{{ID: "1", Lines: []bot.Spans{bot.T("The next round table is on 4 December, in the Eastfield library.")}}}},
	}
	return issue
}

func TestFullEditionPrintsOnOnePage(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "browser") {
			t.Fatal(err)
		}
		t.Skip("no chromium to print with")
	}
	w := newWorld(t, nil)
	w.as = colleague
	w.editions.issues = []digests.Issue{fullEdition(w)}
	server := httptest.NewServer(w.site)
	defer server.Close()
	paper := filepath.Join(t.TempDir(), "edition.pdf")
	command := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--no-pdf-header-footer", "--print-to-pdf="+paper, server.URL+"/archive/full")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pdf, err := os.ReadFile(paper)
	if err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("EVANGELIST_KEEP"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "edition.pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	count := regexp.MustCompile(`/Type /Pages\s*/Count (\d+)|/Count (\d+)`).FindSubmatch(pdf)
	if count == nil || string(count[1])+string(count[2]) != "1" {
		t.Errorf("an edition prints on %q pages, want one", count)
	}
}

// Words stand out from what is behind them by 4.5 to 1 and more, by day and by
// night.
func TestColoursCanBeRead(t *testing.T) {
	style, err := shell.File("style.css")
	if err != nil {
		t.Fatal(err)
	}
	roots := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(style, 2)
	if len(roots) != 2 {
		t.Fatal("not two sets of colours")
	}
	for n, root := range roots {
		colours := map[string]float64{}
		for _, found := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(root[1], -1) {
			colours[found[1]] = luminance(found[2])
		}
		for _, pair := range [][2]string{
			{"ink", "paper"}, {"ink", "sheet"}, {"ink", "sunk"}, {"ink", "warm-wash"}, {"ink", "danger-wash"}, {"soft", "paper"}, {"soft", "sheet"}, {"soft", "sunk"},
			{"accent", "paper"}, {"accent", "sheet"}, {"accent-deep", "accent-wash"}, {"on-accent", "accent"}, {"on-accent", "accent-deep"},
			{"danger", "sheet"}, {"danger", "danger-wash"}, {"danger", "paper"}, {"warm", "warm-wash"},
		} {
			front, back := colours[pair[0]], colours[pair[1]]
			if front == 0 || back == 0 {
				t.Fatalf("no colour %q", pair)
			}
			if ratio := (max(front, back) + 0.05) / (min(front, back) + 0.05); ratio < 4.5 {
				t.Errorf("set %d: %s on %s is %.2f to 1", n+1, pair[0], pair[1], ratio)
			}
		}
	}
}
