package engine_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	_ "modernc.org/sqlite"

	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

const insert = "INSERT INTO notes (id, n, body) VALUES ($1, $2, $3)"

// BenchmarkFloor is the same insert on one bare connection, with a prepared
// statement and a commit each: what there is to be compared with.
func BenchmarkFloor(b *testing.B) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "x.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE notes (id TEXT PRIMARY KEY, n BIGINT NOT NULL, body TEXT)"); err != nil {
		b.Fatal(err)
	}
	stmt, err := db.Prepare(insert)
	if err != nil {
		b.Fatal(err)
	}
	defer stmt.Close()
	for i := 0; b.Loop(); i++ {
		if _, err := stmt.Exec(fmt.Sprintf("%032d", i), i, "body"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrite is one insert in a Write, by 1 and by 64 at once.
func BenchmarkWrite(b *testing.B) {
	urls := map[string]func(testing.TB) string{"sqlite": storagetest.SQLite, "postgres": storagetest.PostgreSQL}
	for _, name := range []string{"sqlite", "postgres"} {
		for _, people := range []int{1, 64} {
			b.Run(fmt.Sprint(name, "/", people), func(b *testing.B) {
				db := open(b, urls[name](b), engine.Options{})
				notes(b, db)
				var next atomic.Int64
				b.SetParallelism(max(1, people/2))
				one := func() {
					i := next.Add(1)
					err := db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
						_, err := tx.Exec(ctx, insert, fmt.Sprintf("%032d", i), i, "body")
						return err
					})
					if err != nil {
						b.Error(err)
					}
				}
				if people == 1 {
					for b.Loop() {
						one()
					}
					return
				}
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						one()
					}
				})
			})
		}
	}
}

// BenchmarkRead is one row by its key.
func BenchmarkRead(b *testing.B) {
	for _, url := range []string{"sqlite::memory:", storagetest.Nowhere(b)} {
		db := open(b, url, engine.Options{})
		notes(b, db)
		exec(b, db, insert, "a", 1, "body")
		b.Run(fmt.Sprint(url == "sqlite::memory:"), func(b *testing.B) {
			for b.Loop() {
				if n := value[int](b, db, "SELECT n FROM notes WHERE id = $1", "a"); n != 1 {
					b.Fatal(n)
				}
			}
		})
	}
}

// BenchmarkOpen makes a database and opens it again.
func BenchmarkOpen(b *testing.B) {
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
			open(b, "sqlite::memory:", engine.Options{}).Close()
		}
	})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			open(b, storagetest.Nowhere(b), engine.Options{}).Close()
		}
	})
	b.Run("again", func(b *testing.B) {
		url := storagetest.Nowhere(b)
		for b.Loop() {
			open(b, url, engine.Options{}).Close()
		}
	})
}
