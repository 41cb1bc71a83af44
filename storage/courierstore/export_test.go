package courierstore

import (
	"context"

	"evangelist/storage/internal/engine"
)

// Exec runs a statement, for tests that prepare rows of other tables.
func Exec(ctx context.Context, db *engine.DB, q string, args ...any) error {
	return db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, q, args...)
		return err
	})
}

// Number reads a single number.
func Number(ctx context.Context, db *engine.DB, q string) (n int64, err error) {
	err = db.Read(ctx, func(ctx context.Context, tx *engine.Tx) error {
		n, _, err = engine.One(ctx, tx, engine.Value[int64], q)
		return err
	})
	return n, err
}
