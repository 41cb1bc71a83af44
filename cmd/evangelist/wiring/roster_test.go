package wiring_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/bot/roster"
	"evangelist/bot/schedule"
	"evangelist/cmd/evangelist/wiring"
	"evangelist/storage"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

// joined are the features on a database, with the register and the router that they
// stand on.
func joined(t testing.TB, db *storage.DB, clock bot.Clock) (*wiring.Features, *kernelstore.People, *bot.Router) {
	t.Helper()
	people := kernelstore.NewPeople(db, clock, rand.Reader)
	router := bot.NewRouter(bot.RouterConfig{People: people, Clock: clock, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	f, err := wiring.New(wiring.Parts{DB: db, People: people, Places: kernelstore.NewPlaces(db, clock), Router: router, Clock: clock, Random: rand.Reader, Key: []byte("sixteen bytes and more"),
		Scheduler: schedule.New(schedule.Config{Clock: clock, Store: kernelstore.NewSchedules(db)}), Organisation: bot.Organisation{Name: "Test Council", Zone: time.UTC}, Wake: func() {}})
	if err != nil {
		t.Fatal(err)
	}
	return f, people, router
}

// Who accepts an invitation is on the list of who leads or supports, and whose place
// is released is not; the agenda says how many requests are open, and no word of them.
func TestInvitationsAndTheList(t *testing.T) {
	t.Parallel()
	db, clock := storagetest.Memory(t), &fixedClock{noon}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	f, people, router := joined(t, db, clock)
	id := func(name string) bot.PersonID {
		actor, err := people.Actor(t.Context(), account(name))
		ok(err)
		return actor.Person
	}
	for _, name := range []string{"lead", "guest"} {
		_, err := people.Record(t.Context(), []bot.AccountFact{{Account: account(name), Name: name, Department: name}})
		ok(err)
	}
	ok(people.Change(t.Context(), id("lead"), func(p *bot.Person) ([]bot.Delivery, error) { p.Roles = []bot.Role{bot.Lead}; return nil, nil }))
	part := func() network.Part {
		all, err := f.Network.Stores.Evangelists.List(t.Context())
		ok(err)
		for _, e := range all {
			if e.Person == id("guest") {
				return e.Part
			}
		}
		return network.NoPart
	}
	presses := 0
	do := func(name string, in bot.Invocation) bot.Reply {
		presses++
		in.Actor, in.Nonce = bot.Actor{Account: account(name)}, fmt.Sprint(presses)
		return router.Do(t.Context(), in)
	}
	do("lead", bot.Invocation{Command: "roster.invite", Values: map[string][]string{"person": {string(id("guest"))}, "part": {"support"}, "reason": {"You know everybody."}}})
	do("guest", bot.Invocation{Command: "roster.accept", Arg: string(id("guest")) + "/1"})
	if got := part(); got != network.Supports {
		t.Fatalf("after a yes: %q", got)
	}
	ok(f.Roster.Join(t.Context(), id("guest"), roster.Leads))
	if got := part(); got != network.Supports {
		t.Errorf("who is on the list already: %q", got)
	}
	gone := true
	_, err := people.Record(t.Context(), []bot.AccountFact{{Account: account("guest"), Inactive: &gone}})
	ok(err)
	do("lead", bot.Invocation{Command: "roster.release", Arg: string(id("guest"))})
	if got := part(); got != network.NoPart {
		t.Errorf("after the release: %q", got)
	}
	reply, is := do("lead", bot.Invocation{Command: "evangelist", Words: "agenda"}).(bot.Say)
	if !is || !strings.HasPrefix(reply.Message.Summary, "Agenda") {
		t.Errorf("%#v", reply)
	}
}
