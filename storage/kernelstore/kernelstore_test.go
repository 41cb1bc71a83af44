package kernelstore_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

type still time.Time

func (s still) Now() time.Time { return time.Time(s) }

var noon = still(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))

func account(native string) bot.AccountID { return bot.NewAccountID("play", native) }

func TestPeople(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		ctx := t.Context()
		people := kernelstore.NewPeople(db, noon, rand.Reader)
		facts := []bot.AccountFact{
			{Account: account("u1"), Name: "Ada", Email: " Ada@Example.org ", Department: "Libraries", Level: "head"},
			{Account: account("u2"), Name: "Ben"},
			{Email: "cy@example.org", Name: "Cy", Department: "Housing"},
			{},
		}
		first, err := people.Record(ctx, facts)
		if err != nil || first != 3 {
			t.Fatalf("first: %d changed, %v", first, err)
		}
		again, err := people.Record(ctx, facts)
		if err != nil || again != 0 {
			t.Fatalf("again: %d changed, %v", again, err)
		}
		actor, err := people.Actor(ctx, account("u1"))
		if err != nil || actor.Name != "Ada" || actor.Person == "" || !actor.Has(bot.Colleague) || actor.Has(bot.Lead) {
			t.Fatalf("actor: %+v, %v", actor, err)
		}
		if person, err := people.ByEmail(ctx, "ADA@example.org"); err != nil || person.ID != actor.Person || person.Level != "head" {
			t.Fatalf("by e-mail: %+v, %v", person, err)
		}
		stranger, err := people.Actor(ctx, account("nobody-yet"))
		if err != nil || stranger.Person != "" {
			t.Fatalf("an unknown account: %+v, %v", stranger, err)
		}
		if all, err := people.Persons(ctx); err != nil || len(all) != 3 || all[0].Name != "Ada" {
			t.Fatalf("reading an actor wrote something, or order is wrong: %+v, %v", all, err)
		}
	})
}

func TestAccountsOfOnePersonJoin(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		ctx := t.Context()
		people := kernelstore.NewPeople(db, noon, rand.Reader)
		other := bot.NewAccountID("other", "x9")
		record(t, people, bot.AccountFact{Account: account("u1"), Name: "Ada"})
		record(t, people, bot.AccountFact{Account: other, Name: "Ada L.", Email: "ada@example.org"})
		record(t, people, bot.AccountFact{Account: account("u1"), Email: "ada@example.org"})
		a, _ := people.Actor(ctx, account("u1"))
		b, _ := people.Actor(ctx, other)
		if a.Person == "" || a.Person != b.Person {
			t.Fatalf("not joined: %q, %q", a.Person, b.Person)
		}
		gone, back := true, false
		record(t, people, bot.AccountFact{Account: other, Inactive: &gone})
		if p, _ := people.Person(ctx, a.Person); p.Inactive {
			t.Fatal("inactive although one account is active")
		}
		record(t, people, bot.AccountFact{Account: account("u1"), Inactive: &gone})
		if p, _ := people.Person(ctx, a.Person); !p.Inactive {
			t.Fatal("active although every account is inactive")
		}
		record(t, people, bot.AccountFact{Account: other, Inactive: &back})
		accounts, err := people.Accounts(ctx, a.Person)
		if err != nil || len(accounts) != 1 || accounts[0].ID != other {
			t.Fatalf("accounts: %+v, %v", accounts, err)
		}
	})
}

func record(t *testing.T, people *kernelstore.People, fact bot.AccountFact) {
	t.Helper()
	for range 2 {
		if _, err := people.Record(context.Background(), []bot.AccountFact{fact}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBotsAndGuestsAreNoColleagues(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		people := kernelstore.NewPeople(db, noon, rand.Reader)
		record(t, people, bot.AccountFact{Account: account("rota"), Name: "A rota", Bot: true})
		record(t, people, bot.AccountFact{Account: account("guest"), Name: "B guest", External: true})
		record(t, people, bot.AccountFact{Account: account("ada"), Name: "C Ada"})
		record(t, people, bot.AccountFact{Email: "d@example.org", Name: "D by mail alone"})
		all, err := people.Persons(t.Context())
		if err != nil || len(all) != 4 {
			t.Fatalf("%+v, %v", all, err)
		}
		for i, outside := range []bool{true, true, false, false} {
			if all[i].Outside != outside {
				t.Errorf("%s: outside %v", all[i].Name, all[i].Outside)
			}
		}
	})
}

func TestChangeSavesRolesAndContact(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		ctx := t.Context()
		people := kernelstore.NewPeople(db, noon, rand.Reader)
		record(t, people, bot.AccountFact{Account: account("u1"), Name: "Ada", Email: "ada@example.org"})
		actor, _ := people.Actor(ctx, account("u1"))
		refused := errors.New("refused")
		if err := people.Change(ctx, actor.Person, func(p *bot.Person) ([]bot.Delivery, error) {
			p.Name = "never kept"
			return nil, refused
		}); !errors.Is(err, refused) {
			t.Fatalf("got %v", err)
		}
		mute := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
		for range 2 {
			if err := people.Change(ctx, actor.Person, func(p *bot.Person) ([]bot.Delivery, error) {
				p.Roles = append(p.Roles, bot.Lead)
				p.Contact = bot.Contact{Zone: "Europe/Berlin", Less: true, MutedUntil: mute}
				return nil, nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		p, err := people.Person(ctx, actor.Person)
		if err != nil || len(p.Roles) != 1 || !p.Has(bot.Lead) || !p.Contact.Less || !p.Contact.MutedUntil.Equal(mute) || p.Name != "Ada" {
			t.Fatalf("kept: %+v, %v", p, err)
		}
		if lead, _ := people.Actor(ctx, account("u1")); !lead.Has(bot.Lead) {
			t.Fatal("the role did not take effect at once")
		}
		if err := people.Change(ctx, "nobody", func(*bot.Person) ([]bot.Delivery, error) { return nil, nil }); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestPlaces(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		ctx := t.Context()
		places := kernelstore.NewPlaces(db, noon)
		hall := bot.Place{ID: bot.NewPlaceID("play", "hall"), Name: "hall", Kind: bot.OpenChannel, Member: true}
		for range 2 {
			if err := places.Observe(ctx, []bot.Place{hall}); err != nil {
				t.Fatal(err)
			}
			if err := places.Watch(ctx, hall.ID, true); err != nil {
				t.Fatal(err)
			}
		}
		hall.Name, hall.Watched = "great hall", false
		if err := places.Observe(ctx, []bot.Place{hall}); err != nil {
			t.Fatal(err)
		}
		kept, err := places.Place(ctx, hall.ID)
		if err != nil || kept.Name != "great hall" || !kept.Watched {
			t.Fatalf("kept: %+v, %v", kept, err)
		}
		if err := places.Watch(ctx, "play|none", true); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
		if _, err := places.Place(ctx, "play|none"); !errors.Is(err, bot.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestASharedPlaceIsConfirmed(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		ctx := t.Context()
		places := kernelstore.NewPlaces(db, noon)
		hall := bot.Place{ID: bot.NewPlaceID("play", "hall"), Name: "hall", Kind: bot.OpenChannel, Member: true, Confirmed: true}
		confirmed := func(step string, want bool) {
			t.Helper()
			kept, err := places.Place(ctx, hall.ID)
			if err != nil || kept.Confirmed != want || kept.External != hall.External {
				t.Errorf("%s: %+v, %v, want confirmed %v", step, kept, err, want)
			}
		}
		observe := func(external bool) {
			t.Helper()
			hall.External, hall.Name = external, hall.Name+"."
			for range 2 {
				if err := places.Observe(ctx, []bot.Place{hall}); err != nil {
					t.Fatal(err)
				}
			}
		}
		confirm := func(on bool) {
			t.Helper()
			for range 2 {
				if err := places.Confirm(ctx, hall.ID, on); err != nil {
					t.Fatal(err)
				}
			}
		}
		observe(true)
		confirmed("seen for the first time", false)
		confirm(true)
		confirmed("confirmed", true)
		hall.Confirmed = false
		observe(true)
		confirmed("seen again", true)
		confirm(false)
		confirmed("taken back", false)
		confirm(true)
		observe(false)
		confirmed("not shared any more", false)
		observe(true)
		confirmed("shared anew", false)
		observe(false)
		confirm(true)
		confirmed("confirmed although not shared", false)
		if err := places.Confirm(ctx, "play|none", true); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestInstallation(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		ctx := t.Context()
		one, err := kernelstore.NewInstallation(db, rand.Reader).Key(ctx)
		if err != nil {
			t.Fatal(err)
		}
		settings := kernelstore.NewInstallation(db, rand.Reader)
		two, err := settings.Key(ctx)
		if err != nil || !bytes.Equal(one, two) || len(one) != 32 {
			t.Fatalf("keys differ: %x, %x, %v", one, two, err)
		}
		if value, err := settings.Setting(ctx, "unset"); err != nil || value != "" {
			t.Fatalf("got %q, %v", value, err)
		}
		for range 2 {
			if err := settings.Set(ctx, "word", "advocate"); err != nil {
				t.Fatal(err)
			}
		}
		if value, err := settings.Setting(ctx, "word"); err != nil || value != "advocate" {
			t.Fatalf("got %q, %v", value, err)
		}
	})
}
