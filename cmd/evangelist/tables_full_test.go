package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/bot/tables"
	"evangelist/storage/storagetest"
)

// Somebody to whom the bot has written as often as it promised does not keep a whole
// table waiting: its people are told one by one, and that one as soon as there is
// room again.
func TestATableDoesNotWaitForOne(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	y := openYard(t, "sqlite:"+filepath.Join(t.TempDir(), "evangelist.db"))
	natives := []string{"leroy", "farida", "dewi", "grzegorz", "crispin", "maureen", "ishbel"}
	for _, native := range natives {
		y.must(native, "network.join", "", map[string][]string{"part": {"support"}})
	}
	leroy, err := y.app.people.Actor(y.ctx, y.ws.ID("leroy"))
	if err != nil {
		t.Fatal(err)
	}
	err = y.app.people.Change(y.ctx, leroy.Person, func(*bot.Person) (all []bot.Delivery, _ error) {
		for n := range 2 {
			message := bot.Notice("Something unasked.")
			all = append(all, bot.Delivery{Key: fmt.Sprint("test/", n), To: bot.Address{Person: leroy.Person}, Class: bot.Nudge, Frozen: &message})
		}
		return all, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	y.pass(time.Minute)
	y.must("nia", "tables.plan", "", nil)
	drafts, err := y.app.features.Tables.Stores.Rounds.List(y.ctx, tables.Drafted)
	if err != nil || len(drafts) != 1 {
		t.Fatalf("%d drafts, %v", len(drafts), err)
	}
	y.must("nia", "tables.now", drafts[0].ID, nil)
	y.pass(2 * time.Minute)
	round, err := y.app.features.Tables.Stores.Rounds.Get(y.ctx, drafts[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	at, mates := 0, map[bot.PersonID]bool{}
	for _, seat := range round.Seats {
		if seat.Person == leroy.Person {
			at = seat.Table
		}
	}
	for _, seat := range round.Seats {
		mates[seat.Person] = seat.Table == at
	}
	if at == 0 {
		t.Fatal("leroy has no seat")
	}
	told := func(native string) bool {
		return slices.ContainsFunc(y.ws.Messages(string(y.ws.As(native).Direct())), func(m playground.Message) bool {
			return m.Ours && strings.Contains(m.Text, "To talk about")
		})
	}
	for _, native := range natives[1:] {
		actor, err := y.app.people.Actor(y.ctx, y.ws.ID(native))
		if err != nil {
			t.Fatal(err)
		}
		if mates[actor.Person] && !told(native) {
			t.Errorf("%s, who sits with leroy, was not told", native)
		}
	}
	if told("leroy") {
		t.Error("leroy was written to a third time in a week")
	}
	y.pass(7*24*time.Hour - 5*time.Minute)
	for range 8 {
		y.pass(time.Minute)
	}
	if !told("leroy") {
		t.Error("leroy was not told when there was room again")
	}
}
