package digests

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// The weights of the score. People count once each, however often they act.
const (
	weightDepartment = 3.0
	weightReplier    = 2.0
	weightReactor    = 1.0
	weightReshare    = 2.0
	weightNomination = 2.0
	weightUsed       = 3.0
	shownAlready     = 2.0                // taken off when a recent edition had it
	halfLife         = 5 * 24 * time.Hour // within a week; in a longer window as much longer
)

// Candidate is a link that may stand in an edition, with its score and the
// reasons for it.
type Candidate struct {
	Link        Link
	Shares      int // live shares in the window
	Sharers     []Who
	First, Last time.Time
	Score       float64
	Why         []string
	Private     bool // no share of it was made where everybody can read
	Nominated   bool
	Engaged     int // departments that took it up
	Quote       string
	QuoteBy     string  // Key of the Who who said it
	From        []Share // the shares, oldest first
}

// ID is the candidate's short name.
func (c Candidate) ID() string { return ItemID(c.Link.Key) }

// gathered is what is known of one link before it is scored.
type gathered struct {
	link    Link
	shares  []Share
	sharers map[string]bool // everybody who shared it: their own acts never count
	chat    map[string]bool // who shared it in chat, which is no nomination
	acts    map[EngagementKind]map[string]Who
}

// Candidates ranks all links of the material: best first, the same order
// whatever the order of the material. Age is counted back from to, and weighs
// less in a window longer than a week. Shares of people who want to be left out
// are not candidates.
func Candidates(m Material, from, to time.Time) []Candidate {
	half := max(halfLife, to.Sub(from)*5/7)
	if from.IsZero() {
		half = halfLife
	}
	links := gather(m)
	out := make([]Candidate, 0, len(links))
	for _, g := range links {
		out = append(out, g.candidate(to, half, m.Shown))
	}
	slices.SortFunc(out, better)
	return out
}

// better orders by score, then by how many shared it, then what says something
// of itself before what is a bare address, then by the newest share, then by key.
func better(a, b Candidate) int {
	return cmp.Or(
		cmp.Compare(b.Score, a.Score),
		cmp.Compare(len(b.Sharers), len(a.Sharers)),
		cmp.Compare(b.speaks(), a.speaks()),
		b.Last.Compare(a.Last),
		strings.Compare(a.Link.Key, b.Link.Key),
	)
}

// speaks is 1 when a reader learns more of the link than its address.
func (c Candidate) speaks() int {
	if c.Quote != "" || c.Link.Title != "" || c.Link.Blurb != "" {
		return 1
	}
	return 0
}

func gather(m Material) map[string]*gathered {
	links := make(map[string]*gathered, len(m.Shares))
	byMessage := make(map[bot.MessageRef][]*gathered, len(m.Shares))
	shares := slices.Clone(m.Shares)
	slices.SortFunc(shares, earlier)
	for _, share := range shares {
		if share.Who.Choice == LeftOut {
			continue
		}
		g := links[share.Link.Key]
		if g == nil {
			g = &gathered{link: share.Link, sharers: map[string]bool{}, chat: map[string]bool{}, acts: map[EngagementKind]map[string]Who{}}
			links[share.Link.Key] = g
		}
		g.shares = append(g.shares, share)
		g.sharers[share.Who.Key()] = true
		if share.Added {
			g.act(Nominated, share.Who)
		} else {
			g.chat[share.Who.Key()] = true
		}
		if !slices.Contains(byMessage[share.Message], g) {
			byMessage[share.Message] = append(byMessage[share.Message], g)
		}
	}
	for _, e := range m.Engagements {
		if e.Kind == UsedIt {
			if g := links[e.Link]; g != nil {
				g.act(UsedIt, e.Who)
			}
			continue
		}
		for _, g := range byMessage[e.Message] {
			g.act(e.Kind, e.Who)
		}
	}
	return links
}

func earlier(a, b Share) int {
	return cmp.Or(
		a.At.Compare(b.At),
		strings.Compare(a.Who.Key(), b.Who.Key()),
		strings.Compare(string(a.Message.Place), string(b.Message.Place)),
		strings.Compare(a.Message.Native, b.Message.Native),
		strings.Compare(a.Link.Key, b.Link.Key),
	)
}

func (g *gathered) act(kind EngagementKind, who Who) {
	if g.acts[kind] == nil {
		g.acts[kind] = map[string]Who{}
	}
	if known, ok := g.acts[kind][who.Key()]; !ok || who.Account < known.Account {
		g.acts[kind][who.Key()] = who
	}
}

// others are the people who did something, without those who may not count
// because the link is theirs.
func (g *gathered) others(kind EngagementKind, own map[string]bool) map[string]Who {
	out := make(map[string]Who, len(g.acts[kind]))
	for key, who := range g.acts[kind] {
		if !own[key] {
			out[key] = who
		}
	}
	return out
}

func (g *gathered) candidate(to time.Time, half time.Duration, shown map[string]time.Time) Candidate {
	c := Candidate{Link: g.link, Shares: len(g.shares), First: g.shares[0].At, Private: true, From: g.shares}
	known := map[string]bool{}
	for _, share := range g.shares {
		c.Last = share.At
		c.Private = c.Private && share.Private
		if !known[share.Who.Key()] {
			known[share.Who.Key()] = true
			c.Sharers = append(c.Sharers, share.Who)
		}
		if len([]rune(share.Sentence)) > len([]rune(c.Quote)) {
			c.Quote, c.QuoteBy = share.Sentence, share.Who.Key()
		}
	}
	g.score(&c, to, half)
	if at, ok := shown[g.link.Key]; ok {
		c.Score -= shownAlready
		c.Why = append(c.Why, "was in an edition on "+at.Format("2 January"))
	}
	c.Score = math.Round(c.Score*1000) / 1000
	return c
}

// score sets Score, Why, Nominated and Engaged.
func (g *gathered) score(c *Candidate, to time.Time, half time.Duration) {
	reactors := g.others(Reacted, g.sharers)
	repliers := g.others(Replied, g.sharers)
	nominators := g.others(Nominated, g.chat)
	users := g.others(UsedIt, g.sharers)
	reshares := len(c.Sharers) - 1
	departments := map[string]bool{}
	for _, people := range []map[string]Who{reactors, repliers, nominators, users} {
		for key, who := range people {
			if who.Department != "" && !g.sharers[key] {
				departments[who.Department] = true
			}
		}
	}
	for _, who := range c.Sharers[1:] {
		if who.Department != "" {
			departments[who.Department] = true
		}
	}
	// A long quarrel is not a recommendation: replies count up to one more
	// than those who reacted.
	counted := min(len(repliers), len(reactors)+1)
	sum := weightDepartment*float64(len(departments)) + weightReplier*float64(counted) +
		weightReactor*float64(len(reactors)) + weightReshare*float64(reshares)
	age := max(0, to.Sub(c.Last))
	c.Score = math.Log1p(sum)*math.Exp2(-float64(age)/float64(half)) +
		math.Log1p(weightNomination*float64(len(nominators))) + math.Log1p(weightUsed*float64(len(users)))
	c.Engaged, c.Nominated = len(departments), len(nominators) > 0
	for _, reason := range []struct {
		n         int
		one, many string
	}{
		{reshares + 1, "shared by one person", "shared by %d people"},
		{len(departments), "taken up in one department", "taken up in %d departments"},
		{len(repliers), "one person replied", "%d people replied"},
		{len(reactors), "one person reacted", "%d people reacted"},
		{len(nominators), "nominated by one", "nominated by %d"},
		{len(users), "used by one", "used by %d"},
	} {
		switch {
		case reason.n == 1:
			c.Why = append(c.Why, reason.one)
		case reason.n > 1:
			c.Why = append(c.Why, fmt.Sprintf(reason.many, reason.n))
		}
	}
}

// The limits of an edition's spread, and the score from which an item of a
// department that is seldom heard is worth showing.
const (
	MaxItems     = 7 // unless the lead says more
	PerSite      = 2
	PerSharer    = 2
	worthShowing = 0.5
)

// Spread chooses at most n of the candidates, which must be ranked: at most two
// of one site and two of one sharer, and one of the departments heard least
// where one is worth showing. What is pinned (by item ID) is always chosen and
// counts against the limits. The order of the candidates is kept.
func Spread(ranked []Candidate, n int, pinned []string) []Candidate {
	p := picker{sites: map[string]int{}, sharers: map[string]int{}}
	chosen := make([]bool, len(ranked))
	for i, c := range ranked {
		if slices.Contains(pinned, c.ID()) {
			chosen[i] = true
			p.take(c, 1)
		}
	}
	for i, c := range ranked {
		if p.count < n && !chosen[i] && p.fits(c) {
			chosen[i] = true
			p.take(c, 1)
		}
	}
	p.hearTheQuiet(ranked, chosen, n, pinned)
	var out []Candidate
	for i, c := range ranked {
		if chosen[i] {
			out = append(out, c)
		}
	}
	return out
}

type picker struct {
	count   int
	sites   map[string]int
	sharers map[string]int
}

func (p *picker) fits(c Candidate) bool {
	if p.sites[c.Link.Site] >= PerSite {
		return false
	}
	for _, who := range c.Sharers {
		if p.sharers[who.Key()] >= PerSharer {
			return false
		}
	}
	return true
}

func (p *picker) take(c Candidate, by int) {
	p.count += by
	p.sites[c.Link.Site] += by
	for _, who := range c.Sharers {
		p.sharers[who.Key()] += by
	}
}

// hearTheQuiet makes sure that one item comes from a department that is heard
// least, giving up the lowest item that nobody pinned for it.
func (p *picker) hearTheQuiet(ranked []Candidate, chosen []bool, n int, pinned []string) {
	quiet := quietDepartments(ranked)
	from := func(c Candidate) bool {
		return slices.ContainsFunc(c.Sharers, func(w Who) bool { return quiet[w.Department] })
	}
	for i, c := range ranked {
		if chosen[i] && from(c) {
			return
		}
	}
	for i, c := range ranked {
		if chosen[i] || c.Score < worthShowing || !from(c) {
			continue
		}
		if p.swap(ranked, chosen, i, n, pinned) {
			return
		}
	}
}

// swap puts candidate i in, for the lowest unpinned item without which it fits.
func (p *picker) swap(ranked []Candidate, chosen []bool, i, n int, pinned []string) bool {
	if p.count < n && p.fits(ranked[i]) {
		chosen[i] = true
		p.take(ranked[i], 1)
		return true
	}
	for out := len(ranked) - 1; out >= 0; out-- {
		if !chosen[out] || slices.Contains(pinned, ranked[out].ID()) {
			continue
		}
		p.take(ranked[out], -1)
		if p.count < n && p.fits(ranked[i]) {
			chosen[out], chosen[i] = false, true
			p.take(ranked[i], 1)
			return true
		}
		p.take(ranked[out], 1)
	}
	return false
}

// quietDepartments are those with the fewest links in the window: the third
// heard least, at least one, when there are two departments or more.
func quietDepartments(ranked []Candidate) map[string]bool {
	heard := map[string]int{}
	for _, c := range ranked {
		seen := map[string]bool{}
		for _, who := range c.Sharers {
			if who.Department != "" && !seen[who.Department] {
				seen[who.Department] = true
				heard[who.Department]++
			}
		}
	}
	if len(heard) < 2 {
		return nil
	}
	counts := make([]int, 0, len(heard))
	for _, n := range heard {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	limit := counts[max(1, len(counts)/3)-1]
	if limit == counts[len(counts)-1] {
		return nil // all are heard alike
	}
	quiet := map[string]bool{}
	for department, n := range heard {
		if n <= limit {
			quiet[department] = true
		}
	}
	return quiet
}
