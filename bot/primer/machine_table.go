package primer

import (
	"slices"

	"evangelist/bot"
)

// State is where somebody is on the way through the lessons.
type State string

// The states of an Enrolment. None is nobody's enrolment yet and is never kept.
const (
	None     State = ""
	Running  State = "running"  // a lesson a week
	Over     State = "over"     // all were sent, not all were read
	Finished State = "finished" // all were read
	Stopped  State = "stopped"  // the reader wanted no more
	Out      State = "out"      // a lead took the reader out
	Gone     State = "gone"     // the account was switched off
)

// States lists every state.
func States() []State { return []State{None, Running, Over, Finished, Stopped, Out, Gone} }

// Act is something that a person does to an Enrolment.
type Act string

// The acts.
const (
	Enrol    Act = "enrol"
	TakeOut  Act = "take-out"
	Begin    Act = "begin" // for oneself, also again
	MarkRead Act = "read"
	Later    Act = "later"
	Stop     Act = "stop"
)

// Acts lists every act.
func Acts() []Act { return []Act{Enrol, TakeOut, Begin, MarkRead, Later, Stop} }

// states says in which states an act does something.
var states = map[Act][]State{
	Enrol:    {None, Out, Gone},
	TakeOut:  {Running, Over, Finished, Stopped},
	Begin:    {None, Over, Stopped, Out, Gone},
	MarkRead: {Running, Over, Stopped},
	Later:    {Running},
	Stop:     {Running},
}

// silent says in which states an act changes nothing and is no mistake: it was done
// already, or whether it was is for the reader alone to know.
var silent = map[Act][]State{
	Enrol:    {Running, Over, Finished, Stopped},
	TakeOut:  {None, Out, Gone},
	Begin:    {Running},
	MarkRead: {Finished},
	Stop:     {Stopped},
}

// Relation is what an actor is to an Enrolment.
type Relation string

// The relations.
const (
	AsLead      Relation = "lead"
	AsReader    Relation = "reader" // whose enrolment it is
	AsColleague Relation = "colleague"
	AsNobody    Relation = "nobody"
)

// Relations lists every relation.
func Relations() []Relation { return []Relation{AsLead, AsReader, AsColleague, AsNobody} }

// relations says who may do an act.
var relations = map[Act]Relation{
	Enrol: AsLead, TakeOut: AsLead,
	Begin: AsReader, MarkRead: AsReader, Later: AsReader, Stop: AsReader,
}

// May reports whether an actor may do an act at all. It is asked first, and a no
// looks as if there were nothing.
func (e Enrolment) May(actor bot.Actor, act Act) bool {
	if !actor.Has(bot.Colleague) {
		return false
	}
	if relations[act] == AsLead {
		return actor.Has(bot.Lead)
	}
	return actor.Person != "" && actor.Person == e.Person
}

// Can reports whether the state allows an act.
func (e Enrolment) Can(act Act) bool { return slices.Contains(states[act], e.State) }

// allow is the first line of every rule. Go says that there is something to do.
func (e Enrolment) allow(actor bot.Actor, act Act) (do bool, err error) {
	switch {
	case !e.May(actor, act):
		return false, bot.ErrNotFound
	case e.Can(act):
		return true, nil
	case slices.Contains(silent[act], e.State):
		return false, nil
	case e.State == None:
		return false, bot.Refuse("primer-none", "You do not get the lessons week by week, so nothing was changed. To begin: /evangelist primer weekly")
	case e.State == Finished:
		return false, bot.Refuse("primer-finished", "You have read all lessons already, so nothing was changed. They stay where they are: /evangelist primer")
	}
	return false, bot.Refuse("primer-over", "Your series has ended, so nothing was changed. All lessons stay where they are: /evangelist primer")
}
