package requests

import (
	"slices"

	"evangelist/bot"
)

// Act is something that a person does to a request.
type Act string

// The acts. See is reading it; all others change it.
const (
	See      Act = "see"
	Take     Act = "take"      // a lead sees to it
	Name     Act = "name"      // a lead names somebody who sees to it
	Move     Act = "move"      // another date
	HandBack Act = "hand-back" // whoever had it does not see to it after all
	Close    Act = "close"     // met, or refused with a reason
)

// Acts lists every act.
func Acts() []Act { return []Act{See, Take, Name, Move, HandBack, Close} }

// States lists every state.
func States() []State { return []State{Open, Taken, Met, Refused} }

// states says in which states an act is possible.
var states = map[Act][]State{
	See:      {Open, Taken, Met, Refused},
	Take:     {Open},
	Name:     {Open, Taken},
	Move:     {Taken},
	HandBack: {Taken},
	Close:    {Open, Taken},
}

// Relation is what an actor is to a request. Whoever asked has none: they are
// written to, and nobody sees that it was them.
type Relation string

// The relations, the closest first.
const (
	AsLead      Relation = "lead"
	AsOwner     Relation = "owner"
	AsColleague Relation = "colleague"
	AsNobody    Relation = "nobody"
)

// Relations lists every relation.
func Relations() []Relation { return []Relation{AsLead, AsOwner, AsColleague, AsNobody} }

// relations says who may do an act.
var relations = map[Act][]Relation{
	See:      {AsLead, AsOwner},
	Take:     {AsLead},
	Name:     {AsLead},
	Move:     {AsLead, AsOwner},
	HandBack: {AsLead, AsOwner},
	Close:    {AsLead, AsOwner},
}

// related lists what an actor is to a request: a lead may be its owner as well.
func (r Request) related(actor bot.Actor) []Relation {
	if !actor.Has(bot.Colleague) {
		return []Relation{AsNobody}
	}
	all := []Relation{AsColleague}
	if actor.Person != "" && actor.Person == r.Owner {
		all = append(all, AsOwner)
	}
	if actor.Has(bot.Lead) {
		all = append(all, AsLead)
	}
	return all
}

// May reports whether an actor may do an act to the request at all. It is asked
// first, and a no looks as if there were no such request.
func (r Request) May(actor bot.Actor, act Act) bool {
	return slices.ContainsFunc(r.related(actor), func(as Relation) bool { return slices.Contains(relations[act], as) })
}

// Can reports whether the request's state allows an act.
func (r Request) Can(act Act) bool { return slices.Contains(states[act], r.State) }

// cannot says why the state does not allow an act.
func (r Request) cannot() error {
	switch r.State {
	case Open:
		return bot.Refuse("request-state", "Nobody sees to this request at the moment, so nothing was changed.")
	case Taken:
		return bot.Refuse("request-state", "Somebody sees to this request already, so nothing was changed.")
	}
	return bot.Refuse("request-state", "This request has been closed already, so nothing was changed.")
}

// allow is the first line of every rule: who may, and then whether the state
// allows it.
func (r Request) allow(actor bot.Actor, act Act) error {
	if !r.May(actor, act) {
		return bot.ErrNotFound
	}
	if !r.Can(act) {
		return r.cannot()
	}
	return nil
}
