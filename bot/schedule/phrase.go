package schedule

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxPhrase = 200 // characters
	maxWeeks  = 52
	nineSharp = 9 * 60
)

const examples = `Write for example "every Friday 09:00", "every 2 weeks on Monday 14:00", "last Thursday of the month 16:00" or "15th of the month 09:00".`

// Parse reads a phrase ("every Friday 09:00", "first Monday of the month at
// 9"), or a five-field cron line, of at most 200 characters. A phrase without
// a time means 09:00. A rule that skips weeks must say from which date it
// counts, as String writes it; ParseAt reads it without. The error is always
// a *PhraseError. Parse(s.String()) gives s.
func Parse(phrase string) (Spec, error) { return ParseAt(phrase, Date{}) }

// ParseAt reads what Parse reads. A rule that skips weeks, and says no date of
// its own, counts from the first matching day on or after anchor, which is
// usually today in the schedule's zone; its String then names that date. Other
// rules ignore the anchor.
func ParseAt(phrase string, anchor Date) (Spec, error) {
	words, err := split(phrase)
	if err != nil {
		return Spec{}, err
	}
	if looksLikeCron(words) {
		return parseCron(words)
	}
	words, from, err := takeFrom(simplifyWords(words))
	if err != nil {
		return Spec{}, err
	}
	words, minute, err := takeTime(words)
	if err != nil {
		return Spec{}, err
	}
	spec, err := parseDays(words)
	if err != nil {
		return Spec{}, err
	}
	spec.minute = minute
	return begin(spec, from, anchor)
}

// split refuses what is no phrase at all and cuts the rest into lower-case words.
func split(phrase string) ([]string, error) {
	switch {
	case utf8.RuneCountInString(phrase) > maxPhrase:
		return nil, say("That is too long for a schedule. %s", examples)
	case !utf8.ValidString(phrase) || strings.ContainsFunc(phrase, unicode.IsControl):
		return nil, say("A schedule is one line of plain text. %s", examples)
	}
	text := strings.ToLower(phrase)
	words := strings.Fields(text)
	switch {
	case len(words) == 0:
		return nil, say("Say when. %s", examples)
	case strings.Contains(text, "tz="):
		return nil, say(`The time zone is chosen separately, not in the schedule. Leave out "TZ=" and write for example "every Friday 09:00".`)
	case strings.HasPrefix(words[0], "@every"):
		return nil, say(`"@every" drifts when the program restarts. Write a time of day instead, for example "every day 09:00", or "0 * * * *" for once an hour.`)
	case strings.HasPrefix(words[0], "@"):
		return nil, say(`Words with "@" are not known here. Write for example "every day 00:00" or "every Monday 09:00".`)
	}
	return words, nil
}

// simplifyWords brings words to one form each: "Fridays," to "friday".
func simplifyWords(words []string) []string {
	var out []string
	for _, word := range words {
		for w := range strings.FieldsFuncSeq(word, func(r rune) bool { return r == ',' || r == ';' }) {
			w = strings.TrimRight(w, ".")
			if same, ok := sameWords[w]; ok {
				w = same
			}
			if day, ok := dayWords[w]; ok {
				w = strings.ToLower(day.String())
			}
			if w != "" {
				out = append(out, w)
			}
		}
	}
	return out
}

// takeFrom cuts "from 2026-11-23" off the end.
func takeFrom(words []string) ([]string, Date, error) {
	n := len(words)
	if n < 2 || words[n-2] != "from" {
		return words, Date{}, nil
	}
	from, err := ParseDate(words[n-1])
	return words[:n-2], from, err
}

// takeTime cuts the time of day off the end, or off the beginning when it
// stands there after "at". Without one it is 09:00.
func takeTime(words []string) ([]string, int, error) {
	n := len(words)
	if n > 1 && words[0] == "at" {
		size := 1
		if n > 2 && isHalf(words[2]) {
			size = 2
		}
		minute, _, err := readTime(strings.Join(words[1:1+size], ""))
		return words[1+size:], minute, err
	}
	size := 1
	if n > 1 && isHalf(words[n-1]) {
		size = 2
	}
	if n <= size {
		return words, nineSharp, nil
	}
	head := words[:n-size]
	after := head[len(head)-1] == "at"
	minute, isTime, err := readTime(strings.Join(words[n-size:], ""))
	switch {
	case !isTime && !after:
		return words, nineSharp, nil
	case err != nil:
		return nil, 0, err
	case after:
		head = head[:len(head)-1]
	}
	return head, minute, nil
}

func isHalf(word string) bool { return word == "am" || word == "pm" }

// readTime reads "9", "09:00", "9.30", "9am" and "9:30pm", "noon" and
// "midnight". It also says whether the text was meant as a time at all.
func readTime(text string) (minute int, isTime bool, err error) {
	switch text {
	case "noon", "midday":
		return 12 * 60, true, nil
	case "midnight":
		return 0, true, nil
	}
	half := ""
	if len(text) > 2 && isHalf(text[len(text)-2:]) {
		text, half = text[:len(text)-2], text[len(text)-2:]
	}
	bad := say(`%s is not a time of day. Write hours from 00 to 23 and minutes from 00 to 59, for example "09:00".`, quote(text+half))
	if text == "" || strings.Trim(text, "0123456789:.-+") != "" {
		return 0, false, bad
	}
	h, m, cut := strings.Cut(strings.Replace(text, ".", ":", 1), ":")
	hour, ok := digits(h, 1, 2)
	if cut && ok {
		minute, ok = digits(m, 2, 2)
	}
	if !ok || hour > 23 || minute > 59 || half != "" && (hour < 1 || hour > 12) {
		return 0, true, bad
	}
	if half != "" {
		hour %= 12
	}
	if half == "pm" {
		hour += 12
	}
	return hour*60 + minute, true, nil
}

// digits reads a number of between low and high digits.
func digits(text string, low, high int) (int, bool) {
	if len(text) < low || len(text) > high || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// begin settles the date from which the rule holds.
func begin(spec Spec, from, anchor Date) (Spec, error) {
	if from.IsZero() && spec.weeks > 1 {
		if anchor.IsZero() {
			return Spec{}, say(`Say from which week it counts, for example "every 2 weeks on Monday 14:00 from 2026-11-23".`)
		}
		from = anchor
	}
	if from.IsZero() {
		return spec, nil
	}
	spec.from = from
	if spec.kind == weekly {
		for !spec.days.has(spec.from.Weekday()) {
			spec.from = spec.from.AddDays(1)
		}
	}
	if _, err := ParseDate(spec.from.String()); err != nil {
		return Spec{}, err
	}
	return spec, nil
}

// readOrdinal reads "second", "2nd" and "last"; "other" counts as second.
func readOrdinal(word string) (int, bool) {
	if n, ok := ordinalWords[word]; ok {
		return n, true
	}
	if len(word) < 3 {
		return 0, false
	}
	n, ok := digits(word[:len(word)-2], 1, 3)
	if !ok {
		return 0, false
	}
	switch word[len(word)-2:] {
	case "st", "nd", "rd", "th":
		return n, true
	}
	return 0, false
}

func readNumber(word string) (int, bool) {
	if n, ok := numberWords[word]; ok {
		return n, true
	}
	return digits(word, 1, 4)
}

// readDays reads "monday", "monday and friday" or "monday tuesday"; the words
// must hold nothing else.
func readDays(words []string) (weekdays, bool) {
	var days weekdays
	for i, w := range words {
		day, ok := dayWords[w]
		switch {
		case ok:
			days |= 1 << day
		case w == "weekday":
			days |= mondayToFri
		case w == "weekend":
			days |= 1<<time.Saturday | 1<<time.Sunday
		case w != "and" || i == 0 || i == len(words)-1:
			return 0, false
		}
	}
	return days, days != 0
}
