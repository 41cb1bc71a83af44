package kernelstore

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"evangelist/storage/internal/engine"
)

// Installation keeps the installation's own key and settings.
type Installation struct {
	db     *engine.DB
	random io.Reader
}

// NewInstallation returns the settings in db.
func NewInstallation(db *engine.DB, random io.Reader) *Installation {
	return &Installation{db: db, random: random}
}

// Key returns the 32 secret bytes of this installation. They are made at the
// first call and stay the same for the life of the database, on every replica.
func (s *Installation) Key(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(s.random, fresh); err != nil {
		return nil, fmt.Errorf("make the installation key: %w", err)
	}
	var text string
	err := s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ('key', $1) ON CONFLICT (key) DO NOTHING`, hex.EncodeToString(fresh)); err != nil {
			return err
		}
		var err error
		text, _, err = engine.One(ctx, tx, engine.Value[string], `SELECT value FROM installation WHERE key = 'key'`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the installation key: %w", err)
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("the installation key in the database is damaged: restore a backup")
	}
	return key, nil
}

// Setting returns a stored setting, "" when it was never set.
func (s *Installation) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := s.db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		value, _, err = engine.One(ctx, tx, engine.Value[string], `SELECT value FROM installation WHERE key = $1`, "setting/"+name)
		return err
	})
	return value, err
}

// Set stores a setting. Idempotent.
func (s *Installation) Set(ctx context.Context, name, value string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, "setting/"+name, value)
		return err
	})
}
