package voices

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Config is what the feature needs. All but Release, ManualRelease, Next and Slips
// are compulsory.
type Config struct {
	Voices       Voices
	Waiting      Waiting
	Settings     SettingsStore
	People       bot.People
	Places       bot.Places
	Clock        bot.Clock
	Random       io.Reader
	Organisation bot.Organisation
	// Keys must come from the same secret for as long as the database lives.
	Keys Keys
	// Release says when the releases are, for the dates that authors are told;
	// the zero Spec means ReleasePhrase. The schedule row of the chore
	// ReleaseChore must follow the same rule in the organisation's zone.
	Release schedule.Spec
	// ManualRelease lets leads release at any moment. Whoever may choose the
	// moment can single out an author, so this is for the playground alone.
	ManualRelease bool
	// Next says what came of an idea and what may be made of it; nil: nothing.
	Next NextSource
	// Slips are the installation's own names of our slash words, without "/": a
	// message that begins with one is an accident too.
	Slips []string
}

// The chore that releases what waits, and its schedule unless configured.
const (
	ReleaseChore  = "voices.release"
	ReleasePhrase = "every day 10:00"
)

// fewest is how many colleagues must be known before anything can be said
// without a name: among fewer it would be a promise that nobody can keep.
const fewest = 10

// lookups is how many wrong private codes may be tried in a minute, by all
// together. A code that opens something is never slowed down, so that nobody can
// keep others from theirs by trying; 104 bits are what protects a code.
const lookups = 60

// Feature is the promise Hear, first form.
type Feature struct {
	c     Config
	spec  schedule.Spec
	tries *bot.Rate

	sweeping     sync.Mutex
	lastLook     time.Time // of remind
	nextReminder time.Time

	urging   sync.Mutex
	nextMark time.Time // when something urgent that was seen is released

	recalling sync.Mutex
	readers   []bot.PersonID // of the last recall
	outside   map[bot.PlaceID]bool
	recalled  bool
}

// New returns the feature.
func New(c Config) *Feature {
	spec := c.Release
	if spec.IsZero() {
		spec, _ = schedule.Parse(ReleasePhrase) // a constant that a test reads
	}
	return &Feature{c: c, spec: spec, tries: bot.NewRate(c.Clock, c.Random, lookups, time.Minute)}
}

// Commands returns what can be asked.
func (f *Feature) Commands() []bot.Command {
	return slices.Concat(f.authorCommands(), f.togetherCommands(), f.teamCommands(), f.leadCommands())
}

// Chores returns the release.
func (f *Feature) Chores() []schedule.Chore {
	return []schedule.Chore{{
		Kind:   ReleaseChore,
		Policy: schedule.Policy{Grace: 23 * time.Hour},
		Run:    func(ctx context.Context, _ schedule.Tick) error { return f.releaseNow(ctx, Everything) },
		// What waited goes with the next release; nobody loses anything.
	}}
}

// Views returns the card of a voice.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{{Kind: ViewKind, Render: f.render}}
}

// nextRelease is the moment of the next release.
func (f *Feature) nextRelease() time.Time {
	slot, _ := f.spec.Next(f.c.Clock.Now(), f.c.Organisation.Zone, nil)
	return slot.Due
}

// releaseNow moves what waits. It may run again at any time.
func (f *Feature) releaseNow(ctx context.Context, which Which) error {
	return f.release(ctx, which, f.c.Clock.Now())
}

// release moves what waits; at is the moment that is kept of it.
func (f *Feature) release(ctx context.Context, which Which, at time.Time) error {
	t, err := f.team(ctx)
	if err != nil {
		return err
	}
	load := t.load
	return f.c.Waiting.Release(ctx, which, func(b Batch) (Released, error) {
		t.load = copyLoad(load)
		done, err := release(b, t, at, f.c.Random)
		done.At = at
		if err == nil && len(done.Stay) > 0 {
			var alarms []bot.Delivery
			alarms, err = f.nobodyReads(ctx)
			done.Deliveries = append(done.Deliveries, alarms...)
		}
		return done, err
	})
}

func copyLoad(load map[bot.PersonID]int) map[bot.PersonID]int {
	out := make(map[bot.PersonID]int, len(load))
	for who, n := range load {
		out[who] = n
	}
	return out
}

// team reads who is on the reading team and what each has to do.
func (f *Feature) team(ctx context.Context) (team, error) {
	readers, err := f.withRole(ctx, bot.Reader)
	if err != nil {
		return team{}, err
	}
	open, err := f.c.Voices.List(ctx, Query{Open: true})
	if err != nil {
		return team{}, err
	}
	settings, err := f.c.Settings.Get(ctx)
	if err != nil {
		return team{}, err
	}
	t := team{load: map[bot.PersonID]int{}, place: settings.Place}
	if t.outside, err = f.shared(ctx); err != nil {
		return team{}, err
	}
	if t.outside[t.place] {
		t.place = ""
	}
	for _, reader := range readers {
		t.readers = append(t.readers, reader.ID)
	}
	for _, v := range open {
		t.load[v.Owner]++
	}
	return t, nil
}

// withRole lists the active colleagues who hold one of the roles.
func (f *Feature) withRole(ctx context.Context, roles ...bot.Role) ([]bot.Person, error) {
	all, err := f.c.People.Persons(ctx)
	if err != nil {
		return nil, err
	}
	var found []bot.Person
	for i := range all { // a list of everybody is not copied for the few
		p := &all[i]
		if !p.Inactive && !p.Outside && slices.ContainsFunc(roles, func(r bot.Role) bool { return slices.Contains(p.Roles, r) }) {
			found = append(found, *p)
		}
	}
	return found, nil
}
