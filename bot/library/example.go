package library

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"evangelist/bot"
)

// Consent is what somebody who keeps an example allows.
type Consent string

// The kinds of consent. Whoever chooses nothing is not named.
const (
	WithName    Consent = "name"
	WithoutName Consent = "unnamed"
)

// ParseConsent reads a form's answer; anything unknown is WithoutName.
func ParseConsent(text string) Consent {
	if Consent(text) == WithName {
		return WithName
	}
	return WithoutName
}

// Example is a link about what others did: who, in which job, what came of it.
type Example struct {
	ID         string
	Source     string // natural key of the form that kept it; unique
	URL        string // http or https
	Who        string
	Job        string
	Outcome    string
	Person     bot.PersonID // who kept it
	Name       string       // joined from the register, empty when the person is gone from it
	Department string       // the person's at the time
	Consent    Consent
	Kept       time.Time
	Gone       bool // taken back: its words are forgotten
}

// hiddenBelow is how many colleagues a department must have before it stands
// beside words whose author is not named.
const hiddenBelow = 5

// Department is a department with how many colleagues are recorded in it.
type Department struct {
	Name       string
	Colleagues int
}

// entry is the example as others may read it; false when it was taken back.
func (x Example) entry(departments []Department) (Entry, bool) {
	if x.Gone {
		return Entry{}, false
	}
	e := Entry{Kind: Elsewhere, ID: x.ID, Title: x.title(), Words: x.Outcome, URL: x.URL, When: x.Kept}
	if x.Person != "" {
		e.Authors = []bot.PersonID{x.Person}
	}
	if x.Consent == WithName && x.Name != "" {
		e.Credit, e.Department = x.Name, x.Department
		return e, true
	}
	for _, d := range departments {
		if d.Name != "" && d.Name == x.Department && d.Colleagues >= hiddenBelow {
			e.Department = d.Name
		}
	}
	return e, true
}

func (x Example) title() string {
	if x.Who != "" && x.Job != "" {
		return x.Who + ": " + x.Job
	}
	return cmp.Or(x.Who, x.Job, host(x.URL))
}

// TakeBack forgets what the example said, for its keeper and for leads. Doing it
// again changes nothing.
func (x *Example) TakeBack(actor bot.Actor) error {
	e := Entry{Kind: Elsewhere, ID: x.ID, Authors: []bot.PersonID{x.Person}}
	if !e.May(actor, TakeBack) {
		return bot.ErrNotFound
	}
	*x = Example{ID: x.ID, Source: x.Source, Consent: WithoutName, Kept: x.Kept, Gone: true}
	return nil
}

// parseAddress reads the address of a page, "" when it is none that may be shown:
// only http and https, with a host and without a name or password in it.
func parseAddress(text string) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") && strings.Contains(text, ".") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	shown := u.String()
	if len(shown) > maxAddress || !bot.SafeAddress(shown) || bot.Clean(shown, 0) != shown {
		return ""
	}
	return shown
}

// host is the site of an address.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
