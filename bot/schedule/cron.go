package schedule

import (
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// cronFields is a cron line, taken apart. The library parses it and does no
// more: its own idea of the next run is wrong around daylight saving.
type cronFields struct {
	text    string
	minute  int
	hours   uint32
	days    uint32 // of the month, bit 1 is the first; all when unrestricted
	months  uint16 // bit 1 is January
	week    weekdays
	anyDay  bool // the day of the month is not restricted
	anyWeek bool // the day of the week is not restricted
}

const star = 1 << 63 // how the parser marks an unrestricted field

const cronHelp = `A cron line has five fields, minute, hour, day of the month, month and weekday (Sunday is 0), for example "0 9 * * 1". Or write "every Monday 09:00".`

// looksLikeCron reports whether somebody meant a cron line: the first two
// words hold nothing but numbers and cron's signs.
func looksLikeCron(words []string) bool {
	plain := func(w string) bool { return w != "" && strings.Trim(w, "0123456789*/,-?") == "" }
	switch len(words) {
	case 0:
		return false
	case 1:
		return strings.HasPrefix(words[0], "*")
	}
	return plain(words[0]) && plain(words[1])
}

func parseCron(words []string) (Spec, error) {
	if len(words) != 5 {
		return Spec{}, say("%s", cronHelp)
	}
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, "?", "*")
	}
	text := strings.Join(words, " ")
	parsed, err := callParser(text)
	if err != nil {
		return Spec{}, say("I can't read %s as a cron line. %s", quote(text), cronHelp)
	}
	f := cronFields{
		text:    text,
		hours:   uint32(parsed.Hour &^ star),
		days:    uint32(parsed.Dom &^ star),
		months:  uint16(parsed.Month &^ star),
		week:    weekdays(parsed.Dow &^ star),
		anyDay:  parsed.Dom&star != 0,
		anyWeek: parsed.Dow&star != 0,
	}
	minutes := parsed.Minute &^ star
	switch {
	case minutes == 0 || f.hours == 0 || f.days == 0 || f.months == 0 || f.week == 0: // a lone comma
		return Spec{}, say("%s", cronHelp)
	case bits.OnesCount64(minutes) != 1:
		return Spec{}, say(`That would run more than once an hour; once an hour is the most. Write one minute in the first field, for example "0 * * * *", or "every day 09:00".`)
	case !f.anyDay && !f.anyWeek:
		return Spec{}, say(`A day of the month and a weekday together are ambiguous: cron reads them as "either". Set one of the two fields to *, or write "first Monday of the month 09:00".`)
	case !f.anyDay && !f.fires():
		return Spec{}, say(`That date never comes: none of those months has such a day. Choose a day that exists, or write "last day of the month 09:00".`)
	}
	f.minute = bits.TrailingZeros64(minutes)
	return f.simplify(), nil
}

// callParser keeps the parser's panics, known for time zone prefixes, inside.
func callParser(text string) (schedule *cron.SpecSchedule, err error) {
	defer func() {
		if p := recover(); p != nil {
			schedule, err = nil, fmt.Errorf("cron parser: %v", p)
		}
	}()
	parsed, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(text)
	if err != nil {
		return nil, err
	}
	schedule, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("cron parser: unexpected %T", parsed)
	}
	return schedule, nil
}

// fires reports whether any chosen month has any chosen day.
func (f cronFields) fires() bool {
	for m := time.January; m <= time.December; m++ {
		longest := Date{Year: 2000, Month: m, Day: 1}.daysInMonth()
		if f.months&(1<<m) != 0 && f.days&(1<<(longest+1)-1) != 0 {
			return true
		}
	}
	return false
}

// simplify turns a line that a phrase can say into that phrase, so that one
// rule has one text.
func (f cronFields) simplify() Spec {
	const allMonths = 1<<13 - 2
	if bits.OnesCount32(f.hours) == 1 && f.months == allMonths {
		minute := bits.TrailingZeros32(f.hours)*60 + f.minute
		day := bits.TrailingZeros32(f.days)
		switch {
		case f.anyDay:
			return Spec{kind: weekly, days: f.week, weeks: 1, minute: minute}
		case bits.OnesCount32(f.days) == 1 && day <= 28:
			return Spec{kind: monthDay, nth: day, minute: minute}
		}
	}
	return Spec{kind: cronLine, cron: f}
}

func (f cronFields) matches(d Date) bool {
	return f.months&(1<<d.Month) != 0 && f.days&(1<<d.Day) != 0 && f.week.has(d.Weekday())
}

// describe says the line in words.
func (f cronFields) describe() string {
	text := "every day"
	switch {
	case !f.anyDay:
		var days []string
		for d := 1; d <= 31; d++ {
			if f.days&(1<<d) != 0 {
				days = append(days, fmt.Sprintf("%d%s", d, suffix(d)))
			}
		}
		text = "the " + list(days)
	case f.week != everyDay:
		text = Spec{kind: weekly, days: f.week}.rule("")
	}
	var months []string
	for m := time.January; m <= time.December; m++ {
		if f.months&(1<<m) != 0 {
			months = append(months, m.String())
		}
	}
	if len(months) < 12 {
		preposition := " in "
		if !f.anyDay {
			preposition = " of "
		}
		text += preposition + list(months)
	} else if !f.anyDay {
		text += " of the month"
	}
	if bits.OnesCount32(f.hours) == 24 {
		return fmt.Sprintf("%s, each hour at minute %d", text, f.minute)
	}
	var times []string
	for _, m := range (Spec{kind: cronLine, cron: f}).minutes() {
		times = append(times, clock(m))
	}
	return text + " at " + list(times)
}
