package issues

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"evangelist/bot"
	"evangelist/bot/impact"
	"evangelist/bot/schedule"
)

func isNotFound(err error) bool { return errors.Is(err, bot.ErrNotFound) }

// sweep keeps the schedule in line with the series and leads every issue on.
func (f *Feature) sweep(ctx context.Context) (time.Time, error) {
	if _, err := f.plan(ctx); err != nil {
		var phrase *schedule.PhraseError
		if !errors.As(err, &phrase) && !errors.Is(err, schedule.ErrConflict) {
			return time.Time{}, err
		}
	}
	open, err := f.Stores.Issues.List(ctx, Planned, Draft, Approved, Early, Held)
	if err != nil || len(open) == 0 {
		return time.Time{}, err
	}
	leads, err := f.leads(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var next time.Time
	var errs []error
	for _, i := range open {
		after, err := f.advance(ctx, i, leads)
		if err != nil {
			errs = append(errs, fmt.Errorf("the report %s: %w", i.ID, err))
			continue
		}
		if at := after.NextAt(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, errors.Join(errs...)
}

// maxSteps bounds how often one issue moves in one sweep.
const maxSteps = 10

// advance leads an issue as far as time and the register ask for.
func (f *Feature) advance(ctx context.Context, i Issue, leads []bot.PersonID) (Issue, error) {
	for range maxSteps {
		now, facts := f.Clock.Now(), Facts{Version: i.Version, Leads: leads}
		try := i
		if _, moved, err := try.Tick(now, facts); err != nil || !moved {
			return i, err
		}
		if i.State == Planned && try.State == Draft {
			// What the draft shows is published from here on, and stands.
			if _, err := f.Compose(ctx, impact.Wish{From: i.From, To: i.To, Event: i.Event}, true); err != nil {
				return i, err
			}
		}
		err := f.Stores.Issues.Change(ctx, i.ID, func(stored *Issue) ([]bot.Delivery, error) {
			out, _, err := stored.Tick(now, facts)
			return out, err
		})
		if err != nil && !errors.Is(err, ErrMoved) {
			return i, err
		}
		if i, err = f.Stores.Issues.Get(ctx, i.ID); err != nil {
			return i, err
		}
	}
	return i, nil
}

// plan brings the schedule in line with the series.
func (f *Feature) plan(ctx context.Context) (schedule.Slot, error) {
	if f.Schedule == nil {
		return schedule.Slot{}, nil
	}
	return f.Schedule.Keep(ctx, ChoreKind, "", func(ctx context.Context) (schedule.Plan, bool, error) {
		series, err := f.Stores.Series.Get(ctx)
		if err != nil || series.Spec == "" {
			return schedule.Plan{}, false, err
		}
		spec, err := schedule.Parse(series.Spec)
		return schedule.Plan{Kind: ChoreKind, Spec: spec, Zone: series.Zone}, true, err
	})
}

// settle is how long after the end of its days a draft is made: what arrives late
// is in it.
const settle = 6 * time.Hour

// ofMonth is the issue that a slot asks for: about the month before the slot's
// own date.
func (f *Feature) ofMonth(ctx context.Context, t schedule.Tick) (Issue, error) {
	series, err := f.Stores.Series.Get(ctx)
	if err != nil {
		return Issue{}, err
	}
	day, err := time.Parse("2006-01-02T15:04", t.Slot)
	if err != nil {
		return Issue{}, fmt.Errorf("read the slot of a report: %w", err)
	}
	first := time.Date(day.Year(), day.Month()-1, 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1)
	i := Issue{ID: MonthID(first), Slot: t.Slot, From: first.Format(time.DateOnly), To: last.Format(time.DateOnly), State: Planned, Version: 1,
		Place: series.Place, Lead: series.Lead, Deputy: series.Deputy, Due: f.over(last), Since: f.Clock.Now()}
	if t.Due.After(i.Due) {
		i.Due = t.Due
	}
	return i, nil
}

// over is when the last day is over in the organisation's zone, and has settled.
func (f *Feature) over(last time.Time) time.Time {
	return time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, f.Organisation.Zone).Add(settle).UTC()
}

// slotCame plans the report of a slot; the sweep makes its draft. A month that has
// its report already gets no second one.
func (f *Feature) slotCame(ctx context.Context, t schedule.Tick) error {
	i, err := f.ofMonth(ctx, t)
	if err != nil {
		return err
	}
	if _, err := f.Stores.Issues.Add(ctx, i, nil); err != nil {
		return err
	}
	f.Wake()
	return nil
}

// slotMissed keeps the report of a slot that passed while nothing was running as
// skipped, and tells its lead, who can have it made after all.
func (f *Feature) slotMissed(ctx context.Context, t schedule.Tick) error {
	i, err := f.ofMonth(ctx, t)
	if err != nil {
		return err
	}
	i.State, i.Reason = Skipped, "the program was not running when it was due"
	leads, err := f.leads(ctx)
	if err != nil {
		return err
	}
	if len(leads) > 0 && !slices.Contains(leads, i.Lead) {
		i.Lead = leads[0]
	}
	_, err = f.Stores.Issues.Add(ctx, i, i.tell(i.Lead, "missed", missedMessage(i, t.Missed)))
	return err
}
