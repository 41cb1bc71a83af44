package requeststore_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/requests"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/requeststore"
	"evangelist/storage/storagetest"
)

var (
	begin   = time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC) // a Monday
	errRule = errors.New("the rule says no")
)

const day = 24 * time.Hour

type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// spot is where a walk through the states stands.
type spot struct {
	r    requests.Request
	now  time.Time
	gone string // who is not there any more: "", "lea", "ben" or "asker"
	path string
}

func (s spot) circle() requests.Circle {
	c := requests.Circle{
		Here: func(id bot.PersonID) bool { return string(id) != s.gone && id != "stranger" },
		Name: func(id bot.PersonID) string { return string(id) },
	}
	for _, lead := range []bot.PersonID{"lea", "mia"} {
		if c.Here(lead) {
			c.Leads = append(c.Leads, lead)
		}
	}
	return c
}

func (s spot) actor(name string) bot.Actor {
	a := bot.Actor{Account: bot.AccountID("test|" + name), Person: bot.PersonID(name)}
	if name == "lea" || name == "mia" {
		a.Roles = []bot.Role{bot.Lead}
	}
	return a
}

func (s spot) print() string {
	return fmt.Sprint(s.r.State, s.r.Owner, s.r.Due, s.r.Warned, s.r.Reason, s.r.Cards, s.now, s.gone)
}

// event is something that happens: wrong ones must leave everything as it is.
type event struct {
	name  string
	wrong bool
	move  func(*spot) // before the rule: time or the register
	rule  func(spot, *requests.Request) ([]bot.Delivery, error)
}

func events() []event {
	in := func(s spot, days int) (schedule.Date, schedule.Date) {
		today := schedule.DateOf(s.now, time.UTC)
		return today.AddDays(days), today
	}
	take := func(who string) event {
		return event{name: who + " takes it", wrong: who != "lea", rule: func(s spot, r *requests.Request) ([]bot.Delivery, error) {
			due, today := in(s, 14)
			return r.Take(s.actor(who), due, today, s.now, s.circle())
		}}
	}
	name := func(who, to string) event {
		return event{name: who + " names " + to, wrong: who != "mia" || to == "stranger", rule: func(s spot, r *requests.Request) ([]bot.Delivery, error) {
			due, today := in(s, 7)
			return r.Name(s.actor(who), bot.PersonID(to), due, today, s.now, s.circle())
		}}
	}
	move := func(who func(spot) string, wrong bool) event {
		return event{name: fmt.Sprint("another date, wrong: ", wrong), wrong: wrong, rule: func(s spot, r *requests.Request) ([]bot.Delivery, error) {
			due, today := in(s, 10)
			return r.Move(s.actor(who(s)), due, today, s.circle())
		}}
	}
	back := func(who func(spot) string, wrong bool) event {
		return event{name: fmt.Sprint("not me, wrong: ", wrong), wrong: wrong, rule: func(s spot, r *requests.Request) ([]bot.Delivery, error) {
			return r.HandBack(s.actor(who(s)), s.now, s.circle())
		}}
	}
	end := func(who func(spot) string, state requests.State, reason string, wrong bool) event {
		return event{name: fmt.Sprint("closed as ", state, ", wrong: ", wrong), wrong: wrong, rule: func(s spot, r *requests.Request) ([]bot.Delivery, error) {
			return r.Close(s.actor(who(s)), state, reason, s.now, s.circle())
		}}
	}
	leave := func(who string) event {
		return event{name: who + " leaves", move: func(s *spot) { s.gone = who }, rule: tick}
	}
	owner := func(s spot) string { return string(s.r.Owner) }
	asker := func(spot) string { return "asker" }
	mia := func(spot) string { return "mia" }
	return []event{
		take("lea"), take("asker"), take("ben"), take(""), name("mia", "ben"), name("mia", "lea"), name("mia", "stranger"), name("ben", "ben"),
		move(owner, false), move(asker, true), back(owner, false), back(asker, true),
		end(owner, requests.Met, "Here.", false), end(mia, requests.Refused, "No money.", false), end(mia, requests.Open, "x", true), end(mia, requests.Met, "", true), end(asker, requests.Met, "x", true),
		{name: "the sweep", rule: tick},
		{name: "time passes", move: func(s *spot) {
			if next := s.r.NextAt(time.UTC); next.After(s.now) {
				s.now = next
			}
		}, rule: tick},
		{name: "weeks pass", move: func(s *spot) { s.now = s.now.Add(30 * day) }, rule: tick},
		leave("lea"), leave("ben"), leave("asker"), {name: "everybody is back", move: func(s *spot) { s.gone = "" }, rule: tick},
	}
}

// tick does all that is due, as the sweep does.
func tick(s spot, r *requests.Request) (all []bot.Delivery, err error) {
	for range 20 {
		out, moved := r.Tick(s.now, time.UTC, s.circle())
		if all = append(all, out...); !moved {
			return all, nil
		}
	}
	return nil, errors.New("it never comes to rest")
}

// The walk stops at so many states; the first ones are reached on the database too.
const (
	walked   = 1500
	replayed = 200
)

// Every order of a few events, repeated, late and by the wrong people
// included, on both databases: what is kept is what the rule decided, and what the
// rule decides keeps its promises.
func TestEveryOrderOfEvents(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		s := newSuite(t, db)
		first := spot{r: s.get("r1"), now: begin, path: "asked"}
		seen, reached := map[string]bool{first.print(): true}, map[requests.State]bool{}
		for level := []spot{first}; len(level) > 0 && len(seen) < walked; {
			var next []spot
			for _, at := range level {
				reached[at.r.State] = true
				for _, e := range events() {
					after, again := s.happen(at, e)
					if print := after.print(); !seen[print] && after.now.Sub(begin) < 75*day {
						seen[print] = true
						next = append(next, after)
						if len(seen) < replayed {
							s.kept(at, after, again)
						}
					}
				}
			}
			level = next
		}
		if len(seen) < walked || len(reached) != 4 {
			t.Errorf("the walk saw %d states of %v", len(seen), reached)
		}
	})
}

// happen carries an event out, twice, by the rules alone; again does it once more on
// what is kept.
func (s *suite) happen(at spot, e event) (after spot, again func(*requests.Request) ([]bot.Delivery, error)) {
	s.t.Helper()
	before := at
	at.path += " → " + e.name
	if e.move != nil {
		e.move(&at)
	}
	moment := at
	again = func(r *requests.Request) ([]bot.Delivery, error) { return e.rule(moment, r) }
	at.r.Cards = slices.Clone(at.r.Cards)
	out, refusal := again(&at.r)
	if refusal != nil && at.r.Version != before.r.Version {
		s.t.Fatalf("%s: refused with %v, and changed", at.path, refusal)
	}
	s.promises(before, at, e, out, refusal)
	twice := at
	twice.r.Cards = slices.Clone(at.r.Cards)
	if more, err := again(&twice.r); len(more) > 0 || err == nil && twice.print() != at.print() {
		s.t.Fatalf("%s, again: %d messages, %s became %s", at.path, len(more), at.print(), twice.print())
	}
	return at, again
}

// kept does on the database what led to a new state, twice, and compares.
func (s *suite) kept(before, after spot, again func(*requests.Request) ([]bot.Delivery, error)) {
	s.t.Helper()
	s.put(before.r)
	s.clock.now = after.now
	want := after.r
	if len(want.Cards) == 0 {
		want.Cards = nil
	}
	for n := range 2 {
		err := s.store.Change(s.ctx, "r1", again)
		if err != nil && n == 0 {
			s.t.Fatalf("%s: %v", after.path, err)
		}
		got := s.get("r1")
		want.OwnerName = got.OwnerName
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Fatalf("%s, call %d (- rule, + kept):\n%s", after.path, n+1, diff)
		}
	}
}

// promises checks what must hold for every step.
func (s *suite) promises(before, after spot, e event, out []bot.Delivery, refusal error) {
	s.t.Helper()
	was, is := before.r, after.r
	told := 0
	for _, d := range out {
		switch {
		case string(d.To.Person) == after.gone:
			if d.View == nil { // a card may say its last word to somebody who is gone
				s.t.Fatalf("%s: a message to somebody who is not there: %+v", after.path, d)
			}
		case d.Class == bot.Answer:
			told++
			if d.To.Person != "asker" {
				s.t.Fatalf("%s: %s is answered", after.path, d.To.Person)
			}
		case d.To.Person == "asker":
			s.t.Fatalf("%s: whoever asked is written to unasked: %+v", after.path, d)
		}
	}
	news := is.State == requests.Taken && (was.State != requests.Taken || was.Owner != is.Owner || was.Due != is.Due) || is.State.Closed() && !was.State.Closed()
	want := 0
	if news && after.gone != "asker" {
		want = 1
	}
	switch {
	case told != want:
		s.t.Fatalf("%s: whoever asked is told %d times, want %d", after.path, told, want)
	case e.wrong && (refusal == nil || len(out) > 0):
		s.t.Fatalf("%s: it was done (%v, %d messages)", after.path, refusal, len(out))
	case is.Version < was.Version || was.State.Closed() && is.State != was.State:
		s.t.Fatalf("%s: from %s %d back to %s %d", after.path, was.State, was.Version, is.State, is.Version)
	case (is.State == requests.Taken) == is.Due.IsZero(), is.State == requests.Open && is.Owner != "", is.State == requests.Taken && is.Owner == "":
		s.t.Fatalf("%s: %s with the owner %q until %s", after.path, is.State, is.Owner, is.Due)
	case is.State.Closed() == (is.Reason == ""), is.State.Closed() == is.Closed.IsZero():
		s.t.Fatalf("%s: %s because %q", after.path, is.State, is.Reason)
	case e.move != nil && is.State == requests.Taken && string(is.Owner) == after.gone:
		s.t.Fatalf("%s: it stays with somebody who left", after.path)
	case e.move != nil && !is.NextAt(time.UTC).IsZero() && !is.NextAt(time.UTC).After(after.now):
		s.t.Fatalf("%s: due again at %s", after.path, is.NextAt(time.UTC))
	}
}

type suite struct {
	t     *testing.T
	db    *engine.DB
	clock *fixedClock
	store requests.Requests
	ctx   ctx
}

func newSuite(t *testing.T, db *engine.DB) *suite {
	t.Helper()
	clock := &fixedClock{begin}
	s := &suite{t: t, db: db, clock: clock, store: requeststore.New(db, clock), ctx: t.Context()}
	add(t, db, "r1", "asker", "A camera", begin)
	return s
}

func (s *suite) get(id string) requests.Request {
	s.t.Helper()
	r, err := s.store.Get(s.ctx, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// put brings the stored request to where a walk stands.
func (s *suite) put(r requests.Request) {
	s.t.Helper()
	err := s.store.Change(s.ctx, r.ID, func(stored *requests.Request) ([]bot.Delivery, error) { *stored = r; return nil, nil })
	if err != nil {
		s.t.Fatal(err)
	}
}
