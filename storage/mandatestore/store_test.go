package mandatestore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/mandates"
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

func TestStores(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := newWorld(t, db)
		w.letters()
		w.resources()
		w.erased()
	})
}

func (w *world) letters() {
	t, ctx, gwen := w.t, w.t.Context(), w.id("gwen")
	s := w.stores.Mandates
	if _, err := s.Get(ctx, "none"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("none: %v", err)
	}
	if err := s.Change(ctx, "none", func(*mandates.Mandate) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("none: %v", err)
	}
	want, out := mandates.NewMandate("m1", "source", gwen, mandates.Wish{Amount: "hour", Freedoms: []string{"talk"}, Words: "Words.", Signer: w.id("nora")}, begin)
	w.twice("add", func() error {
		kept, err := s.Add(ctx, want, out)
		same(t, "added", kept, want)
		return err
	})
	other := want
	other.ID, other.Words = "m9", "Others."
	kept, err := s.Add(ctx, other, out)
	w.ok(err)
	same(t, "of one source the first stays", kept, want)
	other.Source = "other"
	if _, err := s.Add(ctx, other, out); !errors.Is(err, mandates.ErrOpen) {
		t.Errorf("two that wait: %v", err)
	}
	other.Person = "ghost"
	if _, err := s.Add(ctx, other, out); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a ghost's: %v", err)
	}
	w.wants("nora", "mandate/review asked")
	want.State, want.Question, want.Orphan, want.Offered, want.Declined, want.Told, want.Signed, want.Until, want.Version = mandates.Signed, "Why?", true, true, true, 3, begin.Add(day), begin.AddDate(1, 0, 0), 9
	w.twice("change", func() error {
		return s.Change(ctx, "m1", func(m *mandates.Mandate) ([]bot.Delivery, error) { *m = want; return nil, nil })
	})
	if err := s.Change(ctx, "m1", func(m *mandates.Mandate) ([]bot.Delivery, error) {
		m.State = mandates.Withdrawn
		return nil, errRule
	}); !errors.Is(err, errRule) {
		t.Errorf("%v", err)
	}
	kept, err = s.Get(ctx, "m1")
	w.ok(err)
	same(t, "changed", kept, want)
	second, _ := mandates.NewMandate("m2", "second", gwen, mandates.Wish{Amount: "hour", Signer: w.id("bea")}, begin.Add(2*day))
	_, err = s.Add(ctx, second, nil)
	w.ok(err)
	for _, c := range []struct {
		filter mandates.Filter
		want   []string
	}{
		{mandates.Filter{}, []string{"m2", "m1"}}, {mandates.Filter{Person: gwen, States: []mandates.State{mandates.Signed}}, []string{"m1"}},
		{mandates.Filter{Signer: w.id("bea")}, []string{"m2"}}, {mandates.Filter{Person: w.id("dan")}, nil},
		{mandates.Filter{Person: gwen, Signer: w.id("nora"), States: []mandates.State{mandates.Asked, mandates.Returned}}, nil},
	} {
		all, err := s.List(ctx, c.filter)
		w.ok(err)
		var ids []string
		for _, m := range all {
			ids = append(ids, m.ID)
		}
		same(t, "listed", ids, c.want)
	}
}

func (w *world) resources() {
	t, ctx, gwen := w.t, w.t.Context(), w.id("gwen")
	s := w.stores.Resources
	want := mandates.Resource{ID: "r1", Source: "source", Person: gwen, What: "A tablet", For: "To show.", By: schedule.Date{Year: 2026, Month: 12, Day: 4}, Cost: "300", Outcome: mandates.Waiting, Asked: begin, Version: 1}
	w.twice("add", func() error {
		kept, err := s.Add(ctx, want)
		same(t, "added", kept, want)
		return err
	})
	other := want
	other.ID, other.What = "r9", "Another"
	kept, err := s.Add(ctx, other)
	w.ok(err)
	same(t, "of one source the first stays", kept, want)
	other.Source, other.Person = "other", "ghost"
	if _, err := s.Add(ctx, other); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a ghost's: %v", err)
	}
	decided := schedule.Date{Year: 2026, Month: 12, Day: 9}
	want.Outcome, want.Reason, want.Orphan, want.Leads, want.Late, want.Decided, want.Days, want.Version = mandates.Partly, "One.", true, []bot.PersonID{w.id("nora")}, 2, decided, 9, 5
	w.twice("change", func() error {
		return s.Change(ctx, "r1", func(r *mandates.Resource) ([]bot.Delivery, error) { *r = want; return nil, nil })
	})
	if err := s.Change(ctx, "r1", func(r *mandates.Resource) ([]bot.Delivery, error) { r.Reason = "x"; return nil, errRule }); !errors.Is(err, errRule) {
		t.Errorf("%v", err)
	}
	if err := s.Change(ctx, "none", func(*mandates.Resource) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	kept, err = s.Get(ctx, "r1")
	w.ok(err)
	same(t, "changed", kept, want)
	_, err = s.Add(ctx, mandates.Resource{ID: "r2", Source: "second", Person: w.id("dan"), What: "A room", Outcome: mandates.Waiting, Asked: begin.Add(day)})
	w.ok(err)
	count := func(all []mandates.Resource, err error) int { w.ok(err); return len(all) }
	for what, pair := range map[string][2]int{
		"all": {count(s.List(ctx, "")), 2}, "hers": {count(s.List(ctx, gwen)), 1}, "waiting": {count(s.List(ctx, "", mandates.Waiting)), 1}, "hers that wait": {count(s.List(ctx, gwen, mandates.Waiting)), 0},
		"on its day": {count(s.Settled(ctx, decided, decided.AddDays(1))), 1}, "before": {count(s.Settled(ctx, decided.AddDays(-9), decided)), 0}, "after": {count(s.Settled(ctx, decided.AddDays(1), decided.AddDays(9))), 0},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d, not %d", what, pair[0], pair[1])
		}
	}
}

// Whoever is erased leaves no letter and no request; a letter that they signed
// stays, without them.
func (w *world) erased() {
	ctx := w.t.Context()
	for _, name := range []string{"nora", "dan"} {
		id := w.id(name)
		w.ok(w.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
			for _, q := range []string{`DELETE FROM accounts WHERE person_id = $1`, `DELETE FROM persons WHERE id = $1`} {
				if _, err := tx.Exec(ctx, q, id); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	m, err := w.stores.Mandates.Get(ctx, "m1")
	w.ok(err)
	if m.Signer != "" || m.State != mandates.Signed {
		w.t.Errorf("%+v", m)
	}
	all, err := w.stores.Resources.List(ctx, "")
	w.ok(err)
	if len(all) != 1 {
		w.t.Errorf("%+v", all)
	}
}

// The machines in the database: every act and deed in every state by everybody does
// there what the rules say, and keeps nothing when it is refused.
func TestMachines(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := newWorld(t, db)
		ctx, gwen := t.Context(), w.id("gwen")
		actors := map[string]bot.Actor{"nobody": {}}
		for _, name := range []string{"gwen", "bea", "nora", "cleo"} {
			actors[name] = w.actor(name)
		}
		wish := mandates.Wish{Amount: "hour", Signer: w.id("bea")}
		_, err := w.stores.Mandates.Add(ctx, mandates.Mandate{ID: "m", Source: "m", Person: gwen, State: mandates.Withdrawn, Wish: wish}, nil)
		w.ok(err)
		acts := map[mandates.Act]func(*mandates.Mandate, bot.Actor) ([]bot.Delivery, error){
			mandates.Change: func(m *mandates.Mandate, a bot.Actor) ([]bot.Delivery, error) {
				return m.Rewrite(a, mandates.Wish{Amount: "half-day", Signer: wish.Signer})
			},
			mandates.Withdraw: func(m *mandates.Mandate, a bot.Actor) ([]bot.Delivery, error) { return m.Retract(a) },
			mandates.Decline:  func(m *mandates.Mandate, a bot.Actor) ([]bot.Delivery, error) { return m.LetGo(a) },
			mandates.Sign:     func(m *mandates.Mandate, a bot.Actor) ([]bot.Delivery, error) { return m.SignIt(a, 1, begin) },
			mandates.Return:   func(m *mandates.Mandate, a bot.Actor) ([]bot.Delivery, error) { return m.GiveBack(a, "Why?") },
		}
		var kept mandates.Mandate // what is in the database
		for _, state := range mandates.States() {
			for act, rule := range acts {
				for name, actor := range actors {
					start := mandates.Mandate{ID: "m", Source: "m", Person: gwen, State: state, Wish: wish, Wishes: 1, Asked: begin, Version: 1}
					if !cmp.Equal(kept, start) {
						w.ok(w.stores.Mandates.Change(ctx, "m", func(m *mandates.Mandate) ([]bot.Delivery, error) { *m = start; return nil, nil }))
					}
					wanted := start
					_, wantErr := rule(&wanted, actor)
					err := w.stores.Mandates.Change(ctx, "m", func(m *mandates.Mandate) ([]bot.Delivery, error) { return rule(m, actor) })
					if !errors.Is(err, wantErr) {
						t.Errorf("%s by %s when %s: %v, not %v", act, name, state, err, wantErr)
					}
					got, err := w.stores.Mandates.Get(ctx, "m")
					w.ok(err)
					same(t, string(act)+" by "+name+" when "+string(state), got, wanted)
					kept = got
				}
			}
		}
		w.deeds(actors)
	})
}

func (w *world) deeds(actors map[string]bot.Actor) {
	ctx := w.t.Context()
	start := mandates.Resource{ID: "r", Source: "r", Person: w.id("gwen"), What: "A tablet", Outcome: mandates.Waiting, Asked: begin, Version: 1}
	_, err := w.stores.Resources.Add(ctx, start)
	w.ok(err)
	heir := bot.Person{ID: w.id("dan")}
	deeds := map[mandates.Deed]func(*mandates.Resource, bot.Actor) ([]bot.Delivery, error){
		mandates.Decide: func(r *mandates.Resource, a bot.Actor) ([]bot.Delivery, error) {
			return r.Settle(a, mandates.NotGranted, "No.", false, begin, time.UTC)
		},
		mandates.TakeBack: func(r *mandates.Resource, a bot.Actor) ([]bot.Delivery, error) { return r.Drop(a) },
		mandates.HandOver: func(r *mandates.Resource, a bot.Actor) ([]bot.Delivery, error) { return r.Pass(a, heir, begin) },
	}
	var kept mandates.Resource
	for _, outcome := range mandates.Outcomes() {
		for deed, rule := range deeds {
			for name, actor := range actors {
				start.Outcome, start.Orphan = outcome, name == "nora" || name == "bea"
				if !cmp.Equal(kept, start) {
					w.ok(w.stores.Resources.Change(ctx, "r", func(r *mandates.Resource) ([]bot.Delivery, error) { *r = start; return nil, nil }))
				}
				wanted := start
				_, wantErr := rule(&wanted, actor)
				err := w.stores.Resources.Change(ctx, "r", func(r *mandates.Resource) ([]bot.Delivery, error) { return rule(r, actor) })
				if !errors.Is(err, wantErr) {
					w.t.Errorf("%s by %s when %s: %v, not %v", deed, name, outcome, err, wantErr)
				}
				got, err := w.stores.Resources.Get(ctx, "r")
				w.ok(err)
				same(w.t, string(deed)+" by "+name+" when "+string(outcome), got, wanted)
				kept = got
			}
		}
	}
}
