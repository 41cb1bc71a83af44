package office

import (
	"context"
	"errors"

	"evangelist/bot"
)

// mostShared is how many places a form lists.
const mostShared = 100

// The answers of the form.
const (
	mayPost    = "yes"
	mayNotPost = "no"
)

// sharedForm asks a lead where the bot may post although people of another
// organisation read along.
func (f *Feature) sharedForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	places, err := f.Places.Places(ctx)
	if err != nil {
		return nil, err
	}
	which := bot.Field{Name: "place", Kind: bot.ChoiceField, Label: "Which channel?", Required: true}
	for _, place := range places {
		if !place.External || place.Archived || !place.Member && !place.Confirmed || len(which.Options) == mostShared {
			continue
		}
		state := "I post nothing there."
		if place.Confirmed {
			state = "I may post there."
		}
		which.Options = append(which.Options, bot.Option{Value: string(place.ID), Label: place.Name, Help: state})
		if place.ID == in.Place {
			which.Value = []string{string(place.ID)}
		}
	}
	if len(which.Options) == 0 {
		return nil, bot.Refuse("none-shared", "I am in no channel that is shared with another organisation, so there is nothing to confirm. If there is one, add me to it first.")
	}
	return &bot.Form{Title: "Shared channels", Submit: "Save", Intro: []bot.Block{
		paragraph("These channels are shared with another organisation. Whatever I post in one of them is read, and kept, by people who do not work for " + f.Organisation.Name + " too: editions, with colleagues' names and words. So I post nothing there until a comms lead confirms the channel."),
		note("The call for " + f.Organisation.Word + "s and the reading team's cards never go to such a channel, confirmed or not."),
	}, Fields: []bot.Field{which, {Name: "may", Kind: bot.ChoiceField, Label: "May I post there?", Required: true, Options: []bot.Option{
		{Value: mayPost, Label: "Yes, they may read along", Help: "Digests may go there from now on."},
		{Value: mayNotPost, Label: "No", Help: "Nothing new goes there. What was posted stays."},
	}}}}, nil
}

func (f *Feature) shared(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	wrong := map[string]string{}
	place, err := f.Places.Place(ctx, bot.PlaceID(in.Value("place")))
	switch {
	case errors.Is(err, bot.ErrNotFound):
		wrong["place"] = "Choose one of these channels."
	case err != nil:
		return nil, err
	case !place.External:
		wrong["place"] = "That channel is not shared with another organisation, so there is nothing to confirm."
	}
	may := in.Value("may")
	if may != mayPost && may != mayNotPost {
		wrong["may"] = "Choose whether I may post there."
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	if err := f.Places.Confirm(ctx, place.ID, may == mayPost); err != nil {
		return nil, err
	}
	return finish(in, sharedMessage(place.Name, may == mayPost)), nil
}

func sharedMessage(name string, may bool) bot.Message {
	if !may {
		return bot.Notice("I post nothing in " + name + " any more. What was posted stays there; digests that go there keep their other channels.")
	}
	message := bot.Notice("I may post in " + name + " now. Everybody there reads along, also the people of the other organisation.")
	message.Blocks = append(message.Blocks, note("To take that back type ", bot.Mono("/evangelist shared"), " again. If the channel is no longer shared one day, the confirmation ends by itself."))
	return message
}
