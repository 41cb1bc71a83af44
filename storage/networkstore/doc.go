// Package networkstore keeps what the network needs: who is with us, the call,
// the questions with their rounds and asks, and learnings. What somebody needs goes
// into the table of requests, with the answer that says so. The rules are in package
// network; here they are only called.
package networkstore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of the network in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) network.Stores {
	s := &store{db: db, clock: clock}
	return network.Stores{
		Evangelists: evangelists{s}, Calls: calls{s}, Questions: questions{s},
		Prompts: prompts{s}, Rounds: rounds{s}, Asks: asks{s}, Learnings: learnings{s},
	}
}

type store struct {
	db    *engine.DB
	clock bot.Clock
}

func (s *store) send(ctx context.Context, tx *engine.Tx, deliveries []bot.Delivery) error {
	return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
}

// read runs a query for one row in a transaction of its own. ErrNotFound.
func read[T any](ctx context.Context, db *engine.DB, load func(context.Context, *engine.Tx) (T, bool, error)) (T, error) {
	var value T
	var known bool
	err := db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		value, known, err = load(ctx, tx)
		return err
	})
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return value, err
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
