package pilots

import (
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Item is something that is open before a pilot can start, and how to mend it.
type Item struct {
	What    string // what is missing
	Mend    string // what to do
	Command string // the command that does it
	Label   string // of its button
}

// Open lists what is open before the pilot can start, in the order in which it is
// best mended. A pilot with an open item is a Draft, one without is Ready.
func (p Pilot) Open(now time.Time, zone *time.Location) []Item {
	var open []Item
	missing := func(is bool, what, mend, command, label string) {
		if is {
			open = append(open, Item{What: what, Mend: mend, Command: command, Label: label})
		}
	}
	today := schedule.DateOf(now, zone)
	missing(p.SponsorGone, "The sponsor's account is inactive", "A comms lead hands the pilot to somebody who is there.", "pilots.hand", "Hand over")
	missing(p.Scope == "", "No scope", "Say what is tried, where, and with how many.", "pilots.about", "What and for whom")
	missing(p.Goal == "", "No goal", "Choose the goal that it serves. Comms leads add goals with /evangelist goals.", "pilots.about", "What and for whom")
	missing(!p.Measure.Complete(), "No measure", "Say what is counted, and the number that decides. It is fixed at the start.", "pilots.measure", "Measure and target")
	missing(p.Cost == "", "No cost cap", "Say the most that it may cost, \"nothing\" included.", "pilots.bounds", "Cost and dates")
	switch {
	case p.Ends.IsZero():
		missing(true, "No last day", "Choose the day on which it ends.", "pilots.bounds", "Cost and dates")
	case !today.Before(p.Ends):
		missing(true, "The last day has come", "Choose a later one, so that there is time to try.", "pilots.bounds", "Cost and dates")
	case p.Ends.Before(p.Starts):
		missing(true, "It ends before it starts", "Put the two days in order.", "pilots.bounds", "Cost and dates")
	}
	pre := p.Preflight
	missing(!pre.Guideline, "The guideline is not ticked", "Read it, and tick that the pilot keeps to it.", "pilots.preflight", "Preflight")
	missing(pre.Clause == "", "No clause", "Name the clause of the guideline that applies, or paste a link to it.", "pilots.preflight", "Preflight")
	missing(pre.Personal == "", "The question about personal data is not answered", "Answer it with no, or with yes and how the data are protected.", "pilots.preflight", "Preflight")
	missing(pre.Personal == PersonalData && pre.Safeguards == "", "Personal data without protection", "Say which data, who sees them, and when they are deleted.", "pilots.preflight", "Preflight")
	return open
}

// Flags lists what does not stop a pilot and is never passed over in silence.
func (p Pilot) Flags() []string { return flags("pilot", p.Audience, p.Benefit) }

func flags(noun, audience, benefit string) []string {
	var out []string
	if audience == "" {
		out = append(out, "This "+noun+" does not say for whom it is.")
	}
	if benefit == "" {
		out = append(out, "This "+noun+" does not say what they gain.")
	}
	return out
}

// ready makes a draft without open items ready, and the other way round.
func (p *Pilot) ready(now time.Time, zone *time.Location) {
	switch {
	case p.State != Draft && p.State != Ready:
	case len(p.Open(now, zone)) == 0:
		p.State = Ready
	default:
		p.State = Draft
	}
}

// Settle keeps the answers of the preflight. What was ticked keeps who ticked it
// and when. The same answers again change nothing.
func (p *Pilot) Settle(actor bot.Actor, answers Preflight, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if err := p.allow(actor, Prepare); err != nil {
		return nil, err
	}
	answers.GuidedBy, answers.GuidedAt = "", time.Time{}
	switch {
	case answers.Guideline && p.Preflight.Guideline:
		answers.GuidedBy, answers.GuidedAt = p.Preflight.GuidedBy, p.Preflight.GuidedAt
	case answers.Guideline:
		answers.GuidedBy, answers.GuidedAt = actor.Person, now
	}
	if answers == p.Preflight {
		return nil, nil
	}
	p.Preflight = answers
	p.ready(now, zone)
	return p.changed(), nil
}

// waits says to leads what a pilot waits for, "" for nothing.
func (p Pilot) waits(now time.Time, zone *time.Location) string {
	switch open := p.Open(now, zone); {
	case p.SponsorGone:
		return "needs a sponsor; the account is inactive"
	case p.State == Deciding:
		return "waits for its decision"
	case p.State == Ready:
		return "ready to start"
	case p.State == Draft:
		return count(len(open), "item") + " open before it can start"
	case len(p.Flags()) > 0:
		return "does not say for whom it is, or what they gain"
	}
	return ""
}
