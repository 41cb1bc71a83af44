package engine

import (
	"context"
	"database/sql"
)

// statementsKept bounds the prepared statements of one connection.
const statementsKept = 256

// conn is one SQLite connection with its prepared statements. It belongs to one
// goroutine at a time.
type conn struct {
	raw   *sql.Conn
	stmts map[string]*sql.Stmt
	work  int64 // statements and rows changed since it was last set to 0
}

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	raw, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{raw: raw, stmts: map[string]*sql.Stmt{}}, nil
}

// statement returns the compiled q.
func (c *conn) statement(ctx context.Context, q string) (*sql.Stmt, error) {
	if stmt := c.stmts[q]; stmt != nil {
		return stmt, nil
	}
	if len(c.stmts) >= statementsKept {
		for _, stmt := range c.stmts {
			stmt.Close()
		}
		clear(c.stmts)
	}
	stmt, err := c.raw.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	c.stmts[q] = stmt
	return stmt, nil
}

func (c *conn) exec(ctx context.Context, q string, args []any) (sql.Result, error) {
	stmt, err := c.statement(ctx, q)
	if err != nil {
		return nil, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	n, _ := result.RowsAffected()
	c.work += 1 + n
	return result, nil
}

func (c *conn) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	stmt, err := c.statement(ctx, q)
	if err != nil {
		return nil, err
	}
	c.work++
	return stmt.QueryContext(ctx, args...)
}

// control runs a statement of the engine itself, such as COMMIT.
func (c *conn) control(q string) error {
	ctx := context.Background()
	p, err := c.statement(ctx, q)
	if err == nil {
		_, err = p.ExecContext(ctx)
	}
	return err
}

// rollback ends a transaction that failed. Its own error says nothing new: many
// failures have ended the transaction already, and in one that is still open the
// next BEGIN fails.
func (c *conn) rollback() { _ = c.control("ROLLBACK") }

func (c *conn) close() error {
	for _, p := range c.stmts {
		p.Close()
	}
	return c.raw.Close()
}
