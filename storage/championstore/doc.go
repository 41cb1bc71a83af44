// Package championstore keeps champions with their meetings, briefings and
// promises, and the watch over how many there are. The rules are in package
// champions; here they are only called.
package championstore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/champions"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of champions in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) champions.Stores {
	s := &store{db: db, clock: clock}
	return champions.Stores{Champions: people{s}, Watch: watch{s}}
}

type store struct {
	db    *engine.DB
	clock bot.Clock
}

// post cancels what is outdated and adds deliveries.
func (s *store) post(ctx context.Context, tx *engine.Tx, outdated []string, deliveries []bot.Delivery) error {
	now := s.clock.Now()
	if _, err := outbox.Cancel(ctx, tx, now, outdated); err != nil {
		return err
	}
	return outbox.Add(ctx, tx, now, deliveries)
}

// theWatch is the id of the one watch.
const theWatch = "watch"

type watch struct{ *store }

func loadWatch(ctx context.Context, tx *engine.Tx) (champions.Watch, error) {
	w, _, err := engine.One(ctx, tx, func(row engine.Scanner) (champions.Watch, error) {
		var w champions.Watch
		var since int64
		err := row.Scan(&w.Active, &since, &w.Falls)
		w.Since = engine.Time(since)
		return w, err
	}, `SELECT active, since, falls FROM champion_watch WHERE id = $1`, theWatch)
	return w, err
}

func (s watch) Get(ctx context.Context) (champions.Watch, error) {
	var w champions.Watch
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		w, err = loadWatch(ctx, tx)
		return err
	})
	return w, err
}

func (s watch) Change(ctx context.Context, rule func(*champions.Watch) ([]bot.Delivery, []string)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		w, err := loadWatch(ctx, tx)
		if err != nil {
			return err
		}
		deliveries, outdated := rule(&w)
		_, err = tx.Exec(ctx, `INSERT INTO champion_watch (id, active, since, falls) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET active = excluded.active, since = excluded.since, falls = excluded.falls`,
			theWatch, w.Active, engine.Micros(w.Since), w.Falls)
		if err != nil {
			return fmt.Errorf("save the watch over champions: %w", err)
		}
		return s.post(ctx, tx, outdated, deliveries)
	})
}
