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
	do, who := p.acts(ctx)
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

// acts are short for doing something as a person of the sample, with the answers of
// a form in pairs, and for the id of such a person.
func (p *playgroundRun) acts(ctx context.Context) (do func(person, command, arg string, pairs ...string), who func(person string) string) {
	do = func(person, command, arg string, pairs ...string) {
		values := map[string][]string{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
		}
		p.app.router.Do(ctx, bot.Invocation{Actor: bot.Actor{Account: p.workspace.ID(person)}, Workspace: p.workspace.Name(),
			Command: command, Arg: arg, Values: values, Nonce: person + command + arg + strings.Join(pairs, " ")})
	}
	who = func(person string) string {
		actor, err := p.app.people.Actor(ctx, p.workspace.ID(person))
		if err != nil {
			return ""
		}
		return string(actor.Person)
	}
	return do, who
}

// meetUp does what makes the rooms of Connect write: somebody represents a
// department and another is invited, an executive speaks for the programme, a
// leader gets lessons, an evangelist asks for a letter and for a camera, a round of
// tables is drafted.
func (p *playgroundRun) meetUp(ctx context.Context) {
	do, who := p.acts(ctx)
	day := func(days int) string { return p.app.clock.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	housing := ""
	if sheet, err := p.app.features.Roster.Sheet(ctx); err == nil {
		for _, row := range sheet.Matrix.Rows {
			if row.Department == "Housing" {
				housing = row.ID
			}
		}
	}
	do("nia", "roster.representative", "", "department", housing, "which", "representative", "person", who("dewi"))
	do("nia", "roster.representative", "", "department", housing, "which", "deputy", "person", who("farida"))
	do("nia", "roster.place", "", "place", string(p.workspace.PlaceID("front-line")), "rhythm", "first Monday of the month 10:00")
	p.app.router.Do(ctx, bot.Invocation{Actor: bot.Actor{Account: p.workspace.ID("dewi")}, Workspace: p.workspace.Name(), Command: "evangelist",
		Words: "agenda Who opens the hall on Fridays?", Nonce: "agenda"})
	do("dewi", "roster.decided", "", "words", "One list of contacts for all front desks", "owner", who("dewi"), "due", day(20))
	do("nia", "roster.invite", "", "person", who("ishbel"), "part", "support", "reason", "You wrote the page that everybody at the depot links to.")
	do("nia", "champions.name", "", "person", who("abiodun"), "body", "Corporate leadership team", "on", day(6))
	do("abiodun", "champions.accept", who("abiodun"))
	do("nia", "champions.promise", who("abiodun"), "side", "ours", "words", "A van for the outreach days", "due", day(25))
	do("nia", "primer.enrol", "", "who", who("honor"), "change", "enrol")
	do("dewi", "mandates.mine", "", "time", "hour", "freedoms", "talk", "freedoms", "meet", "signer", who("nia"), "words", "Repairs without a second visit")
	do("dewi", "mandates.resource", "", "what", "A camera", "for", "Photographs of repairs before the first visit", "by", day(18), "cost", "80 pounds")
	do("nia", "report.schedule", "", "when", "first Tuesday of the month 09:00", "place", string(p.workspace.PlaceID("all-council")), "lead", who("nia"))
	do("nia", "tables.plan", "")
}
