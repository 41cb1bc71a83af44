package roster

import (
	"context"
	"fmt"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// maxDecisions is how many decisions a message lists with buttons.
const maxDecisions = 10

// decisionLine is a decision in a line, for all who meet: whose date has passed is
// named to nobody.
func (f *Feature) decisionLine(p picture, d Decision) bot.Spans {
	line := bot.T(d.Words)
	switch {
	case d.Late(p.now, f.Organisation.Zone):
		return bot.Line(line, " Its date has passed: choose a new one, or close it.")
	case p.orphan(d):
		line = bot.Line(line, " Needs somebody to do it")
	case d.Owner != "":
		line = bot.Line(line, " ", bot.Name(d.Owner, p.byID[d.Owner].Name))
	}
	if !d.Due.IsZero() {
		line = bot.Line(line, ", by "+dueIn(d.Due))
	}
	return line
}

// dueIn is a date in words.
func dueIn(d schedule.Date) string {
	return date(time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC))
}

func (f *Feature) decidedForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	if _, err := f.meets(ctx, in.Actor); err != nil {
		return nil, err
	}
	form := &bot.Form{Title: "What was decided", Submit: "Note it", Fields: append([]bot.Field{
		{Name: "words", Kind: bot.ParagraphField, Label: "What was decided?", Required: true, Max: MaxWords, Help: "It stands on every agenda until somebody closes it."},
	}, dateFields(Decision{})...)}
	if words := unquoted(in.Words); words != "" {
		form.Fields[0].Value = []string{words}
	}
	return form, nil
}

// dateFields ask who does a decision, and by when.
func dateFields(d Decision) []bot.Field {
	owner := bot.Field{Name: "owner", Kind: bot.PersonField, Label: "Who does it?", Help: "Told so. May stay empty."}
	due := bot.Field{Name: "due", Kind: bot.DateField, Label: "By when?", Help: "May stay empty."}
	if d.Owner != "" {
		owner.Value = []string{string(d.Owner)}
	}
	if !d.Due.IsZero() {
		due.Value = []string{d.Due.String()}
	}
	return []bot.Field{owner, due}
}

// owned reads who does a decision and by when; wrong says by field what does not fit.
func (f *Feature) owned(p picture, in bot.Invocation) (owner bot.PersonID, due schedule.Date, wrong map[string]string) {
	wrong = map[string]string{}
	owner = bot.PersonID(in.Value("owner"))
	if who, known := p.byID[owner]; owner != "" && (!known || who.Inactive) {
		wrong["owner"] = "That is no active account of this organisation. Choose a colleague who is there, or leave it empty."
	}
	if text := in.Value("due"); text != "" {
		var err error
		if due, err = schedule.ParseDate(text); err != nil {
			wrong["due"] = err.Error()
		} else if due.Before(schedule.DateOf(p.now, f.Organisation.Zone)) {
			wrong["due"] = "That day is over. Choose one that comes, or leave it empty."
		}
	}
	return owner, due, wrong
}

// decided notes a decision.
func (f *Feature) decided(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, err := f.meets(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	owner, due, wrong := f.owned(p, in)
	words := unquoted(in.Value("words"))
	if n := len([]rune(words)); n == 0 {
		wrong["words"] = "Write what was decided, in a sentence or two."
	} else if n > MaxWords {
		wrong["words"] = fmt.Sprintf("That has %d characters. Please keep it to %d.", n, MaxWords)
	}
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	once, err := f.once(in)
	if err != nil {
		return nil, err
	}
	d := Decision{ID: once, Words: words, Owner: owner, Due: due, By: in.Actor.Person, At: p.now, State: ToDo}
	if err := f.Stores.Decisions.Add(ctx, d, ownerTold(d, in.Actor, p.now)); err != nil {
		return nil, err
	}
	return finish(in, bot.Notice("Noted. It stands on every agenda until somebody closes it; /evangelist decisions lists what is open.")), nil
}

// ownerTold tells somebody that a decision is theirs to do, unless they said so
// themselves.
func ownerTold(d Decision, by bot.Actor, now time.Time) []bot.Delivery {
	if d.Owner == "" || d.Owner == by.Person {
		return nil
	}
	message := ownerMessage(d, by)
	return []bot.Delivery{{Key: d.key(), To: bot.Address{Person: d.Owner}, Class: bot.Nudge, Expires: now.Add(tellFor), Frozen: &message}}
}

func ownerMessage(d Decision, by bot.Actor) bot.Message {
	message := titled("Something to do", paragraph("The representatives decided:"), bot.Quote{Text: bot.T(d.Words)})
	if !d.Due.IsZero() {
		message.Blocks = append(message.Blocks, paragraph("By "+dueIn(d.Due)+"."))
	}
	message.Blocks = append(message.Blocks, row(bot.Button{Command: "roster.done", Arg: d.ID, Label: "Done", Tone: bot.Primary}),
		note("Why you: ", bot.Name(by.Person, by.Name), " named you for it. If that does not fit, tell them; it can be given to somebody else."))
	return message
}

// decisionBlocks list decisions with what can be done about them.
func (f *Feature) decisionBlocks(p picture, open []Decision, most int) []bot.Block {
	inOrder(open)
	var blocks []bot.Block
	for i, d := range open {
		if i == most {
			blocks = append(blocks, paragraph(fmt.Sprintf("%d more are on the next agenda.", len(open)-most)))
			break
		}
		blocks = append(blocks, bot.Paragraph{Text: f.decisionLine(p, d)}, row(
			bot.Button{Command: "roster.done", Arg: d.ID, Label: "Done"},
			bot.Button{Command: "roster.redate", Arg: d.ID, Label: "Other date or person"},
			bot.Button{Command: "roster.drop", Arg: d.ID, Label: "Drop it", Confirm: "Close it without having done it?"}))
	}
	return blocks
}

// decisions lists what is open.
func (f *Feature) decisions(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, err := f.meets(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	open, err := f.Stores.Decisions.List(ctx, ToDo)
	if err != nil {
		return nil, err
	}
	message := titled("Decided, and still open", f.decisionBlocks(p, open, maxDecisions)...)
	if len(open) == 0 {
		message.Blocks = append(message.Blocks, paragraph("Nothing is open."))
	}
	message.Blocks = append(message.Blocks, row(bot.Button{Command: "roster.decided", Label: "Note a decision", Tone: bot.Primary}))
	return bot.Say{Message: message}, nil
}

// end closes a decision.
func (f *Feature) end(state DecisionState) func(context.Context, bot.Invocation) (bot.Reply, error) {
	return func(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
		p, err := f.look(ctx)
		if err != nil {
			return nil, err
		}
		words := ""
		err = f.Stores.Decisions.Change(ctx, in.Arg, func(d *Decision) ([]bot.Delivery, error) {
			words = d.Words
			return nil, d.End(in.Actor, p.among(in.Actor.Person), state, p.now)
		})
		if err != nil {
			return nil, err
		}
		if state == Dropped {
			return bot.Say{Message: bot.Notice("Dropped: " + words)}, nil
		}
		return bot.Say{Message: bot.Notice("Done: " + words)}, nil
	}
}

func (f *Feature) redateForm(ctx context.Context, in bot.Invocation) (*bot.Form, error) {
	if _, err := f.meets(ctx, in.Actor); err != nil {
		return nil, err
	}
	d, err := f.Stores.Decisions.Get(ctx, in.Arg)
	if err != nil {
		return nil, err
	}
	return &bot.Form{Title: "Date and person", Submit: "Save", Arg: d.ID, Intro: []bot.Block{bot.Quote{Text: bot.T(d.Words)}}, Fields: dateFields(d)}, nil
}

// redate gives a decision another date or person.
func (f *Feature) redate(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	p, err := f.meets(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	owner, due, wrong := f.owned(p, in)
	if len(wrong) > 0 {
		return bot.Invalid{Fields: wrong}, nil
	}
	err = f.Stores.Decisions.Change(ctx, in.Arg, func(d *Decision) ([]bot.Delivery, error) {
		if d.State != ToDo {
			return nil, bot.Refuse("decision-over", "That decision is closed already, so nothing was changed.")
		}
		other := d.Owner != owner
		d.Owner, d.Due = owner, due
		if !other {
			return nil, nil
		}
		return ownerTold(*d, in.Actor, p.now), nil
	})
	if err != nil {
		return nil, err
	}
	return finish(in, bot.Notice("Saved. It stands so on the next agenda.")), nil
}
