package tables

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
)

// MaxWords is how many runes may be said about a table.
const MaxWords = 600

func (f *Feature) answerForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	r, err := f.read(ctx, in, Answer)
	if err != nil {
		return nil, err
	}
	seat, ok := r.Place(in.Actor.Person)
	switch {
	case !ok:
		return nil, bot.ErrNotFound
	case seat.Said != "":
		return nil, ErrSaid
	}
	return &bot.Form{Title: "Your round table", Arg: r.ID, Fields: []bot.Field{
		{Name: "met", Kind: bot.ChoiceField, Label: "Did you meet?", Required: true, Value: []string{string(Met)}, Options: []bot.Option{
			{Value: string(Met), Label: "Yes"}, {Value: string(NotMet), Label: "No", Help: "That happens. Nobody is told."},
		}},
		{Name: "words", Kind: bot.ParagraphField, Label: "What came of it?", Max: MaxWords, Placeholder: "One thing that you learned or will try"},
		{Name: "consent", Kind: bot.ChoiceField, Label: "May we share it?", Help: "If you choose nothing, it is not shared.", Options: []bot.Option{
			{Value: "name", Label: "With my name", Help: "In the library and the weekly edition, with name and department."},
			{Value: "unnamed", Label: "Without my name", Help: "The same, as \"a colleague\"; your department only if it is large enough."},
			{Value: "private", Label: "Not at all", Help: "Only you see it."},
		}},
	}}, nil
}

// answer keeps whether somebody met their table, and what came of it. The words
// are kept first: should the rest fail, the same answer again keeps them once.
func (f *Feature) answer(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	r, err := f.read(ctx, in, Answer)
	if err != nil {
		return nil, err
	}
	outcome := ParseOutcome(in.Value("met"))
	words := bot.Clean(in.Value("words"), 0)
	wrong := map[string]string{}
	if outcome == "" {
		wrong["met"] = ErrNoOutcome.Say
	}
	if n := len([]rune(words)); n > MaxWords {
		wrong["words"] = fmt.Sprintf("That has %d characters. Please keep it to %d, so that it can be read in passing.", n, MaxWords)
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	if seat, _ := r.Place(in.Actor.Person); seat.Said == "" && words != "" {
		told := Told{Key: "table/" + r.ID + "/" + string(in.Actor.Person), Person: in.Actor.Person, Words: words,
			About: "the round table of " + dateOf(r, f.Organisation.Zone), Consent: in.Value("consent")}
		if err := f.Learn(ctx, told); err != nil {
			return nil, err
		}
	}
	return f.say(ctx, in, outcome, words != "")
}

func (f *Feature) notMet(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.say(ctx, in, NotMet, false)
}

func (f *Feature) say(ctx context.Context, in bot.Invocation, outcome Outcome, words bool) (bot.Reply, error) {
	id, _ := splitID(in.Arg)
	_, err := f.do(ctx, id, func(r *Round) ([]bot.Delivery, error) { return r.Say(in.Actor, outcome) })
	if errors.Is(err, ErrSaid) {
		return finish(in, bot.Notice(ErrSaid.Say)), nil
	}
	if err != nil {
		return nil, err
	}
	return finish(in, saidMessage(outcome, words)), nil
}

// renderFollow asks one person what came of their table.
func (f *Feature) renderFollow(ctx context.Context, id string) (bot.Message, int64, error) {
	round, person := splitID(id)
	r, err := f.Stores.Rounds.Get(ctx, round)
	if err != nil {
		return bot.Message{}, 0, err
	}
	seat, ok := r.Place(bot.PersonID(person))
	if !ok {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	people, err := f.people(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return followMessage(r, seat, people), r.Version, nil
}

func followMessage(r Round, seat Seat, people map[bot.PersonID]bot.Person) bot.Message {
	message := titled("Did you meet?", paragraph("A week ago you were to sit with ", others(r, seat, people), ". Did you meet, and what came of it?"))
	switch {
	case seat.Said != "":
		message.Blocks = append(message.Blocks, note("Thank you for telling us. To look at what you told: ", bot.Mono("/evangelist mine")))
	case r.State == Closed:
		message.Blocks = append(message.Blocks, note("This round has ended, and nothing is expected of you."))
	default:
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{
			{Command: "tables.answer", Arg: r.ID, Label: "Tell", Tone: bot.Primary},
			{Command: "tables.notmet", Arg: r.ID, Label: "We did not meet"},
		}}, note("Why you: you had a place at a round table. I ask once, and nobody sees who has not answered."))
	}
	return message
}

func saidMessage(outcome Outcome, words bool) bot.Message {
	switch {
	case words:
		message := bot.Notice("Thank you. What you told is kept.")
		message.Blocks = append(message.Blocks, note("To look at it, or to take it back: ", bot.Mono("/evangelist mine")))
		return message
	case outcome == Met:
		return bot.Notice("Thank you. It is good that you met.")
	}
	return bot.Notice("Thank you for saying so. It happens; the next round comes by itself.")
}
