package rosterstore

import (
	"context"
	"errors"
	"fmt"

	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/storage/internal/engine"
)

type offices struct{ *store }

func scanOffice(row engine.Scanner) (roster.Office, error) {
	var o roster.Office
	var asked, hole int64
	var leads string
	if err := row.Scan(&o.ID, &o.Department, &o.State, &asked, &o.Round, &leads, &hole, &o.Version); err != nil {
		return o, err
	}
	o.Asked, o.Hole = engine.Time(asked), engine.Time(hole)
	var err error
	o.Leads, err = engine.FromJSON[[]bot.PersonID](leads)
	return o, err
}

// place is a holder with the office and the place.
type place struct {
	office string
	post   roster.Post
	holder roster.Holder
}

func scanPlace(row engine.Scanner) (place, error) {
	var p place
	var since int64
	err := row.Scan(&p.office, &p.post, &p.holder.Person, &p.holder.By, &since, &p.holder.Told)
	p.holder.Since = engine.Time(since)
	return p, err
}

// loadOffices reads the offices that a condition names, with who has their places.
func loadOffices(ctx context.Context, tx *engine.Tx, where string, args ...any) ([]roster.Office, error) {
	all, err := engine.All(ctx, tx, scanOffice, `SELECT o.id, o.department, o.state, o.asked_at, o.round, o.leads, o.hole_at, o.version
		FROM roster_offices o WHERE `+where+` ORDER BY o.department COLLATE "C"`, args...)
	if err != nil || len(all) == 0 {
		return all, err
	}
	held, err := engine.All(ctx, tx, scanPlace, `SELECT p.office_id, p.post, p.person_id, p.appointed_by, p.since, p.told
		FROM roster_places p JOIN roster_offices o ON o.id = p.office_id WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	at := map[string]*roster.Office{}
	for i := range all {
		at[all[i].ID] = &all[i]
	}
	for _, p := range held {
		if p.post == roster.Deputy {
			at[p.office].Deputy = p.holder
		} else {
			at[p.office].Representative = p.holder
		}
	}
	return all, nil
}

func (s offices) List(ctx context.Context) ([]roster.Office, error) {
	var all []roster.Office
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		all, err = loadOffices(ctx, tx, `1 = 1`)
		return err
	})
	return all, err
}

func (s offices) Change(ctx context.Context, department string, person bot.PersonID, rule func(*roster.Office, *roster.Guest) ([]bot.Delivery, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		found, err := loadOffices(ctx, tx, `o.department = $1`, department)
		if err != nil {
			return err
		}
		was := roster.NewOffice(department)
		if len(found) > 0 {
			was = found[0]
		}
		var who roster.Guest
		if person != "" {
			if who, err = guestOr(ctx, tx, person); err != nil {
				return err
			}
			if who.Office, _, err = engine.One(ctx, tx, engine.Value[string], `SELECT office_id FROM roster_places WHERE person_id = $1 ORDER BY office_id COLLATE "C"`, person); err != nil {
				return err
			}
		}
		is, guest := was, who
		deliveries, err := rule(&is, &guest)
		if err != nil {
			return err
		}
		if err := saveOffice(ctx, tx, was, is); err != nil {
			return err
		}
		if guest != who {
			if err := saveGuest(ctx, tx, guest); err != nil {
				return err
			}
		}
		return s.send(ctx, tx, is.Outdated(), deliveries)
	})
}

// guestOr reads somebody whom the register has.
func guestOr(ctx context.Context, tx *engine.Tx, person bot.PersonID) (roster.Guest, error) {
	if err := known(ctx, tx, person); err != nil {
		return roster.Guest{}, err
	}
	return loadGuest(ctx, tx, person)
}

func saveOffice(ctx context.Context, tx *engine.Tx, was, is roster.Office) error {
	leads, err := engine.ToJSON(is.Leads)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO roster_offices (id, department, state, asked_at, round, leads, hole_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, asked_at = excluded.asked_at, round = excluded.round, leads = excluded.leads,
		  hole_at = excluded.hole_at, version = excluded.version`,
		is.ID, is.Department, is.State, engine.Micros(is.Asked), is.Round, leads, engine.Micros(is.Hole), is.Version)
	if err != nil {
		return fmt.Errorf("save an office: %w", err)
	}
	return errors.Join(
		savePlace(ctx, tx, is.ID, roster.Representative, was.Representative, is.Representative),
		savePlace(ctx, tx, is.ID, roster.Deputy, was.Deputy, is.Deputy))
}

func savePlace(ctx context.Context, tx *engine.Tx, office string, post roster.Post, was, is roster.Holder) (err error) {
	switch {
	case was == is:
		return nil
	case is.Person == "":
		_, err = tx.Exec(ctx, `DELETE FROM roster_places WHERE office_id = $1 AND post = $2`, office, post)
	default:
		_, err = tx.Exec(ctx, `INSERT INTO roster_places (office_id, post, person_id, appointed_by, since, told) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (office_id, post) DO UPDATE SET person_id = excluded.person_id, appointed_by = excluded.appointed_by,
			  since = excluded.since, told = excluded.told`,
			office, post, is.Person, is.By, engine.Micros(is.Since), is.Told)
	}
	if err != nil {
		return fmt.Errorf("save who has a place: %w", err)
	}
	return nil
}
