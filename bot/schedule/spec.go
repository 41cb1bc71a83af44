package schedule

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// Spec is a rule that names local dates and times: "every Friday 09:00". It is
// a comparable value without a time zone. The zero Spec names nothing; Parse
// and ParseAt make the others.
type Spec struct {
	kind   kind
	days   weekdays
	weeks  int  // every so many weeks, 1 for each
	from   Date // the first day; compulsory when weeks > 1
	nth    int  // monthly: which of the weekdays (1 to 4) or which day; lastOne
	minute int  // of the day
	cron   cronFields
}

type kind uint8

const (
	nothing      kind = iota
	weekly            // days, every so many weeks
	monthWeekday      // the nth of days (one day) in the month
	monthDay          // the nth day of the month
	cronLine
)

// lastOne as nth means the last of the month.
const lastOne = -1

// weekdays is a set; bit 0 is Sunday, as in package time.
type weekdays uint8

const (
	everyDay    weekdays = 1<<7 - 1
	mondayToFri weekdays = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
)

func (w weekdays) has(d time.Weekday) bool { return w&(1<<d) != 0 }

// names lists the days, Monday first.
func (w weekdays) names() []string {
	var names []string
	for i := range 7 {
		if d := time.Weekday((i + 1) % 7); w.has(d) {
			names = append(names, d.String())
		}
	}
	return names
}

// IsZero reports whether s names nothing.
func (s Spec) IsZero() bool { return s.kind == nothing }

// String returns the canonical text of the rule; it stands alone, and Parse
// reads it back to an equal Spec. The zero Spec gives "".
func (s Spec) String() string {
	switch s.kind {
	case nothing:
		return ""
	case cronLine:
		return s.cron.text
	}
	return s.rule("") + " " + clock(s.minute) + s.since(" from "+s.from.String())
}

// Describe returns the rule as a part of an English sentence, such as
// "every Friday at 09:00" or "the last Thursday of the month at 16:00".
func (s Spec) Describe() string {
	switch s.kind {
	case nothing:
		return "never"
	case cronLine:
		return s.cron.describe()
	}
	begin := s.from.midnight().Format("2 January 2006")
	return s.rule("the ") + " at " + clock(s.minute) + s.since(", from "+begin)
}

func (s Spec) since(text string) string {
	if s.from.IsZero() {
		return ""
	}
	return text
}

// rule is the part of the text that names the days.
func (s Spec) rule(article string) string {
	switch {
	case s.kind == monthDay && s.nth == lastOne:
		return article + "last day of the month"
	case s.kind == monthDay:
		return fmt.Sprintf("%s%d%s of the month", article, s.nth, suffix(s.nth))
	case s.kind == monthWeekday:
		return fmt.Sprintf("%s%s %s of the month", article, nthWord(s.nth), list(s.days.names()))
	case s.weeks > 1:
		return fmt.Sprintf("every %d weeks on %s", s.weeks, list(s.days.names()))
	case s.days == everyDay:
		return "every day"
	case s.days == mondayToFri:
		return "every weekday"
	}
	return "every " + list(s.days.names())
}

// matches reports whether the rule names the day d.
func (s Spec) matches(d Date) bool {
	if !s.from.IsZero() && d.Before(s.from) {
		return false
	}
	switch s.kind {
	case weekly:
		return s.days.has(d.Weekday()) &&
			(s.weeks <= 1 || s.from.monday().daysUntil(d.monday())/7%s.weeks == 0)
	case monthWeekday:
		if !s.days.has(d.Weekday()) {
			return false
		}
		if s.nth == lastOne {
			return d.Day+7 > d.daysInMonth()
		}
		return (d.Day-1)/7+1 == s.nth
	case monthDay:
		if s.nth == lastOne {
			return d.Day == d.daysInMonth()
		}
		return d.Day == s.nth
	case cronLine:
		return s.cron.matches(d)
	}
	return false
}

// minutes lists the minutes of the day that the rule names, rising.
func (s Spec) minutes() []int {
	if s.kind != cronLine {
		return []int{s.minute}
	}
	minutes := make([]int, 0, bits.OnesCount32(s.cron.hours))
	for h := range 24 {
		if s.cron.hours&(1<<h) != 0 {
			minutes = append(minutes, h*60+s.cron.minute)
		}
	}
	return minutes
}

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func suffix(n int) string {
	if n%100 >= 11 && n%100 <= 13 {
		return "th"
	}
	switch n % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}

func nthWord(n int) string {
	if n == lastOne {
		return "last"
	}
	return [...]string{"", "first", "second", "third", "fourth"}[n]
}

// list joins names as English does: "Monday, Wednesday and Friday".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
