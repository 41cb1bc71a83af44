package networkstore_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/bot/requests"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/networkstore"
	"evangelist/storage/requeststore"
	"evangelist/storage/storagetest"
)

// world is an installation in the small: one lead (Lea), some colleagues, a room.
type world struct {
	t         *testing.T
	db        *engine.DB
	clock     *fixedClock
	people    *kernelstore.People
	places    *kernelstore.Places
	stores    network.Stores
	scheduler *schedule.Scheduler
	planner   network.Planner
	feature   *network.Feature
	requests  *requests.Feature // where needs go
	router    *bot.Router
	presses   int
}

const notHere = "That is not here, or not for you. Perhaps it was closed or removed in the meantime."

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldIn(t, time.UTC)
}

func newWorldIn(t *testing.T, zone *time.Location) *world {
	t.Helper()
	db, clock, chance := storagetest.Memory(t), &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), places: kernelstore.NewPlaces(db, clock), stores: networkstore.New(db, clock)}
	w.scheduler = schedule.New(schedule.Config{Clock: clock, Store: kernelstore.NewSchedules(db)})
	w.planner = w.scheduler
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = network.New(network.Config{
		Organisation: bot.Organisation{Name: "Test", Zone: zone, Word: "evangelist"},
		People:       w.people, Places: w.places, Stores: w.stores, Planner: planned{w}, Clock: clock, Random: chance,
		Help: w.router.Help, Home: w.router.Home,
	})
	w.requests = requests.New(requests.Config{Organisation: w.feature.Organisation, People: w.people, Requests: requeststore.New(db, clock), Clock: clock})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.ok(w.router.Add(w.requests.Commands()...))
	w.router.AddPanels(w.requests.Panels()...)
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, chore := range w.feature.Chores() {
		w.ok(w.scheduler.Register(chore))
	}
	for name, department := range map[string]string{"lea": "Office", "ada": "Housing", "ben": "Housing", "cleo": "Parks", "dan": ""} {
		w.record(bot.AccountFact{Name: name, Department: department})
	}
	w.ok(w.people.Change(t.Context(), w.id("lea"), func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	}))
	w.ok(w.places.Observe(t.Context(), []bot.Place{
		{ID: "test|room", Name: "room", Kind: bot.OpenChannel, Member: true}, {ID: "test|hall", Name: "hall", Kind: bot.OpenChannel, Member: true},
		{ID: "test|inner", Name: "inner", Kind: bot.PrivateChannel, Member: true}, {ID: "test|away", Name: "away", Kind: bot.OpenChannel},
		{ID: "test|old", Name: "old", Kind: bot.OpenChannel, Member: true, Archived: true}, {ID: "test|shared", Name: "shared", Kind: bot.OpenChannel, Member: true, External: true},
		{ID: "test|direct", Name: "direct", Kind: bot.DirectChat, Member: true},
	}))
	return w
}

// planned lets a test put another planner in the scheduler's place.
type planned struct{ w *world }

func (p planned) Keep(ctx context.Context, kind, subject string, wish func(context.Context) (schedule.Plan, bool, error)) (schedule.Slot, error) {
	return p.w.planner.Keep(ctx, kind, subject, wish)
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

func (w *world) id(name string) bot.PersonID {
	w.t.Helper()
	actor, err := w.people.Actor(w.t.Context(), account(name))
	w.ok(err)
	return actor.Person
}

// do carries out an invocation; each has its own nonce unless it brings one.
func (w *world) do(name string, in bot.Invocation) bot.Reply {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(3 * time.Second) // so that nobody is too fast
	in.Actor = bot.Actor{Account: account(name), Name: name}
	in.Workspace = "test"
	if in.Nonce == "" {
		w.presses++
		in.Nonce = "press " + string(rune('a'+w.presses%26)) + strings.Repeat("x", w.presses/26)
	}
	return w.router.Do(w.t.Context(), in)
}

// say types words after /evangelist.
func (w *world) say(name, words string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: "evangelist", Words: words})
}

// press presses a button.
func (w *world) press(name, command, arg string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: command, Arg: arg})
}

// form expects a form.
func (w *world) form(reply bot.Reply) bot.Form {
	w.t.Helper()
	ask, ok := reply.(bot.Ask)
	if !ok {
		w.t.Fatalf("not a form: %#v", reply)
	}
	return ask.Form
}

// send submits a form.
func (w *world) send(name string, form bot.Form, pairs ...string) bot.Reply {
	w.t.Helper()
	values := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	return w.do(name, bot.Invocation{Command: form.Command, Arg: form.Arg, Values: values, Nonce: form.Nonce})
}

// text returns everything that a reply shows.
func (w *world) text(reply bot.Reply) string {
	w.t.Helper()
	switch reply := reply.(type) {
	case bot.Say:
		if reply.Public {
			w.t.Errorf("a public reply: %q", reply.Message.Summary)
		}
		return w.words(reply.Message)
	case bot.Done:
		return w.words(reply.Message)
	case bot.Invalid:
		var all []string
		for field, sentence := range reply.Fields {
			all = append(all, field+": "+sentence)
		}
		slices.Sort(all)
		return strings.Join(all, "\n")
	case bot.Refresh:
		message, version, err := w.router.View(w.t.Context(), reply.View)
		w.ok(err)
		if version < reply.View.Version {
			w.t.Errorf("the view %s shows version %d, less than the wanted %d", reply.View.Kind, version, reply.View.Version)
		}
		return w.words(message)
	}
	w.t.Fatalf("nothing to read: %#v", reply)
	return ""
}

func (w *world) words(message bot.Message) string {
	w.t.Helper()
	text, err := message.MarshalJSON()
	w.ok(err)
	return strings.ReplaceAll(string(text), `\"`, "'")
}

// has expects words in a reply, and those after a "!" not.
func (w *world) has(what string, reply bot.Reply, wanted ...string) {
	w.t.Helper()
	text := w.text(reply)
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned {
			if strings.Contains(text, not) {
				w.t.Errorf("%s: says %q in\n%s", what, not, text)
			}
		} else if !strings.Contains(text, want) {
			w.t.Errorf("%s: does not say %q in\n%s", what, want, text)
		}
	}
}

// pass lets time go by: everything that is due is done.
func (w *world) pass(by time.Duration) {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(by)
	w.settle()
}

func (w *world) settle() {
	w.t.Helper()
	for worked := true; worked; {
		var err error
		worked, err = w.scheduler.Step(w.t.Context())
		w.ok(err)
	}
	for _, sweep := range append(w.feature.Sweeps(), w.requests.Sweeps()...) {
		next, err := sweep.Run(w.t.Context())
		w.ok(err)
		if !next.IsZero() && !next.After(w.clock.now) {
			w.t.Errorf("%s is due again at %s, which has passed", sweep.Name, next)
		}
	}
	parked, err := kernelstore.NewSchedules(w.db).Ticks.Parked(w.t.Context(), 0)
	w.ok(err)
	if len(parked) > 0 {
		w.t.Fatalf("a tick is parked: %+v", parked)
	}
}

// nudges lists the keys of unsettled messages to a person, in order.
func (w *world) nudges(name string) []string {
	w.t.Helper()
	var keys []string
	for _, d := range outbox(w.t, w.db) {
		if d.Class == "nudge" && d.Person == string(w.id(name)) && d.State == "queued" {
			keys = append(keys, d.Key)
		}
	}
	return keys
}

// posted pretends that the courier has sent everything.
func (w *world) posted() {
	w.t.Helper()
	w.ok(w.db.Write(w.t.Context(), func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE deliveries SET state = 'sent', open = FALSE, shown = wanted WHERE state = 'queued'`)
		return err
	}))
}

// join puts somebody on the list by button.
func (w *world) join(name string, part network.Part) {
	w.t.Helper()
	w.has(name+" joins", w.press(name, "network.join", string(part)), "Thank you")
}

// thursdays has the lead set the rhythm.
func (w *world) thursdays() {
	w.t.Helper()
	form := w.form(w.say("lea", "ask"))
	w.has("the question is saved", w.send("lea", form, "text", "What worked?", "rhythm", "every Thursday 14:00"),
		"What worked?", "every Thursday at 14:00", "2026-11-26T14:00:00Z", "Ask now")
}
