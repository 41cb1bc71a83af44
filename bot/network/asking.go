package network

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

func (f *Feature) askForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	question, err := f.question(ctx)
	if err != nil {
		return nil, err
	}
	next, err := f.nextOfSet(ctx)
	if err != nil {
		return nil, err
	}
	own := bot.Field{Name: "text", Kind: bot.LineField, Label: "A question of your own, for the next round", Max: maxQuestion,
		Help: "It goes out once. Empty: the questions take turns, and the next one is \"" + next + "\""}
	if question.Pending() {
		own.Value = []string{question.Text}
	}
	return &bot.Form{Title: "A question for you", Submit: "Save",
		Intro: []bot.Block{paragraph("It goes to each colleague who leads or supports and whose turn it is, privately. There are two reminders, then silence; who has not answered is shown to nobody.")},
		Fields: []bot.Field{own, kindField("What does it ask for?", question.Kind, true),
			{Name: "rhythm", Kind: bot.LineField, Label: "When", Value: filled(question.Rhythm), Placeholder: "every second Thursday 14:00",
				Help: "At most once a week. Whoever likes it less often is left out in between. Empty: only when you press Ask now."},
		}}, nil
}

// nextOfSet is the question that the next round takes from the set.
func (f *Feature) nextOfSet(ctx context.Context) (string, error) {
	set, err := f.Stores.Prompts.Get(ctx)
	if err != nil {
		return "", err
	}
	past, err := f.Stores.Rounds.Past(ctx, QuestionID)
	if err != nil {
		return "", err
	}
	next, _ := set.Next(past, "")
	return next.Text, nil
}

// Asking is the question that goes round: the newest one that was asked, else the
// one that is asked next.
func (f *Feature) Asking(ctx context.Context) (string, error) {
	past, err := f.Stores.Rounds.Past(ctx, QuestionID)
	if err != nil || len(past) > 0 {
		return firstText(past), err
	}
	question, err := f.question(ctx)
	if err != nil || question.Pending() {
		return question.Text, err
	}
	return f.nextOfSet(ctx)
}

func firstText(rounds []Round) string {
	if len(rounds) == 0 {
		return ""
	}
	return rounds[0].Text
}

func filled(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (f *Feature) ask(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	text := bot.Clean(in.Value("text"), 0)
	wrong := map[string]string{}
	if n := len([]rune(text)); n > maxQuestion {
		wrong["text"] = fmt.Sprintf("That has %d characters. Please keep the question to %d.", n, maxQuestion)
	}
	kind, ok := ParseKind(in.Value("kind"))
	if !ok {
		kind = Any
	}
	spec, err := ParseRhythm(in.Value("rhythm"), f.Clock.Now(), f.Organisation.Zone)
	if say := phraseSays(err); say != "" {
		wrong["rhythm"] = say
	} else if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	next, err := f.nextOfSet(ctx)
	if err != nil {
		return nil, err
	}
	err = f.Stores.Questions.Change(ctx, QuestionID, func(q *Question) ([]bot.Delivery, error) {
		switch q.Rhythm = spec.String(); {
		case text == "" && q.Text == "":
			q.Text, q.Used = next, true // what a program without the set would ask
		case text == "":
			q.Used = true
		default:
			q.Text, q.Kind, q.Used = text, kind, false
		}
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	if err := f.plan(ctx); err != nil {
		return nil, err
	}
	if text == "" {
		text = next
	}
	due, _, err := f.nextSlot(ctx)
	if err != nil {
		return nil, err
	}
	return finish(in, savedMessage(text, spec, due)), nil
}

// phraseSays returns the sentence of a refused rhythm, "" for any other error.
func phraseSays(err error) string {
	var phrase *schedule.PhraseError
	var refused *bot.Error
	switch {
	case errors.As(err, &phrase):
		return phrase.Say
	case errors.As(err, &refused):
		return refused.Say
	}
	return ""
}

func savedMessage(text string, spec schedule.Spec, next time.Time) bot.Message {
	message := bot.Message{Summary: "The question is saved.", Blocks: []bot.Block{bot.Quote{Text: bot.T(text), By: bot.T("asked next")}}}
	if spec.IsZero() {
		message.Blocks = append(message.Blocks, paragraph("There is no rhythm: it goes out when you press Ask now."))
	} else {
		message.Blocks = append(message.Blocks, paragraph("A question goes out "+spec.Describe()+", the next one on ", bot.Moment(next, bot.DateTimeStyle), "."))
	}
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{askNowButton(), {Command: "network.questions", Label: "All questions"}}})
	return message
}

func askNowButton() bot.Button {
	return bot.Button{Command: "network.ask.now", Label: "Ask now",
		Confirm: "Ask everybody who leads or supports and whose turn it is now? They are asked again after six days at the earliest."}
}

// plan brings the schedule in line with the question. Where it is already,
// nothing is written.
func (f *Feature) plan(ctx context.Context) error {
	_, err := f.Planner.Keep(ctx, questionChore, QuestionID, func(ctx context.Context) (schedule.Plan, bool, error) {
		spec, err := f.rhythm(ctx)
		if err != nil || spec.IsZero() {
			return schedule.Plan{}, false, err
		}
		return schedule.Plan{Kind: questionChore, Subject: QuestionID, Spec: spec, Zone: f.Organisation.Zone.String()}, true, nil
	})
	return err
}

// askOnRhythm is the chore: one round per slot. A round that a lead started a few
// days before, and nobody to ask, are reasons to be silent.
func (f *Feature) askOnRhythm(ctx context.Context, tick schedule.Tick) error {
	_, err := f.open(ctx, tick.Subject, tick.Slot)
	if errors.Is(err, ErrAskedLately) || errors.Is(err, ErrNobody) || errors.Is(err, ErrNoTurn) {
		return nil
	}
	return err
}

func (f *Feature) open(ctx context.Context, question, slot string) (int, error) {
	now := f.Clock.Now()
	return f.Stores.Rounds.Open(ctx, question, slot, func(o *Opening) ([]bot.Delivery, error) {
		return Open(o, slot, now, f.Organisation.Zone)
	})
}

func (f *Feature) askNow(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	asked, err := f.open(ctx, QuestionID, "now-"+once)
	if err != nil {
		return nil, err
	}
	if asked == 0 {
		return bot.Say{Message: bot.Notice("That question is on its way already, so nothing was asked twice.")}, nil
	}
	return bot.Say{Message: bot.Notice("The question goes to " + count(asked, "colleague") + " who lead or support and whose turn it is. What they share appears under /evangelist learnings, what they need under /evangelist requests.")}, nil
}

// sweepBatch bounds how many asks are loaded at a time.
const sweepBatch = 100

// sweep sends reminders and ends rounds that are due.
func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	if err := f.plan(ctx); err != nil {
		return time.Time{}, err
	}
	for {
		now := f.Clock.Now()
		due, next, err := f.Stores.Asks.Due(ctx, now, sweepBatch)
		if err != nil {
			return time.Time{}, err
		}
		for _, id := range due {
			err := f.Stores.Asks.Change(ctx, id, func(ask *Ask, member *Evangelist) ([]bot.Delivery, error) {
				return ask.Tick(now, member != nil && member.Asked(), f.Organisation.Zone), nil
			})
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return time.Time{}, err
			}
		}
		if len(due) < sweepBatch {
			return next, nil
		}
	}
}
