// Package librarystore keeps the library's own: whom entries were told to, examples
// from elsewhere, and what leads were asked to tell again. The rules are in package
// library; here they are only called.
package librarystore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of the library in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) library.Stores {
	s := &store{db: db, clock: clock}
	return library.Stores{Tellings: tellings{s}, Links: links{s}, Examples: examples{s}, Proposals: proposals{s}}
}

type store struct {
	db    *engine.DB
	clock bot.Clock
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

// get runs a query for one row in a transaction of its own.
func get[T any](ctx context.Context, db *engine.DB, scan func(engine.Scanner) (T, error), query string, args ...any) (T, error) {
	var found T
	err := db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, err = one(ctx, tx, scan, query, args...)
		return err
	})
	return found, err
}

// one reads one row, or bot.ErrNotFound.
func one[T any](ctx context.Context, tx *engine.Tx, scan func(engine.Scanner) (T, error), query string, args ...any) (T, error) {
	found, known, err := engine.One(ctx, tx, scan, query, args...)
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return found, err
}

func (s *store) send(ctx context.Context, tx *engine.Tx, deliveries []bot.Delivery) error {
	return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
}
