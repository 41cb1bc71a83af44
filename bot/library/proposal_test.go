package library

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
)

var house = []Department{{"Housing", 40}, {"Libraries", 12}, {"Mayor", 2}, {"Parks", 30}}

func lead() bot.Actor {
	return bot.Actor{Account: "test|lead", Person: "lead", Roles: []bot.Role{bot.Lead}}
}

func colleague() bot.Actor { return bot.Actor{Account: "test|cleo", Person: "cleo"} }

// Over years, whatever leads choose and whatever comes into the library or is taken
// out of it: at most one proposal in a month, no entry twice within a quarter, one
// that nobody wants not within a year, and always one that is worth it.
func TestYearsOfProposals(t *testing.T) {
	ends, repeats := map[State]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]*time.Location{time.UTC, time.FixedZone("east", 13*3600), time.FixedZone("west", -11*3600)}).Draw(t, "zone")
		now := noon
		var past []Proposal
		var all []Entry
		for step := range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 45*24).Draw(t, "hours")) * hours)
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0, 1:
				all = append(all, Entry{ID: fmt.Sprint("e", step), Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"), Department: "Parks", When: now.AddDate(0, 0, -rapid.IntRange(0, 200).Draw(t, "old"))})
			case 2:
				if len(all) > 0 {
					e := &all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
					e.join([]Telling{{Key: fmt.Sprint("noted/", step), Whom: "A team", Department: rapid.SampledFrom([]string{"", "Housing", "Libraries"}).Draw(t, "whom"), At: now.AddDate(0, 0, rapid.IntRange(-40, 40).Draw(t, "day"))}})
				}
			case 3:
				if len(all) > 1 {
					all = slices.Delete(all, 0, 1)
				}
			}
			for i := range past {
				p := &past[i]
				_, there := find(all, p.Entry)
				p.Tick(!there, now)
				if !p.State.Over() && rapid.Bool().Draw(t, "decides") {
					p.Choose(lead(), rapid.SampledFrom(Choices()).Draw(t, "choice"), "New", Telling{Key: "noted/m", Whom: "A meeting", At: now}, now)
				}
				ends[p.State]++
			}
			p, ok := Propose(all, house, past, now, zone)
			if !ok {
				continue
			}
			e, there := find(all, p.Entry)
			if !there || p.State != Proposed || p.ID != month(now, zone) {
				t.Fatalf("%+v of %+v", p, e)
			}
			for _, was := range past {
				if was.ID == p.ID || p.Opened.Sub(was.Opened) < 28*24*hours {
					t.Fatalf("two within a month: %s and %s", was.Opened, p.Opened)
				}
				if was.Entry != p.Entry {
					continue
				}
				repeats++
				if gap := p.Opened.Sub(was.Opened); gap < 89*24*hours || was.State == Declined && gap < 365*24*hours || !was.State.Over() {
					t.Fatalf("%s again after %s, when it was %s", p.Entry, gap, was.State)
				}
			}
			last, told := e.last(now)
			switch {
			case p.Reason == Rested && now.Before(last.AddDate(0, 3, 0)):
				t.Fatalf("%+v has rested since %s only", p, last)
			case p.Reason == Audience && (!told || slices.ContainsFunc(e.Told, func(t Telling) bool { return t.Department == p.Department }) || p.Department == "Mayor" || p.Department == e.Department):
				t.Fatalf("%+v is no new audience of %+v", p, e)
			}
			past = append(past, p)
		}
	})
	for _, state := range []State{Proposed, Accepted, WasTold, Declined, Later, Lapsed} {
		if ends[state] == 0 {
			t.Errorf("no proposal was ever %s", state)
		}
	}
	if repeats == 0 {
		t.Error("nothing was ever proposed a second time")
	}
}

func TestWhatIsProposedFirst(t *testing.T) {
	old := func(months int) time.Time { return noon.AddDate(0, -months, 0) }
	told := func(months int, department string) []Telling {
		return []Telling{{Key: "noted/x", Whom: "A team", Department: department, At: old(months)}}
	}
	learning := Entry{ID: "learning", Kind: Learning, When: old(20)}
	story := Entry{ID: "story", Kind: Story, When: old(20), Told: told(4, "")}
	older := Entry{ID: "older story", Kind: Story, When: old(30), Told: told(5, "")}
	audience := Entry{ID: "audience", Kind: Story, Department: "Housing", When: old(9), Told: told(2, "Libraries")}
	for _, c := range []struct {
		what       string
		entries    []Entry
		want       string
		department string
	}{
		{"nothing", nil, "", ""},
		{"a story before a learning", []Entry{learning, story}, "story", ""},
		{"the one that rested longest", []Entry{learning, story, older}, "older story", ""},
		{"a new audience", []Entry{audience}, "audience", "Parks"},
		{"what rested before a new audience", []Entry{audience, story}, "story", ""},
		{"told last month", []Entry{{ID: "x", When: old(9), Told: told(0, "Libraries")}}, "", ""},
		{"young", []Entry{{ID: "x", When: old(2)}}, "", ""},
		{"told to nobody in particular", []Entry{{ID: "x", When: old(9), Told: told(2, "")}}, "", ""},
		{"told to everybody", []Entry{{ID: "x", When: old(9), Told: append(told(2, "Libraries"), Telling{Key: "edition/1", At: old(2)})}}, "", ""},
		{"about to be told", []Entry{{ID: "x", When: old(9), Told: []Telling{{Key: "noted/y", At: noon.AddDate(0, 0, 3)}}}}, "", ""},
	} {
		p, ok := Propose(c.entries, house, nil, noon, time.UTC)
		if p.Entry != c.want || p.Department != c.department || ok != (c.want != "") {
			t.Errorf("%s: %+v", c.what, p)
		}
	}
}

// Every choice in every state, by a lead, a colleague and nobody.
func TestEveryChoice(t *testing.T) {
	told := Telling{Key: "noted/m", Whom: "The board", At: noon}
	for _, state := range States() {
		for _, choice := range Choices() {
			for _, actor := range []bot.Actor{lead(), colleague(), {}, {Account: "x", Person: "lead", Roles: []bot.Role{bot.Lead}, Inactive: true}} {
				p := Proposal{ID: "2026-11", Entry: "e", State: state, Angle: "Old", Leads: []bot.PersonID{"lead"}, Opened: noon, Version: 3}
				was := p
				out, err := p.Choose(actor, choice, "New", told, noon)
				next, possible := moves[choice][state]
				switch name := fmt.Sprintf("%s in %s by %s", choice, state, actor.Person); {
				case !actor.Has(bot.Lead):
					if !errors.Is(err, bot.ErrNotFound) || !reflect.DeepEqual(p, was) {
						t.Errorf("%s: %v, %+v", name, err, p)
					}
				case possible:
					if err != nil || p.State != next || p.Version != 4 || len(out) != 1 || (p.Told != nil) != (choice == AMeeting) || (p.Angle == "New") != (choice == NextEdition) {
						t.Errorf("%s: %v, %+v", name, err, p)
					}
					again := p
					if out, err := p.Choose(actor, choice, "Newer", told, noon.Add(hours)); err != nil || len(out) > 0 || !reflect.DeepEqual(p, again) {
						t.Errorf("%s, twice: %v, %+v", name, err, p)
					}
				default:
					if state != moves[choice][Proposed] && err == nil && choice != Look || len(out) > 0 || !reflect.DeepEqual(p, was) {
						t.Errorf("%s: %v, %+v", name, err, p)
					}
				}
			}
		}
	}
}

func TestWhatEndsAProposal(t *testing.T) {
	for _, c := range []struct {
		state State
		gone  bool
		after time.Duration
		want  State
	}{
		{Proposed, false, 27 * 24 * hours, Proposed}, {Proposed, false, 28 * 24 * hours, Lapsed}, {Proposed, true, hours, Lapsed},
		{Accepted, false, 88 * 24 * hours, Accepted}, {Accepted, false, 93 * 24 * hours, Lapsed}, {Accepted, true, hours, Lapsed},
		{WasTold, true, 1000 * hours, WasTold}, {Declined, true, 1000 * hours, Declined}, {Later, false, 9000 * hours, Later},
	} {
		p := Proposal{ID: "2026-11", Entry: "e", State: c.state, Angle: "A number", Opened: noon, Decided: noon, Leads: []bot.PersonID{"lead"}, Version: 2}
		out := p.Tick(c.gone, noon.Add(c.after))
		moved := c.want != c.state
		if p.State != c.want || (p.Angle == "") != moved || (len(out) == 1) != moved || moved != (p.Version == 3) {
			t.Errorf("%+v: %+v, %v", c, p, out)
		}
	}
	told := Telling{Key: "edition/1", Whom: "readers", At: noon}
	for _, state := range States() {
		p := Proposal{ID: "2026-11", Entry: "e", State: state, Angle: "A number", Version: 2}
		p.Publish(told)
		want := state
		if state == Accepted {
			want = WasTold
		}
		if p.State != want || (p.Told == nil) != (state == WasTold) || p.Told != nil && p.Told.Fresh != "A number" {
			t.Errorf("published when %s: %+v", state, p)
		}
	}
}
