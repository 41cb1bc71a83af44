package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/storagetest"
	"evangelist/storage/webstore"
)

// clock is set by hand.
type clock struct{ micros atomic.Int64 }

func (c *clock) Now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) forward(d time.Duration) { c.micros.Add(d.Microseconds()) }

// The people of the tests, by account.
const (
	colleague = bot.AccountID("play|colleague")
	curator   = bot.AccountID("play|curator")
	reader    = bot.AccountID("play|reader")
	lead      = bot.AccountID("play|lead")
	stranger  = bot.AccountID("play|stranger") // of another organisation
	leaver    = bot.AccountID("play|leaver")   // whose accounts are deactivated
)

// people is a register in memory.
type people struct {
	persons map[bot.PersonID]bot.Person
	closed  bot.AccountID // an account that is switched off, while its person is here
}

func newPeople() *people {
	p := &people{persons: map[bot.PersonID]bot.Person{}}
	for account, roles := range map[bot.AccountID][]bot.Role{
		colleague: nil, curator: nil, reader: {bot.Reader}, lead: {bot.Lead}, stranger: nil, leaver: nil,
	} {
		id := bot.PersonID(account.Native())
		p.persons[id] = bot.Person{ID: id, Name: "The " + account.Native(), Roles: roles, Inactive: account == leaver}
	}
	return p
}

func (p *people) Actor(_ context.Context, account bot.AccountID) (bot.Actor, error) {
	person, ok := p.persons[bot.PersonID(account.Native())]
	if !ok {
		return bot.Actor{Account: account}, nil
	}
	return bot.Actor{Account: account, Person: person.ID, Name: person.Name, Roles: person.Roles, External: account == stranger, Inactive: account == p.closed}, nil
}

func (p *people) Person(_ context.Context, id bot.PersonID) (bot.Person, error) {
	if person, ok := p.persons[id]; ok {
		return person, nil
	}
	return bot.Person{}, bot.ErrNotFound
}

func (p *people) Persons(context.Context, ...bot.PersonID) ([]bot.Person, error) {
	var all []bot.Person
	for _, person := range p.persons {
		all = append(all, person)
	}
	slices.SortFunc(all, func(a, b bot.Person) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func (p *people) Record(context.Context, []bot.AccountFact) (int, error) {
	return 0, errors.New("the web records nobody")
}

func (p *people) Change(context.Context, bot.PersonID, func(*bot.Person) ([]bot.Delivery, error)) error {
	return errors.New("the web changes nobody")
}

// register is what a test of the web never asks of the places.
type register = bot.Places

// places is a register of three places.
type places struct{ register }

func (places) Places(context.Context) ([]bot.Place, error) {
	return []bot.Place{
		{ID: "play|open", Name: "news", Kind: bot.OpenChannel}, {ID: "play|private", Name: "board-only", Kind: bot.PrivateChannel},
		{ID: "play|direct", Name: "somebody", Kind: bot.DirectChat},
	}, nil
}

// world is the whole site on a real store and a real router.
type world struct {
	t        *testing.T
	site     *web.Site
	router   *bot.Router
	people   *people
	editions *editions
	clock    *clock
	log      *bytes.Buffer
	asked    []bot.Invocation // what reached the test's own command
	reply    func(in bot.Invocation) (bot.Reply, error)
	as       bot.AccountID // who is somebody without signing in, as in the playground
}

func newWorld(t *testing.T, change func(*web.Config)) *world {
	t.Helper()
	w := &world{t: t, people: newPeople(), clock: &clock{}, log: &bytes.Buffer{}}
	w.clock.micros.Store(time.Date(2026, 11, 27, 8, 30, 0, 0, time.UTC).UnixMicro())
	w.editions = newEditions(w.clock.Now())
	logger := slog.New(slog.NewTextHandler(w.log, nil))
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: w.clock, Random: rand.Reader, Log: logger})
	config := web.Config{
		Do: w.router.Do, View: w.router.View, People: w.people, Places: places{}, Editions: w.editions,
		Store: webstore.New(storagetest.Memory(t), w.clock), Clock: w.clock, Random: rand.Reader, Log: logger,
		Organisation: bot.Organisation{Name: "The <Council>", Zone: time.UTC, PublicURL: "http://bot.example.org"},
		Secret:       []byte("a secret of the tests"),
		Identify:     func(*http.Request) (bot.AccountID, bool) { return w.as, w.as != "" },
		Home: func(ctx context.Context, account bot.AccountID) (bot.Message, error) {
			return w.router.Home(ctx, account)
		},
	}
	if change != nil {
		change(&config)
	}
	var err error
	if w.site, err = web.New(config); err != nil {
		t.Fatal(err)
	}
	w.addCommands()
	if err := w.router.Add(w.site.Commands()...); err != nil {
		t.Fatal(err)
	}
	return w
}

// addCommands declares commands that answer as a test wants.
func (w *world) addCommands() {
	w.t.Helper()
	run := func(_ context.Context, in bot.Invocation) (bot.Reply, error) {
		w.asked = append(w.asked, in)
		if w.reply == nil {
			return bot.Nothing{}, nil
		}
		return w.reply(in)
	}
	form := func(title, command string) func(context.Context, bot.Invocation) (*bot.Form, error) {
		return func(_ context.Context, in bot.Invocation) (*bot.Form, error) {
			return &bot.Form{Title: title, Command: command, Arg: in.Arg, Fields: []bot.Field{
				{Name: "words", Kind: bot.ParagraphField, Label: "Your words", Required: true, Max: 100},
				{Name: "who", Kind: bot.PersonField, Label: "Who"}, {Name: "where", Kind: bot.PlaceField, Label: "Where"},
			}}, nil
		}
	}
	err := w.router.Add(
		bot.Command{Name: "test.run", Needs: bot.Colleague, Run: run},
		bot.Command{Name: "test.form", Needs: bot.Colleague, Form: form("A test form", "test.form"), Run: run},
		bot.Command{Name: "voices.code", Needs: bot.Anybody, Discreet: true, Form: form("Private code", "voices.code"), Run: run},
		bot.Command{Name: "voices.concern", Needs: bot.Colleague, Discreet: true, Form: form("Your concern", "voices.concern"), Run: run},
		bot.Command{Name: "voices.idea", Needs: bot.Colleague, Discreet: true, Form: form("Your idea", "voices.idea"), Run: run},
		bot.Command{Name: "digest.find", Needs: bot.Colleague, Form: form("Put a link forward", "digest.find"), Run: run},
		bot.Command{Name: "digest.open", Needs: bot.Colleague, Run: run},
	)
	if err != nil {
		w.t.Fatal(err)
	}
}

// response is what came back.
type response struct {
	*http.Response
	body string
}

// visitor is a browser with cookies.
type visitor struct {
	w       *world
	cookies map[string]*http.Cookie
	header  http.Header
}

func (w *world) visitor() *visitor {
	return &visitor{w: w, cookies: map[string]*http.Cookie{}, header: http.Header{}}
}

func (v *visitor) request(method, target string, body io.Reader) response {
	v.w.t.Helper()
	r := httptest.NewRequest(method, "http://bot.example.org"+target, body)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://bot.example.org")
	}
	for name, values := range v.header {
		r.Header[name] = values
	}
	for _, cookie := range v.cookies {
		r.AddCookie(cookie)
	}
	recorder := httptest.NewRecorder()
	v.w.site.ServeHTTP(recorder, r)
	result := recorder.Result()
	for _, cookie := range result.Cookies() {
		if cookie.MaxAge < 0 {
			delete(v.cookies, cookie.Name)
		} else {
			v.cookies[cookie.Name] = cookie
		}
	}
	return response{Response: result, body: recorder.Body.String()}
}

func (v *visitor) get(target string) response { v.w.t.Helper(); return v.request("GET", target, nil) }

func (v *visitor) post(target string, values url.Values) response {
	v.w.t.Helper()
	return v.request("POST", target, strings.NewReader(values.Encode()))
}

// signIn asks the bot for a link and uses it.
func (v *visitor) signIn(account bot.AccountID) response {
	v.w.t.Helper()
	return v.post("/sign-in", url.Values{"t": {v.w.link(account)}})
}

var tokenPattern = regexp.MustCompile(`/sign-in\?t=([A-Z2-7]+)`)

// link has the bot hand out a link in chat, and returns its token.
func (w *world) link(account bot.AccountID) string {
	w.t.Helper()
	reply := w.router.Do(context.Background(), bot.Invocation{Actor: bot.Actor{Account: account}, Command: "evangelist", Words: "sign-in"})
	say, ok := reply.(bot.Say)
	if !ok || say.Public {
		w.t.Fatalf("the bot answers %+v", reply)
	}
	for _, block := range say.Message.Blocks {
		if p, is := block.(bot.Paragraph); is {
			for _, span := range p.Text {
				if found := tokenPattern.FindStringSubmatch(span.URL); found != nil && strings.HasPrefix(span.URL, "http://bot.example.org/") {
					return found[1]
				}
			}
		}
	}
	w.t.Fatalf("no link in %+v", say.Message)
	return ""
}

func (r response) want(t *testing.T, status int, words ...string) response {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("%s, want %d:\n%s", r.Status, status, r.body)
	}
	for _, word := range words {
		if !strings.Contains(r.body, word) {
			t.Fatalf("%q is not on the page:\n%s", word, r.body)
		}
	}
	return r
}

func (r response) without(t *testing.T, words ...string) response {
	t.Helper()
	for _, word := range words {
		if strings.Contains(r.body, word) {
			t.Fatalf("%q is on the page:\n%s", word, r.body)
		}
	}
	return r
}

func (r response) to(t *testing.T, path string) {
	t.Helper()
	if got := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || got != path {
		t.Fatalf("%s to %q, want 303 to %q", r.Status, got, path)
	}
}

var sealedPattern = regexp.MustCompile(`name="form" value="([^"]+)"`)

// sealed finds the form on a page, as it travels.
func (r response) sealed(t *testing.T) string {
	t.Helper()
	found := sealedPattern.FindStringSubmatch(r.body)
	if found == nil {
		t.Fatalf("no form on the page:\n%s", r.body)
	}
	return found[1]
}

// editions is what the archive and the desk read, in memory.
type editions struct {
	digest digests.Digest
	next   digests.Edition
	proof  digests.Proof
	issues []digests.Issue // the newest first
	fail   error
}

func newEditions(now time.Time) *editions {
	item := func(id, title string) digests.Item {
		return digests.Item{
			ID: id, Title: title, URL: "https://example.org/" + id, Source: "example.org", Site: "example.org", Score: 3.25, Shares: 2, Engaged: 4,
			Why: []string{"shared by two people", "nominated"}, Sharers: []digests.Sharer{{Key: "p", Person: "p", Name: "Ada", Department: "Libraries"}},
		}
	}
	content := digests.Content{
		Digest: "Friday roundup", Slug: "friday-roundup", From: now.AddDate(0, 0, -7), To: now, Zone: "UTC", Candidates: 9,
		Items: []digests.Item{item("aaa", "First <thing>"), item("bbb", "Second thing"), item("ccc", "Third thing")},
		Sections: []digests.Section{{Key: "heard", Heading: "Heard and answered", Items: []digests.SectionItem{
			{ID: "I-7F3K", Lines: []bot.Spans{bot.T("You said it.")}}}}},
	}
	content.Items[1].Because, content.Items[1].Pinned, content.Items[1].Private = "it is short.", true, true
	e := &editions{
		digest: digests.Digest{ID: "d1", Slug: "friday-roundup", Name: "Friday roundup", Zone: "UTC", Curator: "curator", IfUndecided: digests.Wait},
		next:   digests.Edition{ID: "e9", Digest: "d1", State: digests.Draft, Due: now.Add(30 * time.Minute)},
		proof: digests.Proof{
			Content: content, Next: []digests.Item{item("ddd", "Next thing")}, Dropped: []digests.Item{item("eee", "Dropped thing")}, Out: []string{"learned/x"},
		},
	}
	for n := 45; n > 0; n-- {
		issue := digests.Issue{ID: "e-" + number(n), Slug: "friday-" + number(n), Digest: "d1", PublishedAt: now.AddDate(0, 0, -7*(46-n)), Content: content}
		issue.Content.Items = slices.Clone(content.Items)
		issue.Content.Items[0].Title = "Title of <" + number(n) + ">"
		e.issues = append(e.issues, issue)
	}
	return e
}

func number(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

func (e *editions) Digests(context.Context) ([]digests.Digest, error) {
	return []digests.Digest{e.digest}, e.fail
}

func (e *editions) Next(_ context.Context, id string) (digests.Edition, error) {
	if id != e.digest.ID {
		return digests.Edition{}, bot.ErrNotFound
	}
	return e.next, nil
}

func (e *editions) Proof(context.Context, digests.Edition) (digests.Proof, error) {
	return e.proof, nil
}

func (e *editions) Issues(_ context.Context, _, text string, before time.Time, limit int) ([]digests.Issue, error) {
	var out []digests.Issue
	for _, issue := range e.issues {
		if (before.IsZero() || issue.PublishedAt.Before(before)) && strings.Contains(issue.Content.Items[0].Title, text) && len(out) < limit {
			out = append(out, issue)
		}
	}
	return out, nil
}

func (e *editions) Issue(_ context.Context, id string) (digests.Issue, error) {
	for _, issue := range e.issues {
		if issue.ID == id || issue.Slug == id {
			return issue, nil
		}
	}
	return digests.Issue{}, bot.ErrNotFound
}
