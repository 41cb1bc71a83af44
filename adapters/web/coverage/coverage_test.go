package coverage_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/web/coverage"
	"evangelist/adapters/web/shell"
	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/bot/schedule"
	"evangelist/storage/kernelstore"
	"evangelist/storage/rosterstore"
	"evangelist/storage/storagetest"
)

type fixedClock struct{ now time.Time }

func (c fixedClock) Now() time.Time { return c.now }

// site is the page on a real store, with a lead and forty colleagues.
type site struct {
	*testing.T
	shell *shell.Shell
	as    bot.AccountID // who visits; empty: nobody is signed in
}

func account(n int) bot.AccountID { return bot.NewAccountID("play", fmt.Sprint("a", n)) }

func newSite(t *testing.T, colleagues int) *site {
	t.Helper()
	db, clock := storagetest.Memory(t), fixedClock{time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC)}
	people, places := kernelstore.NewPeople(db, clock, rand.Reader), kernelstore.NewPlaces(db, clock)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var facts []bot.AccountFact
	for i := range colleagues {
		facts = append(facts, bot.AccountFact{Account: account(i), Name: "Person " + string(rune('A'+i%26)), Department: []string{"Housing", "R&D <labs>", "Libraries and archives", "Parks"}[i%4],
			Level: []string{"Officer", "Manager", "Director", "Trainee", "Team lead"}[i%5]})
	}
	gone := true
	facts = append(facts, bot.AccountFact{Account: account(900), Name: "Person Left", Department: "Parks", Level: "Officer", Inactive: &gone},
		bot.AccountFact{Account: bot.NewAccountID("play", "stranger"), Name: "Stranger", External: true})
	_, err := people.Record(t.Context(), facts)
	ok(err)
	id := func(account bot.AccountID) bot.PersonID {
		actor, err := people.Actor(t.Context(), account)
		ok(err)
		return actor.Person
	}
	s := &site{T: t}
	stores := rosterstore.New(db, clock)
	organisation := bot.Organisation{Name: "Test Council", Zone: time.UTC}
	feature := roster.New(roster.Config{Organisation: organisation, People: people, Places: places, Stores: stores, Clock: clock, Random: rand.Reader,
		Planner: schedule.New(schedule.Config{Clock: clock, Store: kernelstore.NewSchedules(db)}),
		Members: func(context.Context) ([]roster.Member, error) {
			if colleagues == 0 {
				return nil, nil
			}
			return []roster.Member{{Person: id(account(0)), Part: roster.Leads}, {Person: id(account(2)), Part: roster.Supports}, {Person: id(account(4)), Part: roster.Follows}, {Person: id(account(900)), Part: roster.Supports}}, nil
		},
		Join: func(context.Context, bot.PersonID, roster.Part) error { return nil }, Leave: func(context.Context, bot.PersonID) error { return nil }})
	var router *bot.Router
	s.shell, err = shell.New(shell.Config{
		Do:     func(ctx context.Context, in bot.Invocation) bot.Reply { return router.Do(ctx, in) },
		People: people, Places: places, Organisation: organisation, Clock: clock, Random: rand.Reader, Secret: []byte("sixteen bytes and more"),
		Identify: func(*http.Request, bool) (bot.AccountID, bool, error) { return s.as, s.as != "", nil },
	})
	ok(err)
	router = bot.NewRouter(bot.RouterConfig{People: people, Clock: clock, Random: rand.Reader})
	ok(router.Add(feature.Commands()...))
	coverage.Attach(s.shell, feature.Sheet)
	_, err = people.Record(t.Context(), []bot.AccountFact{{Account: account(901), Name: "The Lead", Department: "Parks", Level: "Director"}})
	ok(err)
	ok(people.Change(t.Context(), id(account(901)), func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil }))
	for _, sweep := range feature.Sweeps() {
		_, err := sweep.Run(t.Context())
		ok(err)
	}
	if colleagues > 0 {
		speaks, asked := id(account(8)), id(account(1))
		ok(stores.Offices.Change(t.Context(), "Housing", "", func(o *roster.Office, _ *roster.Guest) ([]bot.Delivery, error) {
			o.Representative = roster.Holder{Person: speaks, Since: clock.now}
			return nil, nil
		}))
		ok(stores.Guests.Change(t.Context(), asked, func(g *roster.Guest) ([]bot.Delivery, error) {
			g.N, g.State, g.Department, g.Opened, g.Last, g.Reason = 1, roster.Asked, "R&D <labs>", clock.now, clock.now, "The secret reason"
			return nil, nil
		}))
		ok(stores.Decisions.Add(t.Context(), roster.Decision{ID: "d", Words: "One <b>template</b>", State: roster.ToDo, At: clock.now}, nil))
	}
	return s
}

func (s *site) get(path string) (*http.Response, string) {
	s.Helper()
	w := httptest.NewRecorder()
	s.shell.ServeHTTP(w, httptest.NewRequestWithContext(s.Context(), http.MethodGet, path, nil))
	return w.Result(), w.Body.String()
}

func TestWhoSeesThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t, 40)
	for _, c := range []struct {
		name string
		as   bot.AccountID
		want int
	}{
		{"nobody", "", 303}, {"colleague", account(1), 404}, {"lead", account(901), 200},
		{"stranger", bot.NewAccountID("play", "stranger"), 403}, {"who left", account(900), 303},
	} {
		s.as = c.as
		response, body := s.get(roster.Page)
		if response.StatusCode != c.want {
			t.Errorf("%s gets %d, not %d", c.name, response.StatusCode, c.want)
		}
		if c.want != 200 && strings.Contains(body, "Housing") {
			t.Errorf("%s reads %s", c.name, body)
		}
	}
}

func TestThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t, 40)
	s.as = account(901)
	response, body := s.get(roster.Page)
	if file := os.Getenv("EVANGELIST_TEST_PAGE"); file != "" {
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		"<h1>Departments and levels</h1>", "3 of 41 colleagues are with us. Nobody is in 2 of 4 departments.", "<caption>Who has a place",
		"R&amp;D &lt;labs&gt;", "Nobody yet since 26 November 2026", "asked, waits", `<th scope="col" role="columnheader">Director</th>`,
		`Person I <span class="as">representative</span>`, "Representative: Person I", "1 follow", `data-level="Trainee"`, "nobody yet of 2 colleagues",
		"Person Left", "account inactive", "Account inactive: ", "Take off the list", `value="roster.withdraw"`, `value="roster.invite"`, `name="back" value="/coverage"`,
		"One &lt;b&gt;template&lt;/b&gt;", `<link rel="stylesheet" href="/coverage.css">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q in\n%s", want, body)
		}
	}
	if n := strings.Count(body, "<h1>"); n != 1 {
		t.Errorf("%d main headings", n)
	}
	if regexp.MustCompile(` style=`).MatchString(body) || strings.Contains(body, "<b>template") || strings.Contains(body, "secret reason") {
		t.Error("a style stands in the page, what was typed is markup, or a reason is shown")
	}
	if response.Header.Get("Cache-Control") != "no-store" {
		t.Error("the page may be kept")
	}
	var order []int
	for _, department := range []string{">Housing<", ">Libraries and archives<", ">Parks<", ">R&amp;D"} {
		order = append(order, strings.Index(body, department))
	}
	for i := 1; i < len(order); i++ {
		if order[i-1] < 0 || order[i] < order[i-1] {
			t.Errorf("not in the order of the alphabet: %v", order)
		}
	}
	if response, body := s.get(roster.Page + ".css"); response.StatusCode != http.StatusOK || !strings.Contains(body, "@media print") {
		t.Error("no style")
	}
}

func TestAnEmptyRegister(t *testing.T) {
	t.Parallel()
	s := newSite(t, 0)
	s.as = account(901)
	if response, body := s.get(roster.Page); response.StatusCode != http.StatusOK || !strings.Contains(body, "0 of 1 colleague") {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

// A button of the page works without JavaScript: it opens the form of the department.
func TestTheButton(t *testing.T) {
	t.Parallel()
	s := newSite(t, 40)
	s.as = account(901)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/do", strings.NewReader("command=roster.invite&arg="+roster.OfficeID("Parks")+"&back=/coverage"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	s.shell.ServeHTTP(w, r)
	if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, "one colleague of Parks") || !strings.Contains(body, "Why this person?") {
		t.Errorf("%d %s", w.Code, body)
	}
}
