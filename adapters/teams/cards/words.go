package cards

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func sortedMembers(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }

// Words returns what a reader sees of a payload of Render, or of a card alone:
// a line for each line of text, labels of buttons, questions and answers
// included.
func Words(payload []byte) (string, error) {
	var p post
	if err := json.Unmarshal(payload, &p); err != nil {
		return "", fmt.Errorf("read a card: %w", err)
	}
	if p.Card.Type == "" {
		if err := json.Unmarshal(payload, &p.Card); err != nil {
			return "", fmt.Errorf("read a card: %w", err)
		}
	}
	if p.Card.Type != cardType {
		return "", errors.New("read a card: it is of another type")
	}
	var w words
	w.card(p.Card)
	text := strings.ReplaceAll(strings.Join(w.lines, "\n"), joiner, "")
	return text, nil
}

type words struct{ lines []string }

func (w *words) say(texts ...string) {
	for _, text := range texts {
		if text != "" {
			w.lines = append(w.lines, text)
		}
	}
}

func (w *words) card(c card) {
	w.elements(c.Body)
	w.actions(c.Actions)
}

func (w *words) elements(elements []element) {
	for _, e := range elements {
		var line strings.Builder
		for _, run := range e.Inlines {
			line.WriteString(run.Text)
		}
		w.say(atTag.ReplaceAllString(e.Text, "$1"), line.String(), e.Label, e.Title, e.Placeholder)
		for _, f := range e.Facts {
			w.say(f.Title, f.Value)
		}
		for _, choice := range e.Choices {
			w.say(choice.Title)
		}
		if text, ok := e.Value.(string); ok && e.Type != "Input.Toggle" && e.Type != "Input.ChoiceSet" {
			w.say(text)
		}
		w.elements(e.Columns)
		w.elements(e.Items)
		w.elements(e.Rows)
		w.elements(e.Cells)
		w.actions(e.Actions)
	}
}

func (w *words) actions(actions []action) {
	for _, a := range actions {
		w.say(a.Title)
		if a.Card != nil {
			w.card(*a.Card)
		}
	}
}
