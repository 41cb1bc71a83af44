package report_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/web/report"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/bot/impact/issues"
	"evangelist/bot/network"
	"evangelist/storage/impactstore"
	"evangelist/storage/issuestore"
	"evangelist/storage/kernelstore"
	"evangelist/storage/networkstore"
	"evangelist/storage/storagetest"
)

type fixedClock struct{ now time.Time }

func (c fixedClock) Now() time.Time { return c.now }

// site is the pages on a real store, with forty colleagues of whom one leads.
type site struct {
	*testing.T
	shell   *shell.Shell
	people  *kernelstore.People
	issues  issues.Keeper
	compose issues.Compose
	views   map[string]func(context.Context, string) (bot.Message, int64, error)
	as      bot.AccountID // who visits; empty: nobody is signed in
}

func newSite(t *testing.T) *site {
	t.Helper()
	db, clock := storagetest.Memory(t), fixedClock{time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)}
	people := kernelstore.NewPeople(db, clock, rand.Reader)
	var facts []bot.AccountFact
	for i := range 44 {
		facts = append(facts, bot.AccountFact{Account: account(i), Name: "Person " + string(rune('A'+i%26)), Department: []string{"Housing", "R&D <labs>"}[i%2]})
	}
	facts = append(facts, bot.AccountFact{Account: bot.NewAccountID("play", "stranger"), Name: "Stranger", External: true})
	if _, err := people.Record(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	actor, err := people.Actor(t.Context(), account(0))
	if err != nil {
		t.Fatal(err)
	}
	err = people.Change(t.Context(), actor.Person, func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		join(t, networkstore.New(db, fixedClock{clock.now.AddDate(0, -2, 0)}), people, account(2*i))
	}
	organisation := bot.Organisation{Name: "Test Council", Zone: time.UTC}
	s := &site{T: t}
	s.shell, err = shell.New(shell.Config{
		Do:     func(context.Context, bot.Invocation) bot.Reply { return bot.Nothing{} },
		People: people, Places: kernelstore.NewPlaces(db, clock), Organisation: organisation, Clock: clock, Random: rand.Reader, Secret: []byte("sixteen bytes and more"),
		Identify: func(*http.Request, bool) (bot.AccountID, bool, error) { return s.as, s.as != "", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	feature := impact.New(impact.Config{Organisation: organisation, Stores: impactstore.New(db), Clock: clock, Random: rand.Reader})
	s.people, s.issues, s.compose, s.views = people, issuestore.New(db, clock).Issues, feature.Compose, map[string]func(context.Context, string) (bot.Message, int64, error){}
	series := issues.New(issues.Config{Organisation: organisation, People: people, Places: kernelstore.NewPlaces(db, clock), Stores: issuestore.New(db, clock), Clock: clock, Random: rand.Reader, Compose: feature.Compose})
	for _, view := range series.Views() {
		s.views[view.Kind] = view.Render
	}
	report.Attach(s.shell, feature.Compose, series)
	err = impactstore.New(db).Refusals.Add(t.Context(), impact.Refusal{ID: "r", Source: "r", Words: "A <script>van</script>", Reason: "None is left", Department: "Housing", At: clock.now.AddDate(0, -1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// join makes somebody lead.
func join(t *testing.T, stores network.Stores, people *kernelstore.People, who bot.AccountID) {
	t.Helper()
	actor, err := people.Actor(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	err = stores.Evangelists.Change(t.Context(), actor.Person, func(e *network.Evangelist, _ *network.Call) ([]bot.Delivery, error) {
		e.Part, e.Since = network.Leads, time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC)
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func account(n int) bot.AccountID { return bot.NewAccountID("play", fmt.Sprint("a", n)) }

func (s *site) get(path string) (*http.Response, string) {
	s.Helper()
	w := httptest.NewRecorder()
	s.shell.ServeHTTP(w, httptest.NewRequestWithContext(s.Context(), http.MethodGet, path, nil))
	return w.Result(), w.Body.String()
}

func TestWhoSeesTheReport(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name string
		as   bot.AccountID
		want int
	}{
		{"nobody", "", 303}, {"colleague", account(1), 404}, {"lead", account(0), 200},
		{"stranger", bot.NewAccountID("play", "stranger"), 403}, {"somebody unknown", bot.NewAccountID("play", "nobody"), 404},
	} {
		for _, path := range []string{"/report", "/report.md", "/report?from=2026-10-01&to=2026-10-31", "/report?from=nonsense"} {
			want := c.want
			switch {
			case strings.Contains(path, "nonsense") && want == 200:
				want = 400
			case path == "/report" && want == 404:
				want = 200 // the list of what is published: none yet
			}
			s.as = c.as
			response, body := s.get(path)
			if response.StatusCode != want {
				t.Errorf("%s gets %d for %s, not %d", c.name, response.StatusCode, path, want)
			}
			if c.want != 200 && strings.Contains(body, "colleagues, ") {
				t.Errorf("%s reads %s", c.name, body)
			}
		}
	}
}

func TestThePage(t *testing.T) {
	s := newSite(t)
	s.as = account(0)
	response, body := s.get("/report")
	for _, want := range []string{
		"<h1>Report, 1 – 31 October 2026</h1>", "nobody among 44 colleagues", "What we could not do", "A &lt;script&gt;van&lt;/script&gt;", "went without: Housing",
		`viewBox="0 0 260 132"`, `<svg role="img" aria-label="Bars: Who lead`, "<td>9 of 22 colleagues</td>", "<caption>Who lead or support. Colleagues, 1 – 31 October 2026: who", "R&amp;D &lt;labs&gt;",
		`href="/report.md?from=2026-10-01&amp;to=2026-10-31"`, `<link rel="stylesheet" href="/report.css">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q in\n%s", want, body)
		}
	}
	if strings.Contains(body, "<script>van") || regexp.MustCompile(` style=`).MatchString(body) {
		t.Error("what was typed is markup, or a style stands in the page, which the policy forbids")
	}
	if n := strings.Count(body, "<h1>"); n != 1 {
		t.Errorf("%d main headings", n)
	}
	if strings.Contains(body, "Person ") && strings.Count(body, "Person ") > 1 { // the visitor's own name stands at the top
		t.Error("the page names people")
	}
	if response.Header.Get("Content-Security-Policy") == "" {
		t.Error("no policy")
	}
	for _, c := range []struct {
		path, want string
		code       int
	}{
		{"/report?department=housing", "Report: Housing, 1 – 31 October 2026", 200},
		{"/report?from=2026-10-05&to=2026-10-11&event=flood+week", "Report after flood week, 5 – 11 October 2026", 200},
		{"/report?department=Atlantis", "knows no department", 400},
		{"/report?from=2026-10-05&to=2026-11-05", "not over yet", 400},
		{"/report.md?department=Atlantis", "knows no department", 409},
		{"/report.md?department=Housing", "# Report: Housing, 1 – 31 October 2026", 200},
		{"/report.css", ".numbers", 200},
	} {
		if response, body := s.get(c.path); response.StatusCode != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d without %q:\n%s", c.path, response.StatusCode, c.want, body)
		}
	}
	if response, _ := s.get("/report.md"); response.Header.Get("Content-Type") != "text/markdown; charset=utf-8" || !strings.Contains(response.Header.Get("Content-Disposition"), "report-2026-10-01-2026-10-31.md") {
		t.Errorf("the export is %v", response.Header)
	}
}

// What is published stands, so another site cannot have days published by leading
// a lead's browser to them.
func TestOtherSitesPublishNothing(t *testing.T) {
	s := newSite(t)
	s.as = account(0)
	for _, path := range []string{"/report", "/report.md"} {
		for _, c := range []struct {
			from  string
			shown bool
		}{{"cross-site", false}, {"same-origin", true}, {"cross-site", true}} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path+"?from=2026-10-0"+fmt.Sprint(len(path)-5)+"&to=2026-10-09", nil)
			r.Header.Set("Sec-Fetch-Site", c.from)
			w := httptest.NewRecorder()
			s.shell.ServeHTTP(w, r)
			if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, "9 of 44 colleagues") != c.shown || path == "/report" && strings.Contains(body, "Publish and show them") == c.shown {
				t.Errorf("%s from %s: %d\n%s", path, c.from, w.Code, body)
			}
		}
	}
}
