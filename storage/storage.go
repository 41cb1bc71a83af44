// Package storage is the door to the database for the program itself; the
// Stores of each feature live in packages of their own beside it.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"evangelist/storage/internal/engine"
)

// DB is an open database, to be handed to the Stores.
type DB = engine.DB

// Open opens the database at url for writing, creates and migrates it. On
// SQLite it takes the lock that one program can hold; a second one gets an error
// with ExitCode 75.
func Open(ctx context.Context, url string, log *slog.Logger) (*DB, error) {
	return engine.Open(ctx, url, engine.Options{Log: log})
}

// Look opens the database for reading beside a program that serves it.
func Look(ctx context.Context, url string, log *slog.Logger) (*DB, error) {
	return engine.Open(ctx, url, engine.Options{Mode: engine.ReadOnly, Log: log})
}

// Inspect opens the database for reading whatever its schema is, for programs
// that do not look at its tables: backup and doctor.
func Inspect(ctx context.Context, url string, log *slog.Logger) (*DB, error) {
	return engine.Open(ctx, url, engine.Options{Mode: engine.ReadOnly, AnySchema: true, Log: log})
}

// Restore puts a backup in the place of the SQLite database at url. The backup is
// opened, checked and copied beside the target first, with what its write-ahead
// log holds; the database that stood there is kept, and its name returned ("" when
// there was none). A running server stops it: error with ExitCode 75. After an
// error the database that was there is where it was. The caller must begin a new
// epoch of the courier before anything is sent.
func Restore(ctx context.Context, url, backup string, log *slog.Logger) (kept string, err error) {
	path, err := target(url, backup)
	if err != nil {
		return "", err
	}
	ready := path + ".restoring"
	defer func() { _ = os.Remove(ready) }() // in place by then, or removed by the next attempt
	if err := prepare(ctx, backup, ready, log); err != nil {
		return "", err
	}
	if kept, err = setAside(ctx, url, path, log); err != nil {
		return "", err
	}
	if err := os.Rename(ready, path); err != nil {
		if kept != "" {
			err = errors.Join(err, move(kept, path))
		}
		return "", fmt.Errorf("put the backup in place: %w", err)
	}
	return kept, nil
}

// target is the file behind url, with links followed; it is not the backup.
func target(url, backup string) (string, error) {
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok || path == ":memory:" {
		return "", errors.New("only a SQLite database is restored from a file; on PostgreSQL use pg_restore, then evangelist restore --epoch-only before anything is started")
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if err != nil {
		return "", fmt.Errorf("look at the database that is there: %w", err)
	}
	if there.IsDir() {
		return "", fmt.Errorf("%s is a folder, so nothing can be put in its place; name the database file in it", path)
	}
	if source, err := os.Stat(backup); err == nil && os.SameFile(source, there) {
		return "", fmt.Errorf("%s is the database itself, not a backup of it; nothing was changed", backup)
	}
	return path, nil
}

// prepare checks a backup and copies it.
func prepare(ctx context.Context, backup, ready string, log *slog.Logger) (err error) {
	db, err := engine.Open(ctx, "sqlite:"+backup, engine.Options{Mode: engine.ReadOnly, AnySchema: true, Log: log})
	if err == nil {
		defer func() { err = errors.Join(err, db.Close()) }()
		err = db.QuickCheck(ctx)
	}
	if errors.Is(err, engine.ErrDamaged) { // whose advice is to restore
		return fmt.Errorf("the backup %s is damaged, or no database at all, so nothing was changed; take another backup", backup)
	}
	if err != nil {
		return fmt.Errorf("the backup %s cannot be used, so nothing was changed: %w", backup, err)
	}
	if err := os.Remove(ready); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("an earlier attempt left %s: %w", ready, err)
	}
	if err := db.Backup(ctx, ready); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	return nil
}

// setAside renames the database that is there. Opening it for writing first
// proves that no server runs and folds its log into the file; a damaged one is
// moved with whatever lies beside it.
func setAside(ctx context.Context, url, path string, log *slog.Logger) (string, error) {
	if !exists(path) && !exists(path+"-wal") {
		return "", nil
	}
	db, err := engine.Open(ctx, url, engine.Options{Log: log})
	var locked *engine.LockedError
	switch {
	case errors.As(err, &locked):
		return "", err
	case err == nil:
		if err := db.Close(); err != nil {
			return "", err
		}
	}
	kept := path + ".before-restore"
	for n := 2; exists(kept) || exists(kept+"-wal"); n++ {
		kept = fmt.Sprintf("%s.before-restore-%d", path, n)
	}
	if err := move(path, kept); err != nil {
		return "", fmt.Errorf("keep the database that is there: %w", errors.Join(err, move(kept, path)))
	}
	return kept, nil
}

// move renames a database file and what belongs to it; what is not there is left
// out.
func move(from, to string) error {
	for _, tail := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(from+tail, to+tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// longAgo is before the first message that evangelist ever sent. It is not the
// zero time, which would say that nothing is in doubt.
var longAgo = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// LastSent returns the latest moment at which the database knows of a delivery: a
// backup was not taken before it, so that whatever the backup does not know was
// posted later. It is what the date of a file, which copying changes, and pg_dump
// cannot tell. It is never zero, and beginning an epoch does not change it.
func LastSent(ctx context.Context, db *DB) (time.Time, error) {
	var micros int64
	err := db.Read(ctx, func(ctx context.Context, tx *engine.Tx) (err error) {
		micros, _, err = engine.One(ctx, tx, engine.Value[int64], `
			SELECT COALESCE(MAX(at), 0) FROM (
				SELECT created_at AS at FROM deliveries UNION ALL SELECT ended_at FROM deliveries
				UNION ALL SELECT asked FROM delivery_parts) known`)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the last delivery: %w", err)
	}
	if last := time.UnixMicro(micros).UTC(); last.After(longAgo) {
		return last, nil
	}
	return longAgo, nil
}
