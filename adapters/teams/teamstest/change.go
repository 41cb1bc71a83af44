package teamstest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// AddPrivate adds a private channel with members of its own and returns its
// conversation id. The bot is not in it.
func (s *Teams) AddPrivate(in Team, name string, members ...User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.teamOf(in.ID)
	if t == nil {
		return ""
	}
	p := s.open(&place{id: "19:" + opaque("private", t.ID, name) + "@thread.tacv2", kind: channel, name: name, team: t, private: true, members: ids(members)})
	t.channels = append(t.channels, p)
	return p.id
}

func (s *Teams) teamOf(id string) *team {
	i := slices.IndexFunc(s.teams, func(t *team) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return s.teams[i]
}

// DropChannel deletes a channel. The bot is not told; Person.DeleteChannel tells
// it.
func (s *Teams) DropChannel(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.places[id]; p != nil && p.team != nil {
		p.deleted = true
		s.announce()
	}
}

// DropTeam deletes a team, or brings it back. The bot is not told;
// Person.DeleteTeam and Person.RestoreTeam tell it.
func (s *Teams) DropTeam(in Team, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.teamOf(in.ID); t != nil {
		t.deleted = gone
		s.announce()
	}
}

// RenameTeam gives a team another name. The bot is not told.
func (s *Teams) RenameTeam(in Team, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.teamOf(in.ID); t != nil {
		t.Name = name
		s.announce()
	}
}

// DeleteChannel deletes a channel of a team; the bot is told in the team's first
// channel.
func (p Person) DeleteChannel(ctx context.Context, id string) (Delivery, error) {
	return p.alter(ctx, id, "channelDeleted", func(at *place) { at.deleted = true })
}

// DeleteTeam deletes a team; the bot is told when it is there.
func (p Person) DeleteTeam(ctx context.Context, in Team) (Delivery, error) {
	return p.alter(ctx, in.ID, "teamDeleted", func(at *place) { at.team.deleted = true })
}

// RestoreTeam brings a deleted team back, with the bot in it.
func (p Person) RestoreTeam(ctx context.Context, in Team) (Delivery, error) {
	return p.alter(ctx, in.ID, "teamRestored", func(at *place) { at.team.deleted = false })
}

// Archive archives a team, or ends that: nobody can write in its channels.
func (p Person) Archive(ctx context.Context, in Team, on bool) (Delivery, error) {
	event := "teamUnarchived"
	if on {
		event = "teamArchived"
	}
	return p.alter(ctx, in.ID, event, func(at *place) { at.team.archived = on })
}

// alter changes a team or one of its channels and tells the bot.
func (p Person) alter(ctx context.Context, id, event string, do func(at *place)) (Delivery, error) {
	s := p.s
	s.mu.Lock()
	u, at := s.userByID(p.id), s.places[id]
	if u == nil || at == nil || at.team == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("%s: there is no such person, team or channel", event)
	}
	do(at)
	first := at.team.channels[0]
	activity := s.activity("conversationUpdate", u, first, "")
	data := activity["channelData"].(map[string]any)
	data["eventType"] = event
	if at != first {
		data["channel"] = map[string]any{"id": at.id, "name": at.name, "type": at.sort()}
	}
	reaches := first.bot
	s.announce()
	s.mu.Unlock()
	return s.tell(ctx, activity, "", reaches)
}

// Join adds somebody to a team or chat; the bot is told when it is there.
func (p Person) Join(ctx context.Context, where string) (Delivery, error) {
	return p.sit(ctx, where, true)
}

// Leave takes somebody out of a team or chat; the bot is told when it is there.
func (p Person) Leave(ctx context.Context, where string) (Delivery, error) {
	return p.sit(ctx, where, false)
}

func (p Person) sit(ctx context.Context, where string, on bool) (Delivery, error) {
	s := p.s
	s.mu.Lock()
	u := s.userByID(p.id)
	at, _ := s.find(where)
	if u == nil || at == nil {
		s.mu.Unlock()
		return Delivery{}, errors.New("join or leave: there is no such person or conversation")
	}
	members := &at.members
	if at.team != nil && !at.private {
		members = &at.team.members
	}
	*members = slices.DeleteFunc(slices.Clone(*members), func(id string) bool { return id == u.ID })
	event, whom := "teamMemberRemoved", "membersRemoved"
	if on {
		event, whom = "teamMemberAdded", "membersAdded"
		*members = append(*members, u.ID)
	}
	activity := s.activity("conversationUpdate", u, at, "")
	activity[whom] = []any{map[string]any{"id": u.MRI, "aadObjectId": u.ID}}
	if at.team != nil {
		activity["channelData"].(map[string]any)["eventType"] = event
	}
	reaches := at.bot
	s.announce()
	s.mu.Unlock()
	return s.tell(ctx, activity, "", reaches)
}

// frozen reports whether nobody can write there, for its team is archived.
func (p *place) frozen() bool { return p.team != nil && p.team.archived }

func blocked() answer {
	return problem(http.StatusForbidden, "MessageWritesBlocked", "The team is archived.")
}
