package schedule

import (
	"fmt"
	"time"
)

// Date is a day in the civil calendar, without a zone. The zero Date is no
// day at all. Dates are comparable and may be map keys.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day that the calendar in zone shows at the instant t.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-11-23". A text that is not such a date, or a day that
// does not exist, or a year outside 1970 to 2199, is a *PhraseError.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return Date{}, say("%s is not a date I can use. Write year, month and day, for example 2026-11-23.", quote(text))
	}
	return DateOf(t, time.UTC), nil
}

const (
	firstYear = 1970
	lastYear  = 2199
)

// String returns the date as "2026-11-23"; ParseDate reads it back.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// IsZero reports whether d is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// AddDays returns the day n days later, earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC), time.UTC)
}

// Before reports whether d lies before e.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// midnight is the day's beginning as if the zone were UTC; it serves
// arithmetic only.
func (d Date) midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// monday returns the Monday of the week that d lies in.
func (d Date) monday() Date { return d.AddDays(-((int(d.Weekday()) + 6) % 7)) }

// daysUntil counts the days from d to e.
func (d Date) daysUntil(e Date) int {
	return int(e.midnight().Sub(d.midnight()) / (24 * time.Hour))
}

// daysInMonth is the number of days that the month of d has.
func (d Date) daysInMonth() int {
	return time.Date(d.Year, d.Month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// SkipDates are days on which nothing shall run. A nil SkipDates skips none.
type SkipDates map[Date]struct{}

// NewSkipDates reads dates such as "2026-12-25". The first text that is no
// date is a *PhraseError.
func NewSkipDates(texts []string) (SkipDates, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	skip := make(SkipDates, len(texts))
	for _, text := range texts {
		d, err := ParseDate(text)
		if err != nil {
			return nil, err
		}
		skip[d] = struct{}{}
	}
	return skip, nil
}

// Has reports whether nothing shall run on d.
func (s SkipDates) Has(d Date) bool {
	_, ok := s[d]
	return ok
}

// last returns the latest of the dates, or the zero Date.
func (s SkipDates) last() Date {
	var last Date
	for d := range s {
		if last.Before(d) {
			last = d
		}
	}
	return last
}
