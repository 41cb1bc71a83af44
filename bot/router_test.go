package bot_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

// register is a register of people in memory: it only reads.
type register map[bot.AccountID]bot.Actor

func (r register) Actor(_ context.Context, id bot.AccountID) (bot.Actor, error) {
	actor := r[id]
	actor.Account = id
	return actor, nil
}
func (register) Record(context.Context, []bot.AccountFact) (int, error) {
	panic("a router never writes")
}
func (register) Person(context.Context, bot.PersonID) (bot.Person, error)       { panic("not asked") }
func (register) Persons(context.Context, ...bot.PersonID) ([]bot.Person, error) { panic("not asked") }
func (register) Change(context.Context, bot.PersonID, func(*bot.Person) ([]bot.Delivery, error)) error {
	panic("a router never writes")
}

var lead = bot.Actor{Account: "p|lead", Person: "1", Name: "Lead", Roles: []bot.Role{bot.Lead}}

func newRouter(t *testing.T, log *bytes.Buffer, commands ...bot.Command) (*bot.Router, *hand) {
	t.Helper()
	return newWordedRouter(t, log, nil, commands...)
}

// newWordedRouter has slash words of the installation's own.
func newWordedRouter(t *testing.T, log *bytes.Buffer, slash map[string]string, commands ...bot.Command) (*bot.Router, *hand) {
	t.Helper()
	clock := &hand{now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	router := bot.NewRouter(bot.RouterConfig{
		People: register{"p|lead": lead, "p|ada": {Person: "2", Name: "Ada"}, "p|guest": {Person: "3", External: true}, "p|left": {Person: "4", Roles: []bot.Role{bot.Lead}, Inactive: true}},
		Clock:  clock, Random: rand.Reader, Log: slog.New(slog.NewTextHandler(log, nil)), Slash: slash,
	})
	if err := router.Add(commands...); err != nil {
		t.Fatal(err)
	}
	return router, clock
}

func echo(name string, needs bot.Role, phrases ...string) bot.Command {
	return bot.Command{Name: name, Phrases: phrases, Needs: needs, Help: "Echo.", Run: func(_ context.Context, in bot.Invocation) (bot.Reply, error) {
		return bot.Say{Message: bot.Notice(name + ":" + in.Words + ":" + in.Arg)}, nil
	}}
}

func said(t *testing.T, reply bot.Reply) string {
	t.Helper()
	say, ok := reply.(bot.Say)
	if !ok {
		t.Fatalf("got %T, want Say", reply)
	}
	return say.Message.Summary
}

func TestTheLongestPhraseWins(t *testing.T) {
	router, _ := newRouter(t, &bytes.Buffer{}, echo("digest", bot.Anybody, "digest"), echo("digest.add", bot.Anybody, "digest add"))
	for words, want := range map[string]string{
		"":                         "digest::",
		"nothing known":            "digest:nothing known:",
		"add":                      "digest.add::",
		"ADD https://x  it  helps": "digest.add:https://x  it  helps:",
		"  add\thttps://x":         "digest.add:https://x:",
		"adder":                    "digest:adder:",
	} {
		if got := said(t, router.Do(t.Context(), bot.Invocation{Actor: bot.Actor{Account: "p|ada"}, Command: "digest", Words: words})); got != want {
			t.Errorf("%q: got %q, want %q", words, got, want)
		}
	}
	if got := said(t, router.Do(t.Context(), bot.Invocation{Command: "nonsense"})); !strings.Contains(got, "/evangelist help") {
		t.Errorf("unknown command: %q", got)
	}
}

func TestRolesAreCheckedBeforeAnythingRuns(t *testing.T) {
	router, _ := newRouter(t, &bytes.Buffer{}, echo("open", bot.Anybody), echo("ours", bot.Colleague), echo("leads", bot.Lead), echo("readers", bot.Reader))
	may := map[bot.AccountID]string{"": "open", "p|guest": "open", "p|left": "open", "p|new": "open ours", "p|ada": "open ours", "p|lead": "open ours leads"}
	for account, commands := range may {
		for _, command := range []string{"open", "ours", "leads", "readers"} {
			// What the adapter claims about roles must not matter.
			in := bot.Invocation{Actor: bot.Actor{Account: account, Roles: []bot.Role{bot.Lead, bot.Reader}}, Command: command}
			ran := strings.HasPrefix(said(t, router.Do(t.Context(), in)), command+":")
			if want := strings.Contains(" "+commands+" ", " "+command+" "); ran != want {
				t.Errorf("%q asks for %s: ran %v, want %v", account, command, ran, want)
			}
		}
	}
}

func TestFormsGetANonceAndKeepGoing(t *testing.T) {
	form := bot.Command{Name: "raise", Form: func(context.Context, bot.Invocation) (*bot.Form, error) {
		return &bot.Form{Title: "Raise", Fields: []bot.Field{{Name: "words", Kind: bot.ParagraphField, Required: true}}}, nil
	}, Run: func(_ context.Context, in bot.Invocation) (bot.Reply, error) {
		return bot.Done{Message: bot.Notice(in.Value("words") + "|" + in.Nonce)}, nil
	}}
	router, _ := newRouter(t, &bytes.Buffer{}, form)
	ask, ok := router.Do(t.Context(), bot.Invocation{Command: "raise"}).(bot.Ask)
	if !ok || ask.Form.Command != "raise" || len(ask.Form.Nonce) != 26 || ask.Form.Submit == "" {
		t.Fatalf("got %+v", ask)
	}
	other := router.Do(t.Context(), bot.Invocation{Command: "raise"}).(bot.Ask)
	if other.Form.Nonce == ask.Form.Nonce {
		t.Fatal("two forms share a nonce")
	}
	done, ok := router.Do(t.Context(), bot.Invocation{Command: "raise", Nonce: ask.Form.Nonce, Values: map[string][]string{"words": {" a\x00b\r\n "}}}).(bot.Done)
	if !ok || done.Message.Summary != "ab|"+ask.Form.Nonce {
		t.Fatalf("got %+v", done)
	}
}

func TestFailuresBecomeSentences(t *testing.T) {
	const secret = "what somebody typed"
	var log bytes.Buffer
	fail := func(name string, discreet bool, run func() (bot.Reply, error)) bot.Command {
		return bot.Command{Name: name, Discreet: discreet, Run: func(context.Context, bot.Invocation) (bot.Reply, error) { return run() }}
	}
	router, _ := newRouter(t, &log,
		fail("known", false, func() (bot.Reply, error) { return nil, bot.Refuse("x", "Not today. Try tomorrow.") }),
		fail("broken", false, func() (bot.Reply, error) { return nil, errors.New("disk on fire") }),
		fail("panics", false, func() (bot.Reply, error) { panic(secret) }),
		fail("discreet", true, func() (bot.Reply, error) { panic(secret) }),
		fail("silent", false, func() (bot.Reply, error) { return nil, nil }),
	)
	if got := said(t, router.Do(t.Context(), bot.Invocation{Command: "known"})); got != "Not today. Try tomorrow." || log.Len() != 0 {
		t.Fatalf("got %q, log %q", got, log.String())
	}
	got := said(t, router.Do(t.Context(), bot.Invocation{Command: "broken"}))
	_, after, found := strings.Cut(got, "reference ")
	if !found || strings.Contains(got, "disk") || !strings.Contains(log.String(), strings.TrimSuffix(after, ".")) || !strings.Contains(log.String(), "disk on fire") {
		t.Fatalf("got %q, log %q", got, log.String())
	}
	log.Reset()
	said(t, router.Do(t.Context(), bot.Invocation{Command: "panics"}))
	if strings.Contains(log.String(), secret) || !strings.Contains(log.String(), "router_test.go") {
		t.Fatalf("log %q", log.String())
	}
	log.Reset()
	said(t, router.Do(t.Context(), bot.Invocation{Command: "discreet"}))
	if strings.Contains(log.String(), "command=discreet") {
		t.Fatalf("log %q", log.String())
	}
	if _, ok := router.Do(t.Context(), bot.Invocation{Command: "silent"}).(bot.Nothing); !ok {
		t.Fatal("no reply became no answer")
	}
}

func TestRateLimit(t *testing.T) {
	router, clock := newRouter(t, &bytes.Buffer{}, echo("open", bot.Anybody))
	ask := func(account bot.AccountID) bool {
		return strings.HasPrefix(said(t, router.Do(t.Context(), bot.Invocation{Actor: bot.Actor{Account: account}, Command: "open"})), "open:")
	}
	for range 30 {
		if !ask("p|ada") {
			t.Fatal("refused too early")
		}
	}
	if ask("p|ada") {
		t.Fatal("not refused")
	}
	if !ask("p|lead") {
		t.Fatal("one account's haste stopped another")
	}
	clock.now = clock.now.Add(-time.Hour)
	if ask("p|ada") {
		t.Fatal("a clock that went back refilled the bucket")
	}
	clock.now = clock.now.Add(2 * time.Second)
	if !ask("p|ada") || ask("p|ada") {
		t.Fatal("two seconds refill one of thirty a minute")
	}
}

func TestVisitorsWithoutAccountStopNobody(t *testing.T) {
	router, _ := newRouter(t, &bytes.Buffer{}, echo("open", bot.Anybody))
	for range 1000 {
		if got := said(t, router.Do(t.Context(), bot.Invocation{Command: "open"})); !strings.HasPrefix(got, "open:") {
			t.Fatalf("somebody without an account was refused for what others did: %q", got)
		}
	}
}

func TestDeclaringTwiceIsReported(t *testing.T) {
	router, _ := newRouter(t, &bytes.Buffer{}, echo("a", bot.Anybody, "x"))
	for _, command := range []bot.Command{echo("a", bot.Anybody), echo("b", bot.Anybody, "x"), {Name: "c"}, echo("", bot.Anybody)} {
		if err := router.Add(command); err == nil {
			t.Errorf("%q was accepted", command.Name)
		}
	}
}

func TestHelpListsWhatTheActorMay(t *testing.T) {
	router, _ := newRouter(t, &bytes.Buffer{}, echo("one", bot.Anybody, "one"), echo("two", bot.Lead, "two"))
	text := func(actor bot.Actor) string {
		raw, err := router.Help(actor).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if got := text(bot.Actor{Account: "p|ada"}); !strings.Contains(got, "/one") || strings.Contains(got, "/two") {
		t.Fatal(got)
	}
	if got := text(lead); !strings.Contains(got, "/two") {
		t.Fatal(got)
	}
}

func TestIDs(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	before := ""
	for range 100 {
		id, err := bot.NewID(at, rand.Reader)
		if err != nil || len(id) != 36 || id[14] != '7' || seen[id] {
			t.Fatalf("%s, %v", id, err)
		}
		seen[id] = true
		at = at.Add(time.Millisecond)
		if id <= before {
			t.Fatal("ids do not sort by time")
		}
		before = id
		random, err := bot.NewRandomID(rand.Reader)
		if err != nil || random[14] != '4' || seen[random] {
			t.Fatalf("%s, %v", random, err)
		}
		reference, err := bot.NewReference(rand.Reader)
		if err != nil || len(reference) != 4 || strings.ContainsAny(reference, "01ILO") {
			t.Fatalf("%s, %v", reference, err)
		}
	}
	empty := &bytes.Buffer{}
	if _, err := bot.NewID(at, empty); err == nil {
		t.Fatal("an id without chance")
	}
	id := bot.NewAccountID("play", "U|1")
	if id.Platform() != "play" || id.Native() != "U|1" {
		t.Fatalf("%s: %s, %s", id, id.Platform(), id.Native())
	}
}
