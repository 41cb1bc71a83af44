package impact

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/counts"
)

// Wish is what somebody asks a report for. Without days it is the last whole
// month.
type Wish struct {
	From, To   string // the first and the last day, as 2006-01-02
	Department string
	Event      string // after what: "flood week"; it only names the report
}

// Span is the days of a report in the organisation's zone.
type Span struct {
	From, Until time.Time // Until is the midnight after the last day
	Period      counts.Period
}

// First and Last are the days as a Wish has them.
func (s Span) First() string { return s.From.Format(time.DateOnly) }

// Last is the last day as a Wish has it.
func (s Span) Last() string { return s.Until.AddDate(0, 0, -1).Format(time.DateOnly) }

// The codes of what is wrong with a Wish.
const (
	CodePeriod     = "report-period"
	CodeDepartment = "report-department"
)

// Span returns the days that are wished for, as now has it. Days that are not
// over are refused: what is published for them would stand although it is not
// all. The refusal is a *bot.Error with CodePeriod.
func (w Wish) Span(now time.Time, zone *time.Location) (Span, error) {
	today := midnight(now.In(zone))
	if w.From == "" && w.To == "" {
		first := today.AddDate(0, 0, 1-today.Day())
		return span(first.AddDate(0, -1, 0), first)
	}
	if w.From == "" || w.To == "" {
		return Span{}, bot.Refuse(CodePeriod, "A report needs both its first and its last day. Give both, or neither for the last month.")
	}
	from, err := dayOf(w.From, "first", zone)
	if err != nil {
		return Span{}, err
	}
	to, err := dayOf(w.To, "last", zone)
	if err != nil {
		return Span{}, err
	}
	switch {
	case to.Before(from):
		return Span{}, bot.Refuse(CodePeriod, fmt.Sprintf("The last day, %s, lies before the first, %s. Exchange the two.", w.To, w.From))
	case !to.Before(today):
		return Span{}, bot.Refuse(CodePeriod, fmt.Sprintf("These days are not over yet, and numbers that were reported once stand. Choose %s or an earlier day as the last one.", today.AddDate(0, 0, -1).Format(time.DateOnly)))
	}
	return span(from, midnight(to.AddDate(0, 0, 1)))
}

func span(from, until time.Time) (Span, error) {
	period, err := counts.NewPeriod(from, until.AddDate(0, 0, -1))
	if err != nil {
		return Span{}, bot.Refuse(CodePeriod, err.Error())
	}
	return Span{From: from, Until: until, Period: period}, nil
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func dayOf(text, which string, zone *time.Location) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(text), zone)
	if err != nil {
		return time.Time{}, bot.Refuse(CodePeriod, fmt.Sprintf("%.40q is not a day, so the report has no %s one. Write year, month and day, such as 2026-11-23.", text, which))
	}
	return midnight(day), nil
}

// department returns the name of the department as the register has it, in
// whatever case it was asked for.
func (w Wish) department(colleagues []Colleague) (string, error) {
	wanted := strings.TrimSpace(w.Department)
	if wanted == "" {
		return "", nil
	}
	known := departmentsOf(colleagues)
	for _, name := range known {
		if strings.EqualFold(name, wanted) {
			return name, nil
		}
	}
	if len(known) == 0 {
		return "", bot.Refuse(CodeDepartment, "The register of people knows no departments yet. Leave the department out, or import people with their departments first.")
	}
	return "", bot.Refuse(CodeDepartment, fmt.Sprintf("The register of people knows no department %.60q. Choose one of these, or leave it out: %s.", wanted, strings.Join(known, ", ")))
}

// departmentsOf lists the departments of the register in the order of the alphabet.
func departmentsOf(colleagues []Colleague) []string {
	var names []string
	for _, c := range colleagues {
		if c.Department != "" {
			names = append(names, c.Department)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
