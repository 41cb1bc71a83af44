package requeststore_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/requests"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/requeststore"
	"evangelist/storage/storagetest"
)

type counting struct{ n uint64 }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n = c.n*6364136223846793005 + 1442695040888963407
		p[i] = byte(c.n >> 56)
	}
	return len(p), nil
}

// world has two leads (lea, mia), colleagues, and a camera that ada asked for.
type world struct {
	t       *testing.T
	db      *engine.DB
	clock   *fixedClock
	people  *kernelstore.People
	feature *requests.Feature
	router  *bot.Router
}

const notHere = "That is not here, or not for you"

func newWorld(t *testing.T) *world {
	t.Helper()
	db, clock, chance := storagetest.Memory(t), &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance)}
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = requests.New(requests.Config{People: w.people, Requests: requeststore.New(db, clock), Clock: clock})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, name := range []string{"lea", "mia", "ada", "ben", "cleo"} {
		w.record(bot.AccountFact{Name: name})
	}
	for _, name := range []string{"lea", "mia"} {
		w.ok(w.people.Change(t.Context(), w.id(name), func(p *bot.Person) ([]bot.Delivery, error) {
			p.Roles = []bot.Role{bot.Lead}
			return nil, nil
		}))
	}
	add(t, db, "r1", string(w.id("ada")), "A camera", begin)
	w.sweep()
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) record(fact bot.AccountFact) {
	w.t.Helper()
	fact.Account = bot.NewAccountID("test", fact.Name)
	_, err := w.people.Record(w.t.Context(), []bot.AccountFact{fact})
	w.ok(err)
}

func (w *world) id(name string) bot.PersonID {
	w.t.Helper()
	actor, err := w.people.Actor(w.t.Context(), bot.NewAccountID("test", name))
	w.ok(err)
	return actor.Person
}

func (w *world) do(name string, in bot.Invocation) bot.Reply {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(3 * time.Second) // so that nobody is too fast
	in.Actor, in.Workspace = bot.Actor{Account: bot.NewAccountID("test", name), Name: name}, "test"
	return w.router.Do(w.t.Context(), in)
}

func (w *world) press(name, command, arg string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: command, Arg: arg})
}

func (w *world) send(name, command, arg string, pairs ...string) bot.Reply {
	w.t.Helper()
	values := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	return w.do(name, bot.Invocation{Command: command, Arg: arg, Values: values})
}

func (w *world) words(message bot.Message) string {
	w.t.Helper()
	text, err := message.MarshalJSON()
	w.ok(err)
	return string(text)
}

// has expects words in a reply, and those after a "!" not.
func (w *world) has(what string, reply bot.Reply, wanted ...string) {
	w.t.Helper()
	text := ""
	switch reply := reply.(type) {
	case bot.Say:
		text = w.words(reply.Message)
	case bot.Done:
		text = w.words(reply.Message)
	case bot.Invalid:
		text = fmt.Sprint(reply.Fields)
	case bot.Ask:
		text = w.words(bot.Message{Summary: reply.Form.Title, Blocks: reply.Form.Intro}) + fmt.Sprint(reply.Form.Fields)
	}
	w.reads(what, text, wanted...)
}

func (w *world) reads(what, text string, wanted ...string) {
	w.t.Helper()
	for _, want := range wanted {
		if not, banned := strings.CutPrefix(want, "!"); strings.Contains(text, not) == banned {
			w.t.Errorf("%s: %q in\n%s", what, want, text)
		}
	}
}

func (w *world) sweep() {
	w.t.Helper()
	for range 2 { // the second time nothing is left to do
		next, err := w.feature.Sweeps()[0].Run(w.t.Context())
		w.ok(err)
		if !next.IsZero() && !next.After(w.clock.now) {
			w.t.Errorf("due again at %s", next)
		}
	}
}

// mail lists what was added for somebody since the last look: class and key.
func (w *world) mail(name string) []string {
	w.t.Helper()
	var all []string
	id := w.id(name)
	w.ok(w.db.Write(w.t.Context(), func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, engine.Value[string], `SELECT class || ' ' || key FROM deliveries WHERE person = $1 AND state = 'queued' ORDER BY seq, key`, id)
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE deliveries SET state = 'sent', open = FALSE WHERE person = $1`, id)
		}
		return err
	}))
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], string(w.id(name)), name)
	}
	return all
}

func (w *world) same(what string, got []string, want ...string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (w *world) card(name string) string {
	w.t.Helper()
	message, _, err := w.router.View(w.t.Context(), bot.View{Kind: "network.request", ID: "r1/" + string(w.id(name))})
	w.ok(err)
	return w.words(message)
}

func (w *world) until(date string) {
	w.t.Helper()
	at, err := time.Parse("2006-01-02 15:04", date)
	w.ok(err)
	w.clock.now = at
	w.sweep()
}

func TestALeadSeesToIt(t *testing.T) {
	w := newWorld(t)
	w.same("the leads have it", append(w.mail("lea"), w.mail("mia")...), "asked request/r1/card/lea", "asked request/r1/card/mia")
	w.same("nobody else has", append(w.mail("ada"), w.mail("ben")...))
	w.reads("the card", w.card("lea"), "A camera", "I see to it", "!ada", "!"+string(w.id("ada")))
	w.has("the form", w.press("lea", "network.request.take", "r1"), "2026-12-07")
	w.has("no date", w.send("lea", "network.request.take", "r1", "due", "soon"), "due:Choose a day from tomorrow on")
	w.has("yesterday", w.send("lea", "network.request.take", "r1", "due", "2026-11-22"), "due:Choose a day from tomorrow on")
	for range 2 {
		w.has("taken", w.send("lea", "network.request.take", "r1", "due", "2026-12-07"), "You see to it, by Monday 7 December 2026")
	}
	w.has("by another", w.send("mia", "network.request.take", "r1", "due", "2026-12-07"), "Somebody sees to this request already")
	w.has("pressed late", w.press("mia", "network.request.take", "r1"), "Somebody sees to this request already")
	w.same("who asked is told once", w.mail("ada"), "answer request/r1/taken/2")
	w.has("the list", w.do("mia", bot.Invocation{Command: "evangelist", Words: "requests"}), "open since", "lea", "sees to it by Monday 7 December 2026", "!"+string(w.id("ada")))
	w.mail("lea")
	w.mail("mia")
	w.until("2026-12-04 08:59")
	w.same("too early", w.mail("lea"))
	w.until("2026-12-04 09:00")
	w.same("the working day before", w.mail("lea"), "nudge request/r1/due/3")
	w.has("another date", w.send("lea", "network.request.move", "r1", "due", "2026-12-09"), "The date is Wednesday 9 December 2026")
	w.same("who asked is told", w.mail("ada"), "answer request/r1/moved/4")
	w.until("2026-12-08 09:00")
	w.until("2026-12-10 09:00")
	w.same("the new date", w.mail("lea"), "nudge request/r1/due/5", "nudge request/r1/due/6")
	w.same("others know nothing yet", w.mail("mia"))
	w.until("2026-12-14 09:00")
	w.same("then the other leads, once", w.mail("mia"), "asked request/r1/late/7/mia")
	w.until("2027-01-20 09:00")
	w.same("and then silence", append(append(w.mail("lea"), w.mail("mia")...), w.mail("ada")...))
	for range 2 {
		w.has("closed", w.send("lea", "network.request.close", "r1", "reason", "The budget is spent.", "outcome", "refused"), "The request is closed")
	}
	w.same("who asked is told", w.mail("ada"), "answer request/r1/closed")
	w.has("otherwise", w.send("mia", "network.request.close", "r1", "reason", "Here", "outcome", "met"), "closed this request already")
	w.reads("the card", w.card("mia"), "Not possible", "The budget is spent.", "!network.request.close")
}

func TestSomebodyIsNamedAndMaySayNo(t *testing.T) {
	w := newWorld(t)
	w.mail("lea")
	w.has("nobody", w.send("lea", "network.request.name", "r1", "who", ""), "who:That account is inactive")
	w.has("a stranger", w.send("lea", "network.request.name", "r1", "who", "stranger"), "who:")
	for range 2 {
		w.has("named", w.send("lea", "network.request.name", "r1", "who", string(w.id("ben"))), "ben sees to it, by Monday 7 December 2026, unless they say no")
	}
	w.same("told once", w.mail("ben"), "nudge request/r1/owner/1")
	w.reads("ben's card", w.card("ben"), "A camera", "a comms lead named you", "Not me after all", "!I see to it", "!Name somebody", "!"+string(w.id("ada")))
	home, err := w.router.Home(t.Context(), bot.NewAccountID("test", "ben"))
	w.ok(err)
	w.reads("ben's page", w.words(home), "you see to it by Monday 7 December 2026")
	w.mail("ada")
	w.mail("mia")
	w.has("no", w.press("ben", "network.request.back", "r1"), "The request is free again")
	w.has("no again", w.press("ben", "network.request.back", "r1"), notHere)
	w.same("the leads know", w.mail("mia"), "asked request/r1/free/3/"+"mia")
	w.same("who asked is not troubled", w.mail("ada"))
	w.reads("ben's card", w.card("ben"), "in other hands", "!A camera")
	w.has("ben sees it no more", w.press("ben", "network.request", "r1"), notHere)
	w.has("named again", w.send("mia", "network.request.name", "r1", "who", string(w.id("ben")), "due", "2026-12-01"), "ben sees to it")
	w.same("told again", w.mail("ben"), "nudge request/r1/owner/2")
	w.has("closed by ben", w.send("ben", "network.request.close", "r1", "reason", "It waits at the post room.", "outcome", "met"), "The request is closed")
	w.same("who asked is told", w.mail("ada"), "answer request/r1/taken/4", "answer request/r1/closed")
}

func TestWhenPeopleLeave(t *testing.T) {
	w := newWorld(t)
	gone, back := true, false
	w.send("lea", "network.request.name", "r1", "who", string(w.id("ben")))
	for _, name := range []string{"lea", "mia", "ada", "ben"} {
		w.mail(name)
	}
	w.record(bot.AccountFact{Name: "ben", Inactive: &gone})
	w.sweep()
	w.same("handed on in the same sweep", append(w.mail("lea"), w.mail("mia")...), "asked request/r1/free/3/lea", "asked request/r1/free/3/mia")
	w.reads("the card", w.card("lea"), "nobody yet", "!ben")
	w.has("who left is not named", w.send("lea", "network.request.name", "r1", "who", string(w.id("ben"))), "who:That account is inactive")
	w.record(bot.AccountFact{Name: "ada", Inactive: &gone})
	w.has("taken", w.send("lea", "network.request.take", "r1"), "Whoever asked is told.")
	w.has("closed", w.send("lea", "network.request.close", "r1", "reason", "Here.", "outcome", "met"), "Whoever asked is told.")
	w.same("whoever asked and left is written to no more", w.mail("ada"))

	// A lead who comes later has the list, and cards of what is fresh.
	add(t, w.db, "r2", string(w.id("cleo")), "A quiet room", w.clock.now)
	w.record(bot.AccountFact{Name: "ben", Inactive: &back})
	w.clock.now = w.clock.now.Add(9 * day)
	w.sweep()
	w.same("old ones are no flood", append(w.mail("lea"), w.mail("mia")...), "asked request/r2/waits/1/lea", "asked request/r2/waits/1/mia")
	w.clock.now = w.clock.now.Add(60 * day)
	w.sweep()
	w.same("once", append(w.mail("lea"), w.mail("mia")...))
}

func TestTheWrongPersonLearnsNothing(t *testing.T) {
	w := newWorld(t)
	w.send("lea", "network.request.name", "r1", "who", string(w.id("ben")))
	version := w.get().Version
	for _, name := range []string{"ada", "cleo", "stranger"} {
		for _, command := range []string{"network.request", "network.request.take", "network.request.name", "network.request.move", "network.request.back", "network.request.close"} {
			w.has(name+" presses "+command, w.press(name, command, "r1"), notHere, "!camera")
			w.has(name+" sends "+command, w.send(name, command, "r1", "who", string(w.id(("ben"))), "due", "2026-12-01", "reason", "x", "outcome", "met"), notHere)
		}
	}
	for _, command := range []string{"network.request.take", "network.request.name"} {
		w.has("the owner is no lead: "+command, w.send("ben", command, "r1", "who", string(w.id("cleo")), "due", "2026-12-01"), notHere)
	}
	for _, id := range []string{"", "r9", "r1/" + string(w.id("lea")), "R1"} {
		for _, command := range []string{"network.request", "network.request.take", "network.request.back", "network.request.close"} {
			w.has("the request "+id, w.press("lea", command, id), notHere)
		}
	}
	if _, _, err := w.router.View(t.Context(), bot.View{Kind: "network.request", ID: "r1"}); err == nil {
		t.Error("a card without a person is drawn")
	}
	w.reads("a card of somebody who has no part in it", w.card("cleo"), "in other hands", "!camera")
	if w.get().Version != version {
		t.Error("something changed")
	}
	w.has("the list", w.do("ada", bot.Invocation{Command: "evangelist", Words: "requests"}), "That is for comms leads")
}

func (w *world) get() requests.Request {
	w.t.Helper()
	r, err := w.feature.Requests.Get(w.t.Context(), "r1")
	w.ok(err)
	return r
}

func TestMatters(t *testing.T) {
	w := newWorld(t)
	matters := func(name string) (all []string) {
		actor, err := w.people.Actor(t.Context(), bot.NewAccountID("test", name))
		w.ok(err)
		found, err := w.feature.Matters(t.Context(), actor)
		w.ok(err)
		for _, m := range found {
			all = append(all, fmt.Sprint(m.Kind, " ", m.What.Plain(time.UTC), " ", m.Due.Format(time.DateOnly), " ", m.Late(w.clock.now), " ", m.Do.Command))
		}
		return all
	}
	w.same("free", matters("lea"), "Requests A camera 0001-01-01 false network.request")
	w.same("not a colleague's", append(matters("ada"), matters("stranger")...))
	w.send("lea", "network.request.name", "r1", "who", string(w.id("ben")), "due", "2026-12-01")
	w.same("the owner's", matters("ben"), "Requests A camera 2026-12-02 false network.request")
	w.same("in good hands", matters("lea"))
	w.until("2026-12-02 00:00")
	w.same("its date has passed", matters("lea"), "Requests A camera 2026-12-02 false network.request")
	w.until("2026-12-02 00:01")
	w.same("its date has passed", matters("mia"), "Requests A camera 2026-12-02 true network.request")
}
