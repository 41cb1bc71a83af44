package teamstest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// creation is a request to make a conversation.
type creation struct {
	IsGroup bool `json:"isGroup"`
	Bot     struct {
		ID string `json:"id"`
	} `json:"bot"`
	Members []struct {
		ID string `json:"id"`
	} `json:"members"`
	TenantID    string          `json:"tenantId"`
	Activity    json.RawMessage `json:"activity"`
	ChannelData struct {
		Tenant struct {
			ID string `json:"id"`
		} `json:"tenant"`
		Channel struct {
			ID string `json:"id"`
		} `json:"channel"`
	} `json:"channelData"`
}

func (s *Teams) create(x *exchange) answer {
	var c creation
	if !x.into(&c) {
		return problem(http.StatusBadRequest, "Bad Argument", "The conversation cannot be read.")
	}
	if tenant := either(c.TenantID, c.ChannelData.Tenant.ID); tenant != "" && !strings.EqualFold(tenant, s.config.TenantID) {
		return problem(http.StatusForbidden, "NotEnoughPermissions", "The tenant is another one.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.IsGroup && c.ChannelData.Channel.ID != "":
		return s.createThread(x, c)
	case c.IsGroup || len(c.Members) != 1:
		return problem(http.StatusBadRequest, "BadSyntax", "A bot cannot create group chats.")
	}
	return s.createChat(c)
}

// createThread begins a thread in a channel with the bot's activity.
func (s *Teams) createThread(x *exchange, c creation) answer {
	x.request.SetPathValue("conversation", c.ChannelData.Channel.ID)
	p, _, why := s.writable(x)
	if why != nil {
		return *why
	}
	var o outgoing
	if why := o.read(c.Activity); why != nil {
		return *why
	}
	if p.frozen() {
		return blocked()
	}
	if wait := s.throttle("create", p.id); wait != "" {
		return throttled(wait)
	}
	id, _ := s.post(p, "", "", o, c.Activity)["id"].(string)
	if id == "" {
		return answer{status: http.StatusCreated, body: map[string]any{"id": p.id}}
	}
	return answer{status: http.StatusCreated, body: map[string]any{"id": p.id + ";messageid=" + id, "activityId": id}}
}

// createChat opens the chat of one person with the bot, always the same one.
func (s *Teams) createChat(c creation) answer {
	u := s.userByID(c.Members[0].ID)
	switch {
	case strings.Contains(c.Members[0].ID, "@") || u == nil:
		return problem(http.StatusBadRequest, "BadSyntax", "The member is not an id of an account.")
	case !s.reachable(u.ID):
		return problem(http.StatusForbidden, "ForbiddenOperationException", "Bot is not installed in user's personal scope")
	}
	p := s.personal(u.ID)
	if wait := s.throttle("create", p.id); wait != "" {
		return throttled(wait)
	}
	p.bot = true
	s.announce()
	return answer{status: http.StatusCreated, body: map[string]any{"id": p.id}}
}

// reachable reports whether the bot may begin to talk to somebody: it is
// installed for them or in something that they are in.
func (s *Teams) reachable(user string) bool {
	return slices.ContainsFunc(s.order, func(p *place) bool {
		return p.bot && !p.blocked && slices.Contains(p.people(), user)
	})
}

func (s *Teams) memberJSON(u *user) map[string]any {
	out := map[string]any{
		"id": u.MRI, "name": u.Name, "objectId": u.ID, "aadObjectId": u.ID, "email": u.Email, "userPrincipalName": either(u.Email, u.ID),
		"tenantId": either(u.Tenant, s.config.TenantID), "userRole": "user",
	}
	if u.Guest {
		out["userRole"] = "guest"
	}
	return out
}

func (s *Teams) pagedMembers(x *exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _, why := s.writable(x)
	if why != nil {
		return *why
	}
	if wait := s.throttle("members", p.id); wait != "" {
		return throttled(wait)
	}
	query := x.request.URL.Query()
	size := s.config.PageSize
	if text := query.Get("pageSize"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 50 || n > 500 {
			return problem(http.StatusBadRequest, "Bad Argument", "pageSize must be from 50 to 500.")
		}
		size = min(n, size)
	}
	from := 0
	if token := query.Get("continuationToken"); token != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(token, "at+/="))
		if err != nil {
			return problem(http.StatusBadRequest, "Bad Argument", "The continuation token is not ours.")
		}
		from = n
	}
	people := p.people()
	until := min(from+size, len(people))
	members := []any{}
	for _, id := range people[min(from, until):until] {
		if u := s.userByID(id); u != nil {
			members = append(members, s.memberJSON(u))
		}
	}
	body := map[string]any{"members": members}
	if until < len(people) {
		body["continuationToken"] = "at+/=" + strconv.Itoa(until)
	}
	return answer{body: body}
}

func (s *Teams) member(x *exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _, why := s.writable(x)
	if why != nil {
		return *why
	}
	u := s.userByID(x.request.PathValue("user"))
	if u == nil || !slices.Contains(p.people(), u.ID) {
		return problem(http.StatusNotFound, "MemberNotFoundInConversation", "The user is not a member.")
	}
	return answer{body: s.memberJSON(u)}
}

func (s *Teams) teamAt(x *exchange) (*team, *answer) {
	for _, t := range s.teams {
		if t.ID == x.request.PathValue("team") && !t.deleted {
			if !t.channels[0].bot {
				a := problem(http.StatusForbidden, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
				return nil, &a
			}
			return t, nil
		}
	}
	a := problem(http.StatusNotFound, "ConversationNotFound", "Team not found.")
	return nil, &a
}

func (s *Teams) team(x *exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, why := s.teamAt(x)
	if why != nil {
		return *why
	}
	return answer{body: map[string]any{"id": t.ID, "name": t.Name, "aadGroupId": t.Group, "channelCount": len(t.channels), "memberCount": len(t.members)}}
}

func (s *Teams) channels(x *exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, why := s.teamAt(x)
	if why != nil {
		return *why
	}
	list := []any{}
	for _, p := range t.channels {
		if p.deleted {
			continue
		}
		entry := map[string]any{"id": p.id, "type": p.sort()}
		if p.id != t.ID { // the service leaves out the name of General
			entry["name"] = p.name
		}
		list = append(list, entry)
	}
	return answer{body: map[string]any{"conversations": list}}
}
