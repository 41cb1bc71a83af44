package networkstore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage/internal/engine"
)

type learnings struct{ *store }

const learningQuery = `SELECT l.id, l.source, l.words, l.about, l.person_id, coalesce(p.name, ''), l.department, l.consent, l.created_at, l.told_in
	FROM learnings l LEFT JOIN persons p ON p.id = l.person_id`

func scanLearning(row engine.Scanner) (network.Learning, error) {
	var l network.Learning
	var created int64
	err := row.Scan(&l.ID, &l.Source, &l.Words, &l.About, &l.Person, &l.Name, &l.Department, &l.Consent, &created, &l.ToldIn)
	l.Created = engine.Time(created)
	return l, err
}

func loadLearning(ctx context.Context, tx *engine.Tx, id string) (network.Learning, bool, error) {
	return engine.One(ctx, tx, scanLearning, learningQuery+` WHERE l.id = $1`, id)
}

func addLearning(ctx context.Context, tx *engine.Tx, l network.Learning) error {
	_, err := tx.Exec(ctx, `INSERT INTO learnings (id, source, words, about, person_id, department, consent, created_at, told_in)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (source) DO NOTHING`,
		l.ID, l.Source, l.Words, l.About, l.Person, l.Department, l.Consent, engine.Micros(l.Created), l.ToldIn)
	if err != nil {
		return fmt.Errorf("save a learning: %w", err)
	}
	return nil
}

func (s learnings) Get(ctx context.Context, id string) (network.Learning, error) {
	return read(ctx, s.db, func(ctx context.Context, tx *engine.Tx) (network.Learning, bool, error) {
		return loadLearning(ctx, tx, id)
	})
}

func (s learnings) List(ctx context.Context, filter network.LearningFilter) ([]network.Learning, error) {
	query, args := learningQuery+` WHERE l.created_at >= $1`, []any{engine.Micros(filter.From)}
	and := func(condition string, values ...any) {
		query += ` AND ` + condition
		if len(values) > 0 {
			query += fmt.Sprintf(" $%d", len(args)+1)
			args = append(args, values[0])
		}
	}
	if !filter.To.IsZero() {
		and(`l.created_at <`, engine.Micros(filter.To))
	}
	if filter.Person != "" {
		and(`l.person_id =`, string(filter.Person))
	}
	if filter.Shared {
		and(`l.consent IN ('name', 'unnamed')`)
	}
	if filter.Untold {
		and(`l.told_in = ''`)
	}
	return list(ctx, s.db, scanLearning, query+` ORDER BY l.created_at DESC, l.id COLLATE "C" DESC`+engine.Limit(filter.Limit), args...)
}

func (s learnings) Add(ctx context.Context, learning network.Learning) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error { return addLearning(ctx, tx, learning) })
}

func (s learnings) Change(ctx context.Context, id string, rule func(*network.Learning) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		learning, known, err := loadLearning(ctx, tx, id)
		if err != nil {
			return err
		}
		if !known {
			return bot.ErrNotFound
		}
		deliveries, err := rule(&learning)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE learnings SET consent = $2 WHERE id = $1`, id, learning.Consent); err != nil {
			return fmt.Errorf("save a learning: %w", err)
		}
		return s.send(ctx, tx, deliveries)
	})
}

func (s learnings) MarkTold(ctx context.Context, ids []string, edition string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, id := range ids {
			if _, err := tx.Exec(ctx, `UPDATE learnings SET told_in = $2 WHERE id = $1 AND told_in = ''`, id, edition); err != nil {
				return fmt.Errorf("note which edition told a learning: %w", err)
			}
		}
		return nil
	})
}

// addNeed hands what somebody needs to those who see to requests.
func addNeed(ctx context.Context, tx *engine.Tx, n network.Needed) error {
	_, err := tx.Exec(ctx, `INSERT INTO network_requests (id, source, title, words, person_id, state, reason, opened_at, closed_at)
		VALUES ($1, $2, $3, $4, $5, 'open', '', $6, 0) ON CONFLICT (source) DO NOTHING`,
		n.ID, n.Source, n.Title, n.Words, n.Person, engine.Micros(n.Opened))
	if err != nil {
		return fmt.Errorf("save what somebody needs: %w", err)
	}
	return nil
}
