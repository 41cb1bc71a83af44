package slacktest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"evangelist/adapters/slack/slacktest/kit"
)

// meta is how much of a message's metadata is shown.
type meta int

const (
	metaType meta = iota // the event_type alone, as without include_all_metadata
	metaFull
)

// messageJSON is a message as the API and events show it.
func (s *Server) messageJSON(r *room, m *Message, how meta) obj {
	out := obj{"type": "message", "ts": m.TS, "text": m.Text}
	set := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	set("user", m.User)
	set("team", m.Team)
	set("bot_id", m.BotID)
	set("app_id", m.AppID)
	set("subtype", m.Subtype)
	set("client_msg_id", m.clientID)
	set("thread_ts", m.ThreadTS)
	set("inviter", m.inviter)
	if m.BotID == s.cfg.BotID {
		out["bot_profile"] = obj{"id": m.BotID, "app_id": m.AppID, "name": s.cfg.BotName, "team_id": s.cfg.Team, "deleted": false, "updated": 1700000000}
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = m.Blocks
	}
	if len(m.Attachments) > 0 {
		out["attachments"] = m.Attachments
	}
	if m.Edited != "" {
		out["edited"] = obj{"user": m.User, "ts": m.Edited}
	}
	if meta := metadataJSON(m.Metadata, how); meta != nil {
		out["metadata"] = meta
	}
	if len(m.Files) > 0 {
		out["files"] = filesJSON(m)
		out["upload"] = false
	}
	if list := reactionsJSON(m); list != nil {
		out["reactions"] = list
	}
	if m.Subtype == "tombstone" {
		out["hidden"] = true
	}
	s.threadJSON(r, m, out)
	if s.stranger(m.User) || r.ExtShared && m.User != "" && m.BotID == "" {
		out["user_team"], out["source_team"] = m.Team, m.Team
		out["user_profile"] = s.profileInline(m.User)
	}
	return out
}

// threadJSON adds what a root says of its thread and a reply of its root.
func (s *Server) threadJSON(r *room, m *Message, out obj) {
	switch {
	case m.ThreadTS == "":
	case m.ThreadTS == m.TS:
		replies := r.replies(m.TS)
		if len(replies) == 0 {
			delete(out, "thread_ts")
			return
		}
		var users []string
		for _, reply := range replies {
			if !slices.Contains(users, reply.User) {
				users = append(users, reply.User)
			}
		}
		out["reply_count"], out["reply_users_count"], out["reply_users"] = len(replies), len(users), users
		out["latest_reply"], out["is_locked"], out["subscribed"] = replies[len(replies)-1].TS, false, false
	default:
		if root := r.find(m.ThreadTS); root != nil {
			out["parent_user_id"] = root.User
			if m.Subtype == "thread_broadcast" {
				out["root"] = s.messageJSON(r, root, metaType)
			}
		}
	}
}

func metadataJSON(raw json.RawMessage, how meta) any {
	if len(raw) == 0 {
		return nil
	}
	if how == metaFull {
		return raw
	}
	var given struct {
		Type string `json:"event_type"`
	}
	if json.Unmarshal(raw, &given) != nil {
		return nil
	}
	return obj{"event_type": given.Type}
}

func filesJSON(m *Message) []obj {
	var out []obj
	for i, name := range m.Files {
		id := "F0" + strings.ReplaceAll(m.TS, ".", "")[6:] + string(rune('A'+i))
		out = append(out, obj{"id": id, "name": name, "title": name, "mimetype": "application/pdf", "filetype": "pdf", "user": m.User, "size": 1024, "mode": "hosted"})
	}
	return out
}

func reactionsJSON(m *Message) []obj {
	var out []obj
	for _, each := range m.Reactions {
		out = append(out, obj{"name": each.Name, "users": each.Users, "count": len(each.Users)})
	}
	return out
}

// hears says whether the bot gets the messages of a room.
func (s *Server) hears(r *room) bool {
	return r.has(s.cfg.BotUser) && s.scope(historyScope[r.Kind])
}

// inner makes an event out of a message.
func (s *Server) inner(r *room, m *Message) obj {
	event := s.messageJSON(r, m, metaType)
	for _, name := range []string{"reply_count", "reply_users_count", "reply_users", "latest_reply", "is_locked", "subscribed", "reactions"} {
		delete(event, name)
	}
	event["channel"], event["channel_type"], event["event_ts"] = r.ID, string(r.Kind), m.TS
	return event
}

func (s *Server) messageEvent(r *room, m *Message) {
	if s.hears(r) {
		s.emit(s.inner(r, m), r, m.User)
	}
	s.linkEvent(r, m)
}

func (s *Server) changedEvent(r *room, m, before *Message) {
	s.touch()
	if !s.hears(r) {
		return
	}
	s.emit(obj{
		"type": "message", "subtype": "message_changed", "channel": r.ID, "channel_type": string(r.Kind), "hidden": true,
		"ts": s.eventTS(), "event_ts": s.eventTS(), "message": s.messageJSON(r, m, metaType), "previous_message": s.messageJSON(r, before, metaType),
	}, r, m.User)
}

func (s *Server) deletedEvent(r *room, before *Message) {
	s.touch()
	if !s.hears(r) {
		return
	}
	s.emit(obj{
		"type": "message", "subtype": "message_deleted", "channel": r.ID, "channel_type": string(r.Kind), "hidden": true,
		"ts": s.eventTS(), "event_ts": s.eventTS(), "deleted_ts": before.TS, "previous_message": s.messageJSON(r, before, metaType),
	}, r, before.User)
}

// emit queues an event for the bot. r is where it happened, nil: nowhere; by is
// who did it. The lock is held.
func (s *Server) emit(inner obj, r *room, by string) {
	team := s.cfg.Team
	if s.stranger(by) {
		team = s.users[by].Team
	}
	var enterprise any
	if s.cfg.Enterprise != "" {
		enterprise = s.cfg.Enterprise
	}
	id := "Ev" + s.id("0")[1:]
	payload := obj{
		"token": "verification-token", "team_id": team, "context_team_id": s.cfg.Team, "context_enterprise_id": enterprise,
		"api_app_id": s.cfg.AppID, "event": inner, "type": "event_callback", "event_id": id, "event_time": s.now().Unix(),
		"authorizations":        []obj{{"enterprise_id": enterprise, "team_id": s.cfg.Team, "user_id": s.cfg.BotUser, "is_bot": true, "is_enterprise_install": false}},
		"is_ext_shared_channel": r != nil && r.ExtShared,
		"event_context":         "4-" + s.hex(24),
	}
	if s.cfg.Enterprise != "" {
		payload["enterprise_id"] = s.cfg.Enterprise
	}
	raw, err := marshal(payload)
	if err != nil {
		return // made of what was read as JSON
	}
	kind, _ := inner["type"].(string)
	if subtype, _ := inner["subtype"].(string); subtype != "" {
		kind += "." + subtype
	}
	s.queue(&Event{ID: id, Type: kind, Payload: raw})
}

// linkEvent tells of links to declared domains, wherever they were posted.
func (s *Server) linkEvent(r *room, m *Message) {
	links := s.declared(kit.Links(m.Blocks))
	if len(links) == 0 || m.BotID != "" || !s.scope("links:read") {
		return
	}
	event := obj{
		"type": "link_shared", "user": m.User, "channel": r.ID, "message_ts": m.TS, "links": links, "source": "conversations_history",
		"unfurl_id": s.newPreview(&preview{source: "conversations_history", room: r, ts: m.TS}), "is_bot_user_member": r.has(s.cfg.BotUser), "event_ts": s.eventTS(),
	}
	if m.ThreadTS != "" {
		event["thread_ts"] = m.ThreadTS
	}
	s.emit(event, r, m.User)
}

func (s *Server) newPreview(p *preview) string {
	id := s.uuid()
	s.previews[id] = p
	return id
}

// declared keeps the addresses on domains that the app declared.
func (s *Server) declared(addresses []string) []obj {
	var out []obj
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		for _, domain := range s.cfg.UnfurlDomains {
			if host := u.Hostname(); host == domain || strings.HasSuffix(host, "."+domain) {
				out = append(out, obj{"url": address, "domain": domain})
				break
			}
		}
	}
	return out
}

// Preview is Slack's own preview of a link in a message: the message changes
// (message_changed) although nobody edited it.
func (s *Server) Preview(channel, ts, address, title string) error {
	return s.change(channel, func(r *room) {
		m := r.find(ts)
		if m == nil {
			return
		}
		before := m.copy()
		raw, err := marshal([]obj{{"id": 1, "from_url": address, "original_url": address, "title": title, "title_link": address, "fallback": title, "service_name": "Example"}})
		if err != nil {
			return
		}
		m.Attachments = raw
		s.changedEvent(r, m, &before)
	})
}

func (s *Server) unfurl(c *call) (obj, *refusal) {
	var unfurls map[string]obj
	if json.Unmarshal([]byte(c.args["unfurls"]), &unfurls) != nil || len(unfurls) == 0 {
		return nil, refuse("cannot_parse_attachment")
	}
	r, m, refused := s.unfurled(c)
	if refused != nil || m == nil {
		return obj{}, refused
	}
	before := m.copy()
	list := []obj{}
	var kept []obj
	if json.Unmarshal(m.Attachments, &kept) == nil {
		list = kept
	}
	for _, address := range sorted(unfurls) {
		shown := unfurls[address]
		shown["from_url"], shown["app_unfurl_url"], shown["is_app_unfurl"] = address, address, true
		shown["app_id"], shown["bot_id"], shown["id"] = s.cfg.AppID, s.cfg.BotID, len(list)+1
		list = append(list, shown)
	}
	raw, err := marshal(list)
	if err != nil {
		return nil, refuse("cannot_parse_attachment")
	}
	m.Attachments = raw
	s.changedEvent(r, m, &before)
	return obj{}, nil
}

// unfurled finds the message that chat.unfurl is about, by channel and ts or by
// the id that link_shared gave; nil: a link that was not sent.
func (s *Server) unfurled(c *call) (*room, *Message, *refusal) {
	channel, ts := c.args["channel"], c.args["ts"]
	if id := c.args["unfurl_id"]; id != "" {
		shown, ok := s.previews[id]
		switch {
		case !ok || shown.source != c.args["source"]:
			return nil, nil, refuse("invalid_unfurl_id")
		case shown.room == nil:
			return nil, nil, nil
		}
		channel, ts = shown.room.ID, shown.ts
	}
	r, ok := s.rooms[channel]
	if !ok {
		return nil, nil, refuse("cannot_find_channel")
	}
	m := r.find(ts)
	if m == nil {
		return nil, nil, refuse("cannot_find_message")
	}
	return r, m, nil
}
