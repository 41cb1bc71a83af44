package teams

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// look asks about a team's channels, observes the answer and returns the team's
// places: the bot is in every standard channel of a team that it is in, and in
// private and shared ones where it was added. A channel that is not listed any
// more, or is told to be gone, is not one of the bot's; where the team is
// refused, none is.
func (a *Adapter) look(ctx context.Context, service string, team inbound.Team, gone string) ([]bot.Place, error) {
	if team.ID == "" {
		return nil, nil
	}
	begun := a.known.around.begin()
	channels, team, err := a.listed(ctx, service, team)
	switch {
	case certain(err):
		return nil, a.abandoned(ctx, team.ID, begun, inbound.Activity{})
	case err != nil:
		return nil, err
	}
	known, err := a.channels(ctx, team.ID)
	if err != nil {
		return nil, err
	}
	var found []bot.Place
	for _, c := range channels {
		place := bot.Place{ID: bot.NewPlaceID(Name, c.ID), Name: channelName(team.Name, c.Name), Kind: bot.OpenChannel, Member: true, External: c.Type == "shared"}
		if c.Type != "" && c.Type != "standard" {
			place.Kind = bot.PrivateChannel
		}
		found = append(found, place)
	}
	for _, place := range known { // a list may leave out what not everybody in the team can read
		if place.Kind == bot.PrivateChannel && place.Member && !contains(found, place.ID) {
			found = append(found, place)
		}
	}
	told := bot.NewPlaceID(Name, gone)
	found = slices.DeleteFunc(found, func(p bot.Place) bool { return gone != "" && p.ID == told })
	found, failed := a.inside(ctx, service, found, known)
	places, err := a.keep(ctx, team, found, begun)
	return places, errors.Join(failed, err)
}

// inside asks in which of the private and shared channels the bot is. What cannot
// be said of one stays as it was known.
func (a *Adapter) inside(ctx context.Context, service string, found, known []bot.Place) ([]bot.Place, error) {
	var out []bot.Place
	var errs []error
	for _, place := range found {
		if place.Kind == bot.PrivateChannel {
			_, err := a.api.Members(ctx, connector.Conversation{ServiceURL: service, ID: place.ID.Native()}, "")
			place.Member = err == nil
			if err != nil && !certain(err) {
				errs = append(errs, fmt.Errorf("look at the members of a channel: %w", err))
				i := slices.IndexFunc(known, func(p bot.Place) bool { return p.ID == place.ID })
				place.Member = i >= 0 && known[i].Member
			}
		}
		out = append(out, place)
	}
	return out, errors.Join(errs...)
}

// listed are a team's channels, and its name.
func (a *Adapter) listed(ctx context.Context, service string, team inbound.Team) ([]connector.Channel, inbound.Team, error) {
	channels, err := a.api.Channels(ctx, service, team.ID)
	if err != nil {
		return nil, team, fmt.Errorf("look at the channels of a team: %w", err)
	}
	if team.Name == "" || team.Group == "" {
		full, err := a.api.Team(ctx, service, team.ID)
		if err != nil {
			return nil, team, fmt.Errorf("look at a team: %w", err)
		}
		team.Name, team.Group = full.Name, full.Group
	}
	return channels, team, nil
}

// keep observes the channels of a team as they were found; what the answer does
// not tell stays. Of a channel in which the bot never was nothing is kept.
func (a *Adapter) keep(ctx context.Context, team inbound.Team, found []bot.Place, begun int64) ([]bot.Place, error) {
	a.naming.Lock()
	defer a.naming.Unlock()
	known, err := a.channels(ctx, team.ID)
	if err != nil || !a.known.around.newest(team.ID, begun) {
		return known, err
	}
	var now, gone []bot.Place
	for _, place := range found {
		i := slices.IndexFunc(known, func(p bot.Place) bool { return p.ID == place.ID })
		switch {
		case !place.Member && i < 0:
			continue
		case i >= 0:
			place.Archived = known[i].Archived
			if known[i].Member && !place.Member {
				place.Member = true // until it is told
				gone = append(gone, place)
				continue
			}
		}
		at, err := a.known.spot(ctx, place.ID.Native())
		if err != nil {
			return nil, err
		}
		at.Team, at.Group = team.ID, team.Group
		if err := a.known.place(ctx, place.ID.Native(), at); err != nil {
			return nil, err
		}
		now = append(now, place)
	}
	for _, place := range known {
		if !contains(found, place.ID) {
			gone = append(gone, place)
		}
	}
	if err := a.observe(ctx, now); err != nil {
		return nil, err
	}
	return now, a.depart(ctx, gone, inbound.Activity{})
}

func contains(places []bot.Place, id bot.PlaceID) bool {
	return slices.ContainsFunc(places, func(p bot.Place) bool { return p.ID == id })
}

// channelName is a channel's name with its team's, for channels of different
// teams often have the same.
func channelName(team, channel string) string {
	if team == "" {
		return channel
	}
	return team + " / " + channel
}

// mostRosters is how many channels of a team are tried for its roster when the
// service does not answer.
const mostRosters = 3

// team lists a team's channels again, and reads who is in it where that is not
// told by Microsoft Graph. Everybody of a team is in each of its standard
// channels.
func (a *Adapter) team(ctx context.Context, at spot) error {
	service, err := a.service(ctx, at)
	if err != nil {
		return err
	}
	channels, err := a.look(ctx, service, inbound.Team{ID: at.Team, Group: at.Group}, "")
	if err != nil || a.graph != nil {
		return err
	}
	var errs []error
	for _, channel := range channels {
		if !channel.Member || channel.Kind != bot.OpenChannel {
			continue
		}
		to, err := a.where(ctx, channel.ID)
		if err == nil {
			err = a.roster(ctx, to)
		}
		switch {
		case err == nil:
			return nil
		case certain(err):
			if err := a.depart(ctx, []bot.Place{channel}, inbound.Activity{}); err != nil {
				return err
			}
			continue
		}
		if errs = append(errs, err); len(errs) == mostRosters {
			break
		}
	}
	return errors.Join(errs...)
}

// certain reports a certain refusal that is about a place: the bot is not in it
// any more, or it is gone. What a proxy sends elsewhere, or a wrong cloud, says
// nothing about the place.
func certain(err error) bool {
	var no *bot.SendError
	var failure *connector.Failure
	if !errors.As(err, &no) || no.Reason == bot.Busy || !errors.As(err, &failure) {
		return false
	}
	return (failure.Status == http.StatusForbidden || failure.Status == http.StatusNotFound) && failure.Code != "InvalidBotApiHost"
}

// archived observes that nobody can write in the channels of a team, or that
// people can again.
func (a *Adapter) archived(ctx context.Context, team string, on bool) error {
	a.naming.Lock()
	defer a.naming.Unlock()
	known, err := a.channels(ctx, team)
	if err != nil {
		return err
	}
	for i := range known {
		known[i].Archived = on
	}
	return a.observe(ctx, known)
}

// abandoned observes that the bot is gone from all channels of a team.
func (a *Adapter) abandoned(ctx context.Context, team string, begun int64, act inbound.Activity) error {
	a.naming.Lock()
	defer a.naming.Unlock()
	known, err := a.channels(ctx, team)
	if err != nil || !a.known.around.newest(team, begun) {
		return err
	}
	return a.depart(ctx, known, act)
}

// channels are the known places of a team.
func (a *Adapter) channels(ctx context.Context, team string) ([]bot.Place, error) {
	known, err := a.places(ctx)
	if err != nil || team == "" {
		return nil, err
	}
	var ours []bot.Place
	for _, place := range known {
		at, err := a.known.spot(ctx, place.ID.Native())
		if err != nil {
			return nil, err
		}
		if at.Team == team || place.ID.Native() == team {
			ours = append(ours, place)
		}
	}
	return ours, nil
}

// discover looks at a team, beside the message, when one came from a channel in
// which the bot is not known to be: it was added, or the channel was made, while
// the program was not there to be told. Once is enough for a team.
func (a *Adapter) discover(ctx context.Context, act inbound.Activity) {
	place := act.Place(a.us())
	if act.Kind != inbound.Channel || act.Team.ID == "" || !a.known.around.strange(place, act.Team.ID, a.Clock.Now()) {
		return
	}
	a.later(ctx, func(ctx context.Context) {
		_, err := a.places(ctx)
		if err != nil || a.known.around.inside(place) {
			a.retold(err)
			return
		}
		to, err := a.where(ctx, place)
		if err == nil {
			_, err = a.look(ctx, to.ServiceURL, act.Team, "")
		}
		if err == nil {
			a.known.around.found(act.Team.ID)
		}
		a.retold(err)
	})
}
