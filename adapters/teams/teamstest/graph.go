package teamstest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lag makes Graph show a message only when it is older than this by the clock.
func (s *Teams) Lag(lag time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lag = lag
}

func (s *Teams) graph(do func(*exchange) answer) func(*exchange) answer {
	return func(x *exchange) answer {
		if !s.admitted(x.request, GraphScope) {
			return problem(http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token is missing or invalid.")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return do(x)
	}
}

// page cuts a list where the query says, and names the next page.
func (s *Teams) page(x *exchange, all []any) map[string]any {
	query := x.request.URL.Query()
	size := s.config.PageSize
	if n, err := strconv.Atoi(query.Get("$top")); err == nil && n > 0 {
		size = min(n, size)
	}
	from, _ := strconv.Atoi(query.Get("$skiptoken"))
	until := min(from+size, len(all))
	body := map[string]any{"value": all[min(from, until):until]}
	if until < len(all) {
		next := url.Values{}
		for _, name := range []string{"$select", "$expand", "$filter", "$top", "$count"} {
			if query.Has(name) {
				next.Set(name, query.Get(name))
			}
		}
		next.Set("$skiptoken", strconv.Itoa(until))
		body["@odata.nextLink"] = s.URL() + x.request.URL.EscapedPath() + "?" + next.Encode()
	}
	return body
}

// graphUsers lists users with the members that $select names and no others.
func (s *Teams) graphUsers(x *exchange) answer {
	query := x.request.URL.Query()
	chosen := strings.Split(query.Get("$select"), ",")
	all := []any{}
	for _, u := range s.users {
		if u.Tenant != "" {
			continue // the directory of another organisation has them
		}
		full := map[string]any{
			"id": u.ID, "displayName": u.Name, "mail": u.Email, "userPrincipalName": either(u.Email, u.ID+"@tenant.example"),
			"department": orNull(u.Department), "jobTitle": orNull(u.Title), "accountEnabled": !u.Disabled, "userType": "Member",
		}
		if u.Guest {
			full["userType"] = "Guest"
		}
		if u.Email == "" {
			full["mail"] = nil
		}
		entry := map[string]any{}
		for name, value := range full {
			if query.Get("$select") == "" || slices.Contains(chosen, name) {
				entry[name] = value
			}
		}
		if strings.HasPrefix(query.Get("$expand"), "manager") {
			if boss := s.userByID(u.Manager); boss != nil && u.Manager != "" {
				entry["manager"] = map[string]any{"@odata.type": "#microsoft.graph.user", "id": boss.ID}
			}
		}
		all = append(all, entry)
	}
	return answer{body: s.page(x, all)}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// readable returns the channel of a Graph call, when the owners consented.
func (s *Teams) readable(x *exchange) (*place, *answer) {
	for _, t := range s.teams {
		if t.Group != x.request.PathValue("group") {
			continue
		}
		for _, p := range t.channels {
			switch {
			case p.id != x.request.PathValue("channel") || p.deleted || t.deleted:
				continue
			case !t.consent:
				a := problem(http.StatusForbidden, "Forbidden", "Missing role permissions on the request.")
				return nil, &a
			}
			return p, nil
		}
	}
	a := problem(http.StatusNotFound, "NotFound", "Team or channel not found.")
	return nil, &a
}

// graphMessages lists the threads that changed since the moment in $filter.
func (s *Teams) graphMessages(x *exchange) answer {
	p, why := s.readable(x)
	if why != nil {
		return *why
	}
	query := x.request.URL.Query()
	var since time.Time
	if text, ok := strings.CutPrefix(query.Get("$filter"), "lastModifiedDateTime gt "); ok {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return problem(http.StatusBadRequest, "BadRequest", "Invalid filter clause")
		}
		since = at
	} else if query.Has("$filter") {
		return problem(http.StatusBadRequest, "BadRequest", "Invalid filter clause")
	}
	all := []any{}
	for _, m := range p.all {
		if m.Root != "" || !s.shown(m) {
			continue
		}
		replies, changed := s.replies(m)
		if !since.IsZero() && !m.changed.After(since) && !changed.After(since) {
			continue
		}
		entry := s.chatMessage(m)
		if query.Get("$expand") == "replies" {
			size := s.config.PageSize
			entry["replies"] = replies[:min(size, len(replies))]
			if len(replies) > size {
				entry["replies@odata.nextLink"] = s.GraphURL() + "/teams/" + url.PathEscape(p.team.Group) + "/channels/" + url.PathEscape(p.id) + "/messages/" + m.ID + "/replies?$skiptoken=" + strconv.Itoa(size)
			}
		}
		all = append(all, entry)
	}
	body := s.page(x, all)
	if body["@odata.nextLink"] == nil {
		body["@odata.deltaLink"] = s.URL() + x.request.URL.EscapedPath() + "?$deltatoken=end"
	}
	return answer{body: body}
}

func (s *Teams) graphReplies(x *exchange) answer {
	p, why := s.readable(x)
	if why != nil {
		return *why
	}
	m := s.messages[x.call.Activity]
	if m == nil || m.place != p {
		return problem(http.StatusNotFound, "NotFound", "Message not found.")
	}
	replies, _ := s.replies(m)
	return answer{body: s.page(x, replies)}
}

// shown reports whether Graph shows a message already; it never shows one that
// is for one person alone.
func (s *Teams) shown(m *message) bool {
	return m.To == "" && (s.lag == 0 || !m.At.After(s.config.Clock.Now().Add(-s.lag)))
}

func (s *Teams) replies(first *message) (all []any, changed time.Time) {
	all = []any{}
	for _, m := range first.place.all {
		if m.Root != first.ID || !s.shown(m) {
			continue
		}
		all = append(all, s.chatMessage(m))
		if m.changed.After(changed) {
			changed = m.changed
		}
	}
	return all, changed
}

func (s *Teams) chatMessage(m *message) map[string]any {
	const layout = "2006-01-02T15:04:05.999Z07:00"
	out := map[string]any{
		"id": m.ID, "replyToId": orNull(m.Root), "messageType": "message",
		"createdDateTime": m.At.Format(layout), "lastModifiedDateTime": m.changed.Format(layout), "deletedDateTime": nil,
		"subject": nil, "summary": orNull(m.Summary), "reactions": []any{}, "mentions": []any{},
	}
	if m.From == "" {
		out["from"] = map[string]any{"user": nil, "application": map[string]any{"id": s.config.AppID, "displayName": s.config.BotName, "applicationIdentityType": "bot"}}
	} else if u := s.userByID(m.From); u != nil {
		out["from"] = map[string]any{"application": nil, "user": map[string]any{"id": u.ID, "displayName": u.Name, "userIdentityType": "aadUser"}}
	}
	content, attachments := either(m.HTML, m.Text), []any{}
	for i, card := range m.Cards {
		id := guid(m.ID, strconv.Itoa(i))
		content += `<attachment id="` + id + `"></attachment>`
		attachments = append(attachments, map[string]any{"id": id, "contentType": "application/vnd.microsoft.card.adaptive", "content": string(card)})
	}
	if m.Deleted {
		out["deletedDateTime"] = m.changed.Format(layout)
		content, attachments = "", []any{}
	}
	out["body"], out["attachments"] = map[string]any{"contentType": "html", "content": content}, attachments
	return out
}
