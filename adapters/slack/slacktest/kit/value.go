package kit

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Values is what stands in a view: block_id, action_id, value.
type Values map[string]map[string]Obj

// Put stores what stands in an element.
func (v Values) Put(e Element, value Obj) {
	if v[e.BlockID] == nil {
		v[e.BlockID] = map[string]Obj{}
	}
	v[e.BlockID][e.ActionID] = value
}

// Holds says whether an element of this type holds a value that is sent along.
func Holds(kind string) bool {
	_, ok := holding(kind)
	return ok
}

// shape is how the value of an element is written.
type shape struct {
	member  string // of the value
	initial string // of the element: what stands in it at first
	option  bool   // the value is an option object
	many    bool
}

func holding(kind string) (shape, bool) {
	switch kind {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		return shape{member: "value", initial: "initial_value"}, true
	case "static_select", "external_select", "radio_buttons":
		return shape{member: "selected_option", initial: "initial_option", option: true}, true
	case "multi_static_select", "multi_external_select", "checkboxes":
		return shape{member: "selected_options", initial: "initial_options", option: true, many: true}, true
	case "users_select":
		return shape{member: "selected_user", initial: "initial_user"}, true
	case "multi_users_select":
		return shape{member: "selected_users", initial: "initial_users", many: true}, true
	case "channels_select":
		return shape{member: "selected_channel", initial: "initial_channel"}, true
	case "multi_channels_select":
		return shape{member: "selected_channels", initial: "initial_channels", many: true}, true
	case "conversations_select":
		return shape{member: "selected_conversation", initial: "initial_conversation"}, true
	case "multi_conversations_select":
		return shape{member: "selected_conversations", initial: "initial_conversations", many: true}, true
	case "datepicker":
		return shape{member: "selected_date", initial: "initial_date"}, true
	case "timepicker":
		return shape{member: "selected_time", initial: "initial_time"}, true
	case "datetimepicker":
		return shape{member: "selected_date_time", initial: "initial_date_time"}, true
	case "rich_text_input":
		return shape{member: "rich_text_value", initial: "initial_value"}, true
	case "file_input":
		return shape{member: "files", many: true}, true
	}
	return shape{}, false
}

// Initial returns what stands in every element of fresh blocks. What stood there
// before is kept where the block_id, the action_id and the type are the same.
func Initial(raw json.RawMessage, before Values) Values {
	values := Values{}
	for _, e := range Elements(raw) {
		how, ok := holding(e.Type)
		if !ok {
			continue
		}
		if old, ok := before[e.BlockID][e.ActionID]; ok && Str(old, "type") == e.Type {
			values.Put(e, old)
			continue
		}
		values.Put(e, how.value(e, e.JSON[how.initial]))
	}
	return values
}

func (how shape) value(e Element, first any) Obj {
	value := Obj{"type": e.Type}
	switch {
	case first == nil && how.many:
		value[how.member] = []any{}
	case first == nil && e.Type == "rich_text_input":
		// an empty one has no value member
	case how.option && !how.many:
		value[how.member] = option(first)
	case how.option:
		list, _ := first.([]any)
		chosen := []any{}
		for _, each := range list {
			chosen = append(chosen, option(each))
		}
		value[how.member] = chosen
	default:
		value[how.member] = first
	}
	if e.Type == "timepicker" {
		if zone := Str(e.JSON, "timezone"); zone != "" {
			value["timezone"] = zone
		}
	}
	return value
}

// option writes an option as Slack returns it: a plain text says that it shows
// emoji unless the app said otherwise.
func option(value any) any {
	given, ok := value.(Obj)
	if !ok {
		return nil
	}
	out := Obj{}
	for name, member := range given {
		out[name] = member
	}
	if text, ok := given["text"].(Obj); ok && Str(text, "type") == "plain_text" {
		withEmoji := Obj{"emoji": true}
		for name, member := range text {
			withEmoji[name] = member
		}
		out["text"] = withEmoji
	}
	return out
}

// Chosen makes the value of an element from what somebody chose or typed: the
// text, the values or labels of options, ids, 2026-12-04, 09:00, or for a
// moment the seconds since 1970. No values empty the element. An option that
// is not offered is an error.
func Chosen(e Element, values []string) (Obj, error) {
	how, ok := holding(e.Type)
	if !ok {
		return nil, fmt.Errorf("a %s holds no value", e.Type)
	}
	if !how.many && len(values) > 1 {
		return nil, fmt.Errorf("a %s holds one value, not %d", e.Type, len(values))
	}
	if how.option {
		return how.options(e, values)
	}
	if how.many {
		list := make([]any, 0, len(values))
		for _, value := range values {
			if e.Type == "file_input" {
				list = append(list, Obj{"id": value})
			} else {
				list = append(list, value)
			}
		}
		return Obj{"type": e.Type, how.member: list}, nil
	}
	if len(values) == 0 || values[0] == "" {
		return how.value(e, nil), nil
	}
	return how.single(e, values[0])
}

func (how shape) single(e Element, given string) (Obj, error) {
	switch e.Type {
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, given); err != nil {
			return nil, fmt.Errorf("no day that the picker has: %q", given)
		}
	case "timepicker":
		if _, err := time.Parse("15:04", given); err != nil {
			return nil, fmt.Errorf("no time that the picker has: %q", given)
		}
	case "datetimepicker":
		seconds, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("no moment that the picker has: %q", given)
		}
		return how.value(e, seconds), nil
	case "rich_text_input":
		return how.value(e, Rich(given)), nil
	}
	return how.value(e, given), nil
}

func (how shape) options(e Element, values []string) (Obj, error) {
	chosen := []any{}
	for _, value := range values {
		found := find(offered(e), value)
		if found == nil {
			return nil, fmt.Errorf("%q is not offered by %s", value, e.ActionID)
		}
		chosen = append(chosen, found)
	}
	if how.many {
		return how.value(e, chosen), nil
	}
	if len(chosen) == 0 {
		return how.value(e, nil), nil
	}
	return how.value(e, chosen[0]), nil
}

func offered(e Element) []Obj {
	var out []Obj
	add := func(list any) {
		options, _ := list.([]any)
		for _, each := range options {
			if o, ok := each.(Obj); ok {
				out = append(out, o)
			}
		}
	}
	add(e.JSON["options"])
	groups, _ := e.JSON["option_groups"].([]any)
	for _, group := range groups {
		if o, ok := group.(Obj); ok {
			add(o["options"])
		}
	}
	return out
}

func find(options []Obj, value string) any {
	for _, o := range options {
		if Str(o, "value") == value {
			return o
		}
	}
	for _, o := range options {
		if textOf(o["text"]) == value {
			return o
		}
	}
	return nil
}

// Action is the member of a block_actions payload for an element that was used.
// value is what Chosen made; of a button nothing is asked, of an overflow menu
// the option.
func Action(e Element, value Obj, at string) Obj {
	action := Obj{"type": e.Type, "action_id": e.ActionID, "block_id": e.BlockID, "action_ts": at}
	switch e.Type {
	case "button", "workflow_button":
		for _, name := range []string{"value", "style", "url"} {
			if text := Str(e.JSON, name); text != "" {
				action[name] = text
			}
		}
		if text, ok := e.JSON["text"].(Obj); ok {
			shown := Obj{"emoji": true}
			for name, member := range text {
				shown[name] = member
			}
			action["text"] = shown
		}
		return action
	}
	for name, member := range value {
		action[name] = member
	}
	if how, ok := holding(e.Type); ok && e.JSON[how.initial] != nil {
		action[how.initial] = e.JSON[how.initial]
	}
	return action
}

// Overflow makes the value of an overflow menu in which an option was chosen.
func Overflow(e Element, value string) (Obj, error) {
	found := find(offered(e), value)
	if found == nil {
		return nil, fmt.Errorf("%q is not offered by %s", value, e.ActionID)
	}
	return Obj{"type": e.Type, "selected_option": option(found)}, nil
}
