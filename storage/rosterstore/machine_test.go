package rosterstore_test

import (
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
)

// Every act by everybody in every state: what is kept is what the rule alone gives,
// and what the rule refuses leaves everything as it was.
func TestTheMachineIsKept(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		w := worldOn(t, db)
		actors := map[string]bot.Actor{}
		for _, name := range []string{"lea", "h1", "h2"} {
			actor, err := w.people.Actor(t.Context(), account(name))
			w.ok(err)
			actors[name] = actor
		}
		for _, actor := range actors {
			w.exploreInvitation(actor)
			w.exploreOffice(actor)
		}
	})
}

func (w *world) exploreInvitation(actor bot.Actor) {
	ctx, id := w.t.Context(), w.id("h1")
	now := begin.Add(200 * day)
	for _, state := range roster.States() {
		for _, act := range roster.InvitationActs() {
			before := roster.Guest{Person: id, N: 1, Key: "k", Department: "Housing", Part: roster.Leads, Reason: "Because.", By: w.id("lea"), State: state, Opened: begin, Last: begin, Version: w.guest("h1").Version + 1}
			w.ok(w.stores.Guests.Change(ctx, id, func(g *roster.Guest) ([]bot.Delivery, error) { *g = before; return nil, nil }))
			rule := func(g *roster.Guest) ([]bot.Delivery, error) {
				switch act {
				case roster.Invite:
					return g.Invite(actor, roster.Invitation{Key: "new", Person: bot.Person{ID: id, Name: "h1", Department: "Housing"}, Part: roster.Supports, Department: "Housing", Reason: "New.", Hole: true}, now)
				case roster.Withdraw:
					return g.Withdraw(actor, 1)
				case roster.Accept:
					return g.Accept(actor, 1)
				case roster.Later:
					return g.Later(actor, 1)
				default:
					return g.No(actor, 1)
				}
			}
			want := before
			_, refused := rule(&want)
			if err := w.stores.Guests.Change(ctx, id, rule); (err == nil) != (refused == nil) {
				w.t.Fatalf("%s in %q: %v, and alone %v", act, state, err, refused)
			}
			if refused != nil {
				want = before
			}
			same(w.t, string(act)+" in "+string(state), w.guest("h1"), want)
		}
	}
}

func (w *world) exploreOffice(actor bot.Actor) {
	ctx, now := w.t.Context(), begin.Add(200*day)
	left, next := w.id("h1"), w.id("h3")
	for _, state := range roster.OfficeStates() {
		for _, act := range roster.OfficeActs() {
			before := roster.NewOffice("Housing")
			before.Representative = roster.Holder{Person: w.id("h1"), By: w.id("lea"), Since: begin, Told: true}
			before.Deputy = roster.Holder{Person: w.id("h2"), By: w.id("lea"), Since: begin.Add(time.Hour)}
			before.State, before.Asked, before.Round, before.Version = state, begin, w.office("Housing").Round+1, w.office("Housing").Version+1
			person := actor.Person
			w.ok(w.stores.Offices.Change(ctx, "Housing", "", func(o *roster.Office, _ *roster.Guest) ([]bot.Delivery, error) { *o = before; return nil, nil }))
			rule := func(o *roster.Office, who *roster.Guest) ([]bot.Delivery, error) {
				switch act {
				case roster.Appoint:
					gone := map[bot.PersonID]bool{left: true}
					return o.Appoint(actor, roster.Appointment{Post: roster.Representative, Person: bot.Person{ID: next, Name: "h3", Department: "Housing"}, Gone: gone}, who, now)
				case roster.Release:
					return o.Release(actor, roster.Representative, nil)
				case roster.StepDown:
					return o.StepDown(actor, roster.Representative, false, who, nil, now)
				case roster.TakeOver:
					return o.TakeOver(actor, now)
				default:
					return o.NotMe(actor, now)
				}
			}
			want, guest := before, roster.Guest{Person: person}
			_, refused := rule(&want, &guest)
			if err := w.stores.Offices.Change(ctx, "Housing", person, rule); (err == nil) != (refused == nil) {
				w.t.Fatalf("%s in %s: %v, and alone %v", act, state, err, refused)
			}
			if refused != nil {
				want = before
			}
			same(w.t, string(act)+" in "+string(state), w.office("Housing"), want)
		}
	}
}
