package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// places asks about each channel that the bot needs.
func (e *examination) places(ctx context.Context) {
	ours := 0
	for _, place := range e.Places {
		if place.ID.Platform() != instance {
			continue
		}
		ours++
		e.add(e.place(ctx, place))
	}
	if ours == 0 && !e.Unread {
		e.add(Finding{Name: "slack channels", Say: "no digest goes to a channel yet, and none is read; invite the bot to one, then type /digest new"})
	}
}

func (e *examination) place(ctx context.Context, place Place) Finding {
	ctx, cancel := within(ctx)
	defer cancel()
	name := "slack channel " + hash(place.Name, place.ID.Native())
	info, err := e.api.Info(ctx, place.ID.Native())
	f := Finding{Name: name, Say: place.For + ": a member"}
	serious := Look
	if place.Posts {
		serious = Wrong
	}
	invite := "type /invite in the channel and choose the bot"
	switch {
	case webapi.Code(err) == "channel_not_found":
		f.State, f.Say = serious, place.For+": Slack knows no such channel, or it is private and the bot is not in it"
		f.Do = invite + "; or choose another channel"
	case err != nil:
		f = failed(name, err, "")
	case info.Archived:
		f.State, f.Say, f.Do = serious, place.For+": archived", "choose another channel, with /digest schedule or /evangelist watch"
	case info.Shared && place.Posts && !place.Confirmed:
		f.State, f.Say = Wrong, place.For+": shared with another organisation, so nothing is posted there"
		f.Do = "choose another channel, or end the sharing"
	case !info.Member:
		f.State, f.Say, f.Do = serious, place.For+": not a member", invite
	case info.Shared && place.Posts:
		f.State, f.Say = Look, place.For+": shared with another organisation, and a comms lead confirmed it"
	case info.Shared:
		f.State, f.Say = Look, place.For+": shared with another organisation; only what our own people share is collected"
	}
	return f
}

func hash(name, id string) string {
	if name == "" {
		return id
	}
	return "#" + strings.TrimPrefix(name, "#")
}

// testPost posts a message, looks for it as the courier would after a crash, and
// removes it again.
func (e *examination) testPost(ctx context.Context) {
	if e.Post == "" {
		return
	}
	const name = "slack test message"
	channel := e.channel(e.Post)
	payload, err := json.Marshal(map[string]any{
		"text": testWords,
		"blocks": []any{map[string]any{"type": "rich_text", "elements": []any{
			map[string]any{"type": "rich_text_section", "elements": []any{map[string]any{"type": "text", "text": testWords}}},
		}}},
	})
	if err != nil {
		e.add(failed(name, err, ""))
		return
	}
	id, since := fmt.Sprintf("doctor-%d", e.Clock.Now().UnixNano()), e.Clock.Now().Add(-10*time.Minute)
	posting, cancel := within(ctx)
	ts, err := e.api.Post(posting, channel, "", payload, id)
	cancel()
	if err != nil {
		f := failed(name, err, "")
		var refused *bot.SendError
		if !errors.As(err, &refused) {
			f.Do = "look in the channel whether a test message stands there, and delete it"
		}
		e.add(f)
		return
	}
	e.find(ctx, channel, id, since)
	// Also when somebody stops the doctor now, the message goes.
	removing, cancel := within(context.WithoutCancel(ctx))
	defer cancel()
	if err := e.api.Delete(removing, channel, ts); err != nil {
		e.add(failed(name, err, "delete the test message by hand"))
		return
	}
	e.add(Finding{Name: name, Say: "posted and removed again"})
}

const testWords = "A test by evangelist doctor. It is removed again at once."

// channel resolves the name of a channel that is known; an id stays as it is.
func (e *examination) channel(text string) string {
	text = strings.TrimPrefix(text, "#")
	for _, place := range e.Places {
		if place.ID.Platform() == instance && place.Name == text {
			return place.ID.Native()
		}
	}
	return text
}

// find looks for the test message by its mark.
func (e *examination) find(ctx context.Context, channel, id string, since time.Time) {
	ctx, cancel := within(ctx)
	defer cancel()
	const name = "slack look-up"
	found, err := e.api.Find(ctx, channel, "", id, since)
	switch {
	case webapi.Code(err) == "missing_scope":
		e.add(Finding{Name: name, State: Look, Say: "the app may not look up its own messages there; after a crash a comms lead has to say whether one stands",
			Do: "nothing, in a quiet install; else grant channels:history and groups:history"})
	case err != nil:
		e.add(failed(name, err, ""))
	case len(found) == 0:
		e.add(Finding{Name: name, State: Look, Say: "the message was posted and is not in the history yet; the courier waits two minutes before it trusts that"})
	default:
		e.add(Finding{Name: name, Say: "the bot finds its own messages again"})
	}
}

// samples has Slack check the form of messages and forms.
func (e *examination) samples(ctx context.Context) {
	if len(e.Samples) == 0 {
		return
	}
	f := Finding{Name: "slack message forms"}
	checked := 0
	for _, sample := range e.Samples {
		asking, cancel := within(ctx)
		faults, err := e.api.Validate(asking, sample.Surface, sample.Raw)
		cancel()
		var refused *bot.SendError
		switch {
		case errors.As(err, &refused) && refused.Reason == bot.Busy:
			f.State, f.Do = Look, "try again in some minutes: Slack checks only so many at a time"
		case webapi.Code(err) == "unknown_method":
			f.State, f.Say = Look, "this Slack does not offer to check them"
		case err != nil:
			f = failed(f.Name, err, "")
		}
		if err != nil {
			break
		}
		checked++
		if len(faults) > 0 {
			e.add(Finding{Name: "slack message form " + sample.Name, State: Wrong, Say: "Slack would not take it: " + strings.Join(faults, ", "),
				Do: "tell whoever develops the bot; it is a mistake in the program"})
		}
	}
	if f.Say == "" {
		f.Say = fmt.Sprintf("%d of %d checked by Slack", checked, len(e.Samples))
	}
	e.add(f)
}
