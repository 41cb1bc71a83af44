package storagetest_test

import (
	"context"
	"testing"

	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// Every call gives a database of its own, on both, that takes what the schema
// allows.
func TestEachIsSeparate(t *testing.T) {
	for range 2 {
		storagetest.Each(t, func(t *testing.T, db *engine.DB) {
			ctx := context.Background()
			err := db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO installation (key, value) VALUES ($1, $2)", "test", "once")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			have, want, err := db.SchemaVersion(ctx)
			if err != nil || have != want || have == 0 {
				t.Fatalf("schema %d of %d, %v", have, want, err)
			}
		})
	}
}
