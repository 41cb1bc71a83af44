package schedule_test

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/bot/schedule"
	"evangelist/storage/storagetest"
)

// minuteOracle walks a span minute by minute, knows nothing of rules or gaps,
// and notes for each local date that the calendar shows when a wall clock, for
// the first time, shows at least the wanted time of that date. A date whose
// remainder is jumped over gets the first later minute.
func minuteOracle(zone *time.Location, from, to time.Time, wanted string) map[string]time.Time {
	seen := map[string]bool{}
	runs := map[string]time.Time{}
	highest := ""
	for now := from; now.Before(to); now = now.Add(time.Minute) {
		local := now.In(zone).Format("2006-01-02T15:04")
		seen[local[:10]] = true
		if local <= highest {
			continue
		}
		highest = local
		for date := range seen {
			if _, ran := runs[date]; !ran && local >= date+"T"+wanted {
				runs[date] = now
			}
		}
		if len(seen) > 6 {
			t, _ := time.Parse(time.DateOnly, local[:10])
			delete(seen, t.AddDate(0, 0, -5).Format(time.DateOnly))
		}
	}
	return runs
}

// transitions finds by hourly looks where the offset of a zone changes.
func transitions(zone *time.Location, from, to time.Time) []time.Time {
	var found []time.Time
	_, before := from.In(zone).Zone()
	for now := from; now.Before(to); now = now.Add(time.Hour) {
		if _, offset := now.In(zone).Zone(); offset != before {
			found = append(found, now)
			before = offset
		}
	}
	return found
}

var (
	oracleDaily  = []string{"00:00", "02:30", "23:30"}
	oracleMargin = 3 * 24 * time.Hour
)

// checkTransition compares daily, weekly and monthly rules with the oracle in
// the days around a moment.
func checkTransition(t *testing.T, zone *time.Location, moment time.Time) {
	t.Helper()
	from, to := moment.Add(-oracleMargin).Truncate(24*time.Hour), moment.Add(oracleMargin)
	for _, wanted := range oracleDaily {
		oracle := minuteOracle(zone, from.Add(-48*time.Hour), to.Add(48*time.Hour), wanted)
		for _, phrase := range []string{"every day ", "every Friday ", "every Sunday ", "last Friday of the month "} {
			spec := mustParse(t, phrase+wanted)
			got := map[string]bool{}
			for slot := range spec.Between(from, to, zone, nil) {
				date := slot.Name[:10]
				day, _ := time.Parse(time.DateOnly, date)
				run, exists := oracle[date]
				switch {
				case got[date]:
					t.Fatalf("%s: %s has two runs of %s", zone, date, spec)
				case exists && !run.Equal(slot.Due):
					t.Fatalf("%s: %s of %s is due %v, the oracle says %v", zone, slot.Name, spec, slot.Due, run)
				case !exists && phrase == "every day ":
					t.Fatalf("%s: a run of %s on %s, which never was", zone, spec, date)
				case !named(phrase, day):
					t.Fatalf("%s: %s runs on %s", zone, spec, day.Weekday())
				}
				got[date] = true
			}
			for date, run := range oracle {
				day, _ := time.Parse(time.DateOnly, date)
				if !run.Before(from) && run.Before(to) && named(phrase, day) && !got[date] {
					t.Fatalf("%s: no run of %s on %s", zone, spec, date)
				}
			}
		}
	}
}

func named(phrase string, day time.Time) bool {
	switch {
	case strings.HasPrefix(phrase, "every day"):
		return true
	case strings.HasPrefix(phrase, "every Sunday"):
		return day.Weekday() == time.Sunday
	case strings.HasPrefix(phrase, "last"):
		return day.Weekday() == time.Friday && day.AddDate(0, 0, 7).Month() != day.Month()
	}
	return day.Weekday() == time.Friday
}

func TestSampleZonesAgainstTheOracle(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	for _, name := range sampleZones {
		zone := mustZone(t, name)
		for _, span := range [][2]int{{2011, 2012}, {2018, 2019}, {2024, 2027}} {
			from := time.Date(span[0], 1, 1, 0, 0, 0, 0, time.UTC)
			to := time.Date(span[1], 12, 31, 0, 0, 0, 0, time.UTC)
			for _, moment := range transitions(zone, from, to) {
				checkTransition(t, zone, moment)
			}
		}
		checkTransition(t, zone, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	}
}

// TestEveryZoneAgainstTheOracle covers all zones and all their transitions of
// forty years; it takes minutes and runs when EVANGELIST_SOAK=1.
func TestEveryZoneAgainstTheOracle(t *testing.T) {
	if os.Getenv("EVANGELIST_SOAK") != "1" {
		t.Skip("set EVANGELIST_SOAK=1 to check all zones")
	}
	names := zoneNames(t)
	var checked int
	for _, name := range names {
		zone := mustZone(t, name)
		found := transitions(zone, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2040, 12, 31, 0, 0, 0, 0, time.UTC))
		for _, moment := range found {
			checkTransition(t, zone, moment)
		}
		checked += len(found)
	}
	if len(names) < 300 || checked < 5000 {
		t.Errorf("only %d zones with %d transitions: is the list complete?", len(names), checked)
	}
	t.Logf("%d zones, %d transitions", len(names), checked)
}

// zoneNames lists the zones of the toolchain's archive, which is also what the
// binary embeds; names with equal data are listed once.
func zoneNames(t *testing.T) []string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	seen := map[uint32]bool{}
	var names []string
	for _, file := range archive.File {
		if strings.HasSuffix(file.Name, "/") || seen[file.CRC32] {
			continue
		}
		seen[file.CRC32] = true
		if _, err := schedule.LoadZone(file.Name); err != nil {
			t.Errorf("%s: %v", file.Name, err)
			continue
		}
		names = append(names, file.Name)
	}
	slices.Sort(names)
	return names
}
