package network

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
)

const maxCallText = 500

func (f *Feature) callForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	call, err := f.Stores.Calls.Get(ctx)
	if err != nil {
		return nil, err
	}
	place := bot.Field{Name: "place", Kind: bot.PlaceField, Label: "Where shall I ask?", Required: true,
		Help: "Everybody there can answer with one press and change their mind later."}
	if in.Place != "" {
		switch here, err := f.Places.Place(ctx, in.Place); {
		case err == nil && (here.Kind == bot.OpenChannel || here.Kind == bot.PrivateChannel):
			place.Value = []string{string(here.ID)}
		case err != nil && !errors.Is(err, bot.ErrNotFound):
			return nil, err
		}
	}
	text := call.Text
	if text == "" {
		text = callText(f.Organisation)
	}
	intro := "I post one question with three buttons: lead, support, follow."
	if len(call.Cards) > 0 {
		intro = "The call has been posted before. Posting it again continues it: who answered stays, and new words replace the old ones everywhere."
	}
	return &bot.Form{Title: "Who is interested?", Submit: "Post", Intro: []bot.Block{paragraph(intro)}, Fields: []bot.Field{
		place,
		{Name: "text", Kind: bot.ParagraphField, Label: "Your words", Value: []string{text}, Max: maxCallText},
	}}, nil
}

func (f *Feature) call(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Value("place") == "" {
		return bot.Invalid{Fields: map[string]string{"place": "Choose a place that I am a member of."}}, nil
	}
	place, err := f.Places.Place(ctx, bot.PlaceID(in.Value("place")))
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Invalid{Fields: map[string]string{"place": "I do not know that place. Add me to it first, then choose it again."}}, nil
	}
	if err != nil {
		return nil, err
	}
	if say := refusesCall(place); say != "" {
		return bot.Invalid{Fields: map[string]string{"place": say}}, nil
	}
	text := bot.Clean(in.Value("text"), 0)
	if n := len([]rune(text)); n > maxCallText {
		return bot.Invalid{Fields: map[string]string{"text": fmt.Sprintf("That has %d characters. Please keep it to %d, so that the buttons stay in sight.", n, maxCallText)}}, nil
	}
	if text == callText(f.Organisation) {
		text = ""
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	key := "call/" + once
	err = f.Stores.Calls.Change(ctx, func(call *Call) ([]bot.Delivery, error) { return call.Post(key, place.ID, text), nil })
	if err != nil {
		return nil, err
	}
	return finish(in, bot.Notice("The call goes to "+place.Name+" now. Who answers appears under /evangelist who; post it in other places as well, it stays one call.")), nil
}

// refusesCall says why the call cannot be posted in a place, "" when it can.
func refusesCall(place bot.Place) string {
	switch {
	case place.Kind != bot.OpenChannel && place.Kind != bot.PrivateChannel:
		return "A call is for many people. Choose a channel."
	case place.Archived:
		return "That channel is archived. Choose one that is in use."
	case place.External:
		return "That channel is shared with another organisation, and the call is for colleagues. Choose another one."
	case !place.Member:
		return "I am not a member of that channel. Add me to it first, then choose it again."
	}
	return ""
}

func callText(org bot.Organisation) string {
	return "Good ideas travel when somebody carries them. We look for " + org.Word + "s in every department: colleagues who pass on what works and say what is missing. How would you like to take part?"
}

// renderCall draws the call as it is now.
func (f *Feature) renderCall(ctx context.Context, _ string) (bot.Message, int64, error) {
	call, err := f.Stores.Calls.Get(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	if call.Version == 0 {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	with, err := f.Stores.Evangelists.List(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	lead, support, follow := Cover(nil, with).Count()
	return callMessage(f.Organisation, call, lead, support, follow), call.Version, nil
}

func callMessage(org bot.Organisation, call Call, lead, support, follow int) bot.Message {
	text := call.Text
	if text == "" {
		text = callText(org)
	}
	message := titled("Who is interested?", bot.Paragraph{Text: bot.T(text)})
	var lines bot.List
	for _, part := range []Part{Leads, Supports, Follows} {
		lines.Items = append(lines.Items, bot.Line(bot.Strong(part.label()), ": "+part.consequence()))
	}
	so := "Nobody has answered yet; you can be the first."
	if lead+support+follow > 0 {
		so = fmt.Sprintf("So far %d lead, %d support and %d follow.", lead, support, follow)
	}
	message.Blocks = append(message.Blocks, lines, partButtons(),
		note(so+" Press another button to change your mind, or type ", bot.Mono("/evangelist leave"), "."))
	return message
}

func (p Part) label() string {
	switch p {
	case Leads:
		return "Lead"
	case Supports:
		return "Support"
	default:
		return "Follow"
	}
}
