package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// Tx is a transaction, valid until the function that it was handed to returns,
// and for one goroutine. Rows are read to their end, or closed, before the next
// statement. After the first failed statement every further one
// fails with the same error.
type Tx struct {
	lite  *conn   // SQLite
	pg    *sql.Tx // PostgreSQL
	write bool
	err   error
	rows  *Rows // of the last Query
}

// Exec runs a statement and returns how many rows it touched.
func (t *Tx) Exec(ctx context.Context, q string, args ...any) (int64, error) {
	ctx, args, err := t.prepare(ctx, args)
	if err != nil {
		return 0, err
	}
	var result sql.Result
	if t.lite != nil {
		result, err = t.lite.exec(ctx, q, args)
	} else {
		result, err = t.pg.ExecContext(ctx, q, args...)
	}
	if err != nil {
		return 0, t.fail(err)
	}
	return result.RowsAffected()
}

// Query runs a statement that returns rows. Rows that are left open are closed
// when the transaction ends; All and One are shorter.
func (t *Tx) Query(ctx context.Context, q string, args ...any) (*Rows, error) {
	ctx, args, err := t.prepare(ctx, args)
	if err != nil {
		return nil, err
	}
	rows := &Rows{tx: t}
	if t.lite != nil {
		rows.Rows, err = t.lite.query(ctx, q, args)
	} else {
		rows.Rows, err = t.pg.QueryContext(ctx, q, args...)
	}
	if err != nil {
		return nil, t.fail(err)
	}
	t.rows = rows
	return rows, nil
}

// QueryRow runs a statement of which the first row counts. The error, also
// sql.ErrNoRows when there is none, comes from Scan.
func (t *Tx) QueryRow(ctx context.Context, q string, args ...any) *Row {
	rows, err := t.Query(ctx, q, args...)
	return &Row{rows: rows, err: err}
}

// prepare checks that the transaction may go on and brings the arguments into
// the few types that both databases treat alike.
func (t *Tx) prepare(ctx context.Context, args []any) (context.Context, []any, error) {
	if t.err != nil {
		return nil, nil, t.err
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, t.fail(err)
	}
	if t.rows != nil && !t.rows.done {
		return nil, nil, t.fail(ErrRowsOpen)
	}
	out := make([]any, len(args))
	for i, arg := range args {
		value, err := plain(arg)
		if err != nil {
			return nil, nil, t.fail(fmt.Errorf("value $%d: %w", i+1, err))
		}
		out[i] = value
	}
	if t.lite != nil && t.write {
		// An interrupted change would roll back the whole group that it is
		// committed with, so that it runs to its end.
		ctx = context.Background()
	}
	return ctx, out, nil
}

func (t *Tx) fail(err error) error {
	if t.err == nil {
		t.err = sentence(err)
	}
	return t.err
}

// finish closes what was left open and returns the first error.
func (t *Tx) finish(err error) error {
	if t.rows != nil {
		t.rows.Close()
	}
	if err == nil {
		err = t.err
	}
	if t.err == nil {
		t.err = sql.ErrTxDone
	}
	return err
}

// Rows are the rows of a Query, used like *sql.Rows.
type Rows struct {
	*sql.Rows
	tx   *Tx
	done bool
}

// Next moves to the next row; after the last one it closes the rows.
func (r *Rows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Close gives the rows back; it may be called again.
func (r *Rows) Close() error {
	if r.done {
		return nil
	}
	r.done = true
	err := r.Rows.Close()
	if broken := r.Rows.Err(); broken != nil {
		err = broken
	}
	if err != nil {
		return r.tx.fail(err)
	}
	return nil
}

// Row is the first row of a QueryRow.
type Row struct {
	rows *Rows
	err  error
}

// Scan reads the row's columns; sql.ErrNoRows means that there is none, and
// does not end the transaction.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.rows.tx.fail(err)
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}

// plain turns an argument into nil, int64, float64, bool, string or []byte.
func plain(arg any) (any, error) {
	switch v := arg.(type) {
	case nil, int64, float64, bool, []byte:
		return v, nil
	case int:
		return int64(v), nil
	case string:
		return v, checkText(v)
	case time.Time:
		return nil, fmt.Errorf("a moment is stored as Micros(t), not as time.Time")
	case driver.Valuer:
		inner, err := v.Value()
		if err != nil {
			return nil, err
		}
		if _, again := inner.(driver.Valuer); again {
			return nil, fmt.Errorf("a %T cannot be stored", arg)
		}
		return plain(inner)
	}
	v := reflect.ValueOf(arg)
	switch v.Kind() {
	case reflect.String:
		return v.String(), checkText(v.String())
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return nil, fmt.Errorf("the number %d is too large to be stored", v.Uint())
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return plain(v.Elem().Interface())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("a %T cannot be stored; turn it into text or a number", arg)
}

func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return ErrText
	}
	return nil
}
