package roster

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
)

// Times of news about people.
const (
	settleIn = 14 * 24 * time.Hour // whoever appears so soon after the first look is not new
	newFor   = 56 * 24 * time.Hour // how long somebody counts as new in a department
	keptFor  = quarter             // how long "keep for now" holds
)

// Desk is what an installation has set, and the newest weekly card.
type Desk struct {
	Since   time.Time      // the first look at the register; zero: not yet
	Place   bot.PlaceID    // of representatives; empty: none
	Rhythm  string         // of the agenda, schedule.Spec.String()
	Week    string         // slot of the newest weekly card
	Leads   []bot.PersonID // who has it
	Version int64          // of the news
}

// Seen is what was last seen of a person in the register, and what is new since.
type Seen struct {
	Person     bot.PersonID
	Known      bool // false: never seen before
	Department string
	Inactive   bool
	Gone       time.Time // when the account was seen to be inactive
	New        time.Time // when the person was new in the department; zero: was always there
	Moved      time.Time // when somebody with a place or part changed department, until a lead decides
	From       string    // the department before
	Held       string    // what the person was there, such as "representative"
	KeptUntil  time.Time // until when a lead keeps the place of an inactive account
}

// Kept reports whether a lead keeps somebody's place although the account is
// inactive.
func (s Seen) Kept(now time.Time) bool { return now.Before(s.KeptUntil) }

// differs reports whether the register says something else than what was seen.
func (s Seen) differs(p bot.Person) bool {
	return !s.Known || s.Department != p.Department || s.Inactive != p.Inactive
}

// See notes what the register says of some persons. Held says what somebody has.
// The first look, and the weeks after it, make nobody new. The same again changes
// nothing.
func See(d *Desk, seen []Seen, register map[bot.PersonID]bot.Person, held func(bot.PersonID) string, now time.Time) []bot.Delivery {
	changed := false
	for i := range seen {
		s := &seen[i]
		p, known := register[s.Person]
		if !known || !s.differs(p) {
			continue
		}
		changed = true
		fresh := !d.Since.IsZero() && now.After(d.Since.Add(settleIn))
		switch {
		case !s.Known || s.Department == "":
			if fresh {
				s.New = now
			}
		case s.Department != p.Department:
			s.New = now
			if what := held(p.ID); what != "" {
				s.Moved, s.From, s.Held = now, s.Department, what
			}
		}
		if s.Inactive != p.Inactive {
			s.KeptUntil, s.Gone = time.Time{}, time.Time{}
			if p.Inactive {
				s.Gone = now
			}
		}
		s.Known, s.Department, s.Inactive = true, p.Department, p.Inactive
	}
	if !changed {
		return nil
	}
	return d.changed()
}

// stillLead are those of had who lead now.
func stillLead(had, leads []bot.PersonID) []bot.PersonID {
	return slices.DeleteFunc(slices.Clone(had), func(id bot.PersonID) bool { return !slices.Contains(leads, id) })
}

// changed makes the newest weekly card newer.
func (d *Desk) changed() []bot.Delivery {
	d.Version++
	return d.cards()
}

func (d *Desk) cards() []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range d.Leads {
		out = append(out, bot.Delivery{Key: "roster/week/" + d.Week + "/" + string(lead), To: bot.Address{Person: lead}, Class: bot.Asked,
			View: &bot.View{Kind: newsView, ID: d.Week, Version: d.Version}})
	}
	return out
}

// Tell posts the weekly card of a slot to leads. The same slot again changes
// nothing.
func (d *Desk) Tell(slot string, leads []bot.PersonID) []bot.Delivery {
	if d.Week >= slot || len(leads) == 0 {
		return nil
	}
	d.Week, d.Leads = slot, slices.Clone(leads)
	return d.changed()
}

// Keep keeps the place of somebody who is inactive or moved.
func (d *Desk) Keep(s *Seen, now time.Time) []bot.Delivery {
	s.Moved, s.From, s.Held = time.Time{}, "", ""
	if s.Inactive {
		s.KeptUntil = now.Add(keptFor)
	}
	return d.changed()
}

// Newcomers are people who are new in a department and were asked by nobody.
type Newcomers struct {
	Department string
	People     int
}

// Case is somebody with a place or a part of whom a lead decides.
type Case struct {
	Person bot.PersonID
	Name   string
	Was    string // such as "representative of Housing" or "leads in Housing"
	From   string // the department before, where somebody moved
	To     string
	Placed bool // has a place, which can be freed
	Since  time.Time
}

// News is what changed in the register, for leads alone.
type News struct {
	New      []Newcomers
	Moved    []Case
	Inactive []Case
}

// Empty reports whether there is nothing to tell.
func (n News) Empty() bool { return len(n.New)+len(n.Moved)+len(n.Inactive) == 0 }

// newsOf gathers the news of a picture.
func (p picture) news() News {
	var n News
	fresh := map[string]int{}
	for _, person := range p.people {
		s := p.seen[person.ID]
		has := p.has(person.ID)
		_, post := p.place(person.ID)
		named := Case{Person: person.ID, Name: person.Name, Was: has, Placed: post != ""}
		switch {
		case person.Inactive && has != "" && !s.Kept(p.now):
			named.Since = s.Gone
			n.Inactive = append(n.Inactive, named)
		case person.Inactive:
		case !s.Moved.IsZero() && has != "":
			named.Was, named.From, named.To, named.Since = s.Held, s.From, person.Department, s.Moved
			n.Moved = append(n.Moved, named)
		case !s.New.IsZero() && p.now.Before(s.New.Add(newFor)) && has == "" && p.guests[person.ID].Last.Before(s.New) && person.Department != "":
			fresh[person.Department]++
		}
	}
	for department, people := range fresh {
		n.New = append(n.New, Newcomers{department, people})
	}
	slices.SortFunc(n.New, func(a, b Newcomers) int { return alphabet(a.Department, b.Department) })
	for _, cases := range [][]Case{n.Moved, n.Inactive} {
		slices.SortFunc(cases, func(a, b Case) int {
			return cmp.Or(alphabet(a.Name, b.Name), cmp.Compare(a.Person, b.Person))
		})
	}
	return n
}

// alphabet compares words as a reader does, with capitals of no account.
func alphabet(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

// colleagues says "1 colleague" or "3 colleagues".
func colleagues(n int) string {
	if n == 1 {
		return "1 colleague"
	}
	return strconv.Itoa(n) + " colleagues"
}

// people says "1 person" or "3 people".
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}
