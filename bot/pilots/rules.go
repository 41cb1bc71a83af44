package pilots

import (
	"cmp"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// About is what a pilot is and for whom.
type About struct{ Title, Scope, Audience, Benefit, Goal string }

// About returns what the pilot is.
func (p Pilot) About() About {
	return About{Title: p.Title, Scope: p.Scope, Audience: p.Audience, Benefit: p.Benefit, Goal: p.Goal}
}

// Describe changes what the pilot is. The same again changes nothing.
func (p *Pilot) Describe(actor bot.Actor, about About, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if err := p.allow(actor, Describe); err != nil {
		return nil, err
	}
	if about == p.About() {
		return nil, nil
	}
	p.Title, p.Scope, p.Audience, p.Benefit, p.Goal = about.Title, about.Scope, about.Audience, about.Benefit, about.Goal
	p.ready(now, zone)
	return p.changed(), nil
}

// Bounds are what a pilot may cost and how long it may take.
type Bounds struct {
	Cost         string
	Starts, Ends schedule.Date
}

// Bound changes the cost cap and the days. The same again changes nothing.
func (p *Pilot) Bound(actor bot.Actor, b Bounds, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if err := p.allow(actor, Bound); err != nil {
		return nil, err
	}
	if b == (Bounds{p.Cost, p.Starts, p.Ends}) {
		return nil, nil
	}
	p.Cost, p.Starts, p.Ends = b.Cost, b.Starts, b.Ends
	p.ready(now, zone)
	return p.changed(), nil
}

// Fix writes the measure. Before the start it replaces the one that was there;
// afterwards it is a change of what was fixed, with its reason, and both stay. The
// same measure again changes nothing.
func (p *Pilot) Fix(actor bot.Actor, m Measure, why string, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if err := p.allow(actor, Fix); err != nil {
		return nil, err
	}
	if m == p.Measure {
		return nil, nil
	}
	if p.State == Running {
		if why == "" {
			return nil, ErrNoReason
		}
		if !m.Complete() {
			return nil, ErrNoMeasure
		}
		p.Fixings = append(slices.Clone(p.Fixings), Fixing{Measure: m, Hash: m.Hash(), By: actor.Person, At: now, Why: why})
	}
	p.Measure = m
	p.ready(now, zone)
	return p.changed(), nil
}

// The reasons for which a rule refuses words.
var (
	ErrNoReason  = &bot.Error{Code: "pilot-reason", Say: "Write one sentence on why. It stands beside the change, for everybody who reads the pilot."}
	ErrNoMeasure = &bot.Error{Code: "pilot-measure", Say: "Say what is counted, and whether the target is reached from below or from above."}
)

// Start fixes the measure and begins the pilot. It refuses while an item is open.
func (p *Pilot) Start(actor bot.Actor, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if !p.May(actor, Start) {
		return nil, bot.ErrNotFound
	}
	if open := p.Open(now, zone); (p.State == Draft || p.State == Ready) && len(open) > 0 {
		return nil, bot.Refuse("pilot-open", "This pilot cannot start yet: "+count(len(open), "item")+" open. First: "+open[0].What+". "+open[0].Mend)
	}
	if !p.Can(Start) {
		return nil, p.cannot(Start)
	}
	p.State, p.Started, p.Starts, p.WeekAt = Running, now, schedule.DateOf(now, zone), now
	p.Fixings = []Fixing{{Measure: p.Measure, Hash: p.Measure.Hash(), By: actor.Person, At: now}}
	return p.changed(), nil
}

// Drop ends a pilot that never started.
func (p *Pilot) Drop(actor bot.Actor) ([]bot.Delivery, error) {
	if err := p.allow(actor, Drop); err != nil {
		return nil, err
	}
	p.State = Dropped
	return p.changed(), nil
}

// HandOver gives the pilot another sponsor, who is told. From its start on whoever
// sponsored it before stays in the team, so that the credit stays too. Handing it
// to its sponsor changes nothing.
func (p *Pilot) HandOver(actor bot.Actor, to bot.Person, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if err := p.allow(actor, HandOver); err != nil {
		return nil, err
	}
	if to.ID == p.Sponsor {
		return nil, nil
	}
	if to.Inactive || to.Outside {
		return nil, ErrNotThere
	}
	was := p.Sponsor
	p.Team = slices.DeleteFunc(slices.Clone(p.Team), func(id bot.PersonID) bool { return id == to.ID })
	if !p.Started.IsZero() {
		p.Team = append(p.Team, was)
	}
	p.Sponsor, p.SponsorName, p.SponsorGone, p.Left = to.ID, to.Name, false, ""
	p.Asks = 0 // the new sponsor is asked at once
	p.ready(now, zone)
	out := p.changed()
	if to.ID != actor.Person {
		out = append(out, p.post(Card{Key: "pilot/" + p.ID + "/card/" + string(to.ID), Kind: pilotView, ID: viewID(p.ID, to.ID), Person: to.ID}, time.Time{}))
	}
	return out, nil
}

// ErrNotThere refuses somebody whose account is inactive or of another organisation.
var ErrNotThere = &bot.Error{Code: "pilot-person", Say: "That account is inactive or belongs to another organisation, so nothing was changed. Choose a colleague who is there."}

// Join puts somebody into the team, or takes them out. Who comes in is told once.
func (p *Pilot) Join(actor bot.Actor, member bot.Person, in bool) ([]bot.Delivery, error) {
	if err := p.allow(actor, Join); err != nil {
		return nil, err
	}
	if member.ID == p.Sponsor || slices.Contains(p.Team, member.ID) == in {
		return nil, nil
	}
	if !in {
		p.Team = slices.DeleteFunc(slices.Clone(p.Team), func(id bot.PersonID) bool { return id == member.ID })
		return p.changed(), nil
	}
	if member.Inactive || member.Outside {
		return nil, ErrNotThere
	}
	p.Team = append(slices.Clone(p.Team), member.ID)
	out := p.changed()
	if member.ID != actor.Person {
		message := joinedMessage(*p, actor)
		out = append(out, bot.Delivery{Key: "pilot/" + p.ID + "/team/" + string(member.ID), To: bot.Address{Person: member.ID}, Class: bot.Nudge, Frozen: &message})
	}
	return out, nil
}

// The reasons for which a check-in is refused.
var (
	ErrCheckedIn  = &bot.Error{Code: "checked-in", Say: "You have checked in this week, and that line is kept. The next one is asked for next week."}
	ErrWeekPassed = &bot.Error{Code: "week-passed", Say: "That week has passed, and nothing is expected for it any more. The pilot's card takes a line for this week."}
)

// CheckIn keeps the sponsor's line of a week: of the newest week alone, and one
// line. The same line again changes nothing.
func (p *Pilot) CheckIn(actor bot.Actor, week int, words string, now time.Time) ([]bot.Delivery, error) {
	if err := p.allow(actor, CheckInAs); err != nil {
		return nil, err
	}
	if said, ok := p.checkInOf(week); ok {
		if said.Words == words {
			return nil, nil
		}
		return nil, ErrCheckedIn
	}
	if week != p.Week {
		return nil, ErrWeekPassed
	}
	p.CheckIns = append(slices.Clone(p.CheckIns), CheckIn{Week: week, Words: words, By: actor.Person, At: now})
	return p.changed(), nil
}

// ErrReadingDay refuses a reading of a day outside the pilot.
var ErrReadingDay = &bot.Error{Code: "reading-day", Say: "Choose a day from the start of the pilot until today."}

// Take keeps a reading. One with a known id changes nothing.
func (p *Pilot) Take(actor bot.Actor, r Reading, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if err := p.allow(actor, Read); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(p.Readings, func(known Reading) bool { return known.ID == r.ID }) {
		return nil, nil
	}
	if r.On.Before(p.Starts) || schedule.DateOf(now, zone).Before(r.On) {
		return nil, ErrReadingDay
	}
	r.By, r.At, r.Answers = actor.Person, now, 0
	p.keep(r)
	return p.changed(), nil
}

// keep puts a reading into its place.
func (p *Pilot) keep(r Reading) {
	p.Readings = append(slices.Clone(p.Readings), r)
	slices.SortFunc(p.Readings, func(a, b Reading) int {
		switch {
		case a.On.Before(b.On):
			return -1
		case b.On.Before(a.On):
			return 1
		}
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
}

// Finish ends the trying before its last day; the decision is asked for at once.
func (p *Pilot) Finish(actor bot.Actor, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if err := p.allow(actor, Finish); err != nil {
		return nil, err
	}
	return p.conclude(now, zone), nil
}

// conclude leads from Running to Deciding.
func (p *Pilot) conclude(now time.Time, zone *time.Location) []bot.Delivery {
	p.closeSurveys(now, zone, true)
	p.State, p.Asked, p.Asks, p.Told = Deciding, now, 0, false
	return p.changed()
}

// ErrNoChoice refuses a decision that is none.
var ErrNoChoice = &bot.Error{Code: "pilot-choice", Say: "Choose what follows: continue, scale or stop."}

// Decide ends the pilot with its verdict and drafts its story, which gets the id
// that is given. Tell are told what was decided: whose idea it was. The same
// decision again changes nothing.
func (p *Pilot) Decide(actor bot.Actor, v Verdict, story string, tell []bot.PersonID, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if !p.May(actor, Decide) {
		return nil, bot.ErrNotFound
	}
	if p.State == Decided && p.Verdict.Choice == v.Choice && p.Verdict.Reason == v.Reason {
		return nil, nil
	}
	if !p.Can(Decide) {
		return nil, p.cannot(Decide)
	}
	switch {
	case v.Choice != Continue && v.Choice != Scale && v.Choice != Stop:
		return nil, ErrNoChoice
	case v.Reason == "":
		return nil, ErrNoReason
	}
	v.By, v.At = actor.Person, now
	p.State, p.Verdict = Decided, v
	p.Story = p.draft(story, now, zone)
	out := append(p.changed(), p.Story.ask()...)
	for _, person := range tell {
		message := verdictMessage(*p)
		out = append(out, bot.Delivery{Key: "pilot/" + p.ID + "/verdict/" + string(person), To: bot.Address{Person: person}, Class: bot.Answer, Frozen: &message})
	}
	return out, nil
}

// ErrExtension refuses a last day that is no extension.
var ErrExtension = &bot.Error{Code: "pilot-extension", Say: "Choose a last day after today, and within a year."}

// Extend lets the pilot run once more, until another last day. The same extension
// again changes nothing.
func (p *Pilot) Extend(actor bot.Actor, ends schedule.Date, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if !p.May(actor, Extend) {
		return nil, bot.ErrNotFound
	}
	if p.Extended && p.State == Running && p.Ends == ends {
		return nil, nil
	}
	if !p.Can(Extend) {
		return nil, p.cannot(Extend)
	}
	if today := schedule.DateOf(now, zone); !today.Before(ends) || today.AddDays(366).Before(ends) {
		return nil, ErrExtension
	}
	p.State, p.Extended, p.Ends = Running, true, ends
	p.Week, p.WeekAt, p.Asks, p.Told = p.Week+1, now, 0, false
	return p.changed(), nil
}
