// Package impactstore reads for the report across the tables of all features, and
// keeps what was published, what could not be done, and the leads' settings. What
// may be shown of it is decided in package impact.
package impactstore

import (
	"context"

	"evangelist/bot/impact"
	"evangelist/storage/internal/engine"
)

// New returns the Stores of the report in db.
func New(db *engine.DB) impact.Stores {
	return impact.Stores{Facts: facts{db}, Ledger: ledger{db}, Refusals: refusals{db}, Choices: choices{db}}
}

// list runs a query for many rows in a transaction of its own.
func list[T any](ctx context.Context, db *engine.DB, scan func(engine.Scanner) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, scan, query, args...)
		return err
	})
	return all, err
}
