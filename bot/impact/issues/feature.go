package issues

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/bot/schedule"
)

// Compose makes the report of a wish; with keep it records what it publishes.
// (*impact.Feature).Compose fits.
type Compose func(ctx context.Context, wish impact.Wish, keep bool) (impact.Report, error)

// Scheduler is what the feature needs of schedule.Scheduler.
type Scheduler interface {
	// Keep brings a schedule in line with what wish says when it is asked.
	Keep(ctx context.Context, kind, subject string, wish func(context.Context) (schedule.Plan, bool, error)) (schedule.Slot, error)
}

// Config is what the feature needs. Champions, Schedule and Wake may be left out,
// the rest is compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Places       bot.Places
	Stores       Stores
	Clock        bot.Clock
	Random       io.Reader
	Compose      Compose
	// Champions lists who reads an approved report 48 hours early. Nil, or an empty
	// list: nobody, and it is published without the wait.
	Champions func(ctx context.Context) ([]bot.PersonID, error)
	Schedule  Scheduler // nil: nothing is made by a rhythm
	Wake      func()    // makes the sweeps run soon; nil: when they are due
}

// Feature is the report as a series. Its methods may be called by many goroutines.
type Feature struct{ Config }

// New returns the feature.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	return &Feature{Config: c}
}

// ChoreKind is the kind of the schedule of reports; it has no subject.
const ChoreKind = "report"

// grace is how late a draft is still made by itself after a slot passed while
// nothing was running.
const grace = 72 * time.Hour

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	lead := func(name string, form func(context.Context, bot.Invocation) (*bot.Form, error), run func(context.Context, bot.Invocation) (bot.Reply, error)) bot.Command {
		return bot.Command{Name: name, Needs: bot.Lead, Form: form, Run: run}
	}
	return []bot.Command{
		{Name: "report.schedule", Phrases: []string{"evangelist report schedule"}, Needs: bot.Lead, Usage: "/evangelist report schedule",
			Help: "says when the report of the past month is drafted, and where its summary is posted.", Form: f.scheduleForm, Run: f.schedule},
		{Name: "report.event", Phrases: []string{"evangelist report event"}, Needs: bot.Lead, Usage: "/evangelist report event",
			Help: "plans a report after an event, such as a flood week; its draft comes when the days are over.", Form: f.eventForm, Run: f.event},
		{Name: "report.drafts", Phrases: []string{"evangelist report drafts"}, Needs: bot.Lead, Usage: "/evangelist report drafts",
			Help: "shows the reports that are on their way.", Run: f.drafts},
		lead("report.desk", nil, f.desk),
		lead("report.open", nil, f.open),
		lead("report.words", f.wordsForm, f.words),
		lead("report.approve", nil, f.approve),
		lead("report.undo", nil, f.act(func(i *Issue, a bot.Actor, now time.Time) ([]bot.Delivery, error) { return i.Undo(a, now) })),
		lead("report.skip", f.skipForm, f.skip),
		lead("report.hold", nil, f.act(func(i *Issue, a bot.Actor, now time.Time) ([]bot.Delivery, error) { return i.Hold(a, now) })),
		lead("report.go", nil, f.act(func(i *Issue, a bot.Actor, now time.Time) ([]bot.Delivery, error) { return i.GoOn(a, now) })),
		lead("report.reopen", nil, f.act(func(i *Issue, a bot.Actor, now time.Time) ([]bot.Delivery, error) { return i.Reopen(a, now) })),
		lead("report.make", nil, f.act(func(i *Issue, a bot.Actor, now time.Time) ([]bot.Delivery, error) { return i.Make(a, now) })),
		{Name: "report.wrong", Needs: bot.Colleague, Form: f.wrongForm, Run: f.wrong},
	}
}

// Views returns the cards: a lead's, a champion's, and the summary for everybody.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{
		{Kind: deskView, Render: f.render(deskMessage)},
		{Kind: earlyView, Render: f.render(earlyMessage)},
		{Kind: outView, Render: f.render(outMessage)},
	}
}

// Panels returns the feature's part of a lead's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{{Name: "reports", Order: 36, Show: f.panel}}
}

// Sweeps returns what time asks for: drafts, reminders, early copies, publication.
func (f *Feature) Sweeps() []bot.Sweep { return []bot.Sweep{{Name: "reports", Run: f.sweep}} }

// Chores returns what happens at a slot: the report of the past month is planned.
func (f *Feature) Chores() []schedule.Chore {
	return []schedule.Chore{{Kind: ChoreKind, Policy: schedule.Policy{Grace: grace}, Run: f.slotCame, Expired: f.slotMissed}}
}

// once names an invocation, so that what it causes has a natural key.
func (f *Feature) once(in bot.Invocation) (string, error) {
	nonce := in.Nonce
	if nonce == "" {
		var err error
		if nonce, err = bot.NewNonce(f.Random); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{nonce, in.Command, in.Arg}, "\n")))
	return hex.EncodeToString(sum[:8]), nil
}

// leads lists the active comms leads in the order of the register.
func (f *Feature) leads(ctx context.Context) ([]bot.PersonID, error) {
	all, err := f.People.Persons(ctx)
	var leads []bot.PersonID
	for _, p := range all {
		if slices.Contains(p.Roles, bot.Lead) && !p.Inactive && !p.Outside {
			leads = append(leads, p.ID)
		}
	}
	return leads, err
}

// champions lists those who would read a report early and are here.
func (f *Feature) champions(ctx context.Context) ([]bot.PersonID, error) {
	if f.Champions == nil {
		return nil, nil
	}
	named, err := f.Champions(ctx)
	if err != nil || len(named) == 0 {
		return nil, err
	}
	people, err := f.People.Persons(ctx, named...)
	var here []bot.PersonID
	for _, p := range people {
		if !p.Inactive && !p.Outside {
			here = append(here, p.ID)
		}
	}
	return here, err
}

// content is what an issue shows: its revision, or the report as it is now with
// the lead's words; nothing for an issue that is neither.
func (f *Feature) content(ctx context.Context, i Issue, keep bool) (Content, error) {
	switch i.State {
	case Approved, Early, Held, Published:
		return i.Revision.Content, nil
	case Planned, Skipped:
		return Content{}, nil
	}
	report, err := f.Compose(ctx, impact.Wish{From: i.From, To: i.To, Event: i.Event}, keep)
	if err != nil {
		return Content{}, err
	}
	return Copy(report, i.Words), nil
}

// about gathers what the cards of an issue say besides it.
func (f *Feature) about(ctx context.Context, i Issue) (around, error) {
	a := around{page: f.Organisation.Page(i.Path()), names: map[bot.PersonID]string{}}
	var err error
	if a.content, err = f.content(ctx, i, false); err != nil {
		return a, err
	}
	ids := i.Champions
	if i.State == Draft {
		if a.print, err = print(a.content); err != nil {
			return a, err
		}
		if ids, err = f.champions(ctx); err != nil {
			return a, err
		}
	}
	people, err := f.People.Persons(ctx)
	if err != nil {
		return a, err
	}
	for _, p := range people {
		a.names[p.ID] = p.Name
		if slices.Contains(ids, p.ID) {
			a.champions = append(a.champions, p.Name)
		}
	}
	if i.Place != "" {
		place, err := f.Places.Place(ctx, i.Place)
		if err == nil {
			a.place = place.Name
		} else if !isNotFound(err) {
			return a, err
		}
	}
	return a, nil
}

// print is the short form of a content's hash, by which an approval says what was
// looked at.
func print(c Content) (string, error) {
	hash, err := c.Hash()
	if err != nil {
		return "", err
	}
	return hash[:12], nil
}

// render draws a card.
func (f *Feature) render(draw func(Issue, around) bot.Message) func(context.Context, string) (bot.Message, int64, error) {
	return func(ctx context.Context, id string) (bot.Message, int64, error) {
		i, err := f.Stores.Issues.Get(ctx, id)
		if err != nil {
			return bot.Message{}, 0, err
		}
		a, err := f.about(ctx, i)
		return draw(i, a), i.Version, err
	}
}
