package library

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// Kind is what an entry is.
type Kind string

// The kinds of entries.
const (
	Learning  Kind = "learning"
	Story     Kind = "story"
	Used      Kind = "used" // a link that somebody used
	Elsewhere Kind = "example"
)

// Kinds lists every kind, in the order in which they are offered.
func Kinds() []Kind { return []Kind{Story, Learning, Used, Elsewhere} }

// ParseKind reads a choice; anything unknown is "", which asks for every kind.
func ParseKind(text string) Kind {
	if kind := Kind(text); slices.Contains(Kinds(), kind) {
		return kind
	}
	return ""
}

// Label is the kind on screen.
func (k Kind) Label() string {
	switch k {
	case Story:
		return "Story"
	case Used:
		return "Used link"
	case Elsewhere:
		return "Example"
	}
	return "Learning"
}

// Entry is something of the library, as every colleague may read it.
type Entry struct {
	Kind       Kind
	ID         string // unique in the whole library
	Title      string // may be empty
	Words      string
	Credit     string // names as far as they may stand here
	Department string // empty when unknown or when it would name somebody
	URL        string // where it is about a link
	When       time.Time
	Told       []Telling // by At
	// Authors may note whom it was told to. They are shown to nobody.
	Authors []bot.PersonID
}

// Telling is one time that an entry was told.
type Telling struct {
	Key        string // natural key within the entry: the edition, or the form that noted it
	Whom       string // a group, a meeting, a role
	Department string // the one that it was told to, "" for none in particular
	Fresh      string // the fresh number or angle with which it was told; may be empty
	At         time.Time
}

// What begins the key of a telling: by an edition, or noted by somebody here.
const (
	editionKey = "edition/"
	notedKey   = "noted/"
)

// published reports whether an edition told it, and so everybody.
func (t Telling) published() bool { return strings.HasPrefix(t.Key, editionKey) }

// Source hands over entries, of each only what its author allows.
type Source func(ctx context.Context) ([]Entry, error)

// Act is something that a person does to an entry.
type Act string

// The acts on an entry.
const (
	Read     Act = "read"
	Tell     Act = "tell"      // note whom it was told to
	TakeBack Act = "take-back" // an example alone; everything else where it is kept
)

// May reports whether an actor may do an act to the entry; a no looks as if there
// were none.
func (e Entry) May(actor bot.Actor, act Act) bool {
	if !actor.Has(bot.Colleague) || e.ID == "" {
		return false
	}
	keeps := actor.Has(bot.Lead) || actor.Person != "" && slices.Contains(e.Authors, actor.Person)
	switch act {
	case Read:
		return true
	case Tell:
		return keeps
	case TakeBack:
		return keeps && e.Kind == Elsewhere
	}
	return false
}

// Heading is what the entry is called: its title, or how its words begin.
func (e Entry) Heading() string {
	title := strings.Join(strings.Fields(e.Title), " ")
	if title == "" {
		title = strings.Join(strings.Fields(e.Words), " ")
	}
	return cmp.Or(Within(title, 90), e.Kind.Label())
}

// name stands above the entry's own words: its title, or what it is.
func (e Entry) name() string {
	return cmp.Or(strings.Join(strings.Fields(e.Title), " "), e.Kind.Label())
}

// By says who is to be thanked, "" when there is nothing to say.
func (e Entry) By() string {
	by := cmp.Or(e.Credit, "a colleague")
	switch {
	case e.Kind == Story && e.Credit == "":
		by = ""
	case e.Kind == Elsewhere:
		by = "kept by " + by
	}
	if e.Department != "" && by != "" {
		return by + ", " + e.Department
	}
	return cmp.Or(by, e.Department)
}

// Page is the path of the entry's own page.
func (e Entry) Page() string { return Page + "/" + url.PathEscape(e.ID) }

// Page is the path of the library's page.
const Page = "/worked"

// join adds tellings, each key once, and puts them in order of time.
func (e *Entry) join(tellings []Telling) {
	all := slices.Clone(e.Told)
	for _, t := range tellings {
		if !slices.ContainsFunc(all, func(known Telling) bool { return known.Key == t.Key }) {
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, func(a, b Telling) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key))
	})
	e.Told = all
}

// last is the newest moment at which the entry was told, by now; its own when it
// never was.
func (e Entry) last(now time.Time) (at time.Time, told bool) {
	at = e.When
	for _, t := range e.Told {
		if !t.At.After(now) && (!told || t.At.After(at)) {
			at, told = t.At, true
		}
	}
	return at, told
}
