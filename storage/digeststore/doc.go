// Package digeststore keeps the archive of shared links, the digests and their
// editions, on SQLite and PostgreSQL. It loads and saves; the rules are in
// package digests.
package digeststore

import (
	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage/internal/engine"
)

// New returns the stores of the digests in db.
func New(db *engine.DB, clock bot.Clock) digests.Stores {
	archive := &archive{db: db, clock: clock}
	return digests.Stores{
		Archive: archive, Presence: archive,
		Series:   &series{db: db, clock: clock},
		Editions: &editions{db: db, clock: clock},
		Finds:    &finds{db: db},
		Credits:  &credits{db: db, clock: clock},
		Votes:    &votes{db: db},
	}
}
