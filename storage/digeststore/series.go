package digeststore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type series struct {
	db    *engine.DB
	clock bot.Clock
}

// body is what of a digest nobody looks for.
type body struct {
	Places     []bot.PlaceID `json:"places"`
	SkipDates  []string      `json:"skip_dates,omitempty"`
	SecondEyes bool          `json:"second_eyes,omitempty"`
	MaxItems   int           `json:"max_items,omitempty"`
	Paused     bool          `json:"paused,omitempty"`
}

const digestQuery = `SELECT id, slug, name, spec, zone, curator, deputy, undecided, body, created,
	EXISTS (SELECT 1 FROM persons p WHERE p.id = digests.curator AND p.inactive), EXISTS (SELECT 1 FROM persons p WHERE p.id = digests.deputy AND p.inactive)
	FROM digests`

func scanDigest(row engine.Scanner) (digests.Digest, error) {
	var d digests.Digest
	var text string
	var created int64
	err := row.Scan(&d.ID, &d.Slug, &d.Name, &d.Spec, &d.Zone, &d.Curator, &d.Deputy, &d.IfUndecided, &text, &created, &d.CuratorGone, &d.DeputyGone)
	if err != nil {
		return d, err
	}
	d.Created = engine.Time(created)
	b, err := engine.FromJSON[body](text)
	d.Places, d.SkipDates, d.SecondEyes, d.MaxItems, d.Paused = b.Places, b.SkipDates, b.SecondEyes, b.MaxItems, b.Paused
	return d, err
}

func digestValues(d digests.Digest) ([]any, error) {
	text, err := engine.ToJSON(body{Places: d.Places, SkipDates: d.SkipDates, SecondEyes: d.SecondEyes, MaxItems: d.MaxItems, Paused: d.Paused})
	return []any{d.ID, d.Slug, d.Name, d.Spec, d.Zone, string(d.Curator), string(d.Deputy), string(d.IfUndecided), text}, err
}

func oneDigest(ctx context.Context, tx *engine.Tx, id string) (digests.Digest, error) {
	d, known, err := engine.One(ctx, tx, scanDigest, digestQuery+` WHERE id = $1 OR slug = $1 ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END`, id)
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return d, err
}

// Get implements digests.Series.
func (s *series) Get(ctx context.Context, id string) (digests.Digest, error) {
	var d digests.Digest
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		d, err = oneDigest(ctx, tx, id)
		return err
	})
	return d, err
}

// List implements digests.Series.
func (s *series) List(ctx context.Context) ([]digests.Digest, error) {
	var list []digests.Digest
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		list, err = engine.All(ctx, tx, scanDigest, digestQuery+` ORDER BY name COLLATE "C", id`)
		return err
	})
	return list, err
}

// Add implements digests.Series.
func (s *series) Add(ctx context.Context, d digests.Digest, deliveries []bot.Delivery) error {
	args, err := digestValues(d)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO digests (id, slug, name, spec, zone, curator, deputy, undecided, body, created)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`, append(args, engine.Micros(d.Created))...)
		if err != nil {
			return fmt.Errorf("add a digest: %w", err)
		}
		if n == 0 {
			have, err := oneDigest(ctx, tx, d.ID)
			if err != nil || have.ID != d.ID {
				return digests.ErrDigestExists
			}
		}
		return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
	})
}

// Change implements digests.Series.
func (s *series) Change(ctx context.Context, id string, rule func(*digests.Digest) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		d, err := oneDigest(ctx, tx, id)
		if err != nil {
			return err
		}
		deliveries, err := rule(&d)
		if err != nil {
			return err
		}
		args, err := digestValues(d)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE digests SET slug = $2, name = $3, spec = $4, zone = $5, curator = $6, deputy = $7, undecided = $8, body = $9
			WHERE id = $1`, args...)
		if err != nil {
			return fmt.Errorf("change a digest: %w", err)
		}
		return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
	})
}
