package report_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/bot/impact/issues"
	"evangelist/storage/storagetest"
)

// put keeps an issue of October in a state, approved with the words.
func (s *site) put(state issues.State, words issues.Words) issues.Issue {
	s.Helper()
	lead := bot.Actor{Account: account(0), Person: s.person(0), Roles: []bot.Role{bot.Lead}}
	at := time.Date(2026, time.November, 2, 8, 0, 0, 0, time.UTC)
	i := issues.Issue{ID: "2026-10", From: "2026-10-01", To: "2026-10-31", State: issues.Planned, Version: 1, Lead: lead.Person, Due: at, Since: at, Words: words}
	tick := func(now time.Time) {
		if _, _, err := i.Tick(now, issues.Facts{Version: i.Version, Leads: []bot.PersonID{lead.Person}}); err != nil {
			s.Fatal(err)
		}
	}
	if state != issues.Planned {
		tick(at)
	}
	do := func(_ []bot.Delivery, err error) {
		if err != nil {
			s.Fatal(err)
		}
	}
	switch state {
	case issues.Planned, issues.Draft:
	case issues.Skipped:
		do(i.Skip(lead, "the <b>month</b> was quiet", at))
	default:
		made, err := s.compose(s.Context(), impact.Wish{From: i.From, To: i.To}, true)
		if err != nil {
			s.Fatal(err)
		}
		do(i.Approve(lead, i.Version, issues.Copy(made, words), []bot.PersonID{s.person(3)}, at))
		if state != issues.Approved {
			tick(i.PublishAt)
		}
		if state == issues.Held {
			do(i.Hold(lead, at))
		}
		if state == issues.Published {
			tick(i.PublishAt)
		}
	}
	if i.State != state {
		s.Fatalf("%s, not %s", i.State, state)
	}
	if _, err := s.issues.Add(s.Context(), i, nil); err != nil {
		s.Fatal(err)
	}
	return i
}

func (s *site) person(n int) bot.PersonID {
	s.Helper()
	actor, err := s.people.Actor(s.Context(), account(n))
	if err != nil {
		s.Fatal(err)
	}
	return actor.Person
}

// Who reads which page of an issue in which state: leads all, champions in their 48
// hours, everybody what is published.
func TestWhoReadsAnIssue(t *testing.T) {
	for _, state := range issues.States() {
		s := newSite(t)
		s.put(state, issues.Words{})
		text := state != issues.Planned && state != issues.Skipped
		early := state == issues.Early || state == issues.Held || state == issues.Published
		for name, c := range map[string]struct {
			as    bot.AccountID
			reads bool
			other int // who may not
		}{
			"lead": {account(0), true, 404}, "champion": {account(3), early, 404}, "colleague": {account(1), state == issues.Published, 404},
			"nobody": {"", false, 303}, "stranger": {bot.NewAccountID("play", "stranger"), false, 403},
		} {
			s.as = c.as
			for path, needs := range map[string]bool{"/report/2026-10": false, "/report/2026-10.md": true, "/report/2026-10/board": true} {
				want := 200
				if !c.reads {
					want = c.other
				} else if needs && !text {
					want = 404
				}
				response, body := s.get(path)
				if response.StatusCode != want || want != 200 && strings.Contains(body, "October") {
					t.Errorf("%s, %s gets %d for %s, not %d", state, name, response.StatusCode, path, want)
				}
				if want == 200 && state != issues.Published && path != "/report/2026-10.md" && response.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s may be kept by a cache while it is %s", path, state)
				}
			}
			response, body := s.get("/report")
			if listed := strings.Contains(body, `href="/report/2026-10"`); response.StatusCode == http.StatusOK && listed != c.reads {
				t.Errorf("%s, %s: listed %v", state, name, listed)
			}
			if leads := strings.Contains(body, `<a href="/report"`); response.StatusCode == http.StatusOK && leads != (name == "lead") {
				t.Errorf("%s: the entry of the navigation is there: %v", name, leads)
			}
			if _, body := s.get("/report/none"); strings.Contains(body, "October") {
				t.Error("a page that is not there")
			}
		}
	}
}

func TestTheIssuePage(t *testing.T) {
	s := newSite(t)
	s.put(issues.Early, issues.Words{Introduction: "First <i>line</i>.\nSecond line.", Notes: map[string]string{"heard": "We listened."}})
	s.as = account(0)
	_, body := s.get("/report/2026-10")
	for _, want := range []string{"<h1>Report, 1 – 31 October 2026</h1>", "Test Council · not published yet", "First &lt;i&gt;line&lt;/i&gt;.\nSecond line.", `<p class="lead-note">We listened.</p>`, `value="report.hold"`, `name="arg" value="2026-10"`,
		`href="/report/2026-10/board"`, `href="/report/2026-10.md"`, "9 of 44 colleagues", `<svg role="img"`, "A &lt;script&gt;van&lt;/script&gt;"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q in\n%s", want, body)
		}
	}
	if strings.Contains(body, "report.wrong") || strings.Contains(body, "<script>van") || regexp.MustCompile(` style=`).MatchString(body) || strings.Count(body, "<h1>") != 1 {
		t.Error("what a lead sees is not right")
	}
	s.as = account(3)
	if _, body := s.get("/report/2026-10"); !strings.Contains(body, `value="report.wrong"`) || strings.Contains(body, "report.hold") {
		t.Errorf("a champion's page:\n%s", body)
	}
	if response, body := s.get("/report/2026-10.md"); response.Header.Get("Content-Type") != "text/markdown; charset=utf-8" || !strings.Contains(body, `First \<i\>line\</i\>.`) {
		t.Errorf("%v\n%s", response.Header, body)
	}
}

// figures are the numbers that a text has.
func figures(text string) []string { return regexp.MustCompile(`\d+`).FindAllString(text, -1) }

// intruders are the numbers of a text that are none of those that were published.
func intruders(text string, published []string) []string {
	return slices.DeleteFunc(figures(text), func(n string) bool { return slices.Contains(published, n) })
}

// No surface of a frozen issue shows a number that the report did not publish: not
// what is kept, nor the page, the Markdown, the page for a board, the summary in
// chat or the whole message.
func TestNoNumberOfItsOwn(t *testing.T) {
	s := newSite(t)
	issue := s.put(issues.Published, issues.Words{Introduction: "Words of a lead.", Notes: map[string]string{"heard": "More words."}})
	made, err := s.compose(t.Context(), impact.Wish{From: issue.From, To: issue.To}, false)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	published := figures(string(raw) + made.Title())
	kept, err := s.issues.Get(t.Context(), issue.ID)
	if err != nil {
		t.Fatal(err)
	}
	// A chart is drawn of shares that its table shows; its measures are pictures.
	drawing := regexp.MustCompile(`<svg.*?</svg>`)
	content, err := json.Marshal(kept.Revision.Content)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(content, &plain); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"markdown": kept.Revision.Content.Markdown(), "kept": drawing.ReplaceAllString(strings.Join(leaves(plain), "\n"), "")}
	whole, err := kept.Revision.Content.Message("/report/2026-10").MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	texts["message"] = regexp.MustCompile(`"Level":\d`).ReplaceAllString(string(whole), "")
	summary, _, err := s.views["report-out"](t.Context(), issue.ID)
	if err != nil {
		t.Fatal(err)
	}
	out, err := summary.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	texts["summary"] = regexp.MustCompile(`"Level":\d`).ReplaceAllString(string(out), "")
	s.as = account(1)
	for _, path := range []string{"/report/2026-10", "/report/2026-10/board"} {
		_, body := s.get(path)
		_, body, _ = strings.Cut(body, "<main")
		body, _, _ = strings.Cut("<main"+body, "</main>")
		texts[path] = html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " "))
	}
	if len(texts) != 6 {
		t.Fatal(len(texts))
	}
	for name, text := range texts {
		if strange := intruders(text, published); len(strange) > 0 {
			t.Errorf("%s has %v of its own:\n%s", name, strange, text)
		}
		if !strings.Contains(text, "44 colleagues") {
			t.Errorf("%s shows too little to test anything:\n%s", name, text)
		}
		if len(intruders(text+" 8317 people", published)) != 1 {
			t.Errorf("%s: a foreign number is not noticed", name)
		}
	}
}

// leaves are all texts of a JSON value; no number may stand there as a number.
func leaves(v any) (texts []string) {
	switch v := v.(type) {
	case map[string]any:
		for key, one := range v {
			if key != "Level" {
				texts = append(texts, leaves(one)...)
			}
		}
	case []any:
		for _, one := range v {
			texts = append(texts, leaves(one)...)
		}
	case string:
		texts = append(texts, v)
	case float64:
		texts = append(texts, "a bare number: 99999")
	}
	return texts
}

// The page for a board is one A4 page, with as much on it as there can be; the long
// version prints as well. EVANGELIST_KEEP names a folder for the PDFs and pictures.
func TestTheBoardPrintsOnOnePage(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "browser") {
			t.Fatal(err)
		}
		t.Skip("no chromium to print with")
	}
	s := newSite(t)
	note := strings.TrimSpace(strings.Repeat("A note that a lead wrote to the full. ", 5))
	words := issues.Words{Introduction: strings.Repeat("It was a month with more rain than anybody remembers. ", 9), Notes: map[string]string{}}
	for _, key := range []string{"shared", "heard", "tried", "learned", "could-not"} {
		words.Notes[key] = note
	}
	i := s.put(issues.Published, words)
	err = s.issues.Change(t.Context(), i.ID, func(i *issues.Issue) ([]bot.Delivery, error) {
		full(&i.Revision.Content)
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.as = account(0)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.shell.ServeHTTP(w, r) }))
	defer server.Close()
	run := func(args ...string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), browser, append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir()}, args...)...)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	folder, keep := t.TempDir(), os.Getenv("EVANGELIST_KEEP")
	if keep != "" {
		folder = keep
	}
	paper := filepath.Join(folder, "board.pdf")
	run("--no-pdf-header-footer", "--print-to-pdf="+paper, server.URL+"/report/2026-10/board")
	pdf, err := os.ReadFile(paper)
	if err != nil {
		t.Fatal(err)
	}
	count := regexp.MustCompile(`/Type /Pages\s*/Count (\d+)|/Count (\d+)`).FindSubmatch(pdf)
	box := regexp.MustCompile(`/MediaBox \[0 0 (59[45][.\d]*) (84[12][.\d]*)\]`).Find(pdf)
	if count == nil || string(count[1])+string(count[2]) != "1" || box == nil {
		t.Errorf("pages: %s, size: %s", count, regexp.MustCompile(`/MediaBox[^/]*`).Find(pdf))
	}
	if keep == "" {
		return
	}
	run("--no-pdf-header-footer", "--print-to-pdf="+filepath.Join(folder, "long.pdf"), server.URL+"/report/2026-10")
	for name, path := range map[string]string{"issue": "/report/2026-10", "board": "/report/2026-10/board", "list": "/report"} {
		run("--window-size=1200,2400", "--screenshot="+filepath.Join(folder, name+".png"), server.URL+path)
		run("--window-size=320,2400", "--screenshot="+filepath.Join(folder, name+"-narrow.png"), server.URL+path)
	}
}

// full gives every part of the page as much as it can hold.
func full(c *issues.Content) {
	long := issues.Entry{Title: "Something that was told with many words by somebody", Words: strings.Repeat("because it took so long to find out ", 9), By: "Somebody Longname-Hyphen, Libraries & Learning"}
	for i := range c.Sections {
		for j := range c.Sections[i].Numbers {
			n := &c.Sections[i].Numbers[j]
			n.Count, n.Period = "1,234 concerns and ideas by 1,234 of 12,345 colleagues who work here", "1 – 31 October 2026"
			n.Definition = "who pressed “Useful” or “I used this” under an item of an edition that went out; not counted: who read in silence, and whoever left since"
			n.Beside = "By the estimate of the comms leads each use saves about 20 minutes. Method: we asked six colleagues how long they had looked for it before."
		}
		for j := range c.Sections[i].Lists {
			c.Sections[i].Lists[j].Entries = slices.Repeat([]issues.Entry{long}, 12)
		}
	}
}
