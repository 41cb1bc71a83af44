package mandatestore_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/mandates"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/mandatestore"
)

var begin = time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC) // a Monday

const day = 24 * time.Hour

type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// counting is randomness that never repeats within a test.
type counting struct{ n uint64 }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n = c.n*6364136223846793005 + 1442695040888963407
		p[i] = byte(c.n >> 56)
	}
	return len(p), nil
}

// world is an installation in the small: two leads (Nora, Lou) and colleagues.
type world struct {
	t       *testing.T
	db      *engine.DB
	clock   *fixedClock
	people  *kernelstore.People
	stores  mandates.Stores
	feature *mandates.Feature
	router  *bot.Router
	presses int
	form    bot.Form // the last one that opened
}

func newWorld(t *testing.T, db *engine.DB) *world {
	t.Helper()
	clock, chance := &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), stores: mandatestore.New(db, clock)}
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = mandates.New(mandates.Config{
		Organisation: bot.Organisation{Name: "Test Council", Zone: time.UTC}, People: w.people, Stores: w.stores, Clock: clock, Random: chance,
		Member:    func(_ context.Context, person bot.PersonID) (bool, error) { return person != w.id("cleo"), nil },
		Champions: func(context.Context) ([]bot.PersonID, error) { return []bot.PersonID{w.id("bea"), w.id("nora")}, nil },
	})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, name := range []string{"nora", "lou", "gwen", "bea", "cleo", "dan"} {
		w.record(bot.AccountFact{Name: name, Email: name + "@example.org", Department: "Libraries"})
	}
	for _, name := range []string{"nora", "lou"} {
		w.change(name, func(p *bot.Person) { p.Roles = []bot.Role{bot.Lead} })
	}
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func account(name string) bot.AccountID { return bot.NewAccountID("test", name) }

func (w *world) record(fact bot.AccountFact) {
	w.t.Helper()
	fact.Account = account(fact.Name)
	_, err := w.people.Record(w.t.Context(), []bot.AccountFact{fact})
	w.ok(err)
}

func (w *world) change(name string, rule func(*bot.Person)) {
	w.t.Helper()
	w.ok(w.people.Change(w.t.Context(), w.id(name), func(p *bot.Person) ([]bot.Delivery, error) { rule(p); return nil, nil }))
}

func (w *world) id(name string) bot.PersonID {
	w.t.Helper()
	actor, err := w.people.Actor(w.t.Context(), account(name))
	w.ok(err)
	return actor.Person
}

func (w *world) do(name string, in bot.Invocation) bot.Reply {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(3 * time.Second) // so that nobody is too fast
	in.Actor, in.Workspace = bot.Actor{Account: account(name), Name: name}, "test"
	w.presses++
	in.Nonce = fmt.Sprint("press ", w.presses)
	return w.router.Do(w.t.Context(), in)
}

func (w *world) say(name, words string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: "evangelist", Words: words})
}

func (w *world) press(name, command, arg string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: command, Arg: arg})
}

// send submits a form with pairs of field and answer.
func (w *world) send(name, command, arg string, pairs ...string) bot.Reply {
	w.t.Helper()
	values := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	return w.do(name, bot.Invocation{Command: command, Arg: arg, Values: values})
}

// text returns everything that a reply shows.
func (w *world) text(reply bot.Reply) string {
	w.t.Helper()
	var message bot.Message
	switch reply := reply.(type) {
	case bot.Say:
		message = reply.Message
	case bot.Done:
		message = reply.Message
	case bot.Invalid:
		return fmt.Sprint(reply.Fields)
	case bot.Ask:
		w.form = reply.Form
		return fmt.Sprintf("form %s %+v", reply.Form.Title, reply.Form.Fields)
	default:
		w.t.Fatalf("nothing to read: %#v", reply)
	}
	return w.shown(message)
}

func (w *world) shown(message bot.Message) string {
	w.t.Helper()
	raw, err := message.MarshalJSON()
	w.ok(err)
	return strings.ReplaceAll(string(raw), `\"`, "'")
}

// has expects words in a reply, and those after a "~" not.
func (w *world) has(what string, reply bot.Reply, wanted ...string) {
	w.t.Helper()
	w.holds(what, w.text(reply), wanted...)
}

func (w *world) holds(what, text string, wanted ...string) {
	w.t.Helper()
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "~"); banned == strings.Contains(text, not) {
			w.t.Errorf("%s: %q in\n%s", what, want, text)
		}
	}
}

// until lets time go by to a moment, in steps of a week, with two replicas that
// sweep at each.
func (w *world) until(at time.Time) {
	w.t.Helper()
	for ; w.clock.now.Before(at); w.clock.now = w.clock.now.Add(7 * day) {
		w.sweep()
	}
	w.clock.now = at
	w.sweep()
}

func (w *world) sweep() {
	w.t.Helper()
	for range 2 {
		for _, sweep := range w.feature.Sweeps() {
			next, err := sweep.Run(w.t.Context())
			w.ok(err)
			if !next.IsZero() && !next.After(w.clock.now) {
				w.t.Errorf("%s is due again at %s, which has passed", sweep.Name, next)
			}
		}
	}
}

// mail lists what somebody is sent: key without ids, class and state.
func (w *world) mail(name string) []string {
	w.t.Helper()
	var all []string
	id := w.id(name)
	w.ok(w.db.Read(w.t.Context(), func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, func(row engine.Scanner) (string, error) {
			var key, class string
			err := row.Scan(&key, &class)
			parts := strings.SplitN(key, "/", 3)
			return strings.TrimSuffix(strings.TrimSuffix(parts[0]+"/"+parts[2], string(id)), "/") + " " + class, err
		}, `SELECT key, class FROM deliveries WHERE person = $1 ORDER BY seq`, id)
		return err
	}))
	return all
}

func (w *world) wants(name string, want ...string) {
	w.t.Helper()
	if got := w.mail(name); !slices.Equal(got, want) {
		w.t.Errorf("%s got %v, not %v", name, got, want)
	}
}

func (w *world) actor(name string) bot.Actor {
	w.t.Helper()
	actor, err := w.people.Actor(w.t.Context(), account(name))
	w.ok(err)
	return actor
}

// letter is the newest one of somebody.
func (w *world) letter(name string) mandates.Mandate {
	w.t.Helper()
	all, err := w.stores.Mandates.List(w.t.Context(), mandates.Filter{Person: w.id(name)})
	w.ok(err)
	if len(all) == 0 {
		w.t.Fatalf("%s has no letter", name)
	}
	return all[0]
}

func (w *world) resource() mandates.Resource {
	w.t.Helper()
	all, err := w.stores.Resources.List(w.t.Context(), "")
	w.ok(err)
	if len(all) == 0 {
		w.t.Fatal("nothing was asked for")
	}
	return all[0]
}

// ask asks for a letter.
func (w *world) ask(name, signer string, more ...string) bot.Reply {
	w.t.Helper()
	return w.send(name, "mandates.mine", "", append([]string{"time", "hour", "freedoms", "talk", "signer", string(w.id(signer)), "words", "To help at the counter."}, more...)...)
}
