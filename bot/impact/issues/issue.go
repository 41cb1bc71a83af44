package issues

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/counts"
)

// State is where an issue stands; the values are stored.
type State string

// The states of an issue.
const (
	Planned   State = "planned"  // its days are not over yet, or its slot has not come
	Draft     State = "draft"    // composed anew at each look, until a lead decides
	Approved  State = "approved" // frozen; may be undone for a minute
	Early     State = "early"    // with its champions, before everybody else
	Held      State = "held"     // a lead held it back before it was published
	Published State = "published"
	Skipped   State = "skipped" // with a reason
)

// Times of an issue.
const (
	UndoTime    = time.Minute
	EarlyTime   = 48 * time.Hour
	remindAfter = 2 * 24 * time.Hour // the lead, once
	othersAfter = 4 * 24 * time.Hour // the deputy, or the other leads, once; then it waits
)

// Bounds of what people write, in characters.
const (
	MaxIntroduction = 500
	MaxNote         = 200
	MaxReason       = 300
	MaxObjection    = 500
	MaxEvent        = 60
)

// Words are a lead's own in an issue. Notes go by the key of their section.
type Words struct {
	Introduction string            `json:"introduction,omitempty"`
	Notes        map[string]string `json:"notes,omitempty"`
}

// with returns the words with another introduction, and one note replaced; an
// empty section changes no note, an empty note takes the one away that is there.
func (w Words) with(introduction, section, note string) Words {
	notes := map[string]string{}
	for key, text := range w.Notes {
		notes[key] = text
	}
	if section != "" {
		notes[section] = note
	}
	for key, text := range notes {
		if text == "" {
			delete(notes, key)
		}
	}
	if len(notes) == 0 {
		notes = nil
	}
	return Words{Introduction: introduction, Notes: notes}
}

// Revision is an issue frozen by approval. What was approved is what is shown.
type Revision struct {
	Number  int64 // counts approvals, from 1; 0: none yet
	Content Content
	Hash    string // of the content
}

// Objection is what a champion finds wrong, for leads alone. It is forgotten when
// the issue is published or skipped.
type Objection struct {
	Key   string       `json:"key"` // natural key
	By    bot.PersonID `json:"by"`
	Words string       `json:"words"`
	At    time.Time    `json:"at"`
}

// Copied is a revision that was given to champions.
type Copied struct {
	Revision int64          `json:"revision"`
	To       []bot.PersonID `json:"to"`
}

// Step is how long an issue waited where; whose turn it was is not kept.
type Step struct {
	State State     `json:"state"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
}

// Issue is one report of the series. Its days are its natural key, with the name
// of the event where there is one: the ID is made of them.
type Issue struct {
	ID         string
	Slot       string // the local name of the slot that asked for it; empty: an event
	Event      string // empty: the past month
	From, To   string // the first and the last day, as 2006-01-02
	State      State
	Version    int64       // grows with each change of what is shown
	Place      bot.PlaceID // where its summary is posted; empty: nowhere
	Lead       bot.PersonID
	Deputy     bot.PersonID // empty: none, so the other leads are asked
	Asked      []bot.PersonID
	Words      Words
	Revision   Revision
	Champions  []bot.PersonID // of the revision: who reads it early
	Copies     []Copied       // the revisions that were given to champions
	Objections []Objection
	Steps      []Step
	Stage      int    // of the state's waiting: 0, 1 the lead was reminded, 2 others were asked
	Reason     string // why it was skipped
	By         bot.PersonID
	Due        time.Time // when the draft is to be made
	Since      time.Time // in this state since
	PublishAt  time.Time // Approved: when the undo ends. Early: when it is published
	Published  time.Time
}

// Title names an issue: "Report after flood week, 5 – 11 October 2026".
func (i Issue) Title() string {
	title := "Report"
	if i.Event != "" {
		title += " after " + i.Event
	}
	return title + ", " + i.Days()
}

// Days are the days that an issue is about: "1 – 31 October 2026".
func (i Issue) Days() string {
	from, err := time.Parse(time.DateOnly, i.From)
	if err != nil {
		return i.From + " – " + i.To
	}
	to, err := time.Parse(time.DateOnly, i.To)
	if err != nil {
		return i.From + " – " + i.To
	}
	period, err := counts.NewPeriod(from, to)
	if err != nil {
		return i.From + " – " + i.To
	}
	return period.String()
}

// Page is the path of the pages of reports.
const Page = "/report"

// Path is the permanent address of the issue's page.
func (i Issue) Path() string { return Page + "/" + i.ID }

// open reports whether an issue is on its way, so that somebody must look after it.
func (s State) open() bool { return slices.Contains([]State{Planned, Draft, Approved, Early, Held}, s) }

// waits reports whether a lead has to decide in this state.
func (s State) waits() bool { return s == Draft || s == Held }

// enter leads into another state and notes how long the last one took.
func (i *Issue) enter(state State, now time.Time) {
	if i.State.waits() || i.State == Early {
		i.Steps = append(slices.Clone(i.Steps), Step{State: i.State, From: i.Since, To: now})
	}
	i.State, i.Since, i.Stage = state, now, 0
	if state == Published || state == Skipped {
		i.Objections = nil
	}
}

// Waited says for a state how long an issue waited there, in whole days.
func (i Issue) Waited(state State) (days int, waited bool) {
	var sum time.Duration
	for _, step := range i.Steps {
		if step.State == state {
			sum, waited = sum+step.To.Sub(step.From), true
		}
	}
	return int(sum / (24 * time.Hour)), waited
}

// MonthID is the ID of the report of a month, such as "2026-10".
func MonthID(month time.Time) string { return month.Format("2006-01") }

// EventID is the ID of the report after an event. Equal words and days give the
// same one.
func EventID(event, from, to string) string {
	var slug strings.Builder
	for _, word := range strings.FieldsFunc(strings.ToLower(event), func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') }) {
		if slug.Len()+len(word) > 40 {
			break
		}
		slug.WriteString(word + "-")
	}
	if slug.Len() == 0 {
		sum := sha256.Sum256([]byte(strings.ToLower(event)))
		slug.WriteString(hex.EncodeToString(sum[:4]) + "-")
	}
	return slug.String() + from + "-to-" + to
}

// Hash is the identity of a content: SHA-256 of its text, in hexadecimal.
func (c Content) Hash() (string, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("hash a report: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
