package rosterstore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/roster"
)

// counted counts how often everything is looked through.
type counted struct {
	roster.Offices
	looks int
}

func (c *counted) List(ctx context.Context) ([]roster.Office, error) {
	c.looks++
	return c.Offices.List(ctx)
}

// A sweep that is woken after every request looks through everything only when
// something happened, or once a minute.
func TestTheSweepRests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	offices := &counted{Offices: w.stores.Offices}
	w.feature.Stores.Offices = offices
	looks := func(what string, want int) {
		t.Helper()
		offices.looks = 0
		for range 2 {
			_, err := w.feature.Sweeps()[0].Run(t.Context())
			w.ok(err)
		}
		if offices.looks != want {
			t.Errorf("%s: looked %d times, not %d", what, offices.looks, want)
		}
	}
	looks("at rest", 0)
	w.clock.now = w.clock.now.Add(50 * time.Second)
	looks("a moment later", 0)
	w.clock.now = w.clock.now.Add(10 * time.Second)
	looks("a minute later", 1)
	w.appoint("h1", "Housing", roster.Representative)
	looks("somebody was appointed", 1)
	w.record(bot.AccountFact{Name: "h2", Department: "Housing"})
	looks("the register says the same again", 0)
	w.gone("h2", true)
	looks("an account is inactive: it is noted, and looked at anew", 2)
	w.parts[w.id("p1")] = roster.Supports
	looks("somebody joined", 1)
	looks("at rest again", 0)
}

// Whoever is to do a decision is told, also when somebody else was to do it before;
// what that one has not read yet is taken back.
func TestAnotherOwnerIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.appoint("h1", "Housing", roster.Representative)
	w.send("h1", "roster.decided", "", "words", "One template for all", "owner", string(w.id("h3")))
	open, err := w.stores.Decisions.List(t.Context(), roster.ToDo)
	w.ok(err)
	id := open[0].ID
	redate := func(owner string) {
		t.Helper()
		w.has("another owner", w.send("h1", "roster.redate", id, "owner", string(w.id(owner)), "due", "2026-12-20"), "Saved")
	}
	redate("h4")
	redate("h4")
	w.expect("the one before", "roster/decision/"+id+"/"+string(w.id("h3"))+" nudge dropped", 1)
	w.expect("the one now", "roster/decision/"+id+"/"+string(w.id("h4"))+" nudge queued", 1)
	redate("h1")
	w.expect("oneself is not told", "roster/decision/"+id+"/"+string(w.id("h1")), 0)
	redate("h5")
	w.press("h5", "roster.done", id)
	w.expect("what is done needs no message", "roster/decision/"+id+"/"+string(w.id("h5"))+" nudge dropped", 1)
}

// Two leads give somebody a place at once, in two departments: one of them is refused,
// whatever both saw before.
func TestTwoLeadsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.appoint("h1", "Housing", roster.Representative)
	person, err := w.people.Person(t.Context(), w.id("h1"))
	w.ok(err)
	lou, err := w.people.Actor(t.Context(), account("lou"))
	w.ok(err)
	give := func(department string, post roster.Post) error {
		return w.stores.Offices.Change(t.Context(), department, person.ID, func(o *roster.Office, who *roster.Guest) ([]bot.Delivery, error) {
			return o.Appoint(lou, roster.Appointment{Post: post, Person: person, Elsewhere: true}, who, w.clock.now)
		})
	}
	var refused *bot.Error
	if err := give("Parks", roster.Deputy); !errors.As(err, &refused) || refused.Code != "person" {
		t.Errorf("a second place: %v", err)
	}
	if o := w.office("Parks"); o.Deputy.Person != "" {
		t.Errorf("%+v", o)
	}
	w.ok(give("Housing", roster.Representative))
	w.send("lea", "roster.representative", "", "department", roster.OfficeID("Housing"), "which", "release-representative")
	w.ok(give("Parks", roster.Deputy))
}

// Who leads no more gets no newer news of who came and left.
func TestNewsAreForLeads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.parts[w.id("h1")], w.parts[w.id("h2")] = roster.Supports, roster.Supports
	w.sweep()
	w.gone("h1", true)
	w.until(time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC))
	w.expect("a card for each lead", "roster/week/", 2)
	w.change("lou", func(p *bot.Person) { p.Roles = nil })
	w.gone("h2", true)
	w.sweep()
	desk, err := w.stores.Register.Desk(t.Context())
	w.ok(err)
	if len(desk.Leads) != 1 || desk.Leads[0] != w.id("lea") {
		t.Errorf("the card is kept for %v", desk.Leads)
	}
}
