package mandates

import (
	"context"

	"evangelist/bot"
)

// Matters returns what waits for an actor: letters to sign, a letter of one's own
// that needs a word and, for comms leads, what was asked for.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if actor.Person == "" || !actor.Has(bot.Colleague) {
		return nil, nil
	}
	all, err := f.register(ctx)
	if err != nil {
		return nil, err
	}
	letters, err := f.Stores.Mandates.List(ctx, Filter{Signer: actor.Person, States: []State{Asked}})
	if err != nil {
		return nil, err
	}
	var out []bot.Matter
	for _, m := range letters {
		out = append(out, bot.Matter{What: bot.Line("A letter to sign, for ", bot.Name(m.Person, all.name(m.Person))), Kind: "Letters", Since: m.Asked,
			Do: &bot.Button{Command: "mandates.review", Arg: m.ID, Label: "Read it"}})
	}
	own, ok, err := f.current(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	if ok && (own.State == Returned || own.Orphan || own.State == Signed && own.Offered && !own.Declined) {
		out = append(out, bot.Matter{What: bot.T("Your own letter needs a word from you"), Kind: "Letters", Due: own.Until, Do: &bot.Button{Command: "mandates.mine", Label: "Your letter"}})
	}
	if !actor.Has(bot.Lead) {
		return out, nil
	}
	waiting, err := f.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range waiting {
		matter := bot.Matter{What: bot.T(w.What), Kind: "Asked for", Since: w.Since, Due: w.Due, Do: &bot.Button{Command: "mandates.decide", Arg: w.ID, Label: "Decide"}}
		if w.Inactive {
			matter.What = append(matter.What, bot.T(" (account inactive)")...)
			matter.Do = &bot.Button{Command: "mandates.hand", Arg: w.ID, Label: "Hand it over"}
		}
		out = append(out, matter)
	}
	return out, nil
}

// review shows a letter to whoever is, or was, to sign it.
func (f *Feature) review(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	m, err := f.Stores.Mandates.Get(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	if m.related(in.Actor) != AsSigner {
		return nil, bot.ErrNotFound
	}
	all, err := f.register(ctx)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: reviewMessage(f.Organisation, m, in.Actor.Person, all)}, nil
}
