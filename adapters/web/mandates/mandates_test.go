package mandates_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	page "evangelist/adapters/web/mandates"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/mandates"
	"evangelist/storage/kernelstore"
	"evangelist/storage/mandatestore"
	"evangelist/storage/storagetest"
)

type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// site is the page on a real store: two leads, whom the letter is about, a colleague
// whose letter waits.
type site struct {
	*testing.T
	shell  *shell.Shell
	router *bot.Router
	as     bot.AccountID // who visits; empty: nobody is signed in
	signed string        // the id of a signed letter
	asked  string        // of one that waits
}

func account(name string) bot.AccountID { return bot.NewAccountID("play", name) }

func newSite(t *testing.T) *site {
	t.Helper()
	db, clock := storagetest.Memory(t), &fixedClock{time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)}
	people, stores := kernelstore.NewPeople(db, clock, rand.Reader), mandatestore.New(db, clock)
	s := &site{T: t}
	facts := []bot.AccountFact{{Account: account("stranger"), Name: "Stranger", External: true}}
	for _, name := range []string{"lead", "second lead", "owner <b>", "colleague"} {
		facts = append(facts, bot.AccountFact{Account: account(name), Name: name})
	}
	_, err := people.Record(t.Context(), facts)
	s.ok(err)
	id := func(name string) bot.PersonID {
		actor, err := people.Actor(t.Context(), account(name))
		s.ok(err)
		return actor.Person
	}
	for _, name := range []string{"lead", "second lead"} {
		s.ok(people.Change(t.Context(), id(name), func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil }))
	}
	organisation := bot.Organisation{Name: "Test Council", Zone: time.UTC}
	feature := mandates.New(mandates.Config{Organisation: organisation, People: people, Stores: stores, Clock: clock, Random: rand.Reader})
	s.router = bot.NewRouter(bot.RouterConfig{People: people, Clock: clock, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	s.ok(s.router.Add(feature.Commands()...))
	s.shell, err = shell.New(shell.Config{
		Do: s.router.Do, View: s.router.View, People: people, Places: kernelstore.NewPlaces(db, clock), Organisation: organisation, Clock: clock, Random: rand.Reader,
		Secret: []byte("sixteen bytes and more"), Identify: func(*http.Request, bool) (bot.AccountID, bool, error) { return s.as, s.as != "", nil },
	})
	s.ok(err)
	page.Attach(s.shell, feature.Letter)
	ask := func(name string) mandates.Mandate {
		s.do(name, "mandates.mine", "time", "hour", "freedoms", "talk", "signer", string(id("lead")), "words", "To help <script>x</script> at the counter.")
		all, err := stores.Mandates.List(t.Context(), mandates.Filter{Person: id(name)})
		s.ok(err)
		return all[0]
	}
	lead, err := people.Actor(t.Context(), account("lead"))
	s.ok(err)
	s.signed, s.asked = ask("owner <b>").ID, ask("colleague").ID
	s.ok(stores.Mandates.Change(t.Context(), s.signed, func(m *mandates.Mandate) ([]bot.Delivery, error) { return m.SignIt(lead, 1, clock.now) }))
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

// A signed letter is there for whom it is about and for whoever signed it; for all
// others, and before it is signed, nothing is there.
func TestWhoReadsALetter(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name          string
		signed, asked int
	}{
		{"owner <b>", 200, 404}, {"lead", 200, 404}, {"second lead", 404, 404}, {"colleague", 404, 404}, {"stranger", 403, 403}, {"", 303, 303},
	} {
		s.as = ""
		if c.name != "" {
			s.as = account(c.name)
		}
		for path, want := range map[string]int{"/mandates/" + s.signed: c.signed, "/mandates/" + s.asked: c.asked, "/mandates/none": c.asked} {
			response, body := s.get(path)
			if response.StatusCode != want {
				t.Errorf("%s gets %d for %s, not %d", c.name, response.StatusCode, path, want)
			}
			if want != 200 && strings.Contains(body, "counter") {
				t.Errorf("%s reads %s", c.name, body)
			}
			if want == 200 && response.Header.Get("Cache-Control") != "no-store" {
				t.Error("a letter stays in a cache")
			}
		}
	}
}

func TestTheLetter(t *testing.T) {
	s := newSite(t)
	for name, mine := range map[string]bool{"owner <b>": true, "lead": false} {
		s.as = account(name)
		_, body := s.get("/mandates/" + s.signed)
		for _, want := range []string{"<h1>Time for the programme: owner &lt;b&gt;</h1>", "an hour a week", "30 November 2027", "&lt;script&gt;x", "Nobody counts hours", `data-act="print"`, `href="/mandates.css"`} {
			if !strings.Contains(body, want) {
				t.Errorf("no %q in\n%s", want, body)
			}
		}
		if strings.Contains(body, "<script>x") || strings.Contains(body, " style=") || strings.Contains(body, `action="/do"`) || strings.Contains(body, "Only you and whoever signed it") != mine {
			t.Errorf("%s: markup, a style, a button, or the wrong small print in\n%s", name, body)
		}
	}
	if response, _ := s.get("/mandates.css"); response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/css") {
		t.Error("the style is not there")
	}
}
