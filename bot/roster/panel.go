package roster

import (
	"context"

	"evangelist/bot"
)

// mineOnHome shows one's own place.
func (f *Feature) mineOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Colleague) || actor.Person == "" {
		return nil, nil
	}
	offices, err := f.Stores.Offices.List(ctx)
	if err != nil {
		return nil, err
	}
	p := picture{offices: offices}
	p.index()
	o, post := p.place(actor.Person)
	if post == "" {
		return nil, nil
	}
	return []bot.Block{section("Your place"), paragraph("You are " + string(post) + " of " + o.Department + ". " + post.means()), row(
		bot.Button{Command: "roster.agenda", Label: "Next agenda"},
		bot.Button{Command: "roster.decisions", Label: "Decisions"},
		bot.Button{Command: "roster.stepdown", Label: "Step down", Confirm: "Give your place back? Nobody asks you why."},
	)}, nil
}

// leadOnHome shows leads who is with us, and whether something is to decide.
func (f *Feature) leadOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	p, err := f.look(ctx)
	if err != nil {
		return nil, err
	}
	buttons := row(bot.Button{Command: "roster.coverage", Label: "Departments and levels"}, bot.Button{Command: "roster.invite", Label: "Invite a colleague"},
		bot.Button{Command: "roster.representative", Label: "Representatives"}, bot.Button{Command: "roster.place", Label: "Their place"})
	line := p.matrix().Summary()
	if !p.news().Empty() {
		line += " Somebody came, moved or left."
		buttons.Buttons = append(buttons.Buttons, bot.Button{Command: "roster.news", Label: "Who came and left"})
	}
	return []bot.Block{section("Departments, for comms leads"), paragraph(line), buttons}, nil
}
