package mandates

import (
	"context"
	"fmt"

	"evangelist/bot"
)

// mineOnHome shows a letter that needs its owner, and what somebody waits for.
func (f *Feature) mineOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if actor.Person == "" || !actor.Has(bot.Colleague) {
		return nil, nil
	}
	m, ok, err := f.current(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	waiting, err := f.Stores.Resources.List(ctx, actor.Person, Waiting)
	if err != nil {
		return nil, err
	}
	var out []bot.Block
	if ok {
		says := "Your letter waits for a signature."
		switch {
		case m.State == Returned:
			says = "There is a question about your letter."
		case m.Orphan:
			says = "Your letter needs another name under it."
		case m.State == Signed && m.Offered && !m.Declined:
			says = "Your letter runs out soon."
		case m.State == Signed:
			says = "Your letter is signed."
		}
		out = append(out, paragraph(says), bot.Actions{Buttons: []bot.Button{{Command: "mandates.mine", Label: "Your letter"}}})
	}
	if n := len(waiting); n > 0 {
		says := "One thing that you asked for waits for a decision."
		if n > 1 {
			says = fmt.Sprintf("%d things that you asked for wait for a decision.", n)
		}
		out = append(out, paragraph(says), bot.Actions{Buttons: []bot.Button{{Command: "mandates.resources", Label: "What you asked for"}}})
	}
	if len(out) == 0 {
		return nil, nil
	}
	return append([]bot.Block{section("Time and means")}, out...), nil
}

// leadOnHome shows what waits for a signature or a decision, where something does.
func (f *Feature) leadOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if actor.Person == "" || !actor.Has(bot.Colleague) {
		return nil, nil
	}
	letters, err := f.Stores.Mandates.List(ctx, Filter{Signer: actor.Person, States: []State{Asked}})
	if err != nil {
		return nil, err
	}
	var out []bot.Block
	for _, m := range letters[:min(len(letters), 5)] {
		out = append(out, paragraph("A letter waits for your signature."), bot.Actions{Buttons: []bot.Button{{Command: "mandates.review", Arg: m.ID, Label: "Read it", Tone: bot.Primary}}})
	}
	if actor.Has(bot.Lead) {
		waiting, err := f.Waiting(ctx)
		if err != nil {
			return nil, err
		}
		if n := len(waiting); n > 0 {
			says := "One thing that was asked for waits for a decision."
			if n > 1 {
				says = fmt.Sprintf("%d things that were asked for wait for a decision.", n)
			}
			out = append(out, paragraph(says), bot.Actions{Buttons: []bot.Button{{Command: "mandates.resources", Label: "Look at it"}}})
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return append([]bot.Block{section("To sign and to decide")}, out...), nil
}
