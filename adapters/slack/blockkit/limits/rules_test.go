package limits_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"evangelist/adapters/slack/blockkit/limits"
)

// documented is what is known of each object, beside the tables that are tested:
// what it needs, which of its lists may not be empty, and how much each holds.
// Objects without a type go by the member that they stand in.
var documented = map[string]struct {
	needs  string
	filled string         // lists and texts that may not be empty
	most   map[string]int // characters of a text or text object, items of a list
}{
	"actions":                    {"type elements", "elements block_id", map[string]int{"block_id": 255, "elements": 25}},
	"context":                    {"type elements", "elements", map[string]int{"elements": 10}},
	"divider":                    {"type", "", map[string]int{"block_id": 255}},
	"header":                     {"type text", "", map[string]int{"text": 150}},
	"markdown":                   {"type text", "text", map[string]int{"text": 12_000}},
	"section":                    {"type", "fields", map[string]int{"text": 3000, "fields": 10}},
	"input":                      {"type label element", "", map[string]int{"label": 2000, "hint": 2000}},
	"rich_text":                  {"type elements", "elements", nil},
	"rich_text_section":          {"type elements", "elements", nil},
	"rich_text_list":             {"type elements style", "elements", nil},
	"rich_text_quote":            {"type elements", "elements", nil},
	"rich_text_preformatted":     {"type elements", "elements", nil},
	"text":                       {"type text", "text", map[string]int{"text": 3000}},
	"link":                       {"type url", "", map[string]int{"text": 3000}},
	"date":                       {"type timestamp format", "fallback", map[string]int{"fallback": 3000, "url": 3000}},
	"user":                       {"type user_id", "user_id", nil},
	"usergroup":                  {"type usergroup_id", "usergroup_id", nil},
	"channel":                    {"type channel_id", "channel_id", nil},
	"broadcast":                  {"type range", "range", nil},
	"emoji":                      {"type name", "name", nil},
	"plain_text":                 {"type text", "text", nil},
	"mrkdwn":                     {"type text", "text", nil},
	"button":                     {"type text", "action_id value accessibility_label", map[string]int{"text": 75, "action_id": 255, "value": 2000, "accessibility_label": 75}},
	"overflow":                   {"type options", "options", map[string]int{"options": 5, "action_id": 255}},
	"checkboxes":                 {"type options", "options initial_options", map[string]int{"options": 10, "action_id": 255}},
	"radio_buttons":              {"type options", "options", map[string]int{"options": 10, "action_id": 255}},
	"static_select":              {"type", "options", map[string]int{"options": 100, "action_id": 255, "placeholder": 150}},
	"multi_static_select":        {"type", "option_groups initial_options", map[string]int{"option_groups": 100, "action_id": 255, "placeholder": 150}},
	"users_select":               {"type", "initial_user", map[string]int{"action_id": 255, "placeholder": 150}},
	"multi_users_select":         {"type", "initial_users", map[string]int{"action_id": 255, "placeholder": 150}},
	"conversations_select":       {"type", "initial_conversation", map[string]int{"action_id": 255, "placeholder": 150}},
	"multi_conversations_select": {"type", "initial_conversations", map[string]int{"action_id": 255, "placeholder": 150}},
	"datepicker":                 {"type", "initial_date", map[string]int{"action_id": 255, "placeholder": 150}},
	"timepicker":                 {"type", "initial_time timezone", map[string]int{"action_id": 255, "placeholder": 150}},
	"number_input":               {"type is_decimal_allowed", "", map[string]int{"action_id": 255, "placeholder": 150}},
	"email_text_input":           {"type", "", map[string]int{"action_id": 255, "placeholder": 150}},
	"url_text_input":             {"type", "", map[string]int{"action_id": 255, "placeholder": 150}},
	"plain_text_input":           {"type", "", map[string]int{"action_id": 255, "placeholder": 150, "initial_value": 3000}},
	"option":                     {"text value", "value", map[string]int{"text": 75, "value": 150, "description": 75}},
	"group":                      {"label options", "options", map[string]int{"label": 75, "options": 100}},
	"confirm":                    {"title text confirm deny", "", map[string]int{"title": 100, "text": 300, "confirm": 30, "deny": 30}},
	"filter":                     {"", "include", nil},
	"style":                      {"", "", nil},
	"message":                    {"text", "text blocks", map[string]int{"text": 40_000, "blocks": 50}},
	"unfurl":                     {"blocks", "blocks", map[string]int{"blocks": 50}},
	"modal":                      {"type title blocks submit", "blocks", map[string]int{"title": 24, "submit": 24, "close": 24, "blocks": 100, "private_metadata": 3000, "callback_id": 255, "external_id": 255}},
	"home":                       {"type blocks", "blocks", map[string]int{"blocks": 100, "private_metadata": 3000, "callback_id": 255, "external_id": 255}},
}

// nameOf is by which name an object is documented.
func nameOf(path string, object map[string]any) string {
	last := path[strings.LastIndexByte(path, '/')+1:]
	if _, err := strconv.Atoi(last); err == nil {
		rest := strings.TrimSuffix(path, "/"+last)
		last = rest[strings.LastIndexByte(rest, '/')+1:]
	}
	switch last {
	case "options", "initial_options", "initial_option":
		return "option"
	case "option_groups":
		return "group"
	case "filter", "style":
		return last
	case "confirm":
		if object["type"] == nil {
			return last
		}
	}
	name, _ := object["type"].(string)
	return name
}

// each calls visit for every object of a payload.
func each(path string, value any, visit func(path string, object map[string]any)) {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			each(path+"/"+strconv.Itoa(i), item, visit)
		}
	case map[string]any:
		visit(path, value)
		for name, item := range value {
			each(path+"/"+name, item, visit)
		}
	}
}

// TestEveryObjectIsHeldToItsLimits takes the right specimens and does to each of
// their objects what is documented as wrong.
func TestEveryObjectIsHeldToItsLimits(t *testing.T) {
	met := map[string]bool{}
	for surface, payload := range map[limits.Surface]string{limits.Message: message, limits.Modal: modal, limits.Home: home, limits.Unfurl: unfurl} {
		var top any
		if err := json.Unmarshal([]byte(payload), &top); err != nil {
			t.Fatal(err)
		}
		each("", top, func(path string, object map[string]any) {
			name := nameOf(path, object)
			if path == "" {
				name = string(surface)
			}
			known, ok := documented[name]
			if !ok {
				t.Errorf("%s at %s is not documented", name, path)
				return
			}
			met[name] = true
			wrong := func(member string, to any, what string) {
				t.Helper()
				at := path + "/" + member
				for _, problem := range limits.Check(surface, changed(t, payload, at, to)) {
					here := problem.Path == path || strings.HasPrefix(problem.Path, at)
					if here && (!strings.HasPrefix(what, "holds more") || strings.Contains(problem.Say, "at most")) {
						return
					}
				}
				t.Errorf("%s at %s: a %s that %s is not reported", name, path, member, what)
			}
			wrong("another member", true, "nothing knows")
			for _, member := range strings.Fields(known.needs) {
				wrong(member, gone{}, "is missing")
				wrong(member, nil, "is null")
			}
			for _, member := range strings.Fields(known.filled) {
				var nothing any = ""
				if _, is := object[member].([]any); is {
					nothing = list{}
				}
				wrong(member, nothing, "is empty")
			}
			for member, most := range known.most {
				tooMuch(wrong, object, member, most)
			}
			for member := range object {
				wrong(member, map[string]any{"x": 1}, "is an object without sense")
				wrong(member, json.Number("1.5"), "is a broken number")
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		if !met[name] {
			t.Errorf("no specimen has a %s", name)
		}
	}
}

// tooMuch puts one more into a member than it holds.
func tooMuch(wrong func(member string, to any, what string), object map[string]any, member string, most int) {
	what := fmt.Sprintf("holds more than %d", most)
	switch value := object[member].(type) {
	case []any:
		var more list
		for i := range most + 1 {
			raw, err := json.Marshal(value[0])
			if err != nil {
				panic(err)
			}
			text := strings.NewReplacer(`"value":"1"`, fmt.Sprintf(`"value":"v%d"`, i), `"action_id":"x#1"`, fmt.Sprintf(`"action_id":"x#%d"`, i)).Replace(string(raw))
			more = append(more, json.RawMessage(text))
		}
		wrong(member, more, what)
	case map[string]any:
		wrong(member, map[string]any{"type": value["type"], "text": long(most + 1)}, what)
	case string:
		wrong(member, long(most+1), what)
	default: // the specimen lacks it
		switch member {
		case "fields":
			wrong(member, times(most+1, `{"type":"plain_text","text":"x"}`), what)
		case "placeholder", "hint", "description", "text":
			wrong(member, map[string]any{"type": "plain_text", "text": long(most + 1)}, what)
		default:
			wrong(member, long(most+1), what)
		}
	}
}
