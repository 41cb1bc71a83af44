package pilots

import (
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Level says how far a goal reaches. The values are stored.
type Level string

// The levels, the widest first.
const (
	Purpose   Level = "purpose"
	Objective Level = "objective"
	Goalpost  Level = "goal"
)

// Goal is what pilots serve: the purpose, an objective or a goal, in the small list
// that leads keep. OwnerName is joined from the register.
type Goal struct {
	ID       string
	Source   string // natural key of the form that made it; unique
	Level    Level
	Title    string
	Audience string // for whom; flagged when empty
	Benefit  string // what they gain; flagged when empty
	Owner    bot.PersonID
	Until    schedule.Date // zero: open-ended
	Closed   bool
	Created  time.Time

	OwnerName string
}

// Flags lists what is never passed over in silence.
func (g Goal) Flags() []string { return flags(string(g.Level), g.Audience, g.Benefit) }

// mayKeep reports whether an actor keeps the list of goals.
func mayKeep(actor bot.Actor) bool { return actor.Has(bot.Lead) }

// ErrGoalClosed refuses to change a goal that is closed.
var ErrGoalClosed = &bot.Error{Code: "goal-closed", Say: "This goal is closed, so nothing was changed. Pilots that served it keep its name."}

// Rewrite changes what the goal says; its id, source and level stay. The same
// again changes nothing.
func (g *Goal) Rewrite(actor bot.Actor, to Goal) error {
	switch {
	case !mayKeep(actor):
		return bot.ErrNotFound
	case g.Closed:
		return ErrGoalClosed
	}
	g.Title, g.Audience, g.Benefit, g.Owner, g.Until = to.Title, to.Audience, to.Benefit, to.Owner, to.Until
	return nil
}

// Close takes the goal off the list. Closing it again changes nothing.
func (g *Goal) Close(actor bot.Actor) error {
	if !mayKeep(actor) {
		return bot.ErrNotFound
	}
	g.Closed = true
	return nil
}
