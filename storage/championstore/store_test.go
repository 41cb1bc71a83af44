package championstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/champions"
	"evangelist/bot/schedule"
	"evangelist/storage/championstore"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

var (
	begin   = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // a Monday
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

// outbox lists what is to be sent: key, class, version and state.
func outbox(t *testing.T, db *engine.DB) []string {
	t.Helper()
	var all []string
	err := db.Read(context.Background(), func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, func(row engine.Scanner) (string, error) {
			var key, class, state string
			var wanted int64
			err := row.Scan(&key, &class, &wanted, &state)
			return fmt.Sprintf("%s %s %d %s", key, class, wanted, state), err
		}, `SELECT key, class, wanted, state FROM deliveries ORDER BY key COLLATE "C"`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

type suite struct {
	champions.Stores
	t   *testing.T
	ctx context.Context
	db  *engine.DB
	who []bot.PersonID
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

func newSuite(t *testing.T, db *engine.DB) *suite {
	t.Helper()
	clock := &fixedClock{begin}
	s := &suite{Stores: championstore.New(db, clock), t: t, ctx: t.Context(), db: db}
	people := kernelstore.NewPeople(db, clock, &counting{})
	for n := range 4 {
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
	return s
}

// whole is a champion with everything in it, to be kept and read back.
func (s *suite) whole(id bot.PersonID) champions.Champion {
	return champions.Champion{ID: string(id), Person: id, Body: "Cabinet", Days: 4, State: champions.Resting, Term: 2, Source: "one", By: s.who[3],
		Leads: []bot.PersonID{s.who[3], s.who[2]}, Named: begin, Joined: begin.Add(day), RestUntil: begin.Add(2 * day), Ended: begin.Add(3 * day), Gone: true,
		Questions: 3, AskedAt: begin.Add(4 * day), Said: champions.Rests, Version: 9,
		Meetings: []champions.Meeting{
			{N: 1, On: schedule.Date{Year: 2026, Month: 12, Day: 10}, Body: "Cabinet", Came: "Much.", Over: true, Called: true, Briefing: champions.Briefing{
				Stage: champions.Sent, Drafts: 2, Points: []champions.Point{{Section: "Stories", Words: "A <story>.", URL: "/x"}}, Edited: true, By: s.who[3],
				Drafted: begin.Add(5 * day), At: begin.Add(6 * day)}},
			{N: 2, On: schedule.Date{Year: 2027, Month: 3, Day: 11}, Body: "Board"},
		},
		Promises: []champions.Pledge{
			{ID: "b", Side: champions.Ours, Words: "One.", Due: schedule.Date{Year: 2027, Month: 1, Day: 2}, Made: begin, Outcome: champions.Dropped, Reason: "No.", Settled: begin.Add(day)},
			{ID: "a", Side: champions.Theirs, Words: "Two.", Made: begin, Outcome: champions.Open},
		}}
}

func note(key string, to bot.PersonID) []bot.Delivery {
	message := bot.Notice("A note.")
	return []bot.Delivery{{Key: key, To: bot.Address{Person: to}, Class: bot.Nudge, Frozen: &message}}
}

func TestStores(t *testing.T) {
	t.Parallel()
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		s := newSuite(t, db)
		s.champions()
		s.watch()
		s.erased()
	})
}

func (s *suite) champions() {
	id := string(s.who[0])
	if _, err := s.Champions.Get(s.ctx, id); !errors.Is(err, bot.ErrNotFound) {
		s.t.Fatalf("nobody: %v", err)
	}
	if err := s.Champions.Change(s.ctx, "stranger", func(*champions.Champion) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
		s.t.Fatalf("a stranger: %v", err)
	}
	s.ok(s.Champions.Change(s.ctx, id, func(c *champions.Champion) ([]bot.Delivery, error) {
		same(s.t, "new", *c, champions.Champion{ID: id, Person: s.who[0]})
		return nil, nil
	}))
	if _, err := s.Champions.Get(s.ctx, id); !errors.Is(err, bot.ErrNotFound) {
		s.t.Fatalf("nobody was named: %v", err)
	}
	want := s.whole(s.who[0])
	for range 2 {
		s.ok(s.Champions.Change(s.ctx, id, func(c *champions.Champion) ([]bot.Delivery, error) { *c = want; return note("kept", s.who[3]), nil }))
		kept, err := s.Champions.Get(s.ctx, id)
		s.ok(err)
		same(s.t, "kept", kept, want)
	}
	if err := s.Champions.Change(s.ctx, id, func(c *champions.Champion) ([]bot.Delivery, error) {
		c.Version = 99
		return note("lost", s.who[3]), errRule
	}); !errors.Is(err, errRule) {
		s.t.Errorf("%v", err)
	}
	s.ok(s.Champions.Change(s.ctx, id, func(c *champions.Champion) ([]bot.Delivery, error) {
		want.Meetings = slices.Clone(want.Meetings)
		want.Meetings[1].Came, want.Meetings[1].Briefing.Stage = "More.", champions.Skipped
		want.Promises = append(slices.Clone(want.Promises), champions.Pledge{ID: "0", Side: champions.Ours, Words: "Three.", Made: begin, Outcome: champions.Open})
		want.Promises[1].Outcome = champions.Kept
		*c = want
		return nil, nil
	}))
	other := s.whole(s.who[1])
	other.State, other.Meetings, other.Promises, other.Leads = champions.Asked, nil, nil, []bot.PersonID{}
	s.ok(s.Champions.Change(s.ctx, string(s.who[1]), func(c *champions.Champion) ([]bot.Delivery, error) { *c = other; return nil, nil }))
	all, err := s.Champions.List(s.ctx)
	s.ok(err)
	same(s.t, "all, in the order of ids", all, []champions.Champion{want, other})
	same(s.t, "what is to be sent", outbox(s.t, s.db), []string{"kept nudge 0 queued"})
	// What is outdated is cancelled in the same change.
	ask := "champion/" + string(s.who[1]) + "/2/ask"
	s.ok(s.Champions.Change(s.ctx, string(s.who[1]), func(c *champions.Champion) ([]bot.Delivery, error) { return note(ask, s.who[1]), nil }))
	for range 2 {
		s.ok(s.Champions.Change(s.ctx, string(s.who[1]), func(c *champions.Champion) ([]bot.Delivery, error) { c.State = champions.Declined; return nil, nil }))
	}
	same(s.t, "outdated", outbox(s.t, s.db), []string{ask + " nudge 0 dropped", "kept nudge 0 queued"})
}

func (s *suite) watch() {
	w, err := s.Watch.Get(s.ctx)
	s.ok(err)
	same(s.t, "at first", w, champions.Watch{})
	want := champions.Watch{Active: 1, Since: begin, Falls: 2}
	for range 2 {
		s.ok(s.Watch.Change(s.ctx, func(w *champions.Watch) ([]bot.Delivery, []string) { *w = want; return note("few", s.who[3]), nil }))
	}
	w, err = s.Watch.Get(s.ctx)
	s.ok(err)
	same(s.t, "kept", w, want)
	s.ok(s.Watch.Change(s.ctx, func(*champions.Watch) ([]bot.Delivery, []string) { return nil, []string{"few"} }))
	if got := outbox(s.t, s.db); !slices.Contains(got, "few nudge 0 dropped") {
		s.t.Errorf("not cancelled: %v", got)
	}
}

// Who is erased from the register is no champion any more.
func (s *suite) erased() {
	s.ok(s.db.Write(s.ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, q := range []string{`DELETE FROM accounts WHERE person_id = $1`, `DELETE FROM persons WHERE id = $1`} {
			if _, err := tx.Exec(ctx, q, s.who[0]); err != nil {
				return err
			}
		}
		for _, table := range []string{"champions", "champion_meetings", "champion_promises"} {
			left, _, err := engine.One(ctx, tx, engine.Value[int64], `SELECT count(*) FROM `+table+` WHERE person_id = $1`, s.who[0])
			if err != nil || left != 0 {
				s.t.Errorf("%d rows in %s, %v", left, table, err)
			}
		}
		return nil
	}))
}

// Every act by everybody in every state, with the real store: the same
// verdict and the same champion as by the rule alone, and nothing kept of what was
// refused.
func TestTheMachineOnBothDatabases(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		s := newSuite(t, db)
		tried := 0
		for _, state := range champions.States() {
			for _, act := range champions.Acts() {
				for _, as := range champions.Relations() {
					tried++
					s.oneAct(state, act, as)
				}
			}
		}
		if want := len(champions.States()) * len(champions.Acts()) * len(champions.Relations()); tried != want {
			t.Errorf("%d of %d", tried, want)
		}
	})
}

// standing is a champion in a state, with a draft, a question and a promise.
func (s *suite) standing(state champions.State) champions.Champion {
	c := s.whole(s.who[0])
	c.State, c.Gone, c.Questions, c.Said, c.Ended = state, false, 1, "", time.Time{}
	c.Meetings = c.Meetings[1:]
	c.Meetings[0].N, c.Meetings[0].Briefing = 1, champions.Briefing{Stage: champions.Drafted, Drafts: 1, Points: []champions.Point{{Words: "One."}}, Drafted: begin}
	if state == champions.Asked {
		c.Joined = time.Time{}
	}
	return c
}

func (s *suite) oneAct(state champions.State, act champions.Act, as champions.Relation) {
	s.t.Helper()
	id, what := string(s.who[0]), fmt.Sprintf("%s/%s/%s", state, act, as)
	s.ok(s.db.Write(s.ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, table := range []string{"champions", "deliveries"} { // and by cascade what belongs to them
			if _, err := tx.Exec(ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		return nil
	}))
	before := champions.Champion{ID: id, Person: s.who[0]}
	if state != champions.None {
		before = s.standing(state)
		s.ok(s.Champions.Change(s.ctx, id, func(c *champions.Champion) ([]bot.Delivery, error) { *c = s.standing(state); return nil, nil }))
	}
	actor := s.actor(as)
	n := champions.Now{At: begin.Add(8 * day), Zone: time.UTC, Leads: []bot.PersonID{s.who[3]}, Name: "Person 0"}
	want := before
	want.Meetings, want.Promises = slices.Clone(before.Meetings), slices.Clone(before.Promises)
	out, wantErr := do(&want, act, actor, n)
	for range 2 {
		var err error
		changed := s.Champions.Change(s.ctx, id, func(c *champions.Champion) (out []bot.Delivery, _ error) {
			out, err = do(c, act, actor, n)
			return out, err
		})
		if !errors.Is(changed, err) || err != nil && wantErr != nil && err.Error() != wantErr.Error() || (err == nil) != (wantErr == nil) {
			s.t.Errorf("%s: %v, not %v", what, changed, wantErr)
		}
		found, err := s.Champions.Get(s.ctx, id)
		if errors.Is(err, bot.ErrNotFound) {
			found = champions.Champion{ID: id, Person: s.who[0]}
		}
		if wantErr != nil {
			want = before
		}
		same(s.t, what, found, want)
		if wantErr != nil {
			break // nothing to repeat
		}
	}
	if got := len(outbox(s.t, s.db)); got != len(out) {
		s.t.Errorf("%s: %d deliveries, not %d: %v", what, got, len(out), outbox(s.t, s.db))
	}
	if may := before.May(actor, act) && before.Can(actor, act); may != (wantErr == nil) && !silent(state, act) {
		s.t.Errorf("%s: may %v, and %v", what, may, wantErr)
	}
}

// silent are repetitions: the state has no such act, and it changes nothing.
func silent(state champions.State, act champions.Act) bool {
	return slices.Contains(map[champions.Act][]champions.State{
		champions.Accept: {champions.Active, champions.Resting}, champions.Decline: {champions.Declined}, champions.Rest: {champions.Resting},
		champions.Return: {champions.Active}, champions.Leave: {champions.Left},
	}[act], state)
}

func (s *suite) actor(as champions.Relation) bot.Actor {
	switch as {
	case champions.AsLead:
		return bot.Actor{Account: "a", Person: s.who[3], Roles: []bot.Role{bot.Lead}}
	case champions.AsSelf:
		return bot.Actor{Account: "a", Person: s.who[0]}
	case champions.AsColleague:
		return bot.Actor{Account: "a", Person: s.who[2]}
	}
	return bot.Actor{}
}

// do does an act with what it needs.
func do(c *champions.Champion, act champions.Act, actor bot.Actor, n champions.Now) ([]bot.Delivery, error) {
	later := schedule.Date{Year: 2027, Month: 4, Day: 8}
	switch act {
	case champions.See:
		if !c.May(actor, act) || !c.Can(actor, act) {
			return nil, bot.ErrNotFound
		}
		return nil, nil
	case champions.Name:
		return c.Ask(actor, n, champions.Wish{Source: "again", Body: "Board", Days: 2, Plan: champions.Plan{On: later}})
	case champions.Accept:
		return c.Take(actor, n)
	case champions.Decline:
		return c.Refuse(actor, n)
	case champions.GoOn:
		return c.Answer(actor, n, "1", champions.GoesOn)
	case champions.Rest:
		return c.Pause(actor, n)
	case champions.Return:
		return c.ComeBack(actor, n)
	case champions.Leave:
		return c.GoAway(actor, n)
	case champions.Meet:
		return c.SetMeeting(actor, n, champions.Plan{On: later, Body: "Board", Another: true})
	case champions.Promise:
		return c.Add(actor, n, champions.Pledge{ID: "new", Side: champions.Theirs, Words: "More."})
	case champions.Settle:
		return c.Mark(actor, n, "a", champions.Dropped, "Because.")
	case champions.Send:
		return c.SendIt(actor, n, "1")
	case champions.Edit:
		return c.EditIt(actor, n, "1", []champions.Point{{Words: "Other."}})
	}
	return c.SkipIt(actor, n, "1")
}
