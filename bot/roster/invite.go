package roster

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"evangelist/bot"
)

func (f *Feature) inviteForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	intro := "I ask one colleague for you, in your words. Nobody is asked more than once a quarter, whoever asks."
	if department, known := p.departmentOf(in.Arg); known {
		intro = "I ask one colleague of " + department + " for you, in your words. Nobody is asked more than once a quarter, whoever asks."
	}
	return &bot.Form{Title: "Invite a colleague", Submit: "Ask", Intro: []bot.Block{paragraph(intro)}, Fields: []bot.Field{
		{Name: "person", Kind: bot.PersonField, Label: "Whom?", Required: true, Help: "Somebody of a department, or on a level of it, where nobody is with us yet."},
		{Name: "part", Kind: bot.ChoiceField, Label: "To do what?", Value: []string{string(Leads)}, Options: []bot.Option{
			{Value: string(Leads), Label: "Lead", Help: Leads.means()}, {Value: string(Supports), Label: "Support", Help: Supports.means()},
		}},
		{Name: "reason", Kind: bot.ParagraphField, Label: "Why this person?", Required: true, Max: MaxReason,
			Help: "Shown word for word, with your name. It is what people answer to."},
	}}, nil
}

// invite asks a colleague.
func (f *Feature) invite(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if !in.Actor.Has(bot.Lead) {
		return nil, bot.ErrNotFound
	}
	if !in.Submitted() {
		return nil, bot.ErrNotFound
	}
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	person, known := p.byID[bot.PersonID(in.Value("person"))]
	if !known {
		return bot.Invalid{Fields: map[string]string{"person": "Choose a colleague."}}, nil
	}
	department, chosen := p.departmentOf(in.Arg)
	if !chosen {
		department = person.Department
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	i := Invitation{Key: once, Person: person, Part: Part(in.Value("part")), Department: department, Reason: bot.Clean(in.Value("reason"), MaxReason),
		Hole: p.holeAt(department, person.Level), With: p.with(person.ID)}
	err = f.Stores.Guests.Change(ctx, person.ID, func(g *Guest) ([]bot.Delivery, error) { return g.Invite(in.Actor, i, p.now) })
	if reply := invalid(err, "person", "part", "reason"); reply != nil {
		return reply, nil
	}
	if err != nil {
		return nil, err
	}
	f.Wake()
	return finish(in, bot.Notice("I ask "+person.Name+" with your words. You hear of a yes; until then it says \"asked, waits\". After three weeks without an answer it lapses.")), nil
}

// guestOf takes the id of an invitation apart.
func guestOf(id string) (bot.PersonID, int) {
	person, n, _ := strings.Cut(id, "/")
	number, err := strconv.Atoi(n)
	if err != nil {
		number = 0
	}
	return bot.PersonID(person), number
}

// change carries a rule on an invitation out.
func (f *Feature) change(ctx context.Context, in bot.Invocation, rule func(*Guest, bot.Actor, int) ([]bot.Delivery, error)) (Guest, error) {
	var after Guest
	all, err := f.People.Persons(ctx)
	if err != nil {
		return after, err
	}
	person, n := guestOf(in.Arg)
	err = f.Stores.Guests.Change(ctx, person, func(g *Guest) ([]bot.Delivery, error) {
		out, err := rule(g, in.Actor, n)
		after = *g
		return toOthers(out, g.By, all), err
	})
	if err == nil {
		f.Wake()
	}
	return after, err
}

// toOthers has what is for a lead who is gone go to those who lead now.
func toOthers(out []bot.Delivery, lead bot.PersonID, all []bot.Person) []bot.Delivery {
	if slices.ContainsFunc(all, func(p bot.Person) bool { return p.ID == lead && !p.Inactive }) {
		return out
	}
	var others []bot.Delivery
	for _, d := range out {
		if d.To.Person != lead {
			others = append(others, d)
			continue
		}
		for _, p := range all {
			if p.Has(bot.Lead) && !p.Inactive && !p.Outside {
				to := d
				to.Key, to.To = d.Key+"/"+string(p.ID), bot.Address{Person: p.ID}
				others = append(others, to)
			}
		}
	}
	return others
}

// accept says yes, and puts the guest on the list; should that fail, the sweep tries
// it again.
func (f *Feature) accept(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	g, err := f.change(ctx, in, (*Guest).Accept)
	if err != nil {
		return nil, err
	}
	if !g.Joined {
		if err := f.joined(ctx, g); err != nil {
			return nil, err
		}
	}
	return bot.Refresh{View: bot.View{Kind: inviteView, ID: g.ID(), Version: g.Version}}, nil
}

// answer carries out an act on an invitation that needs nothing else.
func (f *Feature) answer(rule func(*Guest, bot.Actor, int) ([]bot.Delivery, error)) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		g, err := f.change(ctx, in, rule)
		if err != nil {
			return nil, err
		}
		if in.Actor.Person == g.Person {
			return bot.Refresh{View: bot.View{Kind: inviteView, ID: g.ID(), Version: g.Version}}, nil
		}
		return bot.Say{Message: bot.Notice("The invitation is taken back. Nobody is told why.")}, nil
	}
}

// renderInvite draws an invitation for the guest.
func (f *Feature) renderInvite(ctx context.Context, id string) (bot.Message, int64, error) {
	person, n := guestOf(id)
	g, err := f.Stores.Guests.Get(ctx, person)
	if err != nil {
		return bot.Message{}, 0, err
	}
	if g.N == 0 || n < 1 {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	name, err := f.name(ctx, g.By)
	return inviteMessage(g, n, name), g.Version, err
}

// name is somebody's name, "a comms lead" when the person is not known any more.
func (f *Feature) name(ctx context.Context, id bot.PersonID) (string, error) {
	person, err := f.People.Person(ctx, id)
	if errors.Is(err, bot.ErrNotFound) {
		return "A comms lead", nil
	}
	return person.Name, err
}

// office finds an office by its id.
func (f *Feature) office(ctx context.Context, id string) (Office, error) {
	all, err := f.Stores.Offices.List(ctx)
	if err != nil {
		return Office{}, err
	}
	for _, o := range all {
		if o.ID == id {
			return o, nil
		}
	}
	return Office{}, bot.ErrNotFound
}

// renderPlace draws the card of somebody who was appointed.
func (f *Feature) renderPlace(ctx context.Context, id string) (bot.Message, int64, error) {
	parts := strings.SplitN(id, "/", 3)
	if len(parts) < 3 {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	o, err := f.office(ctx, parts[0])
	if err != nil {
		return bot.Message{}, 0, err
	}
	by, err := f.name(ctx, o.holder(Post(parts[1])).By)
	return placeMessage(o, Post(parts[1]), bot.PersonID(parts[2]), by), o.Version, err
}

// renderTakeover draws the question to a deputy.
func (f *Feature) renderTakeover(ctx context.Context, id string) (bot.Message, int64, error) {
	parts := strings.SplitN(id, "/", 3)
	if len(parts) < 3 {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	o, err := f.office(ctx, parts[0])
	if err != nil {
		return bot.Message{}, 0, err
	}
	round, err := strconv.Atoi(parts[1])
	if err != nil {
		return bot.Message{}, 0, bot.ErrNotFound
	}
	return takeoverMessage(o, round, bot.PersonID(parts[2])), o.Version, nil
}

// renderOffice draws the leads' card of a department.
func (f *Feature) renderOffice(ctx context.Context, id string) (bot.Message, int64, error) {
	o, err := f.office(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	p, err := f.look(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return officeMessage(o, p.name), o.Version, nil
}
