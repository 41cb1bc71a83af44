package pilots

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"evangelist/bot"
)

// The kinds of views. They are stored and never change.
const (
	pilotView    = "pilot"
	checkInView  = "pilot.checkin"
	decisionView = "pilot.decision"
	surveyView   = "pilot.survey"
	storyView    = "pilot.story"
)

// Idea is what a pilot can come from.
type Idea struct {
	ID        string
	Reference string // as people quote it
	Title     string // neutral words that everybody may read; may be empty
}

// IdeaSource returns the idea with a reference when the actor may read it, else
// bot.ErrNotFound.
type IdeaSource func(ctx context.Context, actor bot.Actor, reference string) (Idea, error)

// BackerSource lists who is told what becomes of an idea: its named author and
// whoever supports it with a name. Nobody for an author without a name.
type BackerSource func(ctx context.Context, idea string) ([]bot.PersonID, error)

// IdeaEntry writes into an idea what its author reads there, with the private code
// as well. Key makes it idempotent: a second entry with the same key changes
// nothing. bot.ErrNotFound when the idea is gone.
type IdeaEntry func(ctx context.Context, idea, key, words string) error

// Elsewhere is an example of what others did.
type Elsewhere struct {
	Title string
	URL   string
}

// ElsewhereSource returns examples that are close to words, the closest first, at
// most limit. Every colleague may read them.
type ElsewhereSource func(ctx context.Context, words string, limit int) ([]Elsewhere, error)

// Config is what the feature needs. Idea, Backers, Enter, Examples and Wake may be
// left out, the rest is compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Places       bot.Places
	Stores       Stores
	Clock        bot.Clock
	Random       io.Reader
	Idea         IdeaSource      // nil: pilots come from free text alone
	Backers      BackerSource    // nil: nobody is told
	Enter        IdeaEntry       // nil: leads are told that the reading team has to say it
	Examples     ElsewhereSource // nil: none are offered
	Wake         func()          // makes the sweeps run soon; nil: when they are due
}

// Feature is Try. Its methods may be called by many goroutines.
type Feature struct {
	Config

	stale    atomic.Bool // a pilot may have gone a step that its idea does not have
	entering sync.Mutex
	entered  map[string]bool // keys of lines that ideas have
}

// New returns the feature.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	f := &Feature{Config: c, entered: map[string]bool{}}
	f.stale.Store(true) // whatever an earlier run did not get to
	return f
}

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	own := func(name string, form func(context.Context, bot.Invocation) (*bot.Form, error), run func(context.Context, bot.Invocation) (bot.Reply, error)) bot.Command {
		return bot.Command{Name: name, Needs: bot.Colleague, Form: form, Run: run}
	}
	return slices.Concat([]bot.Command{
		{Name: "pilots.list", Phrases: []string{"evangelist pilots"}, Needs: bot.Colleague, Usage: "/evangelist pilots",
			Help: "shows what is being tried, and what came of it.", Run: f.list},
		{Name: "pilots.show", Phrases: []string{"evangelist pilot"}, Needs: bot.Colleague, Usage: "/evangelist pilot REFERENCE",
			Help: "shows one pilot; without a reference it shows yours.", Run: f.show},
		{Name: "pilots.goals", Phrases: []string{"evangelist goals"}, Needs: bot.Colleague, Usage: "/evangelist goals",
			Help: "shows what pilots serve.", Run: f.goals},
		{Name: "pilots.stories", Phrases: []string{"evangelist stories"}, Needs: bot.Colleague, Usage: "/evangelist stories",
			Help: "shows what came of pilots, good and bad.", Run: f.stories},
		{Name: "pilots.new", Phrases: []string{"evangelist pilot new"}, Needs: bot.Lead, Usage: "/evangelist pilot new IDEA",
			Help: "makes a pilot of an idea: its reference, or a title of your own.", Form: f.newForm, Run: f.promote},
		{Name: "pilots.goal", Needs: bot.Lead, Form: f.goalForm, Run: f.saveGoal},
		{Name: "pilots.goal.close", Needs: bot.Lead, Run: f.closeGoal},
		{Name: "pilots.hand", Needs: bot.Lead, Form: f.handForm, Run: f.hand},
	}, []bot.Command{
		own("pilots.about", f.aboutForm, f.about),
		own("pilots.bounds", f.boundsForm, f.bounds),
		own("pilots.measure", f.measureForm, f.measure),
		own("pilots.preflight", f.preflightForm, f.preflight),
		own("pilots.start", nil, f.start),
		own("pilots.drop", nil, f.drop),
		own("pilots.member", f.memberForm, f.member),
		own("pilots.checkin", f.checkInForm, f.checkIn),
		own("pilots.reading", f.readingForm, f.reading),
		own("pilots.survey", f.surveyForm, f.survey),
		own("pilots.give", f.giveForm, f.give),
		own("pilots.finish", nil, f.finish),
		own("pilots.decide", f.decideForm, f.decide),
		own("pilots.extend", f.extendForm, f.extend),
		own("pilots.story", nil, f.story),
		own("pilots.story.edit", f.storyForm, f.editStory),
		own("pilots.story.offer", nil, f.offerStory),
		own("pilots.story.withhold", nil, f.withholdStory),
		own("pilots.story.named", nil, f.allow(WithName)),
		own("pilots.story.unnamed", nil, f.allow(WithoutName)),
		own("pilots.story.telling", f.tellingForm, f.telling),
	})
}

// Views returns the cards.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{
		{Kind: pilotView, Render: f.renderPilot},
		{Kind: checkInView, Render: f.renderCheckIn},
		{Kind: decisionView, Render: f.renderDecision},
		{Kind: surveyView, Render: f.renderSurvey},
		{Kind: storyView, Render: f.renderStory},
	}
}

// Panels returns the feature's parts of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{
		{Name: "pilots.mine", Order: 35, Show: f.mineOnHome},
		{Name: "pilots.lead", Order: 36, Show: f.leadOnHome},
	}
}

// Sweeps returns what time asks for: check-ins, the end of pilots and surveys,
// decisions that wait; and what an idea's author reads of its pilot.
func (f *Feature) Sweeps() []bot.Sweep {
	return []bot.Sweep{{Name: "pilots", Run: f.sweep}, {Name: "pilots.ideas", Run: f.enterAll}}
}

func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	open, err := f.Stores.Pilots.List(ctx, Filter{States: []State{Draft, Ready, Running, Deciding}})
	if err != nil || len(open) == 0 {
		return time.Time{}, err
	}
	leads, err := f.leads(ctx)
	if err != nil {
		return time.Time{}, err
	}
	next := time.Time{}
	now, zone := f.Clock.Now(), f.Organisation.Zone
	for _, p := range open {
		if _, moved := p.Tick(now, leads, zone); moved {
			err := f.Stores.Pilots.Change(ctx, p.ID, func(stored *Pilot) ([]bot.Delivery, error) {
				out, _ := stored.Tick(now, leads, zone)
				p = *stored
				return out, nil
			})
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return time.Time{}, err
			}
		}
		if due := p.Due(now, zone); !due.IsZero() && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next, nil
}

// leads lists the active comms leads.
func (f *Feature) leads(ctx context.Context) ([]bot.PersonID, error) {
	all, err := f.People.Persons(ctx)
	if err != nil {
		return nil, err
	}
	var leads []bot.PersonID
	for _, p := range all {
		if slices.Contains(p.Roles, bot.Lead) && !p.Inactive && !p.Outside {
			leads = append(leads, p.ID)
		}
	}
	return leads, nil
}

// names returns the names of persons.
func (f *Feature) names(ctx context.Context, ids ...bot.PersonID) (map[bot.PersonID]string, error) {
	names := map[bot.PersonID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	persons, err := f.People.Persons(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for _, p := range persons {
		names[p.ID] = p.Name
	}
	return names, nil
}

// readable loads the pilot that a button names and that the actor may do the act
// to, in a state that allows it.
func (f *Feature) readable(ctx context.Context, in bot.Invocation, act Act) (Pilot, error) {
	id, _ := splitID(in.Arg)
	p, err := f.Stores.Pilots.Get(ctx, id)
	if err != nil {
		return Pilot{}, err
	}
	if err := p.allow(in.Actor, act); err != nil {
		return Pilot{}, err
	}
	return p, nil
}

// do carries out a rule on the pilot that a button names.
func (f *Feature) do(ctx context.Context, in bot.Invocation, rule func(*Pilot) ([]bot.Delivery, error)) (Pilot, error) {
	id, _ := splitID(in.Arg)
	var after Pilot
	err := f.Stores.Pilots.Change(ctx, id, func(p *Pilot) ([]bot.Delivery, error) {
		out, err := rule(p)
		after = *p
		return out, err
	})
	if err == nil {
		f.stale.Store(true)
		f.Wake()
	}
	return after, err
}

// once names an invocation, so that what it causes has a natural key: the same one
// again has the same name.
func (f *Feature) once(in bot.Invocation) (string, error) {
	nonce := in.Nonce
	if nonce == "" {
		var err error
		if nonce, err = bot.NewNonce(f.Random); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{nonce, in.Command, in.Arg}, "\n")))
	return hex.EncodeToString(sum[:16]), nil
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}
