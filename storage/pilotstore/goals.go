package pilotstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/storage/internal/engine"
)

type goals struct{ *store }

const goalQuery = `SELECT g.id, g.source, g.level, g.title, g.audience, g.benefit, g.owner, g.until_day, g.closed, g.created_at, coalesce(p.name, '')
	FROM goals g LEFT JOIN persons p ON p.id = g.owner`

func scanGoal(row engine.Scanner) (pilots.Goal, error) {
	var g pilots.Goal
	var until string
	var created int64
	err := row.Scan(&g.ID, &g.Source, &g.Level, &g.Title, &g.Audience, &g.Benefit, &g.Owner, &until, &g.Closed, &created, &g.OwnerName)
	if err != nil {
		return g, err
	}
	g.Created = engine.Time(created)
	g.Until, err = date(until)
	return g, err
}

func loadGoal(ctx context.Context, tx *engine.Tx, id string) (pilots.Goal, error) {
	goal, known, err := engine.One(ctx, tx, scanGoal, goalQuery+` WHERE g.id = $1`, id)
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return goal, err
}

func (s goals) Get(ctx context.Context, id string) (pilots.Goal, error) {
	var goal pilots.Goal
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		goal, err = loadGoal(ctx, tx, id)
		return err
	})
	return goal, err
}

func (s goals) List(ctx context.Context, closed bool) ([]pilots.Goal, error) {
	query := goalQuery
	if !closed {
		query += ` WHERE NOT g.closed`
	}
	var all []pilots.Goal
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, scanGoal, query)
		return err
	})
	rank := []pilots.Level{pilots.Purpose, pilots.Objective, pilots.Goalpost}
	slices.SortFunc(all, func(a, b pilots.Goal) int {
		return cmp.Or(cmp.Compare(slices.Index(rank, a.Level), slices.Index(rank, b.Level)), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

func (s goals) Add(ctx context.Context, g pilots.Goal) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO goals (id, source, level, title, audience, benefit, owner, until_day, closed, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (source) DO NOTHING`,
			g.ID, g.Source, g.Level, g.Title, g.Audience, g.Benefit, g.Owner, day(g.Until), g.Closed, engine.Micros(g.Created))
		if err != nil {
			return fmt.Errorf("save a goal: %w", err)
		}
		return nil
	})
}

func (s goals) Change(ctx context.Context, id string, rule func(*pilots.Goal) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		g, err := loadGoal(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := rule(&g); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE goals SET title = $2, audience = $3, benefit = $4, owner = $5, until_day = $6, closed = $7 WHERE id = $1`,
			id, g.Title, g.Audience, g.Benefit, g.Owner, day(g.Until), g.Closed)
		if err != nil {
			return fmt.Errorf("save a goal: %w", err)
		}
		return nil
	})
}
