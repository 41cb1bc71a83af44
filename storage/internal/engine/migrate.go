package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// oldestKey is the row of installation that holds the lowest schema version whose
// program may use the database.
const oldestKey = "schema.oldest"

// schema says what was found in a database and what this program is made for.
type schema struct {
	have    int64 // highest version; 0 without tables, -1 with those of others
	want    int64
	missing bool  // some of this program's migrations were not applied
	oldest  int64 // lowest version whose program may use it; 0 when not known
}

// versions returns the numbers of the migrations.
func versions(files fs.FS) ([]int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	var all []int64
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the migration %s has no number", name)
		}
		all = append(all, n)
	}
	return all, nil
}

// schemaOf looks at what the database holds.
func schemaOf(ctx context.Context, tx *Tx, dialect Dialect, o Options) (schema, error) {
	known, err := versions(o.Migrations)
	if err != nil {
		return schema{}, err
	}
	found := schema{missing: len(known) > 0}
	for _, n := range known {
		found.want = max(found.want, n)
	}
	tables, err := tableNames(ctx, tx, dialect)
	if err != nil || len(tables) == 0 {
		return found, err
	}
	if !tables[goose.DefaultTablename] {
		// A PostgreSQL schema shared with others is the operator's choice.
		if dialect == SQLite || tables["installation"] {
			found.have = -1
		}
		return found, nil
	}
	applied, err := All(ctx, tx, Value[int64], "SELECT version_id FROM "+goose.DefaultTablename)
	if err != nil {
		return found, err
	}
	for _, n := range applied {
		found.have = max(found.have, n)
	}
	found.missing = slices.ContainsFunc(known, func(n int64) bool { return !slices.Contains(applied, n) })
	if !tables["installation"] {
		return found, nil
	}
	text, set, err := One(ctx, tx, Value[string], "SELECT value FROM installation WHERE key = $1", oldestKey)
	if err == nil && set {
		found.oldest, err = strconv.ParseInt(text, 10, 64)
	}
	return found, err
}

func tableNames(ctx context.Context, tx *Tx, dialect Dialect) (map[string]bool, error) {
	q := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if dialect == PostgreSQL {
		q = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
	}
	names, err := All(ctx, tx, Value[string], q)
	tables := map[string]bool{}
	for _, name := range names {
		tables[name] = true
	}
	return tables, err
}

// plan says whether a database must be migrated, or why it is refused.
func plan(found schema, o Options) (migrate bool, err error) {
	have, want := found.have, found.want
	switch {
	case have < 0:
		return false, errors.New("this database holds tables of another program; give evangelist a database of its own")
	case have > want && (found.missing || found.oldest == 0 || want < found.oldest):
		return false, fmt.Errorf("%w (its schema is %d, this program knows %d)", ErrNewer, have, want)
	case have > want:
		o.Log.Warn("the database was made by a later version of evangelist, which this one can still use",
			"schema", have, "known", want)
		return false, nil
	case found.missing && o.Mode == ReadOnly && !o.AnySchema:
		return false, fmt.Errorf("%w (its schema is %d, this program needs %d)", ErrOlder, have, want)
	}
	return found.missing && o.Mode == Serve, nil
}

// migrate brings the schema up to date: each file in a transaction of its own, so
// that a program killed in between goes on from there.
func migrate(ctx context.Context, db *sql.DB, dialect Dialect, o Options) error {
	kind := goose.DialectSQLite3
	if dialect == PostgreSQL {
		kind = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(kind, db, o.Migrations, goose.WithDisableGlobalRegistry(true),
		goose.WithAllowOutofOrder(true))
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
