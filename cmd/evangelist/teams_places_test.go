package main

import (
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// changing is a tenant with a guest and a private channel, with and without
// Microsoft Graph.
func changing(t *testing.T, test func(o *tenant, guest teamstest.User, inner string)) {
	storagetest.LeaveToPlainRun(t)
	for name, graph := range map[string]bool{"graph": true, "roster": false} {
		t.Run(name, func(t *testing.T) {
			o := openTenant(t, storagetest.SQLite(t), graph)
			guest := o.teams.AddUser(teamstest.User{Name: "Gil Guest", Email: "gil@partner.example", Guest: true})
			inner := o.teams.AddPrivate(o.team, "Inner circle", o.people["nia"], o.people["minh"])
			test(o, guest, inner)
		})
	}
}

func (o *tenant) placed(conversation string, holds func(bot.Place) bool) {
	o.Helper()
	o.eventually("the place is known as it is", func() bool {
		place, err := o.app.places.Place(o.ctx, bot.PlaceID(placeOf(conversation)))
		return err == nil && holds(place)
	})
}

// A concern is not shown in a chat in which a guest reads, and such a chat cannot
// be chosen, until the guest has left.
func TestAGuestInTheReadingTeamsChat(t *testing.T) {
	changing(t, func(o *tenant, guest teamstest.User, _ string) {
		o.setUp()
		if d, err := o.teams.As(guest).Join(o.ctx, o.reading); err != nil || d.Status != 202 {
			t.Fatal(err, d.Status)
		}
		o.placed(o.reading, func(p bot.Place) bool { return p.External })
		offered := o.ask("nia", "evangelist reading place")
		refused := o.fill("nia", o.press("nia", offered.message, "Open the form"), map[string]any{"place": placeOf(o.reading)})
		if !strings.Contains(refused.text, "another organisation can read there") {
			t.Errorf("the chat can be chosen: %s", refused.text)
		}
		const worry = "The side door cannot be unlocked at eight."
		o.form("leroy", "concern", map[string]any{"words": worry, "name": "named"})
		o.until(o.teams.Personal(o.people["adaeze"]), worry)
		if o.count(o.reading, worry) != 0 {
			t.Error("a guest reads a concern")
		}
		if d, err := o.teams.As(guest).Leave(o.ctx, o.reading); err != nil || d.Status != 202 {
			t.Fatal(err, d.Status)
		}
		o.placed(o.reading, func(p bot.Place) bool { return !p.External && p.Member })
	})
}

// What a guest shares, and what is written in a private channel that no lead
// watches, does not reach the edition, over a restart as well.
func TestWhatGuestsAndPrivateChannelsShare(t *testing.T) {
	changing(t, func(o *tenant, guest teamstest.User, inner string) {
		o.setUp()
		write := func(who teamstest.Person, where, address string) {
			t.Helper()
			d, err := who.Write(o.ctx, where, "see "+address)
			if err != nil || d.Status != 202 {
				t.Fatal(err, d.Status)
			}
		}
		if d, err := o.teams.As(guest).Join(o.ctx, o.team.General); err != nil || d.Status != 202 {
			t.Fatal(err, d.Status)
		}
		for range 2 {
			if _, err := o.as("nia").Install(o.ctx, inner); err != nil {
				t.Fatal(err)
			}
		}
		o.placed(inner, func(p bot.Place) bool { return p.Member && p.Kind == bot.PrivateChannel })
		write(o.as("minh"), inner, "https://inner.example/one")
		o.stop()
		o.start()
		o.settled()
		o.eventually("the directory tells of the guest", func() bool {
			actor, err := o.app.people.Actor(o.ctx, bot.NewAccountID("teams", guest.ID))
			return err == nil && actor.External
		})
		write(o.teams.As(guest), o.channels["good-finds"], "https://guest.example/one")
		write(o.as("minh"), inner, "https://inner.example/two")
		write(o.as("farida"), o.channels["good-finds"], "https://ours.example/one")
		o.later(time.Minute)
		preview := o.ask("nia", "digest preview")
		m, _ := o.teams.Message(preview.message)
		raw := string(m.Cards[0])
		if !strings.Contains(raw, "ours.example") || strings.Contains(raw, "guest.example") || strings.Contains(raw, "inner.example") {
			t.Errorf("the preview: %s", raw)
		}
	})
}

// What happened to teams and channels while the program was down is known after
// the start, and what is gone is no destination.
func TestTeamsChangeWhileTheProgramIsDown(t *testing.T) {
	changing(t, func(o *tenant, _ teamstest.User, _ string) {
		o.setUp()
		dead, living := o.channels["good-finds"], o.channels["all-council"]
		if d, err := o.as("nia").Archive(o.ctx, o.team, true); err != nil || d.Status != 202 {
			t.Fatal(err, d.Status)
		}
		o.placed(living, func(p bot.Place) bool { return p.Archived && p.Member })
		if d, err := o.as("nia").Archive(o.ctx, o.team, false); err != nil || d.Status != 202 {
			t.Fatal(err, d.Status)
		}
		o.placed(living, func(p bot.Place) bool { return !p.Archived })
		o.stop()
		o.teams.DropChannel(dead)
		fresh := o.teams.AddChannel(o.team, "Fresh")
		o.teams.RenameTeam(o.team, "Tidewater")
		o.teams.Remove(o.reading)
		o.start()
		o.placed(dead, func(p bot.Place) bool { return !p.Member })
		o.placed(o.reading, func(p bot.Place) bool { return !p.Member })
		o.placed(fresh, func(p bot.Place) bool { return p.Member && p.Name == "Tidewater / Fresh" })
		o.placed(living, func(p bot.Place) bool { return p.Member && strings.HasPrefix(p.Name, "Tidewater / ") })
		o.eventually("the directory is read", func() bool { return strings.Contains(o.log.String(), "the directory of Teams was read") })
		if strings.Contains(o.log.String(), "the people on Teams could not be read") {
			t.Errorf("what is gone counts as a failure:\n%s", o.log)
		}
	})
}
