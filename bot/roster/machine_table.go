package roster

import (
	"slices"

	"evangelist/bot"
)

// Act is something that a person does to an office or an invitation.
type Act string

// The acts on an office.
const (
	Appoint  Act = "appoint"
	Release  Act = "release"
	StepDown Act = "step-down" // also saying no to an appointment
	TakeOver Act = "take-over"
	NotMe    Act = "not-me"
)

// The acts on an invitation.
const (
	Invite   Act = "invite"
	Withdraw Act = "withdraw"
	Accept   Act = "accept"
	Later    Act = "later"
	No       Act = "no"
)

// OfficeActs lists the acts on an office.
func OfficeActs() []Act { return []Act{Appoint, Release, StepDown, TakeOver, NotMe} }

// InvitationActs lists the acts on an invitation.
func InvitationActs() []Act { return []Act{Invite, Withdraw, Accept, Later, No} }

// OfficeStates lists the states of an office.
func OfficeStates() []OfficeState { return []OfficeState{AtRest, Vacated, Asking, LeadsTurn} }

// States lists the states of an invitation.
func States() []State {
	return []State{NotInvited, Asked, PutOff, Accepted, Declined, Lapsed, Withdrawn}
}

// officeStates says in which states an act on an office is possible.
var officeStates = map[Act][]OfficeState{
	Appoint:  {AtRest, Vacated, Asking, LeadsTurn},
	Release:  {AtRest, Vacated, Asking, LeadsTurn},
	StepDown: {AtRest, Vacated, Asking, LeadsTurn},
	TakeOver: {Asking},
	NotMe:    {Asking},
}

// invitationStates says in which states an act on an invitation is possible.
var invitationStates = map[Act][]State{
	Invite:   {NotInvited, Accepted, Lapsed, Withdrawn},
	Withdraw: {Asked, PutOff},
	Accept:   {Asked, PutOff},
	Later:    {Asked},
	No:       {Asked, PutOff},
}

// Relation is what an actor is to an office or an invitation.
type Relation string

// The relations. AsHolder has a place of the office, AsGuest was invited.
const (
	AsLead      Relation = "lead"
	AsHolder    Relation = "holder"
	AsGuest     Relation = "guest"
	AsColleague Relation = "colleague"
	AsNobody    Relation = "nobody"
)

// relations says who may do an act.
var relations = map[Act]Relation{
	Appoint: AsLead, Release: AsLead, StepDown: AsHolder, TakeOver: AsHolder, NotMe: AsHolder,
	Invite: AsLead, Withdraw: AsLead, Accept: AsGuest, Later: AsGuest, No: AsGuest,
}

func related(actor bot.Actor, held bool, as Relation) []Relation {
	if !actor.Has(bot.Colleague) {
		return []Relation{AsNobody}
	}
	all := []Relation{AsColleague}
	if held {
		all = append(all, as)
	}
	if actor.Has(bot.Lead) {
		all = append(all, AsLead)
	}
	return all
}

// May reports whether an actor may do an act to the office at all. It is asked
// first, and a no looks as if there were no such office.
func (o *Office) May(actor bot.Actor, act Act) bool {
	return slices.Contains(related(actor, o.Holds(actor.Person) != "", AsHolder), relations[act])
}

// Can reports whether the state of the office allows an act.
func (o *Office) Can(act Act) bool { return slices.Contains(officeStates[act], o.State) }

func (o *Office) cannot() error {
	return bot.Refuse("office-state", "That is settled in the meantime, so nothing was changed. Thank you for looking at it.")
}

func (o *Office) allow(actor bot.Actor, act Act) error {
	if !o.May(actor, act) {
		return bot.ErrNotFound
	}
	if !o.Can(act) {
		return o.cannot()
	}
	return nil
}

// May reports whether an actor may do an act to the invitation at all.
func (g *Guest) May(actor bot.Actor, act Act) bool {
	return slices.Contains(related(actor, g.Person != "" && actor.Person == g.Person, AsGuest), relations[act])
}

// Can reports whether the state of the invitation allows an act.
func (g *Guest) Can(act Act) bool { return slices.Contains(invitationStates[act], g.State) }

func (g *Guest) cannot() error {
	return bot.Refuse("invitation-over", "This invitation is no longer open, so nothing was changed. To be with us, now or later: /evangelist join")
}

// allow is the first line of a rule on invitation n: who may, and then whether the
// state allows it. Already is the state that the same act led to before.
func (g *Guest) allow(actor bot.Actor, act Act, n int, already State) error {
	switch {
	case !g.May(actor, act) || g.N == 0 || n > g.N || n < 1:
		return bot.ErrNotFound
	case n < g.N:
		return g.cannot()
	case g.State != already && !g.Can(act):
		return g.cannot()
	}
	return nil
}
