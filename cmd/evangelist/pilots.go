package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/bot/voices"
	"evangelist/digests"
	"evangelist/storage/pilotstore"
)

// newPilots joins pilots to the ideas that they come from. Voices has no entry by
// which something that is not an answer reaches an author without a name, so Enter
// stays nil and leads are told to ask the reading team.
func (a *App) newPilots(p Parts) *pilots.Feature {
	return pilots.New(pilots.Config{
		Stores: pilotstore.New(p.DB, p.Clock), People: a.people, Places: a.places, Clock: p.Clock, Random: p.Random,
		Organisation: p.Organisation, Wake: a.Wake, Idea: a.ideaFor, Backers: a.backersOf,
	})
}

// ideaFor returns an idea to those of the reading team who may read it, and to
// everybody once its neutral summary was published. The idea's own words never
// leave voices.
func (a *App) ideaFor(ctx context.Context, actor bot.Actor, reference string) (pilots.Idea, error) {
	found, err := a.features.voiceStore.List(ctx, voices.Query{Reference: reference})
	if err != nil {
		return pilots.Idea{}, err
	}
	for _, v := range found {
		reads := actor.Has(bot.Reader) && slices.Contains(v.Readers, actor.Person) && !slices.Contains(v.Without, actor.Person)
		published := v.State.Closed() && v.Summary != "" && !v.Unpublished
		if v.Kind == voices.Idea && v.State != voices.Withdrawn && (reads || published) {
			return pilots.Idea{ID: v.ID, Reference: v.Reference, Title: v.Summary}, nil
		}
	}
	return pilots.Idea{}, bot.ErrNotFound
}

// backersOf is the named author of an idea; nobody when it has no name or was
// taken back.
func (a *App) backersOf(ctx context.Context, idea string) ([]bot.PersonID, error) {
	v, err := a.features.voiceStore.Get(ctx, idea)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case v.AuthorPerson == "" || v.State == voices.Withdrawn:
		return nil, nil
	}
	return []bot.PersonID{v.AuthorPerson}, nil
}

// triedSection is the key under which stories of pilots stand in an edition.
const triedSection = "tried"

// tried is "Tried" of an edition: what came of pilots, whether the target was met
// or missed. A story is offered until an edition has told it, however old it is.
func (a *App) tried(ctx context.Context, _, to time.Time) ([]digests.Section, error) {
	told, err := a.features.pilots.Told(ctx, to)
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
// decided.
func (a *App) around(ctx context.Context, from, to time.Time) ([]digests.Section, error) {
	happened, err := a.features.pilots.Happenings(ctx, from, to)
	if err != nil || len(happened) == 0 {
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
	return []digests.Section{section}, nil
}

// storiesTold notes which stories a published edition has told, so that no later
// one offers them again. It looks at the newest editions, and only when there is a
// new one.
func (a *App) storiesTold() func(context.Context) (time.Time, error) {
	last := ""
	return func(ctx context.Context) (time.Time, error) {
		issues, err := a.features.digests.Issues(ctx, "", "", time.Time{}, 3)
		if err != nil || len(issues) == 0 || issues[0].ID == last {
			return time.Time{}, err
		}
		for _, issue := range issues {
			var ids []string
			for _, section := range issue.Content.Sections {
				if section.Key != triedSection {
					continue
				}
				for _, item := range section.Items {
					ids = append(ids, item.ID)
				}
			}
			if err := a.features.pilots.MarkTold(ctx, ids, issue.ID, "readers of "+issue.Content.Digest); err != nil {
				return time.Time{}, err
			}
		}
		last = issues[0].ID
		return time.Time{}, nil
	}
}

// tryOut begins a pilot, leads another one to its decision and a third one past
// it, for the storybook, so that every card of theirs has something to show.
func (p *playgroundRun) tryOut(ctx context.Context) {
	do := func(person, command, arg string, pairs ...string) {
		values := map[string][]string{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = []string{pairs[i+1]}
		}
		p.app.router.Do(ctx, bot.Invocation{Actor: bot.Actor{Account: p.workspace.ID(person)}, Workspace: p.workspace.Name(),
			Command: command, Arg: arg, Values: values, Nonce: person + command + arg + strings.Join(pairs, " ")})
	}
	who := func(person string) string {
		actor, err := p.app.people.Actor(ctx, p.workspace.ID(person))
		if err != nil {
			return ""
		}
		return string(actor.Person)
	}
	do("nia", "pilots.goal", string(pilots.Objective), "title", "Fewer calls that a page could answer", "audience", "Residents", "benefit", "Time for those who need a person")
	goals, err := p.app.features.pilots.Stores.Goals.List(ctx, false)
	if err != nil || len(goals) == 0 {
		return
	}
	last := p.app.clock.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	for _, trial := range []struct {
		title, sponsor, member string
		until                  pilots.State
	}{
		{"Bin days on the phone menu", "tamsin", "barry", pilots.Running}, {"Letters that begin with the answer", "pauline", "harjit", pilots.Deciding},
		{"A walk round the park with the planner", "yusra", "colm", pilots.Decided},
	} {
		do("nia", "pilots.new", "", "title", trial.title, "scope", "Two wards for four weeks", "audience", "Residents of Eastfield", "goal", goals[0].ID)
		all, err := p.app.features.pilots.Stores.Pilots.List(ctx, pilots.Filter{States: []pilots.State{pilots.Draft}})
		if err != nil || len(all) == 0 {
			return
		}
		id := all[0].ID
		do("nia", "pilots.bounds", id, "cost", "200 pounds", "ends", last, "sponsor", who(trial.sponsor))
		do(trial.sponsor, "pilots.measure", id, "measure", "Calls in a week", "aim", string(pilots.AtMost), "target", "40")
		do(trial.sponsor, "pilots.member", id, "who", who(trial.member))
		do(trial.sponsor, "pilots.preflight", id, "guideline", "yes", "clause", "https://www.gov.uk/service-manual", "personal", string(pilots.NoPersonalData))
		do(trial.sponsor, "pilots.start", id)
		do(trial.sponsor, "pilots.survey", id, "question", "How many calls did you take about it this week?", "place", string(p.workspace.PlaceID("front-line")))
		do(trial.sponsor, "pilots.checkin", id, "words", "It works, and two people pressed the wrong key.")
		do(trial.sponsor, "pilots.reading", id, "value", "31", "note", "From the call log")
		if trial.until != pilots.Running {
			do(trial.sponsor, "pilots.finish", id)
		}
		if trial.until == pilots.Decided {
			do(trial.sponsor, "pilots.decide", id, "choice", string(pilots.Scale), "reason", "everybody came back with a friend")
		}
	}
}
