package wiring

import (
	"context"
	"time"

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

// markTold notes which learnings and stories a published edition has told, so that no
// later one offers them again. It looks at the newest editions, and only when there is
// a new one.
func (f *Features) markTold(ctx context.Context) (time.Time, error) {
	newest, err := f.Digests.Issues(ctx, "", "", time.Time{}, 1)
	if err != nil || len(newest) == 0 || newest[0].ID == f.lastTold {
		return time.Time{}, err
	}
	issues, err := f.Digests.Issues(ctx, "", "", time.Time{}, 3)
	if err != nil {
		return time.Time{}, err
	}
	for _, issue := range issues {
		if err := f.Network.MarkTold(ctx, told(issue, learnedSection), issue.ID); err != nil {
			return time.Time{}, err
		}
		if err := f.Pilots.MarkTold(ctx, told(issue, triedSection), issue.ID, "readers of "+issue.Content.Digest); err != nil {
			return time.Time{}, err
		}
	}
	f.lastTold = newest[0].ID
	return time.Time{}, nil
}

// told lists what stands in a section of an edition.
func told(issue digests.Issue, key string) []string {
	var ids []string
	for _, section := range issue.Content.Sections {
		for _, item := range section.Items {
			if section.Key == key {
				ids = append(ids, item.ID)
			}
		}
	}
	return ids
}

// hearUsed hands "I used this" to the library of learnings.
func (f *Features) hearUsed(ctx context.Context, used digests.Used) error {
	return f.Network.Used(ctx, used.By.Person, used.What, used.Title)
}
