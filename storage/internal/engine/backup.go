package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Files up to checkAlways bytes are checked at every start, larger ones when the
// last program did not end well, for at most checkFor.
const (
	checkAlways = 8 << 20
	checkFor    = 2 * time.Second
)

// quickCheck reads every page and fails with ErrDamaged when they do not fit.
func quickCheck(ctx context.Context, tx *Tx) error {
	found, err := All(ctx, tx, Value[string], "PRAGMA quick_check(3)")
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("%w (%s)", ErrDamaged, strings.Join(found, "; "))
	}
	return nil
}

// startCheck is the quickCheck that a start can afford.
func startCheck(ctx context.Context, c *conn, f *liteFile, unclean bool) error {
	info, err := os.Stat(f.path)
	if err != nil || info.Size() > checkAlways && !unclean {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, checkFor)
	defer cancel()
	tx := &Tx{lite: c}
	err = tx.finish(quickCheck(limited, tx))
	if limited.Err() != nil && ctx.Err() == nil && !errors.Is(err, ErrDamaged) {
		f.log.Warn("the database is too large to be checked at the start; evangelist doctor checks all of it", "bytes", info.Size())
		return nil
	}
	return err
}

// vacuumInto writes a copy to path, by way of a temporary file beside it.
func vacuumInto(ctx context.Context, c *conn, path string, replace bool) error {
	if _, err := os.Lstat(path); err == nil && !replace {
		return errors.New("there is a file with that name already; choose another name or move it away")
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	name := temporary.Name()
	defer discard(name)
	if err := temporary.Close(); err != nil {
		return err
	}
	if _, err := c.raw.ExecContext(ctx, "VACUUM INTO $1", name); err != nil {
		return sentence(err)
	}
	if replace {
		return settleFile(name, path)
	}
	// Linking fails where renaming would overwrite.
	if err := syncPath(name); err != nil {
		return err
	}
	if err := os.Link(name, path); errors.Is(err, fs.ErrExist) {
		return errors.New("there is a file with that name already; choose another name or move it away")
	} else if err != nil {
		return settleFile(name, path)
	}
	return syncPath(filepath.Dir(path))
}

func (f *liteFile) backup(ctx context.Context, path string) (err error) {
	if f.in == nil {
		return f.writer.do(ctx, true, func(tx *Tx) error { return vacuumInto(ctx, tx.lite, path, false) })
	}
	// The connections that read refuse VACUUM INTO, even of another file.
	db, err := pool(f.path, "ro", 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c, err := newConn(ctx, db)
	if err != nil {
		return f.explain(err)
	}
	defer c.close()
	return vacuumInto(ctx, c, path, false)
}

// scrubFor is how long Scrub waits for those who still see what was deleted.
const scrubFor = 10 * time.Second

// scrub empties the write-ahead log, which still holds what was deleted; in the
// file itself secure_delete has put zeros in its place. Between the attempts
// others write.
func (f *liteFile) scrub(ctx context.Context, _ string) error {
	if f.writer == nil {
		return ErrReadOnly
	}
	return patiently(ctx, func() (bool, error) {
		done := false
		err := f.writer.do(ctx, true, func(tx *Tx) (err error) {
			if err := tx.lite.control("PRAGMA busy_timeout = 50"); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, tx.lite.control("PRAGMA busy_timeout = 5000")) }()
			var busy, pages, moved int64
			err = tx.QueryRow(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
			done = busy == 0
			return err
		})
		return done, err
	})
}

// patiently calls try until it is done, fails, or scrubFor is over.
func patiently(ctx context.Context, try func() (done bool, err error)) error {
	end := time.NewTimer(scrubFor)
	defer end.Stop()
	for {
		if done, err := try(); err != nil || done {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-end.C:
			return fmt.Errorf("%w: somebody still reads what was deleted", ErrBusy)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
