package impact

import (
	"context"
	"fmt"
	"html"
	"strings"
	"sync"
	"time"

	"evangelist/bot"
	"evangelist/bot/counts"
)

// trendMonths is how many months a course shows.
const trendMonths = 6

// Course is how one published number of the whole organisation went, month by
// month, the oldest first.
type Course struct {
	Title      string
	Definition string // what is counted in every month, and what is not
	Months     []Month
}

// Month is one month of a Course.
type Month struct {
	Period string     // "1 – 30 November 2026"
	Row    counts.Row // the zero Row where there is no number
	Why    string     // why there is none
}

// courses are those that were made last.
type courses struct {
	mu   sync.Mutex
	all  []Course
	made time.Time
}

// courseLife is how long courses are shown before they are made anew: six reports are
// composed for them, and a desk is opened again after each press.
const courseLife = time.Minute

// Courses returns how the numbers went over the last six whole months, of those
// that were published up to a minute ago. It publishes nothing. Numbers without two
// months to compare are left out. The list is shared: it is not to be changed.
func (f *Feature) Courses(ctx context.Context) ([]Course, error) {
	f.went.mu.Lock()
	defer f.went.mu.Unlock()
	now := f.Clock.Now()
	if age := now.Sub(f.went.made); age >= 0 && age < courseLife {
		return f.went.all, nil
	}
	all, err := f.courses(ctx, now)
	if err == nil {
		f.went.all, f.went.made = all, now
	}
	return all, err
}

func (f *Feature) courses(ctx context.Context, now time.Time) ([]Course, error) {
	first := midnight(now.In(f.Organisation.Zone))
	first = first.AddDate(0, 0, 1-first.Day())
	var months []Report
	for n := trendMonths; n >= 1; n-- {
		from := first.AddDate(0, -n, 0)
		wish := Wish{From: from.Format("2006-01-02"), To: from.AddDate(0, 1, -1).Format("2006-01-02")}
		report, err := f.Compose(ctx, wish, false)
		if err != nil {
			return nil, fmt.Errorf("look at the month from %s: %w", wish.From, err)
		}
		months = append(months, report)
	}
	var all []Course
	for _, measure := range []counts.Measure{linksShared, foundUseful, voicesHeard, voicesClosed, withUs, learningsTold} {
		course := Course{}
		shown := 0
		for _, report := range months {
			number, _ := report.number(measure.Key)
			month := Month{Period: report.Span.Period.String(), Why: number.Missing}
			if len(number.Rows) > 0 {
				month.Row = number.Rows[0]
				course.Title, course.Definition = number.Title, month.Row.Definition
			}
			if month.Row.Shown() {
				shown++
			}
			course.Months = append(course.Months, month)
		}
		if shown >= 2 {
			all = append(all, course)
		}
	}
	return all, nil
}

// Blocks shows a course as a chart and as a table, which says the same.
func (c Course) Blocks() []bot.Block {
	table := bot.Table{Caption: c.Title + ", month by month: " + c.Definition, Head: []string{"Days", "Number"}}
	for _, month := range c.Months {
		number := month.Row.Count
		if number == "" {
			number = month.Why
		}
		table.Rows = append(table.Rows, []bot.Spans{bot.T(month.Period), bot.T(number)})
	}
	var blocks []bot.Block
	if figure, ok := c.figure(); ok {
		blocks = append(blocks, figure)
	}
	return append(blocks, table)
}

// Sizes of a course's chart, in its own units.
const (
	courseBar    = 34
	courseStep   = 44
	courseHeight = 96
)

// figure draws the months as columns, each as its part of what it is counted
// from. Months without a number leave a gap with a stroke.
func (c Course) figure() (bot.Figure, bool) {
	most := 0.0
	for _, month := range c.Months {
		if share, ok := month.Row.Share(); ok {
			most = max(most, share)
		}
	}
	if most == 0 {
		return bot.Figure{}, false
	}
	var b strings.Builder
	width := courseStep * len(c.Months)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">`, width, courseHeight+20, width, courseHeight+20)
	fmt.Fprintf(&b, `<path d="M0 %[1]d.5H%[2]d" stroke="currentColor" stroke-opacity="0.6"/>`, courseHeight, width)
	for i, month := range c.Months {
		x := i*courseStep + (courseStep-courseBar)/2
		if share, ok := month.Row.Share(); ok {
			height := share / most * (courseHeight - 8)
			fmt.Fprintf(&b, `<rect x="%d" y="%.1f" width="%d" height="%.1f" rx="3" fill="currentColor"/>`, x, courseHeight-height, courseBar, height)
		} else {
			fmt.Fprintf(&b, `<path d="M%d %dh%d" stroke="currentColor" stroke-dasharray="3 3"/>`, x, courseHeight-6, courseBar)
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="12" fill="currentColor" text-anchor="middle">%s</text>`, x+courseBar/2, courseHeight+15, html.EscapeString(monthOf(month.Period)))
	}
	b.WriteString(`</svg>`)
	return bot.Figure{
		Alt:     "Columns: " + c.Title + ", month by month. The table has the numbers.",
		Caption: bot.T(c.Title + " as a part of what they are counted from; the highest column is the best month. A dashed stroke is a month without a number."),
		SVG:     b.String(),
	}, true
}

// monthOf is the short name of the month in which a period ends: "Nov".
func monthOf(period string) string {
	words := strings.Fields(period)
	if len(words) < 2 {
		return ""
	}
	return string([]rune(words[len(words)-2])[:3])
}
