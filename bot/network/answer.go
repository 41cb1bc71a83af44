package network

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
)

// The kinds of answer in the form.
const (
	saysShared  = "shared"
	saysLearned = "learned"
	saysNeed    = "need"
)

// askOf returns the ask that a button names, or without one the newest that the
// actor may answer. One that is somebody else's looks like one that is not there.
func (f *Feature) askOf(ctx context.Context, in bot.Invocation) (Ask, error) {
	if in.Actor.Person == "" {
		return Ask{}, bot.ErrNotFound
	}
	if in.Arg != "" {
		_, person, ok := SplitAskID(in.Arg)
		if !ok || person != in.Actor.Person {
			return Ask{}, bot.ErrNotFound
		}
		return f.Stores.Asks.Get(ctx, in.Arg)
	}
	asks, err := f.Stores.Asks.Of(ctx, in.Actor.Person)
	if err != nil {
		return Ask{}, err
	}
	for _, ask := range asks {
		if ask.State == Waiting || ask.State == Declined {
			return ask, nil
		}
	}
	return Ask{}, bot.Refuse("nothing-asked", "No question waits for you at the moment. The next one comes by itself.")
}

// answer is the kind of answer that a question asks for.
func (k Kind) answer() string {
	switch k {
	case Share:
		return saysShared
	case Need:
		return saysNeed
	default:
		return saysLearned
	}
}

func (f *Feature) answerForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	ask, err := f.askOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if ask.State == Answered {
		return nil, ErrAnswered
	}
	return &bot.Form{Title: "A question for you", Arg: ask.ID(), Intro: []bot.Block{paragraph(ask.Text)}, Fields: []bot.Field{
		{Name: "words", Kind: bot.ParagraphField, Label: "Your answer", Required: true, Max: MaxWords,
			Placeholder: "What worked, what you learned, or what you need"},
		{Name: "kind", Kind: bot.ChoiceField, Label: "This is something that", Value: []string{ask.Kind.answer()}, Options: []bot.Option{
			{Value: saysShared, Label: "I shared", Help: "It may help others to do the same."},
			{Value: saysLearned, Label: "I learned", Help: "It may stand in the library of what worked."},
			{Value: saysNeed, Label: "I need", Help: "The comms leads read your words without your name, and you hear what came of it."},
		}},
		{Name: "consent", Kind: bot.ChoiceField, Label: "May we share it?", Help: "If you choose nothing, it is not shared. What you need goes to the comms leads in any case.",
			Options: []bot.Option{
				{Value: string(WithName), Label: "With my name", Help: "In the library and the weekly edition, with name and department."},
				{Value: string(WithoutName), Label: "Without my name", Help: fmt.Sprintf("The same, as \"a colleague\"; your department only if it has %d people or more.", hiddenBelow)},
				{Value: string(Private), Label: "Not at all", Help: "Only you see it."},
			}},
	}}, nil
}

func (f *Feature) answer(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	ask, err := f.askOf(ctx, in)
	if err != nil {
		return nil, err
	}
	words := bot.Clean(in.Value("words"), 0)
	if words == "" {
		return bot.Invalid{Fields: map[string]string{"words": "Write a sentence first, or press Not this time on the question."}}, nil
	}
	if n := len([]rune(words)); n > MaxWords {
		return bot.Invalid{Fields: map[string]string{"words": fmt.Sprintf("That has %d characters. Please keep it to %d, so that it can be read in passing.", n, MaxWords)}}, nil
	}
	person, err := f.People.Person(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	id, err := bot.NewID(now, f.Random)
	if err != nil {
		return nil, err
	}
	var learning *Learning
	var need *Needed
	source := "ask/" + ask.ID()
	if in.Value("kind") == saysNeed {
		need = &Needed{ID: id, Source: source, Title: Title(words), Words: words, Person: person.ID, Opened: now}
	} else {
		learning = &Learning{ID: id, Source: source, Words: words, Person: person.ID, Name: person.Name,
			Department: person.Department, Consent: ParseConsent(in.Value("consent")), Created: now}
	}
	err = f.Stores.Asks.Change(ctx, ask.ID(), func(ask *Ask, _ *Evangelist) ([]bot.Delivery, error) {
		return ask.Answer(learning, need)
	})
	if errors.Is(err, ErrAnswered) {
		return finish(in, bot.Notice(ErrAnswered.Say)), nil
	}
	if err != nil {
		return nil, err
	}
	if need != nil {
		f.Wake()
	}
	return finish(in, thanksMessage(learning)), nil
}

// thanksMessage is the last page of the form; a nil learning was a need.
func thanksMessage(learning *Learning) bot.Message {
	if learning == nil {
		return bot.Message{Summary: "Thank you. The comms leads read what you need.", Blocks: []bot.Block{
			paragraph("Thank you. The comms leads read what you need, without your name."),
			paragraph("You hear when somebody sees to it, by when, and what came of it; also when it is not possible, and then why."),
		}}
	}
	next := "Only you see it: "
	switch learning.Consent {
	case WithName:
		next = "It stands in the library with your name now, and the next edition may tell it. To take it back: "
	case WithoutName:
		next = "It stands in the library without your name now, and the next edition may tell it. To take it back: "
	}
	return bot.Message{Summary: "Thank you. Your answer is kept.", Blocks: []bot.Block{
		paragraph("Thank you. Your answer is kept."),
		paragraph(next, bot.Mono("/evangelist mine")),
	}}
}

func (f *Feature) decline(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Arg == "" {
		return nil, bot.ErrNotFound
	}
	ask, err := f.askOf(ctx, in)
	if err != nil {
		return nil, err
	}
	err = f.Stores.Asks.Change(ctx, ask.ID(), func(ask *Ask, _ *Evangelist) ([]bot.Delivery, error) {
		return ask.Decline(), nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Refresh{View: bot.View{Kind: questionView, ID: ask.ID(), Version: max(Declined.version(), ask.State.version())}}, nil
}

// renderAsk draws the card of the n-th message of an ask.
func (f *Feature) renderAsk(n int) func(context.Context, string) (bot.Message, int64, error) {
	return func(ctx context.Context, id string) (bot.Message, int64, error) {
		ask, err := f.Stores.Asks.Get(ctx, id)
		if errors.Is(err, bot.ErrNotFound) {
			ask, err = f.lapsed(ctx, id)
		}
		if err != nil {
			return bot.Message{}, 0, err
		}
		return askMessage(f.Organisation, ask, n), ask.State.version(), nil
	}
}

// lapsed returns an ask whose round is over, or ErrNotFound when there was no such
// round.
func (f *Feature) lapsed(ctx context.Context, id string) (Ask, error) {
	name, person, ok := SplitAskID(id)
	if !ok {
		return Ask{}, bot.ErrNotFound
	}
	round, err := f.Stores.Rounds.Get(ctx, name)
	if err != nil {
		return Ask{}, err
	}
	return Ask{Round: round.ID, Person: person, State: Lapsed, Opened: round.Opened, From: round.Opened, Prompt: round.Prompt, Kind: round.Kind, Text: round.Text}, nil
}

// askMessage is the n-th message of an ask in its present state. The courier puts
// the choice of being asked less under it.
func askMessage(org bot.Organisation, ask Ask, n int) bot.Message {
	heading := [...]string{"A question for you", "A question for you, once more", "A question for you, for the last time"}[n]
	answer := bot.Button{Command: "network.answer", Arg: ask.ID(), Label: "Answer", Tone: bot.Primary}
	message := bot.Message{Summary: heading + ": " + ask.Text, Blocks: []bot.Block{
		bot.Heading{Level: 1, Text: bot.T(heading)}, paragraph(ask.Text),
	}}
	switch ask.State {
	case Answered:
		message.Summary = "Thank you for your answer"
		message.Blocks = append(message.Blocks, note("Thank you, your answer is kept. To look at it: ", bot.Mono("/evangelist mine")))
		return message
	case Lapsed:
		message.Summary = "This question has ended"
		message.Blocks = append(message.Blocks, note("This question has ended, and nothing is expected of you."))
		return message
	case Declined:
		message.Blocks = append(message.Blocks, note("Not this time. That is fine; the next question comes by itself."))
		answer.Label, answer.Tone = "Answer after all", bot.Quiet
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{answer}})
		return message
	}
	left := [...]string{"I remind you twice at most", "I remind you once more at most", "I do not remind you again"}[n]
	message.Blocks = append(message.Blocks,
		bot.Actions{Buttons: []bot.Button{answer, {Command: "network.decline", Arg: ask.ID(), Label: "Not this time"}, {Command: "network.pace", Label: "How often?"}}},
		note("Why you: you said that you "+ask.Part.does()+" as "+article(org.Word)+". "+left+", and nobody sees who has not answered."))
	return message
}
