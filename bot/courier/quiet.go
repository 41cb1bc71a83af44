package courier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// Contacts is how people say when they may be written to first.
type Contacts struct {
	People bot.People
	Clock  bot.Clock
	Zone   *time.Location // the organisation's
	// Holidays returns the days on which nobody is written to first, one a line,
	// as SetHolidays got them; "" for none.
	Holidays    func(ctx context.Context) (string, error)
	SetHolidays func(ctx context.Context, days string) error
}

// holiday is a day of the organisation on which nobody is written to first.
type holiday struct {
	day  string // 2006-01-02
	name string
}

// maxHolidays is how many days a list takes: two years of generous ones.
const maxHolidays = 60

// readHolidays reads one day a line, with what it is behind it. The error names
// the first line that is none.
func readHolidays(text string) ([]holiday, error) {
	var all []holiday
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		day, name, _ := strings.Cut(line, " ")
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return nil, bot.Refuse("holiday", fmt.Sprintf("%.40q does not begin with a day. Write one day a line, such as 2026-12-25 Christmas Day.", line))
		}
		all = append(all, holiday{day, bot.Clean(name, 60)})
	}
	if len(all) > maxHolidays {
		return nil, bot.Refuse("holiday", fmt.Sprintf("These are %d days; the list takes %d. Leave out those that are over.", len(all), maxHolidays))
	}
	slices.SortFunc(all, func(a, b holiday) int { return strings.Compare(a.day, b.day) })
	return slices.CompactFunc(all, func(a, b holiday) bool { return a.day == b.day }), nil
}

func writeHolidays(all []holiday) string {
	var lines []string
	for _, h := range all {
		lines = append(lines, strings.TrimSpace(h.day+" "+h.name))
	}
	return strings.Join(lines, "\n")
}

// free reports whether a moment lies on one of the days.
func free(days []holiday, at time.Time) bool {
	day := at.Format(time.DateOnly)
	return slices.ContainsFunc(days, func(h holiday) bool { return h.day == day })
}

// holidays returns the organisation's free days; none when they cannot be read,
// which is logged: a message must not wait for ever for a list.
func (c *Courier) holidays(ctx context.Context) []holiday {
	if c.Holidays == nil {
		return nil
	}
	text, err := c.Holidays(ctx)
	if err == nil {
		var days []holiday
		if days, err = readHolidays(text); err == nil {
			return days
		}
	}
	c.Log.Warn("the holidays could not be read, so none is kept", "error", err)
	return nil
}

// The ends of quiet hours as a form shows them.
const (
	usualFrom  = "18:00"
	usualUntil = "08:30"
)

// The choices of how often.
const (
	oftenUsual = "usual"
	oftenLess  = "less"
	oftenNever = "never"
)

func (c Contacts) quietForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	if in.Actor.Person == "" {
		return nil, errNeverWritten
	}
	person, err := c.People.Person(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	contact, often, away := person.Contact, oftenUsual, []string(nil)
	switch {
	case contact.Never:
		often = oftenNever
	case contact.Less:
		often = oftenLess
	}
	if contact.MutedUntil.After(c.Clock.Now()) {
		away = []string{contact.MutedUntil.In(zoneOf(contact, c.Zone)).AddDate(0, 0, -1).Format(time.DateOnly)}
	}
	return &bot.Form{Title: "When I may write first", Submit: "Save",
		Intro: []bot.Block{bot.Paragraph{Text: bot.T("This is for what I write to you unasked. When you ask me something I always answer, and weekends are quiet in any case.")}},
		Fields: []bot.Field{
			{Name: "often", Kind: bot.ChoiceField, Label: "How often", Required: true, Value: []string{often}, Options: []bot.Option{
				{Value: oftenUsual, Label: "As usual", Help: "At most twice a week."},
				{Value: oftenLess, Label: "Less", Help: "At most once in four weeks."},
				{Value: oftenNever, Label: "Never", Help: "I write only when you ask me something."},
			}},
			{Name: "away", Kind: bot.DateField, Label: "I am away up to and including", Value: away, Help: "Leave, for example. What comes up in these days is dropped, not piled up. Empty: you are there."},
			{Name: "until", Kind: bot.TimeField, Label: "Not before", Value: []string{orElse(contact.QuietUntil, usualUntil)}, Help: "In the morning, where you are."},
			{Name: "from", Kind: bot.TimeField, Label: "Not after", Value: []string{orElse(contact.QuietFrom, usualFrom)}, Help: "In the evening, where you are."},
			{Name: "zone", Kind: bot.LineField, Label: "My time zone", Value: []string{orElse(contact.Zone, c.Zone.String())}, Max: 60, Placeholder: "Europe/London",
				Help: "As computers name it: continent and city."},
		}}, nil
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// quiet keeps what a person chose. The same again changes nothing.
func (c Contacts) quiet(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, errNeverWritten
	}
	contact, zone, wrong := c.chosen(in)
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	err := c.People.Change(ctx, in.Actor.Person, func(p *bot.Person) ([]bot.Delivery, error) {
		p.Contact = contact
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	return bot.Done{Message: quietMessage(contact, zone)}, nil
}

// chosen reads the form. What is the organisation's own is kept as such.
func (c Contacts) chosen(in bot.Invocation) (contact bot.Contact, zone *time.Location, wrong map[string]string) {
	contact = bot.Contact{Less: in.Value("often") == oftenLess, Never: in.Value("often") == oftenNever}
	zone, wrong = c.Zone, map[string]string{}
	if name := strings.TrimSpace(in.Value("zone")); name != "" && name != c.Zone.String() {
		known, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			wrong["zone"] = fmt.Sprintf("I do not know the time zone %.40q. Write continent and city, such as Europe/London.", name)
		} else {
			zone, contact.Zone = known, name
		}
	}
	contact.QuietUntil = clockOf(in.Value("until"), usualUntil, "until", wrong)
	contact.QuietFrom = clockOf(in.Value("from"), usualFrom, "from", wrong)
	if len(wrong) == 0 && minutes(contact.QuietFrom, quietFrom) < minutes(contact.QuietUntil, quietUntil)+60 {
		wrong["from"] = "That leaves less than an hour of the day. Choose a later evening or an earlier morning; to hear nothing at all, choose Never."
	}
	if away := in.Value("away"); away != "" {
		switch day, err := time.ParseInLocation(time.DateOnly, away, zone); {
		case err != nil:
			wrong["away"] = "Write a day, such as 2026-12-31, or leave it empty."
		case day.After(c.Clock.Now().AddDate(2, 0, 0)):
			wrong["away"] = "That is more than two years ahead. Choose Never instead."
		case day.AddDate(0, 0, 1).After(c.Clock.Now()):
			contact.MutedUntil = day.AddDate(0, 0, 1).UTC()
		}
	}
	return contact, zone, wrong
}

// clockOf reads a time of day of the form, empty for the usual one.
func clockOf(text, usual, field string, wrong map[string]string) string {
	if text == "" || text == usual {
		return ""
	}
	if _, err := time.Parse("15:04", text); err != nil {
		wrong[field] = "Write hours and minutes, such as " + usual + "."
		return ""
	}
	return text
}

// quietMessage says what was kept.
func quietMessage(contact bot.Contact, zone *time.Location) bot.Message {
	say := fmt.Sprintf("Kept. I write to you first between %s and %s on working days", orElse(contact.QuietUntil, usualUntil), orElse(contact.QuietFrom, usualFrom))
	switch {
	case contact.Never:
		say = "Kept. I do not write to you first any more. I still answer whenever you ask"
	case contact.Less:
		say += ", at most once in four weeks"
	default:
		say += ", at most twice a week"
	}
	if !contact.Never && !contact.MutedUntil.IsZero() {
		say += ", and not before " + bot.ShowTime(contact.MutedUntil, bot.DayStyle, zone)
	}
	return bot.Notice(say + ".")
}

func (c Contacts) holidaysForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	days, err := c.Holidays(ctx)
	if err != nil {
		return nil, err
	}
	field := bot.Field{Name: "days", Kind: bot.ParagraphField, Label: "Free days, one a line", Placeholder: "2026-12-25 Christmas Day",
		Help: "Year, month, day, and what it is. Nobody is written to first on them; what falls on one waits for the next working day."}
	if days != "" {
		field.Value = []string{days}
	}
	return &bot.Form{Title: "Holidays", Submit: "Save", Fields: []bot.Field{field},
		Intro: []bot.Block{bot.Paragraph{Text: bot.T("Saturdays and Sundays are free already.")}}}, nil
}

func (c Contacts) keepHolidays(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	days, err := readHolidays(in.Value("days"))
	var refused *bot.Error
	if errors.As(err, &refused) {
		return bot.Invalid{Fields: map[string]string{"days": refused.Say}}, nil
	}
	if err := c.SetHolidays(ctx, writeHolidays(days)); err != nil {
		return nil, err
	}
	if len(days) == 0 {
		return bot.Done{Message: bot.Notice("Kept: there are no free days but Saturdays and Sundays.")}, nil
	}
	list := bot.List{}
	for _, h := range days {
		day, err := time.Parse(time.DateOnly, h.day)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, bot.Line(bot.Strong(day.Format("Monday 2 January 2006")), " "+h.name))
	}
	say := "Kept. Nobody is written to first on these days."
	return bot.Done{Message: bot.Message{Summary: say, Blocks: []bot.Block{bot.Paragraph{Text: bot.T(say)}, list}}}, nil
}
