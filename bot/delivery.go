package bot

import (
	"context"
	"time"
)

// Class says why a delivery is sent, and so which limits the courier applies.
type Class string

// The classes. Only a Nudge counts against the weekly cap, waits for the end of
// quiet hours, and is dropped when muted or expired. An Edition to a person
// waits for the end of quiet hours.
const (
	Answer  Class = "answer"  // to what the person said or did
	Asked   Class = "asked"   // what the person asked for
	Edition Class = "edition" // an approved edition
	Nudge   Class = "nudge"   // the bot writes first
	Alarm   Class = "alarm"   // something is wrong and a lead or operator must know
)

// Address says to whom: exactly one of the three is set.
type Address struct {
	Place  PlaceID    `json:"place,omitempty"`
	Person PersonID   `json:"person,omitempty"`
	Group  []PersonID `json:"group,omitempty"` // one conversation with all of them
}

// Delivery is a message to be sent once, written in the same transaction as the
// fact that causes it. Adding one with a Key that exists changes nothing,
// except that a View's wanted version grows.
type Delivery struct {
	Key       string // natural key, at most 200 bytes: "edition/ID/PLACE"
	To        Address
	Thread    string // Key of the delivery under whose message this one stands; empty: none
	Frozen    *Message
	View      *View
	Class     Class
	NotBefore time.Time // zero: at once
	Expires   time.Time // zero: never
}

// View names a card that always shows the newest state of something.
type View struct {
	Kind    string
	ID      string
	Version int64 // grows with each change of what is shown
}

// ViewKind draws one kind of view. Render is pure reading: equal state gives
// equal messages; it returns the version that it shows. ErrNotFound when the
// object is gone: the card then keeps its last state.
type ViewKind struct {
	Kind   string
	Render func(ctx context.Context, id string) (Message, int64, error)
}
