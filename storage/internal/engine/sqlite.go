package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
)

// readers is how many looks at an SQLite file may go on at once.
const readers = 4

// liteFile is an SQLite database: one writing connection and some that read. In
// memory there is only the writing one, which reads too.
type liteFile struct {
	path   string
	lock   *fileLock
	out    *sql.DB // writes; nil in ReadOnly mode
	in     *sql.DB // reads; nil in memory
	writer *writer
	idle   chan *conn
	opened int           // connections that idle will hold when nobody reads
	gone   chan struct{} // closed when the database is
	log    *slog.Logger

	closing sync.Once
}

// connector opens connections of a driver that is ours alone, so that nothing is
// registered for the whole process.
type connector struct {
	driver *sqlite.Driver
	dsn    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// pool opens at most n connections to the file with the pragmas, in their order.
// mode is SQLite's: rwc, rw, ro or memory.
func pool(path, mode string, n int, pragmas ...string) (*sql.DB, error) {
	d := &sqlite.Driver{}
	if err := d.RegisterCollationUtf8("C", strings.Compare); err != nil {
		return nil, err
	}
	values := url.Values{"mode": {mode}, "_txlock": {"immediate"}, "_error_rc": {"1"}, "_dqs": {"0"}, "_defensive": {"1"}}
	values["_pragma"] = append([]string{"busy_timeout(5000)", "cell_size_check(1)", "temp_store(2)", "foreign_keys(1)"}, pragmas...)
	// The path is percent-encoded, so that ? # and % in a file name are harmless.
	name := filepath.ToSlash(path)
	if mode != "memory" && !strings.HasPrefix(name, "/") {
		name = "/" + name // a drive letter
	}
	db := sql.OpenDB(connector{d, "file:" + (&url.URL{Path: name}).EscapedPath() + "?" + values.Encode()})
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// writing are the pragmas of the connection that writes. Checkpoints are the
// writer's own; deleted content is overwritten with zeros. ANALYZE and PRAGMA
// optimize are never run: they would keep samples of rows that must leave no
// trace.
func writing(journal, synchronous string) []string {
	return []string{"journal_mode(" + journal + ")", "synchronous(" + synchronous + ")",
		"secure_delete(1)", "wal_autocheckpoint(0)", "journal_size_limit(67108864)"}
}

func openFile(ctx context.Context, path string, o Options) (_ *liteFile, err error) {
	if path, err = resolve(path); err != nil {
		return nil, err
	}
	f := &liteFile{path: path, log: o.Log}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.close())
		}
	}()
	if o.Mode == ReadOnly {
		if err := present(path); err != nil {
			return nil, err
		}
		if f.in, err = pool(path, "ro", readers, "query_only(1)"); err != nil {
			return nil, err
		}
	} else {
		if f.lock, err = takeLock(path); err != nil {
			return nil, err
		}
		if err := f.serve(ctx, o); err != nil {
			return nil, err
		}
	}
	if err := f.start(ctx); err != nil {
		return nil, f.explain(err)
	}
	if o.Mode == ReadOnly {
		err = f.inspect(ctx, o)
	}
	return f, err
}

// resolve returns the absolute path with links followed, so that two names of a
// file share one lock.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, nil
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("the folder %s does not exist or cannot be read; create it first (%w)", filepath.Dir(path), err)
	}
	return filepath.Join(folder, filepath.Base(path)), nil
}

// present says why path cannot be a database, as far as can be told from outside.
// The file is never opened here: closing it would drop SQLite's locks.
func present(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
			return fmt.Errorf("%w: %s is missing, but its write-ahead log %s-wal is there", ErrDamaged, path, path)
		}
		return fmt.Errorf("there is no database at %s: %w", path, fs.ErrNotExist)
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder; name a file in it, such as sqlite:%s", path, filepath.Join(path, "evangelist.db"))
	case info.Size() == 0:
		return fmt.Errorf("%w: %s is empty. If nothing was ever stored in it, delete it", ErrDamaged, path)
	}
	return nil
}

// serve opens the file for writing: creates, checks and migrates it.
func (f *liteFile) serve(ctx context.Context, o Options) error {
	err := present(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = create(ctx, f.path, o)
	}
	if err != nil {
		return err
	}
	unclean := false
	if wal, err := os.Stat(f.path + "-wal"); err == nil && wal.Size() > 0 {
		unclean = true
	}
	if f.out, err = pool(f.path, "rw", 1, writing("WAL", "FULL")...); err != nil {
		return err
	}
	if err := f.settle(ctx, unclean, o); err != nil {
		return f.explain(err)
	}
	f.in, err = pool(f.path, "rw", readers, "query_only(1)")
	return err
}

// settle checks the schema of an existing file and migrates it after a backup.
func (f *liteFile) settle(ctx context.Context, unclean bool, o Options) error {
	c, err := newConn(ctx, f.out)
	if err != nil {
		return err
	}
	defer c.close()
	found, err := schemaOf(ctx, &Tx{lite: c}, SQLite, o)
	if err != nil {
		return err
	}
	if err := startCheck(ctx, c, f, unclean); err != nil {
		return err
	}
	needed, err := plan(found, o)
	if err != nil || !needed {
		return err
	}
	if found.have > 0 {
		kept := fmt.Sprintf("%s.v%d.backup", f.path, found.have)
		if err := vacuumInto(ctx, c, kept, true); err != nil {
			return fmt.Errorf("back up the database to %s before bringing it up to date: %w", kept, err)
		}
		o.Log.Info("the database was backed up before bringing it up to date", "backup", kept, "from", found.have, "to", found.want)
	}
	if err := c.close(); err != nil {
		return err
	}
	return migrate(ctx, f.out, SQLite, o)
}

// inspect checks the schema of a file that is only looked at.
func (f *liteFile) inspect(ctx context.Context, o Options) error {
	return f.read(ctx, func(tx *Tx) error {
		found, err := schemaOf(ctx, tx, SQLite, o)
		if err == nil {
			_, err = plan(found, o)
		}
		return f.explain(err)
	})
}

// create makes a new database under another name and puts it in its place when
// it is whole, so that an empty or half-made file is never ours.
func create(ctx context.Context, path string, o Options) (err error) {
	fresh := path + ".new"
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		if err := os.Remove(fresh + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	defer func() {
		if err != nil {
			discard(fresh)
		}
	}()
	// For its owner alone; SQLite gives its log and index files the same mode.
	file, err := os.OpenFile(fresh, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("evangelist may not create files in %s; give its user the right to write there (%w)", filepath.Dir(path), err)
	}
	if err := file.Close(); err != nil {
		return err
	}
	db, err := pool(fresh, "rwc", 1, writing("MEMORY", "OFF")...)
	if err != nil {
		return err
	}
	err = migrate(ctx, db, SQLite, o)
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	}
	if err := errors.Join(err, db.Close()); err != nil {
		if liteCode(err)&0xff == liteCantOpen {
			return fmt.Errorf("evangelist may not create files in %s; give its user the right to write there (%w)", filepath.Dir(path), err)
		}
		return err
	}
	return settleFile(fresh, path)
}

// settleFile brings a finished file to the disk and gives it its name.
func settleFile(from, to string) error {
	for _, name := range []string{from, ""} {
		if name == "" {
			if err := os.Rename(from, to); err != nil {
				return err
			}
			name = filepath.Dir(to)
		}
		if err := syncPath(name); err != nil {
			return err
		}
	}
	return nil
}

// start opens the connections and the writer.
func (f *liteFile) start(ctx context.Context) error {
	if f.out != nil {
		c, err := newConn(ctx, f.out)
		if err != nil {
			return err
		}
		f.writer = newWriter(c, f.in != nil, f.log)
	}
	f.gone = make(chan struct{})
	f.idle = make(chan *conn, readers)
	for f.in != nil && f.opened < readers {
		c, err := newConn(ctx, f.in)
		if err != nil {
			return err
		}
		f.idle <- c
		f.opened++
	}
	return nil
}

// explain puts the file's name to an error of opening it.
func (f *liteFile) explain(err error) error {
	switch code := liteCode(err) & 0xff; {
	case err == nil:
		return nil
	case code == liteCantOpen || code == liteReadOnly:
		return fmt.Errorf("evangelist may not write %s or the folder that it is in; give its user the right to (%w)", f.path, err)
	case errors.Is(err, ErrReadOnly):
		return fmt.Errorf("evangelist may not write %s; give its user the right to (%w)", f.path, err)
	}
	err = sentence(err)
	if errors.Is(err, ErrDamaged) {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	return err
}

func (f *liteFile) write(ctx context.Context, fn func(*Tx) error) error {
	if f.writer == nil {
		return ErrReadOnly
	}
	return f.writer.do(ctx, false, fn)
}

func (f *liteFile) read(ctx context.Context, fn func(*Tx) error) error {
	if f.in == nil {
		return f.writer.do(ctx, true, func(tx *Tx) (err error) {
			if err := tx.lite.control("PRAGMA query_only = 1"); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, tx.lite.control("PRAGMA query_only = 0")) }()
			return snapshot(tx.lite, fn)
		})
	}
	select {
	case <-f.gone:
		return ErrClosed
	default:
	}
	select {
	case <-f.gone:
		return ErrClosed
	case c := <-f.idle:
		defer func() { f.idle <- c }()
		return snapshot(c, fn)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// snapshot runs fn in a transaction that is thrown away.
func snapshot(c *conn, fn func(*Tx) error) (err error) {
	if err := c.control("BEGIN"); err != nil {
		return sentence(err)
	}
	tx := &Tx{lite: c}
	defer c.rollback()
	defer func() { err = tx.finish(err) }()
	return guard(func() error { return fn(tx) })
}

// close ends the writer, waits for the readers, and leaves one whole file.
func (f *liteFile) close() error {
	var err error
	f.closing.Do(func() { err = f.end() })
	return err
}

func (f *liteFile) end() error {
	var errs []error
	if f.writer != nil {
		f.writer.close()
	}
	if f.gone != nil {
		close(f.gone)
	}
	for range f.opened {
		c := <-f.idle
		errs = append(errs, c.close())
	}
	if f.in != nil {
		errs = append(errs, f.in.Close())
	}
	if f.writer != nil {
		f.writer.checkpoint(0)
		errs = append(errs, f.writer.conn.close())
	}
	if f.out != nil {
		errs = append(errs, f.out.Close())
	}
	if f.lock != nil {
		errs = append(errs, f.lock.release())
	}
	return errors.Join(errs...)
}
