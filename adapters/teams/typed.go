package teams

import (
	"context"

	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// typed answers what somebody wrote to the bot, after the acknowledgement: in
// the same chat, or for them alone where others would read along. It carries out
// nothing that could be anonymous.
func (a *Adapter) typed(ctx context.Context, to connector.Conversation, act inbound.Activity) {
	if act.From.Bot() || act.ID == "" || !a.once.first("typed "+act.Conversation+" "+act.ID, a.Clock.Now()) {
		return
	}
	a.later(ctx, func(ctx context.Context) {
		us := a.us()
		t := &turn{Adapter: a, act: act, to: to, request: inbound.Request{Door: inbound.Button}}
		if us.Foreign(act.From) {
			t.show(ctx, bot.Notice(a.refusal()))
			return
		}
		if !act.Unseen() {
			if err := a.meet(ctx, act); err != nil {
				a.Log.Error("somebody could not be recorded", "error", err)
			}
		}
		in := t.asked()
		in.Words, in.Stays = act.Words(), true
		t.place(ctx, a.handlers.Invoke(ctx, in))
	})
}

func (a *Adapter) refusal() string {
	name := a.Organisation
	if name == "" {
		name = "another organisation than yours"
	}
	return "This bot serves " + name + ", so nothing was done. Colleagues of yours may have one of their own."
}

// privately shows a message to one person alone.
func (a *Adapter) privately(ctx context.Context, to connector.Conversation, account bot.AccountID, message bot.Message) error {
	user := a.known.member(account)
	if user == "" {
		member, err := a.api.Member(ctx, to, account.Native())
		if err != nil {
			return err
		}
		user = member.ID
		a.known.enlist(account, user)
	}
	return a.each(ctx, to, message, func(activity connector.Activity) error {
		sent, err := a.api.Private(ctx, to, user, activity)
		if err == nil && sent.Targeted {
			id, _ := connector.SplitThread(sent.Conversation.ID)
			a.known.whispered(bot.MessageRef{Place: bot.NewPlaceID(Name, id), Native: sent.ID})
		}
		return err
	})
}

// each renders a message and sends its parts in turn.
func (a *Adapter) each(ctx context.Context, to connector.Conversation, message bot.Message, send func(connector.Activity) error) error {
	parts, err := a.Render(message)
	if err != nil {
		return err
	}
	id, _ := connector.SplitThread(to.ID)
	for _, part := range parts {
		activity, err := a.activity(ctx, part, "")
		if err != nil {
			return err
		}
		if a.Wait != nil {
			if err := a.Wait(ctx, Name, bot.NewPlaceID(Name, id)); err != nil {
				return err
			}
		}
		if err := send(activity); err != nil {
			return err
		}
	}
	return nil
}

// say posts a message of its own that everybody in the conversation sees.
func (a *Adapter) say(ctx context.Context, to connector.Conversation, message bot.Message) error {
	return a.each(ctx, to, message, func(activity connector.Activity) error {
		_, err := a.api.Send(ctx, to, activity)
		return err
	})
}

// drawn is a message as one card, the first of several, and what follows it.
func (a *Adapter) drawn(ctx context.Context, message bot.Message) (first connector.Activity, rest []bot.Part, err error) {
	parts, err := a.Render(message)
	if err != nil {
		return first, nil, err
	}
	first, err = a.activity(ctx, parts[0], "")
	return first, parts[1:], err
}

// card is the Adaptive Card of an activity.
func card(activity connector.Activity) cards.Attachment {
	return cards.Attach(activity.Attachments[0].Content)
}
