package scheduletest

import (
	"slices"
	"time"

	"evangelist/bot/schedule"
)

func checkPut(k *kit) {
	_, ok, err := k.s.Rows.Get(k.ctx, "a", "1")
	k.check(err)
	k.want("Get finds a row in an empty store", ok, false)

	r := row("a", "1", start)
	r.Revision = 7
	ok, err = k.s.Rows.Put(k.ctx, r)
	k.check(err)
	k.want("Put of a revision that never was", ok, false)

	r.Revision = 0
	r = k.put(r)
	k.sameRow(k.get("a", "1"), r)

	r.Spec = "every Friday 10:00"
	r = k.put(r)
	k.want("revision", r.Revision, int64(2))
	k.sameRow(k.get("a", "1"), r)

	stale := r
	stale.Revision, stale.Zone = 1, "Europe/London"
	ok, err = k.s.Rows.Put(k.ctx, stale)
	k.check(err)
	k.want("Put of an old revision", ok, false)
	k.sameRow(k.get("a", "1"), r)
}

func checkFields(k *kit) {
	r := row("kind.with-sign_s", "süß 'quoted' \"x\" %_", start)
	r.SkipDates, r.Paused, r.Zone = []string{"2026-12-24", "2026-12-25"}, true, "Pacific/Apia"
	r.NextDue = r.NextDue.In(time.FixedZone("", 3600))
	r = k.put(r)
	k.sameRow(k.get(r.Kind, r.Subject), r)

	empty := k.put(row("a", "", time.Unix(0, 0)))
	k.sameRow(k.get("a", ""), empty)
	k.sameRow(k.get(r.Kind, r.Subject), r)
}

func checkDue(k *kit) {
	subjects := func(kinds []string, by time.Time, limit int) []string {
		rows, err := k.s.Rows.Due(k.ctx, kinds, by, limit)
		k.check(err)
		var out []string
		for _, r := range rows {
			k.sameRow(r, k.get(r.Kind, r.Subject))
			out = append(out, r.Kind+r.Subject)
		}
		return out
	}
	same := func(what string, got []string, want ...string) {
		k.Helper()
		if !slices.Equal(got, want) {
			k.Fatalf("%s: got %q, want %q", what, got, want)
		}
	}
	same("empty store", subjects([]string{"a"}, start, 0))

	paused := row("a", "paused", after(-time.Hour))
	paused.Paused = true
	k.put(paused)
	k.put(row("a", "later", after(time.Microsecond)))
	k.put(row("b", "x", start))
	k.put(row("a", "y", start))
	k.put(row("a", "Z", start))
	k.put(row("a", "first", after(-time.Minute)))
	k.put(row("other", "w", after(-time.Hour)))

	both := []string{"a", "b"}
	same("order", subjects(both, start, 0), "afirst", "aZ", "ay", "bx")
	same("limit", subjects(both, start, 2), "afirst", "aZ")
	same("one kind", subjects([]string{"b"}, start, 0), "bx")
	same("no kinds", subjects(nil, start, 0))
	same("a microsecond earlier", subjects(both, after(-time.Microsecond), 0), "afirst")
	same("all", subjects(both, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), 0), "afirst", "aZ", "ay", "bx", "alater")
}

func checkAdvance(k *kit) {
	r := k.put(row("a", "1", start))
	tick := schedule.Tick{Kind: "a", Subject: "1", Slot: r.NextSlot, Due: start, Attempt: 5, Tries: 5}
	next := schedule.Slot{Name: "next", Due: after(24 * time.Hour)}
	refused := func(what string, r schedule.Row) {
		k.Helper()
		ok, err := k.s.Rows.Advance(k.ctx, r, next, []schedule.Tick{tick})
		k.check(err)
		k.want(what, ok, false)
		k.mustNotClaim(after(time.Hour))
	}
	refused("Advance of no row", row("a", "nobody", start))
	stale := r
	stale.Revision--
	refused("Advance of an old revision", stale)
	moved := r
	moved.NextDue = after(time.Second)
	refused("Advance from another moment", moved)

	older := schedule.Tick{Kind: "a", Subject: "1", Slot: "older", Due: after(-time.Hour), Missed: 4}
	k.advance(r, next.Due, []schedule.Tick{tick, older})
	got := k.get("a", "1")
	want := r
	want.NextDue, want.NextSlot, want.Revision = next.Due, next.Due.Format("2006-01-02T15:04"), r.Revision+1
	k.sameRow(got, want)

	older.Attempt, older.Tries = 1, 1
	tick.Attempt, tick.Tries = 1, 1
	k.sameTick(k.mustClaim(start), older)
	k.sameTick(k.mustClaim(start), tick)
	k.mustNotClaim(start)

	k.advance(got, after(48*time.Hour), nil)
	k.mustNotClaim(start)
}

func checkAdvanceKnown(k *kit) {
	ticks := k.open("a", "1", start)
	done := k.mustClaim(start)
	k.finish(done, schedule.Outcome{State: schedule.Done, At: start}, true)
	ticks[0].Missed = 9
	fresh := schedule.Tick{Kind: "a", Subject: "1", Slot: "fresh", Due: start}
	k.advance(k.get("a", "1"), after(48*time.Hour), append(ticks, fresh))
	fresh.Attempt, fresh.Tries = 1, 1
	k.sameTick(k.mustClaim(after(time.Hour)), fresh)
	k.mustNotClaim(start)
}

func checkRemove(k *kit) {
	k.open("a", "1", start, after(time.Minute))
	k.open("a", "2", after(2*time.Minute))
	parked := k.mustClaim(start)
	k.finish(parked, schedule.Outcome{State: schedule.Failed, At: start, Note: "why"}, true)
	held := k.mustClaim(after(time.Minute))
	for range 2 {
		k.check(k.s.Rows.Remove(k.ctx, "a", "1"))
	}
	_, ok, err := k.s.Rows.Get(k.ctx, "a", "1")
	k.check(err)
	k.want("Get finds the removed row", ok, false)
	k.finish(held, schedule.Outcome{State: schedule.Done, At: start}, false)
	k.want("the other's tick", k.mustClaim(after(time.Hour)).Subject, "2")
	k.mustNotClaim(after(time.Hour))
	stuck, err := k.s.Ticks.Parked(k.ctx, 0)
	k.check(err)
	k.want("failed ticks stay", len(stuck), 1)

	again := k.put(row("a", "1", start))
	k.want("revision of the row added again", again.Revision, int64(1))
	slot := schedule.Tick{Kind: "a", Subject: "1", Slot: held.Slot, Due: held.Due}
	k.advance(again, after(48*time.Hour), []schedule.Tick{slot})
	k.mustNotClaim(after(time.Hour))
}
