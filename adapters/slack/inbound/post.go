package inbound

import (
	"encoding/json"
	"strings"

	"evangelist/adapters/slack/mrkdwn"
	"evangelist/bot"
)

// Post is a message, or what happened to one.
type Post struct {
	subtype     string
	ts          string
	threadTS    string
	eventTS     string
	deletedTS   string
	edited      string
	channelType string
	user        string
	userTeam    string
	botID       string
	name        string
	text        string
	blocks      json.RawMessage
	attachments json.RawMessage
	reactions   json.RawMessage
	message     *Post // what an edited message became
	partID      string
}

type wirePost struct {
	Subtype     text            `json:"subtype"`
	TS          text            `json:"ts"`
	ThreadTS    text            `json:"thread_ts"`
	EventTS     text            `json:"event_ts"`
	DeletedTS   text            `json:"deleted_ts"`
	ChannelType text            `json:"channel_type"`
	User        text            `json:"user"`
	Team        text            `json:"team"`
	UserTeam    text            `json:"user_team"`
	SourceTeam  text            `json:"source_team"`
	BotID       text            `json:"bot_id"`
	Username    text            `json:"username"`
	Text        text            `json:"text"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments json.RawMessage `json:"attachments"`
	Reactions   json.RawMessage `json:"reactions"`
	Message     json.RawMessage `json:"message"`
	Edited      json.RawMessage `json:"edited"`
	Metadata    json.RawMessage `json:"metadata"`
	Profile     json.RawMessage `json:"user_profile"`
}

// parsePost reads a message event or a message of a history; nil when it is
// none.
func parsePost(raw json.RawMessage) *Post {
	var w wirePost
	if json.Unmarshal(raw, &w) != nil {
		return nil
	}
	p := &Post{
		subtype: string(w.Subtype), ts: string(w.TS), threadTS: string(w.ThreadTS), eventTS: string(w.EventTS), deletedTS: string(w.DeletedTS),
		channelType: string(w.ChannelType), user: string(w.User), botID: string(w.BotID), name: string(w.Username), text: string(w.Text),
		blocks: w.Blocks, attachments: w.Attachments, reactions: w.Reactions,
	}
	for _, team := range []text{w.UserTeam, w.SourceTeam, w.Team} {
		if p.userTeam == "" {
			p.userTeam = string(team)
		}
	}
	p.edited = nested(w.Edited, func(e struct {
		TS text `json:"ts"`
	}) text {
		return e.TS
	})
	p.partID = nested(w.Metadata, func(m struct {
		Type    text `json:"event_type"`
		Payload struct {
			ID text `json:"id"`
		} `json:"event_payload"`
	}) text {
		if m.Type != PartEvent {
			return ""
		}
		return m.Payload.ID
	})
	if p.name == "" {
		p.name = nested(w.Profile, func(u struct {
			Real    text `json:"real_name"`
			Display text `json:"display_name"`
		}) text {
			if u.Real != "" {
				return u.Real
			}
			return u.Display
		})
	}
	if len(w.Message) > 0 && w.Message[0] == '{' {
		p.message = parsePost(w.Message)
	}
	return p
}

// PartEvent is the event type in the metadata of what the bot posts; PartMark
// begins the block_id of its first block. Behind both stands the part id.
const (
	PartEvent = "evangelist_part"
	PartMark  = "part-"
)

// nested reads an object and takes one text from it; "" when it is of another
// shape.
func nested[T any](raw json.RawMessage, take func(T) text) string {
	var object T
	if len(raw) == 0 || json.Unmarshal(raw, &object) != nil {
		return ""
	}
	return string(take(object))
}

// Ours reports whether the bot itself wrote the message, and the part id that
// it carries.
func (p *Post) Ours(us Us) (partID, stamp string, ours bool) {
	ours = p.botID != "" && p.botID == us.Bot || p.user != "" && p.user == us.User
	if !ours || p.partID != "" {
		return p.partID, p.ts, ours
	}
	mark := nested(p.blocks, func(blocks []struct {
		ID text `json:"block_id"`
	}) text {
		if len(blocks) == 0 {
			return ""
		}
		return blocks[0].ID
	})
	if id, is := strings.CutPrefix(mark, PartMark); is {
		return id, p.ts, ours
	}
	return "", p.ts, ours
}

// Typed is what somebody wrote in the bot's own chat.
type Typed struct {
	Words    string
	Author   bot.AccountID
	Name     string
	External bool // of another organisation
	Stamp    string
	Thread   string
}

// Typed returns what a person wrote in the bot's own chat; ok is false for
// everything else there: edits, deletions, notices, bots.
func (p *Post) Typed(us Us, known Known) (t Typed, ok bool) {
	fresh := p.subtype == "" || p.subtype == "file_share"
	if p.channelType != "im" || !fresh || p.botID != "" || p.user == "" {
		return Typed{}, false
	}
	seen := p.seen(bot.Posted, us, known)
	if seen.Bot {
		return Typed{}, false
	}
	return Typed{
		Words: Words(p.text, known), Author: seen.Author, Name: seen.Name, External: seen.External, Stamp: p.ts, Thread: p.threadTS,
	}, true
}

// InConversation reports whether the message stands in a private conversation:
// with one person, or a group of them.
func (p *Post) InConversation() bool { return p.channelType == "im" || p.channelType == "mpim" }

// Sighting returns what the message is to the bot; ok is false for notices and
// whatever nobody wrote.
func (p *Post) Sighting(channel string, us Us, known Known) (bot.Sighting, bool) {
	private := p.channelType == "group" || p.channelType == "mpim" || known.Private(channel)
	var s bot.Sighting
	switch p.subtype {
	case "", "file_share", "me_message", "thread_broadcast", "bot_message":
		s = p.seen(bot.Posted, us, known)
		s.At = Moment(p.ts)
	case "message_changed":
		switch {
		case p.message == nil || p.message.ts == "":
			return s, false
		case p.message.subtype == "tombstone":
			s = bot.Sighting{Kind: bot.Deleted, Message: bot.MessageRef{Native: p.message.ts}, At: Moment(p.eventTS)}
		default:
			s = p.message.seen(bot.Edited, us, known)
			s.At = Moment(p.eventTS)
		}
	case "message_deleted":
		s = bot.Sighting{Kind: bot.Deleted, Message: bot.MessageRef{Native: p.deletedTS}, At: Moment(p.eventTS)}
	default:
		return s, false
	}
	if s.Message.Native == "" || s.At.IsZero() {
		return s, false
	}
	s.Message.Place, s.Private = us.Place(channel), private
	return s, true
}

func (p *Post) seen(kind bot.SightingKind, us Us, known Known) bot.Sighting {
	words, links := mrkdwn.Convert(mrkdwn.Message{Text: p.text, Blocks: p.blocks, Attachments: p.attachments}, known)
	team := teamOf(p.user, p.userTeam, known)
	s := bot.Sighting{
		Kind: kind, Message: bot.MessageRef{Native: bot.Clean(p.ts, 64)}, Thread: bot.Clean(p.threadTS, 64), Text: words, Links: links,
		Author: us.Account(p.user, team, us.enterpriseOf(p.user, known)), Name: bot.Clean(p.name, 100),
		Bot: p.botID != "" || p.subtype == "bot_message" || p.user == "USLACKBOT", External: us.Foreign(team, us.enterpriseOf(p.user, known)),
	}
	if person, ok := known.Person(p.user); ok {
		s.Name, s.Bot, s.External = person.Name, s.Bot || person.Bot, s.External || person.External
	}
	return s
}

// enterpriseOf returns our enterprise for somebody whom the directory knows as
// ours: in an Enterprise organisation colleagues are in many teams.
func (us Us) enterpriseOf(user string, known Known) string {
	if person, ok := known.Person(user); ok && !person.External {
		return us.Enterprise
	}
	return ""
}

// teamOf is the team that Slack names, or the one that the directory knows for
// somebody from elsewhere.
func teamOf(user, named string, known Known) string {
	if person, ok := known.Person(user); ok && person.External && named == "" {
		return person.Team
	}
	return named
}

// History returns what one message of a channel's history is to the bot: as it
// was posted, as it was edited since, and the reactions to it. raw is the
// message object of conversations.history or conversations.replies.
func History(raw json.RawMessage, channel string, us Us, known Known) []bot.Sighting {
	p := parsePost(raw)
	if p == nil {
		return nil
	}
	s, ok := p.Sighting(channel, us, known)
	if !ok {
		return nil
	}
	all := []bot.Sighting{s}
	if at := Moment(p.edited); !at.IsZero() {
		// What it said at first is not told any more: the post keeps its place in a
		// thread, and what it holds now is the edit's.
		edit := s
		edit.Kind, edit.At = bot.Edited, at
		all[0].Text, all[0].Links = "", nil
		all = append(all, edit)
	}
	var reactions []struct {
		Name  text   `json:"name"`
		Users []text `json:"users"`
	}
	if len(p.reactions) > 0 && json.Unmarshal(p.reactions, &reactions) != nil {
		return all
	}
	for _, r := range reactions {
		for _, user := range r.Users {
			if seen, ok := reacted(channel, p.ts, string(user), string(r.Name), true, us, known); ok {
				seen.At, seen.Private = s.At, s.Private
				all = append(all, seen)
			}
		}
	}
	return all
}

// Sighting returns a reaction as the bot sees it.
func (e Event) Sighting(us Us, known Known) (bot.Sighting, bool) {
	s, ok := reacted(e.Channel, e.Stamp, e.User, e.Emoji, e.In, us, known)
	s.At, s.Private = e.At, known.Private(e.Channel)
	return s, ok
}

func reacted(channel, stamp, user, emoji string, given bool, us Us, known Known) (bot.Sighting, bool) {
	kind := bot.Unreacted
	if given {
		kind = bot.Reacted
	}
	emoji = bot.Clean(strings.Trim(emoji, ":"), 100)
	s := bot.Sighting{
		Kind: kind, Message: bot.MessageRef{Place: us.Place(channel), Native: bot.Clean(stamp, 64)},
		Author: us.Account(user, teamOf(user, "", known), us.enterpriseOf(user, known)), Bot: user == us.User, Emoji: emoji,
	}
	if person, ok := known.Person(user); ok {
		s.Name, s.Bot, s.External = person.Name, s.Bot || person.Bot, person.External
	}
	return s, emoji != "" && stamp != "" && s.Author != ""
}
