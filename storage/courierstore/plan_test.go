package courierstore

import (
	"context"
	"strings"
	"testing"
	"time"

	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// Looking for due deliveries once a second must stay cheap beside a million that
// were sent: SQLite reads them through the small indexes of open ones.
func TestDueReadsOpenDeliveriesOnly(t *testing.T) {
	db := storagetest.Memory(t)
	s := &store{db: db}
	if _, _, err := s.Due(t.Context(), time.Unix(0, 0), []string{"p"}, 10); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{dueQuery(1), nextQuery, holderQuery} {
		err := db.Read(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
			args := []any{0, 10, "p"}
			if q != dueQuery(1) {
				args = args[:1]
			}
			steps, err := engine.All(ctx, tx, func(row engine.Scanner) (string, error) {
				var id, parent, unused int64
				var detail string
				err := row.Scan(&id, &parent, &unused, &detail)
				return detail, err
			}, "EXPLAIN QUERY PLAN "+q, args...)
			for _, step := range steps {
				if strings.HasPrefix(step, "SCAN") || strings.HasPrefix(step, "USE TEMP B-TREE") {
					t.Errorf("%s in %q", step, steps)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
