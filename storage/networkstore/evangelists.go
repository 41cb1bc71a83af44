package networkstore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage/internal/engine"
)

// theCall is the id of the one call.
const theCall = "call"

type evangelists struct{ *store }

// The question of a turn may have been cancelled for a reminder; what went out first
// is what was received.
const (
	turnFields = `coalesce(t.prompt, ''), coalesce(t.opened_at, 0),
		coalesce((SELECT min(n.at) FROM nudges n WHERE n.person_id = t.person_id AND n.key IN (t.message, t.message || '/2', t.message || '/3')), 0)`
	evangelistQuery = `SELECT e.person_id, e.part, e.pace, e.since, p.name, p.department, p.inactive, ` + turnFields + `
		FROM evangelists e JOIN persons p ON p.id = e.person_id LEFT JOIN network_turns t ON t.person_id = e.person_id`
)

func scanEvangelist(row engine.Scanner) (network.Evangelist, error) {
	var e network.Evangelist
	var since, opened, sent int64
	err := row.Scan(&e.Person, &e.Part, &e.Pace, &since, &e.Name, &e.Department, &e.Inactive, &e.Last.Prompt, &opened, &sent)
	e.Since, e.Last.Opened, e.Last.Sent = engine.Time(since), engine.Time(opened), engine.Time(sent)
	return e, err
}

func loadEvangelist(ctx context.Context, tx *engine.Tx, person bot.PersonID) (network.Evangelist, bool, error) {
	return engine.One(ctx, tx, scanEvangelist, evangelistQuery+` WHERE e.person_id = $1`, person)
}

func loadEvangelists(ctx context.Context, tx *engine.Tx) ([]network.Evangelist, error) {
	return engine.All(ctx, tx, scanEvangelist, evangelistQuery+` ORDER BY p.name COLLATE "C", p.id COLLATE "C"`)
}

func (s evangelists) Get(ctx context.Context, person bot.PersonID) (network.Evangelist, error) {
	return read(ctx, s.db, func(ctx context.Context, tx *engine.Tx) (network.Evangelist, bool, error) {
		return loadEvangelist(ctx, tx, person)
	})
}

func (s evangelists) List(ctx context.Context) ([]network.Evangelist, error) {
	var all []network.Evangelist
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = loadEvangelists(ctx, tx)
		return err
	})
	return all, err
}

func (s evangelists) Departments(ctx context.Context) ([]network.Department, error) {
	return list(ctx, s.db, func(row engine.Scanner) (network.Department, error) {
		var d network.Department
		err := row.Scan(&d.Name, &d.Colleagues)
		return d, err
	}, `SELECT p.department, count(*) FROM persons p
		WHERE p.department <> '' AND NOT p.inactive
		AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = p.id AND (a.bot OR a.external))
		GROUP BY p.department ORDER BY p.department COLLATE "C"`)
}

func (s evangelists) Change(ctx context.Context, person bot.PersonID, rule func(*network.Evangelist, *network.Call) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		member, err := memberOrNew(ctx, tx, person)
		if err != nil {
			return err
		}
		call, err := loadCall(ctx, tx)
		if err != nil {
			return err
		}
		was, before := member, call.Version
		deliveries, err := rule(&member, &call)
		if err != nil {
			return err
		}
		if err := saveEvangelist(ctx, tx, was, member); err != nil {
			return err
		}
		if call.Version != before {
			if err := saveCall(ctx, tx, call); err != nil {
				return err
			}
		}
		return s.send(ctx, tx, deliveries)
	})
}

// memberOrNew loads who has a part, or a person of the register without one.
func memberOrNew(ctx context.Context, tx *engine.Tx, person bot.PersonID) (network.Evangelist, error) {
	member, known, err := engine.One(ctx, tx, scanEvangelist, `SELECT p.id, coalesce(e.part, ''), coalesce(e.pace, ''), coalesce(e.since, 0), p.name, p.department, p.inactive, `+turnFields+`
		FROM persons p LEFT JOIN evangelists e ON e.person_id = p.id LEFT JOIN network_turns t ON t.person_id = p.id WHERE p.id = $1`, person)
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return member, err
}

func saveEvangelist(ctx context.Context, tx *engine.Tx, was, is network.Evangelist) error {
	if was.Part == is.Part && was.Pace == is.Pace && was.Since.Equal(is.Since) {
		return nil
	}
	var err error
	if is.Part == network.NoPart {
		_, err = tx.Exec(ctx, `DELETE FROM evangelists WHERE person_id = $1`, was.Person)
	} else {
		_, err = tx.Exec(ctx, `INSERT INTO evangelists (person_id, part, pace, since) VALUES ($1, $2, $3, $4)
			ON CONFLICT (person_id) DO UPDATE SET part = excluded.part, pace = excluded.pace, since = excluded.since`,
			was.Person, is.Part, is.Pace, engine.Micros(is.Since))
	}
	if err != nil {
		return fmt.Errorf("save somebody's part: %w", err)
	}
	return nil
}

type calls struct{ *store }

func loadCall(ctx context.Context, tx *engine.Tx) (network.Call, error) {
	call, _, err := engine.One(ctx, tx, func(row engine.Scanner) (network.Call, error) {
		var c network.Call
		var cards string
		if err := row.Scan(&c.Text, &c.Version, &cards); err != nil {
			return c, err
		}
		var err error
		c.Cards, err = engine.FromJSON[[]network.Card](cards)
		return c, err
	}, `SELECT words, version, cards FROM network_calls WHERE id = $1`, theCall)
	return call, err
}

func saveCall(ctx context.Context, tx *engine.Tx, call network.Call) error {
	cards, err := engine.ToJSON(call.Cards)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO network_calls (id, words, version, cards) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET words = excluded.words, version = excluded.version, cards = excluded.cards`,
		theCall, call.Text, call.Version, cards)
	if err != nil {
		return fmt.Errorf("save the call: %w", err)
	}
	return nil
}

func (s calls) Get(ctx context.Context) (network.Call, error) {
	var call network.Call
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		call, err = loadCall(ctx, tx)
		return err
	})
	return call, err
}

func (s calls) Change(ctx context.Context, rule func(*network.Call) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		call, err := loadCall(ctx, tx)
		if err != nil {
			return err
		}
		before := call.Version
		deliveries, err := rule(&call)
		if err != nil {
			return err
		}
		if call.Version != before {
			if err := saveCall(ctx, tx, call); err != nil {
				return err
			}
		}
		return s.send(ctx, tx, deliveries)
	})
}
