package voices

import (
	"context"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Voices keeps what has reached the reading team.
type Voices interface {
	// Get returns one voice with all that belongs to it, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Voice, error)
	// List returns the voices that q asks for with all that belongs to them, the
	// earliest due first (then by reference).
	List(ctx context.Context, q Query) ([]Voice, error)
	// Add keeps a voice with a name. If id is there already, rule is not called
	// and the stored voice is returned; if it was raised without a name, ErrSent.
	// Else rule (which may run twice) makes the voice and its deliveries; taken
	// says whether a reference is in use. One transaction.
	Add(ctx context.Context, id string, rule func(taken func(string) bool) (Voice, []bot.Delivery, error)) (Voice, error)
	// Change loads a voice, calls rule (which may run twice) and saves voice, new
	// entries, news, weights and deliveries in one transaction. Entries, news and
	// weights are never changed, except that those which rule leaves out are deleted.
	// bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Voice) ([]bot.Delivery, error)) error
}

// Query says which voices. Conditions are joined by and; a zero field asks for
// nothing.
type Query struct {
	Open       bool         // not closed
	ClosedFrom time.Time    // closed at or after
	ClosedTo   time.Time    // closed before
	Author     bot.PersonID // raised by an account of this person, with a name
	Reference  string
	Kind       Kind
	NewsFrom   schedule.Date // has news of this day or a later one
}

// Waiting keeps what was said without a name until the release.
type Waiting interface {
	// Put keeps an act and writes nothing else: no delivery, no moment, no other
	// row. If the act is there already, waiting or released, nothing changes;
	// ErrSent when its form was sent with a name before; ErrFull when MaxWaiting
	// acts wait for its voice and this one is no withdrawal, which is always kept.
	Put(ctx context.Context, act Act) error
	// ByCode finds the voice whose private code has this hash: a released one, or
	// the raise that waits (then Voice is nil). bot.ErrNotFound. It never writes.
	ByCode(ctx context.Context, hash string) (Held, error)
	// Waits reports whether a release would move anything. It never writes.
	Waits(ctx context.Context, which Which) (bool, error)
	// Release hands what waits (all of it, or the urgent raises alone) to rule
	// and saves in one transaction what rule makes of it; the acts are deleted.
	// Nothing of them can be read from the disk when it returns nil. When
	// nothing waits rule is not called. A voice that cannot be saved stops no
	// other: its acts go on waiting, and the error says so after all others are
	// released. For this rule may run once more for each such voice.
	Release(ctx context.Context, which Which, rule func(Batch) (Released, error)) error
}

// Which says what a release moves.
type Which string

// The two extents of a release.
const (
	Everything Which = "everything"
	UrgentOnly Which = "urgent"
)

// Held is what a private code opens.
type Held struct {
	VoiceID string
	Kind    Kind
	Voice   *Voice // nil while the raise waits for the release
	Pending []Act  // acts that wait for the release, by id
}

// Batch is what a release finds: the acts by id, which is no order of theirs,
// and the voices that they are about.
type Batch struct {
	Acts   []Act
	Voices map[string]Voice
	Taken  func(reference string) bool
}

// Released is what a release makes of its batch: New are added in this order,
// Changed are saved, Deliveries are queued as of At; the acts in Stay go on
// waiting.
type Released struct {
	At         time.Time
	New        []Voice
	Changed    []Voice
	Deliveries []bot.Delivery
	Stay       []string
}

// Settings is what leads decide about the reading team's work.
type Settings struct {
	Contacts Contacts
	Place    bot.PlaceID // where the cards go; empty: to each reader
}

// Contacts says whom to turn to with what this box is not for.
type Contacts struct {
	Whistleblowing string
	Grievance      string
	Safeguarding   string
	Emergency      string
}

// Complete reports whether all of them are there: concerns open only then.
func (c Contacts) Complete() bool {
	return c.Whistleblowing != "" && c.Grievance != "" && c.Safeguarding != "" && c.Emergency != ""
}

// SettingsStore keeps the Settings; before the first change they are zero.
type SettingsStore interface {
	Get(ctx context.Context) (Settings, error)
	// Change loads, calls rule (which may run twice) and saves in one transaction.
	Change(ctx context.Context, rule func(*Settings) error) error
}

// ErrSent refuses a form that was sent before in the other way: with a name and
// then without, or the reverse. What was sent first stands.
var ErrSent = &bot.Error{Code: "voice-sent", Say: "You sent this form before, and chose differently about your name then. That first choice stands and nothing was sent again. For something new, open a new form."}

// MaxWaiting is how many acts may wait for the release of one voice, not counting
// its withdrawal.
const MaxWaiting = 20

// ErrFull refuses an act because too many wait for its voice already.
var ErrFull = &bot.Error{Code: "voice-full", Say: "Much of what you wrote waits for the next release already, so this was not kept. Please send the rest after it."}
