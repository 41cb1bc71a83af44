package librarystore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/librarystore"
	"evangelist/storage/storagetest"
)

var (
	begin   = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
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

// outbox lists what is to be sent: key, class, view, wanted version and state.
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

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (- wanted, + got):\n%s", what, diff)
	}
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

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func each(t *testing.T, run func(t *testing.T, db *engine.DB, stores library.Stores)) {
	t.Parallel()
	storagetest.Each(t, func(t *testing.T, db *engine.DB) { run(t, db, librarystore.New(db, &fixedClock{begin})) })
}

func TestTellings(t *testing.T) {
	each(t, func(t *testing.T, _ *engine.DB, s library.Stores) {
		first := library.Noted{Entry: "b", Telling: library.Telling{Key: "noted/2", Whom: "The board", Department: "Housing", Fresh: "24 calls", At: begin}}
		second := library.Noted{Entry: "b", Telling: library.Telling{Key: "noted/1", Whom: "A team", At: begin.Add(-day)}}
		third := library.Noted{Entry: "a", Telling: library.Telling{Key: "noted/2", Whom: "Another entry", At: begin}}
		twice(t, "note", func() error { return s.Tellings.Note(t.Context(), []library.Noted{first, second, third}) })
		other := first
		other.Whom = "Somebody else"
		ok(t, s.Tellings.Note(t.Context(), []library.Noted{other}))
		found, err := s.Tellings.List(t.Context())
		ok(t, err)
		same(t, "noted", found, []library.Noted{third, second, first})
		twice(t, "strike", func() error { return s.Tellings.Strike(t.Context(), "b", "noted/2") })
		found, err = s.Tellings.List(t.Context())
		ok(t, err)
		same(t, "struck", found, []library.Noted{third, second})
	})
}

func TestLinks(t *testing.T) {
	each(t, func(t *testing.T, _ *engine.DB, s library.Stores) {
		twice(t, "keep", func() error {
			return s.Links.Keep(t.Context(), map[string]string{"One": "https://one.example", "Two": "https://two.example"})
		})
		ok(t, s.Links.Keep(t.Context(), map[string]string{"One": "https://other.example"}))
		titles := []string{"One", "Three"}
		for n := range 1200 {
			titles = append(titles, fmt.Sprint("none ", n))
		}
		found, err := s.Links.Of(t.Context(), append(titles, "Two"))
		ok(t, err)
		same(t, "links", found, map[string]string{"One": "https://one.example", "Two": "https://two.example"})
	})
}

func TestExamples(t *testing.T) {
	each(t, func(t *testing.T, db *engine.DB, s library.Stores) {
		people := kernelstore.NewPeople(db, &fixedClock{begin}, &counting{})
		account := bot.NewAccountID("test", "one")
		_, err := people.Record(t.Context(), []bot.AccountFact{{Account: account, Name: "Person One", Department: "Parks"}})
		ok(t, err)
		actor, err := people.Actor(t.Context(), account)
		ok(t, err)
		x := library.Example{ID: "x1", Source: "form/1", URL: "https://example.org", Who: "A council", Job: "Bins", Outcome: "Fewer calls", Person: actor.Person,
			Name: "Person One", Department: "Parks", Consent: library.WithName, Kept: begin}
		twice(t, "add", func() error { return s.Examples.Add(t.Context(), x) })
		again := x
		again.ID, again.Who = "x2", "Another"
		ok(t, s.Examples.Add(t.Context(), again))
		newer := library.Example{ID: "x3", Source: "form/3", URL: "https://example.org", Consent: library.WithoutName, Person: "gone from the register", Kept: begin.Add(day)}
		ok(t, s.Examples.Add(t.Context(), newer))
		found, err := s.Examples.List(t.Context())
		ok(t, err)
		same(t, "kept", found, []library.Example{newer, x})
		if err := s.Examples.Change(t.Context(), "x1", func(x *library.Example) error { x.Who = "Changed"; return errRule }); !errors.Is(err, errRule) {
			t.Errorf("%v", err)
		}
		if err := s.Examples.Change(t.Context(), "none", func(*library.Example) error { return nil }); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%v", err)
		}
		one, err := s.Examples.Get(t.Context(), "x1")
		ok(t, err)
		same(t, "after a refusal", one, x)
		author := bot.Actor{Account: account, Person: actor.Person}
		twice(t, "take back", func() error {
			err := s.Examples.Change(t.Context(), "x1", func(x *library.Example) error { return x.TakeBack(author) })
			if errors.Is(err, bot.ErrNotFound) { // of something that is gone nobody is the keeper
				return nil
			}
			return err
		})
		ok(t, s.Examples.Add(t.Context(), x)) // its form is sent again
		one, err = s.Examples.Get(t.Context(), "x1")
		ok(t, err)
		same(t, "taken back", one, library.Example{ID: "x1", Source: "form/1", Consent: library.WithoutName, Kept: begin, Gone: true})
		found, err = s.Examples.List(t.Context())
		ok(t, err)
		same(t, "what is left", found, []library.Example{newer})
		for _, words := range []string{"A council", "Bins", "Fewer calls", "example.org"} {
			err = db.Read(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
				n, _, err := engine.One(ctx, tx, engine.Value[int64], `SELECT count(*) FROM library_examples WHERE id = 'x1' AND (who || job || outcome || url) LIKE '%' || $1 || '%'`, words)
				if n > 0 {
					t.Errorf("%q is still kept", words)
				}
				return err
			})
			ok(t, err)
		}
	})
}

func proposal(id, entry string) library.Proposal {
	return library.Proposal{ID: id, Entry: entry, Reason: library.Audience, Department: "Parks", State: library.Proposed, Leads: []bot.PersonID{"lead"}, Opened: begin, Version: 1}
}

func card(p library.Proposal) []bot.Delivery {
	return []bot.Delivery{{Key: "retell/" + p.ID + "/lead", To: bot.Address{Person: "lead"}, Class: bot.Nudge, View: &bot.View{Kind: "library.retell", ID: p.ID, Version: p.Version}}}
}

func TestProposals(t *testing.T) {
	each(t, func(t *testing.T, db *engine.DB, s library.Stores) {
		p := proposal("2026-10", "e1")
		p.Opened = begin.AddDate(0, -1, 0)
		for n := range 2 {
			added, err := s.Proposals.Add(t.Context(), p, card(p))
			ok(t, err)
			if added != (n == 0) {
				t.Errorf("added: %v in call %d", added, n+1)
			}
		}
		other := proposal("2026-10", "another entry")
		added, err := s.Proposals.Add(t.Context(), other, []bot.Delivery{{Key: "other", To: bot.Address{Person: "lead"}, Class: bot.Nudge, Frozen: &bot.Message{Summary: "x"}}})
		ok(t, err)
		if added {
			t.Error("two proposals of one month")
		}
		next := proposal("2026-11", "e2")
		_, err = s.Proposals.Add(t.Context(), next, nil)
		ok(t, err)
		found, err := s.Proposals.List(t.Context())
		ok(t, err)
		same(t, "all", found, []library.Proposal{next, p})
		same(t, "to be sent", outbox(t, db), []string{"retell/2026-10/lead nudge library.retell/1 queued"})
		told := library.Telling{Key: "noted/m", Whom: "A meeting", At: begin}
		twice(t, "change", func() error {
			return s.Proposals.Change(t.Context(), p.ID, func(p *library.Proposal) ([]bot.Delivery, error) {
				p.State, p.Angle, p.Decided, p.Version, p.Told = library.WasTold, "An angle", begin, 2, &told
				return card(*p), nil
			})
		})
		if err := s.Proposals.Change(t.Context(), p.ID, func(p *library.Proposal) ([]bot.Delivery, error) {
			p.State, p.Told = library.Declined, &library.Telling{Key: "refused"}
			return nil, errRule
		}); !errors.Is(err, errRule) {
			t.Errorf("%v", err)
		}
		if err := s.Proposals.Change(t.Context(), "none", func(*library.Proposal) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%v", err)
		}
		p.State, p.Angle, p.Decided, p.Version = library.WasTold, "An angle", begin, 2
		one, err := s.Proposals.Get(t.Context(), p.ID)
		ok(t, err)
		same(t, "changed", one, p)
		same(t, "a card that was not sent is cancelled", outbox(t, db), []string{"retell/2026-10/lead nudge library.retell/2 dropped"})
		tellings, err := s.Tellings.List(t.Context())
		ok(t, err)
		same(t, "the telling is kept with it", tellings, []library.Noted{{Entry: "e1", Telling: told}})
		open, err := s.Proposals.List(t.Context(), library.Proposed, library.Accepted)
		ok(t, err)
		same(t, "open", open, []library.Proposal{next})
	})
}

// Every choice, and all that time and editions bring, in every state, on both
// databases: what is stored is what the rules made, and what is over stays over.
func TestEveryLifeOfAProposal(t *testing.T) {
	each(t, func(t *testing.T, _ *engine.DB, s library.Stores) {
		lead := bot.Actor{Account: "test|lead", Person: "lead", Roles: []bot.Role{bot.Lead}}
		type step struct {
			name string
			do   func(p *library.Proposal) error
		}
		var steps []step
		for _, choice := range library.Choices() {
			steps = append(steps, step{string(choice), func(p *library.Proposal) error {
				_, err := p.Choose(lead, choice, "Fresh", library.Telling{Key: "noted/" + p.ID, Whom: "A meeting", At: begin}, begin)
				return err
			}})
		}
		steps = append(steps,
			step{"gone", func(p *library.Proposal) error { p.Tick(true, begin); return nil }},
			step{"time", func(p *library.Proposal) error { p.Tick(false, begin.AddDate(1, 0, 0)); return nil }},
			step{"published", func(p *library.Proposal) error { p.Publish(library.Telling{Key: "edition/1", At: begin}); return nil }})
		reached := map[library.State]bool{}
		for _, state := range library.States() {
			for n, step := range steps {
				p := proposal(string(state)+step.name, fmt.Sprint(state, n))
				p.State, p.Decided = state, begin
				_, err := s.Proposals.Add(t.Context(), p, nil)
				ok(t, err)
				var made library.Proposal
				refused := s.Proposals.Change(t.Context(), p.ID, func(p *library.Proposal) ([]bot.Delivery, error) {
					err := step.do(p)
					made = *p
					return nil, err
				})
				after, err := s.Proposals.Get(t.Context(), p.ID)
				ok(t, err)
				name := step.name + " when " + string(state)
				if refused != nil {
					same(t, name+", refused", after, p)
				} else {
					told := made.Told
					made.Told = nil
					same(t, name, after, made)
					noted, err := s.Tellings.List(t.Context())
					ok(t, err)
					if is := slices.ContainsFunc(noted, func(n library.Noted) bool { return n.Entry == p.Entry }); is != (told != nil) {
						t.Errorf("%s: the telling is kept: %v", name, is)
					}
				}
				if state.Over() && after.State != state {
					t.Errorf("%s leads to %s", name, after.State)
				}
				reached[after.State] = true
			}
		}
		if len(reached) != len(library.States()) {
			t.Errorf("only %v were reached", reached)
		}
	})
}
