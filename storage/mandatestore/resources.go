package mandatestore

import (
	"context"
	"fmt"
	"strconv"

	"evangelist/bot"
	"evangelist/bot/mandates"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
)

type resources struct{ *store }

const resourceQuery = `SELECT id, source, person_id, what, purpose, needed_by, cost, outcome, reason, orphan, leads, late, asked_at, decided_on, days, version
	FROM mandate_resources`

func scanResource(row engine.Scanner) (mandates.Resource, error) {
	var r mandates.Resource
	var by, leads, decided string
	var asked int64
	err := row.Scan(&r.ID, &r.Source, &r.Person, &r.What, &r.For, &by, &r.Cost, &r.Outcome, &r.Reason, &r.Orphan, &leads, &r.Late, &asked, &decided, &r.Days, &r.Version)
	if err != nil {
		return r, err
	}
	r.Asked = engine.Time(asked)
	if r.By, err = date(by); err != nil {
		return r, err
	}
	if r.Decided, err = date(decided); err != nil {
		return r, err
	}
	r.Leads, err = engine.FromJSON[[]bot.PersonID](leads)
	return r, err
}

func (s resources) Get(ctx context.Context, id string) (mandates.Resource, error) {
	return first(list(ctx, s.db, scanResource, resourceQuery+` WHERE id = $1`, id))
}

func (s resources) List(ctx context.Context, person bot.PersonID, outcomes ...mandates.Outcome) ([]mandates.Resource, error) {
	query, args := resourceQuery+` WHERE 1 = 1`, []any(nil)
	if person != "" {
		args = append(args, person)
		query += ` AND person_id = $` + strconv.Itoa(len(args))
	}
	if len(outcomes) > 0 {
		query += ` AND outcome IN (` + engine.In(len(outcomes), len(args)+1) + `)`
		for _, outcome := range outcomes {
			args = append(args, outcome)
		}
	}
	return list(ctx, s.db, scanResource, query+newestFirst, args...)
}

func (s resources) Settled(ctx context.Context, from, to schedule.Date) ([]mandates.Resource, error) {
	return list(ctx, s.db, scanResource, resourceQuery+` WHERE decided_on >= $1 AND decided_on < $2 AND decided_on <> '' ORDER BY decided_on, id COLLATE "C"`, day(from), day(to))
}

func (s resources) Add(ctx context.Context, r mandates.Resource) (mandates.Resource, error) {
	var kept mandates.Resource
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		same, found, err := engine.One(ctx, tx, scanResource, resourceQuery+` WHERE source = $1`, r.Source)
		if err != nil || found {
			kept = same
			return err
		}
		if err := known(ctx, tx, r.Person); err != nil {
			return err
		}
		kept = r
		return saveResource(ctx, tx, r)
	})
	return kept, err
}

func (s resources) Change(ctx context.Context, id string, rule func(*mandates.Resource) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		r, found, err := engine.One(ctx, tx, scanResource, resourceQuery+` WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if !found {
			return bot.ErrNotFound
		}
		deliveries, err := rule(&r)
		if err != nil {
			return err
		}
		if err := saveResource(ctx, tx, r); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
}

func saveResource(ctx context.Context, tx *engine.Tx, r mandates.Resource) error {
	leads, err := engine.ToJSON(r.Leads)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO mandate_resources (id, source, person_id, what, purpose, needed_by, cost, outcome, reason, orphan, leads, late, asked_at, decided_on, days, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, what = excluded.what, purpose = excluded.purpose, needed_by = excluded.needed_by, cost = excluded.cost,
		  outcome = excluded.outcome, reason = excluded.reason, orphan = excluded.orphan, leads = excluded.leads, late = excluded.late, asked_at = excluded.asked_at,
		  decided_on = excluded.decided_on, days = excluded.days, version = excluded.version`,
		r.ID, r.Source, r.Person, r.What, r.For, day(r.By), r.Cost, r.Outcome, r.Reason, r.Orphan, leads, r.Late, engine.Micros(r.Asked), day(r.Decided), r.Days, r.Version)
	if err != nil {
		return fmt.Errorf("save what was asked for: %w", err)
	}
	return nil
}
