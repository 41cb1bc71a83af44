package roster

import (
	"strconv"
	"time"

	"evangelist/bot"
)

// Times of questions.
const (
	quarter   = 91 * 24 * time.Hour // nobody is asked again before it is over
	sendFor   = 7 * 24 * time.Hour  // how long a question may wait to be sent
	askEvery  = quarter + sendFor   // so that two that are read are a quarter apart, however long the first waited
	answerFor = 21 * 24 * time.Hour // after it a question lapses, and nobody is blamed
	tellFor   = 14 * 24 * time.Hour // how long news of an appointment is worth telling
)

// MaxReason is the longest personal reason, in runes.
const MaxReason = 600

// Part is what somebody is invited to do.
type Part string

// The parts that an invitation can be for, and those that others have.
const (
	NoPart   Part = ""
	Leads    Part = "lead"
	Supports Part = "support"
	Follows  Part = "follow"
)

// State is where an invitation stands.
type State string

// The states of an invitation. All but Asked and PutOff are the end of it.
const (
	NotInvited State = ""
	Asked      State = "open"
	PutOff     State = "later"
	Accepted   State = "accepted"
	Declined   State = "no"
	Lapsed     State = "lapsed"
	Withdrawn  State = "withdrawn"
)

// Waits reports whether an answer may still come: to a lead "asked, waits".
func (s State) Waits() bool { return s == Asked || s == PutOff }

// Guest is a colleague who was asked something, with the newest invitation. Last
// counts for every question, whoever asked and for whichever department.
type Guest struct {
	Person  bot.PersonID
	Last    time.Time // when the person was last asked
	SaidNo  time.Time // when the person said no to a place
	Refused bool      // said no to an invitation: nobody invites again
	Office  string    // of the place that the person has; known where an office is changed
	// Of the newest invitation. Reason is forgotten when it is over.
	N          int
	Key        string // natural key of the form that it came from
	Department string
	Part       Part
	Reason     string
	By         bot.PersonID
	State      State
	Opened     time.Time
	Again      bool // asked for the second and last time
	Joined     bool // accepted, and on the list
	Version    int64
}

// Free reports whether the person may be asked something.
func (g *Guest) Free(now time.Time) bool { return g.Last.IsZero() || !now.Before(g.Last.Add(askEvery)) }

// ID names the newest invitation.
func (g *Guest) ID() string { return string(g.Person) + "/" + strconv.Itoa(g.N) }

func (g *Guest) keys() []string {
	if g.N == 0 {
		return nil
	}
	keys := []string{"roster/invite/" + g.ID()}
	if g.Again {
		keys = append(keys, keys[0]+"/again")
	}
	return keys
}

func (g *Guest) cards() []bot.Delivery {
	g.Version++
	var out []bot.Delivery
	for _, key := range g.keys() {
		out = append(out, bot.Delivery{Key: key, To: bot.Address{Person: g.Person}, Class: bot.Nudge, Expires: g.Opened.Add(sendFor),
			View: &bot.View{Kind: inviteView, ID: g.ID(), Version: g.Version}})
	}
	return out
}

// Outdated names messages that must not go out any more.
func (g *Guest) Outdated() []string {
	if g.State == Asked {
		return nil
	}
	return g.keys()
}

// Invitation is what a lead sends.
type Invitation struct {
	Key        string // natural key: a second one with the same changes nothing
	Person     bot.Person
	Part       Part
	Department string
	Reason     string
	Hole       bool // the department has a hole where this person is
	With       bool // the person leads or supports already
}

// Invite asks a colleague, unless that may not be: the error says from when it may.
func (g *Guest) Invite(actor bot.Actor, i Invitation, now time.Time) ([]bot.Delivery, error) {
	if !g.May(actor, Invite) {
		return nil, bot.ErrNotFound
	}
	name := i.Person.Name
	switch {
	case g.Key == i.Key && i.Key != "":
		return nil, nil
	case i.Person.Inactive || i.Person.Outside || i.Person.ID != g.Person:
		return nil, bot.Refuse("person", "That is no active account of this organisation, so nobody was asked. Choose a colleague who is there.")
	case i.With:
		return nil, bot.Refuse("person", name+" is with us already. To give a place in the department: /evangelist representative")
	case i.Person.Department != i.Department:
		return nil, bot.Refuse("person", name+" is recorded in "+orNone(i.Person.Department)+". Choose a colleague of "+i.Department+", or type /evangelist invite to choose from all.")
	case !i.Hole:
		return nil, bot.Refuse("person", "Somebody leads or supports where "+name+" works, so nobody needs to be asked there. /evangelist coverage shows where nobody is.")
	case i.Part != Leads && i.Part != Supports:
		return nil, bot.Refuse("part", "Choose whether to lead or to support.")
	case i.Reason == "":
		return nil, bot.Refuse("reason", "Write why you think of "+name+". It is shown word for word, and it is what people answer to.")
	case g.State.Waits():
		return nil, bot.Refuse("person", name+" was asked, and the answer waits. Nobody else asks meanwhile.")
	case g.Refused:
		return nil, bot.Refuse("person", name+" answered \"not now\", so nobody asks again. Whoever thinks again types /evangelist join.")
	case !g.Free(now):
		return nil, bot.Refuse("person", name+" was asked something lately, and nobody is asked more than once a quarter. It is possible again from "+date(g.Last.Add(askEvery))+".")
	case !g.Can(Invite):
		return nil, g.cannot()
	}
	g.N++
	g.Key, g.Department, g.Part, g.Reason, g.By = i.Key, i.Department, i.Part, i.Reason, actor.Person
	g.State, g.Opened, g.Last, g.Again, g.Joined = Asked, now, now, false, false
	return g.cards(), nil
}

// answer is what the lead who invited reads.
func (g *Guest) answer(yes bool, name string) bot.Delivery {
	message := answerMessage(*g, yes, name)
	return bot.Delivery{Key: "roster/invite/" + g.ID() + "/answer", To: bot.Address{Person: g.By}, Class: bot.Answer, Frozen: &message}
}

func (g *Guest) over(state State) []bot.Delivery {
	g.State, g.Reason = state, ""
	return g.cards()
}

// Accept says yes; the feature then puts the person on the list. Again changes
// nothing.
func (g *Guest) Accept(actor bot.Actor, n int) ([]bot.Delivery, error) {
	if err := g.allow(actor, Accept, n, Accepted); err != nil || g.State == Accepted {
		return nil, err
	}
	return append(g.over(Accepted), g.answer(true, actor.Name)), nil
}

// Later puts the answer off: the bot asks once more, not before a quarter is over.
// After the second question it means that the matter rests.
func (g *Guest) Later(actor bot.Actor, n int) ([]bot.Delivery, error) {
	if err := g.allow(actor, Later, n, PutOff); err != nil || g.State == PutOff {
		return nil, err
	}
	if g.Again {
		return g.over(Lapsed), nil
	}
	g.State = PutOff
	return g.cards(), nil
}

// No ends the matter for good: nobody invites again. The lead reads "not now".
func (g *Guest) No(actor bot.Actor, n int) ([]bot.Delivery, error) {
	if err := g.allow(actor, No, n, Declined); err != nil || g.State == Declined {
		return nil, err
	}
	g.Refused = true
	return append(g.over(Declined), g.answer(false, actor.Name)), nil
}

// Withdraw takes an invitation back. Again changes nothing.
func (g *Guest) Withdraw(actor bot.Actor, n int) ([]bot.Delivery, error) {
	if err := g.allow(actor, Withdraw, n, Withdrawn); err != nil || g.State == Withdrawn {
		return nil, err
	}
	return g.over(Withdrawn), nil
}

// About is what a tick needs to know of a Guest.
type About struct {
	Gone bool // cannot be reached any more
	With bool // leads or supports
}

// Tick does the next thing that time or the register asks for, and reports whether
// there was one.
func (g *Guest) Tick(now time.Time, about About) ([]bot.Delivery, bool) {
	switch due := g.NextAt(); {
	case g.State == Accepted && !g.Joined && (about.With || about.Gone):
		g.Joined = true
		return nil, true
	case !g.State.Waits():
		return nil, false
	case about.Gone || about.With:
		return g.over(Withdrawn), true
	case due.IsZero() || now.Before(due):
		return nil, false
	case g.State == Asked:
		return g.over(Lapsed), true
	}
	g.State, g.Opened, g.Last, g.Again = Asked, now, now, true
	return g.cards(), true
}

// NextAt is when time asks for something; zero: nothing.
func (g *Guest) NextAt() time.Time {
	switch g.State {
	case Asked:
		return g.Opened.Add(answerFor)
	case PutOff:
		return g.Last.Add(askEvery)
	}
	return time.Time{}
}
