package champions_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	page "evangelist/adapters/web/champions"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/champions"
	"evangelist/storage/championstore"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// site is the pages on a real store: a lead, two champions and a colleague.
type site struct {
	*testing.T
	shell  *shell.Shell
	router *bot.Router
	people *kernelstore.People
	as     bot.AccountID // who visits; empty: nobody is signed in
}

func account(name string) bot.AccountID { return bot.NewAccountID("play", name) }

func newSite(t *testing.T) *site {
	t.Helper()
	db, clock := storagetest.Memory(t), &fixedClock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := &site{T: t, people: kernelstore.NewPeople(db, clock, rand.Reader)}
	facts := []bot.AccountFact{{Account: account("stranger"), Name: "Stranger", External: true}}
	for _, name := range []string{"lead", "zoe", "Ann <b>", "colleague"} {
		facts = append(facts, bot.AccountFact{Account: account(name), Name: name})
	}
	s.ok(second(s.people.Record(t.Context(), facts)))
	s.ok(s.people.Change(t.Context(), s.id("lead"), func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil }))
	organisation := bot.Organisation{Name: "Test Council", Zone: time.UTC}
	feature := champions.New(champions.Config{Organisation: organisation, People: s.people, Stores: championstore.New(db, clock), Clock: clock, Random: rand.Reader})
	s.router = bot.NewRouter(bot.RouterConfig{People: s.people, Clock: clock, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	s.ok(s.router.Add(feature.Commands()...))
	s.router.AddViews(feature.Views()...)
	var err error
	s.shell, err = shell.New(shell.Config{
		Do: s.router.Do, View: s.router.View, People: s.people, Places: kernelstore.NewPlaces(db, clock), Organisation: organisation, Clock: clock, Random: rand.Reader,
		Secret: []byte("sixteen bytes and more"), Identify: func(*http.Request, bool) (bot.AccountID, bool, error) { return s.as, s.as != "", nil },
	})
	s.ok(err)
	page.Attach(s.shell, champions.Path, feature)
	for _, name := range []string{"zoe", "Ann <b>"} {
		s.do("lead", "champions.name", "", "person", string(s.id(name)), "body", "Board <i>", "on", "2026-12-10")
		s.do(name, "champions.accept", string(s.id(name)))
	}
	s.do("lead", "champions.promise", string(s.id("zoe")), "words", "A <script>van</script>", "due", "2026-12-01")
	return s
}

func second(_ int, err error) error { return err }

func (s *site) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) id(name string) bot.PersonID {
	s.Helper()
	actor, err := s.people.Actor(s.Context(), account(name))
	s.ok(err)
	return actor.Person
}

func (s *site) do(name, command, arg string, pairs ...string) {
	s.Helper()
	in := bot.Invocation{Actor: bot.Actor{Account: account(name)}, Workspace: "web", Command: command, Arg: arg, Nonce: name + command + arg}
	for i := 0; i < len(pairs); i += 2 {
		if in.Values == nil {
			in.Values = map[string][]string{}
		}
		in.Values[pairs[i]] = []string{pairs[i+1]}
	}
	switch reply := s.router.Do(context.WithoutCancel(s.Context()), in).(type) {
	case bot.Invalid:
		s.Fatalf("%s: %+v", command, reply)
	case bot.Say:
		s.Fatalf("%s: %s", command, reply.Message.Summary)
	}
}

func (s *site) get(path string) (*http.Response, string) {
	s.Helper()
	w := httptest.NewRecorder()
	s.shell.ServeHTTP(w, httptest.NewRequestWithContext(s.Context(), http.MethodGet, path, nil))
	return w.Result(), w.Body.String()
}

// The list is for leads, a page for leads and that champion; for everybody else, and
// where there is none, nothing is there, and all of it looks the same.
func TestWhoSeesWhat(t *testing.T) {
	s := newSite(t)
	zoe := champions.Path + "/" + string(s.id("zoe"))
	for _, c := range []struct {
		as         string
		list, page int
	}{
		{"", 303, 303}, {"lead", 200, 200}, {"zoe", 404, 200}, {"Ann <b>", 404, 404}, {"colleague", 404, 404}, {"stranger", 403, 403}, {"unknown", 404, 404},
	} {
		s.as = ""
		if c.as != "" {
			s.as = account(c.as)
		}
		list, _ := s.get(champions.Path)
		response, body := s.get(zoe)
		if list.StatusCode != c.list || response.StatusCode != c.page {
			t.Errorf("%q gets %d for the list and %d for the page, not %d and %d", c.as, list.StatusCode, response.StatusCode, c.list, c.page)
		}
		_, none := s.get(champions.Path + "/" + string(s.id("colleague")))
		if c.page == 404 && (strings.Contains(body, "van") || body != none) {
			t.Errorf("%q learns something from a page that is not there", c.as)
		}
	}
}

func TestThePages(t *testing.T) {
	s := newSite(t)
	zoe := champions.Path + "/" + string(s.id("zoe"))
	for _, c := range []struct {
		as, path  string
		has, hasn []string
	}{
		{"lead", champions.Path, []string{"<h1>Champions</h1>", "Ann &lt;b&gt;", `href="` + zoe + `"`, "Board &lt;i&gt;", "ours 1, theirs 0", "10 December 2026", "alphabetical order"}, nil},
		{"lead", zoe, []string{"<h1>Champion: zoe</h1>", "A &lt;script&gt;van&lt;/script&gt; (until 1 December 2026)", ">Kept<", ">Dropped<", "Set the meeting", "All champions", `name="back" value="` + zoe + `"`}, []string{"No longer", "Settle a promise"}},
		{"zoe", zoe, []string{"<h1>Your page as a champion</h1>", "Promised by you", "Rest for a quarter", "No longer", ">Kept<"}, []string{"All champions", `href="/champions"`}},
	} {
		s.as = account(c.as)
		response, body := s.get(c.path)
		for _, want := range c.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s for %s has no %q in\n%s", c.path, c.as, want, body)
			}
		}
		for _, banned := range append(c.hasn, "<script>van", " style=") {
			if strings.Contains(body, banned) {
				t.Errorf("%s for %s has %q", c.path, c.as, banned)
			}
		}
		if strings.Count(body, "<h1>") != 1 || response.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d headings, %v", c.path, strings.Count(body, "<h1>"), response.Header)
		}
	}
	if text := s.list(); strings.Index(text, "Ann") > strings.Index(text, "zoe</a>") {
		t.Error("the list is not in alphabetical order")
	}
}

func (s *site) list() string {
	s.as = account("lead")
	_, body := s.get(champions.Path)
	return body[strings.Index(body, "<table"):]
}
