package rosterstore

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/storage/internal/engine"
)

// theDesk is the id of the one row of settings.
const theDesk = "main"

type register struct{ *store }

func loadDesk(ctx context.Context, tx *engine.Tx) (roster.Desk, error) {
	d, _, err := engine.One(ctx, tx, func(row engine.Scanner) (roster.Desk, error) {
		var d roster.Desk
		var since int64
		var leads string
		if err := row.Scan(&since, &d.Place, &d.Rhythm, &d.Week, &leads, &d.Version); err != nil {
			return d, err
		}
		d.Since = engine.Time(since)
		var err error
		d.Leads, err = engine.FromJSON[[]bot.PersonID](leads)
		return d, err
	}, `SELECT since, place, rhythm, week, leads, version FROM roster_desk WHERE id = $1`, theDesk)
	return d, err
}

func saveDesk(ctx context.Context, tx *engine.Tx, d roster.Desk) error {
	leads, err := engine.ToJSON(d.Leads)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO roster_desk (id, since, place, rhythm, week, leads, version) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET since = excluded.since, place = excluded.place, rhythm = excluded.rhythm, week = excluded.week,
		  leads = excluded.leads, version = excluded.version`,
		theDesk, engine.Micros(d.Since), d.Place, d.Rhythm, d.Week, leads, d.Version)
	if err != nil {
		return fmt.Errorf("save the settings of representatives: %w", err)
	}
	return nil
}

const seenQuery = `SELECT s.person_id, s.department, s.inactive, s.gone_at, s.new_at, s.moved_at, s.moved_from, s.held, s.kept_until FROM roster_seen s`

func scanSeen(row engine.Scanner) (roster.Seen, error) {
	s := roster.Seen{Known: true}
	var gone, fresh, moved, kept int64
	err := row.Scan(&s.Person, &s.Department, &s.Inactive, &gone, &fresh, &moved, &s.From, &s.Held, &kept)
	s.Gone, s.New, s.Moved, s.KeptUntil = engine.Time(gone), engine.Time(fresh), engine.Time(moved), engine.Time(kept)
	return s, err
}

func saveSeen(ctx context.Context, tx *engine.Tx, s roster.Seen) error {
	_, err := tx.Exec(ctx, `INSERT INTO roster_seen (person_id, department, inactive, gone_at, new_at, moved_at, moved_from, held, kept_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (person_id) DO UPDATE SET department = excluded.department, inactive = excluded.inactive, gone_at = excluded.gone_at, new_at = excluded.new_at,
		  moved_at = excluded.moved_at, moved_from = excluded.moved_from, held = excluded.held, kept_until = excluded.kept_until`,
		s.Person, s.Department, s.Inactive, engine.Micros(s.Gone), engine.Micros(s.New), engine.Micros(s.Moved), s.From, s.Held, engine.Micros(s.KeptUntil))
	if err != nil {
		return fmt.Errorf("save what was seen of somebody: %w", err)
	}
	return nil
}

func (s register) Desk(ctx context.Context) (roster.Desk, error) {
	var d roster.Desk
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		d, err = loadDesk(ctx, tx)
		return err
	})
	return d, err
}

func (s register) List(ctx context.Context) ([]roster.Seen, error) {
	return list(ctx, s.db, scanSeen, seenQuery+` ORDER BY s.person_id COLLATE "C"`)
}

func (s register) Change(ctx context.Context, persons []bot.PersonID, rule func(*roster.Desk, []roster.Seen) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		was, err := loadDesk(ctx, tx)
		if err != nil {
			return err
		}
		before, err := loadSeen(ctx, tx, persons)
		if err != nil {
			return err
		}
		is, seen := was, slices.Clone(before)
		deliveries, err := rule(&is, seen)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(is, was) {
			if err := saveDesk(ctx, tx, is); err != nil {
				return err
			}
		}
		for i, one := range seen {
			if one == before[i] {
				continue
			}
			if err := saveSeen(ctx, tx, one); err != nil {
				return err
			}
		}
		return s.send(ctx, tx, nil, deliveries)
	})
}

// loadSeen reads what was seen of those persons whom the register has, in their order.
func loadSeen(ctx context.Context, tx *engine.Tx, persons []bot.PersonID) ([]roster.Seen, error) {
	if len(persons) == 0 {
		return nil, nil
	}
	var args []any
	for _, person := range persons {
		args = append(args, person)
	}
	in := engine.In(len(args), 1)
	there, err := engine.All(ctx, tx, engine.Value[string], `SELECT id FROM persons WHERE id IN (`+in+`)`, args...)
	if err != nil {
		return nil, err
	}
	kept, err := engine.All(ctx, tx, scanSeen, seenQuery+` WHERE s.person_id IN (`+in+`)`, args...)
	if err != nil {
		return nil, err
	}
	known := map[bot.PersonID]roster.Seen{}
	for _, id := range there {
		known[bot.PersonID(id)] = roster.Seen{Person: bot.PersonID(id)}
	}
	for _, one := range kept {
		known[one.Person] = one
	}
	var out []roster.Seen
	for _, person := range persons {
		if one, is := known[person]; is {
			out = append(out, one)
		}
	}
	return out, nil
}
