package primer_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	page "evangelist/adapters/web/primer"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/primer"
	"evangelist/storage/kernelstore"
	"evangelist/storage/primerstore"
	"evangelist/storage/storagetest"
)

type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// site is the pages on a real store: a lead, a reader who is enrolled, a colleague.
type site struct {
	*testing.T
	shell  *shell.Shell
	router *bot.Router
	as     bot.AccountID // who visits; empty: nobody is signed in
}

func account(name string) bot.AccountID { return bot.NewAccountID("play", name) }

func newSite(t *testing.T) *site {
	t.Helper()
	db, clock := storagetest.Memory(t), &fixedClock{time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)}
	people, stores := kernelstore.NewPeople(db, clock, rand.Reader), primerstore.New(db, clock)
	s := &site{T: t}
	facts := []bot.AccountFact{{Account: account("stranger"), Name: "Stranger", External: true}}
	for _, name := range []string{"lead", "reader <b>", "colleague"} {
		facts = append(facts, bot.AccountFact{Account: account(name), Name: name})
	}
	_, err := people.Record(t.Context(), facts)
	s.ok(err)
	id := func(name string) bot.PersonID {
		actor, err := people.Actor(t.Context(), account(name))
		s.ok(err)
		return actor.Person
	}
	s.ok(people.Change(t.Context(), id("lead"), func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil }))
	organisation := bot.Organisation{Name: "Test Council", Zone: time.UTC}
	feature := primer.New(primer.Config{Organisation: organisation, People: people, Stores: stores, Clock: clock, Checks: map[string]primer.Check{
		"contacts": func(context.Context) (bool, string, error) { return false, "", errors.New("broken") },
	}})
	s.router = bot.NewRouter(bot.RouterConfig{People: people, Clock: clock, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	s.ok(s.router.Add(feature.Commands()...))
	s.shell, err = shell.New(shell.Config{
		Do: s.router.Do, View: s.router.View, People: people, Places: kernelstore.NewPlaces(db, clock), Organisation: organisation, Clock: clock, Random: rand.Reader,
		Secret: []byte("sixteen bytes and more"), Identify: func(*http.Request, bool) (bot.AccountID, bool, error) { return s.as, s.as != "", nil },
	})
	s.ok(err)
	page.Attach(s.shell, feature)
	s.do("lead", "primer.enrol", "who", string(id("reader <b>")))
	s.do("lead", "primer.word", "word", "One-stop <i>shop</i>", "says", "The counter <script>x</script> on the ground floor.")
	s.do("lead", "primer.tick", "items", "cover")
	for _, sweep := range feature.Sweeps() {
		_, err := sweep.Run(t.Context())
		s.ok(err)
	}
	return s
}

func (s *site) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) do(name, command string, pairs ...string) {
	s.Helper()
	in := bot.Invocation{Actor: bot.Actor{Account: account(name)}, Workspace: "web", Command: command, Values: map[string][]string{}}
	for i := 0; i < len(pairs); i += 2 {
		in.Values[pairs[i]] = []string{pairs[i+1]}
	}
	if reply, ok := s.router.Do(context.WithoutCancel(s.Context()), in).(bot.Done); !ok {
		s.Fatalf("%s: %+v", command, reply)
	}
}

func (s *site) get(path string) (*http.Response, string) {
	s.Helper()
	w := httptest.NewRecorder()
	s.shell.ServeHTTP(w, httptest.NewRequestWithContext(s.Context(), http.MethodGet, path, nil))
	return w.Result(), w.Body.String()
}

// Lessons and glossary are for colleagues, the checklist for leads; for everybody
// else, and where there is no lesson, nothing is there.
func TestWhoSeesWhat(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name                          string
		lessons, none, terms, checked int
	}{
		{"lead", 200, 404, 200, 200}, {"reader <b>", 200, 404, 200, 404}, {"colleague", 200, 404, 200, 404}, {"stranger", 403, 403, 403, 403}, {"", 303, 303, 303, 303},
	} {
		s.as = ""
		if c.name != "" {
			s.as = account(c.name)
		}
		for path, want := range map[string]int{
			"/primer": c.lessons, "/primer/worry": c.lessons, "/primer/3": c.none, "/primer/WORRY": c.none, "/primer/none": c.none, "/primer/glossary": c.terms, "/primer/glossary?q=shop": c.terms, "/primer/checklist": c.checked,
		} {
			response, body := s.get(path)
			if response.StatusCode != want {
				t.Errorf("%s gets %d for %s, not %d", c.name, response.StatusCode, path, want)
			}
			if want == 200 && strings.Count(body, "<h1>") != 1 {
				t.Errorf("%s has not one main heading", path)
			}
			if strings.Contains(body, "<script>x") || strings.Contains(body, "<i>shop") || strings.Contains(body, "reader <b>") || strings.Contains(body, " style=") {
				t.Errorf("%s: what was typed is markup, or a style stands in the page", path)
			}
		}
	}
}

func TestThePages(t *testing.T) {
	s := newSite(t)
	s.as = account("reader <b>")
	for path, wanted := range map[string][]string{
		"/primer":                 {"8 short lessons", `href="/primer/ninety"`, "Stop the weekly lessons", `aria-current="page"`},
		"/primer/roundup":         {"What a weekly roundup is for", "I have read it", "Later", `rel="next">Next: How a worry is handled`, "To take to your team", `href="/primer.css"`},
		"/primer/pilot":           {`rel="prev">Before: How a worry`, `rel="next">Next: Honest numbers`, `name="back" value="/primer/pilot"`},
		"/primer/ninety":          {`rel="prev">Before: Social media`},
		"/primer/glossary":        {"One-stop &lt;i&gt;shop&lt;/i&gt;", "Round table", `role="search"`},
		"/primer/glossary?q=shop": {"One-stop", `value="shop"`, "All words"},
		"/primer/glossary?q=zzz":  {"No word fits"},
	} {
		_, body := s.get(path)
		for _, want := range wanted {
			if !strings.Contains(body, want) {
				t.Errorf("%s has no %q in\n%s", path, want, body)
			}
		}
	}
	if _, body := s.get("/primer/glossary?q=shop"); strings.Contains(body, "Round table") {
		t.Error("the search finds everything")
	}
	s.as = account("lead")
	_, body := s.get("/primer/checklist")
	for _, want := range []string{"1 of 10 are done", "I could not look just now", "All lessons were read by 0 of 1 colleague", "30 November 2026"} {
		if !strings.Contains(body, want) {
			t.Errorf("the checklist has no %q", want)
		}
	}
	if strings.Contains(body, "reader &lt;b&gt;") {
		t.Error("somebody who has not finished is named")
	}
	if response, _ := s.get("/primer.css"); response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/css") {
		t.Error("the style is not there")
	}
}
