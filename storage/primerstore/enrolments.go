package primerstore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/primer"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type enrolments struct{ *store }

const enrolmentQuery = `SELECT person_id, state, own, run, begun_at, steps, last_lesson, queued_at, sent_at, lost, version FROM primer_enrolments`

func scanEnrolment(row engine.Scanner) (primer.Enrolment, error) {
	var e primer.Enrolment
	var steps string
	var begun, queued, sent int64
	if err := row.Scan(&e.Person, &e.State, &e.Own, &e.Run, &begun, &steps, &e.Last, &queued, &sent, &e.Lost, &e.Version); err != nil {
		return e, err
	}
	e.Begun, e.Queued, e.Sent = engine.Time(begun), engine.Time(queued), engine.Time(sent)
	var err error
	e.Steps, err = engine.FromJSON[[]primer.Step](steps)
	return e, err
}

// load reads an enrolment; found is false, and the state None, when nothing is kept.
func load(ctx context.Context, tx *engine.Tx, person bot.PersonID) (e primer.Enrolment, found bool, err error) {
	e, found, err = engine.One(ctx, tx, scanEnrolment, enrolmentQuery+` WHERE person_id = $1`, person)
	if err == nil && !found {
		e = primer.Enrolment{Person: person}
	}
	return e, found, err
}

func (s enrolments) Get(ctx context.Context, person bot.PersonID) (primer.Enrolment, error) {
	var e primer.Enrolment
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		e, _, err = load(ctx, tx, person)
		return err
	})
	return e, err
}

func (s enrolments) List(ctx context.Context, states ...primer.State) ([]primer.Enrolment, error) {
	query, args := enrolmentQuery, []any(nil)
	if len(states) > 0 {
		query += ` WHERE state IN (` + engine.In(len(states), 1) + `)`
		for _, state := range states {
			args = append(args, state)
		}
	}
	var all []primer.Enrolment
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = engine.All(ctx, tx, scanEnrolment, query+` ORDER BY person_id COLLATE "C"`, args...)
		return err
	})
	return all, err
}

func (s enrolments) Change(ctx context.Context, person bot.PersonID, rule func(*primer.Enrolment) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		e, found, err := load(ctx, tx, person)
		if err != nil {
			return err
		}
		if !found {
			if _, known, err := engine.One(ctx, tx, engine.Value[string], `SELECT id FROM persons WHERE id = $1`, person); err != nil || !known {
				return orNotFound(err)
			}
		}
		if e.Post, err = post(ctx, tx, e.PostKey()); err != nil {
			return err
		}
		deliveries, err := rule(&e)
		if err != nil {
			return err
		}
		if e.State == primer.None {
			return nil
		}
		if err := save(ctx, tx, e); err != nil {
			return err
		}
		if _, err := outbox.Cancel(ctx, tx, s.clock.Now(), e.Outdated()); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return bot.ErrNotFound
}

// post finds what became of a message. When it went out is when the bot wrote
// first by it; where that is forgotten, when its delivery ended.
func post(ctx context.Context, tx *engine.Tx, key string) (primer.Post, error) {
	if key == "" {
		return primer.Post{}, nil
	}
	found, known, err := engine.One(ctx, tx, func(row engine.Scanner) (primer.Post, error) {
		var state string
		var ended, nudged int64
		if err := row.Scan(&state, &ended, &nudged); err != nil {
			return primer.Post{}, err
		}
		switch state {
		case "queued", "sending", "unknown":
			return primer.Post{}, nil
		case "dropped":
			return primer.Post{State: primer.Lost}, nil
		}
		if nudged == 0 {
			nudged = ended
		}
		return primer.Post{State: primer.Sent, At: engine.Time(nudged)}, nil
	}, `SELECT d.state, d.ended_at, COALESCE(n.at, 0) FROM deliveries d LEFT JOIN nudges n ON n.key = d.key AND n.person_id = d.person WHERE d.key = $1`, key)
	if err == nil && !known {
		return primer.Post{State: primer.Lost}, nil
	}
	return found, err
}

func save(ctx context.Context, tx *engine.Tx, e primer.Enrolment) error {
	steps, err := engine.ToJSON(e.Steps)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO primer_enrolments (person_id, state, own, run, begun_at, steps, last_lesson, queued_at, sent_at, lost, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (person_id) DO UPDATE SET state = excluded.state, own = excluded.own, run = excluded.run, begun_at = excluded.begun_at,
		  steps = excluded.steps, last_lesson = excluded.last_lesson, queued_at = excluded.queued_at, sent_at = excluded.sent_at, lost = excluded.lost,
		  version = excluded.version`,
		e.Person, e.State, e.Own, e.Run, engine.Micros(e.Begun), steps, e.Last, engine.Micros(e.Queued), engine.Micros(e.Sent), e.Lost, e.Version)
	if err != nil {
		return fmt.Errorf("save who goes through the primer: %w", err)
	}
	return nil
}
