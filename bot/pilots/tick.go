package pilots

import (
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// The rhythm of asking. A message waits six days to be allowed before it is
// dropped; the first reminder of a decision comes after three days, each later
// one after a week.
const (
	checkInHour  = 10
	checkInLife  = 6 * 24 * time.Hour
	firstAgain   = 3 * 24 * time.Hour
	laterAgain   = 7 * 24 * time.Hour
	decisionLife = 6 * 24 * time.Hour
	// leadsAfter is how often the sponsor is asked before leads are told, once,
	// that a decision waits.
	leadsAfter = 2
)

// Tick does what time asks for and reports whether anything changed: a check-in
// once a week, the end of the trying, asking for the decision until it is taken,
// the end of surveys, and telling leads, who are given, that a sponsor's account
// is inactive. What was missed is not made up for: at most one message of a kind
// per call. A second call at the same moment changes nothing.
func (p *Pilot) Tick(now time.Time, leads []bot.PersonID, zone *time.Location) ([]bot.Delivery, bool) {
	if p.State.Over() {
		return nil, false
	}
	out, moved := p.noticeLeaver(leads)
	switch p.State {
	case Draft, Ready:
		was := p.State
		if p.ready(now, zone); p.State != was {
			out, moved = append(out, p.changed()...), true
		}
	case Running:
		if !now.Before(p.decisionDay(zone)) {
			out, moved = append(out, p.conclude(now, zone)...), true
			break
		}
		if p.closeSurveys(now, zone, false) {
			out, moved = append(out, p.changed()...), true
		}
		if due := p.weekly(now, zone); due.After(p.WeekAt) {
			p.Week, p.WeekAt = p.Week+1, due
			out, moved = append(out, p.changed()...), true
			if !p.SponsorGone {
				out = append(out, p.post(Card{Key: fmt.Sprintf("pilot/%s/checkin/%d", p.ID, p.Week), Kind: checkInView,
					ID: checkInID(p.ID, p.Week), Person: p.Sponsor, Week: p.Week}, now.Add(checkInLife)))
			}
		}
	}
	if p.State == Deciding && (p.Asks == 0 || !now.Before(p.again())) {
		out, moved = append(out, p.askForDecision(now, leads)...), true
	}
	return out, moved
}

// noticeLeaver tells leads, and nobody else, once that the sponsor's account is
// inactive.
func (p *Pilot) noticeLeaver(leads []bot.PersonID) ([]bot.Delivery, bool) {
	switch {
	case !p.SponsorGone && p.Left != "":
		p.Left = ""
		return nil, true
	case !p.SponsorGone || p.Left == p.Sponsor:
		return nil, false
	}
	p.Left = p.Sponsor
	message := leaverMessage(*p)
	var out []bot.Delivery
	for _, lead := range leads {
		out = append(out, bot.Delivery{Key: fmt.Sprintf("pilot/%s/left/%s/%s", p.ID, p.Sponsor, lead), To: bot.Address{Person: lead}, Class: bot.Asked, Frozen: &message})
	}
	return out, true
}

// weekly is the latest moment until now at which a check-in becomes due: each week
// from the start on, at ten, and on Monday what falls on a weekend. The zero time
// when there was none yet.
func (p Pilot) weekly(now time.Time, zone *time.Location) time.Time {
	latest := time.Time{}
	for day := p.Starts.AddDays(7); ; day = day.AddDays(7) {
		due := at(workday(day), checkInHour, zone)
		if due.After(now) {
			return latest
		}
		latest = due
	}
}

// workday moves a day at the weekend to the Monday after.
func workday(day schedule.Date) schedule.Date {
	switch day.Weekday() {
	case time.Saturday:
		return day.AddDays(2)
	case time.Sunday:
		return day.AddDays(1)
	}
	return day
}

// again is when the decision is asked for once more.
func (p Pilot) again() time.Time {
	if p.Asks <= 1 {
		return p.Asked.Add(firstAgain)
	}
	return p.Asked.Add(laterAgain)
}

// askForDecision asks the sponsor; leads in the place of one who is gone, and once
// besides when the decision waits for long.
func (p *Pilot) askForDecision(now time.Time, leads []bot.PersonID) []bot.Delivery {
	to := []bot.PersonID{p.Sponsor}
	switch {
	case p.SponsorGone:
		to = leads
	case p.Asks >= leadsAfter && !p.Told:
		p.Told = true
		for _, lead := range leads {
			if lead != p.Sponsor {
				to = append(to, lead)
			}
		}
	}
	p.Asks, p.Asked = p.Asks+1, now
	var out []bot.Delivery
	for _, person := range to {
		out = append(out, p.post(Card{Key: fmt.Sprintf("pilot/%s/decide/%d/%s/%d", p.ID, p.round(), person, now.Unix()), Kind: decisionView,
			ID: p.decisionID(person), Person: person}, now.Add(decisionLife)))
	}
	return out
}

// round tells the two times apart at which a pilot can be decided.
func (p Pilot) round() int {
	if p.Extended {
		return 1
	}
	return 0
}

// Due is when Tick has something to do next, zero when only an act can change
// that.
func (p Pilot) Due(now time.Time, zone *time.Location) time.Time {
	switch p.State {
	case Ready:
		return at(p.Ends, 0, zone)
	case Deciding:
		return p.again()
	case Running:
		next := p.decisionDay(zone)
		for day := p.Starts.AddDays(7); day.Before(p.Ends); day = day.AddDays(7) {
			if due := at(workday(day), checkInHour, zone); due.After(now) {
				next = earlier(next, due)
				break
			}
		}
		for _, s := range p.Surveys {
			if s.Open {
				next = earlier(next, s.Closes)
			}
		}
		return next
	}
	return time.Time{}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
