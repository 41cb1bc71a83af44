package courier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evangelist/bot"
)

// Decision is what a lead says of a delivery that waits for a human.
type Decision string

// The decisions.
const (
	There Decision = "there" // it arrived
	Again Decision = "again" // send it, with the same mark
	Leave Decision = "leave" // neither: it is not sent any more
)

// Trouble is a delivery that needs a human.
type Trouble struct {
	Key     string
	Class   bot.Class
	To      bot.Address
	State   State
	Say     string    // what happened and what to do
	Part    int       // which part, from 1; 0: none of it
	Parts   int       // of how many
	Words   string    // of messages to places only, never of cards
	Since   time.Time // when it came to this
	Decides bool      // whether Decide takes it
}

// Waiting lists what only a human can decide: may have arrived or not.
func (c *Courier) Waiting(ctx context.Context) ([]Trouble, error) {
	all, err := c.troubles(ctx, Unsure, Unknown)
	kept := all[:0]
	for _, t := range all {
		// What is being looked for is nobody's business until looking fails.
		if t.State == Unsure || t.Say != "" {
			kept = append(kept, t)
		}
	}
	return kept, err
}

// Troubles lists what could not be sent, each with a sentence that says what to
// mend.
func (c *Courier) Troubles(ctx context.Context) ([]Trouble, error) {
	return c.troubles(ctx, Failed, Unreachable)
}

// mostTroubles bounds the lists.
const mostTroubles = 500

func (c *Courier) troubles(ctx context.Context, states ...State) ([]Trouble, error) {
	items, err := c.Store.Queue.List(ctx, states, mostTroubles)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	all := make([]Trouble, 0, len(items))
	for _, it := range items {
		t := Trouble{Key: it.Key, Class: it.Class, To: it.To, State: it.State, Say: it.Note, Since: it.Ended,
			Parts: len(it.Parts), Decides: it.State != Unreachable}
		if t.Since.IsZero() {
			t.Since = it.Created
		}
		if i := open(&it); i >= 0 {
			t.Part = i + 1
			if it.View == nil { // a card may show what only some may read
				t.Words = it.Parts[i].Words
			}
		}
		all = append(all, t)
	}
	return all, nil
}

// open returns the first part that is not settled, or -1.
func open(it *Item) int {
	for i, part := range it.Parts {
		if part.State == Asked || part.State == Waiting {
			return i
		}
	}
	return -1
}

// Decide carries out what a lead decided about a delivery that is unsure,
// unknown or failed, by its key. There counts the part in question as arrived
// and goes on with the next; Again sends it, after looking where that is
// possible; Leave gives it up. ErrNotFound when there is no such delivery or it
// is no longer in question.
func (c *Courier) Decide(ctx context.Context, key string, decision Decision) error {
	if decision != There && decision != Again && decision != Leave {
		return bot.Refuse("decision", "Please choose: it is there, post it again, or leave it.")
	}
	if err := c.ready(ctx); err != nil {
		return err
	}
	it, err := c.Store.Queue.Get(ctx, key)
	if err != nil {
		return err
	}
	if it.State != Unsure && it.State != Unknown && it.State != Failed {
		return bot.ErrNotFound
	}
	j := &job{it: it, now: c.Clock.Now()}
	if platform := c.byName[it.Platform]; platform != nil {
		j.can = abilityOf(platform)
		if decision == Again && j.can.find && c.unsearchable(ctx, platform, &it) {
			j.can.find = false
		}
	}
	err = c.change(ctx, j, func(it *Item) { decide(it, decision, j.can, j.now) })
	if errors.Is(err, errNothing) {
		return bot.ErrNotFound
	}
	return err
}

// briefly is how long somebody who decides waits for a place to be looked
// through.
const briefly = 2 * time.Second

// unsearchable reports that a platform that can find cannot look through the
// place of the part in question. When it does not say so soon, it is taken to be
// able to: then the part is looked for before it is sent.
func (c *Courier) unsearchable(ctx context.Context, platform bot.Platform, it *Item) bool {
	i := open(it)
	if i < 0 || it.Parts[i].Since.IsZero() {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, briefly)
	defer cancel()
	_, err := c.find(ctx, platform, it, it.Parts[i])
	return hopeless(err)
}

func decide(it *Item, decision Decision, can ability, now time.Time) {
	it.Attempt++
	it.Tries, it.Refusals, it.Doubt, it.Ended = 0, 0, time.Time{}, time.Time{}
	i := open(it)
	switch {
	case decision == Leave:
		it.over(Dropped, now, "left by a lead")
	case decision == There && i >= 0:
		arrived(it, i, "", can, now, time.Time{})
	case decision == There:
		it.over(Sent, now, "a lead says that it is there")
	default:
		it.later(Queued, now, "")
		it.Expires = time.Time{}
		if i >= 0 && !can.find {
			it.Parts[i].State, it.Parts[i].Since = Waiting, time.Time{}
		}
	}
}

// Stats is what metrics show.
type Stats struct {
	Counts []Count
	Oldest time.Time            // the earliest due moment of what is busy; zero: nothing is
	Paused map[string]time.Time // platforms that are left alone, until when
}

// Stats counts the deliveries by state and class.
func (c *Courier) Stats(ctx context.Context) (Stats, error) {
	counts, err := c.Store.Queue.Counts(ctx)
	if err != nil {
		return Stats{}, fmt.Errorf("count deliveries: %w", err)
	}
	stats := Stats{Counts: counts, Paused: map[string]time.Time{}}
	for _, count := range counts {
		if count.State.Busy() {
			stats.Oldest = sooner(stats.Oldest, count.Oldest)
		}
	}
	for name := range c.byName {
		if until := c.Limiter.Paused(name); !until.IsZero() {
			stats.Paused[name] = until
		}
	}
	return stats, nil
}
