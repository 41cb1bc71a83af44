package teamstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// action is one button of a card.
type action struct {
	Type  string         `json:"type"`
	Title string         `json:"title"`
	Verb  string         `json:"verb"`
	ID    string         `json:"id"`
	Data  map[string]any `json:"data"`
	// AssociatedInputs "none" leaves the inputs out.
	AssociatedInputs string `json:"associatedInputs"`
}

// walk calls visit with every object within value.
func walk(value any, visit func(map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		visit(value)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			walk(value[name], visit)
		}
	case []any:
		for _, each := range value {
			walk(each, visit)
		}
	}
}

// button finds the one button with this title.
func button(card json.RawMessage, title string) (action, error) {
	var whole any
	if err := json.Unmarshal(card, &whole); err != nil {
		return action{}, fmt.Errorf("the card cannot be read: %w", err)
	}
	var found []action
	var titles []string
	walk(whole, func(object map[string]any) {
		kind, _ := object["type"].(string)
		if !strings.HasPrefix(kind, "Action.") {
			return
		}
		text, err := json.Marshal(object)
		var a action
		if err != nil || json.Unmarshal(text, &a) != nil {
			return
		}
		titles = append(titles, a.Title)
		if a.Title == title && !isFallback(whole, object) {
			found = append(found, a)
		}
	})
	switch len(found) {
	case 0:
		return action{}, fmt.Errorf("the card has no button %q; it has %q", title, titles)
	case 1:
		return found[0], nil
	}
	return action{}, fmt.Errorf("the card has %d buttons %q", len(found), title)
}

// isFallback reports whether an action only stands in for another one.
func isFallback(whole any, object map[string]any) bool {
	found := false
	walk(whole, func(parent map[string]any) {
		if fallback, ok := parent["fallback"].(map[string]any); ok && same(fallback, object) {
			found = true
		}
	})
	return found
}

func same(a, b map[string]any) bool {
	one, err := json.Marshal(a)
	two, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(one) == string(two)
}

// inputs returns what a client sends for the inputs of a card: what was typed,
// else what stands there. It refuses what a client would not send.
func inputs(card json.RawMessage, typed map[string]any) (map[string]any, error) {
	var whole any
	if err := json.Unmarshal(card, &whole); err != nil {
		return nil, fmt.Errorf("the card cannot be read: %w", err)
	}
	out, rest := map[string]any{}, maps.Clone(typed)
	var problem error
	walk(whole, func(object map[string]any) {
		kind, _ := object["type"].(string)
		id, _ := object["id"].(string)
		if !strings.HasPrefix(kind, "Input.") {
			return
		}
		if _, twice := out[id]; id == "" || twice {
			problem = errors.Join(problem, fmt.Errorf("an input has the id %q, which is empty or there twice", id))
			return
		}
		value, given := rest[id]
		delete(rest, id)
		if !given {
			value = standing(kind, object)
		}
		if text, isText := value.(string); (value == nil || isText && text == "") && object["isRequired"] == true {
			problem = errors.Join(problem, fmt.Errorf("the input %q must be filled in", id))
		}
		if most, ok := object["maxLength"].(float64); ok {
			if text, isText := value.(string); isText && float64(len([]rune(text))) > most {
				problem = errors.Join(problem, fmt.Errorf("the input %q takes %v characters", id, most))
			}
		}
		if value != nil {
			out[id] = value
		}
	})
	for id := range rest {
		problem = errors.Join(problem, fmt.Errorf("the card has no input %q", id))
	}
	return out, problem
}

// standing is what an input holds when nobody touches it.
func standing(kind string, object map[string]any) any {
	value := object["value"]
	if kind == "Input.Toggle" {
		off, ok := object["valueOff"]
		switch {
		case value != nil:
			return value
		case ok:
			return off
		}
		return "false"
	}
	if value == nil && kind == "Input.Text" {
		return nil
	}
	return value
}

// filled is the data of a button, together with the inputs.
func (a action) filled(card json.RawMessage, typed map[string]any) (map[string]any, error) {
	data := map[string]any{}
	maps.Copy(data, a.Data)
	if a.AssociatedInputs == "none" {
		if len(typed) > 0 {
			return nil, fmt.Errorf("the button %q sends no inputs", a.Title)
		}
		return data, nil
	}
	values, err := inputs(card, typed)
	maps.Copy(data, values)
	return data, err
}
