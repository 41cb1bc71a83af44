package courier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
)

// echoTries is how often an echo is noted again that lost against a claim.
const echoTries = 5

// Arrived tells that the part with that id was seen in its place: platforms show
// the bot what it posted itself. A part whose fate was not known is settled by
// it at once, without a quiet period and without looking; whoever is still
// waiting for the answer to that request has lost the claim and changes nothing
// any more. An unknown id, a part that is known to be there, a delivery that was
// given up, and a message that was taken away since change nothing. Idempotent,
// in any order, as late as may be. What an echo misses is found by looking.
func (c *Courier) Arrived(ctx context.Context, id string, ref bot.MessageRef) error {
	if id == "" || ref.Native == "" {
		return nil
	}
	key, err := c.Store.Upkeep.Holder(ctx, id)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the delivery of a part that arrived: %w", err)
	}
	for range echoTries {
		it, err := c.Store.Queue.Get(ctx, key)
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("delivery %s: %w", key, err)
		}
		platform := c.byName[it.Platform]
		if platform == nil {
			return nil
		}
		can, now := abilityOf(platform), c.Clock.Now()
		note := func(it *Item) bool { return echoed(it, id, ref, can, now, c.mutant.noFence) }
		trial := it
		trial.Parts = slices.Clone(it.Parts)
		if !note(&trial) {
			return nil
		}
		ok, err := c.Store.Queue.Change(ctx, key, it.Attempt, func(it *Item) error {
			if !note(it) {
				return errNothing
			}
			return nil
		})
		if ok || errors.Is(err, errNothing) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("delivery %s: %w", key, err)
		}
	}
	return nil
}

// echoed notes that the message ref carries the id of one of the parts, and
// reports whether that changes anything. It is pure.
func echoed(it *Item, id string, ref bot.MessageRef, can ability, now time.Time, unfenced bool) bool {
	i := slices.IndexFunc(it.Parts, func(p Part) bool { return p.ID == id })
	if i < 0 || it.Place != ref.Place {
		return false
	}
	part := &it.Parts[i]
	switch {
	case part.State == Posted && part.Ref == "": // a lead said that it is there; now it is known where
		part.Ref = ref.Native
		if can.find {
			part.CheckAt = now.Add(firstCheck)
		}
		return true
	case part.State != Asked && part.State != Waiting, part.Ref == ref.Native:
		// Known, or taken away: the reconciler looks after copies.
		return false
	case !it.State.Busy() && it.State != Unsure && it.State != Failed:
		return false
	}
	asked, next := part.State == Asked, open(it) == i
	there(part, ref.Native, can, now.Add(firstCheck))
	if !asked {
		part.Live = "" // posted by a time line that was lost: what it shows is not known
	}
	if !next || it.State == Editing {
		return true // another part decides how it goes on
	}
	if !unfenced {
		it.Attempt++
	}
	it.Tries, it.Refusals, it.Ended = 0, 0, time.Time{}
	proceed(it, can, now)
	return true
}
