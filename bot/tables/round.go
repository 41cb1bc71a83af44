package tables

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// State is where a round stands; the values are stored.
type State string

// The states of a round. The last two are its end.
const (
	Drafted    State = "drafted"
	Approved   State = "approved"
	Out        State = "out"
	FollowedUp State = "followed-up"
	Closed     State = "closed"
	CalledOff  State = "called-off"
)

// Over reports whether nothing happens to the round any more.
func (s State) Over() bool { return s == Closed || s == CalledOff }

// open reports whether the round waits to go out. There is one such round at most.
func (s State) open() bool { return s == Drafted || s == Approved }

// Format is how a table meets; empty means that nobody has chosen.
type Format string

// The formats.
const (
	Call   Format = "call"
	Coffee Format = "coffee"
	Thread Format = "thread"
)

// ParseFormat reads a form's answer; anything unknown is no choice.
func ParseFormat(text string) Format {
	switch f := Format(text); f {
	case Call, Coffee, Thread:
		return f
	}
	return ""
}

// Stand is what became of somebody's place.
type Stand string

// The stands. Away said "Not this time"; Gone cannot be seated any more.
const (
	Seated Stand = "seated"
	Away   Stand = "away"
	Gone   Stand = "gone"
)

// Outcome is the answer to "did you meet?"; empty: none yet. It is forgotten with
// the end of the round.
type Outcome string

// The outcomes.
const (
	Met    Outcome = "met"
	NotMet Outcome = "not-met"
)

// ParseOutcome reads a form's answer; anything unknown is none.
func ParseOutcome(text string) Outcome {
	switch o := Outcome(text); o {
	case Met, NotMet:
		return o
	}
	return ""
}

// Seat is one person's place in a round. Table counts from 1; 0 sits out.
type Seat struct {
	Person bot.PersonID
	Table  int
	Stand  Stand
	Room   int     // the table whose conversation the person was taken into, 0: none
	Own    bool    // has a card that shows the place alone
	Wants  bool    // waits for somebody to change places with
	Asked  bool    // was asked what came of it
	Said   Outcome // kept until the round ends
}

// Table is what belongs to a table besides its people.
type Table struct {
	Format Format `json:"format"`
}

// Round is one time that tables are laid.
type Round struct {
	ID                string    // Slot
	Slot              string    // a schedule's slot, or "now-…" when a lead asked
	Due               time.Time // when it is to go out; zero: as soon as it is approved
	Goes              bool      // it goes out at Due although nobody decided
	Format            Format    // where nobody at a table has chosen
	Smallest, Largest int
	State             State
	Seats             []Seat // in the order of persons
	Tables            []Table
	Agenda            []string
	Leads             []bot.PersonID // who has the card of the draft
	Waited            bool           // leads were told that it waits
	Version           int64          // grows with each change of what a card shows
	By                bot.PersonID   // who approved; empty: nobody did
	Drafted           time.Time
	SendAt            time.Time // when an approved round goes out
	Sent              time.Time
	Followed          time.Time
	Ended             time.Time

	// Standings are what those who have a seat want of round tables. The Store
	// loads them for a rule, and saves those that the rule changes.
	Standings []Standing
}

// Past is a round that went out, as it was played.
type Past struct {
	ID   string
	Plan seating.Plan
}

// PlanOf is the seating as it stands in the seats, tables in their order. With
// played, those are left out who did not come to their table.
func PlanOf(seats []Seat, played bool) seating.Plan {
	plan := seating.Plan{Tables: [][]string{}, Out: []string{}}
	byTable := map[int][]string{}
	last := 0
	for _, s := range seats {
		switch {
		case played && s.Stand != Seated:
		case s.Table == 0:
			plan.Out = append(plan.Out, string(s.Person))
		default:
			byTable[s.Table] = append(byTable[s.Table], string(s.Person))
			last = max(last, s.Table)
		}
	}
	for n := 1; n <= last; n++ {
		if len(byTable[n]) > 0 {
			slices.Sort(byTable[n])
			plan.Tables = append(plan.Tables, byTable[n])
		}
	}
	slices.Sort(plan.Out)
	return plan
}

// Plan is the seating of the round.
func (r *Round) Plan() seating.Plan { return PlanOf(r.Seats, false) }

// reseat takes over a seating. Whoever is not in it leaves the round.
func (r *Round) reseat(plan seating.Plan) {
	r.Seats = nil
	for n, table := range append([][]string{plan.Out}, plan.Tables...) {
		for _, id := range table {
			r.Seats = append(r.Seats, Seat{Person: bot.PersonID(id), Table: n, Stand: Seated})
		}
	}
	slices.SortFunc(r.Seats, func(a, b Seat) int { return cmp.Compare(a.Person, b.Person) })
	r.Tables = make([]Table, len(plan.Tables))
}

// seat returns a person's place, nil when there is none.
func (r *Round) seat(person bot.PersonID) *Seat {
	for i := range r.Seats {
		if r.Seats[i].Person == person && person != "" {
			return &r.Seats[i]
		}
	}
	return nil
}

// Place returns where a person sits: false for who is not at a table.
func (r *Round) Place(person bot.PersonID) (Seat, bool) {
	s := r.seat(person)
	if s == nil || s.Table == 0 || s.Stand == Gone {
		return Seat{}, false
	}
	return *s, true
}

// At lists who comes to a table.
func (r *Round) At(table int) []bot.PersonID {
	var all []bot.PersonID
	for _, s := range r.Seats {
		if s.Table == table && s.Stand == Seated {
			all = append(all, s.Person)
		}
	}
	return all
}

// Persons lists everybody of the round.
func (r *Round) Persons() []bot.PersonID {
	all := make([]bot.PersonID, 0, len(r.Seats))
	for _, s := range r.Seats {
		all = append(all, s.Person)
	}
	return all
}

// The kinds of views. They are stored and never change.
const (
	draftView  = "tables.draft"    // by round
	tableView  = "tables.table"    // by round and table
	seatView   = "tables.seat"     // by round and person
	followView = "tables.followup" // by round and person
)

func partID(round, part string) string { return round + "/" + part }

// splitID takes the id of a view or button apart.
func splitID(id string) (round, part string) {
	round, part, _ = strings.Cut(id, "/")
	return round, part
}

func (r *Round) view(kind, id string) *bot.View {
	return &bot.View{Kind: kind, ID: id, Version: r.Version}
}

// leadCards brings the leads' cards up to date, or posts them.
func (r *Round) leadCards() []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range r.Leads {
		out = append(out, bot.Delivery{Key: "table/" + r.ID + "/draft/" + string(lead), To: bot.Address{Person: lead},
			Class: bot.Asked, View: r.view(draftView, r.ID)})
	}
	return out
}

// tableCards are the cards of one table: that of its conversation, and those of
// people who have their own.
func (r *Round) tableCards(table int, expires time.Time) []bot.Delivery {
	var room []bot.PersonID
	var own []bot.Delivery
	for _, s := range r.Seats {
		if s.Room == table {
			room = append(room, s.Person)
		}
		if s.Table == table && s.Own {
			own = append(own, r.seatCard(s, bot.Nudge, expires))
		}
	}
	if len(room) == 0 {
		return own
	}
	return append([]bot.Delivery{{Key: "table/" + r.ID + "/" + strconv.Itoa(table), To: bot.Address{Group: room}, Class: bot.Nudge,
		Expires: expires, View: r.view(tableView, partID(r.ID, strconv.Itoa(table)))}}, own...)
}

func (r *Round) seatCard(s Seat, class bot.Class, expires time.Time) bot.Delivery {
	return bot.Delivery{Key: "table/" + r.ID + "/seat/" + string(s.Person), To: bot.Address{Person: s.Person}, Class: class,
		Expires: expires, View: r.view(seatView, partID(r.ID, string(s.Person)))}
}

// followCard asks somebody what came of a table.
func (r *Round) followCard(person bot.PersonID) bot.Delivery {
	return bot.Delivery{Key: "table/" + r.ID + "/met/" + string(person), To: bot.Address{Person: person}, Class: bot.Nudge,
		Expires: r.Followed.Add(answerLife), View: r.view(followView, partID(r.ID, string(person)))}
}

// tell writes a sentence to every lead. Name makes it a fact of its own.
func (r *Round) tell(name string, message bot.Message) []bot.Delivery {
	var out []bot.Delivery
	for _, lead := range r.Leads {
		out = append(out, bot.Delivery{Key: "table/" + r.ID + "/" + name + "/" + string(lead), To: bot.Address{Person: lead},
			Class: bot.Asked, Frozen: &message})
	}
	return out
}

// Outdated lists the keys of messages that must not go out any more if they have
// not: invitations once the round is followed up, questions once they are settled.
func (r *Round) Outdated() []string {
	var keys []string
	for _, s := range r.Seats {
		if s.Own && (r.State == FollowedUp || r.State == Closed || s.Stand != Seated) {
			keys = append(keys, "table/"+r.ID+"/seat/"+string(s.Person))
		}
		if s.Said != "" || r.State == Closed && s.Table > 0 {
			keys = append(keys, "table/"+r.ID+"/met/"+string(s.Person))
		}
	}
	if r.State == FollowedUp || r.State == Closed {
		for n := range r.Tables {
			keys = append(keys, "table/"+r.ID+"/"+strconv.Itoa(n+1))
		}
	}
	return keys
}
