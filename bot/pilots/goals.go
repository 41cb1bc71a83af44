package pilots

import (
	"context"
	"slices"
	"strings"

	"evangelist/bot"
)

// levels lists the levels, the widest first.
func levels() []Level { return []Level{Purpose, Objective, Goalpost} }

// goals answers "evangelist goals".
func (f *Feature) goals(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	all, err := f.Stores.Goals.List(ctx, false)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: goalsMessage(all, mayKeep(in.Actor))}, nil
}

func goalsMessage(all []Goal, keeps bool) bot.Message {
	message := titled("What we want to reach")
	if len(all) == 0 {
		message.Blocks = append(message.Blocks, paragraph("Nothing is written down yet. The purpose, objectives and goals that pilots serve will stand here."))
	}
	for _, goal := range all {
		message.Blocks = append(message.Blocks, goal.blocks(keeps)...)
	}
	if keeps {
		row := bot.Actions{}
		for _, level := range levels() {
			row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.goal", Arg: string(level), Label: "Add: " + strings.ToLower(level.label())})
		}
		message.Blocks = append(message.Blocks, row)
	}
	return message
}

func (g Goal) blocks(keeps bool) []bot.Block {
	facts := bot.Facts{}
	for _, fact := range []struct{ label, text string }{{"For whom", g.Audience}, {"What they gain", g.Benefit}, {"Owner", g.OwnerName}} {
		if fact.text != "" {
			facts.Facts = append(facts.Facts, bot.Fact{Label: fact.label, Value: bot.T(fact.text)})
		}
	}
	if !g.Until.IsZero() {
		facts.Facts = append(facts.Facts, bot.Fact{Label: "Until", Value: bot.T(showDate(g.Until))})
	}
	blocks := []bot.Block{paragraph(bot.Strong(g.Level.label()+": "), g.Title)}
	if len(facts.Facts) > 0 {
		blocks = append(blocks, facts)
	}
	for _, flag := range g.Flags() {
		blocks = append(blocks, paragraph(bot.Strong("Flagged: "), flag))
	}
	if keeps {
		blocks = append(blocks, bot.Actions{Buttons: []bot.Button{
			{Command: "pilots.goal", Arg: g.ID, Label: "Change"},
			{Command: "pilots.goal.close", Arg: g.ID, Label: "Take off the list", Confirm: "Take it off the list? Pilots that serve it keep its name."},
		}})
	}
	return blocks
}

// goalOf returns the goal that a button names, or a new one of the level that it
// names; without either a new goal.
func (f *Feature) goalOf(ctx context.Context, in bot.Invocation) (goal Goal, fresh bool, err error) {
	if !mayKeep(in.Actor) {
		return Goal{}, false, bot.ErrNotFound
	}
	if in.Arg == "" {
		return Goal{Level: Goalpost}, true, nil
	}
	if level := Level(in.Arg); slices.Contains(levels(), level) {
		return Goal{Level: level}, true, nil
	}
	goal, err = f.Stores.Goals.Get(ctx, in.Arg)
	return goal, false, err
}

func (f *Feature) goalForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	goal, fresh, err := f.goalOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if goal.Closed {
		return nil, ErrGoalClosed
	}
	if fresh {
		goal.Owner = in.Actor.Person
	}
	return &bot.Form{Title: goal.Level.label(), Arg: in.Arg, Submit: "Save", Fields: []bot.Field{
		{Name: "title", Kind: bot.LineField, Label: "What we want to reach", Required: true, Max: maxTitle, Value: filled(goal.Title)},
		{Name: "audience", Kind: bot.LineField, Label: "For whom", Max: maxLine, Value: filled(goal.Audience), Help: "Without it the entry is flagged."},
		{Name: "benefit", Kind: bot.LineField, Label: "What they gain", Max: maxLine, Value: filled(goal.Benefit), Help: "Without it the entry is flagged."},
		{Name: "owner", Kind: bot.PersonField, Label: "Owner", Value: filled(string(goal.Owner))},
		{Name: "until", Kind: bot.DateField, Label: "Until", Value: filledDate(goal.Until)},
	}}, nil
}

func (f *Feature) saveGoal(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	goal, fresh, err := f.goalOf(ctx, in)
	if err != nil {
		return nil, err
	}
	a := read(in)
	goal.Title = a.line("title", maxTitle, "Say in a few words what you want to reach.")
	goal.Audience, goal.Benefit, goal.Until = a.line("audience", maxLine, ""), a.line("benefit", maxLine, ""), a.date("until", "")
	was := goal.Owner
	goal.Owner = bot.PersonID(in.Value("owner"))
	if goal.Owner != "" && goal.Owner != was {
		if _, err := f.colleague(ctx, a, "owner"); err != nil {
			return nil, err
		}
	}
	if invalid := a.invalid(); invalid != nil {
		return invalid, nil
	}
	if fresh {
		once, err := f.once(in)
		if err != nil {
			return nil, err
		}
		goal.Source, goal.Created = "form/"+once, f.Clock.Now()
		if goal.ID, err = bot.NewID(goal.Created, f.Random); err != nil {
			return nil, err
		}
		err = f.Stores.Goals.Add(ctx, goal)
		if err != nil {
			return nil, err
		}
	} else if err := f.Stores.Goals.Change(ctx, goal.ID, func(g *Goal) error { return g.Rewrite(in.Actor, goal) }); err != nil {
		return nil, err
	}
	reply, err := f.goals(ctx, in)
	if err != nil {
		return nil, err
	}
	return finish(in, reply.(bot.Say).Message), nil
}

func (f *Feature) closeGoal(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if err := f.Stores.Goals.Change(ctx, in.Arg, func(g *Goal) error { return g.Close(in.Actor) }); err != nil {
		return nil, err
	}
	return f.goals(ctx, in)
}
