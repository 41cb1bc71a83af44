package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"evangelist/adapters/slack/slacktest/kit"
	"evangelist/bot"
)

// Person acts as somebody. What they do stands when the method returns; events
// reach the bot afterwards, see Server.Settle. What the person cannot see or do
// is bot.ErrNotFound.
type Person struct {
	s  *Server
	id string
}

// As returns a handle for an account. If there is none every act fails with
// bot.ErrNotFound.
func (s *Server) As(user string) *Person { return &Person{s: s, id: user} }

// ID returns the id of the account.
func (p *Person) ID() string { return p.id }

// in runs do in a channel that the person is in; "" is the chat with the bot.
func (p *Person) in(channel string, do func(*room) error) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	r, err := p.room(channel)
	if err != nil {
		return err
	}
	return do(r)
}

func (p *Person) room(channel string) (*room, error) {
	u, ok := p.s.users[p.id]
	if !ok || u.Deleted {
		return nil, fmt.Errorf("the account %s: %w", p.id, bot.ErrNotFound)
	}
	if channel == "" {
		return p.s.direct(p.id), nil
	}
	r := p.s.anyRoom(channel)
	if r == nil || !r.has(p.id) {
		return nil, fmt.Errorf("%s is not in the channel %q: %w", p.id, channel, bot.ErrNotFound)
	}
	return r, nil
}

// Post types a line into a channel, by id or name; "" is the chat with the bot.
// An address becomes a link, <@U…> a mention.
func (p *Person) Post(ctx context.Context, channel, text string) (Message, error) {
	shown, blocks := kit.Typed(text)
	return p.post(ctx, channel, &Message{Text: shown, Blocks: blocks}, "")
}

// PostBlocks posts blocks as they are, for instance kit.RichLink, with the text
// that goes with them.
func (p *Person) PostBlocks(ctx context.Context, channel, text string, blocks json.RawMessage) (Message, error) {
	return p.post(ctx, channel, &Message{Text: text, Blocks: blocks}, "")
}

// PostText posts a text as it is, in Slack's markup and without blocks, as an
// old client or another app does.
func (p *Person) PostText(ctx context.Context, channel, text string) (Message, error) {
	return p.post(ctx, channel, &Message{Text: text}, "")
}

// PostFile posts a file with a line beside it: the subtype file_share.
func (p *Person) PostFile(ctx context.Context, channel, text, name string) (Message, error) {
	shown, blocks := kit.Typed(text)
	return p.post(ctx, channel, &Message{Text: shown, Blocks: blocks, Subtype: "file_share", Files: []string{name}}, "")
}

// Reply answers in the thread of a message.
func (p *Person) Reply(ctx context.Context, channel, ts, text string) (Message, error) {
	shown, blocks := kit.Typed(text)
	return p.post(ctx, channel, &Message{Text: shown, Blocks: blocks}, ts)
}

// Broadcast is Reply that is shown in the channel too: the subtype
// thread_broadcast.
func (p *Person) Broadcast(ctx context.Context, channel, ts, text string) (Message, error) {
	shown, blocks := kit.Typed(text)
	return p.post(ctx, channel, &Message{Text: shown, Blocks: blocks, Subtype: "thread_broadcast"}, ts)
}

func (p *Person) post(_ context.Context, channel string, m *Message, thread string) (Message, error) {
	var out Message
	err := p.in(channel, func(r *room) error {
		if r.Archived {
			return fmt.Errorf("#%s is archived: %w", r.Name, bot.ErrNotFound)
		}
		m.Channel, m.User, m.Team, m.clientID = r.ID, p.id, p.s.teamOf(p.id), p.s.uuid()
		if refused := p.s.thread(r, m, thread); refused != nil {
			return fmt.Errorf("reply to %s: %w", thread, bot.ErrNotFound)
		}
		var err error
		if len(m.Blocks) > 0 {
			if m.Blocks, err = kit.Number(m.Blocks, func() string { return p.s.hex(5) }); err != nil {
				return fmt.Errorf("post: %w", err)
			}
		}
		p.s.put(r, m)
		out = m.copy()
		return nil
	})
	return out, err
}

// message finds a message in a channel that the person is in.
func (p *Person) message(channel, ts string, do func(*room, *Message) error) error {
	return p.in(channel, func(r *room) error {
		m := r.find(ts)
		if m == nil {
			return fmt.Errorf("the message %s: %w", ts, bot.ErrNotFound)
		}
		return do(r, m)
	})
}

// Edit changes what the person wrote.
func (p *Person) Edit(_ context.Context, channel, ts, text string) error {
	return p.message(channel, ts, func(r *room, m *Message) error {
		if m.User != p.id {
			return fmt.Errorf("the message %s is of somebody else: %w", ts, bot.ErrNotFound)
		}
		before := m.copy()
		var blocks json.RawMessage
		m.Text, blocks = kit.Typed(text)
		numbered, err := kit.Number(blocks, func() string { return p.s.hex(5) })
		if err != nil {
			return fmt.Errorf("edit: %w", err)
		}
		m.Blocks, m.Edited = numbered, p.s.eventTS()
		p.s.changedEvent(r, m, &before)
		return nil
	})
}

// Delete removes what the person wrote.
func (p *Person) Delete(_ context.Context, channel, ts string) error {
	return p.message(channel, ts, func(r *room, m *Message) error {
		if m.User != p.id {
			return fmt.Errorf("the message %s is of somebody else: %w", ts, bot.ErrNotFound)
		}
		p.s.remove(r, m)
		return nil
	})
}

// DeleteOfBot removes a message of the bot, as an administrator can.
func (p *Person) DeleteOfBot(_ context.Context, channel, ts string) error {
	return p.message(channel, ts, func(r *room, m *Message) error {
		p.s.remove(r, m)
		return nil
	})
}

// React puts an emoji under a message, by its name without colons. The same
// again changes nothing.
func (p *Person) React(_ context.Context, channel, ts, emoji string) error {
	return p.message(channel, ts, func(r *room, m *Message) error {
		p.s.react(r, m, p.id, emoji, true)
		return nil
	})
}

// Unreact takes the person's emoji back. The same again changes nothing.
func (p *Person) Unreact(_ context.Context, channel, ts, emoji string) error {
	return p.message(channel, ts, func(r *room, m *Message) error {
		p.s.react(r, m, p.id, emoji, false)
		return nil
	})
}

// Join makes the person a member of a public channel; Leave ends that.
func (p *Person) Join(_ context.Context, channel string) error {
	return p.s.change(channel, func(r *room) { p.s.enter(r, p.id, "") })
}

// Leave is described at Join.
func (p *Person) Leave(_ context.Context, channel string) error {
	return p.in(channel, func(r *room) error {
		p.s.exit(r, p.id)
		return nil
	})
}

// TypeLink is a link in the composer that was not sent: link_shared with the
// source composer.
func (p *Person) TypeLink(_ context.Context, address string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if _, ok := p.s.users[p.id]; !ok {
		return bot.ErrNotFound
	}
	links := p.s.declared([]string{address})
	if len(links) == 0 || !p.s.scope("links:read") {
		return nil
	}
	p.s.emit(obj{
		"type": "link_shared", "user": p.id, "channel": "COMPOSER", "message_ts": p.s.uuid(), "links": links, "source": "composer",
		"unfurl_id": p.s.newPreview(&preview{source: "composer"}), "is_bot_user_member": true, "event_ts": p.s.eventTS(),
	}, nil, p.id)
	return nil
}

// Ephemerals returns what the person alone sees in a channel; "" is the chat with
// the bot.
func (p *Person) Ephemerals(channel string) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	id := ""
	if r := p.s.anyRoom(channel); r != nil {
		id = r.ID
	} else if r, ok := p.s.findDirect(p.id); ok && channel == "" {
		id = r.ID
	}
	var out []Message
	for _, m := range p.s.ephemerals {
		if m.For == p.id && m.Channel == id && !m.gone {
			out = append(out, m.copy())
		}
	}
	return out
}

// Inbox returns what stands in the person's chat with the bot.
func (p *Person) Inbox() []Message {
	p.s.mu.Lock()
	r, ok := p.s.findDirect(p.id)
	p.s.mu.Unlock()
	if !ok {
		return nil
	}
	return p.s.Messages(r.ID)
}

// Problems returns what Slack itself told the person, "operation_timeout" and
// the like, the oldest first.
func (p *Person) Problems() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.s.desk(p.id).problems)
}

// OpenHome opens the home tab: app_home_opened.
func (p *Person) OpenHome(context.Context) error {
	return p.in("", func(r *room) error {
		d := p.s.desk(p.id)
		event := obj{"type": "app_home_opened", "user": p.id, "channel": r.ID, "tab": "home", "event_ts": p.s.eventTS()}
		if d.home != nil {
			event["view"] = p.s.viewJSON(d.home)
		}
		p.s.emit(event, nil, p.id)
		p.s.touch()
		return nil
	})
}

// OpenMessages opens the messages tab: app_home_opened of the tab messages.
func (p *Person) OpenMessages(context.Context) error {
	return p.in("", func(r *room) error {
		p.s.emit(obj{"type": "app_home_opened", "user": p.id, "channel": r.ID, "tab": "messages", "event_ts": p.s.eventTS()}, nil, p.id)
		return nil
	})
}

// Home returns the home page that the bot published for the person.
func (p *Person) Home() (View, bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if v := p.s.desk(p.id).home; v != nil {
		return v.copy(), true
	}
	return View{}, false
}

// Modals returns the open modals, the one in front last.
func (p *Person) Modals() []View {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	var out []View
	for _, v := range p.s.desk(p.id).stack {
		out = append(out, v.copy())
	}
	return out
}

// Modal returns the modal in front.
func (p *Person) Modal() (View, bool) {
	all := p.Modals()
	if len(all) == 0 {
		return View{}, false
	}
	return all[len(all)-1], true
}
