package network

import (
	"context"
	"errors"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Pace is how often somebody wants to be asked. Nobody is asked more often than the
// question goes round.
type Pace string

// The paces. EachTime, the default, is the rhythm that the leads set.
const (
	EachTime    Pace = ""
	Fortnightly Pace = "fortnight"
	Monthly     Pace = "month"
)

// ParsePace reads a form's answer; "" is EachTime.
func ParsePace(text string) (Pace, bool) {
	pace := Pace(strings.TrimSpace(text))
	if pace == "each" {
		pace = EachTime
	}
	return pace, pace == EachTime || pace == Fortnightly || pace == Monthly
}

// gap is the least time between two questions to one person, as they are opened
// and as they go out. It is a day less than the pace says, so that clocks may
// change and the same weekday fits.
func (p Pace) gap() time.Duration {
	switch p {
	case Fortnightly:
		return 13 * 24 * time.Hour
	case Monthly:
		return 27 * 24 * time.Hour
	default:
		return Pause
	}
}

// Turn is when somebody was asked last, and what. It is kept for a while when the
// person leaves, so that coming back is no way to be asked twice.
type Turn struct {
	Prompt string    // what was asked, of the set or of a lead
	Opened time.Time // zero: never
	Sent   time.Time // when the question went out; zero: it did not, as far as is known
}

// turnMemory is how long the turn of somebody who left is kept.
const turnMemory = 60 * 24 * time.Hour

// due reports whether it is the person's turn at now.
func (e Evangelist) due(now time.Time) bool {
	return e.Last.Opened.IsZero() || now.Sub(e.Last.Opened) >= e.Pace.gap()
}

// from is the first moment at which a question that is opened now may go out to the
// person: the one before may have waited for quiet hours and caps.
func (e Evangelist) from(now time.Time) time.Time {
	if e.Last.Sent.IsZero() {
		return now
	}
	if at := e.Last.Sent.Add(e.Pace.gap()); at.After(now) {
		return at
	}
	return now
}

// turnAfter is the first slot of the rhythm after now at which it is the person's
// turn; false when there is none.
func (e Evangelist) turnAfter(now time.Time, spec schedule.Spec, zone *time.Location) (time.Time, bool) {
	for range 60 {
		slot, ok := spec.Next(now, zone, nil)
		if !ok {
			return time.Time{}, false
		}
		if e.due(slot.Due) {
			return slot.Due, true
		}
		now = slot.Due
	}
	return time.Time{}, false
}

// paceField asks how often; rhythm describes the present one, "" when there is none.
func paceField(pace Pace, rhythm string) bot.Field {
	each := "Whenever the question goes round, at most once a week."
	if rhythm != "" {
		each = "Whenever the question goes round: " + rhythm + " at present, and never more than once a week."
	}
	value := string(pace)
	if pace == EachTime {
		value = "each"
	}
	return bot.Field{Name: "often", Kind: bot.ChoiceField, Label: "How often may I ask?", Value: []string{value}, Options: []bot.Option{
		{Value: "each", Label: "Each time", Help: each},
		{Value: string(Fortnightly), Label: "Every second week at most", Help: "I leave out the rounds in between."},
		{Value: string(Monthly), Label: "Once a month at most", Help: "At least 27 days lie between two questions."},
	}}
}

// says ends a sentence on what will be asked.
func (p Pace) says() string {
	switch p {
	case Fortnightly:
		return "one short question, every second week at most"
	case Monthly:
		return "one short question, once a month at most"
	default:
		return "one short question now and then, at most once a week"
	}
}

// ErrNotAsked means that nothing is asked of the person anyway.
var ErrNotAsked = &bot.Error{Code: "not-asked", Say: "Nothing is asked of you at present, so there is no pace to set. To take part: /evangelist join"}

func (f *Feature) paceForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	_, member, err := f.standing(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	if member.Part != Leads && member.Part != Supports {
		return nil, ErrNotAsked
	}
	spec, err := f.rhythm(ctx)
	if err != nil {
		return nil, err
	}
	field := paceField(member.Pace, described(spec))
	field.Required = true
	return &bot.Form{Title: "How often?", Submit: "Save", Fields: []bot.Field{field}}, nil
}

// described is a rhythm within a sentence, "" for none.
func described(spec schedule.Spec) string {
	if spec.IsZero() {
		return ""
	}
	return spec.Describe()
}

func (f *Feature) pace(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, ErrNotAsked
	}
	pace, ok := ParsePace(in.Value("often"))
	if !ok || in.Value("often") == "" {
		return bot.Invalid{Fields: map[string]string{"often": "Choose one of the three."}}, nil
	}
	var member Evangelist
	err := f.Stores.Evangelists.Change(ctx, in.Actor.Person, func(e *Evangelist, _ *Call) ([]bot.Delivery, error) {
		if e.Part != Leads && e.Part != Supports {
			return nil, ErrNotAsked
		}
		e.Pace = pace
		member = *e
		return nil, nil
	})
	if errors.Is(err, ErrNotAsked) {
		return finish(in, bot.Notice(ErrNotAsked.Say)), nil
	}
	if err != nil {
		return nil, err
	}
	spec, err := f.rhythm(ctx)
	if err != nil {
		return nil, err
	}
	next, _ := member.turnAfter(f.Clock.Now(), spec, f.Organisation.Zone)
	return finish(in, pacedMessage(pace, next)), nil
}

// pacedMessage says what was chosen; next is zero when nothing is planned.
func pacedMessage(pace Pace, next time.Time) bot.Message {
	text := "From the next question on: " + pace.says() + "."
	message := bot.Message{Summary: text, Blocks: []bot.Block{paragraph(text)}}
	if !next.IsZero() {
		message.Blocks = append(message.Blocks, paragraph("The next one comes on ", bot.Moment(next, bot.DayStyle), " at the earliest."))
	}
	return message
}

// rhythm is when the question goes round, the zero Spec when it has no rhythm.
func (f *Feature) rhythm(ctx context.Context) (schedule.Spec, error) {
	question, err := f.question(ctx)
	if err != nil {
		return schedule.Spec{}, err
	}
	return question.spec()
}
