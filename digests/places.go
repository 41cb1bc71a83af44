package digests

import (
	"context"
	"errors"
	"strings"

	"evangelist/bot"
)

// unfit says why a place cannot be posted to, "" when it can.
func (f *Feature) unfit(ctx context.Context, id bot.PlaceID, lead bool) (string, error) {
	place, err := f.places.Place(ctx, id)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return "I do not know that channel yet. Add me to it first, then choose it here.", nil
	case err != nil:
		return "", err
	case place.Archived:
		return "“" + place.Name + "” is archived. Choose another channel.", nil
	case place.External && !place.Confirmed:
		return "“" + place.Name + "” is shared with another organisation, whose people would read along, so I post nothing there yet. A comms lead can confirm it with /evangelist shared; or choose another channel.", nil
	case !place.Member:
		return "I am not a member of “" + place.Name + "”. Add me to it first.", nil
	case place.Kind != bot.OpenChannel && !lead:
		return "Only a comms lead can have editions posted in a private place. Choose a channel that everybody can read.", nil
	}
	return "", nil
}

// readAlong names those of the places that are shared with another organisation,
// "" when none is.
func (f *Feature) readAlong(ctx context.Context, ids []bot.PlaceID) (string, error) {
	var names []string
	for _, id := range ids {
		place, err := f.places.Place(ctx, id)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return "", err
		}
		if place.External {
			names = append(names, "“"+place.Name+"”")
		}
	}
	return strings.Join(names, ", "), nil
}
