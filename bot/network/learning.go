package network

import (
	"strings"
	"time"

	"evangelist/bot"
)

// MaxWords is how many runes a learning or a need may have.
const MaxWords = 600

// MaxTitle is how many runes of a need stand in the list that leads read.
const MaxTitle = 120

// hiddenBelow is how many colleagues a department must have before it stands
// beside words whose author is not named.
const hiddenBelow = 5

// Consent is what the author of a learning allows.
type Consent string

// The kinds of consent. Whoever chooses nothing has chosen Private.
const (
	WithName    Consent = "name"
	WithoutName Consent = "unnamed"
	Private     Consent = "private"
)

// ParseConsent reads a form's answer; anything unknown is Private.
func ParseConsent(text string) Consent {
	switch c := Consent(text); c {
	case WithName, WithoutName:
		return c
	}
	return Private
}

// Learning is something that worked or was learned, in its author's words. Name is
// joined from the register, empty when the person is gone from it.
type Learning struct {
	ID         string
	Source     string // natural key of what it came from; unique
	Words      string // at most MaxWords runes
	About      string // what it is about, such as the title of a link; may be empty
	Person     bot.PersonID
	Name       string
	Department string // the author's at the time
	Consent    Consent
	Created    time.Time
	ToldIn     string // the edition that told it, empty: none yet
}

// Told is a learning as others may read it.
type Told struct {
	ID         string
	Words      string
	About      string
	Who        string // empty when the author is not named
	Department string // empty when unknown or when it would name the author
}

// Tell returns what others may read of a learning, and false when nobody may. The
// author's name stands only with consent; without it the department stands only
// where it has at least five colleagues.
func (l Learning) Tell(departments []Department) (Told, bool) {
	told := Told{ID: l.ID, Words: l.Words, About: l.About}
	switch l.Consent {
	case WithName:
		told.Who, told.Department = l.Name, l.Department
		if l.Name != "" {
			return told, true
		}
		told.Department = ""
	case WithoutName:
	default:
		return Told{}, false
	}
	for _, d := range departments {
		if d.Name == l.Department && d.Name != "" && d.Colleagues >= hiddenBelow {
			told.Department = d.Name
		}
	}
	return told, true
}

// Matches reports whether every word of the query occurs in what others may read,
// in any case. An empty query matches everything.
func (t Told) Matches(query string) bool {
	text := strings.ToLower(t.Words + "\n" + t.About + "\n" + t.Who + "\n" + t.Department)
	for word := range strings.FieldsSeq(strings.ToLower(query)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// Withdraw takes consent back: from now on nobody else reads the learning. What
// an edition has told already is told.
func (l *Learning) Withdraw() { l.Consent = Private }
