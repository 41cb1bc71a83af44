package championstore

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"evangelist/bot"
	"evangelist/bot/champions"
	"evangelist/bot/schedule"
	"evangelist/storage/internal/engine"
)

type people struct{ *store }

const championQuery = `SELECT person_id, body, days, state, term, source, named_by, leads, named_at, joined_at, rest_until, ended_at, gone,
	questions, asked_at, said, version FROM champions`

func scanChampion(row engine.Scanner) (champions.Champion, error) {
	var c champions.Champion
	var leads string
	var named, joined, rest, ended, asked int64
	err := row.Scan(&c.ID, &c.Body, &c.Days, &c.State, &c.Term, &c.Source, &c.By, &leads, &named, &joined, &rest, &ended, &c.Gone,
		&c.Questions, &asked, &c.Said, &c.Version)
	if err != nil {
		return c, err
	}
	c.Person = bot.PersonID(c.ID)
	c.Named, c.Joined, c.RestUntil = engine.Time(named), engine.Time(joined), engine.Time(rest)
	c.Ended, c.AskedAt = engine.Time(ended), engine.Time(asked)
	c.Leads, err = engine.FromJSON[[]bot.PersonID](leads)
	return c, err
}

// dateOf reads a day, "" for none.
func dateOf(text string) (schedule.Date, error) {
	if text == "" {
		return schedule.Date{}, nil
	}
	return schedule.ParseDate(text)
}

func day(d schedule.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// part is a row that belongs to a champion.
type part[T any] struct {
	of string
	T  T
}

func scanMeeting(row engine.Scanner) (part[champions.Meeting], error) {
	var p part[champions.Meeting]
	m := &p.T
	var on, points string
	var drafted, sent int64
	err := row.Scan(&p.of, &m.N, &on, &m.Body, &m.Came, &m.Over, &m.Called, &m.Briefing.Stage, &m.Briefing.Drafts, &points, &m.Briefing.Edited,
		&m.Briefing.By, &drafted, &sent)
	if err != nil {
		return p, err
	}
	m.Briefing.Drafted, m.Briefing.At = engine.Time(drafted), engine.Time(sent)
	if m.Briefing.Points, err = engine.FromJSON[[]champions.Point](points); err != nil {
		return p, err
	}
	m.On, err = dateOf(on)
	return p, err
}

func scanPromise(row engine.Scanner) (part[champions.Pledge], error) {
	var p part[champions.Pledge]
	var due string
	var made, settled int64
	err := row.Scan(&p.of, &p.T.ID, &p.T.Side, &p.T.Words, &due, &made, &p.T.Outcome, &p.T.Reason, &settled)
	if err != nil {
		return p, err
	}
	p.T.Made, p.T.Settled = engine.Time(made), engine.Time(settled)
	p.T.Due, err = dateOf(due)
	return p, err
}

// load reads the champions that a condition names, in the order of ids.
func load(ctx context.Context, tx *engine.Tx, where string, args ...any) ([]champions.Champion, error) {
	found, err := engine.All(ctx, tx, scanChampion, championQuery+` WHERE `+where+` ORDER BY person_id COLLATE "C"`, args...)
	if err != nil || len(found) == 0 {
		return found, err
	}
	of := map[string]*champions.Champion{}
	for i := range found {
		of[found[i].ID] = &found[i]
	}
	meetings, err := engine.All(ctx, tx, scanMeeting, `SELECT person_id, n, day, body, came, is_over, called, stage, drafts, points, edited, approved_by,
		drafted_at, sent_at FROM champion_meetings WHERE `+where+` ORDER BY person_id COLLATE "C", n`, args...)
	if err != nil {
		return nil, err
	}
	for _, m := range meetings {
		of[m.of].Meetings = append(of[m.of].Meetings, m.T)
	}
	promises, err := engine.All(ctx, tx, scanPromise, `SELECT person_id, id, side, words, due, made_at, outcome, reason, settled_at
		FROM champion_promises WHERE `+where+` ORDER BY person_id COLLATE "C", n`, args...)
	for _, p := range promises {
		of[p.of].Promises = append(of[p.of].Promises, p.T)
	}
	return found, err
}

func (s people) read(ctx context.Context, where string, args ...any) ([]champions.Champion, error) {
	var found []champions.Champion
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, err = load(ctx, tx, where, args...)
		return err
	})
	return found, err
}

func (s people) Get(ctx context.Context, id string) (champions.Champion, error) {
	found, err := s.read(ctx, `person_id = $1`, id)
	if err == nil && len(found) == 0 {
		err = bot.ErrNotFound
	}
	if err != nil {
		return champions.Champion{}, err
	}
	return found[0], nil
}

func (s people) List(ctx context.Context) ([]champions.Champion, error) { return s.read(ctx, `1 = 1`) }

func (s people) Change(ctx context.Context, id string, rule func(*champions.Champion) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, known, err := engine.One(ctx, tx, engine.Value[string], `SELECT id FROM persons WHERE id = $1`, id)
		switch {
		case err != nil:
			return err
		case !known:
			return bot.ErrNotFound
		}
		found, err := load(ctx, tx, `person_id = $1`, id)
		if err != nil {
			return err
		}
		c := champions.Champion{ID: id, Person: bot.PersonID(id)}
		if len(found) > 0 {
			c = found[0]
		}
		was := c
		was.Meetings, was.Promises = slices.Clone(c.Meetings), slices.Clone(c.Promises)
		deliveries, err := rule(&c)
		if err != nil || c.State == champions.None {
			return err
		}
		if err := save(ctx, tx, was, c); err != nil {
			return err
		}
		return s.post(ctx, tx, c.Outdated(), deliveries)
	})
}

// save writes a champion, and of meetings and promises what has changed.
func save(ctx context.Context, tx *engine.Tx, was, is champions.Champion) error {
	leads, err := engine.ToJSON(is.Leads)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO champions (person_id, body, days, state, term, source, named_by, leads, named_at, joined_at, rest_until,
		ended_at, gone, questions, asked_at, said, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (person_id) DO UPDATE SET body = excluded.body, days = excluded.days, state = excluded.state, term = excluded.term,
		  source = excluded.source, named_by = excluded.named_by, leads = excluded.leads, named_at = excluded.named_at,
		  joined_at = excluded.joined_at, rest_until = excluded.rest_until, ended_at = excluded.ended_at, gone = excluded.gone,
		  questions = excluded.questions, asked_at = excluded.asked_at, said = excluded.said, version = excluded.version`,
		is.ID, is.Body, is.Days, is.State, is.Term, is.Source, is.By, leads, engine.Micros(is.Named), engine.Micros(is.Joined), engine.Micros(is.RestUntil),
		engine.Micros(is.Ended), is.Gone, is.Questions, engine.Micros(is.AskedAt), is.Said, is.Version)
	if err != nil {
		return fmt.Errorf("save a champion: %w", err)
	}
	for i, m := range is.Meetings {
		if i < len(was.Meetings) && reflect.DeepEqual(was.Meetings[i], m) {
			continue
		}
		if err := saveMeeting(ctx, tx, is.ID, m); err != nil {
			return err
		}
	}
	for i, p := range is.Promises {
		if i < len(was.Promises) && was.Promises[i] == p {
			continue
		}
		_, err := tx.Exec(ctx, `INSERT INTO champion_promises (person_id, id, n, side, words, due, made_at, outcome, reason, settled_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (person_id, id) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason, settled_at = excluded.settled_at`,
			is.ID, p.ID, i, p.Side, p.Words, day(p.Due), engine.Micros(p.Made), p.Outcome, p.Reason, engine.Micros(p.Settled))
		if err != nil {
			return fmt.Errorf("save a promise: %w", err)
		}
	}
	return nil
}

func saveMeeting(ctx context.Context, tx *engine.Tx, id string, m champions.Meeting) error {
	points, err := engine.ToJSON(m.Briefing.Points)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO champion_meetings (person_id, n, day, body, came, is_over, called, stage, drafts, points, edited, approved_by,
		drafted_at, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (person_id, n) DO UPDATE SET day = excluded.day, body = excluded.body, came = excluded.came, is_over = excluded.is_over,
		  called = excluded.called, stage = excluded.stage, drafts = excluded.drafts, points = excluded.points, edited = excluded.edited,
		  approved_by = excluded.approved_by, drafted_at = excluded.drafted_at, sent_at = excluded.sent_at`,
		id, m.N, m.On.String(), m.Body, m.Came, m.Over, m.Called, m.Briefing.Stage, m.Briefing.Drafts, points, m.Briefing.Edited, m.Briefing.By,
		engine.Micros(m.Briefing.Drafted), engine.Micros(m.Briefing.At))
	if err != nil {
		return fmt.Errorf("save a meeting: %w", err)
	}
	return nil
}
