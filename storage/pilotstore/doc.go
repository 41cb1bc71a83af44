// Package pilotstore keeps pilots with their measures, check-ins, readings and
// surveys, the goals that they serve, and the stories that come of them. The rules
// are in package pilots; here they are only called.
package pilotstore

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of pilots in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) pilots.Stores {
	s := &store{db: db, clock: clock}
	return pilots.Stores{Pilots: trials{s}, Goals: goals{s}, Stories: stories{s}}
}

type store struct {
	db    *engine.DB
	clock bot.Clock
}

func (s *store) send(ctx context.Context, tx *engine.Tx, deliveries []bot.Delivery) error {
	return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
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
