package digeststore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/digeststore"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// each runs a test of the stores on both databases.
func each(t *testing.T, fn func(t *testing.T, ctx context.Context, s digests.Stores, db *engine.DB)) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		fn(t, context.Background(), digeststore.New(db, &clock{now: wednesday}), db)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ref(n int) bot.MessageRef { return bot.MessageRef{Place: channel, Native: fmt.Sprint(n)} }

func linked(n int) digests.Link {
	host := fmt.Sprintf("site%d.example", n%7)
	key := fmt.Sprintf("%s/%d", host, n)
	return digests.Link{Key: key, Address: "https://" + key, Host: host, Site: host}
}

// said is a first version of a message with links.
func said(n int, who string, at time.Time, links ...int) digests.Post {
	post := digests.Post{Message: ref(n), Account: account(who), At: at}
	for _, l := range links {
		post.Links = append(post.Links, digests.PostLink{Link: linked(l), Sentence: fmt.Sprint("About ", l)})
	}
	return post
}

func edit(p digests.Post, at time.Time) digests.Post { p.Edited, p.At = true, at; return p }

// live lists what lives: "message link".
func live(t *testing.T, ctx context.Context, s digests.Stores) []string {
	t.Helper()
	m, err := s.Archive.Window(ctx, time.Time{}, time.Time{})
	must(t, err)
	out := []string{}
	for _, share := range m.Shares {
		out = append(out, share.Message.Native+" "+share.Link.Key)
	}
	return out
}

var sorted = cmpopts.SortSlices(func(a, b string) bool { return a < b })

func TestHearKeepsWhatHolds(t *testing.T) {
	later, latest := wednesday.Add(time.Minute), wednesday.Add(2*time.Minute)
	post, two := said(1, "ben", wednesday, 1), said(1, "ben", wednesday, 2)
	none := said(1, "ben", wednesday)
	cases := []struct {
		name  string
		heard []digests.Heard
		want  []string
	}{
		{"a post", []digests.Heard{{Posts: []digests.Post{post}}}, []string{"1 site1.example/1"}},
		{"two links", []digests.Heard{{Posts: []digests.Post{said(1, "ben", wednesday, 1, 2)}}}, []string{"1 site1.example/1", "1 site2.example/2"}},
		{"an edit replaces", []digests.Heard{{Posts: []digests.Post{post}}, {Posts: []digests.Post{edit(two, later)}}}, []string{"1 site2.example/2"}},
		{"an edit in one batch", []digests.Heard{{Posts: []digests.Post{post, edit(two, later)}}}, []string{"1 site2.example/2"}},
		{"an edit takes out", []digests.Heard{{Posts: []digests.Post{post}}, {Posts: []digests.Post{edit(none, later)}}}, nil},
		{"an edit first", []digests.Heard{{Posts: []digests.Post{edit(none, later)}}, {Posts: []digests.Post{post}}}, nil},
		{"the first version again", []digests.Heard{{Posts: []digests.Post{post}}, {Posts: []digests.Post{edit(two, later)}}, {Posts: []digests.Post{post}}}, []string{"1 site2.example/2"}},
		{"an older edit late", []digests.Heard{{Posts: []digests.Post{edit(two, latest)}}, {Posts: []digests.Post{edit(post, later)}}}, []string{"1 site2.example/2"}},
		{"a deletion", []digests.Heard{{Posts: []digests.Post{post}}, {Gone: []bot.MessageRef{ref(1)}}}, nil},
		{"a deletion first", []digests.Heard{{Gone: []bot.MessageRef{ref(1)}}, {Posts: []digests.Post{post}}, {Posts: []digests.Post{edit(two, later)}}}, nil},
		{"a deletion in the batch", []digests.Heard{{Posts: []digests.Post{post}, Gone: []bot.MessageRef{ref(1), ref(1)}}}, nil},
		{"left out", []digests.Heard{{Posts: []digests.Post{post}}, {OptOuts: []digests.OptOut{{Message: ref(1), Account: account("ben")}}}}, nil},
		{"left out, then edited", []digests.Heard{{OptOuts: []digests.OptOut{{Message: ref(1), Account: account("ben")}}}, {Posts: []digests.Post{post, edit(two, later)}}}, nil},
		{"left out by another", []digests.Heard{{Posts: []digests.Post{post}}, {OptOuts: []digests.OptOut{{Message: ref(1), Account: account("cleo")}}}}, []string{"1 site1.example/1"}},
		{"another message stays", []digests.Heard{{Posts: []digests.Post{post, said(2, "cleo", wednesday, 1)}}, {Gone: []bot.MessageRef{ref(1)}}}, []string{"2 site1.example/1"}},
	}
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, db *engine.DB) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				must(t, db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
					for _, table := range []string{"shares", "share_marks", "links"} {
						if _, err := tx.Exec(ctx, "DELETE FROM "+table); err != nil {
							return err
						}
					}
					return nil
				}))
				for _, heard := range c.heard {
					must(t, s.Archive.Hear(ctx, heard))
					must(t, s.Archive.Hear(ctx, heard)) // again: nothing changes
				}
				for _, heard := range c.heard[:len(c.heard)-1] { // the first versions once more, late
					if len(heard.Posts) > 0 && !heard.Posts[0].Edited {
						must(t, s.Archive.Hear(ctx, heard))
					}
				}
				if diff := cmp.Diff(c.want, live(t, ctx, s), sorted, cmpopts.EquateEmpty()); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

func TestHearKeepsTheFirstMomentAndLaterWords(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		post := said(1, "ben", wednesday, 1)
		post.Links[0].Link.Label = "The first words"
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{post}}))
		post.Links[0].Link.Title, post.Links[0].Link.Label, post.Links[0].Sentence = "As the platform says", "Other words", "Said anew"
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{edit(post, wednesday.Add(time.Hour))}}))
		shares, err := s.Archive.Message(ctx, ref(1))
		must(t, err)
		got := shares[0]
		if !got.At.Equal(wednesday) || got.Link.Title != "As the platform says" || got.Link.Label != "The first words" || got.Sentence != "Said anew" {
			t.Errorf("kept %+v", got)
		}
		bare := said(2, "cleo", wednesday, 1)
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{bare}}))
		shares, err = s.Archive.Message(ctx, ref(2))
		must(t, err)
		if shares[0].Link.Title != "As the platform says" {
			t.Error("a share without a title took the known one away")
		}
	})
}

// An edit may be heard before its post; what it leaves is of the post's moment.
func TestAPostThatComesLateDatesItsLinks(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		later := wednesday.Add(time.Hour)
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{edit(said(1, "ben", wednesday, 1, 2), later)}}))
		for range 2 {
			must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{said(1, "ben", wednesday, 1)}}))
		}
		shares, err := s.Archive.Message(ctx, ref(1))
		must(t, err)
		got := []string{}
		for _, share := range shares {
			got = append(got, share.Link.Key+" "+share.At.Sub(wednesday).String())
		}
		if diff := cmp.Diff([]string{linked(1).Key + " 0s", linked(2).Key + " 1h0m0s"}, got, sorted); diff != "" {
			t.Error(diff)
		}
	})
}

func TestActs(t *testing.T) {
	act := func(kind digests.EngagementKind, who, detail string, after time.Duration, undone bool) digests.Act {
		return digests.Act{Kind: kind, Message: ref(1), Account: account(who), Detail: detail, At: wednesday.Add(after), Undone: undone}
	}
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		early := digests.Heard{Acts: []digests.Act{act(digests.Reacted, "dev", "tada", 0, false)}}
		must(t, s.Archive.Hear(ctx, early)) // no link is known there: no trace
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{said(1, "ben", wednesday, 1)}}))
		for range 2 {
			must(t, s.Archive.Hear(ctx, digests.Heard{Acts: []digests.Act{
				act(digests.Reacted, "cleo", "tada", 0, false), act(digests.Reacted, "cleo", "heart", 0, false),
				act(digests.Reacted, "cleo", "tada", 2, true), act(digests.Reacted, "eve", "tada", 5, true), act(digests.Reacted, "eve", "tada", 4, false),
				act(digests.Replied, "dev", "9", 0, false), act(digests.Replied, "fay", "10", 0, false), act(digests.Nominated, "gus", "pushpin", 0, false),
			}}))
			must(t, s.Archive.Hear(ctx, digests.Heard{Gone: []bot.MessageRef{ref(10)}}))
		}
		m, err := s.Archive.Window(ctx, time.Time{}, time.Time{})
		must(t, err)
		got := []string{}
		for _, e := range m.Engagements {
			got = append(got, string(e.Kind)+" "+e.Who.Account.Native())
		}
		want := []string{"reaction cleo", "reply dev", "nomination gus"}
		if diff := cmp.Diff(want, got, sorted); diff != "" {
			t.Error(diff)
		}
		must(t, s.Archive.Forget(ctx, wednesday, wednesday.Add(time.Hour)))
		if m, err = s.Archive.Window(ctx, time.Time{}, time.Time{}); err != nil || len(m.Engagements) != 0 || m.Shares[0].Sentence != "" {
			t.Errorf("after forgetting: %+v, %v", m, err)
		}
	})
}

func TestWindowIsHalfOpen(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		var posts []digests.Post
		for n := range 300 { // more than one piece of a bulk statement
			posts = append(posts, said(n, "ben", wednesday.Add(time.Duration(n)*time.Minute), n))
		}
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: posts}))
		m, err := s.Archive.Window(ctx, wednesday.Add(10*time.Minute), wednesday.Add(20*time.Minute))
		must(t, err)
		if len(m.Shares) != 10 || m.Shares[0].Message != ref(10) {
			t.Errorf("%d shares, the first %v", len(m.Shares), m.Shares[0].Message)
		}
		oldest, newest, err := s.Archive.Span(ctx)
		must(t, err)
		if !oldest.Equal(wednesday) || !newest.Equal(wednesday.Add(299*time.Minute)) {
			t.Errorf("from %s to %s", oldest, newest)
		}
	})
}

func aDigest() digests.Digest {
	return digests.Digest{
		ID: "d1", Slug: "friday", Name: "Friday", Spec: "every Friday 09:00", Zone: "Europe/London", Places: []bot.PlaceID{channel},
		Curator: "ada", IfUndecided: digests.Wait, MaxItems: 5, SkipDates: []string{"2026-12-25"}, SecondEyes: true, Created: wednesday,
	}
}

func TestKeptMessages(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		other, added := said(6, "ada", wednesday, 6), said(7, "ada", wednesday, 7)
		other.Message.Place, added.Added = "chat|other", true
		posts := []digests.Post{
			said(1, "ada", wednesday.Add(-time.Hour), 1), said(3, "ben", wednesday.Add(time.Minute), 1, 2), said(2, "ben", wednesday, 1),
			said(4, "ada", wednesday, 4), said(5, "ada", wednesday, 5), said(8, "ada", wednesday), other, added,
		}
		for range 2 {
			must(t, s.Archive.Hear(ctx, digests.Heard{Posts: posts, Gone: []bot.MessageRef{ref(4)}, OptOuts: []digests.OptOut{{Message: ref(5), Account: account("ada")}}}))
		}
		kept := func(place bot.PlaceID, since time.Time, want ...bot.MessageRef) {
			t.Helper()
			got, err := s.Presence.Kept(ctx, place, since)
			must(t, err)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("kept in %s since %s (-want +got):\n%s", place, since, diff)
			}
		}
		kept(channel, wednesday, ref(2), ref(3))
		kept(channel, time.Time{}, ref(1), ref(2), ref(3))
		kept(channel, wednesday.Add(time.Hour))
		kept("chat|other", wednesday, other.Message)
		kept("chat|none", time.Time{})
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{edit(said(2, "ben", wednesday), wednesday.Add(time.Hour))}}))
		kept(channel, wednesday, ref(3)) // edited so that no link is left
	})
}

func TestSeries(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		for range 2 {
			must(t, s.Series.Add(ctx, aDigest(), nil))
		}
		other := aDigest()
		other.ID = "d2"
		if err := s.Series.Add(ctx, other, nil); !errors.Is(err, digests.ErrDigestExists) {
			t.Errorf("a second digest of that address: %v", err)
		}
		got, err := s.Series.Get(ctx, "friday")
		must(t, err)
		if diff := cmp.Diff(aDigest(), got); diff != "" {
			t.Error(diff)
		}
		must(t, s.Series.Change(ctx, "d1", func(d *digests.Digest) ([]bot.Delivery, error) { d.Paused, d.Deputy = true, "ben"; return nil, nil }))
		if got, err = s.Series.Get(ctx, "d1"); err != nil || !got.Paused || got.Deputy != "ben" {
			t.Errorf("after the change: %+v, %v", got, err)
		}
		broken := errors.New("no")
		if err := s.Series.Change(ctx, "d1", func(d *digests.Digest) ([]bot.Delivery, error) { d.Name = "x"; return nil, broken }); !errors.Is(err, broken) {
			t.Errorf("a refused change gives %v", err)
		}
		if got, _ = s.Series.Get(ctx, "d1"); got.Name != "Friday" {
			t.Error("a refused change was kept")
		}
		if _, err := s.Series.Get(ctx, "nothing"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("no digest: %v", err)
		}
	})
}

func anEdition(n int) digests.Edition {
	due := wednesday.AddDate(0, 0, 7*n)
	return digests.Edition{ID: fmt.Sprint("e", n), Digest: "d1", Slot: fmt.Sprint("slot", n), Slug: fmt.Sprint("friday-", n), Due: due, Starts: due.AddDate(0, 0, -7), State: digests.Draft}
}

// content is an edition's content on one share.
func content(title string, message, link int, who string) digests.Content {
	return digests.Content{Digest: "Friday", Zone: "UTC", Items: []digests.Item{{
		ID: digests.ItemID(linked(link).Key), Key: linked(link).Key, Title: title, URL: linked(link).Address, Shares: 1,
		Sharers: []digests.Sharer{{Key: who, Person: bot.PersonID(who), Name: who, Shares: []digests.SharedIn{{Message: ref(message), Account: account(who), Link: linked(link).Key}}}},
	}}}
}

func TestEditions(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		must(t, s.Series.Add(ctx, aDigest(), nil))
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{said(1, "ben", wednesday, 1), said(2, "cleo", wednesday, 2)}}))
		for n := range 3 {
			for range 2 {
				e, err := s.Editions.Add(ctx, anEdition(n))
				must(t, err)
				again := anEdition(n)
				again.ID, again.Slug = "other", "other"
				if have, err := s.Editions.Add(ctx, again); err != nil || have.ID != e.ID {
					t.Fatalf("the slot has %v now, %v", have.ID, err)
				}
			}
		}
		publish := func(id, title string, message, link int, who string, at time.Time) {
			must(t, s.Editions.Change(ctx, id, func(e *digests.Edition) ([]bot.Delivery, error) {
				e.Decisions.Write("i", digests.Words{Because: "it helps"})
				must(t, e.Approve(e.Version, "ada", content(title, message, link, who), at, time.Minute, true))
				return nil, nil
			}))
			must(t, s.Editions.Change(ctx, id, func(e *digests.Edition) ([]bot.Delivery, error) {
				if !e.Publish(at.Add(time.Minute)) {
					t.Error("not published")
				}
				return nil, nil
			}))
		}
		publish("e0", "Potholes, 50% faster_ly", 1, 1, "ben", wednesday)
		publish("e1", "Bücher für Übersee", 2, 2, "cleo", wednesday.AddDate(0, 0, 7))
		e, err := s.Editions.Get(ctx, "friday-0")
		must(t, err)
		if e.State != digests.Published || e.Revision.Number != 1 || len(e.Revision.Hash) != 64 || e.Revision.Content.Items[0].Title != "Potholes, 50% faster_ly" ||
			e.Decisions.Words["i"].Because != "it helps" || !e.To.Equal(wednesday) || e.ApprovedBy != "ada" {
			t.Errorf("kept %+v", e)
		}
		for text, want := range map[string][]string{
			"": {"e1", "e0"}, "POTHOLES": {"e0"}, "50% FASTER_": {"e0"}, "bücher ÜBERSEE": {"e1"}, "%": {"e0"}, "friday": {"e1", "e0"}, "nothing": nil, `\`: nil,
		} {
			if diff := cmp.Diff(want, ids(t, ctx, s, digests.EditionFilter{States: []digests.State{digests.Published}, Text: text}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("search for %q: %s", text, diff)
			}
		}
		if diff := cmp.Diff([]string{"e2", "e1"}, ids(t, ctx, s, digests.EditionFilter{Digest: "d1", Limit: 2})); diff != "" {
			t.Error(diff)
		}
		page := digests.EditionFilter{States: []digests.State{digests.Published}, Before: wednesday.AddDate(0, 0, 1)}
		if diff := cmp.Diff([]string{"e0"}, ids(t, ctx, s, page)); diff != "" {
			t.Error(diff)
		}
	})
}

func ids(t *testing.T, ctx context.Context, s digests.Stores, filter digests.EditionFilter) []string {
	t.Helper()
	list, err := s.Editions.List(ctx, filter)
	must(t, err)
	var out []string
	for _, e := range list {
		out = append(out, e.ID)
	}
	return out
}

func TestWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		must(t, s.Series.Add(ctx, aDigest(), nil))
		_, err := s.Editions.Add(ctx, anEdition(0))
		must(t, err)
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{said(1, "ben", wednesday, 1)}}))
		approve := func(message int) {
			must(t, s.Editions.Change(ctx, "e0", func(e *digests.Edition) ([]bot.Delivery, error) {
				return nil, e.Approve(e.Version, "ada", content("x", message, 1, "ben"), wednesday, time.Minute, true)
			}))
		}
		want := func(kind string, list ...digests.Withdrawal) {
			t.Helper()
			got, err := s.Editions.Withdrawn(ctx)
			must(t, err)
			if diff := cmp.Diff(list, got["e0"], cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: %s", kind, diff)
			}
		}
		approve(1)
		want("nothing yet")
		w := digests.Withdrawal{Link: linked(1).Key, Message: ref(1), Account: account("ben"), NameOnly: true}
		for range 2 {
			must(t, s.Credits.Choose(ctx, account("ben"), digests.Unnamed, wednesday))
		}
		want("a name", w)
		tell := func(w digests.Withdrawal) {
			must(t, s.Editions.Change(ctx, "e0", func(e *digests.Edition) ([]bot.Delivery, error) {
				e.Withdraw([]digests.Withdrawal{w})
				return nil, nil
			}))
		}
		tell(w)
		want("the edition knows")
		must(t, s.Archive.Hear(ctx, digests.Heard{Gone: []bot.MessageRef{ref(1)}}))
		w.NameOnly = false
		want("the share", w)
		tell(w)
		want("the edition knows that too")
		// Undone and approved anew on a share that is gone: it is known from the start.
		must(t, s.Editions.Change(ctx, "e0", func(e *digests.Edition) ([]bot.Delivery, error) { return nil, e.Undo(wednesday) }))
		want("a draft")
		approve(1)
		want("gone before it was approved", w)
	})
}

func TestCreditsFollowThePerson(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, db *engine.DB) {
		must(t, db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
			for _, q := range []string{
				`INSERT INTO persons (id, name, department) VALUES ('p1', 'Ben', 'Libraries'), ('p2', 'Robot', '')`,
				`INSERT INTO accounts (id, person_id, platform, bot) VALUES ('chat|ben', 'p1', 'chat', FALSE), ('other|ben', 'p1', 'other', FALSE), ('chat|robot', 'p2', 'chat', TRUE)`,
			} {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, s.Archive.Hear(ctx, digests.Heard{Posts: []digests.Post{said(1, "ben", wednesday, 1), said(2, "robot", wednesday, 2)}}))
		choose := func(account bot.AccountID, choice digests.Choice, at time.Time) {
			must(t, s.Credits.Choose(ctx, account, choice, at))
		}
		want := func(choice digests.Choice) {
			t.Helper()
			m, err := s.Archive.Window(ctx, time.Time{}, time.Time{})
			must(t, err)
			who := digests.Who{Account: "chat|ben", Person: "p1", Name: "Ben", Department: "Libraries", Choice: choice}
			if len(m.Shares) != 1 || m.Shares[0].Who != who {
				t.Errorf("shares %+v, want one of %+v: none of a bot", m.Shares, who)
			}
			if got, err := s.Credits.Choice(ctx, "chat|ben"); err != nil || got != choice {
				t.Errorf("choice %q, %v", got, err)
			}
		}
		want(digests.Unasked)
		told, err := s.Credits.Told(ctx, []bot.PersonID{"p1"})
		if err != nil || told["p1"] {
			t.Errorf("told before: %v, %v", told, err)
		}
		choose("other|ben", digests.LeftOut, wednesday.Add(time.Hour))
		choose("other|ben", digests.Named, wednesday) // older: changes nothing
		want(digests.LeftOut)
		choose("chat|ben", digests.Named, wednesday.Add(2*time.Hour))
		want(digests.Named)
		for range 2 {
			must(t, s.Credits.Tell(ctx, []bot.PersonID{"p2", "p2"}, nil))
		}
		told, err = s.Credits.Told(ctx, []bot.PersonID{"p1", "p2", "p3"})
		if err != nil || !told["p1"] || !told["p2"] || told["p3"] {
			t.Errorf("told: %v, %v", told, err)
		}
		for _, account := range []bot.AccountID{"chat|ben", "other|ben", "chat|ben"} {
			_, err := s.Votes.Vote(ctx, digests.Vote{Edition: "e", Link: "k", Account: account, At: wednesday})
			must(t, err)
		}
		fresh, err := s.Votes.Vote(ctx, digests.Vote{Edition: "e", Link: "k", Account: "chat|x", Used: true, Note: "one", At: wednesday})
		if err != nil || !fresh {
			t.Errorf("a new vote: %v, %v", fresh, err)
		}
		if fresh, err = s.Votes.Vote(ctx, digests.Vote{Edition: "e", Link: "k", Account: "chat|x", Used: true, Note: "two", At: wednesday}); err != nil || fresh {
			t.Errorf("the same vote: %v, %v", fresh, err)
		}
		tally, err := s.Votes.Tally(ctx, "e")
		must(t, err)
		if diff := cmp.Diff(map[string]digests.Tally{digests.ItemID("k"): {Useful: 1, Used: 1}}, tally); diff != "" {
			t.Errorf("one person with two accounts: %s", diff)
		}
	})
}

func TestFinds(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s digests.Stores, _ *engine.DB) {
		find := digests.Find{ID: "f1", Link: linked(1), Why: "It helps.", By: account("ada"), State: digests.Waiting, At: wednesday}
		for n := range 2 {
			if fresh, err := s.Finds.Add(ctx, find); err != nil || fresh != (n == 0) {
				t.Errorf("add %d: %v, %v", n, fresh, err)
			}
		}
		for range 2 {
			must(t, s.Finds.Change(ctx, "f1", func(f *digests.Find) error { f.State, f.Digest = digests.Chosen, "d1"; return nil }))
		}
		find.State, find.Digest = digests.Chosen, "d1"
		list, err := s.Finds.List(ctx, digests.Chosen, digests.Spent)
		must(t, err)
		if diff := cmp.Diff([]digests.Find{find}, list); diff != "" {
			t.Error(diff)
		}
		if list, _ = s.Finds.List(ctx, digests.Waiting); len(list) != 0 {
			t.Error("it waits still")
		}
		if _, err := s.Finds.Get(ctx, "none"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("no find: %v", err)
		}
	})
}
