package rosterstore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
)

type points struct{ *store }

func (s points) List(ctx context.Context) ([]roster.Point, error) {
	return list(ctx, s.db, func(row engine.Scanner) (roster.Point, error) {
		var p roster.Point
		var at int64
		err := row.Scan(&p.ID, &p.Words, &p.By, &at)
		p.At = engine.Time(at)
		return p, err
	}, `SELECT id, words, added_by, added_at FROM roster_points WHERE agenda = '' ORDER BY added_at, id COLLATE "C"`)
}

func (s points) Add(ctx context.Context, p roster.Point) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO roster_points (id, words, added_by, added_at, agenda) VALUES ($1, $2, $3, $4, '') ON CONFLICT (id) DO NOTHING`,
			p.ID, p.Words, p.By, engine.Micros(p.At))
		if err != nil {
			return fmt.Errorf("save a point: %w", err)
		}
		return nil
	})
}

func (s points) Post(ctx context.Context, slot string, ids []string, deliveries []bot.Delivery) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, d := range deliveries {
			_, stands, err := engine.One(ctx, tx, engine.Value[string], `SELECT key FROM deliveries WHERE key = $1`, d.Key)
			if err != nil || stands {
				return err
			}
		}
		for _, id := range ids {
			if _, err := tx.Exec(ctx, `UPDATE roster_points SET agenda = $2 WHERE id = $1 AND agenda = ''`, id, slot); err != nil {
				return fmt.Errorf("note on which agenda a point stood: %w", err)
			}
		}
		return s.send(ctx, tx, nil, deliveries)
	})
}

type decisions struct{ *store }

const decisionQuery = `SELECT id, words, owner, due, noted_by, noted_at, state, ended_at FROM roster_decisions`

func scanDecision(row engine.Scanner) (roster.Decision, error) {
	var d roster.Decision
	var due string
	var at, ended int64
	if err := row.Scan(&d.ID, &d.Words, &d.Owner, &due, &d.By, &at, &d.State, &ended); err != nil {
		return d, err
	}
	d.At, d.Ended = engine.Time(at), engine.Time(ended)
	if due == "" {
		return d, nil
	}
	var err error
	d.Due, err = schedule.ParseDate(due)
	return d, err
}

func loadDecision(ctx context.Context, tx *engine.Tx, id string) (roster.Decision, error) {
	d, found, err := engine.One(ctx, tx, scanDecision, decisionQuery+` WHERE id = $1`, id)
	if err == nil && !found {
		err = bot.ErrNotFound
	}
	return d, err
}

// dueText is a date as it is kept.
func dueText(d schedule.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func (s decisions) Get(ctx context.Context, id string) (roster.Decision, error) {
	var d roster.Decision
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		d, err = loadDecision(ctx, tx, id)
		return err
	})
	return d, err
}

func (s decisions) List(ctx context.Context, states ...roster.DecisionState) ([]roster.Decision, error) {
	where, args := ``, []any{}
	for _, state := range states {
		args = append(args, state)
	}
	if len(states) > 0 {
		where = ` WHERE state IN (` + engine.In(len(states), 1) + `)`
	}
	return list(ctx, s.db, scanDecision, decisionQuery+where+` ORDER BY noted_at, id COLLATE "C"`, args...)
}

func (s decisions) Add(ctx context.Context, d roster.Decision, deliveries []bot.Delivery) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO roster_decisions (id, words, owner, due, noted_by, noted_at, state, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (id) DO NOTHING`, d.ID, d.Words, d.Owner, dueText(d.Due), d.By, engine.Micros(d.At), d.State, engine.Micros(d.Ended))
		if err != nil {
			return fmt.Errorf("save a decision: %w", err)
		}
		if n == 0 {
			return nil
		}
		return s.send(ctx, tx, nil, deliveries)
	})
}

func (s decisions) Change(ctx context.Context, id string, rule func(*roster.Decision) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		was, err := loadDecision(ctx, tx, id)
		if err != nil {
			return err
		}
		d := was
		deliveries, err := rule(&d)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE roster_decisions SET owner = $2, due = $3, state = $4, ended_at = $5 WHERE id = $1`,
			d.ID, d.Owner, dueText(d.Due), d.State, engine.Micros(d.Ended))
		if err != nil {
			return fmt.Errorf("save a decision: %w", err)
		}
		return s.send(ctx, tx, d.Outdated(was), deliveries)
	})
}
