// Package tablestore keeps round tables: the settings, what people want, who is to
// be kept apart, and the rounds with their seats. The rules are in package tables;
// here they are only called.
package tablestore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/tables"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of round tables in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) tables.Stores {
	s := &store{db: db, clock: clock}
	return tables.Stores{Settings: settings{s}, Standings: standings{s}, Pairs: pairs{s}, Rounds: rounds{s}}
}

type store struct {
	db    *engine.DB
	clock bot.Clock
}

func (s *store) send(ctx context.Context, tx *engine.Tx, deliveries []bot.Delivery) error {
	return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
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

// known reports whether the register has a person.
func known(ctx context.Context, tx *engine.Tx, person bot.PersonID) (bool, error) {
	_, found, err := engine.One(ctx, tx, engine.Value[string], `SELECT id FROM persons WHERE id = $1`, person)
	return found, err
}
