package mandatestore

import (
	"context"
	"fmt"
	"strconv"

	"evangelist/bot"
	"evangelist/bot/mandates"
	"evangelist/storage/internal/engine"
)

type letters struct{ *store }

const letterQuery = `SELECT id, source, person_id, COALESCE(signer_id, ''), state, wish_time, freedoms, words, wishes, question, orphan, offered, declined,
	told, asked_at, signed_at, until_at, version FROM mandates`

const newestFirst = ` ORDER BY asked_at DESC, id COLLATE "C" DESC`

func scanLetter(row engine.Scanner) (mandates.Mandate, error) {
	var m mandates.Mandate
	var freedoms string
	var asked, signed, until int64
	err := row.Scan(&m.ID, &m.Source, &m.Person, &m.Signer, &m.State, &m.Amount, &freedoms, &m.Words, &m.Wishes, &m.Question, &m.Orphan, &m.Offered, &m.Declined,
		&m.Told, &asked, &signed, &until, &m.Version)
	if err != nil {
		return m, err
	}
	m.Asked, m.Signed, m.Until = engine.Time(asked), engine.Time(signed), engine.Time(until)
	m.Freedoms, err = engine.FromJSON[[]string](freedoms)
	return m, err
}

func (s letters) Get(ctx context.Context, id string) (mandates.Mandate, error) {
	return first(list(ctx, s.db, scanLetter, letterQuery+` WHERE id = $1`, id))
}

func (s letters) List(ctx context.Context, f mandates.Filter) ([]mandates.Mandate, error) {
	query, args := letterQuery+` WHERE 1 = 1`, []any(nil)
	and := func(column string, value any) {
		args = append(args, value)
		query += ` AND ` + column + ` = $` + strconv.Itoa(len(args))
	}
	if f.Person != "" {
		and("person_id", f.Person)
	}
	if f.Signer != "" {
		and("signer_id", f.Signer)
	}
	if len(f.States) > 0 {
		query += ` AND state IN (` + engine.In(len(f.States), len(args)+1) + `)`
		for _, state := range f.States {
			args = append(args, state)
		}
	}
	return list(ctx, s.db, scanLetter, query+newestFirst, args...)
}

func (s letters) Add(ctx context.Context, m mandates.Mandate, deliveries []bot.Delivery) (mandates.Mandate, error) {
	var kept mandates.Mandate
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		same, found, err := engine.One(ctx, tx, scanLetter, letterQuery+` WHERE source = $1`, m.Source)
		if err != nil || found {
			kept = same
			return err
		}
		if err := known(ctx, tx, m.Person); err != nil {
			return err
		}
		_, taken, err := engine.One(ctx, tx, engine.Value[string], `SELECT id FROM mandates WHERE open_for = $1`, m.Person)
		if err != nil {
			return err
		}
		if taken {
			return mandates.ErrOpen
		}
		_, err = tx.Exec(ctx, `INSERT INTO mandates (id, source, person_id, open_for, signer_id, state, wish_time, freedoms, words, wishes, question, orphan, offered, declined,
			told, asked_at, signed_at, until_at, version) VALUES ($1, $2, $3, NULL, NULL, $4, '', '', '', 0, '', $5, $5, $5, 0, 0, 0, 0, 0)`,
			m.ID, m.Source, m.Person, m.State, false)
		if err != nil {
			return fmt.Errorf("save a mandate: %w", err)
		}
		if err := saveLetter(ctx, tx, m); err != nil {
			return err
		}
		kept = m
		return s.send(ctx, tx, deliveries)
	})
	if engine.UniqueViolation(err) { // somebody else was quicker by a moment
		return mandates.Mandate{}, mandates.ErrOpen
	}
	return kept, err
}

func (s letters) Change(ctx context.Context, id string, rule func(*mandates.Mandate) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		m, found, err := engine.One(ctx, tx, scanLetter, letterQuery+` WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if !found {
			return bot.ErrNotFound
		}
		deliveries, err := rule(&m)
		if err != nil {
			return err
		}
		if err := saveLetter(ctx, tx, m); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
}

// orNull is NULL for nobody.
func orNull(person bot.PersonID) any {
	if person == "" {
		return nil
	}
	return string(person)
}

func saveLetter(ctx context.Context, tx *engine.Tx, m mandates.Mandate) error {
	freedoms, err := engine.ToJSON(m.Freedoms)
	if err != nil {
		return err
	}
	var openFor any
	if m.State == mandates.Asked || m.State == mandates.Returned {
		openFor = string(m.Person)
	}
	_, err = tx.Exec(ctx, `UPDATE mandates SET open_for = $2, signer_id = $3, state = $4, wish_time = $5, freedoms = $6, words = $7, wishes = $8, question = $9,
		orphan = $10, offered = $11, declined = $12, told = $13, asked_at = $14, signed_at = $15, until_at = $16, version = $17 WHERE id = $1`,
		m.ID, openFor, orNull(m.Signer), m.State, m.Amount, freedoms, m.Words, m.Wishes, m.Question,
		m.Orphan, m.Offered, m.Declined, m.Told, engine.Micros(m.Asked), engine.Micros(m.Signed), engine.Micros(m.Until), m.Version)
	if err != nil {
		return fmt.Errorf("save a mandate: %w", err)
	}
	return nil
}
