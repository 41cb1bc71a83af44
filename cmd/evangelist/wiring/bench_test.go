package wiring_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/champions"
	"evangelist/bot/network"
	"evangelist/bot/schedule"
	"evangelist/cmd/evangelist/wiring"
	"evangelist/digests"
	"evangelist/storage/digeststore"
	"evangelist/storage/storagetest"
)

// BenchmarkIdleSweep is what a sweep costs when nothing is due, in an organisation of
// 5,000 with 200 who lead or support and three champions: once in five seconds, and
// after a request a moment later. Every sweep runs after every request.
func BenchmarkIdleSweep(b *testing.B) {
	clock := &fixedClock{noon}
	f := organisation(b, clock)
	for _, pause := range []time.Duration{5 * time.Second, time.Millisecond} {
		for _, sweep := range f.Sweeps() {
			b.Run(fmt.Sprint(sweep.Name, " after ", pause), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					clock.now = clock.now.Add(pause)
					if _, err := sweep.Run(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// organisation is 5,000 people with what the features know of them, at rest.
func organisation(b *testing.B, clock *fixedClock) *wiring.Features {
	b.Helper()
	db := storagetest.Open(b, storagetest.SQLite(b))
	ok := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	f, people, _ := joined(b, db, clock)
	var facts []bot.AccountFact
	for n := range 5000 {
		facts = append(facts, bot.AccountFact{Account: account(fmt.Sprint(n)), Name: fmt.Sprint("Person ", n), Email: fmt.Sprintf("p%d@example.org", n),
			Department: fmt.Sprint("Department ", n%40), Level: fmt.Sprint("Level ", n%6), Title: "Officer"})
	}
	_, err := people.Record(b.Context(), facts)
	ok(err)
	id := func(n int) bot.PersonID {
		actor, err := people.Actor(b.Context(), account(fmt.Sprint(n)))
		ok(err)
		return actor.Person
	}
	ok(people.Change(b.Context(), id(0), func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil }))
	for n := range 200 {
		ok(f.Network.Stores.Evangelists.Change(b.Context(), id(n), func(e *network.Evangelist, call *network.Call) ([]bot.Delivery, error) {
			return network.Choose(e, call, network.Supports, clock.now), nil
		}))
	}
	for n := range 3 {
		ok(f.Champions.Stores.Champions.Change(b.Context(), string(id(n)), func(c *champions.Champion) ([]bot.Delivery, error) {
			now := champions.Now{At: clock.now, Zone: time.UTC, Leads: []bot.PersonID{id(0)}}
			lead := bot.Actor{Account: account("0"), Person: id(0), Roles: []bot.Role{bot.Lead}}
			if _, err := c.Ask(lead, now, champions.Wish{Source: "test", Days: 3, Plan: champions.Plan{On: schedule.DateOf(clock.now.AddDate(1, 0, 0), time.UTC)}}); err != nil {
				return nil, err
			}
			return c.Take(bot.Actor{Account: account(fmt.Sprint(n)), Person: id(n)}, now)
		}))
	}
	publish(b, digeststore.New(db, clock), clock.now)
	for range 3 {
		for _, sweep := range f.Sweeps() {
			_, err := sweep.Run(context.WithoutCancel(b.Context()))
			ok(err)
		}
	}
	return f
}

// publish makes four weeks of a digest that went out, each with seven items.
func publish(b testing.TB, s digests.Stores, now time.Time, sections ...digests.Section) {
	b.Helper()
	ok := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	ok(s.Series.Add(b.Context(), digests.Digest{ID: "d", Slug: "roundup", Name: "Friday roundup", Zone: "UTC", Paused: true, IfUndecided: digests.Wait, Created: now}, nil))
	for week := range 4 {
		at := now.AddDate(0, 0, -7*(week+1))
		content := digests.Content{Digest: "Friday roundup", From: at.AddDate(0, 0, -7), To: at, Zone: "UTC", Candidates: 40, Sections: sections}
		for n := range 7 {
			content.Items = append(content.Items, digests.Item{ID: fmt.Sprint(n), Key: fmt.Sprint(n), URL: fmt.Sprintf("https://example.org/%d/%d", week, n), Title: "What helped a team that had too many calls",
				Source: "Example", Because: strings.Repeat("one page replaced forty calls a week ", 3), Blurb: strings.Repeat("What the page says of itself. ", 8), Sharers: []digests.Sharer{{Key: "a", Name: "A Colleague", Department: "Libraries"}}})
		}
		slot := at.Format(time.DateOnly)
		_, err := s.Editions.Add(b.Context(), digests.Edition{ID: slot, Digest: "d", Slot: slot, Slug: slot, Due: at, Starts: content.From, State: digests.Draft})
		ok(err)
		ok(s.Editions.Change(b.Context(), slot, func(e *digests.Edition) ([]bot.Delivery, error) {
			e.State, e.From, e.To, e.ApprovedAt, e.PublishedAt, e.Settled = digests.Published, content.From, content.To, at, at, true
			e.Revision = digests.Revision{Number: 1, Content: content, Hash: "test"}
			return nil, nil
		}))
	}
}
