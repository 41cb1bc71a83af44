package issues

import (
	"context"
	"errors"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

const defaultPhrase = "first Tuesday of the month 09:00"

func (f *Feature) scheduleForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	s, err := f.Stores.Series.Get(ctx)
	if err != nil {
		return nil, err
	}
	if s.Since.IsZero() {
		s = Series{Spec: defaultPhrase, Zone: f.Organisation.Zone.String(), Lead: in.Actor.Person}
	}
	return &bot.Form{Title: "The report as a series", Submit: "Save", Fields: []bot.Field{
		{Name: "when", Kind: bot.LineField, Label: "When the draft is made", Value: filled(s.Spec), Max: 200,
			Help: `For the past month, so at most once a month: "first Tuesday of the month 09:00", "last day of the month 16:00". Empty: never by itself.`},
		{Name: "place", Kind: bot.PlaceField, Label: "Where its summary is posted", Value: filled(string(s.Place)), Help: "After approval. Left empty it stands on its page only."},
		{Name: "lead", Kind: bot.PersonField, Label: "Who drafts and approves", Value: filled(string(s.Lead)), Help: "A comms lead, who gets the draft. Left empty: you."},
		{Name: "deputy", Kind: bot.PersonField, Label: "Who is asked after four days", Value: filled(string(s.Deputy)), Help: "A comms lead. Left empty: all other leads. A draft never goes out by itself."},
		{Name: "zone", Kind: bot.LineField, Label: "Time zone", Value: filled(s.Zone), Max: 60, Help: `By continent and city, for example "Europe/London".`},
	}}, nil
}

// schedule sets the series. The same form again changes nothing.
func (f *Feature) schedule(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	old, err := f.Stores.Series.Get(ctx)
	if err != nil {
		return nil, err
	}
	wrong := map[string]string{}
	series := Series{Since: old.Since, Zone: strings.TrimSpace(in.Value("zone"))}
	spec := f.rhythm(in.Value("when"), &series, wrong)
	if series.Place, err = f.chosenPlace(ctx, in, wrong); err != nil {
		return nil, err
	}
	if series.Lead, err = f.chosenLead(ctx, in, "lead", wrong); err != nil {
		return nil, err
	}
	if series.Deputy, err = f.chosenLead(ctx, in, "deputy", wrong); err != nil {
		return nil, err
	}
	if series.Lead == "" {
		series.Lead = in.Actor.Person
	}
	if series.Deputy == series.Lead {
		series.Deputy = ""
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	if series.Spec != old.Spec || series.Zone != old.Zone || series.Since.IsZero() {
		series.Since = f.Clock.Now()
	}
	if err := f.Stores.Series.Set(ctx, series); err != nil {
		return nil, err
	}
	slot, err := f.plan(ctx)
	if err != nil {
		return nil, err
	}
	f.Wake()
	return finish(in, f.savedMessage(series, spec, slot)), nil
}

func (f *Feature) savedMessage(series Series, spec schedule.Spec, slot schedule.Slot) bot.Message {
	if spec.IsZero() {
		return titled("The report is not made by itself", paragraph("Saved. No draft is made by a rhythm any more; those that wait keep waiting. ", bot.Mono("/evangelist report event"), " still plans one."))
	}
	line := bot.Line("Saved. The report of the past month is drafted " + spec.Describe() + ".")
	if slot.Name != "" {
		line = append(line, bot.Line(" The next draft is for ", bot.Moment(slot.Due, bot.DateTimeStyle), ".")...)
	}
	next := "Champions read it 48 hours before everybody else."
	if f.Champions == nil {
		next = "No champions are known here, so it is published a minute after its approval."
	}
	return titled("The report is a series", bot.Paragraph{Text: line}, paragraph("Nothing goes out that no lead approved. "+next))
}

// rhythm reads phrase and zone into the series. More than one slot a month would
// report on the same month twice, and is refused.
func (f *Feature) rhythm(phrase string, s *Series, wrong map[string]string) schedule.Spec {
	var said *schedule.PhraseError
	if s.Zone == "" {
		s.Zone = f.Organisation.Zone.String()
	}
	zone, err := schedule.LoadZone(s.Zone)
	if errors.As(err, &said) {
		wrong["zone"], zone = said.Say, time.UTC
	}
	if strings.TrimSpace(phrase) == "" {
		return schedule.Spec{}
	}
	spec, err := schedule.ParseAt(phrase, schedule.DateOf(f.Clock.Now(), zone))
	if errors.As(err, &said) {
		wrong["when"] = said.Say
		return schedule.Spec{}
	}
	if !monthly(spec, f.Clock.Now(), zone) {
		wrong["when"] = `The report is about the past month, and this names several days of one month. Choose one, such as "first Tuesday of the month 09:00".`
	}
	s.Spec = spec.String()
	return spec
}

// lookAhead is how many slots are looked at: some years of months.
const lookAhead = 60

// monthly reports whether no two slots fall into one month.
func monthly(spec schedule.Spec, now time.Time, zone *time.Location) bool {
	month := ""
	for range lookAhead {
		slot, ok := spec.Next(now, zone, nil)
		if !ok {
			return true
		}
		if slot.Name[:7] == month {
			return false
		}
		month, now = slot.Name[:7], slot.Due
	}
	return true
}

// chosenPlace reads where the summary is posted; wrong says what is amiss.
func (f *Feature) chosenPlace(ctx context.Context, in bot.Invocation, wrong map[string]string) (bot.PlaceID, error) {
	id := bot.PlaceID(in.Value("place"))
	if id == "" {
		return "", nil
	}
	place, err := f.Places.Place(ctx, id)
	switch {
	case isNotFound(err):
		wrong["place"] = "I do not know that place yet. Add me to it first, then choose it here."
	case err != nil:
		return "", err
	case place.Archived:
		wrong["place"] = "“" + place.Name + "” is archived. Choose another one."
	case place.External && !place.Confirmed:
		wrong["place"] = "“" + place.Name + "” is shared with another organisation, whose people would read along. Choose another one, or confirm it with /evangelist shared."
	case !place.Member:
		wrong["place"] = "I am not a member of “" + place.Name + "”. Add me to it first."
	}
	return id, nil
}

// chosenLead reads a person who must be an active lead; empty is nobody.
func (f *Feature) chosenLead(ctx context.Context, in bot.Invocation, field string, wrong map[string]string) (bot.PersonID, error) {
	id := bot.PersonID(in.Value(field))
	if id == "" {
		return "", nil
	}
	person, err := f.People.Person(ctx, id)
	switch {
	case isNotFound(err):
		wrong[field] = "I do not know this person. Choose a comms lead."
	case err != nil:
		return "", err
	case person.Inactive || person.Outside:
		wrong[field] = "That account is inactive. Choose another comms lead."
	case !person.Has(bot.Lead):
		wrong[field] = "Only comms leads see reports before they are published. Choose one, or make this person a lead first."
	}
	return id, nil
}

func (f *Feature) eventForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	series, err := f.Stores.Series.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "A report after an event", Submit: "Plan it", Fields: []bot.Field{
		{Name: "event", Kind: bot.LineField, Label: "After what?", Required: true, Max: MaxEvent, Value: filled(bot.Clean(oneLine(in.Words), MaxEvent)), Placeholder: "flood week", Help: "Its title is “Report after flood week”."},
		{Name: "from", Kind: bot.DateField, Label: "First day", Help: "Left empty: today."},
		{Name: "to", Kind: bot.DateField, Label: "Last day", Help: "Left empty: six days after the first. The draft comes when this day is over. Best inside one month: numbers of days that cross a reported month are not counted."},
		{Name: "place", Kind: bot.PlaceField, Label: "Where its summary is posted", Value: filled(string(series.Place)), Help: "After approval. Left empty it stands on its page only."},
	}}, nil
}

// event plans a report after an event. One with the same words and days is there
// once.
func (f *Feature) event(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	series, err := f.Stores.Series.Get(ctx)
	if err != nil {
		return nil, err
	}
	wrong := map[string]string{}
	event := bot.Clean(oneLine(in.Value("event")), MaxEvent)
	if event == "" {
		wrong["event"] = "Give it a few words, such as “flood week”."
	}
	from, to := f.eventDays(in, wrong)
	place, err := f.chosenPlace(ctx, in, wrong)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	first, last := from.Format(time.DateOnly), to.Format(time.DateOnly)
	i := Issue{ID: EventID(event, first, last), Event: event, From: first, To: last, State: Planned, Version: 1, Place: place,
		Lead: in.Actor.Person, Deputy: series.Deputy, Asked: []bot.PersonID{in.Actor.Person}, Due: f.over(to), Since: f.Clock.Now()}
	if i.Deputy == i.Lead {
		i.Deputy = series.Lead
	}
	kept, err := f.Stores.Issues.Add(ctx, i, nil)
	if err != nil {
		return nil, err
	}
	f.Wake()
	a, err := f.about(ctx, kept)
	if err != nil {
		return nil, err
	}
	return finish(in, deskMessage(kept, a)), nil
}

const maxEventDays = 366

// eventDays reads the days of an event; wrong says what is amiss.
func (f *Feature) eventDays(in bot.Invocation, wrong map[string]string) (from, to time.Time) {
	today := f.Clock.Now().In(f.Organisation.Zone)
	from = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	year := from.AddDate(1, 0, 0)
	day := func(field string, otherwise time.Time) time.Time {
		text := strings.TrimSpace(in.Value(field))
		if text == "" {
			return otherwise
		}
		at, err := time.Parse(time.DateOnly, text)
		if err != nil || at.Year() < 1970 {
			wrong[field] = "Write year, month and day, such as 2026-11-23."
		}
		return at
	}
	from = day("from", from)
	to = day("to", from.AddDate(0, 0, 6))
	switch {
	case len(wrong) > 0 && (wrong["from"] != "" || wrong["to"] != ""):
	case to.Before(from):
		wrong["to"] = "The last day lies before the first. Exchange the two."
	case to.After(year):
		wrong["to"] = "That is more than a year ahead. Plan it when the event is nearer."
	case to.Sub(from) >= maxEventDays*24*time.Hour:
		wrong["to"] = "A report is about one year at most. Choose a later first day."
	}
	return from, to
}
