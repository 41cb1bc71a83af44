package network

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

const maxQuestion = 200

func (f *Feature) askForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	question, err := f.question(ctx)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "A question for you", Submit: "Save",
		Intro: []bot.Block{paragraph("It goes to each colleague who leads or supports, privately. There are two reminders, then silence; who has not answered is shown to nobody.")},
		Fields: []bot.Field{
			{Name: "text", Kind: bot.LineField, Label: "The question", Required: true, Value: []string{question.Text}, Max: maxQuestion},
			{Name: "rhythm", Kind: bot.LineField, Label: "When", Value: filled(question.Rhythm), Placeholder: "every second Thursday 14:00",
				Help: "At most once a week. Empty: only when you press Ask now."},
		}}, nil
}

func filled(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (f *Feature) ask(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	text := bot.Clean(in.Value("text"), 0)
	if text == "" {
		return bot.Invalid{Fields: map[string]string{"text": "Write the question that you want to ask."}}, nil
	}
	if n := len([]rune(text)); n > maxQuestion {
		return bot.Invalid{Fields: map[string]string{"text": fmt.Sprintf("That has %d characters. Please keep the question to %d.", n, maxQuestion)}}, nil
	}
	spec, err := ParseRhythm(in.Value("rhythm"), f.Clock.Now(), f.Organisation.Zone)
	if say := phraseSays(err); say != "" {
		return bot.Invalid{Fields: map[string]string{"rhythm": say}}, nil
	}
	if err != nil {
		return nil, err
	}
	err = f.Stores.Questions.Change(ctx, QuestionID, func(q *Question) ([]bot.Delivery, error) {
		q.Text, q.Rhythm = text, spec.String()
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	if err := f.plan(ctx); err != nil {
		return nil, err
	}
	next, _, err := f.nextSlot(ctx)
	if err != nil {
		return nil, err
	}
	return finish(in, savedMessage(text, spec, next)), nil
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
	message := bot.Message{Summary: "The question is saved.", Blocks: []bot.Block{bot.Quote{Text: bot.T(text)}}}
	if spec.IsZero() {
		message.Blocks = append(message.Blocks, paragraph("It has no rhythm: it goes out when you press Ask now."))
	} else {
		message.Blocks = append(message.Blocks, paragraph("It goes out "+spec.Describe()+", for the first time on ", bot.Moment(next, bot.DateTimeStyle), "."))
	}
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "network.ask.now", Label: "Ask now",
		Confirm: "Ask everybody who leads or supports now? They are asked again after six days at the earliest."}}})
	return message
}

// plan brings the schedule in line with the question. Where it is already,
// nothing is written.
func (f *Feature) plan(ctx context.Context) error {
	_, err := f.Planner.Keep(ctx, questionChore, QuestionID, func(ctx context.Context) (schedule.Plan, bool, error) {
		question, err := f.question(ctx)
		if err != nil || question.Rhythm == "" {
			return schedule.Plan{}, false, err
		}
		spec, err := schedule.Parse(question.Rhythm)
		if err != nil {
			return schedule.Plan{}, false, fmt.Errorf("read the rhythm of the question: %w", err)
		}
		return schedule.Plan{Kind: questionChore, Subject: QuestionID, Spec: spec, Zone: f.Organisation.Zone.String()}, true, nil
	})
	return err
}

// askOnRhythm is the chore: one round per slot. A round that a lead started a few
// days before, and nobody to ask, are reasons to be silent.
func (f *Feature) askOnRhythm(ctx context.Context, tick schedule.Tick) error {
	_, err := f.open(ctx, tick.Subject, tick.Slot)
	if errors.Is(err, ErrAskedLately) || errors.Is(err, ErrNobody) {
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
	return bot.Say{Message: bot.Notice("The question goes to " + count(asked, "colleague") + " who lead or support. What they share appears under /evangelist learnings, what they need under /evangelist requests.")}, nil
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
