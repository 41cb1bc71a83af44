package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"evangelist/adapters/slack/slacktest/kit"
)

// The limits of messages: what is documented, and the sum of all texts in
// blocks from which on Slack refuses them.
const (
	mostBlocks     = 50
	mostBlockText  = 13_200
	longestMessage = 40_000
)

// room returns a channel that the bot knows of; the lock is held.
func (s *Server) room(id string) (*room, *refusal) {
	r, ok := s.rooms[id]
	if !ok || r.Kind != Public && !r.has(s.cfg.BotUser) {
		return nil, refuse("channel_not_found")
	}
	return r, nil
}

// target finds where a message goes: a channel by id or name, somebody by id.
func (s *Server) target(channel string) (*room, *refusal) {
	if u, ok := s.users[channel]; ok {
		if u.ID == s.cfg.BotUser || s.stranger(u.ID) && !s.shares(u.ID) {
			return nil, refuse("channel_not_found")
		}
		return s.direct(u.ID), nil
	}
	if r, refused := s.room(channel); refused == nil {
		return r, nil
	}
	name := strings.TrimPrefix(channel, "#")
	for _, r := range s.rooms {
		if name != "" && r.Name == name && (r.Kind == Public || r.has(s.cfg.BotUser)) {
			return r, nil
		}
	}
	return nil, refuse("channel_not_found")
}

// writable says whether the bot may post there.
func (s *Server) writable(r *room) *refusal {
	switch {
	case r.Archived:
		return refuse("is_archived")
	case !r.has(s.cfg.BotUser) && !(r.Kind == Public && s.scope("chat:write.public")):
		return refuse("not_in_channel")
	case r.ReadOnly:
		return refuse("restricted_action")
	}
	if r.Kind == IM && s.cfg.DeactivatedDM != "" {
		for _, member := range r.Members {
			if u, ok := s.users[member]; ok && u.Deleted {
				return refuse(s.cfg.DeactivatedDM)
			}
		}
	}
	return nil
}

// content reads what a message says; bare allows a message without anything.
func (s *Server) content(c *call, m *Message) *refusal {
	m.Text = c.args["text"]
	if utf8.RuneCountInString(m.Text) > longestMessage {
		return refuse("msg_too_long")
	}
	if raw := c.args["blocks"]; raw != "" {
		blocks, refused := s.blocks(raw)
		if refused != nil {
			return refused
		}
		m.Blocks = blocks
	}
	if raw := c.args["attachments"]; raw != "" {
		var list []obj
		if json.Unmarshal([]byte(raw), &list) != nil {
			return refuse("invalid_attachments")
		}
		if len(list) > 0 {
			m.Attachments = json.RawMessage(raw)
		}
	}
	return s.metadata(c, m)
}

func (s *Server) metadata(c *call, m *Message) *refusal {
	raw := c.args["metadata"]
	if raw == "" {
		return nil
	}
	var given map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &given) != nil {
		return refuse("invalid_metadata_format")
	}
	if len(given) == 0 {
		m.Metadata = nil
		return nil
	}
	var kind string
	var payload obj
	if json.Unmarshal(given["event_type"], &kind) != nil || kind == "" || json.Unmarshal(given["event_payload"], &payload) != nil || payload == nil {
		return refuse("invalid_metadata_schema")
	}
	m.Metadata = json.RawMessage(raw)
	return nil
}

// blocks checks and numbers the blocks of a message.
func (s *Server) blocks(raw string) (json.RawMessage, *refusal) {
	blocks, err := kit.Blocks(json.RawMessage(raw))
	switch {
	case err != nil:
		return nil, refuse("invalid_blocks_format")
	case len(blocks) == 0:
		return nil, nil
	case len(blocks) > mostBlocks:
		return nil, refuse("invalid_blocks", fmt.Sprintf("[ERROR] no more than %d items allowed [json-pointer:/blocks]", mostBlocks))
	case kit.Size(json.RawMessage(raw)) > mostBlockText:
		return nil, refuse("msg_blocks_too_long")
	}
	for i, block := range blocks {
		if kit.Str(block, "type") == "" {
			return nil, refuse("invalid_blocks", fmt.Sprintf("[ERROR] missing required field: type [json-pointer:/blocks/%d]", i))
		}
	}
	if wrong := kit.Doubled(json.RawMessage(raw)); len(wrong) > 0 {
		return nil, refuse("invalid_blocks", wrong...)
	}
	if s.cfg.Validate != nil {
		if wrong := s.cfg.Validate("message", json.RawMessage(raw)); len(wrong) > 0 {
			return nil, refuse("invalid_blocks", wrong...)
		}
	}
	numbered, err := kit.Number(json.RawMessage(raw), func() string { return s.hex(5) })
	if err != nil {
		return nil, refuse("invalid_blocks_format")
	}
	return numbered, nil
}

func (s *Server) postMessage(c *call) (obj, *refusal) {
	r, refused := s.target(c.args["channel"])
	if refused != nil {
		return nil, refused
	}
	if refused := s.writable(r); refused != nil {
		return nil, refused
	}
	m := s.own(r)
	if refused := s.content(c, m); refused != nil {
		return nil, refused
	}
	if m.Text == "" && len(m.Blocks) == 0 && len(m.Attachments) == 0 {
		return nil, refuse("no_text")
	}
	if refused := s.thread(r, m, c.args["thread_ts"]); refused != nil {
		return nil, refused
	}
	if m.ThreadTS != "" && c.flag("reply_broadcast") {
		m.Subtype = "thread_broadcast"
	}
	s.put(r, m)
	s.posts[r.ID] = append(s.posts[r.ID], s.now())
	c.record.Channel, c.record.TS = r.ID, m.TS
	return obj{"channel": r.ID, "ts": m.TS, "message": s.messageJSON(r, m, metaFull)}, nil
}

// own starts a message of the bot.
func (s *Server) own(r *room) *Message {
	return &Message{Channel: r.ID, User: s.cfg.BotUser, Team: s.cfg.Team, BotID: s.cfg.BotID, AppID: s.cfg.AppID}
}

// thread makes a message a reply.
func (s *Server) thread(r *room, m *Message, ts string) *refusal {
	if ts == "" {
		return nil
	}
	root := r.find(ts)
	if root == nil {
		return refuse("thread_not_found")
	}
	if m.ThreadTS = ts; root.ThreadTS != "" {
		m.ThreadTS = root.ThreadTS
	}
	if first := r.find(m.ThreadTS); first != nil {
		first.ThreadTS = m.ThreadTS
	}
	return nil
}

// put places a message in its room and tells the bot. The lock is held.
func (s *Server) put(r *room, m *Message) {
	m.TS = s.ts(r)
	r.messages = append(r.messages, m)
	s.messageEvent(r, m)
	s.touch()
}

// ownMessage finds a message of the bot that stands.
func (s *Server) ownMessage(c *call, code string) (*room, *Message, *refusal) {
	r, refused := s.room(c.args["channel"])
	if refused != nil {
		return nil, nil, refused
	}
	m := r.find(c.args["ts"])
	switch {
	case m == nil:
		return nil, nil, refuse("message_not_found")
	case m.BotID != s.cfg.BotID:
		return nil, nil, refuse(code)
	}
	return r, m, nil
}

func (s *Server) updateMessage(c *call) (obj, *refusal) {
	r, m, refused := s.ownMessage(c, "cant_update_message")
	if refused != nil {
		return nil, refused
	}
	if r.Archived {
		return nil, refuse("is_inactive")
	}
	fresh := &Message{Text: m.Text, Metadata: m.Metadata}
	if refused := s.content(c, fresh); refused != nil {
		return nil, refused
	}
	_, hasText := c.args["text"]
	_, hasBlocks := c.args["blocks"]
	_, hasAttachments := c.args["attachments"]
	if !hasText && !hasBlocks && !hasAttachments {
		return nil, refuse("no_text")
	}
	before := m.copy()
	if hasText {
		m.Text = fresh.Text
	}
	if hasBlocks || hasText { // a text without blocks takes the old blocks away
		m.Blocks = fresh.Blocks
	}
	if hasAttachments {
		m.Attachments = fresh.Attachments
	}
	m.Metadata = fresh.Metadata
	m.Edited = s.eventTS()
	s.changedEvent(r, m, &before)
	c.record.TS = m.TS
	return obj{"channel": r.ID, "ts": m.TS, "text": m.Text, "message": s.messageJSON(r, m, metaFull)}, nil
}

func (s *Server) deleteMessage(c *call) (obj, *refusal) {
	r, m, refused := s.ownMessage(c, "cant_delete_message")
	if refused != nil {
		return nil, refused
	}
	s.remove(r, m)
	c.record.TS = m.TS
	return obj{"channel": r.ID, "ts": m.TS}, nil
}

// remove deletes a message; a root with replies stays as a tombstone.
func (s *Server) remove(r *room, m *Message) {
	before := m.copy()
	if m.TS == m.ThreadTS && len(r.replies(m.TS)) > 0 {
		*m = Message{
			Channel: m.Channel, TS: m.TS, ThreadTS: m.ThreadTS, User: slackbot, Team: s.cfg.Team,
			Subtype: "tombstone", Text: "This message was deleted.",
		}
		s.changedEvent(r, m, &before)
		return
	}
	m.gone = true
	s.deletedEvent(r, &before)
}

func (s *Server) postEphemeral(c *call) (obj, *refusal) {
	r, refused := s.target(c.args["channel"])
	if refused != nil {
		return nil, refused
	}
	if refused := s.writable(r); refused != nil {
		return nil, refused
	}
	user := c.args["user"]
	if u, ok := s.users[user]; !ok || u.Deleted || !r.has(user) {
		return nil, refuse("user_not_in_channel")
	}
	m := s.own(r)
	if refused := s.content(c, m); refused != nil {
		return nil, refused
	}
	if m.Text == "" && len(m.Blocks) == 0 && len(m.Attachments) == 0 {
		return nil, refuse("no_text")
	}
	if refused := s.thread(r, m, c.args["thread_ts"]); refused != nil {
		return nil, refused
	}
	s.whisper(r, user, m)
	c.record.TS = m.TS
	return obj{"message_ts": m.TS}, nil
}

// whisper shows a message to one person.
func (s *Server) whisper(r *room, user string, m *Message) {
	m.For, m.TS, m.Channel = user, s.ts(r), r.ID
	s.ephemerals = append(s.ephemerals, m)
	s.touch()
}

func sorted[V any](of map[string]V) []string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *Server) permalink(c *call) (obj, *refusal) {
	r, refused := s.room(c.args["channel"])
	if refused != nil {
		return nil, refused
	}
	m := r.find(c.args["message_ts"])
	if m == nil {
		return nil, refuse("message_not_found")
	}
	return obj{"channel": r.ID, "permalink": s.linkTo(r, m)}, nil
}

func (s *Server) linkTo(r *room, m *Message) string {
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", s.cfg.Domain, r.ID, strings.ReplaceAll(m.TS, ".", ""))
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + r.ID
	}
	return link
}
