package networkstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/storage/internal/engine"
)

type questions struct{ *store }

func loadQuestion(ctx context.Context, tx *engine.Tx, id string) (network.Question, bool, error) {
	return engine.One(ctx, tx, func(row engine.Scanner) (network.Question, error) {
		q := network.Question{ID: id}
		err := row.Scan(&q.Text, &q.Kind, &q.Used, &q.Rhythm)
		return q, err
	}, `SELECT words, kind, used, rhythm FROM network_questions WHERE id = $1`, id)
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
		if err := saveQuestion(ctx, tx, question); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
}

func saveQuestion(ctx context.Context, tx *engine.Tx, q network.Question) error {
	_, err := tx.Exec(ctx, `INSERT INTO network_questions (id, words, kind, used, rhythm) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET words = excluded.words, kind = excluded.kind, used = excluded.used, rhythm = excluded.rhythm`,
		q.ID, q.Text, q.Kind, q.Used, q.Rhythm)
	if err != nil {
		return fmt.Errorf("save a question: %w", err)
	}
	return nil
}

type prompts struct{ *store }

func loadSet(ctx context.Context, tx *engine.Tx) (network.Set, error) {
	kept, err := engine.All(ctx, tx, func(row engine.Scanner) (network.Prompt, error) {
		var p network.Prompt
		var added int64
		err := row.Scan(&p.ID, &p.Kind, &p.Text, &p.Paused, &added)
		p.Added = engine.Time(added)
		return p, err
	}, `SELECT id, kind, words, paused, added_at FROM network_prompts`)
	return network.SetOf(kept), err
}

func (s prompts) Get(ctx context.Context) (network.Set, error) {
	var set network.Set
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		set, err = loadSet(ctx, tx)
		return err
	})
	return set, err
}

func (s prompts) Change(ctx context.Context, rule func(*network.Set) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		set, err := loadSet(ctx, tx)
		if err != nil {
			return err
		}
		was := slices.Clone(set)
		if err := rule(&set); err != nil {
			return err
		}
		for _, p := range set {
			if slices.Contains(was, p) {
				continue
			}
			_, err := tx.Exec(ctx, `INSERT INTO network_prompts (id, kind, words, paused, added_at) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, words = excluded.words, paused = excluded.paused`,
				p.ID, p.Kind, p.Text, p.Paused, engine.Micros(p.Added))
			if err != nil {
				return fmt.Errorf("save a question of the set: %w", err)
			}
		}
		return nil
	})
}

type rounds struct{ *store }

const roundQuery = `SELECT id, question, slot, prompt, kind, words, opened_at FROM network_rounds`

func scanRound(row engine.Scanner) (network.Round, error) {
	var r network.Round
	var opened int64
	err := row.Scan(&r.ID, &r.Question, &r.Slot, &r.Prompt, &r.Kind, &r.Text, &opened)
	r.Opened = engine.Time(opened)
	return r, err
}

func (s rounds) Get(ctx context.Context, id string) (network.Round, error) {
	return read(ctx, s.db, func(ctx context.Context, tx *engine.Tx) (network.Round, bool, error) {
		return engine.One(ctx, tx, scanRound, roundQuery+` WHERE id = $1`, id)
	})
}

// pastRounds is how far back turns look.
const pastRounds = 60

func loadPast(ctx context.Context, tx *engine.Tx, question string) ([]network.Round, error) {
	return engine.All(ctx, tx, scanRound, roundQuery+` WHERE question = $1 ORDER BY opened_at DESC, slot COLLATE "C"`+engine.Limit(pastRounds), question)
}

func (s rounds) Past(ctx context.Context, question string) ([]network.Round, error) {
	var past []network.Round
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		past, err = loadPast(ctx, tx, question)
		return err
	})
	return past, err
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
		was := opening.Question
		deliveries, err := rule(&opening)
		if err != nil {
			return err
		}
		if opening.Question != was {
			if err := saveQuestion(ctx, tx, opening.Question); err != nil {
				return err
			}
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
		o.Question = network.Question{ID: question}
	}
	if o.Set, err = loadSet(ctx, tx); err != nil {
		return o, err
	}
	if o.Past, err = loadPast(ctx, tx, question); err != nil {
		return o, err
	}
	if o.Members, err = loadEvangelists(ctx, tx); err != nil {
		return o, err
	}
	o.Waiting, err = engine.All(ctx, tx, scanAsk, askQuery+` WHERE r.question = $1 ORDER BY a.round_id, a.person_id`, question)
	return o, err
}

func (s rounds) saveOpening(ctx context.Context, tx *engine.Tx, o network.Opening) error {
	for _, r := range o.Rounds {
		_, err := tx.Exec(ctx, `INSERT INTO network_rounds (id, question, slot, prompt, kind, words, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			r.ID, r.Question, r.Slot, r.Prompt, r.Kind, r.Text, engine.Micros(r.Opened))
		if err != nil {
			return fmt.Errorf("save a round: %w", err)
		}
	}
	for _, ask := range o.Asks {
		_, err := tx.Exec(ctx, `INSERT INTO network_asks (round_id, person_id, part, state, reminders, next_at, from_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			ask.Round, ask.Person, ask.Part, ask.State, ask.Reminders, engine.Micros(ask.Next), engine.Micros(ask.From))
		if err != nil {
			return fmt.Errorf("save whom a round asks: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO network_turns (person_id, prompt, message, opened_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (person_id) DO UPDATE SET prompt = excluded.prompt, message = excluded.message, opened_at = excluded.opened_at`,
			ask.Person, ask.Prompt, ask.Message(), engine.Micros(ask.Opened))
		if err != nil {
			return fmt.Errorf("save whose turn it was: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM network_turns WHERE opened_at < $1
		AND NOT EXISTS (SELECT 1 FROM evangelists e WHERE e.person_id = network_turns.person_id)`, engine.Micros(o.Forget))
	if err != nil {
		return fmt.Errorf("forget the turns of those who left: %w", err)
	}
	for _, ask := range o.Waiting {
		if err := s.saveAsk(ctx, tx, ask); err != nil {
			return err
		}
	}
	return nil
}
