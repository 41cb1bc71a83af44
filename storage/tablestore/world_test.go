package tablestore_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/tables"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
	"evangelist/storage/tablestore"
)

// world is an installation in the small: a lead (Lea), members m0 to m9, and a
// colleague (Cleo).
type world struct {
	t       *testing.T
	db      *engine.DB
	clock   *fixedClock
	people  *kernelstore.People
	stores  tables.Stores
	feature *tables.Feature
	router  *bot.Router
	members []bot.PersonID
	learned map[string]tables.Told
	presses int
}

func newWorld(t *testing.T, gather tables.GatherSource) *world {
	t.Helper()
	db, clock, chance := storagetest.Memory(t), &fixedClock{begin}, &counting{}
	w := &world{t: t, db: db, clock: clock, people: kernelstore.NewPeople(db, clock, chance), stores: tablestore.New(db, clock), learned: map[string]tables.Told{}}
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.feature = tables.New(tables.Config{
		Organisation: bot.Organisation{Name: "Test", Zone: time.UTC}, People: w.people, Stores: w.stores, Clock: clock, Random: chance, Gather: gather,
		Members: func(context.Context) ([]bot.PersonID, error) { return w.members, nil },
		Agenda:  func(context.Context) ([]string, error) { return []string{" An open question? ", ""}, nil },
		Learn: func(_ context.Context, told tables.Told) error {
			if _, known := w.learned[told.Key]; !known {
				w.learned[told.Key] = told
			}
			return nil
		},
	})
	w.ok(w.router.Add(w.feature.Commands()...))
	w.router.AddViews(w.feature.Views()...)
	w.router.AddPanels(w.feature.Panels()...)
	for _, name := range []string{"lea", "cleo", "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9"} {
		w.record(bot.AccountFact{Name: name, Department: []string{"Housing", "Parks", "Libraries"}[len(w.members)%3], Level: []string{"Officer", "Director"}[len(w.members)%2]})
		if strings.HasPrefix(name, "m") {
			w.members = append(w.members, w.id(name))
		}
	}
	w.change("lea", func(p *bot.Person) { p.Roles = []bot.Role{bot.Lead} })
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
		return reply.Form.Title
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

// until lets time go by to a moment, in steps of half a day, with two replicas
// that sweep at each.
func (w *world) until(at time.Time) {
	w.t.Helper()
	for ; w.clock.now.Before(at); w.clock.now = w.clock.now.Add(12 * time.Hour) {
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

// rounds lists the rounds as "id state", the newest first.
func (w *world) rounds() string {
	w.t.Helper()
	all, err := w.stores.Rounds.List(w.t.Context())
	w.ok(err)
	var out []string
	for _, r := range all {
		out = append(out, r.ID+" "+string(r.State))
	}
	return strings.Join(out, ", ")
}

func (w *world) expectRounds(want string) {
	w.t.Helper()
	if got := w.rounds(); got != want {
		w.t.Fatalf("rounds: %s, not %s", got, want)
	}
}

func (w *world) newest() tables.Round {
	w.t.Helper()
	all, err := w.stores.Rounds.List(w.t.Context())
	w.ok(err)
	return all[0]
}

// keys lists the keys of deliveries with a word in them.
func (w *world) keys(word string) []string {
	w.t.Helper()
	return slices.DeleteFunc(outbox(w.t, w.db), func(line string) bool { return !strings.Contains(line, word) })
}

// rhythm has the lead set it.
func (w *world) rhythm(pairs ...string) {
	w.t.Helper()
	w.has("the rhythm", w.send("lea", "tables.set", "", append([]string{"rhythm", "every 4 weeks on Thursday 12:00"}, pairs...)...), "Round tables are set", "every 4 weeks on Thursday")
}

// The first Thursday after the beginning at which tables are laid, and the others.
var (
	slotOne = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	slotTwo = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)
)

// A draft stands a week before its slot, not sooner, and waits when nobody decides;
// when the next one is due its time is over.
func TestARhythmThatNobodyAttends(t *testing.T) {
	w := newWorld(t, nil)
	w.rhythm()
	w.expectRounds("")
	w.until(slotOne)
	w.expectRounds("2026-11-26T12:00 drafted")
	if got := w.keys("/waits/"); len(got) != 1 {
		t.Errorf("the lead is told once that it waits: %v", got)
	}
	w.until(slotTwo.Add(-7*day - time.Minute))
	w.expectRounds("2026-11-26T12:00 drafted")
	w.until(slotTwo.Add(-7 * day))
	w.expectRounds("2026-12-24T12:00 drafted, 2026-11-26T12:00 called-off")
	if got := w.keys("nudge"); len(got) > 0 {
		t.Errorf("nothing was approved, and it goes out: %v", got)
	}
	w.has("the old card", w.press("lea", "tables.approve", "2026-11-26T12:00"), "called off")
}

// Chosen so, an undecided draft goes out at its slot, and the round lives its life.
func TestARhythmThatGoesByItself(t *testing.T) {
	w := newWorld(t, nil)
	w.rhythm("undecided", "goes")
	w.until(slotOne.Add(-time.Minute))
	w.expectRounds("2026-11-26T12:00 drafted")
	w.until(slotOne)
	w.expectRounds("2026-11-26T12:00 out")
	if seats := w.keys("/seat/"); len(seats) != 10 {
		t.Errorf("each is written to alone where no conversation can be opened: %v", seats)
	}
	w.until(slotOne.Add(7 * day))
	w.expectRounds("2026-11-26T12:00 followed-up")
	if asked := w.keys("/met/"); len(asked) != 10 {
		t.Errorf("asked: %v", asked)
	}
	w.until(slotOne.Add(21 * day))
	w.expectRounds("2026-12-24T12:00 drafted, 2026-11-26T12:00 closed")
	past, err := w.stores.Rounds.Past(t.Context())
	w.ok(err)
	if len(past) != 1 || len(past[0].Plan.Tables) != 3 {
		t.Errorf("the history: %+v", past)
	}
}

// A slot that passes while nothing runs is said, once, and nothing is made up for.
func TestASlotThatPassed(t *testing.T) {
	w := newWorld(t, nil)
	w.rhythm()
	w.clock.now = slotTwo.Add(10 * day)
	w.sweep()
	w.expectRounds("2026-12-24T12:00 called-off")
	if got := w.keys("/missed/"); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// Whoever takes a break, wants no messages, or leaves is out of the draft in the
// next sweep; who is kept apart afterwards stops it.
func TestTheDraftFollowsPeople(t *testing.T) {
	w := newWorld(t, nil)
	w.has("planned", w.say("lea", "tables plan"), "10 of 10 people sit at 3 tables", "tables.approve", "An open question?", "!Officer", "!Director")
	w.has("once", w.say("lea", "tables plan"), "10 of 10 people")
	if all, err := w.stores.Rounds.List(t.Context()); err != nil || len(all) != 1 {
		t.Fatalf("%d rounds, %v", len(all), err)
	}
	w.has("a break", w.send("m0", "tables.snooze", "", "weeks", "8"), "You take a break")
	w.change("m1", func(p *bot.Person) { p.Contact.Never = true })
	gone := true
	w.record(bot.AccountFact{Name: "m2", Inactive: &gone})
	w.send("m3", "tables.wish", "", "part", "no")
	w.sweep()
	r := w.newest()
	for _, name := range []string{"m0", "m1", "m2", "m3"} {
		if slices.Contains(r.Persons(), w.id(name)) {
			t.Errorf("%s is in the draft", name)
		}
	}
	w.has("mended", w.say("lea", "tables plan"), "6 of 6 people sit at 2 tables", "tables.approve")
	if told := w.keys("/lost/"); len(told) != 1 {
		t.Errorf("the lead is told once: %v", told)
	}
	table := r.At(1)
	w.ok(w.stores.Pairs.Set(t.Context(), tables.PairOf(table[0], table[1], table[0]), true))
	w.has("kept apart", w.press("lea", "tables.now", r.ID), "cannot go out yet")
	w.has("the proof", w.say("lea", "tables plan"), "are to be kept apart, and both sit at table 1", "!tables.approve")
	w.press("lea", "tables.again", fmt.Sprint(r.ID, "/", w.newest().Version))
	w.has("approved", w.press("lea", "tables.approve", r.ID), "Approved")
	w.has("taken back", w.press("lea", "tables.reopen", r.ID), "a draft")
	w.has("approved again", w.press("lea", "tables.approve", r.ID), "Approved")
	w.until(w.clock.now.Add(time.Minute))
	if w.newest().State != tables.Out {
		t.Fatalf("%s", w.rounds())
	}
	w.has("a break at the table", w.send("m4", "tables.snooze", r.ID, "weeks", "4"), "You take a break")
	if seat, _ := ptr(w.newest()).Place(w.id("m4")); seat.Stand != tables.Away {
		t.Errorf("%+v", seat)
	}
}

func ptr(r tables.Round) *tables.Round { return &r }

// One message to a conversation where it can be opened, unless somebody at the
// table wants fewer messages: theirs must not hold up the others'.
func TestConversations(t *testing.T) {
	w := newWorld(t, func(context.Context, []bot.PersonID) (func([]bot.PersonID) bool, error) {
		return func([]bot.PersonID) bool { return true }, nil
	})
	w.change("m0", func(p *bot.Person) { p.Contact.Less = true })
	w.rhythm("undecided", "goes")
	w.until(slotOne)
	r := w.newest()
	seat, _ := ptr(r).Place(w.id("m0"))
	for n := 1; n <= len(r.Tables); n++ {
		group := w.keys(fmt.Sprintf("table/%s/%d ", r.ID, n))
		if (len(group) == 0) != (n == seat.Table) {
			t.Errorf("table %d, and m0 sits at %d: %v", n, seat.Table, group)
		}
	}
	if own := w.keys("/seat/"); len(own) != len(r.At(seat.Table)) {
		t.Errorf("alone: %v", own)
	}
}

// What is typed wrongly is said, and nothing is done; what is not for somebody is
// not there.
func TestRefusals(t *testing.T) {
	w := newWorld(t, nil)
	for what, c := range map[string]struct {
		reply bot.Reply
		want  string
	}{
		"too often":            {w.send("lea", "tables.set", "", "rhythm", "every Thursday"), "more often than every second week"},
		"no rhythm":            {w.send("lea", "tables.set", "", "rhythm", "now and then"), "rhythm"},
		"no size":              {w.send("lea", "tables.set", "", "rhythm", "", "size", "2-9"), "cannot be for 2 to 9"},
		"a colleague's rhythm": {w.send("cleo", "tables.set", "", "rhythm", "every 4 weeks on Thursday 12:00"), "not here, or not for you"},
		"a colleague's plan":   {w.say("cleo", "tables plan"), "That is for comms leads"},
		"a colleague's list":   {w.say("cleo", "tables pairs"), "That is for comms leads"},
		"a word":               {w.say("cleo", "tables frequently"), "I do not know that word"},
		"apart from nobody":    {w.send("cleo", "tables.apart", ""), "Choose a colleague"},
		"apart from oneself":   {w.send("cleo", "tables.apart", "", "person", string(w.id("cleo"))), "from themselves"},
		"apart from a ghost":   {w.send("cleo", "tables.apart", "", "person", "ghost"), "I do not know this person"},
		"a break of no weeks":  {w.send("cleo", "tables.snooze", "", "weeks", "-3"), "from 1 to 52"},
		"a wish of no weeks":   {w.send("cleo", "tables.wish", "", "part", "yes", "weeks", "soon"), "from 1 to 52"},
		"no round":             {w.press("cleo", "tables.leave", "none"), "not here, or not for you"},
	} {
		w.has(what, c.reply, c.want)
	}
	w.say("lea", "tables plan")
	r := w.newest()
	m0, at := string(w.id("m0")), ""
	if seat, ok := ptr(r).Place(w.id("m0")); ok {
		at = fmt.Sprint(seat.Table)
	}
	for what, c := range map[string]struct {
		reply bot.Reply
		want  string
	}{
		"nobody":            {w.send("lea", "tables.move", r.ID, "table", "1"), "Choose somebody"},
		"nowhere":           {w.send("lea", "tables.move", r.ID, "person", m0), "Give a table"},
		"both":              {w.send("lea", "tables.move", r.ID, "person", m0, "table", "1", "with", m0), "Choose one of the two"},
		"no number":         {w.send("lea", "tables.move", r.ID, "person", m0, "table", "next"), "whole number"},
		"no such table":     {w.send("lea", "tables.move", r.ID, "person", m0, "table", "9"), "There is no table 9"},
		"the same table":    {w.send("lea", "tables.move", r.ID, "person", m0, "table", at), "already"},
		"a stranger":        {w.send("lea", "tables.move", r.ID, "person", string(w.id("cleo")), "table", "1"), "not in this draft"},
		"with a stranger":   {w.send("lea", "tables.move", r.ID, "person", m0, "with", string(w.id("cleo"))), "not in this draft"},
		"with oneself":      {w.send("lea", "tables.move", r.ID, "person", m0, "with", m0), "same place already"},
		"a member's draft":  {w.send("m0", "tables.move", r.ID, "person", m0, "table", "0"), "That is for comms leads"},
		"before it is out":  {w.press("m0", "tables.leave", r.ID), "not here, or not for you"},
		"swap before":       {w.press("m0", "tables.swap", r.ID+"/1"), "not here, or not for you"},
		"answered too soon": {w.send("m0", "tables.answer", r.ID, "met", "met", "words", "x"), "not here, or not for you"},
	} {
		w.has(what, c.reply, c.want)
	}
	if after := w.newest(); after.Version != r.Version || len(w.learned) > 0 {
		t.Errorf("something was changed: %d, %d, %v", after.Version, r.Version, w.learned)
	}
}

// Who keeps two apart: a wish of one's own and the lead's stand beside each other,
// and only leads read the list, without who asked and without a reason.
func TestApart(t *testing.T) {
	w := newWorld(t, nil)
	m0, m1 := string(w.id("m0")), string(w.id("m1"))
	w.has("own", w.send("m0", "tables.apart", "", "person", m1), "You and m1 do not share a table")
	w.has("the lead's", w.send("lea", "tables.pair", "", "one", m1, "other", m0), "do not share a table")
	w.has("the list", w.say("lea", "tables pairs"), "m0", "m1", "one of them wishes it", "!a lead set it")
	w.has("taken back by the lead", w.send("lea", "tables.pair", "", "one", m0, "other", m1, "apart", "together"), "A wish of one of the two stays")
	w.has("the other's answer tells nothing", w.send("m1", "tables.apart", "", "person", m0, "apart", "together"), "You no longer ask to be kept apart from m0")
	w.has("it stays", w.say("lea", "tables pairs"), "one of them wishes it")
	w.send("m0", "tables.apart", "", "person", m1, "apart", "together")
	w.has("gone", w.say("lea", "tables pairs"), "Nobody.")
}

// home is a person's page.
func (w *world) home(name string) bot.Reply {
	w.t.Helper()
	message, err := w.router.Home(w.t.Context(), account(name))
	w.ok(err)
	return bot.Say{Message: message}
}

// What stands on the page of a lead, a member and a colleague, from before the
// first round to after it.
func TestHome(t *testing.T) {
	w := newWorld(t, nil)
	w.has("nothing yet", w.home("cleo"), "!ound table")
	w.has("a member without a rhythm", w.home("m0"), "No round is planned yet")
	w.has("a lead without a rhythm", w.home("lea"), "no rhythm yet", "Plan now")
	w.rhythm("undecided", "waits")
	w.sweep()
	w.has("a colleague is invited", w.home("cleo"), "Take part")
	w.has("a lead with a draft", w.home("lea"), "A draft of 3 tables waits", "If nobody decides by then, it waits", "Open the draft")
	w.rhythm("undecided", "goes")
	w.has("the lead thought again", w.home("lea"), "approved or not, if it keeps every rule")
	w.has("a member knows nothing of a draft", w.home("m0"), "You take part. The next tables are laid on", "!You sit")
	w.until(slotOne)
	w.has("a member at a table", w.home("m0"), "You sit with", "tables.swap", "!Officer", "!Director")
	w.has("the lead reads nobody's seat", w.home("lea"), "!You sit")
	w.until(slotOne.Add(8 * day))
	w.has("a member is asked", w.home("m0"), "Did you meet, and what came of it?", "tables.answer")
	w.has("told", w.send("m0", "tables.answer", w.newest().ID, "met", "met", "words", "A list.", "consent", "unnamed"), "What you told is kept")
	w.has("told twice", w.send("m0", "tables.answer", w.newest().ID, "met", "not-met", "words", "Another.", "consent", "name"), "told us already")
	w.has("thanked", w.home("m0"), "Thank you for telling us", "!tables.answer")
	if len(w.learned) != 1 {
		t.Errorf("%v", w.learned)
	}
	for _, told := range w.learned {
		if told.Words != "A list." || told.Consent != "unnamed" || told.About != "the round table of 26 November 2026" || told.Person != w.id("m0") {
			t.Errorf("%+v", told)
		}
	}
	w.until(slotOne.Add(22 * day))
	w.has("after the round", w.home("m0"), "The next tables are laid on", "!You sit")
	w.has("late", w.press("m0", "tables.notmet", "2026-11-26T12:00"), "has ended")
}

// A button that was never shown to somebody does nothing and tells nothing: the
// answer is the one about a round that there is not.
func TestForgedButtons(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	w := newWorld(t, nil)
	w.say("lea", "tables plan")
	own := []string{"tables.snooze", "tables.stay", "tables.wish", "tables.mine", "tables.apart", "tables.set"} // about oneself
	values := []string{"person", string(w.id("m0")), "table", "1", "format", "coffee", "met", "met", "words", "forged", "one", string(w.id("m0")), "other", string(w.id("m1"))}
	parts := []string{"", "/1", "/" + string(w.id("m0"))}
	for _, state := range []tables.State{tables.Drafted, tables.Approved, tables.Out, tables.FollowedUp, tables.Closed} {
		r := w.newest()
		if r.State != state {
			t.Fatalf("%s, not %s", r.State, state)
		}
		for _, command := range w.feature.Commands() {
			if slices.Contains(own, command.Name) {
				continue
			}
			for _, who := range []string{"cleo", "m0"} {
				seat, seated := ptr(r).Place(w.id("m0"))
				if who == "m0" && seated && seat.Stand == tables.Seated && command.Needs == bot.Colleague && state != tables.Drafted && state != tables.Approved {
					continue // it is theirs
				}
				for _, part := range parts {
					said, missing := w.text(w.press(who, command.Name, r.ID+part)), w.text(w.press(who, command.Name, "none"+part))
					if said != missing {
						t.Errorf("%s, %s by %s: %s, and of nothing %s", state, command.Name, who, said, missing)
					}
					said, missing = w.text(w.send(who, command.Name, r.ID+part, values...)), w.text(w.send(who, command.Name, "none"+part, values...))
					if said != missing {
						t.Errorf("%s, %s sent by %s: %s, and of nothing %s", state, command.Name, who, said, missing)
					}
				}
			}
		}
		if after := w.newest(); after.Version != r.Version {
			t.Errorf("%s: something was changed", state)
		}
		if state == tables.Drafted {
			w.press("lea", "tables.now", r.ID)
			continue
		}
		w.until(ptr(r).NextAt().Add(time.Second))
	}
	if len(w.learned) > 0 {
		t.Errorf("%v", w.learned)
	}
}
