package kernelstore

import (
	"context"
	"fmt"

	"evangelist/bot"
	"evangelist/storage/internal/cache"
	"evangelist/storage/internal/engine"
)

// Places implements bot.Places.
type Places struct {
	db    *engine.DB
	clock bot.Clock
	one   cache.Cache[bot.PlaceID, bot.Place]
}

// NewPlaces returns the register of places in db.
func NewPlaces(db *engine.DB, clock bot.Clock) *Places { return &Places{db: db, clock: clock} }

const placeQuery = `SELECT id, name, kind, member, watched, external, confirmed, archived FROM places`

func scanPlace(row engine.Scanner) (bot.Place, error) {
	var p bot.Place
	err := row.Scan(&p.ID, &p.Name, &p.Kind, &p.Member, &p.Watched, &p.External, &p.Confirmed, &p.Archived)
	return p, err
}

// Place implements bot.Places. It may be a second old where several replicas
// write.
func (s *Places) Place(ctx context.Context, id bot.PlaceID) (bot.Place, error) {
	return s.one.Through(id, s.clock.Now(), func() (bot.Place, error) { return s.place(ctx, id) })
}

func (s *Places) place(ctx context.Context, id bot.PlaceID) (bot.Place, error) {
	var place bot.Place
	var known bool
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		place, known, err = engine.One(ctx, tx, scanPlace, placeQuery+` WHERE id = $1`, string(id))
		return err
	})
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return place, err
}

// Places implements bot.Places.
func (s *Places) Places(ctx context.Context) ([]bot.Place, error) {
	var places []bot.Place
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		places, err = engine.All(ctx, tx, scanPlace, placeQuery+` ORDER BY name, id`)
		return err
	})
	return places, err
}

// Observe implements bot.Places. All places are kept in one transaction.
func (s *Places) Observe(ctx context.Context, places []bot.Place) error {
	defer s.one.Forget()
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		for _, p := range places {
			_, err := tx.Exec(ctx, `INSERT INTO places (id, platform, name, kind, member, watched, external, archived)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, member = excluded.member,
				external = excluded.external, confirmed = places.confirmed AND excluded.external, archived = excluded.archived
				WHERE places.name <> excluded.name OR places.kind <> excluded.kind OR places.member <> excluded.member
				OR places.external <> excluded.external OR places.archived <> excluded.archived`,
				string(p.ID), p.ID.Platform(), bot.Clean(p.Name, 200), string(p.Kind), p.Member, p.Watched, p.External, p.Archived)
			if err != nil {
				return fmt.Errorf("save a place: %w", err)
			}
		}
		return nil
	})
}

// Watch implements bot.Places.
func (s *Places) Watch(ctx context.Context, id bot.PlaceID, on bool) error {
	return s.set(ctx, `UPDATE places SET watched = $2 WHERE id = $1`, id, on)
}

// Confirm implements bot.Places.
func (s *Places) Confirm(ctx context.Context, id bot.PlaceID, on bool) error {
	return s.set(ctx, `UPDATE places SET confirmed = external AND $2 WHERE id = $1`, id, on)
}

func (s *Places) set(ctx context.Context, query string, id bot.PlaceID, on bool) error {
	defer s.one.Forget()
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		rows, err := tx.Exec(ctx, query, string(id), on)
		if err != nil {
			return fmt.Errorf("decide about a place: %w", err)
		}
		if rows == 0 {
			return bot.ErrNotFound
		}
		return nil
	})
}
