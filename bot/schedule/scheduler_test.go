package schedule_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"evangelist/bot/schedule"
)

// hand is a clock that moves only when told.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) set(now time.Time)     { h.mu.Lock(); h.now = now; h.mu.Unlock() }
func (h *hand) move(by time.Duration) { h.set(h.Now().Add(by)) }

// record is what a feature's table would be: effects by the tick's key.
type record struct {
	mu      sync.Mutex
	calls   []string
	effects map[string]int
}

func (r *record) note(what string, tick schedule.Tick) {
	r.mu.Lock()
	defer r.mu.Unlock()
	call := what + " " + tick.Slot
	if tick.Missed > 0 {
		call += fmt.Sprintf(" missed %d", tick.Missed)
	}
	r.calls = append(r.calls, call)
	if r.effects == nil {
		r.effects = map[string]int{}
	}
	r.effects[what+" "+tick.Key()]++
}

// take returns the calls so far and forgets them.
func (r *record) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

func (r *record) want(t *testing.T, want ...string) {
	t.Helper()
	if got := r.take(); !slices.Equal(got, want) {
		t.Fatalf("calls:\n got %q\nwant %q", got, want)
	}
}

// bench is a scheduler on a store, with a clock and a record.
type bench struct {
	t     *testing.T
	clock *hand
	mem   *memory
	rec   *record
	log   *bytes.Buffer
	s     *schedule.Scheduler
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, clock: &hand{now: monday()}, mem: newMemory(), rec: &record{}}
	b.restart(func(_ context.Context, tick schedule.Tick) error { b.rec.note("run", tick); return nil })
	return b
}

// restart is what a crash leaves: a new scheduler on the old store.
func (b *bench) restart(run func(context.Context, schedule.Tick) error) {
	b.log = &bytes.Buffer{}
	b.s = schedule.New(schedule.Config{
		Clock: b.clock, Store: b.mem.store(), Log: slog.New(slog.NewTextHandler(b.log, nil)),
	})
	b.register(schedule.Chore{
		Kind: "digest", Policy: schedule.Policy{Grace: 12 * time.Hour, Attempts: 3}, Run: run,
		Expired: func(_ context.Context, tick schedule.Tick) error { b.rec.note("expired", tick); return nil },
	})
}

func (b *bench) register(c schedule.Chore) {
	b.t.Helper()
	if err := b.s.Register(c); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) plan(phrase, zone string) schedule.Plan {
	b.t.Helper()
	return schedule.Plan{Kind: "digest", Subject: "d1", Spec: mustParse(b.t, phrase), Zone: zone}
}

func (b *bench) setPlan(p schedule.Plan, wantSlot string) {
	b.t.Helper()
	slot, err := b.s.Set(b.t.Context(), p)
	if err != nil || slot.Name != wantSlot {
		b.t.Fatalf("Set: got %v, %v, want %s", slot, err, wantSlot)
	}
}

func (b *bench) set(phrase, wantSlot string) {
	b.t.Helper()
	b.setPlan(b.plan(phrase, "UTC"), wantSlot)
}

// settle steps until nothing is left to do.
func (b *bench) settle() {
	b.t.Helper()
	for range 10_000 {
		worked, err := b.s.Step(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		if !worked {
			return
		}
	}
	b.t.Fatal("it never settles")
}

func (b *bench) parked() []schedule.Stuck {
	b.t.Helper()
	stuck, err := b.mem.store().Ticks.Parked(b.t.Context(), 0)
	if err != nil {
		b.t.Fatal(err)
	}
	return stuck
}

func TestAYearOfDailySlots(t *testing.T) {
	b := newBench(t)
	b.setPlan(b.plan("every day 02:30", "Europe/Berlin"), "2026-11-24T02:30")
	for range 365 * 24 {
		b.settle()
		b.clock.move(time.Hour)
	}
	if len(b.rec.effects) != 365 {
		t.Fatalf("%d days ran, want 365", len(b.rec.effects))
	}
	for key, n := range b.rec.effects {
		if n != 1 || !strings.HasPrefix(key, "run ") {
			t.Errorf("%s: %d times", key, n)
		}
	}
}

func TestDowntime(t *testing.T) {
	for _, c := range []struct {
		phrase string
		down   time.Duration // after the first slot came due
		want   []string
	}{
		{"every Monday 09:00", 5 * time.Minute, []string{"run 2026-11-23T09:00"}},
		{"every Monday 09:00", 3 * 24 * time.Hour, []string{"expired 2026-11-23T09:00 missed 1"}},
		{"every Monday 09:00", 5 * 7 * 24 * time.Hour, []string{"expired 2026-12-21T09:00 missed 5", "run 2026-12-28T09:00"}},
		{"every Monday 09:00", 5*7*24*time.Hour + 13*time.Hour, []string{"expired 2026-12-28T09:00 missed 6"}},
		{"every day 09:00", 5 * time.Minute, []string{"run 2026-11-23T09:00"}},
		{"every day 09:00", 3 * 24 * time.Hour, []string{"expired 2026-11-25T09:00 missed 3", "run 2026-11-26T09:00"}},
		{"every day 09:00", 5 * 7 * 24 * time.Hour, []string{"expired 2026-12-27T09:00 missed 35", "run 2026-12-28T09:00"}},
		{"0 * * * *", 90 * 24 * time.Hour, []string{"expired 2027-02-21T08:00 missed 999", "run 2027-02-21T09:00"}},
	} {
		t.Run(fmt.Sprint(c.phrase, " ", c.down), func(t *testing.T) {
			b := newBench(t)
			b.set(c.phrase, "2026-11-23T09:00")
			b.settle()
			b.rec.want(t)
			b.clock.set(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).Add(c.down))
			b.settle()
			b.rec.want(t, c.want...)
			b.clock.move(20 * time.Minute)
			b.settle()
			b.rec.want(t)
		})
	}
}

func TestWithoutExpiredMissedSlotsPassSilently(t *testing.T) {
	b := newBench(t)
	b.register(schedule.Chore{Kind: "sweep", Policy: schedule.Policy{Grace: time.Hour},
		Run: func(_ context.Context, tick schedule.Tick) error { b.rec.note("sweep", tick); return nil }})
	b.setPlan(schedule.Plan{Kind: "sweep", Spec: mustParse(t, "every day 09:00"), Zone: "UTC"}, "2026-11-23T09:00")
	b.clock.move(52 * time.Hour)
	b.settle()
	b.rec.want(t)
	b.clock.move(21 * time.Hour)
	b.settle()
	b.rec.want(t, "sweep 2026-11-26T09:00")
}

func TestCrashes(t *testing.T) {
	lost := errors.New("the machine lost power")
	for _, point := range []string{"after the tick was opened", "while it ran", "before it was closed"} {
		t.Run(point, func(t *testing.T) {
			b := newBench(t)
			b.set("every Monday 09:00", "2026-11-23T09:00")
			b.clock.move(time.Hour + time.Minute)
			finished := func(_ context.Context, tick schedule.Tick) error { b.rec.note("run", tick); return nil }
			b.restart(func(_ context.Context, tick schedule.Tick) error {
				if point == "before it was closed" {
					b.rec.note("run", tick)
				}
				b.mem.fail = lost
				return nil
			})
			if point == "after the tick was opened" {
				store := b.mem.store()
				store.Ticks = deafTicks{store.Ticks, lost}
				b.s = schedule.New(schedule.Config{Clock: b.clock, Store: store})
				b.register(schedule.Chore{Kind: "digest", Policy: schedule.Policy{Grace: time.Hour}, Run: finished})
			}
			if _, err := b.s.Step(t.Context()); !errors.Is(err, lost) {
				t.Fatalf("got %v", err)
			}
			b.mem.fail = nil
			b.restart(finished)
			b.clock.move(3 * time.Minute)
			b.settle()
			if got := slices.Collect(maps.Keys(b.rec.effects)); !slices.Equal(got, []string{"run digest/d1/2026-11-23T09:00"}) {
				t.Fatalf("effects: %q", got)
			}
			if n := len(b.rec.take()); n != 1 && point != "before it was closed" {
				t.Errorf("ran %d times", n)
			}
			b.clock.move(time.Hour)
			b.settle()
			b.rec.want(t)
		})
	}
}

func TestATickFoundOpenAfterItsGraceExpires(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	b.clock.move(time.Hour)
	b.restart(func(context.Context, schedule.Tick) error { return errors.New("no luck") })
	b.settle() // the tick is open and waits for its second attempt
	b.restart(func(_ context.Context, tick schedule.Tick) error { b.rec.note("run", tick); return nil })
	b.clock.move(13 * time.Hour)
	b.settle()
	b.rec.want(t, "expired 2026-11-23T09:00 missed 1")
}

// deafTicks never lets a tick be claimed.
type deafTicks struct {
	schedule.Ticks
	err error
}

func (d deafTicks) Claim(context.Context, []string, time.Time, time.Duration) (schedule.Tick, bool, error) {
	return schedule.Tick{}, false, d.err
}

func TestRacingSchedulersRunEachTickOnce(t *testing.T) {
	b := newBench(t)
	b.set("0 * * * *", "2026-11-23T09:00")
	for i := range 20 {
		p := b.plan("every day 09:00", "Europe/Berlin")
		p.Subject = fmt.Sprint("s", i)
		if _, err := b.s.Set(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	first := b.s
	b.restart(func(_ context.Context, tick schedule.Tick) error { b.rec.note("run", tick); return nil })
	for range 48 {
		b.clock.move(time.Hour)
		var both sync.WaitGroup
		for _, s := range []*schedule.Scheduler{first, b.s, first, b.s} {
			both.Go(func() {
				for {
					worked, err := s.Step(t.Context())
					if err != nil {
						t.Error(err)
					}
					if !worked || err != nil {
						return
					}
				}
			})
		}
		both.Wait()
		b.settle()
	}
	if len(b.rec.effects) != 48+20*2 {
		t.Errorf("%d ticks ran, want %d", len(b.rec.effects), 48+20*2)
	}
	for key, n := range b.rec.effects {
		if n != 1 {
			t.Errorf("%s ran %d times", key, n)
		}
	}
}

func TestClockJumps(t *testing.T) {
	for name, jumps := range map[string][]time.Duration{
		"an hour on and back":         {time.Hour, -time.Hour},
		"an hour back and on":         {-time.Hour, time.Hour},
		"a second back and on":        {-time.Second, time.Second},
		"to 1970 and back":            {monday().Sub(time.Unix(0, 0)) * -1, monday().Sub(time.Unix(0, 0))},
		"a year on and back":          {365 * 24 * time.Hour, -365 * 24 * time.Hour},
		"to and fro around the slots": {25 * time.Hour, -26 * time.Hour, 27 * time.Hour, -26 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.set("every day 09:00", "2026-11-23T09:00")
			b.clock.move(90 * time.Minute)
			b.settle()
			b.rec.want(t, "run 2026-11-23T09:00")
			for _, jump := range jumps {
				b.clock.move(jump)
				b.settle()
			}
			if n := len(b.rec.take()); n > 3 {
				t.Errorf("a burst of %d", n)
			}
			for range 10 * 24 {
				b.clock.move(time.Hour)
				b.settle()
			}
			for key, n := range b.rec.effects {
				if n != 1 {
					t.Errorf("%s: %d times", key, n)
				}
			}
			for day := 23; day <= 30; day++ {
				key := fmt.Sprintf("run digest/d1/2026-11-%dT09:00", day)
				if b.rec.effects[key] != 1 {
					t.Errorf("%s: %d times", key, b.rec.effects[key])
				}
			}
		})
	}
}

func TestALostLeaseFinishesNothing(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	other := schedule.New(schedule.Config{Clock: b.clock, Store: b.mem.store()})
	if err := other.Register(schedule.Chore{Kind: "digest", Policy: schedule.Policy{Grace: time.Hour},
		Run: func(_ context.Context, tick schedule.Tick) error { b.rec.note("other", tick); return nil }}); err != nil {
		t.Fatal(err)
	}
	b.restart(func(ctx context.Context, tick schedule.Tick) error {
		b.clock.move(10 * time.Minute)
		if worked, err := other.Step(ctx); !worked || err != nil {
			t.Errorf("the other one: %v, %v", worked, err)
		}
		return errors.New("too late")
	})
	b.clock.move(time.Hour)
	b.settle()
	b.rec.want(t, "other 2026-11-23T09:00")
	if !strings.Contains(b.log.String(), "closed by others") {
		t.Errorf("log: %s", b.log)
	}
	b.clock.move(24 * time.Hour)
	b.settle()
	b.rec.want(t)
}

func TestFailuresAreRetriedThenParked(t *testing.T) {
	for name, c := range map[string]struct {
		fail func() error
		note string
	}{
		"error": {func() error { return errors.New("no \xff luck\x00 " + strings.Repeat("ü", 500)) }, "no ? luck"},
		"panic": {func() error { panic("somebody's words") }, "panic (string) in the chore digest at "},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			mended := false
			b.restart(func(_ context.Context, tick schedule.Tick) error {
				b.rec.note(fmt.Sprint("try ", tick.Attempt), tick)
				if mended {
					return nil
				}
				return c.fail()
			})
			b.set("every Monday 09:00", "2026-11-23T09:00")
			b.clock.move(time.Hour)
			b.settle()
			b.rec.want(t, "try 1 2026-11-23T09:00")
			b.clock.move(59 * time.Second)
			b.settle()
			b.rec.want(t)
			b.clock.move(time.Second)
			b.settle()
			b.rec.want(t, "try 2 2026-11-23T09:00")
			b.clock.move(2 * time.Minute)
			b.settle()
			b.rec.want(t, "try 3 2026-11-23T09:00")
			b.clock.move(48 * time.Hour)
			b.settle()
			b.rec.want(t)
			stuck := b.parked()
			if len(stuck) != 1 || !strings.HasPrefix(stuck[0].Note, c.note) || strings.Contains(stuck[0].Note, "words") || len(stuck[0].Note) > 500 ||
				strings.Contains(stuck[0].Note, "\x00") || !utf8.ValidString(stuck[0].Note) {
				t.Fatalf("parked: %+v", stuck)
			}
			mended = true
			if ok, err := b.mem.store().Ticks.Reopen(t.Context(), "digest", "d1", "2026-11-23T09:00", b.clock.Now()); !ok || err != nil {
				t.Fatalf("Reopen: %v, %v", ok, err)
			}
			b.settle()
			b.rec.want(t, "try 4 2026-11-23T09:00")
			if len(b.parked()) != 0 {
				t.Error("still parked")
			}
		})
	}
}

func TestATickThatKillsTheProcessIsParked(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	b.clock.move(time.Hour)
	for range 4 {
		b.restart(func(_ context.Context, tick schedule.Tick) error {
			b.rec.note("run", tick)
			b.mem.fail = errors.New("dead")
			return nil
		})
		_, _ = b.s.Step(t.Context())
		b.mem.fail = nil
		b.clock.move(3 * time.Minute)
	}
	if n := len(b.rec.take()); n != 3 {
		t.Errorf("ran %d times, want 3", n)
	}
	if len(b.parked()) != 1 {
		t.Errorf("parked: %v", b.parked())
	}
}

func TestAGoexitIsAFailure(t *testing.T) {
	b := newBench(t)
	b.restart(func(context.Context, schedule.Tick) error { goexit(); return nil })
	b.set("every Monday 09:00", "2026-11-23T09:00")
	b.clock.move(time.Hour)
	b.settle()
	if !strings.Contains(b.log.String(), "without an answer") {
		t.Errorf("log: %s", b.log)
	}
}
