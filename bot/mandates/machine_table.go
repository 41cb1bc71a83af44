package mandates

import (
	"slices"

	"evangelist/bot"
)

// Act is something that a person does to a Mandate.
type Act string

// The acts. See is reading it; all others change it.
const (
	See      Act = "see"
	Change   Act = "change" // other wishes, another signer, an answer to the question
	Withdraw Act = "withdraw"
	Renew    Act = "renew"   // ask for the next one
	Decline  Act = "decline" // let it run out
	Sign     Act = "sign"
	Return   Act = "return" // with a question
)

// Acts lists every act.
func Acts() []Act { return []Act{See, Change, Withdraw, Renew, Decline, Sign, Return} }

// State is where a Mandate stands.
type State string

// The states of a Mandate.
const (
	Asked     State = "asked"
	Returned  State = "returned"
	Signed    State = "signed"
	Withdrawn State = "withdrawn"
	Expired   State = "expired" // a year is over, or a newer one was signed
)

// States lists every state.
func States() []State { return []State{Asked, Returned, Signed, Withdrawn, Expired} }

// states says in which states an act is possible.
var states = map[Act][]State{
	See:      {Asked, Returned, Signed, Withdrawn, Expired},
	Change:   {Asked, Returned},
	Withdraw: {Asked, Returned, Signed},
	Renew:    {Signed, Expired},
	Decline:  {Signed},
	Sign:     {Asked},
	Return:   {Asked},
}

// Relation is what an actor is to a Mandate or a Resource.
type Relation string

// The relations. Other leads than the one who signs are colleagues to a Mandate.
const (
	AsOwner     Relation = "owner"
	AsSigner    Relation = "signer"
	AsLead      Relation = "lead"
	AsColleague Relation = "colleague"
	AsNobody    Relation = "nobody"
)

// Relations lists every relation.
func Relations() []Relation { return []Relation{AsOwner, AsSigner, AsLead, AsColleague, AsNobody} }

// relations says who may do an act.
var relations = map[Act][]Relation{
	See:      {AsOwner, AsSigner},
	Change:   {AsOwner},
	Withdraw: {AsOwner},
	Renew:    {AsOwner},
	Decline:  {AsOwner},
	Sign:     {AsSigner},
	Return:   {AsSigner},
}

// related says what an actor is to the mandate. Nobody signs their own.
func (m Mandate) related(actor bot.Actor) Relation {
	switch {
	case !actor.Has(bot.Colleague) || actor.Person == "":
		return AsNobody
	case actor.Person == m.Person:
		return AsOwner
	case actor.Person == m.Signer:
		return AsSigner
	}
	return AsColleague
}

// May reports whether an actor may do an act to the mandate at all. It is asked
// first, and a no looks as if there were none.
func (m Mandate) May(actor bot.Actor, act Act) bool {
	return slices.Contains(relations[act], m.related(actor))
}

// Can reports whether the state allows an act.
func (m Mandate) Can(act Act) bool { return slices.Contains(states[act], m.State) }

// cannot says why the state does not allow an act.
func (m Mandate) cannot(act Act) error {
	say := "This letter waits for its signature, so that comes later. Nothing was changed."
	switch m.State {
	case Returned:
		say = "This letter went back with a question, so nothing was changed. Once the question is answered it comes again."
	case Signed:
		say = "This letter is signed already, so nothing was changed."
	case Withdrawn:
		say = "This letter was withdrawn, so nothing was changed. A new one: /evangelist mandate"
	case Expired:
		say = "This letter has run out, so nothing was changed. A new one: /evangelist mandate"
	}
	return bot.Refuse("mandate-state", say)
}

// allow is the first line of every rule: who may, and then whether the state
// allows it.
func (m Mandate) allow(actor bot.Actor, act Act) error {
	if !m.May(actor, act) {
		return bot.ErrNotFound
	}
	if !m.Can(act) {
		return m.cannot(act)
	}
	return nil
}

// Deed is something that a person does to a Resource.
type Deed string

// The deeds. Look is reading it; all others change it.
const (
	Look     Deed = "look"
	Decide   Deed = "decide"
	TakeBack Deed = "take-back" // by whom it is; by a lead once that account is switched off
	HandOver Deed = "hand-over" // to somebody else, once that account is switched off
)

// Deeds lists every deed.
func Deeds() []Deed { return []Deed{Look, Decide, TakeBack, HandOver} }

// Outcome is where a Resource stands.
type Outcome string

// The outcomes of a Resource.
const (
	Waiting    Outcome = "waiting"
	Granted    Outcome = "granted"
	Partly     Outcome = "partly"
	NotGranted Outcome = "not-granted"
	TakenBack  Outcome = "taken-back"
)

// Outcomes lists every outcome.
func Outcomes() []Outcome { return []Outcome{Waiting, Granted, Partly, NotGranted, TakenBack} }

// deeds says who may do a deed. All but looking need a Resource that waits.
var deeds = map[Deed][]Relation{
	Look:     {AsOwner, AsLead},
	Decide:   {AsLead},
	TakeBack: {AsOwner, AsLead},
	HandOver: {AsLead},
}

// related lists what an actor is to the resource: a lead may own it as well.
func (r Resource) related(actor bot.Actor) []Relation {
	if !actor.Has(bot.Colleague) || actor.Person == "" {
		return []Relation{AsNobody}
	}
	all := []Relation{AsColleague}
	if actor.Person == r.Person {
		all = append(all, AsOwner)
	}
	if actor.Has(bot.Lead) {
		all = append(all, AsLead)
	}
	return all
}

// May reports whether an actor may do a deed to the resource at all. It is asked
// first, and a no looks as if there were none.
func (r Resource) May(actor bot.Actor, deed Deed) bool {
	return slices.ContainsFunc(r.related(actor), func(as Relation) bool {
		return slices.Contains(deeds[deed], as) && (as != AsLead || deed == Look || deed == Decide || r.Orphan)
	})
}

// Can reports whether the state allows a deed.
func (r Resource) Can(deed Deed) bool { return deed == Look || r.Outcome == Waiting }

// allow is the first line of every rule.
func (r Resource) allow(actor bot.Actor, deed Deed) error {
	switch {
	case !r.May(actor, deed):
		return bot.ErrNotFound
	case r.Can(deed):
		return nil
	case r.Outcome == TakenBack:
		return bot.Refuse("resource-over", "This request was taken back, so nothing was changed.")
	}
	return bot.Refuse("resource-over", "This request is decided already, and whoever asked has read how. Nothing was changed.")
}
