package teamstest

import (
	"context"
	"fmt"
)

// Install adds the bot to a conversation, or to the team of a channel, and tells
// the bot, as the service does: a conversationUpdate, then an
// installationUpdate.
func (p Person) Install(ctx context.Context, where string) ([]Delivery, error) {
	return p.install(ctx, where, true)
}

// Uninstall takes the bot away and tells it.
func (p Person) Uninstall(ctx context.Context, where string) ([]Delivery, error) {
	return p.install(ctx, where, false)
}

func (p Person) install(ctx context.Context, where string, on bool) ([]Delivery, error) {
	s := p.s
	s.mu.Lock()
	u, at, _, err := p.in(where)
	if err != nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("install: %w", err)
	}
	event, members, did := "teamMemberAdded", "membersAdded", "add"
	if !on {
		event, members, did = "teamMemberRemoved", "membersRemoved", "remove"
	}
	update := s.activity("conversationUpdate", u, at, "")
	update[members] = []any{s.self()}
	if at.private {
		event = map[bool]string{true: "channelMemberAdded", false: "channelMemberRemoved"}[on]
	}
	if at.team != nil {
		update["channelData"].(map[string]any)["eventType"] = event
	}
	installation := s.activity("installationUpdate", u, at, "")
	installation["action"] = did
	s.mu.Unlock()
	s.setBot(where, on)
	var out []Delivery
	for _, activity := range []map[string]any{update, installation} {
		d, err := s.Deliver(ctx, activity)
		if err != nil {
			return out, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Block lets somebody block the bot: nothing can be written to their chat, and
// nobody tells the bot. It works as long as on was the last word.
func (p Person) Block(on bool) {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.personal(p.id).blocked = on
	s.announce()
}

// Share lets another organisation into a channel of a team, or ends that; the bot
// is told when it is there.
func (p Person) Share(ctx context.Context, channel string, on bool) (Delivery, error) {
	s := p.s
	s.mu.Lock()
	u := s.userByID(p.id)
	at, _ := s.find(channel)
	if u == nil || at == nil || at.team == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("share: there is no such person or channel")
	}
	at.shared = on
	activity := s.activity("conversationUpdate", u, at, "")
	data := activity["channelData"].(map[string]any)
	data["eventType"], data["channel"] = "channelUnshared", map[string]any{"id": at.id, "type": "standard"}
	if on {
		data["eventType"], data["channel"] = "channelShared", map[string]any{"id": at.id, "type": "shared"}
	}
	reaches := at.bot
	s.announce()
	s.mu.Unlock()
	return s.tell(ctx, activity, "", reaches)
}
