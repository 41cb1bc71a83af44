package bot

import (
	"context"
	"time"
)

// SightingKind says what was seen.
type SightingKind string

// The kinds of sighting.
const (
	Posted    SightingKind = "posted"
	Edited    SightingKind = "edited"    // Text and Links are the new ones
	Deleted   SightingKind = "deleted"   // may arrive before Posted; it wins
	Reacted   SightingKind = "reacted"   // Author reacted with Emoji to Message
	Unreacted SightingKind = "unreacted" // Author took Emoji back
	Joined    SightingKind = "joined"    // the bot was added to Place by Author
	Left      SightingKind = "left"      // the bot was removed from Place
)

// Sighting is something that was merely seen in chat: nobody asked the bot.
// Only sightings in places that a lead lets be read are handed to Ears, besides
// Joined and Left; an import hands over all that the file holds.
type Sighting struct {
	Kind     SightingKind
	Message  MessageRef
	Thread   string    // native id of the thread's first message; empty or equal to Message.Native: not a reply
	Author   AccountID // who wrote or reacted; empty when unknown (a deletion)
	Name     string    // the author's name as the platform shows it, may be empty
	Bot      bool      // written by a bot, this one included
	External bool      // written by somebody of another organisation
	Private  bool      // seen in a place that not everybody can read
	At       time.Time // when it was written, not when it was seen
	Text     string    // plain text: labels instead of link markup, names instead of mention markup, no markup
	Links    []SeenLink
	Emoji    string // short code without colons (Reacted, Unreacted)
	Imported bool   // from an export: nothing may be posted because of it
}

// SeenLink is a link in a message, with what the platform itself says of it.
type SeenLink struct {
	URL    string // as written
	Label  string // the words that carry the link, empty when the address stands for itself
	Title  string
	Source string
	Blurb  string
}

// Whisper is a hint to one person in one place: best effort, neither stored nor
// logged. Adapters without private replies drop it.
type Whisper struct {
	Place   PlaceID
	To      AccountID
	Message Message
}

// Ear listens to what is seen. Hear takes a batch in the order of arrival and
// is idempotent: the same sighting again, alone or in another batch, changes
// nothing. An error means that nothing of the batch was kept.
type Ear struct {
	Name string
	Hear func(ctx context.Context, batch []Sighting) ([]Whisper, error)
}
