package mandates

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when it is repeated. Rules that are
// handed to a Change may run twice; their error is returned as it is, and then
// nothing is kept.
type Stores struct {
	Mandates  Mandates
	Resources Resources
}

// Mandates keeps the letters.
type Mandates interface {
	// Get returns a mandate, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Mandate, error)
	// List returns the mandates that fit, the newest first.
	List(ctx context.Context, f Filter) ([]Mandate, error)
	// Add keeps a new mandate with the deliveries and returns it. One with its
	// Source stays as it is and is returned. ErrOpen when its person has another
	// one that is not signed yet; bot.ErrNotFound when the register does not have
	// the person.
	Add(ctx context.Context, m Mandate, deliveries []bot.Delivery) (Mandate, error)
	// Change loads a mandate, calls rule and saves it with the deliveries.
	// bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Mandate) ([]bot.Delivery, error)) error
}

// Filter narrows a list of mandates. Empty fields fit all.
type Filter struct {
	Person, Signer bot.PersonID
	States         []State
}

// ErrOpen means that the person has another mandate that is not signed yet.
var ErrOpen = &bot.Error{Code: "mandate-open", Say: "You have asked for a letter already, and it waits. To look at it or to change it: /evangelist mandate"}

// Resources keeps what is asked for.
type Resources interface {
	// Get returns a resource, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Resource, error)
	// List returns the resources with these outcomes (none: all) of one person
	// (empty: of all), the newest first.
	List(ctx context.Context, person bot.PersonID, outcomes ...Outcome) ([]Resource, error)
	// Settled returns those that were decided on the days from the first to the
	// second, without the second.
	Settled(ctx context.Context, from, to schedule.Date) ([]Resource, error)
	// Add keeps a new resource and returns it. One with its Source stays as it is
	// and is returned. bot.ErrNotFound when the register does not have the person.
	Add(ctx context.Context, r Resource) (Resource, error)
	// Change loads a resource, calls rule and saves it with the deliveries.
	// bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Resource) ([]bot.Delivery, error)) error
}
