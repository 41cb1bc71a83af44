package digests

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"evangelist/bot"
)

var friday = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func person(n int) Who {
	id := fmt.Sprintf("p%d", n)
	return Who{Account: bot.AccountID("chat|" + id), Person: bot.PersonID(id), Name: strings.ToUpper(id), Department: fmt.Sprintf("Department %d", n%4)}
}

func link(n int) Link {
	host := fmt.Sprintf("site%d.example", n%5)
	key := fmt.Sprintf("%s/page-%d", host, n)
	return Link{Key: key, Address: "https://" + key, Host: host, Site: host}
}

func in(native string) bot.MessageRef { return bot.MessageRef{Place: "chat|C", Native: native} }

// material draws any week: shares with or without reactions, by people with one
// or two accounts, some unknown.
func material() *rapid.Generator[Material] {
	return rapid.Custom(func(t *rapid.T) Material {
		var m Material
		shares := rapid.IntRange(1, 40).Draw(t, "shares")
		for n := range shares {
			m.Shares = append(m.Shares, Share{
				Link: link(rapid.IntRange(0, 24).Draw(t, "link")), Message: in(fmt.Sprint(n)), Who: someone(t),
				At:       friday.Add(-time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "age")) * time.Minute),
				Sentence: rapid.StringMatching(`[a-z]{0,12}`).Draw(t, "sentence"), Added: rapid.IntRange(0, 9).Draw(t, "added") == 0,
			})
		}
		for range rapid.IntRange(0, 120).Draw(t, "acts") {
			m.Engagements = append(m.Engagements, Engagement{
				Kind:    rapid.SampledFrom([]EngagementKind{Reacted, Replied, Nominated}).Draw(t, "kind"),
				Message: m.Shares[rapid.IntRange(0, shares-1).Draw(t, "on")].Message, Who: someone(t),
			})
		}
		return m
	})
}

func someone(t *rapid.T) Who {
	who := person(rapid.IntRange(0, 14).Draw(t, "who"))
	if rapid.IntRange(0, 4).Draw(t, "account") == 0 {
		who.Account += "-2" // the person's second account
	}
	if who.Person == "p13" {
		who = Who{Account: "chat|unknown"}
	}
	return who
}

func TestOrderOfEventsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := material().Draw(t, "week")
		other := Material{Shares: slices.Clone(m.Shares), Engagements: slices.Clone(m.Engagements)}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(other.Shares), func(i, j int) { other.Shares[i], other.Shares[j] = other.Shares[j], other.Shares[i] })
		r.Shuffle(len(other.Engagements), func(i, j int) {
			other.Engagements[i], other.Engagements[j] = other.Engagements[j], other.Engagements[i]
		})
		if diff := cmp.Diff(Candidates(m, time.Time{}, friday), Candidates(other, time.Time{}, friday)); diff != "" {
			t.Fatalf("another order, another ranking:\n%s", diff)
		}
	})
}

func TestNobodyPushesTheirOwnLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := material().Draw(t, "week")
		share := m.Shares[rapid.IntRange(0, len(m.Shares)-1).Draw(t, "share")]
		before := scores(Candidates(m, time.Time{}, friday))
		kind := rapid.SampledFrom([]EngagementKind{Reacted, Replied, Nominated}).Draw(t, "kind")
		if share.Added && kind == Nominated {
			return // who handed it in has nominated it already; see the next property
		}
		who := share.Who
		who.Account += "-3"
		if who.Person == "" {
			who = share.Who
		}
		for _, other := range m.Shares { // on every message that carries the link
			if other.Link.Key == share.Link.Key {
				m.Engagements = append(m.Engagements, Engagement{Kind: kind, Message: other.Message, Who: who})
			}
		}
		after := scores(Candidates(m, time.Time{}, friday))
		if after[share.Link.Key] > before[share.Link.Key] {
			t.Fatalf("%s of the sharer lifted the link from %v to %v", kind, before[share.Link.Key], after[share.Link.Key])
		}
	})
}

// Handing in what one has shared in chat oneself is no nomination.
func TestHandingInOnesOwnChatLinkCountsForNothing(t *testing.T) {
	m := Material{Shares: []Share{{Link: link(1), Message: in("1"), Who: person(1), At: friday}}}
	before := scores(Candidates(m, time.Time{}, friday))
	m.Shares = append(m.Shares, Share{Link: link(1), Message: in("2"), Who: person(1), At: friday, Added: true})
	if after := scores(Candidates(m, time.Time{}, friday)); after[link(1).Key] != before[link(1).Key] {
		t.Errorf("handing in one's own link lifts it from %v to %v", before, after)
	}
	m.Shares = append(m.Shares, Share{Link: link(1), Message: in("3"), Who: person(2), At: friday, Added: true})
	if after := scores(Candidates(m, time.Time{}, friday)); after[link(1).Key] <= before[link(1).Key] {
		t.Error("handing in somebody else's link does not lift it")
	}
}

func scores(ranked []Candidate) map[string]float64 {
	out := map[string]float64{}
	for _, c := range ranked {
		out[c.Link.Key] = c.Score
	}
	return out
}

func TestAnotherReactionNeverLowersARank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := material().Draw(t, "week")
		share := m.Shares[rapid.IntRange(0, len(m.Shares)-1).Draw(t, "share")]
		rank := func(m Material) int {
			return slices.IndexFunc(Candidates(m, time.Time{}, friday), func(c Candidate) bool { return c.Link.Key == share.Link.Key })
		}
		carriers := 0
		for _, other := range m.Shares {
			if other.Message == share.Message {
				carriers++
			}
		}
		if carriers > 1 {
			return // the reaction would lift another link of the message as well
		}
		before := rank(m)
		m.Engagements = append(m.Engagements, Engagement{
			Kind: rapid.SampledFrom([]EngagementKind{Reacted, Replied, Nominated}).Draw(t, "kind"), Message: share.Message, Who: someone(t),
		})
		if after := rank(m); after > before {
			t.Fatalf("one more reaction moved the link from %d to %d", before, after)
		}
	})
}

func TestLimitsAlwaysHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ranked := Candidates(material().Draw(t, "week"), time.Time{}, friday)
		n := rapid.IntRange(1, 12).Draw(t, "n")
		var pinned []string
		if rapid.Bool().Draw(t, "pin") {
			pinned = append(pinned, ranked[rapid.IntRange(0, len(ranked)-1).Draw(t, "pinned")].ID())
		}
		chosen := Spread(ranked, n, pinned)
		sites, sharers := map[string]int{}, map[string]int{}
		for _, c := range chosen {
			sites[c.Link.Site]++
			for _, who := range c.Sharers {
				sharers[who.Key()]++
			}
		}
		if len(chosen) > n {
			t.Fatalf("%d items where %d are the most", len(chosen), n)
		}
		for site, count := range sites {
			if count > PerSite {
				t.Fatalf("%d items of %s", count, site)
			}
		}
		for who, count := range sharers {
			if count > PerSharer {
				t.Fatalf("%d items of %s", count, who)
			}
		}
		for _, id := range pinned {
			if !slices.ContainsFunc(chosen, func(c Candidate) bool { return c.ID() == id }) {
				t.Fatal("what is pinned is missing")
			}
		}
		quiet := quietDepartments(ranked)
		heard := slices.ContainsFunc(chosen, func(c Candidate) bool { return speaksFor(c, quiet) })
		fits := func(c Candidate) bool { // alone: one item of it, in an edition that has room for it
			return c.Score >= worthShowing && speaksFor(c, quiet)
		}
		if len(pinned) == 0 && !heard && n > 1 && slices.ContainsFunc(ranked, fits) {
			for i, c := range ranked {
				p := picker{sites: map[string]int{}, sharers: map[string]int{}}
				if !fits(c) || len(chosen) == 0 {
					continue
				}
				for _, other := range chosen[:len(chosen)-1] {
					p.take(other, 1)
				}
				if p.fits(c) {
					t.Fatalf("candidate %d of a quiet department would fit and is missing", i)
				}
			}
		}
	})
}

func speaksFor(c Candidate, departments map[string]bool) bool {
	return slices.ContainsFunc(c.Sharers, func(w Who) bool { return departments[w.Department] })
}

func TestScoreReadsAsItWasMade(t *testing.T) {
	m := Material{
		Shares: []Share{
			{Link: link(1), Message: in("1"), Who: person(1), At: friday},
			{Link: link(1), Message: in("2"), Who: person(2), At: friday},
			{Link: link(2), Message: in("3"), Who: person(3), At: friday.Add(-5 * 24 * time.Hour)},
			{Link: link(3), Message: in("4"), Who: person(4), At: friday},
			{Link: link(4), Message: in("5"), Who: Who{Account: "chat|x", Choice: LeftOut}, At: friday},
		},
		Engagements: []Engagement{
			{Kind: Reacted, Message: in("1"), Who: person(5)}, {Kind: Reacted, Message: in("2"), Who: person(5)},
			{Kind: Reacted, Message: in("1"), Who: person(6)},
			{Kind: Replied, Message: in("3"), Who: person(7)}, {Kind: Replied, Message: in("3"), Who: person(8)}, {Kind: Replied, Message: in("3"), Who: person(9)},
			{Kind: Nominated, Message: in("4"), Who: person(10)},
			{Kind: UsedIt, Link: link(3).Key, Who: person(11)},
		},
	}
	var got []string
	for _, c := range Candidates(m, time.Time{}, friday) {
		got = append(got, fmt.Sprintf("%s %.3f %s", c.Link.Key, c.Score, strings.Join(c.Why, ", ")))
	}
	want := []string{
		// ln(1+2·1)+ln(1+3·1), a nomination and a use of two departments: + ln(1+3·2)
		"site3.example/page-3 4.431 shared by one person, taken up in 2 departments, nominated by one, used by one",
		// ln(1 + 3·2 departments (of the second sharer and one reactor) + 2 reactors + 2·1 re-share) = ln 11
		"site1.example/page-1 2.398 shared by 2 people, taken up in 2 departments, 2 people reacted",
		// three repliers count as one without a reaction: ln(1 + 3·3 + 2·1)/2
		"site2.example/page-2 1.242 shared by one person, taken up in 3 departments, 3 people replied",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	m.Shown = map[string]time.Time{link(1).Key: friday.AddDate(0, 0, -7)}
	if c := Candidates(m, time.Time{}, friday)[2]; c.Link.Key != link(1).Key || !strings.Contains(strings.Join(c.Why, " "), "was in an edition on 13 November") {
		t.Errorf("what was shown a week ago did not step back: %v %v", c.Link.Key, c.Why)
	}
}

func TestTiesBreakTheSameWay(t *testing.T) {
	at := friday.Add(-time.Hour)
	m := Material{Shares: []Share{
		{Link: link(3), Message: in("a"), Who: person(1), At: at},
		{Link: link(2), Message: in("b"), Who: person(2), At: at},
		{Link: link(1), Message: in("c"), Who: person(3), At: at.Add(time.Minute)},
	}}
	var got []string
	for _, c := range Candidates(m, time.Time{}, friday) {
		got = append(got, c.Link.Key)
	}
	if want := []string{link(1).Key, link(2).Key, link(3).Key}; !slices.Equal(got, want) {
		t.Errorf("newest first, then by key: got %v, want %v", got, want)
	}
}

func TestTheQuietDepartmentIsHeard(t *testing.T) {
	var m Material
	loud := Who{Account: "chat|l", Person: "loud", Department: "Loud"}
	for n := range 10 {
		who := loud
		who.Person = bot.PersonID(fmt.Sprint("loud", n))
		l := link(n)
		l.Site = fmt.Sprint("s", n)
		m.Shares = append(m.Shares, Share{Link: l, Message: in(fmt.Sprint(n)), Who: who, At: friday})
		for r := range 4 {
			m.Engagements = append(m.Engagements, Engagement{Kind: Reacted, Message: in(fmt.Sprint(n)), Who: person(r)})
		}
	}
	quiet := Share{Link: Link{Key: "quiet.example/x", Site: "quiet.example"}, Message: in("q"), Who: Who{Account: "chat|q", Person: "quiet", Department: "Quiet"}, At: friday}
	m.Shares = append(m.Shares, quiet)
	chosen := Spread(Candidates(m, time.Time{}, friday), 7, nil)
	if speaksFor(chosen[len(chosen)-1], map[string]bool{"Quiet": true}) {
		t.Error("a link that nobody took up was shown for its department's sake")
	}
	m.Engagements = append(m.Engagements, Engagement{Kind: Reacted, Message: in("q"), Who: person(1)})
	chosen = Spread(Candidates(m, time.Time{}, friday), 7, nil)
	if len(chosen) != 7 || !speaksFor(chosen[6], map[string]bool{"Quiet": true}) {
		t.Errorf("the quiet department is not heard among %d items", len(chosen))
	}
}
