package wiring

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/bot/voices"
	"evangelist/digests"
	"evangelist/storage/pilotstore"
)

// newPilots joins pilots to the ideas that they come from: who is told of them, and
// where an author without a name reads of them.
func (f *Features) newPilots(p Parts) *pilots.Feature {
	return pilots.New(pilots.Config{
		Stores: pilotstore.New(p.DB, p.Clock), People: f.parts.People, Places: f.parts.Places, Clock: p.Clock, Random: p.Random,
		Organisation: p.Organisation, Wake: p.Wake, Idea: f.ideaFor, Backers: f.backersOf, Enter: f.Voices.Enter,
		Examples: f.examplesFor,
	})
}

// ideaFor returns an idea to those of the reading team who may read it, and to
// everybody once its neutral summary stands on the board. The idea's own words never
// leave voices.
func (f *Features) ideaFor(ctx context.Context, actor bot.Actor, reference string) (pilots.Idea, error) {
	found, err := f.VoiceStore.List(ctx, voices.Query{Reference: reference})
	if err != nil {
		return pilots.Idea{}, err
	}
	for _, v := range found {
		reads := actor.Has(bot.Reader) && slices.Contains(v.Readers, actor.Person) && !slices.Contains(v.Without, actor.Person)
		published := v.Summary != "" && !v.Unpublished
		if v.Kind == voices.Idea && v.State != voices.Withdrawn && (reads || published) {
			return pilots.Idea{ID: v.ID, Reference: v.Reference, Title: v.Summary}, nil
		}
	}
	return pilots.Idea{}, bot.ErrNotFound
}

// backersOf are the author of an idea and those who support it, each once, if they
// gave a name and are still here; nobody when the idea was taken back.
func (f *Features) backersOf(ctx context.Context, idea string) ([]bot.PersonID, error) {
	v, err := f.VoiceStore.Get(ctx, idea)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case v.State == voices.Withdrawn:
		return nil, nil
	}
	var backers []bot.PersonID
	if v.AuthorPerson != "" {
		backers = append(backers, v.AuthorPerson)
	}
	for _, w := range v.Weights {
		if w.Person != "" && !slices.Contains(backers, w.Person) {
			backers = append(backers, w.Person)
		}
	}
	if len(backers) == 0 { // an empty list would ask for everybody
		return nil, nil
	}
	people, err := f.parts.People.Persons(ctx, backers...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(backers, func(id bot.PersonID) bool {
		return !slices.ContainsFunc(people, func(p bot.Person) bool { return p.ID == id && !p.Inactive && !p.Outside })
	}), nil
}

// triedSection is the key under which stories of pilots stand in an edition.
const triedSection = "tried"

// tried is "Tried" of an edition: what came of pilots, whether the target was met
// or missed. A story is offered until an edition has told it, however old it is.
func (f *Features) tried(ctx context.Context, _, to time.Time) ([]digests.Section, error) {
	told, err := f.Pilots.Told(ctx, to)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	section := digests.Section{Key: triedSection, Heading: "Tried"}
	for _, story := range told {
		section.Items = append(section.Items, digests.SectionItem{ID: story.ID, Lines: []bot.Spans{
			bot.Line(bot.Strong(story.Title)), bot.T(story.Words), bot.Line(bot.Emphasis(story.Thanks)),
		}})
	}
	return []digests.Section{section}, nil
}

// around is "Around the house" of an edition: the pilots that started or were
// decided, and the next round tables.
func (f *Features) around(ctx context.Context, from, to time.Time) ([]digests.Section, error) {
	happened, err := f.Pilots.Happenings(ctx, from, to)
	if err != nil {
		return nil, err
	}
	section := digests.Section{Key: "around", Heading: "Around the house"}
	for _, one := range happened {
		line := bot.Line("A pilot starts: ", bot.Strong(one.Title), ". It runs until "+strconv.Itoa(one.Ends.Day)+" "+one.Ends.Month.String()+".")
		switch one.Choice {
		case pilots.Continue:
			line = bot.Line("A pilot ends and goes on: ", bot.Strong(one.Title), ".")
		case pilots.Scale:
			line = bot.Line("A pilot ends and grows: ", bot.Strong(one.Title), ".")
		case pilots.Stop:
			line = bot.Line("A pilot ends: ", bot.Strong(one.Title), ".")
		}
		section.Items = append(section.Items, digests.SectionItem{ID: one.ID, Lines: []bot.Spans{line}})
	}
	due, planned, err := f.Tables.Next(ctx)
	if err != nil {
		return nil, err
	}
	if planned && !due.Before(to) && due.Before(to.Add(ahead)) {
		day := bot.ShowTime(due, bot.DayStyle, f.parts.Organisation.Zone)
		section.Items = append(section.Items, digests.SectionItem{ID: "tables/" + due.UTC().Format(time.DateOnly), Lines: []bot.Spans{
			bot.Line("The next round tables are laid on ", bot.Strong(day), ". To sit at one: ", bot.Mono("/evangelist table wish")),
		}})
	}
	if len(section.Items) == 0 {
		return nil, nil
	}
	return []digests.Section{section}, nil
}

// ahead is how far an edition looks for the next round tables.
const ahead = 5 * 7 * 24 * time.Hour
