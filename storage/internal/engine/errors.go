package engine

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// What can go wrong, for errors.Is. Each text is a sentence for the operator.
var (
	ErrClosed   = errors.New("the database is closed because the program is stopping")
	ErrNested   = errors.New("a transaction was begun inside another one; pass the transaction on instead")
	ErrRowsOpen = errors.New("a statement was begun while the rows of another were still being read; read them to the end or close them first")
	ErrReadOnly = errors.New("this is a look at the database only; nothing can be changed through it")
	ErrFull     = errors.New("the disk that holds the database is full; nothing was changed. Make room, and changes work again")
	ErrBusy     = errors.New("another program has kept the database locked for too long; nothing was changed. Try again, and look for a program that holds the database open")
	// ErrUnknown means that the change was sent but its outcome is not known:
	// it may or may not have been kept. Changes are idempotent by their natural
	// key, so that the caller may repeat it.
	ErrUnknown = errors.New("the database failed while a change was being confirmed; whether it was kept is not known")
	// ErrStopped means that the disk reported an error from which one must not
	// go on: every later change fails with it until the program is restarted.
	ErrStopped = errors.New("the disk under the database reported an error, so that nothing more is written. Check the disk, then start evangelist again; if it refuses, use evangelist restore")
	// ErrDamaged means that the file is not a sound database.
	ErrDamaged = errors.New("the database file is damaged. Put the last backup in its place with: evangelist restore FILE")
	// ErrText means that a string contains NUL or is not UTF-8.
	ErrText = errors.New("a text contains characters that cannot be stored (NUL or bytes that are not UTF-8); remove them and try again")
	// ErrNewer means that a later release has changed the database too much.
	ErrNewer = errors.New("the database was made by a later version of evangelist; install that version, or put an earlier backup in place with: evangelist restore FILE")
	// ErrOlder means that a look-only program found a database not yet migrated.
	ErrOlder = errors.New("the database was made by an earlier version of evangelist; start evangelist serve once, which backs it up and brings it up to date")
)

// LockedError says that another program is writing to the same SQLite file. The
// program ends with exit code 75: try again later.
type LockedError struct {
	Path string // the database file
	PID  int    // the other program, 0 when not known
}

func (e *LockedError) Error() string {
	who := "Another evangelist"
	if e.PID > 0 {
		who = fmt.Sprintf("Another evangelist (process %d)", e.PID)
	}
	return fmt.Sprintf("%s is using the database %s. Stop it first, or give this one another database.", who, e.Path)
}

// ExitCode is the exit status that the program ends with: 75, try again later.
func (e *LockedError) ExitCode() int { return 75 }

// SQLite result codes that this package treats in a special way.
const (
	liteBusy       = 5
	liteNoMemory   = 7
	liteReadOnly   = 8
	liteInput      = 10
	liteCorrupt    = 11
	liteFull       = 13
	liteCantOpen   = 14
	liteNotADB     = 26
	liteFsync      = 10 | 4<<8
	liteDirFsync   = 10 | 5<<8
	litePrimaryKey = 19 | 6<<8
	liteUnique     = 19 | 8<<8
)

// liteCode returns the extended result code of an SQLite error, or 0.
func liteCode(err error) int {
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		return coded.Code()
	}
	return 0
}

// pgCode returns the SQLSTATE of a PostgreSQL error, or "".
func pgCode(err error) string {
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return failed.Code
	}
	return ""
}

// UniqueViolation says whether err means that a row with the same unique key
// exists already.
func UniqueViolation(err error) bool {
	code := liteCode(err)
	return code == liteUnique || code == litePrimaryKey || pgCode(err) == "23505"
}

// sentence puts the fitting sentinel around an error of a driver. Errors that
// say enough by themselves come back as they are; so does nil.
func sentence(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{ErrFull, ErrBusy, ErrReadOnly, ErrDamaged, ErrStopped, ErrUnknown} {
		if errors.Is(err, known) {
			return err
		}
	}
	var say error
	switch liteCode(err) & 0xff {
	case liteFull:
		say = ErrFull
	case liteBusy:
		say = ErrBusy
	case liteReadOnly:
		say = ErrReadOnly
	case liteCorrupt, liteNotADB:
		say = ErrDamaged
	}
	switch pgCode(err) {
	case "53100":
		say = ErrFull
	case "55P03":
		say = ErrBusy
	case "25006":
		say = ErrReadOnly
	case "XX001", "XX002":
		say = ErrDamaged
	}
	if say == nil {
		return err
	}
	return fmt.Errorf("%w (%w)", say, err)
}

// stopsWriting says whether nothing may be written after err: the operating
// system may have dropped pages that it failed to bring to the disk, and a
// second fsync would claim success; or the file is damaged already.
func stopsWriting(err error) bool {
	code := liteCode(err)
	return code == liteFsync || code == liteDirFsync ||
		code&0xff == liteCorrupt || code&0xff == liteNotADB
}

// connectionLost says whether err means that the connection to PostgreSQL went
// away or could not be had, so that an unconfirmed transaction was rolled back.
func connectionLost(err error) bool {
	switch code := pgCode(err); {
	case code == "57P01", code == "57P02", code == "57P03", code == "53300":
		return true
	case code != "":
		return code[:2] == "08"
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &network) || errors.As(err, &connect)
}
