package network

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// QuestionID names the one rhythm that an installation has. It is the Subject of the
// chore.
const QuestionID = "main"

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

// Question is the rhythm, and what a lead wants to be asked before the set goes on.
type Question struct {
	ID     string
	Text   string // a lead's own question, the last one that was written
	Kind   Kind   // of Text
	Used   bool   // Text was asked, or taken back
	Rhythm string // schedule.Spec.String(); empty: only when a lead presses "Ask now"
}

// Pending reports whether the lead's own question waits for the next round.
func (q Question) Pending() bool { return q.Text != "" && !q.Used }

// spec is the rhythm, the zero Spec when there is none.
func (q Question) spec() (schedule.Spec, error) {
	if q.Rhythm == "" {
		return schedule.Spec{}, nil
	}
	spec, err := schedule.Parse(q.Rhythm)
	if err != nil {
		return schedule.Spec{}, fmt.Errorf("read the rhythm of the question: %w", err)
	}
	return spec, nil
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

// Round is one time that a question was asked. Where somebody was asked the same
// one last time, a second round of the same slot asks them another.
type Round struct {
	ID       string // RoundID(Question, Slot)
	Question string
	Slot     string // a schedule's slot, or "now-…" when a lead asked; "…+" is the second round
	Prompt   string // which question of the set it was, or a lead's own
	Kind     Kind
	Text     string // the question as it was then
	Opened   time.Time
}

// RoundID names a round by what makes it unique.
func RoundID(question, slot string) string { return question + "/" + slot }

// The reasons for which Open does nothing.
var (
	ErrAskedLately = &bot.Error{Code: "asked-lately", Say: "A question went out in the last six days, so nothing was asked now. Nobody is asked more than once a week."}
	ErrNoTurn      = &bot.Error{Code: "nobodys-turn", Say: "Everybody who leads or supports was asked lately, as often as they like it, so nobody was asked now. The next round comes by itself."}
	ErrNobody      = &bot.Error{Code: "nobody-to-ask", Say: "Nobody leads or supports yet, so nobody was asked. Post the call first: /evangelist call"}
)

// Opening is what the rule Open sees and decides. Past are the rounds so far, the
// newest first, as many as turns look back; Members are all who are with us; Waiting
// are the asks of earlier rounds. Open fills Rounds and Asks, ends those that wait
// for the same people, and notes in Question that a lead's own was asked.
type Opening struct {
	Question Question
	Set      Set
	Past     []Round
	Members  []Evangelist
	Waiting  []Ask

	Rounds []Round // the first one is the slot's
	Asks   []Ask
	Forget time.Time // turns before it are forgotten, of people who are not with us
}

// Open begins a round for those who lead or support, are active and whose turn it
// is, and ends what was asked of them before. ErrAskedLately within Pause of the
// latest round, ErrNobody when there is nobody to ask, ErrNoTurn when it is nobody's
// turn; then nothing is decided.
func Open(o *Opening, slot string, now time.Time, zone *time.Location) ([]bot.Delivery, error) {
	if len(o.Past) > 0 && now.Sub(o.Past[0].Opened) < Pause {
		return nil, ErrAskedLately
	}
	asked := slices.DeleteFunc(slices.Clone(o.Members), func(e Evangelist) bool { return !e.Asked() })
	if len(asked) == 0 {
		return nil, ErrNobody
	}
	if asked = slices.DeleteFunc(asked, func(e Evangelist) bool { return !e.due(now) }); len(asked) == 0 {
		return nil, ErrNoTurn
	}
	first, ok := o.Set.Next(o.Past, "")
	if o.Question.Pending() {
		first, ok, o.Question.Used = said(o.Question), true, true
	}
	if !ok {
		return nil, fmt.Errorf("the set of questions %v has none to ask", o.Set)
	}
	o.Rounds, o.Asks, o.Forget = []Round{o.round(first, slot, now)}, nil, now.Add(-turnMemory)
	second, other := o.Set.Next(o.Past, first.ID)
	var out []bot.Delivery
	for _, e := range asked {
		round := o.Rounds[0]
		if other && e.Last.Prompt == first.ID {
			if len(o.Rounds) == 1 {
				o.Rounds = append(o.Rounds, o.round(second, slot+"+", now))
			}
			round = o.Rounds[1]
		}
		ask := Ask{Round: round.ID, Prompt: round.Prompt, Kind: round.Kind, Text: round.Text,
			Person: e.Person, Part: e.Part, State: Waiting, Opened: now, From: e.from(now)}
		ask.Next = ask.reminderAt(0, zone)
		o.Asks = append(o.Asks, ask)
		question := ask.delivery(0, now.Add(questionLife))
		if ask.From.After(now) {
			question.NotBefore = ask.From
		}
		out = append(out, question)
	}
	for i := range o.Waiting {
		if slices.ContainsFunc(asked, func(e Evangelist) bool { return e.Person == o.Waiting[i].Person }) {
			out = append(out, o.Waiting[i].lapse()...)
		}
	}
	return out, nil
}

func (o *Opening) round(p Prompt, slot string, now time.Time) Round {
	return Round{ID: RoundID(o.Question.ID, slot), Question: o.Question.ID, Slot: slot, Prompt: p.ID, Kind: p.Kind, Text: p.Text, Opened: now}
}

// reminderAt is the moment of the n-th reminder in zone; one that would fall on
// a weekend comes on the Monday after, at the same time of day.
func (a Ask) reminderAt(n int, zone *time.Location) time.Time {
	at := a.From.In(zone).AddDate(0, 0, reminderAfter(n))
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
