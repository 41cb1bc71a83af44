package pilotstore

import (
	"context"
	"fmt"
	"slices"

	"evangelist/bot"
	"evangelist/bot/pilots"
	"evangelist/storage/internal/engine"
)

// part is a row that belongs to a pilot.
type part[T any] struct {
	pilot string
	T     T
}

// parts reads rows that belong to pilots and hands each to its pilot.
func parts[T any](ctx context.Context, tx *engine.Tx, of map[string]*pilots.Pilot, scan func(engine.Scanner, *part[T]) error,
	put func(*pilots.Pilot, T), query string, args []any) error {
	all, err := engine.All(ctx, tx, func(row engine.Scanner) (part[T], error) {
		var p part[T]
		err := scan(row, &p)
		return p, err
	}, query, args...)
	for _, one := range all {
		if p := of[one.pilot]; p != nil {
			put(p, one.T)
		}
	}
	return err
}

// loadParts completes pilots; ids is the query for their ids.
func loadParts(ctx context.Context, tx *engine.Tx, found []pilots.Pilot, ids string, args []any) error {
	of := map[string]*pilots.Pilot{}
	for i := range found {
		of[found[i].ID] = &found[i]
	}
	err := parts(ctx, tx, of, func(row engine.Scanner, p *part[bot.PersonID]) error { return row.Scan(&p.pilot, &p.T) },
		func(p *pilots.Pilot, person bot.PersonID) { p.Team = append(p.Team, person) },
		`SELECT pilot_id, person_id FROM pilot_people WHERE pilot_id IN (`+ids+`) ORDER BY pilot_id, n`, args)
	if err != nil {
		return err
	}
	err = parts(ctx, tx, of, func(row engine.Scanner, p *part[pilots.Fixing]) error {
		var at int64
		err := row.Scan(&p.pilot, &p.T.Text, &p.T.Aim, &p.T.Target, &p.T.Hash, &p.T.By, &at, &p.T.Why)
		p.T.At = engine.Time(at)
		return err
	}, func(p *pilots.Pilot, fixing pilots.Fixing) { p.Fixings = append(p.Fixings, fixing) },
		`SELECT pilot_id, words, aim, target, hash, fixed_by, fixed_at, why FROM pilot_measures WHERE pilot_id IN (`+ids+`) ORDER BY pilot_id, n`, args)
	if err != nil {
		return err
	}
	err = parts(ctx, tx, of, func(row engine.Scanner, p *part[pilots.CheckIn]) error {
		var at int64
		err := row.Scan(&p.pilot, &p.T.Week, &p.T.Words, &p.T.By, &at)
		p.T.At = engine.Time(at)
		return err
	}, func(p *pilots.Pilot, c pilots.CheckIn) { p.CheckIns = append(p.CheckIns, c) },
		`SELECT pilot_id, week, words, said_by, said_at FROM pilot_checkins WHERE pilot_id IN (`+ids+`) ORDER BY pilot_id, week`, args)
	if err != nil {
		return err
	}
	err = parts(ctx, tx, of, scanReading, func(p *pilots.Pilot, r pilots.Reading) { p.Readings = append(p.Readings, r) },
		`SELECT pilot_id, id, value, day, note, read_by, read_at, answers FROM pilot_readings WHERE pilot_id IN (`+ids+`)
		ORDER BY pilot_id, day, read_at, id COLLATE "C"`, args)
	if err != nil {
		return err
	}
	return loadSurveys(ctx, tx, of, ids, args)
}

func scanReading(row engine.Scanner, p *part[pilots.Reading]) error {
	var at int64
	var on string
	err := row.Scan(&p.pilot, &p.T.ID, &p.T.Value, &on, &p.T.Note, &p.T.By, &at, &p.T.Answers)
	if err != nil {
		return err
	}
	p.T.At = engine.Time(at)
	p.T.On, err = date(on)
	return err
}

func loadSurveys(ctx context.Context, tx *engine.Tx, of map[string]*pilots.Pilot, ids string, args []any) error {
	err := parts(ctx, tx, of, func(row engine.Scanner, p *part[pilots.Survey]) error {
		var opened, closes int64
		err := row.Scan(&p.pilot, &p.T.ID, &p.T.Question, &p.T.Place, &opened, &closes, &p.T.Open, &p.T.Few)
		p.T.Opened, p.T.Closes = engine.Time(opened), engine.Time(closes)
		return err
	}, func(p *pilots.Pilot, s pilots.Survey) { p.Surveys = append(p.Surveys, s) },
		`SELECT pilot_id, id, words, place, opened_at, closes_at, open, few FROM pilot_surveys WHERE pilot_id IN (`+ids+`)
		ORDER BY pilot_id, opened_at, id COLLATE "C"`, args)
	if err != nil {
		return err
	}
	type answer struct {
		survey string
		pilots.Contribution
	}
	return parts(ctx, tx, of, func(row engine.Scanner, p *part[answer]) error {
		return row.Scan(&p.pilot, &p.T.survey, &p.T.Person, &p.T.Value)
	}, func(p *pilots.Pilot, a answer) {
		for i := range p.Surveys {
			if p.Surveys[i].ID == a.survey {
				p.Surveys[i].Answers = append(p.Surveys[i].Answers, a.Contribution)
			}
		}
	}, `SELECT pilot_id, survey_id, person_id, value FROM pilot_answers WHERE pilot_id IN (`+ids+`) ORDER BY pilot_id, person_id COLLATE "C"`, args)
}

// saveParts saves what belongs to a pilot and was not there before, and what
// changed of it.
func saveParts(ctx context.Context, tx *engine.Tx, was, is pilots.Pilot) error {
	exec := func(query string, args ...any) error {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("save what belongs to a pilot: %w", err)
		}
		return nil
	}
	if !slices.Equal(was.Team, is.Team) {
		if err := exec(`DELETE FROM pilot_people WHERE pilot_id = $1`, is.ID); err != nil {
			return err
		}
		for n, person := range is.Team {
			if err := exec(`INSERT INTO pilot_people (pilot_id, person_id, n) SELECT $1, id, $3 FROM persons WHERE id = $2`, is.ID, person, n); err != nil {
				return err
			}
		}
	}
	for n := len(was.Fixings); n < len(is.Fixings); n++ {
		f := is.Fixings[n]
		if err := exec(`INSERT INTO pilot_measures (pilot_id, n, words, aim, target, hash, fixed_by, fixed_at, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			is.ID, n, f.Text, f.Aim, f.Target, f.Hash, f.By, engine.Micros(f.At), f.Why); err != nil {
			return err
		}
	}
	for _, c := range is.CheckIns {
		if slices.ContainsFunc(was.CheckIns, func(o pilots.CheckIn) bool { return o.Week == c.Week }) {
			continue
		}
		if err := exec(`INSERT INTO pilot_checkins (pilot_id, week, words, said_by, said_at) VALUES ($1, $2, $3, $4, $5)`,
			is.ID, c.Week, c.Words, c.By, engine.Micros(c.At)); err != nil {
			return err
		}
	}
	for _, r := range is.Readings {
		if slices.ContainsFunc(was.Readings, func(o pilots.Reading) bool { return o.ID == r.ID }) {
			continue
		}
		if err := exec(`INSERT INTO pilot_readings (pilot_id, id, value, day, note, read_by, read_at, answers) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			is.ID, r.ID, r.Value, day(r.On), r.Note, r.By, engine.Micros(r.At), r.Answers); err != nil {
			return err
		}
	}
	return saveSurveys(was, is, exec)
}

func saveSurveys(was, is pilots.Pilot, exec func(string, ...any) error) error {
	for _, s := range is.Surveys {
		at := slices.IndexFunc(was.Surveys, func(o pilots.Survey) bool { return o.ID == s.ID })
		before := pilots.Survey{}
		if at >= 0 {
			before = was.Surveys[at]
		}
		switch {
		case at < 0:
			if err := exec(`INSERT INTO pilot_surveys (pilot_id, id, words, place, opened_at, closes_at, open, few) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				is.ID, s.ID, s.Question, s.Place, engine.Micros(s.Opened), engine.Micros(s.Closes), s.Open, s.Few); err != nil {
				return err
			}
		case before.Open != s.Open || before.Few != s.Few:
			if err := exec(`UPDATE pilot_surveys SET open = $3, few = $4 WHERE pilot_id = $1 AND id = $2`, is.ID, s.ID, s.Open, s.Few); err != nil {
				return err
			}
		}
		if !s.Open {
			if before.Open {
				if err := exec(`DELETE FROM pilot_answers WHERE pilot_id = $1 AND survey_id = $2`, is.ID, s.ID); err != nil {
					return err
				}
			}
			continue
		}
		for _, a := range s.Answers {
			if slices.Contains(before.Answers, a) {
				continue
			}
			if err := exec(`INSERT INTO pilot_answers (pilot_id, survey_id, person_id, value) VALUES ($1, $2, $3, $4)
				ON CONFLICT (pilot_id, survey_id, person_id) DO UPDATE SET value = excluded.value`, is.ID, s.ID, a.Person, a.Value); err != nil {
				return err
			}
		}
	}
	return nil
}
