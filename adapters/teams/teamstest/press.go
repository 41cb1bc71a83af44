package teamstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// Answer is what somebody sees after an act that the bot answers at once.
type Answer struct {
	Delivery
	Dialog   *Dialog // a dialog is open now
	Toast    string  // a sentence that is shown and goes away
	Failed   string  // the client shows that something went wrong
	Replaced bool    // the card was replaced for this person
	Results  json.RawMessage
}

// Dialog is an open dialog.
type Dialog struct {
	Title string
	Card  json.RawMessage
	URL   string // a page instead of a card

	person  Person
	place   string
	root    string
	command string         // of a message extension; empty: opened from a card
	context string         // message, compose or commandbox
	payload map[string]any // the message that it is about
}

// Press uses a button of a message's card: Action.Execute, or Action.Submit,
// which opens a dialog when its data says so.
func (p Person) Press(ctx context.Context, message, title string, typed map[string]any) (Answer, error) {
	s := p.s
	s.mu.Lock()
	u, m, err := p.sees(message)
	if err != nil {
		s.mu.Unlock()
		return Answer{}, fmt.Errorf("press %q: %w", title, err)
	}
	var card json.RawMessage
	if own, ok := m.alone[u.ID]; ok {
		card = own
	} else if len(m.Cards) > 0 {
		card = m.Cards[0]
	}
	a, data, err := pressed(card, title, typed)
	if err != nil {
		s.mu.Unlock()
		return Answer{}, fmt.Errorf("press %q: %w", title, err)
	}
	activity := s.activity("invoke", u, m.place, either(m.Root, m.ID))
	activity["replyToId"] = m.ID
	dialog := Dialog{person: p, place: m.Place, root: either(m.Root, m.ID)}
	special, _ := data["msteams"].(map[string]any)
	switch {
	case a.Type == "Action.Execute":
		execute := map[string]any{"type": a.Type, "title": a.Title, "verb": a.Verb, "data": data}
		if a.ID != "" {
			execute["id"] = a.ID
		}
		activity["name"], activity["value"] = "adaptiveCard/action", map[string]any{"action": execute, "trigger": "manual"}
	case a.Type == "Action.Submit" && special["type"] == "task/fetch":
		activity["name"], activity["value"] = "task/fetch", map[string]any{"data": data, "context": map[string]any{"theme": "default"}}
	case a.Type == "Action.Submit":
		delete(data, "msteams")
		activity["type"], activity["value"] = "message", data
		activity["text"] = ""
	default:
		err = fmt.Errorf("press %q: a button of the type %s asks nothing of the bot", title, a.Type)
	}
	s.mu.Unlock()
	if err != nil {
		return Answer{}, err
	}
	d, err := s.Deliver(ctx, activity)
	if err != nil || activity["type"] == "message" {
		return Answer{Delivery: d}, err
	}
	if activity["name"] == "task/fetch" {
		return p.taskAnswer(d, dialog)
	}
	return p.cardAnswer(d, message)
}

func pressed(card json.RawMessage, title string, typed map[string]any) (action, map[string]any, error) {
	if len(card) == 0 {
		return action{}, nil, errors.New("the message has no card")
	}
	a, err := button(card, title)
	if err != nil {
		return a, nil, err
	}
	data, err := a.filled(card, typed)
	return a, data, err
}

// cardAnswer applies what the bot answers to Action.Execute.
func (p Person) cardAnswer(d Delivery, message string) (Answer, error) {
	a := Answer{Delivery: d}
	if d.Status != http.StatusOK {
		a.Failed = fmt.Sprintf("the bot answered %d", d.Status)
		return a, nil
	}
	var said struct {
		StatusCode int             `json:"statusCode"`
		Type       string          `json:"type"`
		Value      json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(d.Body, &said); err != nil {
		return a, fmt.Errorf("the answer to Action.Execute cannot be read: %w", err)
	}
	switch said.Type {
	case "application/vnd.microsoft.card.adaptive":
		if why := cardFault(said.Value); said.StatusCode != http.StatusOK || why != nil {
			return a, fmt.Errorf("the answer to Action.Execute is no card: %w", why)
		}
		p.s.mu.Lock()
		defer p.s.mu.Unlock()
		p.s.messages[message].alone[p.id] = said.Value
		a.Replaced = true
		p.s.announce()
	case "application/vnd.microsoft.activity.message":
		if err := json.Unmarshal(said.Value, &a.Toast); err != nil || a.Toast == "" {
			return a, errors.New("the answer to Action.Execute holds no sentence")
		}
	case "application/vnd.microsoft.error":
		var problem struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}
		if err := json.Unmarshal(said.Value, &problem); err != nil || said.StatusCode < 400 {
			return a, errors.New("the answer to Action.Execute is an error without a code")
		}
		a.Failed = either(problem.Message, problem.Code)
	default:
		return a, fmt.Errorf("the answer to Action.Execute has the unknown type %q", said.Type)
	}
	return a, nil
}

func cardFault(card json.RawMessage) error {
	var shape struct {
		Type    string `json:"type"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(card, &shape); err != nil || shape.Type != "AdaptiveCard" || shape.Version == "" {
		return errors.New("it is not an Adaptive Card with a version")
	}
	return nil
}

// MessageAction uses a message extension's command on a message.
func (p Person) MessageAction(ctx context.Context, message, command string) (Answer, error) {
	s := p.s
	s.mu.Lock()
	u, m, err := p.sees(message)
	if err != nil {
		s.mu.Unlock()
		return Answer{}, fmt.Errorf("message action %s: %w", command, err)
	}
	dialog := Dialog{person: p, place: m.Place, root: either(m.Root, m.ID), command: command, context: "message", payload: s.payload(m)}
	activity := s.extension("composeExtension/fetchTask", u, m.place, dialog)
	s.mu.Unlock()
	d, err := s.Deliver(ctx, activity)
	if err != nil {
		return Answer{}, err
	}
	return p.taskAnswer(d, dialog)
}

// Compose uses a message extension's command from the message box, which is
// also what the slash menu does with commands that open a dialog.
func (p Person) Compose(ctx context.Context, where, command string) (Answer, error) {
	s := p.s
	s.mu.Lock()
	u, at, root, err := p.in(where)
	if err != nil {
		s.mu.Unlock()
		return Answer{}, fmt.Errorf("compose %s: %w", command, err)
	}
	dialog := Dialog{person: p, place: at.id, root: root, command: command, context: "compose"}
	activity := s.extension("composeExtension/fetchTask", u, at, dialog)
	s.mu.Unlock()
	d, err := s.Deliver(ctx, activity)
	if err != nil {
		return Answer{}, err
	}
	return p.taskAnswer(d, dialog)
}

// extension is the invoke of a message extension. The lock is held.
func (s *Teams) extension(name string, u *user, at *place, dialog Dialog) map[string]any {
	activity := s.activity("invoke", u, at, dialog.root)
	value := map[string]any{"commandId": dialog.command, "commandContext": dialog.context, "requestId": guid(activity["id"].(string)), "context": map[string]any{"theme": "default"}}
	if dialog.payload != nil {
		value["messagePayload"] = maps.Clone(dialog.payload)
	}
	activity["name"], activity["value"] = name, value
	return activity
}

// payload is a message as it is handed to a message extension.
func (s *Teams) payload(m *message) map[string]any {
	out := s.chatMessage(m)
	link := "https://teams.microsoft.com/l/message/" + m.place.id + "/" + m.ID
	if m.Root != "" {
		link += "?parentMessageId=" + m.Root
	}
	out["linkToMessage"], out["deleted"], out["locale"], out["importance"] = link, false, "en-gb", "normal"
	for _, name := range []string{"deletedDateTime", "messageType"} {
		delete(out, name)
	}
	return out
}

// Submit sends an open dialog off with the button of this title.
func (p Person) Submit(ctx context.Context, dialog *Dialog, title string, typed map[string]any) (Answer, error) {
	if dialog == nil || dialog.person.id != p.id {
		return Answer{}, errors.New("submit: this person has no such dialog open")
	}
	a, data, err := pressed(dialog.Card, title, typed)
	if err == nil && a.Type != "Action.Submit" {
		err = fmt.Errorf("a button of the type %s does nothing in a dialog", a.Type)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("submit %q: %w", title, err)
	}
	s := p.s
	s.mu.Lock()
	u, at, _, err := p.in(dialog.place)
	if err != nil {
		s.mu.Unlock()
		return Answer{}, fmt.Errorf("submit %q: %w", title, err)
	}
	var activity map[string]any
	if dialog.command == "" {
		activity = s.activity("invoke", u, at, dialog.root)
		activity["name"], activity["value"] = "task/submit", map[string]any{"data": data, "context": map[string]any{"theme": "default"}}
	} else {
		activity = s.extension("composeExtension/submitAction", u, at, *dialog)
		activity["value"].(map[string]any)["data"] = data
	}
	s.mu.Unlock()
	d, err := s.Deliver(ctx, activity)
	if err != nil {
		return Answer{}, err
	}
	return p.taskAnswer(d, *dialog)
}

// taskAnswer applies what the bot answers where a dialog is open or to be
// opened: nothing closes it.
func (p Person) taskAnswer(d Delivery, dialog Dialog) (Answer, error) {
	a := Answer{Delivery: d}
	if d.Status != http.StatusOK {
		a.Failed = fmt.Sprintf("the bot answered %d", d.Status)
		return a, nil
	}
	if text := strings.TrimSpace(string(d.Body)); text == "" || text == "{}" || text == "null" {
		return a, nil
	}
	var said struct {
		Task *struct {
			Type  string          `json:"type"`
			Value json.RawMessage `json:"value"`
		} `json:"task"`
		Extension json.RawMessage `json:"composeExtension"`
	}
	if err := json.Unmarshal(d.Body, &said); err != nil {
		return a, fmt.Errorf("the answer to %v cannot be read: %w", d.Activity["name"], err)
	}
	switch {
	case said.Task == nil && len(said.Extension) > 0:
		a.Results = said.Extension
		return a, nil
	case said.Task == nil:
		return a, fmt.Errorf("the answer to %v has neither task nor composeExtension", d.Activity["name"])
	case said.Task.Type == "message":
		if err := json.Unmarshal(said.Task.Value, &a.Toast); err != nil || a.Toast == "" {
			return a, errors.New("a task of the type message holds no sentence")
		}
		return a, nil
	case said.Task.Type != "continue":
		return a, fmt.Errorf("a task has the unknown type %q", said.Task.Type)
	}
	err := dialog.show(said.Task.Value)
	a.Dialog = &dialog
	return a, err
}

// show reads what a dialog shows now.
func (d *Dialog) show(value json.RawMessage) error {
	var info struct {
		Title string `json:"title"`
		URL   string `json:"url"`
		Card  *struct {
			ContentType string          `json:"contentType"`
			Content     json.RawMessage `json:"content"`
		} `json:"card"`
	}
	if err := json.Unmarshal(value, &info); err != nil {
		return fmt.Errorf("a dialog cannot be read: %w", err)
	}
	d.Title, d.URL, d.Card = info.Title, info.URL, nil
	switch {
	case info.Card == nil && info.URL == "":
		return errors.New("a dialog has neither a card nor an address")
	case info.Card == nil:
		return nil
	case info.Card.ContentType != "application/vnd.microsoft.card.adaptive":
		return fmt.Errorf("a dialog's card has the content type %q", info.Card.ContentType)
	}
	d.Card = info.Card.Content
	return cardFault(d.Card)
}
