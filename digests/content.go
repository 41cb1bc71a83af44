package digests

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"evangelist/bot"
)

// Content is everything that an edition says, for every surface: chat, mail,
// web, feed and preview are made from it. It is read-only and JSON-able.
type Content struct {
	Digest     string       `json:"digest"` // its name
	Slug       string       `json:"slug,omitempty"`
	From       time.Time    `json:"from"`
	To         time.Time    `json:"to"`
	Zone       string       `json:"zone"` // in which From and To are shown
	Items      []Item       `json:"items"`
	Finds      []Item       `json:"finds,omitempty"` // found elsewhere, outside the ranking
	Sections   []Section    `json:"sections,omitempty"`
	Candidates int          `json:"candidates"`
	Editor     string       `json:"editor,omitempty"`
	EditorID   bot.PersonID `json:"editor_id,omitempty"`
}

// Item is one link of an edition.
type Item struct {
	ID      string   `json:"id"`
	Key     string   `json:"key"`
	URL     string   `json:"url"`
	Title   string   `json:"title"`
	Source  string   `json:"source"`
	Site    string   `json:"site"`
	Because string   `json:"because,omitempty"`
	Note    string   `json:"note,omitempty"`
	Quote   string   `json:"quote,omitempty"`    // one sentence as said in chat
	QuoteBy string   `json:"quote_by,omitempty"` // Key of the sharer who said it
	Blurb   string   `json:"blurb,omitempty"`    // what the page says of itself
	Sharers []Sharer `json:"sharers"`
	Shares  int      `json:"shares"`
	Score   float64  `json:"score"`
	Why     []string `json:"why,omitempty"`
	Pinned  bool     `json:"pinned,omitempty"`
	Private bool     `json:"private,omitempty"`
	Engaged int      `json:"engaged,omitempty"`
	Find    string   `json:"find,omitempty"`
}

// Sharer is somebody whom an item thanks, with the shares of theirs. Name is
// empty for who is thanked without a name.
type Sharer struct {
	Key        string       `json:"key"`
	Person     bot.PersonID `json:"person,omitempty"`
	Name       string       `json:"name,omitempty"`
	Department string       `json:"department,omitempty"`
	Shares     []SharedIn   `json:"shares"`
}

// SharedIn is one message in which an item was shared.
type SharedIn struct {
	Message bot.MessageRef `json:"message"`
	Account bot.AccountID  `json:"account"`
	Link    string         `json:"link"` // key; another than the item's when it was merged
}

// Section is a part of an edition that another feature fills, such as "Heard
// and answered".
type Section struct {
	Key     string        `json:"key"`
	Heading string        `json:"heading"`
	Items   []SectionItem `json:"items"`
}

// SectionItem is one entry of a section. ID is unique within it.
type SectionItem struct {
	ID    string      `json:"id"`
	Lines []bot.Spans `json:"lines"`
}

// Empty reports whether the content has nothing to show.
func (c Content) Empty() bool { return len(c.Items)+len(c.Finds)+len(c.Sections) == 0 }

// Hash is the identity of the content: SHA-256 of its JSON, in hexadecimal.
func (c Content) Hash() (string, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("freeze an edition: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Print is a short mark of what a reader would see, without scores and dates:
// two drafts with the same print look the same.
func (c Content) Print() (string, error) {
	c.From, c.To, c.Candidates = time.Time{}, time.Time{}, 0
	c.Items = slices.Clone(c.Items)
	for n := range c.Items {
		c.Items[n].Score, c.Items[n].Why, c.Items[n].Engaged, c.Items[n].Pinned = 0, nil, 0, false
	}
	hash, err := c.Hash()
	if err != nil {
		return "", err
	}
	return hash[:12], nil
}

// All returns the items and then the finds.
func (c Content) All() []Item { return slices.Concat(c.Items, c.Finds) }

// Item returns the item or find of that id.
func (c Content) Item(id string) (Item, bool) {
	for _, item := range c.All() {
		if item.ID == id {
			return item, true
		}
	}
	return Item{}, false
}

// without returns the content with the withdrawals applied: a share takes its
// sharer's thanks and words with it, and the last one its item.
func (c Content) without(list []Withdrawal) Content {
	if len(list) == 0 {
		return c
	}
	c.Items, c.Finds = withoutItems(c.Items, list), withoutItems(c.Finds, list)
	return c
}

func withoutItems(items []Item, list []Withdrawal) []Item {
	var out []Item
	for _, item := range items {
		if item, ok := item.without(list); ok {
			out = append(out, item)
		}
	}
	return out
}

func (i Item) without(list []Withdrawal) (Item, bool) {
	var kept []Sharer
	touched := false
	for _, sharer := range i.Sharers {
		var shares []SharedIn
		for _, share := range sharer.Shares {
			gone := false
			for _, w := range list {
				if w.Message != share.Message || w.Link != share.Link || w.Account != share.Account {
					continue
				}
				touched = true
				if w.NameOnly {
					sharer.Name, sharer.Person, sharer.Department = "", "", ""
				} else {
					gone = true
				}
			}
			if !gone {
				shares = append(shares, share)
			}
		}
		sharer.Shares = shares
		if len(shares) > 0 {
			kept = append(kept, sharer)
		} else if i.QuoteBy == sharer.Key {
			i.Quote, i.QuoteBy = "", ""
		}
	}
	if !touched {
		return i, true
	}
	i.Sharers, i.Shares = kept, 0
	for _, sharer := range kept {
		i.Shares += len(sharer.Shares)
	}
	return i, len(kept) > 0
}

// Outline is the content as `evangelist digest preview --format json` prints
// it; scripts rely on its shape.
type Outline struct {
	Digest     string        `json:"digest"`
	From       string        `json:"from"`
	To         string        `json:"to"`
	Items      []OutlineItem `json:"items"`
	Candidates int           `json:"candidates"`
}

// OutlineItem is one item of an Outline.
type OutlineItem struct {
	URL     string   `json:"url"`
	Title   string   `json:"title"`
	Source  string   `json:"source"`
	Sharers []string `json:"sharers"`
	Shares  int      `json:"shares"`
	Score   float64  `json:"score"`
	Why     []string `json:"why"`
}

// Outline returns the content for scripts. Moments are RFC 3339 in the zone of
// the content; lists are never null; score has two decimals.
func (c Content) Outline() Outline {
	zone := loadZone(c.Zone)
	out := Outline{
		Digest: c.Digest, From: c.From.In(zone).Format(time.RFC3339), To: c.To.In(zone).Format(time.RFC3339),
		Items: []OutlineItem{}, Candidates: c.Candidates,
	}
	for _, item := range c.Items {
		line := OutlineItem{
			URL: item.URL, Title: item.Title, Source: item.Source, Sharers: []string{},
			Shares: item.Shares, Score: math.Round(item.Score*100) / 100, Why: append([]string{}, item.Why...),
		}
		for _, sharer := range item.Sharers {
			line.Sharers = append(line.Sharers, sharer.shownName())
		}
		out.Items = append(out.Items, line)
	}
	return out
}

func (s Sharer) shownName() string {
	if s.Name == "" {
		return "a colleague"
	}
	return s.Name
}

// JSON writes the outline, indented, without escaping what HTML would.
func (o Outline) JSON() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(o); err != nil {
		return nil, fmt.Errorf("write a preview: %w", err)
	}
	return out.Bytes(), nil
}

func loadZone(name string) *time.Location {
	return Digest{Zone: name}.Location()
}
