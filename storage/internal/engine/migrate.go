package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// oldestKey is the row of installation that holds the lowest schema version whose
// program may use the database.
const oldestKey = "schema.oldest"

// newest returns the highest number among the migrations.
func newest(files fs.FS) (int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, err
	}
	highest := int64(0)
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("the migration %s has no number", name)
		}
		highest = max(highest, n)
	}
	return highest, nil
}

// schemaOf returns the version of the schema and the oldest program that may use
// it; both are 0 in a database without tables, and have is -1 in one that holds
// other tables than ours.
func schemaOf(ctx context.Context, tx *Tx, dialect Dialect) (have, oldest int64, err error) {
	catalogue := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if dialect == PostgreSQL {
		catalogue = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
	}
	names, err := All(ctx, tx, Value[string], catalogue)
	if err != nil || len(names) == 0 {
		return 0, 0, err
	}
	tables := map[string]bool{}
	for _, name := range names {
		tables[name] = true
	}
	if !tables[goose.DefaultTablename] {
		if dialect == PostgreSQL && !tables["installation"] {
			return 0, 0, nil // a schema shared with others is the operator's choice
		}
		return -1, 0, nil
	}
	have, _, err = One(ctx, tx, Value[int64], "SELECT coalesce(max(version_id), 0) FROM "+goose.DefaultTablename)
	if err != nil || !tables["installation"] {
		return have, 0, err
	}
	text, known, err := One(ctx, tx, Value[string], "SELECT value FROM installation WHERE key = $1", oldestKey)
	if err != nil || !known {
		return have, 0, err
	}
	oldest, err = strconv.ParseInt(text, 10, 64)
	return have, oldest, err
}

// plan says whether a database must be migrated, or why it is refused.
func plan(have, oldest, want int64, o Options) (migrate bool, err error) {
	switch {
	case have < 0:
		return false, errors.New("this database holds tables of another program; give evangelist a database of its own")
	case have > want && (oldest == 0 || want < oldest):
		return false, fmt.Errorf("%w (its schema is %d, this program knows %d)", ErrNewer, have, want)
	case have > want:
		o.Log.Warn("the database was made by a later version of evangelist, which this one can still use",
			"schema", have, "known", want)
		return false, nil
	case have < want && o.Mode == ReadOnly && !o.AnySchema:
		return false, fmt.Errorf("%w (its schema is %d, this program needs %d)", ErrOlder, have, want)
	}
	return have < want && o.Mode == Serve, nil
}

// migrate brings the schema up to date: each file in a transaction of its own, so
// that a program killed in between goes on from there.
func migrate(ctx context.Context, db *sql.DB, dialect Dialect, o Options) error {
	kind := goose.DialectSQLite3
	if dialect == PostgreSQL {
		kind = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(kind, db, o.Migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", sentence(err))
	}
	_, err = db.ExecContext(ctx, `INSERT INTO installation (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, oldestKey, strconv.FormatInt(o.Oldest, 10))
	return sentence(err)
}
