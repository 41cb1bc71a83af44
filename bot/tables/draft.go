package tables

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"evangelist/bot"
	"evangelist/bot/schedule"
	"evangelist/bot/seating"
)

// sweep does what time asks for: rounds move on, and the next draft is made.
func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	moving, err := f.Stores.Rounds.List(ctx, Drafted, Approved, Out, FollowedUp)
	if err != nil {
		return time.Time{}, err
	}
	settings, err := f.Stores.Settings.Get(ctx)
	if err != nil || len(moving) == 0 && settings.Rhythm == "" {
		return time.Time{}, err
	}
	next, err := f.byRhythm(ctx, settings, moving)
	if err != nil {
		return time.Time{}, err
	}
	if moving, err = f.Stores.Rounds.List(ctx, Drafted, Approved, Out, FollowedUp); err != nil {
		return time.Time{}, err
	}
	for _, r := range moving {
		after, err := f.advance(ctx, r)
		if err != nil {
			return time.Time{}, err
		}
		next = earliest(next, after.NextAt())
	}
	return next, nil
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// maxSteps bounds how often one round moves in one sweep; the rest is done by the
// next.
const maxSteps = 20

// advance leads a round as far as time asks for.
func (f *Feature) advance(ctx context.Context, r Round) (Round, error) {
	for range maxSteps {
		c, err := f.cast(ctx)
		if err != nil {
			return r, err
		}
		now := f.Clock.Now()
		facts, err := c.facts(r, now, c.leads())
		if err != nil {
			return r, err
		}
		if due := r.NextAt(); f.Gather != nil && r.State.open() && !due.IsZero() && !due.After(now) {
			can, err := f.Gather(ctx, r.Persons())
			if err != nil {
				return r, err
			}
			facts.Together = c.together(can)
		}
		try := r
		if _, moved, err := try.Tick(now, facts); err != nil || !moved {
			return r, err
		}
		err = f.Stores.Rounds.Change(ctx, r.ID, func(stored *Round) ([]bot.Delivery, error) {
			out, _, err := stored.Tick(now, facts)
			return out, err
		})
		if err != nil && !errors.Is(err, ErrMoved) {
			return r, err
		}
		if r, err = f.Stores.Rounds.Get(ctx, r.ID); err != nil {
			return r, err
		}
	}
	return r, nil
}

// together leaves out conversations in which one person's wish to be written to
// less would keep the message from all others.
func (c cast) together(can func([]bot.PersonID) bool) func([]bot.PersonID) bool {
	return func(people []bot.PersonID) bool {
		for _, id := range people {
			if contact := c.persons[id].Contact; contact.Less || contact.Never || !contact.MutedUntil.IsZero() {
				return false
			}
		}
		return len(people) > 1 && can(people)
	}
}

// byRhythm makes the draft for the next slot when its time has come, and says so
// when a slot passed without one. It returns when there is something to do next.
func (f *Feature) byRhythm(ctx context.Context, settings Settings, moving []Round) (time.Time, error) {
	if settings.Rhythm == "" {
		return time.Time{}, nil
	}
	spec, err := schedule.Parse(settings.Rhythm)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the rhythm of round tables: %w", err)
	}
	now := f.Clock.Now()
	if err := f.missed(ctx, spec, settings, now); err != nil {
		return time.Time{}, err
	}
	slot, ok := spec.Next(now, f.Organisation.Zone, nil)
	if !ok {
		return time.Time{}, nil
	}
	if from := slot.Due.Add(-draftLead); from.After(now) {
		return from, nil
	}
	for _, r := range moving {
		switch {
		case r.ID == slot.Name:
			return slot.Due, nil
		case r.State == Drafted && r.left(now): // nobody decided, and the next one is due
			_, err := f.do(ctx, r.ID, func(stored *Round) ([]bot.Delivery, error) {
				if stored.State != Drafted {
					return nil, nil
				}
				return stored.callOff(now), nil
			})
			if err != nil {
				return time.Time{}, err
			}
		case r.State == Drafted && r.Due.IsZero(): // a lead works on another draft
			return earliest(slot.Due, r.Drafted.Add(draftLead)), nil
		case r.State.open():
			return slot.Due, nil
		}
	}
	if _, err := f.Stores.Rounds.Get(ctx, slot.Name); !errors.Is(err, bot.ErrNotFound) {
		return slot.Due, err
	}
	if _, err := f.draft(ctx, slot.Name, slot.Due); err != nil && !errors.Is(err, ErrOpen) {
		return time.Time{}, err
	}
	return slot.Due, nil
}

// left reports whether a draft was left undecided: at its slot, or a week long when
// it has none. It does not keep the next one from being made.
func (r *Round) left(now time.Time) bool {
	return r.Waited || r.Due.IsZero() && !r.Drafted.Add(draftLead).After(now)
}

// missed tells the leads of a slot that passed without a draft.
func (f *Feature) missed(ctx context.Context, spec schedule.Spec, settings Settings, now time.Time) error {
	last, ok := spec.Last(now, f.Organisation.Zone, nil)
	if !ok || !last.Due.After(settings.Since) {
		return nil
	}
	if _, err := f.Stores.Rounds.Get(ctx, last.Name); !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	c, err := f.cast(ctx)
	if err != nil {
		return err
	}
	r := Round{ID: last.Name, Slot: last.Name, Due: last.Due, Format: settings.Format, Smallest: settings.Smallest, Largest: settings.Largest,
		State: CalledOff, Version: 1, Drafted: now, Ended: now, Leads: c.leads()}
	_, err = f.Stores.Rounds.Add(ctx, r, r.tell("missed", missedMessage(&r)))
	return err
}

// draft makes the draft of a round. One that is there stays as it is.
func (f *Feature) draft(ctx context.Context, slot string, due time.Time) (Round, error) {
	settings, err := f.Stores.Settings.Get(ctx)
	if err != nil {
		return Round{}, err
	}
	c, err := f.cast(ctx)
	if err != nil {
		return Round{}, err
	}
	now := f.Clock.Now()
	r := Round{ID: slot, Slot: slot, Due: due, Goes: settings.Goes && !due.IsZero(), Format: settings.Format, Smallest: settings.Smallest, Largest: settings.Largest,
		State: Drafted, Version: 1, Drafted: now, Leads: c.leads()}
	if r.Agenda, err = f.agenda(ctx); err != nil {
		return Round{}, err
	}
	plan, err := f.seat(c, r, now)
	if err != nil {
		return Round{}, err
	}
	r.reseat(plan)
	return f.Stores.Rounds.Add(ctx, r, r.leadCards())
}

// seat makes a seating for all who take part in a round.
func (f *Feature) seat(c cast, r Round, now time.Time) (seating.Plan, error) {
	var seed [8]byte
	if _, err := io.ReadFull(f.Random, seed[:]); err != nil {
		return seating.Plan{}, fmt.Errorf("draw a seating: %w", err)
	}
	h, err := c.history(nil)
	if err != nil {
		return seating.Plan{}, err
	}
	at := now
	if r.Due.After(at) {
		at = r.Due
	}
	// Whoever takes a break on the day or today is not seated.
	var guests []seating.Person
	for _, g := range c.guests(at) {
		if c.takes(bot.PersonID(g.ID), now) {
			guests = append(guests, g)
		}
	}
	return seating.Seat(guests, h, c.options(r), binary.LittleEndian.Uint64(seed[:]))
}

// agendaLines is how many lines an agenda has.
const agendaLines = 3

// agenda is three lines: open questions first, then our own.
func (f *Feature) agenda(ctx context.Context) ([]string, error) {
	var lines []string
	if f.Agenda != nil {
		open, err := f.Agenda(ctx)
		if err != nil {
			return nil, err
		}
		for _, line := range open {
			if line = bot.Clean(line, 200); line != "" {
				lines = append(lines, line)
			}
		}
	}
	lines = append(lines, "What worked in your corner since you last told somebody?",
		"What would you like to try, and who at this table could help?", "What should the rest of us know?")
	return lines[:agendaLines], nil
}
