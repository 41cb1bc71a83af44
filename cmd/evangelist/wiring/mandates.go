package wiring

import (
	"context"
	"slices"

	"evangelist/adapters/web"
	page "evangelist/adapters/web/mandates"
	"evangelist/bot"
	"evangelist/bot/mandates"
	"evangelist/bot/network"
	"evangelist/storage/mandatestore"
)

// newMandates joins letters and resources to those who lead or support, and to the
// champions, who sign beside comms leads.
func (f *Features) newMandates(p Parts) *mandates.Feature {
	return mandates.New(mandates.Config{
		Stores: mandatestore.New(p.DB, p.Clock), People: p.People, Clock: p.Clock, Random: p.Random, Organisation: p.Organisation, Wake: p.Wake,
		Member: f.leadsOrSupports, Champions: f.Champions.Active,
	})
}

// mandatePages adds the page of a letter to the site.
func (f *Features) mandatePages(site *web.Site) { page.Attach(site.Shell, f.Mandates.Letter) }

// leadsOrSupports reports whether somebody has a part that asks for time.
func (f *Features) leadsOrSupports(ctx context.Context, person bot.PersonID) (bool, error) {
	all, err := f.Network.Stores.Evangelists.List(ctx)
	return slices.ContainsFunc(all, func(e network.Evangelist) bool {
		return e.Person == person && (e.Part == network.Leads || e.Part == network.Supports)
	}), err
}
