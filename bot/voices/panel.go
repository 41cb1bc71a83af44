package voices

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"evangelist/bot"
)

// Panels returns what stands on a person's home page: the way to say something,
// the person's own voices with a name, and for the reading team what waits.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{{Name: "voices", Order: 40, Show: f.panel}}
}

func (f *Feature) panel(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Colleague) {
		return nil, nil
	}
	blocks := []bot.Block{
		bot.Heading{Level: 2, Text: bot.T("Say it")},
		bot.Paragraph{Text: bot.T("A worry or an idea takes a moment to say, with or without your name, and is always answered.")},
		bot.Actions{Buttons: []bot.Button{
			{Command: "voices.concern", Label: "Raise a concern"},
			{Command: "voices.idea", Label: "Share an idea"},
			{Command: "voices.code", Label: "Use a private code"},
			{Command: "voices.board", Label: "Ideas of colleagues"},
		}},
	}
	own, err := f.mine(ctx, actor)
	if err != nil {
		return nil, err
	}
	waits, err := f.waitsFor(ctx, actor)
	return slices.Concat(blocks, own, waits), err
}

// waitsFor tells a reader how much waits for an answer.
func (f *Feature) waitsFor(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Reader) {
		return nil, nil
	}
	open, err := f.c.Voices.List(ctx, Query{Open: true})
	if err != nil {
		return nil, err
	}
	open = slices.DeleteFunc(open, func(v Voice) bool { return !mayRead(actor, v) })
	if len(open) == 0 {
		return nil, nil
	}
	mine := 0
	for _, v := range open {
		if v.Owner == actor.Person {
			mine++
		}
	}
	line := bot.Line("The first answer is due ", bot.Moment(open[0].Due, bot.DayStyle), ".")
	if mine > 0 {
		line = bot.Line(line, fmt.Sprintf(" You have %d of %d.", mine, len(open)))
	}
	head := "One concern or idea waits for an answer"
	if len(open) > 1 {
		head = fmt.Sprintf("%d concerns and ideas wait for an answer", len(open))
	}
	return []bot.Block{
		bot.Heading{Level: 2, Text: bot.T(head)}, bot.Paragraph{Text: line},
		bot.Actions{Buttons: []bot.Button{{Command: "voices.list", Label: "Open the list"}}},
	}, nil
}

// Matters lists for the reading team what waits for an answer and may be read by
// the actor, in the team's own words and not in the author's.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if !actor.Has(bot.Reader) {
		return nil, nil
	}
	open, err := f.c.Voices.List(ctx, Query{Open: true})
	if err != nil {
		return nil, err
	}
	var all []bot.Matter
	for _, v := range open {
		if !mayRead(actor, v) {
			continue
		}
		what := bot.Line(bot.Strong(title(v.Kind)+" "+v.Reference), ", "+stateWord(v))
		if about := cmp.Or(v.Summary, v.Theme); about != "" {
			what = append(what, bot.T(": "+about)...)
		}
		all = append(all, bot.Matter{Kind: "Concerns and ideas", What: what, Since: v.Arrived, Due: v.Due, Do: &bot.Button{Command: "voices.show", Arg: v.ID, Label: "Open"}})
	}
	return all, nil
}
