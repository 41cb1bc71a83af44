package library

import (
	"context"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// maxOffered is how many entries a form offers.
const maxOffered = 25

// toldForm asks whom something was told to. Reached by a button it is about that
// entry; typed, about those that fit the words and that the actor may tell of.
func (f *Feature) toldForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	form := &bot.Form{Title: "Whom it was told to", Arg: in.Arg, Submit: "Note it"}
	whom := bot.Field{Name: "whom", Kind: bot.LineField, Label: "Whom it was told to", Required: true, Max: maxLine,
		Placeholder: "The housing team, at its meeting", Help: "A group, a meeting or a role. Everybody who reads the entry sees it."}
	if in.Arg != "" {
		e, err := f.Entry(ctx, in.Actor, in.Arg, Tell)
		if err != nil {
			return nil, err
		}
		form.Intro = []bot.Block{paragraph(bot.Strong(e.Heading()))}
		form.Fields = []bot.Field{whom}
	} else {
		options, err := f.tellable(ctx, in)
		if err != nil {
			return nil, err
		}
		form.Fields = []bot.Field{whom, {Name: "entry", Kind: bot.ChoiceField, Label: "What was told", Value: []string{options[0].Value}, Options: options,
			Help: "To find others, write words behind the command."}}
	}
	rest, err := f.whenFields(ctx)
	form.Fields = append(form.Fields, rest...)
	return form, err
}

// whenFields ask for the day and the department of a telling.
func (f *Feature) whenFields(ctx context.Context) ([]bot.Field, error) {
	fields := []bot.Field{{Name: "on", Kind: bot.DateField, Label: "On which day", Value: []string{schedule.DateOf(f.Clock.Now(), f.Organisation.Zone).String()},
		Help: "A day to come is fine: it stands there as planned."}}
	departments, err := f.Departments(ctx)
	if err != nil || len(departments) == 0 {
		return fields, err
	}
	options := []bot.Option{{Value: "", Label: "None in particular"}}
	for _, d := range departments[:min(len(departments), 90)] {
		if d.Name != "" {
			options = append(options, bot.Option{Value: d.Name, Label: d.Name})
		}
	}
	return append(fields, bot.Field{Name: "department", Kind: bot.ChoiceField, Label: "Which department heard it", Options: options,
		Help: "A department that has not heard it may be proposed later."}), nil
}

// tellable are the entries that the actor may tell of and that fit the typed words.
func (f *Feature) tellable(ctx context.Context, in bot.Invocation) ([]bot.Option, error) {
	found, _, err := f.Find(ctx, in.Actor, Query{Words: bot.Clean(in.Words, maxQuery)})
	if err != nil {
		return nil, err
	}
	var options []bot.Option
	for _, e := range found {
		if e.May(in.Actor, Tell) && len(options) < maxOffered {
			options = append(options, bot.Option{Value: e.ID, Label: Within(e.Heading(), 70), Help: e.Kind.Label()})
		}
	}
	switch {
	case len(options) > 0:
		return options, nil
	case in.Words != "":
		return nil, bot.Refuse("nothing-to-tell", "Nothing that you may note this for has these words. Try fewer, or type /evangelist told without any.")
	}
	return nil, bot.Refuse("nothing-to-tell", "There is nothing of yours in the library yet, so there is nothing to note. What others wrote is noted by them and by comms leads.")
}

// told keeps whom an entry was told to.
func (f *Feature) told(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id := in.Arg
	if id == "" {
		id = in.Value("entry")
	}
	if id == "" {
		return bot.Invalid{Fields: map[string]string{"entry": "Choose what was told."}}, nil
	}
	e, err := f.Entry(ctx, in.Actor, id, Tell)
	if err != nil {
		return nil, err
	}
	telling, wrong, err := f.readTelling(ctx, in)
	switch {
	case err != nil:
		return nil, err
	case len(wrong) > 0:
		return bot.Invalid{Fields: wrong}, nil
	}
	if err := f.Stores.Tellings.Note(ctx, []Noted{{Entry: e.ID, Telling: telling}}); err != nil {
		return nil, err
	}
	e.join([]Telling{telling})
	return finish(in, EntryMessage(e, in.Actor, f.Clock.Now())), nil
}

// maxPlanned is how far ahead a telling may be planned.
const maxPlanned = 366

// readTelling reads a form; wrong says by field what does not fit.
func (f *Feature) readTelling(ctx context.Context, in bot.Invocation) (t Telling, wrong map[string]string, err error) {
	wrong = map[string]string{}
	zone, now := f.Organisation.Zone, f.Clock.Now()
	today := schedule.DateOf(now, zone)
	t = Telling{Whom: line(in.Value("whom"), maxLine), At: now}
	if t.Whom == "" {
		wrong["whom"] = "Write whom it was told to: a group, a meeting or a role."
	}
	if text := strings.TrimSpace(in.Value("on")); text != "" {
		on, err := schedule.ParseDate(text)
		switch {
		case err != nil:
			wrong["on"] = "Write the day as in 2026-12-04."
		case today.AddDays(maxPlanned).Before(on) || on.Year < 2000:
			wrong["on"] = "That day is too far away. Choose one within a year."
		case on != today:
			t.At = time.Date(on.Year, on.Month, on.Day, 12, 0, 0, 0, zone).UTC()
		}
	}
	if t.Department = strings.TrimSpace(in.Value("department")); t.Department != "" {
		departments, err := f.Departments(ctx)
		if err != nil {
			return t, nil, err
		}
		if !slices.ContainsFunc(departments, func(d Department) bool { return d.Name == t.Department }) {
			wrong["department"] = "Choose a department of the list, or none."
		}
	}
	once, err := f.once(in)
	t.Key = notedKey + once
	return t, wrong, err
}

// untold strikes a telling that was noted by mistake. What an edition told is told,
// and what another feature noted is struck there.
func (f *Feature) untold(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id, key, _ := strings.Cut(in.Arg, "/")
	e, err := f.Entry(ctx, in.Actor, id, Tell)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(key, notedKey) {
		return nil, bot.ErrNotFound
	}
	if err := f.Stores.Tellings.Strike(ctx, e.ID, key); err != nil {
		return nil, err
	}
	if e, err = f.Entry(ctx, in.Actor, id, Tell); err != nil {
		return nil, err
	}
	return finish(in, EntryMessage(e, in.Actor, f.Clock.Now())), nil
}
