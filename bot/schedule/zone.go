package schedule

import (
	"strings"
	"time"
	_ "time/tzdata" // the zones travel inside the binary: small images have none
)

// LoadZone returns the time zone of an IANA name such as "Europe/London".
// The empty name, "Local" and unknown names are a *PhraseError: a schedule
// must mean the same on every machine.
func LoadZone(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, say(`Name the time zone by continent and city, for example "Europe/London".`)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, say(`I don't know the time zone %s. Write it as continent and city, for example "Europe/London" or "America/New_York".`, quote(name))
	}
	return zone, nil
}

// wall is what a clock on the wall shows: a day and a minute of it.
type wall struct {
	date   Date
	minute int // of the day, 0 to 1439
}

const wallLayout = "2006-01-02T15:04"

func (w wall) utc() time.Time {
	return w.date.midnight().Add(time.Duration(w.minute) * time.Minute)
}

func (w wall) String() string { return w.utc().Format(wallLayout) }

func (w wall) before(v wall) bool {
	return w.date.Before(v.date) || w.date == v.date && w.minute < v.minute
}

func parseWall(text string) (wall, bool) {
	t, err := time.Parse(wallLayout, text)
	if err != nil {
		return wall{}, false
	}
	return wall{DateOf(t, time.UTC), t.Hour()*60 + t.Minute()}, true
}

func wallAt(t time.Time, zone *time.Location) wall {
	local := t.In(zone)
	return wall{DateOf(t, zone), local.Hour()*60 + local.Minute()}
}

// instant is the first moment at which a clock in zone shows w or, having
// jumped over it, something later: the first of two in autumn, the end of the
// gap in spring. It never decreases when w grows.
func (w wall) instant(zone *time.Location) time.Time {
	// No zone is more than 26 hours from another, so at this point no clock
	// has shown w yet; from here the stretches of equal offset are walked.
	at := w.utc().Add(-36 * time.Hour)
	for {
		local := at.In(zone)
		_, offset := local.Zone()
		shown := w.utc().Add(-time.Duration(offset) * time.Second)
		if shown.Before(at) {
			return at.UTC()
		}
		_, end := local.ZoneBounds()
		if end.IsZero() || shown.Before(end) {
			return shown
		}
		at = end
	}
}

// exists reports whether the calendar of zone has the day at all; Samoa went
// from 29 to 31 December 2011.
func (d Date) exists(zone *time.Location) bool {
	return DateOf(wall{date: d}.instant(zone), zone) == d
}
