package mandates

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

func (f *Feature) resourceForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	if err := f.may(ctx, in.Actor); err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Something that you need", Intro: []bot.Block{
		paragraph("Comms leads read it, with your name, and decide. You read how, and why. The report says how many were granted and after how many days, without names or words."),
	}, Fields: []bot.Field{
		{Name: "what", Kind: bot.LineField, Label: "What you need", Required: true, Max: maxLine, Value: filled(bot.Clean(in.Words, maxLine)), Placeholder: "A tablet that can be lent out"},
		{Name: "for", Kind: bot.ParagraphField, Label: "What it is for", Max: maxWords},
		{Name: "by", Kind: bot.DateField, Label: "By when", Help: "Empty: a decision is expected within two weeks."},
		{Name: "cost", Kind: bot.LineField, Label: "What it costs, roughly", Max: maxLine, Placeholder: "About 300 pounds, or nothing but an hour of somebody's time"},
	}}, nil
}

func (f *Feature) askResource(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if err := f.may(ctx, in.Actor); err != nil {
		return nil, err
	}
	now, zone := f.Clock.Now(), f.Organisation.Zone
	r := Resource{Person: in.Actor.Person, What: bot.Clean(in.Value("what"), 0), For: bot.Clean(in.Value("for"), 0), Cost: bot.Clean(in.Value("cost"), 0), Outcome: Waiting, Asked: now, Version: 1}
	wrong := map[string]string{}
	if r.What == "" {
		wrong["what"] = "Write what you need."
	}
	for field, limit := range map[string]int{"what": maxLine, "for": maxWords, "cost": maxLine} {
		if n := len([]rune(bot.Clean(in.Value(field), 0))); n > limit {
			wrong[field] = fmt.Sprintf("That has %d characters. Please keep it to %d.", n, limit)
		}
	}
	if by := in.Value("by"); by != "" {
		date, err := schedule.ParseDate(by)
		switch {
		case err != nil:
			wrong["by"] = "Write the day as 2026-12-31, or leave it empty."
		case date.Before(schedule.DateOf(now, zone)):
			wrong["by"] = "That day has passed. Choose one that comes, or leave it empty."
		}
		r.By = date
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	var err error
	if r.Source, err = f.once(in); err != nil {
		return nil, err
	}
	if r.ID, err = bot.NewID(now, f.Random); err != nil {
		return nil, err
	}
	if r, err = f.Stores.Resources.Add(ctx, r); err != nil {
		return nil, err
	}
	f.Wake()
	return finish(in, askedMessage(r, zone)), nil
}

func (f *Feature) renderResource(ctx context.Context, id string) (bot.Message, int64, error) {
	r, err := f.Stores.Resources.Get(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	message, err := f.leadMessage(ctx, r)
	return message, r.Version, err
}

func (f *Feature) leadMessage(ctx context.Context, r Resource) (bot.Message, error) {
	all, err := f.register(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	return resourceMessage(r, all.name(r.Person), f.Organisation.Zone), nil
}

// resources lists what the actor asked for and, for leads, what waits.
func (f *Feature) resources(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, bot.ErrNotFound
	}
	own, err := f.Stores.Resources.List(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	message := titled("What was asked for")
	if in.Actor.Has(bot.Lead) {
		waiting, err := f.Waiting(ctx)
		if err != nil {
			return nil, err
		}
		message.Blocks = append(message.Blocks, waitingBlocks(waiting)...)
	}
	message.Blocks = append(message.Blocks, ownBlocks(own[:min(len(own), 10)])...)
	return bot.Say{Message: message}, nil
}

// resource loads what a button names and the actor may do the deed to.
func (f *Feature) resource(ctx context.Context, in bot.Invocation, deed Deed) (Resource, error) {
	r, err := f.Stores.Resources.Get(ctx, in.Arg)
	if err != nil {
		return Resource{}, err
	}
	return r, r.allow(in.Actor, deed)
}

func (f *Feature) decideForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	r, err := f.resource(ctx, in, Decide)
	if err != nil {
		return nil, err
	}
	alone, err := f.alone(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	if r.Person == in.Actor.Person && !alone {
		return nil, ErrOwn
	}
	return &bot.Form{Title: "Decide", Arg: r.ID, Submit: "Decide", Intro: []bot.Block{bot.Quote{Text: bot.T(r.What)}}, Fields: []bot.Field{
		{Name: "outcome", Kind: bot.ChoiceField, Label: "What becomes of it", Required: true, Options: []bot.Option{
			{Value: string(Granted), Label: "Granted"},
			{Value: string(Partly), Label: "Part of it", Help: "Say below which part, and why not all."},
			{Value: string(NotGranted), Label: "Not granted", Help: "Say below why. It stands in the report as one that was not granted."},
		}},
		{Name: "reason", Kind: bot.ParagraphField, Label: "Because", Max: maxWords, Help: "Whoever asked reads it, without your name. Only a full yes goes without a reason."},
	}}, nil
}

// alone reports whether there is no other lead than the actor.
func (f *Feature) alone(ctx context.Context, actor bot.Actor) (bool, error) {
	all, err := f.register(ctx)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(all.leads(), func(id bot.PersonID) bool { return id != actor.Person }), nil
}

func (f *Feature) decide(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	reason := bot.Clean(in.Value("reason"), 0)
	if n := len([]rune(reason)); n > maxWords {
		return bot.Invalid{Fields: map[string]string{"reason": fmt.Sprintf("That has %d characters. Please keep it to %d.", n, maxWords)}}, nil
	}
	alone, err := f.alone(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	reply, err := f.settle(ctx, in, func(r *Resource) ([]bot.Delivery, error) {
		return r.Settle(in.Actor, Outcome(in.Value("outcome")), reason, alone, f.Clock.Now(), f.Organisation.Zone)
	})
	switch {
	case errors.Is(err, ErrNoReason):
		return bot.Invalid{Fields: map[string]string{"reason": ErrNoReason.Say}}, nil
	case errors.Is(err, ErrNoOutcome):
		return bot.Invalid{Fields: map[string]string{"outcome": ErrNoOutcome.Say}}, nil
	}
	return reply, err
}

// settle carries out a rule on what a button names, and shows it as it is then.
func (f *Feature) settle(ctx context.Context, in bot.Invocation, rule func(*Resource) ([]bot.Delivery, error)) (bot.Reply, error) {
	var after Resource
	err := f.Stores.Resources.Change(ctx, in.Arg, func(r *Resource) ([]bot.Delivery, error) {
		out, err := rule(r)
		after = *r
		return out, err
	})
	if err != nil {
		return nil, err
	}
	f.Wake()
	if in.Actor.Has(bot.Lead) {
		message, err := f.leadMessage(ctx, after)
		return finish(in, message), err
	}
	return finish(in, titled("What you asked for", ownBlocks([]Resource{after})...)), nil
}

func (f *Feature) takeBack(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.settle(ctx, in, func(r *Resource) ([]bot.Delivery, error) { return r.Drop(in.Actor) })
}

func (f *Feature) handForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	r, err := f.resource(ctx, in, HandOver)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Hand over", Arg: r.ID, Submit: "Hand over", Fields: []bot.Field{
		{Name: "who", Kind: bot.PersonField, Label: "Who takes it on", Required: true, Help: "Is told, and reads what becomes of it."},
	}}, nil
}

func (f *Feature) hand(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	r, err := f.Stores.Resources.Get(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	who := bot.PersonID(in.Value("who"))
	persons, err := f.People.Persons(ctx, who)
	if err != nil {
		return nil, err
	}
	if who == "" || len(persons) == 0 {
		if err := r.allow(in.Actor, HandOver); err != nil {
			return nil, err
		}
		return bot.Invalid{Fields: map[string]string{"who": "Choose a colleague."}}, nil
	}
	reply, err := f.settle(ctx, in, func(r *Resource) ([]bot.Delivery, error) { return r.Pass(in.Actor, persons[0], f.Clock.Now()) })
	if errors.Is(err, ErrNotThere) {
		return bot.Invalid{Fields: map[string]string{"who": ErrNotThere.Say}}, nil
	}
	return reply, err
}

// Decisions are what a report may say of resources: how many, and the days that each
// took, the fewest first. Who asked, who decided, and their words are not in it.
type Decisions struct {
	Granted, Partly, NotGranted []int
}

// Decided returns the decisions of a period, from its first moment up to its last,
// without it. Days are whole, in the organisation's zone.
func (f *Feature) Decided(ctx context.Context, from, to time.Time) (Decisions, error) {
	var d Decisions
	zone := f.Organisation.Zone
	all, err := f.Stores.Resources.Settled(ctx, schedule.DateOf(from, zone), schedule.DateOf(to, zone))
	if err != nil {
		return d, err
	}
	for _, r := range all {
		switch r.Outcome {
		case Granted:
			d.Granted = append(d.Granted, r.Days)
		case Partly:
			d.Partly = append(d.Partly, r.Days)
		case NotGranted:
			d.NotGranted = append(d.NotGranted, r.Days)
		}
	}
	for _, days := range [][]int{d.Granted, d.Partly, d.NotGranted} {
		slices.Sort(days)
	}
	return d, nil
}

// Wait is something that leads have to decide.
type Wait struct {
	ID       string
	What     string
	Since    time.Time
	Due      time.Time // when a decision is expected
	Late     bool
	Inactive bool // the account of whoever asked is switched off
}

// Waiting lists what waits for a decision, what is due first at the top. It is for
// comms leads alone.
func (f *Feature) Waiting(ctx context.Context) ([]Wait, error) {
	all, err := f.Stores.Resources.List(ctx, "", Waiting)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	var out []Wait
	for _, r := range all {
		due := r.due(f.Organisation.Zone)
		out = append(out, Wait{ID: r.ID, What: r.What, Since: r.Asked, Due: due, Late: !due.After(now), Inactive: r.Orphan})
	}
	slices.SortStableFunc(out, func(a, b Wait) int { return a.Due.Compare(b.Due) })
	return out, nil
}
