package digests

import (
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/digests/wording"
)

// State is where an edition stands.
type State string

// The states of an edition.
const (
	Draft     State = "draft"
	Approved  State = "approved" // frozen, goes out at PublishAt, may be undone
	Published State = "published"
	Recalled  State = "recalled" // was out and is taken back; the archive keeps a notice
)

// Edition is one issue of a digest. (Digest, Slot) is its natural key. While it
// is a draft its content is composed anew at each look; approval freezes it.
type Edition struct {
	ID        string
	Digest    string
	Slot      string // the slot's local name
	Slug      string // its permanent address
	Due       time.Time
	Starts    time.Time // where its window begins when no edition was before it
	State     State
	From, To  time.Time // set by approval
	PublishAt time.Time // set by approval
	Decisions Decisions
	Revision  Revision // set by approval
	Withdrawn []Withdrawal
	Version   int64 // grows with each change of what is shown
	Opened    time.Time
	Proposed  time.Time
	ApprovedAt,
	PublishedAt,
	RecalledAt time.Time
	ProposedBy bot.PersonID // second pair of eyes: who proposed
	ApprovedBy bot.PersonID
	Editor     string    // the curator's name as it is shown
	GoesAt     time.Time // undecided, and goes out then; zero: waits
	Corrected  bool      // changed after it was proposed: the second pair of eyes was of use
	Settled    bool      // after publication: what was kept for it alone is forgotten
}

// Revision is an edition frozen by approval.
type Revision struct {
	Number  int64
	Content Content
	Hash    string // of the content
}

// Decisions are the curator's hand in a draft. Items go by their ItemID.
type Decisions struct {
	Dropped  []string          `json:"dropped,omitempty"`
	Pinned   []string          `json:"pinned,omitempty"`
	Order    []string          `json:"order,omitempty"`
	Words    map[string]Words  `json:"words,omitempty"`
	Merged   map[string]string `json:"merged,omitempty"`   // item → the item that it became part of
	Unwanted []string          `json:"unwanted,omitempty"` // "section/item" that stays out
}

// Words are what the curator wrote about an item. Empty fields change nothing.
type Words struct {
	Title   string `json:"title,omitempty"`
	Note    string `json:"note,omitempty"`
	Because string `json:"because,omitempty"` // ends "makes your job easier because …"
}

// Withdrawal takes a share, or only the name of who shared it, out of an
// edition that was approved.
type Withdrawal struct {
	Link     string         `json:"link"` // key
	Message  bot.MessageRef `json:"message"`
	Account  bot.AccountID  `json:"account"`
	NameOnly bool           `json:"name_only,omitempty"`
}

// The refusals of the rules.
var (
	errStale    = &bot.Error{Code: "stale", Say: "Somebody changed the draft at the same moment, so nothing was approved. Look at it once more and approve again."}
	errApproved = &bot.Error{Code: "approved", Say: "This edition is approved already, so nothing was changed. Undo the approval first if it has not gone out."}
	errOut      = &bot.Error{Code: "published", Say: "This edition has gone out, so it can't be changed here any more."}
	errNotOut   = &bot.Error{Code: "not-published", Say: "That edition has not gone out, so there is nothing to take back. Undo its approval instead."}
	errEmpty    = &bot.Error{Code: "empty", Say: "There is nothing in this draft yet, so it was not approved. Put something in with /digest add, or wait for links to be shared."}
	errSameEyes = &bot.Error{Code: "second-eyes", Say: "You proposed this edition; this digest asks for a second pair of eyes. Somebody else has to approve it."}
)

// open reports why a draft cannot be changed, nil when it can.
func (e *Edition) open() error {
	switch e.State {
	case Draft:
		return nil
	case Approved:
		return errApproved
	default:
		return errOut
	}
}

// Decide applies a curator's decision to a draft and raises its version.
func (e *Edition) Decide(change func(*Decisions)) error {
	if err := e.open(); err != nil {
		return err
	}
	change(&e.Decisions)
	e.Corrected = e.Corrected || e.ProposedBy != ""
	e.Version++
	return nil
}

// Approve freezes a draft whose content was composed at version seen. The
// window ends at this moment. It goes out at its slot when that lies ahead and
// early is false, else after the time for an undo.
func (e *Edition) Approve(seen int64, by bot.PersonID, content Content, now time.Time, undo time.Duration, early bool) error {
	if err := e.open(); err != nil {
		return err
	}
	if e.Version != seen {
		return errStale
	}
	if content.Empty() {
		return errEmpty
	}
	hash, err := content.Hash()
	if err != nil {
		return err
	}
	e.State, e.ApprovedBy, e.ApprovedAt = Approved, by, now
	e.From, e.To = content.From, now
	e.PublishAt = e.Due
	if early || !e.Due.After(now.Add(undo)) {
		e.PublishAt = now.Add(undo)
	}
	e.Revision = Revision{Number: e.Revision.Number + 1, Content: content, Hash: hash}
	e.Withdrawn = nil
	e.Version++
	return nil
}

// Propose notes that somebody finds the draft ready, where a second pair of
// eyes is asked for. Proposing again changes nothing.
func (e *Edition) Propose(by bot.PersonID, now time.Time) error {
	if err := e.open(); err != nil {
		return err
	}
	if e.ProposedBy == "" {
		e.ProposedBy, e.Proposed = by, now
		e.Version++
	}
	return nil
}

// Undo makes an approved edition a draft again, with all decisions kept.
func (e *Edition) Undo(now time.Time) error {
	switch {
	case e.State == Draft:
		return nil
	case e.out() || !e.PublishAt.After(now):
		return errOut
	}
	e.State, e.From, e.To, e.PublishAt = Draft, time.Time{}, time.Time{}, time.Time{}
	e.ApprovedBy, e.ApprovedAt, e.ProposedBy, e.Proposed = "", time.Time{}, "", time.Time{}
	e.Version++
	return nil
}

// Lapse makes an approved edition a draft again because its moment passed
// while the program was not running, longer ago than grace. It reports whether
// it did.
func (e *Edition) Lapse(now time.Time, grace time.Duration) bool {
	if e.State != Approved || now.Sub(e.PublishAt) <= grace {
		return false
	}
	e.PublishAt = now.Add(time.Second)
	return e.Undo(now) == nil
}

// Defer moves a draft on to another slot, as a thin week does.
func (e *Edition) Defer(slot schedule.Slot, slug string) error {
	if err := e.open(); err != nil {
		return err
	}
	e.Slot, e.Due, e.Slug = slot.Name, slot.Due, slug
	e.Opened, e.GoesAt = time.Time{}, time.Time{}
	e.Version++
	return nil
}

// Publish marks an approved edition as out, when its moment has come; it
// reports whether it did.
func (e *Edition) Publish(now time.Time) bool {
	if e.State != Approved || e.PublishAt.After(now) {
		return false
	}
	e.State, e.PublishedAt = Published, now
	e.Version++
	return true
}

// Recall takes a published edition back. Recalling again changes nothing.
func (e *Edition) Recall(now time.Time) error {
	switch e.State {
	case Recalled:
		return nil
	case Published:
		e.State, e.RecalledAt = Recalled, now
		e.Version++
		return nil
	default:
		return errNotOut
	}
}

// out reports whether the edition has been published, taken back or not.
func (e Edition) out() bool { return e.State == Published || e.State == Recalled }

// Withdraw takes shares or names out of what is shown of an approved edition.
// It reports whether anything changed.
func (e *Edition) Withdraw(list []Withdrawal) bool {
	changed := false
	for _, w := range list {
		if !slices.Contains(e.Withdrawn, w) {
			e.Withdrawn = append(e.Withdrawn, w)
			changed = true
		}
	}
	if changed {
		e.Version++
	}
	return changed
}

// Shown is the content as it may be shown now: the revision without what was
// withdrawn, and nothing of it once it is taken back.
func (e Edition) Shown() Content {
	shown := e.Revision.Content.without(e.Withdrawn)
	if e.State == Recalled {
		shown.Items, shown.Finds, shown.Sections = nil, nil, nil
	}
	return shown
}

// Drop takes an item out of the draft, Restore brings it back.
func (d *Decisions) Drop(item string) {
	d.Pinned = remove(d.Pinned, item)
	d.Dropped = include(d.Dropped, item)
}

// Restore undoes Drop and a merge.
func (d *Decisions) Restore(item string) {
	d.Dropped = remove(d.Dropped, item)
	delete(d.Merged, item)
}

// Pin keeps an item in the draft whatever its score.
func (d *Decisions) Pin(item string) {
	d.Dropped = remove(d.Dropped, item)
	d.Pinned = include(d.Pinned, item)
}

// Unpin undoes Pin.
func (d *Decisions) Unpin(item string) { d.Pinned = remove(d.Pinned, item) }

// Move shifts an item by one place among those that are shown now; up is -1,
// down is +1. At either end nothing happens.
func (d *Decisions) Move(shown []string, item string, by int) {
	at := slices.Index(shown, item)
	to := at + by
	if at < 0 || to < 0 || to >= len(shown) {
		return
	}
	order := slices.Clone(shown)
	order[at], order[to] = order[to], order[at]
	d.Order = order
	d.Pin(item)
}

// Write sets the curator's words about an item.
func (d *Decisions) Write(item string, words Words) {
	if d.Words == nil {
		d.Words = map[string]Words{}
	}
	if words == (Words{}) {
		delete(d.Words, item)
		return
	}
	d.Words[item] = words
}

// Merge makes one item part of another. Merging into itself changes nothing.
func (d *Decisions) Merge(item, into string) {
	for d.Merged[into] != "" {
		into = d.Merged[into]
	}
	if item == into || into == "" {
		return
	}
	if d.Merged == nil {
		d.Merged = map[string]string{}
	}
	for from, to := range d.Merged {
		if to == item {
			d.Merged[from] = into
		}
	}
	d.Merged[item] = into
}

// Toggle puts one entry of a section out of the edition or back in; it goes by
// "section/entry".
func (d *Decisions) Toggle(entry string) {
	if slices.Contains(d.Unwanted, entry) {
		d.Unwanted = remove(d.Unwanted, entry)
		return
	}
	d.Unwanted = include(d.Unwanted, entry)
}

func include(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(slices.Clone(list), item)
}

func remove(list []string, item string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(have string) bool { return have == item })
}

// because tidies the end of "makes your job easier because …".
func because(text string) string {
	text = wording.OneLine(text)
	lower := strings.ToLower(text)
	for _, start := range []string{"makes your job easier because", "because"} {
		if strings.HasPrefix(lower, start) {
			text = strings.TrimLeft(text[len(start):], " …")
			break
		}
	}
	if text != "" && !strings.ContainsAny(text[len(text)-1:], ".!?…") {
		text += "."
	}
	return text
}
