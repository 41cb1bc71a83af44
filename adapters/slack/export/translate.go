package export

import (
	"strings"

	"evangelist/adapters/slack/mrkdwn"
	"evangelist/adapters/slack/mrkdwn/jsonscan"
	"evangelist/bot"
)

// translate adds what one entry means. Whatever Slack says of joins, topics,
// pins, calls and the like was not written by anybody.
func (t *translator) translate(e entry) {
	if e.kind != nil && !e.kind.Is("message") {
		t.out.sum.Notices++
		return
	}
	switch e.subtype.Text() {
	case "", "file_share", "file_comment", "me_message", "thread_broadcast", "reply_broadcast", "bot_message":
		t.posted(e)
	case "message_changed", "message_replied":
		t.changed(e)
	case "message_deleted":
		t.deleted(first(e.deletedTS, nested(e.previous).stamp))
	case "tombstone":
		t.deleted(e.stamp)
	default:
		t.out.sum.Notices++
	}
}

func first(moments ...moment) moment {
	for _, m := range moments {
		if m.native != "" {
			return m
		}
	}
	return moment{}
}

// nested reads an entry inside another; one that is not as it should be is as
// good as none.
func nested(v jsonscan.Value) entry {
	if v.None() {
		return entry{}
	}
	e, err := parse(v)
	if err != nil {
		return entry{}
	}
	return e
}

func (t *translator) posted(e entry) {
	if e.stamp.native == "" {
		t.out.sum.Notices++
		return
	}
	if t.seen[e.stamp.native] {
		t.out.sum.Duplicates++
		return
	}
	t.seen[e.stamp.native] = true
	s := t.sighting(bot.Posted, e)
	t.add(s)
	t.out.sum.Messages++
	if s.Bot {
		t.out.sum.BotMessages++
	}
	t.out.sum.Links += len(s.Links)
	t.out.sum.wrote(s.At)
	if s.Thread != "" && s.Thread != s.Message.Native {
		t.out.threads = append(t.out.threads, s.Thread)
	}
	for reaction := range e.reactions.Elements() {
		t.reacted(e, reaction)
	}
}

// changed follows a message that is listed apart, as it became.
func (t *translator) changed(e entry) {
	inner := nested(e.message)
	switch {
	case inner.stamp.native == "" || e.subtype.Is("message_replied"):
		t.out.sum.Notices++
	case inner.subtype.Is("tombstone"):
		t.deleted(inner.stamp)
	default:
		t.add(t.sighting(bot.Edited, inner))
		t.out.sum.Edits++
	}
}

func (t *translator) deleted(m moment) {
	if m.native == "" {
		t.out.sum.Notices++
		return
	}
	t.add(bot.Sighting{Kind: bot.Deleted, Message: bot.MessageRef{Native: m.native}, At: m.at})
	t.out.sum.Deletions++
}

func (t *translator) sighting(kind bot.SightingKind, e entry) bot.Sighting {
	text, links := mrkdwn.Convert(mrkdwn.Message{Text: e.text.Text(), Blocks: e.blocks, Attachments: e.attachments}, t.dir)
	s := bot.Sighting{
		Kind:    kind,
		Message: bot.MessageRef{Native: e.stamp.native},
		Thread:  e.thread.native,
		At:      e.stamp.at,
		Text:    text,
		Links:   links,
	}
	t.author(&s, e)
	return s
}

// author fills in who wrote a message.
func (t *translator) author(s *bot.Sighting, e entry) {
	id := e.user.Text()
	if id == "" {
		id = e.comment.Get("user").Text()
	}
	botID := e.botID.Text()
	known, listed := t.dir.people[id]
	s.Bot = botID != "" || e.subtype.Is("bot_message") || known.bot || id == slackbot
	if id == "" {
		id = botID
	}
	if id != "" {
		s.Author = bot.NewAccountID(t.dir.platform, bot.Clean(id, 64))
	}
	switch {
	case listed:
		s.Author, s.Name, s.External = known.account, known.name, known.external
		return
	default:
		s.Name = t.nameOf(e)
	}
	for _, team := range [...]jsonscan.Value{e.userTeam, e.sourceTeam} {
		if id := team.Text(); id != "" && len(t.dir.teams) > 0 && !t.dir.teams[id] {
			s.External = true
			if !strings.Contains(s.Author.Native(), ".") && s.Author != "" {
				s.Author = bot.NewAccountID(t.dir.platform, bot.Clean(id, 64)+"."+s.Author.Native())
			}
		}
	}
}

// nameOf is what the message itself says of an author who is not listed.
func (t *translator) nameOf(e entry) string {
	for _, name := range [...]jsonscan.Value{
		e.userProfile.Get("real_name"), e.userProfile.Get("display_name"), e.userProfile.Get("name"),
		e.username, e.botProfile.Get("name"),
	} {
		if text := bot.Clean(strings.Join(strings.Fields(name.Text()), " "), 100); text != "" {
			return text
		}
	}
	return ""
}

// reacted adds a sighting for each person who reacted. Exports do not say
// when; it was not before the message.
func (t *translator) reacted(e entry, reaction jsonscan.Value) {
	emoji := bot.Clean(strings.Trim(reaction.Get("name").Text(), ":"), 100)
	if emoji == "" {
		return
	}
	for user := range reaction.Get("users").Elements() {
		id := bot.Clean(user.Text(), 64)
		if id == "" {
			continue
		}
		known, listed := t.dir.people[id]
		if !listed {
			known.account = bot.NewAccountID(t.dir.platform, id)
		}
		t.add(bot.Sighting{
			Kind: bot.Reacted, Message: bot.MessageRef{Native: e.stamp.native}, Thread: e.thread.native,
			Author: known.account, Name: known.name, Bot: known.bot, External: known.external,
			At: e.stamp.at, Emoji: emoji,
		})
		t.out.sum.Reactions++
	}
}
