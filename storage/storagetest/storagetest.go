// Package storagetest gives every test a database of its own: each Store is
// tested on SQLite and on PostgreSQL with the same test.
//
// PostgreSQL comes from EVANGELIST_TEST_PG, the address of a server on which the
// tests may create databases; without it a private server is started, when the
// programs for one are installed, and ends with the test process. When there is
// neither the PostgreSQL part is skipped, and fails instead when
// EVANGELIST_TEST_REQUIRE contains "postgres".
package storagetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"evangelist/storage/internal/engine"
)

// Each runs fn as the subtests "sqlite" and "postgres", each with an open, empty,
// migrated database that is closed and removed afterwards.
func Each(t *testing.T, fn func(t *testing.T, db *engine.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { fn(t, Open(t, url)) })
}

// EachURL runs fn as the subtests "sqlite" and "postgres", each with the address
// of an empty, migrated database that is removed afterwards. For tests that start the
// whole program.
func EachURL(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, PostgreSQL(t)) })
}

// Open opens the database at url for writing and closes it when the test ends.
func Open(t testing.TB, url string) *engine.DB {
	t.Helper()
	return open(t, url, engine.Options{})
}

func open(t testing.TB, url string, o engine.Options) *engine.DB {
	t.Helper()
	db, err := engine.Open(context.Background(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return db
}

// Memory opens an empty database in memory: the quickest, for tests of a Store's
// rules that do not need both databases.
func Memory(t testing.TB) *engine.DB {
	t.Helper()
	return open(t, "sqlite::memory:", engine.Options{Image: strings.TrimPrefix(SQLite(t), "sqlite:")})
}

// Nowhere returns the address of a database file that does not exist yet.
func Nowhere(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "evangelist.db")
}

// migratedFile is an SQLite database with the whole schema and nothing else.
var migratedFile = sync.OnceValues(func() (_ []byte, err error) {
	folder, err := os.MkdirTemp("", "evangelist-schema-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "schema.db")
	db, err := engine.Open(context.Background(), "sqlite:"+path, engine.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLite returns the address of a database file with the whole schema and nothing
// else, which is a copy: making the schema anew for each test takes ten times as
// long.
func SQLite(t testing.TB) string {
	t.Helper()
	content, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	url := Nowhere(t)
	if err := os.WriteFile(strings.TrimPrefix(url, "sqlite:"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return url
}

// PostgreSQL returns the address of a new database, which is dropped when the
// test ends. Without a server the test is skipped, or fails when it is required.
func PostgreSQL(t testing.TB) string {
	t.Helper()
	server, err := theServer()
	if errors.Is(err, errNoServer) && !required("postgres") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	url, err := server.database(t)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func required(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), name)
}

// LeaveToPlainRun skips a test that would show the race detector nothing new: what it
// does happens on one goroutine, or in other processes, or is watched elsewhere. The
// run without the detector takes it.
func LeaveToPlainRun(t testing.TB) {
	t.Helper()
	if Raced {
		t.Skip("left to the run without the race detector")
	}
}
