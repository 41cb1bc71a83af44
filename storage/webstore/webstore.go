// Package webstore keeps who may come in to the web pages: one-time links and
// sessions. Both are kept as hashes, so that whoever reads the database cannot
// sign in with what is there.
package webstore

import (
	"context"
	"fmt"
	"time"

	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/storage/internal/engine"
)

// Store implements web.Store.
type Store struct {
	db    *engine.DB
	clock bot.Clock
}

var _ web.Store = (*Store)(nil)

// New returns the store in db.
func New(db *engine.DB, clock bot.Clock) *Store { return &Store{db: db, clock: clock} }

// hour is a moment of a session as it is kept: no row says more exactly than to
// the hour when somebody was here.
func hour(at time.Time) int64 { return engine.Micros(at.Truncate(time.Hour)) }

func (s *Store) now() int64 { return engine.Micros(s.clock.Now()) }

// AddLink implements web.Store.
func (s *Store) AddLink(ctx context.Context, link web.Link) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM web_links WHERE expires <= $1 OR (account = $2 AND hash <> $3)`, s.now(), string(link.Account), link.Hash)
		if err != nil {
			return fmt.Errorf("forget older links: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO web_links (hash, account, expires) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`,
			link.Hash, string(link.Account), engine.Micros(link.Expires))
		return err
	})
}

func scanLink(row engine.Scanner) (web.Link, error) {
	var link web.Link
	var expires int64
	err := row.Scan(&link.Hash, &link.Account, &expires)
	link.Expires = engine.Time(expires)
	return link, err
}

const linkQuery = `SELECT hash, account, expires FROM web_links WHERE hash = $1 AND expires > $2`

// Link implements web.Store.
func (s *Store) Link(ctx context.Context, hash string) (web.Link, error) {
	return one(ctx, s.db.Read, scanLink, linkQuery, hash, s.now())
}

// Redeem implements web.Store.
func (s *Store) Redeem(ctx context.Context, hash string, session web.Session, replaces string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		link, known, err := engine.One(ctx, tx, scanLink, linkQuery, hash, s.now())
		if err != nil {
			return err
		}
		if !known {
			return bot.ErrNotFound
		}
		used, err := tx.Exec(ctx, `DELETE FROM web_links WHERE hash = $1`, hash)
		if err != nil {
			return err
		}
		if used == 0 { // somebody was faster
			return bot.ErrNotFound
		}
		if _, err = tx.Exec(ctx, `DELETE FROM web_sessions WHERE hash = $1 OR expires <= $2 OR ends <= $2`, replaces, s.now()); err != nil {
			return fmt.Errorf("end older sessions: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO web_sessions (hash, account, expires, ends) VALUES ($1, $2, $3, $4)`,
			session.Hash, string(link.Account), hour(session.Until), hour(session.Ends))
		return err
	})
}

func scanSession(row engine.Scanner) (web.Session, error) {
	var session web.Session
	var until, ends int64
	err := row.Scan(&session.Hash, &session.Account, &until, &ends)
	session.Until, session.Ends = engine.Time(until), engine.Time(ends)
	return session, err
}

// Session implements web.Store.
func (s *Store) Session(ctx context.Context, hash string) (web.Session, error) {
	return one(ctx, s.db.Read, scanSession,
		`SELECT hash, account, expires, ends FROM web_sessions WHERE hash = $1 AND expires > $2 AND ends > $2`, hash, s.now())
}

// Extend implements web.Store.
func (s *Store) Extend(ctx context.Context, hash string, until time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE web_sessions SET expires = $2 WHERE hash = $1 AND expires < $2 AND expires > $3`,
			hash, hour(until), s.now())
		return err
	})
}

// End implements web.Store.
func (s *Store) End(ctx context.Context, hash string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM web_sessions WHERE hash = $1`, hash)
		return err
	})
}

type transaction func(context.Context, func(context.Context, *engine.Tx) error) error

func one[T any](ctx context.Context, read transaction, scan func(engine.Scanner) (T, error), q string, args ...any) (T, error) {
	var found T
	var known bool
	err := read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		found, known, err = engine.One(ctx, tx, scan, q, args...)
		return err
	})
	if err == nil && !known {
		err = bot.ErrNotFound
	}
	return found, err
}
