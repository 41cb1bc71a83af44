package champions

import (
	"slices"

	"evangelist/bot"
)

// Act is something that a person does to a champion's part.
type Act string

// The acts. See is reading the page; all others change it.
const (
	See     Act = "see"
	Name    Act = "name"
	Accept  Act = "accept"
	Decline Act = "decline"
	GoOn    Act = "go-on" // still right
	Rest    Act = "rest"
	Return  Act = "return"
	Leave   Act = "leave"
	Meet    Act = "meet"    // set the next meeting, or say what came of one
	Promise Act = "promise" // add one
	Settle  Act = "settle"  // kept or dropped
	Send    Act = "send"    // the briefing goes as it stands
	Edit    Act = "edit"
	Skip    Act = "skip"
)

// Acts lists every act.
func Acts() []Act {
	return []Act{See, Name, Accept, Decline, GoOn, Rest, Return, Leave, Meet, Promise, Settle, Send, Edit, Skip}
}

// States lists every state.
func States() []State { return []State{None, Asked, Active, Resting, Declined, Lapsed, Left} }

// Relation is what an actor is to a champion.
type Relation string

// The relations. AsSelf is the person who was named.
const (
	AsLead      Relation = "lead"
	AsSelf      Relation = "self"
	AsColleague Relation = "colleague"
	AsNobody    Relation = "nobody"
)

// Relations lists every relation.
func Relations() []Relation { return []Relation{AsLead, AsSelf, AsColleague, AsNobody} }

// allowed says who may do an act, and in which states.
var allowed = map[Act]map[Relation][]State{
	See:     {AsLead: {Asked, Active, Resting, Declined, Lapsed, Left}, AsSelf: {Active, Resting}},
	Name:    {AsLead: {None, Declined, Lapsed, Left}},
	Accept:  {AsSelf: {Asked}},
	Decline: {AsSelf: {Asked}},
	GoOn:    {AsSelf: {Active}},
	Rest:    {AsSelf: {Active}},
	Return:  {AsSelf: {Resting}},
	Leave:   {AsSelf: {Active, Resting}},
	Meet:    {AsLead: {Active, Resting}, AsSelf: {Active, Resting}},
	Promise: {AsLead: {Active, Resting}, AsSelf: {Active, Resting}},
	Settle:  {AsLead: {Active, Resting, Left}, AsSelf: {Active, Resting}},
	Send:    {AsLead: {Active}},
	Edit:    {AsLead: {Active}},
	Skip:    {AsLead: {Active}},
}

// related lists what an actor is to the champion: a lead may be one.
func (c *Champion) related(actor bot.Actor) []Relation {
	if !actor.Has(bot.Colleague) {
		return []Relation{AsNobody}
	}
	all := []Relation{AsColleague}
	if actor.Person != "" && actor.Person == c.Person && c.State != None {
		all = append(all, AsSelf)
	}
	if actor.Has(bot.Lead) {
		all = append(all, AsLead)
	}
	return all
}

// May reports whether an actor may do an act to the champion at all. It is asked
// first, and a no looks as if there were no such champion.
func (c *Champion) May(actor bot.Actor, act Act) bool {
	if c.State == None && act != Name {
		return false
	}
	return slices.ContainsFunc(c.related(actor), func(as Relation) bool { return len(allowed[act][as]) > 0 })
}

// Can reports whether the state allows an actor an act.
func (c *Champion) Can(actor bot.Actor, act Act) bool {
	return slices.ContainsFunc(c.related(actor), func(as Relation) bool { return slices.Contains(allowed[act][as], c.State) })
}

// allow is the first line of every rule: who may, and then whether the state
// allows it.
func (c *Champion) allow(actor bot.Actor, act Act) error {
	if !c.May(actor, act) {
		return bot.ErrNotFound
	}
	if !c.Can(actor, act) {
		return c.cannot(act)
	}
	return nil
}

// cannot says why the state does not allow an act.
func (c *Champion) cannot(act Act) error {
	if act == See {
		return bot.ErrNotFound
	}
	say := "This person was asked and has not answered yet, so nothing was changed."
	switch {
	case act == Accept || act == Decline:
		say = "This question has its answer already, so nothing was changed. Ask your comms lead if you think otherwise now."
		if c.State == Lapsed {
			say = "This question has run out, so nothing was changed. Tell your comms lead if you would like to be asked again."
		}
	case act == Name && c.State != Asked:
		say = "This person is a champion already, so nobody was asked."
	case act == Name:
		say = "This person was asked already and has not answered yet, so nobody was asked again."
	case c.State == Active:
		say = "There is no rest to end, so nothing was changed."
	case c.State == Resting:
		say = "Nothing is sent and asked during a rest, so nothing was changed."
	case c.State == Left:
		say = "This person is no longer a champion, so nothing was changed."
	case c.State == Declined || c.State == Lapsed:
		say = "This person is no champion, so nothing was changed."
	}
	return bot.Refuse("champion-state", say)
}
