package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"evangelist/adapters/slack/slacktest/kit"
	"evangelist/bot"
)

// Answer is what came of asking the bot something.
type Answer struct {
	// Kind is "slash", "block_actions", "view_submission", "view_closed",
	// "shortcut" or "message_action".
	Kind    string
	Payload json.RawMessage // what was sent
	Sent    bool            // false: the client itself refused
	Status  int             // HTTP status, 200 for an acknowledgement over the socket
	Body    []byte          // what the bot answered
	// Problem is what Slack tells the person when the bot did not answer well:
	// "operation_timeout", "dispatch_failed", "http_500", "trouble_connecting",
	// "invalid_command_response". Empty: nothing.
	Problem     string
	Errors      map[string]string // block_id, sentence: by the client or the bot
	Shown       *Message          // what the answer to a slash command made
	TriggerID   string
	ResponseURL string

	sent parcel
}

// Spot is where something that can be used stands.
type Spot struct{ kind, channel, ts string }

// OnMessage is a message in a channel, or one that the person alone sees there;
// the channel "" is the chat with the bot.
func OnMessage(channel, ts string) Spot { return Spot{kind: "message", channel: channel, ts: ts} }

// OnModal is the modal in front.
func OnModal() Spot { return Spot{kind: "modal"} }

// OnHome is the person's home page.
func OnHome() Spot { return Spot{kind: "home"} }

// Slash types a command, "/digest draft", in a channel; "" is the chat with the
// bot. The bot need not be in the channel.
func (p *Person) Slash(ctx context.Context, channel, line string) (Answer, error) {
	command, text, _ := strings.Cut(strings.TrimSpace(line), " ")
	if !strings.HasPrefix(command, "/") {
		return Answer{}, fmt.Errorf("%q is no command: it does not begin with a slash", command)
	}
	answer := Answer{Kind: "slash"}
	var fields map[string]string
	var addr *address
	err := p.in(channel, func(r *room) error {
		if p.s.cfg.Commands != nil && !slices.Contains(p.s.cfg.Commands, command) {
			answer.Problem = "not_a_command"
			p.complain(answer.Problem)
			return nil
		}
		answer.TriggerID = p.s.newTrigger(p.id, "")
		answer.ResponseURL, addr = p.s.newAddress(p.id, r, nil)
		fields = p.slashFields(r, command, strings.TrimSpace(text), answer)
		return nil
	})
	if err != nil || fields == nil {
		return answer, err
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	raw, err := marshal(fields)
	if err != nil {
		return answer, err
	}
	answer.Payload = raw
	answer.sent = parcel{
		path: "/slack/commands", contentType: "application/x-www-form-urlencoded", body: []byte(form.Encode()),
		kind: "slash_commands", payload: raw, accepts: true,
	}
	got := p.ask(ctx, &answer)
	if answer.Problem == "" {
		p.takeSlash(&answer, got, addr)
	}
	return answer, nil
}

func (p *Person) slashFields(r *room, command, text string, answer Answer) map[string]string {
	fields := map[string]string{
		"token": "verification-token", "team_id": p.s.teamOf(p.id), "team_domain": p.s.domainOf(p.id), "channel_id": r.ID,
		"channel_name": nameFor(r), "user_id": p.id, "user_name": p.s.users[p.id].Handle, "command": command, "text": text,
		"api_app_id": p.s.cfg.AppID, "is_enterprise_install": "false", "response_url": answer.ResponseURL, "trigger_id": answer.TriggerID,
	}
	if p.s.cfg.Enterprise != "" && !p.s.stranger(p.id) {
		fields["enterprise_id"], fields["enterprise_name"] = p.s.cfg.Enterprise, p.s.cfg.TeamName
	}
	return fields
}

func (s *Server) domainOf(user string) string {
	if team := s.teamOf(user); team != s.cfg.Team {
		return strings.ToLower(team)
	}
	return s.cfg.Domain
}

// nameFor is the name of a channel in payloads.
func nameFor(r *room) string {
	switch r.Kind {
	case IM:
		return "directmessage"
	case Private:
		return "privategroup"
	}
	return r.Name
}

// ask sends what the answer holds and notes what went wrong.
func (p *Person) ask(ctx context.Context, answer *Answer) reply {
	got := p.s.send(ctx, answer.sent)
	answer.Sent, answer.Status, answer.Body = true, got.status, got.body
	switch {
	case got.problem == "http_timeout" || got.problem == "timeout":
		answer.Problem = "operation_timeout"
	case got.problem != "":
		answer.Problem = "dispatch_failed"
	case got.status != http.StatusOK:
		answer.Problem = fmt.Sprintf("http_%d", got.status)
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if answer.Problem != "" {
		p.complain(answer.Problem)
	}
	p.s.touch()
	return got
}

// complain tells the person of a problem; the lock is held.
func (p *Person) complain(problem string) {
	d := p.s.desk(p.id)
	d.problems = append(d.problems, problem)
	p.s.touch()
}

// takeSlash shows what the bot answered to a command.
func (p *Person) takeSlash(answer *Answer, got reply, addr *address) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	body := strings.TrimSpace(string(got.body))
	if body == "" || body == "null" {
		return
	}
	said := map[string]json.RawMessage{}
	kind, _, _ := mime.ParseMediaType(got.header.Get("Content-Type"))
	if kind == "application/json" {
		if err := json.Unmarshal(got.body, &said); err != nil {
			answer.Problem = "invalid_command_response"
			p.complain(answer.Problem)
			return
		}
		if len(said) == 0 {
			return
		}
	} else {
		raw, err := marshal(body)
		if err != nil {
			return
		}
		said["text"] = raw
	}
	shown, refused := p.s.say(addr, said)
	if refused != nil {
		answer.Problem = "invalid_command_response"
		p.complain(answer.Problem)
		return
	}
	if shown != nil {
		out := shown.copy()
		answer.Shown = &out
	}
}

// Shortcut uses a global shortcut.
func (p *Person) Shortcut(ctx context.Context, callbackID string) (Answer, error) {
	answer := Answer{Kind: "shortcut"}
	payload, err := p.payload(&answer, func(payload obj) error {
		payload["callback_id"], payload["action_ts"] = callbackID, p.s.eventTS()
		return nil
	})
	if err != nil {
		return answer, err
	}
	return p.interact(ctx, answer, payload, false)
}

// MessageShortcut uses a shortcut in the menu of a message. The bot need not be
// in the channel.
func (p *Person) MessageShortcut(ctx context.Context, channel, ts, callbackID string) (Answer, error) {
	answer := Answer{Kind: "message_action"}
	payload, err := p.payload(&answer, func(payload obj) error {
		r, err := p.room(channel)
		if err != nil {
			return err
		}
		m := r.find(ts)
		if m == nil {
			return fmt.Errorf("the message %s: %w", ts, bot.ErrNotFound)
		}
		answer.ResponseURL, _ = p.s.newAddress(p.id, r, nil)
		payload["callback_id"], payload["action_ts"], payload["message_ts"] = callbackID, p.s.eventTS(), ts
		payload["channel"] = obj{"id": r.ID, "name": nameFor(r)}
		payload["message"], payload["response_url"] = p.s.messageJSON(r, m, metaType), answer.ResponseURL
		return nil
	})
	if err != nil {
		return answer, err
	}
	return p.interact(ctx, answer, payload, false)
}

// payload makes what all interactions say, and lets more add the rest, with the
// lock held.
func (p *Person) payload(answer *Answer, more func(obj) error) (obj, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	u, ok := p.s.users[p.id]
	if !ok || u.Deleted {
		return nil, fmt.Errorf("the account %s: %w", p.id, bot.ErrNotFound)
	}
	front := ""
	if d := p.s.desk(p.id); len(d.stack) > 0 {
		front = d.stack[len(d.stack)-1].ID
	}
	answer.TriggerID = p.s.newTrigger(p.id, front)
	user := obj{"id": p.id, "username": u.Handle, "team_id": u.Team}
	if answer.Kind != "shortcut" {
		user["name"] = u.Handle
	}
	team := obj{"id": u.Team, "domain": p.s.domainOf(p.id)}
	var enterprise any
	if p.s.cfg.Enterprise != "" && !p.s.stranger(p.id) {
		enterprise = obj{"id": p.s.cfg.Enterprise, "name": p.s.cfg.TeamName}
		team["enterprise_id"], team["enterprise_name"] = p.s.cfg.Enterprise, p.s.cfg.TeamName
	}
	out := obj{
		"type": answer.Kind, "team": team, "user": user, "api_app_id": p.s.cfg.AppID, "token": "verification-token",
		"trigger_id": answer.TriggerID, "is_enterprise_install": false, "enterprise": enterprise,
	}
	return out, more(out)
}

// interact sends an interaction.
func (p *Person) interact(ctx context.Context, answer Answer, payload obj, accepts bool) (Answer, error) {
	raw, err := marshal(payload)
	if err != nil {
		return answer, err
	}
	answer.Payload = raw
	answer.sent = parcel{
		path: "/slack/interactions", contentType: "application/x-www-form-urlencoded", body: []byte(url.Values{"payload": {string(raw)}}.Encode()),
		kind: "interactive", payload: raw, accepts: accepts,
	}
	p.ask(ctx, &answer)
	return answer, nil
}

// Repeat sends again what an answer came of, as a client does that sends twice.
// What the bot answers is returned and shown to nobody.
func (s *Server) Repeat(ctx context.Context, before Answer) Answer {
	got := s.send(ctx, before.sent)
	out := Answer{Kind: before.Kind, Payload: before.Payload, Sent: true, Status: got.status, Body: got.body, Problem: got.problem, sent: before.sent}
	return out
}

// Press uses a button, by its action_id or its label; a confirmation is
// answered with yes.
func (p *Person) Press(ctx context.Context, on Spot, button string) (Answer, error) {
	return p.use(ctx, on, button, nil)
}

// Choose changes a menu, checkboxes, a picker or an overflow menu that tells the
// app at once, by its action_id or label. values are as in Fill.
func (p *Person) Choose(ctx context.Context, on Spot, element string, values ...string) (Answer, error) {
	if values == nil {
		values = []string{}
	}
	return p.use(ctx, on, element, values)
}

func (p *Person) use(ctx context.Context, on Spot, name string, values []string) (Answer, error) {
	answer := Answer{Kind: "block_actions"}
	payload, err := p.payload(&answer, func(payload obj) error {
		if on.kind == "message" {
			return p.useMessage(&answer, payload, on, name, values)
		}
		return p.useView(payload, on, name, values)
	})
	if err != nil {
		return answer, err
	}
	return p.interact(ctx, answer, payload, false)
}

// chosen finds an element and makes the value that it gets.
func (p *Person) chosen(blocks json.RawMessage, name string, values []string) (kit.Element, kit.Obj, error) {
	e, ok := kit.Find(blocks, name)
	if !ok {
		return e, nil, fmt.Errorf("there is no %q to use: %w", name, bot.ErrNotFound)
	}
	isButton := e.Type == "button" || e.Type == "workflow_button"
	switch {
	case isButton != (values == nil):
		return e, nil, fmt.Errorf("%q is a %s: press buttons, choose in others", name, e.Type)
	case isButton:
		return e, nil, nil
	case e.Type == "overflow":
		value, err := kit.Overflow(e, values[0])
		return e, value, err
	}
	value, err := kit.Chosen(e, values)
	return e, value, err
}

func (p *Person) useMessage(answer *Answer, payload obj, on Spot, name string, values []string) error {
	r, err := p.room(on.channel)
	if err != nil {
		return err
	}
	m := r.find(on.ts)
	for _, whisper := range p.s.ephemerals {
		if whisper.For == p.id && whisper.Channel == r.ID && whisper.TS == on.ts && !whisper.gone {
			m = whisper
		}
	}
	if m == nil {
		return fmt.Errorf("the message %s: %w", on.ts, bot.ErrNotFound)
	}
	e, value, err := p.chosen(m.Blocks, name, values)
	if err != nil {
		return err
	}
	state := kit.Initial(m.Blocks, nil)
	if value != nil && kit.Holds(e.Type) {
		state.Put(e, value)
	}
	container := obj{"type": "message", "message_ts": m.TS, "channel_id": r.ID, "is_ephemeral": m.For != ""}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	if m.For == "" {
		payload["message"] = p.s.messageJSON(r, m, metaType)
	}
	answer.ResponseURL, _ = p.s.newAddress(p.id, r, m)
	payload["container"], payload["channel"] = container, obj{"id": r.ID, "name": nameFor(r)}
	payload["state"], payload["response_url"] = obj{"values": state}, answer.ResponseURL
	payload["actions"] = []any{kit.Action(e, value, p.s.eventTS())}
	return nil
}

func (p *Person) useView(payload obj, on Spot, name string, values []string) error {
	d := p.s.desk(p.id)
	v := d.home
	if on.kind == "modal" {
		v = nil
		if len(d.stack) > 0 {
			v = d.stack[len(d.stack)-1]
		}
	}
	if v == nil {
		return fmt.Errorf("there is no %s: %w", on.kind, bot.ErrNotFound)
	}
	e, value, err := p.chosen(v.Blocks, name, values)
	if err != nil {
		return err
	}
	if value != nil && kit.Holds(e.Type) {
		v.values.Put(e, value)
	}
	payload["container"], payload["view"] = obj{"type": "view", "view_id": v.ID}, p.s.viewJSON(v)
	payload["actions"] = []any{kit.Action(e, value, p.s.eventTS())}
	return nil
}
