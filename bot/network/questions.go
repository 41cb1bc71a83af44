package network

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evangelist/bot"
)

// title is a kind as a heading.
func (k Kind) title() string {
	switch k {
	case Share:
		return "What did you share?"
	case Learn:
		return "What did you learn?"
	case Need:
		return "What do you need?"
	default:
		return "Anything"
	}
}

// kindField asks for a kind; Any stands in it only where it may.
func kindField(label string, kind Kind, any bool) bot.Field {
	field := bot.Field{Name: "kind", Kind: bot.ChoiceField, Label: label, Value: []string{string(kind)}, Help: "The answer form begins with it; people may choose another one."}
	for _, k := range kinds {
		field.Options = append(field.Options, bot.Option{Value: string(k), Label: k.title()})
	}
	if any {
		field.Options = append(field.Options, bot.Option{Value: "any", Label: Any.title()})
		if kind == Any {
			field.Value = []string{"any"}
		}
	}
	return field
}

// questions answers "evangelist questions": the set, the rhythm and what comes next.
func (f *Feature) questions(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
	message, err := f.setMessage(ctx)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: message}, nil
}

func (f *Feature) setMessage(ctx context.Context) (bot.Message, error) {
	set, err := f.Stores.Prompts.Get(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	question, err := f.question(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	upcoming := question.Text
	if !question.Pending() {
		if upcoming, err = f.nextOfSet(ctx); err != nil {
			return bot.Message{}, err
		}
	}
	spec, err := question.spec()
	if err != nil {
		return bot.Message{}, err
	}
	slot, _ := spec.Next(f.Clock.Now(), f.Organisation.Zone, nil)
	return setMessage(set, upcoming, described(spec), slot.Due), nil
}

// setMessage lists the questions. Rhythm describes when they are asked, "" for never.
func setMessage(set Set, upcoming, rhythm string, next time.Time) bot.Message {
	when := paragraph("There is no rhythm: a question goes out when you press Ask now.")
	if rhythm != "" {
		when = paragraph("A question goes out "+rhythm+", the next one on ", bot.Moment(next, bot.DateTimeStyle), ".")
	}
	message := titled("A question for you", when,
		bot.Quote{Text: bot.T(upcoming), By: bot.T("asked next")},
		note("The kinds take turns, and within a kind the question that rested longest. Nobody gets the same one twice running."))
	for _, kind := range kinds {
		message.Blocks = append(message.Blocks, bot.Heading{Level: 2, Text: bot.T(kind.title())})
		for _, p := range set.Of(kind) {
			line, pause := bot.T(p.Text), bot.Button{Command: "network.question.pause", Arg: p.ID, Label: "Pause"}
			if p.Paused {
				line, pause = bot.Line(bot.Emphasis("paused: "), p.Text), bot.Button{Command: "network.question.resume", Arg: p.ID, Label: "Ask again"}
			}
			message.Blocks = append(message.Blocks, bot.Paragraph{Text: line},
				bot.Actions{Buttons: []bot.Button{{Command: "network.question.put", Arg: p.ID, Label: "Change"}, pause}})
		}
	}
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{
		{Command: "network.question.put", Label: "Add a question", Tone: bot.Primary}, {Command: "network.ask", Label: "Rhythm, or one of your own"}, askNowButton(),
	}})
	return message
}

// promptForm changes the question that a button names, or adds one.
func (f *Feature) promptForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, title := Prompt{Kind: Share}, "Add a question"
	if in.Arg != "" {
		set, err := f.Stores.Prompts.Get(ctx)
		if err != nil {
			return nil, err
		}
		at := set.index(in.Arg)
		if at < 0 {
			return nil, bot.ErrNotFound
		}
		p, title = set[at], "Change a question"
	}
	return &bot.Form{Title: title, Arg: in.Arg, Submit: "Save", Fields: []bot.Field{
		{Name: "text", Kind: bot.LineField, Label: "The question", Required: true, Value: filled(p.Text), Max: maxQuestion,
			Help: "One thing, in plain words, to which one sentence is an answer."},
		kindField("What does it ask for?", p.Kind, false),
	}}, nil
}

func (f *Feature) putPrompt(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	text, wrong := bot.Clean(in.Value("text"), 0), map[string]string{}
	if n := len([]rune(text)); n > maxQuestion {
		wrong["text"] = fmt.Sprintf("That has %d characters. Please keep the question to %d.", n, maxQuestion)
	} else if n == 0 {
		wrong["text"] = "Write the question that you want to ask."
	}
	kind, ok := ParseKind(in.Value("kind"))
	if !ok {
		wrong["kind"] = "Choose what it asks for."
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	p := Prompt{ID: "own-" + once, Kind: kind, Text: text, Added: f.Clock.Now()}
	err = f.Stores.Prompts.Change(ctx, func(set *Set) error {
		if in.Arg != "" {
			at := set.index(in.Arg)
			if at < 0 {
				return bot.ErrNotFound
			}
			p.ID, p.Paused = in.Arg, (*set)[at].Paused
		} else if set.index(p.ID) >= 0 {
			return nil // the same form again
		}
		return set.Put(p)
	})
	switch {
	case errors.Is(err, ErrSameQuestion):
		return bot.Invalid{Fields: map[string]string{"text": ErrSameQuestion.Say}}, nil
	case errors.Is(err, ErrManyQuestions):
		return bot.Invalid{Fields: map[string]string{"kind": ErrManyQuestions.Say}}, nil
	case err != nil:
		return nil, err
	}
	message, err := f.setMessage(ctx)
	if err != nil {
		return nil, err
	}
	return finish(in, message), nil
}

func (f *Feature) pausePrompt(paused bool) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		if err := f.Stores.Prompts.Change(ctx, func(set *Set) error { return set.Pause(in.Arg, paused) }); err != nil {
			return nil, err
		}
		return f.questions(ctx, in)
	}
}
