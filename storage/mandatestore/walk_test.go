package mandatestore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/mandates"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// A letter is asked for, comes back with a question, is answered and signed; it is
// seen by two people, the manager gets nothing, and a year later it is over.
func TestALetter(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	w.record(bot.AccountFact{Name: "gwen", Manager: "dan@example.org"})
	w.has("the form", w.say("gwen", "mandate"), "form Your letter", "half-hour", string(w.id("nora")), string(w.id("bea")), "~"+string(w.id("dan")))
	for range 2 {
		w.has("asked", w.ask("gwen", "bea"), "Your letter waits for a signature", "an hour a week")
		w.presses-- // the same form once more
	}
	w.presses++
	w.has("another one", w.ask("gwen", "nora"), "You have asked for a letter already")
	m := w.letter("gwen")
	w.wants("bea", "mandate/review asked")
	w.has("the card", w.press("bea", "mandates.review", m.ID), "A letter to sign, for gwen", "mandates.sign")
	w.has("somebody else's card", w.press("nora", "mandates.review", m.ID), "not here, or not for you")
	w.has("no question", w.send("bea", "mandates.return", m.ID, "question", " "), "Write your question")
	for range 2 {
		w.has("a question", w.send("bea", "mandates.return", m.ID, "question", "Which counter?"), "You gave it back")
	}
	w.wants("gwen", "mandate/mine/1 answer")
	w.has("shown", w.say("gwen", "mandate"), "A question about your letter", "Which counter?")
	w.has("too early", w.press("bea", "mandates.sign", m.ID+"/1"), "went back with a question")
	w.has("answered", w.send("gwen", "mandates.change", m.ID, "time", "two-hours", "signer", string(w.id("bea")), "words", "The one in the hall."), "two hours a week")
	w.has("what was not read", w.press("bea", "mandates.sign", m.ID+"/1"), "The wish was changed after you opened this card")
	if _, err := w.feature.Letter(t.Context(), w.actor("gwen"), m.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a letter that nobody signed: %v", err)
	}
	w.until(begin.Add(day))
	for range 2 {
		w.has("signed", w.press("bea", "mandates.sign", m.ID+"/2"), "You signed it on")
	}
	w.wants("gwen", "mandate/mine/1 answer", "mandate/mine/2 answer")
	w.has("in her hands", w.say("gwen", "mandate"), "Your letter is signed", "/mandates/"+m.ID, "I send it to nobody")
	for _, name := range []string{"gwen", "bea", "nora", "lou", "dan", "cleo"} {
		letter, err := w.feature.Letter(t.Context(), w.actor(name), m.ID)
		if sees := name == "gwen" || name == "bea"; sees != (err == nil) || !sees && !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%s reads the letter: %v", name, err)
		} else if sees {
			w.holds("the letter", w.shown(letter.Message), "To the manager of ", "two hours a week", "The one in the hall.", "Nobody counts hours")
		}
	}
	if _, err := w.feature.Letter(t.Context(), bot.Actor{}, m.ID); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("nobody reads it: %v", err)
	}
	w.until(begin.Add(day).AddDate(1, 0, -30).Add(time.Minute))
	w.wants("gwen", "mandate/mine/1 answer", "mandate/mine/2 answer", "mandate/mine/renew nudge")
	w.has("renewed", w.send("gwen", "mandates.renew", m.ID, "time", "hour", "signer", string(w.id("nora"))), "Your letter waits for a signature")
	next := w.letter("gwen")
	w.has("signed", w.press("nora", "mandates.sign", next.ID+"/1"), "You signed it on")
	w.sweep()
	if old, err := w.stores.Mandates.Get(t.Context(), m.ID); err != nil || old.State != mandates.Expired {
		t.Errorf("the one before: %s, %v", old.State, err)
	}
	w.has("late", w.press("gwen", "mandates.withdraw", m.ID), "has run out")
	w.until(w.clock.now.AddDate(1, 0, 1))
	if w.letter("gwen").State != mandates.Expired {
		t.Errorf("after a year: %s", w.letter("gwen").State)
	}
	w.wants("dan") // the manager
}

// Nobody signs for themselves, no manager signs what is for them, and who is no lead
// any more does not sign.
func TestWhoSigns(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	w.record(bot.AccountFact{Name: "gwen", Manager: "Lou@Example.org"})
	w.has("no member", w.say("cleo", "mandate"), "for those who lead or support")
	w.has("no member", w.ask("cleo", "nora"), "for those who lead or support")
	w.text(w.say("gwen", "mandate"))
	for _, option := range w.form.Fields[2].Options {
		if option.Value == string(w.id("lou")) || option.Value == string(w.id("gwen")) {
			t.Errorf("%s may sign", option.Label)
		}
	}
	for _, signer := range []string{"lou", "gwen", "dan"} {
		w.has("a wrong signer", w.ask("gwen", signer), "Choose who signs")
	}
	w.has("nothing", w.send("gwen", "mandates.mine", ""), "Choose how much time", "Choose who signs")
	w.has("long", w.ask("gwen", "nora", "words", ""), "waits for a signature")
	m := w.letter("gwen")
	w.change("nora", func(p *bot.Person) { p.Roles = nil })
	w.has("still a champion", w.press("nora", "mandates.review", m.ID), "mandates.sign")
	w.record(bot.AccountFact{Name: "gwen", Manager: "nora@example.org"})
	w.has("the manager by now", w.press("nora", "mandates.sign", m.ID+"/1"), "never by the manager")
	for _, c := range []struct{ name, command, arg string }{
		{"bea", "mandates.sign", m.ID + "/1"}, {"bea", "mandates.return", m.ID}, {"bea", "mandates.withdraw", m.ID}, {"nora", "mandates.withdraw", m.ID}, {"gwen", "mandates.sign", m.ID + "/1"},
		{"dan", "mandates.change", m.ID}, {"nora", "mandates.renew", m.ID}, {"gwen", "mandates.sign", m.ID + "/x"}, {"gwen", "mandates.sign", "none/1"}, {"dan", "mandates.decline", m.ID},
	} {
		w.has(c.name+" "+c.command, w.press(c.name, c.command, c.arg), "not here, or not for you")
		w.has(c.name+" sends "+c.command, w.send(c.name, c.command, c.arg, "time", "hour", "signer", string(w.id("bea")), "question", "x"), "not here, or not for you")
	}
}

// A leaver's letter is withdrawn without a word. When whoever was to sign leaves,
// the owner alone is told and chooses somebody else.
func TestLeavers(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	gone, back := true, false
	w.ask("gwen", "bea")
	m := w.letter("gwen")
	w.record(bot.AccountFact{Name: "bea", Inactive: &gone})
	w.sweep()
	w.wants("gwen", "mandate/mine/1 answer")
	w.has("told", w.say("gwen", "mandate"), "Your letter needs another name", "not possible any more")
	w.record(bot.AccountFact{Name: "bea", Inactive: &back})
	w.sweep()
	w.has("back again", w.say("gwen", "mandate"), "waits for a signature")
	w.has("another name", w.send("gwen", "mandates.change", m.ID, "time", "hour", "signer", string(w.id("nora"))), "waits for a signature")
	w.wants("nora", "mandate/review asked")
	w.has("the one before", w.press("bea", "mandates.review", m.ID), "not here, or not for you")
	w.record(bot.AccountFact{Name: "gwen", Inactive: &gone})
	w.sweep()
	w.wants("nora", "mandate/review asked")
	if w.letter("gwen").State != mandates.Withdrawn {
		t.Errorf("%s", w.letter("gwen").State)
	}
	w.has("nothing to sign", w.press("nora", "mandates.sign", m.ID+"/2"), "was withdrawn")
	w.has("home", bot.Say{Message: w.home("nora")}, "~To sign")
}

func (w *world) home(name string) bot.Message {
	w.t.Helper()
	message, err := w.router.Home(w.t.Context(), account(name))
	w.ok(err)
	return message
}

// Something is asked for, leads are reminded, one decides, and the asker reads it;
// the report gets days and counts alone.
func TestAResource(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	w.has("no member", w.say("cleo", "resource"), "for those who lead or support")
	w.has("the form", w.say("gwen", "resource A tablet"), "form Something that you need", "A tablet")
	w.has("wrong", w.send("gwen", "mandates.resource", "", "what", "", "by", "2026-11-29", "cost", strings.Repeat("x", 201)), "Write what you need", "That day has passed", "has 201 characters")
	for range 2 {
		w.has("asked", w.send("gwen", "mandates.resource", "", "what", "A tablet", "for", "To show people.", "by", "2026-12-04", "cost", "300"), "they are reminded after")
		w.presses--
	}
	w.presses++
	w.sweep()
	r := w.resource()
	w.wants("nora", "resource/lead asked")
	w.wants("lou", "resource/lead asked")
	w.has("lists", w.say("gwen", "resources"), "A tablet", "waits", "mandates.takeback", "~mandates.decide")
	w.has("lists for leads", w.say("nora", "resources"), "A tablet", "mandates.decide")
	w.has("home", bot.Say{Message: w.home("gwen")}, "One thing that you asked for waits")
	w.until(time.Date(2026, 12, 4, 23, 0, 0, 0, time.UTC))
	w.wants("nora", "resource/lead asked")
	w.until(time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC))
	w.wants("nora", "resource/lead asked", "resource/late/1 asked")
	waiting, err := w.feature.Waiting(t.Context())
	w.ok(err)
	if len(waiting) != 1 || !waiting[0].Late || waiting[0].What != "A tablet" {
		t.Errorf("%+v", waiting)
	}
	matters, err := w.feature.Matters(t.Context(), w.actor("nora"))
	w.ok(err)
	if len(matters) != 1 || matters[0].Do.Command != "mandates.decide" {
		t.Errorf("%+v", matters)
	}
	w.has("no reason", w.send("nora", "mandates.decide", r.ID, "outcome", "not-granted"), "Write why")
	w.has("no outcome", w.send("nora", "mandates.decide", r.ID, "reason", "x"), "Choose what becomes of it")
	w.has("no lead", w.send("gwen", "mandates.decide", r.ID, "outcome", "granted"), "That is for comms leads")
	for range 2 {
		w.has("decided", w.send("nora", "mandates.decide", r.ID, "outcome", "partly", "reason", "One for two teams."), "granted in part", "after 5 days")
	}
	w.has("late", w.send("lou", "mandates.decide", r.ID, "outcome", "granted"), "is decided already")
	w.wants("gwen", "resource/decided answer")
	w.has("read", w.say("gwen", "resources"), "granted in part", "One for two teams.", "~nora")
	from := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	decided, err := w.feature.Decided(t.Context(), from, from.AddDate(0, 1, 0))
	w.ok(err)
	if got := fmt.Sprint(decided); got != "{[] [5] []}" {
		t.Errorf("%s", got)
	}
	if decided, err = w.feature.Decided(t.Context(), from, time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)); err != nil || len(decided.Partly) != 0 {
		t.Errorf("%+v, %v", decided, err)
	}
	w.until(w.clock.now.AddDate(0, 3, 0))
	w.wants("nora", "resource/lead asked", "resource/late/1 asked")
}

// A request of somebody who is gone is shown as such, and handed on, or closed.
func TestARequestWhoseAskerLeft(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	gone := true
	w.send("gwen", "mandates.resource", "", "what", "A tablet")
	r := w.resource()
	w.has("not yet", w.press("nora", "mandates.hand", r.ID), "not here, or not for you")
	w.has("not a lead's to close", w.press("nora", "mandates.takeback", r.ID), "not here, or not for you")
	w.record(bot.AccountFact{Name: "gwen", Inactive: &gone})
	w.sweep()
	message, _, err := w.router.View(t.Context(), bot.View{Kind: "mandate.resource", ID: r.ID})
	w.ok(err)
	w.holds("the card", w.shown(message), "account inactive", "mandates.hand", "mandates.takeback")
	w.has("nobody", w.send("nora", "mandates.hand", r.ID, "who", ""), "Choose a colleague")
	w.has("to the leaver", w.send("nora", "mandates.hand", r.ID, "who", string(w.id("gwen"))), "not active")
	for range 2 {
		w.has("handed on", w.send("nora", "mandates.hand", r.ID, "who", string(w.id("dan"))), "Asked for", "~inactive")
	}
	w.sweep()
	if got := w.mail("dan"); len(got) != 1 || !strings.HasSuffix(got[0], " nudge") {
		t.Errorf("%v", got)
	}
	for range 2 {
		w.has("taken back", w.press("dan", "mandates.takeback", r.ID), "taken back")
	}
	w.has("decided late", w.send("nora", "mandates.decide", r.ID, "outcome", "granted"), "was taken back")
}

// A lead's own request is another lead's to decide, while there is one; and a lead
// who is new gets the cards of what waits.
func TestLeadsAmongThemselves(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	w.send("nora", "mandates.resource", "", "what", "A room")
	r := w.resource()
	w.has("her own", w.press("nora", "mandates.decide", r.ID), "another comms lead decides")
	w.has("her own", w.send("nora", "mandates.decide", r.ID, "outcome", "granted"), "another comms lead decides")
	w.change("dan", func(p *bot.Person) { p.Roles = []bot.Role{bot.Lead} })
	w.sweep()
	w.wants("dan", "resource/lead asked")
	for _, name := range []string{"lou", "dan"} {
		w.change(name, func(p *bot.Person) { p.Roles = nil })
	}
	w.has("alone", w.send("nora", "mandates.decide", r.ID, "outcome", "granted"), "granted", "on the same day")
}

// No table of the whole schema has a place for time that somebody spent, and what
// is kept here is exactly this.
func TestNoHoursAreKept(t *testing.T) {
	w := newWorld(t, storagetest.Memory(t))
	var columns []string
	w.ok(w.db.Read(t.Context(), func(ctx context.Context, tx *engine.Tx) (err error) {
		columns, err = engine.All(ctx, tx, engine.Value[string], `SELECT m.name || '.' || p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY 1`)
		return err
	}))
	if len(columns) < 100 {
		t.Fatalf("only %d columns were found", len(columns))
	}
	var ours []string
	for _, column := range columns {
		for _, word := range []string{"hour", "minute", "spent", "duration", "effort", "timesheet", "worked", "took"} {
			if strings.Contains(column, word) {
				t.Errorf("%s may keep time that somebody spent", column)
			}
		}
		if strings.HasPrefix(column, "mandate") {
			_, name, _ := strings.Cut(column, ".")
			ours = append(ours, name)
		}
	}
	want := strings.Fields(`asked_at cost days decided_on id late leads needed_by orphan outcome person_id purpose reason source version what
		asked_at declined freedoms id offered open_for orphan person_id question signed_at signer_id source state told until_at version wish_time wishes words`)
	slices.Sort(ours)
	slices.Sort(want)
	if !slices.Equal(ours, want) {
		t.Errorf("kept is %v", ours)
	}
}
