package impactstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"evangelist/bot/impact"
	"evangelist/storage/internal/engine"
)

// Keys of the settings. They are stored and never change.
const (
	planKey    = "plan"
	choicesKey = "choices"
)

type ledger struct{ db *engine.DB }

func setting(ctx context.Context, tx *engine.Tx, key string) (string, error) {
	value, _, err := engine.One(ctx, tx, engine.Value[string], `SELECT value FROM impact_settings WHERE key = $1`, key)
	return value, err
}

func saveSetting(ctx context.Context, tx *engine.Tx, key, value string) error {
	_, err := tx.Exec(ctx, `INSERT INTO impact_settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	if err != nil {
		return fmt.Errorf("save a setting of the report: %w", err)
	}
	return nil
}

func load(ctx context.Context, tx *engine.Tx) (kept impact.Kept, err error) {
	if kept.Plan, err = setting(ctx, tx, planKey); err != nil {
		return kept, err
	}
	type row struct{ key, record string }
	rows, err := engine.All(ctx, tx, func(scan engine.Scanner) (row, error) {
		var r row
		err := scan.Scan(&r.key, &r.record)
		return r, err
	}, `SELECT key, record FROM published_counts`)
	kept.Records = map[string]string{}
	for _, r := range rows {
		kept.Records[r.key] = r.record
	}
	return kept, err
}

// Kept implements impact.Ledger.
func (s ledger) Kept(ctx context.Context) (impact.Kept, error) {
	var kept impact.Kept
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		kept, err = load(ctx, tx)
		return err
	})
	return kept, err
}

// Add implements impact.Ledger. Whoever adds holds the row of the plan first, so
// that two programs never publish beside each other.
func (s ledger) Add(ctx context.Context, rule func(impact.Kept) (impact.Kept, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO impact_settings (key, value) VALUES ($1, '') ON CONFLICT (key) DO UPDATE SET value = impact_settings.value`, planKey); err != nil {
			return fmt.Errorf("hold what is published: %w", err)
		}
		kept, err := load(ctx, tx)
		if err != nil {
			return err
		}
		news, err := rule(kept)
		if err != nil || len(news.Records) == 0 {
			return err
		}
		if err := saveSetting(ctx, tx, planKey, news.Plan); err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(news.Records)) {
			if _, err := tx.Exec(ctx, `INSERT INTO published_counts (key, record) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, news.Records[key]); err != nil {
				return fmt.Errorf("record what was published: %w", err)
			}
		}
		return nil
	})
}

type refusals struct{ db *engine.DB }

// Add implements impact.Refusals.
func (s refusals) Add(ctx context.Context, r impact.Refusal) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO impact_refusals (id, source, words, reason, department, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (source) DO NOTHING`, r.ID, r.Source, r.Words, r.Reason, r.Department, engine.Micros(r.At))
		if err != nil {
			return fmt.Errorf("keep what could not be done: %w", err)
		}
		return nil
	})
}

// List implements impact.Refusals.
func (s refusals) List(ctx context.Context, from, to time.Time) ([]impact.Refusal, error) {
	return list(ctx, s.db, func(row engine.Scanner) (impact.Refusal, error) {
		var r impact.Refusal
		var at int64
		err := row.Scan(&r.ID, &r.Source, &r.Words, &r.Reason, &r.Department, &at)
		r.At = engine.Time(at)
		return r, err
	}, `SELECT id, source, words, reason, department, at FROM impact_refusals WHERE at >= $1 AND at < $2 ORDER BY at, id COLLATE "C"`,
		engine.Micros(from), engine.Micros(to))
}

type choices struct{ db *engine.DB }

// choicesText is how settings are stored.
type choicesText struct {
	Minutes int    `json:"minutes"`
	Method  string `json:"method"`
	Partial bool   `json:"partial"`
}

// Get implements impact.Choices.
func (s choices) Get(ctx context.Context) (impact.Settings, error) {
	var text string
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		text, err = setting(ctx, tx, choicesKey)
		return err
	})
	if err != nil || text == "" {
		return impact.Settings{}, err
	}
	kept, err := engine.FromJSON[choicesText](text)
	return impact.Settings(kept), err
}

// Set implements impact.Choices.
func (s choices) Set(ctx context.Context, settings impact.Settings) error {
	text, err := engine.ToJSON(choicesText(settings))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error { return saveSetting(ctx, tx, choicesKey, text) })
}
