package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/teams/graph"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"

	"pgregory.net/rapid"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// fixed is a token that the pretend tenant gave out.
type fixed struct {
	t     testing.TB
	teams *teamstest.Teams
	mu    sync.Mutex
	token string
	drops int
}

func (f *fixed) Token(context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.token == "" {
		f.token = f.teams.Grant(teamstest.GraphScope)
	}
	return f.token, nil
}

func (f *fixed) Drop(token string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.token == token {
		f.token = ""
		f.drops++
	}
}

type world struct {
	teams  *teamstest.Teams
	clock  *clock
	tokens *fixed
	client *graph.Client
	waits  []time.Duration
}

func open(t testing.TB, c teamstest.Config) *world {
	t.Helper()
	w := &world{clock: &clock{now: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}}
	c.Clock = w.clock
	w.teams = teamstest.New(t, c)
	w.tokens = &fixed{t: t, teams: w.teams}
	client, err := graph.New(graph.Config{
		BaseURL: w.teams.GraphURL(), AppID: w.teams.AppID(), Platform: "teams", Tokens: w.tokens, Clock: w.clock,
		Wait: func(_ context.Context, d time.Duration) error {
			w.waits = append(w.waits, d)
			w.clock.advance(d)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.client = client
	return w
}

func (w *world) people(t testing.TB) (map[string]bot.AccountFact, graph.Count) {
	t.Helper()
	got := map[string]bot.AccountFact{}
	count, err := w.client.People(t.Context(), func(_ context.Context, facts []bot.AccountFact) error {
		for _, fact := range facts {
			got[fact.Name] = fact
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, count
}

func TestPeople(t *testing.T) {
	w := open(t, teamstest.Config{PageSize: 3})
	add := func(name string, boss teamstest.User, change func(*teamstest.User)) teamstest.User {
		u := teamstest.User{Name: name, Email: strings.ToUpper(name) + "@Example.org", Manager: boss.ID, Department: "Housing", Title: "Officer"}
		if change != nil {
			change(&u)
		}
		return w.teams.AddUser(u)
	}
	top := add("Top", teamstest.User{}, nil)
	middle := add("Middle", top, nil)
	low := add("Low", middle, func(u *teamstest.User) { u.Disabled = true })
	add("Alone", teamstest.User{}, nil)
	add("Guest", middle, func(u *teamstest.User) { u.Guest = true })
	add("Bare", low, func(u *teamstest.User) { u.Email, u.Department, u.Title = "", "", "" })
	a := add("CircleA", teamstest.User{}, nil)
	b := add("CircleB", a, nil)
	a.Manager = b.ID
	w.teams.SetUser(a)
	add("BelowTheCircle", b, nil)
	self := add("Self", teamstest.User{}, nil)
	self.Manager = self.ID
	w.teams.SetUser(self)
	add("BelowNobody", teamstest.User{ID: "left-long-ago"}, nil)

	got, count := w.people(t)
	no, yes := false, true
	want := map[string]bot.AccountFact{
		"Top":    {Account: bot.NewAccountID("teams", top.ID), Name: "Top", Email: "top@example.org", Department: "Housing", Title: "Officer", Level: "Level 1", Inactive: &no},
		"Middle": {Account: bot.NewAccountID("teams", middle.ID), Name: "Middle", Email: "middle@example.org", Department: "Housing", Title: "Officer", Level: "Level 2", Manager: "top@example.org", Inactive: &no},
		"Low":    {Account: bot.NewAccountID("teams", low.ID), Name: "Low", Email: "low@example.org", Department: "Housing", Title: "Officer", Level: "Level 3", Manager: "middle@example.org", Inactive: &yes},
	}
	for name, fact := range want {
		if show(got[name]) != show(fact) {
			t.Errorf("%s is %s, want %s", name, show(got[name]), show(fact))
		}
	}
	for name, level := range map[string]string{"Alone": "", "Guest": "", "Bare": "Level 4", "CircleA": "", "CircleB": "", "BelowTheCircle": "", "Self": "", "BelowNobody": ""} {
		if got[name].Level != level {
			t.Errorf("%s has the level %q, want %q", name, got[name].Level, level)
		}
	}
	if !got["Guest"].External || got["Top"].External || got["Bare"].Email != "" || got["BelowNobody"].Manager != "" || got["Self"].Manager != "" {
		t.Errorf("%+v", got)
	}
	if count != (graph.Count{People: 11, Guests: 1, Inactive: 1, Chained: 4}) || len(got) != 11 {
		t.Errorf("%+v of %d", count, len(got))
	}
	again, _ := w.people(t)
	for name := range got {
		if show(got[name]) != show(again[name]) {
			t.Errorf("%s is %s the second time", name, show(again[name]))
		}
	}
}

func show(fact bot.AccountFact) string {
	text, _ := json.Marshal(fact)
	return string(text)
}

// Whatever the chain of managers looks like: a level is one below the manager's,
// and somebody on the way to a circle has none.
func TestLevelsOfAnyChain(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := open(t, teamstest.Config{PageSize: 7})
		n := rapid.IntRange(1, 25).Draw(r, "people")
		users := make([]teamstest.User, n)
		boss := make([]int, n)
		for i := range users {
			users[i] = w.teams.AddUser(teamstest.User{Name: fmt.Sprint(i)})
		}
		for i := range users {
			boss[i] = rapid.IntRange(-1, n-1).Draw(r, "boss")
			if boss[i] >= 0 {
				users[i].Manager = users[boss[i]].ID
				w.teams.SetUser(users[i])
			}
			if boss[i] == i {
				boss[i] = -1
			}
		}
		got, _ := w.people(t)
		for i := range users {
			above, at := 0, i
			for boss[at] >= 0 && above <= n {
				above, at = above+1, boss[at]
			}
			want := fmt.Sprint("Level ", above+1)
			if above > n || above == 0 && !slices.Contains(boss, i) {
				want = ""
			}
			if level := got[fmt.Sprint(i)].Level; level != want {
				r.Fatalf("%d has %q, want %q; managers: %v", i, level, want, boss)
			}
		}
	})
}

func TestPeopleWaitsWhenTold(t *testing.T) {
	w := open(t, teamstest.Config{PageSize: 1})
	for i := range 3 {
		w.teams.AddUser(teamstest.User{Name: fmt.Sprint(i)})
	}
	script := []teamstest.Fault{{}, teamstest.Throttled("7"), teamstest.Throttled("nonsense"), teamstest.Failed(503), {}, teamstest.Page(200), {}}
	w.teams.Inject(func(teamstest.Call) teamstest.Fault {
		next := script[0]
		script = script[1:]
		return next
	})
	got, _ := w.people(t)
	if len(got) != 3 || !slices.Equal(w.waits, []time.Duration{7 * time.Second, 4 * time.Second, 8 * time.Second, 2 * time.Second}) {
		t.Errorf("%d people, waited %v", len(got), w.waits)
	}
}

func TestPeopleGivesUp(t *testing.T) {
	for name, tc := range map[string]struct {
		fault teamstest.Fault
		tries int
	}{
		"forbidden":          {teamstest.Refused(403, "Authorization_RequestDenied"), 1},
		"throttled for ever": {teamstest.Throttled("1"), 8},
		"a page":             {teamstest.Page(200), 8},
		"elsewhere":          {teamstest.Fault{Status: 200, Body: `{"value":[],"@odata.nextLink":"https://evil.example/v1.0/users"}`}, 1},
		"in a circle":        {teamstest.Fault{Status: 200, Body: `{"value":[],"@odata.nextLink":"BASE/users?x"}`}, 2},
	} {
		w := open(t, teamstest.Config{})
		tc.fault.Body = strings.ReplaceAll(tc.fault.Body, "BASE", w.teams.GraphURL())
		w.teams.Inject(func(teamstest.Call) teamstest.Fault { return tc.fault })
		_, err := w.client.People(t.Context(), func(context.Context, []bot.AccountFact) error {
			t.Errorf("%s: something was handed over", name)
			return nil
		})
		if n := len(w.teams.Calls("graph.users")); err == nil || n != tc.tries {
			t.Errorf("%s: %d tries, %v", name, n, err)
		}
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	w := open(t, teamstest.Config{})
	w.teams.AddUser(teamstest.User{Name: "Ann"})
	if got, _ := w.people(t); len(got) != 1 {
		t.Fatal(got)
	}
	w.teams.RevokeTokens()
	if got, _ := w.people(t); len(got) != 1 || w.tokens.drops != 1 {
		t.Errorf("%d people, %d tokens dropped", len(got), w.tokens.drops)
	}
	w.teams.Inject(func(teamstest.Call) teamstest.Fault { return teamstest.Refused(401, "InvalidAuthenticationToken") })
	if _, err := w.client.People(t.Context(), nil); err == nil || w.tokens.drops != 3 {
		t.Errorf("%v, %d tokens dropped", err, w.tokens.drops)
	}
}

func TestTheAddressIsChecked(t *testing.T) {
	for _, address := range []string{"", "http://graph.microsoft.com/v1.0", "https://me@graph.microsoft.com/v1.0", "ftp://graph.microsoft.com", "https://graph.microsoft.com/v1.0?x"} {
		if _, err := graph.New(graph.Config{BaseURL: address, Tokens: &fixed{}, Platform: "teams"}); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}

func TestAFailingKeepEndsTheReading(t *testing.T) {
	w := open(t, teamstest.Config{})
	for i := range 700 {
		w.teams.AddUser(teamstest.User{Name: fmt.Sprint(i)})
	}
	full := errors.New("full")
	calls := 0
	_, err := w.client.People(t.Context(), func(_ context.Context, facts []bot.AccountFact) error {
		if calls++; len(facts) != 500 {
			t.Errorf("%d facts at once", len(facts))
		}
		return full
	})
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}
