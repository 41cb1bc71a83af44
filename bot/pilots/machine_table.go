package pilots

import (
	"slices"

	"evangelist/bot"
)

// Act is something that a person does to a pilot.
type Act string

// The acts. See is reading it; all others change it.
const (
	See       Act = "see"
	Describe  Act = "describe"  // title, scope, audience, benefit, goal
	Bound     Act = "bound"     // cost cap, first and last day
	Fix       Act = "fix"       // the measure: written before the start, changed after it
	Prepare   Act = "prepare"   // the preflight
	Start     Act = "start"     // which fixes the measure
	Drop      Act = "drop"      // it never starts
	HandOver  Act = "hand-over" // to another sponsor
	Join      Act = "join"      // somebody joins or leaves the team
	CheckInAs Act = "check-in"  // the sponsor's line of the week
	Read      Act = "read"      // a reading
	AskThem   Act = "survey"    // ask participants for a number
	Give      Act = "give"      // a participant's number
	Finish    Act = "finish"    // decide before the last day
	Decide    Act = "decide"
	Extend    Act = "extend" // once
)

// Acts lists every act.
func Acts() []Act {
	return []Act{See, Describe, Bound, Fix, Prepare, Start, Drop, HandOver, Join, CheckInAs, Read, AskThem, Give, Finish, Decide, Extend}
}

// States lists every state.
func States() []State { return []State{Draft, Ready, Running, Deciding, Decided, Dropped} }

// states says in which states an act is possible.
var states = map[Act][]State{
	See:       {Draft, Ready, Running, Deciding, Decided, Dropped},
	Describe:  {Draft, Ready, Running},
	Bound:     {Draft, Ready},
	Fix:       {Draft, Ready, Running},
	Prepare:   {Draft, Ready},
	Start:     {Ready},
	Drop:      {Draft, Ready},
	HandOver:  {Draft, Ready, Running, Deciding},
	Join:      {Draft, Ready, Running, Deciding},
	CheckInAs: {Running},
	Read:      {Running, Deciding},
	AskThem:   {Running},
	Give:      {Running},
	Finish:    {Running},
	Decide:    {Deciding},
	Extend:    {Deciding},
}

// Relation is what an actor is to a pilot.
type Relation string

// The relations, the closest first.
const (
	AsLead      Relation = "lead"
	AsSponsor   Relation = "sponsor"
	AsTeam      Relation = "team"
	AsColleague Relation = "colleague"
	AsNobody    Relation = "nobody"
)

// Relations lists every relation.
func Relations() []Relation { return []Relation{AsLead, AsSponsor, AsTeam, AsColleague, AsNobody} }

// relations says who may do an act. A colleague sees a pilot from its start on.
var relations = map[Act][]Relation{
	See:       {AsLead, AsSponsor, AsTeam, AsColleague},
	Describe:  {AsLead, AsSponsor},
	Bound:     {AsLead, AsSponsor},
	Fix:       {AsLead, AsSponsor},
	Prepare:   {AsLead, AsSponsor},
	Start:     {AsLead, AsSponsor},
	Drop:      {AsLead, AsSponsor},
	HandOver:  {AsLead},
	Join:      {AsLead, AsSponsor},
	CheckInAs: {AsSponsor},
	Read:      {AsSponsor},
	AskThem:   {AsSponsor},
	Give:      {AsLead, AsSponsor, AsTeam, AsColleague},
	Finish:    {AsLead, AsSponsor},
	Decide:    {AsLead, AsSponsor},
	Extend:    {AsLead, AsSponsor},
}

// related lists what an actor is to a pilot: a lead may be its sponsor as well.
func (p Pilot) related(actor bot.Actor) []Relation {
	if !actor.Has(bot.Colleague) {
		return []Relation{AsNobody}
	}
	all := []Relation{AsColleague}
	if actor.Person != "" && slices.Contains(p.Team, actor.Person) {
		all = append(all, AsTeam)
	}
	if actor.Person != "" && actor.Person == p.Sponsor {
		all = append(all, AsSponsor)
	}
	if actor.Has(bot.Lead) {
		all = append(all, AsLead)
	}
	return all
}

// May reports whether an actor may do an act to the pilot at all, whatever its
// state allows. It is asked first, and a no looks as if there were no such pilot.
func (p Pilot) May(actor bot.Actor, act Act) bool {
	return slices.ContainsFunc(p.related(actor), func(as Relation) bool { return p.mayAs(as, act) })
}

func (p Pilot) mayAs(as Relation, act Act) bool {
	public := p.State == Running || p.State == Deciding || p.State == Decided
	return slices.Contains(relations[act], as) && (as != AsColleague || public)
}

// Can reports whether the pilot's state allows an act.
func (p Pilot) Can(act Act) bool {
	return slices.Contains(states[act], p.State) && (act != Extend || !p.Extended)
}

// cannot says why the state does not allow an act.
func (p Pilot) cannot(act Act) error {
	say := "This pilot is a draft, so that comes later. Its card says what is open."
	switch {
	case act == Extend && p.Extended && p.State != Dropped:
		say = "This pilot was extended once, and once is all. Decide with what you know: continue, scale or stop."
	case p.State == Ready:
		say = "This pilot has not started, so that comes later. Start it first."
	case p.State == Running:
		say = "This pilot is running, so that was done already or comes at its end. Nothing was changed."
	case p.State == Deciding:
		say = "This pilot has run and waits for its decision, so nothing was changed. Decide first: continue, scale or stop."
	case p.State == Decided:
		say = "This pilot was decided already, and the decision stands. Nothing was changed."
	case p.State == Dropped:
		say = "This pilot was dropped before it started. Nothing was changed; begin a new one with /evangelist pilot new."
	}
	return bot.Refuse("pilot-state", say)
}

// allow is the first line of every rule: who may, and then whether the state
// allows it.
func (p Pilot) allow(actor bot.Actor, act Act) error {
	if !p.May(actor, act) {
		return bot.ErrNotFound
	}
	if !p.Can(act) {
		return p.cannot(act)
	}
	return nil
}
