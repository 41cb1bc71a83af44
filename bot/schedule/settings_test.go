package schedule_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

func goexit() { runtime.Goexit() }

func TestSetAgainKeepsWhatIsOverdue(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	b.clock.move(2 * time.Hour)
	b.set("Mondays at 9", "2026-11-23T09:00")
	if row, _, err := b.mem.store().Rows.Get(t.Context(), "digest", "d1"); row.Revision != 1 || err != nil {
		t.Errorf("written again: %+v, %v", row, err)
	}
	b.settle()
	b.rec.want(t, "run 2026-11-23T09:00")
	b.set("every Monday 09:00", "2026-11-30T09:00")
}

func TestANewRuleCountsFromNow(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	b.clock.move(2 * time.Hour)
	b.set("every Monday 08:00", "2026-11-30T08:00")
	b.settle()
	b.rec.want(t)
	b.setPlan(b.plan("every Monday 08:00", "Asia/Tokyo"), "2026-11-30T08:00")
}

func TestSkipDatesOfAPlan(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	b.clock.move(2 * time.Hour)
	p := b.plan("every Monday 09:00", "UTC")
	p.SkipDates = []string{"2026-12-07", "2026-11-30", "2026-12-07"}
	b.setPlan(p, "2026-11-23T09:00") // what is due already stays due
	b.settle()
	b.rec.want(t, "run 2026-11-23T09:00")
	b.clock.move(15 * 24 * time.Hour)
	b.settle()
	b.rec.want(t)
	b.clock.move(6 * 24 * time.Hour)
	b.settle()
	b.rec.want(t, "run 2026-12-14T09:00")
}

func TestAPauseIsNotMissed(t *testing.T) {
	b := newBench(t)
	p := b.plan("every Monday 09:00", "UTC")
	p.Paused = true
	b.setPlan(p, "2026-11-23T09:00")
	b.clock.move(22 * 24 * time.Hour)
	b.settle()
	b.rec.want(t)
	p.Paused = false
	b.setPlan(p, "2026-12-21T09:00")
	b.settle()
	b.rec.want(t)
	b.clock.move(6*24*time.Hour + time.Hour)
	b.settle()
	b.rec.want(t, "run 2026-12-21T09:00")
}

func TestRemovedSchedulesStop(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	for range 2 {
		if err := b.s.Remove(t.Context(), "digest", "d1"); err != nil {
			t.Fatal(err)
		}
	}
	b.clock.move(2 * time.Hour)
	b.settle()
	b.rec.want(t)
}

func TestAfterARestoreAHumanDecides(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	b.restart(func(_ context.Context, tick schedule.Tick) error {
		if tick.Slot == "2026-11-23T09:00" {
			return errors.New("not yet")
		}
		b.rec.note("run", tick)
		return nil
	})
	b.clock.move(time.Hour)
	b.settle() // the first slot waits for its second attempt
	b.clock.move(15 * 24 * time.Hour)
	for _, want := range []int{2, 0} {
		if n, err := b.s.Hold(t.Context(), "restored from a backup", "digest"); n != want || err != nil {
			t.Fatalf("held %d, %v, want %d", n, err, want)
		}
	}
	b.settle()
	b.rec.want(t)
	stuck := b.parked()
	if len(stuck) != 2 || stuck[0].Note != "restored from a backup" || stuck[1].Tick.Slot != "2026-12-07T09:00" {
		t.Fatalf("parked: %+v", stuck)
	}
	if ok, err := b.mem.store().Ticks.Reopen(t.Context(), "digest", "d1", "2026-12-07T09:00", b.clock.Now()); !ok || err != nil {
		t.Fatal(ok, err)
	}
	b.settle()
	b.rec.want(t, "run 2026-12-07T09:00")
	b.clock.move(6 * 24 * time.Hour)
	b.settle()
	b.rec.want(t, "run 2026-12-14T09:00")
}

func TestRefusedPlans(t *testing.T) {
	b := newBench(t)
	for name, p := range map[string]schedule.Plan{
		"no rule":      {Kind: "digest", Zone: "UTC"},
		"no zone":      b.plan("every day", ""),
		"unknown zone": b.plan("every day", "Mars/Olympus"),
		"no date":      {Kind: "digest", Zone: "UTC", Spec: mustParse(t, "every day"), SkipDates: []string{"Christmas"}},
	} {
		var refused *schedule.PhraseError
		if _, err := b.s.Set(t.Context(), p); !errors.As(err, &refused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestRefusedChores(t *testing.T) {
	b := newBench(t)
	run := func(context.Context, schedule.Tick) error { return nil }
	grace := schedule.Policy{Grace: time.Hour}
	for name, c := range map[string]schedule.Chore{
		"no kind":           {Policy: grace, Run: run},
		"slash":             {Kind: "a/b", Policy: grace, Run: run},
		"nothing to do":     {Kind: "a", Policy: grace},
		"no grace":          {Kind: "a", Run: run},
		"negative attempts": {Kind: "a", Run: run, Policy: schedule.Policy{Grace: time.Hour, Attempts: -1}},
		"twice":             {Kind: "digest", Policy: grace, Run: run},
	} {
		if b.s.Register(c) == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

func TestRowsAreMendedFromTheirRule(t *testing.T) {
	for name, shift := range map[string]time.Duration{
		"stored too late":  time.Hour,
		"stored too early": -time.Hour,
		"stored far off":   20 * 365 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.set("every Monday 09:00", "2026-11-23T09:00")
			row, _, _ := b.mem.store().Rows.Get(t.Context(), "digest", "d1")
			row.NextDue = row.NextDue.Add(shift) // as if the zone's law had changed
			if ok, err := b.mem.store().Rows.Put(t.Context(), row); !ok || err != nil {
				t.Fatal(ok, err)
			}
			b.clock.move(59 * time.Minute)
			b.settle()
			b.rec.want(t)
			b.clock.move(time.Minute)
			b.settle()
			b.rec.want(t, "run 2026-11-23T09:00")
		})
	}
}

func TestAMissedSlotOfAChangedZoneLawIsCaughtUp(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	row, _, _ := b.mem.store().Rows.Get(t.Context(), "digest", "d1")
	row.NextDue = row.NextDue.Add(3 * time.Hour)
	if ok, err := b.mem.store().Rows.Put(t.Context(), row); !ok || err != nil {
		t.Fatal(ok, err)
	}
	b.clock.move(2 * time.Hour) // 10:00; the stored moment says 12:00
	b.settle()
	b.rec.want(t, "run 2026-11-23T09:00")
	b.clock.move(3 * time.Hour)
	b.settle()
	b.rec.want(t)
}

func TestUnreadableRowsAreReportedOnceAndStopNobody(t *testing.T) {
	b := newBench(t)
	b.set("every Monday 09:00", "2026-11-23T09:00")
	bad := schedule.Row{Kind: "digest", Subject: "bad", Spec: "at full moon", Zone: "UTC", NextDue: monday()}
	if ok, err := b.mem.store().Rows.Put(t.Context(), bad); !ok || err != nil {
		t.Fatal(ok, err)
	}
	b.clock.move(2 * time.Hour)
	if worked, err := b.s.Step(t.Context()); !worked || err == nil || !strings.Contains(err.Error(), "digest/bad") {
		t.Fatalf("got %v, %v", worked, err)
	}
	b.settle()
	b.rec.want(t, "run 2026-11-23T09:00")
}

func TestOtherKindsStayUntouched(t *testing.T) {
	b := newBench(t)
	p := b.plan("every Monday 09:00", "UTC")
	p.Kind = "newer"
	b.setPlan(p, "2026-11-23T09:00")
	b.clock.move(2 * time.Hour)
	b.settle()
	row, ok, err := b.mem.store().Rows.Get(t.Context(), "newer", "d1")
	if !ok || err != nil || row.NextSlot != "2026-11-23T09:00" {
		t.Errorf("got %v, %v, %v", row, ok, err)
	}
}

// synthetic starts a scheduler that runs by itself inside a bubble of virtual
// time, where the wall clock and all timers are fake.
func synthetic(t *testing.T, mem *memory, wake chan struct{}, c schedule.Chore) (*schedule.Scheduler, func()) {
	t.Helper()
	s := schedule.New(schedule.Config{Clock: bot.SystemClock{}, Store: mem.store(), Wake: wake, Poll: time.Minute,
		Lease: 3 * time.Minute, Log: slog.New(slog.DiscardHandler)})
	if err := s.Register(c); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return s, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func hourly(t *testing.T) schedule.Plan {
	return schedule.Plan{Kind: "digest", Spec: mustParse(t, "0 * * * *"), Zone: "UTC"}
}

func TestRunPollsAndWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec, wake := &record{}, make(chan struct{})
		s, stop := synthetic(t, newMemory(), wake, schedule.Chore{Kind: "digest", Policy: schedule.Policy{Grace: time.Hour},
			Run: func(_ context.Context, tick schedule.Tick) error { rec.note("run", tick); return nil }})
		defer stop()
		time.Sleep(30 * time.Second) // virtual: between two polls
		if _, err := s.Set(t.Context(), hourly(t)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour - 30*time.Second - time.Nanosecond)
		synctest.Wait()
		rec.want(t)
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := len(rec.take()); n != 1 {
			t.Fatalf("ran %d times after a poll", n)
		}
		time.Sleep(59*time.Minute - time.Millisecond)
		time.Sleep(2 * time.Millisecond)
		wake <- struct{}{}
		wake <- struct{}{}
		synctest.Wait()
		if n := len(rec.take()); n != 1 {
			t.Fatalf("ran %d times after waking", n)
		}
	})
}

func TestLongRunsKeepTheirLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem, rec := newMemory(), &record{}
		s, stop := synthetic(t, mem, nil, schedule.Chore{Kind: "digest", Policy: schedule.Policy{Grace: time.Hour},
			Run: func(_ context.Context, tick schedule.Tick) error {
				rec.note("begin", tick)
				time.Sleep(30 * time.Minute)
				rec.note("end", tick)
				return nil
			}})
		defer stop()
		if _, err := s.Set(t.Context(), hourly(t)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Minute)
		synctest.Wait()
		slot := time.Now().UTC().Truncate(time.Hour).Format("2006-01-02T15:04")
		rec.want(t, "begin "+slot, "end "+slot)
	})
}

func TestARunWhoseLeaseIsLostIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem, stopped := newMemory(), make(chan error, 1)
		s, stop := synthetic(t, mem, nil, schedule.Chore{Kind: "digest", Policy: schedule.Policy{Grace: time.Hour},
			Run: func(ctx context.Context, tick schedule.Tick) error {
				if tick.Attempt > 1 {
					return nil
				}
				<-ctx.Done()
				stopped <- ctx.Err()
				return ctx.Err()
			}})
		defer stop()
		if _, err := s.Set(t.Context(), hourly(t)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(61 * time.Minute)
		synctest.Wait()
		far := time.Now().Add(time.Hour) // a worker whose clock is ahead
		if _, ok, err := mem.store().Ticks.Claim(t.Context(), []string{"digest"}, far, time.Minute); !ok || err != nil {
			t.Fatal(ok, err)
		}
		time.Sleep(2 * time.Minute)
		if err := <-stopped; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAStopHandsTheTickBackAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := newMemory()
		s, stop := synthetic(t, mem, nil, schedule.Chore{Kind: "digest", Policy: schedule.Policy{Grace: time.Hour},
			Run: func(ctx context.Context, _ schedule.Tick) error { <-ctx.Done(); return ctx.Err() }})
		if _, err := s.Set(t.Context(), hourly(t)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(61 * time.Minute)
		synctest.Wait()
		stop()
		tick, ok, err := mem.store().Ticks.Claim(t.Context(), []string{"digest"}, time.Now(), time.Minute)
		if !ok || err != nil || tick.Attempt != 2 {
			t.Errorf("got %v, %v, %v", tick, ok, err)
		}
	})
}

func TestStoreTroubleIsLoggedAndPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem, rec := newMemory(), &record{}
		s, stop := synthetic(t, mem, nil, schedule.Chore{Kind: "digest", Policy: schedule.Policy{Grace: time.Hour},
			Run: func(_ context.Context, tick schedule.Tick) error { rec.note("run", tick); return nil }})
		defer stop()
		if _, err := s.Set(t.Context(), hourly(t)); err != nil {
			t.Fatal(err)
		}
		broken := func(err error) { mem.mu.Lock(); mem.fail = err; mem.mu.Unlock() }
		broken(errors.New("disk full"))
		time.Sleep(61 * time.Minute)
		broken(nil)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := len(rec.take()); n != 1 {
			t.Errorf("ran %d times", n)
		}
	})
}

func TestAPlanThatWasReplacedMeanwhileNeverComesBack(t *testing.T) {
	b := newBench(t)
	b.set("every monday 09:00", "2026-11-23T09:00")
	wished, asked := b.plan("every monday 09:00", "Europe/London"), 0
	_, err := b.s.Keep(t.Context(), "digest", "d1", func(context.Context) (schedule.Plan, bool, error) {
		stale := wished
		if asked++; asked == 1 { // somebody saves another plan just after this one was read
			wished = b.plan("every tuesday 10:00", "UTC")
			b.setPlan(wished, "2026-11-24T10:00")
		}
		return stale, true, nil
	})
	row, _, err2 := b.mem.store().Rows.Get(t.Context(), "digest", "d1")
	if err != nil || err2 != nil || asked != 2 || row.NextSlot != "2026-11-24T10:00" {
		t.Errorf("asked %d times; the schedule waits for %s; %v, %v", asked, row.NextSlot, err, err2)
	}
}

func TestWhatIsNoLongerWantedPauses(t *testing.T) {
	b := newBench(t)
	wanted := false
	keep := func() {
		t.Helper()
		if _, err := b.s.Keep(t.Context(), "digest", "d1", func(context.Context) (schedule.Plan, bool, error) {
			return b.plan("every day 09:00", "UTC"), wanted, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	if _, there, err := b.mem.store().Rows.Get(t.Context(), "digest", "d1"); there || err != nil {
		t.Errorf("a schedule that nobody wants is there: %v", err)
	}
	wanted = true
	keep()
	wanted = false
	keep()
	keep()
	b.clock.move(72 * time.Hour)
	b.settle()
	b.rec.want(t)
	if row, _, err := b.mem.store().Rows.Get(t.Context(), "digest", "d1"); !row.Paused || row.Revision != 2 || err != nil {
		t.Errorf("%+v, %v", row, err)
	}
}
