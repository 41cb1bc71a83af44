package rosterstore_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/rosterstore"
	"evangelist/storage/storagetest"
)

// begin is a Thursday.
var begin = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

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

// world is an installation in the small: the leads lea and lou, h1 to h5 in Housing,
// p1 to p3 in Parks. parts is the list of who leads or supports.
type world struct {
	t         *testing.T
	db        *engine.DB
	clock     *fixedClock
	people    *kernelstore.People
	places    *kernelstore.Places
	stores    roster.Stores
	feature   *roster.Feature
	router    *bot.Router
	scheduler *schedule.Scheduler
	parts     map[bot.PersonID]roster.Part
	joinFails error
	items     []roster.Item
	presses   int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, storagetest.Memory(t))
}

func worldOn(t *testing.T, db *engine.DB) *world {
	t.Helper()
	clock, chance := &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), places: kernelstore.NewPlaces(db, clock),
		stores: rosterstore.New(db, clock), parts: map[bot.PersonID]roster.Part{}}
	w.scheduler = schedule.New(schedule.Config{Clock: clock, Store: kernelstore.NewSchedules(db)})
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = roster.New(roster.Config{
		Organisation: bot.Organisation{Name: "Test", Zone: time.UTC}, People: w.people, Places: w.places, Stores: w.stores, Planner: w.scheduler, Clock: clock, Random: chance,
		Members: w.members,
		Join: func(_ context.Context, person bot.PersonID, part roster.Part) error {
			if w.joinFails == nil && w.parts[person] != roster.Leads && w.parts[person] != roster.Supports {
				w.parts[person] = part
			}
			return w.joinFails
		},
		Leave:  func(_ context.Context, person bot.PersonID) error { delete(w.parts, person); return nil },
		Agenda: []roster.AgendaSource{func(context.Context) ([]roster.Item, error) { return w.items, nil }},
	})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, chore := range w.feature.Chores() {
		w.ok(w.scheduler.Register(chore))
	}
	for _, name := range []string{"lea", "lou", "h1", "h2", "h3", "h4", "h5", "p1", "p2", "p3"} {
		fact := bot.AccountFact{Name: name, Department: map[byte]string{'l': "Comms", 'h': "Housing", 'p': "Parks"}[name[0]], Level: "Officer"}
		if name == "h5" {
			fact.Level = "Director"
		}
		w.record(fact)
	}
	for _, lead := range []string{"lea", "lou"} {
		w.change(lead, func(p *bot.Person) { p.Roles = []bot.Role{bot.Lead} })
		w.parts[w.id(lead)] = roster.Leads
	}
	w.sweep()
	return w
}

func (w *world) members(context.Context) ([]roster.Member, error) {
	var all []roster.Member
	for person, part := range w.parts {
		all = append(all, roster.Member{Person: person, Part: part})
	}
	return all, nil
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

// gone switches somebody's account off, or on again.
func (w *world) gone(name string, is bool) {
	w.t.Helper()
	w.record(bot.AccountFact{Name: name, Inactive: &is})
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
	if in.Nonce == "" {
		w.presses++
		in.Nonce = fmt.Sprint("press ", w.presses)
	}
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
		if reply.Public {
			w.t.Errorf("a public reply: %q", message.Summary)
		}
	case bot.Done:
		message = reply.Message
	case bot.Invalid:
		return fmt.Sprint(reply.Fields)
	case bot.Ask:
		return fmt.Sprint(reply.Form)
	case bot.Refresh:
		var err error
		var version int64
		message, version, err = w.router.View(w.t.Context(), reply.View)
		w.ok(err)
		if version < reply.View.Version {
			w.t.Errorf("the view shows version %d, less than %d", version, reply.View.Version)
		}
	default:
		w.t.Fatalf("nothing to read: %#v", reply)
	}
	return w.read(message)
}

func (w *world) read(message bot.Message) string {
	w.t.Helper()
	raw, err := message.MarshalJSON()
	w.ok(err)
	return strings.ReplaceAll(string(raw), `\"`, "'")
}

// has expects words in a reply, and those after a "!" not.
func (w *world) has(what string, reply bot.Reply, wanted ...string) {
	w.t.Helper()
	w.hasText(what, w.text(reply), wanted...)
}

func (w *world) hasText(what, text string, wanted ...string) {
	w.t.Helper()
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned == strings.Contains(text, not) {
			w.t.Errorf("%s: %q in\n%s", what, want, text)
		}
	}
}

// until lets time go by to a moment, in steps of at least a day, with two replicas that sweep
// at each and the scheduler beside them.
func (w *world) until(at time.Time) {
	w.t.Helper()
	step := max(day, at.Sub(w.clock.now)/30)
	for ; w.clock.now.Before(at); w.clock.now = w.clock.now.Add(step) {
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
	for worked := true; worked; {
		var err error
		worked, err = w.scheduler.Step(w.t.Context())
		w.ok(err)
	}
}

// outbox lists what is to be sent: key, class, and state.
func (w *world) outbox(word string) []string {
	w.t.Helper()
	var all []string
	err := w.db.Read(w.t.Context(), func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, func(row engine.Scanner) (string, error) {
			var key, class, state string
			err := row.Scan(&key, &class, &state)
			return key + " " + class + " " + state, err
		}, `SELECT key, class, state FROM deliveries ORDER BY key COLLATE "C"`)
		return err
	})
	w.ok(err)
	return slices.DeleteFunc(all, func(line string) bool { return !strings.Contains(line, word) })
}

// expect compares how many messages have a word in their line.
func (w *world) expect(what, word string, want int) {
	w.t.Helper()
	if got := w.outbox(word); len(got) != want {
		w.t.Errorf("%s: %d messages with %q, not %d: %v", what, len(got), word, want, got)
	}
}

func (w *world) office(department string) roster.Office {
	w.t.Helper()
	all, err := w.stores.Offices.List(w.t.Context())
	w.ok(err)
	for _, o := range all {
		if o.Department == department {
			return o
		}
	}
	return roster.NewOffice(department)
}

func (w *world) guest(name string) roster.Guest {
	w.t.Helper()
	g, err := w.stores.Guests.Get(w.t.Context(), w.id(name))
	w.ok(err)
	return g
}

// appoint has lea give a place.
func (w *world) appoint(name, department string, which roster.Post) bot.Reply {
	w.t.Helper()
	return w.send("lea", "roster.representative", "", "department", roster.OfficeID(department), "which", string(which), "person", string(w.id(name)))
}

// invite has a lead ask somebody.
func (w *world) invite(lead, name string) bot.Reply {
	w.t.Helper()
	return w.send(lead, "roster.invite", "", "person", string(w.id(name)), "part", "lead", "reason", "You wrote the page that everybody links to.")
}

func (w *world) waiting() string {
	w.t.Helper()
	all, err := w.feature.Waiting(w.t.Context())
	w.ok(err)
	var out []string
	for _, m := range all {
		out = append(out, m.What.Plain(nil)+" @"+m.Since.Format("0102"))
	}
	return strings.Join(out, "\n")
}
