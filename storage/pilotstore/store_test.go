package pilotstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/pilotstore"
	"evangelist/storage/storagetest"
)

var (
	begin   = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) // a Tuesday
	errRule = errors.New("the rule says no")
)

const day = 24 * time.Hour

func on(month time.Month, d int) schedule.Date {
	return schedule.Date{Year: 2026, Month: month, Day: d}
}

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

// sent is a delivery as the outbox holds it.
type sent struct{ Key, Class, Person, Place, View, State string }

func outbox(t *testing.T, db *engine.DB) []sent {
	t.Helper()
	var all []sent
	err := db.Read(context.Background(), func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, func(row engine.Scanner) (sent, error) {
			var s sent
			var wanted int64
			err := row.Scan(&s.Key, &s.Class, &s.Person, &s.Place, &s.View, &wanted, &s.State)
			if s.View != "" {
				s.View = fmt.Sprint(s.View, " ", wanted)
			}
			return s, err
		}, `SELECT key, class, person, place, view_kind, wanted, state FROM deliveries ORDER BY key COLLATE "C"`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func rows(t *testing.T, db *engine.DB, table string) int {
	t.Helper()
	var n int
	err := db.Read(context.Background(), func(ctx context.Context, tx *engine.Tx) (err error) {
		n, _, err = engine.One(ctx, tx, engine.Value[int], `SELECT count(*) FROM `+table)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// twice calls a write again: nothing may differ from the first time.
func twice(t *testing.T, what string, write func() error) {
	t.Helper()
	for n := range 2 {
		if err := write(); err != nil {
			t.Fatalf("%s, call %d: %v", what, n+1, err)
		}
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (- wanted, + got):\n%s", what, diff)
	}
}

type suite struct {
	pilots.Stores
	t     *testing.T
	ctx   context.Context
	db    *engine.DB
	clock *fixedClock
	who   []bot.PersonID // Ada, Ben, Cleo (inactive), then seven more
}

func TestStores(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		clock := &fixedClock{begin}
		s := &suite{Stores: pilotstore.New(db, clock), t: t, ctx: t.Context(), db: db, clock: clock}
		people := kernelstore.NewPeople(db, clock, &counting{})
		gone := true
		for i, name := range []string{"Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon"} {
			fact := bot.AccountFact{Account: bot.NewAccountID("test", name), Name: name}
			if i == 2 {
				fact.Inactive = &gone
			}
			if _, err := people.Record(s.ctx, []bot.AccountFact{fact}); err != nil {
				t.Fatal(err)
			}
			actor, err := people.Actor(s.ctx, fact.Account)
			if err != nil {
				t.Fatal(err)
			}
			s.who = append(s.who, actor.Person)
		}
		t.Run("goals", s.with(s.goals))
		t.Run("pilots", s.with(s.pilots))
		t.Run("what is chosen", s.with(s.chosen))
		t.Run("a whole life", s.with(s.life))
		t.Run("stories", s.with(s.stories))
		t.Run("a rule that refuses", s.with(s.refusing))
		t.Run("a person who is erased", s.with(s.erased))
	})
}

// with lets the parts of the suite follow each other on one database.
func (s *suite) with(part func()) func(*testing.T) {
	return func(t *testing.T) {
		outer := s.t
		s.t = t
		part()
		s.t = outer
	}
}

func (s *suite) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *suite) gone(what string, err error) {
	s.t.Helper()
	if !errors.Is(err, bot.ErrNotFound) {
		s.t.Errorf("%s: %v, want ErrNotFound", what, err)
	}
}

func (s *suite) goals() {
	add := func(id string, level pilots.Level, title string) pilots.Goal {
		goal := pilots.Goal{ID: id, Source: "form/" + id, Level: level, Title: title, Benefit: "Time", Owner: s.who[0], Until: on(12, 31), Created: begin}
		twice(s.t, "add a goal", func() error { return s.Goals.Add(s.ctx, goal) })
		goal.OwnerName = "Ada"
		return goal
	}
	small, wide := add("g1", pilots.Goalpost, "Fewer calls"), add("g2", pilots.Purpose, "More time for people")
	s.ok(s.Goals.Add(s.ctx, pilots.Goal{ID: "g3", Source: "form/g1", Level: pilots.Goalpost, Title: "The same form again"}))
	all, err := s.Goals.List(s.ctx, false)
	s.ok(err)
	same(s.t, "the widest first", all, []pilots.Goal{wide, small})
	lead := bot.Actor{Account: "a", Person: s.who[0], Roles: []bot.Role{bot.Lead}}
	small.Title, small.Audience, small.Until, small.Owner, small.OwnerName = "Far fewer calls", "Residents", schedule.Date{}, "", ""
	twice(s.t, "rewrite", func() error {
		return s.Goals.Change(s.ctx, "g1", func(g *pilots.Goal) error { return g.Rewrite(lead, small) })
	})
	got, err := s.Goals.Get(s.ctx, "g1")
	s.ok(err)
	same(s.t, "rewritten", got, small)
	twice(s.t, "close", func() error {
		return s.Goals.Change(s.ctx, "g2", func(g *pilots.Goal) error { return g.Close(lead) })
	})
	all, err = s.Goals.List(s.ctx, false)
	s.ok(err)
	same(s.t, "what is open", len(all), 1)
	all, err = s.Goals.List(s.ctx, true)
	s.ok(err)
	same(s.t, "all of them", len(all), 2)
	_, err = s.Goals.Get(s.ctx, "nothing")
	s.gone("no goal", err)
	s.gone("no goal to change", s.Goals.Change(s.ctx, "nothing", func(*pilots.Goal) error { return nil }))
}

// full is a pilot in which every field says something.
func (s *suite) full(id, reference string) pilots.Pilot {
	return pilots.Pilot{
		ID: id, Source: "form/" + id, Reference: reference, Title: "Bin days", Scope: "Two wards", Audience: "Residents", Benefit: "Time", Goal: "g1", Idea: "idea", IdeaRef: "I-2345",
		Sponsor: s.who[0], Team: []bot.PersonID{s.who[2], s.who[1]}, Cost: "nothing", Starts: on(11, 24), Ends: on(12, 9),
		Measure:   pilots.Measure{Text: "Calls", Aim: pilots.AtMost, Target: -40},
		Preflight: pilots.Preflight{Guideline: true, GuidedBy: s.who[0], GuidedAt: begin, Clause: "4.2", Personal: pilots.PersonalData, Safeguards: "names only", Elsewhere: "a town"},
		State:     pilots.Ready, CreatedBy: s.who[1], Created: begin, Left: s.who[2],
		Cards: []pilots.Card{{Key: "k", Kind: "pilot", ID: id, Person: s.who[0], Settled: 2}}, Version: 3,
	}
}

func note(key string, to bot.PersonID) []bot.Delivery {
	message := bot.Notice("Hello.")
	return []bot.Delivery{{Key: key, To: bot.Address{Person: to}, Class: bot.Answer, Frozen: &message}}
}

func (s *suite) pilots() {
	p := s.full("p1", "P-AAAA")
	for range 2 {
		kept, err := s.Pilots.Add(s.ctx, p, note("told/1", s.who[1]))
		s.ok(err)
		p.SponsorName = "Ada"
		same(s.t, "as it was added", kept, p)
	}
	got, err := s.Pilots.Get(s.ctx, "p1")
	s.ok(err)
	same(s.t, "as it is read", got, p)
	second := s.full("p1b", "P-BBBB")
	second.Source = p.Source
	kept, err := s.Pilots.Add(s.ctx, second, note("told/2", s.who[1]))
	s.ok(err)
	same(s.t, "the same form with another id", kept, p)
	taken := s.full("p2", "P-AAAA")
	_, err = s.Pilots.Add(s.ctx, taken, note("told/3", s.who[1]))
	if !errors.Is(err, pilots.ErrTaken) {
		s.t.Errorf("a reference that is in use: %v", err)
	}
	same(s.t, "who was told", len(outbox(s.t, s.db)), 1)
	taken.Reference, taken.Sponsor, taken.Created = "P-CCCC", s.who[2], begin.Add(time.Hour)
	kept, err = s.Pilots.Add(s.ctx, taken, nil)
	s.ok(err)
	if !kept.SponsorGone {
		s.t.Error("an inactive sponsor is not seen as gone")
	}
	_, err = s.Pilots.Get(s.ctx, "nothing")
	s.gone("no pilot", err)
	s.gone("no pilot to change", s.Pilots.Change(s.ctx, "nothing", func(*pilots.Pilot) ([]bot.Delivery, error) { return nil, nil }))
}

func (s *suite) chosen() {
	for _, c := range []struct {
		filter pilots.Filter
		want   []string
	}{
		{pilots.Filter{}, []string{"p2", "p1"}},
		{pilots.Filter{States: []pilots.State{pilots.Ready}}, []string{"p2", "p1"}},
		{pilots.Filter{States: []pilots.State{pilots.Draft, pilots.Decided}}, nil},
		{pilots.Filter{Person: s.who[0]}, []string{"p1"}},
		{pilots.Filter{Person: s.who[1]}, []string{"p2", "p1"}},
		{pilots.Filter{Person: s.who[3]}, nil},
		{pilots.Filter{Idea: "idea", States: []pilots.State{pilots.Ready}, Person: s.who[0]}, []string{"p1"}},
		{pilots.Filter{Idea: "another"}, nil},
		{pilots.Filter{Reference: "P-CCCC"}, []string{"p2"}},
		{pilots.Filter{Reference: "P-CCCC", Person: s.who[0]}, nil},
	} {
		all, err := s.Pilots.List(s.ctx, c.filter)
		s.ok(err)
		var got []string
		for _, p := range all {
			got = append(got, p.ID)
			same(s.t, "the team in its order", p.Team, []bot.PersonID{s.who[2], s.who[1]})
		}
		same(s.t, fmt.Sprintf("%+v", c.filter), got, c.want)
	}
}

// change carries out a rule twice; the second time may refuse, and nothing may
// differ from the first time.
func (s *suite) change(id, what string, rule func(*pilots.Pilot) ([]bot.Delivery, error)) pilots.Pilot {
	s.t.Helper()
	var first pilots.Pilot
	s.ok(s.Pilots.Change(s.ctx, id, func(p *pilots.Pilot) ([]bot.Delivery, error) {
		out, err := rule(p)
		first = *p
		return out, err
	}))
	first.Story = nil
	before := outbox(s.t, s.db)
	got, err := s.Pilots.Get(s.ctx, id)
	s.ok(err)
	same(s.t, what+", as it is read", got, first)
	var said *bot.Error
	if err := s.Pilots.Change(s.ctx, id, rule); err != nil && !errors.As(err, &said) {
		s.t.Fatalf("%s again: %v", what, err)
	}
	again, err := s.Pilots.Get(s.ctx, id)
	s.ok(err)
	same(s.t, what+" again", again, got)
	same(s.t, what+" again, what is sent", outbox(s.t, s.db), before)
	return got
}

func (s *suite) life() {
	sponsor := bot.Actor{Account: "a", Person: s.who[0], Name: "Ada"}
	lead := bot.Actor{Account: "b", Person: s.who[1], Name: "Ben", Roles: []bot.Role{bot.Lead}}
	now := begin
	change := func(what string, rule func(*pilots.Pilot) ([]bot.Delivery, error)) pilots.Pilot {
		s.t.Helper()
		s.clock.now = now
		return s.change("p1", what, rule)
	}
	change("start", func(p *pilots.Pilot) ([]bot.Delivery, error) { return p.Start(sponsor, now, time.UTC) })
	now = begin.Add(7 * day)
	change("a week", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		out, _ := p.Tick(now, []bot.PersonID{s.who[1]}, time.UTC)
		return out, nil
	})
	change("check in", func(p *pilots.Pilot) ([]bot.Delivery, error) { return p.CheckIn(sponsor, 1, "all well", now) })
	if at := slices.IndexFunc(outbox(s.t, s.db), func(d sent) bool { return d.Key == "pilot/p1/checkin/1" && d.State == "dropped" }); at < 0 {
		s.t.Errorf("what asked for the check-in is not cancelled: %+v", outbox(s.t, s.db))
	}
	change("a reading", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		return p.Take(sponsor, pilots.Reading{ID: "r1", Value: -41, On: on(12, 1), Note: "n"}, now, time.UTC)
	})
	change("another measure", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		return p.Fix(lead, pilots.Measure{Text: "Calls a day", Aim: pilots.AtLeast, Target: 7}, "why", now, time.UTC)
	})
	change("ask participants", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		return p.AskThem(sponsor, pilots.Survey{ID: "s1", Question: "How many?", Place: "test|room"}, now)
	})
	for i, person := range s.who[3:] {
		change("a number", func(p *pilots.Pilot) ([]bot.Delivery, error) {
			return p.Give(bot.Actor{Account: "c", Person: person}, "s1", int64(i), now)
		})
	}
	change("another number", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		return p.Give(bot.Actor{Account: "c", Person: s.who[3]}, "s1", 12, now)
	})
	same(s.t, "numbers that are kept", rows(s.t, s.db, "pilot_answers"), len(s.who)-3)
	p := change("finish", func(p *pilots.Pilot) ([]bot.Delivery, error) { return p.Finish(lead, now, time.UTC) })
	same(s.t, "numbers that are kept after the end", rows(s.t, s.db, "pilot_answers"), 0)
	same(s.t, "the mean", p.Readings[len(p.Readings)-1].Value, int64(5)) // 12, 1, 2, 3, 4, 5, 6
	change("ask for the decision", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		out, _ := p.Tick(now, []bot.PersonID{s.who[1]}, time.UTC)
		return out, nil
	})
	change("extend", func(p *pilots.Pilot) ([]bot.Delivery, error) { return p.Extend(lead, on(12, 20), now, time.UTC) })
	now = time.Date(2026, 12, 21, 9, 0, 0, 0, time.UTC)
	change("the end", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		out, _ := p.Tick(now, []bot.PersonID{s.who[1]}, time.UTC)
		return out, nil
	})
	change("hand over", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		return p.HandOver(lead, bot.Person{ID: s.who[4], Name: "Eve"}, now, time.UTC)
	})
	p = change("decide", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		return p.Decide(lead, pilots.Verdict{Choice: pilots.Scale, Reason: "it works"}, "story1", []bot.PersonID{s.who[5]}, now, time.UTC)
	})
	if p.State != pilots.Decided || !p.Extended || len(p.Fixings) != 2 || len(p.Readings) != 2 || len(p.CheckIns) != 1 || len(p.Surveys) != 1 || p.Sponsor != s.who[4] {
		s.t.Errorf("the life left %+v", p)
	}
	for _, d := range outbox(s.t, s.db) {
		if d.View == "pilot.decision" && d.State == "queued" {
			s.t.Errorf("the decision is still asked for: %+v", d)
		}
	}
}

func (s *suite) stories() {
	story, err := s.Stories.Of(s.ctx, "p1")
	s.ok(err)
	same(s.t, "its id", story.ID, "story1")
	same(s.t, "who is named", len(story.Named), 4) // Eve, Cleo, Ben, Ada
	sponsor := bot.Actor{Account: "a", Person: s.who[4]}
	change := func(what string, rule func(*pilots.Story) ([]bot.Delivery, error)) {
		s.t.Helper()
		twice(s.t, what, func() error { return s.Stories.Change(s.ctx, "story1", rule) })
	}
	change("rewrite", func(x *pilots.Story) ([]bot.Delivery, error) { return x.Rewrite(sponsor, "A title", "Words") })
	change("allow", func(x *pilots.Story) ([]bot.Delivery, error) { return x.Allow(sponsor, pilots.WithName) })
	change("offer", func(x *pilots.Story) ([]bot.Delivery, error) { return x.Offer(sponsor, begin) })
	change("note", func(x *pilots.Story) ([]bot.Delivery, error) {
		return nil, x.Note(sponsor, pilots.Telling{Key: "form/1", Whom: "the board", At: begin.Add(2 * day)})
	})
	change("note an earlier one", func(x *pilots.Story) ([]bot.Delivery, error) {
		return nil, x.Note(sponsor, pilots.Telling{Key: "edition/1", Whom: "readers", At: begin.Add(day)})
	})
	got, err := s.Stories.Get(s.ctx, "story1")
	s.ok(err)
	story.Title, story.Words, story.State, story.Offered, story.Version = "A title", "Words", pilots.Offered, begin, 4
	story.Named[0].Consent = pilots.WithName
	story.Tellings = []pilots.Telling{{Key: "edition/1", Whom: "readers", At: begin.Add(day)}, {Key: "form/1", Whom: "the board", At: begin.Add(2 * day)}}
	same(s.t, "as it is read", got, story)
	for _, c := range []struct {
		states []pilots.StoryState
		want   int
	}{{nil, 1}, {[]pilots.StoryState{pilots.Offered, pilots.Drafted}, 1}, {[]pilots.StoryState{pilots.Withheld}, 0}} {
		all, err := s.Stories.List(s.ctx, c.states...)
		s.ok(err)
		same(s.t, fmt.Sprint("stories ", c.states), len(all), c.want)
	}
	_, err = s.Stories.Get(s.ctx, "nothing")
	s.gone("no story", err)
	_, err = s.Stories.Of(s.ctx, "p2")
	s.gone("a pilot without a story", err)
	s.gone("no story to change", s.Stories.Change(s.ctx, "nothing", func(*pilots.Story) ([]bot.Delivery, error) { return nil, nil }))
}

func (s *suite) refusing() {
	before, sentBefore := s.get("p2"), outbox(s.t, s.db)
	err := s.Pilots.Change(s.ctx, "p2", func(p *pilots.Pilot) ([]bot.Delivery, error) {
		p.Title, p.Team, p.State = "Changed", nil, pilots.Dropped
		p.Readings = append(p.Readings, pilots.Reading{ID: "x"})
		return note("never", s.who[0]), errRule
	})
	if !errors.Is(err, errRule) {
		s.t.Errorf("the rule's error: %v", err)
	}
	err = s.Stories.Change(s.ctx, "story1", func(x *pilots.Story) ([]bot.Delivery, error) {
		x.Words = "Changed"
		return note("never", s.who[0]), errRule
	})
	if !errors.Is(err, errRule) {
		s.t.Errorf("the rule's error: %v", err)
	}
	same(s.t, "nothing is kept", s.get("p2"), before)
	same(s.t, "nothing is sent", outbox(s.t, s.db), sentBefore)
	story, err := s.Stories.Get(s.ctx, "story1")
	s.ok(err)
	same(s.t, "the words stay", story.Words, "Words")
}

func (s *suite) get(id string) pilots.Pilot {
	s.t.Helper()
	p, err := s.Pilots.Get(s.ctx, id)
	s.ok(err)
	return p
}

// An erased person leaves the team and open surveys; a pilot whose sponsor is gone
// says so.
func (s *suite) erased() {
	s.ok(s.db.Write(s.ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, q := range []string{`DELETE FROM accounts WHERE person_id = $1`, `DELETE FROM persons WHERE id = $1`} {
			if _, err := tx.Exec(ctx, q, s.who[2]); err != nil {
				return err
			}
		}
		return nil
	}))
	p := s.get("p2")
	same(s.t, "the team", p.Team, []bot.PersonID{s.who[1]})
	if !p.SponsorGone || p.SponsorName != "" {
		t := p.SponsorName
		s.t.Errorf("an erased sponsor is still %q", t)
	}
}
