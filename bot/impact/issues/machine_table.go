package issues

import (
	"slices"

	"evangelist/bot"
)

// Act is something that a person does to an issue.
type Act string

// The acts. See is the lead's desk, Read the page; all others change the issue.
const (
	See     Act = "see"
	Read    Act = "read"
	Edit    Act = "edit" // the words, never a number
	Approve Act = "approve"
	Undo    Act = "undo" // take the approval back within a minute
	Skip    Act = "skip" // with a reason
	Hold    Act = "hold"
	GoOn    Act = "go-on"
	Reopen  Act = "reopen" // make a draft of what is held
	Make    Act = "make"   // a draft after all of what was skipped
	Object  Act = "object" // a champion finds something wrong
)

// Acts lists every act.
func Acts() []Act {
	return []Act{See, Read, Edit, Approve, Undo, Skip, Hold, GoOn, Reopen, Make, Object}
}

// States lists every state.
func States() []State { return []State{Planned, Draft, Approved, Early, Held, Published, Skipped} }

// states says in which states an act is possible.
var states = map[Act][]State{
	See:     {Planned, Draft, Approved, Early, Held, Published, Skipped},
	Read:    {Planned, Draft, Approved, Early, Held, Published, Skipped},
	Edit:    {Draft},
	Approve: {Draft},
	Undo:    {Approved},
	Skip:    {Planned, Draft, Held},
	Hold:    {Early},
	GoOn:    {Held},
	Reopen:  {Held},
	Make:    {Skipped},
	Object:  {Early, Held},
}

// settled says in which states an act is done already: pressing again is silent.
var settled = map[Act][]State{
	Approve: {Approved, Early},
	Undo:    {Draft},
	Skip:    {Skipped},
	Hold:    {Held},
	GoOn:    {Early, Published},
	Reopen:  {Draft},
	Make:    {Planned, Draft},
}

// Relation is what an actor is to an issue.
type Relation string

// The relations. AsChampion reads the issue's revision early.
const (
	AsLead      Relation = "lead"
	AsChampion  Relation = "champion"
	AsColleague Relation = "colleague"
	AsNobody    Relation = "nobody"
)

// Relations lists every relation.
func Relations() []Relation { return []Relation{AsLead, AsChampion, AsColleague, AsNobody} }

// relations says who may do an act.
var relations = map[Act][]Relation{
	See:     {AsLead},
	Read:    {AsLead},
	Edit:    {AsLead},
	Approve: {AsLead},
	Undo:    {AsLead},
	Skip:    {AsLead},
	Hold:    {AsLead},
	GoOn:    {AsLead},
	Reopen:  {AsLead},
	Make:    {AsLead},
	Object:  {AsChampion},
}

// readers says who reads the page besides leads.
var readers = map[State][]Relation{
	Early:     {AsChampion},
	Held:      {AsChampion},
	Published: {AsChampion, AsColleague},
}

// related lists what an actor is to the issue: a lead may be a champion as well.
// A champion is one while the revision that was given is on its way or out.
func (i *Issue) related(actor bot.Actor) []Relation {
	if !actor.Has(bot.Colleague) {
		return []Relation{AsNobody}
	}
	all := []Relation{AsColleague}
	early := i.State == Early || i.State == Held || i.State == Published
	if early && actor.Person != "" && slices.Contains(i.Champions, actor.Person) {
		all = append(all, AsChampion)
	}
	if actor.Has(bot.Lead) {
		all = append(all, AsLead)
	}
	return all
}

// May reports whether an actor may do an act to the issue at all. It is asked
// first, and a no looks as if there were no such issue.
func (i *Issue) May(actor bot.Actor, act Act) bool {
	return slices.ContainsFunc(i.related(actor), func(as Relation) bool {
		return slices.Contains(relations[act], as) || act == Read && slices.Contains(readers[i.State], as)
	})
}

// cannot says why the state does not allow an act.
func (i *Issue) cannot(act Act) error {
	say := "This report is a draft, so that comes later. Nothing was changed."
	switch {
	case i.State == Planned:
		say = "This report is only planned, so nothing was changed. Its draft comes when its days are over."
	case i.State == Approved:
		say = "This report was approved a moment ago, so nothing was changed. Undo the approval first, or wait until its minute is over."
	case i.State == Early && act == Undo:
		say = "This report is with its champions, so the approval can't be undone any more. Hold it, and then change its words."
	case i.State == Early:
		say = "This report is with its champions, so nothing was changed. Hold it first."
	case i.State == Held:
		say = "This report is held back, so nothing was changed. Let it go on, or make a draft of it again."
	case i.State == Published:
		say = "This report is published, so nothing was changed. What was published stands; the next one can say what was wrong."
	case i.State == Skipped:
		say = "This report was skipped, so nothing was changed. The reason stands in the list of reports."
	}
	return bot.Refuse("report-state", say)
}

// allow is the first line of every rule: who may, then whether the state allows
// it. done says that there is nothing left to do.
func (i *Issue) allow(actor bot.Actor, act Act) (done bool, err error) {
	switch {
	case !i.May(actor, act):
		return false, bot.ErrNotFound
	case slices.Contains(states[act], i.State):
		return false, nil
	case slices.Contains(settled[act], i.State):
		return true, nil
	}
	return false, i.cannot(act)
}
