package schedule_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"evangelist/bot/schedule"
)

var monday23 = schedule.Date{Year: 2026, Month: 11, Day: 23}

func TestPhrases(t *testing.T) {
	for phrase, want := range map[string][2]string{
		"every Friday 09:00":                      {"every Friday 09:00", "every Friday at 09:00"},
		"Fridays at 9":                            {"every Friday 09:00", "every Friday at 09:00"},
		"  on FRIDAYS  at 9.30 am ":               {"every Friday 09:30", "every Friday at 09:30"},
		"at 9 every Friday":                       {"every Friday 09:00", "every Friday at 09:00"},
		"at 9 pm on Fri":                          {"every Friday 21:00", "every Friday at 21:00"},
		"friday":                                  {"every Friday 09:00", "every Friday at 09:00"},
		"weekly on Friday, 16:00":                 {"every Friday 16:00", "every Friday at 16:00"},
		"every week on Friday 16:00":              {"every Friday 16:00", "every Friday at 16:00"},
		"every 1 week on Friday":                  {"every Friday 09:00", "every Friday at 09:00"},
		"every Thursday and Mon 8:15":             {"every Monday and Thursday 08:15", "every Monday and Thursday at 08:15"},
		"Mon, Wed, Fri at noon":                   {"every Monday, Wednesday and Friday 12:00", "every Monday, Wednesday and Friday at 12:00"},
		"every weekend at midnight":               {"every Saturday and Sunday 00:00", "every Saturday and Sunday at 00:00"},
		"every day at 02:30":                      {"every day 02:30", "every day at 02:30"},
		"daily 12am":                              {"every day 00:00", "every day at 00:00"},
		"daily at 12:05pm":                        {"every day 12:05", "every day at 12:05"},
		"every day":                               {"every day 09:00", "every day at 09:00"},
		"every weekday 8:15":                      {"every weekday 08:15", "every weekday at 08:15"},
		"weekdays at 8:15":                        {"every weekday 08:15", "every weekday at 08:15"},
		"every working day 8":                     {"every weekday 08:00", "every weekday at 08:00"},
		"every second Monday 14:00":               {"every 2 weeks on Monday 14:00 from 2026-11-23", "every 2 weeks on Monday at 14:00, from 23 November 2026"},
		"every other Monday":                      {"every 2 weeks on Monday 09:00 from 2026-11-23", "every 2 weeks on Monday at 09:00, from 23 November 2026"},
		"fortnightly on Tuesday 14:00":            {"every 2 weeks on Tuesday 14:00 from 2026-11-24", "every 2 weeks on Tuesday at 14:00, from 24 November 2026"},
		"every fortnight on Tuesday":              {"every 2 weeks on Tuesday 09:00 from 2026-11-24", "every 2 weeks on Tuesday at 09:00, from 24 November 2026"},
		"every 3 weeks on Tuesday 10:00":          {"every 3 weeks on Tuesday 10:00 from 2026-11-24", "every 3 weeks on Tuesday at 10:00, from 24 November 2026"},
		"every three weeks Tue and Thu":           {"every 3 weeks on Tuesday and Thursday 09:00 from 2026-11-24", "every 3 weeks on Tuesday and Thursday at 09:00, from 24 November 2026"},
		"every third week on Sunday":              {"every 3 weeks on Sunday 09:00 from 2026-11-29", "every 3 weeks on Sunday at 09:00, from 29 November 2026"},
		"every 2 weeks on Monday from 2027-01-06": {"every 2 weeks on Monday 09:00 from 2027-01-11", "every 2 weeks on Monday at 09:00, from 11 January 2027"},
		"every Friday 9 starting 2026-12-01":      {"every Friday 09:00 from 2026-12-04", "every Friday at 09:00, from 4 December 2026"},
		"first Monday of the month 9:00":          {"first Monday of the month 09:00", "the first Monday of the month at 09:00"},
		"the 2nd Tuesday of each month at 7pm":    {"second Tuesday of the month 19:00", "the second Tuesday of the month at 19:00"},
		"every second Monday of the month":        {"second Monday of the month 09:00", "the second Monday of the month at 09:00"},
		"monthly on the first Monday":             {"first Monday of the month 09:00", "the first Monday of the month at 09:00"},
		"last Thursday of the month 16:00":        {"last Thursday of the month 16:00", "the last Thursday of the month at 16:00"},
		"last Thursday in the month":              {"last Thursday of the month 09:00", "the last Thursday of the month at 09:00"},
		"last Friday monthly":                     {"last Friday of the month 09:00", "the last Friday of the month at 09:00"},
		"15th of the month 09:00":                 {"15th of the month 09:00", "the 15th of the month at 09:00"},
		"every month on the 22nd at 9":            {"22nd of the month 09:00", "the 22nd of the month at 09:00"},
		"first day of every month":                {"1st of the month 09:00", "the 1st of the month at 09:00"},
		"last day of the month":                   {"last day of the month 09:00", "the last day of the month at 09:00"},
		"0 9 * * 5":                               {"every Friday 09:00", "every Friday at 09:00"},
		"30 2 * * *":                              {"every day 02:30", "every day at 02:30"},
		"15 8 * * MON-FRI":                        {"every weekday 08:15", "every weekday at 08:15"},
		"0 9 15 * ?":                              {"15th of the month 09:00", "the 15th of the month at 09:00"},
		"0 9 31 * *":                              {"0 9 31 * *", "the 31st of the month at 09:00"},
		"0 9 29 2 *":                              {"0 9 29 2 *", "the 29th of February at 09:00"},
		"0 9 1 JAN,jul *":                         {"0 9 1 jan,jul *", "the 1st of January and July at 09:00"},
		"0  9,17  *  6 1":                         {"0 9,17 * 6 1", "every Monday in June at 09:00 and 17:00"},
		"5 * * * *":                               {"5 * * * *", "every day, each hour at minute 5"},
	} {
		spec, err := schedule.ParseAt(phrase, monday23)
		if err != nil {
			t.Errorf("%q: %v", phrase, err)
			continue
		}
		if spec.String() != want[0] || spec.Describe() != want[1] {
			t.Errorf("%q:\n got %q, %q\nwant %q, %q", phrase, spec.String(), spec.Describe(), want[0], want[1])
		}
		again, err := schedule.Parse(spec.String())
		if err != nil || again != spec {
			t.Errorf("%q: its text %q reads back as %+v, %v", phrase, spec.String(), again, err)
		}
	}
}

func TestRefusedPhrases(t *testing.T) {
	for phrase, hint := range map[string]string{
		"":                                  "Say when",
		" \u00a0 ":                          "Say when",
		"every Friday\n09:00":               "plain text",
		"every Friday \x00":                 "plain text",
		"every \xff day":                    "plain text",
		strings.Repeat("every ", 50):        "too long",
		"whenever":                          "I don't understand",
		"every":                             "on which days",
		"every day at 25:00":                "not a time of day",
		"every day 09:60":                   "not a time of day",
		"every day 9:5":                     "not a time of day",
		"every day at 13pm":                 "not a time of day",
		"every day at -9":                   "not a time of day",
		"every Friday at nine":              "not a time of day",
		"31 February":                       "February has no day 31",
		"every 31st of February":            "February has no day 31",
		"4 July 09:00":                      "needs a cron line",
		"31st of the month":                 "Not every month has a 31st",
		"40th of the month":                 "No month",
		"0th of the month":                  "No month",
		"fifth Monday of the month":         "Not every month",
		"of the month":                      "which day of the month",
		"every month":                       "which day of the month",
		"every month on Monday":             "which day of the month",
		"first Friday":                      "Say of what",
		"second Friday 9:00":                "Say of what",
		"every last Friday":                 "Say of what",
		"every 2 weeks 14:00":               "on which weekday",
		"every 0 weeks on Monday":           "between 1 and 52",
		"every 53 weeks on Monday":          "between 1 and 52",
		"every 2 weeks on Monday":           "from which week",
		"every Friday 9:00 from 2026-02-30": "not a date",
		"every Friday 9:00 from tomorrow":   "not a date",
		"every Friday 9:00 from 1804-01-01": "not a date",
		"biweekly on Monday":                "twice or every second time",
		"every hour":                        "cron line",
		"every 5 minutes":                   "Once an hour",
		"every quarter":                     "cron line",
		"TZ=0":                              "time zone",
		"CRON_TZ=UTC 0 9 * * 1":             "time zone",
		"TZ=Europe/Berlin every day":        "time zone",
		"@every -1h":                        "drifts",
		"@every 24h":                        "drifts",
		"@daily":                            "not known here",
		"0 0 31 2 *":                        "never comes",
		"0 0 31 4,6,9,11 *":                 "never comes",
		"0 9 1 * 1":                         "ambiguous",
		"0 9 1-7 * 1":                       "ambiguous",
		"* * * * *":                         "once an hour",
		"*/30 * * * *":                      "once an hour",
		"0,30 9 * * 1":                      "once an hour",
		"0 9 * *":                           "five fields",
		"0 9 * * 1 2026":                    "five fields",
		"0 9 * * 7":                         "Sunday is 0",
		"0 24 * * *":                        "five fields",
		"0 9 * , 1":                         "five fields",
		"0 9 L * *":                         "five fields",
		"0 9/0 * * *":                       "five fields",
		"99999999999999999999 9 * * *":      "five fields",
		"*":                                 "five fields",
	} {
		spec, err := schedule.Parse(phrase)
		var refused *schedule.PhraseError
		if !errors.As(err, &refused) {
			t.Errorf("%q: want a refusal, got %v, %v", phrase, spec, err)
			continue
		}
		if !strings.Contains(refused.Say, hint) || !strings.HasSuffix(refused.Say, ".") || refused.Error() != refused.Say {
			t.Errorf("%q: %q does not speak of %q", phrase, refused.Say, hint)
		}
		if !spec.IsZero() {
			t.Errorf("%q: refused, but gives %v", phrase, spec)
		}
	}
}

func TestZeroSpecNamesNothing(t *testing.T) {
	var s schedule.Spec
	if s.String() != "" || s.Describe() != "never" || !s.IsZero() {
		t.Errorf("got %q, %q", s.String(), s.Describe())
	}
	if _, ok := s.Next(monday(), mustZone(t, "UTC"), nil); ok {
		t.Error("Next found a slot")
	}
	if _, ok := s.Last(monday(), mustZone(t, "UTC"), nil); ok {
		t.Error("Last found a slot")
	}
}

func TestLoadZone(t *testing.T) {
	for _, name := range []string{"Europe/London", "UTC", "Pacific/Apia"} {
		if zone, err := schedule.LoadZone(name); err != nil || zone.String() != name {
			t.Errorf("%s: %v, %v", name, zone, err)
		}
	}
	for _, name := range []string{"", "Local", "local", "Mars/Olympus", "../../etc/passwd", "Europe/London\x00", strings.Repeat("x", 500)} {
		_, err := schedule.LoadZone(name)
		var refused *schedule.PhraseError
		if !errors.As(err, &refused) || !strings.Contains(refused.Say, "Europe/London") || len(refused.Say) > 300 {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func TestSkipDates(t *testing.T) {
	skip, err := schedule.NewSkipDates([]string{"2026-12-25", "2026-12-26"})
	if err != nil || !skip.Has(schedule.Date{Year: 2026, Month: 12, Day: 25}) || skip.Has(monday23) {
		t.Errorf("got %v, %v", skip, err)
	}
	var refused *schedule.PhraseError
	if _, err := schedule.NewSkipDates([]string{"Christmas"}); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"every Friday 09:00", "0 9 * * 1", "every second Monday", "TZ=0", "last day of the month", "at 9", "at 9 am", "*/15 1 2 3 4", "every 2 weeks on Mon from 2026-11-23"} {
		f.Add(s)
	}
	zone, err := schedule.LoadZone("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, phrase string) {
		spec, err := schedule.ParseAt(phrase, monday23)
		var refused *schedule.PhraseError
		if err != nil {
			if !errors.As(err, &refused) || !utf8.ValidString(refused.Say) || strings.ContainsAny(refused.Say, "\n\x00") {
				t.Fatalf("%q: %v", phrase, err)
			}
			return
		}
		again, err := schedule.Parse(spec.String())
		if err != nil || again != spec {
			t.Fatalf("%q: %q reads back as %v, %v", phrase, spec.String(), again, err)
		}
		slot, ok := spec.Next(monday(), zone, nil)
		if !ok || !slot.Due.After(monday()) {
			t.Fatalf("%q: next is %v, %v", phrase, slot, ok)
		}
		if second, ok := spec.Next(slot.Due, zone, nil); !ok || second.Due.Sub(slot.Due) < 30*60e9 {
			t.Fatalf("%q: %v follows %v", phrase, second, slot)
		}
	})
}
