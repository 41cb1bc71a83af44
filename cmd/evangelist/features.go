package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/bot/network"
	"evangelist/bot/voices"
	"evangelist/digests"
	"evangelist/storage/digeststore"
	"evangelist/storage/networkstore"
	"evangelist/storage/voicestore"
)

// features is what the promises add to the house. This file is the only place
// where one feature meets another.
type features struct {
	digests    *digests.Feature
	voices     *voices.Feature
	network    *network.Feature
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
	f.digests = digests.New(digests.Config{
		Stores: digeststore.New(p.DB, p.Clock), People: a.people, Places: a.places, Clock: p.Clock, Random: p.Random,
		Organisation: p.Organisation, Schedule: a.scheduler, Wake: a.Wake, Used: a.hearUsed, Slips: slips(p.Slash),
		Sections: []digests.SectionSource{a.saidAndDone, a.learned},
	})
	a.router.AddViews(f.digests.Views()...)
	a.router.AddViews(f.voices.Views()...)
	a.router.AddViews(f.network.Views()...)
	a.router.AddPanels(f.digests.Panels()...)
	a.router.AddPanels(f.voices.Panels()...)
	a.router.AddPanels(f.network.Panels()...)
	a.router.AddPanels(bot.Panel{Name: "troubles", Order: 90, Show: a.troublePanel})
	for _, commands := range [][]bot.Command{f.voices.Commands(), f.digests.Commands(), f.network.Commands(), courier.ContactCommands(a.people), a.troubleCommands()} {
		if err := a.router.Add(commands...); err != nil {
			return err
		}
	}
	f.ears = append(f.digests.Ears(), f.voices.Ears()...)
	f.sweeps = slices.Concat(f.digests.Sweeps(), f.voices.Sweeps(), f.network.Sweeps(), []bot.Sweep{{Name: "told", Run: a.markTold}, {Name: "housekeeping", Run: a.housekeep}})
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
