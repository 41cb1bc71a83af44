package schedule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot/schedule"
)

func monday() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := schedule.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func mustParse(t testing.TB, phrase string) schedule.Spec {
	t.Helper()
	spec, err := schedule.ParseAt(phrase, monday23)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// slots writes the slots of a span as "name due", the due moment in UTC.
func slots(t testing.TB, phrase, zone, from, to string, skip ...string) []string {
	t.Helper()
	dates, err := schedule.NewSkipDates(skip)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for slot := range mustParse(t, phrase).Between(at(t, from), at(t, to), mustZone(t, zone), dates) {
		out = append(out, slot.Name+" "+slot.Due.Format("2006-01-02T15:04Z07:00"))
	}
	return out
}

func TestSlotsAroundClockChanges(t *testing.T) {
	for _, c := range []struct {
		why, phrase, zone, from, to string
		want                        []string
	}{
		{"gap: once, when it ends", "every day 02:30", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z",
			[]string{"2026-03-28T02:30 2026-03-28T01:30Z", "2026-03-29T02:30 2026-03-29T01:00Z", "2026-03-30T02:30 2026-03-30T00:30Z"}},
		{"overlap: once, the first", "every day 02:30", "Europe/Berlin", "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z",
			[]string{"2026-10-24T02:30 2026-10-24T00:30Z", "2026-10-25T02:30 2026-10-25T00:30Z", "2026-10-26T02:30 2026-10-26T01:30Z"}},
		{"local time is kept", "every Friday 09:00", "Europe/London", "2026-10-19T00:00:00Z", "2026-11-01T00:00:00Z",
			[]string{"2026-10-23T09:00 2026-10-23T08:00Z", "2026-10-30T09:00 2026-10-30T09:00Z"}},
		{"gap at midnight", "every day 00:00", "America/Sao_Paulo", "2018-11-03T00:00:00Z", "2018-11-05T12:00:00Z",
			[]string{"2018-11-03T00:00 2018-11-03T03:00Z", "2018-11-04T00:00 2018-11-04T03:00Z", "2018-11-05T00:00 2018-11-05T02:00Z"}},
		{"gap before midnight", "every day 23:30", "America/Nuuk", "2024-03-30T12:00:00Z", "2024-04-01T12:00:00Z",
			[]string{"2024-03-30T23:30 2024-03-31T01:00Z", "2024-03-31T23:30 2024-04-01T00:30Z"}},
		{"half an hour", "every day 02:15", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-05T00:00:00Z",
			[]string{"2026-10-04T02:15 2026-10-03T15:30Z", "2026-10-05T02:15 2026-10-04T15:15Z"}},
		{"half an hour back", "every day 01:45", "Australia/Lord_Howe", "2026-04-03T16:00:00Z", "2026-04-05T16:00:00Z",
			[]string{"2026-04-05T01:45 2026-04-04T14:45Z", "2026-04-06T01:45 2026-04-05T15:15Z"}},
		{"negative daylight saving", "every day 01:30", "Europe/Dublin", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z",
			[]string{"2026-10-25T01:30 2026-10-25T00:30Z", "2026-10-26T01:30 2026-10-26T01:30Z"}},
		{"a day that never was, every day", "every day 09:00", "Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z",
			[]string{"2011-12-29T09:00 2011-12-29T19:00Z", "2011-12-31T09:00 2011-12-30T19:00Z"}},
		{"a day that never was, weekly", "every Friday 09:00", "Pacific/Apia", "2011-12-20T00:00:00Z", "2012-01-07T00:00:00Z",
			[]string{"2011-12-23T09:00 2011-12-23T19:00Z", "2011-12-30T09:00 2011-12-30T10:00Z", "2012-01-06T09:00 2012-01-05T19:00Z"}},
		{"two names, one instant", "0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29T03:00 2026-03-29T01:00Z"}},
		{"two names in one gap of two hours", "30 1,2 * * *", "Antarctica/Troll", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29T02:30 2026-03-29T01:00Z"}},
		{"each hour, back", "0 * * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z",
			[]string{"2026-10-25T01:00 2026-10-24T23:00Z", "2026-10-25T02:00 2026-10-25T00:00Z", "2026-10-25T03:00 2026-10-25T02:00Z"}},
	} {
		if got := slots(t, c.phrase, c.zone, c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("%s: %s in %s\n got %q\nwant %q", c.why, c.phrase, c.zone, got, c.want)
		}
	}
}

func TestSlotsOfEachRule(t *testing.T) {
	for phrase, want := range map[string][]string{
		"every second Monday 14:00":               {"2026-11-23T14:00", "2026-12-07T14:00", "2026-12-21T14:00"},
		"every 3 weeks on Tuesday 10:00":          {"2026-11-24T10:00", "2026-12-15T10:00", "2027-01-05T10:00"},
		"every 2 weeks on Sunday and Monday 9":    {"2026-11-23T09:00", "2026-11-29T09:00", "2026-12-07T09:00"},
		"every 2 weeks on Monday from 2020-01-06": {"2026-11-30T09:00", "2026-12-14T09:00", "2026-12-28T09:00"},
		"every Friday 9 from 2030-01-01":          {"2030-01-04T09:00", "2030-01-11T09:00", "2030-01-18T09:00"},
		"first Monday of the month 9:00":          {"2026-12-07T09:00", "2027-01-04T09:00", "2027-02-01T09:00"},
		"last Thursday of the month 16:00":        {"2026-11-26T16:00", "2026-12-31T16:00", "2027-01-28T16:00"},
		"fourth Friday of the month":              {"2026-11-27T09:00", "2026-12-25T09:00", "2027-01-22T09:00"},
		"15th of the month 09:00":                 {"2026-12-15T09:00", "2027-01-15T09:00", "2027-02-15T09:00"},
		"last day of the month":                   {"2026-11-30T09:00", "2026-12-31T09:00", "2027-01-31T09:00"},
		"every weekday 8:15":                      {"2026-11-23T08:15", "2026-11-24T08:15", "2026-11-25T08:15"},
		"0 9 29 2 *":                              {"2028-02-29T09:00", "2032-02-29T09:00", "2036-02-29T09:00"},
		"0 9,17 * 1 1":                            {"2027-01-04T09:00", "2027-01-04T17:00", "2027-01-11T09:00"},
	} {
		spec, after := mustParse(t, phrase), monday().Add(-time.Hour)
		for _, name := range want {
			slot, ok := spec.Next(after, time.UTC, nil)
			if !ok || slot.Name != name {
				t.Errorf("%s: after %v comes %v, want %s", phrase, after, slot, name)
			}
			if last, ok := spec.Last(slot.Due, time.UTC, nil); !ok || last != slot {
				t.Errorf("%s: the last at %v is %v", phrase, slot, last)
			}
			after = slot.Due
		}
	}
}

func TestAroundACenturyWithoutLeapYear(t *testing.T) {
	slot, ok := mustParse(t, "0 9 29 2 *").Next(time.Date(2096, 3, 1, 0, 0, 0, 0, time.UTC), time.UTC, nil)
	if !ok || slot.Name != "2104-02-29T09:00" {
		t.Errorf("got %v, %v", slot, ok)
	}
}

func TestSkippedDatesHaveNoSlots(t *testing.T) {
	got := slots(t, "every Friday 09:00", "UTC", "2026-12-14T00:00:00Z", "2027-01-09T00:00:00Z", "2026-12-25", "2027-01-01")
	want := []string{"2026-12-18T09:00 2026-12-18T09:00Z", "2027-01-08T09:00 2027-01-08T09:00Z"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLastBeforeTheBeginning(t *testing.T) {
	spec := mustParse(t, "every Friday 9 from 2030-01-01")
	if slot, ok := spec.Last(monday(), time.UTC, nil); ok {
		t.Errorf("got %v", slot)
	}
}

// St. John's used to go back at one minute past midnight, into the day before.
func TestLastWhereTheDateGoesBack(t *testing.T) {
	spec, zone := mustParse(t, "every day 00:00"), mustZone(t, "America/St_Johns")
	slot, ok := spec.Last(at(t, "2010-11-07T02:45:00Z"), zone, nil)
	if !ok || slot.Name != "2010-11-07T00:00" || !slot.Due.Equal(at(t, "2010-11-07T02:30:00Z")) {
		t.Errorf("got %v, %v", slot, ok)
	}
	if next, ok := spec.Next(slot.Due, zone, nil); !ok || next.Name != "2010-11-08T00:00" {
		t.Errorf("then %v, %v", next, ok)
	}
}

var sampleZones = []string{
	"Europe/London", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Dublin", "America/Sao_Paulo",
	"America/Asuncion", "Africa/Casablanca", "Asia/Tehran", "Pacific/Kiritimati", "America/Nuuk", "Antarctica/Troll",
	"America/New_York", "Asia/Kathmandu", "Africa/Cairo", "UTC",
}

func anyPhrase(t *rapid.T) string {
	clock := fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
	days := []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	day, second := rapid.SampledFrom(days).Draw(t, "day"), rapid.SampledFrom(days).Draw(t, "second day")
	nth := rapid.SampledFrom([]string{"first", "second", "third", "fourth", "last"}).Draw(t, "nth")
	return rapid.SampledFrom([]string{
		"every day " + clock, "every weekday " + clock, "every " + day + " " + clock, day + "s and " + second + "s at " + clock,
		fmt.Sprintf("every %d weeks on %s %s", rapid.IntRange(1, 52).Draw(t, "weeks"), day, clock),
		nth + " " + day + " of the month " + clock, "last day of the month " + clock,
		fmt.Sprintf("%dth of the month %s", rapid.IntRange(4, 20).Draw(t, "date"), clock),
		fmt.Sprintf("%s */%d * * *", clock[3:], rapid.IntRange(1, 23).Draw(t, "step")),
		fmt.Sprintf("%s %s %d,31 %d-12 *", clock[3:], clock[:2], rapid.IntRange(1, 31).Draw(t, "dom"), rapid.IntRange(1, 12).Draw(t, "month")),
	}).Draw(t, "phrase")
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		phrase := anyPhrase(rt)
		spec, err := schedule.ParseAt(phrase, schedule.Date{Year: 2005, Month: 1, Day: rapid.IntRange(1, 31).Draw(rt, "anchor")})
		if err != nil {
			rt.Fatalf("%q: %v", phrase, err)
		}
		if again, err := schedule.Parse(spec.String()); err != nil || again != spec {
			rt.Fatalf("%q reads back as %v, %v", spec, again, err)
		}
		zone := mustZone(t, rapid.SampledFrom(sampleZones).Draw(rt, "zone"))
		from := time.Unix(rapid.Int64Range(1.2e9, 2.2e9).Draw(rt, "from"), 0).UTC()
		to := from.Add(time.Duration(rapid.IntRange(1, 24*200).Draw(rt, "hours")) * time.Hour)
		cut := from.Add(time.Duration(rapid.Int64Range(0, int64(to.Sub(from))).Draw(rt, "cut")))
		whole := slices.Collect(spec.Between(from, to, zone, nil))
		if len(whole) > 0 && rapid.Bool().Draw(rt, "cut at a slot") {
			cut = whole[rapid.IntRange(0, len(whole)-1).Draw(rt, "which")].Due
		}
		halves := slices.AppendSeq(slices.Collect(spec.Between(from, cut, zone, nil)), spec.Between(cut, to, zone, nil))
		if !slices.Equal(whole, halves) {
			rt.Fatalf("%v cut at %v: %v, not %v", spec, cut, halves, whole)
		}
		for i, slot := range whole {
			if slot.Due.Before(from) || !slot.Due.Before(to) {
				rt.Fatalf("%v lies outside", slot)
			}
			if i > 0 && (!slot.Due.After(whole[i-1].Due) || slot.Name <= whole[i-1].Name) {
				rt.Fatalf("%v after %v", slot, whole[i-1])
			}
			if last, ok := spec.Last(slot.Due, zone, nil); !ok || last != slot {
				rt.Fatalf("last at %v is %v", slot, last)
			}
			if i > 0 {
				if last, ok := spec.Last(slot.Due.Add(-time.Nanosecond), zone, nil); !ok || last != whole[i-1] {
					rt.Fatalf("last before %v is %v", slot, last)
				}
			}
		}
	})
}
