package issuestore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/bot/impact/issues"
	"evangelist/storage/internal/engine"
	"evangelist/storage/issuestore"
	"evangelist/storage/storagetest"
)

var begin = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC) // a Tuesday

const day = 24 * time.Hour

type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// outbox lists what is to be sent of what begins so: key, class, view and its version.
func outbox(t testing.TB, db *engine.DB, prefix string) []string {
	t.Helper()
	var all []string
	err := db.Read(context.Background(), func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, func(row engine.Scanner) (string, error) {
			var key, class, view string
			var wanted int64
			err := row.Scan(&key, &class, &view, &wanted)
			return fmt.Sprintf("%s %s %s/%d", key, class, view, wanted), err
		}, `SELECT key, class, view_kind, wanted FROM deliveries WHERE substr(key, 1, $1) = $2 ORDER BY key COLLATE "C"`, len(prefix), prefix)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func actorAs(as issues.Relation) bot.Actor {
	switch as {
	case issues.AsLead:
		return bot.Actor{Account: "a", Person: "lead", Name: "Person One", Roles: []bot.Role{bot.Lead}}
	case issues.AsChampion:
		return bot.Actor{Account: "a", Person: "champion", Name: "Person Two"}
	case issues.AsColleague:
		return bot.Actor{Account: "a", Person: "colleague", Name: "Person Three"}
	}
	return bot.Actor{}
}

// frozen is a content with every part.
func frozen() issues.Content {
	return issues.Content{Title: "Report", Organisation: "Test <Council>", From: "2026-10-01", To: "2026-10-31", Introduction: "Two\nlines", Sections: []issues.Section{{
		Key: "shared", Heading: "Shared", Note: "a note", Notes: []string{"small print"},
		Numbers: []issues.Number{{Key: "n", Title: "Links", Count: "31 of 212 colleagues", Period: "October", Definition: "which & what", Sentence: "31 of 212 colleagues.",
			Parts: bot.Message{Blocks: []bot.Block{bot.Figure{Alt: "Bars", Caption: bot.T("Bars"), SVG: `<svg viewBox="0 0 1 1"></svg>`}, bot.Table{Caption: "T", Head: []string{"Where", "How many"}, Rows: [][]bot.Spans{{bot.T("A"), bot.T("5")}}}}}}},
		Lists: []issues.List{{Key: "l", Heading: "List", Empty: "none", Entries: []issues.Entry{{Title: "t", Words: "w", By: "Somebody Name, Parks"}}}},
	}}}
}

func facts(i issues.Issue) issues.Facts {
	return issues.Facts{Version: i.Version, Leads: []bot.PersonID{"deputy", "lead"}}
}

// act does an act with what it needs.
func act(i *issues.Issue, what issues.Act, actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	switch what {
	case issues.See, issues.Read:
		if !i.May(actor, what) {
			return nil, bot.ErrNotFound
		}
		return nil, nil
	case issues.Edit:
		return i.Write(actor, issues.Words{Introduction: "new", Notes: map[string]string{"heard": "a note"}})
	case issues.Approve:
		return i.Approve(actor, i.Version, frozen(), []bot.PersonID{"champion"}, now)
	case issues.Undo:
		return i.Undo(actor, now)
	case issues.Skip:
		return i.Skip(actor, "no time", now)
	case issues.Hold:
		return i.Hold(actor, now)
	case issues.GoOn:
		return i.GoOn(actor, now)
	case issues.Reopen:
		return i.Reopen(actor, now)
	case issues.Make:
		return i.Make(actor, now)
	}
	return i.Object(actor, "key", "odd", now)
}

// lead leads an issue into a state through a door.
func lead(t *testing.T, state issues.State, do func(func(*issues.Issue) ([]bot.Delivery, error)) issues.Issue) (issues.Issue, time.Time) {
	t.Helper()
	now := begin
	tick := func() issues.Issue {
		return do(func(i *issues.Issue) ([]bot.Delivery, error) {
			out, _, err := i.Tick(now, facts(*i))
			return out, err
		})
	}
	press := func(what issues.Act) issues.Issue {
		return do(func(i *issues.Issue) ([]bot.Delivery, error) { return act(i, what, actorAs(issues.AsLead), now) })
	}
	if state == issues.Planned {
		return do(func(*issues.Issue) ([]bot.Delivery, error) { return nil, nil }), now
	}
	i := tick()
	switch state {
	case issues.Draft:
	case issues.Skipped:
		i = press(issues.Skip)
	default:
		i = press(issues.Approve)
	}
	if state == issues.Early || state == issues.Held || state == issues.Published {
		now = i.PublishAt
		i = tick()
	}
	if state == issues.Held {
		i = press(issues.Hold)
	}
	if state == issues.Published {
		now = i.PublishAt
		i = tick()
	}
	if i.State != state {
		t.Fatalf("%s instead of %s", i.State, state)
	}
	return i, now
}

func planned(id string) issues.Issue {
	return issues.Issue{ID: id, Slot: "2026-11-03T09:00", Event: "flood", From: "2026-10-01", To: "2026-10-31", State: issues.Planned, Version: 1, Place: "place", Lead: "lead", Deputy: "deputy", Due: begin, Since: begin.Add(-day)}
}

// The machine through the Store, on both databases: every act in every state by
// everybody ends as the rule alone ends, kept whole; what is refused leaves the row
// and the outbox as they were.
func TestTheMachineIsKept(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		keeper, tried := issuestore.New(db, &fixedClock{begin}).Issues, 0
		for _, state := range issues.States() {
			alone := planned("alone")
			pure, now := lead(t, state, func(rule func(*issues.Issue) ([]bot.Delivery, error)) issues.Issue {
				if _, err := rule(&alone); err != nil {
					t.Fatal(err)
				}
				return alone
			})
			pure.ID = string(state)
			if _, err := keeper.Add(t.Context(), planned(pure.ID), nil); err != nil {
				t.Fatal(err)
			}
			kept, _ := lead(t, state, func(rule func(*issues.Issue) ([]bot.Delivery, error)) issues.Issue {
				if err := keeper.Change(t.Context(), pure.ID, rule); err != nil {
					t.Fatal(err)
				}
				kept, err := keeper.Get(t.Context(), pure.ID)
				if err != nil {
					t.Fatal(err)
				}
				return kept
			})
			if diff := cmp.Diff(pure, kept); diff != "" {
				t.Fatalf("%s is kept otherwise:\n%s", state, diff)
			}
			for _, what := range issues.Acts() {
				for _, as := range issues.Relations() {
					tried++
					oneAct(t, db, keeper, pure, what, as, now)
				}
			}
		}
		if tried != len(issues.States())*len(issues.Acts())*len(issues.Relations()) {
			t.Fatal(tried)
		}
	})
}

func oneAct(t *testing.T, db *engine.DB, keeper issues.Keeper, pure issues.Issue, what issues.Act, as issues.Relation, now time.Time) {
	t.Helper()
	name := fmt.Sprintf("%s, %s, %s", pure.State, what, as)
	pure.ID = strings.ReplaceAll(name, ", ", "-")
	if _, err := keeper.Add(t.Context(), pure, nil); err != nil {
		t.Fatal(err)
	}
	sends, want := act(&pure, what, actorAs(as), now)
	got := keeper.Change(t.Context(), pure.ID, func(i *issues.Issue) ([]bot.Delivery, error) { return act(i, what, actorAs(as), now) })
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: %v, not %v", name, got, want)
	}
	after, err := keeper.Get(t.Context(), pure.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(pure, after); diff != "" {
		t.Fatalf("%s is kept otherwise:\n%s", name, diff)
	}
	if sent := outbox(t, db, "report/"+pure.ID+"/"); len(sent) != len(sends) {
		t.Fatalf("%s sends %v, not %v", name, sent, sends)
	}
}

// Every write is idempotent, and what is kept comes back whole, with the hash that
// was approved.
func TestWritesAreIdempotent(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		stores := issuestore.New(db, &fixedClock{begin})
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		if series, err := stores.Series.Get(t.Context()); err != nil || series != (issues.Series{}) {
			t.Fatalf("%+v, %v", series, err)
		}
		want := issues.Series{Spec: "every day 09:00", Zone: "UTC", Place: "p|1", Lead: "lead", Deputy: "deputy", Since: begin}
		for range 2 {
			ok(stores.Series.Set(t.Context(), want))
		}
		if series, err := stores.Series.Get(t.Context()); err != nil || series != want {
			t.Fatalf("%+v, %v", series, err)
		}
		message := bot.Notice("once")
		for n := range 2 {
			i := planned("a")
			i.Lead = bot.PersonID(fmt.Sprint("lead", n))
			kept, err := stores.Issues.Add(t.Context(), i, []bot.Delivery{{Key: fmt.Sprint("report/a/", n), To: bot.Address{Person: "p"}, Class: bot.Asked, Frozen: &message}})
			if ok(err); kept.Lead != "lead0" {
				t.Fatalf("%+v", kept)
			}
		}
		if sent := outbox(t, db, "report/"); len(sent) != 1 {
			t.Errorf("%v", sent)
		}
		if _, err := stores.Issues.Get(t.Context(), "none"); !errors.Is(err, bot.ErrNotFound) {
			t.Error(err)
		}
		if err := stores.Issues.Change(t.Context(), "none", nil); !errors.Is(err, bot.ErrNotFound) {
			t.Error(err)
		}
		ok(stores.Issues.Change(t.Context(), "a", func(i *issues.Issue) ([]bot.Delivery, error) {
			i.Lead = "lead"
			_, _, err := i.Tick(begin, facts(*i))
			if err == nil {
				_, err = act(i, issues.Approve, actorAs(issues.AsLead), begin)
			}
			return nil, err
		}))
		got, err := stores.Issues.Get(t.Context(), "a")
		ok(err)
		hash, err := got.Revision.Content.Hash()
		ok(err)
		if diff := cmp.Diff(frozen(), got.Revision.Content); diff != "" || hash != got.Revision.Hash {
			t.Errorf("the revision is kept otherwise (%s, %s):\n%s", hash, got.Revision.Hash, diff)
		}
		_, err = stores.Issues.Add(t.Context(), issues.Issue{ID: "b", From: "2026-11-01", To: "2026-11-30", State: issues.Planned}, nil)
		ok(err)
		all, err := stores.Issues.List(t.Context())
		ok(err)
		some, err := stores.Issues.List(t.Context(), issues.Planned, issues.Draft)
		ok(err)
		if len(all) != 2 || all[0].ID != "b" || len(all[1].Revision.Content.Sections) > 0 || all[1].Revision.Hash == "" || len(some) != 1 || some[0].ID != "b" {
			t.Errorf("%+v, %+v", all, some)
		}
	})
}
