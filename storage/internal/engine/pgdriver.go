package engine

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pgConnector lets database/sql keep a pool of pgx connections. It is the part of
// pgx's own adapter that this package needs, without the second pool and the
// process-wide registration that the adapter brings along: arguments are already
// plain, and every statement goes through pgx's cache of prepared ones.
type pgConnector struct{ config *pgx.ConnConfig }

func (c pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, c.config.Copy())
	if err != nil {
		return nil, err
	}
	return &pgLink{conn}, nil
}

func (c pgConnector) Driver() driver.Driver { return pgDriver{} }

type pgDriver struct{}

func (pgDriver) Open(string) (driver.Conn, error) {
	return nil, errors.New("connections are opened by the connector")
}

// pgLink is one connection.
type pgLink struct{ conn *pgx.Conn }

func (l *pgLink) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("statements are prepared by the connection itself")
}

func (l *pgLink) Begin() (driver.Tx, error) {
	return l.BeginTx(context.Background(), driver.TxOptions{})
}

func (l *pgLink) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return l.conn.Close(ctx)
}

// IsValid tells the pool whether the connection can be used again.
func (l *pgLink) IsValid() bool { return !l.conn.IsClosed() }

// CheckNamedValue lets every type through to pgx.
func (l *pgLink) CheckNamedValue(*driver.NamedValue) error { return nil }

// unsent turns an error of a statement that never left into ErrBadConn, upon
// which the pool takes another connection.
func unsent(err error) error {
	if err != nil && pgconn.SafeToRetry(err) {
		return driver.ErrBadConn
	}
	return err
}

// BeginTx begins a transaction at the isolation levels that this package uses.
func (l *pgLink) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	options := pgx.TxOptions{}
	switch level := o.Isolation; level {
	case 0: // the server's default, for migrations
	case isolationRepeatable:
		options.IsoLevel = pgx.RepeatableRead
	case isolationSerializable:
		options.IsoLevel = pgx.Serializable
	default:
		return nil, fmt.Errorf("isolation level %d is not used here", level)
	}
	if o.ReadOnly {
		options.AccessMode = pgx.ReadOnly
	}
	tx, err := l.conn.BeginTx(ctx, options)
	if err != nil {
		return nil, unsent(err)
	}
	return pgTx{tx}, nil
}

type pgTx struct{ tx pgx.Tx }

// answerWithin is how long the end of a transaction may take; after that the
// connection is given up.
const answerWithin = 30 * time.Second

func (t pgTx) Commit() error   { return unsent(within(t.tx.Commit)) }
func (t pgTx) Rollback() error { return within(t.tx.Rollback) }

func within(end func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	return end(ctx)
}

func bare(named []driver.NamedValue) []any {
	args := make([]any, len(named))
	for i, arg := range named {
		args[i] = arg.Value
	}
	return args
}

// ExecContext runs a statement without rows.
func (l *pgLink) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	tag, err := l.conn.Exec(ctx, q, bare(args)...)
	if err != nil {
		return nil, unsent(err)
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// QueryContext runs a statement with rows and waits for the first one, so that an
// error comes from here.
func (l *pgLink) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := l.conn.Query(ctx, q, bare(args)...)
	if err != nil {
		return nil, unsent(err)
	}
	r := &pgRows{rows: rows, ahead: true, more: rows.Next()}
	if err := rows.Err(); err != nil {
		rows.Close()
		return nil, unsent(err)
	}
	for _, field := range rows.FieldDescriptions() {
		r.names = append(r.names, field.Name)
	}
	return r, nil
}

type pgRows struct {
	rows  pgx.Rows
	names []string
	ahead bool // Next was called already, with the result more
	more  bool
}

func (r *pgRows) Columns() []string { return r.names }

func (r *pgRows) Close() error {
	r.rows.Close()
	return r.rows.Err()
}

func (r *pgRows) Next(dest []driver.Value) error {
	if !r.ahead {
		r.more = r.rows.Next()
	}
	r.ahead = false
	if !r.more {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	values, err := r.rows.Values()
	if err != nil {
		return err
	}
	for i, value := range values {
		if dest[i], err = column(value); err != nil {
			return fmt.Errorf("column %s: %w", r.names[i], err)
		}
	}
	return nil
}

// column turns what pgx decoded into one of database/sql's types.
func column(value any) (driver.Value, error) {
	switch v := value.(type) {
	case nil, int64, float64, bool, string, []byte, time.Time:
		return v, nil
	case int32:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case uint32:
		return int64(v), nil
	case float32:
		return float64(v), nil
	case driver.Valuer: // numeric, such as the sum of a BIGINT column
		return v.Value()
	}
	return nil, fmt.Errorf("a %T cannot be read; cast it to text or bigint", value)
}
