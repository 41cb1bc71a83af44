package schedule

import (
	"iter"
	"time"
)

// Slot is one planned run. Name is its local date and time, "2026-11-27T09:00",
// and identifies the slot within a schedule for good; Due is the instant, in
// UTC, at which it comes. Where a clock jumps forward over the named time, Due
// is the end of the gap; where it shows the time twice, the first of the two.
type Slot struct {
	Name string
	Due  time.Time
}

// horizon is the longest that a rule can pause, from one 29 February to the
// next around a century that is no leap year, in days.
const horizon = 8*366 + 2

// Next returns the first slot due strictly after the instant, without those on
// skip dates. Both what it returns and the names rise strictly from call to
// call. It is false only for the zero Spec.
//
// When several named times fall into one gap they are due together, and the
// last of them stands for all. A day that the zone's calendar left out counts
// only when the rule does not name the day after it anyway.
func (s Spec) Next(after time.Time, zone *time.Location, skip SkipDates) (Slot, bool) {
	day := DateOf(after, zone)
	if day.Before(s.from) {
		day = s.from
	}
	end := day
	if last := skip.last(); end.Before(last) {
		end = last
	}
	if s.kind == nothing {
		return Slot{}, false
	}
	for end = end.AddDays(horizon); !end.Before(day); day = day.AddDays(1) {
		if !s.matches(day) || skip.Has(day) {
			continue
		}
		for _, slot := range s.slotsOn(day, zone, skip) {
			if slot.Due.After(after) {
				return slot, true
			}
		}
	}
	return Slot{}, false
}

// Last returns the latest slot due at or before the instant, without those on
// skip dates. It is false for the zero Spec and where the rule had not begun,
// or named nothing in the eight years before.
func (s Spec) Last(at time.Time, zone *time.Location, skip SkipDates) (Slot, bool) {
	// Where the clocks went back over midnight the later date was first.
	day := DateOf(at, zone).AddDays(2)
	for end := day.AddDays(-horizon); s.kind != nothing && !day.Before(end) && !day.Before(s.from); day = day.AddDays(-1) {
		if !s.matches(day) || skip.Has(day) {
			continue
		}
		slots := s.slotsOn(day, zone, skip)
		for i := len(slots) - 1; i >= 0; i-- {
			if !slots[i].Due.After(at) {
				return slots[i], true
			}
		}
	}
	return Slot{}, false
}

// Between yields the slots due at or after from and before to, in order. Cut
// anywhere, the two halves yield the same slots.
func (s Spec) Between(from, to time.Time, zone *time.Location, skip SkipDates) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		after := from.Add(-time.Nanosecond)
		for {
			slot, ok := s.Next(after, zone, skip)
			if !ok || !slot.Due.Before(to) || !yield(slot) {
				return
			}
			after = slot.Due
		}
	}
}

// due returns when the slot of that name comes, if the rule has such a slot.
func (s Spec) due(name string, zone *time.Location, skip SkipDates) (time.Time, bool) {
	w, ok := parseWall(name)
	if !ok || !s.matches(w.date) || skip.Has(w.date) {
		return time.Time{}, false
	}
	for _, slot := range s.slotsOn(w.date, zone, skip) {
		if slot.Name == name {
			return slot.Due, true
		}
	}
	return time.Time{}, false
}

// slotsOn lists the slots of a day that matches the rule and is not skipped.
func (s Spec) slotsOn(day Date, zone *time.Location, skip SkipDates) []Slot {
	var slots []Slot
	for _, minute := range s.minutes() {
		w := wall{day, minute}
		due := w.instant(zone)
		if shown := wallAt(due, zone); shown != w && s.swallowed(w, shown, zone, skip) {
			continue
		}
		slots = append(slots, Slot{Name: w.String(), Due: due})
	}
	return slots
}

// swallowed reports whether the slot at w, which the clocks jumped over, is
// stood for by another: one after it that is due at the same instant, which
// shows the time shown, or, when the whole day of w is missing from the
// calendar, any on the day shown.
func (s Spec) swallowed(w, shown wall, zone *time.Location, skip SkipDates) bool {
	if w.date != shown.date && s.matches(shown.date) && !w.date.exists(zone) {
		return true
	}
	for day := w.date; !shown.date.Before(day); day = day.AddDays(1) {
		if !s.matches(day) || skip.Has(day) {
			continue
		}
		for _, minute := range s.minutes() {
			other := wall{day, minute}
			if w.before(other) && !shown.before(other) {
				return true
			}
		}
	}
	return false
}
