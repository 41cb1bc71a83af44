package librarystore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type proposals struct{ *store }

const proposalQuery = `SELECT id, entry_id, reason, department, state, angle, leads, opened_at, decided_at, version FROM library_proposals`

func scanProposal(row engine.Scanner) (library.Proposal, error) {
	var p library.Proposal
	var leads string
	var opened, decided int64
	err := row.Scan(&p.ID, &p.Entry, &p.Reason, &p.Department, &p.State, &p.Angle, &leads, &opened, &decided, &p.Version)
	if err != nil {
		return p, err
	}
	p.Opened, p.Decided = engine.Time(opened), engine.Time(decided)
	p.Leads, err = engine.FromJSON[[]bot.PersonID](leads)
	return p, err
}

func (s proposals) Get(ctx context.Context, id string) (library.Proposal, error) {
	return get(ctx, s.db, scanProposal, proposalQuery+` WHERE id = $1`, id)
}

func (s proposals) List(ctx context.Context, states ...library.State) ([]library.Proposal, error) {
	query, args := proposalQuery, []any{}
	if len(states) > 0 {
		query += ` WHERE state IN (` + engine.In(len(states), 1) + `)`
		for _, state := range states {
			args = append(args, state)
		}
	}
	return list(ctx, s.db, scanProposal, query+` ORDER BY opened_at DESC, id COLLATE "C" DESC`, args...)
}

func (s proposals) Add(ctx context.Context, p library.Proposal, deliveries []bot.Delivery) (bool, error) {
	added := false
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		leads, err := engine.ToJSON(p.Leads)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO library_proposals (id, entry_id, reason, department, state, angle, leads, opened_at, decided_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
			p.ID, p.Entry, p.Reason, p.Department, p.State, p.Angle, leads, engine.Micros(p.Opened), engine.Micros(p.Decided), p.Version)
		if err != nil {
			return fmt.Errorf("keep a proposal: %w", err)
		}
		if added = n == 1; !added {
			return nil
		}
		return s.send(ctx, tx, deliveries)
	})
	return added, err
}

func (s proposals) Change(ctx context.Context, id string, rule func(*library.Proposal) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		p, err := one(ctx, tx, scanProposal, proposalQuery+` WHERE id = $1`, id)
		if err != nil {
			return err
		}
		deliveries, err := rule(&p)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE library_proposals SET state = $2, angle = $3, decided_at = $4, version = $5 WHERE id = $1`,
			id, p.State, p.Angle, engine.Micros(p.Decided), p.Version)
		if err != nil {
			return fmt.Errorf("keep a proposal: %w", err)
		}
		if p.Told != nil {
			if err := note(ctx, tx, library.Noted{Entry: p.Entry, Telling: *p.Told}); err != nil {
				return err
			}
		}
		if _, err := outbox.Cancel(ctx, tx, s.clock.Now(), p.Outdated()); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
}
