package courier

import (
	"context"
	"errors"
	"time"

	"evangelist/bot"
)

// How often the outcome of one part may be unknown, and how often preparing may
// fail, before a human is told.
const (
	mostTries    = 5
	mostRefusals = 12
)

// margin covers the difference between the platform's clock and ours.
const margin = time.Minute

// job is one delivery on its way through one step.
type job struct {
	it       Item
	readers  []Reader
	free     []holiday // of the organisation
	draft    *draft
	platform bot.Platform
	can      ability
	now      time.Time
}

// advance does the next thing with a delivery. more reports that another may
// follow at once.
func (c *Courier) advance(ctx context.Context, key string) (more bool, err error) {
	it, err := c.Store.Queue.Get(ctx, key)
	if errors.Is(err, bot.ErrNotFound) {
		return false, errNothing
	}
	if err != nil {
		return false, err
	}
	j := &job{it: it, now: c.Clock.Now()}
	if it.Due.After(j.now) {
		return false, errNothing
	}
	if !it.attempted() {
		if stop, err := c.begin(ctx, j); stop || err != nil {
			return false, err
		}
	}
	if j.platform = c.byName[j.it.Platform]; j.platform == nil {
		return false, c.end(ctx, j, Failed, "This place is on a workspace that is not set up here any more. Add it to the configuration, then choose: post again.")
	}
	j.can = abilityOf(j.platform)
	what, i := next(&j.it, j.can)
	if what == look && c.mutant.noProbe {
		what = post
	}
	switch what {
	case look:
		return c.look(ctx, j, i)
	case hold:
		return false, c.hold(ctx, j)
	case post:
		return c.post(ctx, j, i)
	case edit:
		return c.edit(ctx, j)
	case finish:
		return false, c.change(ctx, j, func(it *Item) { proceed(it, j.can, j.now) })
	}
	return false, errNothing
}

// begin does what is done before the first attempt: expiry, caps, quiet hours,
// address and parts. stop reports that nothing is sent now.
func (c *Courier) begin(ctx context.Context, j *job) (stop bool, err error) {
	if !j.it.Expires.IsZero() && !j.now.Before(j.it.Expires) {
		return true, c.end(ctx, j, Dropped, "expired")
	}
	if j.it.Class == bot.Nudge || j.it.Class == bot.Edition {
		j.free = c.holidays(ctx)
	}
	j.readers, err = c.readers(ctx, &j.it)
	if err == nil && !allowed(&j.it, j.readers, j.now, c.Zone, j.free).goes() {
		return true, c.change(ctx, j, func(it *Item) { c.permit(it, j) })
	}
	if err == nil && (len(j.it.Parts) == 0 || j.it.View != nil && !j.it.begun()) {
		j.draft, err = c.prepare(ctx, &j.it, j.readers)
	}
	var end settled
	switch {
	case errors.As(err, &end):
		return true, c.end(ctx, j, end.state, end.note)
	case err != nil && ctx.Err() != nil:
		return true, err
	case err != nil:
		return true, c.postpone(ctx, j, err)
	}
	j.draft.apply(&j.it)
	return false, nil
}

// permit applies caps and quiet hours inside the transaction of the claim and
// reports whether the delivery may go.
func (c *Courier) permit(it *Item, j *job) bool {
	if it.attempted() {
		return true
	}
	v := allowed(it, j.readers, j.now, c.Zone, j.free)
	switch {
	case v.drop != "":
		it.over(Dropped, j.now, v.drop)
	case !v.wait.IsZero():
		it.later(it.State, v.wait, "")
	}
	return v.goes()
}

// postpone waits after something failed that is not the platform's refusal. It
// is logged here because it is not returned.
func (c *Courier) postpone(ctx context.Context, j *job, why error) error {
	c.Log.Warn("a delivery could not be prepared; it will be tried again", "delivery", j.it.Key, "error", why)
	var refusal *bot.SendError
	var after time.Duration
	busy := false // a platform that is busy, or refuses its token, will not be for ever
	if errors.As(why, &refusal) {
		after, busy = refusal.RetryAfter, refusal.Reason == bot.Busy
	}
	return c.change(ctx, j, func(it *Item) {
		if it.Refusals++; it.Refusals > mostRefusals && !busy {
			it.over(Failed, j.now, "This message could not be prepared for sending. The operator's log says why; then choose: post again.")
			return
		}
		it.later(it.State, j.now.Add(max(after, backoff(2*time.Second, 15*time.Minute, it.Refusals, it.Key))), "")
	})
}

// change runs a rule on the delivery as this job saw it.
func (c *Courier) change(ctx context.Context, j *job, rule func(*Item)) error {
	ok, err := c.Store.Queue.Change(ctx, j.it.Key, j.it.Attempt, func(it *Item) error {
		rule(it)
		return nil
	})
	if err == nil && !ok {
		return errNothing
	}
	return err
}

func (c *Courier) end(ctx context.Context, j *job, state State, note string) error {
	return c.change(ctx, j, func(it *Item) {
		j.draft.apply(it)
		it.over(state, j.now, note)
	})
}

func (c *Courier) hold(ctx context.Context, j *job) error {
	return c.change(ctx, j, func(it *Item) {
		fresh := !it.attempted()
		j.draft.apply(it)
		if it.Class == bot.Nudge && fresh {
			it.over(Dropped, j.now, "it may have been sent before the restore")
			return
		}
		held(it, j.now)
	})
}

// post claims a part, sends it and notes what came of it.
func (c *Courier) post(ctx context.Context, j *job, i int) (bool, error) {
	if wait := c.Limiter.Reserve(j.platform.Name(), j.it.Place); wait > 0 {
		if j.draft != nil {
			// What was decided is kept, so that the platform is known next time.
			if err := c.change(ctx, j, j.draft.apply); err != nil {
				return false, err
			}
		}
		return false, gatedError{wait}
	}
	if j.draft == nil { // what the draft's address says was looked at just now
		if stop, err := c.closed(ctx, j); stop || err != nil {
			return false, err
		}
	}
	claimed := false
	rule := func(it *Item) {
		j.draft.apply(it)
		if claimed = c.permit(it, j); claimed {
			claim(it, i, j.now, c.lease())
		}
		j.it = *it
	}
	seen := j.it.Attempt
	if c.mutant.noIntent {
		rule(&j.it)
		j.it.Attempt = seen
	} else if err := c.change(ctx, j, rule); err != nil {
		return false, err
	}
	if !claimed {
		return false, nil
	}
	ref, err := c.send(ctx, j, i)
	return c.record(ctx, j, i, ref, err)
}

// closed ends a delivery to a place that has become closed to the bot since its
// parts were made, and reports whether it did.
func (c *Courier) closed(ctx context.Context, j *job) (stop bool, err error) {
	if j.it.To.Place == "" {
		return false, nil
	}
	_, _, err = c.placeOf(ctx, j.it.To.Place)
	var end settled
	switch {
	case errors.As(err, &end):
		return true, c.end(ctx, j, end.state, end.note)
	case err != nil && ctx.Err() == nil:
		return true, c.postpone(ctx, j, err)
	}
	return err != nil, err
}

// send makes the one request. It is not begun when the claim is so old that it
// could end after the lease.
func (c *Courier) send(ctx context.Context, j *job, i int) (ref bot.MessageRef, err error) {
	left := j.now.Add(c.Deadline).Sub(c.Clock.Now())
	if left <= 0 {
		return ref, late()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), left)
	defer cancel()
	part := j.it.Parts[i]
	err = guard(func() error {
		ref, err = j.platform.Post(ctx, bot.Posting{Place: j.it.Place, Thread: j.it.Under, ID: part.ID,
			Part: bot.Part{Payload: part.Payload, Text: part.Words}})
		return err
	})
	return ref, err
}

// errLate says that a request was not begun because its claim was too old: the
// program was held up, and the platform has nothing to do with it.
var errLate = errors.New("not begun in time")

func late() error {
	return &bot.SendError{Reason: bot.Busy, Say: "the claim was too old", Err: errLate}
}

// record notes what came of sending a part.
func (c *Courier) record(ctx context.Context, j *job, i int, ref bot.MessageRef, failed error) (bool, error) {
	now := c.Clock.Now()
	var refusal *bot.SendError
	var rule func(*Item)
	switch {
	case failed == nil:
		c.Limiter.Went(j.platform.Name())
		rule = func(it *Item) { arrived(it, i, ref.Native, j.can, now, now.Add(firstCheck)) }
	case errors.As(failed, &refusal):
		if refusal.Reason == bot.Busy && !errors.Is(failed, errLate) {
			c.Limiter.Busy(j.platform.Name(), j.it.Place, refusal.RetryAfter)
		}
		rule = func(it *Item) { refused(it, i, refusal, now) }
	default:
		c.Log.Warn("nobody knows whether a message was posted; it will be looked for", "delivery", j.it.Key, "error", failed)
		rule = func(it *Item) { lost(it, j.can, now, c.Quiet) }
	}
	whole := rule
	if c.mutant.noIntent {
		draft, at := j.draft, j.now
		whole = func(it *Item) {
			draft.apply(it)
			claim(it, i, at, c.lease())
			rule(it)
		}
	}
	more := false
	err := c.persist(ctx, j, func(it *Item) {
		whole(it)
		more = it.State == Queued && !it.Due.After(now) || it.State == Sent && it.View != nil
	})
	if errors.Is(err, errNothing) {
		return false, nil // an echo settled it meanwhile, or another courier took it over
	}
	return more, err
}

// persist is change for what must not be lost: it insists while the store only
// stumbles, also when the program is about to stop.
func (c *Courier) persist(ctx context.Context, j *job, rule func(*Item)) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Deadline)
	defer cancel()
	for range 3 {
		if err = c.change(ctx, j, rule); err == nil || errors.Is(err, errNothing) {
			return err
		}
	}
	return err
}

// look searches the place for a part that may be there.
func (c *Courier) look(ctx context.Context, j *job, i int) (bool, error) {
	part := j.it.Parts[i]
	refs, err := c.find(ctx, j.platform, &j.it, part)
	switch {
	case err != nil && !hopeless(err):
		return false, c.blind(ctx, j, err)
	case err != nil && !j.it.attempted() && c.doubt(&j.it, ability{}).IsZero():
		return c.post(ctx, j, i)
	case err != nil:
		return false, c.hold(ctx, j)
	case len(refs) > 0:
		more := false
		err := c.persist(ctx, j, func(it *Item) {
			j.draft.apply(it)
			arrived(it, i, refs[0].Native, j.can, j.now, j.now.Add(firstCheck))
			more = it.State == Queued
		})
		if err == nil {
			c.remove(ctx, j.platform, refs[1:])
		}
		return more, err
	case j.it.Tries >= mostTries:
		return false, c.end(ctx, j, Failed, "The platform answered several times in a way that left open whether the message was posted; it is not there. Please look after the connection, then choose: post again.")
	}
	return c.post(ctx, j, i)
}

// hopeless reports that a place cannot be searched at all: a certain refusal
// other than being busy. There it is as if the platform had no Finder.
func hopeless(err error) bool {
	var refusal *bot.SendError
	return errors.As(err, &refusal) && refusal.Reason != bot.Busy
}

func (c *Courier) find(ctx context.Context, platform bot.Platform, it *Item, part Part) (refs []bot.MessageRef, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.Deadline)
	defer cancel()
	err = guard(func() error {
		refs, err = platform.(bot.Finder).Find(ctx, it.Place, it.Under, part.ID, part.Since.Add(-margin))
		return err
	})
	return refs, err
}

// blind waits after looking failed: absence is not proven, so nothing is sent.
func (c *Courier) blind(ctx context.Context, j *job, why error) error {
	c.Log.Warn("a message could not be looked for; it will be tried again", "delivery", j.it.Key, "error", why)
	say, after := "It could not be looked up yet whether this message arrived.", time.Duration(0)
	var refusal *bot.SendError
	if errors.As(why, &refusal) {
		after = refusal.RetryAfter
		if refusal.Say != "" {
			say += " " + refusal.Say
		}
	}
	return c.change(ctx, j, func(it *Item) {
		j.draft.apply(it)
		it.later(Unknown, j.now.Add(max(after, backoff(15*time.Second, 10*time.Minute, it.Refusals, it.Key))), say)
		it.Refusals++
	})
}
