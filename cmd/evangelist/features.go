package main

import (
	"context"
	"time"

	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/cmd/evangelist/wiring"
)

// addFeatures joins the features, and what the machine itself says and does.
func (a *App) addFeatures(ctx context.Context, p Parts) error {
	key, err := a.installation.Key(ctx)
	if err != nil {
		return err
	}
	a.features, err = wiring.New(wiring.Parts{
		DB: p.DB, People: a.people, Places: a.places, Scheduler: a.scheduler, Router: a.router, Organisation: p.Organisation,
		Platforms: p.Platforms, Clock: p.Clock, Random: p.Random, Key: key, Wake: a.Wake, Full: a.courier.Full, Manual: p.Manual, Slash: p.Slash,
	})
	if err != nil {
		return err
	}
	a.router.AddPanels(bot.Panel{Name: "troubles", Order: 90, Show: a.troublePanel})
	for _, commands := range [][]bot.Command{a.contacts().Commands(), a.troubleCommands()} {
		if err := a.router.Add(commands...); err != nil {
			return err
		}
	}
	a.ears = a.features.Ears()
	a.sweeps = append(a.features.Sweeps(), bot.Sweep{Name: "housekeeping", Run: a.housekeep})
	return nil
}

// keepTicks is how long finished slots of schedules are remembered: longer than
// any backup that somebody would still restore.
const keepTicks = 400 * 24 * time.Hour

// housekeep forgets what is over. It finds nothing to do most of the time.
func (a *App) housekeep(ctx context.Context) (time.Time, error) {
	now := a.clock.Now()
	if now.Before(a.tidied.Add(24 * time.Hour)) {
		return a.tidied.Add(24 * time.Hour), nil
	}
	if _, err := a.schedules.Ticks.Purge(ctx, now.Add(-keepTicks)); err != nil {
		return time.Time{}, err
	}
	a.tidied = now
	return now.Add(24 * time.Hour), nil
}

// holidaysSetting is the name under which the organisation's free days are kept.
const holidaysSetting = "holidays"

// holidays are the days on which nobody is written to first, one a line.
func (a *App) holidays(ctx context.Context) (string, error) {
	return a.installation.Setting(ctx, holidaysSetting)
}

func (a *App) contacts() courier.Contacts {
	return courier.Contacts{People: a.people, Clock: a.clock, Zone: a.organisation.Zone, Holidays: a.holidays,
		SetHolidays: func(ctx context.Context, days string) error { return a.installation.Set(ctx, holidaysSetting, days) }}
}
