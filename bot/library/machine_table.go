package library

import (
	"slices"

	"evangelist/bot"
)

// State is where a proposal stands. The values are stored.
type State string

// The states. A proposal begins as Proposed; Told, Declined, Later and Lapsed are
// its ends.
const (
	Proposed State = "proposed"
	Accepted State = "accepted" // waits for the next edition
	WasTold  State = "told"
	Declined State = "declined" // not this entry
	Later    State = "later"    // not now
	Lapsed   State = "lapsed"   // nobody decided, or the entry was taken back
)

// States lists every state.
func States() []State { return []State{Proposed, Accepted, WasTold, Declined, Later, Lapsed} }

// Over reports whether nothing happens to it any more.
func (s State) Over() bool { return s != Proposed && s != Accepted }

// Choice is what a lead does with a proposal.
type Choice string

// The choices. Look is reading it.
const (
	Look        Choice = "look"
	NextEdition Choice = "edition"
	AMeeting    Choice = "meeting"
	NotThisOne  Choice = "not-this"
	NotNow      Choice = "not-now"
)

// Choices lists every choice.
func Choices() []Choice { return []Choice{Look, NextEdition, AMeeting, NotThisOne, NotNow} }

// moves says from which states a choice leads where.
var moves = map[Choice]map[State]State{
	NextEdition: {Proposed: Accepted},
	AMeeting:    {Proposed: WasTold},
	NotThisOne:  {Proposed: Declined},
	NotNow:      {Proposed: Later, Accepted: Later},
}

// May reports whether an actor may do anything with proposals at all: leads alone.
// It is asked first, and a no looks as if there were none.
func (p *Proposal) May(actor bot.Actor) bool { return actor.Has(bot.Lead) && p.ID != "" }

// Can reports whether the state allows a choice.
func (p *Proposal) Can(choice Choice) bool {
	if choice == Look {
		return slices.Contains(States(), p.State)
	}
	_, ok := moves[choice][p.State]
	return ok
}

// cannot says why the state does not allow a choice.
func (p *Proposal) cannot() error {
	say := "This one lapsed, so nothing was changed. The next proposal comes in a month at the earliest."
	switch p.State {
	case Accepted:
		say = "It is chosen for the next edition already, so nothing was changed. Not now takes that back."
	case WasTold:
		say = "It was told already, so nothing was changed. To note another telling: /evangelist told"
	case Declined:
		say = "Somebody chose Not this one already, so nothing was changed. The next proposal comes in a month at the earliest."
	case Later:
		say = "Somebody chose Not now already, so nothing was changed. It may come back after a quarter."
	}
	return bot.Refuse("proposal-state", say)
}
