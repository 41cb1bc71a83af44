package primer

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Item is something to have done before the launch.
type Item struct {
	ID    string
	Title string
	Why   string
	How   string // the command that does it, "" when it happens elsewhere
	own   bool
}

// Mark is what leads did to an item: a tick, or an item of the organisation's own.
type Mark struct {
	Item  string        // its ID
	Title string        // of one of the organisation's own, else empty
	By    bot.PersonID  // who ticked it; empty: nobody, or somebody who is gone from the register
	On    schedule.Date // when, zero while it is open
}

// Zero reports whether there is nothing to keep.
func (m Mark) Zero() bool { return m.Title == "" && m.On.IsZero() }

// Tick notes that the item is done. Done already it stays as it was.
func (m *Mark) Tick(by bot.PersonID, on schedule.Date) {
	if m.On.IsZero() {
		m.By, m.On = by, on
	}
}

// Untick takes the tick back. A second time changes nothing.
func (m *Mark) Untick() { m.By, m.On = "", schedule.Date{} }

// ownID names an item of the organisation's own by its words.
func ownID(title string) string {
	sum := sha256.Sum256([]byte(fold(title)))
	return "own-" + hex.EncodeToString(sum[:8])
}

// allItems are ours and then the organisation's own, in the order of the alphabet.
func allItems(marks []Mark) []Item {
	all := slices.Clone(items)
	var own []Item
	for _, m := range marks {
		if m.Title != "" {
			own = append(own, Item{ID: m.Item, Title: m.Title, own: true})
		}
	}
	slices.SortFunc(own, func(a, b Item) int { return strings.Compare(fold(a.Title), fold(b.Title)) })
	return append(all, own...)
}

// Standing says where an item stands.
type Standing struct {
	Item Item
	Done bool
	// Says is what a check found, empty for an item that is ticked by hand.
	Says    string
	Checked bool // a check looks at it, and nobody can tick it
	Unknown bool // the check could not look
	Mark    Mark
}
