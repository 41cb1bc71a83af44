package storagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"evangelist/storage/internal/engine"
)

var errNoServer = errors.New("no PostgreSQL for tests: set EVANGELIST_TEST_PG to the address of a server, or install the package postgresql")

// theServer starts the one server of this test process with its first use.
var theServer = sync.OnceValues(start)

// server is a PostgreSQL server and a migrated database that new ones copy.
type server struct {
	admin    *url.URL // of the server's own database
	template string
	count    atomic.Int64
	alive    io.Closer // held open as long as the process lives
}

// database makes a new database and has it dropped with the test.
func (s *server) database(t testing.TB) (string, error) {
	name := fmt.Sprintf("evangelist_%d_%d", os.Getpid(), s.count.Add(1))
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

// run runs a statement on the server's own database.
func (s *server) run(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.admin.String())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
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
	if s.admin, err = url.Parse(address); err != nil || s.admin.Scheme == "" {
		return nil, fmt.Errorf("EVANGELIST_TEST_PG must be an address such as postgres://postgres@localhost/postgres: %v", err)
	}
	return s, s.prepare()
}

// prepare makes the migrated database from which the others are copied.
func (s *server) prepare() error {
	s.template = fmt.Sprintf("evangelist_%d_template", os.Getpid())
	if err := s.run("DROP DATABASE IF EXISTS " + s.template + " WITH (FORCE)"); err != nil {
		return err
	}
	if err := s.run("CREATE DATABASE " + s.template + " TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	db, err := engine.Open(context.Background(), s.address(s.template), engine.Options{})
	if err != nil {
		return err
	}
	return db.Close()
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
