package pilots

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"evangelist/bot"
)

// ideaReference is how an idea's reference looks when it is typed.
var ideaReference = regexp.MustCompile(`(?i)^i-[2-9a-z]{4}$`)

// ideaOf returns the idea that an invocation names by its reference, the zero Idea
// when it names none.
func (f *Feature) ideaOf(ctx context.Context, in bot.Invocation) (Idea, error) {
	reference := in.Arg
	if reference == "" && ideaReference.MatchString(in.Words) {
		reference = in.Words
	}
	if reference == "" || f.Idea == nil {
		return Idea{}, nil
	}
	idea, err := f.Idea(ctx, in.Actor, strings.ToUpper(reference))
	if errors.Is(err, bot.ErrNotFound) {
		return Idea{}, bot.Refuse("pilot-idea", "I know no idea with the reference "+bot.Clean(reference, 20)+" that you may read. An idea can become a pilot when you are on its reading team, or when its summary was published. Or begin with a title of your own: /evangelist pilot new TITLE")
	}
	return idea, err
}

func (f *Feature) newForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	idea, err := f.ideaOf(ctx, in)
	if err != nil {
		return nil, err
	}
	about := About{Title: idea.Title}
	if idea.ID == "" {
		about.Title = bot.Clean(strings.Join(strings.Fields(in.Words), " "), maxTitle)
	}
	form, err := f.describeForm(ctx, about)
	if err != nil {
		return nil, err
	}
	form.Title, form.Submit, form.Arg = "A new pilot", "Make the draft", idea.Reference
	intro := "A pilot is small, cheap and short. You are its sponsor until you name somebody else; cost, dates, measure and preflight come next."
	if idea.ID != "" {
		intro = "From idea " + idea.Reference + ". " + intro + " Write a title that everybody may read: the idea's own words stay with those who read it."
	}
	form.Intro = append([]bot.Block{paragraph(intro)}, form.Intro...)
	return form, nil
}

// maxChoices is how many goals a form offers; surfaces show a hundred.
const maxChoices = 90

// describeForm asks what a pilot is and for whom.
func (f *Feature) describeForm(ctx context.Context, about About) (*bot.Form, error) {
	goals, err := f.Stores.Goals.List(ctx, false)
	if err != nil {
		return nil, err
	}
	form := &bot.Form{Title: "What and for whom", Submit: "Save", Fields: []bot.Field{
		{Name: "title", Kind: bot.LineField, Label: "What is tried", Required: true, Max: maxTitle, Value: filled(about.Title)},
		{Name: "scope", Kind: bot.ParagraphField, Label: "Scope", Max: maxText, Value: filled(about.Scope), Placeholder: "Where, with how many, and what is left out"},
		{Name: "audience", Kind: bot.LineField, Label: "For whom", Max: maxLine, Value: filled(about.Audience), Help: "Without it the pilot is flagged."},
		{Name: "benefit", Kind: bot.LineField, Label: "What they gain", Max: maxLine, Value: filled(about.Benefit), Help: "Without it the pilot is flagged."},
	}}
	field := bot.Field{Name: "goal", Kind: bot.ChoiceField, Label: "Which goal it serves", Value: filled(about.Goal)}
	for _, goal := range goals[:min(len(goals), maxChoices)] {
		field.Options = append(field.Options, bot.Option{Value: goal.ID, Label: bot.Clean(goal.Title, 70)})
	}
	if about.Goal != "" && !hasOption(field.Options, about.Goal) { // one that is closed stays chosen
		goal, err := f.Stores.Goals.Get(ctx, about.Goal)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return nil, err
		}
		label := bot.Clean(goal.Title, 60)
		if goal.Closed {
			label += " (closed)"
		}
		field.Options = append(field.Options, bot.Option{Value: about.Goal, Label: label})
	}
	if len(field.Options) > 0 {
		form.Fields = append(form.Fields, field)
	} else {
		form.Intro = append(form.Intro, note("There is no goal yet that a pilot could serve. Comms leads add one with ", bot.Mono("/evangelist goals"), "."))
	}
	return form, nil
}

func hasOption(options []bot.Option, value string) bool {
	for _, option := range options {
		if option.Value == value {
			return true
		}
	}
	return false
}

// described reads the form; was is what the pilot says already.
func (f *Feature) described(ctx context.Context, in bot.Invocation, was About) (About, bot.Reply, error) {
	a := read(in)
	about := About{
		Title:    a.line("title", maxTitle, "Say in a few words what is tried."),
		Scope:    a.text("scope", maxText, ""),
		Audience: a.line("audience", maxLine, ""),
		Benefit:  a.line("benefit", maxLine, ""),
		Goal:     in.Value("goal"),
	}
	if about.Goal != "" && about.Goal != was.Goal {
		goal, err := f.Stores.Goals.Get(ctx, about.Goal)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return About{}, nil, err
		}
		if err != nil || goal.Closed {
			a.wrong["goal"] = "That goal is not on the list any more. Choose another one."
		}
	}
	return about, a.invalid(), nil
}

// promote makes a draft, of an idea or of free text.
func (f *Feature) promote(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Actor.Person == "" {
		return nil, bot.ErrNotFound
	}
	idea, err := f.ideaOf(ctx, in)
	if err != nil {
		return nil, err
	}
	about, invalid, err := f.described(ctx, in, About{})
	if err != nil || invalid != nil {
		return invalid, err
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	p, err := f.draftOf(ctx, in.Actor, idea, about, "form/"+once)
	if err != nil {
		return nil, err
	}
	f.stale.Store(true)
	f.Wake()
	card, err := f.card(ctx, p, in.Actor)
	if err != nil {
		return nil, err
	}
	if idea.ID != "" && f.Enter == nil {
		card.Blocks = append(card.Blocks, note("Whoever gave a name with idea "+idea.Reference+" is told. An author without a name reads it only when the reading team writes it into the idea's answer."))
	}
	return finish(in, card), nil
}

// draftOf adds the draft. An idea is one pilot at a time: its natural key is the
// idea and how often it was dropped.
func (f *Feature) draftOf(ctx context.Context, actor bot.Actor, idea Idea, about About, source string) (Pilot, error) {
	now := f.Clock.Now()
	id, err := bot.NewID(now, f.Random)
	if err != nil {
		return Pilot{}, err
	}
	p := Pilot{ID: id, Source: source, Title: about.Title, Scope: about.Scope, Audience: about.Audience, Benefit: about.Benefit, Goal: about.Goal,
		Idea: idea.ID, IdeaRef: idea.Reference, Sponsor: actor.Person, State: Draft, CreatedBy: actor.Person, Created: now, Version: 1}
	var told []bot.Delivery
	if idea.ID != "" {
		before, err := f.Stores.Pilots.List(ctx, Filter{Idea: idea.ID})
		if err != nil {
			return Pilot{}, err
		}
		dropped := 0
		for _, other := range before {
			if other.State == Dropped {
				dropped++
			}
		}
		p.Source = "idea/" + idea.ID + "/" + strconv.Itoa(dropped)
	}
	for range 8 {
		reference, err := bot.NewReference(f.Random)
		if err != nil {
			return Pilot{}, err
		}
		p.Reference = "P-" + reference
		if told, err = f.tellBackers(ctx, p, actor); err != nil {
			return Pilot{}, err
		}
		kept, err := f.Stores.Pilots.Add(ctx, p, told)
		switch {
		case errors.Is(err, ErrTaken):
			continue
		case err != nil:
			return Pilot{}, err
		case idea.ID != "" && kept.ID != p.ID && (kept.CreatedBy != actor.Person || kept.Title != p.Title):
			return Pilot{}, bot.Refuse("pilot-idea", "Idea "+idea.Reference+" is pilot "+kept.Reference+" already, so nothing was made. See it with /evangelist pilot "+kept.Reference)
		}
		return kept, nil
	}
	return Pilot{}, ErrTaken
}

// tellBackers tells those whose idea it was, and who support it with a name, that
// it becomes a pilot.
func (f *Feature) tellBackers(ctx context.Context, p Pilot, actor bot.Actor) ([]bot.Delivery, error) {
	backers, err := f.backers(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []bot.Delivery
	for _, person := range backers {
		if person == actor.Person {
			continue
		}
		message := promotedMessage(p)
		out = append(out, bot.Delivery{Key: "pilot/" + p.ID + "/from/" + string(person), To: bot.Address{Person: person}, Class: bot.Answer, Frozen: &message})
	}
	return out, nil
}

func (f *Feature) backers(ctx context.Context, p Pilot) ([]bot.PersonID, error) {
	if p.Idea == "" || f.Backers == nil {
		return nil, nil
	}
	return f.Backers(ctx, p.Idea)
}

func promotedMessage(p Pilot) bot.Message {
	return titled("Idea "+p.IdeaRef+" becomes a pilot",
		paragraph("It is ", bot.Strong(p.Reference+": "+p.Title), ". A pilot is small and short, with a measure that is fixed beforehand and a decision at the end. You are told what is decided."),
		note("Why you: the idea is yours, or you added your weight to it. From its start on you can read how it goes with ", bot.Mono("/evangelist pilot "+p.Reference), "."))
}

func (f *Feature) aboutForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	p, err := f.readable(ctx, in, Describe)
	if err != nil {
		return nil, err
	}
	form, err := f.describeForm(ctx, p.About())
	if err != nil {
		return nil, err
	}
	form.Arg = p.ID
	return form, nil
}

func (f *Feature) about(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, err := f.readable(ctx, in, Describe)
	if err != nil {
		return nil, err
	}
	about, invalid, err := f.described(ctx, in, p.About())
	if err != nil || invalid != nil {
		return invalid, err
	}
	return f.after(ctx, in, func(p *Pilot) ([]bot.Delivery, error) {
		return p.Describe(in.Actor, about, f.Clock.Now(), f.Organisation.Zone)
	})
}

// after carries out a rule and shows the pilot as it is then.
func (f *Feature) after(ctx context.Context, in bot.Invocation, rule func(*Pilot) ([]bot.Delivery, error)) (bot.Reply, error) {
	p, err := f.do(ctx, in, rule)
	if err != nil {
		return nil, err
	}
	card, err := f.card(ctx, p, in.Actor)
	if err != nil {
		return nil, err
	}
	return finish(in, card), nil
}
