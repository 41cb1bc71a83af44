package networkstore

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage/internal/engine"
)

type questions struct{ *store }

func loadQuestion(ctx context.Context, tx *engine.Tx, id string) (network.Question, bool, error) {
	return engine.One(ctx, tx, func(row engine.Scanner) (network.Question, error) {
		q := network.Question{ID: id}
		err := row.Scan(&q.Text, &q.Rhythm)
		return q, err
	}, `SELECT words, rhythm FROM network_questions WHERE id = $1`, id)
}

func (s questions) Get(ctx context.Context, id string) (network.Question, error) {
	return read(ctx, s.db, func(ctx context.Context, tx *engine.Tx) (network.Question, bool, error) {
		return loadQuestion(ctx, tx, id)
	})
}

func (s questions) Change(ctx context.Context, id string, rule func(*network.Question) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		question, known, err := loadQuestion(ctx, tx, id)
		if err != nil {
			return err
		}
		if !known {
			question = network.Question{ID: id}
		}
		deliveries, err := rule(&question)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO network_questions (id, words, rhythm) VALUES ($1, $2, $3)
			ON CONFLICT (id) DO UPDATE SET words = excluded.words, rhythm = excluded.rhythm`, id, question.Text, question.Rhythm)
		if err != nil {
			return fmt.Errorf("save a question: %w", err)
		}
		return s.send(ctx, tx, deliveries)
	})
}

type rounds struct{ *store }

const roundQuery = `SELECT id, question, slot, words, opened_at FROM network_rounds`

func scanRound(row engine.Scanner) (network.Round, error) {
	var r network.Round
	var opened int64
	err := row.Scan(&r.ID, &r.Question, &r.Slot, &r.Text, &opened)
	r.Opened = engine.Time(opened)
	return r, err
}

func (s rounds) Get(ctx context.Context, id string) (network.Round, error) {
	return read(ctx, s.db, func(ctx context.Context, tx *engine.Tx) (network.Round, bool, error) {
		return engine.One(ctx, tx, scanRound, roundQuery+` WHERE id = $1`, id)
	})
}

var errOpen = errors.New("the round is open already")

func (s rounds) Open(ctx context.Context, question, slot string, rule func(*network.Opening) ([]bot.Delivery, error)) (int, error) {
	asked := 0
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		asked = 0
		opening, err := loadOpening(ctx, tx, question, slot)
		if errors.Is(err, errOpen) {
			return nil
		}
		if err != nil {
			return err
		}
		deliveries, err := rule(&opening)
		if err != nil {
			return err
		}
		if err := s.saveOpening(ctx, tx, opening); err != nil {
			return err
		}
		asked = len(opening.Asks)
		return s.send(ctx, tx, deliveries)
	})
	return asked, err
}

func loadOpening(ctx context.Context, tx *engine.Tx, question, slot string) (network.Opening, error) {
	var o network.Opening
	_, exists, err := engine.One(ctx, tx, engine.Value[string], `SELECT id FROM network_rounds WHERE question = $1 AND slot = $2`, question, slot)
	if err != nil {
		return o, err
	}
	if exists {
		return o, errOpen
	}
	saved, known, err := loadQuestion(ctx, tx, question)
	if err != nil {
		return o, err
	}
	if o.Question = saved; !known {
		o.Question = network.Question{ID: question, Text: network.DefaultQuestion}
	}
	latest, known, err := engine.One(ctx, tx, scanRound, roundQuery+` WHERE question = $1 ORDER BY opened_at DESC, id LIMIT 1`, question)
	if err != nil {
		return o, err
	}
	if known {
		o.Latest = &latest
	}
	if o.Members, err = loadEvangelists(ctx, tx); err != nil {
		return o, err
	}
	o.Waiting, err = engine.All(ctx, tx, scanAsk, askQuery+` WHERE r.question = $1 ORDER BY a.round_id, a.person_id`, question)
	return o, err
}

func (s rounds) saveOpening(ctx context.Context, tx *engine.Tx, o network.Opening) error {
	r := o.Round
	_, err := tx.Exec(ctx, `INSERT INTO network_rounds (id, question, slot, words, opened_at) VALUES ($1, $2, $3, $4, $5)`,
		r.ID, r.Question, r.Slot, r.Text, engine.Micros(r.Opened))
	if err != nil {
		return fmt.Errorf("save a round: %w", err)
	}
	for _, ask := range o.Asks {
		_, err := tx.Exec(ctx, `INSERT INTO network_asks (round_id, person_id, part, state, reminders, next_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			ask.Round, ask.Person, ask.Part, ask.State, ask.Reminders, engine.Micros(ask.Next))
		if err != nil {
			return fmt.Errorf("save whom a round asks: %w", err)
		}
	}
	for _, ask := range o.Waiting {
		if err := s.saveAsk(ctx, tx, ask); err != nil {
			return err
		}
	}
	return nil
}
