package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/directory"
	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/transport"
	"evangelist/bot"
)

// event takes an event and returns when it is kept. Everything that is kept is
// idempotent, so that the same event may come again.
func (a *Adapter) event(ctx context.Context, body []byte) ([]byte, error) {
	us := a.us()
	e, err := inbound.ParseEvent(body, us)
	if err != nil {
		return nil, errors.Join(transport.ErrUnreadable, err)
	}
	switch e.Kind {
	case inbound.Challenge:
		return []byte(e.Challenge), nil
	case inbound.Message:
		return nil, a.message(ctx, us, e)
	case inbound.Reaction:
		seen, ok := e.Sighting(us, a.known)
		return nil, a.hear(ctx, ok, seen)
	case inbound.BotMoved:
		return nil, a.moved(ctx, us, e)
	case inbound.ChannelNews:
		_, err := a.look(ctx, e.Channel)
		return nil, passing(err)
	case inbound.PersonNews:
		fact, ok := a.people.Fact(e.Person)
		if !ok || !a.known.newest(fact.Account, e.At) {
			return nil, nil
		}
		return nil, a.record(ctx, []bot.AccountFact{fact})
	case inbound.HomeOpened:
		a.later(ctx, func(ctx context.Context) { a.publish(ctx, e.User) })
	case inbound.LinkShared:
		a.later(ctx, func(ctx context.Context) { a.unfurl(ctx, e) })
	case inbound.Removed:
		a.mu.Lock()
		a.removed = true
		a.mu.Unlock()
		a.Log.Error("the app was removed from the workspace, or its tokens were revoked; nothing is sent until it is installed again and evangelist is started with the new tokens")
	case inbound.Limited:
		a.Log.Warn("Slack left out events for a minute because there were too many; what was missed is read from the history")
		a.renew()
	}
	return nil, nil
}

// hear hands one sighting on and remembers how far its channel was heard.
func (a *Adapter) hear(ctx context.Context, ok bool, seen bot.Sighting) error {
	if !ok {
		return nil
	}
	if err := a.handlers.Hear(ctx, []bot.Sighting{seen}); err != nil {
		return err
	}
	if seen.Kind == bot.Posted {
		a.gaps.Seen(seen.Message)
	}
	return nil
}

// message takes something that was posted, edited or deleted.
func (a *Adapter) message(ctx context.Context, us inbound.Us, e inbound.Event) error {
	part, stamp, ours := e.Post.Ours(us)
	if ours {
		if part == "" || a.handlers.Arrived == nil {
			return nil
		}
		return a.handlers.Arrived(ctx, part, bot.MessageRef{Place: us.Place(e.Channel), Native: stamp})
	}
	if t, ok := e.Post.Typed(us, a.known); ok {
		if a.once.first("typed "+e.Channel+" "+t.Stamp, a.Clock.Now()) {
			a.typed(ctx, us, e.Channel, t)
		}
		return nil
	}
	if e.Post.InConversation() {
		return nil
	}
	seen, ok := e.Post.Sighting(e.Channel, us, a.known)
	return a.hear(ctx, ok, seen)
}

// typed answers what somebody wrote to the bot in its own chat, there, after the
// acknowledgement: nothing is carried out that the same words in a form could
// not.
func (a *Adapter) typed(ctx context.Context, us inbound.Us, channel string, t inbound.Typed) {
	a.later(ctx, func(ctx context.Context) {
		if t.External {
			a.say(ctx, channel, t.Thread, bot.Notice(a.refusal()))
			return
		}
		reply := a.handlers.Invoke(ctx, bot.Invocation{
			Actor: bot.Actor{Account: t.Author, Name: t.Name}, Workspace: Name, Place: us.Place(channel),
			Words: t.Words, Stays: true, Nonce: channel + " " + t.Stamp, At: a.Clock.Now(),
		})
		switch r := reply.(type) {
		case bot.Say:
			a.say(ctx, channel, t.Thread, r.Message)
		case bot.Done:
			a.say(ctx, channel, t.Thread, r.Message)
		case bot.Invalid:
			a.say(ctx, channel, t.Thread, incomplete(r.Fields))
		case bot.Refresh:
			if a.handlers.View == nil {
				return
			}
			message, _, err := a.handlers.View(ctx, r.View)
			if err == nil {
				a.say(ctx, channel, t.Thread, message)
			} else if !errors.Is(err, bot.ErrNotFound) {
				a.Log.Error("a card could not be drawn", "error", err)
			}
		}
	})
}

// moved takes that the bot came into a channel or left it. Such an event may be
// late, or come again, when it is no longer so: what Slack says now is kept, and
// what is over is told to nobody.
func (a *Adapter) moved(ctx context.Context, us inbound.Us, e inbound.Event) error {
	place, err := a.look(ctx, e.Channel)
	if err != nil {
		if e.In {
			return err
		}
		// A channel that the bot has left may not be shown to it.
		if place, err = a.remembered(ctx, us.Place(e.Channel)); err != nil {
			return err
		}
		place.Member = false
		if err := a.observe(ctx, []bot.Place{place}); err != nil {
			return err
		}
	}
	if place.Member != e.In {
		return nil
	}
	kind := bot.Left
	if e.In {
		kind = bot.Joined
	}
	at := e.At
	if at.IsZero() {
		at = a.Clock.Now()
	}
	return a.handlers.Hear(ctx, []bot.Sighting{{
		Kind: kind, Message: bot.MessageRef{Place: place.ID}, Author: us.Account(e.User, "", ""), At: at, Private: place.Kind != bot.OpenChannel,
	}})
}

// passing leaves out refusals that asking again does not change.
func passing(err error) error {
	var refusal *bot.SendError
	if errors.As(err, &refusal) && refusal.Reason != bot.Busy {
		return nil
	}
	return err
}

// look asks Slack about a channel and observes the answer.
func (a *Adapter) look(ctx context.Context, channel string) (bot.Place, error) {
	info, err := a.api.Info(ctx, channel)
	if err != nil {
		return bot.Place{}, fmt.Errorf("look at a channel: %w", err)
	}
	place := directory.Place(info, a.us())
	return place, a.observe(ctx, []bot.Place{place})
}

// remembered returns a place as it is known here.
func (a *Adapter) remembered(ctx context.Context, id bot.PlaceID) (bot.Place, error) {
	all, err := a.handlers.Places(ctx)
	for _, place := range all {
		if place.ID == id {
			return place, err
		}
	}
	return bot.Place{ID: id, Kind: bot.OpenChannel, Name: a.known.Channel(id.Native())}, err
}

// record and observe pass facts on and remember the names in them.
func (a *Adapter) record(ctx context.Context, facts []bot.AccountFact) error {
	a.known.meet(facts)
	return a.handlers.Record(ctx, facts)
}

func (a *Adapter) observe(ctx context.Context, places []bot.Place) error {
	a.known.enter(places)
	return a.handlers.Observe(ctx, places)
}

// history is what a message of a channel's history is to the bot.
func (a *Adapter) history(channel string, raw json.RawMessage) []bot.Sighting {
	return inbound.History(raw, channel, a.us(), a.known)
}

// afterwards bounds what goes on after an acknowledgement.
const (
	afterwards  = 30 * time.Second
	mostWaiting = 2000
)

// later does something after the acknowledgement. At most mostAtOnce are done at
// the same time; it waits for its turn, for afterwards at most, and of more than
// mostWaiting that wait the newest are left out.
func (a *Adapter) later(ctx context.Context, act func(ctx context.Context)) {
	if a.waiting.Add(1) > mostWaiting {
		a.waiting.Add(-1)
		a.Log.Warn("too much waits for Slack; something that somebody can ask for again was left out")
		return
	}
	a.work.Add(1)
	go func() {
		defer a.work.Done()
		defer a.waiting.Add(-1)
		defer func() {
			if trouble := recover(); trouble != nil {
				a.Log.Error("what was begun for somebody on Slack broke", "error", bot.Panicked(trouble, "the adapter"))
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
		defer cancel()
		select {
		case a.busy <- struct{}{}:
			defer func() { <-a.busy }()
			act(ctx)
		case <-ctx.Done():
		}
	}()
}

// publish draws somebody's home page.
func (a *Adapter) publish(ctx context.Context, user string) {
	if a.handlers.Home == nil || user == "" {
		return
	}
	home, err := a.handlers.Home(ctx, a.us().Account(user, "", ""))
	if err != nil {
		a.Log.Warn("a home page could not be drawn", "error", err)
		home = bot.Notice("Your page could not be drawn just now. Please open it again in a minute.")
	}
	view, err := blockkit.Home(home, a.options(ctx))
	if err == nil {
		_, err = a.api.PublishView(ctx, user, "", view)
	}
	if err != nil {
		a.note(err)
		a.Log.Warn("a home page could not be shown", "error", err)
	}
}

// unfurl shows previews of pages of our own web.
func (a *Adapter) unfurl(ctx context.Context, e inbound.Event) {
	if a.handlers.Show == nil {
		return
	}
	if place, err := a.look(ctx, e.Channel); err != nil || place.External {
		return // another organisation may read along
	}
	previews := map[string]json.RawMessage{}
	for _, address := range e.Links {
		message, err := a.handlers.Show(ctx, address)
		var preview []byte
		if err == nil {
			preview, err = blockkit.Unfurl(message, a.options(ctx))
		}
		if err == nil {
			previews[address] = preview
		} else if !errors.Is(err, bot.ErrNotFound) {
			a.Log.Warn("a preview could not be drawn", "error", err)
		}
	}
	if len(previews) == 0 {
		return
	}
	if err := a.api.Unfurl(ctx, e.Channel, e.Stamp, previews); err != nil {
		a.Log.Warn("a preview could not be shown", "error", err)
	}
}
