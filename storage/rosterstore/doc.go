// Package rosterstore keeps who stands for which department, who was asked, what was
// last seen of the register of people, and what representatives bring up and decide.
// The rules are in package roster; here they are only called.
package rosterstore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of the roster in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) roster.Stores {
	s := &store{db: db, clock: clock}
	return roster.Stores{Offices: offices{s}, Guests: guests{s}, Register: register{s}, Points: points{s}, Decisions: decisions{s}}
}

type store struct {
	db    *engine.DB
	clock bot.Clock
}

// send cancels what is outdated and adds the deliveries.
func (s *store) send(ctx context.Context, tx *engine.Tx, outdated []string, deliveries []bot.Delivery) error {
	if _, err := outbox.Cancel(ctx, tx, s.clock.Now(), outdated); err != nil {
		return err
	}
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

// known fails with bot.ErrNotFound when the register does not have a person.
func known(ctx context.Context, tx *engine.Tx, person bot.PersonID) error {
	_, found, err := engine.One(ctx, tx, engine.Value[string], `SELECT id FROM persons WHERE id = $1`, person)
	if err == nil && !found {
		return bot.ErrNotFound
	}
	return err
}
