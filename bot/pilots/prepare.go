package pilots

import (
	"context"
	"errors"
	"strconv"

	"evangelist/bot"
)

func (f *Feature) boundsForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, Bound)
	if err != nil {
		return nil, err
	}
	form := &bot.Form{Title: "Cost and dates", Arg: p.ID, Submit: "Save", Fields: []bot.Field{
		{Name: "cost", Kind: bot.LineField, Label: "The most it may cost", Required: true, Max: maxLine, Value: filled(p.Cost), Placeholder: "200 pounds, or nothing"},
		{Name: "starts", Kind: bot.DateField, Label: "First day", Value: filledDate(p.Starts), Help: "As planned. What counts is when somebody presses Start."},
		{Name: "ends", Kind: bot.DateField, Label: "Last day", Value: filledDate(p.Ends), Help: "On the working day after it the decision is asked for."},
	}}
	if p.May(in.Actor, HandOver) {
		form.Fields = append(form.Fields, bot.Field{Name: "sponsor", Kind: bot.PersonField, Label: "Sponsor", Value: filled(string(p.Sponsor)),
			Help: "Is asked for one line a week, takes readings, and decides at the end."})
	}
	return form, nil
}

func (f *Feature) bounds(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, err := f.readable(ctx, in, Bound)
	if err != nil {
		return nil, err
	}
	a := read(in)
	b := Bounds{Cost: a.line("cost", maxLine, "Write the most that it may cost. \"Nothing\" is an answer too."), Starts: a.date("starts", ""), Ends: a.date("ends", "")}
	if !b.Ends.IsZero() && b.Ends.Before(b.Starts) {
		a.wrong["ends"] = "The last day comes before the first one. Put the two in order."
	}
	sponsor := bot.Person{ID: p.Sponsor}
	if chosen := bot.PersonID(in.Value("sponsor")); chosen != "" && chosen != p.Sponsor && p.May(in.Actor, HandOver) {
		if sponsor, err = f.colleague(ctx, a, "sponsor"); err != nil {
			return nil, err
		}
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	return f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		now, zone := f.Clock.Now(), f.Organisation.Zone
		out, err := p.Bound(in.Actor, b, now, zone)
		if err != nil || sponsor.Name == "" {
			return out, err
		}
		more, err := p.HandOver(in.Actor, sponsor, now, zone)
		return append(out, more...), err
	})
}

// colleague reads a person field: an active colleague, or a sentence that says why
// not.
func (f *Feature) colleague(ctx context.Context, a *answers, field string) (bot.Person, error) {
	id := bot.PersonID(a.in.Value(field))
	if id == "" {
		a.wrong[field] = "Choose a colleague."
		return bot.Person{}, nil
	}
	person, err := f.People.Person(ctx, id)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		a.wrong[field] = "I do not know this colleague yet. Ask them to type /evangelist once, then try again."
	case err != nil:
		return bot.Person{}, err
	case person.Inactive || person.Outside:
		a.wrong[field] = ErrNotThere.Say
	}
	return person, nil
}

func (f *Feature) measureForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, Fix)
	if err != nil {
		return nil, err
	}
	aim, number := string(p.Measure.Aim), ""
	if p.Measure.Complete() {
		number = strconv.FormatInt(p.Measure.Target, 10)
	} else {
		aim = string(AtLeast)
	}
	form := &bot.Form{Title: "Measure and target", Arg: p.ID, Submit: "Save",
		Intro: []bot.Block{paragraph("It is fixed and dated when the pilot starts, so that nobody can bend it afterwards.")},
		Fields: []bot.Field{
			{Name: "measure", Kind: bot.LineField, Label: "What is counted", Required: true, Max: maxLine, Value: filled(p.Measure.Text), Placeholder: "Calls about the form in a week"},
			{Name: "aim", Kind: bot.ChoiceField, Label: "The target is met with", Value: []string{aim}, Options: []bot.Option{
				{Value: string(AtLeast), Label: "At least", Help: "More is better."}, {Value: string(AtMost), Label: "At most", Help: "Less is better."},
			}},
			{Name: "target", Kind: bot.NumberField, Label: "This number", Value: filled(number)},
		}}
	if p.State == Running {
		form.Intro = []bot.Block{paragraph("The measure was fixed at the start. A change stays beside it, before and after, for everybody who reads the pilot.")}
		form.Fields = append(form.Fields, bot.Field{Name: "why", Kind: bot.LineField, Label: "Why it changes", Max: maxLine})
	}
	return form, nil
}

func (f *Feature) measure(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.readable(ctx, in, Fix); err != nil {
		return nil, err
	}
	a := read(in)
	m := Measure{Text: a.line("measure", maxLine, "Say what is counted, with its unit."), Aim: Aim(in.Value("aim")), Target: a.number("target", "Write the number that decides.")}
	why := a.line("why", maxLine, "")
	if m.Aim != AtLeast && m.Aim != AtMost {
		a.wrong["aim"] = "Choose whether more or less is better."
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	reply, err := f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.Fix(in.Actor, m, why, f.Clock.Now(), f.Organisation.Zone)
	})
	if err != nil {
		return sayAt(err, map[string]string{ErrNoReason.Code: "why", ErrNoMeasure.Code: "measure"})
	}
	return reply, nil
}

func (f *Feature) preflightForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, Prepare)
	if err != nil {
		return nil, err
	}
	pre := p.Preflight
	var ticked []string
	if pre.Guideline {
		ticked = []string{"yes"}
	}
	intro, err := f.elsewhere(ctx, p)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Preflight", Arg: p.ID, Submit: "Save", Intro: intro, Fields: []bot.Field{
		{Name: "guideline", Kind: bot.YesNoField, Label: "I have read the guideline, and the pilot keeps to it", Value: ticked, Help: "Your name and the day stand beside it."},
		{Name: "clause", Kind: bot.LineField, Label: "Which clause applies, or a link to it", Max: maxLine, Value: filled(pre.Clause)},
		{Name: "personal", Kind: bot.ChoiceField, Label: "Does it use personal data?", Value: filled(string(pre.Personal)), Options: []bot.Option{
			{Value: string(NoPersonalData), Label: "No"}, {Value: string(PersonalData), Label: "Yes", Help: "Then say below how they are protected."},
		}},
		{Name: "safeguards", Kind: bot.LineField, Label: "If yes: which data, and how protected", Max: maxLine, Value: filled(pre.Safeguards)},
		{Name: "elsewhere", Kind: bot.LineField, Label: "An example from elsewhere, if there is one", Max: maxLine, Value: filled(pre.Elsewhere), Help: "Who did it, or a link. Others have often paid for the lesson already."},
	}}, nil
}

// maxElsewhere is how many examples are offered.
const maxElsewhere = 3

// elsewhere offers examples that are close to what is to be tried; nothing when
// there are none.
func (f *Feature) elsewhere(ctx context.Context, p Pilot) ([]bot.Block, error) {
	if f.Examples == nil {
		return nil, nil
	}
	found, err := f.Examples(ctx, p.Title+"\n"+p.Scope, maxElsewhere)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	list := bot.List{}
	for _, one := range found {
		list.Items = append(list.Items, bot.Line(bot.To(one.Title, one.URL)))
	}
	return []bot.Block{paragraph("Others did something like it:"), list}, nil
}

func (f *Feature) preflight(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.readable(ctx, in, Prepare); err != nil {
		return nil, err
	}
	a := read(in)
	pre := Preflight{Guideline: in.Value("guideline") == "yes", Clause: a.line("clause", maxLine, ""), Personal: Personal(in.Value("personal")),
		Safeguards: a.line("safeguards", maxLine, ""), Elsewhere: a.line("elsewhere", maxLine, "")}
	if pre.Personal != NoPersonalData && pre.Personal != PersonalData {
		pre.Personal = ""
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	return f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.Settle(in.Actor, pre, f.Clock.Now(), f.Organisation.Zone)
	})
}

// refreshed carries out a rule by a button and shows the card as it is then, in
// the place of the one that was used.
func (f *Feature) refreshed(ctx context.Context, in bot.Invocation, rule func(*Pilot) ([]bot.Delivery, error)) (bot.Reply, error) {
	p, err := f.do(ctx, in, rule)
	if err != nil {
		return nil, err
	}
	return bot.Refresh{View: bot.View{Kind: pilotView, ID: viewID(p.ID, in.Actor.Person), Version: p.Version}}, nil
}

func (f *Feature) start(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.refreshed(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.Start(in.Actor, f.Clock.Now(), f.Organisation.Zone)
	})
}

func (f *Feature) drop(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, err := f.readable(ctx, in, Drop)
	if err != nil {
		return nil, err
	}
	tell, err := f.backers(ctx, p)
	if err != nil {
		return nil, err
	}
	return f.refreshed(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		out, err := p.Drop(in.Actor)
		for _, person := range tell {
			if message := droppedMessage(*p); err == nil && person != in.Actor.Person {
				out = append(out, bot.Delivery{Key: "pilot/" + p.ID + "/dropped/" + string(person), To: bot.Address{Person: person}, Class: bot.Answer, Frozen: &message})
			}
		}
		return out, err
	})
}

func (f *Feature) memberForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, Join)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "The team", Arg: p.ID, Submit: "Save", Fields: []bot.Field{
		{Name: "who", Kind: bot.PersonField, Label: "Who", Required: true},
		{Name: "change", Kind: bot.ChoiceField, Label: "What changes", Value: []string{"in"}, Options: []bot.Option{
			{Value: "in", Label: "Joins the team", Help: "Sees the pilot from now on, and is thanked at its end."}, {Value: "out", Label: "Leaves the team"},
		}},
	}}, nil
}

func (f *Feature) member(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, err := f.readable(ctx, in, Join)
	if err != nil {
		return nil, err
	}
	joins := in.Value("change") != "out"
	a := read(in)
	person := bot.Person{ID: bot.PersonID(in.Value("who"))}
	if joins || person.ID == "" {
		if person, err = f.colleague(ctx, a, "who"); err != nil {
			return nil, err
		}
	}
	if person.ID == p.Sponsor && person.ID != "" {
		a.wrong["who"] = "That is the sponsor, who belongs to it in any case."
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	return f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) { return p.Join(in.Actor, person, joins) })
}

func (f *Feature) handForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, HandOver)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Hand over", Arg: p.ID, Submit: "Hand over", Fields: []bot.Field{
		{Name: "who", Kind: bot.PersonField, Label: "Who sponsors it from now on", Required: true,
			Help: "Is told, and is asked for one line a week, for readings, and for the decision."},
	}}, nil
}

func (f *Feature) hand(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.readable(ctx, in, HandOver); err != nil {
		return nil, err
	}
	a := read(in)
	person, err := f.colleague(ctx, a, "who")
	if err != nil {
		return nil, err
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	return f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.HandOver(in.Actor, person, f.Clock.Now(), f.Organisation.Zone)
	})
}
