package digeststore

import (
	"context"
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type credits struct {
	db    *engine.DB
	clock bot.Clock
}

// Choice implements digests.Credits.
func (s *credits) Choice(ctx context.Context, account bot.AccountID) (digests.Choice, error) {
	var choice digests.Choice
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		people, _, err := whos(ctx, tx, []string{string(account)})
		choice = people[account].Choice
		return err
	})
	return choice, err
}

// mates are the accounts of one person.
const mates = `(account = $1 OR account IN (SELECT id FROM accounts WHERE person_id = (SELECT person_id FROM accounts WHERE id = $1)))`

// Choose implements digests.Credits.
func (s *credits) Choose(ctx context.Context, account bot.AccountID, choice digests.Choice, at time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO credits (account, choice, at) VALUES ($1, $2, $3)
			ON CONFLICT (account) DO UPDATE SET choice = excluded.choice, at = excluded.at WHERE excluded.at >= credits.at`,
			string(account), string(choice), engine.Micros(at))
		if err != nil {
			return fmt.Errorf("keep a choice: %w", err)
		}
		people, _, err := whos(ctx, tx, []string{string(account)})
		if err != nil || people[account].Choice != choice {
			return err
		}
		switch choice {
		case digests.LeftOut:
			_, err = tx.Exec(ctx, `UPDATE edition_shares SET gone = 'share' WHERE gone <> 'share' AND `+mates, string(account))
		case digests.Unnamed:
			_, err = tx.Exec(ctx, `UPDATE edition_shares SET gone = 'name' WHERE gone = '' AND `+mates, string(account))
		}
		return err
	})
}

// Told implements digests.Credits.
func (s *credits) Told(ctx context.Context, persons []bot.PersonID) (map[bot.PersonID]bool, error) {
	told := map[bot.PersonID]bool{}
	keys := unique(persons, func(p bot.PersonID) string { return string(p) })
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, query := range []string{
			`SELECT person FROM credits_told WHERE person IN (`,
			`SELECT a.person_id FROM credits c JOIN accounts a ON a.id = c.account WHERE a.person_id IN (`,
		} {
			err := collect(ctx, tx, engine.Value[string], query, keys, func(person string) { told[bot.PersonID(person)] = true })
			if err != nil {
				return err
			}
		}
		return nil
	})
	return told, err
}

// Tell implements digests.Credits.
func (s *credits) Tell(ctx context.Context, persons []bot.PersonID, deliveries []bot.Delivery) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		var rows [][]any
		for _, person := range unique(persons, func(p bot.PersonID) string { return string(p) }) {
			rows = append(rows, []any{person})
		}
		if err := insert(ctx, tx, `INSERT INTO credits_told (person) VALUES `, rows, ` ON CONFLICT (person) DO NOTHING`); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
	})
}

type votes struct{ db *engine.DB }

// Vote implements digests.Votes.
func (s *votes) Vote(ctx context.Context, v digests.Vote) (bool, error) {
	var fresh bool
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		args := []any{v.Edition, v.Link, string(v.Account), v.Used, v.Note, engine.Micros(v.At)}
		n, err := tx.Exec(ctx, `INSERT INTO edition_votes (edition, link, account, used, note, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (edition, link, account, used) DO NOTHING`, args...)
		if fresh = n == 1; err != nil || fresh {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE edition_votes SET note = $5 WHERE edition = $1 AND link = $2 AND account = $3 AND used = $4`, args[:5]...)
		return err
	})
	return fresh, err
}

// Tally implements digests.Votes.
func (s *votes) Tally(ctx context.Context, edition string) (map[string]digests.Tally, error) {
	type row struct {
		link string
		used bool
		n    int
	}
	out := map[string]digests.Tally{}
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		rows, err := engine.All(ctx, tx, func(r engine.Scanner) (row, error) {
			var c row
			return c, r.Scan(&c.link, &c.used, &c.n)
		}, `SELECT v.link, v.used, count(DISTINCT coalesce(a.person_id, v.account)) FROM edition_votes v
			LEFT JOIN accounts a ON a.id = v.account WHERE v.edition = $1 GROUP BY v.link, v.used`, edition)
		for _, c := range rows {
			tally := out[digests.ItemID(c.link)]
			if c.used {
				tally.Used = c.n
			} else {
				tally.Useful = c.n
			}
			out[digests.ItemID(c.link)] = tally
		}
		return err
	})
	return out, err
}

type finds struct{ db *engine.DB }

// found is what of a find nobody looks for.
type found struct {
	Link digests.Link `json:"link"`
	Why  string       `json:"why,omitempty"`
}

const findQuery = `SELECT id, state, digest, edition, account, at, body FROM finds`

func scanFind(row engine.Scanner) (digests.Find, error) {
	var f digests.Find
	var at int64
	var text string
	if err := row.Scan(&f.ID, &f.State, &f.Digest, &f.Edition, &f.By, &at, &text); err != nil {
		return f, err
	}
	b, err := engine.FromJSON[found](text)
	f.At, f.Link, f.Why = engine.Time(at), b.Link, b.Why
	return f, err
}

func oneFind(ctx context.Context, tx *engine.Tx, id string) (digests.Find, error) {
	f, known, err := engine.One(ctx, tx, scanFind, findQuery+` WHERE id = $1`, id)
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return f, err
}

// Get implements digests.Finds.
func (s *finds) Get(ctx context.Context, id string) (digests.Find, error) {
	var f digests.Find
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		f, err = oneFind(ctx, tx, id)
		return err
	})
	return f, err
}

// List implements digests.Finds.
func (s *finds) List(ctx context.Context, states ...digests.FindState) ([]digests.Find, error) {
	args := make([]any, len(states))
	for i, state := range states {
		args[i] = string(state)
	}
	var list []digests.Find
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		list, err = engine.All(ctx, tx, scanFind, findQuery+` WHERE state IN (`+engine.In(len(states), 1)+`) ORDER BY at, id`, args...)
		return err
	})
	return list, err
}

// Add implements digests.Finds.
func (s *finds) Add(ctx context.Context, f digests.Find) (bool, error) {
	text, err := engine.ToJSON(found{Link: f.Link, Why: f.Why})
	if err != nil {
		return false, err
	}
	var fresh bool
	err = s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO finds (id, state, digest, edition, account, at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO NOTHING`, f.ID, string(f.State), f.Digest, f.Edition, string(f.By), engine.Micros(f.At), text)
		fresh = n == 1
		return err
	})
	return fresh, err
}

// Change implements digests.Finds.
func (s *finds) Change(ctx context.Context, id string, rule func(*digests.Find) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		f, err := oneFind(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := rule(&f); err != nil {
			return err
		}
		text, err := engine.ToJSON(found{Link: f.Link, Why: f.Why})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE finds SET state = $2, digest = $3, edition = $4, body = $5 WHERE id = $1`,
			f.ID, string(f.State), f.Digest, f.Edition, text)
		return err
	})
}
