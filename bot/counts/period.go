package counts

import (
	"strings"
	"time"
)

// Period is a run of whole days, the first and the last included. The zero
// Period is none. Periods are comparable.
type Period struct{ from, to time.Time } // midnights in UTC

// NewPeriod returns the days from the one that from shows in its own zone to
// the one that to shows in its own. A zero time, a year outside 1970 to 2199 or
// an end before the beginning is a *RefusedError.
func NewPeriod(from, to time.Time) (Period, error) {
	if from.IsZero() || to.IsZero() {
		return Period{}, refuse(NoPeriod, "A count has no period. Say the first and the last day.")
	}
	p := Period{from: day(from), to: day(to)}
	if p.to.Before(p.from) {
		return Period{}, refuse(Reversed, "The period ends on %s, before it begins on %s. Exchange the two days.", p.to.Format(time.DateOnly), p.from.Format(time.DateOnly))
	}
	if p.from.Year() < firstYear || p.to.Year() > lastYear {
		return Period{}, refuse(NoPeriod, "The period from %s to %s is not one that I can use. Choose days from %d to %d.", p.from.Format(time.DateOnly), p.to.Format(time.DateOnly), firstYear, lastYear)
	}
	return p, nil
}

const (
	firstYear = 1970
	lastYear  = 2199
)

func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// IsZero reports whether p is no period.
func (p Period) IsZero() bool { return p == Period{} }

// String shows the period with its year: "1 – 30 November 2026". What both days
// share is said once.
func (p Period) String() string {
	last := p.to.Format("2 January 2006")
	switch {
	case p.IsZero():
		return "no period"
	case p.from.Equal(p.to):
		return last
	case p.from.Year() != p.to.Year():
		return p.from.Format("2 January 2006") + " – " + last
	case p.from.Month() != p.to.Month():
		return p.from.Format("2 January") + " – " + last
	default:
		return p.from.Format("2") + " – " + last
	}
}

// text is the period for records and keys: "2026-11-01..2026-11-30".
func (p Period) text() string {
	return p.from.Format(time.DateOnly) + ".." + p.to.Format(time.DateOnly)
}

func readPeriod(text string) (Period, error) {
	first, last, _ := strings.Cut(text, "..")
	from, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return Period{}, err
	}
	to, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return Period{}, err
	}
	return NewPeriod(from, to)
}

// contains reports whether q lies in p; each period lies in itself.
func (p Period) contains(q Period) bool { return !q.from.Before(p.from) && !q.to.After(p.to) }

// before reports whether p is over when q begins.
func (p Period) before(q Period) bool { return p.to.Before(q.from) }

// crosses reports whether the two share days, and each has days of its own.
func (p Period) crosses(q Period) bool {
	return !p.before(q) && !q.before(p) && !p.contains(q) && !q.contains(p)
}

// makeUp reports whether every day of whole is in p or in q, and no other is.
func makeUp(whole, p, q Period) bool {
	if q.from.Before(p.from) {
		p, q = q, p
	}
	return p.from.Equal(whole.from) && !q.from.After(p.to.AddDate(0, 0, 1)) &&
		(q.to.Equal(whole.to) && !p.to.After(whole.to) || p.to.Equal(whole.to) && !q.to.After(whole.to))
}
