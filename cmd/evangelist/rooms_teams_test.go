package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/teamstest"
)

// teamsStage is the council on a pretend Teams.
type teamsStage struct {
	*tenant
	from time.Time // what is older is passed over
}

func (s *teamsStage) setUp() { s.tenant.setUp() }
func (s *teamsStage) await(ctx context.Context, holds func() bool) error {
	return s.teams.WaitFor(ctx, holds)
}
func (s *teamsStage) theApp() *App    { return s.app }
func (s *teamsStage) theClock() *hand { return s.clock }
func (s *teamsStage) said() string    { return s.told() + s.log.String() }
func (s *teamsStage) mark()           { s.from = s.clock.Now() }

// mostOfACard is how large a message of Teams may be, in bytes.
const mostOfACard = 40 << 10

// broken lists what is wrong with the cards that Teams was given.
func (s *teamsStage) broken() []string {
	var all []string
	look := func(what string, body []byte) {
		for _, card := range cardsWithin(body) {
			if err := cards.Check(card); err != nil || len(card) > mostOfACard {
				all = append(all, fmt.Sprintf("%s: %d bytes, %v", what, len(card), err))
			}
		}
	}
	for _, call := range s.teams.Calls("send", "reply", "update", "create") {
		look(call.Method, call.Body)
		if call.Status >= 400 {
			all = append(all, fmt.Sprintf("%s is answered with %d: %.500s", call.Method, call.Status, call.Body))
		}
	}
	for _, d := range s.teams.Deliveries() {
		look("an answer", d.Body)
	}
	return all
}

// cardsWithin are the Adaptive Cards in something that was sent.
func cardsWithin(body []byte) []json.RawMessage {
	var whole any
	if json.Unmarshal(body, &whole) != nil {
		return nil
	}
	var all []json.RawMessage
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if value["type"] == "AdaptiveCard" && value["version"] != nil {
				body, _ := value["body"].([]any)
				value["body"] = slices.DeleteFunc(body, func(e any) bool { // by which it is found again
					hidden, _ := e.(map[string]any)
					return hidden["isVisible"] == false
				})
				if raw, err := json.Marshal(value); err == nil {
					all = append(all, raw)
				}
				return
			}
			for _, child := range value {
				walk(child)
			}
		case []any:
			for _, child := range value {
				walk(child)
			}
		}
	}
	walk(whole)
	return all
}

// tmSpot is where something stands: a message, or a dialog.
type tmSpot struct {
	message string
	dialog  *teamstest.Dialog
}

// cardShown is a card as somebody reads it.
func (s *teamsStage) cardShown(person, title string, card json.RawMessage, spot tmSpot) showing {
	words, err := cards.Words(card)
	if err != nil {
		s.Fatal(err)
	}
	shows := showing{person: person, text: oneLine(title + " " + words), at: spot}
	shows.form = strings.Contains(string(card), `"Input.`) && strings.Contains(string(card), `"actions"`)
	var whole any
	if err := json.Unmarshal(card, &whole); err != nil {
		s.Fatal(err)
	}
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			kind, _ := value["type"].(string)
			if title, _ := value["title"].(string); strings.HasPrefix(kind, "Action.") && kind != "Action.ShowCard" {
				shows.buttons = append(shows.buttons, title)
			}
			for name, child := range value {
				if name != "fallback" {
					walk(child)
				}
			}
		case []any:
			for _, child := range value {
				walk(child)
			}
		}
	}
	walk(whole)
	return shows
}

func (s *teamsStage) message(person string, m teamstest.Message) showing {
	if len(m.Cards) == 0 {
		return showing{person: person, text: oneLine(m.Text), at: tmSpot{message: m.ID}}
	}
	return s.cardShown(person, m.Text, m.Cards[0], tmSpot{message: m.ID})
}

func (s *teamsStage) dialog(person string, d *teamstest.Dialog) showing {
	return s.cardShown(person, d.Title, d.Card, tmSpot{dialog: d})
}

// seen lists the bot's messages that somebody sees in a conversation.
func (s *teamsStage) seen(person, where string) []teamstest.Message {
	return slices.DeleteFunc(s.teams.Seen(s.people[person], where), func(m teamstest.Message) bool { return m.From != "" })
}

// find is a message as somebody sees it now.
func (s *teamsStage) find(person, id string) (teamstest.Message, bool) {
	whole, _ := s.teams.Message(id)
	for _, m := range s.seen(person, whole.Place) {
		if m.ID == id {
			return m, true
		}
	}
	return teamstest.Message{}, false
}

// acted is what came of an act that the bot answers at once, and what follows it.
func (s *teamsStage) acted(person, what string, want []string, where string, card *teamstest.Message, act func() (teamstest.Answer, error)) showing {
	s.Helper()
	old := len(s.seen(person, where))
	a, err := act()
	if err != nil || a.Failed != "" || a.Status > 202 {
		s.Fatalf("%s %s: %v, %q, %d\n%s", person, what, err, a.Failed, a.Status, s.said())
	}
	return awaited(s.T, s, person+" "+what, want, func() []showing {
		var all []showing
		if a.Dialog != nil {
			all = append(all, s.dialog(person, a.Dialog))
		}
		now := s.seen(person, where)
		for _, m := range slices.Backward(now[min(old, len(now)):]) {
			all = append(all, s.message(person, m))
		}
		if card != nil {
			if m, ok := s.find(person, card.ID); ok && (a.Replaced || string(m.Cards[0]) != string(card.Cards[0])) {
				all = append(all, s.message(person, m))
			}
		}
		if a.Toast != "" {
			all = append(all, showing{person: person, text: a.Toast})
		}
		if len(want) == 0 && len(all) == 0 {
			all = append(all, showing{person: person}) // the dialog closes, and that is all
		}
		return all
	})
}

func (s *teamsStage) tell(person, line string, want ...string) showing {
	s.Helper()
	chat := s.teams.Personal(s.people[person])
	s.teams.Add(chat)
	s.settled()
	old := len(s.seen(person, chat))
	if d, err := s.as(person).Write(s.ctx, chat, strings.TrimPrefix(line, "/")); err != nil || d.Status != 202 {
		s.Fatalf("%s writes: %v, %d", person, err, d.Status)
	}
	const offer = "[Open the form]"
	var offered showing
	fresh := func() []showing {
		var all []showing
		now := s.seen(person, chat)
		for _, m := range slices.Backward(now[min(old, len(now)):]) {
			shows := s.message(person, m)
			if shows.has(offer) {
				offered = shows
			}
			all = append(all, shows)
		}
		return all
	}
	awaited(s.T, s, person+" types "+line, nil, fresh)
	if offered.text != "" {
		return s.press(offered, "Open the form", want...)
	}
	return awaited(s.T, s, person+" types "+line, want, fresh)
}

func (s *teamsStage) press(on showing, label string, want ...string) showing {
	s.Helper()
	s.settled()
	spot := on.at.(tmSpot)
	if spot.dialog != nil {
		return s.acted(on.person, "presses "+label, want, s.teams.Personal(s.people[on.person]), nil, func() (teamstest.Answer, error) {
			return s.as(on.person).Submit(s.ctx, spot.dialog, label, nil)
		})
	}
	m, ok := s.find(on.person, spot.message)
	if !ok {
		s.Fatalf("%s does not see the message any more: %s", on.person, on.text)
	}
	return s.acted(on.person, "presses "+label, want, m.Place, &m, func() (teamstest.Answer, error) {
		return s.as(on.person).Press(s.ctx, m.ID, label, nil)
	})
}

func (s *teamsStage) fill(on showing, answers map[string]string, want ...string) showing {
	s.Helper()
	s.settled()
	d := on.at.(tmSpot).dialog
	if d == nil {
		s.Fatalf("%s has no dialog, but %q", on.person, on.text)
	}
	var card struct {
		Actions []struct {
			Title string `json:"title"`
		} `json:"actions"`
	}
	if err := json.Unmarshal(d.Card, &card); err != nil || len(card.Actions) == 0 {
		s.Fatalf("the dialog has no button to send it: %s", d.Card)
	}
	typed := map[string]any{}
	for field, answer := range answers {
		id := inputOf(s.T, d.Card, field)
		typed[id] = s.value(d.Card, id, answer)
	}
	return s.acted(on.person, "sends a form", want, s.teams.Personal(s.people[on.person]), nil, func() (teamstest.Answer, error) {
		return s.as(on.person).Submit(s.ctx, d, card.Actions[len(card.Actions)-1].Title, typed)
	})
}

// value is an answer as an input takes it.
func (s *teamsStage) value(card json.RawMessage, id, answer string) string {
	switch {
	case answer == "#reading-team":
		return placeOf(s.reading)
	case strings.HasPrefix(answer, "#"):
		return placeOf(s.channels[answer[1:]])
	case strings.HasPrefix(answer, "@"):
		return s.people[answer[1:]].ID
	}
	found := answer
	var whole any
	if err := json.Unmarshal(card, &whole); err != nil {
		s.Fatal(err)
	}
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if choices, _ := value["choices"].([]any); value["id"] == id {
				for _, one := range choices {
					choice, _ := one.(map[string]any)
					title, _ := choice["title"].(string)
					if title = strings.ReplaceAll(title, "\u2060", ""); title == answer || strings.HasPrefix(title, answer+" – ") {
						found, _ = choice["value"].(string)
					}
				}
			}
			for _, child := range value {
				walk(child)
			}
		case []any:
			for _, child := range value {
				walk(child)
			}
		}
	}
	walk(whole)
	return found
}

func (s *teamsStage) now(on showing) showing {
	s.Helper()
	m, ok := s.find(on.person, on.at.(tmSpot).message)
	if !ok {
		s.Fatalf("what %s saw is gone", on.person)
	}
	return s.message(on.person, m)
}

// fresh lists what the bot wrote in a conversation since the mark, the newest
// first.
func (s *teamsStage) fresh(person, where string) []showing {
	var all []showing
	for _, m := range slices.Backward(s.seen(person, where)) {
		if !m.At.Before(s.from) {
			all = append(all, s.message(person, m))
		}
	}
	return all
}

func (s *teamsStage) direct(person string, want ...string) showing {
	s.Helper()
	return awaited(s.T, s, "to "+person, want, func() []showing { return s.sent(person) })
}

func (s *teamsStage) posted(person, channel string, want ...string) showing {
	s.Helper()
	where := s.channels[channel]
	if channel == "reading-team" {
		where = s.reading
	}
	return awaited(s.T, s, "in "+channel, want, func() []showing { return s.fresh(person, where) })
}

// table is where everybody is written to alone: a bot opens no chat of several
// people in Teams.
func (s *teamsStage) table(person string, want ...string) showing {
	s.Helper()
	return s.direct(person, want...)
}

func (s *teamsStage) sent(person string) []showing {
	return s.fresh(person, s.teams.Personal(s.people[person]))
}
