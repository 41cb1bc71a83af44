package bot

import (
	"context"
	"time"
)

// Part is one message of a platform, rendered: Payload is the platform's own
// format and opaque to the kernel. Equal messages give equal payloads.
type Part struct {
	Payload []byte
	Text    string // the words alone, for logs of failures to show a human; never logged otherwise
}

// Posting is one part to be sent.
type Posting struct {
	Place  PlaceID
	Thread string // native id of the thread's first message, empty: none
	Part   Part
	ID     string // opaque part id, carried in the message's metadata where the platform can
}

// Limit is one documented limit on sending.
type Limit struct {
	Scope LimitScope
	Count int // at most Count
	Per   time.Duration
}

// LimitScope says what a Limit counts.
type LimitScope string

// The scopes of a limit.
const (
	PerPlace    LimitScope = "place"
	PerPlatform LimitScope = "platform"
)

// Platform is one workspace or tenant. Optional abilities are further
// interfaces on the same value; never wrap a Platform, wrapping hides them.
type Platform interface {
	// Name is the instance key: constant, unique, without "|".
	Name() string
	// Render turns a message into parts, split where the platform's limits ask
	// for it; it never fails for length. It is pure.
	Render(message Message) ([]Part, error)
	// Post sends one part once. It never retries and never sleeps. A *SendError
	// says for certain that nothing was posted; any other error, a deadline
	// included, means that nobody knows.
	Post(ctx context.Context, posting Posting) (MessageRef, error)
	// Limits are observed by the kernel for everything that it sends.
	Limits() []Limit
}

// Editor can change a message that it posted. Editing is idempotent.
type Editor interface {
	Edit(ctx context.Context, ref MessageRef, part Part) error
}

// Finder can look for its own messages by part id. It returns every live copy
// posted since the moment, oldest first, and an error when it could not look
// through all of it: absence is proven only by a nil error. It looks where the
// part was posted to: in the thread under the message with that native id, or,
// with thread empty, beside all threads.
type Finder interface {
	Find(ctx context.Context, place PlaceID, thread, id string, since time.Time) ([]MessageRef, error)
}

// Retractor can remove a message that it posted. Removing one that is gone
// succeeds.
type Retractor interface {
	Retract(ctx context.Context, ref MessageRef) error
}

// Whisperer can show something to one person in a place, not durably.
type Whisperer interface {
	Whisper(ctx context.Context, whisper Whisper) error
}

// Opener can open conversations: with one account, or with several. Opening the
// same one again returns the same place.
type Opener interface {
	Open(ctx context.Context, accounts []AccountID) (PlaceID, error)
}

// SendError is a certain refusal: nothing was posted.
type SendError struct {
	Reason     SendReason
	RetryAfter time.Duration // Busy: not before
	Say        string        // a sentence for a human, saying what to do
	Err        error
}

// SendReason says what a certain refusal means.
type SendReason string

// The reasons of a certain refusal.
const (
	Busy        SendReason = "busy"        // rate limited or not connected: again later
	Unreachable SendReason = "unreachable" // this person or place cannot be written to: no retry
	Denied      SendReason = "denied"      // a human must mend something: parked with Say
)

// Error implements error.
func (e *SendError) Error() string {
	text := "send refused (" + string(e.Reason) + "): " + e.Say
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }
