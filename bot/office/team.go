package office

import (
	"context"
	"errors"
	"slices"

	"evangelist/bot"
)

// The changes of a team, as the form names them.
const (
	appointLead   = "appoint-lead"
	releaseLead   = "release-lead"
	appointReader = "appoint-reader"
	releaseReader = "release-reader"
)

// ErrLastLead means that nobody would be left to lead.
var ErrLastLead = &bot.Error{Code: "last-lead", Say: "This is the only active comms lead, and somebody must be one. Appoint another lead first."}

// Appoint changes a person's roles. Others is how many active leads there are
// besides this person. It reports whether anything changed; the same again
// changes nothing. ErrLastLead when nobody would be left.
func Appoint(p *bot.Person, change string, others int) (changed bool, err error) {
	role, add := bot.Lead, true
	switch change {
	case appointLead:
	case releaseLead:
		add = false
	case appointReader:
		role = bot.Reader
	case releaseReader:
		role, add = bot.Reader, false
	default:
		return false, bot.Refuse("team-change", "Choose what shall change.")
	}
	has := slices.Contains(p.Roles, role)
	switch {
	case has == add:
		return false, nil
	case add && p.Inactive:
		return false, bot.Refuse("inactive", "That account is inactive, so nothing was changed. Choose somebody who is there.")
	case add:
		p.Roles = append(slices.Clone(p.Roles), role)
	case role == bot.Lead && others == 0:
		return false, ErrLastLead
	default:
		p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(r bot.Role) bool { return r == role })
	}
	return true, nil
}

func (f *Feature) teamForm(ctx context.Context, _ bot.Invocation) (*bot.Form, error) {
	leads, readers, err := f.teams(ctx)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Leads and readers", Submit: "Change",
		Intro: []bot.Block{bot.Facts{Facts: []bot.Fact{
			{Label: "Comms leads", Value: persons(leads)}, {Label: "Reading team", Value: persons(readers)},
		}}}, Fields: []bot.Field{
			{Name: "who", Kind: bot.PersonField, Label: "Who?", Required: true},
			{Name: "change", Kind: bot.ChoiceField, Label: "What shall change?", Value: []string{appointLead}, Options: []bot.Option{
				{Value: appointLead, Label: "Becomes a comms lead", Help: "Sets up digests, looks after the network, appoints others. Does not read concerns."},
				{Value: appointReader, Label: "Joins the reading team", Help: "Reads and answers concerns and ideas. The concern form shows the name."},
				{Value: releaseLead, Label: "Is no longer a comms lead"},
				{Value: releaseReader, Label: "Leaves the reading team"},
			}},
		}}, nil
}

// teams lists the leads and the reading team, inactive people included.
func (f *Feature) teams(ctx context.Context) (leads, readers []bot.Person, err error) {
	all, err := f.People.Persons(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range all {
		if p.Has(bot.Lead) {
			leads = append(leads, p)
		}
		if p.Has(bot.Reader) {
			readers = append(readers, p)
		}
	}
	return leads, readers, nil
}

func persons(team []bot.Person) bot.Spans {
	if len(team) == 0 {
		return bot.T("nobody yet")
	}
	var line bot.Spans
	for i, p := range team {
		if i > 0 {
			line = append(line, bot.T(", ")...)
		}
		line = append(line, bot.Name(p.ID, p.Name))
		if p.Inactive {
			line = append(line, bot.T(" (account inactive)")...)
		}
	}
	return line
}

func (f *Feature) changeTeam(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id := bot.PersonID(in.Value("who"))
	if id == "" {
		return bot.Invalid{Fields: map[string]string{"who": "Choose a colleague."}}, nil
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	f.team.Lock()
	defer f.team.Unlock()
	leads, _, err := f.teams(ctx)
	if err != nil {
		return nil, err
	}
	others := 0
	for _, lead := range leads {
		if lead.ID != id && !lead.Inactive {
			others++
		}
	}
	var person bot.Person
	changed := false
	err = f.People.Change(ctx, id, func(p *bot.Person) (_ []bot.Delivery, err error) {
		changed, err = Appoint(p, in.Value("change"), others)
		person = *p
		if err != nil || !changed || id == in.Actor.Person {
			return nil, err
		}
		message := appointedMessage(in.Value("change"), in.Actor)
		return []bot.Delivery{{Key: "team/" + once + "/" + string(id), To: bot.Address{Person: id}, Class: bot.Nudge, Frozen: &message}}, nil
	})
	var said *bot.Error
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return bot.Invalid{Fields: map[string]string{"who": "I do not know this colleague yet. Ask them to type /evangelist once, then try again."}}, nil
	case errors.As(err, &said) && said.Code == "team-change":
		return bot.Invalid{Fields: map[string]string{"change": said.Say}}, nil
	case errors.As(err, &said):
		return bot.Invalid{Fields: map[string]string{"who": said.Say}}, nil
	case err != nil:
		return nil, err
	case !changed:
		return finish(in, bot.Notice("That is so already; nothing was changed.")), nil
	}
	return finish(in, bot.Notice(person.Name+": "+outcome(in.Value("change"))+".")), nil
}

func outcome(change string) string {
	switch change {
	case appointLead:
		return "a comms lead from now on"
	case releaseLead:
		return "no longer a comms lead"
	case appointReader:
		return "on the reading team from now on"
	default:
		return "no longer on the reading team"
	}
}

// appointedMessage tells somebody about their new role.
func appointedMessage(change string, by bot.Actor) bot.Message {
	text := "You are " + outcome(change) + "."
	return bot.Message{Summary: text, Blocks: []bot.Block{
		paragraph(text),
		note("Why you: ", bot.Name(by.Person, by.Name), " changed it. What you can do now: ", bot.Mono("/evangelist help")),
	}}
}
