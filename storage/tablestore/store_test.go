package tablestore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/seating"
	"evangelist/bot/tables"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
	"evangelist/storage/tablestore"
)

var (
	begin   = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC) // a Thursday
	errRule = errors.New("the rule says no")
)

const day = 24 * time.Hour

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

// outbox lists what is to be sent: key, class, addressee and state.
func outbox(t *testing.T, db *engine.DB) []string {
	t.Helper()
	var all []string
	err := db.Read(context.Background(), func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, func(row engine.Scanner) (string, error) {
			var key, class, view, state string
			var wanted int64
			err := row.Scan(&key, &class, &view, &wanted, &state)
			return fmt.Sprintf("%s %s %s/%d %s", key, class, view, wanted, state), err
		}, `SELECT key, class, view_kind, wanted, state FROM deliveries ORDER BY key COLLATE "C"`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

type suite struct {
	tables.Stores
	t     *testing.T
	ctx   context.Context
	db    *engine.DB
	clock *fixedClock
	who   []bot.PersonID
}

func (s *suite) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (- wanted, + got):\n%s", what, diff)
	}
}

// twice calls a write again: nothing may differ from the first time.
func (s *suite) twice(what string, write func() error) {
	s.t.Helper()
	for n := range 2 {
		if err := write(); err != nil {
			s.t.Fatalf("%s, call %d: %v", what, n+1, err)
		}
	}
}

func TestStores(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		clock := &fixedClock{begin}
		s := &suite{Stores: tablestore.New(db, clock), t: t, ctx: t.Context(), db: db, clock: clock}
		people := kernelstore.NewPeople(db, clock, &counting{})
		for n := range 7 {
			fact := bot.AccountFact{Name: fmt.Sprint("Person ", n), Account: bot.NewAccountID("test", fmt.Sprint(n))}
			if _, err := people.Record(s.ctx, []bot.AccountFact{fact}); err != nil {
				t.Fatal(err)
			}
			actor, err := people.Actor(s.ctx, fact.Account)
			if err != nil {
				t.Fatal(err)
			}
			s.who = append(s.who, actor.Person)
		}
		slices.Sort(s.who)
		for _, part := range []struct {
			name string
			run  func()
		}{{"settings", s.settings}, {"standings", s.standings}, {"pairs", s.pairs}, {"rounds", s.rounds}, {"one draft at a time", s.oneDraft}, {"erased", s.erased}} {
			t.Run(part.name, func(t *testing.T) {
				outer := s.t
				s.t = t
				part.run()
				s.t = outer
			})
		}
	})
}

func (s *suite) settings() {
	found, err := s.Settings.Get(s.ctx)
	s.ok(err)
	same(s.t, "at first", found, tables.DefaultSettings())
	want := tables.Settings{Rhythm: "every Thursday 12:00", Since: begin, Format: tables.Thread, Smallest: 4, Largest: 5, Goes: true, Levels: []string{"Head", "Officer"}}
	s.twice("change", func() error {
		return s.Settings.Change(s.ctx, func(is *tables.Settings) error { *is = want; return nil })
	})
	if err := s.Settings.Change(s.ctx, func(is *tables.Settings) error { is.Goes = false; return errRule }); !errors.Is(err, errRule) {
		s.t.Errorf("%v", err)
	}
	found, err = s.Settings.Get(s.ctx)
	s.ok(err)
	same(s.t, "changed", found, want)
}

func (s *suite) standings() {
	found, err := s.Standings.Get(s.ctx, s.who[0])
	s.ok(err)
	same(s.t, "at first", found, tables.Standing{Person: s.who[0]})
	want := tables.Standing{Person: s.who[0], Choice: tables.In, Until: begin.Add(day), Format: tables.Coffee, Unheard: 2, Offered: true}
	s.twice("change", func() error {
		return s.Standings.Change(s.ctx, s.who[0], func(is *tables.Standing) error { *is = want; return nil })
	})
	found, err = s.Standings.Get(s.ctx, s.who[0])
	s.ok(err)
	same(s.t, "changed", found, want)
	if err := s.Standings.Change(s.ctx, s.who[0], func(is *tables.Standing) error { is.Choice = tables.NotIn; return errRule }); !errors.Is(err, errRule) {
		s.t.Errorf("%v", err)
	}
	if err := s.Standings.Change(s.ctx, "nobody", func(*tables.Standing) error { return nil }); !errors.Is(err, bot.ErrNotFound) {
		s.t.Errorf("nobody: %v", err)
	}
	s.twice("forget", func() error {
		return s.Standings.Change(s.ctx, s.who[0], func(is *tables.Standing) error { *is = tables.Standing{Person: s.who[0]}; return nil })
	})
	all, err := s.Standings.List(s.ctx)
	s.ok(err)
	if len(all) != 0 {
		s.t.Errorf("nothing is to keep: %+v", all)
	}
}

func (s *suite) pairs() {
	a, b := s.who[0], s.who[1]
	s.twice("a lead", func() error { return s.Pairs.Set(s.ctx, tables.Pair{A: b, B: a}, true) })
	s.twice("one of them", func() error { return s.Pairs.Set(s.ctx, tables.PairOf(a, b, a), true) })
	all, err := s.Pairs.List(s.ctx)
	s.ok(err)
	same(s.t, "both wishes", all, []tables.Pair{tables.PairOf(a, b, ""), tables.PairOf(a, b, a)})
	s.twice("the lead's is taken back", func() error { return s.Pairs.Set(s.ctx, tables.PairOf(a, b, ""), false) })
	all, err = s.Pairs.List(s.ctx)
	s.ok(err)
	same(s.t, "the other stays", all, []tables.Pair{tables.PairOf(a, b, a)})
	if err := s.Pairs.Set(s.ctx, tables.PairOf(a, "nobody", ""), true); !errors.Is(err, bot.ErrNotFound) {
		s.t.Errorf("with nobody: %v", err)
	}
}

// round is a whole round, to be kept and read back.
func (s *suite) round(id string, state tables.State) tables.Round {
	r := tables.Round{ID: id, Slot: id, Due: begin.Add(7 * day), Goes: true, Format: tables.Coffee, Smallest: 3, Largest: 5, State: state,
		Tables: []tables.Table{{Format: tables.Call}, {Format: tables.Thread}}, Agenda: []string{"one", "two"}, Leads: []bot.PersonID{s.who[6]},
		Version: 3, Drafted: s.clock.now}
	for i, person := range s.who {
		r.Seats = append(r.Seats, tables.Seat{Person: person, Table: i % 3, Stand: tables.Seated})
	}
	r.Seats[1].Room, r.Seats[2].Own, r.Seats[2].Wants = 1, true, true
	r.Seats[4].Asked, r.Seats[4].Said, r.Seats[5].Stand = true, tables.Met, tables.Away
	return r
}

func note(key string, to bot.PersonID) []bot.Delivery {
	message := bot.Notice("A note.")
	return []bot.Delivery{{Key: key, To: bot.Address{Person: to}, Class: bot.Nudge, Frozen: &message}}
}

func (s *suite) rounds() {
	if _, err := s.Rounds.Get(s.ctx, "none"); !errors.Is(err, bot.ErrNotFound) {
		s.t.Fatalf("none: %v", err)
	}
	if err := s.Rounds.Change(s.ctx, "none", func(*tables.Round) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
		s.t.Fatalf("none: %v", err)
	}
	want := s.round("r1", tables.Drafted)
	for range 2 {
		kept, err := s.Rounds.Add(s.ctx, want, note("table/r1/x", s.who[0]))
		s.ok(err)
		same(s.t, "added", kept, want)
	}
	other := want
	other.Version = 99
	kept, err := s.Rounds.Add(s.ctx, other, note("table/r1/y", s.who[0]))
	s.ok(err)
	same(s.t, "the first one stays", kept, want)
	s.ok(s.Standings.Change(s.ctx, s.who[3], func(is *tables.Standing) error { is.Unheard = 2; return nil }))
	own := "table/r1/seat/" + string(s.who[2])
	s.twice("change", func() error {
		return s.Rounds.Change(s.ctx, "r1", func(r *tables.Round) ([]bot.Delivery, error) {
			if len(r.Standings) != len(r.Seats) {
				s.t.Errorf("%d standings of %d seats", len(r.Standings), len(r.Seats))
			}
			r.State, r.By, r.Waited, r.Sent, r.SendAt, r.Version = tables.Out, s.who[6], true, begin.Add(day), begin.Add(2*day), 4
			r.Seats = r.Seats[:6]
			for i := range r.Standings {
				if r.Standings[i].Person == s.who[3] {
					r.Standings[i].Unheard = 3
				}
			}
			return note(own, s.who[2]), nil
		})
	})
	standing, err := s.Standings.Get(s.ctx, s.who[3])
	s.ok(err)
	if standing.Unheard != 3 {
		s.t.Errorf("a standing that a rule changed: %+v", standing)
	}
	want.State, want.By, want.Waited, want.Sent, want.SendAt, want.Version, want.Seats = tables.Out, s.who[6], true, begin.Add(day), begin.Add(2*day), 4, want.Seats[:6]
	kept, err = s.Rounds.Get(s.ctx, "r1")
	s.ok(err)
	same(s.t, "changed", kept, want)
	if err := s.Rounds.Change(s.ctx, "r1", func(r *tables.Round) ([]bot.Delivery, error) { r.State = tables.Closed; return nil, errRule }); !errors.Is(err, errRule) {
		s.t.Errorf("%v", err)
	}
	s.twice("follow up", func() error {
		return s.Rounds.Change(s.ctx, "r1", func(r *tables.Round) ([]bot.Delivery, error) {
			r.State, r.Followed = tables.FollowedUp, begin.Add(9*day)
			return nil, nil
		})
	})
	same(s.t, "invitations that are late are cancelled", outbox(s.t, s.db), []string{own + " nudge /0 dropped", "table/r1/x nudge /0 queued"})
	past, err := s.Rounds.Past(s.ctx)
	s.ok(err)
	same(s.t, "as it was played", past, []tables.Past{{ID: "r1", Plan: tables.PlanOf(want.Seats, true)}})
	var h seating.History
	s.ok(h.Add(past[0].Plan))
}

func (s *suite) oneDraft() {
	s.clock.now = begin.Add(day)
	_, err := s.Rounds.Add(s.ctx, s.round("r2", tables.Drafted), nil)
	s.ok(err)
	if _, err := s.Rounds.Add(s.ctx, s.round("r3", tables.Drafted), note("table/r3/x", s.who[0])); !errors.Is(err, tables.ErrOpen) {
		s.t.Fatalf("two drafts wait: %v", err)
	}
	_, err = s.Rounds.Add(s.ctx, s.round("r4", tables.CalledOff), nil)
	s.ok(err)
	s.ok(s.Rounds.Change(s.ctx, "r2", func(r *tables.Round) ([]bot.Delivery, error) { r.State = tables.CalledOff; return nil, nil }))
	_, err = s.Rounds.Add(s.ctx, s.round("r3", tables.Approved), nil)
	s.ok(err)
	for want, states := range map[string][]tables.State{"r4 r3 r2 r1": nil, "r3": {tables.Drafted, tables.Approved}, "r4 r2": {tables.CalledOff}, "r1": {tables.Out, tables.FollowedUp}} {
		all, err := s.Rounds.List(s.ctx, states...)
		s.ok(err)
		var ids []string
		for _, r := range all {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			s.t.Errorf("%v: %s, not %s", states, got, want)
		}
	}
}

// A person who is erased leaves no seat, wish or pair behind.
func (s *suite) erased() {
	s.ok(s.db.Write(s.ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, q := range []string{`DELETE FROM accounts WHERE person_id = $1`, `DELETE FROM persons WHERE id = $1`} {
			if _, err := tx.Exec(ctx, q, s.who[0]); err != nil {
				return err
			}
		}
		return nil
	}))
	pairs, err := s.Pairs.List(s.ctx)
	s.ok(err)
	if len(pairs) != 0 {
		s.t.Errorf("pairs: %+v", pairs)
	}
	all, err := s.Rounds.List(s.ctx)
	s.ok(err)
	for _, r := range all {
		for _, seat := range r.Seats {
			if seat.Person == s.who[0] {
				s.t.Errorf("a seat in %s", r.ID)
			}
		}
	}
}
