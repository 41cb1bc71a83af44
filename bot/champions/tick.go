package champions

import (
	"slices"
	"time"

	"evangelist/bot"
)

// Facts are what Tick needs besides the champion. They belong to the version that
// was read.
type Facts struct {
	Now
	Version int64
	Points  []Point // what a briefing may say, where WantsDraft
	// Still are the Of of all points that may be told at this moment, where WantsSend.
	Still map[string]bool
}

// ErrMoved means that the champion changed since it was read: to be read again.
var ErrMoved = &bot.Error{Code: "champion-moved", Say: "This page was changed by somebody else at the same moment, so nothing was done. Look at it again, please."}

// questionAt is when the question of a quarter may be asked.
func (c *Champion) questionAt() time.Time {
	first := c.Joined.Add(quarter)
	if c.AskedAt.IsZero() {
		return first
	}
	if next := c.AskedAt.Add(quarter + questionLife); next.After(first) {
		return next
	}
	return first
}

// NextAt is when time asks for something; zero: nothing.
func (c *Champion) NextAt(zone *time.Location) time.Time {
	switch c.State {
	case Asked:
		return c.Named.Add(lapse)
	case Resting:
		return c.RestUntil
	case Active:
		due := c.questionAt()
		if m := c.next(); m != nil {
			due = earliest(due, c.meetingAt(m, zone))
		}
		return due
	}
	return time.Time{}
}

// meetingAt is when time asks for something about a meeting; zero: nothing.
func (c *Champion) meetingAt(m *Meeting, zone *time.Location) time.Time {
	var due time.Time
	if !m.Called {
		due = m.afterAt(zone)
	}
	switch m.Briefing.Stage {
	case NotYet:
		return earliest(due, c.draftAt(m, zone))
	case Drafted:
		return earliest(due, c.sendAt(m, zone))
	}
	return due
}

// earliest is the earlier of two moments, of which zero is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// WantsDraft reports whether a briefing is to be drafted now.
func (c *Champion) WantsDraft(now time.Time, zone *time.Location) bool {
	m := c.next()
	return c.State == Active && m != nil && m.Briefing.Stage == NotYet &&
		!c.draftAt(m, zone).After(now) && at(m.On, lastHour, zone).After(now)
}

// WantsSend reports whether a drafted briefing is to go now.
func (c *Champion) WantsSend(now time.Time, zone *time.Location) bool {
	m := c.next()
	return c.State == Active && m != nil && m.Briefing.Stage == Drafted && !c.sendAt(m, zone).After(now)
}

// Tick does the next thing that time or the register asks for, one at a time, and
// reports whether there was one: it is called until there is none. ErrMoved when
// the champion is not the one that the facts belong to.
func (c *Champion) Tick(f Facts) (out []bot.Delivery, moved bool, err error) {
	if c.Version != f.Version {
		return nil, false, ErrMoved
	}
	if c.State != Asked && !c.State.Speaks() {
		return nil, false, nil
	}
	if f.Gone {
		return c.vanish(f.Now), true, nil
	}
	if out, moved := c.greet(f.Now); moved {
		return out, true, nil
	}
	due := c.NextAt(f.Zone)
	if due.IsZero() || due.After(f.At) {
		return nil, false, nil
	}
	switch c.State {
	case Asked:
		c.State, c.Ended = Lapsed, f.At
		c.Version++
		return append(c.tell(f.Now, "lapsed", lapsedMessage(c, f.Now)), c.askCard()), true, nil
	case Resting:
		return c.back(f.Now), true, nil
	}
	if m := c.next(); m != nil {
		if due := c.meetingAt(m, f.Zone); !due.IsZero() && !due.After(f.At) {
			return c.onMeeting(f), true, nil
		}
	}
	return c.question(f.Now), true, nil
}

// greet gives the cards to other leads when none of those who had them leads any
// more.
func (c *Champion) greet(n Now) ([]bot.Delivery, bool) {
	if len(n.Leads) == 0 || slices.ContainsFunc(c.Leads, func(lead bot.PersonID) bool { return slices.Contains(n.Leads, lead) }) {
		return nil, false
	}
	c.Leads = slices.Clone(n.Leads)
	out := c.touched(n)
	if m := c.next(); m != nil && m.Briefing.Stage == Drafted && c.State == Active {
		out = append(out, c.draftCards(m, n)...)
	}
	return out, true
}

// onMeeting does what a meeting asks for: its draft, its briefing, and the question
// what came of it.
func (c *Champion) onMeeting(f Facts) []bot.Delivery {
	c.Meetings = slices.Clone(c.Meetings)
	m := c.next()
	b := &m.Briefing
	late := !at(m.On, tooLate, f.Zone).After(f.At)
	switch {
	case !m.Called && !m.afterAt(f.Zone).After(f.At):
		m.Called = true
		if b.Stage == Drafted || b.Stage == NotYet {
			b.Stage = Missed
		}
		out := append(c.touched(f.Now), c.draftCards(m, f.Now)...)
		return append(out, c.tell(f.Now, m.afterName(), afterMessage(c, m, f.Now))...)
	case c.WantsDraft(f.At, f.Zone):
		b.Stage, b.Points, b.Drafted = Drafted, f.Points, f.At
		b.Drafts++
		return append(c.touched(f.Now), c.draftCards(m, f.Now)...)
	case b.Stage == Drafted && (!late || b.By != "" && m.On == dateOf(f.Now)):
		had := len(b.Points)
		if b.keep(f.Still); len(b.Points) == 0 && had > 0 { // all of it was taken back
			b.Stage = Missed
			return append(c.touched(f.Now), c.draftCards(m, f.Now)...)
		}
		b.Stage, b.At = Sent, f.At
		out := append(c.touched(f.Now), c.draftCards(m, f.Now)...)
		message := briefingMessage(c, m)
		return append(out, bot.Delivery{Key: c.key(m.briefingName()), To: bot.Address{Person: c.Person}, Class: bot.Asked,
			Expires: at(m.On.AddDays(1), 0, f.Zone), Frozen: &message})
	default:
		b.Stage = Missed
		return append(c.touched(f.Now), c.draftCards(m, f.Now)...)
	}
}

// question asks the champion whether it is still right.
func (c *Champion) question(n Now) []bot.Delivery {
	c.Questions++
	c.AskedAt, c.Said = n.At, ""
	out := c.touched(n)
	return append(out, c.questionCard())
}
