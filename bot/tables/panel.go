package tables

import (
	"context"
	"errors"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// mineOnHome shows somebody's own table and what they wish. Whoever takes no part
// reads of round tables only where there are any.
func (f *Feature) mineOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Colleague) {
		return nil, nil
	}
	s, member, err := f.standing(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	if !member && s.Choice != In {
		if _, planned, err := f.nextSlot(ctx); err != nil || !planned {
			return nil, err
		}
	}
	return f.own(ctx, actor, s, member)
}

// own is somebody's table, or why there is none.
func (f *Feature) own(ctx context.Context, actor bot.Actor, s Standing, member bool) ([]bot.Block, error) {
	heading := section("Round tables")
	wish := bot.Button{Command: "tables.wish", Label: "My wishes"}
	now := f.Clock.Now()
	switch part := s.Choice == In || s.Choice == AsPart && member; {
	case !part:
		wish.Label = "Take part"
		return []bot.Block{heading, paragraph("Every few weeks small tables of colleagues meet across departments. You are not part of it at the moment."),
			bot.Actions{Buttons: []bot.Button{wish}}}, nil
	case s.Until.After(now):
		return []bot.Block{heading, paragraph("You take a break until ", bot.Moment(s.Until, bot.DateStyle), "."), bot.Actions{Buttons: []bot.Button{wish}}}, nil
	}
	r, ok, err := f.seatOf(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	if !ok {
		next, err := f.nextRound(ctx)
		if err != nil {
			return nil, err
		}
		return []bot.Block{heading, paragraph(next), bot.Actions{Buttons: []bot.Button{wish}}}, nil
	}
	seat, seated := r.Place(actor.Person)
	if !seated {
		return []bot.Block{heading, paragraph("The numbers do not fit this time, so you sit out; you come first in the next round."), bot.Actions{Buttons: []bot.Button{wish}}}, nil
	}
	people, err := f.people(ctx)
	if err != nil {
		return nil, err
	}
	message := seatMessage(r, seat, people)
	if r.State == FollowedUp && seat.Stand == Seated {
		message = followMessage(r, seat, people)
	}
	return append([]bot.Block{heading}, append(message.Blocks[1:], bot.Actions{Buttons: []bot.Button{wish}})...), nil
}

// nextRound says when tables are laid next.
func (f *Feature) nextRound(ctx context.Context) (bot.Spans, error) {
	due, ok, err := f.nextSlot(ctx)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return bot.T("You take part. No round is planned yet."), nil
	}
	return bot.Line("You take part. The next tables are laid on ", bot.Moment(due, bot.DayStyle), "."), nil
}

func (f *Feature) nextSlot(ctx context.Context) (time.Time, bool, error) {
	settings, err := f.Stores.Settings.Get(ctx)
	if err != nil || settings.Rhythm == "" {
		return time.Time{}, false, err
	}
	spec, err := schedule.Parse(settings.Rhythm)
	if err != nil {
		return time.Time{}, false, err
	}
	slot, ok := spec.Next(f.Clock.Now(), f.Organisation.Zone, nil)
	return slot.Due, ok, nil
}

// Next returns when tables are laid next, as it stands now: false when no round is
// planned. It is pure reading.
func (f *Feature) Next(ctx context.Context) (time.Time, bool, error) {
	open, err := f.Stores.Rounds.List(ctx, Drafted, Approved)
	if err != nil {
		return time.Time{}, false, err
	}
	now := f.Clock.Now()
	for _, r := range open { // one at most
		if due := r.NextAt(); due.After(now) {
			return due, true, nil
		}
	}
	settings, err := f.Stores.Settings.Get(ctx)
	if err != nil || settings.Rhythm == "" {
		return time.Time{}, false, err
	}
	spec, err := schedule.Parse(settings.Rhythm)
	if err != nil {
		return time.Time{}, false, err
	}
	slot, ok := spec.Next(now, f.Organisation.Zone, nil)
	for ok {
		r, err := f.Stores.Rounds.Get(ctx, slot.Name)
		if errors.Is(err, bot.ErrNotFound) || err == nil && r.State.open() {
			return slot.Due, true, nil
		}
		if err != nil {
			return time.Time{}, false, err
		}
		slot, ok = spec.Next(slot.Due, f.Organisation.Zone, nil) // this one was called off, or went out early
	}
	return time.Time{}, false, nil
}

// leadOnHome shows leads the draft that waits, or when the next one comes.
func (f *Feature) leadOnHome(ctx context.Context, actor bot.Actor) ([]bot.Block, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	open, err := f.Stores.Rounds.List(ctx, Drafted, Approved)
	if err != nil {
		return nil, err
	}
	row := bot.Actions{Buttons: []bot.Button{
		{Command: "tables.plan", Label: "Plan now"}, {Command: "tables.set", Label: "Set round tables"}, {Command: "tables.pairs", Label: "Kept apart"},
	}}
	if len(open) > 0 {
		r := open[0]
		row.Buttons[0] = bot.Button{Command: "tables.plan", Label: "Open the draft", Tone: bot.Primary}
		return []bot.Block{section("Round tables, for comms leads"), paragraph("A draft of "+count(len(r.Tables), "table")+" waits. ", bot.Line(r.goes()...)), row}, nil
	}
	due, ok, err := f.nextSlot(ctx)
	if err != nil {
		return nil, err
	}
	line := bot.T("They have no rhythm yet: a round is laid when you plan one.")
	if ok {
		line = bot.Line("The next round is on ", bot.Moment(due, bot.DayStyle), "; its draft comes a week before.")
	}
	return []bot.Block{section("Round tables, for comms leads"), paragraph(line), row}, nil
}

// Matters lists for leads the draft that waits for them.
func (f *Feature) Matters(ctx context.Context, actor bot.Actor) ([]bot.Matter, error) {
	if !actor.Has(bot.Lead) {
		return nil, nil
	}
	drafts, err := f.Stores.Rounds.List(ctx, Drafted)
	if err != nil {
		return nil, err
	}
	var all []bot.Matter
	for _, r := range drafts {
		all = append(all, bot.Matter{
			Kind: "Round tables", What: bot.T("A draft of " + count(len(r.Tables), "table") + " waits for a look"), Since: r.Drafted, Due: r.Due,
			Do: &bot.Button{Command: "tables.plan", Label: "Open the draft"},
		})
	}
	return all, nil
}
