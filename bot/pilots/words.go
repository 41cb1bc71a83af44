package pilots

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// The longest texts, in characters.
const (
	maxTitle = 120
	maxLine  = 200
	maxText  = 600
	maxStory = 3000
)

// count says "1 item" or "3 items".
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// times says "once", "twice" or "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// joined says "A, B and C".
func joined(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// showDate shows a day as 4 December 2026.
func showDate(day schedule.Date) string {
	if day.IsZero() {
		return "not chosen yet"
	}
	return fmt.Sprintf("%d %s %d", day.Day, day.Month, day.Year)
}

// target says "at least 40".
func (m Measure) target() string { return string(m.Aim) + " " + strconv.FormatInt(m.Target, 10) }

// does says what a choice does.
func (c Choice) does() string {
	switch c {
	case Continue:
		return "continue"
	case Scale:
		return "scale it up"
	default:
		return "stop"
	}
}

// label is the choice on a button.
func (c Choice) label() string {
	switch c {
	case Continue:
		return "Continue"
	case Scale:
		return "Scale"
	default:
		return "Stop"
	}
}

// label says an outcome.
func (o Outcome) label() string {
	switch o {
	case TargetMet:
		return "target met"
	case TargetMissed:
		return "target missed"
	default:
		return "not measured"
	}
}

// stands says where the pilot stands.
func (p Pilot) stands() string {
	switch p.State {
	case Draft:
		return "a draft"
	case Ready:
		return "ready to start"
	case Running:
		if p.Extended {
			return "running, extended until " + showDate(p.Ends)
		}
		return "running until " + showDate(p.Ends)
	case Deciding:
		return "waits for its decision"
	case Decided:
		return "decided: " + p.Verdict.Choice.does()
	default:
		return "dropped before it started"
	}
}

// label is the level at the beginning of a line.
func (l Level) label() string {
	switch l {
	case Purpose:
		return "Purpose"
	case Objective:
		return "Objective"
	default:
		return "Goal"
	}
}

// titled joins a summary and blocks under a heading of the same words.
func titled(summary string, blocks ...bot.Block) bot.Message {
	return bot.Message{Summary: summary, Blocks: append([]bot.Block{bot.Heading{Level: 1, Text: bot.T(summary)}}, blocks...)}
}

func paragraph(parts ...any) bot.Paragraph { return bot.Paragraph{Text: bot.Line(parts...)} }

func note(parts ...any) bot.Note { return bot.Note{Text: bot.Line(parts...)} }

func section(title string) bot.Heading { return bot.Heading{Level: 2, Text: bot.T(title)} }

// filled is what stands in a field already.
func filled(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func filledDate(day schedule.Date) []string {
	if day.IsZero() {
		return nil
	}
	return []string{day.String()}
}

// answers reads a form and collects a sentence for each field that is wrong.
type answers struct {
	in    bot.Invocation
	wrong map[string]string
}

func read(in bot.Invocation) *answers { return &answers{in: in, wrong: map[string]string{}} }

// text reads a field of at most limit characters; missing is what to say when it
// is empty, "" when it may be.
func (a *answers) text(field string, limit int, missing string) string {
	text := bot.Clean(a.in.Value(field), 0)
	switch n := len([]rune(text)); {
	case n == 0 && missing != "":
		a.wrong[field] = missing
	case n > limit:
		a.wrong[field] = fmt.Sprintf("That has %d characters. Please keep it to %d.", n, limit)
	}
	return text
}

// line is text on one line.
func (a *answers) line(field string, limit int, missing string) string {
	return strings.Join(strings.Fields(a.text(field, limit, missing)), " ")
}

// number reads a whole number; groups of digits may be parted by spaces or commas.
func (a *answers) number(field, missing string) int64 {
	text := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ',' {
			return -1
		}
		return r
	}, bot.Clean(a.in.Value(field), 0))
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case text == "":
		a.wrong[field] = missing
	case err != nil || n > maxNumber || n < -maxNumber:
		a.wrong[field] = "That is not a whole number I can use. Write digits alone, for example 40."
	}
	return n
}

// date reads a day; missing is what to say when it is empty, "" when it may be.
func (a *answers) date(field, missing string) schedule.Date {
	text := bot.Clean(a.in.Value(field), 0)
	if text == "" {
		if missing != "" {
			a.wrong[field] = missing
		}
		return schedule.Date{}
	}
	day, err := schedule.ParseDate(text)
	var phrase *schedule.PhraseError
	if errors.As(err, &phrase) {
		a.wrong[field] = phrase.Say
	}
	return day
}

// invalid returns the form with its sentences, nil when nothing is wrong.
func (a *answers) invalid() bot.Reply {
	if len(a.wrong) == 0 {
		return nil
	}
	return bot.Invalid{Fields: a.wrong}
}

// sayAt says a refusal under the field that it is about, where it is about one.
func sayAt(err error, fields map[string]string) (bot.Reply, error) {
	var said *bot.Error
	if errors.As(err, &said) {
		if field, ok := fields[said.Code]; ok {
			return bot.Invalid{Fields: map[string]string{field: said.Say}}, nil
		}
	}
	return nil, err
}
