package issues

import (
	"context"
	"time"

	"evangelist/bot"
)

// Series says when the report of the past month is due, and who looks after it.
// The zero Series is none yet.
type Series struct {
	Spec   string // a phrase of package schedule, canonical; empty: no rhythm
	Zone   string // IANA name
	Place  bot.PlaceID
	Lead   bot.PersonID
	Deputy bot.PersonID
	Since  time.Time // when Spec and Zone were set
}

// Shelf keeps the one series.
type Shelf interface {
	// Get returns the series, the zero Series when none was set.
	Get(ctx context.Context) (Series, error)
	// Set keeps it. Idempotent.
	Set(ctx context.Context, series Series) error
}

// Keeper keeps the issues. None is ever deleted.
type Keeper interface {
	// Get returns an issue, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Issue, error)
	// List returns the issues in the given states (none: all), the latest days
	// first, without the content of their revisions.
	List(ctx context.Context, states ...State) ([]Issue, error)
	// Add keeps a new issue with the deliveries, and returns it. An issue with this
	// ID stays as it is and is returned, and nothing is sent.
	Add(ctx context.Context, issue Issue, deliveries []bot.Delivery) (Issue, error)
	// Change loads an issue, calls rule, which may run twice, and saves it with the
	// deliveries. bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Issue) ([]bot.Delivery, error)) error
}

// Stores are all that the feature keeps.
type Stores struct {
	Series Shelf
	Issues Keeper
}
