package teamstest

import (
	"context"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
)

// Person is somebody who uses Teams.
type Person struct {
	s  *Teams
	id string
}

// As lets somebody act.
func (s *Teams) As(u User) Person { return Person{s: s, id: u.ID} }

// Utterance is a message that somebody writes.
type Utterance struct {
	Text     string // plain; a mention of the bot is put in front when Mention is set
	HTML     string // the same as HTML; empty: made from Text
	Mention  bool
	Targeted bool   // written to the bot alone, by way of the slash menu
	Root     string // the message that this answers to
}

// Write sends a message. In a chat with the bot it reaches it; elsewhere only
// when the bot may read everything there.
func (p Person) Write(ctx context.Context, place, text string) (Delivery, error) {
	return p.Say(ctx, place, Utterance{Text: text})
}

// Mention sends a message that begins with the bot's name.
func (p Person) Mention(ctx context.Context, place, text string) (Delivery, error) {
	return p.Say(ctx, place, Utterance{Text: text, Mention: true})
}

// Reply answers in the thread of a message.
func (p Person) Reply(ctx context.Context, message, text string) (Delivery, error) {
	m, ok := p.s.Message(message)
	if !ok {
		return Delivery{}, errors.New("reply: there is no such message")
	}
	return p.Say(ctx, m.Place, Utterance{Text: text, Root: either(m.Root, m.ID)})
}

// Slash picks a command from the slash menu: only the bot and this person see
// the message. In a chat with the bot alone there is no such menu.
func (p Person) Slash(ctx context.Context, place, text string) (Delivery, error) {
	return p.Say(ctx, place, Utterance{Text: text, Targeted: true})
}

// Say sends a message. Delivery.Message is its id.
func (p Person) Say(ctx context.Context, where string, what Utterance) (Delivery, error) {
	s := p.s
	s.mu.Lock()
	u, at, root, err := p.in(where)
	if err == nil && what.Targeted && at.kind == personal {
		err = errors.New("there is no slash menu in a chat with the bot alone")
	}
	if err == nil && at.frozen() {
		err = errors.New("nobody writes in an archived team")
	}
	if err != nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("say: %w", err)
	}
	root = either(root, what.Root)
	text, body := what.Text, what.HTML
	if body == "" {
		body = "<p>" + html.EscapeString(text) + "</p>"
	}
	if what.Mention {
		name := "<at>" + html.EscapeString(s.config.BotName) + "</at>"
		text, body = name+" "+text, "<p>"+name+"&nbsp;</p>"+body
	}
	m := Message{From: u.ID, Root: root, Text: text, HTML: body}
	if what.Targeted {
		m.To = u.ID
	}
	added := s.add(at, m)
	activity := s.written(u, added, what)
	reaches := at.bot && (at.kind == personal || what.Mention || what.Targeted || at.team != nil && at.team.consent)
	s.mu.Unlock()
	if !reaches {
		return Delivery{Activity: activity, Message: added.ID}, nil
	}
	d, err := s.Deliver(ctx, activity)
	d.Message = added.ID
	return d, err
}

// written is the activity of a message.
func (s *Teams) written(u *user, m *message, what Utterance) map[string]any {
	activity := s.activity("message", u, m.place, either(m.Root, m.ID))
	activity["id"], activity["timestamp"] = m.ID, moment(m.At)
	activity["text"], activity["textFormat"] = m.Text, "plain"
	activity["attachments"] = []any{map[string]any{"contentType": "text/html", "content": m.HTML}}
	if m.Root != "" && m.place.kind != channel {
		activity["replyToId"] = m.Root
	}
	if what.Mention {
		name := "<at>" + html.EscapeString(s.config.BotName) + "</at>"
		entities, _ := activity["entities"].([]any)
		activity["entities"] = append(entities, map[string]any{"type": "mention", "text": name, "mentioned": s.self()})
	}
	if what.Targeted {
		to := s.self()
		to["isTargeted"] = true
		activity["recipient"] = to
	}
	return activity
}

// in returns the person, the place and its thread, when the person is in it.
// The lock is held.
func (p Person) in(where string) (*user, *place, string, error) {
	u := p.s.userByID(p.id)
	at, root := p.s.find(where)
	switch {
	case u == nil:
		return nil, nil, "", errors.New("nobody has this id")
	case at == nil:
		return nil, nil, "", errors.New("there is no such conversation")
	case !slices.Contains(at.people(), u.ID):
		return nil, nil, "", fmt.Errorf("%s is not in this conversation", u.Name)
	}
	return u, at, root, nil
}

// sees returns a message that the person sees. The lock is held.
func (p Person) sees(id string) (*user, *message, error) {
	m := p.s.messages[id]
	if m == nil || m.Deleted || m.To != "" && m.To != p.id {
		return nil, nil, errors.New("there is no such message for this person")
	}
	u, _, _, err := p.in(m.Place)
	return u, m, err
}

// hears reports whether the bot is told of a change to this message.
func (m *message) hears() bool {
	return m.place.bot && (m.place.kind == personal || m.From == "" || m.place.team != nil && m.place.team.consent)
}

// React puts a reaction on a message: like, heart, laugh, surprised, sad, angry
// or another kind.
func (p Person) React(ctx context.Context, message, kind string) (Delivery, error) {
	return p.reaction(ctx, message, kind, true)
}

// Unreact takes a reaction back.
func (p Person) Unreact(ctx context.Context, message, kind string) (Delivery, error) {
	return p.reaction(ctx, message, kind, false)
}

func (p Person) reaction(ctx context.Context, id, kind string, on bool) (Delivery, error) {
	s := p.s
	s.mu.Lock()
	u, m, err := p.sees(id)
	if err != nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("react: %w", err)
	}
	m.Reactions[kind] = slices.DeleteFunc(slices.Clone(m.Reactions[kind]), func(by string) bool { return by == u.ID })
	name := "reactionsRemoved"
	if on {
		name = "reactionsAdded"
		m.Reactions[kind] = append(m.Reactions[kind], u.ID)
	}
	m.changed = s.config.Clock.Now()
	activity := s.activity("messageReaction", u, m.place, either(m.Root, m.ID))
	activity["replyToId"] = m.ID
	activity[name] = []any{map[string]any{"type": kind}}
	reaches := m.hears()
	s.announce()
	s.mu.Unlock()
	return s.tell(ctx, activity, m.ID, reaches)
}

// tell delivers an activity about a message when the bot is to hear of it.
func (s *Teams) tell(ctx context.Context, activity map[string]any, message string, reaches bool) (Delivery, error) {
	if !reaches {
		return Delivery{Activity: activity, Message: message}, nil
	}
	d, err := s.Deliver(ctx, activity)
	d.Message = message
	return d, err
}

// Edit changes a message of one's own.
func (p Person) Edit(ctx context.Context, id, text string) (Delivery, error) {
	return p.change(ctx, id, "messageUpdate", "editMessage", func(m *message) {
		m.Text, m.HTML = text, "<p>"+html.EscapeString(text)+"</p>"
		m.Edits++
	})
}

// Delete takes a message of one's own away.
func (p Person) Delete(ctx context.Context, id string) (Delivery, error) {
	return p.change(ctx, id, "messageDelete", "softDeleteMessage", func(m *message) { m.Deleted = true })
}

func (p Person) change(ctx context.Context, id, kind, event string, do func(*message)) (Delivery, error) {
	s := p.s
	s.mu.Lock()
	u, m, err := p.sees(id)
	if err == nil && m.From != u.ID {
		err = errors.New("the message is somebody else's")
	}
	if err != nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("%s: %w", kind, err)
	}
	do(m)
	m.changed = s.config.Clock.Now()
	activity := s.activity(kind, u, m.place, either(m.Root, m.ID))
	if kind == "messageUpdate" {
		activity = s.written(u, m, Utterance{Mention: strings.HasPrefix(m.Text, "<at>")})
		activity["type"], activity["timestamp"] = kind, s.stamp()
	} else {
		activity["id"] = m.ID
	}
	data, _ := activity["channelData"].(map[string]any)
	data["eventType"] = event
	reaches := m.hears()
	s.announce()
	s.mu.Unlock()
	return s.tell(ctx, activity, m.ID, reaches)
}
