package tables

import (
	"slices"

	"evangelist/bot"
)

// Act is something that a person does to a round.
type Act string

// The acts. See is reading the draft; all others change the round.
const (
	See     Act = "see"
	Edit    Act = "edit"    // move or exchange people by hand
	Reseat  Act = "reseat"  // seat everybody anew
	Approve Act = "approve" // it goes out at its time, or at once
	Reopen  Act = "reopen"  // take the approval back
	CallOff Act = "call-off"
	Leave   Act = "leave" // "Not this time"
	Return  Act = "return"
	SwapMe  Act = "swap-me" // another table
	Choose  Act = "choose"  // how the table meets
	Answer  Act = "answer"  // what came of it
)

// Acts lists every act.
func Acts() []Act {
	return []Act{See, Edit, Reseat, Approve, Reopen, CallOff, Leave, Return, SwapMe, Choose, Answer}
}

// States lists every state.
func States() []State { return []State{Drafted, Approved, Out, FollowedUp, Closed, CalledOff} }

// states says in which states an act is possible.
var states = map[Act][]State{
	See:     {Drafted, Approved, Out, FollowedUp, Closed, CalledOff},
	Edit:    {Drafted},
	Reseat:  {Drafted},
	Approve: {Drafted},
	Reopen:  {Approved},
	CallOff: {Drafted, Approved},
	Leave:   {Out},
	Return:  {Out},
	SwapMe:  {Out},
	Choose:  {Out},
	Answer:  {FollowedUp},
}

// Relation is what an actor is to a round.
type Relation string

// The relations, the closest first. AsSeated has a place at a table.
const (
	AsLead      Relation = "lead"
	AsSeated    Relation = "seated"
	AsColleague Relation = "colleague"
	AsNobody    Relation = "nobody"
)

// Relations lists every relation.
func Relations() []Relation { return []Relation{AsLead, AsSeated, AsColleague, AsNobody} }

// relations says who may do an act.
var relations = map[Act][]Relation{
	See:     {AsLead},
	Edit:    {AsLead},
	Reseat:  {AsLead},
	Approve: {AsLead},
	Reopen:  {AsLead},
	CallOff: {AsLead},
	Leave:   {AsSeated},
	Return:  {AsSeated},
	SwapMe:  {AsSeated},
	Choose:  {AsSeated},
	Answer:  {AsSeated},
}

// related lists what an actor is to the round: a lead may be seated as well. Where
// somebody sits is known to nobody before the round is out.
func (r *Round) related(actor bot.Actor) []Relation {
	if !actor.Has(bot.Colleague) {
		return []Relation{AsNobody}
	}
	all := []Relation{AsColleague}
	if _, seated := r.Place(actor.Person); seated && !r.State.open() && r.State != CalledOff {
		all = append(all, AsSeated)
	}
	if actor.Has(bot.Lead) {
		all = append(all, AsLead)
	}
	return all
}

// May reports whether an actor may do an act to the round at all. It is asked
// first, and a no looks as if there were no such round.
func (r *Round) May(actor bot.Actor, act Act) bool {
	return slices.ContainsFunc(r.related(actor), func(as Relation) bool { return slices.Contains(relations[act], as) })
}

// Can reports whether the round's state allows an act.
func (r *Round) Can(act Act) bool { return slices.Contains(states[act], r.State) }

// cannot says why the state does not allow an act.
func (r *Round) cannot(act Act) error {
	say := "This draft waits for its approval, so that comes later. Nothing was changed."
	switch {
	case r.State == Approved:
		say = "This round is approved and about to go out, so nothing was changed. Take the approval back first."
	case r.State == Out && act == Answer:
		say = "This round has only begun, so nothing was kept. You are asked what came of it in a few days."
	case r.State == Out:
		say = "This round is out already, so nothing was changed."
	case r.State == FollowedUp:
		say = "This round is a week old, so nothing was changed. The next one comes by itself."
	case r.State == Closed:
		say = "This round has ended, so nothing was changed. The next one comes by itself."
	case r.State == CalledOff:
		say = "This round was called off, so nothing was changed. A lead makes a new draft with /evangelist tables plan."
	}
	return bot.Refuse("round-state", say)
}

// allow is the first line of every rule: who may, and then whether the state
// allows it.
func (r *Round) allow(actor bot.Actor, act Act) error {
	if !r.May(actor, act) {
		return bot.ErrNotFound
	}
	if !r.Can(act) {
		return r.cannot(act)
	}
	return nil
}
