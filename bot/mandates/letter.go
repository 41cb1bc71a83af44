package mandates

import (
	"context"

	"evangelist/bot"
)

// Letter is a signed letter as its page shows it.
type Letter struct {
	Message bot.Message
	Over    bool // it has run out
	Owner   bool // the reader is whom it is about
}

// Letter returns a signed letter to whom it is about and to whoever signed it. To
// everybody else, and before it is signed, it is bot.ErrNotFound.
func (f *Feature) Letter(ctx context.Context, actor bot.Actor, id string) (Letter, error) {
	m, err := f.Stores.Mandates.Get(ctx, id)
	if err != nil {
		return Letter{}, err
	}
	if err := m.allow(actor, See); err != nil {
		return Letter{}, err
	}
	if m.State != Signed && m.State != Expired {
		return Letter{}, bot.ErrNotFound
	}
	r, err := f.register(ctx)
	if err != nil {
		return Letter{}, err
	}
	return Letter{Message: letterMessage(f.Organisation, m, r), Over: m.State == Expired, Owner: actor.Person == m.Person}, nil
}

// letterMessage is the letter itself: what its owner hands over, and nothing for
// anybody else's eyes.
func letterMessage(o bot.Organisation, m Mandate, r register) bot.Message {
	owner := r[m.Person]
	name := bot.Name(m.Person, r.name(m.Person))
	from := o.Name
	if owner.Department != "" {
		from = owner.Department + ", " + o.Name
	}
	message := titled("Time for the programme: "+r.name(m.Person),
		note("To the manager of ", name, ", ", from),
		paragraph(name, " is "+called(o)+" here: somebody who carries what works from one department to another, and brings back what people need. It is a part that people choose, and it is meant to help your own team first."),
		paragraph("We ask you to let ", name, " have "+m.amount()+" for it in working time, until ", bot.Moment(m.Until, bot.DateStyle), "."))
	if list := m.freedomList(); len(list.Items) > 0 {
		message.Blocks = append(message.Blocks, paragraph("We also ask that within this time ", name, " may:"), list)
	}
	if m.Words != "" {
		message.Blocks = append(message.Blocks, bot.Quote{Text: bot.T(m.Words), By: bot.Line(name)})
	}
	signer := r.name(m.Signer)
	return bot.Message{Summary: message.Summary, Blocks: append(message.Blocks,
		section("What this does not mean"),
		bot.List{Items: []bot.Spans{
			bot.T("Nobody counts hours. None are reported to you, or to us."),
			bot.T("What cannot wait in your team comes first."),
			bot.T("We send you no reports about anybody, and ask you for none."),
			bot.T("Either of you can end this at any time, with a word to the other."),
		}},
		paragraph("If something about it is difficult, please speak to ", name, ", or to ", bot.Name(m.Signer, signer), "."),
		bot.Facts{Facts: []bot.Fact{
			{Label: "Signed", Value: bot.Line(bot.Name(m.Signer, signer), ", for "+o.Name)},
			{Label: "On", Value: bot.Line(bot.Moment(m.Signed, bot.DateStyle))},
		}})}
}
