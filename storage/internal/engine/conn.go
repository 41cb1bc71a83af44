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
	stmts map[string]*prepared
	work  int64 // statements and rows changed since it was last set to 0
}

// prepared is a statement that is compiled once. While its rows are being read
// it is lent and the same text is compiled afresh.
type prepared struct {
	*sql.Stmt
	lent bool
}

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	raw, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{raw: raw, stmts: map[string]*prepared{}}, nil
}

// statement returns the compiled q, or nil when it is lent.
func (c *conn) statement(ctx context.Context, q string) (*prepared, error) {
	if p := c.stmts[q]; p != nil {
		if p.lent {
			return nil, nil
		}
		return p, nil
	}
	if len(c.stmts) >= statementsKept {
		for text, p := range c.stmts {
			if !p.lent {
				p.Close()
				delete(c.stmts, text)
			}
		}
	}
	stmt, err := c.raw.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	p := &prepared{Stmt: stmt}
	c.stmts[q] = p
	return p, nil
}

func (c *conn) exec(ctx context.Context, q string, args []any) (sql.Result, error) {
	p, err := c.statement(ctx, q)
	if err != nil {
		return nil, err
	}
	var result sql.Result
	if p == nil {
		result, err = c.raw.ExecContext(ctx, q, args...)
	} else {
		result, err = p.ExecContext(ctx, args...)
	}
	if err != nil {
		return nil, err
	}
	n, _ := result.RowsAffected()
	c.work += 1 + n
	return result, nil
}

func (c *conn) query(ctx context.Context, q string, args []any) (*sql.Rows, *prepared, error) {
	p, err := c.statement(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	c.work++
	if p == nil {
		rows, err := c.raw.QueryContext(ctx, q, args...)
		return rows, nil, err
	}
	rows, err := p.QueryContext(ctx, args...)
	if err != nil {
		return nil, nil, err
	}
	p.lent = true
	return rows, p, nil
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

func (c *conn) close() error {
	for _, p := range c.stmts {
		p.Close()
	}
	return c.raw.Close()
}
