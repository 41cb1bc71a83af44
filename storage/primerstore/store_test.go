package primerstore_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/primer"
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
		w := newWorld(t, db, nil)
		w.enrolments()
		w.terms()
		w.items()
	})
}

func (w *world) enrolments() {
	t, ctx, gwen := w.t, w.t.Context(), w.id("gwen")
	found, err := w.stores.Enrolments.Get(ctx, gwen)
	w.ok(err)
	same(t, "at first", found, primer.Enrolment{Person: gwen})
	w.ok(w.stores.Enrolments.Change(ctx, gwen, func(*primer.Enrolment) ([]bot.Delivery, error) { return nil, nil }))
	if all, err := w.stores.Enrolments.List(ctx); err != nil || len(all) != 0 {
		t.Errorf("nothing is to keep: %v, %v", all, err)
	}
	if err := w.stores.Enrolments.Change(ctx, "ghost", func(*primer.Enrolment) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a ghost: %v", err)
	}
	want := primer.Enrolment{Person: gwen, State: primer.Running, Own: true, Run: 2, Begun: begin, Last: "worry", Queued: begin.Add(day), Sent: begin.Add(2 * day), Lost: true, Version: 7,
		Steps: []primer.Step{{Lesson: "roundup", Posts: 2, Read: true}, {Lesson: "worry", Posts: 1, Again: true}}}
	w.twice("change", func() error {
		return w.stores.Enrolments.Change(ctx, gwen, func(e *primer.Enrolment) ([]bot.Delivery, error) { *e = want; return nil, nil })
	})
	if err := w.stores.Enrolments.Change(ctx, gwen, func(e *primer.Enrolment) ([]bot.Delivery, error) { e.State = primer.Out; return nil, errRule }); !errors.Is(err, errRule) {
		t.Errorf("%v", err)
	}
	found, err = w.stores.Enrolments.Get(ctx, gwen)
	w.ok(err)
	same(t, "changed", found, want)
	for state, n := range map[primer.State]int{primer.Running: 1, primer.Out: 0} {
		all, err := w.stores.Enrolments.List(ctx, state, primer.Finished)
		w.ok(err)
		if len(all) != n {
			t.Errorf("%d are %s", len(all), state)
		}
	}
	w.posts()
}

// What became of a lesson is found in every state of its delivery.
func (w *world) posts() {
	t, ctx, dan := w.t, w.t.Context(), w.id("dan")
	nora, err := w.people.Actor(ctx, account("nora"))
	w.ok(err)
	w.ok(w.stores.Enrolments.Change(ctx, dan, func(e *primer.Enrolment) ([]bot.Delivery, error) { return e.Join(nora, begin) }))
	w.ok(w.stores.Enrolments.Change(ctx, dan, func(e *primer.Enrolment) ([]bot.Delivery, error) {
		out, _ := e.Tick(begin, primer.Facts{Lessons: names})
		return out, nil
	}))
	look := func() (post primer.Post) {
		w.ok(w.stores.Enrolments.Change(ctx, dan, func(e *primer.Enrolment) ([]bot.Delivery, error) { post = e.Post; return nil, nil }))
		return post
	}
	ended, nudged := begin.Add(2*day), begin.Add(day)
	for _, state := range []string{"queued", "sending", "unknown", "sent", "editing", "failed", "unreachable", "unsure", "dropped"} {
		w.ok(w.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE deliveries SET state = $1, ended_at = $2 WHERE person = $3`, state, engine.Micros(ended), dan)
			return err
		}))
		want := primer.Post{State: primer.Sent, At: ended}
		switch state {
		case "queued", "sending", "unknown":
			want = primer.Post{}
		case "dropped":
			want = primer.Post{State: primer.Lost}
		}
		same(t, state, look(), want)
	}
	w.ok(w.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO nudges (person_id, key, at) SELECT person, key, $1 FROM deliveries WHERE person = $2`, engine.Micros(nudged), dan); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE deliveries SET state = 'sent' WHERE person = $1`, dan)
		return err
	}))
	same(t, "its card was brought up to date later", look(), primer.Post{State: primer.Sent, At: nudged})
}

func (w *world) terms() {
	ctx := w.t.Context()
	one, two := primer.Term{Word: "Zebra", Says: "An animal.", Own: true}, primer.Term{Word: "Ärmel", Says: "A sleeve.", Own: true}
	w.twice("set", func() error { return errors.Join(w.stores.Terms.Set(ctx, one), w.stores.Terms.Set(ctx, two)) })
	all, err := w.stores.Terms.List(ctx)
	w.ok(err)
	same(w.t, "both", all, []primer.Term{one, two})
	w.ok(w.stores.Terms.Set(ctx, primer.Term{Word: "ZEBRA", Says: "Stripes."}))
	w.twice("remove", func() error { return w.stores.Terms.Remove(ctx, two.Key()) })
	all, err = w.stores.Terms.List(ctx)
	w.ok(err)
	same(w.t, "one, written anew", all, []primer.Term{{Word: "ZEBRA", Says: "Stripes.", Own: true}})
}

func (w *world) items() {
	ctx, nora := w.t.Context(), w.id("nora")
	on := schedule.Date{Year: 2026, Month: 11, Day: 30}
	w.twice("tick", func() error {
		return w.stores.Items.Change(ctx, "cover", func(m *primer.Mark) error { m.Tick(nora, on); return nil })
	})
	if err := w.stores.Items.Change(ctx, "pledge", func(m *primer.Mark) error { m.Tick(nora, on); return errRule }); !errors.Is(err, errRule) {
		w.t.Errorf("%v", err)
	}
	w.twice("own", func() error { return w.stores.Items.Own(ctx, map[string]string{"own-1": "One", "own-2": "Two"}) })
	w.ok(w.stores.Items.Change(ctx, "own-2", func(m *primer.Mark) error { m.Tick(nora, on); return nil }))
	w.twice("own again", func() error { return w.stores.Items.Own(ctx, map[string]string{"own-2": "Two.", "own-3": "Three"}) })
	all, err := w.stores.Items.List(ctx)
	w.ok(err)
	same(w.t, "items", all, []primer.Mark{{Item: "cover", By: nora, On: on}, {Item: "own-2", Title: "Two.", By: nora, On: on}, {Item: "own-3", Title: "Three"}})
	w.twice("untick", func() error {
		return w.stores.Items.Change(ctx, "cover", func(m *primer.Mark) error { m.Untick(); return nil })
	})
	w.ok(w.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error { // who ticked it is erased
		for _, q := range []string{`DELETE FROM accounts WHERE person_id = $1`, `DELETE FROM persons WHERE id = $1`} {
			if _, err := tx.Exec(ctx, q, nora); err != nil {
				return err
			}
		}
		return nil
	}))
	all, err = w.stores.Items.List(ctx)
	w.ok(err)
	same(w.t, "ticked by somebody who is gone", all, []primer.Mark{{Item: "own-2", Title: "Two.", On: on}, {Item: "own-3", Title: "Three"}})
}

// The machine in the database: every act in every state by everybody does there
// what the rules say, and keeps nothing when it is refused.
func TestMachine(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := newWorld(t, db, nil)
		ctx := t.Context()
		actors := map[string]bot.Actor{}
		for _, name := range []string{"nora", "gwen", "cleo"} {
			actor, err := w.people.Actor(ctx, account(name))
			w.ok(err)
			actors[name] = actor
		}
		actors["nobody"] = bot.Actor{}
		rules := map[primer.Act]func(*primer.Enrolment, bot.Actor) ([]bot.Delivery, error){
			primer.Enrol:    func(e *primer.Enrolment, a bot.Actor) ([]bot.Delivery, error) { return e.Join(a, begin) },
			primer.TakeOut:  func(e *primer.Enrolment, a bot.Actor) ([]bot.Delivery, error) { return e.Remove(a) },
			primer.Begin:    func(e *primer.Enrolment, a bot.Actor) ([]bot.Delivery, error) { return e.Start(a, begin) },
			primer.MarkRead: func(e *primer.Enrolment, a bot.Actor) ([]bot.Delivery, error) { return e.Note(a, "roundup", names) },
			primer.Later:    func(e *primer.Enrolment, a bot.Actor) ([]bot.Delivery, error) { return e.PutOff(a, "roundup") },
			primer.Stop:     func(e *primer.Enrolment, a bot.Actor) ([]bot.Delivery, error) { return e.Halt(a) },
		}
		gwen := w.id("gwen")
		var kept primer.Enrolment // what is in the database
		for _, state := range primer.States() {
			for act, rule := range rules {
				for name, actor := range actors {
					if state == primer.None && kept.State != primer.None {
						if _, err := write(ctx, db, `DELETE FROM primer_enrolments`); err != nil {
							t.Fatal(err)
						}
					}
					start := primer.Enrolment{Person: gwen, State: state, Own: true, Run: 1, Begun: begin.Add(-30 * day), Last: "roundup", Queued: begin.Add(-20 * day), Sent: begin.Add(-20 * day),
						Steps: []primer.Step{{Lesson: "roundup", Posts: 1}}, Version: 3}
					if state == primer.None {
						start = primer.Enrolment{Person: gwen}
					}
					if !cmp.Equal(kept, start) {
						w.ok(w.stores.Enrolments.Change(ctx, gwen, func(e *primer.Enrolment) ([]bot.Delivery, error) { *e = start; return nil, nil }))
					}
					wanted := start
					wanted.Steps = append([]primer.Step(nil), start.Steps...)
					wanted.Post.State = primer.Lost // as the Store finds a message that is not there
					if start.Last == "" {
						wanted.Post.State = primer.Waiting
					}
					_, wantErr := rule(&wanted, actor)
					if wantErr != nil {
						wanted = start
					}
					wanted.Post = primer.Post{}
					err := w.stores.Enrolments.Change(ctx, gwen, func(e *primer.Enrolment) ([]bot.Delivery, error) { return rule(e, actor) })
					if !errors.Is(err, wantErr) {
						t.Errorf("%s by %s when %q: %v, not %v", act, name, state, err, wantErr)
					}
					got, err := w.stores.Enrolments.Get(ctx, gwen)
					w.ok(err)
					same(t, string(act)+" by "+name+" when "+string(state), got, wanted)
					kept = got
				}
			}
		}
	})
}

func write(ctx context.Context, db *engine.DB, query string, args ...any) (n int64, err error) {
	err = db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		n, err = tx.Exec(ctx, query, args...)
		return err
	})
	return n, err
}
