package issues

import (
	"context"

	"evangelist/bot"
)

func (f *Feature) wrongForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	i, err := f.read(ctx, in, Object)
	if err != nil {
		return nil, err
	}
	if _, err := i.allow(in.Actor, Object); err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Something is wrong", Arg: i.ID, Submit: "Send to the lead", Intro: []bot.Block{paragraph("This goes to the comms lead, with your name. The lead may hold the report before it is published.")}, Fields: []bot.Field{
		{Name: "words", Kind: bot.ParagraphField, Label: "What is wrong?", Required: true, Max: MaxObjection, Help: "Read by comms leads alone, and forgotten when the report is published."},
	}}, nil
}

// wrong hands a champion's objection to the lead.
func (f *Feature) wrong(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.read(ctx, in, Object); err != nil {
		return nil, err
	}
	words := bot.Clean(in.Value("words"), MaxObjection)
	if words == "" {
		return bot.Invalid{Fields: map[string]string{"words": "Say in a sentence what is wrong."}}, nil
	}
	key, err := f.once(in)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	var after Issue
	err = f.Stores.Issues.Change(ctx, in.Arg, func(i *Issue) ([]bot.Delivery, error) {
		out, err := i.Object(in.Actor, key, words, now)
		after = *i
		return out, err
	})
	if err != nil {
		return nil, err
	}
	f.Wake()
	line := bot.Line("Thank you. The comms lead has it now. The report is published on ", bot.Moment(after.PublishAt, bot.DateTimeStyle), ", unless the lead holds it.")
	if after.State == Held {
		line = bot.T("Thank you. The comms lead has it now; the report is held back already.")
	}
	return finish(in, bot.Message{Summary: "Thank you. The comms lead has it now.", Blocks: []bot.Block{bot.Paragraph{Text: line}}}), nil
}
