// Package storage is the door to the database for the program itself; the
// Stores of each feature live in packages of their own beside it.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

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
// opened and checked first; the database that stood there is kept beside it, and
// its name returned ("" when there was none). A running server stops it: error
// with ExitCode 75. The caller must begin a new epoch of the courier before
// anything is sent.
func Restore(ctx context.Context, url, backup string, log *slog.Logger) (kept string, err error) {
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok || path == ":memory:" {
		return "", errors.New("only a SQLite database is restored from a file; on PostgreSQL use pg_restore, then start evangelist with restore --only-epoch")
	}
	if err := check(ctx, backup, log); err != nil {
		return "", err
	}
	if kept, err = setAside(ctx, url, path, log); err != nil {
		return "", err
	}
	if err := place(backup, path); err != nil {
		return kept, fmt.Errorf("put the backup in place: %w", err)
	}
	return kept, nil
}

func check(ctx context.Context, backup string, log *slog.Logger) error {
	db, err := engine.Open(ctx, "sqlite:"+backup, engine.Options{Mode: engine.ReadOnly, AnySchema: true, Log: log})
	if err != nil {
		return fmt.Errorf("the backup %s cannot be used: %w", backup, err)
	}
	if err := errors.Join(db.QuickCheck(ctx), db.Close()); err != nil {
		return fmt.Errorf("the backup %s is damaged, so nothing was changed: %w", backup, err)
	}
	return nil
}

// setAside renames the database that is there. Opening it for writing first
// proves that no server runs and folds its log into the file; a damaged one is
// moved with whatever lies beside it.
func setAside(ctx context.Context, url, path string, log *slog.Logger) (string, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
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
	for n := 2; exists(kept); n++ {
		kept = fmt.Sprintf("%s.before-restore-%d", path, n)
	}
	for _, tail := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(path+tail, kept+tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("keep the database that is there: %w", err)
		}
	}
	return kept, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// place copies the backup beside the target, to the disk, and renames it.
func place(backup, path string) (err error) {
	from, err := os.Open(backup)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.CreateTemp(filepath.Dir(path), ".restoring-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to.Name()))
		}
	}()
	if _, err = io.Copy(to, from); err == nil {
		err = to.Sync()
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	return os.Rename(to.Name(), path)
}
