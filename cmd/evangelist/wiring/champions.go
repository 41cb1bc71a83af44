package wiring

import (
	"context"
	"strings"
	"time"

	"evangelist/adapters/web"
	page "evangelist/adapters/web/champions"
	"evangelist/bot/champions"
	"evangelist/bot/pilots"
	"evangelist/storage/championstore"
)

// newChampions joins champions to what a briefing is made of: one line for each.
func (f *Features) newChampions(p Parts) *champions.Feature {
	return champions.New(champions.Config{
		Stores: championstore.New(p.DB, p.Clock), People: p.People, Clock: p.Clock, Random: p.Random, Organisation: p.Organisation, Wake: p.Wake,
		Briefing: []champions.Source{
			f.briefStories,
			f.briefPilots,
			f.briefAnswers,
			f.briefRefusals,
		},
	})
}

// championPages adds the pages of champions to the site.
func (f *Features) championPages(site *web.Site) {
	page.Attach(site.Shell, champions.Path, f.Champions)
}

// briefStories are the stories that their people offered in a period.
func (f *Features) briefStories(ctx context.Context, from, to time.Time) ([]champions.Point, error) {
	all, err := f.Pilots.Stores.Stories.List(ctx, pilots.Offered)
	var points []champions.Point
	for _, s := range all {
		if !s.Offered.Before(from) && s.Offered.Before(to) {
			points = append(points, champions.Point{Of: "story/" + s.ID, Section: "Stories", Words: s.Title + ": " + outcomeWords(s.Outcome)})
		}
	}
	return points, err
}

// briefPilots are the pilots that were decided in a period.
func (f *Features) briefPilots(ctx context.Context, from, to time.Time) ([]champions.Point, error) {
	all, err := f.Pilots.Happenings(ctx, from, to)
	var points []champions.Point
	for _, one := range all {
		if one.Choice != "" {
			points = append(points, champions.Point{Of: "pilot/" + one.ID, Section: "Tried and decided", Words: one.Title + ": " + choiceWords(one.Choice)})
		}
	}
	return points, err
}

func outcomeWords(o pilots.Outcome) string {
	switch o {
	case pilots.TargetMet:
		return "the target was met."
	case pilots.TargetMissed:
		return "the target was missed."
	}
	return "nothing was measured."
}

func choiceWords(c pilots.Choice) string {
	switch c {
	case pilots.Continue:
		return "it goes on."
	case pilots.Scale:
		return "it grows."
	}
	return "it ends."
}

// briefAnswers are what was said and answered in a period, in the reading team's
// neutral words.
func (f *Features) briefAnswers(ctx context.Context, from, to time.Time) ([]champions.Point, error) {
	told, err := f.Voices.Told(ctx, from, to)
	var points []champions.Point
	for _, one := range told.Items {
		points = append(points, champions.Point{Of: "voice/" + one.Reference, Section: "Heard and answered", Words: "“" + one.Said + "” " + one.Did})
	}
	return points, err
}

// briefRefusals are what could not be done in a period.
func (f *Features) briefRefusals(ctx context.Context, from, to time.Time) ([]champions.Point, error) {
	all, err := f.Impact.Stores.Refusals.List(ctx, from, to)
	var points []champions.Point
	for _, one := range all {
		points = append(points, champions.Point{Of: "refusal/" + one.ID, Section: "What we could not do", Words: strings.TrimSuffix(one.Words, ".") + ", because " + one.Reason})
	}
	return points, err
}
