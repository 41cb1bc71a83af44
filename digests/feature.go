// Package digests turns what colleagues share in chat into a weekly edition.
//
// An Ear keeps the links that are seen, with who shared them and how others
// took them up. Rules without I/O rank them, spread them over sites, people and
// departments, and compose a draft with the curator's decisions. Approval
// freezes the draft as a Revision; a Sweep publishes it once.
package digests

import (
	"context"
	"io"
	"sync"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Config is what the feature needs. Stores, People, Places, Clock, Random and
// Organisation are compulsory.
type Config struct {
	Stores       Stores
	People       bot.People
	Places       bot.Places
	Clock        bot.Clock
	Random       io.Reader
	Organisation bot.Organisation
	// Schedule keeps when digests are due; nil: nothing runs by itself.
	Schedule Scheduler
	// Sections fill further parts of an edition, in this order.
	Sections []SectionSource
	// Used is told what a colleague did with an item; nil: only counted.
	Used func(ctx context.Context, used Used) error
	// Slips are the installation's own names of the commands for concerns and
	// ideas, without "/".
	Slips []string
	// Wake makes the sweeps run soon; nil: they run when they are due.
	Wake func()

	LeaveEmoji   string        // default "see_no_evil"
	SaveEmoji    string        // default "pushpin"
	HearExternal bool          // links of other organisations' people count too
	Silence      Choice        // what silence about one's name means: Named (default) or Unnamed
	UndoWindow   time.Duration // default a minute
	Grace        time.Duration // how late an edition may go out after a pause; default 12 hours
	DeputyTime   time.Duration // how long the deputy has before an undecided edition goes; default two hours
}

// Scheduler is what the feature needs of schedule.Scheduler.
type Scheduler interface {
	// Keep brings a schedule in line with what wish says when it is asked.
	Keep(ctx context.Context, kind, subject string, wish func(context.Context) (schedule.Plan, bool, error)) (schedule.Slot, error)
}

// SectionSource gives the sections that a feature offers to an edition whose
// window is from <= moment < to. It only reads; equal state gives equal
// sections. IDs of entries have at most 100 bytes.
type SectionSource func(ctx context.Context, from, to time.Time) ([]Section, error)

// Used is what a colleague said with "I used this".
type Used struct {
	By      bot.Actor
	What    string // one line: what changed
	Title   string
	URL     string
	Sharers []bot.PersonID // to be thanked
	Edition string
	At      time.Time
}

// ChoreKind is the kind of the digests' schedules; the subject is a digest's id.
const ChoreKind = "digest"

// The kinds of the feature's views. Both go by an edition's id.
const (
	EditionView = "edition"
	DraftView   = "draft"
)

// Feature is the first promise, Share: capture, curation and publication.
type Feature struct {
	cfg    Config
	stores Stores
	people bot.People
	places bot.Places
	clock  bot.Clock

	mu   sync.Mutex
	said map[string]string // by digest, of which curator leads were told that the account is inactive
}

// New returns the feature.
func New(c Config) *Feature {
	if c.LeaveEmoji == "" {
		c.LeaveEmoji = "see_no_evil"
	}
	if c.SaveEmoji == "" {
		c.SaveEmoji = "pushpin"
	}
	if c.Silence == Unasked {
		c.Silence = Named
	}
	if c.UndoWindow <= 0 {
		c.UndoWindow = time.Minute
	}
	if c.Grace < time.Minute {
		c.Grace = 12 * time.Hour
	}
	if c.DeputyTime <= 0 {
		c.DeputyTime = 2 * time.Hour
	}
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	return &Feature{cfg: c, stores: c.Stores, people: c.People, places: c.Places, clock: c.Clock, said: map[string]string{}}
}

func (f *Feature) wake() {
	if f.cfg.Wake != nil {
		f.cfg.Wake()
	}
}

// Commands returns what can be asked of the feature.
func (f *Feature) Commands() []bot.Command {
	var all []bot.Command
	all = append(all, f.seriesCommands()...)
	all = append(all, f.collectCommands()...)
	all = append(all, f.deskCommands()...)
	all = append(all, f.publishCommands()...)
	return append(all, f.readerCommands()...)
}

// Chores returns the feature's chore: what happens at each slot of a digest.
func (f *Feature) Chores() []schedule.Chore {
	return []schedule.Chore{{Kind: ChoreKind, Policy: schedule.Policy{Grace: f.cfg.Grace}, Run: f.slotCame, Expired: f.slotMissed}}
}

// Sweeps returns the feature's sweep: drafts opened, editions published,
// withdrawals carried out.
func (f *Feature) Sweeps() []bot.Sweep {
	return []bot.Sweep{{Name: "digests", Run: f.sweep}}
}

// Views returns the kinds of cards that the feature draws.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{
		{Kind: EditionView, Render: f.renderEdition},
		{Kind: DraftView, Render: f.renderDraft},
	}
}

// Panels returns the feature's part of a home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{{Name: "digests", Order: 10, Show: f.panel}}
}

func (f *Feature) renderEdition(ctx context.Context, id string) (bot.Message, int64, error) {
	edition, err := f.stores.Editions.Get(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	if edition.State == Draft {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	if edition.State == Recalled {
		return recalledMessage(edition), edition.Version, nil
	}
	tally, err := f.stores.Votes.Tally(ctx, edition.ID)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return edition.Shown().Message(edition.ID, tally), edition.Version, nil
}

func (f *Feature) renderDraft(ctx context.Context, id string) (bot.Message, int64, error) {
	edition, err := f.stores.Editions.Get(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	message, err := f.draftMessage(ctx, edition)
	return message, edition.Version, err
}

func (f *Feature) draftMessage(ctx context.Context, edition Edition) (bot.Message, error) {
	digest, err := f.stores.Series.Get(ctx, edition.Digest)
	if err != nil {
		return bot.Message{}, err
	}
	if edition.State != Draft {
		return decidedMessage(edition, digest), nil
	}
	proof, err := f.Proof(ctx, edition)
	if err != nil {
		return bot.Message{}, err
	}
	return DraftMessage(edition, digest, proof)
}
