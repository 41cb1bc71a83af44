package courier

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	poll           = time.Second
	reconcileEvery = 10 * time.Minute
	purgeEvery     = 144 // times of that: a day
	keepBodies     = 35 * 24 * time.Hour
)

// Run sends until ctx ends, then finishes what is on its way and returns nil.
// It refuses to start unless every platform was bound (Bind).
func (c *Courier) Run(ctx context.Context) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	r := &runner{Courier: c, jobs: make(chan Head), done: make(chan Head, c.Workers), busy: map[string]bool{}}
	var workers sync.WaitGroup
	for range c.Workers {
		workers.Go(func() { r.work(ctx) })
	}
	workers.Go(func() { r.upkeep(ctx) })
	r.dispatch(ctx)
	close(r.jobs)
	workers.Wait()
	return nil
}

// runner hands due deliveries to workers, one of each lane at a time.
type runner struct {
	*Courier
	jobs chan Head
	done chan Head
	busy map[string]bool // lanes and keys that a worker has
}

func (r *runner) work(ctx context.Context) {
	for head := range r.jobs {
		if _, err := r.carry(ctx, head.Key); err != nil && ctx.Err() == nil {
			r.Log.Error("a delivery could not be taken further; it will be tried again", "error", err)
		}
		r.done <- head
	}
}

func (r *runner) upkeep(ctx context.Context) {
	ticker := time.NewTicker(reconcileEvery)
	defer ticker.Stop()
	for round := 1; ; round++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := r.Reconcile(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("looking for further copies failed; it will be tried again", "error", err)
		}
		if round%purgeEvery != 0 {
			continue
		}
		now := r.Clock.Now()
		if _, err := r.Store.Upkeep.Purge(ctx, now, now.Add(-keepBodies)); err != nil && ctx.Err() == nil {
			r.Log.Error("old messages could not be purged; it will be tried again", "error", err)
		}
	}
}

func (r *runner) dispatch(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	wake := r.Wake
	for {
		wait := r.round(ctx)
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			for len(r.busy) > 0 {
				r.release(<-r.done)
			}
			return
		case head := <-r.done:
			r.release(head)
			r.drain()
		case _, open := <-wake:
			if !open {
				wake = nil
			}
		case <-timer.C:
		}
	}
}

func (r *runner) release(head Head) {
	delete(r.busy, head.Key)
	delete(r.busy, head.Lane)
}

// drain takes note of further workers that are ready, so that one look at the
// queue serves all of them.
func (r *runner) drain() {
	for {
		select {
		case head := <-r.done:
			r.release(head)
		default:
			return
		}
	}
}

// round hands out what is due and returns how long to wait for more.
func (r *runner) round(ctx context.Context) time.Duration {
	if len(r.busy) >= 2*r.Workers || ctx.Err() != nil {
		return poll
	}
	heads, next, err := r.due(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("the queue of deliveries could not be read; it will be tried again", "error", err)
		}
		return poll
	}
	for _, head := range heads {
		if r.busy[head.Key] || r.busy[head.Lane] {
			continue
		}
		if until := r.gate(head); !until.IsZero() {
			next = sooner(next, until)
			continue
		}
		for handed := false; !handed; {
			select {
			case r.jobs <- head:
				r.busy[head.Key], r.busy[head.Lane] = true, true
				handed = true
			case done := <-r.done:
				r.release(done)
			case <-ctx.Done():
				return poll
			}
		}
	}
	if next.IsZero() {
		return poll
	}
	return min(poll, max(0, next.Sub(r.Clock.Now())))
}

// ready loads what the installation keeps and refuses to send for a bot account
// that the database does not belong to.
func (c *Courier) ready(ctx context.Context) error {
	c.mu.Lock()
	loaded := c.key != nil
	var missing error
	for _, platform := range c.Platforms {
		if !c.bound[platform.Name()] {
			missing = errors.Join(missing, fmt.Errorf("the courier was not bound to the bot's account on %s", platform.Name()))
		}
	}
	c.mu.Unlock()
	if missing != nil || loaded {
		return missing
	}
	return c.load(ctx)
}
