package courier_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
)

// lostLine posts on a time line that is then lost: the world keeps the message,
// the database forgets it, because it is another one with the same key.
func lostLine(t *testing.T, kind func(platform) bot.Platform, deliveries func(b *bench)) (b *bench) {
	t.Helper()
	b = newBench(t, kind)
	deliveries(b)
	b.run()
	world := b.world
	b = newBench(t, kind)
	b.clock.set(start.Add(24 * time.Hour))
	b.world.messages, b.world.posts = world.messages, 100
	return b
}

func TestRestoreNeverRepeats(t *testing.T) {
	b := lostLine(t, asFull, func(b *bench) {
		b.add(b.text("old", "chat|a", "old 1|old 2"), b.text("new", "chat|a", "new"))
	})
	b.add(b.text("old", "chat|a", "old 1|old 2"), b.text("unsent", "chat|a", "unsent")) // as the backup has them
	for range 2 {
		if err := b.courier.BeginEpoch(t.Context(), start.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	b.state("old", courier.Unknown)
	b.courier = b.start(b.config)             // the next program knows of it
	b.add(b.text("new", "chat|a", "new"))     // created again for a slot that was served
	b.add(b.text("fresh", "chat|a", "newer")) // really new
	b.run()
	want := []string{"new", "newer", "old 1", "old 2", "unsent"}
	got := b.payloads("chat|a")
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the place has %v, want %v", got, want)
	}
	for _, key := range []string{"old", "new", "unsent", "fresh"} {
		b.state(key, courier.Sent)
	}
}

func TestRestoreHoldsWhatNobodyCanLookUp(t *testing.T) {
	b := lostLine(t, asBlind, func(b *bench) { b.add(b.text("old", "chat|a", "old")) })
	b.person("ann", bot.Contact{})
	b.use("ann")
	b.add(b.text("old", "chat|a", "old"), b.nudge("nudge", "ann"))
	if err := b.courier.BeginEpoch(t.Context(), start.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	slot := b.text("slot", "chat|b", "slot")
	slot.NotBefore = start
	edition := b.text("edition", "chat|b", "edition")
	edition.Class = bot.Edition
	b.add(slot, edition, b.text("answer", "chat|b", "answer"))
	b.run()
	for key, want := range map[string]courier.State{"old": courier.Unsure, "slot": courier.Unsure, "edition": courier.Unsure,
		"nudge": courier.Dropped, "answer": courier.Sent} {
		b.state(key, want)
	}
	b.clock.add(8 * 24 * time.Hour)
	late := edition
	late.Key = "late"
	b.add(late)
	b.run()
	b.state("late", courier.Sent)
	if err := b.courier.Decide(t.Context(), "slot", courier.Again); err != nil {
		t.Fatal(err)
	}
	b.run()
	b.state("slot", courier.Sent)
}

func TestRestoreDrawsCardsAnew(t *testing.T) {
	b := newBench(t, asFull)
	b.grow("c", "draft")
	b.run()
	b.world.messages[0].payload = "draft 9" // from the lost time line
	if err := b.courier.BeginEpoch(t.Context(), b.clock.Now()); err != nil {
		t.Fatal(err)
	}
	b.run()
	if got := b.payloads("chat|c"); !slices.Equal(got, []string{"draft 1"}) {
		t.Errorf("shows %v", got)
	}
}

func TestACopyOfTheDatabaseSendsNothing(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("d", "chat|a", "text"))
	elsewhere := courier.New(b.config)
	if _, _, err := elsewhere.Step(t.Context()); err == nil {
		t.Error("sent without being bound")
	}
	var say *bot.Error
	if err := elsewhere.Bind(t.Context(), "chat", "chat|staging"); !errors.As(err, &say) || say.Hint == "" {
		t.Errorf("bound elsewhere: %v", err)
	}
	if err := elsewhere.Bind(t.Context(), "chat", ""); !errors.As(err, &say) {
		t.Errorf("bound to nobody: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := elsewhere.Run(ended); err == nil || len(b.world.messages) > 0 {
		t.Errorf("ran: %v", err)
	}
	if err := elsewhere.Rebind(t.Context(), "chat", "chat|staging"); err != nil {
		t.Fatal(err)
	}
	if err := courier.New(b.config).Bind(t.Context(), "chat", "chat|bot"); err == nil {
		t.Error("the former account is still accepted")
	}
}

func TestReconcileRemovesFurtherCopies(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("d", "chat|a", "text"))
	b.grow("card", "draft")
	b.run()
	again := func(key string, at time.Time) *message {
		part := b.get(key).Parts[0]
		place := b.get(key).Place
		m := &message{id: part.ID, place: place, payload: "copy", ref: "x" + key, at: at, visible: at}
		b.world.messages = append(b.world.messages, m)
		return m
	}
	later := again("d", b.clock.Now().Add(time.Second))
	earlier := again("card", b.clock.Now().Add(-time.Second))
	reconcile := func() {
		if err := b.courier.Reconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.run()
	}
	reconcile()
	if later.gone {
		t.Error("looked before the hour")
	}
	b.clock.add(time.Hour)
	b.fail("retract", errReset)
	reconcile()
	b.clock.add(time.Hour)
	reconcile()
	if !later.gone {
		t.Error("the later copy stands")
	}
	if got := b.payloads("chat|c"); earlier.gone || !slices.Equal(got, []string{"draft 1"}) {
		t.Errorf("the card shows %v: the first copy stays and is brought up to date", got)
	}
	late := again("d", b.clock.Now())
	b.clock.add(24 * time.Hour)
	reconcile()
	if !late.gone {
		t.Error("a copy that came late stands")
	}
	b.clock.add(24 * time.Hour)
	b.world.tamper = func(point string, do func()) error { t.Error("looked a third time"); return errReset }
	reconcile()
}

func TestReconcileFindsWhatWasParked(t *testing.T) {
	b := newBench(t, asBlind)
	b.add(b.text("d", "chat|a", "one|two"))
	b.world.tamper = func(point string, do func()) error { do(); return errReset }
	b.run()
	b.world.tamper = nil
	b.state("d", courier.Unsure)
	// The operator grants the right to read history.
	b.config.Platforms = []bot.Platform{full{platform{b.world, "chat"}}}
	b.courier = b.start(b.config)
	for range 2 {
		if err := b.courier.Reconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b.run()
	b.state("d", courier.Sent)
	if got := b.payloads("chat|a"); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("the place has %v", got)
	}
}

// A platform may be searchable in some places only.
func TestAPlaceThatCannotBeSearchedIsLikeOneWithoutFinder(t *testing.T) {
	b := newBench(t, asFull)
	b.add(b.text("old", "chat|b", "old"))
	if err := b.courier.BeginEpoch(t.Context(), start.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	lose := true
	b.world.tamper = func(point string, do func()) error {
		switch {
		case point == "find":
			return deniedError
		case point == "post" && lose:
			lose = false
			return errReset
		}
		do()
		return nil
	}
	edition := b.text("edition", "chat|c", "edition")
	edition.Class = bot.Edition
	b.add(b.text("lost", "chat|a", "lost"), b.text("answer", "chat|a", "answer"), edition)
	b.run()
	b.clock.add(time.Hour)
	if err := b.courier.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]courier.State{"old": courier.Unsure, "lost": courier.Unsure, "edition": courier.Unsure, "answer": courier.Sent} {
		b.state(key, want)
	}
}
