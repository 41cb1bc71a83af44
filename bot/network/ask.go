package network

import (
	"strings"
	"time"

	"evangelist/bot"
)

// AskState is where one person's part of a round stands.
type AskState string

// The states of an ask. Lapsed is the end: the ask is forgotten.
const (
	Waiting  AskState = "waiting"
	Declined AskState = "declined" // "Not this time"; may still answer
	Answered AskState = "answered"
	Lapsed   AskState = "lapsed"
)

// version of the card grows along every path through the states.
func (s AskState) version() int64 {
	switch s {
	case Waiting:
		return 1
	case Declined:
		return 2
	case Answered:
		return 3
	default:
		return 4
	}
}

// Ask is the question as put to one person. Prompt, Kind, Text and Opened come from
// the round. Learning or Need is what an answer became; the store keeps it in the transaction that
// saves the ask, and does not load it again.
type Ask struct {
	Round     string
	Person    bot.PersonID
	Part      Part // at the time of asking
	State     AskState
	Reminders int // sent so far
	Opened    time.Time
	From      time.Time // when the question may go out, from which reminders count
	Next      time.Time // when Tick has something to do
	Prompt    string
	Kind      Kind
	Text      string

	Learning *Learning
	Need     *Needed
}

// ID names the ask; buttons and cards carry it.
func (a Ask) ID() string { return askID(a.Round, a.Person) }

// Message is the key of the message that brings the question.
func (a Ask) Message() string { return messageKey(a.ID(), 0) }

// Outdated lists the keys of messages that must not go out any more if they have
// not: all of them once the ask is settled, else all but the newest.
func (a Ask) Outdated() []string {
	n := a.Reminders
	if a.State != Waiting {
		n++
	}
	var keys []string
	for i := range n {
		keys = append(keys, messageKey(a.ID(), i))
	}
	return keys
}

func (a Ask) end() time.Time { return a.Opened.Add(RoundLife) }

// delivery is the n-th message of the ask in its present state.
func (a Ask) delivery(n int, expires time.Time) bot.Delivery {
	kinds := [...]string{questionView, reminderView, lastView}
	return bot.Delivery{
		Key: messageKey(a.ID(), n), To: bot.Address{Person: a.Person}, Class: bot.Nudge, Expires: expires,
		View: &bot.View{Kind: kinds[n], ID: a.ID(), Version: a.State.version()},
	}
}

// settled brings every message that was added so far up to date.
func (a Ask) settled() []bot.Delivery {
	var out []bot.Delivery
	for n := 0; n <= a.Reminders; n++ {
		out = append(out, a.delivery(n, a.end()))
	}
	return out
}

// Tick does what time asks for: a reminder to somebody who is still asked, or the
// end. Member says whether the person still leads or supports and is active.
// Reminders that were missed are not made up for: at most one per call.
func (a *Ask) Tick(now time.Time, member bool, zone *time.Location) []bot.Delivery {
	if a.State == Lapsed {
		return nil
	}
	if !member || !now.Before(a.end()) {
		return a.lapse()
	}
	if a.State != Waiting {
		a.Next = a.end()
		return nil
	}
	var out []bot.Delivery
	if a.Reminders < Reminders && !now.Before(a.reminderAt(a.Reminders, zone)) {
		a.Reminders++
		out = append(out, a.delivery(a.Reminders, now.Add(reminderLife)))
	}
	a.Next = a.end()
	for n := a.Reminders; n < Reminders; n++ {
		if at := a.reminderAt(n, zone); at.After(now) {
			a.Next = at
			break
		}
	}
	return out
}

// lapse ends the ask without an answer, or after one.
func (a *Ask) lapse() []bot.Delivery {
	was := a.State
	a.State, a.Next = Lapsed, time.Time{}
	if was == Answered || was == Lapsed {
		return nil // the card says thank you and stays
	}
	return a.settled()
}

// Decline is "Not this time": silence until the next round. Declining again, or
// after an answer, changes nothing.
func (a *Ask) Decline() []bot.Delivery {
	if a.State != Waiting {
		return nil
	}
	a.State, a.Next = Declined, a.end()
	return a.settled()
}

// ErrAnswered means that the person has answered in this round; the first answer
// stands.
var ErrAnswered = &bot.Error{Code: "answered", Say: "You have answered this one already, and your answer is kept. Thank you."}

// Needed is what somebody needs, as it is handed to those who see to it. Leads read
// its words, never whose they are.
type Needed struct {
	ID     string
	Source string // natural key of the answer that it came from; unique
	Title  string // the first line, at most MaxTitle runes
	Words  string
	Person bot.PersonID
	Opened time.Time
}

// Title returns the first line of words, shortened to MaxTitle runes.
func Title(words string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(words), "\n")
	return within(strings.TrimSpace(line), MaxTitle)
}

// Answer settles the ask with what it became: a learning or a need, exactly one of
// them. ErrAnswered after an answer, ErrNotFound after the end.
func (a *Ask) Answer(learning *Learning, need *Needed) ([]bot.Delivery, error) {
	switch a.State {
	case Answered:
		return nil, ErrAnswered
	case Lapsed:
		return nil, bot.ErrNotFound
	}
	a.State, a.Next = Answered, a.end()
	a.Learning, a.Need = learning, need
	return a.settled(), nil
}
