package roster

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"evangelist/bot"
)

// The most departments a form offers, and the longest name in it: the narrowest
// surface shows a hundred choices of 75 characters.
const (
	maxChoices    = 100
	maxChoiceName = 75
)

// releases is what stands before a place in the form's choice to free it.
const releases = "release-"

func (f *Feature) appointForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	which := bot.Field{Name: "department", Kind: bot.ChoiceField, Label: "Department", Required: true}
	which.Options, which.Value = departmentChoices(p.matrix().Rows, in.Arg)
	if len(which.Options) == maxChoices {
		which.Help = "The first " + strconv.Itoa(maxChoices) + " stand here. For another one press Appoint beside it on the page Departments."
	}
	if len(which.Options) == 0 {
		return nil, bot.Refuse("no-department", "No department is recorded yet, so there is nobody to appoint. Import the people first, or have them name their department with /evangelist join.")
	}
	return &bot.Form{Title: "Representatives", Submit: "Save", Intro: []bot.Block{
		paragraph("Each department has one representative and one deputy at most. Whoever is appointed is told, and can say no with one button."),
	}, Fields: []bot.Field{
		which,
		{Name: "which", Kind: bot.ChoiceField, Label: "What shall change?", Value: []string{string(Representative)}, Options: []bot.Option{
			{Value: string(Representative), Label: "Becomes representative", Help: Representative.means()},
			{Value: string(Deputy), Label: "Becomes deputy", Help: Deputy.means()},
			{Value: releases + string(Representative), Label: "Release the representative", Help: "The person is told. The deputy is asked to take over."},
			{Value: releases + string(Deputy), Label: "Release the deputy", Help: "The person is told."},
		}},
		{Name: "person", Kind: bot.PersonField, Label: "Who?", Help: "A colleague of the department. To release a place, leave it empty."},
		{Name: "elsewhere", Kind: bot.YesNoField, Label: "The record of the department is wrong", Help: "Appoints somebody who is recorded in another department."},
	}}, nil
}

// departmentChoices offers the departments in their order, as many as a form takes,
// and in any case the one that was asked for, which is chosen then.
func departmentChoices(rows []Row, asked string) (options []bot.Option, chosen []string) {
	for _, row := range rows {
		if row.Department == "" {
			continue
		}
		label := []rune(row.Department)
		if len(label) > maxChoiceName {
			label = append(label[:maxChoiceName-1:maxChoiceName-1], '…')
		}
		option := bot.Option{Value: row.ID, Label: string(label), Help: placesSay(row)}
		switch {
		case row.ID == asked:
			chosen = []string{asked}
			options = append(options[:min(len(options), maxChoices-1)], option)
		case len(options) < maxChoices:
			options = append(options, option)
		}
	}
	return options, chosen
}

// placesSay says who has the places of a department.
func placesSay(r Row) string {
	say := func(post Post, n Named) string {
		if n.Person == "" {
			return post.heading() + ": free"
		}
		return post.heading() + ": " + n.Name
	}
	return say(Representative, r.Representative) + ". " + say(Deputy, r.Deputy) + "."
}

// departmentOf finds a department by the id of its office.
func (p picture) departmentOf(id string) (string, bool) {
	for _, o := range p.offices {
		if o.ID == id {
			return o.Department, true
		}
	}
	for _, person := range p.people {
		if person.Department != "" && OfficeID(person.Department) == id {
			return person.Department, true
		}
	}
	return "", false
}

// invalid answers a form with a rule's sentence at its field; nil for other errors.
func invalid(err error, fields ...string) bot.Reply {
	var said *bot.Error
	if errors.As(err, &said) && slices.Contains(fields, said.Code) {
		return bot.Invalid{Fields: map[string]string{said.Code: said.Say}}
	}
	return nil
}

// appoint gives or frees a place.
func (f *Feature) appoint(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	department, known := p.departmentOf(in.Value("department"))
	if !known {
		return bot.Invalid{Fields: map[string]string{"department": "Choose one of these departments."}}, nil
	}
	choice, free := strings.CutPrefix(in.Value("which"), releases)
	post := Post(choice)
	if !slices.Contains(Posts(), post) {
		return bot.Invalid{Fields: map[string]string{"which": "Choose what shall change."}}, nil
	}
	gone, away := p.gone()
	if free {
		had := false
		err := f.Stores.Offices.Change(ctx, department, "", func(o *Office, _ *Guest) ([]bot.Delivery, error) {
			had = o.holder(post).Person != ""
			return o.Release(in.Actor, post, away)
		})
		if err != nil {
			return nil, err
		}
		f.Wake()
		if !had {
			return finish(in, bot.Notice("That place is free already; nothing was changed.")), nil
		}
		return finish(in, bot.Notice(department+": the "+string(post)+"'s place is free now.")), nil
	}
	person, known := p.byID[bot.PersonID(in.Value("person"))]
	if !known {
		return bot.Invalid{Fields: map[string]string{"person": "Choose a colleague of " + department + "."}}, nil
	}
	a := Appointment{Post: post, Person: person, Elsewhere: in.Value("elsewhere") == "yes", Gone: gone}
	if o, held := p.place(person.ID); held != "" && o.Department != department {
		a.Other = string(held) + " of " + o.Department
	}
	err = f.Stores.Offices.Change(ctx, department, person.ID, func(o *Office, who *Guest) ([]bot.Delivery, error) {
		return o.Appoint(in.Actor, a, who, p.now)
	})
	if reply := invalid(err, "person", "which"); reply != nil {
		return reply, nil
	}
	if err != nil {
		return nil, err
	}
	f.Wake()
	return finish(in, bot.Notice(person.Name+" is "+string(post)+" of "+department+" now, is told so, and can say no.")), nil
}

// noPlace answers who has no place, whatever they pressed.
func noPlace() bot.Reply {
	return bot.Say{Message: bot.Notice("You have no place as representative or deputy, so there is nothing to give back. Nothing was changed.")}
}

// stepDown gives one's place back.
func (f *Feature) stepDown(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.giveBack(ctx, in, "", false)
}

// decline is "No, thank you" to an appointment.
func (f *Feature) decline(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.giveBack(ctx, in, in.Arg, true)
}

// giveBack frees the place that somebody has, only the named one where there is a
// name.
func (f *Feature) giveBack(ctx context.Context, in bot.Invocation, only string, no bool) (bot.Reply, error) {
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	o, post := p.place(in.Actor.Person)
	if post == "" || only != "" && only != o.ID+"/"+string(post) {
		return noPlace(), nil
	}
	err = f.Stores.Offices.Change(ctx, o.Department, in.Actor.Person, func(o *Office, who *Guest) ([]bot.Delivery, error) {
		return o.StepDown(in.Actor, post, no, who, p.leads, p.now)
	})
	if errors.Is(err, bot.ErrNotFound) {
		return noPlace(), nil
	}
	if err != nil {
		return nil, err
	}
	f.Wake()
	return bot.Say{Message: bot.Notice("You are no longer " + string(post) + " of " + o.Department + ", and nobody asks you why. Thank you for what you did.")}, nil
}

// takeOver is the deputy's yes.
func (f *Feature) takeOver(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.onTakeover(ctx, in, func(o *Office, p picture) ([]bot.Delivery, error) { return o.TakeOver(in.Actor, p.now) })
}

// notMe is the deputy's no.
func (f *Feature) notMe(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.onTakeover(ctx, in, func(o *Office, p picture) ([]bot.Delivery, error) { return o.NotMe(in.Actor, p.now) })
}

func (f *Feature) onTakeover(ctx context.Context, in bot.Invocation, rule func(*Office, picture) ([]bot.Delivery, error)) (bot.Reply, error) {
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	department, known := p.departmentOf(in.Arg)
	if !known {
		return nil, bot.ErrNotFound
	}
	var view bot.View
	err = f.Stores.Offices.Change(ctx, department, "", func(o *Office, _ *Guest) ([]bot.Delivery, error) {
		round := strconv.Itoa(o.Round)
		out, err := rule(o, p)
		view = bot.View{Kind: takeoverView, ID: o.ID + "/" + round + "/" + string(in.Actor.Person), Version: o.Version}
		return out, err
	})
	if err != nil {
		return nil, err
	}
	f.Wake()
	return bot.Refresh{View: view}, nil
}
