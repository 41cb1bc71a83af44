package courierstore

import (
	"context"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/internal/engine"
)

// Reader implements courier.Register.
func (s *store) Reader(ctx context.Context, id bot.PersonID) (r courier.Reader, err error) {
	scan := func(row engine.Scanner) (bot.Person, error) {
		var p bot.Person
		var contact string
		err := row.Scan(&p.ID, &p.Name, &p.Inactive, &contact)
		if err == nil {
			p.Contact, err = engine.FromJSON[bot.Contact](contact)
		}
		return p, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		var found bool
		r.Person, found, err = engine.One(ctx, tx, scan, "SELECT id, name, inactive, contact FROM persons WHERE id = $1", id)
		if err != nil {
			return err
		}
		if !found {
			return bot.ErrNotFound
		}
		r.Accounts, err = engine.All(ctx, tx, scanAccount,
			`SELECT id, person_id, name, inactive, external, bot FROM accounts WHERE person_id = $1 ORDER BY id COLLATE "C"`, id)
		return err
	})
	return r, err
}

func scanAccount(row engine.Scanner) (bot.Account, error) {
	var a bot.Account
	err := row.Scan(&a.ID, &a.Person, &a.Name, &a.Inactive, &a.External, &a.Bot)
	return a, err
}

// Place implements courier.Register.
func (s *store) Place(ctx context.Context, id bot.PlaceID) (p bot.Place, err error) {
	scan := func(row engine.Scanner) (bot.Place, error) {
		var p bot.Place
		err := row.Scan(&p.ID, &p.Name, &p.Kind, &p.Member, &p.External, &p.Confirmed, &p.Archived)
		return p, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		var found bool
		p, found, err = engine.One(ctx, tx, scan, "SELECT id, name, kind, member, external, confirmed, archived FROM places WHERE id = $1", id)
		if err == nil && !found {
			return bot.ErrNotFound
		}
		return err
	})
	return p, err
}

// Setting implements courier.Register.
func (s *store) Setting(ctx context.Context, name string) (value string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		value, _, err = engine.One(ctx, tx, engine.Value[string], "SELECT value FROM installation WHERE key = $1", name)
		return err
	})
	return value, err
}

// Settle implements courier.Register.
func (s *store) Settle(ctx context.Context, name, value string, replace bool) (stored string, err error) {
	q := "INSERT INTO installation (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING"
	if replace {
		q = "INSERT INTO installation (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, q, name, value); err != nil {
			return err
		}
		stored, _, err = engine.One(ctx, tx, engine.Value[string], "SELECT value FROM installation WHERE key = $1", name)
		return err
	})
	return stored, err
}

// Used implements courier.Register.
func (s *store) Used(ctx context.Context, id bot.PersonID, at time.Time) error {
	day := at.UTC().Truncate(24 * time.Hour)
	monday := engine.Micros(day.AddDate(0, 0, -(int(day.Weekday())+6)%7))
	known := false
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		var week int64
		var err error
		week, known, err = engine.One(ctx, tx, engine.Value[int64], "SELECT week FROM contacts WHERE person_id = $1", id)
		known = known && week >= monday
		return err
	})
	if err != nil || known {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO contacts (person_id, week) VALUES ($1, $2)
			ON CONFLICT (person_id) DO UPDATE SET week = excluded.week WHERE contacts.week < excluded.week`, id, monday)
		return err
	})
}
