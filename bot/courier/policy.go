package courier

import (
	"slices"
	"time"

	"evangelist/bot"
)

// The promises of how often the bot writes first.
const (
	week        = 7 * 24 * time.Hour
	perWeek     = 2                   // to those who use the bot
	lessPause   = 4 * week            // after [Less]: one in it
	strangeness = 90 * 24 * time.Hour // to those who never used it: one in it
)

// Quiet hours when a person set none.
const (
	quietFrom  = 18 * 60
	quietUntil = 8*60 + 30
)

// verdict is what caps and quiet hours say about one delivery now: go (the zero
// value), wait until a moment, or drop for a reason.
type verdict struct {
	wait time.Time
	drop string
}

func (v verdict) goes() bool { return v.wait.IsZero() && v.drop == "" }

// allowed applies the caps, the quiet hours and the mutes of the readers to a
// delivery at now. It is pure. Deliveries to places, and classes other than
// Nudge and Edition, always go. A message to a group obeys each of its members.
func allowed(it *Item, readers []Reader, now time.Time, home *time.Location, free []holiday) verdict {
	if it.Class != bot.Nudge && it.Class != bot.Edition {
		return verdict{}
	}
	var wait time.Time
	for _, reader := range readers {
		contact := reader.Person.Contact
		if it.Class == bot.Nudge {
			if contact.Never || contact.MutedUntil.After(now) {
				return verdict{drop: "the person does not want to be written to first"}
			}
			if reader.Person.Inactive {
				return verdict{drop: "the account is inactive"}
			}
			wait = latest(wait, capped(it.History[reader.Person.ID], contact.Less, now))
		}
		from := latest(wait, now)
		if awake := awakeAt(contact, home, from, free); awake.After(now) {
			wait = latest(wait, awake)
		}
	}
	if !wait.After(now) {
		return verdict{}
	}
	if it.Class == bot.Nudge && !it.Expires.IsZero() && wait.After(it.Expires) {
		wait = latest(it.Expires, now.Add(time.Second))
	}
	return verdict{wait: wait}
}

// capped returns the first moment from now at which one more nudge keeps the
// promise; now or earlier when it does already.
func capped(history History, less bool, now time.Time) time.Time {
	span, most := week, perWeek
	switch {
	case !history.Used:
		span, most = strangeness, 1
	case less:
		span, most = lessPause, 1
	}
	if len(history.Since) < most {
		return time.Time{}
	}
	return history.Since[len(history.Since)-most].Add(span)
}

// awakeAt returns the first moment from at that is outside the quiet hours of a
// contact. Saturdays, Sundays and the organisation's free days are quiet as a
// whole. Equal ends mean that there are no quiet hours on working days.
func awakeAt(contact bot.Contact, home *time.Location, at time.Time, days []holiday) time.Time {
	zone := zoneOf(contact, home)
	from, until := minutes(contact.QuietFrom, quietFrom), minutes(contact.QuietUntil, quietUntil)
	for range 16 + 2*len(days) {
		next := wakeOnce(at.In(zone), from, until, days)
		if next.Equal(at) {
			return at.UTC()
		}
		at = next
	}
	return at.UTC()
}

// wakeOnce returns at itself when it is not quiet, else a later moment at which
// one reason to be quiet has ended.
func wakeOnce(at time.Time, from, until int, days []holiday) time.Time {
	year, month, day := at.Date()
	if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || free(days, at) {
		return after(at, time.Date(year, month, day+1, 0, 0, 0, 0, at.Location()))
	}
	clock := at.Hour()*60 + at.Minute()
	switch {
	case from == until:
		return at
	case from < until && (clock < from || clock >= until):
		return at
	case from > until && clock < from && clock >= until:
		return at
	case clock >= from && from > until:
		day++ // the night goes on past midnight
	}
	return after(at, time.Date(year, month, day, until/60, until%60, 0, 0, at.Location()))
}

// after guards against clocks that are put back: the end of a quiet time is
// always later than a moment inside it.
func after(at, end time.Time) time.Time {
	for !end.After(at) {
		end = end.Add(15 * time.Minute)
	}
	return end
}

func zoneOf(contact bot.Contact, home *time.Location) *time.Location {
	if contact.Zone == "" {
		return home
	}
	zone, err := time.LoadLocation(contact.Zone)
	if err != nil {
		return home
	}
	return zone
}

// minutes reads 15:04 as minutes since midnight.
func minutes(text string, otherwise int) int {
	at, err := time.Parse("15:04", text)
	if err != nil {
		return otherwise
	}
	return at.Hour()*60 + at.Minute()
}

func latest(moments ...time.Time) time.Time {
	return slices.MaxFunc(moments, time.Time.Compare)
}

// backoff grows from base with each refusal up to most, spread by the key so
// that many do not come back at once.
func backoff(base, most time.Duration, refusals int64, key string) time.Duration {
	wait := most
	if refusals < 16 {
		wait = min(base<<refusals, most)
	}
	spread := uint32(2166136261)
	for i := range len(key) {
		spread = (spread ^ uint32(key[i])) * 16777619
	}
	spread = (spread ^ uint32(refusals)) * 16777619
	return wait + time.Duration(float64(wait)*0.25*float64(spread>>8)/float64(1<<24))
}
