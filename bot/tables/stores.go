package tables

import (
	"context"

	"evangelist/bot"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when it is repeated. Rules that
// are handed to a Change may run twice; their error is returned as it is, and
// then nothing is kept.
type Stores struct {
	Settings  SettingsStore
	Standings Standings
	Pairs     Pairs
	Rounds    Rounds
}

// SettingsStore keeps the settings.
type SettingsStore interface {
	// Get returns the settings, DefaultSettings when none were saved.
	Get(ctx context.Context) (Settings, error)
	// Change loads the settings, calls rule and saves them.
	Change(ctx context.Context, rule func(*Settings) error) error
}

// Standings keeps what people want of round tables.
type Standings interface {
	// Get returns somebody's standing, one with the Person alone when nothing is
	// kept.
	Get(ctx context.Context, person bot.PersonID) (Standing, error)
	// List returns all that are kept, in the order of persons.
	List(ctx context.Context) ([]Standing, error)
	// Change loads a standing, calls rule and saves it; one that is Zero is
	// forgotten. bot.ErrNotFound when the register does not have the person.
	Change(ctx context.Context, person bot.PersonID, rule func(*Standing) error) error
}

// Pairs keeps who is to be kept apart.
type Pairs interface {
	// List returns all pairs, in order.
	List(ctx context.Context) ([]Pair, error)
	// Set keeps a pair, or takes it away. Each wish, of one of the two or of the
	// leads, stands by itself. bot.ErrNotFound when the register does not have one
	// of them.
	Set(ctx context.Context, pair Pair, apart bool) error
}

// Rounds keeps the rounds with their seats.
type Rounds interface {
	// Get returns a round, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Round, error)
	// List returns the rounds in the given states (none: all), the newest first.
	List(ctx context.Context, states ...State) ([]Round, error)
	// Past returns the rounds that went out, as they were played, oldest first.
	Past(ctx context.Context) ([]Past, error)
	// Add keeps a new round with the deliveries and returns it. A round with this
	// ID stays as it is and is returned. ErrOpen when it is to wait to go out and
	// another one waits already.
	Add(ctx context.Context, round Round, deliveries []bot.Delivery) (Round, error)
	// Change loads a round with the Standings of those who have a seat, calls rule
	// and saves both with the deliveries; messages that Outdated names and that
	// were not sent yet are cancelled. bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Round) ([]bot.Delivery, error)) error
}

// ErrOpen means that another round waits to go out.
var ErrOpen = &bot.Error{Code: "round-open", Say: "A draft of round tables waits already. Approve it or call it off first: /evangelist tables plan shows it."}
