package limits

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

func checkMessage(c *check, _ string, top map[string]any) {
	blocks, ok := top["blocks"].([]any)
	if weight := Weight(blocks); ok && weight > heaviest {
		c.say("/blocks", "weighs %d characters together, escapes and blocks included; at most %d are allowed", weight, heaviest)
	}
}

func checkModal(c *check, _ string, top map[string]any) {
	blocks, _ := top["blocks"].([]any)
	for _, item := range blocks {
		if block, ok := item.(map[string]any); ok && block["type"] == "input" && top["submit"] == nil {
			c.say("", "needs the member %q, for it has a field to fill in", "submit")
			return
		}
	}
}

// blockOnce: a block_id stands once in a message or view.
func blockOnce(c *check, path string, block map[string]any) {
	id, ok := block["block_id"].(string)
	if ok && c.ids[id] {
		c.say(path+"/block_id", "%.40q stands at another block already", id)
	}
	if ok {
		c.ids[id] = true
	}
}

// actionsOnce: an action_id stands once in a block.
func actionsOnce(c *check, path string, block map[string]any) {
	elements, _ := block["elements"].([]any)
	seen := map[string]bool{}
	for i, item := range elements {
		element, _ := item.(map[string]any)
		id, ok := element["action_id"].(string)
		if ok && seen[id] {
			c.say(path+"/elements/"+strconv.Itoa(i)+"/action_id", "%.40q stands in the same block already", id)
		}
		seen[id] = true
	}
}

func sectionHolds(c *check, path string, block map[string]any) {
	if block["text"] == nil && block["fields"] == nil {
		c.say(path, "needs the member %q or %q", "text", "fields")
	}
}

// focusOnce: one element of a view has the focus at first.
func focusOnce(c *check, path string, element map[string]any) {
	if element["focus_on_load"] != true {
		return
	}
	if c.focused {
		c.say(path+"/focus_on_load", "another element has the focus already")
	}
	c.focused = true
}

func inModalsOnly(c *check, path string, _ map[string]any) {
	if c.surface != Modal {
		c.say(path, "stands in modals only")
	}
}

func filterFilters(c *check, path string, filter map[string]any) {
	if len(filter) == 0 {
		c.say(path, "needs at least one member")
	}
}

// optionsFit: a menu has options or groups of them, each value once, and what is
// chosen at first is one of them.
func optionsFit(c *check, path string, element map[string]any) {
	options, hasOptions := element["options"].([]any)
	groups, hasGroups := element["option_groups"].([]any)
	if hasOptions == hasGroups {
		c.say(path, "needs either %q or %q", "options", "option_groups")
	}
	for _, item := range groups {
		group, _ := item.(map[string]any)
		more, _ := group["options"].([]any)
		options = append(options, more...)
	}
	values := map[any]bool{}
	for _, item := range options {
		option, _ := item.(map[string]any)
		if value, ok := option["value"].(string); ok && values[value] {
			c.say(path, "the value %.40q stands at two options", value)
		} else if ok {
			values[value] = true
		}
	}
	chosen := func(at string, want any) {
		for _, option := range options {
			if reflect.DeepEqual(option, want) {
				return
			}
		}
		c.say(at, "is none of the options")
	}
	if first, there := element["initial_option"]; there {
		chosen(path+"/initial_option", first)
	}
	several, _ := element["initial_options"].([]any)
	for i, first := range several {
		chosen(path+"/initial_options/"+strconv.Itoa(i), first)
	}
}

func wholeOf(value any, otherwise int) int {
	number, ok := value.(json.Number)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(number.String())
	if err != nil {
		return otherwise
	}
	return n
}

func lengthsFit(c *check, path string, element map[string]any) {
	least, most := wholeOf(element["min_length"], 0), wholeOf(element["max_length"], longestText)
	if least > most {
		c.say(path+"/min_length", "is more than the greatest length, %d", most)
	}
	if first, ok := element["initial_value"].(string); ok && units(first) > most {
		c.say(path+"/initial_value", "has %d characters; there is room for %d", units(first), most)
	}
}

func numbersFit(c *check, path string, element map[string]any) {
	value := func(name string) (float64, bool) {
		words, ok := element[name].(string)
		n, err := strconv.ParseFloat(words, 64)
		return n, ok && err == nil
	}
	first, hasFirst := value("initial_value")
	least, hasLeast := value("min_value")
	most, hasMost := value("max_value")
	switch words, _ := element["initial_value"].(string); {
	case hasLeast && hasMost && least > most:
		c.say(path+"/min_value", "is more than the greatest value")
	case hasFirst && (hasLeast && first < least || hasMost && first > most):
		c.say(path+"/initial_value", "is not between the least and the greatest value")
	case hasFirst && element["is_decimal_allowed"] == false && strings.Contains(words, "."):
		c.say(path+"/initial_value", "must be a whole number")
	}
}
