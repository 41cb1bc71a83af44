package tables

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
)

// The answers to whether two people are to be kept apart.
const (
	keepApart = "apart"
	noLonger  = "together"
)

func apartChoice() bot.Field {
	return bot.Field{Name: "apart", Kind: bot.ChoiceField, Label: "What is to hold", Value: []string{keepApart}, Options: []bot.Option{
		{Value: keepApart, Label: "Never at one table", Help: "From the next seating on. No reason is asked or kept."},
		{Value: noLonger, Label: "No longer", Help: "The wish is taken back."},
	}}
}

func (f *Feature) apartForm(_ context.Context, _ bot.Invocation) (*bot.Form, error) {
	return &bot.Form{Title: "Not at one table", Submit: "Save", Intro: []bot.Block{
		paragraph("Comms leads see that the two of you are kept apart, and nobody else does; the other person is not told. Why is neither asked nor kept."),
	}, Fields: []bot.Field{{Name: "person", Kind: bot.PersonField, Label: "With whom do you not want to sit?", Required: true}, apartChoice()}}, nil
}

// apart keeps somebody's own wish. The answer is the same whether or not it was
// kept before, and whatever others wish.
func (f *Feature) apart(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, bot.ErrNotFound
	}
	return f.keep(ctx, in, in.Actor.Person, bot.PersonID(in.Value("person")), in.Actor.Person, "person")
}

func (f *Feature) pairForm(_ context.Context, _ bot.Invocation) (*bot.Form, error) {
	return &bot.Form{Title: "Keep two apart", Submit: "Save", Intro: []bot.Block{
		paragraph("Only comms leads see this list. Why is neither asked nor kept. A wish of one of the two themselves can be taken back by that person alone."),
	}, Fields: []bot.Field{
		{Name: "one", Kind: bot.PersonField, Label: "Who", Required: true},
		{Name: "other", Kind: bot.PersonField, Label: "and who", Required: true}, apartChoice(),
	}}, nil
}

func (f *Feature) pair(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Value("one") == "" {
		return bot.Invalid{Fields: map[string]string{"one": "Choose a colleague."}}, nil
	}
	return f.keep(ctx, in, bot.PersonID(in.Value("one")), bot.PersonID(in.Value("other")), "", "other")
}

// keep keeps one wish, or takes it back.
func (f *Feature) keep(ctx context.Context, in bot.Invocation, one, other, by bot.PersonID, field string) (bot.Reply, error) {
	switch {
	case other == "":
		return bot.Invalid{Fields: map[string]string{field: "Choose a colleague."}}, nil
	case one == other:
		return bot.Invalid{Fields: map[string]string{field: "Choose somebody else: nobody can be kept apart from themselves."}}, nil
	}
	on := in.Value("apart") != noLonger
	err := f.Stores.Pairs.Set(ctx, PairOf(one, other, by), on)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Invalid{Fields: map[string]string{field: "I do not know this person. Choose a colleague."}}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := f.proofChanged(ctx); err != nil {
		return nil, err
	}
	persons, err := f.People.Persons(ctx, one, other)
	if err != nil {
		return nil, err
	}
	return finish(in, apartMessage(nameOf(persons, one), nameOf(persons, other), by != "", on)), nil
}

// proofChanged draws the draft that waits anew.
func (f *Feature) proofChanged(ctx context.Context) error {
	return f.waiting(ctx, (*Round).Refresh)
}

// waiting carries out a rule on the round that waits to go out.
func (f *Feature) waiting(ctx context.Context, rule func(*Round) []bot.Delivery) error {
	open, err := f.Stores.Rounds.List(ctx, Drafted, Approved)
	if err != nil {
		return err
	}
	for _, r := range open {
		if _, err := f.do(ctx, r.ID, func(r *Round) ([]bot.Delivery, error) { return rule(r), nil }); err != nil {
			return err
		}
	}
	return nil
}

// pairs answers "evangelist tables pairs", for leads alone.
func (f *Feature) pairs(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
	pairs, err := f.Stores.Pairs.List(ctx)
	if err != nil {
		return nil, err
	}
	names, err := f.names(ctx)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: pairsMessage(pairs, names)}, nil
}

// names returns everybody's name.
func (f *Feature) names(ctx context.Context) (map[bot.PersonID]string, error) {
	all, err := f.People.Persons(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[bot.PersonID]string, len(all))
	for _, p := range all {
		names[p.ID] = p.Name
	}
	return names, nil
}

func nameOf(persons []bot.Person, id bot.PersonID) string {
	for _, p := range persons {
		if p.ID == id {
			return p.Name
		}
	}
	return "somebody"
}

// pairsMessage lists who is kept apart: each pair once, however many wish it.
func pairsMessage(pairs []Pair, names map[bot.PersonID]string) bot.Message {
	message := titled("Who is kept apart")
	asked := map[Pair]string{}
	var order []Pair
	for _, p := range pairs {
		key := PairOf(p.A, p.B, "")
		if _, known := asked[key]; !known {
			order = append(order, key)
			asked[key] = "a lead set it"
		}
		if p.By != "" {
			asked[key] = "one of them wishes it"
		}
	}
	var list bot.List
	for _, p := range order {
		list.Items = append(list.Items, bot.Line(bot.Name(p.A, names[p.A]), " and ", bot.Name(p.B, names[p.B]), ": "+asked[p]))
	}
	if len(order) == 0 {
		message.Blocks = append(message.Blocks, paragraph("Nobody. Whom you or somebody concerned wants to keep apart will stand here, without a reason."))
	} else {
		message.Blocks = append(message.Blocks, list)
	}
	message.Blocks = append(message.Blocks, note("Only comms leads see this list."),
		bot.Actions{Buttons: []bot.Button{{Command: "tables.pair", Label: "Change it", Tone: bot.Primary}}})
	return message
}

func apartMessage(one, other string, own, on bool) bot.Message {
	switch {
	case own && on:
		return bot.Notice(fmt.Sprintf("You and %s do not share a table from the next seating on. To take it back: /evangelist table apart", other))
	case own:
		return bot.Notice(fmt.Sprintf("You no longer ask to be kept apart from %s.", other))
	case on:
		return bot.Notice(fmt.Sprintf("%s and %s do not share a table from the next seating on.", one, other))
	}
	return bot.Notice(fmt.Sprintf("Leads no longer keep %s and %s apart. A wish of one of the two stays.", one, other))
}
