package sample

import (
	"fmt"
	"time"
)

// when is a moment as the data file gives it: Day counts working days (Monday to
// Friday) before the present day, so -1 is the last one before today, and weekends
// are quiet on whichever day the visitor comes. Time is HH:MM in the
// organisation's zone.
type when struct {
	Day  int
	Time string
}

// calendar knows the present day in the organisation's zone.
type calendar struct {
	today time.Time // local midnight
	zone  *time.Location
}

func newCalendar(now time.Time, zone *time.Location) calendar {
	y, m, d := now.In(zone).Date()
	return calendar{today: time.Date(y, m, d, 0, 0, 0, 0, zone), zone: zone}
}

// moment resolves w to UTC.
func (c calendar) moment(w when) (time.Time, error) {
	if w.Day >= 0 {
		return time.Time{}, fmt.Errorf("day %d is not in the past; give a day of -1 or less", w.Day)
	}
	clock, err := time.Parse("15:04", w.Time)
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q is not of the form 09:42", w.Time)
	}
	y, m, d := c.workday(w.Day).Date()
	return time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, c.zone).UTC(), nil
}

// due is five in the afternoon, n working days after today, in UTC.
func (c calendar) due(n int) time.Time {
	y, m, d := c.workday(n).Date()
	return time.Date(y, m, d, 17, 0, 0, 0, c.zone).UTC()
}

// workday steps n working days from today, back when n is negative.
func (c calendar) workday(n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	day := c.today
	for n > 0 {
		day = day.AddDate(0, 0, step)
		if weekday := day.Weekday(); weekday != time.Saturday && weekday != time.Sunday {
			n--
		}
	}
	return day
}
