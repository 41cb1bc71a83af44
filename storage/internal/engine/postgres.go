package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	isolationRepeatable   = driver.IsolationLevel(sql.LevelRepeatableRead)
	isolationSerializable = driver.IsolationLevel(sql.LevelSerializable)

	// connections is how many one program opens to PostgreSQL.
	connections = 16
	// attempts is how often a transaction that lost against others is begun.
	attempts = 30
	// lostFor is how long a transaction is repeated while PostgreSQL is away, as
	// it is during a restart.
	lostFor = 10 * time.Second
	// migrationLock is the advisory lock under which one program migrates.
	migrationLock = 0x6576616e67
)

type postgres struct {
	db       *sql.DB
	readOnly bool
	rand     io.Reader
}

func openPostgres(ctx context.Context, url string, o Options) (*postgres, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the address of the database cannot be read: %w", err)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "evangelist"
	}
	config.RuntimeParams["timezone"] = "UTC"
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	if o.Mode == Serve && config.ValidateConnect == nil {
		// After a failover an old address may lead to a copy that cannot write.
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	p := &postgres{db: sql.OpenDB(pgConnector{config}), readOnly: o.Mode == ReadOnly, rand: o.Rand}
	p.db.SetMaxOpenConns(connections)
	p.db.SetMaxIdleConns(connections)
	p.db.SetConnMaxIdleTime(5 * time.Minute)
	if err := p.settle(ctx, o); err != nil {
		return nil, errors.Join(err, p.db.Close())
	}
	return p, nil
}

// settle checks the server and the schema and migrates.
func (p *postgres) settle(ctx context.Context, o Options) error {
	var version int
	var encoding string
	err := p.db.QueryRowContext(ctx,
		"SELECT current_setting('server_version_num')::int, current_setting('server_encoding')").Scan(&version, &encoding)
	if err != nil {
		return fmt.Errorf("PostgreSQL cannot be reached or refuses; check address, name and password (%w)", err)
	}
	if version < 120000 || encoding != "UTF8" {
		return fmt.Errorf("evangelist needs PostgreSQL 12 or later and a database with the encoding UTF8; this is %d with %s", version/10000, encoding)
	}
	lock, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer lock.Close()
	if o.Mode == Serve {
		if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
			return err
		}
		defer restore(ctx, lock, "SELECT pg_advisory_unlock($1)", migrationLock)
	}
	needed := false
	err = p.read(ctx, func(tx *Tx) error {
		found, err := schemaOf(ctx, tx, PostgreSQL, o)
		if err == nil {
			needed, err = plan(found, o)
		}
		return err
	})
	if err != nil || !needed {
		return err
	}
	if err := migrate(ctx, p.db, PostgreSQL, o); err != nil {
		return err
	}
	for _, table := range o.Fleeting {
		if err := p.unsampled(ctx, table); err != nil {
			return err
		}
	}
	return nil
}

// restore makes a connection what it was before it goes back to the pool; one on
// which that fails is thrown away, which ends its locks and settings as well.
func restore(ctx context.Context, c *sql.Conn, q string, args ...any) {
	if _, err := c.ExecContext(context.WithoutCancel(ctx), q, args...); err != nil {
		// Raw hands this error back: it only marks the connection as broken.
		_ = c.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// unsampled keeps PostgreSQL from putting values of the table's rows among its
// statistics, where they would outlive the rows.
func (p *postgres) unsampled(ctx context.Context, table string) error {
	return p.write(ctx, func(tx *Tx) error {
		columns, err := All(ctx, tx, Value[string], `SELECT attname::text FROM pg_attribute
			WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND coalesce(attstattarget, -1) <> 0`, table)
		for _, column := range columns {
			if err == nil {
				_, err = tx.Exec(ctx, "ALTER TABLE "+table+" ALTER COLUMN "+column+" SET STATISTICS 0")
			}
		}
		return err
	})
}

// write repeats fn while it loses against other transactions, and for some time
// while the server is away; an unconfirmed COMMIT is never repeated here.
func (p *postgres) write(ctx context.Context, fn func(*Tx) error) error {
	if p.readOnly {
		return ErrReadOnly
	}
	options := &sql.TxOptions{Isolation: sql.LevelSerializable}
	return p.repeat(ctx, func() error { return p.once(ctx, options, fn) })
}

func (p *postgres) read(ctx context.Context, fn func(*Tx) error) error {
	options := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return p.repeat(ctx, func() error { return p.once(ctx, options, fn) })
}

func (p *postgres) repeat(ctx context.Context, try func() error) error {
	var lost <-chan time.Time
	conflicts := 0
	for n := 0; ; n++ {
		err := try()
		code := pgCode(err)
		switch {
		case err == nil, errors.Is(err, ErrUnknown):
			return err
		case code == "40001" || code == "40P01":
			if conflicts++; conflicts >= attempts {
				return fmt.Errorf("%w: %w", ErrBusy, err)
			}
		case (code == "23505" || code == "0A000") && conflicts < 2:
			// Two that insert the same row at once can both be right; the second
			// attempt sees the other's row. And a statement prepared before
			// another program migrated is prepared afresh.
			conflicts++
		case connectionLost(err):
			if lost == nil {
				lost = time.After(lostFor)
			}
		default:
			return sentence(err)
		}
		select {
		case <-time.After(p.pause(n)):
		case <-lost:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pause grows from about 1 ms to about 250 ms, with half of it left to chance.
func (p *postgres) pause(n int) time.Duration {
	longest := time.Millisecond << min(n, 8)
	var b [8]byte
	if _, err := io.ReadFull(p.rand, b[:]); err != nil {
		return longest
	}
	return longest/2 + time.Duration(binary.LittleEndian.Uint64(b[:])%uint64(longest/2+1))
}

// once runs fn in one transaction.
func (p *postgres) once(ctx context.Context, options *sql.TxOptions, fn func(*Tx) error) error {
	inner, err := p.db.BeginTx(ctx, options)
	if err != nil {
		if err.Error() == "sql: database is closed" {
			return ErrClosed
		}
		return err
	}
	defer inner.Rollback()
	tx := &Tx{pg: inner, write: !options.ReadOnly}
	err = guard(func() error { return fn(tx) })
	if err = tx.finish(err); err != nil {
		return err
	}
	return confirmed(ctx, inner.Commit())
}

// confirmed tells a COMMIT that failed from one whose answer never came.
func confirmed(ctx context.Context, err error) error {
	code := pgCode(err)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(err, ctx.Err()), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, sql.ErrTxDone), errors.Is(err, pgx.ErrTxCommitRollback):
		return err // COMMIT was not sent, or answered with ROLLBACK
	case code == "" || code[:2] == "57" || code[:2] == "08":
		return fmt.Errorf("%w (%w)", ErrUnknown, err)
	}
	return err
}

func (p *postgres) backup(context.Context, string) error {
	return errors.New("a PostgreSQL database is backed up with its own tool: pg_dump --format=custom --file=FILE, and restored with pg_restore")
}

// scrub writes the table anew with the rows that live, so that neither deleted
// rows nor the free space of its pages keep anything, and the rows that stay no
// longer carry the number of the transaction that wrote them. A VACUUM would not
// do: it copies row versions along that any connection of the server, even one
// that is only being opened, might still see. Readers that are in the table are
// waited for.
func (p *postgres) scrub(ctx context.Context, table string) error {
	if p.readOnly {
		return ErrReadOnly
	}
	c, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	var column string
	err = c.QueryRowContext(ctx, `SELECT quote_ident(attname) FROM pg_attribute
		WHERE attrelid = $1::regclass AND atttypid = 'text'::regtype AND attnum > 0 AND NOT attisdropped
		ORDER BY attnum LIMIT 1`, table).Scan(&column)
	if err != nil {
		return sentence(err)
	}
	if _, err := c.ExecContext(ctx, "SET lock_timeout = '5s'"); err != nil {
		return sentence(err)
	}
	defer restore(ctx, c, "RESET lock_timeout")
	// An expression, not the bare column: that would be no reason to rewrite.
	_, err = c.ExecContext(ctx, "ALTER TABLE "+table+" ALTER COLUMN "+column+" TYPE text USING "+column+" || ''")
	return sentence(err)
}

func (p *postgres) close() error { return p.db.Close() }
