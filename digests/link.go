package digests

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"evangelist/bot"
	"evangelist/digests/wording"
)

// Link is one thing on the web, whoever shared it. Key is its identity.
type Link struct {
	Key     string // canonical.URL.Key
	Address string // what to open
	Host    string // the source for a reader
	Site    string // the registrable domain
	Title   string // as the platform says of it; empty when unknown
	Label   string // words that carried the link in chat; empty when none were fit
	Source  string // the publication's name; empty when unknown
	Blurb   string // what the page says of itself; empty when unknown
}

// Headline returns what to call the link: the title that the platform knows,
// else the words that carried it, else words read from the address.
func (l Link) Headline() string {
	switch {
	case l.Title != "":
		return l.Title
	case l.Label != "":
		return l.Label
	}
	return wording.Title(l.Address, l.Host)
}

// SourceName returns where the link leads, for the line under its title.
func (l Link) SourceName() string {
	if l.Source != "" {
		return l.Source
	}
	return l.Host
}

// ItemID is the short name of a link within an edition: twelve hexadecimal
// digits that follow from the key.
func ItemID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:6])
}

// Share is one link in one message. (Message, Link.Key) is its natural key.
type Share struct {
	Link     Link
	Message  bot.MessageRef
	Who      Who
	At       time.Time
	Sentence string // at most 200 runes around the link; forgotten after the edition
	Private  bool   // said in a place that not everybody can read
	External bool   // said by somebody of another organisation
	Added    bool   // handed in with /digest add, not seen in chat
	Original string // the link's own key where it was merged into another; else empty
}

// Who is a person as far as an edition needs to know: joined from the account
// when read, so that two accounts of one person are one.
type Who struct {
	Account    bot.AccountID
	Person     bot.PersonID // empty for an account that is not recorded
	Name       string       // empty when unknown
	Department string       // empty when unknown
	Choice     Choice
}

// Key tells people apart: the person where known, else the account.
func (w Who) Key() string {
	if w.Person != "" {
		return string(w.Person)
	}
	return string(w.Account)
}

// Choice is what somebody wants done with their name.
type Choice string

// The choices. Unasked means that the organisation's default holds.
const (
	Unasked Choice = ""
	Named   Choice = "named"
	Unnamed Choice = "unnamed"
	LeftOut Choice = "left out"
)

// EngagementKind says how somebody took up a link.
type EngagementKind string

// The kinds of engagement.
const (
	Reacted   EngagementKind = "reaction"
	Replied   EngagementKind = "reply"
	Nominated EngagementKind = "nomination"
	UsedIt    EngagementKind = "used"
)

// Engagement is one act of one person on the message of a share (or, for
// UsedIt, on the link itself: Message is empty).
type Engagement struct {
	Kind    EngagementKind
	Message bot.MessageRef
	Link    string // UsedIt: the link's key
	Who     Who
}

// Material is all that a draft is made from: the live shares of a window with
// what people did about them. The order of its lists means nothing.
type Material struct {
	Shares      []Share
	Engagements []Engagement
	// Shown maps the keys of links that the digest published lately to the
	// moment of that edition.
	Shown map[string]time.Time
}
