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

// learnedSection is the key under which learnings stand in an edition.
const learnedSection = "learned"
