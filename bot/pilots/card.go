package pilots

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"evangelist/bot"
)

// look is what a pilot's card is drawn from: the pilot as one actor may see it.
type look struct {
	pilot Pilot
	actor bot.Actor
	names map[bot.PersonID]string
	goal  Goal
	open  []Item
	story bool // there is a story that the actor may read
}

// card draws a pilot for an actor.
func (f *Feature) card(ctx context.Context, p Pilot, actor bot.Actor) (bot.Message, error) {
	ids := append(p.People(), p.Preflight.GuidedBy)
	for _, fixing := range p.Fixings {
		ids = append(ids, fixing.By)
	}
	names, err := f.names(ctx, ids...)
	if err != nil {
		return bot.Message{}, err
	}
	l := look{pilot: p, actor: actor, names: names}
	if p.Goal != "" {
		if l.goal, err = f.Stores.Goals.Get(ctx, p.Goal); err != nil && !errors.Is(err, bot.ErrNotFound) {
			return bot.Message{}, err
		}
	}
	switch p.State {
	case Draft, Ready:
		l.open = p.Open(f.Clock.Now(), f.Organisation.Zone)
	case Decided:
		story, err := f.Stores.Stories.Of(ctx, p.ID)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return bot.Message{}, err
		}
		l.story = err == nil && story.May(actor, SeeStory)
	}
	if !actor.Has(bot.Lead) { // that an account is inactive is for leads alone
		l.open = slices.DeleteFunc(l.open, func(item Item) bool { return item.Command == "pilots.hand" })
	}
	return l.message(), nil
}

// renderPilot draws a pilot as one person has it.
func (f *Feature) renderPilot(ctx context.Context, id string) (bot.Message, int64, error) {
	pilot, person := splitID(id)
	p, err := f.Stores.Pilots.Get(ctx, pilot)
	if err != nil {
		return bot.Message{}, 0, err
	}
	who, err := f.People.Person(ctx, bot.PersonID(person))
	if err != nil {
		return bot.Message{}, 0, err
	}
	version := p.version(pilotView, id)
	// What somebody may see depends on the person alone, not on the account.
	actor := bot.Actor{Account: bot.AccountID(person), Person: who.ID, Name: who.Name, Roles: who.Roles, Inactive: who.Inactive, External: who.Outside}
	why := p.whyThey(actor)
	if !p.May(actor, See) || why == "" {
		return titled("Pilot "+p.Reference+" is in other hands", note("Somebody else sponsors it now, and nothing is expected of you. Thank you.")), version, nil
	}
	message, err := f.card(ctx, p, actor)
	message.Blocks = append(message.Blocks, note("Why you: "+why+"."))
	return message, version, err
}

// whyThey says why somebody has the card of a pilot; "" when they should not.
func (p Pilot) whyThey(actor bot.Actor) string {
	related := p.related(actor)
	for _, one := range []struct {
		as  Relation
		why string
	}{{AsSponsor, "you sponsor this pilot"}, {AsTeam, "you are on the team of this pilot"}, {AsLead, "you are a comms lead"}} {
		if slices.Contains(related, one.as) {
			return one.why
		}
	}
	return ""
}

func (l look) message() bot.Message {
	p := l.pilot
	head := "Pilot " + p.Reference + ": " + p.Title
	blocks := []bot.Block{bot.Facts{Facts: l.facts()}}
	for _, flag := range p.Flags() {
		blocks = append(blocks, paragraph(bot.Strong("Flagged: "), flag))
	}
	if len(l.open) > 0 {
		var list bot.List
		for _, item := range l.open {
			list.Items = append(list.Items, bot.Line(bot.Strong(item.What+". "), item.Mend))
		}
		blocks = append(blocks, section(count(len(l.open), "item")+" open before it can start"), list)
	}
	blocks = append(blocks, l.changes()...)
	blocks = append(blocks, l.readings()...)
	if p.State == Decided {
		blocks = append(blocks, section("Decided: "+p.Verdict.Choice.does()), bot.Quote{Text: bot.T(p.Verdict.Reason), By: bot.Line(bot.Moment(p.Verdict.At, bot.DateStyle))})
	}
	message := titled(head, append(blocks, l.actions()...)...)
	message.Summary = head + ", " + p.stands()
	return message
}

func (l look) facts() []bot.Fact {
	p := l.pilot
	facts := []bot.Fact{{Label: "Stands", Value: bot.T(p.stands())}}
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, bot.Fact{Label: label, Value: bot.T(text)})
		}
	}
	facts = append(facts, bot.Fact{Label: "Sponsor", Value: l.sponsor()})
	if len(p.Team) > 0 {
		var team bot.Spans
		for i, member := range p.Team {
			if i > 0 {
				team = append(team, bot.T(", ")...)
			}
			team = append(team, l.name(member))
		}
		facts = append(facts, bot.Fact{Label: "Team", Value: team})
	}
	if l.goal.Title != "" {
		add("Serves", l.goal.Title)
	}
	add("From idea", p.IdeaRef)
	add("Scope", p.Scope)
	add("For whom", p.Audience)
	add("What they gain", p.Benefit)
	add("Costs at most", p.Cost)
	if !p.Ends.IsZero() {
		add("Last day", showDate(p.Ends))
	}
	if p.Measure.Complete() {
		add("Measure", p.Measure.Text)
		facts = append(facts, bot.Fact{Label: "Target", Value: bot.Line(bot.Strong(p.Measure.target()))})
	}
	if len(p.Fixings) > 0 {
		facts = append(facts, bot.Fact{Label: "Fixed", Value: fixedLine(p)})
	}
	pre := p.Preflight
	if pre.Guideline {
		facts = append(facts, bot.Fact{Label: "Guideline", Value: bot.Line("ticked by ", l.name(pre.GuidedBy), ", ", bot.Moment(pre.GuidedAt, bot.DateStyle))})
	}
	if pre.Clause != "" {
		facts = append(facts, bot.Fact{Label: "Clause", Value: linked(pre.Clause)})
	}
	switch pre.Personal {
	case NoPersonalData:
		add("Personal data", "none")
	case PersonalData:
		add("Personal data", "yes. "+pre.Safeguards)
	}
	if pre.Elsewhere != "" {
		facts = append(facts, bot.Fact{Label: "Elsewhere", Value: linked(pre.Elsewhere)})
	}
	return facts
}

// linked shows an address as a link and anything else as words.
func linked(text string) bot.Spans {
	if bot.SafeAddress(text) && text[0] != '/' {
		return bot.Spans{bot.To(text, text)}
	}
	return bot.T(text)
}

// fixedLine says when the measure was fixed and whether it is still the same.
func fixedLine(p Pilot) bot.Spans {
	first, last := p.Fixings[0], p.Fixings[len(p.Fixings)-1]
	line := bot.Line("on ", bot.Moment(first.At, bot.DateStyle))
	switch {
	case !first.Holds() || !last.Holds() || last.Measure != p.Measure:
		return append(line, bot.T("; what stands here now is not what was fixed then, so do not rely on it")...)
	case len(p.Fixings) == 1:
		return append(line, bot.T(", unchanged since")...)
	}
	return append(line, bot.T(", changed "+times(len(p.Fixings)-1)+" since")...)
}

func (l look) name(person bot.PersonID) bot.Span {
	name := l.names[person]
	if name == "" {
		name = "a former colleague"
	}
	return bot.Name(person, name)
}

// sponsor names the sponsor; only leads see that an account is inactive.
func (l look) sponsor() bot.Spans {
	line := bot.Spans{l.name(l.pilot.Sponsor)}
	if l.pilot.SponsorGone && l.actor.Has(bot.Lead) {
		line = append(line, bot.T(" (account inactive)")...)
	}
	return line
}

// changes shows how the measure was changed after it was fixed, before and after.
func (l look) changes() []bot.Block {
	var blocks []bot.Block
	for i, after := range l.pilot.Fixings {
		if i == 0 {
			continue
		}
		before := l.pilot.Fixings[i-1]
		if i == 1 {
			blocks = append(blocks, section("How the measure was changed"))
		}
		blocks = append(blocks, bot.Facts{Facts: []bot.Fact{
			{Label: "Changed", Value: bot.Line(bot.Moment(after.At, bot.DateStyle), " by ", l.name(after.By))},
			{Label: "Before", Value: bot.T(before.Text + ", " + before.target())},
			{Label: "After", Value: bot.T(after.Text + ", " + after.target())},
			{Label: "Because", Value: bot.T(after.Why)},
		}})
	}
	return blocks
}

// shown is how many readings and check-ins stand on a card.
const shown = 6

func (l look) readings() []bot.Block {
	p := l.pilot
	var blocks []bot.Block
	if len(p.Readings) > 0 {
		table := bot.Table{Caption: "Readings, " + p.Measure.Text, Head: []string{"Day", "Number", "Note"}}
		for _, r := range p.Readings[max(0, len(p.Readings)-shown):] {
			table.Rows = append(table.Rows, []bot.Spans{bot.T(showDate(r.On)), bot.T(strconv.FormatInt(r.Value, 10)), bot.T(r.Note)})
		}
		blocks = append(blocks, table)
		if p.State == Running || p.State == Deciding || p.State == Decided {
			blocks = append(blocks, note("So far: "+p.Outcome().label()+"."))
		}
	}
	if len(p.CheckIns) > 0 {
		list := bot.List{}
		for _, c := range p.CheckIns[max(0, len(p.CheckIns)-shown):] {
			list.Items = append(list.Items, bot.Line(bot.Moment(c.At, bot.DateStyle), ": "+c.Words))
		}
		blocks = append(blocks, section("How it goes"), list)
	}
	return blocks
}

// offer is a button for an act.
type offer struct {
	act    Act
	button bot.Button
}

// actions are the buttons that the actor may press in this state.
func (l look) actions() []bot.Block {
	p := l.pilot
	var buttons []bot.Button
	for _, one := range []offer{
		{Start, bot.Button{Command: "pilots.start", Label: "Start", Tone: bot.Primary, Confirm: "Start now? The measure and the target are fixed and dated from then on."}},
		{CheckInAs, bot.Button{Command: "pilots.checkin", Label: "Check in", Tone: bot.Primary}},
		{Read, bot.Button{Command: "pilots.reading", Label: "Add a reading"}},
		{Decide, bot.Button{Command: "pilots.decide", Label: "Decide", Tone: bot.Primary}},
		{Extend, bot.Button{Command: "pilots.extend", Label: "Extend once"}},
		{Fix, bot.Button{Command: "pilots.measure", Label: "Measure and target"}},
		{Bound, bot.Button{Command: "pilots.bounds", Label: "Cost and dates"}},
		{Prepare, bot.Button{Command: "pilots.preflight", Label: "Preflight"}},
		{AskThem, bot.Button{Command: "pilots.survey", Label: "Ask participants"}},
		{Describe, bot.Button{Command: "pilots.about", Label: "What and for whom"}},
		{Join, bot.Button{Command: "pilots.member", Label: "The team"}},
		{HandOver, bot.Button{Command: "pilots.hand", Label: "Hand over"}},
		{Finish, bot.Button{Command: "pilots.finish", Label: "End and decide", Confirm: "End the trying now and ask for the decision?"}},
		{Drop, bot.Button{Command: "pilots.drop", Label: "Drop", Tone: bot.Danger, Confirm: "Drop this pilot? It never starts then."}},
	} {
		if _, said := p.checkInOf(p.Week); one.act == CheckInAs && said {
			continue
		}
		if p.May(l.actor, one.act) && p.Can(one.act) {
			one.button.Arg = p.ID
			buttons = append(buttons, one.button)
		}
	}
	if l.story {
		buttons = append(buttons, bot.Button{Command: "pilots.story", Arg: p.ID, Label: "The story"})
	}
	var blocks []bot.Block
	for row := range slices.Chunk(buttons, 5) {
		blocks = append(blocks, bot.Actions{Buttons: row})
	}
	return blocks
}

// joinedMessage tells somebody that they are in the team.
func joinedMessage(p Pilot, by bot.Actor) bot.Message {
	return titled("You are on the team of a pilot",
		paragraph(bot.Strong(p.Reference+": "+p.Title), ". You see how it goes, and you are asked before your name stands in its story."),
		note("Why you: ", bot.Name(by.Person, by.Name), " put you there. To look at it: ", bot.Mono("/evangelist pilot "+p.Reference)))
}

// droppedMessage tells those who were told of a pilot that it does not start.
func droppedMessage(p Pilot) bot.Message {
	return titled("Idea "+p.IdeaRef+" is not tried after all",
		paragraph("Pilot ", bot.Strong(p.Reference+": "+p.Title), " was dropped before it started."),
		note("Why you: the idea is yours, or you added your weight to it, and you were told that it becomes a pilot."))
}

// leaverMessage tells leads that a sponsor's account is inactive.
func leaverMessage(p Pilot) bot.Message {
	next := " is inactive. Nobody is asked for check-ins until somebody else takes it; what was tried so far stays."
	if p.State == Deciding {
		next = " is inactive, and the decision about it waits. Hand it over, or decide yourself; what was tried stays."
	}
	return titled("Pilot "+p.Reference+" needs a sponsor", paragraph("The account of the sponsor of ", bot.Strong(p.Title), next),
		bot.Actions{Buttons: []bot.Button{{Command: "pilots.hand", Arg: p.ID, Label: "Hand over", Tone: bot.Primary}}},
		note("Why you: you lead. Only comms leads are told."))
}
