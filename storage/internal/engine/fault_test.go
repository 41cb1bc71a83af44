//go:build unix

package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	run "os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// After the disk failed to confirm a commit nothing more is written, and those who
// wait are told that theirs may have been kept.
func TestWriterStops(t *testing.T) {
	db := storagetest.Open(t, storagetest.Nowhere(t))
	commits := 0
	engine.CountCommits(db, func() error {
		if commits++; commits > 2 { // the table, and the one that holds the door
			return engine.ResultCode(10 | 4<<8) // SQLITE_IOERR_FSYNC
		}
		return nil
	})
	notes(t, db)
	for i, err := range together(t, db, 5, func(i int, ctx context.Context, tx *engine.Tx) error { return add(ctx, tx, fmt.Sprint(i), i) }) {
		if !errors.Is(err, engine.ErrStopped) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if err := db.Write(t.Context(), func(context.Context, *engine.Tx) error { return nil }); !errors.Is(err, engine.ErrStopped) {
		t.Errorf("a change after it: %v", err)
	}
	if err := db.Check(t.Context()); !errors.Is(err, engine.ErrStopped) {
		t.Errorf("readiness: %v", err)
	}
	if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// A commit that failed in another way is repeated for each by itself, so that one
// too large for the disk does not take the others with it.
func TestFull(t *testing.T) {
	db := storagetest.Open(t, storagetest.Nowhere(t))
	notes(t, db)
	if err := engine.LimitPages(t.Context(), db, fmt.Sprint(value[int](t, db, "SELECT page_count FROM pragma_page_count")+12)); err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("much ", 20000)
	for i, err := range together(t, db, 10, func(i int, ctx context.Context, tx *engine.Tx) error {
		if i == 4 {
			tx.Exec(ctx, "INSERT INTO notes VALUES ('large', 1, $1)", large) // does not look
		}
		return add(ctx, tx, fmt.Sprint(i), i)
	}) {
		if i == 4 && !errors.Is(err, engine.ErrFull) || i != 4 && err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 9 {
		t.Errorf("%d rows", n)
	}
	if err := engine.LimitPages(t.Context(), db, "100000"); err != nil {
		t.Fatal(err)
	}
	exec(t, db, "INSERT INTO notes VALUES ('large', 1, $1)", large)
}

// A folder or file without the right to write is refused with what to do. Root
// may write everywhere, so that the test goes on as somebody else.
func TestNoRight(t *testing.T) {
	base, err := os.MkdirTemp("", "evangelist-right-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	chmod := func(mode fs.FileMode, names ...string) {
		for _, name := range names {
			if err := os.Chmod(name, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	folder := filepath.Join(base, "data")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	open(t, "sqlite:"+filepath.Join(folder, "x.db"), engine.Options{}).Close()
	program := filepath.Join(base, "program")
	content, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(program, content, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	chmod(0o755, base)
	chmod(0o644, filepath.Join(folder, "x.db"), filepath.Join(folder, "x.db.lock"))
	chmod(0o555, folder)
	t.Cleanup(func() { os.Chmod(folder, 0o755) })
	try := func(name string) string {
		command := child(t, "sqlite:"+filepath.Join(folder, name), 0, 1)
		command.Path, command.Dir = program, base
		if os.Getuid() == 0 {
			command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := command.Output()
		var ended *run.ExitError
		if err == nil || !errors.As(err, &ended) {
			t.Errorf("%s: %v", name, err)
		}
		return string(out)
	}
	for _, name := range []string{"x.db", "new.db"} {
		if says := try(name); !strings.Contains(says, "give its user the right") {
			t.Errorf("%s: %s", name, says)
		}
	}
	if os.Getuid() == 0 {
		if err := os.Chown(filepath.Join(folder, "x.db.lock"), 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if says := try("x.db"); !strings.Contains(says, "give its user the right") {
			t.Errorf("only the lock may be written: %s", says)
		}
	}
}

const canary = "CANARY7F3K"

// What was deleted before Scrub is nowhere in the files of the database.
func TestScrub(t *testing.T) {
	storagetest.EachURL(t, func(t *testing.T, url string) {
		clearSchema(t, url)
		db := open(t, url, engine.Options{Oldest: 1, Fleeting: []string{"notes"}, Migrations: step(
			"CREATE TABLE installation (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
			"CREATE TABLE notes (id TEXT PRIMARY KEY, n BIGINT NOT NULL, body TEXT)")})
		for i := range 40 {
			exec(t, db, "INSERT INTO notes VALUES ($1, $2, $3)", fmt.Sprint(canary, i), i, strings.Repeat(canary, 1+100*(i%3)))
			exec(t, db, "INSERT INTO installation (key, value) VALUES ($1, 'dated')", fmt.Sprint("row.", i))
		}
		if db.Dialect() == engine.PostgreSQL {
			exec(t, db, "ANALYZE notes")
			if n := value[int](t, db, "SELECT count(*) FROM pg_stats WHERE tablename = 'notes'"); n != 0 {
				t.Errorf("samples of %d columns", n)
			}
		}
		exec(t, db, "DELETE FROM notes WHERE n <> 7")
		exec(t, db, "UPDATE notes SET id = 'a', body = 'b'")
		if remains(t, url, db) == 0 {
			t.Fatal("the test does not see what was deleted")
		}
		// Somebody still sees it, though they look at another table: SQLite's log
		// has to wait for them, PostgreSQL's table does not.
		looks, look := make(chan struct{}), make(chan struct{})
		reader := make(chan error, 1)
		exec(t, db, "INSERT INTO notes VALUES ($1, 1, NULL)", canary)
		go func() {
			reader <- db.Read(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
				var n int
				err := tx.QueryRow(ctx, "SELECT count(*) FROM installation").Scan(&n)
				close(looks)
				<-look
				return err
			})
		}()
		<-looks
		exec(t, db, "DELETE FROM notes WHERE id = $1", canary)
		short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		switch err := db.Scrub(short, "notes"); {
		case db.Dialect() == engine.SQLite && !errors.Is(err, context.DeadlineExceeded):
			t.Errorf("beside a reader: %v", err)
		case db.Dialect() == engine.PostgreSQL && err != nil:
			t.Errorf("beside a reader of another table: %v", err)
		case db.Dialect() == engine.PostgreSQL && remains(t, url, db) != 0:
			t.Error("traces remain while somebody has an old snapshot")
		}
		cancel()
		close(look)
		if err := <-reader; err != nil {
			t.Error(err)
		}
		if err := db.Scrub(t.Context(), "notes"); err != nil {
			t.Fatal(err)
		}
		if n := remains(t, url, db); n != 0 {
			t.Errorf("%d traces remain", n)
		}
		if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 1 {
			t.Errorf("%d rows", n)
		}
		if err := db.Scrub(t.Context(), "installation"); err == nil {
			t.Error("not a table that is scrubbed")
		}
	})
}

// remains counts the canary in the bytes at rest.
func remains(t *testing.T, url string, db *engine.DB) (n int) {
	t.Helper()
	if path, lite := strings.CutPrefix(url, "sqlite:"); lite {
		names, _ := filepath.Glob(path + "*")
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(content, []byte(canary))
		}
		return n
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	rows, _ := conn.Query(t.Context(), `SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class
		WHERE relname IN ('notes', 'notes_pkey')
		OR oid = (SELECT reltoastrelid FROM pg_class WHERE relname = 'notes')`)
	files, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range files {
		n += bytes.Count(content, []byte(canary))
	}
	return n
}

// The write-ahead log is emptied while the program writes, and does not grow with
// what was ever written.
func TestLogIsBounded(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	url := storagetest.Nowhere(t)
	db := open(t, url, engine.Options{})
	notes(t, db)
	body := strings.Repeat("x", 2000)
	for i := range 6000 {
		exec(t, db, "INSERT INTO notes VALUES ($1, $2, $3)", fmt.Sprint(i), i, body)
	}
	info, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + "-wal")
	if err != nil || info.Size() > 32<<20 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
}

// Connections that PostgreSQL ends at any moment disturb nobody: what was not
// confirmed is repeated, what may have been is the caller's to repeat.
func TestPostgresGoesAway(t *testing.T) {
	url := storagetest.PostgreSQL(t)
	db := open(t, url, engine.Options{})
	notes(t, db)
	const people, rows = 4, 60
	left := make(chan struct{}, people*rows)
	var all sync.WaitGroup
	for g := range people {
		all.Go(func() {
			for i := range rows {
				for {
					err := db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
						for _, half := range []string{"a", "b"} {
							if _, err := tx.Exec(ctx, "INSERT INTO notes VALUES ($1, $2, NULL) ON CONFLICT (id) DO NOTHING", fmt.Sprint(g, ".", i, half), i); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil && !errors.Is(err, engine.ErrUnknown) {
						t.Error(err)
					}
					if err == nil {
						break
					}
				}
				left <- struct{}{}
			}
		})
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	ended := 0
	for i := range people * rows {
		<-left
		if i%8 != 0 {
			continue
		}
		var n int
		err := conn.QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'evangelist'`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		ended += n
	}
	all.Wait()
	if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 2*people*rows || ended == 0 {
		t.Errorf("%d of %d rows, %d connections ended", n, 2*people*rows, ended)
	}
}

// An address that leads to a server which cannot write, as after a failover, is
// refused, except for a look.
func TestPostgresReadOnly(t *testing.T) {
	url := storagetest.PostgreSQL(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = on'; END $$`)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
	refused(t, url, engine.Options{}, nil, "read only")
	db := open(t, url, engine.Options{Mode: engine.ReadOnly})
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
