package mandates

import (
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Times of a resource.
const (
	dueAfter   = 14 * 24 * time.Hour // where nobody said by when
	remindEach = 14 * 24 * time.Hour
)

// Resource is something that somebody asks for.
type Resource struct {
	ID      string
	Source  string // natural key of the form that asked for it; unique
	Person  bot.PersonID
	What    string
	For     string
	By      schedule.Date // by when it is needed, zero: not said
	Cost    string
	Outcome Outcome
	Reason  string
	Orphan  bool           // the account of whoever asked is switched off
	Leads   []bot.PersonID // who has its card
	Late    int            // how many reminders there were
	Asked   time.Time
	Decided schedule.Date // the day of the decision, zero while it waits
	Days    int           // from asking to the decision
	Version int64
}

// cards brings the cards of leads up to date.
func (r Resource) cards() []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range r.Leads {
		out = append(out, bot.Delivery{
			Key: "resource/" + r.ID + "/lead/" + string(lead), To: bot.Address{Person: lead}, Class: bot.Asked,
			View: &bot.View{Kind: resourceView, ID: r.ID, Version: r.Version},
		})
	}
	return out
}

func (r *Resource) changed() []bot.Delivery {
	r.Version++
	return r.cards()
}

// The reasons for which a decision is refused.
var (
	ErrNoReason  = &bot.Error{Code: "resource-reason", Say: "Write why. Whoever asked will read it."}
	ErrNoOutcome = &bot.Error{Code: "resource-outcome", Say: "Choose what becomes of it."}
	ErrOwn       = &bot.Error{Code: "resource-own", Say: "You asked for this yourself, so another comms lead decides. Nothing was changed."}
)

// Settle decides. Nobody decides on their own request, unless there is no other
// lead. A second time, with the same outcome and reason, changes nothing.
func (r *Resource) Settle(actor bot.Actor, outcome Outcome, reason string, alone bool, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if r.May(actor, Decide) && r.Outcome != Waiting && r.Outcome == outcome && r.Reason == reason {
		return nil, nil
	}
	if err := r.allow(actor, Decide); err != nil {
		return nil, err
	}
	switch {
	case actor.Person == r.Person && !alone:
		return nil, ErrOwn
	case outcome != Granted && outcome != Partly && outcome != NotGranted:
		return nil, ErrNoOutcome
	case reason == "" && outcome != Granted:
		return nil, ErrNoReason
	}
	r.Outcome, r.Reason, r.Decided = outcome, reason, schedule.DateOf(now, zone)
	r.Days = between(schedule.DateOf(r.Asked, zone), r.Decided)
	out := r.changed()
	if r.Orphan {
		return out, nil
	}
	message := decidedMessage(*r)
	return append(out, bot.Delivery{Key: "resource/" + r.ID + "/decided", To: bot.Address{Person: r.Person}, Class: bot.Answer, Frozen: &message}), nil
}

// between counts days.
func between(from, to schedule.Date) int {
	at := func(d schedule.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
	return max(0, int(at(to).Sub(at(from))/(24*time.Hour)))
}

// Drop takes the request back. A second time changes nothing.
func (r *Resource) Drop(actor bot.Actor) ([]bot.Delivery, error) {
	if r.May(actor, TakeBack) && r.Outcome == TakenBack {
		return nil, nil
	}
	if err := r.allow(actor, TakeBack); err != nil {
		return nil, err
	}
	r.Outcome = TakenBack
	return r.changed(), nil
}

// ErrNotThere refuses somebody who is not there.
var ErrNotThere = &bot.Error{Code: "resource-person", Say: "This account is not active. Choose somebody else."}

// Pass hands the request of somebody who is gone to another colleague, who is told.
// The same colleague again changes nothing.
func (r *Resource) Pass(actor bot.Actor, to bot.Person, now time.Time) ([]bot.Delivery, error) {
	if actor.Has(bot.Lead) && r.Outcome == Waiting && r.Person == to.ID && !r.Orphan {
		return nil, nil
	}
	if err := r.allow(actor, HandOver); err != nil {
		return nil, err
	}
	if to.ID == "" || to.Inactive || to.Outside {
		return nil, ErrNotThere
	}
	r.Person, r.Orphan = to.ID, false
	out := r.changed()
	message := passedMessage(*r)
	return append(out, bot.Delivery{
		Key: "resource/" + r.ID + "/passed/" + strconv.FormatInt(r.Version, 10), To: bot.Address{Person: to.ID}, Class: bot.Nudge, Frozen: &message, Expires: now.Add(14 * 24 * time.Hour),
	}), nil
}

// due is the end of the day by which it is needed.
func (r Resource) due(zone *time.Location) time.Time {
	if r.By.IsZero() {
		return r.Asked.Add(dueAfter)
	}
	return time.Date(r.By.Year, r.By.Month, r.By.Day+1, 0, 0, 0, 0, zone)
}

// Due is when leads are reminded next; zero: never.
func (r Resource) Due(zone *time.Location) time.Time {
	if r.Outcome != Waiting {
		return time.Time{}
	}
	return r.due(zone).Add(time.Duration(r.Late) * remindEach)
}

// Tick does what time or the register asks for, and reports whether anything
// changed. Leads are the active ones; gone says that the account of whoever asked
// is switched off.
func (r *Resource) Tick(now time.Time, leads []bot.PersonID, gone bool, zone *time.Location) (out []bot.Delivery, moved bool) {
	if r.Outcome != Waiting {
		return nil, false
	}
	fresh := slices.DeleteFunc(slices.Clone(leads), func(id bot.PersonID) bool { return slices.Contains(r.Leads, id) })
	if len(fresh) > 0 {
		r.Leads = append(slices.Clone(r.Leads), fresh...)
		out, moved = append(out, r.changed()...), true
	}
	if gone != r.Orphan {
		r.Orphan = gone
		out, moved = append(out, r.changed()...), true
	}
	if due := r.Due(zone); due.After(now) || len(leads) == 0 {
		return out, moved
	}
	for !r.Due(zone).After(now) { // what was missed while nothing ran is one reminder
		r.Late++
	}
	message := lateMessage(*r)
	for _, lead := range leads {
		out = append(out, bot.Delivery{
			Key: "resource/" + r.ID + "/late/" + strconv.Itoa(r.Late) + "/" + string(lead), To: bot.Address{Person: lead}, Class: bot.Asked, Frozen: &message,
		})
	}
	return out, true
}
