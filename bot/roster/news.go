package roster

import (
	"context"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// maxCases is how many people a card lists with buttons.
const maxCases = 8

// tellWeek posts the news of the week to leads, where there are any.
func (f *Feature) tellWeek(ctx context.Context, tick schedule.Tick) error {
	p, err := f.look(ctx)
	if err != nil || p.news().Empty() {
		return err
	}
	return f.Stores.Register.Change(ctx, nil, func(d *Desk, _ []Seen) ([]bot.Delivery, error) {
		return d.Tell(tick.Slot, p.leads), nil
	})
}

// renderNews draws the news as they are now.
func (f *Feature) renderNews(ctx context.Context, _ string) (bot.Message, int64, error) {
	p, err := f.look(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return newsMessage(p.news(), f.Organisation, maxCases), p.desk.Version, nil
}

// showNews answers with the news.
func (f *Feature) showNews(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
	message, _, err := f.renderNews(ctx, "")
	return bot.Say{Message: message}, err
}

func newsMessage(n News, org bot.Organisation, most int) bot.Message {
	message := titled("Who came, moved and left")
	if n.Empty() {
		message.Blocks = append(message.Blocks, paragraph("Nothing to decide."))
		return message
	}
	if len(n.New) > 0 {
		var list bot.List
		for _, some := range n.New {
			list.Items = append(list.Items, bot.T("New in "+some.Department+": "+people(some.People)+" (nobody has asked them)"))
		}
		message.Blocks = append(message.Blocks, list)
	}
	left := most
	for _, cases := range [][]Case{n.Moved, n.Inactive} {
		for _, c := range cases {
			if left--; left >= 0 {
				message.Blocks = append(message.Blocks, c.blocks()...)
			}
		}
	}
	if left < 0 {
		message.Blocks = append(message.Blocks, paragraph(people(-left)+" more stand on ", bot.To("the page", org.Page(Page)), "."))
	}
	message.Blocks = append(message.Blocks, note("Only comms leads see this. Nobody is asked before one of you says so."))
	return message
}

// blocks show somebody of whom a lead decides, with what can be decided.
func (c Case) blocks() []bot.Block {
	line := paragraph("Account inactive: ", bot.Name(c.Person, c.Name), " ("+c.Was+")")
	if c.From != "" {
		line = paragraph("Moved: ", bot.Name(c.Person, c.Name), " from "+c.From+" to "+orNone(c.To)+" ("+c.Was+")")
	}
	keep := bot.Button{Command: "roster.keep", Arg: string(c.Person), Label: "Keep for now"}
	release := bot.Button{Command: "roster.release", Arg: string(c.Person), Label: "Release the place", Tone: bot.Danger, Confirm: "Take " + c.Name + " off the list and free the place?"}
	switch {
	case c.From != "" && c.Placed:
		release.Confirm = "Free the place? " + c.Name + " is told."
	case c.From != "":
		keep.Label = "Noted"
		return []bot.Block{line, row(keep)}
	case !c.Placed:
		release.Label, release.Confirm = "Take off the list", "Take "+c.Name+" off the list?"
	}
	return []bot.Block{line, row(keep, release)}
}

// undecided finds somebody of whom a lead may decide; the same words for all others,
// so that nothing is learned from pressing.
func (f *Feature) undecided(ctx context.Context, in bot.Invocation) (picture, bot.PersonID, bool, error) {
	if !in.Actor.Has(bot.Lead) {
		return picture{}, "", false, bot.ErrNotFound
	}
	p, err := f.look(ctx)
	if err != nil {
		return p, "", false, err
	}
	id, n := bot.PersonID(in.Arg), p.news()
	for _, c := range append(n.Moved, n.Inactive...) {
		if c.Person == id {
			return p, id, true, nil
		}
	}
	return p, id, false, nil
}

// decidedNews shows the newest state of the news after a lead's word.
func (f *Feature) decidedNews(ctx context.Context) (bot.Reply, error) {
	f.Wake()
	desk, err := f.Stores.Register.Desk(ctx)
	return bot.Refresh{View: bot.View{Kind: newsView, ID: desk.Week, Version: desk.Version}}, err
}

// keep leaves somebody's place as it is.
func (f *Feature) keep(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, id, open, err := f.undecided(ctx, in)
	if err != nil {
		return nil, err
	}
	if open {
		err = f.Stores.Register.Change(ctx, []bot.PersonID{id}, func(d *Desk, seen []Seen) ([]bot.Delivery, error) {
			if len(seen) == 0 {
				return nil, nil
			}
			d.Leads = stillLead(d.Leads, p.leads)
			return d.Keep(&seen[0], p.now), nil
		})
		if err != nil {
			return nil, err
		}
	}
	return f.decidedNews(ctx)
}

// release takes somebody off the list and frees the place.
func (f *Feature) release(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, id, open, err := f.undecided(ctx, in)
	if err != nil {
		return nil, err
	}
	if !open {
		return f.decidedNews(ctx)
	}
	moved := !p.byID[id].Inactive
	_, away := p.gone()
	if o, post := p.place(id); post != "" {
		err := f.Stores.Offices.Change(ctx, o.Department, "", func(o *Office, _ *Guest) ([]bot.Delivery, error) {
			if o.holder(post).Person != id {
				return nil, nil
			}
			return o.Release(in.Actor, post, away)
		})
		if err != nil {
			return nil, err
		}
	}
	// Who moved is still with us, in another department.
	if part := p.members[id].Part; !moved && (part == Leads || part == Supports) {
		if err := f.Leave(ctx, id); err != nil {
			return nil, err
		}
	}
	err = f.Stores.Register.Change(ctx, []bot.PersonID{id}, func(d *Desk, seen []Seen) ([]bot.Delivery, error) {
		d.Leads = stillLead(d.Leads, p.leads)
		if len(seen) > 0 {
			d.Keep(&seen[0], p.now)
			seen[0].KeptUntil = seen[0].Gone
		}
		return d.changed(), nil
	})
	if err != nil {
		return nil, err
	}
	return f.decidedNews(ctx)
}
