package teams

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// longest is the longest pause before a failed reading is begun again.
const longest = time.Hour

// patience is how long to wait after one more failed reading, when the pause
// before it was that long: a minute first, then twice as long each time.
func patience(before time.Duration) time.Duration {
	if before <= 0 {
		return again
	}
	return min(2*before, longest)
}

// directory reads who is there, from Microsoft Graph where it is read, and where
// the bot is. What fails is left out and told; the rest is read.
func (a *Adapter) directory(ctx context.Context) error {
	var errs []error
	if a.graph != nil {
		_, err := a.graph.People(ctx, func(ctx context.Context, facts []bot.AccountFact) error {
			a.known.around.learn(facts)
			return a.record(ctx, facts)
		})
		errs = append(errs, err)
	}
	known, err := a.places(ctx)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	done := map[string]bool{}
	for _, place := range known {
		if place.Kind == bot.DirectChat {
			continue
		}
		if ctx.Err() != nil {
			break
		}
		at, err := a.known.spot(ctx, place.ID.Native())
		switch {
		case err != nil:
		case at.Team == "":
			err = a.chat(ctx, place)
		case !done[at.Team]:
			if err = a.team(ctx, at); err == nil {
				done[at.Team] = true
			}
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// chat reads who is in a group chat, left ones included: the bot may have come
// back. A channel of which the team is not known is read alone.
func (a *Adapter) chat(ctx context.Context, place bot.Place) error {
	to, err := a.where(ctx, place.ID)
	if err != nil {
		return err
	}
	if place.Kind != bot.GroupChat {
		if err = a.roster(ctx, to); certain(err) {
			return a.depart(ctx, []bot.Place{place}, inbound.Activity{})
		}
		return err
	}
	members, err := a.seated(ctx, to, inbound.Activity{Kind: inbound.Group})
	if err != nil {
		return err
	}
	return a.record(ctx, a.facts(members))
}

// seated reads who is in a group chat and observes it: its name, and whether
// somebody of another organisation reads there. It returns the members; none when
// the bot is not in it any more.
func (a *Adapter) seated(ctx context.Context, to connector.Conversation, act inbound.Activity) ([]connector.Member, error) {
	begun := a.known.around.begin()
	id := bot.NewPlaceID(Name, to.ID)
	var members []connector.Member
	err := a.pages(ctx, to, func(page []connector.Member) error {
		members = append(members, page...)
		return nil
	})
	gone := certain(err)
	if err != nil && !gone {
		return nil, err
	}
	a.naming.Lock()
	defer a.naming.Unlock()
	known, err := a.places(ctx)
	if err != nil || !a.known.around.newest(to.ID, begun) {
		return members, err
	}
	place := bot.Place{ID: id, Kind: bot.GroupChat}
	if i := slices.IndexFunc(known, func(p bot.Place) bool { return p.ID == id }); i >= 0 {
		place = known[i]
	}
	if gone {
		return nil, a.depart(ctx, []bot.Place{place}, act)
	}
	switch {
	case act.Title != "":
		place.Name = act.Title
	case place.Name == "":
		place.Name = chatName(members)
	}
	place.Member, place.External = true, slices.ContainsFunc(members, a.outsider)
	return members, a.observe(ctx, []bot.Place{place})
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

// mostPages bounds the roster of one conversation.
const mostPages = 200

// pages visits the members of a conversation, page by page.
func (a *Adapter) pages(ctx context.Context, of connector.Conversation, visit func([]connector.Member) error) error {
	next := ""
	for range mostPages {
		page, err := a.api.Members(ctx, of, next)
		if err != nil {
			return fmt.Errorf("read the members of a conversation: %w", err)
		}
		if err := visit(page.Members); err != nil {
			return err
		}
		if next = page.Next; next == "" {
			break
		}
	}
	return nil
}

// roster records the members of a conversation.
func (a *Adapter) roster(ctx context.Context, of connector.Conversation) error {
	return a.pages(ctx, of, func(members []connector.Member) error { return a.record(ctx, a.facts(members)) })
}

// outsider reports a member who is no colleague: a guest, somebody of another
// organisation, or of none. A program is none.
func (a *Adapter) outsider(m connector.Member) bool {
	if strings.HasPrefix(m.ID, "28:") {
		return false
	}
	return m.Guest || m.ObjectID == "" || m.TenantID != "" && !strings.EqualFold(m.TenantID, a.TenantID)
}

// facts are what the service says of members. How it names them, and who is no
// colleague, is remembered.
func (a *Adapter) facts(members []connector.Member) []bot.AccountFact {
	var facts []bot.AccountFact
	for _, m := range members {
		if m.ObjectID == "" || strings.HasPrefix(m.ID, "28:") {
			continue
		}
		account := bot.NewAccountID(Name, strings.ToLower(m.ObjectID))
		a.known.enlist(account, m.ID)
		facts = append(facts, bot.AccountFact{
			Account: account, Name: bot.Clean(m.Name, 200), Email: strings.ToLower(strings.TrimSpace(m.Email)), External: a.outsider(m),
		})
	}
	a.known.around.learn(facts)
	return facts
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

// judge adds to what was seen what its activity does not say: that its author is
// a guest, who has an account in our own tenant, and that not everybody can read
// its channel.
func (a *Adapter) judge(ctx context.Context, act inbound.Activity, seen []bot.Sighting) {
	a.examine(ctx, act)
	outside := a.known.around.outsider(a.us().Account(act.From))
	closed := a.known.around.closed(act.Place(a.us()))
	for i := range seen {
		seen[i].External = seen[i].External || outside && seen[i].Author != "" && !seen[i].Bot
		seen[i].Private = seen[i].Private || closed
	}
}

// examining bounds how long a message waits for what is said of its author.
const examining = 5 * time.Second

// examine asks once in the life of the process who the author of a channel's
// message is, when neither a roster nor Microsoft Graph told it. When that fails,
// the author counts as what the activity says.
func (a *Adapter) examine(ctx context.Context, act inbound.Activity) {
	us := a.us()
	account := us.Account(act.From)
	written := act.Type == "message" || act.Type == "messageUpdate"
	if act.Kind != inbound.Channel || !written || act.From.Bot() || us.Foreign(act.From) {
		return
	}
	done, first := a.known.around.ask(account)
	if !first {
		select {
		case <-done:
		case <-ctx.Done():
		}
		return
	}
	defer close(done)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), examining)
	defer cancel()
	to, err := a.where(ctx, act.Place(us))
	var member connector.Member
	if err == nil {
		member, err = a.api.Member(ctx, to, act.From.ID)
	}
	if err == nil {
		err = a.record(ctx, a.facts([]connector.Member{member}))
	}
	if err != nil {
		a.Log.Warn("it could not be looked up whether an author belongs to the organisation", "error", err)
	}
}
