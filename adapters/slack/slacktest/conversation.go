package slacktest

import (
	"slices"
	"strings"
)

// mostInGroup is how many others a multi-person chat can have.
const mostInGroup = 8

// conversationJSON is a channel as the API shows it.
func (s *Server) conversationJSON(r *room) obj {
	out := obj{
		"id": r.ID, "created": r.Created.Unix(), "updated": r.Created.UnixMilli(), "is_archived": r.Archived, "context_team_id": s.cfg.Team,
		"is_channel": r.Kind == Public, "is_group": r.Kind == Private, "is_im": r.Kind == IM, "is_mpim": r.Kind == MPIM,
		"is_private": r.Kind != Public, "is_org_shared": false, "is_ext_shared": r.ExtShared, "is_shared": r.ExtShared,
		"is_pending_ext_shared": r.PendingShared, "pending_shared": []string{}, "pending_connected_team_ids": []string{},
		"shared_team_ids": append([]string{s.cfg.Team}, r.With...),
	}
	if r.Kind == IM {
		out["user"], out["priority"], out["is_user_deleted"] = "", 0, false
		for _, member := range r.Members {
			if member == s.cfg.BotUser {
				continue
			}
			out["user"] = member
			if u, ok := s.users[member]; ok {
				out["is_user_deleted"] = u.Deleted
			}
		}
		return out
	}
	previous := r.previous
	if previous == nil {
		previous = []string{}
	}
	out["name"], out["name_normalized"], out["is_general"], out["creator"] = r.Name, r.Name, r.General, r.Creator
	out["is_member"], out["previous_names"], out["unlinked"], out["parent_conversation"] = r.has(s.cfg.BotUser), previous, 0, nil
	out["topic"] = obj{"value": r.Topic, "creator": r.Creator, "last_set": 0}
	out["purpose"] = obj{"value": r.Purpose, "creator": r.Creator, "last_set": 0}
	return out
}

func (s *Server) conversationInfo(c *call) (obj, *refusal) {
	r, refused := s.room(c.args["channel"])
	if refused != nil {
		return nil, refused
	}
	if !s.scope(readScope[r.Kind]) {
		return nil, &refusal{code: "missing_scope", needed: readScope[r.Kind]}
	}
	out := s.conversationJSON(r)
	if c.flag("include_num_members") {
		out["num_members"] = len(r.Members)
	}
	return obj{"channel": out}, nil
}

// kinds reads the argument types.
func (s *Server) kinds(c *call) ([]Kind, *refusal) {
	names := map[string]Kind{"public_channel": Public, "private_channel": Private, "mpim": MPIM, "im": IM}
	given := c.args["types"]
	if given == "" {
		given = "public_channel"
	}
	var out []Kind
	for name := range strings.SplitSeq(given, ",") {
		kind, ok := names[strings.TrimSpace(name)]
		if !ok {
			return nil, refuse("invalid_types")
		}
		if !s.scope(readScope[kind]) {
			return nil, &refusal{code: "missing_scope", needed: readScope[kind]}
		}
		out = append(out, kind)
	}
	return out, nil
}

func (s *Server) conversationList(c *call) (obj, *refusal) {
	return s.listRooms(c, func(r *room) bool { return r.Kind == Public || r.has(s.cfg.BotUser) })
}

func (s *Server) usersConversations(c *call) (obj, *refusal) {
	user := c.args["user"]
	if user == "" {
		user = s.cfg.BotUser
	}
	return s.listRooms(c, func(r *room) bool { return r.has(user) && (r.Kind == Public || r.has(s.cfg.BotUser)) })
}

func (s *Server) listRooms(c *call, fits func(*room) bool) (obj, *refusal) {
	kinds, refused := s.kinds(c)
	if refused != nil {
		return nil, refused
	}
	var found []*room
	for _, id := range s.roomOrder {
		r := s.rooms[id]
		if slices.Contains(kinds, r.Kind) && fits(r) {
			found = append(found, r)
		}
	}
	found, next, refused := page(found, c, 100, 1000)
	if refused != nil {
		return nil, refused
	}
	list := []obj{}
	for _, r := range found {
		if r.Archived && c.flag("exclude_archived") {
			continue // left out after the page was cut: a page may be short, even empty
		}
		shown := s.conversationJSON(r)
		shown["num_members"] = len(r.Members)
		list = append(list, shown)
	}
	return obj{"channels": list, "response_metadata": cursorJSON(next)}, nil
}

func (s *Server) conversationMembers(c *call) (obj, *refusal) {
	r, refused := s.room(c.args["channel"])
	if refused != nil {
		return nil, refused
	}
	if !s.scope(readScope[r.Kind]) {
		return nil, &refusal{code: "missing_scope", needed: readScope[r.Kind]}
	}
	members, next, refused := page(r.Members, c, 100, 1000)
	if refused != nil {
		return nil, refused
	}
	if members == nil {
		members = []string{}
	}
	return obj{"members": members, "response_metadata": cursorJSON(next)}, nil
}

func (s *Server) conversationJoin(c *call) (obj, *refusal) {
	r, refused := s.room(c.args["channel"])
	switch {
	case refused != nil:
		return nil, refused
	case r.Kind != Public:
		return nil, refuse("method_not_supported_for_channel_type")
	case r.Archived:
		return nil, refuse("is_archived")
	}
	s.enter(r, s.cfg.BotUser, "")
	return obj{"channel": s.conversationJSON(r)}, nil
}

func (s *Server) conversationOpen(c *call) (obj, *refusal) {
	if id := c.args["channel"]; id != "" {
		r, refused := s.room(id)
		if refused != nil {
			return nil, refused
		}
		return s.opened(c, r, true), nil
	}
	others, refused := s.others(c.args["users"])
	if refused != nil {
		return nil, refused
	}
	if len(others) == 1 {
		if !s.scope("im:write") {
			return nil, &refusal{code: "missing_scope", needed: "im:write"}
		}
		_, known := s.findDirect(others[0])
		return s.opened(c, s.direct(others[0]), known), nil
	}
	if !s.scope("mpim:write") {
		return nil, &refusal{code: "missing_scope", needed: "mpim:write"}
	}
	members := append([]string{s.cfg.BotUser}, others...)
	for _, r := range s.rooms {
		if r.Kind == MPIM && sameMembers(r.Members, members) {
			return s.opened(c, r, true), nil
		}
	}
	var handles []string
	for _, id := range members {
		handles = append(handles, s.users[id].Handle)
	}
	r := s.keepRoom(Channel{ID: s.id("G"), Name: "mpdm-" + strings.Join(handles, "--") + "-1", Kind: MPIM, Members: members, Creator: s.cfg.BotUser})
	return s.opened(c, r, false), nil
}

// others reads the argument users of conversations.open.
func (s *Server) others(users string) ([]string, *refusal) {
	if users == "" {
		return nil, refuse("users_list_not_supplied")
	}
	var out []string
	for id := range strings.SplitSeq(users, ",") {
		u, ok := s.users[strings.TrimSpace(id)]
		switch {
		case !ok:
			return nil, refuse("user_not_found")
		case u.ID == s.cfg.BotUser || slices.Contains(out, u.ID):
			continue
		case u.Deleted:
			return nil, refuse("user_disabled")
		case s.stranger(u.ID) && !s.shares(u.ID):
			return nil, refuse("user_not_visible")
		case u.Bot || u.ID == slackbot:
			return nil, refuse("cannot_dm_bot")
		}
		out = append(out, u.ID)
	}
	switch {
	case len(out) == 0:
		return nil, refuse("not_enough_users")
	case len(out) > mostInGroup:
		return nil, refuse("too_many_users")
	}
	return out, nil
}

func sameMembers(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, each := range a {
		if !slices.Contains(b, each) {
			return false
		}
	}
	return true
}

func (s *Server) opened(c *call, r *room, known bool) obj {
	out := obj{"channel": obj{"id": r.ID}}
	if c.flag("return_im") {
		out["channel"] = s.conversationJSON(r)
	}
	if known {
		out["no_op"], out["already_open"] = true, true
	}
	c.record.Channel = r.ID
	return out
}

// shares says whether somebody of another organisation is in a channel with us.
func (s *Server) shares(user string) bool {
	for _, r := range s.rooms {
		if r.ExtShared && r.has(user) {
			return true
		}
	}
	return false
}

func (s *Server) findDirect(user string) (*room, bool) {
	for _, id := range s.roomOrder {
		if r := s.rooms[id]; r.Kind == IM && r.has(user) && r.has(s.cfg.BotUser) {
			return r, true
		}
	}
	return nil, false
}

// direct returns the chat between the bot and somebody, and opens it if need be.
func (s *Server) direct(user string) *room {
	if r, ok := s.findDirect(user); ok {
		return r
	}
	return s.keepRoom(Channel{ID: s.id("D"), Kind: IM, Members: []string{s.cfg.BotUser, user}})
}

func (s *Server) keepRoom(ch Channel) *room {
	if ch.Kind == "" {
		ch.Kind = Public
	}
	if ch.ID == "" {
		ch.ID = s.id(map[Kind]string{Public: "C", Private: "C", IM: "D", MPIM: "G"}[ch.Kind])
	}
	if ch.Created.IsZero() {
		ch.Created = s.now()
	}
	ch.ExtShared = ch.ExtShared || len(ch.With) > 0
	ch.Members = slices.Clone(ch.Members)
	r, known := s.rooms[ch.ID]
	if !known {
		r = &room{}
		s.rooms[ch.ID] = r
		s.roomOrder = append(s.roomOrder, ch.ID)
	}
	r.Channel = ch
	s.touch()
	return r
}
