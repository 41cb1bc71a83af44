package wiring

import (
	"context"
	"time"

	"evangelist/bot"
	"evangelist/bot/network"
	"evangelist/bot/office"
	"evangelist/bot/requests"
	"evangelist/digests"
	"evangelist/storage/networkstore"
)

// newNetwork makes the feature that connects.
func (f *Features) newNetwork(p Parts) *network.Feature {
	return network.New(network.Config{
		Stores: networkstore.New(p.DB, p.Clock), People: p.People, Places: p.Places, Clock: p.Clock, Random: p.Random,
		Organisation: p.Organisation, Help: p.Router.Help, Home: p.Router.Home, Planner: p.Scheduler, Wake: p.Wake,
		Beside: append(requests.Buttons(), office.Buttons()...),
	})
}

// learned is "Learned" of an edition, from what evangelists answered.
func (f *Features) learned(ctx context.Context, from, to time.Time) ([]digests.Section, error) {
	told, err := f.Network.Learned(ctx, from, to)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	section := digests.Section{Key: learnedSection, Heading: "Learned"}
	for _, one := range told {
		by := one.Department
		if one.Who != "" && one.Department != "" {
			by = one.Who + ", " + one.Department
		} else if one.Who != "" {
			by = one.Who
		}
		line := bot.T(one.Words)
		if by != "" {
			line = bot.Line(one.Words, " ", bot.Emphasis(by))
		}
		section.Items = append(section.Items, digests.SectionItem{ID: one.ID, Lines: []bot.Spans{line}})
	}
	return []digests.Section{section}, nil
}

// markTold notes which learnings a published edition has told, so that no later
// one offers them again. It looks at the newest editions, and only when there is
// a new one.
func (f *Features) markTold(ctx context.Context) (time.Time, error) {
	issues, err := f.Digests.Issues(ctx, "", "", time.Time{}, 3)
	if err != nil || len(issues) == 0 || issues[0].ID == f.lastTold {
		return time.Time{}, err
	}
	for _, issue := range issues {
		var ids []string
		for _, section := range issue.Content.Sections {
			if section.Key != learnedSection {
				continue
			}
			for _, item := range section.Items {
				ids = append(ids, item.ID)
			}
		}
		if err := f.Network.MarkTold(ctx, ids, issue.ID); err != nil {
			return time.Time{}, err
		}
	}
	f.lastTold = issues[0].ID
	return time.Time{}, nil
}

// learnedSection is the key under which learnings stand in an edition.
const learnedSection = "learned"
