package wiring

import (
	"context"

	"evangelist/digests"
	"evangelist/storage/digeststore"
)

// newDigests makes the feature that shares. An edition's sections come from the
// other features: one line for each.
func (f *Features) newDigests(p Parts) *digests.Feature {
	return digests.New(digests.Config{
		Stores: digeststore.New(p.DB, p.Clock), People: p.People, Places: p.Places, Clock: p.Clock, Random: p.Random,
		Organisation: p.Organisation, Schedule: p.Scheduler, Wake: p.Wake, Used: f.hearUsed, Slips: slips(p.Slash),
		Sections: []digests.SectionSource{
			f.saidAndDone,
			f.learned,
			f.tried,
			f.around,
			f.toldAgain,
		},
	})
}

// hearUsed hands "I used this" to the library of learnings.
func (f *Features) hearUsed(ctx context.Context, used digests.Used) error {
	return f.Network.Used(ctx, used.By.Person, used.What, used.Title)
}
