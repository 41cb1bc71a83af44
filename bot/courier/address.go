package courier

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
)

// address chooses the platform and the place of a delivery.
func (c *Courier) address(ctx context.Context, it *Item, readers []Reader) (bot.Platform, bot.PlaceID, error) {
	if it.To.Place != "" {
		return c.placeOf(ctx, it.To.Place)
	}
	for _, platform := range c.Platforms {
		accounts := accountsOn(platform.Name(), readers)
		if len(accounts) < len(readers) || len(accounts) == 0 {
			continue
		}
		place, err := c.open(ctx, platform, accounts)
		return platform, place, err
	}
	if len(readers) == 1 {
		return nil, "", settled{Unreachable, "This person has no active account that can be written to."}
	}
	return nil, "", settled{Failed, "These persons have no platform in common, so that no conversation with all of them can be opened. Bring them together in another way, then choose: leave it."}
}

// placeOf checks that the bot can post to a place and read its history there, and
// that a lead wants it to where another organisation reads along.
func (c *Courier) placeOf(ctx context.Context, id bot.PlaceID) (bot.Platform, bot.PlaceID, error) {
	platform, known := c.byName[id.Platform()]
	if !known {
		return nil, "", settled{Failed, "This place is on a workspace that is not set up here. Add it to the configuration, then choose: post again."}
	}
	place, err := c.Store.Register.Place(ctx, id)
	if errors.Is(err, bot.ErrNotFound) {
		return platform, id, nil
	}
	if err != nil {
		return nil, "", err
	}
	channel := place.Kind == bot.OpenChannel || place.Kind == bot.PrivateChannel
	switch {
	case place.External && !place.Confirmed:
		return nil, "", settled{Failed, fmt.Sprintf("The channel %s is shared with another organisation, whose people would read along, so nothing is posted there. A comms lead can confirm the channel with /evangelist shared, or choose another one; then choose: post again.", place.Name)}
	case place.Archived:
		return nil, "", settled{Failed, fmt.Sprintf("The channel %s is archived, so nothing can be posted there. Bring it back or choose another channel, then choose: post again.", place.Name)}
	case channel && !place.Member && abilityOf(platform).find:
		return nil, "", settled{Failed, fmt.Sprintf("The bot is not a member of %s. Invite it there, then choose: post again.", place.Name)}
	}
	return platform, id, nil
}

// accountsOn returns one active account of each reader on a platform.
func accountsOn(platform string, readers []Reader) []bot.AccountID {
	var all []bot.AccountID
	for _, reader := range readers {
		for _, account := range reader.Accounts {
			if account.ID.Platform() == platform && !account.Inactive && !account.Bot {
				all = append(all, account.ID)
				break
			}
		}
	}
	return all
}

// open opens the conversation with some accounts. On a platform without
// conversations the account itself is the address.
func (c *Courier) open(ctx context.Context, platform bot.Platform, accounts []bot.AccountID) (place bot.PlaceID, err error) {
	opener, can := platform.(bot.Opener)
	switch {
	case !can && len(accounts) == 1:
		return bot.NewPlaceID(platform.Name(), accounts[0].Native()), nil
	case !can:
		return "", settled{Failed, "No conversation with several persons can be opened there. Write to each of them, then choose: leave it."}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Deadline)
	defer cancel()
	err = guard(func() error {
		place, err = opener.Open(ctx, accounts)
		return err
	})
	var refusal *bot.SendError
	if errors.As(err, &refusal) {
		switch refusal.Reason {
		case bot.Unreachable:
			return "", settled{Unreachable, refusal.Say}
		case bot.Denied:
			return "", settled{Failed, refusal.Say}
		}
	}
	return place, err
}
