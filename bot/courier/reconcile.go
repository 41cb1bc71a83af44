package courier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evangelist/bot"
)

// When a part that is there is looked at for further copies.
const (
	firstCheck = time.Hour
	lastCheck  = 24 * time.Hour
)

// checkBatch is how many deliveries one call checks at most.
const checkBatch = 200

// Reconcile looks for copies beyond the first of what was sent an hour ago, and
// again a day after, and takes them away where the platform can; what was parked
// in doubt but can be seen becomes sent. It is idempotent and may be called at
// any time; Run does so every ten minutes. A platform that fails is left for the
// next time.
func (c *Courier) Reconcile(ctx context.Context) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	keys, err := c.Store.Upkeep.Checks(ctx, c.Clock.Now(), checkBatch)
	if err != nil {
		return fmt.Errorf("look for deliveries to check: %w", err)
	}
	failing := map[string]bool{}
	for _, key := range keys {
		it, err := c.Store.Queue.Get(ctx, key)
		if err == nil && !failing[it.Platform] {
			err = c.check(ctx, it, failing)
		}
		if err != nil && !errors.Is(err, errNothing) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	parked, err := c.Store.Queue.List(ctx, []State{Unsure, Failed}, checkBatch)
	if err != nil {
		return fmt.Errorf("look for parked deliveries: %w", err)
	}
	for _, it := range parked {
		if err := c.recover(ctx, it, failing); err != nil && !errors.Is(err, errNothing) {
			return err
		}
	}
	return nil
}

// check looks at the parts of one delivery whose time has come.
func (c *Courier) check(ctx context.Context, it Item, failing map[string]bool) error {
	j := &job{it: it, now: c.Clock.Now(), platform: c.byName[it.Platform]}
	var extra []bot.MessageRef
	oldest := map[int]string{}
	for i, part := range it.Parts {
		if part.CheckAt.IsZero() || part.CheckAt.After(j.now) {
			continue
		}
		oldest[i] = part.Ref
		if j.platform == nil || !abilityOf(j.platform).find {
			continue
		}
		refs, err := c.find(ctx, j.platform, &it, part)
		if err != nil && !hopeless(err) {
			failing[it.Platform] = true
			c.Log.Warn("further copies could not be looked for; it will be tried again", "platform", it.Platform, "error", err)
			return nil
		}
		if len(refs) > 0 {
			oldest[i] = refs[0].Native
			extra = append(extra, refs[1:]...)
		}
	}
	removed := len(extra) == 0 || c.remove(ctx, j.platform, extra)
	return c.change(ctx, j, func(it *Item) {
		for i, ref := range oldest {
			part := &it.Parts[i]
			if part.Ref != ref {
				part.Ref, part.Live = ref, "" // another copy stayed: it has to be brought up to date
			}
			part.CheckAt = nextCheck(part.AskedAt, j.now, removed)
		}
		if it.State == Sent && it.View != nil && it.Editable && !it.current() {
			it.later(Editing, j.now, "")
		}
	})
}

func nextCheck(asked, now time.Time, removed bool) time.Time {
	switch last := asked.Add(lastCheck); {
	case !removed:
		return now.Add(firstCheck)
	case now.Before(last):
		return last
	default:
		return time.Time{}
	}
}

// remove takes away copies and reports whether all are gone. A platform that
// cannot retract keeps them.
func (c *Courier) remove(ctx context.Context, platform bot.Platform, extra []bot.MessageRef) bool {
	retractor, can := platform.(bot.Retractor)
	if !can {
		return true
	}
	all := true
	for _, ref := range extra {
		err := func() error {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Deadline)
			defer cancel()
			return guard(func() error { return retractor.Retract(ctx, ref) })
		}()
		if err != nil {
			all = false
			c.Log.Warn("a further copy of a message could not be removed; it will be tried again", "error", err)
		}
	}
	return all
}

// recover turns what was parked but can be seen into sent.
func (c *Courier) recover(ctx context.Context, it Item, failing map[string]bool) error {
	j := &job{it: it, now: c.Clock.Now(), platform: c.byName[it.Platform]}
	if j.platform == nil || failing[it.Platform] {
		return nil
	}
	if j.can = abilityOf(j.platform); !j.can.find {
		return nil
	}
	for i, part := range it.Parts {
		if part.State != Asked && part.State != Waiting || part.Since.IsZero() {
			continue
		}
		refs, err := c.find(ctx, j.platform, &it, part)
		if err != nil && !hopeless(err) {
			failing[it.Platform] = true
		}
		if len(refs) == 0 {
			return nil
		}
		return c.change(ctx, j, func(it *Item) {
			arrived(it, i, refs[0].Native, j.can, j.now, j.now.Add(firstCheck))
		})
	}
	return nil
}
