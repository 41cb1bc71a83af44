package voicestore_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/bot/voices"
	"evangelist/bot/voices/voicestest"
	"evangelist/storage/internal/engine"
	"evangelist/storage/kernelstore"
	"evangelist/storage/voicestore"
)

// begin is when every test begins: a Monday.
var begin = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// world is an installation in the small: router, feature, stores.
type world struct {
	voicestest.World
	db     *engine.DB
	voices *voicestore.Voices
	people *kernelstore.People
	clock  *voicestest.Clock
}

// meddle changes what a world is made of, for the mutations.
type meddle func(w *world, c *voices.Config)

const platform = "test"

func newWorld(t *testing.T, db *engine.DB, with meddle) *world {
	t.Helper()
	ctx := context.Background()
	clock, chance := voicestest.NewClock(begin), voicestest.NewChance(1)
	w := &world{db: db, clock: clock, voices: voicestore.NewVoices(db, clock), people: kernelstore.NewPeople(db, clock, chance)}
	keys := voices.NewKeys([]byte("a secret of the installation"))
	config := voices.Config{
		Voices: w.voices, Waiting: voicestore.NewWaiting(db, clock), Settings: voicestore.NewSettings(db, clock),
		People: w.people, Places: kernelstore.NewPlaces(db, clock), Clock: clock, Random: chance,
		Organisation: bot.Organisation{Name: "Test", Zone: time.UTC, Word: "evangelist"}, Keys: keys, ManualRelease: true,
	}
	settle(t, w)
	if with != nil {
		with(w, &config)
	}
	feature := voices.New(config)
	router := bot.NewRouter(bot.RouterConfig{People: w.people, Clock: clock, Random: chance, Log: slog.New(slog.DiscardHandler)})
	if err := router.Add(feature.Commands()...); err != nil {
		t.Fatal(err)
	}
	door, authors := w.Door, w.Authors
	w.World = voicestest.World{
		Authors: authors,
		Door: func(ctx context.Context, in bot.Invocation) bot.Reply {
			if door != nil {
				door(ctx, in)
			}
			return router.Do(ctx, in)
		},
		Clock: clock, Random: chance, Reader: account("reader1"), Known: account("colleague1"), Place: bot.NewPlaceID(platform, "general"),
		Release: func(ctx context.Context) error {
			return feature.Chores()[0].Run(ctx, schedule.Tick{Kind: voices.ReleaseChore})
		},
		Came: func(ctx context.Context, id string) error {
			return feature.Enter(ctx, id, "pilot/P", "A pilot came of it.")
		},
		VoiceIDs: func(ctx context.Context) ([]string, error) {
			all, err := w.voices.List(ctx, voices.Query{})
			var ids []string
			for _, v := range all {
				ids = append(ids, v.ID)
			}
			return ids, err
		},
	}
	contacts := router.Do(ctx, bot.Invocation{Actor: bot.Actor{Account: account("lead")}, Command: "voices.contacts", Values: map[string][]string{
		"emergency": {"112"}, "safeguarding": {"Ward office"}, "whistleblowing": {"Ombudsperson"}, "grievance": {"Staff council"},
	}})
	if _, ok := contacts.(bot.Done); !ok {
		t.Fatalf("entering the contacts gave %#v", contacts)
	}
	return w
}

func account(native string) bot.AccountID { return bot.NewAccountID(platform, native) }

// settle records two readers, a lead and a dozen colleagues.
func settle(t *testing.T, w *world) {
	t.Helper()
	ctx := context.Background()
	var facts []bot.AccountFact
	add := func(native, name string) {
		facts = append(facts, bot.AccountFact{Account: account(native), Name: name, Email: native + "@example.org"})
	}
	add("reader1", "Reader One")
	add("reader2", "Reader Two")
	add("lead", "Lead")
	for i := range 12 {
		add(fmt.Sprintf("colleague%d", i), fmt.Sprintf("Colleague %d", i))
	}
	if _, err := w.people.Record(ctx, facts); err != nil {
		t.Fatal(err)
	}
	for _, native := range []string{"reader1", "reader2", "lead"} {
		role := bot.Reader
		if native == "lead" {
			role = bot.Lead
		}
		actor, err := w.people.Actor(ctx, account(native))
		if err != nil {
			t.Fatal(err)
		}
		err = w.people.Change(ctx, actor.Person, func(p *bot.Person) ([]bot.Delivery, error) {
			p.Roles = []bot.Role{role}
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
