package engine

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"
)

// openMemory opens a database that ends with its program, with one connection that
// writes and reads.
func openMemory(ctx context.Context, o Options) (*liteFile, error) {
	if o.Mode == ReadOnly {
		return nil, errors.New("a database in memory ends with its program, so that no other can look at it; give a file instead")
	}
	db, err := pool("evangelist", "memory", 1, writing("MEMORY", "OFF")...)
	if err != nil {
		return nil, err
	}
	f := &liteFile{path: ":memory:", out: db, log: o.Log}
	if o.Image != "" {
		if err := beginWith(ctx, db, o.Image); err != nil {
			return nil, errors.Join(err, f.close())
		}
	}
	if err := migrate(ctx, db, SQLite, o); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, f.start(ctx)
}

// beginWith fills the one connection of a database in memory with the content of a
// file.
func beginWith(ctx context.Context, db *sql.DB, path string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	err = conn.Raw(func(driver any) error {
		into, ok := driver.(interface {
			NewRestore(uri string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("this driver copies no database")
		}
		copying, err := into.NewRestore("file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?mode=ro&immutable=1")
		if err != nil {
			return err
		}
		_, err = copying.Step(-1)
		return errors.Join(err, copying.Finish())
	})
	return errors.Join(err, conn.Close())
}
