package schedule

import (
	"slices"
	"time"
)

// parseDays reads the part of a phrase that names days; time and beginning
// are cut off already, small words are gone.
func parseDays(words []string) (Spec, error) {
	if err := unsupported(words); err != nil {
		return Spec{}, err
	}
	if rest, ok := monthly(words); ok {
		return parseMonthly(rest)
	}
	if len(words) == 0 {
		return Spec{}, say("Say on which days. %s", examples)
	}
	switch words[0] {
	case "daily":
		words = []string{"every", "day"}
	case "weekly":
		words = append([]string{"every", "week"}, words[1:]...)
	case "fortnightly":
		words = append([]string{"every", "2", "week"}, words[1:]...)
	}
	every := words[0] == "every"
	if every {
		words = words[1:]
	}
	switch {
	case len(words) == 0:
		return Spec{}, say("Say on which days. %s", examples)
	case slices.Equal(words, []string{"day"}):
		return Spec{kind: weekly, days: everyDay, weeks: 1}, nil
	case slices.Equal(words, []string{"working", "day"}):
		words = []string{"weekday"}
	}
	weeks, words, err := takeWeeks(words, every)
	if err != nil {
		return Spec{}, err
	}
	if days, ok := readDays(words); ok {
		return Spec{kind: weekly, days: days, weeks: weeks}, nil
	}
	if len(words) == 0 {
		return Spec{}, say(`Say on which weekday, for example "every 2 weeks on Monday 14:00".`)
	}
	return Spec{}, say("I don't understand that schedule. %s", examples)
}

// takeWeeks cuts "3 week", "week", "fortnightly" or "second" off the beginning
// and returns the number of weeks that it means, else 1. "Second" means weeks
// only after "every".
func takeWeeks(words []string, every bool) (int, []string, error) {
	weeks, rest := 1, words
	if words[0] == "fortnightly" {
		return 2, words[1:], nil
	}
	if words[0] == "week" {
		rest = words[1:]
	} else if n, ok := readNumber(words[0]); ok && len(words) > 1 && words[1] == "week" {
		weeks, rest = n, words[2:]
	} else if n, ok := readOrdinal(words[0]); ok && len(words) > 1 {
		if n < 2 || !every {
			return 0, nil, say(`Say of what: "first Monday of the month 09:00" and "last Monday of the month 09:00" come once a month, "every second Monday 09:00" comes every two weeks.`)
		}
		weeks, rest = n, words[1:]
		if rest[0] == "week" {
			rest = rest[1:]
		}
	}
	if weeks < 1 || weeks > maxWeeks {
		return 0, nil, say(`Choose between 1 and %d weeks, for example "every 2 weeks on Monday 14:00".`, maxWeeks)
	}
	return weeks, rest, nil
}

// monthly reports whether the words speak of the month, and returns them
// without saying so: "first monday of every month" gives "first monday".
func monthly(words []string) ([]string, bool) {
	n := len(words)
	switch {
	case n > 0 && words[0] == "monthly":
		return words[1:], true
	case n > 1 && words[0] == "every" && words[1] == "month":
		return words[2:], true
	case n > 0 && words[n-1] == "monthly":
		return words[:n-1], true
	case n > 0 && words[n-1] == "month":
		words = words[:n-1]
	default:
		return nil, false
	}
	for _, filler := range []string{"every", "of"} {
		if n := len(words); n > 0 && words[n-1] == filler {
			words = words[:n-1]
		}
	}
	if len(words) > 0 && words[0] == "every" {
		words = words[1:]
	}
	return words, true
}

func parseMonthly(words []string) (Spec, error) {
	if len(words) == 0 || len(words) > 2 {
		return Spec{}, say(`Say which day of the month: "first Monday of the month 09:00", "15th of the month 09:00" or "last day of the month 09:00".`)
	}
	nth, ok := readOrdinal(words[0])
	if !ok || words[0] == "other" {
		return Spec{}, say(`Say which day of the month, with first, second, third, fourth, last or a number such as 15th: "first Monday of the month 09:00".`)
	}
	if len(words) == 1 || words[1] == "day" {
		switch {
		case nth == lastOne || nth >= 1 && nth <= 28:
			return Spec{kind: monthDay, nth: nth}, nil
		case nth >= 29 && nth <= 31:
			return Spec{}, say(`Not every month has a %d%s. Write "last day of the month 09:00", or choose a day from 1st to 28th.`, nth, suffix(nth))
		}
		return Spec{}, say(`No month has such a day. Choose a day from 1st to 28th, or write "last day of the month 09:00".`)
	}
	day, ok := dayWords[words[1]]
	if !ok {
		return Spec{}, say("I don't understand that schedule. %s", examples)
	}
	if nth != lastOne && (nth < 1 || nth > 4) {
		return Spec{}, say(`Not every month has that many of one weekday. Write "last %s of the month 09:00", or choose first to fourth.`, day)
	}
	return Spec{kind: monthWeekday, nth: nth, days: 1 << day}, nil
}

// unsupported recognises rhythms that are understood but not offered, so that
// the answer can say what to write instead.
func unsupported(words []string) error {
	for i, w := range words {
		switch w {
		case "hour", "hours", "hourly":
			return say(`For once an hour write the cron line "0 * * * *"; otherwise name days, for example "every day 09:00".`)
		case "minute", "minutes", "second's", "seconds":
			return say(`Once an hour is the most. Write for example "every day 09:00", or "0 * * * *" for once an hour.`)
		case "year", "years", "yearly", "annually", "quarter", "quarterly":
			return say(`Rhythms longer than a month need a cron line: "0 9 1 1,4,7,10 *" is 09:00 on the first day of each quarter.`)
		case "biweekly", "bimonthly":
			return say(`%s can mean twice or every second time. Write "every 2 weeks on Monday 14:00" or "every Monday and Thursday 14:00".`, quote(w))
		}
		if month, ok := monthWords[w]; ok {
			return singleMonth(words, i, month)
		}
	}
	return nil
}

// singleMonth answers "31 February": a date that comes once a year, or never.
func singleMonth(words []string, at int, month time.Month) error {
	longest := Date{Year: 2000, Month: month, Day: 1}.daysInMonth()
	if at > 0 && words[at-1] == "of" {
		words, at = slices.Delete(slices.Clone(words), at-1, at), at-1
	}
	for _, i := range []int{at - 1, at + 1} {
		if i < 0 || i >= len(words) {
			continue
		}
		n, ok := readNumber(words[i])
		if !ok {
			n, ok = readOrdinal(words[i])
		}
		if ok && n > longest {
			return say(`%s has no day %d, so that date never comes. Choose a day that exists, for example "15th of the month 09:00".`, month, n)
		}
	}
	return say(`A date that comes once a year needs a cron line: "0 9 15 %d *" is 09:00 on 15 %s.`, int(month), month)
}
