package mandates

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

// MemberSource reports whether somebody leads or supports, and so may ask.
type MemberSource func(ctx context.Context, person bot.PersonID) (bool, error)

// ChampionSource lists the champions, who may sign letters beside comms leads.
type ChampionSource func(ctx context.Context) ([]bot.PersonID, error)

// Config is what the feature needs. Member, Champions and Wake may be left out, the
// rest is compulsory.
type Config struct {
	Organisation bot.Organisation
	People       bot.People
	Stores       Stores
	Clock        bot.Clock
	Random       io.Reader
	Member       MemberSource   // nil: every colleague may ask
	Champions    ChampionSource // nil: comms leads alone sign
	Wake         func()         // makes the sweeps run soon; nil: when they are due
}

// Feature is letters and resources. Its methods may be called by many goroutines.
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
		{Name: "mandates.mine", Phrases: []string{"evangelist mandate"}, Needs: bot.Colleague, Usage: "/evangelist mandate",
			Help: "asks for a letter to your manager about time and freedoms, or shows yours.", Form: f.askForm, Run: f.mine},
		{Name: "mandates.resource", Phrases: []string{"evangelist resource"}, Needs: bot.Colleague, Usage: "/evangelist resource",
			Help: "asks comms leads for something that you need for it.", Form: f.resourceForm, Run: f.askResource},
		{Name: "mandates.resources", Phrases: []string{"evangelist resources"}, Needs: bot.Colleague, Usage: "/evangelist resources",
			Help: "shows what you asked for and what became of it; for comms leads also what waits.", Run: f.resources},
		{Name: "mandates.change", Needs: bot.Colleague, Form: f.changeForm, Run: f.change},
		{Name: "mandates.renew", Needs: bot.Colleague, Form: f.renewForm, Run: f.renew},
		{Name: "mandates.decline", Needs: bot.Colleague, Run: f.decline},
		{Name: "mandates.withdraw", Needs: bot.Colleague, Run: f.withdraw},
		{Name: "mandates.review", Needs: bot.Colleague, Run: f.review},
		{Name: "mandates.sign", Needs: bot.Colleague, Run: f.sign},
		{Name: "mandates.return", Needs: bot.Colleague, Form: f.returnForm, Run: f.giveBack},
		{Name: "mandates.decide", Needs: bot.Lead, Form: f.decideForm, Run: f.decide},
		{Name: "mandates.takeback", Needs: bot.Colleague, Run: f.takeBack},
		{Name: "mandates.hand", Needs: bot.Lead, Form: f.handForm, Run: f.hand},
	}
}

// Views returns the cards.
func (f *Feature) Views() []bot.ViewKind {
	return []bot.ViewKind{
		{Kind: reviewView, Render: f.renderReview},
		{Kind: mineView, Render: f.renderMine},
		{Kind: resourceView, Render: f.renderResource},
	}
}

// Panels returns the feature's parts of a person's home page.
func (f *Feature) Panels() []bot.Panel {
	return []bot.Panel{
		{Name: "mandates.mine", Order: 39, Show: f.mineOnHome},
		{Name: "mandates.lead", Order: 40, Show: f.leadOnHome},
	}
}

// Sweeps returns what time asks for: letters that run out, requests that wait too
// long, accounts that were switched off.
func (f *Feature) Sweeps() []bot.Sweep {
	return []bot.Sweep{{Name: "mandates", Run: f.sweep}, {Name: "resources", Run: f.sweepResources}}
}

// register is everybody who can be met in a sweep.
type register map[bot.PersonID]bot.Person

// gone reports whether somebody cannot be reached any more.
func (r register) gone(id bot.PersonID) bool {
	p, known := r[id]
	return !known || p.Inactive || p.Outside
}

func (r register) name(id bot.PersonID) string {
	if p, known := r[id]; known {
		return p.Name
	}
	return "somebody who has left"
}

// leads lists the active comms leads, in the order of names.
func (r register) leads() []bot.PersonID {
	var all []bot.Person
	for _, p := range r {
		if slices.Contains(p.Roles, bot.Lead) && !p.Inactive && !p.Outside {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b bot.Person) int {
		if by := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); by != 0 {
			return by
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	ids := make([]bot.PersonID, len(all))
	for i, p := range all {
		ids[i] = p.ID
	}
	return ids
}

func (f *Feature) register(ctx context.Context) (register, error) {
	all, err := f.People.Persons(ctx)
	if err != nil {
		return nil, err
	}
	r := make(register, len(all))
	for _, p := range all {
		r[p.ID] = p
	}
	return r, nil
}

// signers lists who may sign a letter of somebody: comms leads and champions who are
// there, never oneself and never one's own manager, to whom the letter goes.
func (f *Feature) signers(ctx context.Context, r register, owner bot.PersonID) ([]bot.PersonID, error) {
	all := r.leads()
	if f.Champions != nil {
		champions, err := f.Champions(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range champions {
			if !r.gone(id) && !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	manager := strings.ToLower(strings.TrimSpace(r[owner].Manager))
	return slices.DeleteFunc(all, func(id bot.PersonID) bool {
		return id == owner || manager != "" && r[id].Email == manager
	}), nil
}

func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	all, err := f.Stores.Mandates.List(ctx, Filter{States: []State{Asked, Returned, Signed}})
	if err != nil || len(all) == 0 {
		return time.Time{}, err
	}
	r, err := f.register(ctx)
	if err != nil {
		return time.Time{}, err
	}
	newest := map[bot.PersonID]string{} // the letter of each that was signed last
	latest := map[bot.PersonID]time.Time{}
	for _, m := range all {
		if m.State == Signed && m.Signed.After(latest[m.Person]) {
			newest[m.Person], latest[m.Person] = m.ID, m.Signed
		}
	}
	now, next := f.Clock.Now(), time.Time{}
	for _, m := range all {
		facts := Facts{OwnerGone: r.gone(m.Person), SignerGone: r.gone(m.Signer), Newer: m.State == Signed && newest[m.Person] != m.ID}
		if _, moved := m.Tick(now, facts); moved {
			err := f.Stores.Mandates.Change(ctx, m.ID, func(stored *Mandate) ([]bot.Delivery, error) {
				out, _ := stored.Tick(now, facts)
				m = *stored
				return out, nil
			})
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return time.Time{}, err
			}
		}
		if due := m.Due(); due.After(now) && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next, nil
}

func (f *Feature) sweepResources(ctx context.Context) (time.Time, error) {
	all, err := f.Stores.Resources.List(ctx, "", Waiting)
	if err != nil || len(all) == 0 {
		return time.Time{}, err
	}
	r, err := f.register(ctx)
	if err != nil {
		return time.Time{}, err
	}
	leads := r.leads()
	now, zone, next := f.Clock.Now(), f.Organisation.Zone, time.Time{}
	for _, one := range all {
		gone := r.gone(one.Person)
		if _, moved := one.Tick(now, leads, gone, zone); moved {
			err := f.Stores.Resources.Change(ctx, one.ID, func(stored *Resource) ([]bot.Delivery, error) {
				out, _ := stored.Tick(now, leads, gone, zone)
				one = *stored
				return out, nil
			})
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return time.Time{}, err
			}
		}
		if due := one.Due(zone); due.After(now) && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next, nil
}

// may reports whether somebody may ask at all, with a sentence for whoever may not.
func (f *Feature) may(ctx context.Context, actor bot.Actor) error {
	if actor.Person == "" {
		return bot.ErrNotFound
	}
	if f.Member == nil {
		return nil
	}
	is, err := f.Member(ctx, actor.Person)
	if err != nil || is {
		return err
	}
	return bot.Refuse("mandate-member", "That is for those who lead or support, so nothing was done. To become one of them: /evangelist join")
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
	sum := sha256.Sum256([]byte(strings.Join([]string{nonce, in.Command, in.Arg, string(in.Actor.Person)}, "\n")))
	return hex.EncodeToString(sum[:16]), nil
}

// finish answers a form with its last page and anything else with a message.
func finish(in bot.Invocation, message bot.Message) bot.Reply {
	if in.Submitted() {
		return bot.Done{Message: message}
	}
	return bot.Say{Message: message}
}
