package limits_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"evangelist/adapters/slack/blockkit/limits"
)

// Specimens that are right and hold everything that is known.
const (
	message = `{"text":"Summary","blocks":[
		{"type":"header","block_id":"h","text":{"type":"plain_text","text":"Title","emoji":false}},
		{"type":"section","text":{"type":"mrkdwn","text":"*words*","verbatim":true},"accessory":{"type":"overflow","action_id":"o","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}},
		{"type":"section","fields":[{"type":"plain_text","text":"field"}],"expand":true},
		{"type":"context","elements":[{"type":"plain_text","text":"small"},{"type":"mrkdwn","text":"print"}]},
		{"type":"divider"},
		{"type":"markdown","text":"# words"},
		{"type":"actions","block_id":"a","elements":[
			{"type":"button","action_id":"x#1","value":"v","style":"primary","text":{"type":"plain_text","text":"Press"},
				"confirm":{"title":{"type":"plain_text","text":"Sure"},"text":{"type":"plain_text","text":"Sure?"},"confirm":{"type":"plain_text","text":"Yes"},"deny":{"type":"plain_text","text":"No"},"style":"danger"}},
			{"type":"button","action_id":"x#2","url":"https://example.org/","text":{"type":"plain_text","text":"Look"}}]},
		{"type":"rich_text","elements":[
			{"type":"rich_text_section","elements":[
				{"type":"text","text":" ","style":{"bold":true,"italic":true,"strike":false,"code":false}},
				{"type":"link","url":"https://example.org/","text":"there"},
				{"type":"date","timestamp":1700000000,"format":"{date_long}, {time}","fallback":"then"},
				{"type":"user","user_id":"U123"},{"type":"usergroup","usergroup_id":"S1"},{"type":"channel","channel_id":"C1"},
				{"type":"broadcast","range":"here"},{"type":"emoji","name":"wave"}]},
			{"type":"rich_text_list","style":"bullet","indent":1,"offset":2,"border":0,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"item"}]}]},
			{"type":"rich_text_quote","border":1,"elements":[{"type":"text","text":"said"}]},
			{"type":"rich_text_preformatted","elements":[{"type":"text","text":"code"}]}]}
	]}`
	modal = `{"type":"modal","callback_id":"c","private_metadata":"m","external_id":"e","notify_on_close":true,"clear_on_close":false,"submit_disabled":false,
		"title":{"type":"plain_text","text":"Title"},"submit":{"type":"plain_text","text":"Send"},"close":{"type":"plain_text","text":"Cancel"},"blocks":[
		{"type":"input","block_id":"line","optional":true,"dispatch_action":false,"label":{"type":"plain_text","text":"Line"},"hint":{"type":"plain_text","text":"help"},
			"element":{"type":"plain_text_input","action_id":"value","initial_value":"abc","multiline":true,"min_length":0,"max_length":3,"focus_on_load":true,"placeholder":{"type":"plain_text","text":"here"}}},
		{"type":"input","block_id":"radio","label":{"type":"plain_text","text":"L"},"element":{"type":"radio_buttons","action_id":"value",
			"options":[{"text":{"type":"mrkdwn","text":"One"},"value":"1","description":{"type":"plain_text","text":"first"}},{"text":{"type":"plain_text","text":"Two"},"value":"2"}],
			"initial_option":{"text":{"type":"plain_text","text":"Two"},"value":"2"}}},
		{"type":"input","block_id":"checks","label":{"type":"plain_text","text":"L"},"element":{"type":"checkboxes","action_id":"value",
			"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}],"initial_options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}},
		{"type":"input","block_id":"menu","label":{"type":"plain_text","text":"L"},"element":{"type":"static_select","action_id":"value",
			"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}],"initial_option":{"text":{"type":"plain_text","text":"One"},"value":"1"}}},
		{"type":"input","block_id":"menus","label":{"type":"plain_text","text":"L"},"element":{"type":"multi_static_select","action_id":"value","max_selected_items":2,
			"option_groups":[{"label":{"type":"plain_text","text":"A"},"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}],"initial_options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}},
		{"type":"input","block_id":"who","label":{"type":"plain_text","text":"L"},"element":{"type":"users_select","action_id":"value","initial_user":"U1"}},
		{"type":"input","block_id":"all","label":{"type":"plain_text","text":"L"},"element":{"type":"multi_users_select","action_id":"value","initial_users":["U1","W2"]}},
		{"type":"input","block_id":"where","label":{"type":"plain_text","text":"L"},"element":{"type":"conversations_select","action_id":"value","initial_conversation":"C1","default_to_current_conversation":false,
			"filter":{"include":["public","private"],"exclude_external_shared_channels":true,"exclude_bot_users":true}}},
		{"type":"input","block_id":"places","label":{"type":"plain_text","text":"L"},"element":{"type":"multi_conversations_select","action_id":"value","initial_conversations":["C1"],"filter":{"include":["im"]}}},
		{"type":"input","block_id":"day","label":{"type":"plain_text","text":"L"},"element":{"type":"datepicker","action_id":"value","initial_date":"2026-12-04"}},
		{"type":"input","block_id":"hour","label":{"type":"plain_text","text":"L"},"element":{"type":"timepicker","action_id":"value","initial_time":"09:00","timezone":"Europe/London"}},
		{"type":"input","block_id":"many","label":{"type":"plain_text","text":"L"},"element":{"type":"number_input","action_id":"value","is_decimal_allowed":false,"initial_value":"7","min_value":"1","max_value":"9"}},
		{"type":"input","block_id":"mail","label":{"type":"plain_text","text":"L"},"element":{"type":"email_text_input","action_id":"value"}},
		{"type":"input","block_id":"url","label":{"type":"plain_text","text":"L"},"element":{"type":"url_text_input","action_id":"value"}}
	]}`
	home   = `{"type":"home","private_metadata":"m","callback_id":"c","blocks":[{"type":"divider"},{"type":"input","label":{"type":"plain_text","text":"L"},"element":{"type":"plain_text_input"}}]}`
	unfurl = `{"blocks":[{"type":"divider"}]}`
)

func TestWhatIsRightPasses(t *testing.T) {
	for surface, payload := range map[limits.Surface]string{limits.Message: message, limits.Modal: modal, limits.Home: home, limits.Unfurl: unfurl} {
		for _, problem := range limits.Check(surface, []byte(payload)) {
			t.Errorf("%s: %s", surface, problem)
		}
	}
}

// long returns n characters.
func long(n int) string { return strings.Repeat("x", n) }

type list []any

// times returns n copies of a specimen with %d in it replaced by its number.
func times(n int, specimen string) list {
	var out list
	for i := range n {
		var item any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(specimen, "%d", strconv.Itoa(i))), &item); err != nil {
			panic(err)
		}
		out = append(out, item)
	}
	return out
}

// gone deletes a member.
type gone struct{}

const option = `{"text":{"type":"plain_text","text":"O%d"},"value":"v%d"}`

// Every specimen is a right payload with one member changed, and the path at
// which that must be reported.
func TestWhatIsWrongIsReported(t *testing.T) {
	text := func(words string) any { return map[string]any{"type": "plain_text", "text": words} }
	for _, c := range []struct {
		surface limits.Surface
		at      string // a JSON pointer to what is changed
		to      any
		path    string // "": the same as at
		say     string // a part of the sentence
	}{
		// Messages.
		{limits.Message, "/text", gone{}, "/", `needs the member "text"`},
		{limits.Message, "/text", " \n", "", "too few"},
		{limits.Message, "/text", long(40_001), "", "at most 40000"},
		{limits.Message, "/text", 7, "", "must be a text"},
		{limits.Message, "/channel", "C1", "", "not known"},
		{limits.Message, "/type", "message", "", "not known"},
		{limits.Message, "/blocks", list{}, "", "at least 1"},
		{limits.Message, "/blocks", "none", "", "must be a list"},
		{limits.Message, "/blocks", times(51, `{"type":"divider"}`), "", "at most 50"},
		{limits.Message, "/blocks", times(5, `{"type":"section","text":{"type":"plain_text","text":"`+long(2700)+`"}}`), "", "weighs"},
		{limits.Message, "/blocks/4", "divider", "", "must be an object"},
		{limits.Message, "/blocks/4/type", gone{}, "/blocks/4", "needs a type"},
		{limits.Message, "/blocks/4/type", "input", "", "not allowed here"},
		{limits.Message, "/blocks/4/type", "table", "", "not allowed here"},
		{limits.Message, "/blocks/4/text", "line", "", "not known"},
		{limits.Message, "/blocks/4/block_id", long(256), "", "at most 255"},
		{limits.Message, "/blocks/4/block_id", "", "", "too few"},
		{limits.Message, "/blocks/4/block_id", "a", "/blocks/6/block_id", "another block"},
		{limits.Message, "/blocks/0/block_id", "a", "/blocks/6/block_id", "another block"},
		{limits.Message, "/blocks/0/text", gone{}, "/blocks/0", "needs"},
		{limits.Message, "/blocks/0/text/text", long(151), "", "at most 150"},
		{limits.Message, "/blocks/0/text/text", "", "", "too few"},
		{limits.Message, "/blocks/0/text/text", strings.Repeat("🙈", 76), "", "has 152 characters"},
		{limits.Message, "/blocks/0/text/type", "mrkdwn", "", "not allowed"},
		{limits.Message, "/blocks/0/text/verbatim", true, "", "not known"},
		{limits.Message, "/blocks/0/text/emoji", "no", "", "true or false"},
		{limits.Message, "/blocks/1/text/emoji", true, "", "not known"},
		{limits.Message, "/blocks/1/text/text", long(3001), "", "at most 3000"},
		{limits.Message, "/blocks/1/text", gone{}, "/blocks/1", `"text" or "fields"`},
		{limits.Message, "/blocks/1/accessory/type", "plain_text_input", "", "not allowed"},
		{limits.Message, "/blocks/1/accessory/options", times(6, option), "", "at most 5"},
		{limits.Message, "/blocks/2/fields", list{}, "", "at least 1"},
		{limits.Message, "/blocks/2/fields", times(11, `{"type":"mrkdwn","text":"x"}`), "", "at most 10"},
		{limits.Message, "/blocks/2/fields/0/text", long(2001), "", "at most 2000"},
		{limits.Message, "/blocks/3/elements", list{}, "", "at least 1"},
		{limits.Message, "/blocks/3/elements", times(11, `{"type":"mrkdwn","text":"x"}`), "", "at most 10"},
		{limits.Message, "/blocks/3/elements/0/text", long(2001), "", "at most 2000"},
		{limits.Message, "/blocks/3/elements/0/type", "button", "", "not allowed"},
		{limits.Message, "/blocks/5/text", long(12_001), "", "at most 12000"},
		{limits.Message, "/blocks/6/elements", times(26, `{"type":"button","text":{"type":"plain_text","text":"B"}}`), "", "at most 25"},
		{limits.Message, "/blocks/6/elements", list{}, "", "at least 1"},
		{limits.Message, "/blocks/6/elements/1/action_id", "x#1", "", "already"},
		{limits.Message, "/blocks/6/elements/1/action_id", long(256), "", "at most 255"},
		{limits.Message, "/blocks/6/elements/1/type", "users", "", "not allowed"},
		{limits.Message, "/blocks/6/elements/0/text", gone{}, "/blocks/6/elements/0", "needs"},
		{limits.Message, "/blocks/6/elements/0/text/text", long(76), "", "at most 75"},
		{limits.Message, "/blocks/6/elements/0/value", long(2001), "", "at most 2000"},
		{limits.Message, "/blocks/6/elements/0/style", "loud", "", "must be one of"},
		{limits.Message, "/blocks/6/elements/0/url", "javascript:x", "", "not an address"},
		{limits.Message, "/blocks/6/elements/1/url", "https://example.org/" + long(3000), "", "at most 3000"},
		{limits.Message, "/blocks/6/elements/0/confirm/title", gone{}, "/blocks/6/elements/0/confirm", "needs"},
		{limits.Message, "/blocks/6/elements/0/confirm/text", gone{}, "/blocks/6/elements/0/confirm", "needs"},
		{limits.Message, "/blocks/6/elements/0/confirm/confirm", gone{}, "/blocks/6/elements/0/confirm", "needs"},
		{limits.Message, "/blocks/6/elements/0/confirm/deny", gone{}, "/blocks/6/elements/0/confirm", "needs"},
		{limits.Message, "/blocks/6/elements/0/confirm/title/text", long(101), "", "at most 100"},
		{limits.Message, "/blocks/6/elements/0/confirm/text/text", long(301), "", "at most 300"},
		{limits.Message, "/blocks/6/elements/0/confirm/confirm/text", long(31), "", "at most 30"},
		{limits.Message, "/blocks/6/elements/0/confirm/deny/text", long(31), "", "at most 30"},
		{limits.Message, "/blocks/6/elements/0/confirm/style", "loud", "", "must be one of"},
		{limits.Message, "/blocks/6/elements/0/confirm/type", "confirm", "", "not known"},
		// Rich text.
		{limits.Message, "/blocks/7/elements", list{}, "", "at least 1"},
		{limits.Message, "/blocks/7/elements/0/elements", list{}, "", "at least 1"},
		{limits.Message, "/blocks/7/elements/0/type", "text", "", "not allowed"},
		{limits.Message, "/blocks/7/elements/0/elements/0/type", "rich_text_section", "", "not allowed"},
		{limits.Message, "/blocks/7/elements/0/elements/0/text", "", "", "not empty"},
		{limits.Message, "/blocks/7/elements/0/elements/0/text", long(3001), "", "at most 3000"},
		{limits.Message, "/blocks/7/elements/0/elements/0/ping", "person", "", "not known"},
		{limits.Message, "/blocks/7/elements/0/elements/0/style/bold", 1, "", "true or false"},
		{limits.Message, "/blocks/7/elements/0/elements/0/style/loud", true, "", "not known"},
		{limits.Message, "/blocks/7/elements/0/elements/1/url", gone{}, "/blocks/7/elements/0/elements/1", "needs"},
		{limits.Message, "/blocks/7/elements/0/elements/1/url", "javascript:alert(1)", "", "not an address"},
		{limits.Message, "/blocks/7/elements/0/elements/1/url", "/archive/1", "", "not an address"},
		{limits.Message, "/blocks/7/elements/0/elements/1/url", "https://example.org/" + long(3000), "", "at most 3000"},
		{limits.Message, "/blocks/7/elements/0/elements/2/timestamp", gone{}, "/blocks/7/elements/0/elements/2", "needs"},
		{limits.Message, "/blocks/7/elements/0/elements/2/timestamp", "now", "", "must be a number"},
		{limits.Message, "/blocks/7/elements/0/elements/2/timestamp", 0, "", "must be from 1"},
		{limits.Message, "/blocks/7/elements/0/elements/2/timestamp", 1.5, "", "whole number"},
		{limits.Message, "/blocks/7/elements/0/elements/2/format", "{yesterday}", "", "date token"},
		{limits.Message, "/blocks/7/elements/0/elements/2/url", "javascript:x", "", "not an address"},
		{limits.Message, "/blocks/6/elements/0/accessibility_label", "", "", "too few"},
		{limits.Message, "/blocks/7/elements/0/elements/3/user_id", "somebody", "", "id of a user"},
		{limits.Message, "/blocks/7/elements/0/elements/5/channel_id", "general", "", "id of a conversation"},
		{limits.Message, "/blocks/7/elements/0/elements/6/range", "all", "", "must be one of"},
		{limits.Message, "/blocks/7/elements/1/style", gone{}, "/blocks/7/elements/1", "needs"},
		{limits.Message, "/blocks/7/elements/1/style", "dashed", "", "must be one of"},
		{limits.Message, "/blocks/7/elements/1/indent", 9, "", "from 0 to 8"},
		{limits.Message, "/blocks/7/elements/1/border", 2, "", "from 0 to 1"},
		{limits.Message, "/blocks/7/elements/1/elements/0/type", "text", "", "not allowed"},
		{limits.Message, "/blocks/7/elements/3/elements/0", map[string]any{"type": "user", "user_id": "U1"}, "/blocks/7/elements/3/elements/0/type", "not allowed"},
		// Modals.
		{limits.Modal, "/type", "home", "", "must be one of"},
		{limits.Modal, "/title", gone{}, "/", "needs"},
		{limits.Modal, "/title/text", long(25), "", "at most 24"},
		{limits.Modal, "/submit/text", long(25), "", "at most 24"},
		{limits.Modal, "/close/text", long(25), "", "at most 24"},
		{limits.Modal, "/submit", gone{}, "/", `needs the member "submit"`},
		{limits.Modal, "/private_metadata", long(3001), "", "at most 3000"},
		{limits.Modal, "/callback_id", long(256), "", "at most 255"},
		{limits.Modal, "/external_id", long(256), "", "at most 255"},
		{limits.Modal, "/hash", "h", "", "not known"},
		{limits.Modal, "/blocks", gone{}, "/", "needs"},
		{limits.Modal, "/blocks", times(101, `{"type":"divider"}`), "", "at most 100"},
		{limits.Modal, "/blocks/0/type", "markdown", "", "not allowed"},
		{limits.Modal, "/blocks", times(90, `{"type":"section","text":{"type":"plain_text","text":"`+long(2900)+`"}}`), "/", "at most 250000"},
		{limits.Modal, "/blocks/0/label", gone{}, "/blocks/0", "needs"},
		{limits.Modal, "/blocks/0/element", gone{}, "/blocks/0", "needs"},
		{limits.Modal, "/blocks/0/label/text", long(2001), "", "at most 2000"},
		{limits.Modal, "/blocks/0/hint/text", long(2001), "", "at most 2000"},
		{limits.Modal, "/blocks/0/hint/type", "mrkdwn", "", "not allowed"},
		{limits.Modal, "/blocks/0/optional", "yes", "", "true or false"},
		{limits.Modal, "/blocks/0/element/type", "button", "", "not allowed"},
		{limits.Modal, "/blocks/0/element/initial_value", "abcd", "", "there is room for 3"},
		{limits.Modal, "/blocks/0/element/max_length", 3001, "", "from 1 to 3000"},
		{limits.Modal, "/blocks/0/element/max_length", 0, "", "from 1 to 3000"},
		{limits.Modal, "/blocks/0/element/min_length", 4, "", "greatest length"},
		{limits.Modal, "/blocks/0/element/placeholder/text", long(151), "", "at most 150"},
		{limits.Modal, "/blocks/1/block_id", "line", "", "another block"},
		{limits.Modal, "/blocks/1/element/focus_on_load", true, "", "another element"},
		{limits.Modal, "/blocks/1/element/options", times(11, option), "", "at most 10"},
		{limits.Modal, "/blocks/1/element/options", gone{}, "/blocks/1/element", "needs"},
		{limits.Modal, "/blocks/1/element/options/0/text/text", long(76), "", "at most 75"},
		{limits.Modal, "/blocks/1/element/options/0/value", long(151), "", "at most 150"},
		{limits.Modal, "/blocks/1/element/options/0/value", "", "", "too few"},
		{limits.Modal, "/blocks/1/element/options/0/value", "2", "/blocks/1/element", "two options"},
		{limits.Modal, "/blocks/1/element/options/0/description/text", long(76), "", "at most 75"},
		{limits.Modal, "/blocks/1/element/initial_option/value", "3", "/blocks/1/element/initial_option", "none of the options"},
		{limits.Modal, "/blocks/1/element/initial_option/description", text("more"), "/blocks/1/element/initial_option", "none of the options"},
		{limits.Modal, "/blocks/2/element/options", times(11, option), "", "at most 10"},
		{limits.Modal, "/blocks/2/element/initial_options", list{}, "", "at least 1"},
		{limits.Modal, "/blocks/2/element/initial_options/0/value", "3", "/blocks/2/element/initial_options/0", "none of the options"},
		{limits.Modal, "/blocks/3/element/options", gone{}, "/blocks/3/element", "needs either"},
		{limits.Modal, "/blocks/3/element/options", times(101, option), "", "at most 100"},
		{limits.Modal, "/blocks/3/element/options/0/text/type", "mrkdwn", "", "not allowed"},
		{limits.Modal, "/blocks/3/element/option_groups", times(1, `{"label":{"type":"plain_text","text":"G"},"options":[`+option+`]}`), "/blocks/3/element", "needs either"},
		{limits.Modal, "/blocks/4/element/option_groups", times(101, `{"label":{"type":"plain_text","text":"G%d"},"options":[{"text":{"type":"plain_text","text":"One"},"value":"%d"}]}`), "", "at most 100"},
		{limits.Modal, "/blocks/4/element/option_groups/0/options", times(101, option), "", "at most 100"},
		{limits.Modal, "/blocks/4/element/option_groups/0/label/text", long(76), "", "at most 75"},
		{limits.Modal, "/blocks/4/element/option_groups/0/label", gone{}, "/blocks/4/element/option_groups/0", "needs"},
		{limits.Modal, "/blocks/4/element/max_selected_items", 0, "", "from 1"},
		{limits.Modal, "/blocks/5/element/initial_user", "ada", "", "id of a user"},
		{limits.Modal, "/blocks/6/element/initial_users/1", "ada", "", "id of a user"},
		{limits.Modal, "/blocks/7/element/initial_conversation", "U1", "", "id of a conversation"},
		{limits.Modal, "/blocks/7/element/filter", map[string]any{}, "", "at least one"},
		{limits.Modal, "/blocks/7/element/filter/include", list{}, "", "at least 1"},
		{limits.Modal, "/blocks/7/element/filter/include/0", "secret", "", "must be one of"},
		{limits.Modal, "/blocks/8/element/initial_conversations", list{}, "", "at least 1"},
		{limits.Modal, "/blocks/8/element/initial_conversations/0", "general", "", "id of a conversation"},
		{limits.Modal, "/blocks/8/element/max_selected_items", 0, "", "from 1"},
		{limits.Modal, "/blocks/6/element/max_selected_items", 0, "", "from 1"},
		{limits.Modal, "/blocks/3/element/option_groups", list{}, "", "at least 1"},
		{limits.Modal, "/blocks/4/element/options", list{}, "", "at least 1"},
		{limits.Modal, "/blocks/9/element/initial_date", "2026-13-01", "", "not a day"},
		{limits.Modal, "/blocks/10/element/initial_time", "24:00", "", "not a time"},
		{limits.Modal, "/blocks/11/element/is_decimal_allowed", gone{}, "/blocks/11/element", "needs"},
		{limits.Modal, "/blocks/11/element/initial_value", "many", "", "not a number"},
		{limits.Modal, "/blocks/11/element/initial_value", "7.5", "", "whole number"},
		{limits.Modal, "/blocks/11/element/initial_value", "10", "", "not between"},
		{limits.Modal, "/blocks/11/element/min_value", "few", "", "not a number"},
		{limits.Modal, "/blocks/11/element/max_value", "many", "", "not a number"},
		{limits.Modal, "/blocks/11/element/min_value", "10", "", "greatest value"},
		// Home pages and unfurls.
		{limits.Home, "/title", text("Title"), "", "not known"},
		{limits.Home, "/submit", text("Send"), "", "not known"},
		{limits.Home, "/private_metadata", long(3001), "", "at most 3000"},
		{limits.Home, "/blocks", times(101, `{"type":"divider"}`), "", "at most 100"},
		{limits.Home, "/blocks/1/element", map[string]any{"type": "number_input", "is_decimal_allowed": false}, "", "modals only"},
		{limits.Unfurl, "/text", "x", "", "not known"},
		{limits.Unfurl, "/blocks", times(51, `{"type":"divider"}`), "", "at most 50"},
		{limits.Unfurl, "/blocks/0/type", "input", "", "not allowed"},
	} {
		right := map[limits.Surface]string{limits.Message: message, limits.Modal: modal, limits.Home: home, limits.Unfurl: unfurl}[c.surface]
		wrong := changed(t, right, c.at, c.to)
		path := c.path
		if path == "" {
			path = c.at
		}
		found := false
		problems := limits.Check(c.surface, wrong)
		for _, problem := range problems {
			found = found || problem.Path == strings.TrimSuffix(path, "/") && strings.Contains(problem.Say, c.say)
		}
		if !found {
			t.Errorf("%s with %.60s at %s: not reported as %q at %s, but %v", c.surface, fmt.Sprint(c.to), c.at, c.say, path, problems)
		}
	}
}

// changed returns a payload with one member set or deleted.
func changed(t *testing.T, payload, at string, to any) []byte {
	t.Helper()
	var top any
	if err := json.Unmarshal([]byte(payload), &top); err != nil {
		t.Fatal(err)
	}
	steps := strings.Split(strings.TrimPrefix(at, "/"), "/")
	here := top
	for i, step := range steps {
		last := i == len(steps)-1
		switch value := here.(type) {
		case map[string]any:
			if !last {
				here = value[step]
			} else if (to == gone{}) {
				delete(value, step)
			} else {
				value[step] = to
			}
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(value) {
				t.Fatalf("there is nothing at %s", at)
			}
			if last {
				value[n] = to
			} else {
				here = value[n]
			}
		default:
			t.Fatalf("there is nothing at %s", at)
		}
	}
	out, err := json.Marshal(top)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The weight agrees with what others measured.
func TestWeight(t *testing.T) {
	for _, c := range []struct {
		name   string
		blocks list
		taken  bool
	}{
		{"9,597 characters in 50 blocks", append(times(49, `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"`+long(190)+`"}]}]}`),
			times(1, `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"`+long(287)+`"}]}]}`)...), true},
		{"11,341 characters in 45 blocks", times(45, `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"`+long(252)+`"}]}]}`), false},
		{"4,649 characters in 28 blocks", times(28, `{"type":"section","text":{"type":"plain_text","text":"`+long(166)+`"}}`), true},
		{"13,298 characters in several blocks", times(5, `{"type":"section","text":{"type":"plain_text","text":"`+long(2660)+`"}}`), false},
		{"10,800 characters under 20 headers", append(times(20, `{"type":"header","text":{"type":"plain_text","text":"A title of thirty characters.."}}`),
			times(4, `{"type":"section","text":{"type":"plain_text","text":"`+long(2700)+`"}}`)...), false},
		{"2,700 ampersands", times(1, `{"type":"section","text":{"type":"plain_text","text":"`+strings.Repeat("&", 2700)+`"}}`), false},
		{"2,600 ampersands", times(1, `{"type":"section","text":{"type":"plain_text","text":"`+strings.Repeat("&", 2600)+`"}}`), true},
	} {
		payload, err := json.Marshal(map[string]any{"text": "x", "blocks": c.blocks})
		if err != nil {
			t.Fatal(err)
		}
		if problems := limits.Check(limits.Message, payload); (len(problems) == 0) != c.taken {
			t.Errorf("%s: %v", c.name, problems)
		}
	}
}

func TestSurfacesThatAreNot(t *testing.T) {
	if problems := limits.Check("canvas", []byte(`{}`)); len(problems) != 1 {
		t.Errorf("an unknown surface: %v", problems)
	}
	for _, payload := range []string{"", "null", "[]", "7", `"x"`, "{", `{} {}`, "\xff", `{"blocks":null}`} {
		for _, surface := range []limits.Surface{limits.Message, limits.Modal, limits.Home, limits.Unfurl} {
			if len(limits.Check(surface, []byte(payload))) == 0 {
				t.Errorf("%s: %q passes", surface, payload)
			}
		}
	}
}

// The same payload gives the same problems in the same order.
func TestProblemsHaveAnOrder(t *testing.T) {
	payload := []byte(`{"d":1,"a":2,"c":3,"blocks":[{"type":"header","z":1,"b":2}]}`)
	first := limits.Check(limits.Message, payload)
	for range 20 {
		if again := limits.Check(limits.Message, payload); !slices.Equal(first, again) {
			t.Fatalf("%v, then %v", first, again)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, payload := range []string{message, modal, home, unfurl} {
		f.Add([]byte(payload))
	}
	known := []limits.Surface{limits.Message, limits.Modal, limits.Home, limits.Unfurl}
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, surface := range known {
			for _, problem := range limits.Check(surface, payload) {
				if problem.Say == "" {
					t.Errorf("a problem says nothing: %+v", problem)
				}
			}
		}
	})
}
