package pilots

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// weekOf reads the week that a card carries; without one it is the newest.
func (p Pilot) weekOf(arg string) int {
	_, rest := splitID(arg)
	if week, err := strconv.Atoi(rest); err == nil {
		return week
	}
	return p.Week
}

func (f *Feature) checkInForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, CheckInAs)
	if err != nil {
		return nil, err
	}
	week := p.weekOf(in.Arg)
	if _, said := p.checkInOf(week); said {
		return nil, ErrCheckedIn
	}
	if week != p.Week {
		return nil, ErrWeekPassed
	}
	return &bot.Form{Title: "Check in", Arg: checkInID(p.ID, week), Fields: []bot.Field{
		{Name: "words", Kind: bot.LineField, Label: "One line: how does it go?", Required: true, Max: maxLine, Help: "Stands on the pilot's page, for everybody who reads it."},
	}}, nil
}

func (f *Feature) checkIn(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	a := read(in)
	words := a.line("words", maxLine, "One line is enough, \"nothing new\" included.")
	if invalid := a.invalid(); invalid != nil {
		if _, err := f.readable(ctx, in, CheckInAs); err != nil {
			return nil, err
		}
		return invalid, nil
	}
	p, err := f.do(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.CheckIn(in.Actor, p.weekOf(in.Arg), words, f.Clock.Now())
	})
	if err != nil {
		return nil, err
	}
	return finish(in, bot.Notice("Thank you, your line stands on the page of pilot "+p.Reference+".")), nil
}

func (f *Feature) readingForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, Read)
	if err != nil {
		return nil, err
	}
	today := schedule.DateOf(f.Clock.Now(), f.Organisation.Zone)
	return &bot.Form{Title: "A reading", Arg: p.ID, Submit: "Keep it",
		Intro: []bot.Block{paragraph(bot.Strong(p.Measure.Text), ". Target: "+p.Measure.target()+".")}, Fields: []bot.Field{
			{Name: "value", Kind: bot.NumberField, Label: "The number", Required: true, Help: "The one of the latest day is held against the target at the end."},
			{Name: "on", Kind: bot.DateField, Label: "On which day", Value: filledDate(today)},
			{Name: "note", Kind: bot.LineField, Label: "Note", Max: maxLine, Placeholder: "How it was counted"},
		}}, nil
}

func (f *Feature) reading(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.readable(ctx, in, Read); err != nil {
		return nil, err
	}
	now, zone := f.Clock.Now(), f.Organisation.Zone
	a := read(in)
	r := Reading{Value: a.number("value", "Write the number that you counted."), On: a.date("on", ""), Note: a.line("note", maxLine, "")}
	if r.On.IsZero() {
		r.On = schedule.DateOf(now, zone)
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	r.ID = once
	reply, err := f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) { return p.Take(in.Actor, r, now, zone) })
	if err != nil {
		return sayAt(err, map[string]string{ErrReadingDay.Code: "on"})
	}
	return reply, nil
}

func (f *Feature) surveyForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, AskThem)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(p.Surveys, func(s Survey) bool { return s.Open }) { // said before anything is typed
		return nil, ErrSurveyOpen
	}
	return &bot.Form{Title: "Ask participants", Arg: p.ID, Submit: "Ask them",
		Intro: []bot.Block{paragraph("Everybody in the place can give one number within a week. Their mean becomes a reading when five or more answer; what each of them said is forgotten then.")}, Fields: []bot.Field{
			{Name: "question", Kind: bot.LineField, Label: "The question", Required: true, Max: maxLine, Value: filled(bot.Clean(p.Measure.Text, maxLine))},
			{Name: "place", Kind: bot.PlaceField, Label: "Where"},
		}}, nil
}

func (f *Feature) survey(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.readable(ctx, in, AskThem); err != nil {
		return nil, err
	}
	a := read(in)
	question := a.line("question", maxLine, "Write what participants shall count.")
	place, err := f.Places.Place(ctx, bot.PlaceID(in.Value("place")))
	switch {
	case errors.Is(err, bot.ErrNotFound):
		a.wrong["place"] = "Choose the channel in which participants are."
	case err != nil:
		return nil, err
	default:
		if say := refusesSurvey(place); say != "" {
			a.wrong["place"] = say
		}
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	return f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.AskThem(in.Actor, Survey{ID: once, Question: question, Place: place.ID}, f.Clock.Now())
	})
}

// refusesSurvey says why participants cannot be asked in a place, "" when they can.
func refusesSurvey(place bot.Place) string {
	switch {
	case place.Kind != bot.OpenChannel && place.Kind != bot.PrivateChannel:
		return "Participants are asked together. Choose a channel."
	case place.Archived:
		return "That channel is archived. Choose one that is in use."
	case place.External:
		return "That channel is shared with another organisation. Choose one of ours."
	case !place.Member:
		return "I am not a member of that channel. Add me to it first, then choose it again."
	}
	return ""
}

func (f *Feature) giveForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	id, survey := splitID(in.Arg)
	p, err := f.Stores.Pilots.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if !p.May(in.Actor, Give) {
		return nil, bot.ErrNotFound
	}
	for _, s := range p.Surveys {
		if s.ID != survey {
			continue
		}
		if !s.Open || !f.Clock.Now().Before(s.Closes) || !p.Can(Give) {
			return nil, ErrSurveyOver
		}
		return &bot.Form{Title: "Your number", Arg: surveyID(p.ID, s.ID), Intro: []bot.Block{paragraph(s.Question)}, Fields: []bot.Field{
			{Name: "value", Kind: bot.NumberField, Label: "Your number", Required: true,
				Help: "Nobody sees it. It goes into a mean of five or more and is forgotten when the question closes. Another one takes its place."},
		}}, nil
	}
	return nil, bot.ErrNotFound
}

func (f *Feature) give(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	a := read(in)
	value := a.number("value", "Write your number.")
	if invalid := a.invalid(); invalid != nil {
		if _, err := f.giveForm(ctx, in); err != nil {
			return nil, err
		}
		return invalid, nil
	}
	if in.Actor.Person == "" && in.Actor.Has(bot.Colleague) {
		if _, err := f.People.Record(ctx, []bot.AccountFact{{Account: in.Actor.Account, Name: in.Actor.Name}}); err != nil {
			return nil, err
		}
		known, err := f.People.Actor(ctx, in.Actor.Account)
		if err != nil {
			return nil, err
		}
		in.Actor = known
	}
	_, survey := splitID(in.Arg)
	if _, err := f.do(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.Give(in.Actor, survey, value, f.Clock.Now())
	}); err != nil {
		return nil, err
	}
	return finish(in, bot.Notice("Thank you. Your number goes into the mean, and nobody sees it by itself.")), nil
}

// renderCheckIn draws the card that asks for the line of a week.
func (f *Feature) renderCheckIn(ctx context.Context, id string) (bot.Message, int64, error) {
	pilot, _ := splitID(id)
	p, err := f.Stores.Pilots.Get(ctx, pilot)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return checkInMessage(p, p.weekOf(id)), p.version(checkInView, id), nil
}

// checkInMessage asks the sponsor for one line. The courier puts the choice of
// being asked less under it.
func checkInMessage(p Pilot, week int) bot.Message {
	said, ok := p.checkInOf(week)
	switch {
	case ok:
		return titled("Thank you for checking in", bot.Quote{Text: bot.T(said.Words), By: bot.Line("you, ", bot.Moment(said.At, bot.DateStyle))}, note("Pilot ", p.Reference+": "+p.Title))
	case p.State != Running || week != p.Week:
		return titled("This week has passed", note("Nothing is expected of you for it any more. Pilot "+p.Reference+": "+p.Title))
	}
	return titled("How does "+p.Reference+" go?",
		paragraph("One line on ", bot.Strong(p.Title), " is enough, \"nothing new\" included."),
		bot.Actions{Buttons: []bot.Button{
			{Command: "pilots.checkin", Arg: checkInID(p.ID, week), Label: "Check in", Tone: bot.Primary},
			{Command: "pilots.reading", Arg: p.ID, Label: "Add a reading"},
		}},
		note("Why you: you sponsor this pilot. I ask once a week until "+showDate(p.Ends)+" and do not remind you."))
}

// renderSurvey draws the card that asks participants.
func (f *Feature) renderSurvey(ctx context.Context, id string) (bot.Message, int64, error) {
	pilot, survey := splitID(id)
	p, err := f.Stores.Pilots.Get(ctx, pilot)
	if err != nil {
		return bot.Message{}, 0, err
	}
	for _, s := range p.Surveys {
		if s.ID == survey {
			return surveyMessage(p, s), p.version(surveyView, id), nil
		}
	}
	return bot.Message{}, 0, bot.ErrNotFound
}

func surveyMessage(p Pilot, s Survey) bot.Message {
	message := titled("A number from you", paragraph(s.Question))
	switch {
	case s.Open:
		message.Blocks = append(message.Blocks,
			bot.Actions{Buttons: []bot.Button{{Command: "pilots.give", Arg: surveyID(p.ID, s.ID), Label: "Give a number", Tone: bot.Primary}}},
			note("For pilot "+p.Reference+": "+p.Title+". Open until ", bot.Moment(s.Closes, bot.DayStyle), ". Nobody sees a single number: the mean counts, of five or more."))
	case s.Few:
		message.Blocks = append(message.Blocks, note("This question has closed. Fewer than five answered, so no number is kept."))
	default:
		for _, r := range p.Readings {
			if r.ID == "survey/"+s.ID {
				message.Blocks = append(message.Blocks, paragraph("The mean of "+strconv.Itoa(r.Answers)+" numbers is ", bot.Strong(strconv.FormatInt(r.Value, 10)), ". Thank you."))
			}
		}
		message.Blocks = append(message.Blocks, note("This question has closed. Pilot "+p.Reference+": "+p.Title))
	}
	return message
}
