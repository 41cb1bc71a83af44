// Package issuestore keeps the report as a series: when it is due, and its issues
// with what was approved. The rules are in package issues; here they are only
// called.
package issuestore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/impact/issues"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the Stores of the series in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) issues.Stores {
	return issues.Stores{Series: shelf{db}, Issues: keeper{db, clock}}
}

type shelf struct{ db *engine.DB }

const seriesID = "report"

func (s shelf) Get(ctx context.Context) (issues.Series, error) {
	var series issues.Series
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		series, _, err = engine.One(ctx, tx, func(row engine.Scanner) (issues.Series, error) {
			var one issues.Series
			var since int64
			err := row.Scan(&one.Spec, &one.Zone, &one.Place, &one.Lead, &one.Deputy, &since)
			one.Since = engine.Time(since)
			return one, err
		}, `SELECT spec, zone, place, lead, deputy, since FROM report_series WHERE id = $1`, seriesID)
		return err
	})
	return series, err
}

func (s shelf) Set(ctx context.Context, series issues.Series) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO report_series (id, spec, zone, place, lead, deputy, since) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO UPDATE SET spec = excluded.spec, zone = excluded.zone, place = excluded.place, lead = excluded.lead,
			  deputy = excluded.deputy, since = excluded.since`,
			seriesID, series.Spec, series.Zone, series.Place, series.Lead, series.Deputy, engine.Micros(series.Since))
		if err != nil {
			return fmt.Errorf("save the series of reports: %w", err)
		}
		return nil
	})
}

type keeper struct {
	db    *engine.DB
	clock bot.Clock
}

const columns = `id, slot, event, first_day, last_day, state, version, place, lead, deputy, asked, words, revision, hash, champions, copies,
	objections, steps, stage, reason, decided_by, due_at, since_at, publish_at, published_at`

func scan(row engine.Scanner) (issues.Issue, error) {
	var i issues.Issue
	var asked, words, content, champions, copies, objections, steps string
	var due, since, publish, published int64
	err := row.Scan(&i.ID, &i.Slot, &i.Event, &i.From, &i.To, &i.State, &i.Version, &i.Place, &i.Lead, &i.Deputy, &asked, &words, &i.Revision.Number, &i.Revision.Hash,
		&champions, &copies, &objections, &steps, &i.Stage, &i.Reason, &i.By, &due, &since, &publish, &published, &content)
	if err != nil {
		return i, err
	}
	i.Due, i.Since, i.PublishAt, i.Published = engine.Time(due), engine.Time(since), engine.Time(publish), engine.Time(published)
	for _, err := range []error{
		into(asked, &i.Asked), into(words, &i.Words), into(content, &i.Revision.Content), into(champions, &i.Champions), into(copies, &i.Copies),
		into(objections, &i.Objections), into(steps, &i.Steps),
	} {
		if err != nil {
			return i, err
		}
	}
	return i, nil
}

func into[T any](text string, to *T) (err error) {
	*to, err = engine.FromJSON[T](text)
	return err
}

func load(ctx context.Context, tx *engine.Tx, id string) (issues.Issue, error) {
	i, found, err := engine.One(ctx, tx, scan, `SELECT `+columns+`, content FROM report_issues WHERE id = $1`, id)
	if err == nil && !found {
		err = bot.ErrNotFound
	}
	return i, err
}

func (k keeper) Get(ctx context.Context, id string) (issues.Issue, error) {
	var i issues.Issue
	err := k.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		i, err = load(ctx, tx, id)
		return err
	})
	return i, err
}

func (k keeper) List(ctx context.Context, states ...issues.State) ([]issues.Issue, error) {
	query, args := `SELECT `+columns+`, '' FROM report_issues`, []any{}
	if len(states) > 0 {
		query += ` WHERE state IN (` + engine.In(len(states), 1) + `)`
		for _, state := range states {
			args = append(args, state)
		}
	}
	var all []issues.Issue
	err := k.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, scan, query+` ORDER BY first_day DESC, id COLLATE "C"`, args...)
		return err
	})
	return all, err
}

func (k keeper) Add(ctx context.Context, i issues.Issue, deliveries []bot.Delivery) (issues.Issue, error) {
	var kept issues.Issue
	err := k.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		added, err := tx.Exec(ctx, `INSERT INTO report_issues (id, slot, event, first_day, last_day, state, version, place, lead, deputy, asked, words, revision, content, hash,
			champions, copies, objections, steps, stage, reason, decided_by, due_at, since_at, publish_at, published_at)
			VALUES ($1, $2, $3, $4, $5, $6, 0, '', '', '', '', '', 0, '', '', '', '', '', '', 0, '', '', 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING`,
			i.ID, i.Slot, i.Event, i.From, i.To, i.State)
		if err != nil {
			return fmt.Errorf("add a report: %w", err)
		}
		if added > 0 {
			if err := save(ctx, tx, i); err != nil {
				return err
			}
			if err := outbox.Add(ctx, tx, k.clock.Now(), deliveries); err != nil {
				return err
			}
		}
		kept, err = load(ctx, tx, i.ID)
		return err
	})
	return kept, err
}

func (k keeper) Change(ctx context.Context, id string, rule func(*issues.Issue) ([]bot.Delivery, error)) error {
	return k.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		i, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		deliveries, err := rule(&i)
		if err != nil {
			return err
		}
		if err := save(ctx, tx, i); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, k.clock.Now(), deliveries)
	})
}

func save(ctx context.Context, tx *engine.Tx, i issues.Issue) error {
	var texts []any
	for _, part := range []any{i.Asked, i.Words, i.Revision.Content, i.Champions, i.Copies, i.Objections, i.Steps} {
		text, err := engine.ToJSON(part)
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	if i.Revision.Hash == "" {
		texts[2] = ""
	}
	_, err := tx.Exec(ctx, `UPDATE report_issues SET state = $2, version = $3, place = $4, lead = $5, deputy = $6, asked = $7, words = $8, content = $9, champions = $10,
		copies = $11, objections = $12, steps = $13, revision = $14, hash = $15, stage = $16, reason = $17, decided_by = $18, due_at = $19, since_at = $20,
		publish_at = $21, published_at = $22 WHERE id = $1`,
		i.ID, i.State, i.Version, i.Place, i.Lead, i.Deputy, texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], i.Revision.Number, i.Revision.Hash,
		i.Stage, i.Reason, i.By, engine.Micros(i.Due), engine.Micros(i.Since), engine.Micros(i.PublishAt), engine.Micros(i.Published))
	if err != nil {
		return fmt.Errorf("save a report: %w", err)
	}
	return nil
}
