package shell

import (
	"slices"

	"evangelist/bot"
)

// Link is an entry of the navigation at the top of every page.
type Link struct {
	Order int    // the lowest first; equal ones in the order in which they were added
	Path  string // of our own web
	Label string
	At    string // as Page.At of the pages for which it stands
	// For says who sees the entry; nil: everybody. It only saves a click: what a
	// page shows is decided by the page.
	For func(Visit) bool
	// OnDesk has it stand at the head of the desk and not at the top of every page.
	OnDesk bool
}

// ForLeads shows an entry of the navigation to leads.
func ForLeads(v Visit) bool { return v.Actor.Has(bot.Lead) }

// ForColleagues shows an entry of the navigation to whoever is signed in.
func ForColleagues(v Visit) bool { return v.SignedIn() }

// ownLinks are the entries that every installation has.
func ownLinks() []Link {
	return []Link{
		{Order: 10, Path: "/archive", Label: "Archive", At: "archive"},
		{Order: 20, Path: "/code", Label: "Private code", At: "code"},
		{Order: 90, Path: "/desk", Label: "Desk", At: "desk", For: Visit.Desk},
	}
}

// Link adds entries to the navigation. It is to be called before the first
// request.
func (s *Shell) Link(links ...Link) {
	s.links = append(s.links, links...)
	slices.SortStableFunc(s.links, func(a, b Link) int { return a.Order - b.Order })
}

// nav is what a visitor sees of the navigation.
func (s *Shell) nav(v Visit) []Link { return s.linksFor(v, false) }

// DeskLinks are the entries that stand at the head of a visitor's desk.
func (s *Shell) DeskLinks(v Visit) []Link { return s.linksFor(v, true) }

func (s *Shell) linksFor(v Visit, onDesk bool) []Link {
	return slices.DeleteFunc(slices.Clone(s.links), func(l Link) bool { return l.OnDesk != onDesk || l.For != nil && !l.For(v) })
}
