package requests

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// list answers "evangelist requests".
func (f *Feature) list(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
	open, err := f.Requests.List(ctx, 0, Open, Taken)
	if err != nil {
		return nil, err
	}
	closed, err := f.Requests.List(ctx, maxClosedShown, Met, Refused)
	if err != nil {
		return nil, err
	}
	byNeed(open)
	return bot.Say{Message: listMessage(open, closed, f.Clock.Now(), f.Organisation.Zone)}, nil
}

// byNeed puts what nobody sees to first, the oldest at the front, then what is due
// first.
func byNeed(all []Request) {
	slices.SortStableFunc(all, func(a, b Request) int {
		if a.State != b.State {
			if a.State == Open {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Due.String(), b.Due.String()), a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID))
	})
}

// see shows a request to who may see it.
func (f *Feature) see(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	r, err := f.Requests.Get(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	if err := r.allow(in.Actor, See); err != nil {
		return nil, err
	}
	return bot.Say{Message: cardMessage(r, in.Actor)}, nil
}

// form opens the form of an act for who may do it now.
func (f *Feature) form(act Act, fields func(Request, schedule.Date) *bot.Form) func(context.Context, bot.Invocation) (*bot.Form, error) {
	return func(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
		r, err := f.Requests.Get(ctx, in.Arg)
		if err != nil {
			return nil, err
		}
		if err := r.allow(in.Actor, act); err != nil {
			return nil, err
		}
		form := fields(r, f.today())
		form.Arg = r.ID
		form.Intro = []bot.Block{bot.Quote{Text: bot.T(r.Words)}}
		return form, nil
	}
}

func dateField(label string, due schedule.Date) bot.Field {
	return bot.Field{Name: "due", Kind: bot.DateField, Label: label, Value: []string{due.String()}, Help: "Whoever asked is told this day."}
}

func takeForm(_ Request, today schedule.Date) *bot.Form {
	return &bot.Form{Title: "See to it", Submit: "I see to it", Fields: []bot.Field{dateField("By which day?", today.AddDays(DefaultDays))}}
}

func nameForm(r Request, today schedule.Date) *bot.Form {
	due := today.AddDays(DefaultDays)
	if r.State == Taken && today.Before(r.Due) {
		due = r.Due
	}
	return &bot.Form{Title: "Who sees to it?", Submit: "Name", Fields: []bot.Field{
		{Name: "who", Kind: bot.PersonField, Label: "Somebody who can see to it", Required: true, Help: "They are told, read the words above without learning whose they are, and can say no."},
		dateField("By which day?", due),
	}}
}

func moveForm(r Request, today schedule.Date) *bot.Form {
	due := r.Due
	if !today.Before(due) {
		due = today.AddDays(DefaultDays / 2)
	}
	return &bot.Form{Title: "Another date", Submit: "Save", Fields: []bot.Field{dateField("By which day?", due)}}
}

func closeForm(Request, schedule.Date) *bot.Form {
	return &bot.Form{Title: "What came of it?", Submit: "Close", Fields: []bot.Field{
		{Name: "reason", Kind: bot.ParagraphField, Label: "One or two sentences", Required: true, Max: MaxReason, Help: "Whoever asked reads them."},
		{Name: "outcome", Kind: bot.ChoiceField, Label: "Outcome", Value: []string{string(Met)}, Options: []bot.Option{
			{Value: string(Met), Label: Met.label(), Help: "The words say where to find it or when it comes."},
			{Value: string(Refused), Label: Refused.label(), Help: "The words say why. It stands in the report."},
		}},
	}}
}

// due reads the form's date; a form without one means the usual time.
func (f *Feature) due(in bot.Invocation) (schedule.Date, error) {
	text := in.Value("due")
	if text == "" {
		return f.today().AddDays(DefaultDays), nil
	}
	due, err := schedule.ParseDate(text)
	if err != nil {
		return schedule.Date{}, ErrDate
	}
	return due, nil
}

// wrong sends a form back when a field is the reason of a refusal.
func wrong(err error) (bot.Reply, error) {
	for field, reasons := range map[string][]*bot.Error{"due": {ErrDate}, "who": {ErrNotThere}, "outcome": {ErrOutcome}, "reason": {ErrReason}} {
		for _, reason := range reasons {
			if errors.Is(err, reason) {
				return bot.Invalid{Fields: map[string]string{field: reason.Say}}, nil
			}
		}
	}
	return nil, err
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}

// act does a rule that needs a date and answers with words.
func (f *Feature) act(ctx context.Context, in bot.Invocation, rule func(r *Request, due schedule.Date, c Circle) ([]bot.Delivery, error), say func(Request) string) (bot.Reply, error) {
	due, err := f.due(in)
	if err != nil {
		return wrong(err)
	}
	r, err := f.do(ctx, in.Arg, func(r *Request, c Circle) ([]bot.Delivery, error) { return rule(r, due, c) })
	if err != nil {
		return wrong(err)
	}
	f.Wake()
	return finish(in, bot.Notice(say(r))), nil
}

// toldAsker ends what an actor reads: the same words whether whoever asked is still
// with us or not.
const toldAsker = " Whoever asked is told."

func (f *Feature) take(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.act(ctx, in, func(r *Request, due schedule.Date, c Circle) ([]bot.Delivery, error) {
		return r.Take(in.Actor, due, f.today(), f.Clock.Now(), c)
	}, func(r Request) string {
		return "You see to it, by " + showDate(r.Due) + "." + toldAsker + " I remind you the day before."
	})
}

func (f *Feature) name(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	to := bot.PersonID(in.Value("who"))
	return f.act(ctx, in, func(r *Request, due schedule.Date, c Circle) ([]bot.Delivery, error) {
		return r.Name(in.Actor, to, due, f.today(), f.Clock.Now(), c)
	}, func(r Request) string {
		return r.OwnerName + " sees to it, by " + showDate(r.Due) + ", unless they say no." + toldAsker + " I write to them; a word from you helps as well."
	})
}

func (f *Feature) move(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.act(ctx, in, func(r *Request, due schedule.Date, c Circle) ([]bot.Delivery, error) {
		return r.Move(in.Actor, due, f.today(), c)
	}, func(r Request) string { return "The date is " + showDate(r.Due) + "." + toldAsker })
}

func (f *Feature) handBack(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	_, err := f.do(ctx, in.Arg, func(r *Request, c Circle) ([]bot.Delivery, error) {
		return r.HandBack(in.Actor, f.Clock.Now(), c)
	})
	if err != nil {
		return nil, err
	}
	f.Wake()
	return finish(in, bot.Notice("The request is free again, and the comms leads know. Thank you for saying so.")), nil
}

func (f *Feature) close(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	reason := bot.Clean(in.Value("reason"), 0)
	if n := len([]rune(reason)); n > MaxReason {
		return bot.Invalid{Fields: map[string]string{"reason": fmt.Sprintf("That has %d characters. Please keep it to %d.", n, MaxReason)}}, nil
	}
	_, err := f.do(ctx, in.Arg, func(r *Request, c Circle) ([]bot.Delivery, error) {
		return r.Close(in.Actor, State(in.Value("outcome")), reason, f.Clock.Now(), c)
	})
	if err != nil {
		return wrong(err)
	}
	f.Wake()
	return finish(in, bot.Notice("The request is closed."+toldAsker)), nil
}

const maxListed = 5

// onHome shows owners what they see to, and leads what is open.
func (f *Feature) onHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Colleague) || actor.Person == "" {
		return nil, nil
	}
	open, err := f.Requests.List(ctx, 0, Open, Taken)
	if err != nil {
		return nil, err
	}
	byNeed(open)
	var blocks []bot.Block
	for _, r := range open {
		if r.Owner == actor.Person {
			blocks = append(blocks, bot.Quote{Text: bot.T(r.Title), By: bot.T("you see to it by " + showDate(r.Due))}, bot.Actions{Buttons: []bot.Button{seeButton(r)}})
		}
	}
	if actor.Has(bot.Lead) && len(open) > 0 {
		free := 0
		list := bot.List{}
		for i, r := range open {
			if r.State == Open {
				free++
			}
			if i < maxListed {
				list.Items = append(list.Items, bot.T(r.Title))
			}
		}
		blocks = append(blocks, paragraph(count(len(open), "request")+fmt.Sprintf(" open, %d of them free:", free)), list, bot.Actions{Buttons: Buttons()})
	}
	if len(blocks) == 0 {
		return nil, nil
	}
	return append([]bot.Block{bot.Heading{Level: 2, Text: bot.T("What is needed")}}, blocks...), nil
}
