package courier

import (
	"context"
	"time"

	"evangelist/bot"
)

// Store is what the courier keeps. Every method is one transaction, durable when
// it returns nil. Calling a method again with the same arguments, because the
// answer to the first call was lost, changes nothing further.
type Store struct {
	Queue    Queue
	Register Register
	Upkeep   Upkeep
}

// Head is a delivery that has something to do.
type Head struct {
	Key      string
	Lane     string
	Platform string      // empty until resolved
	Place    bot.PlaceID // empty until resolved
	State    State
}

// Count is how many deliveries of one class are in one state.
type Count struct {
	State  State
	Class  bot.Class
	N      int64
	Oldest time.Time // the earliest due moment among the busy ones, else zero
}

// Queue is the table of deliveries.
type Queue interface {
	// Due returns the deliveries that the courier has something to do with at
	// now, by due moment and order of adding, at most limit. Left out are those
	// on the platforms named in without, those whose lane another delivery holds
	// or in which another one comes first, and those that stand under a delivery
	// which is not settled yet. Edits ignore lanes. next is the earliest later
	// due moment, zero when there is none.
	Due(ctx context.Context, now time.Time, without []string, limit int) (heads []Head, next time.Time, err error)

	// Get returns a delivery, or ErrNotFound.
	Get(ctx context.Context, key string) (Item, error)

	// Change loads the delivery; if its attempt is the given one it calls rule,
	// which is pure and may run twice, and saves what rule made of it: parts are
	// added and changed, never removed; the wanted version is never written; the
	// nudge is counted for every addressee while Nudged is set. It returns
	// false, with nothing changed, when there is no such delivery, its attempt
	// differs, or rule asks for a lane that another delivery holds. An error of
	// rule undoes everything and is returned.
	Change(ctx context.Context, key string, attempt int64, rule func(*Item) error) (bool, error)

	// List returns the deliveries in these states, the oldest first, with their
	// parts but without bodies, at most limit (0: all).
	List(ctx context.Context, states []State, limit int) ([]Item, error)

	// Counts returns how many deliveries there are in each state and class.
	Counts(ctx context.Context) ([]Count, error)
}

// Reader is an addressee.
type Reader struct {
	Person   bot.Person
	Accounts []bot.Account // ordered by id
}

// Register is what the courier has to know besides deliveries.
type Register interface {
	// Reader returns a person with all accounts, or ErrNotFound.
	Reader(ctx context.Context, id bot.PersonID) (Reader, error)
	// Place returns a place, or ErrNotFound.
	Place(ctx context.Context, id bot.PlaceID) (bot.Place, error)
	// Setting returns a value of the installation, "" when there is none.
	Setting(ctx context.Context, name string) (string, error)
	// Settle sets a value of the installation if there is none yet, or in any
	// case when replace is true, and returns the value that is then stored.
	Settle(ctx context.Context, name, value string, replace bool) (string, error)
	// Used notes that a person used the bot in the week of the moment; nothing
	// finer is stored. Never called for what may be anonymous.
	Used(ctx context.Context, id bot.PersonID, at time.Time) error
}

// Upkeep is what is done from time to time.
type Upkeep interface {
	// Holder returns the key of the delivery that has a part with this id, or
	// ErrNotFound.
	Holder(ctx context.Context, id string) (key string, err error)
	// Checks returns the keys of deliveries with a part to be checked for
	// further copies by now, at most limit.
	Checks(ctx context.Context, now time.Time, limit int) ([]string, error)
	// Doubt marks every delivery that is queued, being sent or unknown as
	// unknown since the moment, due at now and with a new attempt, and every
	// posted view that ended after cards as in need of an edit. It returns how
	// many were marked.
	Doubt(ctx context.Context, now, since, cards time.Time) (int, error)
	// Histories returns when each of the persons was written to first.
	Histories(ctx context.Context, persons []bot.PersonID) (map[bot.PersonID]History, error)
	// Purge deletes bodies that only deliveries use which ended before the
	// moment, nudges older than NudgeMemory before now, and returns how many
	// rows went. Keys stay: they make adding idempotent.
	Purge(ctx context.Context, now, before time.Time) (int, error)
}
