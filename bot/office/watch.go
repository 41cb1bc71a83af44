package office

import (
	"context"
	"slices"
	"strings"

	"evangelist/bot"
)

func (f *Feature) watchForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	places, err := f.Places.Places(ctx)
	if err != nil {
		return nil, err
	}
	var watched []string
	for _, place := range places {
		if place.Watched {
			watched = append(watched, string(place.ID))
		}
	}
	return &bot.Form{Title: "Places I read", Submit: "Save",
		Intro: []bot.Block{paragraph("I look for links in the places that you choose, and in no others. I keep a link, who shared it and one sentence around it; people can take out what is theirs.")},
		Fields: []bot.Field{{Name: "places", Kind: bot.PlacesField, Label: "Read these", Value: watched,
			Help: "A private channel is read only if you choose it here."}}}, nil
}

// watch makes the chosen places, and no others, those that are read. Places that
// cannot be read are refused before anything changes.
func (f *Feature) watch(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	places, err := f.Places.Places(ctx)
	if err != nil {
		return nil, err
	}
	known := map[bot.PlaceID]bot.Place{}
	for _, place := range places {
		known[place.ID] = place
	}
	wanted := map[bot.PlaceID]bool{}
	for _, text := range in.Values["places"] {
		place, ok := known[bot.PlaceID(text)]
		switch {
		case !ok:
			return bot.Invalid{Fields: map[string]string{"places": "I do not know one of these places. Add me to it first, then choose it again."}}, nil
		case place.Kind != bot.OpenChannel && place.Kind != bot.PrivateChannel:
			return bot.Invalid{Fields: map[string]string{"places": "I never read conversations between people. Choose channels only."}}, nil
		}
		wanted[place.ID] = true
	}
	var reading []bot.Place
	for _, place := range places {
		if place.Watched != wanted[place.ID] {
			if err := f.Places.Watch(ctx, place.ID, wanted[place.ID]); err != nil {
				return nil, err
			}
		}
		if wanted[place.ID] {
			reading = append(reading, place)
		}
	}
	return finish(in, watchMessage(reading)), nil
}

func watchMessage(reading []bot.Place) bot.Message {
	if len(reading) == 0 {
		return bot.Notice("I read no place now. Links still come by shortcut and by /digest add.")
	}
	message := bot.Message{Summary: "I look for links in " + count(len(reading), "place") + " now."}
	message.Blocks = append(message.Blocks, paragraph(message.Summary))
	list := bot.List{}
	for _, place := range reading {
		list.Items = append(list.Items, bot.T(place.Name))
	}
	message.Blocks = append(message.Blocks, list)
	for _, hint := range []struct {
		is   func(bot.Place) bool
		text string
	}{
		{func(p bot.Place) bool { return !p.Member }, "I am not a member of these yet, so add me there: "},
		{func(p bot.Place) bool { return p.Kind == bot.PrivateChannel }, "These are private; what is shared there can leave them: "},
		{func(p bot.Place) bool { return p.External }, "These are shared with another organisation, whose people are passed over: "},
	} {
		if some := placeNames(reading, hint.is); some != "" {
			message.Blocks = append(message.Blocks, note(hint.text+some+"."))
		}
	}
	return message
}

func placeNames(places []bot.Place, is func(bot.Place) bool) string {
	some := slices.DeleteFunc(slices.Clone(places), func(p bot.Place) bool { return !is(p) })
	names := make([]string, len(some))
	for i, place := range some {
		names[i] = place.Name
	}
	return strings.Join(names, ", ")
}
