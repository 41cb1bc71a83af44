package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"evangelist/adapters/teams"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/bot/impact"
	"evangelist/bot/network"
	"evangelist/bot/pilots"
	"evangelist/bot/tables"
	"evangelist/bot/voices"
	"evangelist/digests"
	"evangelist/storage/digeststore"
	"evangelist/storage/networkstore"
	"evangelist/storage/tablestore"
	"evangelist/storage/voicestore"
)

// features is what the promises add to the house. This file is the only place
// where one feature meets another.
type features struct {
	digests    *digests.Feature
	voices     *voices.Feature
	network    *network.Feature
	pilots     *pilots.Feature
	tables     *tables.Feature
	impact     *impact.Feature
	voiceStore voices.Voices
	ears       []bot.Ear
	sweeps     []bot.Sweep
}

func (a *App) addFeatures(ctx context.Context, p Parts) error {
	key, err := a.installation.Key(ctx)
	if err != nil {
		return err
	}
	f := &a.features
	f.network = network.New(network.Config{
		Stores: networkstore.New(p.DB, p.Clock), People: a.people, Places: a.places, Clock: p.Clock, Random: p.Random,
		Organisation: p.Organisation, Help: a.router.Help, Home: a.router.Home, Planner: a.scheduler,
	})
	f.voiceStore = voicestore.NewVoices(p.DB, p.Clock)
	f.voices = voices.New(voices.Config{
		Voices: f.voiceStore, Waiting: voicestore.NewWaiting(p.DB, p.Clock), Settings: voicestore.NewSettings(p.DB, p.Clock),
		People: a.people, Places: a.places, Clock: p.Clock, Random: p.Random, Organisation: p.Organisation,
		Keys: voices.NewKeys(key), ManualRelease: p.Manual, Slips: slips(p.Slash),
	})
	f.pilots = a.newPilots(p)
	f.tables = a.newTables(p)
	f.digests = digests.New(digests.Config{
		Stores: digeststore.New(p.DB, p.Clock), People: a.people, Places: a.places, Clock: p.Clock, Random: p.Random,
		Organisation: p.Organisation, Schedule: a.scheduler, Wake: a.Wake, Used: a.hearUsed, Slips: slips(p.Slash),
		Sections: []digests.SectionSource{a.saidAndDone, a.learned, a.tried, a.around},
	})
	f.impact = a.newImpact(p)
	a.router.AddViews(f.digests.Views()...)
	a.router.AddViews(f.voices.Views()...)
	a.router.AddViews(f.network.Views()...)
	a.router.AddViews(f.pilots.Views()...)
	a.router.AddViews(f.tables.Views()...)
	a.router.AddPanels(f.digests.Panels()...)
	a.router.AddPanels(f.voices.Panels()...)
	a.router.AddPanels(f.network.Panels()...)
	a.router.AddPanels(f.pilots.Panels()...)
	a.router.AddPanels(f.tables.Panels()...)
	a.router.AddPanels(bot.Panel{Name: "troubles", Order: 90, Show: a.troublePanel})
	for _, commands := range [][]bot.Command{f.voices.Commands(), f.digests.Commands(), f.network.Commands(), f.pilots.Commands(), f.tables.Commands(), f.impact.Commands(), courier.ContactCommands(a.people), a.troubleCommands()} {
		if err := a.router.Add(commands...); err != nil {
			return err
		}
	}
	f.ears = append(f.digests.Ears(), f.voices.Ears()...)
	f.sweeps = slices.Concat(f.digests.Sweeps(), f.voices.Sweeps(), f.network.Sweeps(), f.pilots.Sweeps(), f.tables.Sweeps(), f.impact.Sweeps(), []bot.Sweep{{Name: "told", Run: a.markTold}, {Name: "stories told", Run: a.storiesTold()}, {Name: "housekeeping", Run: a.housekeep}})
	for _, chore := range slices.Concat(f.digests.Chores(), f.voices.Chores(), f.network.Chores()) {
		if err := a.scheduler.Register(chore); err != nil {
			return err
		}
	}
	return nil
}

// slips are the installation's own names of the commands whose words are for the
// reading team alone.
func slips(words map[string]string) []string {
	var all []string
	for _, ours := range []string{"concern", "idea"} {
		if theirs := words[ours]; theirs != "" {
			all = append(all, theirs)
		}
	}
	return all
}

// saidAndDone is "Heard and answered" of an edition, from closed voices.
func (a *App) saidAndDone(ctx context.Context, from, to time.Time) ([]digests.Section, error) {
	told, err := a.features.voices.Told(ctx, from, to)
	if err != nil {
		return nil, err
	}
	section := digests.Section{Key: "heard", Heading: "Heard and answered"}
	for _, one := range told.Items {
		section.Items = append(section.Items, digests.SectionItem{ID: one.Reference, Lines: []bot.Spans{
			bot.Line(bot.Strong("You said: "), one.Said), bot.Line(bot.Strong("We did: "), one.Did),
		}})
	}
	if told.Waiting > 0 {
		section.Items = append(section.Items, digests.SectionItem{ID: "waiting", Lines: []bot.Spans{bot.T(answersWaiting(told.Waiting))}})
	}
	if len(section.Items) == 0 {
		return nil, nil
	}
	return []digests.Section{section}, nil
}

func answersWaiting(n int) string {
	if n == 1 {
		return "One answer is for somebody who wrote without a name; the private code opens it."
	}
	return fmt.Sprintf("%d answers are for people who wrote without a name; their private codes open them.", n)
}

// learned is "Learned" of an edition, from what evangelists answered.
func (a *App) learned(ctx context.Context, from, to time.Time) ([]digests.Section, error) {
	told, err := a.features.network.Learned(ctx, from, to)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	section := digests.Section{Key: learnedSection, Heading: "Learned"}
	for _, one := range told {
		by := one.Department
		if one.Who != "" && one.Department != "" {
			by = one.Who + ", " + one.Department
		} else if one.Who != "" {
			by = one.Who
		}
		line := bot.T(one.Words)
		if by != "" {
			line = bot.Line(one.Words, " ", bot.Emphasis(by))
		}
		section.Items = append(section.Items, digests.SectionItem{ID: one.ID, Lines: []bot.Spans{line}})
	}
	return []digests.Section{section}, nil
}

// markTold notes which learnings a published edition has told, so that no later
// one offers them again. It looks at the newest editions, and only when there is
// a new one.
func (a *App) markTold(ctx context.Context) (time.Time, error) {
	issues, err := a.features.digests.Issues(ctx, "", "", time.Time{}, 3)
	if err != nil || len(issues) == 0 || issues[0].ID == a.lastTold {
		return time.Time{}, err
	}
	for _, issue := range issues {
		var ids []string
		for _, section := range issue.Content.Sections {
			if section.Key != learnedSection {
				continue
			}
			for _, item := range section.Items {
				ids = append(ids, item.ID)
			}
		}
		if err := a.features.network.MarkTold(ctx, ids, issue.ID); err != nil {
			return time.Time{}, err
		}
	}
	a.lastTold = issues[0].ID
	return time.Time{}, nil
}

// learnedSection is the key under which learnings stand in an edition.
const learnedSection = "learned"

// hearUsed hands "I used this" to the library of learnings.
func (a *App) hearUsed(ctx context.Context, used digests.Used) error {
	return a.features.network.Used(ctx, used.By.Person, used.What, used.Title)
}

// keepTicks is how long finished slots of schedules are remembered: longer than
// any backup that somebody would still restore.
const keepTicks = 400 * 24 * time.Hour

// housekeep forgets what is over. It finds nothing to do most of the time.
func (a *App) housekeep(ctx context.Context) (time.Time, error) {
	now := a.clock.Now()
	if now.Before(a.tidied.Add(24 * time.Hour)) {
		return a.tidied.Add(24 * time.Hour), nil
	}
	if _, err := a.schedules.Ticks.Purge(ctx, now.Add(-keepTicks)); err != nil {
		return time.Time{}, err
	}
	a.tidied = now
	return now.Add(24 * time.Hour), nil
}

// newTables joins round tables to the people who lead or support, and what came of
// a table to the library of learnings.
func (a *App) newTables(p Parts) *tables.Feature {
	return tables.New(tables.Config{
		Stores: tablestore.New(p.DB, p.Clock), People: a.people, Clock: p.Clock, Random: p.Random, Organisation: p.Organisation, Wake: a.Wake,
		Members: a.tableMembers, Agenda: a.tableAgenda, Gather: a.tableRooms(p.Platforms), Learn: a.learnFromTable,
	})
}

// tableMembers are those who lead or support and can be reached.
func (a *App) tableMembers(ctx context.Context) ([]bot.PersonID, error) {
	all, err := a.features.network.Stores.Evangelists.List(ctx)
	if err != nil {
		return nil, err
	}
	var members []bot.PersonID
	for _, e := range all {
		if e.Asked() {
			members = append(members, e.Person)
		}
	}
	return members, nil
}

// tableAgenda is what every colleague may read and talk about: what worked most
// recently, with its author's consent, and the question that goes round. What
// somebody needs is for leads alone, so it is not in it.
func (a *App) tableAgenda(ctx context.Context) ([]string, error) {
	now := a.clock.Now()
	var lines []string
	told, err := a.features.network.Learned(ctx, now.AddDate(0, -3, 0), now)
	if err != nil {
		return nil, err
	}
	for i := len(told) - 1; i >= 0 && len(lines) == 0; i-- {
		words := []rune(told[i].Words)
		if len(words) > 120 {
			words = append(words[:119:119], '…')
		}
		lines = append(lines, "It worked elsewhere, would it here? \""+string(words)+"\"")
	}
	question, err := a.features.network.Stores.Questions.Get(ctx, network.QuestionID)
	switch {
	case errors.Is(err, bot.ErrNotFound):
	case err != nil:
		return nil, err
	case question.Text != "":
		lines = append(lines, question.Text)
	}
	return lines, nil
}

// tableRooms says with whom of some persons one conversation can be opened. The
// courier takes the first platform that has an account of everybody; on Teams a bot
// cannot open a chat with several people, so there everybody is written to alone.
func (a *App) tableRooms(platforms []bot.Platform) tables.GatherSource {
	return func(ctx context.Context, persons []bot.PersonID) (func([]bot.PersonID) bool, error) {
		on := map[bot.PersonID]map[string]bool{}
		for _, person := range persons {
			accounts, err := a.people.Accounts(ctx, person)
			if err != nil {
				return nil, err
			}
			on[person] = map[string]bool{}
			for _, account := range accounts {
				on[person][account.ID.Platform()] = true
			}
		}
		return func(people []bot.PersonID) bool {
			for _, platform := range platforms {
				elsewhere := slices.ContainsFunc(people, func(id bot.PersonID) bool { return !on[id][platform.Name()] })
				if !elsewhere {
					_, opens := platform.(bot.Opener)
					return opens && platform.Name() != teams.Name
				}
			}
			return false
		}, nil
	}
}

// learnFromTable keeps what somebody says came of a table, with the consent that
// they gave.
func (a *App) learnFromTable(ctx context.Context, told tables.Told) error {
	who, err := a.people.Person(ctx, told.Person)
	if err != nil {
		return err
	}
	now := a.clock.Now()
	id, err := bot.NewID(now, a.random)
	if err != nil {
		return err
	}
	return a.features.network.Stores.Learnings.Add(ctx, network.Learning{
		ID: id, Source: told.Key, Words: bot.Clean(told.Words, network.MaxWords), About: told.About, Person: who.ID, Name: who.Name,
		Department: who.Department, Consent: network.ParseConsent(told.Consent), Created: now,
	})
}
