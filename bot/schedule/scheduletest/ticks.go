package scheduletest

import (
	"context"
	"sync"
	"time"

	"evangelist/bot/schedule"
)

func (k *kit) sameTick(got, want schedule.Tick) {
	k.Helper()
	if !got.Due.Equal(want.Due) {
		k.Fatalf("Due: got %v, want %v", got.Due, want.Due)
	}
	got.Due, want.Due = time.Time{}, time.Time{}
	k.want("tick", got, want)
}

func checkClaimOrder(k *kit) {
	k.mustNotClaim(start)
	k.open("b", "z", after(-time.Minute))
	k.open("a", "y", start)
	k.open("a", "Z", start)
	k.open("other", "x", after(-time.Hour))
	k.open("a", "future", after(time.Microsecond))
	for _, want := range []string{"z", "Z", "y"} {
		k.want("the next one", k.mustClaim(start).Subject, want)
	}
	k.mustNotClaim(start)
	k.want("a microsecond later", k.mustClaim(after(time.Microsecond)).Subject, "future")
	_, ok, err := k.s.Ticks.Claim(k.ctx, nil, start, lease)
	k.check(err)
	k.want("Claim of no kinds", ok, false)
}

func checkClaimLease(k *kit) {
	want := k.open("a", "1", start)[0]
	for i := range 3 {
		now := after(time.Duration(i) * lease)
		want.Attempt, want.Tries = int64(i+1), int64(i+1)
		k.sameTick(k.mustClaim(now), want)
		k.mustNotClaim(now)
		k.mustNotClaim(now.Add(lease - time.Microsecond))
	}
}

func checkFinish(k *kit) {
	for i, state := range []schedule.State{schedule.Done, schedule.Expired, schedule.Failed} {
		k.open("a", string(state), start)
		now := after(time.Duration(i) * time.Hour)
		t := k.mustClaim(now)
		k.finish(t, schedule.Outcome{State: state, At: now, Note: "why"}, true)
		k.mustNotClaim(now.Add(time.Hour))
		k.finish(t, schedule.Outcome{State: schedule.Open, At: now, ReadyAt: now}, false)
		k.mustNotClaim(now.Add(time.Hour))
	}
	k.finish(schedule.Tick{Kind: "a", Subject: "nobody", Slot: "never"}, schedule.Outcome{State: schedule.Done, At: start}, false)
}

func checkFinishOpen(k *kit) {
	k.open("a", "1", start)
	t := k.mustClaim(start)
	k.finish(t, schedule.Outcome{State: schedule.Open, At: start, ReadyAt: after(time.Hour), Note: "try later"}, true)
	k.mustNotClaim(after(time.Hour - time.Microsecond))
	second := k.mustClaim(after(time.Hour))
	k.want("attempt", second.Attempt, int64(2))
	// An ended lease that nobody took over still counts.
	k.finish(second, schedule.Outcome{State: schedule.Done, At: after(3 * time.Hour)}, true)
}

func checkFenced(k *kit) {
	k.open("a", "1", start)
	first := k.mustClaim(start)
	second := k.mustClaim(after(lease))
	for _, state := range []schedule.State{schedule.Open, schedule.Done, schedule.Expired, schedule.Failed} {
		k.finish(first, schedule.Outcome{State: state, At: after(lease), ReadyAt: start}, false)
	}
	k.mustNotClaim(after(lease))
	k.finish(second, schedule.Outcome{State: schedule.Done, At: after(lease)}, true)
	k.finish(first, schedule.Outcome{State: schedule.Done, At: after(lease)}, false)
	k.finish(second, schedule.Outcome{State: schedule.Failed, At: after(lease)}, false)
}

func checkParked(k *kit) {
	k.open("a", "1", start)
	k.open("a", "2", start)
	k.open("b", "0", start)
	for i := range 3 {
		t := k.mustClaim(start)
		k.finish(t, schedule.Outcome{State: schedule.Failed, At: after(time.Duration(min(i, 1)) * time.Hour), Note: "why " + t.Subject}, true)
	}
	stuck, err := k.s.Ticks.Parked(k.ctx, 0)
	k.check(err)
	k.want("number of parked ticks", len(stuck), 3)
	for i, want := range []string{"2", "0", "1"} {
		k.want("order", stuck[i].Tick.Subject, want)
		k.want("note", stuck[i].Note, "why "+want)
	}
	k.want("attempt", stuck[0].Tick.Attempt, int64(1))
	if !stuck[0].At.Equal(after(time.Hour)) || stuck[0].At.Location() != time.UTC {
		k.Fatalf("At: got %v, want %v in UTC", stuck[0].At, after(time.Hour))
	}
	few, err := k.s.Ticks.Parked(k.ctx, 1)
	k.check(err)
	k.want("limit", len(few), 1)

	slot := stuck[0].Tick.Slot
	for _, want := range []bool{true, false} {
		ok, err := k.s.Ticks.Reopen(k.ctx, "a", "2", slot, after(2*time.Hour))
		k.check(err)
		k.want("Reopen", ok, want)
	}
	ok, err := k.s.Ticks.Reopen(k.ctx, "a", "nobody", slot, start)
	k.check(err)
	k.want("Reopen of no tick", ok, false)
	k.mustNotClaim(after(2*time.Hour - time.Microsecond))
	t := k.mustClaim(after(2 * time.Hour))
	k.want("attempt goes on", t.Attempt, int64(2))
	k.want("tries begin anew", t.Tries, int64(1))
	k.finish(schedule.Tick{Kind: "a", Subject: "2", Slot: slot, Attempt: 1}, schedule.Outcome{State: schedule.Done, At: start}, false)
}

func checkPurge(k *kit) {
	for _, subject := range []string{"done", "expired", "failed", "kept", "recent"} {
		k.open("a", subject, start)
	}
	states := map[string]schedule.State{
		"done": schedule.Done, "expired": schedule.Expired, "failed": schedule.Failed,
		"kept": schedule.Open, "recent": schedule.Done,
	}
	for range states {
		t := k.mustClaim(start)
		at := start
		if t.Subject == "recent" {
			at = after(time.Hour)
		}
		k.finish(t, schedule.Outcome{State: states[t.Subject], At: at, ReadyAt: after(time.Hour)}, true)
	}
	for _, want := range []int{2, 0} {
		n, err := k.s.Ticks.Purge(k.ctx, after(time.Hour))
		k.check(err)
		k.want("purged", n, want)
	}
	n, err := k.s.Ticks.Purge(k.ctx, after(2*time.Hour))
	k.check(err)
	k.want("purged later", n, 1)
	stuck, err := k.s.Ticks.Parked(k.ctx, 0)
	k.check(err)
	k.want("failed ticks stay", len(stuck), 1)
	k.want("open ticks stay", k.mustClaim(after(time.Hour)).Subject, "kept")
}

// checkRace has many writers want the same thing; one of them gets it.
func checkRace(k *kit) {
	r := k.put(row("a", "1", start))
	won := k.race(func() (bool, error) {
		slot := schedule.Slot{Name: "next", Due: after(time.Hour)}
		return k.s.Rows.Advance(k.ctx, r, slot, []schedule.Tick{{Kind: "a", Subject: "1", Slot: "s", Due: start}})
	})
	k.want("winners of Advance", won, 1)
	won = k.race(func() (bool, error) {
		_, ok, err := k.s.Ticks.Claim(k.ctx, []string{"a"}, start, lease)
		return ok, err
	})
	k.want("winners of Claim", won, 1)
	won = k.race(func() (bool, error) { return k.s.Rows.Put(k.ctx, row("b", "1", start)) })
	k.want("winners of Put", won, 1)
}

func (k *kit) race(act func() (bool, error)) int {
	k.Helper()
	const racers = 8
	var (
		all  sync.WaitGroup
		gate = make(chan struct{})
		won  = make(chan bool, racers)
		errs = make(chan error, racers)
	)
	for range racers {
		all.Go(func() {
			<-gate
			ok, err := act()
			won <- ok
			errs <- err
		})
	}
	close(gate)
	all.Wait()
	n := 0
	for range racers {
		k.check(<-errs)
		if <-won {
			n++
		}
	}
	return n
}

func checkContext(k *kit) {
	ctx, cancel := context.WithCancel(k.ctx)
	r := k.put(row("a", "1", start))
	cancel()
	ok, err := k.s.Rows.Advance(ctx, r, schedule.Slot{Name: "next", Due: after(time.Hour)}, nil)
	k.want("Advance after the end", ok && err == nil, false)
	k.want("Advance after the end reports it", err != nil, true)
	k.sameRow(k.get("a", "1"), r)
}
