// Package courierstore keeps deliveries for the courier. They are added by
// storage/internal/outbox, in the transaction of the fact that causes them.
package courierstore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the courier's Store in db.
func New(db *engine.DB) courier.Store {
	s := &store{db: db}
	return courier.Store{Queue: s, Register: s, Upkeep: s}
}

type store struct{ db *engine.DB }

// Box adds deliveries that no other fact belongs to: an alarm to the operator, a
// message that a program sends by itself.
type Box struct {
	db    *engine.DB
	clock bot.Clock
}

// NewBox returns a Box on db.
func NewBox(db *engine.DB, clock bot.Clock) *Box { return &Box{db: db, clock: clock} }

// Add writes deliveries in a transaction of their own. Idempotent by Key.
func (b *Box) Add(ctx context.Context, deliveries ...bot.Delivery) error {
	return b.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		return outbox.Add(ctx, tx, b.clock.Now(), deliveries)
	})
}

// Cancel drops those of the deliveries that nothing was sent of yet and returns
// how many they were. Idempotent.
func (b *Box) Cancel(ctx context.Context, keys ...string) (cancelled int, err error) {
	err = b.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		cancelled, err = outbox.Cancel(ctx, tx, b.clock.Now(), keys)
		return err
	})
	return cancelled, err
}
