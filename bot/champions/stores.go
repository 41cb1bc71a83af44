package champions

import (
	"context"

	"evangelist/bot"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when it is repeated. Rules that
// are handed to a Change may run twice; their error is returned as it is, and
// then nothing is kept.
type Stores struct {
	Champions Champions
	Watch     WatchStore
}

// Champions keeps those who speak for the programme, or were asked to. Who is
// erased from the register is erased here.
type Champions interface {
	// Get returns a champion, or bot.ErrNotFound when nobody named the person.
	Get(ctx context.Context, id string) (Champion, error)
	// List returns all, in the order of ids.
	List(ctx context.Context) ([]Champion, error)
	// Change loads a champion, one with ID, Person and the state None when nobody
	// named the person, calls rule and saves it with the deliveries; one in the
	// state None is not kept. Messages that Outdated names and that were not sent
	// yet are cancelled. bot.ErrNotFound when the register does not have the person.
	Change(ctx context.Context, id string, rule func(*Champion) ([]bot.Delivery, error)) error
}

// WatchStore keeps the one Watch.
type WatchStore interface {
	// Get returns it, the zero Watch at first.
	Get(ctx context.Context) (Watch, error)
	// Change loads it, calls rule and saves it with the deliveries. What the rule
	// names outdated and was not sent is cancelled.
	Change(ctx context.Context, rule func(*Watch) (deliveries []bot.Delivery, outdated []string)) error
}
