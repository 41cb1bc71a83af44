package slacktest

import (
	"fmt"
	"slices"

	"evangelist/adapters/slack/slacktest/kit"
	"evangelist/bot"
)

// AddUser adds an account, or changes the one with that id, and returns it with
// what was filled in. An account of the own workspace makes team_join, a changed
// one user_change.
func (s *Server) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.users[u.ID]
	kept := s.keepUser(u)
	s.touch()
	kind := "team_join"
	if known {
		kind = "user_change"
	}
	if kept.Team == s.cfg.Team {
		s.userEvent(kind, kept)
	}
	return *kept
}

func (s *Server) userEvent(kind string, u *User) {
	if s.scope("users:read") {
		s.emit(obj{"type": kind, "user": s.userJSON(u), "cache_ts": s.now().Unix(), "event_ts": s.eventTS()}, nil, u.ID)
	}
}

// ChangeUser changes an account, which makes user_change. Unknown ids are
// bot.ErrNotFound.
func (s *Server) ChangeUser(id string, change func(*User)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[id]
	if !ok {
		return fmt.Errorf("change the account %s: %w", id, bot.ErrNotFound)
	}
	change(u)
	u.updated = s.now().Unix()
	s.touch()
	s.userEvent("user_change", u)
	return nil
}

// Deactivate switches an account off or, with off false, on again.
func (s *Server) Deactivate(id string, off bool) error {
	return s.ChangeUser(id, func(u *User) { u.Deleted = off })
}

// AddField adds a custom profile field, "Xf0DEPART", "Department".
func (s *Server) AddField(id, label string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fields = append(s.fields, field{id: id, label: label})
}

// AddGroup adds a user group, or replaces the one with that id.
func (s *Server) AddGroup(id, handle, name string, users ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups = slices.DeleteFunc(s.groups, func(g *group) bool { return g.id == id })
	s.groups = append(s.groups, &group{id: id, handle: handle, name: name, users: slices.Clone(users)})
}

// AddChannel adds a channel, or changes the one with that id, without any event,
// and returns it with what was filled in.
func (s *Server) AddChannel(c Channel) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keepRoom(c).Channel
}

// change runs do on a room, by id or name.
func (s *Server) change(channel string, do func(*room)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.anyRoom(channel)
	if r == nil {
		return fmt.Errorf("the channel %s: %w", channel, bot.ErrNotFound)
	}
	do(r)
	s.touch()
	return nil
}

// Invite makes people members of a channel; without users, the bot. Members stay
// what they are.
func (s *Server) Invite(channel string, users ...string) error {
	if len(users) == 0 {
		users = []string{s.cfg.BotUser}
	}
	return s.change(channel, func(r *room) {
		for _, user := range users {
			s.enter(r, user, s.inviter(r))
		}
	})
}

func (s *Server) inviter(r *room) string {
	for _, member := range r.Members {
		if member != s.cfg.BotUser {
			return member
		}
	}
	return ""
}

// enter makes somebody a member, which makes a message of the subtype
// channel_join and member_joined_channel. The lock is held.
func (s *Server) enter(r *room, user, inviter string) {
	if r.has(user) {
		return
	}
	r.Members = append(r.Members, user)
	m := &Message{Channel: r.ID, User: user, Team: s.teamOf(user), Subtype: "channel_join", Text: "<@" + user + "> has joined the channel", inviter: inviter}
	if r.Kind == Private {
		m.Subtype, m.Text = "group_join", "<@"+user+"> has joined the group"
	}
	s.put(r, m)
	s.memberEvent("member_joined_channel", r, user, inviter)
}

func (s *Server) teamOf(user string) string {
	if u, ok := s.users[user]; ok {
		return u.Team
	}
	return s.cfg.Team
}

func (s *Server) memberEvent(kind string, r *room, user, inviter string) {
	if !r.has(s.cfg.BotUser) || !s.scope(readScope[r.Kind]) {
		return
	}
	event := obj{"type": kind, "user": user, "channel": r.ID, "channel_type": letter(r.Kind), "team": s.teamOf(user), "event_ts": s.eventTS()}
	if inviter != "" && inviter != user {
		event["inviter"] = inviter
	}
	s.emit(event, r, user)
}

// letter is the kind of a channel as membership events write it.
func letter(kind Kind) string {
	if kind == Public {
		return "C"
	}
	return "G"
}

// Kick takes somebody out of a channel; without user, the bot. Of others the bot
// gets member_left_channel. Of itself it gets channel_left or group_left and a
// message from Slackbot, as in reality.
func (s *Server) Kick(channel string, users ...string) error {
	if len(users) == 0 {
		users = []string{s.cfg.BotUser}
	}
	return s.change(channel, func(r *room) {
		for _, user := range users {
			s.exit(r, user)
		}
	})
}

func (s *Server) exit(r *room, user string) {
	if !r.has(user) {
		return
	}
	r.Members = slices.DeleteFunc(r.Members, func(m string) bool { return m == user })
	s.touch()
	if user != s.cfg.BotUser {
		s.memberEvent("member_left_channel", r, user, "")
		return
	}
	kind, actor := "channel_left", s.inviter(r)
	if r.Kind == Private {
		kind = "group_left"
	}
	if s.scope(readScope[r.Kind]) {
		s.emit(obj{"type": kind, "channel": r.ID, "actor_id": actor, "event_ts": s.eventTS()}, r, actor)
	}
	home := s.direct(slackbot)
	s.put(home, &Message{Channel: home.ID, User: slackbot, Team: s.cfg.Team, Text: "You have been removed from #" + r.Name + " by <@" + actor + ">"})
}

// Archive closes a channel or, with on false, opens it again.
func (s *Server) Archive(channel string, on bool) error {
	return s.change(channel, func(r *room) {
		if r.Archived == on {
			return
		}
		r.Archived = on
		kind := "channel_archive"
		if !on {
			kind = "channel_unarchive"
		}
		s.channelEvent(kind, r, obj{"channel": r.ID, "user": r.Creator, "is_moved": 0})
	})
}

// Rename gives a channel another name.
func (s *Server) Rename(channel, name string) error {
	return s.change(channel, func(r *room) {
		r.previous, r.Name = append(r.previous, r.Name), name
		s.channelEvent("channel_rename", r, obj{"channel": obj{"id": r.ID, "name": name, "name_normalized": name, "created": r.Created.Unix(), "is_channel": r.Kind == Public}})
	})
}

// Share shares a channel with other organisations; without teams, that ends.
func (s *Server) Share(channel string, teams ...string) error {
	return s.change(channel, func(r *room) {
		before := r.With
		r.With, r.ExtShared, r.PendingShared = slices.Clone(teams), len(teams) > 0, false
		for _, team := range teams {
			if !slices.Contains(before, team) {
				s.channelEvent("channel_shared", r, obj{"channel": r.ID, "connected_team_id": team})
			}
		}
		for _, team := range before {
			if !slices.Contains(teams, team) {
				s.channelEvent("channel_unshared", r, obj{"channel": r.ID, "previously_connected_team_id": team, "is_ext_shared": r.ExtShared})
			}
		}
	})
}

// channelEvent tells of a change of a channel: for a private one group_… to its
// members. The lock is held.
func (s *Server) channelEvent(kind string, r *room, event obj) {
	if !s.scope(readScope[r.Kind]) || r.Kind != Public && !r.has(s.cfg.BotUser) {
		return
	}
	if r.Kind == Private && (kind == "channel_archive" || kind == "channel_unarchive" || kind == "channel_rename") {
		kind = "group" + kind[len("channel"):]
	}
	event["type"], event["event_ts"] = kind, s.eventTS()
	s.emit(event, r, "")
}

// PostAsBot posts as another app: bot_message with a bot id and no user.
func (s *Server) PostAsBot(channel, botID, text string) (Message, error) {
	var out Message
	err := s.change(channel, func(r *room) {
		m := &Message{Channel: r.ID, BotID: botID, AppID: "A0OTHERAPP", Subtype: "bot_message"}
		m.Text, m.Blocks = kit.Typed(text)
		s.put(r, m)
		out = m.copy()
	})
	return out, err
}

// Uninstall takes the app out of the workspace: tokens_revoked and
// app_uninstalled are sent, and every call is answered account_inactive.
func (s *Server) Uninstall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = "account_inactive"
	s.emit(obj{"type": "tokens_revoked", "tokens": obj{"oauth": []string{}, "bot": []string{s.cfg.BotUser}}, "event_ts": s.eventTS()}, nil, "")
	s.emit(obj{"type": "app_uninstalled", "event_ts": s.eventTS()}, nil, "")
	s.touch()
}

// RevokeTokens makes every call fail with a code, "invalid_auth" or
// "token_revoked"; with "" the tokens work again. It sends no event.
func (s *Server) RevokeTokens(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = code
	s.touch()
}

// SetScopes changes what the bot token may do.
func (s *Server) SetScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grant(scopes)
}

func (s *Server) grant(scopes []string) {
	clear(s.scopes)
	for _, scope := range scopes {
		s.scopes[scope] = true
	}
	s.granted = slices.Clone(scopes)
}
