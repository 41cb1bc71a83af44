package kernelstore

import (
	"context"
	"fmt"
	"time"

	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
)

// NewSchedules returns the schedules and ticks in db.
func NewSchedules(db *engine.DB) schedule.Store {
	return schedule.Store{Rows: &rows{db: db}, Ticks: &ticks{db: db}}
}

type rows struct{ db *engine.DB }

const rowQuery = `SELECT kind, subject, spec, zone, skip_dates, next_due, next_slot, paused, revision FROM schedules`

func scanRow(row engine.Scanner) (schedule.Row, error) {
	var r schedule.Row
	var skip string
	var due int64
	if err := row.Scan(&r.Kind, &r.Subject, &r.Spec, &r.Zone, &skip, &due, &r.NextSlot, &r.Paused, &r.Revision); err != nil {
		return r, err
	}
	r.NextDue = time.UnixMicro(due).UTC() // never unset, so 1970 is itself
	var err error
	r.SkipDates, err = engine.FromJSON[[]string](skip)
	if len(r.SkipDates) == 0 {
		r.SkipDates = nil
	}
	return r, err
}

func (s *rows) Get(ctx context.Context, kind, subject string) (schedule.Row, bool, error) {
	var row schedule.Row
	var known bool
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		row, known, err = engine.One(ctx, tx, scanRow, rowQuery+` WHERE kind = $1 AND subject = $2`, kind, subject)
		return err
	})
	return row, known, err
}

func (s *rows) Put(ctx context.Context, row schedule.Row) (bool, error) {
	dates := row.SkipDates
	if dates == nil {
		dates = []string{}
	}
	skip, err := engine.ToJSON(dates)
	if err != nil {
		return false, err
	}
	var done bool
	err = s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		args := []any{row.Kind, row.Subject, row.Spec, row.Zone, skip, row.NextDue.UnixMicro(), row.NextSlot, row.Paused, row.Revision + 1}
		query := `INSERT INTO schedules (kind, subject, spec, zone, skip_dates, next_due, next_slot, paused, revision)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (kind, subject) DO NOTHING`
		if row.Revision != 0 {
			query = `UPDATE schedules SET spec = $3, zone = $4, skip_dates = $5, next_due = $6, next_slot = $7, paused = $8, revision = $9
				WHERE kind = $1 AND subject = $2 AND revision = $10`
			args = append(args, row.Revision)
		}
		n, err := tx.Exec(ctx, query, args...)
		done = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("save a schedule: %w", err)
	}
	return done, nil
}

func (s *rows) Remove(ctx context.Context, kind, subject string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM schedules WHERE kind = $1 AND subject = $2`, kind, subject); err != nil {
			return fmt.Errorf("remove a schedule: %w", err)
		}
		_, err := tx.Exec(ctx, `UPDATE ticks SET state = 'dropped' WHERE kind = $1 AND subject = $2 AND state = 'open'`, kind, subject)
		return err
	})
}

func (s *rows) Due(ctx context.Context, kinds []string, by time.Time, limit int) ([]schedule.Row, error) {
	args := []any{by.UnixMicro()}
	query := rowQuery + ` WHERE NOT paused AND next_due <= $1 AND kind IN (` + engine.In(len(kinds), 2) + `)`
	for _, kind := range kinds {
		args = append(args, kind)
	}
	query += ` ORDER BY next_due, kind COLLATE "C", subject COLLATE "C"` + engine.Limit(limit)
	var due []schedule.Row
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		due, err = engine.All(ctx, tx, scanRow, query, args...)
		return err
	})
	return due, err
}

func (s *rows) Advance(ctx context.Context, row schedule.Row, next schedule.Slot, add []schedule.Tick) (bool, error) {
	var done bool
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE schedules SET next_due = $3, next_slot = $4, revision = revision + 1
			WHERE kind = $1 AND subject = $2 AND revision = $5 AND next_due = $6`,
			row.Kind, row.Subject, next.Due.UnixMicro(), next.Name, row.Revision, row.NextDue.UnixMicro())
		if done = n == 1; err != nil || !done {
			return err
		}
		for _, t := range add {
			due := t.Due.UnixMicro()
			if _, err := tx.Exec(ctx, `INSERT INTO ticks (kind, subject, slot, due, attempt, tries, missed, state, ready_at, changed_at)
				VALUES ($1, $2, $3, $4, 0, 0, $5, 'open', $4, $4) ON CONFLICT (kind, subject, slot) DO NOTHING`,
				t.Kind, t.Subject, t.Slot, due, t.Missed); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("advance a schedule: %w", err)
	}
	return done, nil
}
