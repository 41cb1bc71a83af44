package pilots

import (
	"context"
	"strconv"
	"strings"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

func (f *Feature) finish(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.refreshed(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.Finish(in.Actor, f.Clock.Now(), f.Organisation.Zone)
	})
}

// choiceArg is what a button carries that decides: the pilot and the choice.
func choiceArg(pilot string, choice Choice) string { return pilot + "/" + string(choice) }

func (f *Feature) decideForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, Decide)
	if err != nil {
		return nil, err
	}
	_, chosen := splitID(in.Arg)
	form := &bot.Form{Title: "Decide", Arg: p.ID, Submit: "Decide", Intro: []bot.Block{paragraph(resultLine(p)...)}, Fields: []bot.Field{
		{Name: "reason", Kind: bot.ParagraphField, Label: "Why", Required: true, Max: maxText, Help: "One or two sentences. They stand in the story of the pilot, which you can still change before others read it."},
		{Name: "choice", Kind: bot.ChoiceField, Label: "What follows", Value: filled(chosen), Options: []bot.Option{
			{Value: string(Continue), Label: Continue.label(), Help: "It goes on as it is, no longer as a pilot."},
			{Value: string(Scale), Label: Scale.label(), Help: "More people, more places."},
			{Value: string(Stop), Label: Stop.label(), Help: "It ends, and what was learned stays."},
		}},
	}}
	return form, nil
}

func (f *Feature) decide(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id, _ := splitID(in.Arg)
	p, err := f.Stores.Pilots.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if !p.May(in.Actor, Decide) {
		return nil, bot.ErrNotFound
	}
	a := read(in)
	v := Verdict{Choice: Choice(in.Value("choice")), Reason: a.text("reason", maxText, ErrNoReason.Say)}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	now := f.Clock.Now()
	story, err := bot.NewID(now, f.Random)
	if err != nil {
		return nil, err
	}
	tell, err := f.backers(ctx, p)
	if err != nil {
		return nil, err
	}
	reply, err := f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.Decide(in.Actor, v, story, tell, now, f.Organisation.Zone)
	})
	if err != nil {
		return sayAt(err, map[string]string{ErrNoChoice.Code: "choice", ErrNoReason.Code: "reason"})
	}
	return reply, nil
}

func verdictMessage(p Pilot) bot.Message {
	return titled("Idea "+p.IdeaRef+" was tried",
		paragraph(bot.Strong(p.Reference+": "+p.Title), " is decided: ", bot.Strong(p.Verdict.Choice.does()), "."),
		bot.Quote{Text: bot.T(p.Verdict.Reason)},
		note("Why you: the idea is yours, or you added your weight to it. All of it: ", bot.Mono("/evangelist pilot "+p.Reference)))
}

func (f *Feature) extendForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, Extend)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Extend once", Arg: p.ID, Submit: "Extend", Intro: []bot.Block{paragraph("A pilot is extended once. Then it is decided with what is known.")}, Fields: []bot.Field{
		{Name: "ends", Kind: bot.DateField, Label: "The new last day", Required: true, Value: filledDate(schedule.DateOf(f.Clock.Now(), f.Organisation.Zone).AddDays(28))},
	}}, nil
}

func (f *Feature) extend(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id, _ := splitID(in.Arg)
	p, err := f.Stores.Pilots.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if !p.May(in.Actor, Extend) {
		return nil, bot.ErrNotFound
	}
	a := read(in)
	ends := a.date("ends", ErrExtension.Say)
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	reply, err := f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.Extend(in.Actor, ends, f.Clock.Now(), f.Organisation.Zone)
	})
	if err != nil {
		return sayAt(err, map[string]string{ErrExtension.Code: "ends"})
	}
	return reply, nil
}

// renderDecision draws the card that asks one person for the decision.
func (f *Feature) renderDecision(ctx context.Context, id string) (bot.Message, int64, error) {
	pilot, rest := splitID(id)
	p, err := f.Stores.Pilots.Get(ctx, pilot)
	if err != nil {
		return bot.Message{}, 0, err
	}
	round, person, _ := strings.Cut(rest, "/")
	return decisionMessage(p, bot.PersonID(person), round == "0" && p.Extended), p.version(decisionView, id), nil
}

// resultLine says how the latest reading stands to the target.
func resultLine(p Pilot) []any {
	line := []any{bot.Strong(p.Measure.Text), ". Target: " + p.Measure.target() + ". "}
	last, ok := p.Latest()
	switch {
	case !ok:
		return append(line, "Nobody has taken a reading yet.")
	case p.Outcome() == TargetMet:
		return append(line, "On "+showDate(last.On)+" it was ", bot.Strong(strconv.FormatInt(last.Value, 10)), ": the target is met.")
	default:
		return append(line, "On "+showDate(last.On)+" it was ", bot.Strong(strconv.FormatInt(last.Value, 10)), ": the target is missed.")
	}
}

// decisionMessage asks for the decision. Extended says that this asking ended with
// the extension. The courier puts the choice of being asked less under it.
func decisionMessage(p Pilot, person bot.PersonID, extended bool) bot.Message {
	head := p.Reference + ": " + p.Title
	switch {
	case p.State == Decided && !extended:
		return titled("Pilot "+p.Reference+" is decided", paragraph(bot.Strong(p.Title), ": "+p.Verdict.Choice.does()+"."), bot.Quote{Text: bot.T(p.Verdict.Reason)})
	case p.State != Deciding || extended:
		return titled("Pilot "+p.Reference+" goes on", paragraph(bot.Strong(p.Title), " was extended until "+showDate(p.Ends)+". I ask again then."))
	}
	message := titled("A decision for you: "+head, paragraph(resultLine(p)...))
	row := bot.Actions{}
	for _, choice := range []Choice{Continue, Scale, Stop} {
		row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.decide", Arg: choiceArg(p.ID, choice), Label: choice.label()})
	}
	if p.Can(Extend) {
		row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.extend", Arg: p.ID, Label: "Extend once"})
	}
	if person == p.Sponsor {
		row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.reading", Arg: p.ID, Label: "Add a reading"})
	}
	why := "Why you: you lead, and this decision waits."
	if person == p.Sponsor {
		why = "Why you: you sponsor this pilot. I ask again after three days and then once a week, until it is decided."
	}
	message.Blocks = append(message.Blocks, row, note(why))
	return message
}

// storyMessage is a story as an actor may see it.
func storyMessage(s Story, names map[bot.PersonID]string, actor bot.Actor) bot.Message {
	message := titled(s.Title, paragraph(s.Words), note(s.thanks(names)))
	switch {
	case s.Told():
	case s.State == Offered:
		message.Blocks = append(message.Blocks, note("The next edition may tell it, and colleagues can read it."))
	case s.State == Withheld:
		message.Blocks = append(message.Blocks, note("It is kept here: no edition tells it, and only those who are named read it."))
	default:
		message.Blocks = append(message.Blocks, note("A draft: only those who are named and comms leads read it."))
	}
	if len(s.Tellings) > 0 {
		list := bot.List{}
		for _, t := range s.Tellings {
			list.Items = append(list.Items, bot.Line(bot.Moment(t.At, bot.DateStyle), ": "+t.Whom))
		}
		message.Blocks = append(message.Blocks, section("Told to"), list)
	}
	row := bot.Actions{}
	if s.May(actor, EditStory) {
		if !s.Told() {
			row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.story.edit", Arg: s.ID, Label: "Change the words"})
		}
		if s.State != Offered {
			row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.story.offer", Arg: s.ID, Label: "Offer to the next edition", Tone: bot.Primary})
		}
		if s.State != Withheld {
			row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.story.withhold", Arg: s.ID, Label: "Keep it here"})
		}
		row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.story.telling", Arg: s.ID, Label: "Note whom it was told to"})
	}
	row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.show", Arg: s.Pilot, Label: "The pilot"})
	message.Blocks = append(message.Blocks, row)
	if s.May(actor, Consented) && !s.Told() {
		state, buttons := s.consentOf(actor.Person)
		message.Blocks = append(message.Blocks, section("Your name"), paragraph(state), buttons)
	}
	return message
}

// consentOf says what somebody named allows, and offers the two answers.
func (s Story) consentOf(person bot.PersonID) (string, bot.Actions) {
	named, unnamed := bot.Button{Command: "pilots.story.named", Arg: s.ID, Label: "With my name"}, bot.Button{Command: "pilots.story.unnamed", Arg: s.ID, Label: "Without my name"}
	state := "Say nothing, and you are counted as a colleague without a name."
	for _, n := range s.Named {
		switch {
		case n.Person != person:
		case n.Consent == WithName:
			state, unnamed.Label = "Your name stands under it. You can change that until an edition tells it.", "Rather without"
		case n.Consent == WithoutName:
			state, named.Label = "Your name does not stand under it. You can change that until an edition tells it.", "Rather with my name"
		}
	}
	return state, bot.Actions{Buttons: []bot.Button{named, unnamed}}
}

// consentMessage asks somebody whether the name may stand under a story.
func consentMessage(s Story, person bot.PersonID) bot.Message {
	if s.Told() {
		return titled("The story of pilot "+s.Reference+" is told", paragraph(s.Words), note("An edition has told it. Thank you."))
	}
	state, buttons := s.consentOf(person)
	return titled("May your name stand under this?", paragraph(bot.Strong(s.Title)), paragraph(s.Words),
		buttons, note(state+" Why you: you were part of pilot "+s.Reference+"."))
}

func storiesMessage(all []Story, names map[bot.PersonID]string) bot.Message {
	message := titled("What came of pilots")
	if len(all) == 0 {
		message.Blocks = append(message.Blocks, paragraph("No story yet. When a pilot is decided its story is drafted, whether the target was met or missed."))
	}
	for _, s := range all {
		told := s.thanks(names)
		if n := len(s.Tellings); n > 0 {
			told += " Told " + times(n) + ", last to: " + s.Tellings[n-1].Whom + "."
		}
		message.Blocks = append(message.Blocks, paragraph(bot.Strong(s.Title), ", "+s.Outcome.label()+"."), note(told),
			bot.Actions{Buttons: []bot.Button{{Command: "pilots.story", Arg: s.ID, Label: "Read " + s.Reference}}})
	}
	return message
}
