package rosterstore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/storage/internal/engine"
)

type guests struct{ *store }

const guestQuery = `SELECT person_id, last_at, said_no_at, refused, n, form_key, department, part, reason, invited_by, state, opened_at, again, joined, version
	FROM roster_guests`

func scanGuest(row engine.Scanner) (roster.Guest, error) {
	var g roster.Guest
	var last, saidNo, opened int64
	err := row.Scan(&g.Person, &last, &saidNo, &g.Refused, &g.N, &g.Key, &g.Department, &g.Part, &g.Reason, &g.By, &g.State, &opened, &g.Again, &g.Joined, &g.Version)
	g.Last, g.SaidNo, g.Opened = engine.Time(last), engine.Time(saidNo), engine.Time(opened)
	return g, err
}

func loadGuest(ctx context.Context, tx *engine.Tx, person bot.PersonID) (roster.Guest, error) {
	g, found, err := engine.One(ctx, tx, scanGuest, guestQuery+` WHERE person_id = $1`, person)
	if err == nil && !found {
		return roster.Guest{Person: person}, nil
	}
	return g, err
}

func saveGuest(ctx context.Context, tx *engine.Tx, g roster.Guest) error {
	_, err := tx.Exec(ctx, `INSERT INTO roster_guests (person_id, last_at, said_no_at, refused, n, form_key, department, part, reason, invited_by, state, opened_at, again, joined, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (person_id) DO UPDATE SET last_at = excluded.last_at, said_no_at = excluded.said_no_at, refused = excluded.refused, n = excluded.n,
		  form_key = excluded.form_key, department = excluded.department, part = excluded.part, reason = excluded.reason, invited_by = excluded.invited_by,
		  state = excluded.state, opened_at = excluded.opened_at, again = excluded.again, joined = excluded.joined, version = excluded.version`,
		g.Person, engine.Micros(g.Last), engine.Micros(g.SaidNo), g.Refused, g.N, g.Key, g.Department, g.Part, g.Reason, g.By, g.State, engine.Micros(g.Opened), g.Again, g.Joined, g.Version)
	if err != nil {
		return fmt.Errorf("save who was asked: %w", err)
	}
	return nil
}

func (s guests) Get(ctx context.Context, person bot.PersonID) (roster.Guest, error) {
	var g roster.Guest
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		g, err = loadGuest(ctx, tx, person)
		return err
	})
	return g, err
}

func (s guests) List(ctx context.Context) ([]roster.Guest, error) {
	return list(ctx, s.db, scanGuest, guestQuery+` ORDER BY person_id COLLATE "C"`)
}

func (s guests) Change(ctx context.Context, person bot.PersonID, rule func(*roster.Guest) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		was, err := guestOr(ctx, tx, person)
		if err != nil {
			return err
		}
		is := was
		deliveries, err := rule(&is)
		if err != nil {
			return err
		}
		if is != was {
			if err := saveGuest(ctx, tx, is); err != nil {
				return err
			}
		}
		return s.send(ctx, tx, is.Outdated(), deliveries)
	})
}
