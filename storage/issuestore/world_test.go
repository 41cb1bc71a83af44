package issuestore_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/bot/impact/issues"
	"evangelist/bot/schedule"
	"evangelist/storage/impactstore"
	"evangelist/storage/internal/engine"
	"evangelist/storage/issuestore"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

// counting is randomness that never repeats within a test.
type counting struct{ n uint64 }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n = c.n*6364136223846793005 + 1442695040888963407
		p[i] = byte(c.n >> 56)
	}
	return len(p), nil
}

// happened is what a month holds, whatever month is asked for.
type happened struct {
	learnings []impact.Learning
	voices    []impact.Voice
}

func (h *happened) Colleagues(context.Context) (all []impact.Colleague, err error) {
	for n := range 88 {
		all = append(all, impact.Colleague{Person: bot.PersonID(fmt.Sprint("p", n)), Department: []string{"Housing", "Parks"}[n%2]})
	}
	return all, nil
}

func (h *happened) Gather(ctx context.Context, from, to time.Time) (impact.Gathered, error) {
	colleagues, err := h.Colleagues(ctx)
	g := impact.Gathered{Colleagues: colleagues, Learnings: h.learnings, Voices: slices.Clone(h.voices)}
	for n := range 37 {
		g.Shares = append(g.Shares, impact.Act{Person: bot.PersonID(fmt.Sprint("p", n)), Thing: fmt.Sprint("link", n)})
	}
	for i := range g.Voices {
		g.Voices[i].Arrived, g.Voices[i].Closed = from.Add(time.Hour), from.Add(2*time.Hour)
	}
	g.Editions = []impact.Edition{{Due: from.Add(day), Opened: from, Approved: from.Add(time.Hour), Published: from.Add(day), Out: true}}
	return g, err
}

// world is an installation in the small: two leads (lea, lou), a champion (cha) and
// a colleague (cleo), with one channel.
type world struct {
	t         testing.TB
	db        *engine.DB
	clock     *fixedClock
	people    *kernelstore.People
	places    *kernelstore.Places
	stores    issues.Stores
	impact    *impact.Feature
	facts     *happened
	compose   issues.Compose
	feature   *issues.Feature
	router    *bot.Router
	scheduler *schedule.Scheduler
	champions []bot.PersonID
	presses   int
}

var hall = bot.Place{ID: bot.NewPlaceID("test", "hall"), Name: "hall", Kind: bot.OpenChannel, Member: true}

func newWorld(t testing.TB) *world {
	t.Helper()
	db, clock, chance := storagetest.Memory(t), &fixedClock{time.Date(2026, 10, 20, 12, 0, 0, 0, time.UTC)}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), places: kernelstore.NewPlaces(db, clock), stores: issuestore.New(db, clock), facts: &happened{}}
	for n := range 9 {
		w.facts.voices = append(w.facts.voices, impact.Voice{Reference: fmt.Sprint("I-", n), Concern: n%2 == 0, Answered: true, Summary: "A long form", Outcome: "It has one page now"})
	}
	w.facts.learnings = []impact.Learning{{Person: "p1", Words: "Read letters aloud.", Name: "Person Five", Department: "Parks", Named: true}}
	organisation := bot.Organisation{Name: "Test Council", Zone: time.UTC}
	kept := impactstore.New(db)
	kept.Facts = w.facts
	w.impact = impact.New(impact.Config{Organisation: organisation, Stores: kept, Clock: clock, Random: chance})
	w.compose = w.impact.Compose
	w.scheduler = schedule.New(schedule.Config{Clock: clock, Store: kernelstore.NewSchedules(db), Log: slog.New(slog.DiscardHandler)})
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = issues.New(issues.Config{Organisation: organisation, People: w.people, Places: w.places, Stores: w.stores, Clock: clock, Random: chance,
		Compose: func(ctx context.Context, wish impact.Wish, keep bool) (impact.Report, error) {
			return w.compose(ctx, wish, keep)
		},
		Champions: func(context.Context) ([]bot.PersonID, error) { return w.champions, nil }, Schedule: w.scheduler})
	w.ok(w.router.Add(append(w.feature.Commands(), w.impact.Commands()...)...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, chore := range w.feature.Chores() {
		w.ok(w.scheduler.Register(chore))
	}
	for _, name := range []string{"lea", "lou", "cha", "cleo"} {
		w.record(bot.AccountFact{Name: name})
	}
	for _, name := range []string{"lea", "lou"} {
		w.role(name, bot.Lead)
	}
	w.ok(w.places.Observe(t.Context(), []bot.Place{hall, {ID: "test|far", Name: "far", Kind: bot.OpenChannel}}))
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

func (w *world) role(name string, roles ...bot.Role) {
	w.t.Helper()
	w.ok(w.people.Change(w.t.Context(), w.id(name), func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = roles; return nil, nil }))
}

func (w *world) actor(name string) bot.Actor {
	w.t.Helper()
	actor, err := w.people.Actor(w.t.Context(), account(name))
	w.ok(err)
	return actor
}

func (w *world) id(name string) bot.PersonID { return w.actor(name).Person }

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
		return fmt.Sprintf("%s %+v", reply.Form.Title, reply.Form.Fields)
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
	raw, err := message.MarshalJSON()
	w.ok(err)
	return strings.ReplaceAll(string(raw), `\"`, "'")
}

// has expects words in a reply, and those after a "!" not.
func (w *world) has(what string, reply bot.Reply, wanted ...string) {
	w.t.Helper()
	text := w.text(reply)
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); banned == strings.Contains(text, not) {
			w.t.Errorf("%s: %q in\n%s", what, want, text)
		}
	}
}

// at lets time go by to a moment, in steps of half a day, with two replicas.
func (w *world) at(moment time.Time) {
	w.t.Helper()
	for ; w.clock.now.Before(moment); w.clock.now = w.clock.now.Add(12 * time.Hour) {
		w.run()
	}
	w.clock.now = moment
	w.run()
}

func (w *world) run() {
	w.t.Helper()
	for range 2 {
		for worked := true; worked; {
			var err error
			worked, err = w.scheduler.Step(w.t.Context())
			w.ok(err)
		}
		next, err := w.feature.Sweeps()[0].Run(w.t.Context())
		w.ok(err)
		if !next.IsZero() && !next.After(w.clock.now) {
			w.t.Errorf("the sweep is due again at %s, which has passed", next)
		}
	}
}

func (w *world) issue(id string) issues.Issue {
	w.t.Helper()
	i, err := w.stores.Issues.Get(w.t.Context(), id)
	w.ok(err)
	return i
}

// states lists the issues as "id state".
func (w *world) states() string {
	w.t.Helper()
	all, err := w.stores.Issues.List(w.t.Context())
	w.ok(err)
	var out []string
	for _, i := range all {
		out = append(out, i.ID+" "+string(i.State))
	}
	return strings.Join(out, ", ")
}

// sent counts the deliveries whose key has a word, by the name of who gets them.
func (w *world) sent(word string) (lines []string) {
	w.t.Helper()
	for _, line := range outbox(w.t, w.db, "report/") {
		if strings.Contains(line, word) {
			for _, name := range []string{"lea", "lou", "cha", "cleo"} {
				line = strings.ReplaceAll(line, string(w.id(name)), name)
			}
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

func (w *world) expect(what string, got []string, want ...string) {
	w.t.Helper()
	for i := range got {
		got[i], _, _ = strings.Cut(got[i], " ")
		got[i] = strings.TrimPrefix(got[i], "report/")
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: %v, not %v", what, got, want)
	}
}

// series has lea set it.
func (w *world) series(pairs ...string) {
	w.t.Helper()
	w.has("the series", w.send("lea", "report.schedule", "", append([]string{"when", "first Tuesday of the month 09:00", "place", string(hall.ID)}, pairs...)...), "The report is a series", "the first Tuesday of the month at 09:00")
}

var slot = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

// print is the argument of the card's button to approve.
func (w *world) approval(id string) string {
	w.t.Helper()
	text := w.text(w.press("lea", "report.desk", id))
	at := strings.Index(text, `"arg":"`+id+" ")
	if at < 0 {
		w.t.Fatalf("no button to approve in\n%s", text)
	}
	arg, _, _ := strings.Cut(text[at+len(`"arg":"`):], `"`)
	return arg
}
