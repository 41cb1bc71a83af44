package network

import (
	"context"
	"errors"
	"strings"

	"evangelist/bot"
)

// another is the choice of a department that is not in the list.
const another = "another"

// The most departments a form offers, and the longest name in it: the narrowest
// surface shows a hundred choices of 75 characters.
const (
	maxChoices    = 99
	maxChoiceName = 75
)

// joinForm asks for the part unless a button or word said it, and for the
// department of whoever comes new without a recorded one.
func (f *Feature) joinForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	part, chosen := wantedPart(in)
	person, member, err := f.standing(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	if chosen && (person.Department != "" || member.Part != NoPart) {
		return nil, nil
	}
	field := bot.Field{Name: "part", Kind: bot.ChoiceField, Label: "What would you like?", Required: true, Options: partOptions()}
	if chosen {
		field.Value = []string{string(part)}
	} else if member.Part != NoPart {
		field.Value = []string{string(member.Part)}
	}
	form := &bot.Form{Title: "Be with us", Fields: []bot.Field{field}, Submit: "Send",
		Intro: []bot.Block{paragraph("You can change your mind at any time. Your manager is not told.")}}
	spec, err := f.rhythm(ctx)
	if err != nil {
		return nil, err
	}
	form.Fields = append(form.Fields, paceField(member.Pace, described(spec)))
	if person.Department == "" {
		fields, err := f.departmentFields(ctx)
		if err != nil {
			return nil, err
		}
		form.Fields = append(form.Fields, fields...)
	}
	return form, nil
}

// wantedPart is the part that a button, a word or the form names.
func wantedPart(in bot.Invocation) (Part, bool) {
	for _, text := range []string{in.Value("part"), in.Arg, in.Words} {
		if part, ok := ParsePart(text); ok {
			return part, true
		}
	}
	return NoPart, false
}

// standing returns who acts and their part, zero values for who is not known yet.
func (f *Feature) standing(ctx context.Context, actor bot.Actor) (bot.Person, Evangelist, error) {
	if actor.Person == "" {
		return bot.Person{}, Evangelist{}, nil
	}
	person, err := f.People.Person(ctx, actor.Person)
	if err != nil {
		return bot.Person{}, Evangelist{}, err
	}
	member, err := f.Stores.Evangelists.Get(ctx, actor.Person)
	if errors.Is(err, bot.ErrNotFound) {
		err = nil
	}
	return person, member, err
}

func (f *Feature) departmentFields(ctx context.Context) ([]bot.Field, error) {
	departments, err := f.Stores.Evangelists.Departments(ctx)
	if err != nil {
		return nil, err
	}
	name := bot.Field{Name: "other", Kind: bot.LineField, Label: "Name of your department", Max: 100,
		Help: "It stands beside your name in the list of who is with us."}
	choice := bot.Field{Name: "department", Kind: bot.ChoiceField, Label: "Where do you work?",
		Help: "It stands beside your name in the list of who is with us."}
	for _, d := range departments {
		if len([]rune(d.Name)) <= maxChoiceName && len(choice.Options) < maxChoices {
			choice.Options = append(choice.Options, bot.Option{Value: d.Name, Label: d.Name})
		}
	}
	if len(choice.Options) == 0 {
		return []bot.Field{name}, nil
	}
	choice.Options = append(choice.Options, bot.Option{Value: another, Label: "Another", Help: "Write its name below."})
	name.Label, name.Help = "If another, its name", ""
	return []bot.Field{choice, name}, nil
}

// department reads the form's answer, in the spelling of the register where it
// knows the name.
func (f *Feature) department(ctx context.Context, in bot.Invocation) (string, error) {
	chosen := in.Value("department")
	if chosen == another || chosen == "" {
		typed := strings.Join(strings.Fields(in.Value("other")), " ")
		if chosen == another && typed == "" {
			return "", bot.Refuse("department", "Write the name of your department, or choose one of the list.")
		}
		chosen = bot.Clean(typed, 100)
	}
	if chosen == "" {
		return "", nil
	}
	departments, err := f.Stores.Evangelists.Departments(ctx)
	if err != nil {
		return "", err
	}
	for _, d := range departments {
		if strings.EqualFold(d.Name, chosen) {
			return d.Name, nil
		}
	}
	return chosen, nil
}

func (f *Feature) join(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	part, ok := wantedPart(in)
	if !ok {
		return bot.Invalid{Fields: map[string]string{"part": "Choose one of the three: lead, support or follow."}}, nil
	}
	pace, ok := ParsePace(in.Value("often"))
	if !ok {
		return bot.Invalid{Fields: map[string]string{"often": "Choose one of the three."}}, nil
	}
	department, err := f.department(ctx, in)
	if err != nil {
		var said *bot.Error
		if errors.As(err, &said) {
			return bot.Invalid{Fields: map[string]string{"other": said.Say}}, nil
		}
		return nil, err
	}
	person, err := f.person(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	if person.Department == "" && department != "" {
		err := f.People.Change(ctx, person.ID, func(p *bot.Person) ([]bot.Delivery, error) {
			if p.Department == "" {
				p.Department = department
			}
			person = *p
			return nil, nil
		})
		if err != nil {
			return nil, err
		}
	}
	now, was := f.Clock.Now(), NoPart
	err = f.Stores.Evangelists.Change(ctx, person.ID, func(e *Evangelist, call *Call) ([]bot.Delivery, error) {
		was = e.Part
		out := Choose(e, call, part, now)
		if in.Value("often") != "" {
			e.Pace = pace
		}
		pace = e.Pace
		return out, nil
	})
	if err != nil {
		return nil, err
	}
	if part == Follows {
		if err := f.forget(ctx, person.ID); err != nil {
			return nil, err
		}
	}
	return finish(in, joinedMessage(f.Organisation, part, was, pace, person.Department)), nil
}

func (f *Feature) leave(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	was := NoPart
	if in.Actor.Person != "" {
		now := f.Clock.Now()
		err := f.Stores.Evangelists.Change(ctx, in.Actor.Person, func(e *Evangelist, call *Call) ([]bot.Delivery, error) {
			was = e.Part
			return Choose(e, call, NoPart, now), nil
		})
		if err != nil {
			return nil, err
		}
		if err := f.forget(ctx, in.Actor.Person); err != nil {
			return nil, err
		}
	}
	return finish(in, leftMessage(was)), nil
}

// forget ends what is being asked of somebody who no longer wants to be asked.
func (f *Feature) forget(ctx context.Context, person bot.PersonID) error {
	asks, err := f.Stores.Asks.Of(ctx, person)
	if err != nil {
		return err
	}
	now := f.Clock.Now()
	for _, ask := range asks {
		err := f.Stores.Asks.Change(ctx, ask.ID(), func(ask *Ask, member *Evangelist) ([]bot.Delivery, error) {
			return ask.Tick(now, member != nil && member.Asked(), f.Organisation.Zone), nil
		})
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
	}
	return nil
}

func joinedMessage(org bot.Organisation, part, was Part, pace Pace, department string) bot.Message {
	text := "You " + part.does() + " now"
	if was == part {
		text = "You " + part.does() + " already"
	} else if was != NoPart {
		text = "You " + part.does() + " from now on"
	}
	if department != "" {
		text += ", for " + department
	}
	next := "What comes next: " + pace.says() + ". Answering is up to you, and nobody sees who has not."
	if part == Follows {
		next = "Nothing is asked of you. The weekly edition tells what worked."
	}
	buttons := []bot.Button{{Command: "network.who", Label: "Who is with us"}}
	if part != Follows {
		buttons = append(buttons, bot.Button{Command: "network.pace", Label: "How often?"})
	}
	return bot.Message{Summary: "Thank you. " + text + ".", Blocks: []bot.Block{
		paragraph("Thank you. ", text+"."),
		paragraph(next),
		bot.Actions{Buttons: append(buttons,
			bot.Button{Command: "network.leave", Label: "Leave", Confirm: "Leave the list of " + org.Word + "s? You can come back at any time."})},
	}}
}

func leftMessage(was Part) bot.Message {
	if was == NoPart {
		return bot.Notice("You were not on the list, so nothing changed. To come: /evangelist join")
	}
	return bot.Message{Summary: "You are off the list.", Blocks: []bot.Block{
		paragraph("You are off the list, and nothing more is asked of you. Thank you for what you did."),
		paragraph("What you told us stays, as you allowed it. To look at it or take it back: ", bot.Mono("/evangelist mine")),
	}}
}
