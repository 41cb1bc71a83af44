package storagetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"evangelist/storage/internal/engine"
	"evangelist/storage/migrations"
)

var errNoServer = errors.New("no PostgreSQL for tests: set EVANGELIST_TEST_PG to the address of a server, or install the package postgresql")

// theServer starts the one server of this test process with its first use.
var theServer = sync.OnceValues(start)

// server is a PostgreSQL server and a migrated database that new ones copy.
type server struct {
	admin    *url.URL // of the server's own database
	template string
	prefix   string // of the names of this process's databases
	count    atomic.Int64
	alive    io.Closer // held open as long as the process lives
}

// database makes a new database and has it dropped with the test.
func (s *server) database(t testing.TB) (string, error) {
	name := fmt.Sprint(s.prefix, s.count.Add(1))
	if err := s.run("CREATE DATABASE " + name + " TEMPLATE " + s.template); err != nil {
		return "", fmt.Errorf("create a database for the test: %w", err)
	}
	t.Cleanup(func() {
		if err := s.run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the database of the test: %v", err)
		}
	})
	return s.address(name), nil
}

func (s *server) address(name string) string {
	u := *s.admin
	u.Path = "/" + name
	return u.String()
}

// run runs statements on the server's own database.
func (s *server) run(statements ...string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.admin.String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func start() (*server, error) {
	s := &server{}
	address := os.Getenv("EVANGELIST_TEST_PG")
	if address == "" {
		var err error
		if address, s.alive, err = launch(); err != nil {
			return nil, err
		}
	}
	var err error
	s.admin, err = url.Parse(address)
	if err == nil && s.admin.Scheme == "" {
		err = errors.New("it has no scheme")
	}
	if err != nil {
		return nil, fmt.Errorf("EVANGELIST_TEST_PG must be an address such as postgres://postgres@localhost/postgres: %w", err)
	}
	var unique [6]byte
	if _, err := rand.Read(unique[:]); err != nil {
		return nil, err
	}
	s.prefix = fmt.Sprintf("evangelist_%x_", unique)
	schema, err := fingerprint()
	if err != nil {
		return nil, err
	}
	s.template = "evangelist_template_" + schema
	return s, s.prepare()
}

// fingerprint names the state of the schema.
func fingerprint() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(migrations.FS, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(content), content)
		return err
	})
	return fmt.Sprintf("%.8x", hash.Sum(nil)), err
}

// prepare makes the migrated database from which the others are copied, unless
// another test process made it for the same schema. Those of earlier schemas go.
func (s *server) prepare() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.admin.String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }() // which ends the lock
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(48595)"); err != nil {
		return err
	}
	rows, _ := conn.Query(ctx, "SELECT datname::text FROM pg_database WHERE datname LIKE 'evangelist!_template!_%' ESCAPE '!'")
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || slices.Contains(names, s.template) {
		return err
	}
	for _, old := range names {
		if err := s.run("DROP DATABASE IF EXISTS " + old + " WITH (FORCE)"); err != nil {
			return err
		}
	}
	fresh := s.prefix + "template"
	if err := s.run("CREATE DATABASE " + fresh + " TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	db, err := engine.Open(ctx, s.address(fresh), engine.Options{})
	if err != nil {
		return errors.Join(err, s.run("DROP DATABASE "+fresh+" WITH (FORCE)"))
	}
	if err := db.Close(); err != nil {
		return err
	}
	return s.run("ALTER DATABASE " + fresh + " RENAME TO " + s.template)
}

// programs finds the folder of PostgreSQL's server programs.
func programs() (string, bool) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(real), true
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", false
	}
	return filepath.Dir(found[len(found)-1]), true
}
