package library

import (
	"cmp"
	"slices"
	"time"

	"evangelist/bot"
)

// Times of proposals.
const (
	restsMonths   = 3                   // an entry that was told rests so long
	newsMonths    = 1                   // before another department is proposed
	quarterMonths = 3                   // an entry is not proposed twice within it
	refusedMonths = 12                  // after Not this one
	cardLife      = 28 * 24 * time.Hour // then a proposal lapses
	nudgeLife     = 14 * 24 * time.Hour // a card that was not sent by then is not sent
	waitMonths    = 3                   // an accepted one waits so long for an edition
)

// Reason says why an entry is worth telling again.
type Reason string

// The reasons. The values are stored.
const (
	Rested   Reason = "rested"   // nobody was told for a quarter
	Audience Reason = "audience" // a department has not heard it
)

// Proposal asks leads once whether an entry is to be told again. Of the entry it
// knows the id alone, so that its words are gone when they are taken back.
type Proposal struct {
	ID         string // the month that it belongs to, such as 2026-11: one a month
	Entry      string
	Reason     Reason
	Department string // of Audience
	State      State
	Angle      string // the fresh number or angle, in a lead's words; forgotten at the end
	Leads      []bot.PersonID
	Opened     time.Time
	Decided    time.Time
	Version    int64
	// Told is the telling that a Change causes; it is kept with the tellings.
	Told *Telling
}

// month names the month of a moment.
func month(at time.Time, zone *time.Location) string { return at.In(zone).Format("2006-01") }

// turn reports whether a new proposal may be made: at most one in a calendar month,
// and a month after the last one.
func turn(past []Proposal, now time.Time, zone *time.Location) bool {
	for _, p := range past {
		if p.ID == month(now, zone) || now.Before(p.Opened.AddDate(0, 1, 0)) {
			return false
		}
	}
	return true
}

// rests reports whether an entry was proposed too short a time ago.
func rests(past []Proposal, entry string, now time.Time) bool {
	return slices.ContainsFunc(past, func(p Proposal) bool {
		months := quarterMonths
		if p.State == Declined {
			months = refusedMonths
		}
		return p.Entry == entry && (!p.State.Over() || now.Before(p.Opened.AddDate(0, months, 0)))
	})
}

// Propose chooses what is worth telling again, if it is time and there is anything:
// stories first, then what nobody was told for the longest time. Who wrote it counts
// for nothing. Departments are those that might not have heard it.
func Propose(entries []Entry, departments []Department, past []Proposal, now time.Time, zone *time.Location) (Proposal, bool) {
	if !turn(past, now, zone) {
		return Proposal{}, false
	}
	type candidate struct {
		Proposal
		entry Entry
		last  time.Time
	}
	var all []candidate
	for _, e := range entries {
		if rests(past, e.ID, now) {
			continue
		}
		if p, ok := e.worth(departments, now); ok {
			last, _ := e.last(now)
			all = append(all, candidate{p, e, last})
		}
	}
	if len(all) == 0 {
		return Proposal{}, false
	}
	first := slices.MinFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.entry.Kind.turn(), b.entry.Kind.turn()), cmp.Compare(a.Reason.turn(), b.Reason.turn()), a.last.Compare(b.last), cmp.Compare(a.entry.ID, b.entry.ID))
	}).Proposal
	first.ID, first.State, first.Opened, first.Version = month(now, zone), Proposed, now, 1
	return first, true
}

// turn orders kinds by how well they are told.
func (k Kind) turn() int { return slices.Index([]Kind{Story, Elsewhere, Used, Learning}, k) }

// turn puts what rested before a new audience.
func (r Reason) turn() int {
	if r == Rested {
		return 0
	}
	return 1
}

// worth says why an entry is worth telling again, if it is. Something that is to be
// told soon is not.
func (e Entry) worth(departments []Department, now time.Time) (Proposal, bool) {
	if slices.ContainsFunc(e.Told, func(t Telling) bool { return t.At.After(now) }) {
		return Proposal{}, false
	}
	last, told := e.last(now)
	if !now.Before(last.AddDate(0, restsMonths, 0)) {
		return Proposal{Entry: e.ID, Reason: Rested}, true
	}
	if !told || now.Before(last.AddDate(0, newsMonths, 0)) {
		return Proposal{}, false
	}
	if fresh := e.unheard(departments); fresh != "" {
		return Proposal{Entry: e.ID, Reason: Audience, Department: fresh}, true
	}
	return Proposal{}, false
}

// unheard is the largest department that no telling names, "" when an edition told
// everybody, when none was named, or when there is no other. Its author's own has
// heard it.
func (e Entry) unheard(departments []Department) string {
	heard := map[string]bool{Fold(e.Department): true}
	named := false
	for _, t := range e.Told {
		if t.published() {
			return ""
		}
		if t.Department != "" {
			heard[Fold(t.Department)], named = true, true
		}
	}
	if !named {
		return ""
	}
	var fresh Department
	for _, d := range departments {
		larger := d.Colleagues > fresh.Colleagues || d.Colleagues == fresh.Colleagues && d.Name < fresh.Name
		if d.Name != "" && d.Colleagues >= hiddenBelow && !heard[Fold(d.Name)] && (fresh.Name == "" || larger) {
			fresh = d
		}
	}
	return fresh.Name
}

// retellView is the kind of the card that leads get.
const retellView = "library.retell"

func (p Proposal) key(lead bot.PersonID) string { return "retell/" + p.ID + "/" + string(lead) }

// ask shows the proposal to the leads.
func (p Proposal) ask() []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range p.Leads {
		out = append(out, bot.Delivery{Key: p.key(lead), To: bot.Address{Person: lead}, Class: bot.Nudge, Expires: p.Opened.Add(nudgeLife),
			View: &bot.View{Kind: retellView, ID: p.ID, Version: p.Version}})
	}
	return out
}

// Outdated names the messages that are pointless now.
func (p Proposal) Outdated() []string {
	var keys []string
	if p.State != Proposed {
		for _, lead := range p.Leads {
			keys = append(keys, p.key(lead))
		}
	}
	return keys
}

// Choose carries out what a lead chose. Fresh is the fresh number or angle, told is
// the meeting. The same choice again changes nothing.
func (p *Proposal) Choose(actor bot.Actor, choice Choice, fresh string, told Telling, now time.Time) ([]bot.Delivery, error) {
	if !p.May(actor) {
		return nil, bot.ErrNotFound
	}
	next, ok := moves[choice][p.State]
	if !ok {
		if p.State == moves[choice][Proposed] {
			return nil, nil
		}
		return nil, p.cannot()
	}
	p.State, p.Decided = next, now
	p.Angle = ""
	switch choice {
	case NextEdition:
		p.Angle = fresh
	case AMeeting:
		told.Fresh, p.Told = fresh, &told
	}
	return p.changed(), nil
}

// Publish notes that an edition told it. What was taken back after the edition was
// approved is told all the same. A second edition changes nothing.
func (p *Proposal) Publish(told Telling) []bot.Delivery {
	if p.State == WasTold {
		return nil
	}
	told.Fresh, p.Told = p.Angle, &told
	if p.State != Accepted {
		return nil
	}
	p.State, p.Angle = WasTold, ""
	return p.changed()
}

// NextAt is when it lapses; zero: it does not.
func (p Proposal) NextAt() time.Time {
	switch p.State {
	case Proposed:
		return p.Opened.Add(cardLife)
	case Accepted:
		return p.Decided.AddDate(0, waitMonths, 0)
	}
	return time.Time{}
}

// Tick ends a proposal whose time is over or whose entry is gone. Again it changes
// nothing.
func (p *Proposal) Tick(gone bool, now time.Time) []bot.Delivery {
	if due := p.NextAt(); due.IsZero() || !gone && now.Before(due) {
		return nil
	}
	p.State, p.Decided, p.Angle = Lapsed, now, ""
	return p.changed()
}

// changed gives it its next version and brings the cards up to date.
func (p *Proposal) changed() []bot.Delivery {
	p.Version++
	return p.ask()
}
