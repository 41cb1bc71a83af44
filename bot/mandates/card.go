package mandates

import (
	"context"
	"strings"

	"evangelist/bot"
)

// renderReview draws the card of whoever is, or was, to sign.
func (f *Feature) renderReview(ctx context.Context, id string) (bot.Message, int64, error) {
	id, signer, _ := strings.Cut(id, "/")
	m, err := f.Stores.Mandates.Get(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	r, err := f.register(ctx)
	if err != nil {
		return bot.Message{}, 0, err
	}
	return reviewMessage(f.Organisation, m, bot.PersonID(signer), r), m.Version, nil
}

// reviewMessage is what one signer sees of a letter.
func reviewMessage(o bot.Organisation, m Mandate, signer bot.PersonID, r register) bot.Message {
	name := bot.Name(m.Person, r.name(m.Person))
	title := "A letter to sign, for " + r.name(m.Person)
	switch {
	case m.Signer != signer:
		return titled("A letter to sign", paragraph("It was asked of somebody else in the meantime, so there is nothing to do for you."))
	case m.State == Withdrawn:
		return titled("A letter to sign", paragraph("It was withdrawn, so there is nothing to do for you."))
	case m.State == Returned:
		return titled(title, paragraph("You gave it back to ", name, " with this question:"), bot.Quote{Text: bot.T(m.Question)}, note("It comes again once the question is answered."))
	case m.State == Signed:
		return titled("A letter for "+r.name(m.Person), paragraph("You signed it on ", bot.Moment(m.Signed, bot.DateStyle), ". It holds until ", bot.Moment(m.Until, bot.DateStyle), ". ", name, " hands it over; I send it to nobody."), paragraph(bot.To("Read the letter", o.Page(m.Address()))))
	case m.State == Expired:
		return titled("A letter for "+r.name(m.Person), paragraph("You signed it on ", bot.Moment(m.Signed, bot.DateStyle), ". Its time is over."))
	}
	message := titled(title, paragraph(name, " asks for a letter to the manager, and for your name under it."))
	message.Blocks = append(message.Blocks, m.wish()...)
	if m.Question != "" {
		message.Blocks = append(message.Blocks, note("You asked before: "+m.Question))
	}
	return bot.Message{Summary: message.Summary, Blocks: append(message.Blocks,
		bot.Actions{Buttons: []bot.Button{
			{Command: "mandates.sign", Arg: m.signArg(), Label: "Sign it", Tone: bot.Primary, Confirm: "Put your name under this letter, for a year?"},
			{Command: "mandates.return", Arg: m.ID, Label: "Ask something first"},
		}},
		note("Why you: you were chosen to sign. You and ", name, " see this, and nobody else. The manager gets nothing from me."))}
}

// wish shows what is asked for.
func (m Mandate) wish() []bot.Block {
	out := []bot.Block{bot.Facts{Facts: []bot.Fact{{Label: "Time", Value: bot.T(m.amount())}}}}
	if list := m.freedomList(); len(list.Items) > 0 {
		out = append(out, paragraph("And to be free to:"), list)
	}
	if m.Words != "" {
		out = append(out, bot.Quote{Text: bot.T(m.Words)})
	}
	return out
}

// renderMine draws the owner's card.
func (f *Feature) renderMine(ctx context.Context, id string) (bot.Message, int64, error) {
	m, err := f.Stores.Mandates.Get(ctx, id)
	if err != nil {
		return bot.Message{}, 0, err
	}
	message, err := f.mineMessage(ctx, m)
	return message, m.Version, err
}

func (f *Feature) mineMessage(ctx context.Context, m Mandate) (bot.Message, error) {
	r, err := f.register(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	return mineMessage(f.Organisation, m, r), nil
}

// mineMessage is what the owner sees of a letter.
func mineMessage(o bot.Organisation, m Mandate, r register) bot.Message {
	withdraw := bot.Button{Command: "mandates.withdraw", Arg: m.ID, Label: "Withdraw it", Tone: bot.Danger, Confirm: "Withdraw this letter?"}
	signer := bot.Name(m.Signer, r.name(m.Signer))
	switch {
	case m.State == Withdrawn:
		return titled("Your letter", paragraph("It was withdrawn. A new one: ", bot.Mono("/evangelist mandate")))
	case m.State == Expired:
		return titled("Your letter", paragraph("Its time is over. A new one: ", bot.Mono("/evangelist mandate")))
	case m.State == Signed:
		return signedMessage(o, m, r, withdraw)
	case m.Orphan:
		message := titled("Your letter needs another name", paragraph("You asked ", signer, " to sign it, and that is not possible any more. Choose somebody else; what you wrote stays."))
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "mandates.change", Arg: m.ID, Label: "Choose somebody else", Tone: bot.Primary}, withdraw}})
		return message
	case m.State == Returned:
		message := titled("A question about your letter", paragraph(signer, " asks before signing:"), bot.Quote{Text: bot.T(m.Question), By: bot.Line(signer)})
		message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "mandates.change", Arg: m.ID, Label: "Answer", Tone: bot.Primary}, withdraw}})
		return message
	}
	message := titled("Your letter waits for a signature", paragraph("It lies with ", signer, ". You get it as soon as it is signed."))
	message.Blocks = append(message.Blocks, m.wish()...)
	message.Blocks = append(message.Blocks, bot.Actions{Buttons: []bot.Button{{Command: "mandates.change", Arg: m.ID, Label: "Change it"}, withdraw}})
	return message
}

// signedMessage is a signed letter in its owner's hands.
func signedMessage(o bot.Organisation, m Mandate, r register, withdraw bot.Button) bot.Message {
	page := bot.To("Open it to print or to copy", o.Page(m.Address()))
	if m.Offered && !m.Declined {
		return titled("Your letter runs out", paragraph("It holds until ", bot.Moment(m.Until, bot.DateStyle), ". Shall there be another one for a year?"),
			bot.Actions{Buttons: []bot.Button{
				{Command: "mandates.renew", Arg: m.ID, Label: "Ask for the next one", Tone: bot.Primary},
				{Command: "mandates.decline", Arg: m.ID, Label: "Let it run out"}, withdraw,
			}},
			note("Why you: the letter is yours. I ask this once."))
	}
	message := titled("Your letter is signed",
		paragraph(bot.Name(m.Signer, r.name(m.Signer)), " signed it on ", bot.Moment(m.Signed, bot.DateStyle), ". It holds until ", bot.Moment(m.Until, bot.DateStyle), "."),
		paragraph(page, ". You hand it over yourself: I send it to nobody, and your manager gets nothing from me."), bot.Rule{})
	message.Blocks = append(message.Blocks, letterMessage(o, m, r).Blocks[1:]...)
	return bot.Message{Summary: message.Summary, Blocks: append(message.Blocks, bot.Rule{}, bot.Actions{Buttons: []bot.Button{withdraw}})}
}
