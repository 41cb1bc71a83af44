package primer

import (
	"context"
	"errors"
	"slices"
	"time"

	"evangelist/bot"
)

// Check looks whether an item of the checklist is done. Words say in one short
// sentence what was found; they name nobody.
type Check func(ctx context.Context) (done bool, words string, err error)

// LeaderSource lists whom a lead may want to enrol in one go: who leads, represents
// or champions.
type LeaderSource func(ctx context.Context) ([]bot.PersonID, error)

// Config is what the feature needs. Checks, Leaders and Wake may be left out, the
// rest is compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Stores       Stores
	Clock        bot.Clock
	Checks       map[string]Check // by the ID of an item; without one it is ticked by hand
	Leaders      LeaderSource     // nil: people are enrolled by name alone
	Wake         func()           // makes the sweeps run soon; nil: when they are due
}

// Feature is the primer. Its methods may be called by many goroutines.
type Feature struct{ Config }

// New returns the feature.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	if c.Organisation.Word == "" {
		c.Organisation.Word = "evangelist"
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	return &Feature{Config: c}
}

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	return []bot.Command{
		{Name: "primer.lessons", Phrases: []string{"evangelist primer"}, Needs: bot.Colleague, Usage: "/evangelist primer NAME",
			Help: "opens a short lesson; without a name it lists them.", Run: f.lessons},
		{Name: "primer.begin", Phrases: []string{"evangelist primer weekly"}, Needs: bot.Colleague, Usage: "/evangelist primer weekly",
			Help: "sends you one lesson a week.", Run: f.begin},
		{Name: "primer.stop", Phrases: []string{"evangelist primer stop"}, Needs: bot.Colleague, Usage: "/evangelist primer stop",
			Help: "stops the weekly lessons.", Run: f.stop},
		{Name: "primer.what", Phrases: []string{"evangelist what"}, Needs: bot.Colleague, Usage: "/evangelist what WORD",
			Help: "says what a word means here.", Run: f.what},
		{Name: "primer.glossary", Phrases: []string{"evangelist glossary"}, Needs: bot.Colleague, Usage: "/evangelist glossary",
			Help: "shows all our words; comms leads add their own.", Form: f.wordForm, Run: f.glossary},
		{Name: "primer.enrol", Phrases: []string{"evangelist primer enrol"}, Needs: bot.Lead, Usage: "/evangelist primer enrol",
			Help: "sends the lessons to colleagues you name, one a week.", Form: f.enrolForm, Run: f.enrol},
		{Name: "primer.checklist", Phrases: []string{"evangelist checklist"}, Needs: bot.Lead, Usage: "/evangelist checklist",
			Help: "shows what is done before the launch, and who has read the primer.", Run: f.checklist},
		{Name: "primer.read", Needs: bot.Colleague, Run: f.read},
		{Name: "primer.later", Needs: bot.Colleague, Run: f.later},
		{Name: "primer.word", Needs: bot.Lead, Form: f.wordForm, Run: f.glossary},
		{Name: "primer.tick", Needs: bot.Lead, Form: f.tickForm(true), Run: f.tick(true)},
		{Name: "primer.untick", Needs: bot.Lead, Form: f.tickForm(false), Run: f.tick(false)},
		{Name: "primer.items", Needs: bot.Lead, Form: f.itemsForm, Run: f.items},
	}
}

// Views returns the cards.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{{Kind: lessonView, Render: f.renderLesson}}
}

// Panels returns the feature's part of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{{Name: "primer.mine", Order: 38, Show: f.mineOnHome}}
}

// Sweeps returns what time asks for: the next lesson of each series.
func (f *Feature) Sweeps() []bot.Sweep { return []bot.Sweep{{Name: "primer", Run: f.sweep}} }

func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	running, err := f.Stores.Enrolments.List(ctx, Running)
	if err != nil || len(running) == 0 {
		return time.Time{}, err
	}
	now, next := f.Clock.Now(), time.Time{}
	for _, e := range running {
		person, err := f.People.Person(ctx, e.Person)
		if errors.Is(err, bot.ErrNotFound) {
			continue // erased a moment ago, and the enrolment with it
		}
		if err != nil {
			return time.Time{}, err
		}
		facts := Facts{Gone: person.Inactive || person.Outside, Never: person.Contact.Never, Muted: person.Contact.MutedUntil, Lessons: names()}
		due := e.Due(facts.Muted)
		if waiting := due.IsZero(); facts.Gone || facts.Never || waiting || !due.After(now) {
			err := f.Stores.Enrolments.Change(ctx, e.Person, func(stored *Enrolment) ([]bot.Delivery, error) {
				out, _ := stored.Tick(now, facts)
				due = stored.Due(facts.Muted)
				return out, nil
			})
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return time.Time{}, err
			}
		}
		if due.After(now) && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next, nil
}

// do carries out a rule on the actor's own enrolment.
func (f *Feature) do(ctx context.Context, person bot.PersonID, rule func(*Enrolment) ([]bot.Delivery, error)) (Enrolment, error) {
	if person == "" {
		return Enrolment{}, bot.ErrNotFound
	}
	var after Enrolment
	err := f.Stores.Enrolments.Change(ctx, person, func(e *Enrolment) ([]bot.Delivery, error) {
		out, err := rule(e)
		after = *e
		after.Steps = slices.Clone(e.Steps)
		return out, err
	})
	if err == nil {
		f.Wake()
	}
	return after, err
}
