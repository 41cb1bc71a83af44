package wiring

import (
	"context"
	"fmt"

	"evangelist/adapters/web"
	"evangelist/adapters/web/coverage"
	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/bot/pilots"
	"evangelist/bot/requests"
	"evangelist/bot/roster"
	"evangelist/storage/rosterstore"
)

// newRoster joins departments and their representatives to the list of who leads or
// supports, and their agenda to what is open elsewhere: one line for each.
func (f *Features) newRoster(p Parts) *roster.Feature {
	return roster.New(roster.Config{
		Stores: rosterstore.New(p.DB, p.Clock), People: p.People, Places: p.Places, Planner: p.Scheduler, Clock: p.Clock, Random: p.Random,
		Organisation: p.Organisation, Wake: p.Wake, Members: f.rosterMembers, Join: f.rosterJoin, Leave: f.rosterLeave,
		Agenda: []roster.AgendaSource{
			f.pilotsToDecide,
			f.requestsOpen,
		},
	})
}

// rosterPages adds the page of departments and levels to the site.
func (f *Features) rosterPages(site *web.Site) { coverage.Attach(site.Shell, f.Roster.Sheet) }

// rosterMembers are all with a part.
func (f *Features) rosterMembers(ctx context.Context) ([]roster.Member, error) {
	all, err := f.Network.Stores.Evangelists.List(ctx)
	var members []roster.Member
	for _, e := range all {
		members = append(members, roster.Member{Person: e.Person, Part: roster.Part(e.Part)})
	}
	return members, err
}

// rosterJoin gives a part to who accepted an invitation. Who leads or supports
// already keeps that.
func (f *Features) rosterJoin(ctx context.Context, person bot.PersonID, part roster.Part) error {
	now := f.parts.Clock.Now()
	return f.Network.Stores.Evangelists.Change(ctx, person, func(e *network.Evangelist, call *network.Call) ([]bot.Delivery, error) {
		if e.Part == network.Leads || e.Part == network.Supports {
			return nil, nil
		}
		return network.Choose(e, call, network.Part(part), now), nil
	})
}

// rosterLeave takes somebody off the list whose account is inactive.
func (f *Features) rosterLeave(ctx context.Context, person bot.PersonID) error {
	now := f.parts.Clock.Now()
	return f.Network.Stores.Evangelists.Change(ctx, person, func(e *network.Evangelist, call *network.Call) ([]bot.Delivery, error) {
		return network.Choose(e, call, network.NoPart, now), nil
	})
}

// pilotsToDecide are the pilots that have ended and wait for a decision.
func (f *Features) pilotsToDecide(ctx context.Context) ([]roster.Item, error) {
	all, err := f.Pilots.Stores.Pilots.List(ctx, pilots.Filter{States: []pilots.State{pilots.Deciding}})
	var items []roster.Item
	for _, p := range all {
		items = append(items, roster.Item{About: "Pilots that wait for a decision", Words: p.Reference + " " + p.Title})
	}
	return items, err
}

// requestsOpen says how many requests are open. Their words are for comms leads.
func (f *Features) requestsOpen(ctx context.Context) ([]roster.Item, error) {
	open, err := f.Requests.Requests.List(ctx, 0, requests.Open, requests.Taken)
	switch {
	case err != nil || len(open) == 0:
		return nil, err
	case len(open) == 1:
		return []roster.Item{{About: "Requests", Words: "1 request of colleagues is open; comms leads have it."}}, nil
	}
	return []roster.Item{{About: "Requests", Words: fmt.Sprintf("%d requests of colleagues are open; comms leads have them.", len(open))}}, nil
}
