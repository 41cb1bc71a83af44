package library

import (
	"context"

	"evangelist/bot"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when it is repeated. Rules that
// are handed to a Change may run twice; their error is returned as it is, and
// then nothing is kept.
type Stores struct {
	Tellings  Tellings
	Links     Links
	Examples  Examples
	Proposals Proposals
}

// Noted is a telling with its entry.
type Noted struct {
	Entry string
	Telling
}

// Tellings keeps whom entries were told to. Of an entry it keeps the id alone.
type Tellings interface {
	// List returns all tellings, by entry and then by time.
	List(ctx context.Context) ([]Noted, error)
	// Note adds tellings; one with the same Entry and Key stays as it is.
	Note(ctx context.Context, tellings []Noted) error
	// Strike takes a telling away; one that is not there is passed over.
	Strike(ctx context.Context, entry, key string) error
}

// Links keeps where the links of editions lead, by their titles.
type Links interface {
	// Of returns the addresses of those titles that are known.
	Of(ctx context.Context, titles []string) (map[string]string, error)
	// Keep adds addresses; a title that is known keeps its first one.
	Keep(ctx context.Context, links map[string]string) error
}

// Examples keeps what was done elsewhere.
type Examples interface {
	// Get returns an example, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Example, error)
	// List returns the examples that were not taken back, the newest first.
	List(ctx context.Context) ([]Example, error)
	// Add keeps an example; one with the same Source stays as it is, also when it
	// was taken back.
	Add(ctx context.Context, example Example) error
	// Change loads an example, calls rule and saves it; Name is the register's and
	// is not kept. bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Example) error) error
}

// Proposals keeps what leads were asked to tell again.
type Proposals interface {
	// Get returns a proposal, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Proposal, error)
	// List returns the proposals in the given states (none: all), the newest first.
	List(ctx context.Context, states ...State) ([]Proposal, error)
	// Add keeps a new proposal with the deliveries and reports whether it was new.
	// One with this ID stays as it is, and then nothing is kept.
	Add(ctx context.Context, proposal Proposal, deliveries []bot.Delivery) (bool, error)
	// Change loads a proposal, calls rule and saves it with its Told and the
	// deliveries; messages that Outdated names and that were not sent yet are
	// cancelled. bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Proposal) ([]bot.Delivery, error)) error
}
