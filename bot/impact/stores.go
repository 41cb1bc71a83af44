package impact

import (
	"context"
	"time"
)

// Facts reads across the tables of all features.
type Facts interface {
	// Gather reads what happened at or after from and before to, in one look.
	Gather(ctx context.Context, from, to time.Time) (Gathered, error)
	// Colleagues returns who works here now, with the department of each.
	Colleagues(ctx context.Context) ([]Colleague, error)
}

// Kept is what was published, and by which slices. The zero Kept is nothing yet.
type Kept struct {
	Plan    string            // what counts.Plan.Text returned
	Records map[string]string // by counts.Published.Key, what Record returned
}

// Ledger keeps what was published, for ever.
type Ledger interface {
	// Kept returns all of it.
	Kept(ctx context.Context) (Kept, error)
	// Add loads what is kept, calls rule, which may run twice, and keeps the plan
	// and the records that it returns, in one write transaction. Records whose key
	// is known stay as they are.
	Add(ctx context.Context, rule func(Kept) (Kept, error)) error
}

// Refusals keeps what we could not do. Nothing is ever deleted.
type Refusals interface {
	// Add keeps a refusal; one with the same Source stays as it is.
	Add(ctx context.Context, refusal Refusal) error
	// List returns those of from <= At < to, the oldest first.
	List(ctx context.Context, from, to time.Time) ([]Refusal, error)
}

// Choices keeps what leads state about the report.
type Choices interface {
	// Get returns the settings, the zero Settings when none were saved.
	Get(ctx context.Context) (Settings, error)
	// Set keeps them. Idempotent.
	Set(ctx context.Context, settings Settings) error
}

// Stores are all that the feature keeps and reads.
type Stores struct {
	Facts    Facts
	Ledger   Ledger
	Refusals Refusals
	Choices  Choices
}

// Settings are what leads state about the report.
type Settings struct {
	// Minutes that a used answer saves, by the leads' estimate; 0: no estimate, and
	// no line about it.
	Minutes int
	// Method says how they came to it; never empty beside Minutes.
	Method string
	// Partial says that not everybody who works here is in the register of people,
	// so that no headcount is known.
	Partial bool
}

// Refusal is something that we could not do. Nobody's name is kept with it.
type Refusal struct {
	ID         string
	Source     string // natural key: the form or message that it came from; unique
	Words      string // what was asked for
	Reason     string
	Department string // who went without; empty: not said, or everybody
	At         time.Time
}
