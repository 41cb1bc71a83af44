package tablestore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/tables"
	"evangelist/storage/internal/engine"
)

// theSettings is the id of the one row of settings.
const theSettings = "main"

type settings struct{ *store }

func loadSettings(ctx context.Context, tx *engine.Tx) (tables.Settings, error) {
	found, known, err := engine.One(ctx, tx, func(row engine.Scanner) (tables.Settings, error) {
		var s tables.Settings
		var since int64
		var levels string
		if err := row.Scan(&s.Rhythm, &since, &s.Format, &s.Smallest, &s.Largest, &s.Goes, &levels); err != nil {
			return s, err
		}
		s.Since = engine.Time(since)
		var err error
		s.Levels, err = engine.FromJSON[[]string](levels)
		return s, err
	}, `SELECT rhythm, since, format, smallest, largest, goes, levels FROM table_settings WHERE id = $1`, theSettings)
	if err == nil && !known {
		return tables.DefaultSettings(), nil
	}
	return found, err
}

func (s settings) Get(ctx context.Context) (tables.Settings, error) {
	var found tables.Settings
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, err = loadSettings(ctx, tx)
		return err
	})
	return found, err
}

func (s settings) Change(ctx context.Context, rule func(*tables.Settings) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		is, err := loadSettings(ctx, tx)
		if err != nil {
			return err
		}
		if err := rule(&is); err != nil {
			return err
		}
		levels, err := engine.ToJSON(is.Levels)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO table_settings (id, rhythm, since, format, smallest, largest, goes, levels) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (id) DO UPDATE SET rhythm = excluded.rhythm, since = excluded.since, format = excluded.format, smallest = excluded.smallest,
			  largest = excluded.largest, goes = excluded.goes, levels = excluded.levels`,
			theSettings, is.Rhythm, engine.Micros(is.Since), is.Format, is.Smallest, is.Largest, is.Goes, levels)
		if err != nil {
			return fmt.Errorf("save the settings of round tables: %w", err)
		}
		return nil
	})
}

type standings struct{ *store }

const standingQuery = `SELECT s.person_id, s.choice, s.until_at, s.format, s.unheard, s.offered FROM table_standings s`

func scanStanding(row engine.Scanner) (tables.Standing, error) {
	var s tables.Standing
	var until int64
	err := row.Scan(&s.Person, &s.Choice, &until, &s.Format, &s.Unheard, &s.Offered)
	s.Until = engine.Time(until)
	return s, err
}

func loadStanding(ctx context.Context, tx *engine.Tx, person bot.PersonID) (tables.Standing, error) {
	s, known, err := engine.One(ctx, tx, scanStanding, standingQuery+` WHERE s.person_id = $1`, person)
	if err == nil && !known {
		return tables.Standing{Person: person}, nil
	}
	return s, err
}

func saveStanding(ctx context.Context, tx *engine.Tx, s tables.Standing) error {
	var err error
	if s.Zero() {
		_, err = tx.Exec(ctx, `DELETE FROM table_standings WHERE person_id = $1`, s.Person)
	} else {
		_, err = tx.Exec(ctx, `INSERT INTO table_standings (person_id, choice, until_at, format, unheard, offered) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (person_id) DO UPDATE SET choice = excluded.choice, until_at = excluded.until_at, format = excluded.format,
			  unheard = excluded.unheard, offered = excluded.offered`,
			s.Person, s.Choice, engine.Micros(s.Until), s.Format, s.Unheard, s.Offered)
	}
	if err != nil {
		return fmt.Errorf("save what somebody wants of round tables: %w", err)
	}
	return nil
}

func (s standings) Get(ctx context.Context, person bot.PersonID) (tables.Standing, error) {
	var found tables.Standing
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, err = loadStanding(ctx, tx, person)
		return err
	})
	return found, err
}

func (s standings) List(ctx context.Context) ([]tables.Standing, error) {
	return list(ctx, s.db, scanStanding, standingQuery+` ORDER BY s.person_id COLLATE "C"`)
}

func (s standings) Change(ctx context.Context, person bot.PersonID, rule func(*tables.Standing) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if found, err := known(ctx, tx, person); err != nil || !found {
			return missing(err)
		}
		is, err := loadStanding(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := rule(&is); err != nil {
			return err
		}
		return saveStanding(ctx, tx, is)
	})
}

// missing is the error, or bot.ErrNotFound when there is none.
func missing(err error) error {
	if err != nil {
		return err
	}
	return bot.ErrNotFound
}

type pairs struct{ *store }

func (s pairs) List(ctx context.Context) ([]tables.Pair, error) {
	return list(ctx, s.db, func(row engine.Scanner) (tables.Pair, error) {
		var p tables.Pair
		err := row.Scan(&p.A, &p.B, &p.By)
		return p, err
	}, `SELECT a, b, wished_by FROM table_pairs ORDER BY a COLLATE "C", b COLLATE "C", wished_by COLLATE "C"`)
}

func (s pairs) Set(ctx context.Context, pair tables.Pair, apart bool) error {
	pair = tables.PairOf(pair.A, pair.B, pair.By)
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, person := range []bot.PersonID{pair.A, pair.B} {
			if found, err := known(ctx, tx, person); err != nil || !found {
				return missing(err)
			}
		}
		query := `INSERT INTO table_pairs (a, b, wished_by) VALUES ($1, $2, $3) ON CONFLICT (a, b, wished_by) DO NOTHING`
		if !apart {
			query = `DELETE FROM table_pairs WHERE a = $1 AND b = $2 AND wished_by = $3`
		}
		if _, err := tx.Exec(ctx, query, pair.A, pair.B, pair.By); err != nil {
			return fmt.Errorf("save who is to be kept apart: %w", err)
		}
		return nil
	})
}
