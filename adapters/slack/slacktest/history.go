package slacktest

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// page is one page of a list and where the next begins, empty: nowhere.
func page[T any](list []T, c *call, usual, most int) ([]T, string, *refusal) {
	start := 0
	if cursor := c.args["cursor"]; cursor != "" {
		raw, err := base64.StdEncoding.DecodeString(cursor)
		if err != nil {
			return nil, "", refuse("invalid_cursor")
		}
		start, err = strconv.Atoi(strings.TrimPrefix(string(raw), "next:"))
		if err != nil || start < 0 {
			return nil, "", refuse("invalid_cursor")
		}
	}
	limit := usual
	if given := c.args["limit"]; given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n < 0 || n > most {
			return nil, "", refuse("invalid_limit")
		}
		if n > 0 {
			limit = n
		}
	}
	start = min(start, len(list))
	end := len(list)
	if limit > 0 {
		end = min(start+limit, len(list))
	}
	next := ""
	if end < len(list) {
		next = base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(end)))
	}
	return list[start:end], next, nil
}

func cursorJSON(next string) obj { return obj{"next_cursor": next} }

// readable returns a channel whose messages the bot may read.
func (s *Server) readable(c *call) (*room, *refusal) {
	r, refused := s.room(c.args["channel"])
	if refused != nil {
		return nil, refused
	}
	if !s.scope(historyScope[r.Kind]) {
		return nil, &refusal{code: "missing_scope", needed: historyScope[r.Kind]}
	}
	if !r.has(s.cfg.BotUser) {
		return nil, refuse("not_in_channel")
	}
	return r, nil
}

// span says whether a ts lies between oldest and latest.
func (c *call) span(ts string) bool {
	oldest, latest, inclusive := c.args["oldest"], c.args["latest"], c.flag("inclusive")
	at := micros(ts)
	if oldest != "" && (at < micros(oldest) || at == micros(oldest) && !inclusive) {
		return false
	}
	return latest == "" || at < micros(latest) || at == micros(latest) && inclusive
}

// micros reads a ts, also one without a fraction.
func micros(ts string) int64 {
	seconds, fraction, _ := strings.Cut(ts, ".")
	whole, _ := strconv.ParseInt(seconds, 10, 64)
	part, _ := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	return whole*1e6 + part
}

// seen says whether a message is old enough for history.
func (s *Server) seen(m *Message) bool {
	if s.lag <= 0 {
		return true
	}
	return s.now().Sub(time.UnixMicro(micros(m.TS))) >= s.lag
}

func (s *Server) history(c *call) (obj, *refusal) {
	r, refused := s.readable(c)
	if refused != nil {
		return nil, refused
	}
	var found []*Message
	for _, m := range r.messages {
		inThread := m.ThreadTS != "" && m.ThreadTS != m.TS && m.Subtype != "thread_broadcast"
		if !m.gone && !inThread && c.span(m.TS) && s.seen(m) {
			found = append(found, m)
		}
	}
	// With oldest alone, pages begin at the oldest end; otherwise at the newest.
	forward := c.args["oldest"] != "" && c.args["latest"] == ""
	if !forward {
		slices.Reverse(found)
	}
	found, next, refused := page(found, c, 100, 999)
	if refused != nil {
		return nil, refused
	}
	if forward {
		found = slices.Clone(found)
		slices.Reverse(found)
	}
	out := obj{"messages": s.listJSON(r, found, c), "has_more": next != "", "pin_count": 0}
	if next != "" {
		out["response_metadata"] = cursorJSON(next)
	}
	return out, nil
}

func (s *Server) listJSON(r *room, list []*Message, c *call) []obj {
	how := metaType
	if c.flag("include_all_metadata") {
		how = metaFull
	}
	out := []obj{}
	for _, m := range list {
		out = append(out, s.messageJSON(r, m, how))
	}
	return out
}

func (s *Server) repliesOf(c *call) (obj, *refusal) {
	r, refused := s.readable(c)
	if refused != nil {
		return nil, refused
	}
	root := r.find(c.args["ts"])
	if root == nil || !s.seen(root) {
		return nil, refuse("thread_not_found")
	}
	found := []*Message{root}
	if root.ThreadTS == root.TS {
		for _, m := range r.replies(root.TS) {
			if c.span(m.TS) && s.seen(m) {
				found = append(found, m)
			}
		}
	}
	found, next, refused := page(found, c, 1000, 1000)
	if refused != nil {
		return nil, refused
	}
	out := obj{"messages": s.listJSON(r, found, c), "has_more": next != ""}
	if next != "" {
		out["response_metadata"] = cursorJSON(next)
	}
	return out, nil
}

func (s *Server) reactable(c *call) (*room, *Message, *refusal) {
	r, refused := s.room(c.args["channel"])
	if refused != nil {
		return nil, nil, refused
	}
	m := r.find(c.args["timestamp"])
	switch {
	case m == nil:
		return nil, nil, refuse("message_not_found")
	case c.record.Method != "reactions.get" && c.args["name"] == "":
		return nil, nil, refuse("invalid_name")
	case !r.has(s.cfg.BotUser):
		return nil, nil, refuse("not_in_channel")
	case r.Archived:
		return nil, nil, refuse("is_archived")
	}
	return r, m, nil
}

func (s *Server) reactionsAdd(c *call) (obj, *refusal) {
	r, m, refused := s.reactable(c)
	if refused != nil {
		return nil, refused
	}
	if !s.react(r, m, s.cfg.BotUser, c.args["name"], true) {
		return nil, refuse("already_reacted")
	}
	return obj{}, nil
}

func (s *Server) reactionsRemove(c *call) (obj, *refusal) {
	r, m, refused := s.reactable(c)
	if refused != nil {
		return nil, refused
	}
	if !s.react(r, m, s.cfg.BotUser, c.args["name"], false) {
		return nil, refuse("no_reaction")
	}
	return obj{}, nil
}

func (s *Server) reactionsGet(c *call) (obj, *refusal) {
	r, m, refused := s.reactable(c)
	if refused != nil {
		return nil, refused
	}
	return obj{"type": "message", "channel": r.ID, "message": s.messageJSON(r, m, metaType)}, nil
}

// react puts an emoji under a message or takes it away, and says whether that
// changed anything. The lock is held.
func (s *Server) react(r *room, m *Message, user, name string, on bool) bool {
	at := slices.IndexFunc(m.Reactions, func(x Reaction) bool { return x.Name == name })
	there := at >= 0 && slices.Contains(m.Reactions[at].Users, user)
	if there == on {
		return false
	}
	kind := "reaction_removed"
	switch {
	case on && at < 0:
		m.Reactions, kind = append(m.Reactions, Reaction{Name: name, Users: []string{user}}), "reaction_added"
	case on:
		m.Reactions[at].Users, kind = append(m.Reactions[at].Users, user), "reaction_added"
	default:
		m.Reactions[at].Users = slices.DeleteFunc(m.Reactions[at].Users, func(u string) bool { return u == user })
		if len(m.Reactions[at].Users) == 0 {
			m.Reactions = slices.Delete(m.Reactions, at, at+1)
		}
	}
	s.touch()
	if r.has(s.cfg.BotUser) && s.scope("reactions:read") {
		s.emit(obj{
			"type": kind, "user": user, "reaction": name, "item": obj{"type": "message", "channel": r.ID, "ts": m.TS},
			"item_user": m.User, "event_ts": s.eventTS(),
		}, r, user)
	}
	return true
}
