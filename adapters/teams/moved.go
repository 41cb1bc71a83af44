package teams

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// moved takes that the bot came into a conversation or left it, and that
// channels or people of its teams changed.
func (a *Adapter) moved(ctx context.Context, to connector.Conversation, act inbound.Activity) error {
	came := act.Came || act.Action == "add" || act.Action == "add-upgrade"
	went := act.Went || act.Action == "remove" || act.Action == "remove-upgrade"
	if act.Kind == inbound.Personal {
		if came {
			a.later(ctx, func(ctx context.Context) { a.introduced(ctx, to, act) })
		}
		return nil
	}
	switch {
	case went:
		return a.left(ctx, act)
	case came:
		if err := a.entered(ctx, to, act); err != nil {
			return err
		}
		a.later(ctx, func(ctx context.Context) { a.retold(a.roster(ctx, to)) })
	case act.Joined:
		a.later(ctx, func(ctx context.Context) { a.retold(a.roster(ctx, to)) })
		return nil
	case strings.HasPrefix(act.Event, "channel") || strings.HasPrefix(act.Event, "team"):
		_, err := a.look(ctx, to.ServiceURL, act)
		return err
	}
	if !act.Came {
		return nil
	}
	return a.handlers.Hear(ctx, []bot.Sighting{a.movement(bot.Joined, act.Place(a.us()), act)})
}

func (a *Adapter) movement(kind bot.SightingKind, place bot.PlaceID, act inbound.Activity) bot.Sighting {
	return bot.Sighting{Kind: kind, Message: bot.MessageRef{Place: place}, Author: a.us().Account(act.From), At: act.At, Private: act.Kind != inbound.Channel}
}

// entered observes where the bot is now: all channels of a team, or a chat.
func (a *Adapter) entered(ctx context.Context, to connector.Conversation, act inbound.Activity) error {
	if act.Team.ID != "" {
		_, err := a.look(ctx, to.ServiceURL, act)
		return err
	}
	name := act.Title
	if name == "" {
		page, err := a.api.Members(ctx, to, "")
		if err != nil {
			return fmt.Errorf("look at the members of a chat: %w", err)
		}
		name = chatName(page.Members)
	}
	a.naming.Lock()
	defer a.naming.Unlock()
	if act.Title == "" {
		known, err := a.titled(ctx, act)
		if err != nil {
			return err
		}
		if known != "" {
			name = known
		}
	}
	return a.observe(ctx, []bot.Place{{ID: act.Place(a.us()), Name: name, Kind: bot.GroupChat, Member: true}})
}

// titled is the name that a chat is known by, "" when it has none: not every
// activity says it, and two tell of the bot's coming at the same moment.
func (a *Adapter) titled(ctx context.Context, act inbound.Activity) (string, error) {
	known, err := a.places(ctx)
	for _, place := range known {
		if place.ID == act.Place(a.us()) {
			return place.Name, err
		}
	}
	return "", err
}

// chatName tells a chat without a name from others, by who is in it.
func chatName(members []connector.Member) string {
	var names []string
	for _, m := range members {
		if name := bot.Clean(m.Name, 60); name != "" && !strings.HasPrefix(m.ID, "28:") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	switch n := len(names); {
	case n == 0:
		return "A group chat"
	case n > 3:
		return fmt.Sprintf("Chat of %s and %d others", strings.Join(names[:2], ", "), n-2)
	}
	return "Chat of " + strings.Join(names, ", ")
}

// look asks about a team's channels and observes the answer: the bot is in every
// standard channel of a team that it is in.
func (a *Adapter) look(ctx context.Context, service string, act inbound.Activity) ([]bot.Place, error) {
	if act.Team.ID == "" {
		return nil, nil
	}
	channels, err := a.api.Channels(ctx, service, act.Team.ID)
	if err != nil {
		return nil, fmt.Errorf("look at the channels of a team: %w", err)
	}
	team := act.Team
	if team.Name == "" || team.Group == "" {
		full, err := a.api.Team(ctx, service, team.ID)
		if err != nil {
			return nil, fmt.Errorf("look at a team: %w", err)
		}
		team.Name, team.Group = full.Name, full.Group
	}
	var places []bot.Place
	for _, c := range channels {
		at, err := a.known.spot(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		at.Team, at.Group = team.ID, team.Group
		if err := a.known.place(ctx, c.ID, at); err != nil {
			return nil, err
		}
		place := bot.Place{ID: bot.NewPlaceID(Name, c.ID), Name: channelName(team.Name, c.Name), Kind: bot.OpenChannel, Member: true, External: c.Type == "shared"}
		if c.Type != "" && c.Type != "standard" {
			place.Kind = bot.PrivateChannel
		}
		places = append(places, place)
	}
	return places, a.observe(ctx, places)
}

// channelName is a channel's name with its team's, for channels of different
// teams often have the same.
func channelName(team, channel string) string {
	if team == "" {
		return channel
	}
	return team + " / " + channel
}

// left observes that the bot is gone from a chat, or from every channel of a
// team.
func (a *Adapter) left(ctx context.Context, act inbound.Activity) error {
	known, err := a.places(ctx)
	if err != nil {
		return err
	}
	here := act.Place(a.us())
	var gone []bot.Place
	var told []bot.Sighting
	for _, place := range known {
		at, err := a.known.spot(ctx, place.ID.Native())
		if err != nil {
			return err
		}
		if !place.Member || place.ID != here && (act.Team.ID == "" || at.Team != act.Team.ID) {
			continue
		}
		place.Member = false
		gone = append(gone, place)
		told = append(told, a.movement(bot.Left, place.ID, act))
	}
	if len(gone) == 0 {
		return nil
	}
	if err := a.observe(ctx, gone); err != nil {
		return err
	}
	return a.handlers.Hear(ctx, told)
}

func (a *Adapter) observe(ctx context.Context, places []bot.Place) error {
	if a.handlers.Observe == nil || len(places) == 0 {
		return nil
	}
	return a.handlers.Observe(ctx, places)
}

// places are the known places of this tenant.
func (a *Adapter) places(ctx context.Context) ([]bot.Place, error) {
	if a.handlers.Places == nil {
		return nil, nil
	}
	all, err := a.handlers.Places(ctx)
	var ours []bot.Place
	for _, place := range all {
		if place.ID.Platform() == Name {
			ours = append(ours, place)
		}
	}
	return ours, err
}

// introduced records somebody who added the bot for themselves.
func (a *Adapter) introduced(ctx context.Context, to connector.Conversation, act inbound.Activity) {
	if act.From.Bot() || act.From.ID == "" {
		return
	}
	member, err := a.api.Member(ctx, to, act.From.ID)
	if err != nil {
		a.retold(err)
		return
	}
	a.retold(a.record(ctx, a.facts([]connector.Member{member})))
}

// retold says that something that is read again by itself could not be read.
func (a *Adapter) retold(err error) {
	if err != nil {
		a.Log.Warn("the members of a conversation could not be read; they are read again at night", "error", err)
	}
}

// directory reads who is there: from Microsoft Graph where it is read, else from
// the members of the teams and chats that the bot is in.
func (a *Adapter) directory(ctx context.Context) error {
	if a.graph != nil {
		_, err := a.graph.People(ctx, a.record)
		return err
	}
	known, err := a.places(ctx)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	var errs []error
	for _, place := range known {
		at, err := a.known.spot(ctx, place.ID.Native())
		if err != nil {
			return err
		}
		if !place.Member || at.Team != "" && done[at.Team] {
			continue
		}
		done[at.Team] = true
		to, err := a.where(ctx, place.ID)
		if err == nil {
			err = a.roster(ctx, to)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// mostPages bounds the roster of one conversation.
const mostPages = 200

// roster records the members of a conversation.
func (a *Adapter) roster(ctx context.Context, of connector.Conversation) error {
	next := ""
	for range mostPages {
		page, err := a.api.Members(ctx, of, next)
		if err != nil {
			return fmt.Errorf("read the members of a conversation: %w", err)
		}
		if err := a.record(ctx, a.facts(page.Members)); err != nil {
			return err
		}
		if next = page.Next; next == "" {
			break
		}
	}
	return nil
}

// facts are what the service says of members, and remembers how it names them.
func (a *Adapter) facts(members []connector.Member) []bot.AccountFact {
	var facts []bot.AccountFact
	for _, m := range members {
		if m.ObjectID == "" || strings.HasPrefix(m.ID, "28:") {
			continue
		}
		account := bot.NewAccountID(Name, strings.ToLower(m.ObjectID))
		a.known.enlist(account, m.ID)
		facts = append(facts, bot.AccountFact{
			Account: account, Name: bot.Clean(m.Name, 200), Email: strings.ToLower(strings.TrimSpace(m.Email)),
			External: m.Guest || m.TenantID != "" && !strings.EqualFold(m.TenantID, a.TenantID),
		})
	}
	return facts
}
