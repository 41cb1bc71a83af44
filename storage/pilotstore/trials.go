package pilotstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/storage/internal/engine"
	"evangelist/storage/internal/outbox"
)

type trials struct{ *store }

func (s trials) Get(ctx context.Context, id string) (pilots.Pilot, error) {
	var found []pilots.Pilot
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, err = load(ctx, tx, `p.id = $1`, id)
		return err
	})
	return one(found, err)
}

// one is the only pilot that was found, or bot.ErrNotFound.
func one(found []pilots.Pilot, err error) (pilots.Pilot, error) {
	switch {
	case err != nil:
		return pilots.Pilot{}, err
	case len(found) == 0:
		return pilots.Pilot{}, bot.ErrNotFound
	}
	return found[0], nil
}

func (s trials) List(ctx context.Context, filter pilots.Filter) ([]pilots.Pilot, error) {
	where, args := `1 = 1`, []any{}
	and := func(condition string, value string) {
		args = append(args, value)
		where += fmt.Sprintf(` AND `+condition, len(args))
	}
	if filter.Person != "" {
		and(`(p.sponsor = $%[1]d OR EXISTS (SELECT 1 FROM pilot_people m WHERE m.pilot_id = p.id AND m.person_id = $%[1]d))`, string(filter.Person))
	}
	if filter.Idea != "" {
		and(`p.idea = $%d`, filter.Idea)
	}
	if filter.Reference != "" {
		and(`p.reference = $%d`, filter.Reference)
	}
	if len(filter.States) > 0 {
		where += ` AND p.state IN (` + engine.In(len(filter.States), len(args)+1) + `)`
		for _, state := range filter.States {
			args = append(args, state)
		}
	}
	var found []pilots.Pilot
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, err = load(ctx, tx, where, args...)
		return err
	})
	return found, err
}

func (s trials) Add(ctx context.Context, p pilots.Pilot, deliveries []bot.Delivery) (pilots.Pilot, error) {
	var kept pilots.Pilot
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		found, err := load(ctx, tx, `p.source = $1 OR p.reference = $2`, p.Source, p.Reference)
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(found, func(other pilots.Pilot) bool { return other.Source == p.Source }); at >= 0 {
			kept = found[at]
			return nil
		}
		if len(found) > 0 {
			return pilots.ErrTaken
		}
		if err := insert(ctx, tx, p); err != nil {
			return err
		}
		if err := saveParts(ctx, tx, pilots.Pilot{}, p); err != nil {
			return err
		}
		if kept, err = one(load(ctx, tx, `p.id = $1`, p.ID)); err != nil {
			return err
		}
		return s.send(ctx, tx, deliveries)
	})
	if engine.UniqueViolation(err) { // somebody else was quicker by a moment
		return pilots.Pilot{}, pilots.ErrTaken
	}
	return kept, err
}

func (s trials) Change(ctx context.Context, id string, rule func(*pilots.Pilot) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		p, err := one(load(ctx, tx, `p.id = $1`, id))
		if err != nil {
			return err
		}
		was := p
		was.Team = slices.Clone(p.Team)
		deliveries, err := rule(&p)
		if err != nil {
			return err
		}
		if err := update(ctx, tx, p); err != nil {
			return err
		}
		if err := saveParts(ctx, tx, was, p); err != nil {
			return err
		}
		if p.Story != nil {
			if err := addStory(ctx, tx, *p.Story); err != nil {
				return err
			}
		}
		if err := s.send(ctx, tx, deliveries); err != nil {
			return err
		}
		_, err = outbox.Cancel(ctx, tx, s.clock.Now(), p.Outdated())
		return err
	})
}

const columns = `id, source, reference, title, scope, audience, benefit, goal, idea, idea_ref, sponsor, cost, starts, ends,
	measure, aim, target, preflight, state, extended, choice, reason, decided_by, decided_at, created_by, created_at, started_at,
	week, week_at, asked_at, asks, told, gone, cards, version`

// values are those of the columns, in their order.
func values(p pilots.Pilot) ([]any, error) {
	preflight, err := engine.ToJSON(p.Preflight)
	if err != nil {
		return nil, err
	}
	cards, err := engine.ToJSON(p.Cards)
	if err != nil {
		return nil, err
	}
	return []any{
		p.ID, p.Source, p.Reference, p.Title, p.Scope, p.Audience, p.Benefit, p.Goal, p.Idea, p.IdeaRef, p.Sponsor, p.Cost, day(p.Starts), day(p.Ends),
		p.Measure.Text, p.Measure.Aim, p.Measure.Target, preflight, p.State, p.Extended, p.Verdict.Choice, p.Verdict.Reason, p.Verdict.By,
		engine.Micros(p.Verdict.At), p.CreatedBy, engine.Micros(p.Created), engine.Micros(p.Started),
		p.Week, engine.Micros(p.WeekAt), engine.Micros(p.Asked), p.Asks, p.Told, p.Left, cards, p.Version,
	}, nil
}

func insert(ctx context.Context, tx *engine.Tx, p pilots.Pilot) error {
	all, err := values(p)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO pilots (`+columns+`) VALUES (`+engine.In(len(all), 1)+`)`, all...); err != nil {
		return fmt.Errorf("save a pilot: %w", err)
	}
	return nil
}

func update(ctx context.Context, tx *engine.Tx, p pilots.Pilot) error {
	all, err := values(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE pilots SET (`+columns+`) = (`+engine.In(len(all), 1)+`) WHERE id = $1`, all...)
	if err != nil {
		return fmt.Errorf("save a pilot: %w", err)
	}
	return nil
}

func scan(row engine.Scanner) (pilots.Pilot, error) {
	var p pilots.Pilot
	var starts, ends, preflight, cards string
	var decided, created, started, weekAt, asked int64
	err := row.Scan(&p.ID, &p.Source, &p.Reference, &p.Title, &p.Scope, &p.Audience, &p.Benefit, &p.Goal, &p.Idea, &p.IdeaRef, &p.Sponsor, &p.Cost,
		&starts, &ends, &p.Measure.Text, &p.Measure.Aim, &p.Measure.Target, &preflight, &p.State, &p.Extended, &p.Verdict.Choice, &p.Verdict.Reason,
		&p.Verdict.By, &decided, &p.CreatedBy, &created, &started, &p.Week, &weekAt, &asked, &p.Asks, &p.Told, &p.Left, &cards, &p.Version,
		&p.SponsorName, &p.SponsorGone)
	if err != nil {
		return p, err
	}
	p.Verdict.At, p.Created, p.Started = engine.Time(decided), engine.Time(created), engine.Time(started)
	p.WeekAt, p.Asked = engine.Time(weekAt), engine.Time(asked)
	var faults [4]error
	p.Starts, faults[0] = date(starts)
	p.Ends, faults[1] = date(ends)
	p.Preflight, faults[2] = engine.FromJSON[pilots.Preflight](preflight)
	p.Cards, faults[3] = engine.FromJSON[[]pilots.Card](cards)
	return p, errors.Join(faults[:]...)
}

// load reads the pilots that a condition on p chooses, with all that belongs to
// them, the newest first.
func load(ctx context.Context, tx *engine.Tx, where string, args ...any) ([]pilots.Pilot, error) {
	found, err := engine.All(ctx, tx, scan, `SELECT `+prefixed+`, coalesce(o.name, ''), coalesce(o.inactive, TRUE)
		FROM pilots p LEFT JOIN persons o ON o.id = p.sponsor WHERE `+where+` ORDER BY p.created_at DESC, p.id COLLATE "C" DESC`, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found, loadParts(ctx, tx, found, `SELECT p.id FROM pilots p WHERE `+where, args)
}

// prefixed are the columns as load reads them.
const prefixed = `p.id, p.source, p.reference, p.title, p.scope, p.audience, p.benefit, p.goal, p.idea, p.idea_ref, p.sponsor, p.cost, p.starts, p.ends,
	p.measure, p.aim, p.target, p.preflight, p.state, p.extended, p.choice, p.reason, p.decided_by, p.decided_at, p.created_by, p.created_at, p.started_at,
	p.week, p.week_at, p.asked_at, p.asks, p.told, p.gone, p.cards, p.version`
