package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

func open(t testing.TB, url string, o engine.Options) *engine.DB {
	t.Helper()
	db, err := engine.Open(context.Background(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// refused opens the database, which must fail with want and leave the file as it is.
func refused(t *testing.T, url string, o engine.Options, want error, words string) {
	t.Helper()
	path := strings.TrimPrefix(url, "sqlite:")
	before, _ := os.ReadFile(path)
	db, err := engine.Open(context.Background(), url, o)
	if err == nil {
		db.Close()
		t.Fatal("it was opened")
	}
	if want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), words) {
		t.Errorf("it says: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

func TestAddress(t *testing.T) {
	for _, url := range []string{"", "sqlite", "sqlite:", "mysql://x", "postgres:x", "/tmp/x.db"} {
		refused(t, url, engine.Options{}, nil, "sqlite:PATH")
	}
	refused(t, "sqlite:"+filepath.Join(t.TempDir(), "no", "such", "x.db"), engine.Options{}, nil, "create it first")
	refused(t, "sqlite:"+t.TempDir(), engine.Options{}, nil, "is a folder")
	refused(t, "sqlite::memory:", engine.Options{Mode: engine.ReadOnly}, nil, "give a file")
	refused(t, storagetest.Nowhere(t), engine.Options{Mode: engine.ReadOnly}, fs.ErrNotExist, "there is no database at")
	refused(t, "sqlite::memory:", engine.Options{Image: filepath.Join(t.TempDir(), "none.db")}, nil, "unable to open")
	refused(t, storagetest.Nowhere(t), engine.Options{Image: "x"}, nil, "only a database in memory")
	refused(t, "postgres://nobody@127.0.0.1:1/none", engine.Options{}, nil, "cannot be reached")
}

// Names that mean something in an address of SQLite are plain names here.
func TestOddFileNames(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	folder := t.TempDir()
	for _, name := range []string{"a?mode=memory", "b#c", "50%25.db", "d e", "ünï.db", "?"} {
		path := filepath.Join(folder, name)
		db := open(t, "sqlite:"+path, engine.Options{})
		notes(t, db)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q: %v", name, err)
		}
		if again := open(t, "sqlite:"+path, engine.Options{}); value[int](t, again, "SELECT count(*) FROM notes") != 0 {
			t.Errorf("%q is another file now", name)
		}
	}
}

// One program writes; it says who it is; links to the file do not get around it.
func TestLock(t *testing.T) {
	url := storagetest.Nowhere(t)
	path := strings.TrimPrefix(url, "sqlite:")
	db := open(t, url, engine.Options{})
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{url, "sqlite:" + link} {
		var locked *engine.LockedError
		_, err := engine.Open(t.Context(), other, engine.Options{})
		if !errors.As(err, &locked) || locked.PID != os.Getpid() || locked.ExitCode() != 75 {
			t.Errorf("%s: %v", other, err)
		}
	}
	exec(t, db, "CREATE TABLE still (id TEXT)")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if err := db.Write(t.Context(), nil); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("a change after the end: %v", err)
	}
	if err := db.Read(t.Context(), nil); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("a look after the end: %v", err)
	}
	for _, left := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + left); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left after a good end: %v", left, err)
		}
	}
	open(t, url, engine.Options{})
}

func TestClosedPostgres(t *testing.T) {
	db := open(t, storagetest.PostgreSQL(t), engine.Options{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), nil); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("%v", err)
	}
}

// hammer writes rows until stop is called, which returns how many.
func hammer(t *testing.T, db *engine.DB) (stop func() int64) {
	var done atomic.Bool
	var rows atomic.Int64
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := 0; !done.Load(); i++ {
				err := db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
					for half := range 2 {
						if err := add(ctx, tx, fmt.Sprint(g, ".", i, ".", half), i); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
				rows.Add(2)
			}
		})
	}
	return func() int64 {
		done.Store(true)
		all.Wait()
		return rows.Load()
	}
}

// Beside a program that writes all the time others look on and make backups, which
// are whole and of one moment; nobody is disturbed.
func TestLookAndBackUpBesideAWriter(t *testing.T) {
	url := storagetest.Nowhere(t)
	db := open(t, url, engine.Options{})
	notes(t, db)
	beside := open(t, url, engine.Options{Mode: engine.ReadOnly})
	if err := beside.Write(t.Context(), nil); !errors.Is(err, engine.ErrReadOnly) {
		t.Errorf("a change through a look: %v", err)
	}
	stop := hammer(t, db)
	folder := t.TempDir()
	seen := 0
	for i := range 8 {
		n := value[int](t, beside, "SELECT count(*) FROM notes")
		if n%2 != 0 || n < seen {
			t.Errorf("%d rows, after %d", n, seen)
		}
		seen = n
		from := []*engine.DB{db, beside}[i%2]
		path := filepath.Join(folder, fmt.Sprintf("backup %d.db", i))
		if err := from.Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		if err := from.Backup(t.Context(), path); err == nil || !strings.Contains(err.Error(), "already") {
			t.Errorf("overwriting: %v", err)
		}
		copied := open(t, "sqlite:"+path, engine.Options{})
		if err := copied.QuickCheck(t.Context()); err != nil {
			t.Error(err)
		}
		if m := value[int](t, copied, "SELECT count(*) FROM notes"); m%2 != 0 || m < n {
			t.Errorf("the backup has %d rows, %d were there before it", m, n)
		}
	}
	rows := stop()
	if n := value[int64](t, beside, "SELECT count(*) FROM notes"); n != rows {
		t.Errorf("%d rows, %d were confirmed", n, rows)
	}
	left, err := filepath.Glob(filepath.Join(folder, ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v %v", left, err)
	}
}

func TestBackupElsewhere(t *testing.T) {
	memory := storagetest.Memory(t)
	notes(t, memory)
	path := filepath.Join(t.TempDir(), "b.db")
	if err := memory.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	open(t, "sqlite:"+path, engine.Options{})
	db := open(t, storagetest.PostgreSQL(t), engine.Options{})
	if err := db.Backup(t.Context(), path+"2"); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("%v", err)
	}
}

// A database can be looked at and backed up when no program serves it.
func TestLookWithoutAWriter(t *testing.T) {
	url := storagetest.Nowhere(t)
	db := open(t, url, engine.Options{})
	notes(t, db)
	db.Close()
	alone := open(t, url, engine.Options{Mode: engine.ReadOnly})
	if n := value[int](t, alone, "SELECT count(*) FROM notes"); n != 0 {
		t.Error(n)
	}
	if err := alone.Backup(t.Context(), filepath.Join(t.TempDir(), "b.db")); err != nil {
		t.Error(err)
	}
	// It does not keep a program from serving.
	exec(t, open(t, url, engine.Options{}), "INSERT INTO notes VALUES ('a', 1, NULL)")
	if n := value[int](t, alone, "SELECT count(*) FROM notes"); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// A file that is not a sound database of ours is refused with the way out.
func TestDamagedFiles(t *testing.T) {
	sound := filepath.Join(t.TempDir(), "sound.db")
	db := open(t, "sqlite:"+sound, engine.Options{})
	notes(t, db)
	write(t, db, func(ctx context.Context, tx *engine.Tx) error {
		for i := range 500 {
			if err := add(ctx, tx, fmt.Sprint("note number ", i), i); err != nil {
				return err
			}
		}
		return nil
	})
	db.Close()
	whole, err := os.ReadFile(sound)
	if err != nil {
		t.Fatal(err)
	}
	page := func(n int, with byte) []byte {
		bad := bytes.Clone(whole)
		copy(bad[(n-1)*4096:], bytes.Repeat([]byte{with}, 4096))
		return bad
	}
	pages := len(whole) / 4096
	for name, content := range map[string][]byte{
		"empty":         {},
		"text":          []byte(strings.Repeat("not a database\n", 1000)),
		"first page":    page(1, 0xff),
		"table page":    page(pages-1, 0xa5),
		"zeroed page":   page(pages/2, 0),
		"cut short":     whole[:len(whole)/2],
		"only a header": whole[:100],
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, "sqlite:"+path, engine.Options{}, engine.ErrDamaged, "evangelist restore")
			if name == "empty" || name == "text" {
				refused(t, "sqlite:"+path, engine.Options{Mode: engine.ReadOnly}, engine.ErrDamaged, "evangelist restore")
			}
		})
	}
	t.Run("gone but for its log", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(path+"-wal", whole, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, "sqlite:"+path, engine.Options{}, engine.ErrDamaged, "evangelist restore")
		if _, err := os.Stat(path); err == nil {
			t.Error("a new database was made in its place")
		}
	})
	t.Run("empty with a log", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		for _, name := range []string{path, path + "-wal"} {
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, "sqlite:"+path, engine.Options{}, engine.ErrDamaged, "evangelist restore")
	})
}

// What another program stored is not touched.
func TestForeignDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, "sqlite:"+path, engine.Options{Migrations: step("CREATE TABLE theirs (a TEXT)", "CREATE TABLE installation (key TEXT PRIMARY KEY, value TEXT)"), Oldest: 1})
	exec(t, db, "DROP TABLE goose_db_version")
	db.Close()
	refused(t, "sqlite:"+path, engine.Options{}, nil, "another program")
}

// step makes migrations, one file for each text.
func step(up ...string) fs.FS {
	files := fstest.MapFS{}
	for i, text := range up {
		files[fmt.Sprintf("%04d_step.sql", i+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text + ";\n")}
	}
	return files
}

// Upgrades: a backup first, then the new schema; the old program goes on when the
// new one allows it, and is refused otherwise; a failing step leaves the database
// at the step before.
func TestUpgrade(t *testing.T) {
	storagetest.EachURL(t, func(t *testing.T, url string) {
		clearSchema(t, url)
		const first = "CREATE TABLE installation (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
		const second = "CREATE TABLE notes (id TEXT PRIMARY KEY, n BIGINT)"
		const third = "ALTER TABLE notes ADD COLUMN body TEXT"
		one := engine.Options{Migrations: step(first), Oldest: 1}
		three := engine.Options{Migrations: step(first, second, third), Oldest: 1}
		broken := engine.Options{Migrations: step(first, second, "CREATE TABLE half (a TEXT);\nALTER TABLE nowhere ADD COLUMN x TEXT"), Oldest: 1}
		version := func(o engine.Options) string {
			db := open(t, url, o)
			defer db.Close()
			have, want, err := db.SchemaVersion(t.Context())
			return fmt.Sprint(have, want, err)
		}
		if got := version(one); got != "1 1 <nil>" {
			t.Error(got)
		}
		if _, err := engine.Open(t.Context(), url, broken); err == nil || !strings.Contains(err.Error(), "up to date") {
			t.Errorf("a step that fails: %v", err)
		}
		look := three
		look.Mode = engine.ReadOnly
		if _, err := engine.Open(t.Context(), url, look); !errors.Is(err, engine.ErrOlder) {
			t.Errorf("a look at an old schema: %v", err)
		}
		look.AnySchema = true
		if got := version(look); got != "2 3 <nil>" {
			t.Error(got)
		}
		if got := version(three); got != "3 3 <nil>" {
			t.Error(got)
		}
		if got := version(one); got != "3 1 <nil>" {
			t.Error(got)
		}
		three.Oldest = 3
		db := open(t, url, engine.Options{Migrations: step(first, second, third, "CREATE TABLE more (a TEXT)"), Oldest: 3})
		db.Close()
		refused(t, url, one, engine.ErrNewer, "later version")
		if got := version(three); got != "4 3 <nil>" {
			t.Error(got)
		}
		if path, lite := strings.CutPrefix(url, "sqlite:"); lite {
			for _, v := range []string{"1", "2", "3"} {
				old := open(t, "sqlite:"+path+".v"+v+".backup", engine.Options{Mode: engine.ReadOnly, AnySchema: true})
				if have, _, err := old.SchemaVersion(t.Context()); fmt.Sprint(have) != v || err != nil {
					t.Errorf("the backup v%s has %d, %v", v, have, err)
				}
			}
		}
	})
}

// A migration that was written beside a later one is made up for.
func TestMigrationsOutOfOrder(t *testing.T) {
	storagetest.EachURL(t, func(t *testing.T, url string) {
		clearSchema(t, url)
		all := step("CREATE TABLE installation (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
			"CREATE TABLE late (a TEXT)", "CREATE TABLE early (a TEXT)").(fstest.MapFS)
		gap := fstest.MapFS{"0001_step.sql": all["0001_step.sql"], "0003_step.sql": all["0003_step.sql"]}
		for _, files := range []fs.FS{gap, all} {
			db := open(t, url, engine.Options{Migrations: files, Oldest: 1})
			exec(t, db, "INSERT INTO early VALUES ('a')")
			if have, want, err := db.SchemaVersion(t.Context()); have != 3 || want != 3 || err != nil {
				t.Errorf("%d of %d, %v", have, want, err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
		exec(t, open(t, url, engine.Options{Migrations: all, Oldest: 1}), "INSERT INTO late VALUES ('a')")
	})
}

// clearSchema takes out the schema that databases for tests come with.
func clearSchema(t *testing.T, url string) {
	t.Helper()
	if path, lite := strings.CutPrefix(url, "sqlite:"); lite {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return
	}
	db := open(t, url, engine.Options{})
	defer db.Close()
	for _, q := range []string{"DROP SCHEMA public CASCADE", "CREATE SCHEMA public"} {
		exec(t, db, q)
	}
}

// Several programs that start at once on a new PostgreSQL database migrate it once.
func TestMigrateAtOnce(t *testing.T) {
	url := storagetest.PostgreSQL(t)
	clearSchema(t, url)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			db, err := engine.Open(context.Background(), url, engine.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	all.Wait()
}
