// Package wiring is where one feature meets another, and nowhere else: each
// feature has a file here, and one line in join.
package wiring

import (
	"context"
	"io"
	"slices"

	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/bot/champions"
	"evangelist/bot/impact"
	"evangelist/bot/impact/issues"
	"evangelist/bot/library"
	"evangelist/bot/mandates"
	"evangelist/bot/network"
	"evangelist/bot/office"
	"evangelist/bot/pilots"
	"evangelist/bot/primer"
	"evangelist/bot/requests"
	"evangelist/bot/roster"
	"evangelist/bot/schedule"
	"evangelist/bot/tables"
	"evangelist/bot/voices"
	"evangelist/digests"
	"evangelist/storage"
	"evangelist/storage/kernelstore"
)

// Parts are what features stand on. All but Platforms, Manual and Slash are
// compulsory.
type Parts struct {
	DB           *storage.DB
	People       *kernelstore.People
	Places       *kernelstore.Places
	Scheduler    *schedule.Scheduler
	Router       *bot.Router
	Organisation bot.Organisation
	Platforms    []bot.Platform
	Clock        bot.Clock
	Random       io.Reader
	Key          []byte // the installation's
	// Wake has courier, scheduler and sweeps look at once.
	Wake func()
	// Full says to whom nothing more can be written first at the moment.
	Full func(ctx context.Context, persons []bot.PersonID) (map[bot.PersonID]bool, error)
	// Manual lets leads release voices and ask questions at once: the playground.
	Manual bool
	// Slash are the installation's own names of slash words, by ours; nil: none.
	Slash map[string]string
}

// Features is what the promises add to the house. Its methods are safe for
// concurrent use.
type Features struct {
	Digests    *digests.Feature
	Voices     *voices.Feature
	Network    *network.Feature
	Requests   *requests.Feature
	Office     *office.Feature
	Pilots     *pilots.Feature
	Roster     *roster.Feature
	Tables     *tables.Feature
	Impact     *impact.Feature
	Champions  *champions.Feature
	Issues     *issues.Feature
	Library    *library.Feature
	Primer     *primer.Feature
	Mandates   *mandates.Feature
	VoiceStore voices.Voices

	parts    Parts
	ears     []bot.Ear
	matters  []bot.MatterSource
	sweeps   []bot.Sweep
	lastTold string // of the sweep goroutine alone: the newest edition of which is marked what it told
}

// New makes the features, and adds their commands, cards, panels and chores to
// router and scheduler.
func New(p Parts) (*Features, error) {
	f := &Features{parts: p}
	f.Network = f.newNetwork(p)
	f.Requests = f.newRequests(p)
	f.Office = f.newOffice(p)
	f.Voices = f.newVoices(p)
	f.Pilots = f.newPilots(p)
	f.Tables = f.newTables(p)
	f.Roster = f.newRoster(p)
	f.Digests = f.newDigests(p)
	f.Impact = f.newImpact(p)
	f.Champions = f.newChampions(p)
	f.Issues = f.newIssues(p)
	f.Library = f.newLibrary(p)
	f.Primer = f.newPrimer(p)
	f.Mandates = f.newMandates(p)
	// In the order of the help: one line for each feature.
	err := f.join(
		f.Voices,
		f.Digests,
		f.Network,
		f.Requests,
		f.Office,
		f.Pilots,
		f.Tables,
		f.Roster,
		f.Impact,
		f.Issues,
		f.Champions,
		f.Library,
		f.Primer,
		f.Mandates,
	)
	if err != nil {
		return nil, err
	}
	f.sweeps = append(f.sweeps, bot.Sweep{Name: "told", Run: f.markTold})
	return f, nil
}

// Pages adds the features' own pages to the site.
func (f *Features) Pages(site *web.Site) {
	f.reportPages(site)
	f.rosterPages(site)
	f.championPages(site)
	f.libraryPages(site)
	f.primerPages(site)
	f.mandatePages(site)
}

// Ears listen to what is seen in chat, in this order.
func (f *Features) Ears() []bot.Ear { return slices.Clone(f.ears) }

// Sweeps are the work that time asks for besides schedules, in this order.
func (f *Features) Sweeps() []bot.Sweep { return slices.Clone(f.sweeps) }

// join adds what each feature brings. A feature may leave out any of it but its
// commands.
func (f *Features) join(features ...interface{ Commands() []bot.Command }) error {
	for _, feature := range features {
		if err := f.parts.Router.Add(feature.Commands()...); err != nil {
			return err
		}
		if with, ok := feature.(interface{ Views() []bot.ViewKind }); ok {
			f.parts.Router.AddViews(with.Views()...)
		}
		if with, ok := feature.(interface{ Panels() []bot.Panel }); ok {
			f.parts.Router.AddPanels(with.Panels()...)
		}
		if with, ok := feature.(interface{ Ears() []bot.Ear }); ok {
			f.ears = append(f.ears, with.Ears()...)
		}
		if with, ok := feature.(interface{ Sweeps() []bot.Sweep }); ok {
			f.sweeps = append(f.sweeps, with.Sweeps()...)
		}
		if with, ok := feature.(interface {
			Matters(context.Context, bot.Actor) ([]bot.Matter, error)
		}); ok {
			f.matters = append(f.matters, with.Matters)
		}
		if with, ok := feature.(interface{ Chores() []schedule.Chore }); ok {
			for _, chore := range with.Chores() {
				if err := f.parts.Scheduler.Register(chore); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
