// Package mandatestore keeps letters for managers, and what was asked for. The rules
// are in package mandates; here they are only called.
package mandatestore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/mandates"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of mandates in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) mandates.Stores {
	s := &store{db: db, clock: clock}
	return mandates.Stores{Mandates: letters{s}, Resources: resources{s}}
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

// first is the one row of a list, or bot.ErrNotFound.
func first[T any](all []T, err error) (T, error) {
	var none T
	switch {
	case err != nil:
		return none, err
	case len(all) == 0:
		return none, bot.ErrNotFound
	}
	return all[0], nil
}

// known refuses a person whom the register does not have.
func known(ctx context.Context, tx *engine.Tx, person bot.PersonID) error {
	_, found, err := engine.One(ctx, tx, engine.Value[string], `SELECT id FROM persons WHERE id = $1`, person)
	if err == nil && !found {
		return bot.ErrNotFound
	}
	return err
}

// day is a date as it is stored, "" for none; date reads it back.
func day(d schedule.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func date(text string) (schedule.Date, error) {
	if text == "" {
		return schedule.Date{}, nil
	}
	return schedule.ParseDate(text)
}
