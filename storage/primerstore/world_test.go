package primerstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/primer"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/primerstore"
	"evangelist/storage/storagetest"
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
	stores  primer.Stores
	feature *primer.Feature
	router  *bot.Router
	presses int
}

func newWorld(t *testing.T, db *engine.DB, checks map[string]primer.Check) *world {
	t.Helper()
	clock, chance := &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), stores: primerstore.New(db, clock)}
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = primer.New(primer.Config{
		Organisation: bot.Organisation{Name: "Test Council", Zone: time.UTC}, People: w.people, Stores: w.stores, Clock: clock, Checks: checks,
		Leaders: func(context.Context) ([]bot.PersonID, error) { return []bot.PersonID{w.id("gwen"), w.id("bea")}, nil },
	})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, name := range []string{"nora", "lou", "gwen", "bea", "cleo", "dan"} {
		w.record(bot.AccountFact{Name: name})
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

// courier lets what is due go out, as of now.
func (w *world) courier() {
	w.t.Helper()
	w.ok(w.db.Write(w.t.Context(), func(ctx context.Context, tx *engine.Tx) error {
		for _, q := range []string{
			`INSERT INTO nudges (person_id, key, at) SELECT person, key, $1 FROM deliveries WHERE state = 'queued' AND class = 'nudge'`,
			`UPDATE deliveries SET state = 'sent', open = FALSE, ended_at = $1 WHERE state = 'queued'`,
		} {
			if _, err := tx.Exec(ctx, q, engine.Micros(w.clock.now)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// until lets time go by to a moment, half a day at a time, with two replicas that
// sweep and a courier that brings out what is due.
func (w *world) until(at time.Time) {
	w.t.Helper()
	for w.clock.now.Before(at) {
		w.sweep()
		w.courier()
		w.clock.now = w.clock.now.Add(12 * time.Hour)
	}
	w.clock.now = at
	w.sweep()
	w.courier()
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

// sent lists the lessons that somebody was sent, with their states.
func (w *world) sent(name string) []string {
	w.t.Helper()
	var all []string
	id := w.id(name)
	w.ok(w.db.Read(w.t.Context(), func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, func(row engine.Scanner) (string, error) {
			var key, class, state string
			err := row.Scan(&key, &class, &state)
			return fmt.Sprint(strings.TrimPrefix(key, "primer/"+string(id)+"/"), " ", class, " ", state), err
		}, `SELECT key, class, state FROM deliveries WHERE person = $1 ORDER BY seq`, id)
		return err
	}))
	return all
}

func (w *world) state(name string) primer.State {
	w.t.Helper()
	e, err := w.stores.Enrolments.Get(w.t.Context(), w.id(name))
	w.ok(err)
	return e.State
}

var names = []string{"roundup", "worry", "pilot", "numbers", "roles", "minutes", "social", "ninety"}

// A lead enrols somebody; a lesson a week comes, each says why, and after the last
// the series is over. What was read is seen by leads once it is all.
func TestASeries(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t), nil)
	w.has("enrolled", w.send("nora", "primer.enrol", "", "who", string(w.id("gwen")), "who2", string(w.id("cleo"))), "The primer goes to 2 colleagues")
	w.until(begin.Add(8 * 7 * day))
	var want []string
	for _, name := range names {
		want = append(want, "1/"+name+"/1 nudge sent")
	}
	if got := w.sent("gwen"); !slices.Equal(got, want) {
		t.Errorf("sent: %v", got)
	}
	message, _, err := w.router.View(t.Context(), bot.View{Kind: "primer.lesson", ID: string(w.id("gwen")) + "/pilot"})
	w.ok(err)
	w.holds("a card", w.shown(message), "What a pilot is", "Lesson 3 of 8", "Why you: a comms lead put you", "primer.read", "~primer.later")
	w.until(begin.Add(9 * 7 * day))
	if w.state("gwen") != primer.Over {
		t.Errorf("%s after the last", w.state("gwen"))
	}
	w.has("the list", w.say("nora", "checklist"), "All lessons were read by 0 of 2 colleagues", "~gwen", "~cleo")
	for i, name := range names {
		w.has("read", w.press("gwen", "primer.read", name), "Thank you.")
		w.has("again", w.press("gwen", "primer.read", name), "Thank you.")
		if i == 3 {
			w.has("half way", w.say("lou", "checklist"), "0 of 2 colleagues", "~gwen")
		}
	}
	w.has("the last one", w.press("gwen", "primer.read", "ninety"), "you have read them all")
	w.has("the list", w.say("nora", "checklist"), "All lessons were read by 1 of 2 colleagues", "gwen", "~cleo")
	gone := true
	w.record(bot.AccountFact{Name: "cleo", Inactive: &gone})
	w.has("who left is counted nowhere", w.say("nora", "checklist"), "All lessons were read by 1 of 1 colleague")
	w.has("nobody else sees it", w.say("dan", "checklist"), "That is for comms leads")
}

// The first lesson comes at once, Later brings it once more, Stop ends it, and no
// lead learns that it was stopped, not even by enrolling again.
func TestLaterAndStop(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t), nil)
	enrol := func() string { return w.text(w.send("nora", "primer.enrol", "", "who", string(w.id("gwen")))) }
	first := enrol()
	w.has("not yet there", w.press("gwen", "primer.later", "roundup"), "not here, or not for you")
	w.until(begin.Add(time.Hour))
	w.has("home", bot.Say{Message: w.home("gwen")}, "What a weekly roundup is for", "primer.lessons")
	for range 2 {
		w.has("later", w.press("gwen", "primer.later", "roundup"), "it comes once more")
	}
	w.has("somebody else's lesson", w.press("cleo", "primer.later", "roundup"), "You do not get the lessons")
	w.has("no such lesson", w.press("gwen", "primer.read", "zebra"), "not here, or not for you")
	w.until(begin.Add(8 * day))
	if got := w.sent("gwen"); !slices.Equal(got, []string{"1/roundup/1 nudge sent", "1/roundup/2 nudge sent"}) {
		t.Errorf("sent: %v", got)
	}
	w.has("a third time", w.press("gwen", "primer.later", "roundup"), "came twice already")
	for range 2 {
		w.has("stop", w.say("gwen", "primer stop"), "No more lessons come, and nobody is told")
	}
	if again := enrol(); again != first {
		t.Errorf("the lead learns something: %s, and before %s", again, first)
	}
	w.until(begin.Add(30 * day))
	if got := w.sent("gwen"); len(got) != 2 {
		t.Errorf("it goes on: %v", got)
	}
	w.has("the list", w.say("nora", "checklist"), "All lessons were read by 0 of 1 colleague")
	w.has("late", w.press("gwen", "primer.later", "roundup"), "Your series has ended")
	w.has("their own wish", w.say("gwen", "primer weekly"), "8 of 8 lessons come")
	w.until(w.clock.now.Add(time.Hour))
	if got := w.sent("gwen"); len(got) != 3 || got[2] != "2/roundup/1 nudge sent" {
		t.Errorf("begun again: %v", got)
	}
	w.has("taken out", w.send("lou", "primer.enrol", "", "who", string(w.id("gwen")), "change", "out"), "Taken out: 1 colleague")
	w.has("then", w.press("gwen", "primer.read", "roundup"), "Your series has ended")
}

// A lesson that the courier could not bring out is written once more, a week later;
// one that waits is not overtaken; and a reader who stops is not sent what waits.
func TestWhatTheCourierHoldsBack(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t), nil)
	w.send("nora", "primer.enrol", "", "who", string(w.id("gwen")))
	set := func(state string) {
		w.ok(w.db.Write(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE deliveries SET state = $1, open = FALSE, ended_at = $2 WHERE state = 'queued'`, state, engine.Micros(w.clock.now))
			return err
		}))
	}
	w.sweep()
	w.clock.now = begin.Add(30 * day)
	w.sweep()
	if got := w.sent("gwen"); !slices.Equal(got, []string{"1/roundup/1 nudge queued"}) {
		t.Errorf("while one waits: %v", got)
	}
	set("dropped")
	w.sweep()
	if got := w.sent("gwen"); !slices.Equal(got, []string{"1/roundup/1 nudge dropped", "1/roundup/2 nudge queued"}) {
		t.Errorf("after a loss: %v", got)
	}
	w.say("gwen", "primer stop")
	if got := w.sent("gwen"); got[1] != "1/roundup/2 nudge dropped" {
		t.Errorf("after a stop: %v", got)
	}
}

// Whoever wants nothing unasked gets nothing, and a leaver's series ends.
func TestContactAndLeavers(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t), nil)
	w.change("gwen", func(p *bot.Person) { p.Contact.Never = true })
	w.has("all who lead", w.send("nora", "primer.enrol", "", "change", "leaders"), "The primer goes to 2 colleagues")
	w.until(begin.Add(time.Hour))
	gone := true
	w.record(bot.AccountFact{Name: "bea", Inactive: &gone})
	w.until(begin.Add(10 * day))
	if a, b := w.state("gwen"), w.state("bea"); a != primer.Stopped || b != primer.Gone || len(w.sent("gwen")) != 0 || len(w.sent("bea")) != 1 {
		t.Errorf("%s with %v, %s with %v", a, w.sent("gwen"), b, w.sent("bea"))
	}
	w.has("a leaver", w.send("nora", "primer.enrol", "", "who", string(w.id("bea"))), "not active")
	w.has("a ghost", w.send("nora", "primer.enrol", "", "who", "ghost"), "I do not know this colleague")
	w.has("nobody", w.send("nora", "primer.enrol", ""), "Choose a colleague")
	w.has("not a lead", w.send("cleo", "primer.enrol", "", "who", string(w.id("dan"))), "That is for comms leads")
	w.has("form", w.say("nora", "primer enrol"), "1 colleague at the moment")
	gwen := w.id("gwen")
	w.ok(w.db.Write(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
		for _, q := range []string{`DELETE FROM accounts WHERE person_id = $1`, `DELETE FROM persons WHERE id = $1`} {
			if _, err := tx.Exec(ctx, q, gwen); err != nil {
				return err
			}
		}
		return nil
	}))
	if all, err := w.stores.Enrolments.List(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("an erased person is left: %v, %v", all, err)
	}
}

// Whoever begins by themselves is nobody's business.
func TestOnOnesOwn(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t), nil)
	w.has("the list of lessons", w.say("cleo", "primer"), "8 short lessons", "Send me one a week", "/primer/ninety")
	w.has("one of them", w.say("cleo", "primer worry"), "How a worry is handled", "~primer.read")
	w.has("by number", w.say("cleo", "primer 3"), "What a pilot is")
	w.has("none", w.say("cleo", "primer zebra"), "There is no lesson of that name")
	w.has("stop what is not", w.say("cleo", "primer stop"), "You do not get the lessons")
	w.has("begin", w.say("cleo", "primer weekly"), "8 of 8 lessons come")
	w.has("twice", w.say("cleo", "primer weekly"), "8 of 8 lessons come")
	w.send("nora", "primer.enrol", "", "who", string(w.id("cleo")))
	w.until(begin.Add(time.Hour))
	message, _, err := w.router.View(t.Context(), bot.View{Kind: "primer.lesson", ID: string(w.id("cleo")) + "/roundup"})
	w.ok(err)
	w.holds("why", w.shown(message), "you asked for one lesson a week. Nobody else sees")
	for _, name := range names {
		w.press("cleo", "primer.read", name)
	}
	w.has("leads see nothing", w.say("nora", "checklist"), "Nobody is enrolled yet", "~cleo")
	w.has("finished", w.say("cleo", "primer weekly"), "You have read all lessons already")
	if _, _, err := w.router.View(t.Context(), bot.View{Kind: "primer.lesson", ID: string(w.id("dan")) + "/roundup"}); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a card of nobody: %v", err)
	}
}

func (w *world) home(name string) bot.Message {
	w.t.Helper()
	message, err := w.router.Home(w.t.Context(), account(name))
	w.ok(err)
	return message
}

func TestGlossary(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t), nil)
	w.has("ours", w.say("cleo", "what pilot?"), "A small trial with an end", "~our own word")
	w.has("none", w.say("cleo", "what zebra"), "does not have this word", "~zebra", "~primer.word")
	w.has("none, for a lead", w.say("nora", "what zebra"), "primer.word")
	w.has("all", w.say("cleo", "glossary"), "Round table", "~primer.word")
	w.has("all, for a lead", w.say("nora", "glossary"), "Round table", "primer.word")
	w.has("a colleague's word", w.send("cleo", "primer.word", "", "word", "Zebra", "says", "An animal."), "That is for comms leads")
	w.has("a colleague's trick", w.send("cleo", "primer.glossary", "", "word", "Zebra", "says", "An animal."), "not here, or not for you")
	w.has("empty", w.send("nora", "primer.word", "", "word", " "), "Write the word", "what it means")
	w.has("long", w.send("nora", "primer.word", "", "word", strings.Repeat("x", 61), "says", strings.Repeat("x", 401)), "has 61 characters", "has 401 characters")
	for range 2 {
		w.has("added", w.send("nora", "primer.word", "", "word", "One-stop  shop", "says", "The counter."), "is in the glossary")
	}
	w.has("taken", w.send("lou", "primer.word", "", "word", "one-stop shop", "says", "The website."), "has a meaning already: The counter.")
	w.has("the form", w.say("lou", "glossary one-stop shop"), "form A word of ours", "The counter.", "Remove it")
	w.has("for others it is a question", w.say("cleo", "glossary one-stop shop"), "The counter.", "our own word")
	w.has("changed", w.send("lou", "primer.word", "one-stop shop", "word", "One-stop shop", "says", "The website.", "change", "keep"), "is in the glossary")
	w.has("renamed", w.send("lou", "primer.word", "one-stop shop", "word", "Front door", "says", "The website.", "change", "keep"), "is in the glossary")
	w.has("the old name", w.say("cleo", "what one-stop"), "does not have")
	w.has("the new name", w.say("cleo", "what front door"), "The website.")
	for range 2 {
		w.has("removed", w.send("lou", "primer.word", "front door", "word", "Front door", "says", "x", "change", "remove"), "is gone")
	}
	w.has("gone", w.say("cleo", "what front door"), "does not have")
	w.has("ours stay", w.send("lou", "primer.word", "pilot", "word", "Pilot", "change", "remove"), "is gone")
	w.has("ours stay", w.say("cleo", "what pilot"), "A small trial")
}

func TestChecklist(t *testing.T) {
	backup, words := false, "Tried on Friday."
	w := newWorld(t, storagetest.Memory(t), map[string]primer.Check{
		"backup":  func(context.Context) (bool, string, error) { return backup, words, nil },
		"readers": func(context.Context) (bool, string, error) { return false, "", errors.New("broken") },
	})
	w.has("at first", w.say("nora", "checklist"), "0 of 10 are done", "I could not look just now", "~Take a tick back")
	w.has("the form", w.press("nora", "primer.tick", ""), "form Tick off", "cover", "~Value:backup", "~Value:readers")
	w.has("nothing", w.send("nora", "primer.tick", ""), "Choose at least one")
	w.has("ticked", w.send("nora", "primer.tick", "", "items", "cover", "items", "pledge", "items", "backup", "items", "zebra"), "2 of 10 are done", "nora", "30 November 2026")
	w.clock.now = w.clock.now.Add(day)
	w.has("ticked already", w.send("lou", "primer.tick", "", "items", "cover"), "2 of 10 are done", "30 November 2026", "~lou", "~1 December 2026")
	backup = true
	w.has("looked at", w.say("lou", "checklist"), "3 of 10 are done", "Tried on Friday.")
	words = ""
	w.has("looked at, and nothing to say", w.say("lou", "checklist"), "3 of 10 are done", "A backup was tried", "~a comms lead")
	for range 2 {
		w.has("taken back", w.send("lou", "primer.untick", "", "items", "cover", "items", "backup"), "2 of 10 are done")
	}
	for range 2 {
		w.has("own items", w.send("nora", "primer.items", "", "items", "The mayor said a word\n\n the mayor said  a word \nPosters hang"), "2 of 12 are done", "Posters hang")
	}
	w.has("the form", w.press("nora", "primer.items", ""), "Posters hang")
	marks, err := w.stores.Items.List(t.Context())
	w.ok(err)
	at := slices.IndexFunc(marks, func(m primer.Mark) bool { return m.Title == "Posters hang" })
	w.has("own one ticked", w.send("lou", "primer.tick", "", "items", marks[at].Item), "3 of 12 are done", "lou")
	w.has("one goes", w.send("nora", "primer.items", "", "items", "Posters hang"), "3 of 11 are done", "~mayor")
	w.has("late", w.send("lou", "primer.tick", "", "items", "own-0000"), "3 of 11 are done")
	w.has("all go", w.send("nora", "primer.items", "", "items", ""), "2 of 10 are done", "~Posters")
	w.has("too many", w.send("nora", "primer.items", "", "items", strings.Join(strings.Split("abcdefghijklmnop", ""), "\n")), "Those are 16 items")
	w.has("too long", w.send("nora", "primer.items", "", "items", strings.Repeat("x", 121)), "has 121 characters")
	for _, command := range []string{"primer.tick", "primer.untick", "primer.items"} {
		w.has("a colleague", w.send("cleo", command, "", "items", "cover"), "That is for comms leads")
	}
}
