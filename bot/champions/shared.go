package champions

import (
	"context"
	"errors"
	"strings"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// The answers to which meeting a day is of.
const (
	sameOne    = "same"
	anotherOne = "another"
)

// meetingForm is for lead and champion alike.
func (f *Feature) meetingForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	c, _, err := f.read(ctx, in, Meet)
	if err != nil {
		return nil, err
	}
	form := &bot.Form{Title: "The next meeting", Arg: c.ID, Submit: "Save", Fields: []bot.Field{
		{Name: "on", Kind: bot.DateField, Label: "The day", Help: "Empty: no day is known. Then nothing is sent until one is set."},
		{Name: "body", Kind: bot.LineField, Label: "The board or body", Value: filled(c.Body), Max: maxBody},
	}}
	if m := c.next(); m != nil {
		held := !schedule.DateOf(f.Clock.Now(), f.Organisation.Zone).Before(m.On)
		chosen := sameOne
		if held {
			chosen = anotherOne
		} else {
			form.Fields[0].Value = []string{m.On.String()}
		}
		moved := "Its briefing moves with it."
		if m.Briefing.Stage == Sent {
			moved = "Its briefing has gone out; there is no second one."
		}
		form.Fields = append(form.Fields, bot.Field{Name: "which", Kind: bot.ChoiceField, Label: "This is", Value: []string{chosen}, Options: []bot.Option{
			{Value: sameOne, Label: "the meeting of " + showDate(m.On) + ", moved", Help: moved},
			{Value: anotherOne, Label: "another meeting", Help: "It has a briefing of its own."},
		}})
		if held {
			form.Fields = append(form.Fields, bot.Field{Name: "came", Kind: bot.ParagraphField, Label: "What came of the meeting of " + showDate(m.On) + "?", Max: maxWords,
				Help: "Both sides read it on the page."})
		}
	}
	form.Fields = append(form.Fields, daysField(c.Days))
	return form, nil
}

func (f *Feature) meet(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, wrong := planOf(in)
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	return f.change(ctx, in, func(c *Champion, n Now) ([]bot.Delivery, error) {
		switch which := in.Value("which"); {
		case which == anotherOne:
			p.Another = true
		case which == "" && c.next() != nil:
			p.Another = !dateOf(n).Before(c.next().On)
		}
		return c.SetMeeting(in.Actor, n, p)
	})
}

// change carries out a rule on what lead and champion share, and answers with the
// page as it is now.
func (f *Feature) change(ctx context.Context, in bot.Invocation, rule func(*Champion, Now) ([]bot.Delivery, error)) (bot.Reply, error) {
	id, _ := splitID(in.Arg)
	c, err := f.do(ctx, id, rule)
	if err != nil {
		return refused(in, err)
	}
	if !in.Submitted() {
		kind := leadView
		if in.Actor.Person == c.Person {
			kind = pageView
		}
		return bot.Refresh{View: *c.view(kind, c.ID)}, nil
	}
	message, _, err := f.shown(ctx, in.Actor, c)
	return finish(in, message), err
}

func (f *Feature) promiseForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	c, _, err := f.read(ctx, in, Promise)
	if err != nil {
		return nil, err
	}
	n, err := f.now(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	us, them := "We, the programme", n.Name
	if in.Actor.Person == c.Person {
		us, them = "The programme", "I"
	}
	return &bot.Form{Title: "Add a promise", Arg: c.ID, Submit: "Add", Fields: []bot.Field{
		{Name: "words", Kind: bot.LineField, Label: "What is promised", Required: true, Max: maxWords, Placeholder: "Ask the board for two more pilots"},
		{Name: "side", Kind: bot.ChoiceField, Label: "Who promises", Value: []string{string(Ours)}, Options: []bot.Option{
			{Value: string(Ours), Label: us, Help: "It stands on the page, and leads see it on its day."},
			{Value: string(Theirs), Label: them, Help: "It stands on the page. Nobody is reminded of it but by the briefing."},
		}},
		{Name: "due", Kind: bot.DateField, Label: "Until when", Help: "Empty: no day."},
	}}, nil
}

func (f *Feature) promise(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, _, err := f.read(ctx, in, Promise); err != nil {
		return nil, err
	}
	p := Pledge{Words: oneLine(in.Value("words"), maxWords), Side: Side(in.Value("side"))}
	if p.Side == "" {
		p.Side = Ours
	}
	if text := strings.TrimSpace(in.Value("due")); text != "" {
		due, err := schedule.ParseDate(text)
		var phrase *schedule.PhraseError
		if errors.As(err, &phrase) {
			return bot.Invalid{Fields: map[string]string{"due": phrase.Say}}, nil
		}
		p.Due = due
	}
	var err error
	if p.ID, err = f.once(in); err != nil {
		return nil, err
	}
	return f.change(ctx, in, func(c *Champion, n Now) ([]bot.Delivery, error) { return c.Add(in.Actor, n, p) })
}

// settleForm settles a promise where there is no room for buttons beside each.
func (f *Feature) settleForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	c, _, err := f.read(ctx, in, Settle)
	if err != nil {
		return nil, err
	}
	n, err := f.now(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var options []bot.Option
	for _, p := range append(c.of(Ours, true), c.of(Theirs, true)...) {
		who := "The programme"
		if p.Side == Theirs {
			who = n.Name
		}
		options = append(options, bot.Option{Value: p.ID, Label: oneLine(p.Words, 70), Help: who + dueWords(p)})
	}
	if len(options) == 0 {
		return nil, bot.Refuse("promise-none-open", "No promise is open, so there is nothing to settle.")
	}
	return &bot.Form{Title: "Settle a promise", Arg: c.ID, Submit: "Save", Fields: []bot.Field{
		{Name: "promise", Kind: bot.ChoiceField, Label: "Which", Required: true, Options: options},
		{Name: "outcome", Kind: bot.ChoiceField, Label: "What became of it", Value: []string{string(Kept)}, Options: []bot.Option{
			{Value: string(Kept), Label: "It was kept", Help: "It stands on the page as kept."},
			{Value: string(Dropped), Label: "It is dropped", Help: "It stands on the page with the reason."},
		}},
		reasonField(false),
	}}, nil
}

func reasonField(required bool) bot.Field {
	return bot.Field{Name: "reason", Kind: bot.LineField, Label: "Why it is dropped", Required: required, Max: maxWords, Help: "Both sides read it."}
}

func (f *Feature) settle(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	outcome := Outcome(in.Value("outcome"))
	if outcome == "" {
		outcome = Kept
	}
	return f.change(ctx, in, func(c *Champion, n Now) ([]bot.Delivery, error) {
		return c.Mark(in.Actor, n, in.Value("promise"), outcome, oneLine(in.Value("reason"), maxWords))
	})
}

func (f *Feature) kept(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	_, id := splitID(in.Arg)
	return f.change(ctx, in, func(c *Champion, n Now) ([]bot.Delivery, error) { return c.Mark(in.Actor, n, id, Kept, "") })
}

func (f *Feature) dropForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	c, id, err := f.read(ctx, in, Settle)
	if err != nil {
		return nil, err
	}
	for _, p := range c.Promises {
		switch {
		case p.ID != id:
			continue
		case p.Outcome != Open:
			return nil, ErrSettled
		}
		return &bot.Form{Title: "Drop a promise", Arg: in.Arg, Submit: "Drop it", Intro: []bot.Block{bot.Quote{Text: bot.T(p.Words)}}, Fields: []bot.Field{reasonField(true)}}, nil
	}
	return nil, bot.ErrNotFound
}

func (f *Feature) drop(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	_, id := splitID(in.Arg)
	return f.change(ctx, in, func(c *Champion, n Now) ([]bot.Delivery, error) {
		return c.Mark(in.Actor, n, id, Dropped, oneLine(in.Value("reason"), maxWords))
	})
}
