// Package requeststore keeps what evangelists need. The rules are in package
// requests; here they are only called. A request is added with the answer that asks
// for it, by package networkstore.
package requeststore

import (
	"context"
	"fmt"
	"strings"

	"evangelist/bot"
	"evangelist/bot/requests"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

// New returns the requests in db. Clock dates the deliveries.
func New(db *engine.DB, clock bot.Clock) requests.Requests { return store{db, clock} }

type store struct {
	db    *engine.DB
	clock bot.Clock
}

const query = `SELECT r.id, r.title, r.words, r.person_id, r.state, r.owner, coalesce(p.name, ''), r.due, r.since_at, r.turn, r.warned, r.reason,
	r.opened_at, r.closed_at, r.cards, r.version FROM network_requests r LEFT JOIN persons p ON p.id = r.owner`

func scan(row engine.Scanner) (requests.Request, error) {
	var r requests.Request
	var due, cards string
	var since, opened, closed int64
	err := row.Scan(&r.ID, &r.Title, &r.Words, &r.Asker, &r.State, &r.Owner, &r.OwnerName, &due, &since, &r.Turn, &r.Warned, &r.Reason,
		&opened, &closed, &cards, &r.Version)
	if err != nil {
		return r, err
	}
	r.Since, r.Opened, r.Closed = engine.Time(since), engine.Time(opened), engine.Time(closed)
	if r.State == requests.Open && r.Owner != "" {
		r.State = requests.Taken
	}
	if due != "" {
		if r.Due, err = schedule.ParseDate(due); err != nil {
			return r, err
		}
	}
	r.Cards, err = engine.FromJSON[[]requests.Card](cards)
	if len(r.Cards) == 0 {
		r.Cards = nil
	}
	return r, err
}

func load(ctx context.Context, tx *engine.Tx, id string) (requests.Request, error) {
	r, known, err := engine.One(ctx, tx, scan, query+` WHERE r.id = $1`, id)
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return r, err
}

func (s store) Get(ctx context.Context, id string) (requests.Request, error) {
	var r requests.Request
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		r, err = load(ctx, tx, id)
		return err
	})
	return r, err
}

// kept is how a state is found. Taken is an open one with an owner.
func kept(state requests.State) string {
	switch state {
	case requests.Open:
		return `(r.state = 'open' AND r.owner = '')`
	case requests.Taken:
		return `(r.state = 'open' AND r.owner <> '')`
	case requests.Met:
		return `r.state = 'met'`
	default:
		return `r.state = 'refused'`
	}
}

func (s store) List(ctx context.Context, limit int, states ...requests.State) ([]requests.Request, error) {
	text := query
	var any []string
	for _, state := range states {
		any = append(any, kept(state))
	}
	if len(any) > 0 {
		text += ` WHERE ` + strings.Join(any, ` OR `)
	}
	var all []requests.Request
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, scan, text+` ORDER BY r.opened_at DESC, r.id COLLATE "C" DESC`+engine.Limit(limit))
		return err
	})
	return all, err
}

func (s store) Change(ctx context.Context, id string, rule func(*requests.Request) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		r, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		deliveries, err := rule(&r)
		if err != nil {
			return err
		}
		state, due := r.State, ""
		if state == requests.Taken {
			state = requests.Open
		}
		if !r.Due.IsZero() {
			due = r.Due.String()
		}
		cards, err := engine.ToJSON(r.Cards)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE network_requests SET state = $2, owner = $3, due = $4, since_at = $5, turn = $6, warned = $7, reason = $8,
			closed_at = $9, cards = $10, version = $11 WHERE id = $1`,
			id, state, r.Owner, due, engine.Micros(r.Since), r.Turn, r.Warned, r.Reason, engine.Micros(r.Closed), cards, r.Version)
		if err != nil {
			return fmt.Errorf("save a request: %w", err)
		}
		return outbox.Add(ctx, tx, s.clock.Now(), deliveries)
	})
}
