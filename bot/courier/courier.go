package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"evangelist/bot"
)

// Config is what a Courier needs. Store, Platforms, Clock, Random and Log are
// compulsory.
type Config struct {
	Store Store
	// Platforms in the order in which one is chosen for a person who has
	// accounts on several.
	Platforms []bot.Platform
	// Limiter is shared with whoever else sends; nil makes one.
	Limiter *Limiter
	// Render draws a view as it is now (Router.View).
	Render func(ctx context.Context, view bot.View) (bot.Message, int64, error)
	Clock  bot.Clock
	Random io.Reader
	Log    *slog.Logger
	Zone   *time.Location // the organisation's; nil is UTC
	// Holidays returns the days on which nobody is written to first, one a line
	// as 2006-01-02; nil: there are none.
	Holidays func(ctx context.Context) (string, error)
	// Wake tells that something was committed; without it new deliveries are
	// noticed within a second.
	Wake <-chan struct{}
	// Quiet is how long after doubt nothing is looked for or repeated; at least
	// as long as a platform's history can lag. 0 means 120 s.
	Quiet time.Duration
	// Deadline is how long one request may take. 0 means 10 s.
	Deadline time.Duration
	// Workers is how many deliveries are sent at the same time. 0 means 8.
	Workers int

	mutant mutant
}

// mutant takes one safeguard away, so that a test can show that it is needed.
type mutant struct {
	noIntent bool // send without writing down before
	noProbe  bool // repeat without looking
	noQuiet  bool // look at once
	noFence  bool // let a sender finish what an echo has settled
}

// Courier sends what is due. Its methods are safe for concurrent use.
type Courier struct {
	Config
	byName map[string]bot.Platform

	mu    sync.Mutex
	key   []byte // of part ids
	epoch epoch
	bound map[string]bool
	heads []Head               // read by Step and not yet looked at
	held  map[string]time.Time // keys that this process leaves alone for a while
}

// New returns a Courier. It does not touch the Store yet.
func New(config Config) *Courier {
	c := &Courier{Config: config, byName: map[string]bot.Platform{}, bound: map[string]bool{}, held: map[string]time.Time{}}
	for _, platform := range config.Platforms {
		c.byName[platform.Name()] = platform
	}
	if c.Limiter == nil {
		c.Limiter = NewLimiter(c.Clock, c.Platforms)
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Deadline <= 0 {
		c.Deadline = 10 * time.Second
	}
	if c.Quiet <= 0 {
		c.Quiet = 120 * time.Second
	}
	if c.mutant.noQuiet {
		c.Quiet = 0
	}
	if c.Workers <= 0 {
		c.Workers = 8
	}
	return c
}

// lease is how long a claim keeps others away: a request begun with it has
// ended, and the quiet period after it has passed, before anybody looks.
func (c *Courier) lease() time.Duration { return c.Deadline + c.Quiet }

// Heads read at once. Behind them others wait for the next reading.
const batch = 256

// Step does the next thing that is due, if any, to its end, and reports whether
// there was one; if not, next is when there may be (zero: nothing is known).
// With a fixed clock it is deterministic; Run is many of them at the same time.
func (c *Courier) Step(ctx context.Context) (worked bool, next time.Time, err error) {
	if err := c.ready(ctx); err != nil {
		return false, time.Time{}, err
	}
	for fresh := false; ; {
		head, ok := c.pop()
		if !ok && fresh {
			return false, next, nil
		}
		if !ok {
			heads, later, err := c.due(ctx)
			if err != nil {
				return false, time.Time{}, err
			}
			c.push(heads)
			next, fresh = later, true
			continue
		}
		if wait := c.gate(head); !wait.IsZero() {
			next = sooner(next, wait)
			continue
		}
		worked, err := c.carry(ctx, head.Key)
		if err != nil || worked {
			return worked, time.Time{}, err
		}
		if wait := c.gate(head); !wait.IsZero() {
			next = sooner(next, wait)
		}
	}
}

// pop takes the next of the heads that Step has read; each is looked at again
// before anything is done, so that they may be old.
func (c *Courier) pop() (Head, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.heads) == 0 {
		return Head{}, false
	}
	head := c.heads[0]
	c.heads = c.heads[1:]
	return head, true
}

func (c *Courier) push(heads []Head) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heads = heads
}

// due reads the deliveries with something to do, leaving out whole platforms
// that are paused.
func (c *Courier) due(ctx context.Context) ([]Head, time.Time, error) {
	var without []string
	var until time.Time
	for name := range c.byName {
		if paused := c.Limiter.Paused(name); !paused.IsZero() {
			without = append(without, name)
			until = sooner(until, paused)
		}
	}
	heads, next, err := c.Store.Queue.Due(ctx, c.Clock.Now(), without, batch)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("look for due deliveries: %w", err)
	}
	return heads, sooner(next, until), nil
}

// gate returns until when a head is to be left alone; zero: it may go.
func (c *Courier) gate(head Head) time.Time {
	now := c.Clock.Now()
	c.mu.Lock()
	until := c.held[head.Key]
	if !until.IsZero() && !until.After(now) {
		delete(c.held, head.Key)
		until = time.Time{}
	}
	c.mu.Unlock()
	if head.Platform != "" && head.Place != "" {
		if wait := c.Limiter.Peek(head.Platform, head.Place); wait > 0 {
			until = latest(until, now.Add(wait))
		}
	}
	return until
}

func (c *Courier) leave(key string, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held[key] = until
}

// carry takes a delivery as far as it gets now and reports whether anything was
// done.
func (c *Courier) carry(ctx context.Context, key string) (worked bool, err error) {
	for more := true; more && ctx.Err() == nil; worked = true {
		more, err = c.advance(ctx, key)
		var gated gatedError
		switch {
		case errors.As(err, &gated):
			c.leave(key, c.Clock.Now().Add(gated.wait))
			return worked, nil
		case errors.Is(err, errNothing):
			return worked, nil
		case err != nil:
			c.leave(key, c.Clock.Now().Add(storePause))
			return true, fmt.Errorf("delivery %s: %w", key, err)
		}
	}
	return worked, nil
}

// storePause is how long a delivery is left alone when the store failed.
const storePause = 5 * time.Second

// gatedError says that the limiter asks to wait.
type gatedError struct{ wait time.Duration }

func (g gatedError) Error() string { return "the limiter asks to wait " + g.wait.String() }

// errNothing says that somebody else was faster or that nothing is to be done.
var errNothing = errors.New("nothing to do")

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// guard turns a panic of a callback into an error.
func guard(fn func() error) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = bot.Panicked(trouble, "a callback of the courier")
		}
	}()
	return fn()
}
