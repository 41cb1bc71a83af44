package schedule

import (
	"slices"
	"time"
)

// Plan is what a feature wants to happen: the chore Kind, for Subject, at the
// slots of Spec in Zone.
type Plan struct {
	Kind, Subject string
	Spec          Spec
	Zone          string   // an IANA name
	SkipDates     []string // dates such as "2026-12-25", in any order
	Paused        bool
}

// timetable is a stored row, understood.
type timetable struct {
	spec Spec
	zone *time.Location
	skip SkipDates
}

func (r Row) timetable() (timetable, error) {
	spec, err := Parse(r.Spec)
	if err != nil {
		return timetable{}, err
	}
	zone, err := LoadZone(r.Zone)
	if err != nil {
		return timetable{}, err
	}
	skip, err := NewSkipDates(r.SkipDates)
	return timetable{spec, zone, skip}, err
}

func (t timetable) next(after time.Time) (Slot, error) {
	slot, ok := t.spec.Next(after, t.zone, t.skip)
	if !ok {
		return Slot{}, say("That schedule names no day. %s", examples)
	}
	return slot, nil
}

// put returns the row that the plan asks for, given the stored one, and
// whether it differs from that. A plan that changes nothing leaves a slot that
// is overdue where it is, so that a program may state its plans at each start.
func (p Plan) put(old Row, now time.Time) (Row, bool, error) {
	skip := slices.Clone(p.SkipDates)
	slices.Sort(skip)
	skip = slices.Compact(skip)
	row := Row{
		Kind: p.Kind, Subject: p.Subject, Spec: p.Spec.String(), Zone: p.Zone, SkipDates: skip,
		NextDue: old.NextDue, NextSlot: old.NextSlot, Paused: p.Paused, Revision: old.Revision,
	}
	table, err := row.timetable()
	if err != nil {
		return Row{}, false, err
	}
	sameRule := old.Revision > 0 && row.Spec == old.Spec && row.Zone == old.Zone
	sameSkip := slices.Equal(row.SkipDates, old.SkipDates)
	if sameRule && sameSkip && row.Paused == old.Paused {
		return old, false, nil
	}
	// What was due before a rule came, or while it was paused, is not missed;
	// what is due and only waits for its turn is kept.
	after := now
	if sameRule && !old.Paused && !old.NextDue.After(now) {
		after = old.NextDue.Add(-time.Nanosecond)
	}
	next, err := table.next(after)
	row.NextDue, row.NextSlot = next.Due, next.Name
	return row, true, err
}

// maxCounted bounds the count of missed slots: after fifty years off, "1000"
// says enough.
const maxCounted = 1000

// advance computes, for a row, the slot to wait for next and the ticks to open
// now. It computes from the rule and uses the stored moment only to know what
// was waited for, so that changed zone rules and clocks that jumped mend
// themselves. With no ticks and the same slot there is nothing to do.
func (r Row) advance(now time.Time, grace time.Duration) (Slot, []Tick, error) {
	table, err := r.timetable()
	if err != nil {
		return Slot{}, nil, err
	}
	next, err := table.next(now)
	if err != nil {
		return Slot{}, nil, err
	}
	since := r.NextDue
	if due, ok := table.spec.due(r.NextSlot, table.zone, table.skip); ok && due.Before(since) {
		since = due
	}
	count := 0
	for range table.spec.Between(since, now.Add(time.Nanosecond), table.zone, table.skip) {
		if count++; count == maxCounted {
			break
		}
	}
	if count == 0 {
		return next, nil, nil
	}
	latest, _ := table.spec.Last(now, table.zone, table.skip)
	if now.Sub(latest.Due) > grace {
		return next, []Tick{r.tick(latest, count)}, nil
	}
	ticks := []Tick{r.tick(latest, 0)}
	if count > 1 {
		older, _ := table.spec.Last(latest.Due.Add(-time.Nanosecond), table.zone, table.skip)
		ticks = append(ticks, r.tick(older, count-1))
	}
	return next, ticks, nil
}

func (r Row) tick(slot Slot, missed int) Tick {
	return Tick{Kind: r.Kind, Subject: r.Subject, Slot: slot.Name, Due: slot.Due, Missed: missed}
}
