package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"evangelist/adapters/slack/slacktest/kit"
	"evangelist/bot"
)

// front returns the modal in front; the lock is held.
func (p *Person) front() (*desk, *view, error) {
	d := p.s.desk(p.id)
	if len(d.stack) == 0 {
		return d, nil, fmt.Errorf("no modal is open for %s: %w", p.id, bot.ErrNotFound)
	}
	return d, d.stack[len(d.stack)-1], nil
}

// Fill puts an answer into a field of the modal in front, by block_id, action_id
// or label: a text, the values or labels of options, ids of people or channels,
// 2026-12-04, 09:00. Without values the field is emptied. The app is not told;
// see Choose.
func (p *Person) Fill(field string, values ...string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	_, v, err := p.front()
	if err != nil {
		return err
	}
	e, ok := kit.FindInput(v.Blocks, field)
	if !ok {
		return fmt.Errorf("the modal has no field %q, but %v: %w", field, v.Inputs(), bot.ErrNotFound)
	}
	value, err := kit.Chosen(e, values)
	if err != nil {
		return fmt.Errorf("fill in %q: %w", field, err)
	}
	v.values.Put(e, value)
	p.s.touch()
	return nil
}

// Submit sends the modal in front. What the client itself refuses is not sent:
// Answer.Errors says why. What the bot answers is shown: errors, another modal,
// or the modal closes.
func (p *Person) Submit(ctx context.Context) (Answer, error) {
	answer := Answer{Kind: "view_submission"}
	id := ""
	payload, err := p.payload(&answer, func(payload obj) error {
		_, v, err := p.front()
		if err != nil {
			return err
		}
		if v.SubmitLabel == "" {
			return fmt.Errorf("the modal %q cannot be sent, it has no such button: %w", v.Title, bot.ErrNotFound)
		}
		id, v.Errors = v.ID, kit.Check(v.Blocks, v.values)
		answer.Errors = v.Errors
		payload["view"], payload["response_urls"] = p.s.viewJSON(v), []any{}
		return nil
	})
	if err != nil || len(answer.Errors) > 0 {
		return answer, err
	}
	answer, err = p.interact(ctx, answer, payload, true)
	if err != nil || answer.Problem != "" {
		return answer, err
	}
	p.takeSubmission(&answer, id)
	return answer, nil
}

// takeSubmission does to the modals what the bot answered.
func (p *Person) takeSubmission(answer *Answer, id string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	defer p.s.touch()
	d := p.s.desk(p.id)
	at := slices.IndexFunc(d.stack, func(v *view) bool { return v.ID == id })
	body := strings.TrimSpace(string(answer.Body))
	var said struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	if body != "" && json.Unmarshal(answer.Body, &said) != nil {
		said.Action = "unreadable"
	}
	if at < 0 {
		return // it was closed meanwhile
	}
	v, ok := d.stack[at], true
	switch said.Action {
	case "":
		d.stack = slices.Delete(d.stack, at, at+1)
	case "clear":
		d.stack = nil
	case "errors":
		ok = len(said.Errors) > 0
		for block := range said.Errors {
			ok = ok && slices.Contains(v.Inputs(), block)
		}
		if ok {
			v.Errors, answer.Errors = said.Errors, said.Errors
		}
	case "update":
		fresh, refused := p.s.readView(string(said.View), p.id, "modal")
		ok = refused == nil && p.s.replace(d, at, v, fresh) == nil
	case "push":
		fresh, refused := p.s.readView(string(said.View), p.id, "modal")
		ok = refused == nil && p.s.push(d, fresh) == nil
	default:
		ok = false
	}
	if !ok {
		answer.Problem = "trouble_connecting"
		p.complain(answer.Problem)
	}
}

// CloseModal closes the modal in front; the one below comes forward, unless the
// modal closes all with it. The bot is told (view_closed) when the modal asked
// for it: otherwise Answer.Sent is false.
func (p *Person) CloseModal(ctx context.Context) (Answer, error) {
	return p.dismiss(ctx, false)
}

// CloseAll closes all modals. The bot is told of those that asked for it; the
// answer is about the one in front.
func (p *Person) CloseAll(ctx context.Context) (Answer, error) { return p.dismiss(ctx, true) }

func (p *Person) dismiss(ctx context.Context, all bool) (Answer, error) {
	p.s.mu.Lock()
	d, v, err := p.front()
	if err != nil {
		p.s.mu.Unlock()
		return Answer{}, err
	}
	all = all || v.ClearOnClose
	closed := []*view{v}
	d.stack = d.stack[:len(d.stack)-1]
	if all {
		for i := range d.stack {
			closed = append(closed, d.stack[len(d.stack)-1-i])
		}
		d.stack = nil
	}
	p.s.touch()
	p.s.mu.Unlock()
	var first Answer
	for i, v := range closed {
		answer := Answer{Kind: "view_closed"}
		if v.NotifyOnClose {
			payload, err := p.payload(&answer, func(payload obj) error {
				delete(payload, "trigger_id")
				payload["view"], payload["is_cleared"] = p.s.viewJSON(v), all
				return nil
			})
			if err != nil {
				return first, err
			}
			if answer, err = p.interact(ctx, answer, payload, false); err != nil {
				return first, err
			}
		}
		if i == 0 {
			first = answer
		}
	}
	return first, nil
}
