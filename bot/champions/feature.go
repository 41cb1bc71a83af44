package champions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// Config is what the feature needs. Briefing and Wake may be left out, the rest is
// compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Stores       Stores
	Clock        bot.Clock
	Random       io.Reader
	Briefing     []Source // what a briefing is made of, in the order in which it is read
	Wake         func()   // makes the sweeps run soon; nil: when they are due
}

// Feature is the champions. Its methods may be called by many goroutines.
type Feature struct {
	Config
	rest bot.Rest
}

// New returns the feature.
func New(c Config) *Feature {
	if c.Organisation.Zone == nil {
		c.Organisation.Zone = time.UTC
	}
	f := &Feature{Config: c}
	f.Wake = f.rest.Waking(c.Wake)
	return f
}

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	return []bot.Command{
		{Name: "champions.name", Phrases: []string{"evangelist champion"}, Needs: bot.Lead, Usage: "/evangelist champion",
			Help: "asks an executive to speak for the programme where decisions are made.", Form: f.nameForm, Run: f.name},
		{Name: "champions.list", Phrases: []string{"evangelist champions"}, Needs: bot.Lead, Usage: "/evangelist champions",
			Help: "shows who speaks for the programme, the next meetings and the promises.", Run: f.list},
		// Not in the help: only champions have such a page, and theirs names it.
		{Name: "champions.mine", Phrases: []string{"evangelist champion page"}, Needs: bot.Colleague, Run: f.mine},
		{Name: "champions.page", Needs: bot.Colleague, Run: f.page},
		{Name: "champions.accept", Needs: bot.Colleague, Run: f.accept},
		{Name: "champions.decline", Needs: bot.Colleague, Run: f.decline},
		{Name: "champions.on", Needs: bot.Colleague, Run: f.answer(GoesOn)},
		{Name: "champions.rest", Needs: bot.Colleague, Run: f.answer(Rests)},
		{Name: "champions.leave", Needs: bot.Colleague, Run: f.answer(Leaves)},
		{Name: "champions.return", Needs: bot.Colleague, Run: f.comeBack},
		{Name: "champions.meeting", Needs: bot.Colleague, Form: f.meetingForm, Run: f.meet},
		{Name: "champions.promise", Needs: bot.Colleague, Form: f.promiseForm, Run: f.promise},
		{Name: "champions.settle", Needs: bot.Colleague, Form: f.settleForm, Run: f.settle},
		{Name: "champions.kept", Needs: bot.Colleague, Run: f.kept},
		{Name: "champions.drop", Needs: bot.Colleague, Form: f.dropForm, Run: f.drop},
		{Name: "champions.draft", Needs: bot.Lead, Run: f.draft},
		{Name: "champions.send", Needs: bot.Lead, Run: f.send},
		{Name: "champions.edit", Needs: bot.Lead, Form: f.editForm, Run: f.edit},
		{Name: "champions.skip", Needs: bot.Lead, Run: f.skip},
	}
}

// Views returns the cards.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{
		{Kind: askView, Render: f.renderAsk},
		{Kind: pageView, Render: f.renderPage},
		{Kind: leadView, Render: f.renderLead},
		{Kind: questionView, Render: f.renderQuestion},
		{Kind: draftView, Render: f.renderDraft},
	}
}

// Panels returns the feature's parts of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{
		{Name: "champions.mine", Order: 37, Show: f.mineOnHome},
		{Name: "champions.lead", Order: 38, Show: f.leadOnHome},
	}
}

// Sweeps returns what time asks for: briefings and their drafts, the question of a
// quarter, who has left, and whether there are enough.
func (f *Feature) Sweeps() []bot.Sweep { return []bot.Sweep{{Name: "champions", Run: f.sweep}} }

// sweep leads every champion as far as time asks for, and rests until then.
func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	people, err := f.People.Persons(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return f.rest.Look(f.Clock.Now(), people, func() (time.Time, error) { return f.lead(ctx) })
}

// lead leads every champion as far as time asks for. What fails for one does not
// hold up the others.
func (f *Feature) lead(ctx context.Context) (time.Time, error) {
	all, err := f.Stores.Champions.List(ctx)
	if err != nil || len(all) == 0 {
		return time.Time{}, err
	}
	next, active := time.Time{}, 0
	var failed []error
	for _, c := range all {
		after, err := f.advance(ctx, c)
		failed = append(failed, err)
		next = earliest(next, after.NextAt(f.Organisation.Zone))
		if after.State == Active {
			active++
		}
	}
	failed = append(failed, f.count(ctx, active))
	if err := errors.Join(failed...); err != nil {
		return time.Time{}, err
	}
	return next, nil
}

// count notes how many are active, and warns leads when there are not enough any
// more.
func (f *Feature) count(ctx context.Context, active int) error {
	w, err := f.Stores.Watch.Get(ctx)
	if err != nil || w.Active == active {
		return err
	}
	leads, err := f.leads(ctx)
	if err != nil {
		return err
	}
	now := f.Clock.Now()
	return f.Stores.Watch.Change(ctx, func(w *Watch) ([]bot.Delivery, []string) {
		out := w.See(active, now, leads)
		return out, w.Outdated(leads)
	})
}

// maxSteps bounds how often one champion moves in one sweep; the rest is done by
// the next.
const maxSteps = 20

// advance leads a champion as far as time and the register ask for.
func (f *Feature) advance(ctx context.Context, c Champion) (Champion, error) {
	for range maxSteps {
		if c.State != Asked && !c.State.Speaks() {
			return c, nil
		}
		n, err := f.now(ctx, c.ID)
		if err != nil {
			return c, err
		}
		facts := Facts{Now: n, Version: c.Version}
		if err := f.brief(ctx, c, &facts); err != nil {
			return c, err
		}
		try := c
		if _, moved, err := try.Tick(facts); err != nil || !moved {
			return c, err
		}
		err = f.Stores.Champions.Change(ctx, c.ID, func(stored *Champion) ([]bot.Delivery, error) {
			out, _, err := stored.Tick(facts)
			return out, err
		})
		if err != nil && !errors.Is(err, ErrMoved) {
			return c, err
		}
		if c, err = f.Stores.Champions.Get(ctx, c.ID); err != nil {
			return c, err
		}
	}
	return c, nil
}

// now reads what the rules need to know besides the champion.
func (f *Feature) now(ctx context.Context, id string) (Now, error) {
	n := Now{At: f.Clock.Now(), Zone: f.Organisation.Zone}
	all, err := f.People.Persons(ctx)
	if err != nil {
		return n, err
	}
	n.Leads, n.Gone, n.Name = leadsOf(all), true, "Somebody"
	if at := slices.IndexFunc(all, func(p bot.Person) bool { return string(p.ID) == id }); at >= 0 {
		n.Gone, n.Name = all[at].Inactive || all[at].Outside, all[at].Name
	}
	return n, nil
}

func (f *Feature) leads(ctx context.Context) ([]bot.PersonID, error) {
	all, err := f.People.Persons(ctx)
	return leadsOf(all), err
}

// leadsOf lists the active comms leads.
func leadsOf(all []bot.Person) []bot.PersonID {
	var leads []bot.PersonID
	for _, p := range all {
		if slices.Contains(p.Roles, bot.Lead) && !p.Inactive && !p.Outside {
			leads = append(leads, p.ID)
		}
	}
	return leads
}

// do carries out a rule on a champion and wakes the sweeps.
func (f *Feature) do(ctx context.Context, id string, rule func(*Champion, Now) ([]bot.Delivery, error)) (Champion, error) {
	c, err := f.Stores.Champions.Get(ctx, id)
	if err != nil {
		return c, err
	}
	n, err := f.now(ctx, id)
	if err != nil {
		return c, err
	}
	var after Champion
	err = f.Stores.Champions.Change(ctx, id, func(stored *Champion) ([]bot.Delivery, error) {
		out, err := rule(stored, n)
		after = *stored
		return out, err
	})
	if err == nil {
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
	return hex.EncodeToString(sum[:8]), nil
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}

// brief finds what a briefing may say, where one is drafted or sent now.
func (f *Feature) brief(ctx context.Context, c Champion, facts *Facts) error {
	switch n := facts.Now; {
	case n.Gone:
	case c.WantsDraft(n.At, n.Zone):
		all, err := f.gather(ctx, c.since(n.At), n.At)
		facts.Points = trim(all)
		return err
	case c.WantsSend(n.At, n.Zone):
		all, err := f.gather(ctx, c.since(c.next().Briefing.Drafted), n.At)
		facts.Still = map[string]bool{}
		for _, p := range all {
			facts.Still[p.Of] = true
		}
		return err
	}
	return nil
}

// gather asks every source what may be told of a period.
func (f *Feature) gather(ctx context.Context, from, to time.Time) ([]Point, error) {
	var all []Point
	for _, source := range f.Briefing {
		some, err := source(ctx, from, to)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// since is from when a briefing tells: from the last one on, or of the last
// quarter.
func (c *Champion) since(now time.Time) time.Time {
	for _, m := range slices.Backward(c.Meetings) {
		if m.Briefing.Stage == Sent {
			return m.Briefing.Drafted
		}
	}
	return now.Add(-quarter)
}
