package requests

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// Requests keeps what is needed. A request comes into being with the answer that
// says so, outside of this room. Every write is one transaction, durable when it
// returns, and changes nothing when it is repeated. A rule that is handed to Change
// may run twice; its error is returned as it is, and then nothing is kept.
type Requests interface {
	// Get returns a request, or bot.ErrNotFound.
	Get(ctx context.Context, id string) (Request, error)
	// List returns requests in the given states (none: all), the newest first, at
	// most limit (0: all).
	List(ctx context.Context, limit int, states ...State) ([]Request, error)
	// Change loads a request, calls rule and saves it with the deliveries; messages
	// about an owner or date of before that were not sent yet are not recalled.
	// bot.ErrNotFound.
	Change(ctx context.Context, id string, rule func(*Request) ([]bot.Delivery, error)) error
}

// Config is what the feature needs; Wake may be left out.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Requests     Requests
	Clock        bot.Clock
	Wake         func() // has sweeps look at once; nil: when they are due
}

// Feature sees to requests. Its methods may be called by many goroutines.
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

// Commands returns what can be asked, in the order of the help.
func (f *Feature) Commands() []bot.Command {
	return []bot.Command{
		{Name: "network.requests", Phrases: []string{"evangelist requests"}, Needs: bot.Lead, Usage: "/evangelist requests",
			Help: "lists what is needed, who sees to it and by when.", Run: f.list},
		{Name: "network.request", Needs: bot.Colleague, Run: f.see},
		{Name: "network.request.take", Needs: bot.Colleague, Form: f.form(Take, takeForm), Run: f.take},
		{Name: "network.request.name", Needs: bot.Colleague, Form: f.form(Name, nameForm), Run: f.name},
		{Name: "network.request.move", Needs: bot.Colleague, Form: f.form(Move, moveForm), Run: f.move},
		{Name: "network.request.back", Needs: bot.Colleague, Run: f.handBack},
		{Name: "network.request.close", Needs: bot.Colleague, Form: f.form(Close, closeForm), Run: f.close},
	}
}

// Views returns the card.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{{Kind: requestView, Render: f.render}}
}

// Panels returns the feature's part of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{{Name: "network.requests", Order: 31, Show: f.onHome}}
}

// Sweeps returns what time and the register ask for.
func (f *Feature) Sweeps() []bot.Sweep { return []bot.Sweep{{Name: "requests", Run: f.sweep}} }

// Buttons lead from other pages of the leads to the list.
func Buttons() []bot.Button {
	return []bot.Button{{Command: "network.requests", Label: "Requests"}}
}

func (f *Feature) today() schedule.Date {
	return schedule.DateOf(f.Clock.Now(), f.Organisation.Zone)
}

// circle reads who is there.
func (f *Feature) circle(ctx context.Context) (Circle, error) {
	all, err := f.People.Persons(ctx)
	if err != nil {
		return Circle{}, err
	}
	here := make(map[bot.PersonID]string, len(all))
	var c Circle
	for _, p := range all {
		if p.Inactive || p.Outside {
			continue
		}
		here[p.ID] = p.Name
		if slices.Contains(p.Roles, bot.Lead) {
			c.Leads = append(c.Leads, p.ID)
		}
	}
	c.Here = func(id bot.PersonID) bool { _, ok := here[id]; return ok }
	c.Name = func(id bot.PersonID) string { return here[id] }
	return c, nil
}

// do carries out a rule and returns the request after it.
func (f *Feature) do(ctx context.Context, id string, rule func(*Request, Circle) ([]bot.Delivery, error)) (Request, error) {
	c, err := f.circle(ctx)
	if err != nil {
		return Request{}, err
	}
	var after Request
	err = f.Requests.Change(ctx, id, func(r *Request) ([]bot.Delivery, error) {
		out, err := rule(r, c)
		after = *r
		return out, err
	})
	return after, err
}

// sweep does what time and the register ask for.
func (f *Feature) sweep(ctx context.Context) (next time.Time, err error) {
	open, err := f.Requests.List(ctx, 0, Open, Taken)
	if err != nil || len(open) == 0 {
		return time.Time{}, err
	}
	c, err := f.circle(ctx)
	if err != nil {
		return time.Time{}, err
	}
	now, zone := f.Clock.Now(), f.Organisation.Zone
	for _, r := range open {
		for moved := true; moved; {
			if _, moved = r.clone().Tick(now, zone, c); !moved {
				break
			}
			err := f.Requests.Change(ctx, r.ID, func(stored *Request) (out []bot.Delivery, _ error) {
				out, moved = stored.Tick(now, zone, c)
				r = *stored
				return out, nil
			})
			if errors.Is(err, bot.ErrNotFound) {
				break
			}
			if err != nil {
				return time.Time{}, err
			}
		}
		if due := r.NextAt(zone); due.After(now) && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next, nil
}

// render draws a request as one person has it.
func (f *Feature) render(ctx context.Context, id string) (bot.Message, int64, error) {
	request, person, ok := strings.Cut(id, "/")
	if !ok {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	r, err := f.Requests.Get(ctx, request)
	if err != nil {
		return bot.Message{}, 0, err
	}
	who, err := f.People.Person(ctx, bot.PersonID(person))
	if err != nil {
		return bot.Message{}, 0, err
	}
	// What somebody may see depends on the person alone, not on the account.
	actor := bot.Actor{Account: bot.AccountID(person), Person: who.ID, Name: who.Name, Roles: who.Roles, Inactive: who.Inactive, External: who.Outside}
	if !r.May(actor, See) {
		return elsewhereMessage(), r.Version, nil
	}
	return cardMessage(r, actor), r.Version, nil
}

// Matters lists what waits for an actor: for leads requests that nobody sees to and
// those whose date has passed, for owners what they see to.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if !actor.Has(bot.Colleague) || actor.Person == "" {
		return nil, nil
	}
	open, err := f.Requests.List(ctx, 0, Open, Taken)
	if err != nil {
		return nil, err
	}
	now, zone := f.Clock.Now(), f.Organisation.Zone
	var all []bot.Matter
	for _, r := range open {
		mine, lead := r.Owner == actor.Person, actor.Has(bot.Lead)
		if !mine && (!lead || r.State == Taken && !r.Late(now, zone)) {
			continue
		}
		see := seeButton(r)
		matter := bot.Matter{What: bot.T(r.Title), Kind: "Requests", Since: r.since(), Do: &see}
		if r.State == Taken {
			next := r.Due.AddDays(1)
			matter.Due = time.Date(next.Year, next.Month, next.Day, 0, 0, 0, 0, zone).UTC()
		}
		all = append(all, matter)
	}
	return all, nil
}
