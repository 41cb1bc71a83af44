package digests

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"evangelist/bot"
)

// Composition is what a draft is composed from.
type Composition struct {
	Digest    Digest
	From, To  time.Time
	Reference time.Time // from which age is counted back, so that a draft is stable; usually the slot
	Material  Material
	Decisions Decisions
	Finds     []Find // those that are chosen for this edition
	Sections  []Section
	Editor    bot.Person // zero: not said
	Default   Choice     // what silence about one's name means: Named or Unnamed
}

// Proof is a composed draft: the content, and what stands beside it for the
// curator.
type Proof struct {
	Content Content
	Next    []Item // would come next, best first
	Dropped []Item
	Out     []string // sections' entries that stay out, as "section/entry"
	// OutWords are the first lines of those entries.
	OutWords map[string]string
}

// nextInLine is how many further candidates a draft shows.
const nextInLine = 5

// Compose makes the draft. It is pure: equal input gives equal output.
func Compose(in Composition) Proof {
	ranked := Candidates(merged(in.Material, in.Decisions.Merged), in.From, in.Reference)
	var usable, dropped []Candidate
	for _, c := range ranked {
		if slices.Contains(in.Decisions.Dropped, c.ID()) {
			dropped = append(dropped, c)
		} else {
			usable = append(usable, c)
		}
	}
	chosen := Spread(usable, in.Digest.Items(), in.Decisions.Pinned)
	proof := Proof{Content: Content{
		Digest: in.Digest.Name, Slug: in.Digest.Slug, From: in.From, To: in.To, Zone: in.Digest.Zone,
		Candidates: distinct(in.Material),
		Editor:     in.Editor.Name, EditorID: in.Editor.ID,
		Items: []Item{},
	}}
	for _, c := range chosen {
		proof.Content.Items = append(proof.Content.Items, in.item(c))
	}
	arrange(proof.Content.Items, in.Decisions.Order)
	for _, c := range usable {
		if len(proof.Next) < nextInLine && !slices.ContainsFunc(chosen, func(have Candidate) bool { return have.Link.Key == c.Link.Key }) {
			proof.Next = append(proof.Next, in.item(c))
		}
	}
	for _, c := range dropped {
		proof.Dropped = append(proof.Dropped, in.item(c))
	}
	for _, find := range in.Finds {
		if item := in.find(find); !slices.ContainsFunc(proof.Content.Items, func(have Item) bool { return have.ID == item.ID }) {
			proof.Content.Finds = append(proof.Content.Finds, item)
		}
	}
	proof.Content.Sections, proof.Out, proof.OutWords = wanted(in.Sections, in.Decisions.Unwanted)
	return proof
}

// distinct counts the links that may be candidates.
func distinct(m Material) int {
	links := map[string]bool{}
	for _, share := range m.Shares {
		if share.Who.Choice != LeftOut {
			links[share.Link.Key] = true
		}
	}
	return len(links)
}

// merged gives the shares of merged items the link that they became part of.
func merged(m Material, into map[string]string) Material {
	if len(into) == 0 {
		return m
	}
	byID := map[string]Link{}
	for _, share := range m.Shares {
		byID[ItemID(share.Link.Key)] = share.Link
	}
	shares := slices.Clone(m.Shares)
	for i, share := range shares {
		if target, ok := byID[into[ItemID(share.Link.Key)]]; ok {
			shares[i].Original, shares[i].Link = share.Link.Key, target
		}
	}
	m.Shares = shares
	return m
}

// arrange puts the items that are named in order first, in that order; the
// others follow as they are.
func arrange(items []Item, order []string) {
	rank := func(item Item) int {
		if at := slices.Index(order, item.ID); at >= 0 {
			return at
		}
		return len(order)
	}
	slices.SortStableFunc(items, func(a, b Item) int { return rank(a) - rank(b) })
}

func (in Composition) item(c Candidate) Item {
	words := in.Decisions.Words[c.ID()]
	item := Item{
		ID: c.ID(), Key: c.Link.Key, URL: c.Link.Address, Title: c.Link.Headline(), Source: c.Link.SourceName(), Site: c.Link.Site,
		Because: because(words.Because), Note: words.Note, Quote: c.Quote, QuoteBy: c.QuoteBy, Blurb: c.Link.Blurb,
		Shares: c.Shares, Score: c.Score, Why: c.Why, Private: c.Private, Engaged: c.Engaged,
		Pinned: slices.Contains(in.Decisions.Pinned, c.ID()),
	}
	if words.Title != "" {
		item.Title = words.Title
	}
	for _, who := range c.Sharers {
		sharer := Sharer{Key: who.Key()}
		choice := who.Choice
		if choice == Unasked {
			choice = in.Default
		}
		if choice != Unnamed && who.Person != "" {
			sharer.Person, sharer.Name, sharer.Department = who.Person, who.Name, who.Department
		}
		for _, share := range c.From {
			if share.Who.Key() == who.Key() {
				link := share.Original
				if link == "" {
					link = share.Link.Key
				}
				sharer.Shares = append(sharer.Shares, SharedIn{Message: share.Message, Account: share.Who.Account, Link: link})
			}
		}
		item.Sharers = append(item.Sharers, sharer)
	}
	return item
}

func (in Composition) find(find Find) Item {
	id := ItemID(find.Link.Key)
	words := in.Decisions.Words[id]
	item := Item{
		ID: id, Key: find.Link.Key, URL: find.Link.Address, Title: find.Link.Headline(), Source: find.Link.SourceName(),
		Site: find.Link.Site, Because: because(words.Because), Blurb: find.Link.Blurb, Note: find.Why, Find: find.ID, Sharers: []Sharer{},
	}
	if words.Note != "" {
		item.Note = words.Note
	}
	if words.Title != "" {
		item.Title = words.Title
	}
	return item
}

// wanted leaves out the entries that the curator does not want, and sections
// without an entry.
func wanted(sections []Section, unwanted []string) (in []Section, out []string, words map[string]string) {
	words = map[string]string{}
	for _, section := range sections {
		kept := Section{Key: section.Key, Heading: section.Heading}
		for _, entry := range section.Items {
			if id := section.Key + "/" + entry.ID; slices.Contains(unwanted, id) {
				out = append(out, id)
				if len(entry.Lines) > 0 {
					words[id] = entry.Lines[0].Plain(nil)
				}
			} else {
				kept.Items = append(kept.Items, entry)
			}
		}
		if len(kept.Items) > 0 {
			in = append(in, kept)
		}
	}
	return in, out, words
}

// Find is something that a curator found elsewhere.
type Find struct {
	ID      string // the link's ItemID
	Link    Link
	Why     string // how it helps
	By      bot.AccountID
	Digest  string // for which digest it is chosen
	Edition string // in which it went out
	State   FindState
	At      time.Time
}

// FindState is where a find stands.
type FindState string

// The states of a find.
const (
	Waiting FindState = "waiting" // in the inbox
	Chosen  FindState = "chosen"  // stands in the next edition of Digest
	Spent   FindState = "used"    // went out in Edition
	Refused FindState = "refused" // not wanted
)

// near reports whether two titles say the same: four words or more, of which
// four in five are shared. It serves a suggestion, nothing is merged by it.
func near(a, b Item) bool {
	words := func(title string) map[string]bool {
		set := map[string]bool{}
		for _, word := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			set[word] = true
		}
		return set
	}
	first, second := words(a.Title), words(b.Title)
	shared := 0
	for word := range first {
		if second[word] {
			shared++
		}
	}
	all := len(first) + len(second) - shared
	return min(len(first), len(second)) >= 4 && shared*5 >= all*4
}
