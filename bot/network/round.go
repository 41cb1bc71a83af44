package network

import (
	"fmt"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// QuestionID names the one question that an installation asks on a rhythm. It is
// the Subject of the chore.
const QuestionID = "main"

// DefaultQuestion is asked until a lead writes another one.
const DefaultQuestion = "What did you share, learn or need this week?"

// Pause is the least time between two rounds, whatever started them: a rhythm
// is at most weekly, and clocks change by an hour.
const Pause = 6 * 24 * time.Hour

// RoundLife is how long a round can be answered.
const RoundLife = 14 * 24 * time.Hour

// questionLife is how long a question waits to be allowed before it is dropped.
const questionLife = 7 * 24 * time.Hour

// reminderLife is the same for a reminder.
const reminderLife = 3 * 24 * time.Hour

// Reminders is how often somebody is reminded in one round.
const Reminders = 2

// reminderAfter returns after how many days the n-th reminder (0, 1) comes.
func reminderAfter(n int) int {
	if n == 0 {
		return 2
	}
	return 5
}

// Question is what is asked on a rhythm.
type Question struct {
	ID     string
	Text   string
	Rhythm string // schedule.Spec.String(); empty: only when a lead presses "Ask now"
}

// ParseRhythm reads a phrase such as "every second Thursday 14:00". An empty one
// gives the zero Spec: no rhythm. One that asks more than once a week is refused.
func ParseRhythm(phrase string, now time.Time, zone *time.Location) (schedule.Spec, error) {
	if strings.TrimSpace(phrase) == "" {
		return schedule.Spec{}, nil
	}
	spec, err := schedule.ParseAt(phrase, schedule.DateOf(now, zone))
	if err != nil {
		return schedule.Spec{}, err
	}
	last := time.Time{}
	for at, n := now, 0; n < 15; n++ {
		slot, ok := spec.Next(at, zone, nil)
		if !ok {
			return schedule.Spec{}, bot.Refuse("rhythm", "That names no day that comes. Write for example \"every second Thursday 14:00\".")
		}
		if !last.IsZero() && slot.Due.Sub(last) < Pause {
			return schedule.Spec{}, bot.Refuse("rhythm", "That asks more than once a week, which is more than people answer gladly. Write for example \"every Thursday 14:00\" or \"first Monday of the month 10:00\".")
		}
		last, at = slot.Due, slot.Due
	}
	return spec, nil
}

// Round is one time that the question was asked.
type Round struct {
	ID       string // RoundID(Question, Slot)
	Question string
	Slot     string // a schedule's slot, or "now-…" when a lead asked
	Text     string // the question as it was then
	Opened   time.Time
}

// RoundID names a round by what makes it unique.
func RoundID(question, slot string) string { return question + "/" + slot }

// The reasons for which Open does nothing.
var (
	ErrAskedLately = &bot.Error{Code: "asked-lately", Say: "A question went out in the last six days, so nothing was asked now. Nobody is asked more than once a week."}
	ErrNobody      = &bot.Error{Code: "nobody-to-ask", Say: "Nobody leads or supports yet, so nobody was asked. Post the call first: /evangelist call"}
)

// Opening is what the rule Open sees and decides. Latest is the newest round of
// the question or nil; Members are all who are with us; Waiting are the asks of
// earlier rounds. Open fills Round and Asks and ends those that wait.
type Opening struct {
	Question Question
	Latest   *Round
	Members  []Evangelist
	Waiting  []Ask

	Round Round
	Asks  []Ask
}

// Open begins a round for all who lead or support and are active, and ends the
// rounds before it. ErrAskedLately within Pause of the latest round, ErrNobody
// when there is nobody to ask; then nothing is decided.
func Open(o *Opening, slot string, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if o.Latest != nil && now.Sub(o.Latest.Opened) < Pause {
		return nil, ErrAskedLately
	}
	o.Round = Round{ID: RoundID(o.Question.ID, slot), Question: o.Question.ID, Slot: slot, Text: o.Question.Text, Opened: now}
	o.Asks = nil
	var out []bot.Delivery
	for _, e := range o.Members {
		if !e.Asked() {
			continue
		}
		ask := Ask{Round: o.Round.ID, Person: e.Person, Part: e.Part, State: Waiting, Opened: now, Text: o.Question.Text}
		ask.Next = ask.reminderAt(0, zone)
		o.Asks = append(o.Asks, ask)
		out = append(out, ask.delivery(0, now.Add(questionLife)))
	}
	if len(o.Asks) == 0 {
		return nil, ErrNobody
	}
	for i := range o.Waiting {
		out = append(out, o.Waiting[i].lapse()...)
	}
	return out, nil
}

// reminderAt is the moment of the n-th reminder in zone; one that would fall on
// a weekend comes on the Monday after, at the same time of day.
func (a Ask) reminderAt(n int, zone *time.Location) time.Time {
	at := a.Opened.In(zone).AddDate(0, 0, reminderAfter(n))
	switch at.Weekday() {
	case time.Saturday:
		at = at.AddDate(0, 0, 2)
	case time.Sunday:
		at = at.AddDate(0, 0, 1)
	}
	return at.UTC()
}

// askID names one person's part of a round; buttons carry it.
func askID(round string, person bot.PersonID) string { return round + "/" + string(person) }

// SplitAskID takes an ask's id apart; false when it is none.
func SplitAskID(id string) (round string, person bot.PersonID, ok bool) {
	at := strings.LastIndexByte(id, '/')
	if at <= 0 || at == len(id)-1 {
		return "", "", false
	}
	return id[:at], bot.PersonID(id[at+1:]), true
}

// messageKey is the delivery key of the n-th message of an ask: the question, then
// the reminders.
func messageKey(ask string, n int) string {
	if n == 0 {
		return "question/" + ask
	}
	return fmt.Sprintf("question/%s/%d", ask, n+1)
}
