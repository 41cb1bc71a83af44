package engine

import "context"

// CountCommits makes every commit of an SQLite database call seen first; an error
// from it stands for one from the disk. Call it before the first Write.
func CountCommits(db *DB, seen func() error) {
	w := db.backend.(*liteFile).writer
	commit := w.sync
	w.sync = func() error {
		if err := seen(); err != nil {
			return err
		}
		return commit()
	}
}

// Waiting is how many changes wait for the writer of an SQLite database.
func Waiting(db *DB) int { return len(db.backend.(*liteFile).writer.queue) }

// LimitPages lets an SQLite file grow to n pages only, as a full disk does.
func LimitPages(ctx context.Context, db *DB, n string) error {
	return db.write(ctx, func(tx *Tx) error {
		var now int64
		return tx.QueryRow(ctx, "PRAGMA max_page_count = "+n).Scan(&now)
	})
}

// ResultCode is an SQLite error with a code of the test's choice.
type ResultCode int

func (c ResultCode) Error() string { return "made by the test" }

// Code is what the real errors of the driver have.
func (c ResultCode) Code() int { return int(c) }
