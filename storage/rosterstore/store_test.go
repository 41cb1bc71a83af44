package rosterstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

var errRule = errors.New("the rule says no")

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (- wanted, + got):\n%s", what, diff)
	}
}

// twice calls a write again: nothing may differ from the first time.
func (w *world) twice(what string, write func() error) {
	w.t.Helper()
	for n := range 2 {
		if err := write(); err != nil {
			w.t.Fatalf("%s, call %d: %v", what, n+1, err)
		}
	}
}

func note(key string, to bot.PersonID) []bot.Delivery {
	message := bot.Notice("A note.")
	return []bot.Delivery{{Key: key, To: bot.Address{Person: to}, Class: bot.Nudge, Frozen: &message}}
}

func TestStores(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := worldOn(t, db)
		for _, part := range []struct {
			name string
			run  func()
		}{{"offices", w.keepsOffices}, {"guests", w.keepsGuests}, {"register", w.keepsRegister}, {"points", w.keepsPoints}, {"decisions", w.keepsDecisions}, {"erased", w.erases}} {
			t.Run(part.name, func(t *testing.T) {
				outer := w.t
				w.t = t
				part.run()
				w.t = outer
			})
		}
	})
}

func (w *world) keepsOffices() {
	ctx, want := w.t.Context(), roster.NewOffice("R&D")
	want.Representative = roster.Holder{Person: w.id("h1"), By: w.id("lea"), Since: begin, Told: true}
	want.Deputy = roster.Holder{Person: w.id("h2"), By: "x", Since: begin.Add(day)}
	want.State, want.Asked, want.Round, want.Leads, want.Hole, want.Version = roster.Asking, begin, 3, []bot.PersonID{"a", "b"}, begin.Add(-day), 7
	w.twice("change", func() error {
		return w.stores.Offices.Change(ctx, "R&D", w.id("h2"), func(o *roster.Office, who *roster.Guest) ([]bot.Delivery, error) {
			if who.Person != w.id("h2") {
				w.t.Errorf("%+v", who)
			}
			who.Last = begin
			*o = want
			return note("roster/takeover/"+want.ID+"/3", w.id("h2")), nil
		})
	})
	same(w.t, "kept", w.office("R&D"), want)
	same(w.t, "the guest beside it", w.guest("h2"), roster.Guest{Person: w.id("h2"), Last: begin})
	refused := func(o *roster.Office, who *roster.Guest) ([]bot.Delivery, error) {
		o.Version, who.Last = 99, begin.Add(day)
		return nil, errRule
	}
	if err := w.stores.Offices.Change(ctx, "R&D", w.id("h2"), refused); !errors.Is(err, errRule) {
		w.t.Errorf("%v", err)
	}
	if err := w.stores.Offices.Change(ctx, "R&D", "nobody", refused); !errors.Is(err, bot.ErrNotFound) {
		w.t.Errorf("nobody: %v", err)
	}
	same(w.t, "after a refusal", w.office("R&D"), want)
	want.State, want.Deputy = roster.AtRest, roster.Holder{}
	w.twice("the question is over", func() error {
		return w.stores.Offices.Change(ctx, "R&D", "", func(o *roster.Office, who *roster.Guest) ([]bot.Delivery, error) {
			*o = want
			return nil, nil
		})
	})
	same(w.t, "without a deputy", w.office("R&D"), want)
	w.expect("cancelled", "roster/takeover/"+want.ID+"/3 nudge dropped", 1)
}

func (w *world) keepsGuests() {
	ctx, id := w.t.Context(), w.id("p1")
	same(w.t, "at first", w.guest("p1"), roster.Guest{Person: id})
	want := roster.Guest{Person: id, Last: begin, SaidNo: begin.Add(day), Refused: true, N: 2, Key: "k", Department: "Parks", Part: roster.Supports, Reason: "Because.",
		By: w.id("lea"), State: roster.Asked, Opened: begin.Add(-day), Again: true, Joined: true, Version: 4}
	w.twice("change", func() error {
		return w.stores.Guests.Change(ctx, id, func(g *roster.Guest) ([]bot.Delivery, error) {
			*g = want
			return note("roster/invite/"+want.ID(), id), nil
		})
	})
	same(w.t, "kept", w.guest("p1"), want)
	if err := w.stores.Guests.Change(ctx, id, func(g *roster.Guest) ([]bot.Delivery, error) { g.N = 9; return nil, errRule }); !errors.Is(err, errRule) {
		w.t.Errorf("%v", err)
	}
	if err := w.stores.Guests.Change(ctx, "nobody", func(*roster.Guest) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
		w.t.Errorf("nobody: %v", err)
	}
	same(w.t, "after a refusal", w.guest("p1"), want)
	for _, state := range roster.States() {
		w.ok(w.stores.Guests.Change(ctx, id, func(g *roster.Guest) ([]bot.Delivery, error) { g.State = state; return nil, nil }))
		if got := w.guest("p1").State; got != state {
			w.t.Errorf("%s is kept as %s", state, got)
		}
	}
	w.expect("cancelled", "roster/invite/"+want.ID()+" nudge dropped", 1)
	all, err := w.stores.Guests.List(ctx)
	w.ok(err)
	if len(all) != 2 || !slices.IsSortedFunc(all, func(a, b roster.Guest) int { return cmp2(a.Person, b.Person) }) {
		w.t.Errorf("%+v", all)
	}
}

func cmp2(a, b bot.PersonID) int {
	if a < b {
		return -1
	}
	return 1
}

func (w *world) keepsRegister() {
	ctx := w.t.Context()
	before, err := w.stores.Register.Desk(ctx)
	w.ok(err)
	want := roster.Seen{Person: w.id("p1"), Known: true, Department: "D", Inactive: true, Gone: begin, New: begin.Add(day), Moved: begin.Add(2 * day), From: "F", Held: "H", KeptUntil: begin.Add(3 * day)}
	desk := roster.Desk{Since: begin, Place: "test|x", Rhythm: "every Monday", Week: "w", Leads: []bot.PersonID{"a"}, Version: before.Version + 1}
	w.twice("change", func() error {
		return w.stores.Register.Change(ctx, []bot.PersonID{w.id("p1"), "nobody", w.id("p2")}, func(d *roster.Desk, seen []roster.Seen) ([]bot.Delivery, error) {
			if len(seen) != 2 || seen[0].Person != w.id("p1") || seen[1].Person != w.id("p2") {
				w.t.Errorf("%+v", seen)
			}
			*d, seen[0] = desk, want
			return nil, nil
		})
	})
	if err := w.stores.Register.Change(ctx, []bot.PersonID{w.id("p1")}, func(d *roster.Desk, seen []roster.Seen) ([]bot.Delivery, error) {
		d.Place, seen[0].From = "y", "y"
		return nil, errRule
	}); !errors.Is(err, errRule) {
		w.t.Errorf("%v", err)
	}
	got, err := w.stores.Register.Desk(ctx)
	w.ok(err)
	same(w.t, "the desk", got, desk)
	all, err := w.stores.Register.List(ctx)
	w.ok(err)
	if i := slices.IndexFunc(all, func(s roster.Seen) bool { return s.Person == want.Person }); i < 0 || len(all) != 10 {
		w.t.Errorf("%d seen", len(all))
	} else {
		same(w.t, "seen", all[i], want)
	}
}

func (w *world) keepsPoints() {
	ctx := w.t.Context()
	for n := range 3 {
		p := roster.Point{ID: fmt.Sprint(n), Words: fmt.Sprint("point ", n), By: w.id("h1"), At: begin.Add(time.Duration(n) * day)}
		w.twice("add", func() error { return w.stores.Points.Add(ctx, p) })
	}
	w.twice("post", func() error {
		return w.stores.Points.Post(ctx, "s", []string{"0", "2", "none"}, note("roster/agenda/s", w.id("h1")))
	})
	all, err := w.stores.Points.List(ctx)
	w.ok(err)
	same(w.t, "left", all, []roster.Point{{ID: "1", Words: "point 1", By: w.id("h1"), At: begin.Add(day)}})
	w.expect("posted once", "roster/agenda/s ", 1)
	w.ok(w.stores.Points.Post(ctx, "s", []string{"1"}, note("roster/agenda/s", w.id("h1"))))
	if all, err := w.stores.Points.List(ctx); err != nil || len(all) != 1 {
		w.t.Errorf("what came after the agenda waits for the next one: %v %v", all, err)
	}
}

func (w *world) keepsDecisions() {
	ctx := w.t.Context()
	want := roster.Decision{ID: "d", Words: "Do it.", Owner: w.id("h1"), Due: schedule.Date{Year: 2026, Month: 12, Day: 1}, By: w.id("h2"), At: begin, State: roster.ToDo}
	w.twice("add", func() error { return w.stores.Decisions.Add(ctx, want, note("roster/decision/d", w.id("h1"))) })
	other := want
	other.Words = "Another."
	w.ok(w.stores.Decisions.Add(ctx, other, note("roster/decision/e", w.id("h1"))))
	w.expect("told once", "roster/decision/", 1)
	got, err := w.stores.Decisions.Get(ctx, "d")
	w.ok(err)
	same(w.t, "the first stays", got, want)
	want.State, want.Ended, want.Due, want.Owner = roster.Done, begin.Add(day), schedule.Date{}, ""
	w.twice("change", func() error {
		return w.stores.Decisions.Change(ctx, "d", func(d *roster.Decision) ([]bot.Delivery, error) { *d = want; return nil, nil })
	})
	if err := w.stores.Decisions.Change(ctx, "d", func(d *roster.Decision) ([]bot.Delivery, error) { d.State = roster.Dropped; return nil, errRule }); !errors.Is(err, errRule) {
		w.t.Errorf("%v", err)
	}
	if err := w.stores.Decisions.Change(ctx, "none", func(*roster.Decision) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
		w.t.Errorf("none: %v", err)
	}
	all, err := w.stores.Decisions.List(ctx, roster.Done, roster.Dropped)
	w.ok(err)
	same(w.t, "changed", all, []roster.Decision{want})
	if open, err := w.stores.Decisions.List(ctx, roster.ToDo); err != nil || len(open) != 0 {
		w.t.Errorf("%v %v", open, err)
	}
}

// A person who is erased leaves no place, question or sight behind.
func (w *world) erases() {
	ctx := w.t.Context()
	for _, name := range []string{"h1", "p1"} {
		id := w.id(name)
		w.ok(w.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
			for _, q := range []string{`DELETE FROM accounts WHERE person_id = $1`, `DELETE FROM persons WHERE id = $1`} {
				if _, err := tx.Exec(ctx, q, id); err != nil {
					return err
				}
			}
			return nil
		}))
		g, err := w.stores.Guests.Get(ctx, id)
		w.ok(err)
		same(w.t, name, g, roster.Guest{Person: id})
	}
	if o := w.office("R&D"); o.Representative.Person != "" {
		w.t.Errorf("%+v", o)
	}
	all, err := w.stores.Register.List(ctx)
	w.ok(err)
	if len(all) != 8 {
		w.t.Errorf("%d are seen", len(all))
	}
}
