package main

import (
	"context"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/pilots"
)

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
	goals, err := p.app.features.Pilots.Stores.Goals.List(ctx, false)
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
		all, err := p.app.features.Pilots.Stores.Pilots.List(ctx, pilots.Filter{States: []pilots.State{pilots.Draft}})
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
