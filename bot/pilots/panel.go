package pilots

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/bot"
)

// maxListed is how many pilots, goals or stories stand in one list.
const maxListed = 12

// seen lists the pilots that an actor may see, in the given states.
func (f *Feature) seen(ctx context.Context, actor bot.Actor, states ...State) ([]Pilot, error) {
	all, err := f.Stores.Pilots.List(ctx, Filter{States: states})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p Pilot) bool { return !p.May(actor, See) }), nil
}

// list answers "evangelist pilots".
func (f *Feature) list(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	all, err := f.seen(ctx, in.Actor, Draft, Ready, Running, Deciding, Decided)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: listMessage(all, in.Actor.Has(bot.Lead))}, nil
}

func listMessage(all []Pilot, lead bool) bot.Message {
	message := titled("What is being tried")
	if len(all) == 0 {
		message.Blocks = append(message.Blocks, paragraph("No pilot yet. The best ideas become small, short trials with a measure that is fixed beforehand and a decision at the end; they will stand here."))
	}
	for _, part := range []struct {
		title  string
		states []State
	}{{"Waits for a decision", []State{Deciding}}, {"Running", []State{Running}}, {"Being prepared", []State{Ready, Draft}}, {"Decided", []State{Decided}}} {
		some := slices.DeleteFunc(slices.Clone(all), func(p Pilot) bool { return !slices.Contains(part.states, p.State) })
		if len(some) == 0 {
			continue
		}
		message.Blocks = append(message.Blocks, section(part.title))
		for _, p := range some[:min(len(some), maxListed)] {
			message.Blocks = append(message.Blocks, p.line(), bot.Actions{Buttons: []bot.Button{{Command: "pilots.show", Arg: p.ID, Label: "Open " + p.Reference}}})
		}
		if more := len(some) - maxListed; more > 0 {
			message.Blocks = append(message.Blocks, note(count(more, "older one")+" not shown. With its reference each opens: ", bot.Mono("/evangelist pilot REFERENCE")))
		}
	}
	row := bot.Actions{Buttons: []bot.Button{{Command: "pilots.goals", Label: "Goals"}, {Command: "pilots.stories", Label: "Stories"}}}
	if lead {
		row.Buttons = append([]bot.Button{{Command: "pilots.new", Label: "A new pilot", Tone: bot.Primary}}, row.Buttons...)
	}
	message.Blocks = append(message.Blocks, row)
	return message
}

// line is a pilot in one line.
func (p Pilot) line() bot.Paragraph {
	line := bot.Line(bot.Strong(p.Reference+" "), p.Title+", "+p.stands())
	if last, ok := p.Latest(); ok && p.Measure.Complete() {
		line = append(line, bot.T(fmt.Sprintf("; %d against %s", last.Value, p.Measure.target()))...)
	}
	return bot.Paragraph{Text: line}
}

// show answers "evangelist pilot": by its id on a button, by its reference, or
// without one the actor's own.
func (f *Feature) show(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	words := strings.ToUpper(strings.TrimSpace(in.Words))
	switch {
	case in.Arg != "":
		p, err := f.readable(ctx, in, See)
		if err != nil {
			return nil, err
		}
		return f.shownTo(ctx, in, p)
	case words == "":
		return f.own(ctx, in)
	}
	found, err := f.Stores.Pilots.List(ctx, Filter{Reference: words})
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		if p.May(in.Actor, See) {
			return f.shownTo(ctx, in, p)
		}
	}
	return nil, bot.Refuse("not-found", "I know no pilot with that reference, or it is not for you yet. All that you may see: /evangelist pilots")
}

func (f *Feature) shownTo(ctx context.Context, in bot.Invocation, p Pilot) (bot.Reply, error) {
	card, err := f.card(ctx, p, in.Actor)
	if err != nil {
		return nil, err
	}
	return bot.Say{Message: card}, nil
}

func (f *Feature) own(ctx context.Context, in bot.Invocation) (bot.Reply, error) {
	mine, err := f.mine(ctx, in.Actor)
	if err != nil {
		return nil, err
	}
	if len(mine) == 0 {
		return bot.Say{Message: bot.Notice("You sponsor no pilot and are on no team. What is being tried: /evangelist pilots")}, nil
	}
	message := titled("Your pilots")
	for _, p := range mine {
		message.Blocks = append(message.Blocks, p.line(), bot.Actions{Buttons: []bot.Button{{Command: "pilots.show", Arg: p.ID, Label: "Open " + p.Reference}}})
	}
	return bot.Say{Message: message}, nil
}

// mine lists the pilots that are not over which a person sponsors or is on the
// team of.
func (f *Feature) mine(ctx context.Context, actor bot.Actor) ([]Pilot, error) {
	if actor.Person == "" || !actor.Has(bot.Colleague) {
		return nil, nil
	}
	all, err := f.Stores.Pilots.List(ctx, Filter{Person: actor.Person, States: []State{Draft, Ready, Running, Deciding}})
	if err != nil {
		return nil, err
	}
	return all[:min(len(all), maxListed)], nil
}

// mineOnHome shows somebody's own pilots, each with what it waits for.
func (f *Feature) mineOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	mine, err := f.mine(ctx, actor)
	if err != nil || len(mine) == 0 {
		return nil, err
	}
	blocks := []bot.Block{section("Your pilots")}
	for _, p := range mine {
		row := bot.Actions{}
		if _, said := p.checkInOf(p.Week); p.State == Running && actor.Person == p.Sponsor && !said {
			row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.checkin", Arg: p.ID, Label: "Check in", Tone: bot.Primary})
		}
		if p.State == Deciding && actor.Person == p.Sponsor {
			row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.decide", Arg: p.ID, Label: "Decide", Tone: bot.Primary})
		}
		if p.State == Ready && actor.Person == p.Sponsor {
			row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.start", Arg: p.ID, Label: "Start", Tone: bot.Primary, Confirm: "Start now? The measure and the target are fixed and dated from then on."})
		}
		row.Buttons = append(row.Buttons, bot.Button{Command: "pilots.show", Arg: p.ID, Label: "Open"})
		blocks = append(blocks, p.line(), row)
	}
	return blocks, nil
}

// leadOnHome shows leads which pilots wait, and for what.
func (f *Feature) leadOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	open, err := f.Stores.Pilots.List(ctx, Filter{States: []State{Draft, Ready, Running, Deciding}})
	if err != nil {
		return nil, err
	}
	var list bot.List
	for _, p := range open {
		if waits := p.waits(f.Clock.Now(), f.Organisation.Zone); waits != "" && len(list.Items) < maxListed {
			list.Items = append(list.Items, bot.Line(bot.Strong(p.Reference+" "), p.Title+": "+waits))
		}
	}
	running := 0
	for _, p := range open {
		if p.State == Running {
			running++
		}
	}
	blocks := []bot.Block{section("Pilots")}
	switch {
	case len(open) == 0:
		blocks = append(blocks, paragraph("Nothing is being tried. A good idea can become a small pilot."))
	case len(list.Items) == 0:
		blocks = append(blocks, paragraph(count(running, "pilot")+" running, and nothing waits for you."))
	default:
		blocks = append(blocks, paragraph(count(running, "pilot")+" running. What waits:"), list)
	}
	return append(blocks, bot.Actions{Buttons: []bot.Button{
		{Command: "pilots.new", Label: "A new pilot"}, {Command: "pilots.list", Label: "All pilots"}, {Command: "pilots.goals", Label: "Goals"},
	}}), nil
}

// Matters lists what waits in pilots: to leads all that needs them, to a sponsor
// the own pilots that wait for a start, a check-in or a decision.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if actor.Person == "" || !actor.Has(bot.Colleague) {
		return nil, nil
	}
	open, err := f.Stores.Pilots.List(ctx, Filter{States: []State{Draft, Ready, Running, Deciding}})
	if err != nil {
		return nil, err
	}
	var all []bot.Matter
	for _, p := range open {
		sponsor := p.Sponsor == actor.Person
		if !sponsor && !actor.Has(bot.Lead) {
			continue
		}
		do := bot.Button{Command: "pilots.show", Arg: p.ID, Label: "Open"}
		waits := p.waits(f.Clock.Now(), f.Organisation.Zone)
		if _, said := p.checkInOf(p.Week); sponsor && waits == "" && p.State == Running && p.Week > 0 && !said {
			waits, do = "a line about this week", bot.Button{Command: "pilots.checkin", Arg: p.ID, Label: "Check in"}
		}
		if waits == "" {
			continue
		}
		m := bot.Matter{Kind: "Pilots", What: bot.Line(bot.Strong(p.Reference+" "), p.Title+": "+waits), Since: p.Created, Do: &do}
		switch p.State {
		case Deciding:
			m.Since, m.Due = p.Asked, p.Asked.Add(decideWithin)
		case Running:
			m.Since = p.WeekAt
		}
		all = append(all, m)
	}
	return all, nil
}

// decideWithin is after how long a decision that waits counts as late.
const decideWithin = 7 * 24 * time.Hour
