package teams

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

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
		return a.left(ctx, to, act)
	case came:
		if err := a.entered(ctx, to, act); err != nil {
			return err
		}
	case act.Joined || act.Parted:
		return a.mingled(ctx, to, act)
	default:
		return a.changed(ctx, to, act)
	}
	if !act.Came {
		return nil
	}
	return a.handlers.Hear(ctx, []bot.Sighting{a.movement(bot.Joined, act.Place(a.us()), act.Private(), act)})
}

func (a *Adapter) movement(kind bot.SightingKind, place bot.PlaceID, private bool, act inbound.Activity) bot.Sighting {
	if act.At.IsZero() {
		act.At = a.Clock.Now()
	}
	return bot.Sighting{Kind: kind, Message: bot.MessageRef{Place: place}, Author: a.us().Account(act.From), At: act.At, Private: private}
}

// entered observes where the bot is now, all channels of a team or a chat, and
// has recorded who is there.
func (a *Adapter) entered(ctx context.Context, to connector.Conversation, act inbound.Activity) error {
	if act.Team.ID == "" {
		return a.mingled(ctx, to, act)
	}
	if _, err := a.look(ctx, to.ServiceURL, act.Team, ""); err != nil {
		return err
	}
	a.later(ctx, func(ctx context.Context) { a.retold(a.roster(ctx, to)) })
	return nil
}

// mingled takes that people came or went. Who is in a group chat decides what may
// be posted there, so that it is read at once. A team with guests in it is an
// ordinary one, and its channels stay as they are: guests have an account in our
// own tenant and were let in by an owner of the team. Only a channel that is
// shared with another organisation is External.
func (a *Adapter) mingled(ctx context.Context, to connector.Conversation, act inbound.Activity) error {
	if act.Kind == inbound.Channel {
		if act.Joined {
			a.later(ctx, func(ctx context.Context) { a.retold(a.roster(ctx, to)) })
		}
		return nil
	}
	members, err := a.seated(ctx, to, act)
	if err != nil {
		return fmt.Errorf("look at the members of a chat: %w", err)
	}
	a.later(ctx, func(ctx context.Context) { a.retold(a.record(ctx, a.facts(members))) })
	return nil
}

// changed takes that a team or a channel was made, renamed, archived, shared,
// deleted or brought back.
func (a *Adapter) changed(ctx context.Context, to connector.Conversation, act inbound.Activity) error {
	gone := ""
	switch act.Event {
	case "teamDeleted", "teamHardDeleted":
		return a.abandoned(ctx, act.Team.ID, a.known.around.begin(), act)
	case "teamArchived":
		return a.archived(ctx, act.Team.ID, true)
	case "teamUnarchived", "teamRestored":
		if err := a.archived(ctx, act.Team.ID, false); err != nil {
			return err
		}
	case "channelDeleted":
		gone = act.ChannelID
	}
	if !strings.HasPrefix(act.Event, "channel") && !strings.HasPrefix(act.Event, "team") {
		return nil
	}
	_, err := a.look(ctx, to.ServiceURL, act.Team, gone)
	return err
}

// left observes that the bot is gone from a chat, from every channel of a team,
// or from the one private or shared channel to which it was added.
func (a *Adapter) left(ctx context.Context, to connector.Conversation, act inbound.Activity) error {
	if act.Team.ID != "" && (act.Private() || act.Event == "channelMemberRemoved") {
		gone := act.ChannelID
		if gone == "" && act.Private() {
			gone = act.Conversation
		}
		_, err := a.look(ctx, to.ServiceURL, act.Team, gone)
		return err
	}
	begun := a.known.around.begin()
	if act.Team.ID != "" {
		return a.abandoned(ctx, act.Team.ID, begun, act)
	}
	a.naming.Lock()
	defer a.naming.Unlock()
	known, err := a.places(ctx)
	if err != nil || !a.known.around.newest(act.Conversation, begun) {
		return err
	}
	here := act.Place(a.us())
	return a.depart(ctx, slices.DeleteFunc(known, func(p bot.Place) bool { return p.ID != here }), act)
}

// depart observes that the bot is not in these places any more, and tells it of
// those in which it was. The moment and who did it are of the activity, if one
// told of it.
func (a *Adapter) depart(ctx context.Context, places []bot.Place, act inbound.Activity) error {
	var gone []bot.Place
	var told []bot.Sighting
	for _, place := range places {
		if !place.Member {
			continue
		}
		place.Member = false
		gone = append(gone, place)
		told = append(told, a.movement(bot.Left, place.ID, place.Kind != bot.OpenChannel, act))
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
	if err := a.handlers.Observe(ctx, places); err != nil {
		return err
	}
	a.known.around.observed(places)
	return nil
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
	a.known.around.noticed(ours)
	return ours, err
}

// around is what is remembered of people and places for as long as the process
// lives, as much as there are of them. The zero value remembers nothing yet.
type around struct {
	mu      sync.Mutex
	outside map[bot.AccountID]bool          // guests, and people of other organisations
	asked   map[bot.AccountID]chan struct{} // of whom that is known, or asked just now; closed when it is answered
	places  map[bot.PlaceID]bot.Place       // as they were observed last
	looked  map[string]time.Time            // by team: when a channel that is not known may lead there again; zero: never
	begun   int64                           // readings, ever
	kept    map[string]int64                // by team or chat: the newest reading that was kept
}

// learn remembers who is no colleague, and that the others are. Whoever is not
// stays so.
func (r *around) learn(facts []bot.AccountFact) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.outside == nil {
		r.outside = map[bot.AccountID]bool{}
	}
	for _, fact := range facts {
		if fact.External {
			r.outside[fact.Account] = true
		}
		if done, first := r.answered(fact.Account); first {
			close(done)
		}
	}
}

func (r *around) outsider(account bot.AccountID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outside[account]
}

// ask returns what is closed when it is known who somebody is. first says that
// the caller has to find out, and to close it.
func (r *around) ask(account bot.AccountID) (done chan struct{}, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.answered(account)
}

// answered is ask. The lock is held.
func (r *around) answered(account bot.AccountID) (done chan struct{}, first bool) {
	done, known := r.asked[account]
	if known {
		return done, false
	}
	if r.asked == nil {
		r.asked = map[bot.AccountID]chan struct{}{}
	}
	done = make(chan struct{})
	r.asked[account] = done
	return done, true
}

// observed remembers places as they are now; noticed those of which nothing is
// remembered.
func (r *around) observed(places []bot.Place) { r.remember(places, true) }
func (r *around) noticed(places []bot.Place)  { r.remember(places, false) }

func (r *around) remember(places []bot.Place, newer bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.places == nil {
		r.places = map[bot.PlaceID]bot.Place{}
	}
	for _, place := range places {
		if _, known := r.places[place.ID]; newer || !known {
			r.places[place.ID] = place
		}
	}
}

// closed reports a channel that not everybody can read.
func (r *around) closed(id bot.PlaceID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.places[id].Kind == bot.PrivateChannel
}

// inside reports whether the bot is known to be in a place.
func (r *around) inside(id bot.PlaceID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.places[id].Member
}

// strange reports whether a team is to be looked at because of a message from a
// place of it in which the bot is not known to be: once, and once more after a
// while when nobody says found.
func (r *around) strange(id bot.PlaceID, team string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	next, looked := r.looked[team]
	if r.places[id].Member || looked && (next.IsZero() || now.Before(next)) {
		return false
	}
	if r.looked == nil {
		r.looked = map[string]time.Time{}
	}
	r.looked[team] = now.Add(again)
	return true
}

// found ends that a team is looked at.
func (r *around) found(team string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looked[team] = time.Time{}
}

// begin numbers a reading of a team or chat.
func (r *around) begin() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun++
	return r.begun
}

// newest reports whether a reading may be kept: none that began later was.
func (r *around) newest(of string, begun int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept[of] > begun {
		return false
	}
	if r.kept == nil {
		r.kept = map[string]int64{}
	}
	r.kept[of] = begun
	return true
}
