package tables

import (
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/seating"
)

// undoTime is how long an approval for now can be taken back.
const undoTime = time.Minute

// ErrMoved means that the round changed since it was read: to be read again.
var ErrMoved = &bot.Error{Code: "round-moved", Say: "The round was changed by somebody else at the same moment, so nothing was done. Look at it again, please."}

// changed makes the leads' cards newer.
func (r *Round) changed() []bot.Delivery {
	r.Version++
	return r.leadCards()
}

// Refresh draws the draft anew, when what its proof shows has changed. In other
// states it changes nothing.
func (r *Round) Refresh() []bot.Delivery {
	if !r.State.open() {
		return nil
	}
	return r.changed()
}

// Undecided says what becomes of the draft if nobody decides. The same again changes
// nothing, and neither does it once the round is approved or has no day.
func (r *Round) Undecided(goes bool) []bot.Delivery {
	if r.State != Drafted || r.Due.IsZero() || r.Goes == goes {
		return nil
	}
	r.Goes = goes
	return r.changed()
}

// Take replaces the seating by one that was edited. The same seating again changes
// nothing.
func (r *Round) Take(actor bot.Actor, plan seating.Plan) ([]bot.Delivery, error) {
	if err := r.allow(actor, Edit); err != nil {
		return nil, err
	}
	return r.take(plan), nil
}

func (r *Round) take(plan seating.Plan) []bot.Delivery {
	was := slices.Clone(r.Seats)
	r.reseat(plan)
	if slices.Equal(was, r.Seats) {
		return nil
	}
	return r.changed()
}

// Again seats everybody anew. Read is the version that the seating was made from;
// ErrMoved when the round has changed since, so that pressed twice is once.
func (r *Round) Again(actor bot.Actor, read int64, plan seating.Plan) ([]bot.Delivery, error) {
	if err := r.allow(actor, Reseat); err != nil {
		return nil, err
	}
	if r.Version != read {
		return nil, ErrMoved
	}
	return r.take(plan), nil
}

// ErrUnfit refuses a seating that breaks what must hold.
var ErrUnfit = &bot.Error{Code: "round-unfit", Say: "This seating cannot go out yet, so nothing was approved. The first lines of its proof say what to put right."}

// Approve lets the round go out at its time or, with soon, in a minute. Fit says
// that the seating keeps what must hold, as of the version that was read. A second
// approval changes nothing.
func (r *Round) Approve(actor bot.Actor, soon bool, read int64, fit bool, now time.Time) ([]bot.Delivery, error) {
	if !r.May(actor, Approve) {
		return nil, bot.ErrNotFound
	}
	if r.State == Approved || r.State == Out {
		return nil, nil
	}
	switch {
	case !r.Can(Approve):
		return nil, r.cannot(Approve)
	case r.Version != read:
		return nil, ErrMoved
	case !fit:
		return nil, ErrUnfit
	}
	r.State, r.By, r.SendAt = Approved, actor.Person, now.Add(undoTime)
	if !soon && r.Due.After(r.SendAt) {
		r.SendAt = r.Due
	}
	return r.changed(), nil
}

// Reopen takes the approval back. A second time changes nothing.
func (r *Round) Reopen(actor bot.Actor) ([]bot.Delivery, error) {
	if !r.May(actor, Reopen) {
		return nil, bot.ErrNotFound
	}
	if r.State == Drafted {
		return nil, nil
	}
	if !r.Can(Reopen) {
		return nil, r.cannot(Reopen)
	}
	return r.reopen(), nil
}

func (r *Round) reopen() []bot.Delivery {
	r.State, r.By, r.SendAt = Drafted, "", time.Time{}
	return r.changed()
}

// CallOff ends a round before it goes out. A second time changes nothing.
func (r *Round) CallOff(actor bot.Actor, now time.Time) ([]bot.Delivery, error) {
	if !r.May(actor, CallOff) {
		return nil, bot.ErrNotFound
	}
	if r.State == CalledOff {
		return nil, nil
	}
	if !r.Can(CallOff) {
		return nil, r.cannot(CallOff)
	}
	return r.callOff(now), nil
}

func (r *Round) callOff(now time.Time) []bot.Delivery {
	r.State, r.Ended = CalledOff, now
	return r.changed()
}

// touched makes the cards of some tables newer.
func (r *Round) touched(tables ...int) []bot.Delivery {
	r.Version++
	slices.Sort(tables)
	var out []bot.Delivery
	for _, table := range slices.Compact(tables) {
		out = append(out, r.tableCards(table, r.followAt())...)
	}
	return out
}

// heard notes that somebody said a word about the round.
func (r *Round) heard(person bot.PersonID) {
	for i := range r.Standings {
		if r.Standings[i].Person == person {
			r.Standings[i].Unheard = 0
		}
	}
}

// Leave is "Not this time": the place stays free. Again changes nothing.
func (r *Round) Leave(actor bot.Actor) ([]bot.Delivery, error) {
	if err := r.allow(actor, Leave); err != nil {
		return nil, err
	}
	s := r.seat(actor.Person)
	if s.Stand == Away {
		return nil, nil
	}
	s.Stand, s.Wants = Away, false
	r.heard(actor.Person)
	return r.touched(s.Table), nil
}

// ErrFull means that a place was given away meanwhile.
var ErrFull = &bot.Error{Code: "table-full", Say: "Your table is full in the meantime, so your place is taken. The next round comes by itself."}

// ComeBack takes "Not this time" back, while the table has room. Again changes
// nothing.
func (r *Round) ComeBack(actor bot.Actor, h Hall) ([]bot.Delivery, error) {
	if err := r.allow(actor, Return); err != nil {
		return nil, err
	}
	s := r.seat(actor.Person)
	if s.Stand == Seated {
		return nil, nil
	}
	if !r.room(s, h) {
		return nil, ErrFull
	}
	s.Stand = Seated
	return r.touched(s.Table), nil
}

// room reports whether somebody who is not at their table may sit down there again.
func (r *Round) room(s *Seat, h Hall) bool {
	table := with(ids(r.At(s.Table)), string(s.Person))
	return s.Table > 0 && len(table) <= r.Largest && !h.barred(table)
}

func ids(persons []bot.PersonID) []string {
	out := make([]string, len(persons))
	for i, p := range persons {
		out[i] = string(p)
	}
	return out
}

// Swap seats somebody at another table: one that has room, while enough stay
// behind, else in the place of somebody who also wants to change. Where neither is
// there the wish waits. From is the table that the person asked to leave; who has
// left it already changes nothing. Whoever fits best comes to sit.
func (r *Round) Swap(actor bot.Actor, from int, h Hall) ([]bot.Delivery, error) {
	if err := r.allow(actor, SwapMe); err != nil {
		return nil, err
	}
	s := r.seat(actor.Person)
	if s.Table != from {
		return nil, nil
	}
	if s.Stand == Away {
		return nil, bot.Refuse("table-away", "You said Not this time, so there is no place to change. Come back first.")
	}
	r.heard(actor.Person)
	id := string(actor.Person)
	if rest := len(r.At(from)) - 1; rest >= r.Smallest || rest < 2 {
		var tables [][]string
		for n := range r.Tables {
			table := ids(r.At(n + 1))
			if n+1 == from || len(table) < 2 {
				table = nil
			}
			tables = append(tables, table)
		}
		if to, ok := h.room(tables, id); ok {
			return r.moveTo(map[bot.PersonID]int{actor.Person: to + 1}), nil
		}
	}
	if other, ok := r.partner(s, h); ok {
		return r.moveTo(map[bot.PersonID]int{actor.Person: other.Table, other.Person: from}), nil
	}
	if s.Wants {
		return nil, nil
	}
	s.Wants = true
	return r.touched(from), nil
}

// partner finds who else wants to change and fits best the other way round.
func (r *Round) partner(s *Seat, h Hall) (Seat, bool) {
	var found Seat
	best, ok := 0, false
	for _, other := range r.Seats {
		if !other.Wants || other.Stand != Seated || other.Table == s.Table {
			continue
		}
		mine := with(without(ids(r.At(s.Table)), string(s.Person)), string(other.Person))
		theirs := with(without(ids(r.At(other.Table)), string(other.Person)), string(s.Person))
		if h.barred(mine) || h.barred(theirs) {
			continue
		}
		if cost := h.cost(mine) + h.cost(theirs); !ok || cost < best {
			found, best, ok = other, cost, true
		}
	}
	return found, ok
}

// moveTo seats people at other tables. Each gets a card of their own: they asked.
func (r *Round) moveTo(where map[bot.PersonID]int) []bot.Delivery {
	var tables []int
	var moved []bot.PersonID
	for i := range r.Seats {
		s := &r.Seats[i]
		to, moves := where[s.Person]
		if !moves {
			continue
		}
		tables = append(tables, s.Table, to)
		s.Table, s.Wants = to, false
		if !s.Own {
			s.Own = true
			moved = append(moved, s.Person)
		}
	}
	out := r.touched(tables...)
	for i, d := range out {
		if slices.Contains(moved, d.To.Person) {
			out[i].Class, out[i].Expires = bot.Answer, time.Time{}
		}
	}
	return out
}

// ErrNoFormat refuses a choice that is none.
var ErrNoFormat = &bot.Error{Code: "table-format", Say: "Choose how your table meets: in a call, over coffee, or in a thread."}

// MeetBy changes how a table meets. The same again changes nothing.
func (r *Round) MeetBy(actor bot.Actor, format Format) ([]bot.Delivery, error) {
	if err := r.allow(actor, Choose); err != nil {
		return nil, err
	}
	if ParseFormat(string(format)) == "" {
		return nil, ErrNoFormat
	}
	n := r.seat(actor.Person).Table
	if r.Tables[n-1].Format == format {
		return nil, nil
	}
	r.Tables = slices.Clone(r.Tables)
	r.Tables[n-1].Format = format
	return r.touched(n), nil
}

// The reasons for which an answer is refused.
var (
	ErrNoOutcome = &bot.Error{Code: "table-outcome", Say: "Choose whether you met."}
	ErrSaid      = &bot.Error{Code: "table-said", Say: "You have told us already, and it is kept. Thank you."}
)

// Say keeps whether somebody met their table, until the round ends. The same again
// changes nothing; ErrSaid after another answer.
func (r *Round) Say(actor bot.Actor, outcome Outcome) ([]bot.Delivery, error) {
	if err := r.allow(actor, Answer); err != nil {
		return nil, err
	}
	s := r.seat(actor.Person)
	switch {
	case ParseOutcome(string(outcome)) == "":
		return nil, ErrNoOutcome
	case s.Said == outcome:
		return nil, nil
	case s.Said != "":
		return nil, ErrSaid
	}
	s.Said = outcome
	r.heard(actor.Person)
	r.Version++
	if !s.Asked {
		return nil, nil
	}
	return []bot.Delivery{r.followCard(s.Person)}, nil
}
