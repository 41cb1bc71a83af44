package networkstore

import (
	"context"
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type asks struct{ *store }

const askQuery = `SELECT a.round_id, a.person_id, a.part, a.state, a.reminders, a.next_at, a.from_at, r.opened_at, r.prompt, r.kind, r.words
	FROM network_asks a JOIN network_rounds r ON r.id = a.round_id`

func scanAsk(row engine.Scanner) (network.Ask, error) {
	var a network.Ask
	var next, from, opened int64
	err := row.Scan(&a.Round, &a.Person, &a.Part, &a.State, &a.Reminders, &next, &from, &opened, &a.Prompt, &a.Kind, &a.Text)
	a.Next, a.Opened = engine.Time(next), engine.Time(opened)
	a.From = engine.Time(max(from, opened)) // 0 where an earlier program asked
	return a, err
}

func loadAsk(ctx context.Context, tx *engine.Tx, id string) (network.Ask, bool, error) {
	round, person, ok := network.SplitAskID(id)
	if !ok {
		return network.Ask{}, false, nil
	}
	return engine.One(ctx, tx, scanAsk, askQuery+` WHERE a.round_id = $1 AND a.person_id = $2`, round, person)
}

func (s asks) Get(ctx context.Context, id string) (network.Ask, error) {
	return read(ctx, s.db, func(ctx context.Context, tx *engine.Tx) (network.Ask, bool, error) { return loadAsk(ctx, tx, id) })
}

func (s asks) Of(ctx context.Context, person bot.PersonID) ([]network.Ask, error) {
	return list(ctx, s.db, scanAsk, askQuery+` WHERE a.person_id = $1 ORDER BY r.opened_at DESC, a.round_id`, person)
}

func (s asks) Due(ctx context.Context, now time.Time, limit int) ([]string, time.Time, error) {
	var ids []string
	var next time.Time
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		due, err := engine.All(ctx, tx, scanAsk, askQuery+` WHERE a.next_at <= $1 OR EXISTS (SELECT 1 FROM persons p WHERE p.id = a.person_id AND p.inactive) ORDER BY a.next_at, a.round_id, a.person_id`+engine.Limit(limit), engine.Micros(now))
		if err != nil {
			return err
		}
		ids = ids[:0]
		for _, ask := range due {
			ids = append(ids, ask.ID())
		}
		later, _, err := engine.One(ctx, tx, engine.Value[int64], `SELECT coalesce(min(next_at), 0) FROM network_asks WHERE next_at > $1`, engine.Micros(now))
		next = engine.Time(later)
		return err
	})
	return ids, next, err
}

func (s asks) Change(ctx context.Context, id string, rule func(*network.Ask, *network.Evangelist) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		ask, known, err := loadAsk(ctx, tx, id)
		if err != nil {
			return err
		}
		if !known {
			return bot.ErrNotFound
		}
		var member *network.Evangelist
		switch found, with, err := loadEvangelist(ctx, tx, ask.Person); {
		case err != nil:
			return err
		case with:
			member = &found
		}
		deliveries, err := rule(&ask, member)
		if err != nil {
			return err
		}
		if err := s.saveAsk(ctx, tx, ask); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
}

// saveAsk keeps an ask with what it became, forgets a lapsed one, and cancels the
// messages that are out of date.
func (s *store) saveAsk(ctx context.Context, tx *engine.Tx, ask network.Ask) error {
	var err error
	if ask.State == network.Lapsed {
		_, err = tx.Exec(ctx, `DELETE FROM network_asks WHERE round_id = $1 AND person_id = $2`, ask.Round, ask.Person)
	} else {
		_, err = tx.Exec(ctx, `UPDATE network_asks SET state = $3, reminders = $4, next_at = $5 WHERE round_id = $1 AND person_id = $2`,
			ask.Round, ask.Person, ask.State, ask.Reminders, engine.Micros(ask.Next))
	}
	if err != nil {
		return fmt.Errorf("save what was asked: %w", err)
	}
	if ask.Learning != nil {
		if err := addLearning(ctx, tx, *ask.Learning); err != nil {
			return err
		}
	}
	if ask.Need != nil {
		if err := addNeed(ctx, tx, *ask.Need); err != nil {
			return err
		}
	}
	_, err = outbox.Cancel(ctx, tx, s.clock.Now(), ask.Outdated())
	return err
}
