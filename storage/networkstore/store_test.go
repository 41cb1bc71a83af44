package networkstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/bot/requests"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/networkstore"
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
	network.Stores
	t     *testing.T
	ctx   context.Context
	db    *engine.DB
	clock *fixedClock
	who   []bot.PersonID // Ada (Housing), Ben (Parks), Cleo (no department, inactive)
}

func TestStores(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		clock := &fixedClock{begin}
		s := &suite{Stores: networkstore.New(db, clock), t: t, ctx: t.Context(), db: db, clock: clock}
		people := kernelstore.NewPeople(db, clock, &counting{})
		gone := true
		for i, fact := range []bot.AccountFact{
			{Name: "Ada", Department: "Housing"}, {Name: "Ben", Department: "Parks"}, {Name: "Cleo", Inactive: &gone},
			{Name: "Robot", Department: "Housing", Bot: true}, {Name: "Guest", Department: "Parks", External: true},
		} {
			fact.Account = bot.NewAccountID("test", fact.Name)
			if _, err := people.Record(s.ctx, []bot.AccountFact{fact}); err != nil {
				t.Fatal(err)
			}
			actor, err := people.Actor(s.ctx, fact.Account)
			if err != nil {
				t.Fatal(err)
			}
			if i < 3 {
				s.who = append(s.who, actor.Person)
			}
		}
		t.Run("evangelists and the call", s.with(s.evangelists))
		t.Run("questions", s.with(s.questions))
		t.Run("the set", s.with(s.set))
		t.Run("rounds and asks", s.with(s.rounds))
		t.Run("learnings", s.with(s.learnings))
		t.Run("needs", s.with(s.needs))
		t.Run("turns", s.with(s.turns))
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

func (s *suite) refused(what string, err error) {
	s.t.Helper()
	if !errors.Is(err, errRule) {
		s.t.Errorf("%s: %v, want the rule's error", what, err)
	}
}

func (s *suite) choose(person bot.PersonID, part network.Part) {
	s.t.Helper()
	twice(s.t, "choose "+string(part), func() error {
		return s.Evangelists.Change(s.ctx, person, func(e *network.Evangelist, call *network.Call) ([]bot.Delivery, error) {
			return network.Choose(e, call, part, begin), nil
		})
	})
}

func (s *suite) evangelists() {
	departments, err := s.Evangelists.Departments(s.ctx)
	s.ok(err)
	same(s.t, "departments", departments, []network.Department{{Name: "Housing", Colleagues: 1}, {Name: "Parks", Colleagues: 1}})
	_, err = s.Evangelists.Get(s.ctx, s.who[0])
	s.gone("nobody with us", err)
	s.gone("a stranger", s.Evangelists.Change(s.ctx, "stranger", func(*network.Evangelist, *network.Call) ([]bot.Delivery, error) { return nil, nil }))
	call, err := s.Calls.Get(s.ctx)
	s.ok(err)
	same(s.t, "no call yet", call, network.Call{})

	s.choose(s.who[0], network.Leads)
	twice(s.t, "post the call", func() error {
		return s.Calls.Change(s.ctx, func(c *network.Call) ([]bot.Delivery, error) { return c.Post("call/n1", "test|room", "Who?"), nil })
	})
	s.choose(s.who[1], network.Supports)
	s.choose(s.who[2], network.Follows)
	s.choose(s.who[1], network.Leads)
	call, err = s.Calls.Get(s.ctx)
	s.ok(err)
	same(s.t, "the call", call, network.Call{Text: "Who?", Version: 4, Cards: []network.Card{{Key: "call/n1", Place: "test|room"}}})
	same(s.t, "its card", outbox(s.t, s.db), []sent{{Key: "call/n1", Class: "asked", Place: "test|room", View: "network.call 4", State: "queued"}})
	all, err := s.Evangelists.List(s.ctx)
	s.ok(err)
	same(s.t, "who is with us", all, []network.Evangelist{
		{Person: s.who[0], Part: network.Leads, Since: begin, Name: "Ada", Department: "Housing"},
		{Person: s.who[1], Part: network.Leads, Since: begin, Name: "Ben", Department: "Parks"},
		{Person: s.who[2], Part: network.Follows, Since: begin, Name: "Cleo", Inactive: true},
	})
	one, err := s.Evangelists.Get(s.ctx, s.who[1])
	s.ok(err)
	same(s.t, "one of them", one, all[1])

	s.refused("a refused choice", s.Evangelists.Change(s.ctx, s.who[0], func(e *network.Evangelist, c *network.Call) ([]bot.Delivery, error) {
		e.Part, c.Version = network.Follows, 99
		return nil, errRule
	}))
	s.refused("a refused posting", s.Calls.Change(s.ctx, func(c *network.Call) ([]bot.Delivery, error) { c.Version = 99; return nil, errRule }))
	s.choose(s.who[2], network.NoPart)
	_, err = s.Evangelists.Get(s.ctx, s.who[2])
	s.gone("who left", err)
	if one, err = s.Evangelists.Get(s.ctx, s.who[0]); err != nil || one.Part != network.Leads {
		s.t.Errorf("after a refused choice: %+v, %v", one, err)
	}
	if call, err = s.Calls.Get(s.ctx); err != nil || call.Version != 5 {
		s.t.Errorf("after somebody left: %+v, %v", call, err)
	}
}

func (s *suite) questions() {
	_, err := s.Questions.Get(s.ctx, "main")
	s.gone("no question yet", err)
	s.refused("a refused question", s.Questions.Change(s.ctx, "main", func(q *network.Question) ([]bot.Delivery, error) { q.Text = "x"; return nil, errRule }))
	for _, text := range []string{"What?", "What else?"} {
		twice(s.t, "save the question", func() error {
			return s.Questions.Change(s.ctx, "main", func(q *network.Question) ([]bot.Delivery, error) {
				q.Text, q.Kind, q.Rhythm = text, network.Need, "every Thursday 14:00"
				return nil, nil
			})
		})
		question, err := s.Questions.Get(s.ctx, "main")
		s.ok(err)
		same(s.t, "the question", question, network.Question{ID: "main", Text: text, Kind: network.Need, Rhythm: "every Thursday 14:00"})
	}
}

func (s *suite) open(slot string) {
	s.t.Helper()
	for _, want := range []int{2, 0} {
		asked, err := s.Rounds.Open(s.ctx, "main", slot, func(o *network.Opening) ([]bot.Delivery, error) {
			return network.Open(o, slot, s.clock.now, time.UTC)
		})
		s.ok(err)
		if asked != want {
			s.t.Errorf("the round %s asked %d, want %d", slot, asked, want)
		}
	}
}

func (s *suite) change(id string, rule func(*network.Ask) []bot.Delivery) {
	s.t.Helper()
	twice(s.t, "change "+id, func() error {
		return s.Asks.Change(s.ctx, id, func(a *network.Ask, _ *network.Evangelist) ([]bot.Delivery, error) { return rule(a), nil })
	})
}

func (s *suite) rounds() {
	_, err := s.Rounds.Get(s.ctx, "main/1")
	s.gone("no round yet", err)
	_, err = s.Rounds.Open(s.ctx, "main", "1", func(o *network.Opening) ([]bot.Delivery, error) { return nil, errRule })
	s.refused("a refused round", err)
	s.open("1")
	round, err := s.Rounds.Get(s.ctx, "main/1")
	s.ok(err)
	same(s.t, "the round", round, network.Round{ID: "main/1", Question: "main", Slot: "1", Prompt: round.Prompt, Kind: network.Need, Text: "What else?", Opened: begin})
	past, err := s.Rounds.Past(s.ctx, "main")
	s.ok(err)
	same(s.t, "past rounds", past, []network.Round{round})
	question, err := s.Questions.Get(s.ctx, "main")
	s.ok(err)
	same(s.t, "a lead's own question is used", question.Pending(), false)
	ada, ben := "main/1/"+string(s.who[0]), "main/1/"+string(s.who[1])
	ask, err := s.Asks.Get(s.ctx, ada)
	s.ok(err)
	same(s.t, "an ask", ask, network.Ask{Round: "main/1", Person: s.who[0], Part: network.Leads, State: network.Waiting,
		Opened: begin, From: begin, Next: begin.Add(2 * day), Prompt: round.Prompt, Kind: network.Need, Text: "What else?"})
	for _, bad := range []string{"", "main/1", "main/1/", "main/1/stranger", "/x"} {
		_, err = s.Asks.Get(s.ctx, bad)
		s.gone("the ask "+bad, err)
		s.gone("a change of the ask "+bad, s.Asks.Change(s.ctx, bad, func(*network.Ask, *network.Evangelist) ([]bot.Delivery, error) { return nil, nil }))
	}

	ids, next, err := s.Asks.Due(s.ctx, begin.Add(2*day-time.Microsecond), 10)
	s.ok(err)
	same(s.t, "due too early", fmt.Sprint(ids, next), fmt.Sprint([]string{}, begin.Add(2*day)))
	ids, next, err = s.Asks.Due(s.ctx, begin.Add(2*day), 10)
	s.ok(err)
	slices.Sort(ids)
	want := []string{ada, ben}
	slices.Sort(want)
	same(s.t, "due", ids, want)
	same(s.t, "due later", next, time.Time{})
	ids, _, err = s.Asks.Due(s.ctx, begin.Add(2*day), 1)
	s.ok(err)
	same(s.t, "due with a limit", len(ids), 1)

	s.clock.now = begin.Add(2 * day)
	s.change(ada, func(a *network.Ask) []bot.Delivery { return a.Tick(s.clock.now, true, time.UTC) })
	s.change(ben, func(a *network.Ask) []bot.Delivery { return a.Decline() })
	s.messages("after a reminder and a refusal", map[string]string{
		"question/" + ada: "dropped", "question/" + ada + "/2": "queued", "question/" + ben: "dropped",
	})
	s.members(ada)

	s.clock.now = begin.Add(7 * day)
	s.open("2")
	for _, id := range []string{ada, ben} {
		_, err = s.Asks.Get(s.ctx, id)
		s.gone("an ask of the round before", err)
	}
	s.messages("after the next round", map[string]string{
		"question/" + ada: "dropped", "question/" + ada + "/2": "dropped", "question/" + ben: "dropped",
		"question/main/2/" + string(s.who[0]): "queued", "question/main/2/" + string(s.who[1]): "queued",
	})
	mine, err := s.Asks.Of(s.ctx, s.who[0])
	s.ok(err)
	if len(mine) != 1 || mine[0].Round != "main/2" {
		s.t.Errorf("the asks of a person are %+v", mine)
	}
}

// messages compares the outbox but for the call.
func (s *suite) messages(what string, want map[string]string) {
	s.t.Helper()
	got := map[string]string{}
	for _, d := range outbox(s.t, s.db) {
		if d.Key != "call/n1" {
			got[d.Key] = d.State
		}
		if d.Class != "nudge" && d.Key != "call/n1" {
			s.t.Errorf("%s is of class %s", d.Key, d.Class)
		}
	}
	same(s.t, what, got, want)
}

// members checks that the rule sees the person's part, nil without one.
func (s *suite) members(ada string) {
	s.t.Helper()
	look := func(want network.Part) {
		s.ok(s.Asks.Change(s.ctx, ada, func(_ *network.Ask, e *network.Evangelist) ([]bot.Delivery, error) {
			if e != nil {
				if e.Part != want {
					s.t.Errorf("the rule sees %q, want %q", e.Part, want)
				}
			} else if want != network.NoPart {
				s.t.Errorf("the rule sees nobody, want %q", want)
			}
			return nil, nil
		}))
	}
	look(network.Leads)
	s.choose(s.who[0], network.NoPart)
	look(network.NoPart)
	s.choose(s.who[0], network.Leads)
}

func (s *suite) learnings() {
	id := "main/2/" + string(s.who[0])
	first := network.Learning{ID: "l1", Source: "ask/" + id, Words: "It worked", Person: s.who[0], Department: "Housing", Consent: network.WithName, Created: begin}
	s.ok(s.Asks.Change(s.ctx, id, func(a *network.Ask, _ *network.Evangelist) ([]bot.Delivery, error) { return a.Answer(&first, nil) }))
	if err := s.Asks.Change(s.ctx, id, func(a *network.Ask, _ *network.Evangelist) ([]bot.Delivery, error) {
		return a.Answer(&network.Learning{ID: "l9", Source: "ask/" + id, Consent: network.WithName}, nil)
	}); !errors.Is(err, network.ErrAnswered) {
		s.t.Errorf("answered twice: %v", err)
	}
	_, err := s.Learnings.Get(s.ctx, "l9")
	s.gone("the second answer", err)
	more := []network.Learning{
		{ID: "l2", Source: "used/2", Words: "Used", About: "A guide", Person: "nobody", Consent: network.WithoutName, Created: begin.Add(day)},
		{ID: "l3", Source: "used/3", Words: "Mine", Person: s.who[1], Department: "Parks", Consent: network.Private, Created: begin.Add(2 * day)},
	}
	for _, learning := range more {
		twice(s.t, "add a learning", func() error { return s.Learnings.Add(s.ctx, learning) })
	}
	s.ok(s.Learnings.Add(s.ctx, network.Learning{ID: "l8", Source: "used/2", Consent: network.WithName}))
	first.Name, more[1].Name = "Ada", "Ben"
	got, err := s.Learnings.Get(s.ctx, "l1")
	s.ok(err)
	same(s.t, "a learning", got, first)

	s.listed("all", network.LearningFilter{}, "l3", "l2", "l1")
	s.listed("the newest", network.LearningFilter{Limit: 1}, "l3")
	s.listed("shared", network.LearningFilter{Shared: true}, "l2", "l1")
	s.listed("of one", network.LearningFilter{Person: s.who[1]}, "l3")
	s.listed("of nobody that is shared", network.LearningFilter{Person: s.who[1], Shared: true})
	s.listed("in a day", network.LearningFilter{From: begin.Add(day), To: begin.Add(2 * day)}, "l2")
	s.listed("from a moment", network.LearningFilter{From: begin.Add(day)}, "l3", "l2")

	twice(s.t, "mark told", func() error { return s.Learnings.MarkTold(s.ctx, []string{"l1", "stranger"}, "edition 1") })
	s.ok(s.Learnings.MarkTold(s.ctx, []string{"l1"}, "edition 2"))
	got, err = s.Learnings.Get(s.ctx, "l1")
	s.ok(err)
	same(s.t, "told in", got.ToldIn, "edition 1")
	s.listed("untold", network.LearningFilter{Untold: true, Shared: true}, "l2")

	s.refused("a refused change", s.Learnings.Change(s.ctx, "l1", func(l *network.Learning) ([]bot.Delivery, error) { l.Withdraw(); return nil, errRule }))
	s.listed("shared still", network.LearningFilter{Shared: true}, "l2", "l1")
	twice(s.t, "withdraw", func() error {
		return s.Learnings.Change(s.ctx, "l1", func(l *network.Learning) ([]bot.Delivery, error) { l.Withdraw(); return nil, nil })
	})
	s.listed("shared no more", network.LearningFilter{Shared: true}, "l2")
	s.gone("a strange learning", s.Learnings.Change(s.ctx, "stranger", func(*network.Learning) ([]bot.Delivery, error) { return nil, nil }))
}

func (s *suite) listed(what string, filter network.LearningFilter, want ...string) {
	s.t.Helper()
	all, err := s.Learnings.List(s.ctx, filter)
	s.ok(err)
	var ids []string
	for _, learning := range all {
		ids = append(ids, learning.ID)
	}
	same(s.t, what, ids, want)
}

func (s *suite) set() {
	set, err := s.Prompts.Get(s.ctx)
	s.ok(err)
	same(s.t, "what we bring", set, network.Provided())
	s.refused("a refused change", s.Prompts.Change(s.ctx, func(set *network.Set) error { (*set)[0].Text = "x"; return errRule }))
	want := network.Provided()
	want[1].Paused, want[2].Text, want[2].Kind = true, "Another?", network.Learn
	want = append(want, network.Prompt{ID: "own-1", Kind: network.Need, Text: "One more?", Added: begin})
	twice(s.t, "change the set", func() error {
		return s.Prompts.Change(s.ctx, func(set *network.Set) error { *set = slices.Clone(want); return nil })
	})
	set, err = s.Prompts.Get(s.ctx)
	s.ok(err)
	same(s.t, "the changed set", set, want)
	s.ok(s.Prompts.Change(s.ctx, func(set *network.Set) error { return set.Pause("share-2", false) }))
	rows := 0
	s.ok(s.db.Read(s.ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		rows, _, err = engine.One(ctx, tx, engine.Value[int], `SELECT count(*) FROM network_prompts`)
		return err
	}))
	same(s.t, "only what was changed is kept", rows, 3)
}

func (s *suite) needs() {
	id := "main/2/" + string(s.who[1])
	need := network.Needed{ID: "r1", Source: "ask/" + id, Title: "A camera", Words: "A camera\nplease", Person: s.who[1], Opened: begin}
	s.ok(s.Asks.Change(s.ctx, id, func(a *network.Ask, _ *network.Evangelist) ([]bot.Delivery, error) { return a.Answer(nil, &need) }))
	got, err := requeststore.New(s.db, s.clock).Get(s.ctx, "r1")
	s.ok(err)
	same(s.t, "a request", got, requests.Request{ID: "r1", Title: need.Title, Words: need.Words, Asker: need.Person, State: requests.Open, Opened: begin})
}

// turns: who was asked what, and when it went out, outlives leaving for a while.
func (s *suite) turns() {
	s.ok(s.db.Write(s.ctx, func(ctx context.Context, tx *engine.Tx) error {
		for n, key := range []string{"question/main/2/" + string(s.who[0]) + "/2", "question/main/2/" + string(s.who[0]), "question/main/1/" + string(s.who[0])} {
			if _, err := tx.Exec(ctx, `INSERT INTO nudges (person_id, key, at) VALUES ($1, $2, $3)`, s.who[0], key, engine.Micros(begin.Add(time.Duration(9-n)*day))); err != nil {
				return err
			}
		}
		return nil
	}))
	last := func() network.Turn {
		var turn network.Turn
		s.ok(s.Evangelists.Change(s.ctx, s.who[0], func(e *network.Evangelist, _ *network.Call) ([]bot.Delivery, error) { turn = e.Last; return nil, nil }))
		return turn
	}
	want := network.Turn{Prompt: last().Prompt, Opened: begin.Add(7 * day), Sent: begin.Add(8 * day)}
	same(s.t, "the turn", last(), want)
	twice(s.t, "choose a pace", func() error {
		return s.Evangelists.Change(s.ctx, s.who[0], func(e *network.Evangelist, _ *network.Call) ([]bot.Delivery, error) {
			e.Pace = network.Monthly
			return nil, nil
		})
	})
	member, err := s.Evangelists.Get(s.ctx, s.who[0])
	s.ok(err)
	same(s.t, "the pace", member.Pace, network.Monthly)
	same(s.t, "the turn in the list", member.Last, want)
	s.choose(s.who[0], network.NoPart)
	same(s.t, "the turn of who left", last(), want)
	ask := func(slot string, at time.Time) {
		_, err := s.Rounds.Open(s.ctx, "main", slot, func(o *network.Opening) ([]bot.Delivery, error) { return network.Open(o, slot, at, time.UTC) })
		s.ok(err)
	}
	ask("far", begin.Add(67*day))
	same(s.t, "after sixty days", last(), want)
	ask("farther", begin.Add(75*day))
	same(s.t, "after more", last(), network.Turn{})
	s.choose(s.who[0], network.Leads)
}

// erased: what says who somebody is goes with the person, words stay unnamed.
func (s *suite) erased() {
	s.clock.now = begin.Add(90 * day)
	s.open("3")
	s.ok(s.db.Write(s.ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, q := range []string{`DELETE FROM accounts WHERE person_id = $1`, `DELETE FROM persons WHERE id = $1`} {
			if _, err := tx.Exec(ctx, q, s.who[1]); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := s.Evangelists.Get(s.ctx, s.who[1])
	s.gone("an erased person", err)
	mine, err := s.Asks.Of(s.ctx, s.who[1])
	s.ok(err)
	same(s.t, "the asks of an erased person", len(mine), 0)
	turns := 0
	s.ok(s.db.Read(s.ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		turns, _, err = engine.One(ctx, tx, engine.Value[int], `SELECT count(*) FROM network_turns WHERE person_id = $1`, s.who[1])
		return err
	}))
	same(s.t, "the turns of an erased person", turns, 0)
	learning, err := s.Learnings.Get(s.ctx, "l3")
	s.ok(err)
	same(s.t, "the name under what an erased person said", learning.Name, "")
}
