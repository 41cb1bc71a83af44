package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"

	"evangelist/storage/migrations"
)

// Mode says what a program wants of the database.
type Mode int

const (
	// Serve reads and writes: creates and migrates the database and, on SQLite,
	// holds the lock that only one program can hold.
	Serve Mode = iota
	// ReadOnly looks on, beside a program that serves; Write is refused.
	ReadOnly
)

// Dialect names the database behind a DB.
type Dialect string

// The two databases.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// Options of Open; the zero value serves.
type Options struct {
	Mode Mode
	// AnySchema lets ReadOnly open a database that was not migrated yet, for
	// programs that do not look at its tables (backup, doctor).
	AnySchema bool
	// Log receives what an operator should know; nil is silent.
	Log *slog.Logger
	// Rand spreads the pauses between repeated attempts; nil is crypto/rand.
	Rand io.Reader
	// Image is the path of a database file that a database in memory begins as a copy
	// of, and nothing else may: so its schema need not be made anew for each test.
	Image string
	// Migrations, Oldest and Fleeting replace what the package migrations says,
	// in tests of upgrades.
	Migrations fs.FS
	Oldest     int64
	Fleeting   []string
}

// DB is an open database. Its methods may be called by many goroutines.
type DB struct {
	backend
	dialect Dialect
	options Options
}

// backend is what the two databases do differently.
type backend interface {
	write(context.Context, func(*Tx) error) error
	read(context.Context, func(*Tx) error) error
	backup(ctx context.Context, path string) error
	scrub(ctx context.Context, table string) error
	close() error
}

// Open opens the database at url: "sqlite:PATH", "sqlite::memory:" or
// "postgres://…". In Serve mode it creates what does not exist and brings the
// schema up to date, after a backup beside the file (PATH.vN.backup; SQLite
// only). A file that is empty, damaged, not ours or too new is refused and left
// as it is; a file that another program serves gives a *LockedError.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Migrations == nil {
		o.Migrations, o.Oldest, o.Fleeting = migrations.FS, migrations.Oldest, migrations.Fleeting()
	}
	db := &DB{options: o}
	var err error
	switch scheme, rest, _ := strings.Cut(url, ":"); {
	case o.Image != "" && url != "sqlite::memory:":
		err = errors.New("only a database in memory begins as a copy of another")
	case scheme == "sqlite" && rest == ":memory:":
		db.dialect = SQLite
		db.backend, err = openMemory(ctx, o)
	case scheme == "sqlite" && rest != "":
		db.dialect = SQLite
		db.backend, err = openFile(ctx, rest, o)
	case (scheme == "postgres" || scheme == "postgresql") && strings.HasPrefix(rest, "//"):
		db.dialect = PostgreSQL
		db.backend, err = openPostgres(ctx, url, o)
	default:
		err = errors.New(`a database is given as sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST/NAME`)
	}
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return db, nil
}

// Dialect says which database it is, for the few texts that cannot be the same.
func (db *DB) Dialect() Dialect { return db.dialect }

// insideKey marks a context as belonging to a transaction of db.
type insideKey struct{ db *DB }

// Write runs fn in a transaction and returns nil once its changes are on the
// disk. Any error or panic of fn (as bot.Panicked says it) undoes all that it did and
// nothing else. fn may run several times. A ctx that ends before fn began
// prevents it; one that ends in between fails the next statement. On an error
// that is ErrUnknown the change may have been kept.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return db.begin(ctx, db.write, fn)
}

// Read runs fn on a snapshot: every query in it sees the database as it was at
// one moment, which includes all writes that had returned before. Changes are
// refused with ErrReadOnly.
func (db *DB) Read(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return db.begin(ctx, db.read, fn)
}

func (db *DB) begin(ctx context.Context, run func(context.Context, func(*Tx) error) error,
	fn func(context.Context, *Tx) error) error {
	if ctx.Value(insideKey{db}) != nil {
		return ErrNested
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	inside := context.WithValue(ctx, insideKey{db}, true)
	return run(ctx, func(tx *Tx) error { return fn(inside, tx) })
}

// Backup writes a whole, consistent copy to path while others go on writing. It
// refuses to overwrite a file. On PostgreSQL it only says how to do it there.
func (db *DB) Backup(ctx context.Context, path string) error {
	if err := db.backup(ctx, path); err != nil {
		return fmt.Errorf("back up the database to %s: %w", path, err)
	}
	return nil
}

// Scrub takes what was deleted from table off the disk, as far as a database can
// (the SQLite write-ahead log, the old PostgreSQL row versions), so that neither
// the content nor the order of writing remains. The table is one of
// migrations.Fleeting and has a column of text. It waits for readers that are in the
// way (SQLite: any that see the old rows; PostgreSQL: of this table) and fails
// with ErrBusy when they do not end; repeat it then.
func (db *DB) Scrub(ctx context.Context, table string) error {
	if !slices.Contains(db.options.Fleeting, table) {
		return fmt.Errorf("scrub: %q is not among the tables that are scrubbed (migrations.Fleeting)", table)
	}
	if err := db.scrub(ctx, table); err != nil {
		return fmt.Errorf("scrub %s: %w", table, err)
	}
	return nil
}

// Check says whether the database answers and, in Serve mode, takes changes.
func (db *DB) Check(ctx context.Context) error {
	if lite, is := db.backend.(*liteFile); is && lite.writer != nil {
		if err := lite.writer.stopped(); err != nil {
			return err
		}
	}
	return db.Read(ctx, func(ctx context.Context, tx *Tx) error {
		var one int
		return tx.QueryRow(ctx, "SELECT 1").Scan(&one)
	})
}

// QuickCheck reads the whole SQLite file and fails with ErrDamaged when pages or
// rows do not fit together; it takes about a second per gigabyte. On PostgreSQL
// it is Check.
func (db *DB) QuickCheck(ctx context.Context) error {
	if db.dialect != SQLite {
		return db.Check(ctx)
	}
	return db.Read(ctx, quickCheck)
}

// SchemaVersion returns the version that the database has and the one that this
// program is made for.
func (db *DB) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	var found schema
	err = db.Read(ctx, func(ctx context.Context, tx *Tx) error {
		found, err = schemaOf(ctx, tx, db.dialect, db.options)
		return err
	})
	return found.have, found.want, err
}

// Close lets changes that were begun end, then closes the database. Later calls
// of Write give ErrClosed. It may be called again.
func (db *DB) Close() error { return db.close() }
