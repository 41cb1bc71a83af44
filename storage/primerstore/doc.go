// Package primerstore keeps the primer: who goes through the lessons, the
// organisation's own words, and the launch checklist. The rules are in package
// primer; here they are only called.
package primerstore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/primer"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of the primer in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) primer.Stores {
	s := &store{db: db, clock: clock}
	return primer.Stores{Enrolments: enrolments{s}, Terms: terms{s}, Items: items{s}}
}

type store struct {
	db    *engine.DB
	clock bot.Clock
}

func (s *store) send(ctx context.Context, tx *engine.Tx, deliveries []bot.Delivery) error {
	return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
}
