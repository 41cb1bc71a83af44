package requests

import (
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Times of a request. Moments of a day are at nine; what would fall on a weekend
// comes on the working day before (a reminder ahead) or after.
const (
	hour         = 9
	freshDays    = 7 // so long leads get a card of their own; later it stands in the list
	waitDays     = 7 // then leads are told, once, that nobody has it yet
	lateDays     = 3 // after the date leads are told, once
	reminderLife = 3 * 24 * time.Hour
)

// The steps of the reminders.
const (
	nothing = iota
	ahead   // the owner, on the day before; of an open request: the leads, that it waits
	passed  // the owner, on the day after
	late    // the leads
)

func at(day schedule.Date, zone *time.Location) time.Time {
	return time.Date(day.Year, day.Month, day.Day, hour, 0, 0, 0, zone).UTC()
}

// workday moves a day at the weekend by so many days at a time.
func workday(day schedule.Date, by int) schedule.Date {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDays(by)
	}
	return day
}

// aheadOf is the working day before a date.
func aheadOf(due schedule.Date) schedule.Date { return workday(due.AddDays(-1), -1) }

// next is the step that comes next and when; zero time: none.
func (r Request) next(zone *time.Location) (step int, when time.Time) {
	switch {
	case r.State == Open && r.Warned == nothing:
		return ahead, at(workday(schedule.DateOf(r.since(), zone).AddDays(waitDays), 1), zone)
	case r.State == Taken && r.Warned == nothing:
		return ahead, at(aheadOf(r.Due), zone)
	case r.State == Taken && r.Warned == ahead:
		return passed, at(workday(r.Due.AddDays(1), 1), zone)
	case r.State == Taken && r.Warned == passed:
		return late, at(workday(r.Due.AddDays(lateDays), 1), zone)
	}
	return nothing, time.Time{}
}

func (r Request) since() time.Time {
	if r.Since.IsZero() {
		return r.Opened
	}
	return r.Since
}

// NextAt is when time asks for something; zero: nothing.
func (r Request) NextAt(zone *time.Location) time.Time {
	_, when := r.next(zone)
	return when
}

// Late reports whether the date has passed.
func (r Request) Late(now time.Time, zone *time.Location) bool {
	return r.State == Taken && r.Due.Before(schedule.DateOf(now, zone))
}

// Tick does the next thing that time or the register asks for, one at a time, and
// reports whether there was one: it is called until there is none.
func (r *Request) Tick(now time.Time, zone *time.Location, c Circle) ([]bot.Delivery, bool) {
	if r.State.Closed() {
		return nil, false
	}
	if r.State == Taken && !c.Here(r.Owner) {
		return r.free(now, "", c), true
	}
	if out, moved := r.greet(now, c); moved {
		return out, true
	}
	step, when := r.next(zone)
	if step == nothing || when.After(now) {
		return nil, false
	}
	r.Warned = step
	if following, due := r.next(zone); following != nothing && following != late && !due.After(now) {
		return nil, true // a reminder that was missed is not made up for
	}
	r.Version++
	switch {
	case r.State == Open && now.Sub(when) > 7*24*time.Hour:
		return nil, true // it is old, and stands in the list
	case r.State == Open:
		return r.tellLeads(c, "waits", "", waitsMessage(*r)), true
	case step == late:
		return r.tellLeads(c, "late", r.Owner, lateMessage(*r)), true
	}
	message := dueMessage(*r, step == passed)
	return []bot.Delivery{{Key: r.key("due"), To: bot.Address{Person: r.Owner}, Class: bot.Nudge, Frozen: &message, Expires: now.Add(reminderLife)}}, true
}

// greet gives the card of a fresh request to leads who do not have it, and forgets
// those who lead no more.
func (r *Request) greet(now time.Time, c Circle) ([]bot.Delivery, bool) {
	cards := slices.DeleteFunc(slices.Clone(r.Cards), func(card Card) bool { return card.Lead && !slices.Contains(c.Leads, card.Person) })
	fresh := now.Sub(r.Opened) < freshDays*24*time.Hour
	for _, lead := range c.Leads {
		if fresh && !slices.ContainsFunc(cards, func(card Card) bool { return card.Person == lead }) {
			cards = append(cards, Card{Key: "request/" + r.ID + "/card/" + string(lead), Person: lead, Lead: true})
		}
	}
	if slices.Equal(cards, r.Cards) {
		return nil, false
	}
	more := slices.ContainsFunc(cards, func(card Card) bool { return !slices.Contains(r.Cards, card) })
	r.Cards = cards
	if !more {
		return nil, true
	}
	return r.changed(), true
}

// clone is a request on which a rule can be tried.
func (r Request) clone() *Request {
	r.Cards = slices.Clone(r.Cards)
	return &r
}
