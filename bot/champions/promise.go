package champions

import (
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Side is who promised.
type Side string

// The sides: the champion, or the programme.
const (
	Theirs Side = "theirs"
	Ours   Side = "ours"
)

// Outcome is what became of a promise.
type Outcome string

// The outcomes.
const (
	Open    Outcome = "open"
	Kept    Outcome = "kept"
	Dropped Outcome = "dropped"
)

// Pledge is one promise, of one of the two sides.
type Pledge struct {
	ID      string // natural key
	Side    Side
	Words   string
	Due     schedule.Date // zero: none
	Made    time.Time
	Outcome Outcome
	Reason  string // of one that was dropped
	Settled time.Time
}

// maxPromises is how many promises may be open at once.
const maxPromises = 40

// The reasons for which a promise is refused.
var (
	ErrNoWords   = &bot.Error{Code: "promise-words", Say: "Write what is promised."}
	ErrNoSide    = &bot.Error{Code: "promise-side", Say: "Choose who promises."}
	ErrNoReason  = &bot.Error{Code: "promise-reason", Say: "Write in a few words why it is dropped; the other side reads it."}
	ErrMany      = &bot.Error{Code: "promise-many", Say: "Forty promises are open already. Settle some of them first, please."}
	ErrNoPromise = &bot.Error{Code: "promise-none", Say: "Choose a promise of this page."}
	ErrSettled   = &bot.Error{Code: "promise-settled", Say: "This promise was settled in the meantime, so nothing was changed."}
)

// Add adds a promise. One with this ID is not added again.
func (c *Champion) Add(actor bot.Actor, n Now, p Pledge) ([]bot.Delivery, error) {
	if err := c.allow(actor, Promise); err != nil {
		return nil, err
	}
	open := 0
	for _, other := range c.Promises {
		if other.ID == p.ID {
			return nil, nil
		}
		if other.Outcome == Open {
			open++
		}
	}
	switch {
	case p.Words == "":
		return nil, ErrNoWords
	case p.Side != Ours && p.Side != Theirs:
		return nil, ErrNoSide
	case open >= maxPromises:
		return nil, ErrMany
	}
	p.Made, p.Outcome, p.Reason, p.Settled = n.At, Open, "", time.Time{}
	c.Promises = append(c.Promises[:len(c.Promises):len(c.Promises)], p)
	return c.touched(n), nil
}

// Mark settles a promise: it was kept, or is dropped with a reason. The same again
// changes nothing; ErrSettled after another outcome.
func (c *Champion) Mark(actor bot.Actor, n Now, id string, outcome Outcome, reason string) ([]bot.Delivery, error) {
	if err := c.allow(actor, Settle); err != nil {
		return nil, err
	}
	for i, p := range c.Promises {
		switch {
		case p.ID != id:
			continue
		case p.Outcome == outcome:
			return nil, nil
		case p.Outcome != Open:
			return nil, ErrSettled
		case outcome == Dropped && reason == "":
			return nil, ErrNoReason
		case outcome != Kept && outcome != Dropped:
			return nil, ErrNoPromise
		}
		p.Outcome, p.Settled = outcome, n.At
		if outcome == Dropped {
			p.Reason = reason
		}
		c.Promises = append([]Pledge(nil), c.Promises...)
		c.Promises[i] = p
		return c.touched(n), nil
	}
	return nil, ErrNoPromise
}

// of lists the promises of a side; with open, those that are neither kept nor
// dropped.
func (c *Champion) of(side Side, open bool) []Pledge {
	var out []Pledge
	for _, p := range c.Promises {
		if p.Side == side && (!open || p.Outcome == Open) {
			out = append(out, p)
		}
	}
	return out
}
