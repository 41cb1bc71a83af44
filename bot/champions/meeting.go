package champions

import (
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// The hours of a day, in the organisation's zone, at which things happen.
const (
	briefHour = 9  // briefings and their drafts
	lastHour  = 8  // of the day of the meeting: nothing is drafted from then on
	tooLate   = 12 // of the day of the meeting: nothing goes by itself from then on
)

// DefaultDays is how many working days before a meeting its briefing comes.
const DefaultDays = 3

// draftDays is how many working days a lead has for the draft.
const draftDays = 2

// grace is how long a lead has at least, where a meeting is set late.
const grace = 24 * time.Hour

// Meeting is one meeting at which the champion speaks. It stays the same one when
// it moves.
type Meeting struct {
	N        int // counts from 1
	On       schedule.Date
	Body     string
	Came     string // what came of it
	Over     bool   // it was held or called off; the last one that is not is the next
	Called   bool   // leads were asked what came of it
	Briefing Briefing
}

func (m *Meeting) draftName() string {
	return "draft/" + strconv.Itoa(m.N) + "." + strconv.Itoa(m.Briefing.Drafts)
}
func (m *Meeting) briefingName() string { return "briefing/" + strconv.Itoa(m.N) }
func (m *Meeting) afterName() string    { return "after/" + strconv.Itoa(m.N) + "/" + m.On.String() }

// next is the meeting that is to come, or whose outcome is not known; nil: none.
func (c *Champion) next() *Meeting {
	if last := len(c.Meetings) - 1; last >= 0 && !c.Meetings[last].Over {
		return &c.Meetings[last]
	}
	return nil
}

// meeting returns a meeting by its number, nil: none.
func (c *Champion) meeting(n string) *Meeting {
	at := slices.IndexFunc(c.Meetings, func(m Meeting) bool { return strconv.Itoa(m.N) == n })
	if at < 0 {
		return nil
	}
	return &c.Meetings[at]
}

func at(d schedule.Date, hour int, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, 0, 0, 0, zone).UTC()
}

// workingDaysBefore goes back so many days from Monday to Friday.
func workingDaysBefore(d schedule.Date, n int) schedule.Date {
	for n > 0 {
		if d = d.AddDays(-1); d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			n--
		}
	}
	return d
}

// briefAt is when the briefing is to go, as the page says.
func (c *Champion) briefAt(m *Meeting, zone *time.Location) time.Time {
	return at(workingDaysBefore(m.On, c.Days), briefHour, zone)
}

// draftAt is when leads get the draft of the briefing.
func (c *Champion) draftAt(m *Meeting, zone *time.Location) time.Time {
	return at(workingDaysBefore(m.On, c.Days+draftDays), briefHour, zone)
}

// sendAt is when the drafted briefing goes by itself: on its day, and where it was
// drafted late and nobody has said yes, not before leads had a day for it.
func (c *Champion) sendAt(m *Meeting, zone *time.Location) time.Time {
	due := c.briefAt(m, zone)
	if m.Briefing.By != "" {
		return due
	}
	earliest := m.Briefing.Drafted.Add(grace)
	if last := at(m.On, lastHour, zone); earliest.After(last) {
		earliest = last
	}
	if earliest.After(due) {
		return earliest
	}
	return due
}

// afterAt is when leads are asked what came of a meeting.
func (m *Meeting) afterAt(zone *time.Location) time.Time { return at(m.On.AddDays(1), briefHour, zone) }

// Plan is what is said of meetings. A zero On: no date is known.
type Plan struct {
	On      schedule.Date
	Body    string
	Another bool // not the meeting that was set before
	Came    string
	Days    int // 0: as it is
}

// maxDays is how long before a meeting a briefing may come, in working days.
const maxDays = 20

// The reasons for which a plan is refused.
var (
	ErrPast = &bot.Error{Code: "meeting-past", Say: "This day has passed. Choose today or a later day, or leave it empty if no date is known."}
	ErrDays = &bot.Error{Code: "meeting-days", Say: "Write how many working days before, from 1 to 20."}
)

// SetMeeting sets the next meeting, moves it, or takes it away. What is drafted for
// it and was not edited is drafted anew where the day moves. The same again changes
// nothing.
func (c *Champion) SetMeeting(actor bot.Actor, n Now, p Plan) ([]bot.Delivery, error) {
	if err := c.allow(actor, Meet); err != nil {
		return nil, err
	}
	next := c.next()
	same := next != nil && !p.On.IsZero() && (!p.Another || p.On == next.On && (p.Body == "" || p.Body == next.Body))
	switch {
	case p.Days < 0 || p.Days > maxDays:
		return nil, ErrDays
	case !p.On.IsZero() && p.On.Before(dateOf(n)) && !(same && p.On == next.On):
		return nil, ErrPast
	}
	was := *c
	c.Meetings = slices.Clone(c.Meetings)
	if p.Days > 0 {
		c.Days = p.Days
	}
	m := c.next()
	switch {
	case same:
		c.move(m, p, n)
		c.redraft(m, n)
	default:
		c.close(m, p.Came)
		c.plan(p)
	}
	if slices.EqualFunc(was.Meetings, c.Meetings, equal) && was.Days == c.Days && was.Body == c.Body {
		return nil, nil
	}
	out := c.touched(n)
	if next != nil {
		out = append(out, c.draftCards(c.meeting(strconv.Itoa(next.N)), n)...)
	}
	return out, nil
}

func equal(a, b Meeting) bool {
	points := slices.Equal(a.Briefing.Points, b.Briefing.Points)
	a.Briefing.Points, b.Briefing.Points = nil, nil
	return points && a.On == b.On && a.Body == b.Body && a.Came == b.Came && a.Over == b.Over && a.N == b.N && a.Called == b.Called &&
		a.Briefing.Stage == b.Briefing.Stage && a.Briefing.Drafts == b.Briefing.Drafts && a.Briefing.By == b.Briefing.By && a.Briefing.Edited == b.Briefing.Edited
}

// dateOf is today.
func dateOf(n Now) schedule.Date { return schedule.DateOf(n.At, n.Zone) }

// move changes the meeting that stands. Its briefing moves with it.
// What came of it is known only once it was held.
func (c *Champion) move(m *Meeting, p Plan, n Now) {
	if p.Body != "" {
		m.Body, c.Body = p.Body, p.Body
	}
	if p.Came != "" && !dateOf(n).Before(m.On) {
		m.Came = p.Came
	}
	if m.On == p.On {
		return
	}
	m.On, m.Called = p.On, false
	if m.Briefing.Stage == Missed {
		m.Briefing.takeBack()
	}
}

// redraft takes a draft back whose time is not yet, unless somebody wrote in it.
func (c *Champion) redraft(m *Meeting, n Now) {
	if m.Briefing.Stage == Drafted && !m.Briefing.Edited && c.draftAt(m, n.Zone).After(n.At) {
		m.Briefing.takeBack()
	}
}

// close ends a meeting, and what was to be sent before it.
func (c *Champion) close(m *Meeting, came string) {
	if m == nil {
		return
	}
	m.Over = true
	if came != "" {
		m.Came = came
	}
	if m.Briefing.Stage == Drafted {
		m.Briefing.Stage = Missed
	}
}

// plan adds a meeting, where a day is known.
func (c *Champion) plan(p Plan) {
	if p.Body != "" {
		c.Body = p.Body
	}
	if !p.On.IsZero() {
		c.Meetings = append(c.Meetings, Meeting{N: len(c.Meetings) + 1, On: p.On, Body: c.Body})
	}
}
