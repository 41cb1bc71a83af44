package courier

import (
	"context"
	"errors"
	"slices"

	"evangelist/bot"
)

// edit brings one posted part of a view up to date, always with the newest
// state: versions in between are skipped. Editing may be repeated, so that doubt
// needs no looking; but an edit that is late must not come after a newer one,
// hence the same claim, lease and quiet period as for sending.
func (c *Courier) edit(ctx context.Context, j *job) (bool, error) {
	message, version, err := c.compose(ctx, &j.it)
	if errors.Is(err, bot.ErrNotFound) {
		return false, c.change(ctx, j, func(it *Item) { settle(it, j, "what it shows is gone; it keeps its last state") })
	}
	var parts []bot.Part
	if err == nil {
		parts, err = c.render(j.platform, message)
	}
	if err != nil {
		return false, c.spoiled(ctx, j, err)
	}
	if wait := c.Limiter.Reserve(j.platform.Name(), j.it.Place); wait > 0 {
		return false, gatedError{wait}
	}
	var target int
	err = c.change(ctx, j, func(it *Item) {
		c.merge(it, parts, version, j.can)
		if target = stale(it); target < 0 {
			proceed(it, j.can, j.now)
		} else {
			it.Attempt++
			it.Parts[target].Live = ""
			it.later(Editing, j.now.Add(c.lease()), "")
		}
		j.it = *it
	})
	if err != nil || target < 0 {
		return err == nil, err
	}
	var payload bot.Part
	if target < len(parts) {
		payload = parts[target]
	}
	return c.recordEdit(ctx, j, target, c.put(ctx, j, target, payload))
}

// merge makes the freshly rendered parts the wanted ones. A longer message gets
// further parts, which are posted like any other; a shorter one has surplus,
// which stays as it is where nothing can be taken away.
func (c *Courier) merge(it *Item, parts []bot.Part, version int64, can ability) {
	it.Rendered = max(it.Rendered, version)
	for i := range it.Parts {
		part := &it.Parts[i]
		switch {
		case i >= len(parts):
			if part.State == Posted && can.retract && part.Ref != "" {
				part.State = Surplus
			} else if part.State == Posted {
				part.Hash = part.Live
			}
		case part.State == Gone:
			fresh := c.part(it, i, parts[i], part.Since)
			fresh.Ref = part.Ref // the copy that was taken away, should its echo come late
			*part = fresh
		default:
			if part.State == Surplus {
				part.State = Posted
			}
			part.Hash = hashOf(parts[i].Payload)
		}
	}
	for i := len(it.Parts); i < len(parts); i++ {
		it.Parts = append(it.Parts, c.part(it, i, parts[i], c.doubt(it, can)))
	}
}

// stale returns the first part that does not show what it should, or -1.
func stale(it *Item) int { return slices.IndexFunc(it.Parts, Part.stale) }

// put makes the one request.
func (c *Courier) put(ctx context.Context, j *job, i int, payload bot.Part) error {
	left := j.now.Add(c.Deadline).Sub(c.Clock.Now())
	if left <= 0 {
		return late()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), left)
	defer cancel()
	part := j.it.Parts[i]
	ref := bot.MessageRef{Place: j.it.Place, Native: part.Ref}
	return guard(func() error {
		if part.State == Surplus {
			return j.platform.(bot.Retractor).Retract(ctx, ref)
		}
		return j.platform.(bot.Editor).Edit(ctx, ref, payload)
	})
}

// recordEdit notes what came of an edit.
func (c *Courier) recordEdit(ctx context.Context, j *job, i int, failed error) (bool, error) {
	now := c.Clock.Now()
	var refusal *bot.SendError
	var rule func(*Item)
	switch {
	case failed == nil:
		c.Limiter.Went(j.platform.Name())
		rule = func(it *Item) {
			if part := &it.Parts[i]; part.State == Surplus {
				part.State, part.Live = Gone, ""
			} else {
				part.Live = part.Hash
			}
			it.Refusals = 0
			proceed(it, j.can, now)
		}
	case !errors.As(failed, &refusal):
		c.Log.Warn("nobody knows whether a card was brought up to date; it will be again", "delivery", j.it.Key, "error", failed)
		rule = func(it *Item) { it.later(Editing, now.Add(c.Quiet), ""); it.Refusals++ }
	case refusal.Reason == bot.Busy:
		if !errors.Is(failed, errLate) {
			c.Limiter.Busy(j.platform.Name(), j.it.Place, refusal.RetryAfter)
		}
		rule = func(it *Item) {
			it.later(Editing, now.Add(max(refusal.RetryAfter, backoff(editPause, longestPause, it.Refusals, it.Key))), refusal.Say)
			it.Refusals++
		}
	default:
		rule = func(it *Item) { settle(it, j, refusal.Say) }
	}
	more := false
	err := c.persist(ctx, j, func(it *Item) {
		rule(it)
		more = !it.Due.After(now)
	})
	return more, err
}

// settle leaves a card as it is for good.
func settle(it *Item, j *job, note string) {
	it.Editable = false
	it.over(Sent, j.now, note)
}

// spoiled puts an edit off whose message could not be drawn.
func (c *Courier) spoiled(ctx context.Context, j *job, why error) error {
	c.Log.Warn("a card could not be drawn; it will be tried again", "delivery", j.it.Key, "error", why)
	return c.change(ctx, j, func(it *Item) {
		it.Refusals++
		it.later(Editing, j.now.Add(backoff(editPause, longestPause, it.Refusals, it.Key)), "")
	})
}
