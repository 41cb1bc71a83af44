package office_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/office"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

var monday = time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)

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

// world is an installation in the small: one lead (lea), three colleagues, a room.
type world struct {
	t       *testing.T
	clock   *fixedClock
	people  *kernelstore.People
	places  *kernelstore.Places
	router  *bot.Router
	changed map[bot.PersonID]int // messages that a change of a person brought
}

// watched counts what a change of a person sends.
type watched struct {
	*kernelstore.People
	w *world
}

func (p watched) Change(ctx context.Context, id bot.PersonID, rule func(*bot.Person) ([]bot.Delivery, error)) error {
	var sent []bot.Delivery
	err := p.People.Change(ctx, id, func(person *bot.Person) (_ []bot.Delivery, err error) {
		sent, err = rule(person)
		return sent, err
	})
	for _, d := range sent {
		p.w.changed[d.To.Person]++
	}
	return err
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, clock, chance := storagetest.Memory(t), &fixedClock{monday}, &counting{}
	w := &world{t: t, clock: clock, people: kernelstore.NewPeople(db, clock, chance), places: kernelstore.NewPlaces(db, clock), changed: map[bot.PersonID]int{}}
	w.router = bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	w.ok(w.router.Add(office.New(office.Config{Organisation: bot.Organisation{Name: "Test", Zone: time.UTC}, People: watched{w.people, w}, Places: w.places, Random: chance}).Commands()...))
	for _, name := range []string{"lea", "ada", "ben", "cleo"} {
		w.record(bot.AccountFact{Name: name})
	}
	w.ok(w.people.Change(t.Context(), w.id("lea"), func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	}))
	w.ok(w.places.Observe(t.Context(), []bot.Place{
		{ID: "test|room", Name: "room", Kind: bot.OpenChannel, Member: true}, {ID: "test|inner", Name: "inner", Kind: bot.PrivateChannel, Member: true},
		{ID: "test|away", Name: "away", Kind: bot.OpenChannel}, {ID: "test|direct", Name: "direct", Kind: bot.DirectChat, Member: true},
	}))
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

func (w *world) told(name string) int { return w.changed[w.id(name)] }

func (w *world) do(name string, in bot.Invocation) bot.Reply {
	w.t.Helper()
	w.clock.now = w.clock.now.Add(3 * time.Second) // so that nobody is too fast
	in.Actor, in.Workspace = bot.Actor{Account: bot.NewAccountID("test", name), Name: name}, "test"
	return w.router.Do(w.t.Context(), in)
}

// say types words after /evangelist.
func (w *world) say(name, words string) bot.Reply {
	w.t.Helper()
	return w.do(name, bot.Invocation{Command: "evangelist", Words: words})
}

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

func (w *world) words(message bot.Message) string {
	w.t.Helper()
	text, err := message.MarshalJSON()
	w.ok(err)
	return string(text)
}

// has expects words in a reply.
func (w *world) has(what string, reply bot.Reply, wanted ...string) {
	w.t.Helper()
	var text string
	switch reply := reply.(type) {
	case bot.Say:
		text = w.words(reply.Message)
	case bot.Done:
		text = w.words(reply.Message)
	case bot.Invalid:
		for field, sentence := range reply.Fields {
			text += field + ": " + sentence + "\n"
		}
	default:
		w.t.Fatalf("%s: nothing to read: %#v", what, reply)
	}
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			w.t.Errorf("%s: does not say %q in\n%s", what, want, text)
		}
	}
}

func TestTheTeam(t *testing.T) {
	w := newWorld(t)
	form := w.form(w.say("lea", "team"))
	lea, ada := string(w.id("lea")), string(w.id("ada"))
	w.has("the last lead", w.send("lea", form, "who", lea, "change", "release-lead"), "only active comms lead")
	w.has("nobody", w.send("lea", form, "change", "appoint-lead"), "who: ")
	w.has("a stranger", w.send("lea", form, "who", "stranger", "change", "appoint-lead"), "who: I do not know")
	w.has("nothing", w.send("lea", form, "who", ada, "change", "dance"), "change: ")
	w.has("a new lead", w.send("lea", form, "who", ada, "change", "appoint-lead"), "ada: a comms lead from now on")
	if told := w.told("ada"); told != 1 {
		t.Errorf("ada is told by %d messages", told)
	}
	w.has("again", w.send("lea", form, "who", ada, "change", "appoint-lead"), "That is so already")
	w.has("a reader", w.send("ada", form, "who", string(w.id("ben")), "change", "appoint-reader"), "on the reading team")
	w.has("oneself", w.send("lea", form, "who", lea, "change", "release-lead"), "no longer a comms lead")
	w.has("who was one", w.say("lea", "team"), "That is for comms leads")
	w.has("another lead", w.send("ada", form, "who", string(w.id("cleo")), "change", "appoint-lead"), "cleo: a comms lead")
	gone := true
	w.record(bot.AccountFact{Name: "lea", Inactive: &gone})
	w.record(bot.AccountFact{Name: "cleo", Inactive: &gone})
	w.has("the last active one", w.send("ada", form, "who", ada, "change", "release-lead"), "only active comms lead")
	w.has("an inactive one", w.send("ada", form, "who", lea, "change", "appoint-reader"), "account is inactive")
}

func TestWatching(t *testing.T) {
	w := newWorld(t)
	form := w.form(w.say("lea", "watch"))
	w.has("a chat between people", w.send("lea", form, "places", "test|room", "places", "test|direct"), "never read conversations")
	w.has("an unknown place", w.send("lea", form, "places", "test|room", "places", "test|none"), "do not know one")
	watched := func() (names []string) {
		places, err := w.places.Places(t.Context())
		w.ok(err)
		for _, place := range places {
			if place.Watched {
				names = append(names, place.Name)
			}
		}
		return names
	}
	if got := watched(); len(got) != 0 {
		t.Fatalf("a refused form changed %q", got)
	}
	for range 2 {
		w.has("chosen", w.send("lea", form, "places", "test|room", "places", "test|inner", "places", "test|away"), "3 places", "These are private", "inner", "add me there: away")
		if got := watched(); !slices.Equal(got, []string{"away", "inner", "room"}) {
			t.Errorf("watched: %q", got)
		}
	}
	if got := w.form(w.say("lea", "watch")).Fields[0].Value; len(got) != 3 {
		t.Errorf("filled in: %q", got)
	}
	w.has("one less", w.send("lea", form, "places", "test|room"), "1 place now")
	if got := watched(); !slices.Equal(got, []string{"room"}) {
		t.Errorf("watched: %q", got)
	}
	w.has("none", w.send("lea", form), "I read no place now")
}

func TestSharedPlacesAreConfirmedByALead(t *testing.T) {
	w := newWorld(t)
	shared := bot.Place{ID: "test|shared", Name: "shared", Kind: bot.OpenChannel, Member: true, External: true}
	old := bot.Place{ID: "test|old", Name: "old", Kind: bot.OpenChannel, Member: true, External: true, Archived: true}
	away := shared
	away.External = false
	w.ok(w.places.Observe(t.Context(), []bot.Place{away}))
	w.has("none", w.say("lea", "shared"), "no channel that is shared")
	far := bot.Place{ID: "test|far", Name: "far", Kind: bot.OpenChannel, External: true}
	w.ok(w.places.Observe(t.Context(), []bot.Place{shared, old, far}))
	w.has("who is no lead", w.say("ada", "shared"), "for comms leads")
	form := w.form(w.say("lea", "shared"))
	if options := form.Fields[0].Options; len(options) != 1 || options[0].Value != "test|shared" || options[0].Help != "I post nothing there." {
		t.Errorf("offered: %+v", options)
	}
	if !strings.Contains(w.words(bot.Message{Blocks: form.Intro}), "people who do not work for") {
		t.Error("the form does not say who reads along")
	}
	confirmed := func() bool {
		place, err := w.places.Place(t.Context(), shared.ID)
		w.ok(err)
		return place.Confirmed
	}
	w.has("no answer", w.send("lea", form, "place", "test|shared"), "Choose whether")
	w.has("another place", w.send("lea", form, "place", "test|room", "may", "yes"), "not shared with another")
	w.has("an unknown place", w.send("lea", form, "place", "test|none", "may", "yes"), "Choose one of these")
	w.has("who is no lead", w.send("ada", form, "place", "test|shared", "may", "yes"), "for comms leads")
	if confirmed() {
		t.Fatal("confirmed by a form that was refused")
	}
	for range 2 {
		w.has("confirmed", w.send("lea", form, "place", "test|shared", "may", "yes"), "may post in shared", "reads along")
		if !confirmed() {
			t.Fatal("not confirmed")
		}
	}
	again := w.form(w.say("lea", "shared"))
	if again.Fields[0].Options[0].Help != "I may post there." {
		t.Errorf("offered: %+v", again.Fields[0].Options)
	}
	for range 2 {
		w.has("taken back", w.send("lea", again, "place", "test|shared", "may", "no"), "nothing in shared any more")
		if confirmed() {
			t.Fatal("still confirmed")
		}
	}
}
