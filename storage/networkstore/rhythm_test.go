package networkstore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

func TestEverybodyChoosesHowOften(t *testing.T) {
	w := newWorld(t)
	w.has("who is not with us", w.press("ada", "network.pace", ""), "Nothing is asked of you at present")
	w.thursdays()
	form := w.form(w.say("ada", "join"))
	w.has("an unknown pace", w.send("ada", form, "part", "lead", "often", "hourly"), "often: ")
	w.has("joined", w.send("ada", form, "part", "lead", "often", "month"), "once a month at most", "network.pace")
	w.join("ben", network.Supports)
	w.join("cleo", network.Follows)
	w.has("who follows", w.press("cleo", "network.pace", ""), "Nothing is asked of you at present")
	w.has("the panel", w.say("ada", ""), "once a month at most", "2026-11-26T14:00:00Z")
	again := w.form(w.say("ada", "join"))
	if value := again.Fields[1].Value; len(value) != 1 || value[0] != "month" {
		t.Errorf("the pace is not filled in: %q", value)
	}
	w.send("ada", again, "part", "support") // by a form without the field
	w.pass(untilThursday)
	if len(w.nudges("ada")) != 1 || len(w.nudges("ben")) != 1 {
		t.Fatalf("asked: %q and %q", w.nudges("ada"), w.nudges("ben"))
	}
	w.posted()
	w.days(22)
	if keys := w.nudges("ada"); slices.ContainsFunc(keys, func(key string) bool { return !strings.Contains(key, "2026-11-26") }) {
		t.Errorf("asked within a month: %q", keys)
	}
	if keys := w.nudges("ben"); !strings.Contains(fmt.Sprint(keys), "2026-12-17") {
		t.Errorf("whoever chose each time is asked by %q", keys)
	}
	card, _, err := w.router.View(t.Context(), bot.View{Kind: "network.question", ID: strings.TrimPrefix(w.nudges("ben")[0], "question/")})
	w.ok(err)
	if text := w.words(card); !strings.Contains(text, "network.pace") {
		t.Errorf("the question does not offer to ask less often: %s", text)
	}
	how := w.form(w.press("ben", "network.pace", ""))
	if !strings.Contains(fmt.Sprint(how.Fields), "every Thursday at 14:00 at present") {
		t.Errorf("the form does not say what the rhythm is: %+v", how.Fields)
	}
	w.has("nothing chosen", w.send("ben", how), "often: ")
	for range 2 {
		w.has("chosen", w.send("ben", how, "often", "fortnight"), "every second week at most", "2026-12-31")
	}
	w.say("ben", "leave")
	w.has("after leaving", w.send("ben", how, "often", "month"), "Nothing is asked of you at present")
	w.has("a month later", w.say("ada", ""), "2026-12-24T14:00:00Z")
	w.days(6)
	if keys := w.nudges("ada"); !strings.Contains(fmt.Sprint(keys), "2026-12-24") {
		t.Errorf("after a month asked by %q", keys)
	}
}

func TestLeadsKeepTheSet(t *testing.T) {
	w := newWorld(t)
	w.has("for leads only", w.say("ada", "questions"), "That is for comms leads")
	w.has("the list", w.say("lea", "questions"), "There is no rhythm", network.Provided()[0].Text, "asked next", "What do you need?")
	add := w.form(w.press("lea", "network.question.put", ""))
	w.has("nothing", w.send("lea", add, "kind", "share"), "text: ")
	w.has("no kind", w.send("lea", add, "text", "Well?"), "kind: ")
	w.has("too long", w.send("lea", add, "text", strings.Repeat("x", 201), "kind", "share"), "text: That has 201")
	for range 2 {
		w.has("added", w.send("lea", add, "text", "What made you smile?", "kind", "share"), "What made you smile?")
	}
	set, err := w.stores.Prompts.Get(t.Context())
	w.ok(err)
	same(t, "added once", len(set), 10)
	w.has("again", w.send("lea", w.form(w.press("lea", "network.question.put", "")), "text", "what made you smile?", "kind", "need"), "text: This question is in the set already")
	change := w.form(w.press("lea", "network.question.put", "need-2"))
	w.has("changed", w.send("lea", change, "text", "What is missing?", "kind", "need"), "What is missing?", "!"+network.Provided()[7].Text)
	for range 2 {
		w.has("paused", w.press("lea", "network.question.pause", "share-1"), "paused: ", network.Provided()[0].Text)
	}
	w.has("a strange one", w.press("lea", "network.question.pause", "share-9"), notHere)
	w.has("a strange one", w.press("lea", "network.question.put", "share-9"), notHere)
	w.has("not a lead", w.press("ada", "network.question.pause", "share-2"), "for comms leads")
	w.has("not a lead", w.send("ada", change, "text", "Mine", "kind", "need"), "for comms leads")

	// The first of the set that is not paused goes out, and its kind is filled in.
	w.join("ada", network.Leads)
	w.thursdaysFromSet()
	kinds := []string{}
	for range 3 {
		w.days(7)
		answer := w.form(w.say("ada", "answer"))
		kinds = append(kinds, answer.Fields[1].Value[0])
		w.posted()
	}
	same(t, "kinds take turns", kinds, []string{"shared", "learned", "need"})
	w.has("again", w.press("lea", "network.question.resume", "share-1"), "!paused: ")
	asking, err := w.feature.Asking(t.Context())
	w.ok(err)
	same(t, "what goes round", asking, network.Provided()[6].Text)
}

// days passes days with somebody looking every eight hours.
func (w *world) days(n int) {
	w.t.Helper()
	for range 3 * n {
		w.pass(8 * time.Hour)
	}
}

// thursdaysFromSet has the lead set the rhythm alone.
func (w *world) thursdaysFromSet() {
	w.t.Helper()
	w.has("the rhythm is saved", w.send("lea", w.form(w.say("lea", "ask")), "rhythm", "every Thursday 14:00"), "every Thursday at 14:00", "asked next")
}

func TestALeadsOwnQuestionGoesOutOnce(t *testing.T) {
	w := newWorld(t)
	w.join("ada", network.Leads)
	w.join("ben", network.Leads)
	w.thursdays()
	w.has("pending", w.say("lea", "questions"), "What worked?", "asked next")
	w.has("at once", w.say("lea", "ask now"), "goes to 2 colleagues")
	card := func() string {
		keys := w.nudges("ada")
		message, _, err := w.router.View(t.Context(), bot.View{Kind: "network.question", ID: strings.TrimPrefix(keys[len(keys)-1], "question/")})
		w.ok(err)
		return w.words(message)
	}
	if text := card(); !strings.Contains(text, "What worked?") {
		t.Errorf("asked: %s", text)
	}
	if form := w.form(w.say("lea", "ask")); len(form.Fields[0].Value) != 0 {
		t.Errorf("a used question is filled in again: %q", form.Fields[0].Value)
	}
	w.posted()
	w.days(10)
	if text := card(); !strings.Contains(text, network.Provided()[0].Text) {
		t.Errorf("after it the set goes on: %s", text)
	}
	w.has("a few days later", w.say("lea", "ask now"), "in the last six days")
	for _, name := range []string{"ada", "ben"} {
		w.send(name, w.form(w.press(name, "network.pace", "")), "often", "month")
	}
	w.days(6)
	w.has("nobody's turn", w.say("lea", "ask now"), "was asked lately, as often as they like it")
}

// half a year in a city whose clocks change twice, with whatever people do: never
// more often than promised, never two at once, never after leaving, never the same
// twice running, each slot once.
func TestHalfAYear(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			y := &year{world: newWorldIn(t, berlin), chance: rand.New(rand.NewPCG(seed, 17)), pace: map[string]network.Pace{}, first: map[string]time.Time{}, latest: map[string]sentQuestion{}, messages: map[string]int{}}
			y.clock.now = time.Date(2026, 10, 5, 8, 0, 0, 0, berlin) // October to April
			y.has("the rhythm", y.send("lea", y.form(y.say("lea", "ask")), "rhythm", []string{"every Friday 19:00", "every second Tuesday 10:00", "every Sunday 02:30", "every Monday 09:00", "first Monday of the month 10:00"}[seed]), "asked next")
			for end := y.clock.now.AddDate(0, 6, 0); y.clock.now.Before(end); {
				y.step()
			}
			if len(y.first) < 8 {
				t.Errorf("only %d questions went out in half a year: the test sees nothing", len(y.first))
			}
		})
	}
}

type sentQuestion struct {
	at     time.Time
	prompt string
}

type year struct {
	*world
	chance   *rand.Rand
	pace     map[string]network.Pace // of an ask, when it was opened
	first    map[string]time.Time    // when the first message of an ask went out
	latest   map[string]sentQuestion
	messages map[string]int
}

func (y *year) pick(from ...string) string { return from[y.chance.IntN(len(from))] }

func (y *year) step() {
	y.t.Helper()
	name := y.pick("ada", "ben", "cleo", "dan")
	switch y.chance.IntN(14) {
	case 0, 1:
		y.send(name, bot.Form{Command: "network.join"}, "part", y.pick("lead", "support", "lead", "support", "lead", "follow"), "often", y.pick("each", "fortnight", "month"))
	case 2, 3:
		y.send(name, bot.Form{Command: "network.pace"}, "often", y.pick("each", "fortnight", "month"))
	case 4:
		if y.chance.IntN(3) == 0 {
			y.say(name, "leave")
		}
	case 5:
		if form, ok := y.say(name, "answer").(bot.Ask); ok {
			y.send(name, form.Form, "words", "It worked", "kind", y.pick("learned", "need"))
		}
	case 6:
		if mine := y.asks(name); len(mine) > 0 {
			y.press(name, "network.decline", mine[0].ID())
		}
	case 7:
		gone := y.chance.IntN(3) == 0
		y.record(bot.AccountFact{Name: name, Inactive: &gone})
	case 8:
		y.say("lea", "ask now")
	case 9:
		y.send("lea", y.form(y.say("lea", "ask")), "text", y.pick("What now?", "And now?"), "rhythm", "every Friday 19:00")
	case 10: // nobody runs it for a while
		y.clock.now = y.clock.now.Add(time.Duration(y.chance.IntN(10*24)) * time.Hour)
	}
	y.pass(time.Duration(1+y.chance.IntN(50)) * time.Hour)
	y.look()
	y.courier()
}

func (y *year) asks(name string) []network.Ask {
	mine, err := y.stores.Asks.Of(y.t.Context(), y.id(name))
	y.ok(err)
	return mine
}

// look notes what was opened, and that nobody has two questions at once.
func (y *year) look() {
	y.t.Helper()
	for _, name := range []string{"lea", "ada", "ben", "cleo", "dan"} {
		open := 0
		for _, ask := range y.asks(name) {
			if ask.State == network.Waiting || ask.State == network.Declined {
				open++
			}
			if _, seen := y.pace[ask.ID()]; seen {
				continue
			}
			member, err := y.stores.Evangelists.Get(y.t.Context(), y.id(name))
			y.ok(err)
			y.pace[ask.ID()] = member.Pace
			if was := y.latest[name]; was.prompt == ask.Prompt {
				y.t.Fatalf("%s is asked %q twice running", name, ask.Text)
			}
			y.latest[name] = sentQuestion{y.latest[name].at, ask.Prompt}
		}
		if open > 1 {
			y.t.Fatalf("%s has %d open questions", name, open)
		}
	}
}

var gaps = map[network.Pace]time.Duration{network.EachTime: 6 * day, network.Fortnightly: 13 * day, network.Monthly: 27 * day}

// courier sends what may go, or not yet, as caps and quiet hours would have it.
func (y *year) courier() {
	y.t.Helper()
	now := y.clock.now
	type waiting struct{ key, person string }
	var due []waiting
	y.ok(y.db.Write(y.t.Context(), func(ctx context.Context, tx *engine.Tx) (err error) {
		if _, err := tx.Exec(ctx, `UPDATE deliveries SET state = 'dropped', open = FALSE WHERE state = 'queued' AND class = 'nudge' AND expires_at > 0 AND expires_at < $1`, engine.Micros(now)); err != nil {
			return err
		}
		due, err = engine.All(ctx, tx, func(row engine.Scanner) (waiting, error) {
			var d waiting
			err := row.Scan(&d.key, &d.person)
			return d, err
		}, `SELECT key, person FROM deliveries WHERE state = 'queued' AND class = 'nudge' AND not_before <= $1 AND key LIKE 'question/%' ORDER BY seq`, engine.Micros(now))
		return err
	}))
	for _, d := range due {
		person, err := y.people.Person(y.t.Context(), bot.PersonID(d.person))
		y.ok(err)
		if person.Inactive || y.chance.IntN(3) == 0 {
			continue
		}
		y.check(d.key, person)
		y.ok(y.db.Write(y.t.Context(), func(ctx context.Context, tx *engine.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO nudges (person_id, key, at) VALUES ($1, $2, $3)`, d.person, d.key, engine.Micros(now)); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE deliveries SET state = 'sent', open = FALSE WHERE key = $1`, d.key)
			return err
		}))
	}
}

// check looks at a message that goes out now.
func (y *year) check(key string, person bot.Person) {
	y.t.Helper()
	id := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(key, "question/"), "/2"), "/3")
	member, err := y.stores.Evangelists.Get(y.t.Context(), person.ID)
	if err != nil || !member.Asked() {
		y.t.Fatalf("%s goes to %s, who is not asked any more (%v)", key, person.Name, err)
	}
	if y.messages[id]++; y.messages[id] > 1+network.Reminders {
		y.t.Fatalf("%d messages of %s", y.messages[id], id)
	}
	if _, known := y.first[id]; known {
		return
	}
	now, was := y.clock.now, y.latest[person.Name]
	if gap := gaps[y.pace[id]]; !was.at.IsZero() && now.Sub(was.at) < gap {
		y.t.Fatalf("%s is asked at %s, %s after the question before, with the pace %q", person.Name, now, now.Sub(was.at), y.pace[id])
	}
	y.first[id] = now
	y.latest[person.Name] = sentQuestion{now, was.prompt}
}
