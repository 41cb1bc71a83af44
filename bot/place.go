package bot

import (
	"context"
	"strings"
	"time"
)

// PlaceKind is the kind of a place.
type PlaceKind string

// The kinds of place.
const (
	OpenChannel    PlaceKind = "channel" // everybody in the organisation may read it
	PrivateChannel PlaceKind = "private" // members only
	DirectChat     PlaceKind = "direct"  // one person and the bot
	GroupChat      PlaceKind = "group"   // some persons and the bot
)

// Place is somewhere messages can be seen or posted.
type Place struct {
	ID       PlaceID
	Name     string // as the platform shows it, without # or other signs
	Kind     PlaceKind
	Member   bool // the bot is a member
	Watched  bool // a lead lets links be read here
	External bool // shared with another organisation: never a destination unless confirmed
	// Confirmed says that a lead confirmed a place which is External as a
	// destination.
	Confirmed bool
	Archived  bool
}

// PlaceOptions offers places by their names. Where they are on several platforms,
// each says on which, so that channels of one name can be told apart.
func PlaceOptions(places []Place) []Option {
	several := false
	for _, place := range places {
		several = several || place.ID.Platform() != places[0].ID.Platform()
	}
	out := make([]Option, len(places))
	for i, place := range places {
		out[i] = Option{Value: string(place.ID), Label: place.Name}
		if platform := place.ID.Platform(); several && platform != "" {
			out[i].Label += " (" + strings.ToUpper(platform[:1]) + platform[1:] + ")"
		}
	}
	return out
}

// Places is the register of places.
type Places interface {
	// Place returns one place, or ErrNotFound.
	Place(ctx context.Context, id PlaceID) (Place, error)
	// Places lists all places by name.
	Places(ctx context.Context) ([]Place, error)
	// Observe adds places or updates name, kind, membership and sharing; it
	// never changes Watched of a place that exists, nor Confirmed, which only a
	// place loses that is no longer External. Idempotent.
	Observe(ctx context.Context, places []Place) error
	// Watch lets links be read in a place, or stops it. Idempotent. ErrNotFound.
	Watch(ctx context.Context, id PlaceID, on bool) error
	// Confirm lets a place that is External be a destination, or stops it; one
	// that is not stays unconfirmed. Idempotent. ErrNotFound.
	Confirm(ctx context.Context, id PlaceID, on bool) error
}

// MessageRef points to one message on a platform.
type MessageRef struct {
	Place  PlaceID `json:"place"`
	Native string  `json:"native"` // the platform's id of the message within the place
}

// Organisation is what every feature may say about where it runs.
type Organisation struct {
	Name      string
	Zone      *time.Location // never nil
	PublicURL string         // address of our own web without a slash at the end; "" when unknown
	Word      string         // what an advocate is called here, "evangelist" unless set
}

// Page returns the address of one of our own pages: absolute where the public
// address is known, else the path alone.
func (o Organisation) Page(path string) string { return o.PublicURL + path }
