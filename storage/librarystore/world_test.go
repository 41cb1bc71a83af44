package librarystore_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/librarystore"
	"evangelist/storage/storagetest"
)

// world is an installation in the small: two leads (Lea and Lou), an author (Ada),
// and a colleague (Cleo).
type world struct {
	t        *testing.T
	db       *engine.DB
	clock    *fixedClock
	people   *kernelstore.People
	stores   library.Stores
	feature  *library.Feature
	router   *bot.Router
	shelf    []library.Entry
	editions []library.Edition
	presses  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, clock, chance := storagetest.Memory(t), &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), stores: librarystore.New(db, clock)}
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = library.New(library.Config{
		Organisation: bot.Organisation{Name: "Test", Zone: time.UTC}, People: w.people, Stores: w.stores, Clock: clock, Random: chance,
		Sources: []library.Source{func(context.Context) ([]library.Entry, error) { return slices.Clone(w.shelf), nil }},
		Departments: func(context.Context) ([]library.Department, error) {
			return []library.Department{{Name: "Housing", Colleagues: 9}, {Name: "Mayor", Colleagues: 2}, {Name: "Parks", Colleagues: 5}}, nil
		},
		Editions: func(_ context.Context, limit int) ([]library.Edition, error) {
			return w.editions[:min(limit, len(w.editions))], nil
		},
	})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for name, department := range map[string]string{"lea": "Housing", "lou": "Parks", "ada": "Parks", "cleo": "Mayor"} {
		_, err := w.people.Record(t.Context(), []bot.AccountFact{{Account: account(name), Name: name, Department: department}})
		w.ok(err)
	}
	for _, name := range []string{"lea", "lou"} {
		w.change(name, func(p *bot.Person) { p.Roles = []bot.Role{bot.Lead} })
	}
	w.shelf = []library.Entry{
		{Kind: library.Story, ID: "s1", Title: "Letters that begin with the answer", Words: "31 calls instead of 70", When: begin.AddDate(0, -5, 0), Authors: []bot.PersonID{w.id("ada")}},
		{Kind: library.Learning, ID: "l1", Words: "Ask for the postcode first", Credit: "Somebody", Department: "Parks", When: begin.AddDate(0, -8, 0)},
		{Kind: library.Used, ID: "u1", Title: "How to write a letter", Words: "We changed our template", When: begin.AddDate(0, -1, 0)},
	}
	return w
}

func (w *world) ok(err error) { w.t.Helper(); ok(w.t, err) }

func account(name string) bot.AccountID { return bot.NewAccountID("test", name) }

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
	case bot.Done:
		message = reply.Message
	case bot.Invalid:
		return fmt.Sprint(reply.Fields)
	case bot.Ask:
		return fmt.Sprintf("%+v", reply.Form)
	case bot.Refresh:
		var err error
		message, _, err = w.router.View(w.t.Context(), reply.View)
		w.ok(err)
	default:
		w.t.Fatalf("nothing to read: %#v", reply)
	}
	raw, err := message.MarshalJSON()
	w.ok(err)
	return string(raw)
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

// sweep runs the sweep as two replicas would.
func (w *world) sweep() {
	w.t.Helper()
	for range 2 {
		for _, sweep := range w.feature.Sweeps() {
			_, err := sweep.Run(w.t.Context())
			w.ok(err)
		}
	}
}

// later lets time go by.
func (w *world) later(d time.Duration) {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(d)
	w.sweep()
}

// proposals lists them as "id entry state", the newest first.
func (w *world) proposals(want string) {
	w.t.Helper()
	all, err := w.stores.Proposals.List(w.t.Context())
	w.ok(err)
	var out []string
	for _, p := range all {
		out = append(out, p.ID+" "+p.Entry+" "+string(p.State))
	}
	if got := strings.Join(out, ", "); got != want {
		w.t.Errorf("proposals: %s, not %s", got, want)
	}
}

const missing = "That is not here, or not for you"

// The search in chat.
func TestWorked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.has("everything", w.say("cleo", "worked"), "Letters that begin", "/worked/s1", "postcode", "3 entries", `"/worked"`)
	w.has("words", w.say("cleo", "worked LETTÉR"), "/worked/s1", "/worked/u1", "!postcode", "2 entries have these words", "/worked?q=LETT")
	w.has("none", w.say("cleo", "worked swimming"), "Nothing has all of these words: swimming")
	w.has("one", w.press("cleo", "library.show", "s1"), "31 calls", "Nobody yet, as far as was noted", "!Note whom")
	w.has("one for its author", w.press("ada", "library.show", "s1"), "Note whom it was told to", "!Strike", "!Take it back")
	w.has("none of that name", w.press("cleo", "library.show", "none"), missing)
	w.shelf = nil
	w.has("nothing yet", w.say("cleo", "worked"), "Nothing yet")
	w.has("it is gone", w.press("ada", "library.show", "s1"), missing)
}

// Whom something was told to is noted by its author and by leads, once for each form,
// and struck by them.
func TestTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.has("the form", w.say("ada", "told"), "Whom it was told to", "Letters that begin", "!postcode")
	w.has("a lead's form", w.say("lea", "told letter"), "Letters that begin", "How to write", "!postcode", "Housing")
	w.has("nobody's form", w.say("cleo", "told"), "nothing of yours in the library")
	w.has("no words", w.say("lea", "told swimming"), "has these words")
	w.has("by a button", w.press("ada", "library.told", "s1"), "Whom it was told to")
	w.has("a form of another", w.press("cleo", "library.told", "s1"), missing)
	w.has("sent by another", w.send("cleo", "library.told", "s1", "whom", "A team"), missing)
	w.has("of nothing", w.send("lea", "library.told", "none", "whom", "A team"), missing)
	w.has("of another's", w.send("ada", "library.told", "", "entry", "l1", "whom", "A team"), missing)
	w.has("to nobody", w.send("ada", "library.told", "s1", "whom", " "), "Write whom")
	w.has("on no day", w.send("ada", "library.told", "s1", "whom", "x", "on", "soon"), "Write the day")
	w.has("far away", w.send("ada", "library.told", "s1", "whom", "x", "on", "2099-01-01"), "too far away")
	w.has("to no department", w.send("ada", "library.told", "s1", "whom", "x", "department", "Nowhere"), "Choose a department")
	if got, _ := w.stores.Tellings.List(t.Context()); len(got) > 0 {
		t.Errorf("something was kept: %v", got)
	}
	for range 2 { // the form is sent twice
		w.has("told", w.do("ada", bot.Invocation{Command: "library.told", Arg: "s1", Nonce: "one form", Values: map[string][]string{"whom": {"The board"}, "on": {"2026-11-20"}, "department": {"Housing"}}}),
			"The board", "Housing", "2026-11-20T12:00", "Strike the last note")
	}
	w.send("lea", "library.told", "", "entry", "s1", "whom", "The mayor's office", "on", "2026-12-24")
	w.has("read by everybody", w.press("cleo", "library.show", "s1"), "The board", "planned for", "!Strike")
	noted, err := w.stores.Tellings.List(t.Context())
	w.ok(err)
	if len(noted) != 2 {
		t.Fatalf("%v", noted)
	}
	w.has("found by it", w.say("cleo", "worked board"), "/worked/s1")
	w.has("struck by another", w.press("cleo", "library.untold", "s1/"+noted[1].Key), missing)
	w.has("struck", w.press("ada", "library.untold", "s1/"+noted[1].Key), "!mayor", "The board")
	w.has("struck twice", w.press("ada", "library.untold", "s1/"+noted[1].Key), "The board")
	w.has("an edition stays", w.press("ada", "library.untold", "s1/edition/1"), missing)
}

// An edition is a telling too, for whatever stood in it, and says where links lead.
func TestEditionsTell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.editions = []library.Edition{
		{ID: "e2", Name: "the roundup", At: begin.Add(-day), Entries: []string{"l1"}, Recalled: true},
		{ID: "e1", Name: "the roundup", At: begin.Add(-8 * day), Entries: []string{"s1", "none"}, Links: map[string]string{"How to write a letter": "https://letters.example/how"}},
	}
	w.sweep()
	w.has("told", w.press("ada", "library.show", "s1"), "readers of the roundup", "!Strike")
	w.has("taken back", w.press("ada", "library.show", "l1"), "Nobody yet")
	w.has("a link", w.press("cleo", "library.show", "u1"), "https://letters.example/how")
	if noted, _ := w.stores.Tellings.List(t.Context()); len(noted) != 2 {
		t.Errorf("%v", noted)
	}
}

// An example is kept, found, offered, and taken back by its keeper or a lead.
func TestExample(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.has("the form", w.say("cleo", "example example.org/bins"), "https://example.org/bins", "What came of it")
	for what, c := range map[string]struct{ address, want string }{
		"no address": {"", "Write the address"}, "no web": {"javascript:alert(1)", "Write the address"}, "a file": {"file:///etc/passwd", "Write the address"},
		"a password": {"https://me:secret@example.org", "Write the address"}, "words": {"two words", "Write the address"},
	} {
		w.has(what, w.send("cleo", "library.example", "", "address", c.address, "came", "x"), c.want)
	}
	w.has("nothing said", w.send("cleo", "library.example", "", "address", "https://example.org/x"), "Write a line of what came of it")
	for range 2 {
		kept := w.do("cleo", bot.Invocation{Command: "library.example", Nonce: "a form", Values: map[string][]string{
			"address": {"example.org/bins"}, "who": {"Another council"}, "job": {"Answering calls about bins"}, "came": {"A third fewer calls"}}})
		w.has("kept", kept, "The example is kept", "kept by a colleague")
		for _, block := range kept.(bot.Done).Message.Blocks {
			if row, is := block.(bot.Actions); is {
				w.has("its last page leads to it", w.press("cleo", row.Buttons[0].Command, row.Buttons[0].Arg), "A third fewer calls")
			}
		}
	}
	w.has("named", w.send("ada", "library.example", "", "address", "https://example.org/park", "who", "A park", "came", "More visitors", "name", "name"), "Your name stands with it")
	w.has("found", w.say("lea", "worked bins"), "Another council: Answering calls about bins", "kept by a colleague", "!cleo", "!Mayor") // of two people
	w.has("found with a name", w.say("lea", "worked visitors"), "kept by ada, Parks")
	offered, err := w.feature.Examples(t.Context(), "Bin days on the phone: fewer calls", 3)
	w.ok(err)
	if len(offered) != 1 || offered[0].URL != "https://example.org/bins" {
		t.Errorf("%v", offered)
	}
	id := offered[0].ID
	w.has("for its keeper", w.press("cleo", "library.show", id), "Take it back")
	w.has("for another", w.press("ada", "library.show", id), "!Take it back")
	w.has("of another", w.press("ada", "library.takeback", id), missing)
	w.has("of no example", w.press("lea", "library.takeback", "s1"), missing)
	w.has("taken back", w.press("cleo", "library.takeback", id), "nobody reads it from now on")
	w.has("twice", w.press("cleo", "library.takeback", id), missing)
	w.has("gone from chat", w.say("lea", "worked bins"), "Nothing has all of these words")
	w.has("its form again", w.do("cleo", bot.Invocation{Command: "library.example", Nonce: "a form", Values: map[string][]string{"address": {"example.org/bins"}, "came": {"A third fewer calls"}}}), "kept")
	w.has("it stays gone", w.say("lea", "worked third"), "Nothing has all of these words")
	offered, err = w.feature.Examples(t.Context(), "bins", 3)
	w.ok(err)
	if len(offered) > 0 {
		t.Errorf("%v is still offered", offered)
	}
}

// A year of proposals: one a month at most, to every lead that is here, with the
// choices that each has; nothing to anybody else.
func TestProposed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.change("lou", func(p *bot.Person) { p.Inactive = true })
	w.sweep()
	w.proposals("2026-11 s1 proposed")
	if got, want := outbox(t, w.db), []string{"retell/2026-11/" + string(w.id("lea")) + " nudge library.retell/1 queued"}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	w.has("the card", w.say("lea", "retell"), "31 calls", "Next edition", "A meeting", "Not this one", "Not now", "Why you: you are a comms lead", "nobody was told yet")
	w.has("on the lead's page", w.home("lea"), "Worth telling again")
	w.has("not on others'", w.home("cleo"), "!Worth telling again")
	for _, command := range []string{"library.edition", "library.meeting", "library.notthis", "library.notnow", "library.again"} {
		for _, who := range []string{"cleo", "ada"} {
			w.has(command+" by "+who, w.press(who, command, "2026-11"), "That is for comms leads")
			w.has(command+" sent by "+who, w.send(who, command, "2026-11", "fresh", "x", "whom", "x"), "That is for comms leads")
		}
		if command != "library.again" {
			w.has(command+" of nothing", w.press("lea", command, "2020-01"), missing)
		}
	}
	w.has("the form", w.press("lea", "library.edition", "2026-11"), "What is new about it")
	w.has("nothing new", w.send("lea", "library.edition", "2026-11", "fresh", " "), "Without one it is the old story")
	w.has("chosen", w.send("lea", "library.edition", "2026-11", "fresh", "Now 24 calls"), "chosen", "Now 24 calls")
	w.has("chosen twice", w.send("lea", "library.edition", "2026-11", "fresh", "Now 20 calls"), "Now 24 calls")
	w.has("too late", w.press("lea", "library.notthis", "2026-11"), "chosen for the next edition already")
	again, err := w.feature.Retold(t.Context(), begin, w.clock.now.Add(time.Hour))
	w.ok(err)
	if len(again) != 1 || again[0].ID != "2026-11" || again[0].Fresh != "Now 24 calls" || again[0].Entry.ID != "s1" {
		t.Errorf("%+v", again)
	}
	if again, _ := w.feature.Retold(t.Context(), begin, begin); len(again) > 0 {
		t.Errorf("offered before it was chosen: %v", again)
	}
	w.editions = []library.Edition{{ID: "e1", Name: "the roundup", At: w.clock.now, Retold: []string{"2026-11", "none"}}}
	w.later(2 * time.Hour)
	w.proposals("2026-11 s1 told")
	w.has("told", w.press("cleo", "library.show", "s1"), "readers of the roundup", "Now 24 calls")
	if again, _ := w.feature.Retold(t.Context(), begin, w.clock.now); len(again) > 0 {
		t.Errorf("still offered: %v", again)
	}
	w.has("nothing waits", w.say("lea", "retell"), "Nothing is proposed at the moment")
	w.later(28 * day)
	w.proposals("2026-11 s1 told") // not a month yet
	w.later(3 * day)
	w.proposals("2026-12 l1 proposed, 2026-11 s1 told")
	w.has("told in a meeting", w.send("lea", "library.meeting", "2026-12", "whom", "The board", "fresh", "Twice as fast"), "It is noted")
	w.has("noted", w.press("cleo", "library.show", "l1"), "The board", "Twice as fast")
	w.later(32 * day)
	w.proposals("2027-01 u1 proposed, 2026-12 l1 told, 2026-11 s1 told")
	w.has("not this one", w.press("lea", "library.notthis", "2027-01"), "not proposed again for a year")
	w.has("twice", w.press("lea", "library.notthis", "2027-01"), "not proposed again for a year")
	w.later(32 * day)
	w.proposals("2027-03 s1 proposed, 2027-01 u1 declined, 2026-12 l1 told, 2026-11 s1 told")
	w.has("not now", w.press("lea", "library.notnow", "2027-03"), "after a quarter")
	w.later(29 * day)
	w.later(29 * day)
	w.proposals("2027-04 l1 proposed, 2027-03 s1 later, 2027-01 u1 declined, 2026-12 l1 told, 2026-11 s1 told")
	w.later(28 * day)
	w.has("it ended", w.press("lea", "library.notnow", "2027-04"), "lapsed")
}

// What is taken back ends its proposal, and its words are on no card any more.
func TestTakenBackWhileProposed(t *testing.T) {
	t.Parallel()
	for _, accepted := range []bool{false, true} {
		w := newWorld(t)
		w.sweep()
		if accepted {
			w.send("lea", "library.edition", "2026-11", "fresh", "Now 24 calls")
		}
		w.shelf = w.shelf[1:]
		if again, _ := w.feature.Retold(t.Context(), begin, w.clock.now.Add(day)); len(again) > 0 {
			t.Errorf("offered to an edition: %v", again)
		}
		gone := []string{"!31 calls", "!Letters", "!24 calls"}
		w.has("the card at once", w.say("lea", "retell"), gone...)
		if !accepted {
			w.has("a form", w.press("lea", "library.edition", "2026-11"), append(gone, "taken back in the meantime")...)
			w.has("a form that was open", w.send("lea", "library.meeting", "2026-11", "whom", "x"), append(gone, "taken back in the meantime")...)
		}
		w.later(2 * time.Hour)
		w.proposals("2026-11 s1 lapsed")
		w.has("in the end", w.say("lea", "retell"), append(gone, "Nothing is proposed")...)
		kept, err := w.stores.Proposals.Get(t.Context(), "2026-11")
		w.ok(err)
		if kept.Angle != "" {
			t.Errorf("%q is kept", kept.Angle)
		}
	}
}

// Without a lead nobody is asked, and the first lead finds the proposal later.
func TestNoLead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"lea", "lou"} {
		w.change(name, func(p *bot.Person) { p.Roles = nil })
	}
	w.sweep()
	w.proposals("")
	w.change("lea", func(p *bot.Person) { p.Roles = []bot.Role{bot.Lead} })
	w.later(2 * time.Hour)
	w.proposals("2026-11 s1 proposed")
}

func (w *world) home(name string) bot.Reply {
	w.t.Helper()
	message, err := w.router.Home(w.t.Context(), account(name))
	w.ok(err)
	return bot.Say{Message: message}
}
