package kit

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// roomOfText is how much fits into a text input that names no limit.
const roomOfText = 3000

// Check says, in the client's words, what is wrong with what stands in the
// inputs of a view: block_id, sentence. Empty: it may be sent.
func Check(raw json.RawMessage, values Values) map[string]string {
	wrong := map[string]string{}
	for _, e := range Elements(raw) {
		if !e.Input {
			continue
		}
		if say := check(e, values[e.BlockID][e.ActionID]); say != "" {
			wrong[e.BlockID] = say
		}
	}
	return wrong
}

func check(e Element, value Obj) string {
	how, ok := holding(e.Type)
	if !ok {
		return ""
	}
	if empty(value[how.member]) {
		if e.Optional {
			return ""
		}
		return "Please complete this required field."
	}
	switch e.Type {
	case "plain_text_input":
		return checkText(e, Str(value, how.member))
	case "number_input":
		return checkNumber(e, Str(value, how.member))
	case "email_text_input":
		if _, err := mail.ParseAddress(Str(value, how.member)); err != nil {
			return "Please enter a valid email address."
		}
	case "url_text_input":
		if u, err := url.Parse(Str(value, how.member)); err != nil || u.Scheme == "" || u.Host == "" {
			return "Please enter a valid URL."
		}
	}
	if how.many {
		list, _ := value[how.member].([]any)
		if most, ok := number(e.JSON["max_selected_items"]); ok && len(list) > int(most) {
			return fmt.Sprintf("Please choose at most %d.", int(most))
		}
	}
	return ""
}

func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(value) == ""
	case []any:
		return len(value) == 0
	}
	return false
}

func checkText(e Element, text string) string {
	n := utf8.RuneCountInString(text)
	least, _ := number(e.JSON["min_length"])
	most, ok := number(e.JSON["max_length"])
	if !ok {
		most = roomOfText
	}
	switch {
	case n < int(least):
		return fmt.Sprintf("Please enter at least %d characters.", int(least))
	case n > int(most):
		return fmt.Sprintf("Please enter at most %d characters.", int(most))
	}
	return ""
}

func checkNumber(e Element, text string) string {
	given, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return "Please enter a number."
	}
	if decimal, _ := e.JSON["is_decimal_allowed"].(bool); !decimal && strings.ContainsAny(text, ".eE") {
		return "Please enter a whole number."
	}
	if least, ok := number(e.JSON["min_value"]); ok && given < least {
		return fmt.Sprintf("Please enter a number not below %v.", least)
	}
	if most, ok := number(e.JSON["max_value"]); ok && given > most {
		return fmt.Sprintf("Please enter a number not above %v.", most)
	}
	return ""
}

// number reads a number that may be written as a text, as some members are.
func number(value any) (float64, bool) {
	var text string
	switch value := value.(type) {
	case json.Number:
		text = value.String()
	case string:
		text = value
	case float64:
		return value, true
	default:
		return 0, false
	}
	out, err := strconv.ParseFloat(text, 64)
	return out, err == nil
}

// Doubled says which block_ids, and which action_ids within a block, are given
// twice, in Slack's words.
func Doubled(raw json.RawMessage) []string {
	blocks, err := Blocks(raw)
	if err != nil {
		return nil
	}
	var wrong []string
	seen := map[string]bool{}
	for i, block := range blocks {
		id := Str(block, "block_id")
		if id != "" && seen[id] {
			wrong = append(wrong, fmt.Sprintf("[ERROR] `block_id`: \"%s\" already exists [json-pointer:/blocks/%d]", id, i))
		}
		seen[id] = true
		actions := map[string]bool{}
		for _, each := range within(block) {
			action := Str(each, "action_id")
			if action != "" && actions[action] {
				wrong = append(wrong, fmt.Sprintf("[ERROR] `action_id`: \"%s\" already exists for `block_id`: \"%s\" [json-pointer:/blocks/%d]", action, id, i))
			}
			actions[action] = true
		}
	}
	return wrong
}
