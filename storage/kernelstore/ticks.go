package kernelstore

import (
	"context"
	"fmt"
	"time"

	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
)

type ticks struct{ db *engine.DB }

const tickColumns = `kind, subject, slot, due, attempt, tries, missed`

func scanTick(row engine.Scanner) (schedule.Tick, error) {
	var t schedule.Tick
	var due int64
	err := row.Scan(&t.Kind, &t.Subject, &t.Slot, &due, &t.Attempt, &t.Tries, &t.Missed)
	t.Due = time.UnixMicro(due).UTC()
	return t, err
}

// micros keeps every moment as it is: a tick has no unset one.
func micros(at time.Time) int64 { return at.UnixMicro() }

func (s *ticks) Claim(ctx context.Context, kinds []string, now time.Time, lease time.Duration) (schedule.Tick, bool, error) {
	args := []any{micros(now), micros(now.Add(lease))}
	for _, kind := range kinds {
		args = append(args, kind)
	}
	skip := ""
	if s.db.Dialect() == engine.PostgreSQL {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	query := `UPDATE ticks SET attempt = attempt + 1, tries = tries + 1, ready_at = $2, changed_at = $1
		WHERE (kind, subject, slot) IN (SELECT kind, subject, slot FROM ticks
			WHERE state = 'open' AND ready_at <= $1 AND kind IN (` + engine.In(len(kinds), 3) + `)
			ORDER BY ready_at, due, kind COLLATE "C", subject COLLATE "C", slot COLLATE "C" LIMIT 1` + skip + `)
		RETURNING ` + tickColumns
	var tick schedule.Tick
	var found bool
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		tick, found, err = engine.One(ctx, tx, scanTick, query, args...)
		return err
	})
	if err != nil {
		return tick, false, fmt.Errorf("claim a tick: %w", err)
	}
	return tick, found, nil
}

func (s *ticks) Finish(ctx context.Context, t schedule.Tick, outcome schedule.Outcome) (bool, error) {
	var done bool
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		query := `UPDATE ticks SET state = $5, changed_at = $6, note = $7
			WHERE kind = $1 AND subject = $2 AND slot = $3 AND attempt = $4 AND (state = 'open' OR state = $5)`
		args := []any{t.Kind, t.Subject, t.Slot, t.Attempt, string(outcome.State), micros(outcome.At), outcome.Note}
		if outcome.State == schedule.Open {
			query = `UPDATE ticks SET state = $5, changed_at = $6, note = $7, ready_at = $8
				WHERE kind = $1 AND subject = $2 AND slot = $3 AND attempt = $4 AND (state = 'open' OR state = $5)`
			args = append(args, micros(outcome.ReadyAt))
		}
		n, err := tx.Exec(ctx, query, args...)
		done = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("finish a tick: %w", err)
	}
	return done, nil
}

func (s *ticks) Parked(ctx context.Context, limit int) ([]schedule.Stuck, error) {
	var parked []schedule.Stuck
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		parked, err = engine.All(ctx, tx, func(row engine.Scanner) (schedule.Stuck, error) {
			var stuck schedule.Stuck
			var due, at int64
			err := row.Scan(&stuck.Tick.Kind, &stuck.Tick.Subject, &stuck.Tick.Slot, &due, &stuck.Tick.Attempt, &stuck.Tick.Tries, &stuck.Tick.Missed, &at, &stuck.Note)
			stuck.Tick.Due, stuck.At = time.UnixMicro(due).UTC(), time.UnixMicro(at).UTC()
			return stuck, err
		}, `SELECT `+tickColumns+`, changed_at, note FROM ticks WHERE state = 'failed'
			ORDER BY changed_at DESC, kind COLLATE "C", subject COLLATE "C", slot COLLATE "C"`+engine.Limit(limit))
		return err
	})
	return parked, err
}

func (s *ticks) Reopen(ctx context.Context, kind, subject, slot string, now time.Time) (bool, error) {
	var done bool
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE ticks SET state = 'open', tries = 0, ready_at = $4 WHERE kind = $1 AND subject = $2 AND slot = $3 AND state = 'failed'`,
			kind, subject, slot, micros(now))
		done = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("reopen a tick: %w", err)
	}
	return done, nil
}

func (s *ticks) Purge(ctx context.Context, before time.Time) (int, error) {
	var gone int64
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		gone, err = tx.Exec(ctx, `DELETE FROM ticks WHERE state IN ('done', 'expired', 'dropped') AND changed_at < $1`, micros(before))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("purge ticks: %w", err)
	}
	return int(gone), nil
}
