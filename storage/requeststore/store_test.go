package requeststore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/requests"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

type ctx = context.Context

// add keeps a request as the answer does that asks for it, and as the program of the
// release before does: with none of the columns that came later.
func add(t *testing.T, db *engine.DB, id, asker, title string, opened time.Time) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO network_requests (id, source, title, words, person_id, state, reason, opened_at, closed_at)
			VALUES ($1, $1, $2, $3, $4, 'open', '', $5, 0)`, id, title, title+"\nplease", asker, engine.Micros(opened))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		s := newSuite(t, db)
		for n, id := range []string{"r2", "r3", "r4"} {
			add(t, db, id, "asker", id, begin.Add(time.Duration(n+1)*time.Hour))
		}
		if diff := cmp.Diff(requests.Request{ID: "r1", Title: "A camera", Words: "A camera\nplease", Asker: "asker", State: requests.Open, Opened: begin}, s.get("r1")); diff != "" {
			t.Errorf("as it was asked:\n%s", diff)
		}
		due, err := schedule.ParseDate("2026-12-07")
		if err != nil {
			t.Fatal(err)
		}
		taken := s.get("r2")
		taken.State, taken.Owner, taken.Due, taken.Since, taken.Turn, taken.Warned, taken.Version = requests.Taken, "ben", due, begin.Add(day), 2, 1, 7
		taken.Cards = []requests.Card{{Key: "k", Person: "lea", Lead: true}}
		met, refused := s.get("r3"), s.get("r4")
		met.State, met.Reason, met.Closed, met.Owner = requests.Met, "Here", begin.Add(day), "ben"
		refused.State, refused.Reason, refused.Closed = requests.Refused, "No", begin.Add(2*day)
		for _, want := range []requests.Request{taken, met, refused} {
			for range 2 {
				s.put(want)
				if diff := cmp.Diff(want, s.get(want.ID)); diff != "" {
					t.Errorf("%s:\n%s", want.ID, diff)
				}
			}
		}
		for _, c := range []struct {
			limit  int
			states []requests.State
			want   []string
		}{
			{0, nil, []string{"r4", "r3", "r2", "r1"}}, {2, nil, []string{"r4", "r3"}}, {0, []requests.State{requests.Open}, []string{"r1"}}, {0, []requests.State{requests.Taken}, []string{"r2"}},
			{0, []requests.State{requests.Open, requests.Taken}, []string{"r2", "r1"}}, {1, []requests.State{requests.Met, requests.Refused}, []string{"r4"}},
		} {
			all, err := s.store.List(s.ctx, c.limit, c.states...)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, r := range all {
				ids = append(ids, r.ID)
			}
			if diff := cmp.Diff(c.want, ids); diff != "" {
				t.Errorf("in %v:\n%s", c.states, diff)
			}
		}
		if err := s.store.Change(s.ctx, "r1", func(r *requests.Request) ([]bot.Delivery, error) { r.State = requests.Met; return nil, errRule }); !errors.Is(err, errRule) || s.get("r1").State != requests.Open {
			t.Errorf("a refused change: %v", err)
		}
		for _, id := range []string{"", "r9", "r1/lea", "R1"} {
			if _, err := s.store.Get(s.ctx, id); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("the request %q: %v", id, err)
			}
			if err := s.store.Change(s.ctx, id, func(*requests.Request) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("a change of the request %q: %v", id, err)
			}
		}
		s.readAsBefore()
	})
}

// readAsBefore looks with the eyes of the release before: what is taken is open.
func (s *suite) readAsBefore() {
	s.t.Helper()
	err := s.db.Read(s.ctx, func(ctx context.Context, tx *engine.Tx) error {
		states, err := engine.All(ctx, tx, engine.Value[string], `SELECT state FROM network_requests ORDER BY id`)
		if diff := cmp.Diff([]string{"open", "open", "met", "refused"}, states); diff != "" {
			s.t.Errorf("states as the release before knows them:\n%s", diff)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
