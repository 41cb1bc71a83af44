package mandates

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"evangelist/bot"
)

// current is the letter of somebody that counts: one that waits, else the signed
// one. None: ok is false.
func (f *Feature) current(ctx context.Context, person bot.PersonID) (m Mandate, ok bool, err error) {
	if person == "" {
		return Mandate{}, false, nil
	}
	all, err := f.Stores.Mandates.List(ctx, Filter{Person: person, States: []State{Asked, Returned, Signed}})
	if err != nil || len(all) == 0 {
		return Mandate{}, false, err
	}
	at := slices.IndexFunc(all, func(m Mandate) bool { return m.State != Signed })
	return all[max(at, 0)], true, nil
}

// askForm asks what is wished; nil when there is a letter to show.
func (f *Feature) askForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	if _, ok, err := f.current(ctx, in.Actor.Person); err != nil || ok {
		return nil, err
	}
	if err := f.may(ctx, in.Actor); err != nil {
		return nil, err
	}
	return f.wishForm(ctx, in.Actor.Person, Wish{}, "Your letter", "")
}

// wishForm is the form of a wish, filled with one.
func (f *Feature) wishForm(ctx context.Context, owner bot.PersonID, wish Wish, title, arg string) (*bot.Form, error) {
	r, err := f.register(ctx)
	if err != nil {
		return nil, err
	}
	signers, err := f.signers(ctx, r, owner)
	if err != nil {
		return nil, err
	}
	if len(signers) == 0 {
		return nil, bot.Refuse("mandate-signer", "There is nobody yet who could sign a letter of yours, so nothing was done. A comms lead or a champion can, and not your own manager.")
	}
	chosen := wish.Signer
	if !slices.Contains(signers, chosen) {
		chosen = signers[0]
	}
	field := bot.Field{Name: "signer", Kind: bot.ChoiceField, Label: "Whose name stands under it", Value: []string{string(chosen)}, Help: "A comms lead or a champion. They see your wish, sign it, or ask you something first."}
	for _, id := range signers {
		field.Options = append(field.Options, bot.Option{Value: string(id), Label: r.name(id)})
	}
	amount := wish.Amount
	if amount == "" {
		amount = amounts[0].Value
	}
	return &bot.Form{Title: title, Arg: arg, Intro: []bot.Block{
		paragraph("A page that you hand to your manager, or not: I send it to nobody. Only you and whoever signs it can read it. It says how much time you wish for; how much you spend is asked of nobody."),
	}, Fields: []bot.Field{
		{Name: "time", Kind: bot.ChoiceField, Label: "How much time you wish for", Required: true, Value: []string{amount}, Options: options(amounts)},
		{Name: "freedoms", Kind: bot.ChoicesField, Label: "And to be free to", Value: wish.Freedoms, Options: options(freedoms)},
		field,
		{Name: "words", Kind: bot.ParagraphField, Label: "What it is for, in your words", Max: maxWords, Value: filled(wish.Words), Help: "Stands in the letter. One sentence is plenty; none is fine too."},
	}}, nil
}

// wished reads the form; wrong says by field what does not fit.
func (f *Feature) wished(ctx context.Context, in bot.Invocation, owner bot.PersonID) (w Wish, wrong map[string]string, err error) {
	wrong = map[string]string{}
	w = Wish{Amount: in.Value("time"), Words: bot.Clean(in.Value("words"), 0), Signer: bot.PersonID(in.Value("signer"))}
	if _, ok := find(amounts, w.Amount); !ok {
		wrong["time"] = "Choose how much time you wish for."
	}
	for _, c := range freedoms { // in our order, each once
		if slices.Contains(in.Values["freedoms"], c.Value) {
			w.Freedoms = append(w.Freedoms, c.Value)
		}
	}
	if n := len([]rune(w.Words)); n > maxWords {
		wrong["words"] = fmt.Sprintf("That has %d characters. Please keep it to %d, so that the letter stays one page.", n, maxWords)
	}
	r, err := f.register(ctx)
	if err != nil {
		return w, nil, err
	}
	signers, err := f.signers(ctx, r, owner)
	if err != nil {
		return w, nil, err
	}
	if !slices.Contains(signers, w.Signer) {
		wrong["signer"] = "Choose who signs: a comms lead or a champion who is there, and not your own manager."
	}
	return w, wrong, nil
}

// mine shows the letter that there is, or keeps the wish for one.
func (f *Feature) mine(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if in.Submitted() {
		return f.ask(ctx, in)
	}
	m, ok, err := f.current(ctx, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, bot.ErrNotFound
	}
	return f.showMine(ctx, in, m)
}

func (f *Feature) showMine(ctx context.Context, in bot.Invocation, m Mandate) (bot.Reply, error) {
	message, err := f.mineMessage(ctx, m)
	if err != nil {
		return nil, err
	}
	return finish(in, message), nil
}

// ask keeps a wish for a letter.
func (f *Feature) ask(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if err := f.may(ctx, in.Actor); err != nil {
		return nil, err
	}
	wish, wrong, err := f.wished(ctx, in, in.Actor.Person)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	source, err := f.once(in)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	id, err := bot.NewID(now, f.Random)
	if err != nil {
		return nil, err
	}
	m, out := NewMandate(id, source, in.Actor.Person, wish, now)
	if m, err = f.Stores.Mandates.Add(ctx, m, out); err != nil {
		return nil, err
	}
	f.Wake()
	return f.showMine(ctx, in, m)
}

// mandate loads the letter that a button names and that the actor may do the act to,
// in a state that allows it.
func (f *Feature) mandate(ctx context.Context, in bot.Invocation, act Act) (Mandate, error) {
	m, err := f.Stores.Mandates.Get(ctx, in.Arg)
	if err != nil {
		return Mandate{}, err
	}
	return m, m.allow(in.Actor, act)
}

// do carries out a rule on a letter and shows the actor's side of it.
func (f *Feature) do(ctx context.Context, in bot.Invocation, id string, rule func(*Mandate) ([]bot.Delivery, error)) (bot.Reply, error) {
	var after Mandate
	err := f.Stores.Mandates.Change(ctx, id, func(m *Mandate) ([]bot.Delivery, error) {
		out, err := rule(m)
		after = *m
		return out, err
	})
	if err != nil {
		return nil, err
	}
	f.Wake()
	if after.Person == in.Actor.Person {
		return f.showMine(ctx, in, after)
	}
	r, err := f.register(ctx)
	if err != nil {
		return nil, err
	}
	return finish(in, reviewMessage(f.Organisation, after, in.Actor.Person, r)), nil
}

func (f *Feature) changeForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	m, err := f.mandate(ctx, in, Change)
	if err != nil {
		return nil, err
	}
	form, err := f.wishForm(ctx, m.Person, m.Wish, "Your letter", m.ID)
	if err == nil && m.State == Returned {
		form.Intro = append([]bot.Block{bot.Quote{Text: bot.T(m.Question)}}, form.Intro...)
	}
	return form, err
}

func (f *Feature) change(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	m, err := f.mandate(ctx, in, Change)
	if err != nil {
		return nil, err
	}
	wish, wrong, err := f.wished(ctx, in, m.Person)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	return f.do(ctx, in, m.ID, func(m *Mandate) ([]bot.Delivery, error) { return m.Rewrite(in.Actor, wish) })
}

func (f *Feature) renewForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	m, err := f.mandate(ctx, in, Renew)
	if err != nil {
		return nil, err
	}
	if next, ok, err := f.current(ctx, m.Person); err != nil || ok && next.State != Signed {
		if err == nil {
			err = ErrOpen
		}
		return nil, err
	}
	return f.wishForm(ctx, m.Person, m.Wish, "The next letter", m.ID)
}

// renew asks for the next letter. The one that is signed holds until then.
func (f *Feature) renew(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	if _, err := f.mandate(ctx, in, Renew); err != nil {
		return nil, err
	}
	return f.ask(ctx, in)
}

func (f *Feature) decline(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.do(ctx, in, in.Arg, func(m *Mandate) ([]bot.Delivery, error) { return m.LetGo(in.Actor) })
}

func (f *Feature) withdraw(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	return f.do(ctx, in, in.Arg, func(m *Mandate) ([]bot.Delivery, error) { return m.Retract(in.Actor) })
}

// sign signs the wish that stood on the card, while whoever signs still may.
func (f *Feature) sign(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	id, part, _ := strings.Cut(in.Arg, "/")
	m, err := f.Stores.Mandates.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	read, err := strconv.Atoi(part)
	if err != nil || !m.May(in.Actor, Sign) {
		return nil, bot.ErrNotFound
	}
	if m.State == Asked {
		r, err := f.register(ctx)
		if err != nil {
			return nil, err
		}
		signers, err := f.signers(ctx, r, m.Person)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(signers, in.Actor.Person) {
			return nil, bot.Refuse("mandate-signer", "Letters are signed by comms leads and champions, and never by the manager to whom they go, so nothing was signed. Whoever asked can choose somebody else.")
		}
	}
	return f.do(ctx, in, id, func(m *Mandate) ([]bot.Delivery, error) { return m.SignIt(in.Actor, read, f.Clock.Now()) })
}

func (f *Feature) returnForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	m, err := f.mandate(ctx, in, Return)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Ask something first", Arg: m.ID, Fields: []bot.Field{
		{Name: "question", Kind: bot.ParagraphField, Label: "What would you like to know?", Required: true, Max: maxWords, Help: "Whoever asked for the letter reads it, under your name, and answers."},
	}}, nil
}

func (f *Feature) giveBack(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	question := bot.Clean(in.Value("question"), 0)
	m, err := f.Stores.Mandates.Get(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	if !m.May(in.Actor, Return) {
		return nil, bot.ErrNotFound
	}
	switch n := len([]rune(question)); {
	case question == "":
		return bot.Invalid{Fields: map[string]string{"question": "Write your question."}}, nil
	case n > maxWords:
		return bot.Invalid{Fields: map[string]string{"question": fmt.Sprintf("That has %d characters. Please keep it to %d.", n, maxWords)}}, nil
	}
	reply, err := f.do(ctx, in, m.ID, func(m *Mandate) ([]bot.Delivery, error) { return m.GiveBack(in.Actor, question) })
	var refused *bot.Error
	if errors.As(err, &refused) && refused.Code == "mandate-state" { // too late: said on the form's last page
		return finish(in, bot.Notice(refused.Say)), nil
	}
	return reply, err
}
