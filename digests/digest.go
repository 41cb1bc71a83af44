package digests

import (
	"strings"
	"time"
	"unicode"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Digest is a series of editions.
type Digest struct {
	ID          string
	Slug        string // its part of an address: "friday-roundup"
	Name        string
	Spec        string // a phrase of package schedule, canonical
	Zone        string // IANA name
	Places      []bot.PlaceID
	Curator     bot.PersonID
	Deputy      bot.PersonID // empty: none
	IfUndecided Undecided
	SecondEyes  bool // somebody else than who proposes must approve
	MaxItems    int  // 0: seven
	SkipDates   []string
	Paused      bool
	Created     time.Time

	CuratorGone, DeputyGone bool // from the register of people: the account is inactive; never written
}

// deputised is the deputy who is there, "" for none.
func (d Digest) deputised() bot.PersonID {
	if d.DeputyGone {
		return ""
	}
	return d.Deputy
}

// editor is who gets the drafts and what is to be known of them: the curator, and
// in place of one who is gone the deputy; "" when neither is there.
func (d Digest) editor() bot.PersonID {
	if d.CuratorGone {
		return d.deputised()
	}
	return d.Curator
}

// Undecided says what becomes of an edition that nobody approved in time.
type Undecided string

// What happens when nobody decided: the edition waits and the deputy is asked,
// or it goes out as drafted.
const (
	Wait Undecided = "wait"
	Go   Undecided = "go"
)

// Items returns how many items an edition may hold.
func (d Digest) Items() int {
	if d.MaxItems > 0 {
		return d.MaxItems
	}
	return MaxItems
}

// Plan is the digest's schedule as the scheduler takes it. The error is a
// *schedule.PhraseError.
func (d Digest) Plan() (schedule.Plan, error) {
	spec, err := schedule.Parse(d.Spec)
	if err != nil {
		return schedule.Plan{}, err
	}
	return schedule.Plan{Kind: ChoreKind, Subject: d.ID, Spec: spec, Zone: d.Zone, SkipDates: d.SkipDates, Paused: d.Paused}, nil
}

// Slots gives the first slot after the moment and the one before that: where
// the first edition ends and begins.
func (d Digest) Slots(after time.Time) (next, before schedule.Slot, err error) {
	spec, err := schedule.Parse(d.Spec)
	if err != nil {
		return next, before, err
	}
	zone, err := schedule.LoadZone(d.Zone)
	if err != nil {
		return next, before, err
	}
	skip, err := schedule.NewSkipDates(d.SkipDates)
	if err != nil {
		return next, before, err
	}
	next, ok := spec.Next(after, zone, skip)
	if !ok {
		return next, before, &schedule.PhraseError{Say: "That schedule names no day that is still to come. Choose another with /digest schedule."}
	}
	// Skipped dates make a window longer, they leave no gap in it.
	before, ok = spec.Last(next.Due.Add(-time.Microsecond), zone, skip)
	if !ok || next.Due.Sub(before.Due) > 92*24*time.Hour {
		before = schedule.Slot{Due: next.Due.AddDate(0, 0, -7)}
	}
	return next, before, nil
}

// firstReach is how far the first edition reaches back at least: whoever begins
// a digest just after its weekday would wait a week for the first link otherwise.
const firstReach = 7

// firstStart is where the window of the first edition begins: one interval
// before the first slot that came after the digest was begun, and at least seven
// days before that beginning. Later windows begin where the one before ended.
func (d Digest) firstStart() time.Time {
	reach := d.Created.AddDate(0, 0, -firstReach)
	if _, before, err := d.Slots(d.Created); err == nil && before.Due.Before(reach) {
		return before.Due
	}
	return reach
}

// Location is the digest's zone, UTC when it cannot be read.
func (d Digest) Location() *time.Location {
	zone, err := schedule.LoadZone(d.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// MayCurate reports whether the actor may change and publish the digest: its
// curator, its deputy, and every comms lead.
func MayCurate(actor bot.Actor, d Digest) bool {
	if actor.Has(bot.Lead) {
		return true
	}
	return actor.Person != "" && actor.Has(bot.Colleague) && (actor.Person == d.Curator || actor.Person == d.Deputy)
}

// NewSlug makes the part of an address from a name: lower-case letters, digits
// and single hyphens, at most 40 bytes, never empty.
func NewSlug(name string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(name) {
		if plain, ok := foldLetter[r]; ok {
			out.WriteString(plain)
			continue
		}
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
	}
	slug := strings.Trim(out.String(), "-")
	if len(slug) > 40 {
		slug = strings.Trim(slug[:40], "-")
	}
	if slug == "" {
		return "digest"
	}
	return slug
}
