package library_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	worked "evangelist/adapters/web/library"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/storage/kernelstore"
	"evangelist/storage/librarystore"
	"evangelist/storage/storagetest"
)

type fixedClock struct{ now time.Time }

func (c fixedClock) Now() time.Time { return c.now }

var noon = time.Date(2026, time.November, 29, 12, 0, 0, 0, time.UTC)

// site is the pages on a real store, with a lead, an author and a colleague.
type site struct {
	*testing.T
	shell *shell.Shell
	shelf []library.Entry
	as    bot.AccountID // who visits; empty: nobody is signed in
}

func account(name string) bot.AccountID { return bot.NewAccountID("play", name) }

func newSite(t *testing.T) *site {
	t.Helper()
	db, clock := storagetest.Memory(t), fixedClock{noon}
	people := kernelstore.NewPeople(db, clock, rand.Reader)
	ids := map[string]bot.PersonID{}
	for _, name := range []string{"lead", "author", "colleague"} {
		if _, err := people.Record(t.Context(), []bot.AccountFact{{Account: account(name), Name: "Person " + name}}); err != nil {
			t.Fatal(err)
		}
		actor, err := people.Actor(t.Context(), account(name))
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = actor.Person
	}
	if _, err := people.Record(t.Context(), []bot.AccountFact{{Account: account("stranger"), Name: "Stranger", External: true}}); err != nil {
		t.Fatal(err)
	}
	err := people.Change(t.Context(), ids["lead"], func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil })
	if err != nil {
		t.Fatal(err)
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
	s.shelf = []library.Entry{
		{Kind: library.Story, ID: "s 1/x", Title: "Letters <b>that</b> begin", Words: "31 calls\ninstead of 70", Credit: "With thanks to Person A.", When: noon.AddDate(0, -2, 0), Authors: []bot.PersonID{ids["author"]},
			Told: []library.Telling{{Key: "noted/0123456789abcdef", Whom: "<i>The board</i>", At: noon}}},
		{Kind: library.Learning, ID: "l1", Words: "Ask for the postcode first", Department: "R&D", When: noon},
		{Kind: library.Elsewhere, ID: "x1", Title: "Another council", Words: "Fewer calls", URL: "https://example.org/a?b=c&d=e", When: noon.AddDate(0, -9, 0)},
		{Kind: library.Used, ID: "u1", Title: "A trap", Words: "Careful", URL: "javascript:alert(1)", When: noon.AddDate(-1, 0, 0)},
	}
	worked.Attach(s.shell, library.New(library.Config{
		Organisation: organisation, People: people, Stores: librarystore.New(db, clock), Clock: clock, Random: rand.Reader,
		Sources:     []library.Source{func(context.Context) ([]library.Entry, error) { return slices.Clone(s.shelf), nil }},
		Departments: func(context.Context) ([]library.Department, error) { return nil, nil },
	}))
	return s
}

func (s *site) get(path string) (*http.Response, string) {
	s.Helper()
	w := httptest.NewRecorder()
	s.shell.ServeHTTP(w, httptest.NewRequestWithContext(s.Context(), http.MethodGet, path, nil))
	return w.Result(), w.Body.String()
}

// has expects a page with words, and not with those after a "!".
func (s *site) has(path string, wanted ...string) {
	s.Helper()
	response, body := s.get(path)
	if response.StatusCode != http.StatusOK {
		s.Errorf("%s: %d", path, response.StatusCode)
	}
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned == strings.Contains(body, not) {
			s.Errorf("%s: %q in\n%s", path, want, body)
		}
	}
}

func TestWhoReadsTheLibrary(t *testing.T) {
	s := newSite(t)
	for who, want := range map[bot.AccountID]int{"": 303, account("colleague"): 200, account("lead"): 200, account("stranger"): 403} {
		for _, path := range []string{"/worked", "/worked?q=letters", "/worked/l1"} {
			s.as = who
			response, body := s.get(path)
			if response.StatusCode != want {
				t.Errorf("%q gets %d for %s, not %d", who, response.StatusCode, path, want)
			}
			if want != 200 && (strings.Contains(body, "postcode") || strings.Contains(body, "Letters")) {
				t.Errorf("%q reads %s", who, body)
			}
		}
	}
	s.as = account("colleague")
	if response, _ := s.get("/worked/none"); response.StatusCode != http.StatusNotFound {
		t.Errorf("%d for what is not there", response.StatusCode)
	}
}

func TestTheList(t *testing.T) {
	s := newSite(t)
	s.as = account("colleague")
	s.has("/worked", "<h1>What worked</h1>", "4 entries, the newest first", `href="/worked/s%201%2Fx"`, "Letters &lt;b&gt;that&lt;/b&gt; begin", "told once", "31 calls instead of 70", "R&amp;D</option>",
		`role="search"`, "Used link", "!javascript:", "!<b>that", "! style=", "! onclick")
	s.has("/worked?q=LETT%C3%89RS", "Letters", "!postcode", "1 entry, the best match first", `value="LETTÉRS"`)
	s.has("/worked?kind=example", "Another council", "!postcode", `<option value="example" selected>`)
	s.has("/worked?department=R%26D", "postcode", "!Letters", "<option selected>R&amp;D")
	s.has("/worked?from=2026-09-01&to=2026-09-29", "Letters", "!postcode")
	s.has("/worked?q=swimming", "Nothing has all of this")
	s.has("/worked?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "!<script>alert", "Nothing has all of this")
	for _, wrong := range []string{"from=soon", "from=2026-12-01&to=2026-11-01"} {
		if response, body := s.get("/worked?" + wrong); response.StatusCode != http.StatusBadRequest || !strings.Contains(body, `role="alert"`) || strings.Contains(body, "postcode") {
			t.Errorf("%s: %d\n%s", wrong, response.StatusCode, body)
		}
	}
	s.shelf = nil
	s.has("/worked", "The first one appears as soon as somebody tells", "!Letters")
	s.has("/worked?q=letters", "Nothing has all of this")
}

func TestPages(t *testing.T) {
	s := newSite(t)
	s.as = account("colleague")
	s.shelf = nil
	for n := range 45 {
		s.shelf = append(s.shelf, library.Entry{ID: fmt.Sprint("e", n), Kind: library.Learning, Title: fmt.Sprintf("Entry number%02d", n), When: noon.Add(-time.Duration(n) * time.Hour)})
	}
	seen, path := map[string]bool{}, "/worked?q=entry"
	link := regexp.MustCompile(`<a href="([^"]+)" rel="next"`)
	for pages := 0; path != ""; pages++ {
		if pages > 3 {
			t.Fatal("the pages do not end")
		}
		_, body := s.get(path)
		for _, title := range regexp.MustCompile(`number\d\d`).FindAllString(body, -1) {
			seen[title] = true
		}
		path = ""
		if next := link.FindStringSubmatch(body); next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	if len(seen) != 45 {
		t.Errorf("%d of 45 were seen", len(seen))
	}
	for _, odd := range []string{"0", "-1", "99999999999999999999", "9223372036854775807", "x", "4611686018427387905"} {
		s.has("/worked?page="+odd, "number00")
	}
}

func TestTheEntry(t *testing.T) {
	s := newSite(t)
	path := "/worked/" + url.PathEscape("s 1/x")
	s.as = account("colleague")
	s.has(path, "Letters &lt;b&gt;that&lt;/b&gt; begin</h1>", "31 calls", "With thanks to Person A.", "Told to", "&lt;i&gt;The board&lt;/i&gt;", "!Note whom", "!<i>The")
	s.as = account("author")
	s.has(path, "Note whom it was told to", `value="library.told"`, `value="s 1/x"`)
	s.as = account("lead")
	s.has("/worked/x1", "Take it back", `href="https://example.org/a?b=c&amp;d=e"`, `<p class="on-paper">https://example.org/a?b=c&amp;d=e</p>`)
	s.has("/worked/u1", "!javascript:")
	s.shelf = s.shelf[1:]
	if response, body := s.get(path); response.StatusCode != http.StatusNotFound || strings.Contains(body, "31 calls") {
		t.Errorf("taken back: %d\n%s", response.StatusCode, body)
	}
}
