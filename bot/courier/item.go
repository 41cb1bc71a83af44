package courier

import (
	"slices"
	"time"

	"evangelist/bot"
)

// State is where a delivery stands; the values are stored.
type State string

// The states. The last five are final, though a lead may reopen Failed and
// Unsure, and a newer version of a view reopens Sent.
const (
	Queued      State = "queued"      // waits for its time, its turn or its next part
	Sending     State = "sending"     // a part may be on its way
	Unknown     State = "unknown"     // a part may or may not be there: will be looked for
	Editing     State = "editing"     // posted, the card is being brought up to date
	Sent        State = "sent"        // all parts are there
	Failed      State = "failed"      // a human must mend something
	Unreachable State = "unreachable" // this person or place cannot be written to
	Unsure      State = "unsure"      // nobody can look: a human decides
	Dropped     State = "dropped"     // expired, unwanted, cancelled or left by a human
)

// Busy reports whether the courier still has something to do by itself.
func (s State) Busy() bool {
	return s == Queued || s == Sending || s == Unknown || s == Editing
}

// PartState is where one part stands; the values are stored.
type PartState string

// The states of a part.
const (
	Waiting PartState = "waiting" // not asked for, or proven absent
	Asked   PartState = "asked"   // may be there
	Posted  PartState = "sent"    // is there
	Surplus PartState = "surplus" // is there but the newest version is shorter
	Gone    PartState = "gone"    // was there and was taken away
)

// Part is one message of a platform.
type Part struct {
	N       int64 // from 1
	ID      string
	Payload []byte // empty once the delivery is over
	Words   string // the words alone, of messages to places only, for a lead who must decide
	Hash    string // of the payload that is wanted
	Live    string // of the payload that is known to be there
	Ref     string // native id, empty when unknown; of a part that is not posted: of the copy that was taken away
	State   PartState
	Since   time.Time // since when a copy may exist; zero: none can
	AskedAt time.Time // the last attempt
	CheckAt time.Time // when to look for further copies; zero: never
}

// stale reports whether a posted part does not show what it should.
func (p Part) stale() bool {
	return p.Ref != "" && (p.State == Posted && p.Live != p.Hash || p.State == Surplus)
}

// Item is a delivery as it is stored, with its parts.
type Item struct {
	Key       string
	Lane      string
	Class     bot.Class
	To        bot.Address
	Thread    string
	Frozen    *bot.Message
	View      *bot.View // Version is the newest that is wanted
	Created   time.Time
	NotBefore time.Time
	Expires   time.Time

	State    State
	Due      time.Time // when there is something to do next
	Attempt  int64     // the fence: grows with each claim
	Holds    bool      // the lane
	Tries    int64     // how often in a row the outcome was unknown
	Refusals int64     // how often in a row it was put off
	Doubt    time.Time // since when it may have been sent by a time line that was lost
	Platform string
	Place    bot.PlaceID // resolved at the first claim
	Under    string      // native id of the message that it stands under
	Rendered int64       // version that the parts show
	Shown    int64       // version that the posted card shows
	Editable bool
	Note     string
	Ended    time.Time
	Parts    []Part

	// Nudged is when the nudge was counted; zero: not counted.
	Nudged time.Time
	// History is what is known of each addressee of a nudge. The Store fills it
	// for nudges and does not save it.
	History map[bot.PersonID]History
}

// History is what the cap looks at.
type History struct {
	Used  bool        // ever used the bot
	Since []time.Time // other nudges of the last NudgeMemory, oldest first
}

// NudgeMemory is how far back History reaches.
const NudgeMemory = 91 * 24 * time.Hour

// Persons returns the addressees as persons; none for a place.
func (it *Item) Persons() []bot.PersonID {
	if it.To.Person != "" {
		return []bot.PersonID{it.To.Person}
	}
	return it.To.Group
}

// begun reports whether a copy of any part may exist.
func (it *Item) begun() bool {
	return slices.ContainsFunc(it.Parts, func(p Part) bool {
		return p.State != Waiting || !p.Since.IsZero()
	})
}

// attempted reports whether any part was asked for.
func (it *Item) attempted() bool {
	return slices.ContainsFunc(it.Parts, func(p Part) bool { return !p.AskedAt.IsZero() || p.State == Posted })
}

// current reports whether every posted part shows what it should.
func (it *Item) current() bool {
	return !slices.ContainsFunc(it.Parts, Part.stale)
}

// over closes the delivery in a final state, with a sentence for whoever looks.
func (it *Item) over(state State, now time.Time, note string) {
	it.State, it.Note, it.Ended, it.Due, it.Holds = state, note, now, now, false
	if state != Sent && !it.begun() {
		it.Nudged = time.Time{}
	}
	if state == Sent || state == Dropped || state == Unreachable {
		for i := range it.Parts {
			it.Parts[i].Payload, it.Parts[i].Words = nil, ""
		}
	}
}

// later puts the delivery off without ending it.
func (it *Item) later(state State, due time.Time, note string) {
	it.State, it.Due, it.Note = state, due, note
}
