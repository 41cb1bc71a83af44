package engine_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// write is Write with a failing test for a failing change.
func write(t testing.TB, db *engine.DB, fn func(ctx context.Context, tx *engine.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, db *engine.DB, q string, args ...any) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *engine.Tx) error {
		_, err := tx.Exec(ctx, q, args...)
		return err
	})
}

// value reads one column of one row.
func value[T any](t testing.TB, db *engine.DB, q string, args ...any) T {
	t.Helper()
	var v T
	err := db.Read(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
		var found bool
		var err error
		v, found, err = engine.One(ctx, tx, engine.Value[T], q, args...)
		if err == nil && !found {
			err = errors.New("no row")
		}
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return v
}

// notes makes the table that the tests write to.
func notes(t testing.TB, db *engine.DB) {
	t.Helper()
	exec(t, db, "CREATE TABLE notes (id TEXT PRIMARY KEY, n BIGINT NOT NULL, body TEXT)")
}

func add(ctx context.Context, tx *engine.Tx, id string, n int) error {
	_, err := tx.Exec(ctx, "INSERT INTO notes (id, n) VALUES ($1, $2)", id, n)
	return err
}

// Of 64 changes at once one fails in Go, one in SQL, one panics, one ends its
// goroutine's work half way and one is cancelled: the other 59 are kept whole and
// of those five nothing is.
func TestOneFailureLeavesTheOthersAlone(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		notes(t, db)
		exec(t, db, "INSERT INTO notes (id, n) VALUES ('taken', 0)")
		refused := errors.New("refused by the rule")
		results := together(t, db, 64, func(i int, ctx context.Context, tx *engine.Tx) error {
			if err := add(ctx, tx, fmt.Sprint("a", i), i); err != nil {
				return err
			}
			switch i {
			case 3:
				return refused
			case 7:
				return add(ctx, tx, "taken", i)
			case 11:
				panic("eleven")
			case 13:
				_, err := tx.Exec(ctx, "INSERT INTO nowhere VALUES (1)")
				_ = err // a rule that forgets to look
			case 17:
				return context.Canceled
			}
			return add(ctx, tx, fmt.Sprint("b", i), i)
		})
		for i, err := range results {
			switch i {
			case 3:
				if !errors.Is(err, refused) {
					t.Errorf("3: %v", err)
				}
			case 7:
				if !engine.UniqueViolation(err) {
					t.Errorf("7: %v", err)
				}
			case 11:
				if err == nil || strings.Contains(err.Error(), "eleven") || !strings.Contains(err.Error(), "panic (string) in a transaction at ") || !strings.Contains(err.Error(), "tx_test.go") {
					t.Errorf("11: %v", err)
				}
			case 13, 17:
				if err == nil {
					t.Errorf("%d: kept", i)
				}
			default:
				if err != nil {
					t.Errorf("%d: %v", i, err)
				}
			}
		}
		if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 1+2*59 {
			t.Errorf("%d rows, want %d", n, 1+2*59)
		}
		if n := value[int](t, db, "SELECT count(*) FROM notes WHERE n IN (3, 7, 11, 13, 17)"); n != 0 {
			t.Errorf("%d rows of those that failed", n)
		}
	})
}

// together runs n changes at once; on SQLite all wait before the first begins, so
// that they share commits.
func together(t *testing.T, db *engine.DB, n int, fn func(int, context.Context, *engine.Tx) error) []error {
	t.Helper()
	open := func() {}
	if db.Dialect() == engine.SQLite {
		hold, held := make(chan struct{}), make(chan struct{})
		var once sync.Once
		first := make(chan error, 1)
		go func() {
			first <- db.Write(context.Background(), func(context.Context, *engine.Tx) error {
				once.Do(func() { close(held) })
				<-hold
				return nil
			})
		}()
		<-held
		open = func() {
			for engine.Waiting(db) < n {
				runtime.Gosched()
			}
			close(hold)
			if err := <-first; err != nil {
				t.Error(err)
			}
		}
	}
	results := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			results[i] = db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error { return fn(i, ctx, tx) })
		})
	}
	open()
	all.Wait()
	return results
}

// Changes that wait together share one commit.
func TestGroupCommit(t *testing.T) {
	db := storagetest.Open(t, storagetest.Nowhere(t))
	commits := 0
	engine.CountCommits(db, func() error { commits++; return nil })
	notes(t, db)
	commits = 0
	for i, err := range together(t, db, 100, func(i int, ctx context.Context, tx *engine.Tx) error {
		return add(ctx, tx, fmt.Sprint(i), i)
	}) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if commits != 2 { // the one that held the door, and all others
		t.Errorf("%d commits", commits)
	}
}

// A function that ends its goroutine, as t.FailNow does, neither hangs its caller
// nor stops the writer.
func TestFunctionEndsItsGoroutine(t *testing.T) {
	db := storagetest.Open(t, storagetest.Nowhere(t))
	notes(t, db)
	results := together(t, db, 10, func(i int, ctx context.Context, tx *engine.Tx) error {
		if err := add(ctx, tx, fmt.Sprint(i), i); err != nil {
			return err
		}
		if i == 4 {
			runtime.Goexit()
		}
		return nil
	})
	for i, err := range results {
		if (err != nil) != (i == 4) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 9 {
		t.Errorf("%d rows", n)
	}
	write(t, db, func(ctx context.Context, tx *engine.Tx) error { return add(ctx, tx, "after", 1) })
}

// What returned from Write is in every later Read, and a Read is one moment.
func TestReadSeesWhatWasWritten(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		notes(t, db)
		for i := range 50 {
			exec(t, db, "INSERT INTO notes (id, n) VALUES ($1, $2)", fmt.Sprint(i), i)
			if n := value[int](t, db, "SELECT count(*) FROM notes"); n != i+1 {
				t.Fatalf("%d rows after %d", n, i+1)
			}
		}
		err := db.Read(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
			before, _, err := engine.One(ctx, tx, engine.Value[int], "SELECT count(*) FROM notes")
			if err != nil {
				return err
			}
			exec(t, db, "INSERT INTO notes (id, n) VALUES ('late', 0)")
			after, _, err := engine.One(ctx, tx, engine.Value[int], "SELECT count(*) FROM notes")
			if before != after {
				t.Errorf("the snapshot went from %d to %d rows", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Two that count up at once never lose a step: the second sees the first.
func TestNoLostUpdate(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		exec(t, db, "CREATE TABLE counters (id TEXT PRIMARY KEY, n BIGINT NOT NULL)")
		exec(t, db, "INSERT INTO counters VALUES ('c', 0)")
		const people, steps = 4, 25
		var all sync.WaitGroup
		for range people {
			all.Go(func() {
				for range steps {
					err := db.Write(context.Background(), func(ctx context.Context, tx *engine.Tx) error {
						n, _, err := engine.One(ctx, tx, engine.Value[int], "SELECT n FROM counters WHERE id = 'c'")
						if err != nil {
							return err
						}
						_, err = tx.Exec(ctx, "UPDATE counters SET n = $1 WHERE id = 'c'", n+1)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := value[int](t, db, "SELECT n FROM counters"); n != people*steps {
			t.Errorf("%d of %d steps", n, people*steps)
		}
	})
}

// A context that ended before the change began prevents it; one that ends inside
// undoes it.
func TestCancelled(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		notes(t, db)
		ctx, cancel := context.WithCancel(context.Background())
		ran := false
		cancelInside := func(ctx context.Context, tx *engine.Tx) error {
			ran = true
			if err := add(ctx, tx, "one", 1); err != nil {
				return err
			}
			cancel()
			return add(ctx, tx, "two", 2)
		}
		if err := db.Write(ctx, cancelInside); !errors.Is(err, context.Canceled) || !ran {
			t.Errorf("inside: %v", err)
		}
		ran = false
		if err := db.Write(ctx, cancelInside); !errors.Is(err, context.Canceled) || ran {
			t.Errorf("before: %v", err)
		}
		if err := db.Read(ctx, cancelInside); !errors.Is(err, context.Canceled) || ran {
			t.Errorf("read: %v", err)
		}
		if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

// A caller that gives up while it waits in the queue returns at once, and its
// change is not made later.
func TestCancelledInTheQueue(t *testing.T) {
	db := storagetest.Open(t, storagetest.Nowhere(t))
	notes(t, db)
	hold, held := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- db.Write(context.Background(), func(context.Context, *engine.Tx) error {
			close(held)
			<-hold
			return nil
		})
	}()
	<-held
	ctx, cancel := context.WithCancel(context.Background())
	second := make(chan error, 1)
	go func() {
		second <- db.Write(ctx, func(ctx context.Context, tx *engine.Tx) error { return add(ctx, tx, "never", 1) })
	}()
	for engine.Waiting(db) == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	close(hold)
	if err := <-first; err != nil {
		t.Error(err)
	}
	if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// A transaction inside a transaction is refused, and a look changes nothing.
func TestNestedAndReadOnly(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		notes(t, db)
		begin := map[string]func(context.Context, func(context.Context, *engine.Tx) error) error{"write": db.Write, "read": db.Read}
		for outer, a := range begin {
			for inner, b := range begin {
				err := a(t.Context(), func(ctx context.Context, _ *engine.Tx) error {
					return b(ctx, func(context.Context, *engine.Tx) error { return nil })
				})
				if !errors.Is(err, engine.ErrNested) {
					t.Errorf("%s in %s: %v", inner, outer, err)
				}
			}
		}
		err := db.Read(t.Context(), func(ctx context.Context, tx *engine.Tx) error { return add(ctx, tx, "x", 1) })
		if !errors.Is(err, engine.ErrReadOnly) {
			t.Errorf("a change in Read: %v", err)
		}
		write(t, db, func(ctx context.Context, tx *engine.Tx) error { return add(ctx, tx, "x", 1) })
	})
}

// After a failed statement the transaction is over, even for a function that does
// not look at the error.
func TestFirstFailureEndsTheTransaction(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		notes(t, db)
		err := db.Write(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
			add(ctx, tx, "one", 1)
			add(ctx, tx, "one", 1)
			if err := add(ctx, tx, "two", 2); !engine.UniqueViolation(err) {
				t.Errorf("the third statement: %v", err)
			}
			return nil
		})
		if !engine.UniqueViolation(err) {
			t.Errorf("%v", err)
		}
		if n := value[int](t, db, "SELECT count(*) FROM notes"); n != 0 {
			t.Errorf("%d rows", n)
		}
		var kept *engine.Tx
		write(t, db, func(_ context.Context, tx *engine.Tx) error { kept = tx; return nil })
		if _, err := kept.Exec(t.Context(), "DELETE FROM notes"); !errors.Is(err, sql.ErrTxDone) {
			t.Errorf("a transaction used after its end: %v", err)
		}
	})
}

// Texts that one of the two could not hold are refused by both in the same way.
func TestValues(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		type name string
		exec(t, db, "CREATE TABLE vals (id TEXT PRIMARY KEY, t TEXT, n BIGINT, b BOOLEAN, f DOUBLE PRECISION)")
		for _, bad := range []any{"a\x00b", "a\xffb", name("\xc3"), time.Now(), struct{}{}, uint64(1 << 63), []string{"a"}} {
			err := db.Write(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO vals (id, t) VALUES ('bad', $1)", bad)
				return err
			})
			if _, text := bad.(string); err == nil || text && !errors.Is(err, engine.ErrText) {
				t.Errorf("%v: %v", bad, err)
			}
		}
		text := "Zoë 👩‍👩‍👧 \u202e\u200b 'quoted' $1 \t\n"
		missing, n := (*string)(nil), 7
		exec(t, db, "INSERT INTO vals VALUES ($5, $1, $2, $3, $4)", name(text), &n, true, float32(0.5), "a")
		exec(t, db, "INSERT INTO vals VALUES ($1, $2, $3, $4, $5)", "b", missing, uint8(3), sql.NullBool{}, nil)
		type row struct {
			t name
			n int
			b bool
			f float64
		}
		err := db.Read(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
			got, found, err := engine.One(ctx, tx, func(s engine.Scanner) (row, error) {
				var r row
				return r, s.Scan(&r.t, &r.n, &r.b, &r.f)
			}, "SELECT t, n, b, f FROM vals WHERE id = $1", "a")
			if want := (row{name(text), 7, true, 0.5}); !found || got != want {
				t.Errorf("%+v", got)
			}
			if err != nil {
				return err
			}
			var sum int64
			var none sql.NullString
			if err := tx.QueryRow(ctx, "SELECT sum(n), max(t) FROM vals WHERE b IS NULL").Scan(&sum, &none); err != nil || sum != 3 || none.Valid {
				t.Errorf("%d %v %v", sum, none, err)
			}
			if err := tx.QueryRow(ctx, "SELECT n FROM vals WHERE id = $1", "c").Scan(&sum); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("no row: %v", err)
			}
			ids, err := engine.All(ctx, tx, engine.Value[string], "SELECT id FROM vals WHERE id IN ("+engine.In(3, 1)+`) ORDER BY id COLLATE "C"`, "a", "B", "b")
			if fmt.Sprint(ids) != "[a b]" {
				t.Errorf("%v", ids)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A statement in the middle of another's rows is refused by both, rows that are
// left open at the end are closed, and more texts come than are kept prepared.
func TestRowsAndStatements(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		notes(t, db)
		write(t, db, func(ctx context.Context, tx *engine.Tx) error {
			for i := range 300 {
				if _, err := tx.Exec(ctx, fmt.Sprintf("INSERT INTO notes (id, n) VALUES ($1, %d)", i), fmt.Sprint(i)); err != nil {
					return err
				}
			}
			return nil
		})
		const q = "SELECT n FROM notes ORDER BY n"
		for _, run := range []func(context.Context, func(context.Context, *engine.Tx) error) error{db.Read, db.Write} {
			err := run(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
				rows, err := tx.Query(ctx, q)
				if err != nil {
					return err
				}
				rows.Next()
				_, err = engine.All(ctx, tx, engine.Value[int], q)
				return err
			})
			if !errors.Is(err, engine.ErrRowsOpen) {
				t.Errorf("overlapping: %v", err)
			}
			err = run(t.Context(), func(ctx context.Context, tx *engine.Tx) error {
				if rows, err := tx.Query(ctx, q); err != nil || !rows.Next() || rows.Close() != nil {
					t.Errorf("the first of many rows: %v", err)
				}
				_, err := tx.Query(ctx, q)
				return err
			})
			if err != nil {
				t.Errorf("left open: %v", err)
			}
		}
		exec(t, db, "DELETE FROM notes")
	})
}

func TestConversions(t *testing.T) {
	at := time.Date(2017, 5, 15, 9, 30, 0, 123456000, time.UTC)
	for _, moment := range []time.Time{{}, at, at.In(time.FixedZone("", 7200))} {
		if got := engine.Time(engine.Micros(moment)); !got.Equal(moment) || got.Location() != time.UTC {
			t.Errorf("%v became %v", moment, got)
		}
	}
	if engine.Micros(time.Time{}) != 0 || engine.Micros(at) != at.UnixMicro() {
		t.Error("Micros")
	}
	if engine.In(3, 2) != "$2,$3,$4" || engine.In(0, 1) != "NULL" {
		t.Errorf("In: %s %s", engine.In(3, 2), engine.In(0, 1))
	}
	text, err := engine.ToJSON([]string{"a", "<b>"})
	if back, err2 := engine.FromJSON[[]string](text); err != nil || err2 != nil || len(back) != 2 || back[1] != "<b>" {
		t.Errorf("%s %v %v", text, err, err2)
	}
	if nothing, err := engine.FromJSON[map[string]int](""); err != nil || nothing != nil {
		t.Errorf("%v %v", nothing, err)
	}
	if _, err := engine.FromJSON[int]("{"); err == nil {
		t.Error("half a document was read")
	}
}
