package digests

import (
	"context"
	"time"

	"evangelist/bot"
)

// Stores are what the feature needs to be kept. Every write is one transaction,
// durable when it returns, and changes nothing when repeated.
type Stores struct {
	Archive  Archive
	Presence Presence
	Series   Series
	Editions Editions
	Finds    Finds
	Credits  Credits
	Votes    Votes
}

// Archive keeps the links that were shared and what people did about them.
type Archive interface {
	// Hear keeps a batch: first what was deleted and left out, then the posts,
	// then the acts. A deletion or an opt-out wins whenever it arrives. An act
	// on a message without a kept link leaves no trace.
	Hear(ctx context.Context, heard Heard) error
	// Window returns the live shares with from <= At < to, with the people who
	// engaged; a zero bound means none. Its time does not depend on how much
	// lies outside the window.
	Window(ctx context.Context, from, to time.Time) (Material, error)
	// Span returns the moments of the oldest and the newest share, zero when
	// there is none.
	Span(ctx context.Context) (oldest, newest time.Time, err error)
	// Message returns the live shares of one message.
	Message(ctx context.Context, message bot.MessageRef) ([]Share, error)
	// Forget deletes, for shares with from <= At < to, the sentences around the
	// links and who reacted or replied.
	Forget(ctx context.Context, from, to time.Time) error
}

// Presence says of which messages the archive keeps something, so that deletions
// which nobody told of can be noticed.
type Presence interface {
	// Kept returns the messages of a place, written since the moment, that hold a
	// live share, oldest first. What was handed in by a command was never seen in
	// a message and is not among them.
	Kept(ctx context.Context, place bot.PlaceID, since time.Time) ([]bot.MessageRef, error)
}

// Series keeps the digests.
type Series interface {
	// Get returns a digest by its id or, failing that, its slug. ErrNotFound.
	Get(ctx context.Context, id string) (Digest, error)
	// List returns all digests by name.
	List(ctx context.Context) ([]Digest, error)
	// Add keeps a new digest, with deliveries. A digest with the same id is
	// left as it is; one with the same slug is an Error "digest-exists".
	Add(ctx context.Context, digest Digest, deliveries []bot.Delivery) error
	// Change loads a digest in a write transaction, calls rule (which may run
	// twice) and saves the result with the deliveries. ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Digest) ([]bot.Delivery, error)) error
}

// EditionFilter chooses editions. Empty fields choose all.
type EditionFilter struct {
	Digest string
	States []State
	Text   string    // words that all must occur, in any case
	Before time.Time // published before, for paging
	Limit  int       // 0: at most 50
}

// Editions keeps the editions with their revisions.
type Editions interface {
	// Get returns an edition by its id or its slug, with its revision.
	// ErrNotFound.
	Get(ctx context.Context, id string) (Edition, error)
	// List returns editions with their revisions: the latest published first
	// when only such as went out are asked for, else the latest slot first.
	List(ctx context.Context, filter EditionFilter) ([]Edition, error)
	// Add keeps a new edition, or returns the one that the digest has for the
	// same slot already.
	Add(ctx context.Context, edition Edition) (Edition, error)
	// Change loads an edition in a write transaction, calls rule (which may run
	// twice) and saves it with its revision and the deliveries. ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Edition) ([]bot.Delivery, error)) error
	// Withdrawn returns what was taken back from approved editions and is not
	// in their Withdrawn list yet, by edition.
	Withdrawn(ctx context.Context) (map[string][]Withdrawal, error)
}

// Finds keeps the curators' inbox.
type Finds interface {
	// Get returns a find. ErrNotFound.
	Get(ctx context.Context, id string) (Find, error)
	// List returns the finds in any of the states, oldest first.
	List(ctx context.Context, states ...FindState) ([]Find, error)
	// Add keeps a find; one with the same id is left as it is. It reports
	// whether the find is new.
	Add(ctx context.Context, find Find) (bool, error)
	// Change loads a find, calls rule and saves it. ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Find) error) error
}

// Credits keeps what people want done with their names.
type Credits interface {
	// Choice returns what the person behind the account chose last.
	Choice(ctx context.Context, account bot.AccountID) (Choice, error)
	// Choose keeps a choice made at that moment; an older one changes nothing.
	// In the same transaction the editions that are approved or published are
	// marked where the person's name or link must go (Editions.Withdrawn).
	Choose(ctx context.Context, account bot.AccountID, choice Choice, at time.Time) error
	// Told returns those of the persons who were told once that their name is
	// about to appear.
	Told(ctx context.Context, persons []bot.PersonID) (map[bot.PersonID]bool, error)
	// Tell notes that persons are being told, with the deliveries that do it.
	Tell(ctx context.Context, persons []bot.PersonID, deliveries []bot.Delivery) error
}

// Votes keeps who found an item useful. Persons are counted once, whatever
// accounts they used.
type Votes interface {
	// Vote keeps a vote; the same one again changes nothing but its Note.
	// It reports whether it is new.
	Vote(ctx context.Context, vote Vote) (bool, error)
	// Tally counts the distinct persons by item ID.
	Tally(ctx context.Context, edition string) (map[string]Tally, error)
}

// Vote is a reader's word on one item.
type Vote struct {
	Edition string
	Link    string // the link's key
	Account bot.AccountID
	Used    bool // "I used this", else "Useful"
	Note    string
	At      time.Time
}

// Tally counts persons.
type Tally struct{ Useful, Used int }

// Heard is a batch of sightings, translated. Each list keeps the order of
// arrival.
type Heard struct {
	Posts   []Post
	Gone    []bot.MessageRef // deleted
	OptOuts []OptOut
	Acts    []Act
	// Deliveries are sent with the batch.
	Deliveries []bot.Delivery
}

// Empty reports whether there is nothing to keep.
func (h Heard) Empty() bool {
	return len(h.Posts)+len(h.Gone)+len(h.OptOuts)+len(h.Acts)+len(h.Deliveries) == 0
}

// Post is one message as far as its links go. A first version counts once; an
// edited one replaces what is known unless a later edit is known.
type Post struct {
	Message  bot.MessageRef
	Edited   bool
	Account  bot.AccountID
	At       time.Time
	Private  bool
	External bool
	Added    bool
	Links    []PostLink
}

// PostLink is one link of a Post.
type PostLink struct {
	Link     Link
	Sentence string
}

// OptOut takes everything out for good that the account itself said in the
// message.
type OptOut struct {
	Message bot.MessageRef
	Account bot.AccountID
}

// Act is a reaction, a nomination or a reply. It is kept only while the message
// holds a link that is kept. Of two acts with one key the later one counts.
type Act struct {
	Kind    EngagementKind
	Message bot.MessageRef
	Account bot.AccountID
	Detail  string // the emoji, or the native id of the reply
	At      time.Time
	Undone  bool
}
