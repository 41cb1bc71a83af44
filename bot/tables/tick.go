package tables

import (
	"slices"
	"strconv"
	"time"

	"evangelist/bot"
)

// Times of a round.
const (
	draftLead   = 7 * 24 * time.Hour  // the draft stands so long before a slot
	followAfter = 7 * 24 * time.Hour  // from the tables to the question
	answerLife  = 14 * 24 * time.Hour // from the question to the end
)

// patience is how many rounds somebody may say nothing before being asked, once,
// whether to pause.
const patience = 3

// Facts are what Tick needs to know besides the round. They belong to the version
// of the round that was read.
type Facts struct {
	Version  int64
	Leads    []bot.PersonID        // active comms leads
	Gone     map[bot.PersonID]bool // of the round, who cannot be seated any more
	Names    map[bot.PersonID]string
	Hall     Hall
	Fit      bool                      // the seating keeps what must hold and has a table
	Together func([]bot.PersonID) bool // whether one conversation can be opened with them
}

func (r *Round) followAt() time.Time { return r.Sent.Add(followAfter) }
func (r *Round) endAt() time.Time    { return r.Followed.Add(answerLife) }

// NextAt is when time asks for something; zero: nothing.
func (r *Round) NextAt() time.Time {
	switch {
	case r.State == Drafted && !r.Due.IsZero() && !r.Waited:
		return r.Due
	case r.State == Approved:
		return r.SendAt
	case r.State == Out:
		return r.followAt()
	case r.State == FollowedUp:
		return r.endAt()
	}
	return time.Time{}
}

// Tick does the next thing that time or the register asks for, one at a time, and
// reports whether there was one: it is called until there is none. ErrMoved when
// the round is not the one that the facts belong to.
func (r *Round) Tick(now time.Time, f Facts) (out []bot.Delivery, moved bool, err error) {
	if r.Version != f.Version {
		return nil, false, ErrMoved
	}
	if r.State.open() {
		if out, moved := r.greet(f.Leads); moved {
			return out, true, nil
		}
	}
	if out, moved := r.lose(f); moved {
		return out, true, nil
	}
	due := r.NextAt()
	if due.IsZero() || due.After(now) {
		return nil, false, nil
	}
	switch r.State {
	case Drafted:
		return r.undecided(now, f), true, nil
	case Approved:
		if !f.Fit {
			out := r.reopen()
			return append(out, r.tell("unfit/"+moment(now), unfitMessage(r))...), true, nil
		}
		return r.send(now, f), true, nil
	case Out:
		return r.follow(now), true, nil
	default:
		return r.end(now), true, nil
	}
}

// moment names a moment within a key.
func moment(at time.Time) string { return at.UTC().Format("20060102T150405.000000") }

// greet shows the draft to leads who do not have it yet.
func (r *Round) greet(leads []bot.PersonID) ([]bot.Delivery, bool) {
	fresh := slices.DeleteFunc(slices.Clone(leads), func(id bot.PersonID) bool { return slices.Contains(r.Leads, id) })
	if len(fresh) == 0 {
		return nil, false
	}
	r.Leads = append(slices.Clone(r.Leads), fresh...)
	return r.changed(), true
}

// lose takes out who cannot be seated any more. In a draft the tables are mended
// and the leads told; at a table the others see it on their card, and see it too
// when whoever was gone is there again while the place is free.
func (r *Round) lose(f Facts) ([]bot.Delivery, bool) {
	var gone []string
	leaves := map[bot.PersonID]bool{}
	var tables []int
	for i := range r.Seats {
		s := &r.Seats[i]
		switch away := f.Gone[s.Person]; {
		case s.Stand == Gone && !away && r.State == Out && r.room(s, f.Hall):
			s.Stand = Seated
			tables = append(tables, s.Table)
		case !away || s.Stand == Gone:
		case r.State.open():
			leaves[s.Person] = true
			gone = append(gone, f.Names[s.Person])
		case r.State == Out && s.Table > 0 && s.Stand == Seated:
			s.Stand, s.Wants = Gone, false
			tables = append(tables, s.Table)
		}
	}
	switch {
	case len(leaves) > 0:
		was := r.Plan()
		r.reseat(f.Hall.Mend(remove(was, leaves)))
		out := r.changed()
		slices.Sort(gone)
		return append(out, r.tell("lost/"+strconv.FormatInt(r.Version, 10), lostMessage(r, gone, len(was.Tables)))...), true
	case len(tables) > 0:
		return r.touched(tables...), true
	}
	return nil, false
}

// undecided is a draft at its slot. It goes out where the lead chose that and it
// may; without a table it is called off; else it waits and says so, once.
func (r *Round) undecided(now time.Time, f Facts) []bot.Delivery {
	switch {
	case len(r.Tables) == 0:
		return append(r.callOff(now), r.tell("empty", emptyMessage(r))...)
	case r.Goes && f.Fit:
		return r.send(now, f)
	}
	r.Waited = true
	return append(r.changed(), r.tell("waits", waitsMessage(r))...)
}

// send lays the tables.
func (r *Round) send(now time.Time, f Facts) []bot.Delivery {
	r.State, r.Sent = Out, now
	for n := range r.Tables {
		people := r.At(n + 1)
		r.Tables[n].Format = r.favourite(people)
		together := f.Together != nil && f.Together(people)
		for i := range r.Seats {
			if s := &r.Seats[i]; s.Table == n+1 && together {
				s.Room = n + 1
			} else if s.Table == n+1 {
				s.Own = true
			}
		}
	}
	out := r.changed()
	for n := range r.Tables {
		out = append(out, r.tableCards(n+1, r.followAt())...)
	}
	return out
}

// favourite is the format that most people at a table like, the round's own where
// nobody has said, and the first of several that are equal.
func (r *Round) favourite(people []bot.PersonID) Format {
	votes := map[Format]int{}
	for _, s := range r.Standings {
		if s.Format != "" && slices.Contains(people, s.Person) {
			votes[s.Format]++
		}
	}
	best := r.Format
	for _, format := range []Format{Call, Coffee, Thread} {
		if votes[format] > votes[best] {
			best = format
		}
	}
	return best
}

// follow asks everybody who had company at a table what came of it.
func (r *Round) follow(now time.Time) []bot.Delivery {
	r.State, r.Followed = FollowedUp, now
	r.Version++
	var out []bot.Delivery
	for i := range r.Seats {
		s := &r.Seats[i]
		if s.Table == 0 || s.Stand != Seated || len(r.At(s.Table)) < 2 {
			continue
		}
		s.Asked, s.Wants = true, false
		out = append(out, r.followCard(s.Person))
	}
	for n := range r.Tables {
		out = append(out, r.tableCards(n+1, time.Time{})...)
	}
	return append(out, r.leadCards()...)
}

// end closes the round and forgets who said what. Who has said nothing for three
// rounds is asked once whether to pause.
func (r *Round) end(now time.Time) []bot.Delivery {
	r.State, r.Ended = Closed, now
	r.Version++
	out := r.leadCards()
	silent := map[bot.PersonID]bool{}
	for i := range r.Seats {
		s := &r.Seats[i]
		if s.Asked {
			silent[s.Person] = s.Said == ""
			if s.Said == "" {
				out = append(out, r.followCard(s.Person))
			}
		}
		s.Said = ""
	}
	for i := range r.Standings {
		s := &r.Standings[i]
		switch quiet, asked := silent[s.Person]; {
		case !asked:
		case !quiet:
			s.Unheard = 0
		default:
			s.Unheard++
			if s.Unheard >= patience && !s.Offered {
				s.Offered = true
				message := pauseMessage()
				out = append(out, bot.Delivery{Key: "table/pause/" + string(s.Person), To: bot.Address{Person: s.Person}, Class: bot.Nudge, Frozen: &message})
			}
		}
	}
	return out
}
