package scheduletest

import (
	"context"
	"slices"
	"testing"
	"time"

	"evangelist/bot/schedule"
)

// Run checks the Store that open returns. Each check calls open once and
// expects an empty Store, which open closes by t.Cleanup. Every write is
// called twice.
func Run(t *testing.T, open func(t *testing.T) schedule.Store) {
	for _, check := range []struct {
		name string
		run  func(k *kit)
	}{
		{"Put adds and replaces by revision", checkPut},
		{"Rows keep every field", checkFields},
		{"Due orders and filters", checkDue},
		{"Advance is fenced and opens ticks", checkAdvance},
		{"Advance leaves a known tick alone", checkAdvanceKnown},
		{"Remove drops open ticks only", checkRemove},
		{"Claim leases in order", checkClaimOrder},
		{"Claim counts and waits for the lease", checkClaimLease},
		{"Finish closes once per attempt", checkFinish},
		{"Finish extends and puts off", checkFinishOpen},
		{"A lost lease finishes nothing", checkFenced},
		{"Parked and Reopen", checkParked},
		{"Purge keeps what is open or failed", checkPurge},
		{"Racing writers agree", checkRace},
		{"Nothing happens after the context ended", checkContext},
	} {
		t.Run(check.name, func(t *testing.T) {
			check.run(&kit{T: t, ctx: t.Context(), s: open(t)})
		})
	}
}

// kit is a Store with helpers that fail the test on any error.
type kit struct {
	*testing.T
	ctx context.Context
	s   schedule.Store
}

// start has microseconds, so that a store that keeps fewer is found out.
var start = time.Date(2026, 11, 23, 9, 0, 0, 123456000, time.UTC)

func after(d time.Duration) time.Time { return start.Add(d) }

func (k *kit) check(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func (k *kit) want(what string, got, want any) {
	k.Helper()
	if got != want {
		k.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func row(kind, subject string, due time.Time) schedule.Row {
	return schedule.Row{
		Kind: kind, Subject: subject, Spec: "every day 09:00", Zone: "UTC",
		NextDue: due, NextSlot: due.Format("2006-01-02T15:04"),
	}
}

// put adds or replaces a row and returns it with its new revision.
func (k *kit) put(r schedule.Row) schedule.Row {
	k.Helper()
	ok, err := k.s.Rows.Put(k.ctx, r)
	k.check(err)
	k.want("Put", ok, true)
	again, err := k.s.Rows.Put(k.ctx, r)
	k.check(err)
	k.want("the same Put again", again, false)
	r.Revision++
	return r
}

func (k *kit) get(kind, subject string) schedule.Row {
	k.Helper()
	r, ok, err := k.s.Rows.Get(k.ctx, kind, subject)
	k.check(err)
	k.want("Get finds "+kind+"/"+subject, ok, true)
	return r
}

func (k *kit) sameRow(got, want schedule.Row) {
	k.Helper()
	if !got.NextDue.Equal(want.NextDue) || got.NextDue.Location() != time.UTC {
		k.Fatalf("NextDue: got %v, want %v in UTC", got.NextDue, want.NextDue)
	}
	if !slices.Equal(got.SkipDates, want.SkipDates) {
		k.Fatalf("SkipDates: got %q, want %q", got.SkipDates, want.SkipDates)
	}
	got.NextDue, want.NextDue, got.SkipDates, want.SkipDates = time.Time{}, time.Time{}, nil, nil
	k.want("row", rowText(got), rowText(want))
}

func rowText(r schedule.Row) [7]any {
	return [7]any{r.Kind, r.Subject, r.Spec, r.Zone, r.NextSlot, r.Paused, r.Revision}
}

// open puts a row and advances it over the ticks, one per subject and slot.
func (k *kit) open(kind, subject string, dues ...time.Time) []schedule.Tick {
	k.Helper()
	r := k.put(row(kind, subject, dues[0]))
	var ticks []schedule.Tick
	for _, due := range dues {
		ticks = append(ticks, schedule.Tick{Kind: kind, Subject: subject, Slot: due.Format("2006-01-02T15:04"), Due: due})
	}
	k.advance(r, after(24*time.Hour), ticks)
	return ticks
}

func (k *kit) advance(r schedule.Row, next time.Time, ticks []schedule.Tick) {
	k.Helper()
	slot := schedule.Slot{Name: next.Format("2006-01-02T15:04"), Due: next}
	ok, err := k.s.Rows.Advance(k.ctx, r, slot, ticks)
	k.check(err)
	k.want("Advance", ok, true)
	again, err := k.s.Rows.Advance(k.ctx, r, slot, ticks)
	k.check(err)
	k.want("the same Advance again", again, false)
}

const lease = time.Minute

// claim takes a tick of kind "a" or "b"; false when there is none.
func (k *kit) claim(now time.Time) (schedule.Tick, bool) {
	k.Helper()
	t, ok, err := k.s.Ticks.Claim(k.ctx, []string{"a", "b"}, now, lease)
	k.check(err)
	if ok && t.Due.Location() != time.UTC {
		k.Fatalf("Due: %v is not in UTC", t.Due)
	}
	return t, ok
}

func (k *kit) mustClaim(now time.Time) schedule.Tick {
	k.Helper()
	t, ok := k.claim(now)
	k.want("Claim finds a tick", ok, true)
	return t
}

func (k *kit) mustNotClaim(now time.Time) {
	k.Helper()
	t, ok := k.claim(now)
	if ok {
		k.Fatalf("Claim gives %v, want nothing", t)
	}
}

// finish records an outcome, twice, and wants both answers to be want.
func (k *kit) finish(t schedule.Tick, o schedule.Outcome, want bool) {
	k.Helper()
	for _, what := range []string{"Finish", "the same Finish again"} {
		ok, err := k.s.Ticks.Finish(k.ctx, t, o)
		k.check(err)
		k.want(what+" as "+string(o.State), ok, want)
	}
}
