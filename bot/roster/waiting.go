package roster

import (
	"context"
	"fmt"
	"time"

	"evangelist/bot"
)

// matterKind is the heading under which these matters stand on the desk.
const matterKind = "Departments"

// Waiting lists what is open for comms leads, with since when: holes, places,
// invitations, accounts, and decisions past their date or whose owner is gone; never
// by person or activity.
// For leads alone: the caller checks.
func (f *Feature) Waiting(ctx context.Context) ([]bot.Matter, error) {
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	open, err := f.Stores.Decisions.List(ctx, ToDo)
	if err != nil {
		return nil, err
	}
	all := p.waiting()
	for _, d := range open {
		switch {
		case p.orphan(d):
			matter := f.due(d)
			matter.What = bot.T(d.Words + " needs somebody to do it (account inactive)")
			matter.Do = &bot.Button{Command: "roster.redate", Arg: d.ID, Label: "Other date or person"}
			all = append(all, matter)
		case d.Late(p.now, f.Organisation.Zone):
			all = append(all, f.due(d))
		}
	}
	bot.SortMatters(all)
	return all, nil
}

// waiting is what is open besides decisions.
func (p picture) waiting() []bot.Matter {
	var all []bot.Matter
	add := func(what string, since time.Time, command, arg, label string) {
		matter := bot.Matter{What: bot.T(what), Kind: matterKind, Since: since, Page: Page}
		if command != "" {
			matter.Do = &bot.Button{Command: command, Arg: arg, Label: label}
		}
		all = append(all, matter)
	}
	for _, r := range p.matrix().Rows {
		if r.Hole {
			add(fmt.Sprintf("Nobody is with us in %s, of %s", r.Department, colleagues(r.Colleagues)), r.Since, "roster.invite", r.ID, "Invite")
		}
	}
	for _, o := range p.offices {
		if o.State == LeadsTurn {
			add(o.Department+" needs a representative", o.Asked, "roster.representative", o.ID, "Appoint")
		}
	}
	for _, w := range p.waits() {
		person, _ := guestOf(w.ID)
		add(w.Name+" ("+w.Department+"): asked, waits", p.guests[person].Opened, "", "", "")
	}
	n := p.news()
	for _, c := range n.Moved {
		add(c.Name+" moved from "+c.From+" to "+orNone(c.To)+" ("+c.Was+")", c.Since, "roster.news", "", "Decide")
	}
	for _, c := range n.Inactive {
		add("Account inactive: "+c.Name+" ("+c.Was+")", c.Since, "roster.news", "", "Decide")
	}
	return all
}

// orphan reports whether whoever was to do a decision is gone.
func (p picture) orphan(d Decision) bool {
	owner, known := p.byID[d.Owner]
	return d.Owner != "" && (!known || owner.Inactive)
}

// due is a decision as a matter.
func (f *Feature) due(d Decision) bot.Matter {
	matter := bot.Matter{What: bot.T(d.Words), Kind: "Decided by representatives", Since: d.At, Do: &bot.Button{Command: "roster.done", Arg: d.ID, Label: "Done"}}
	if !d.Due.IsZero() {
		end := d.Due.AddDays(1)
		matter.Due = time.Date(end.Year, end.Month, end.Day, 0, 0, 0, 0, f.Organisation.Zone).UTC()
	}
	return matter
}

// Matters lists what waits for an actor: the question to a deputy, one's own
// decisions, and for comms leads what is open everywhere.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if !actor.Has(bot.Colleague) || actor.Person == "" {
		return nil, nil
	}
	var all []bot.Matter
	offices, err := f.Stores.Offices.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range offices {
		if o.State == Asking && o.Deputy.Person == actor.Person {
			all = append(all, bot.Matter{What: bot.T("Do you take over as representative of " + o.Department + "?"), Kind: matterKind, Since: o.Asked, Due: o.NextAt(),
				Do: &bot.Button{Command: "roster.takeover", Arg: o.ID, Label: "I take it over"}})
		}
	}
	open, err := f.Stores.Decisions.List(ctx, ToDo)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	for _, d := range open {
		if d.Owner == actor.Person && !(actor.Has(bot.Lead) && d.Late(now, f.Organisation.Zone)) {
			all = append(all, f.due(d))
		}
	}
	if !actor.Has(bot.Lead) {
		return all, nil
	}
	waiting, err := f.Waiting(ctx)
	return append(all, waiting...), err
}
