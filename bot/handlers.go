package bot

import (
	"context"
	"time"
)

// Handlers are the bot as a platform's adapter sees it: what the adapter tells,
// and what it may ask. They are safe for concurrent use. Invoke and Hear are
// compulsory; of the others an adapter leaves out what is nil.
type Handlers struct {
	// Invoke carries out a request; Router.Do fits.
	Invoke func(ctx context.Context, in Invocation) Reply
	// Hear takes what was seen in places of which the bot is a member, at least
	// once and in order; it is idempotent, and durable when it returns nil. After
	// an error the same batch comes again. Direct chats are not in it.
	Hear func(ctx context.Context, batch []Sighting) error
	// Home draws a person's page.
	Home func(ctx context.Context, account AccountID) (Message, error)
	// View draws a card as it is now; ErrNotFound when its object is gone.
	View func(ctx context.Context, view View) (Message, int64, error)
	// Show draws what stands at an address of our own web, for a preview in chat;
	// ErrNotFound when there is nothing that every colleague may see. No preview
	// is shown where another organisation reads along.
	Show func(ctx context.Context, address string) (Message, error)
	// Commands lists what menus offer.
	Commands func() []Command
	// Person names the person behind an account, "" for an unknown account.
	Person func(ctx context.Context, account AccountID) (PersonID, error)
	// Accounts lists the active accounts of a person, on all platforms.
	Accounts func(ctx context.Context, person PersonID) ([]AccountID, error)
	// Record takes what a directory says of accounts. Idempotent.
	Record func(ctx context.Context, facts []AccountFact) error
	// Observe takes what the platform says of places. Idempotent.
	Observe func(ctx context.Context, places []Place) error
	// Places lists the places that are known, of all platforms.
	Places func(ctx context.Context) ([]Place, error)
	// Kept lists the messages of a place, written since the moment, of which
	// something is kept.
	Kept func(ctx context.Context, place PlaceID, since time.Time) ([]MessageRef, error)
	// Arrived tells that a posted part was seen in its place, by its part id.
	// Unknown ids are ignored.
	Arrived func(ctx context.Context, id string, ref MessageRef) error
	// Recall returns a note that the adapter left itself, "" when there is none;
	// Note leaves one. For positions in what was read, never for what was said.
	Recall func(ctx context.Context, name string) (string, error)
	Note   func(ctx context.Context, name, value string) error
}
