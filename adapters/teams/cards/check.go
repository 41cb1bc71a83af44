package cards

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"evangelist/bot"
)

// Limits of a card that Check holds it to.
const (
	maxActions = 6 // in one row; Teams hides the rest
	maxDepth   = 12
)

var (
	widthOf = regexp.MustCompile(`^(stretch|[1-9][0-9]{0,2}px)$`)
	atTag   = regexp.MustCompile(`<at>([^<]*)</at>`)
)

// Check returns what is wrong with a card: a member that no card of ours may
// have, a missing one, a value out of range, an id used twice, markup or a
// mention that text alone could have made. It says where, never what stands
// there. A card from Render is checked after Resolve.
func Check(content []byte) error {
	var root any
	read := json.NewDecoder(bytes.NewReader(content))
	read.UseNumber()
	if err := read.Decode(&root); err != nil {
		return fmt.Errorf("read a card: %w", err)
	}
	c := checker{ids: map[string]bool{}, tags: map[string]bool{}}
	if card, ok := root.(map[string]any); ok {
		c.declare(card)
	}
	c.thing("card", "AdaptiveCard", root, 0)
	for _, used := range c.tags {
		if !used {
			c.say("card", "declares a mention that stands nowhere")
		}
	}
	return errors.Join(c.problems...)
}

// Inert returns an error when the card of a payload holds something live that
// text alone could have made. The words may be anybody's.
func Inert(payload []byte) error {
	p, err := Resolve(payload, nil)
	if err != nil {
		return err
	}
	return Check(p.Card)
}

type checker struct {
	ids      map[string]bool
	tags     map[string]bool // declared mentions, and whether they stand in the card
	problems []error
}

func (c *checker) say(where, what string) {
	c.problems = append(c.problems, fmt.Errorf("%s %s", where, what))
}

// declare reads the mentions that the card brings along.
func (c *checker) declare(card map[string]any) {
	msteams, _ := card["msteams"].(map[string]any)
	entities, _ := msteams["entities"].([]any)
	for _, one := range entities {
		if object, ok := one.(map[string]any); ok {
			if tag, ok := object["text"].(string); ok {
				c.tags[tag] = false
			}
		}
	}
}

func (c *checker) thing(where, kind string, value any, depth int) {
	object, ok := value.(map[string]any)
	if !ok || depth > maxDepth {
		c.say(where, "is no object, or stands too deep")
		return
	}
	if named, _ := object["type"].(string); kind == "element" || kind == "action" {
		if (kind == "action") != strings.HasPrefix(named, "Action.") || cardRules[named]["type"] == "" || notFree(named) {
			c.say(where, "has a type that may not stand there")
			return
		}
		kind = named
	}
	rules := cardRules[kind]
	for member, rule := range rules {
		if _, there := object[member]; !there && strings.HasSuffix(rule, "!") {
			c.say(where, "lacks "+member)
		}
	}
	for _, member := range sortedMembers(object) {
		rule, known := rules[member]
		if !known {
			c.say(where, "has the unknown member "+member)
			continue
		}
		c.member(where+"."+member, strings.TrimSuffix(rule, "!"), strings.HasSuffix(rule, "!"), object[member], depth)
	}
	if id, ok := object["id"].(string); ok && kind != "mentioned" {
		if c.ids[id] {
			c.say(where, "has an id that is used twice")
		}
		c.ids[id] = true
	}
	if actions, ok := object["actions"].([]any); ok && len(actions) > maxActions {
		c.say(where, "has too many actions")
	}
}

// notFree names kinds that stand only inside their own parents.
func notFree(kind string) bool {
	switch kind {
	case "AdaptiveCard", "Column", "TableRow", "TableCell", "TextRun", "Data.Query", "mention":
		return true
	}
	return false
}

func (c *checker) member(where, rule string, compulsory bool, value any, depth int) {
	if kind, list := strings.CutPrefix(rule, "["); list {
		items, ok := value.([]any)
		if !ok || compulsory && len(items) == 0 {
			c.say(where, "is no list, or an empty one")
		}
		for i, item := range items {
			c.thing(fmt.Sprintf("%s[%d]", where, i), strings.TrimSuffix(kind, "]"), item, depth+1)
		}
		return
	}
	if _, kind := cardRules[rule]; kind && !strings.HasSuffix(where, ".type") {
		c.thing(where, rule, value, depth+1)
		return
	}
	var ok bool
	switch v := value.(type) {
	case string:
		ok = c.text(rule, v) && (v != "" || !compulsory)
	case bool:
		ok = rule == "bool"
	case json.Number:
		n, err := v.Int64()
		ok = rule == "scalar" || rule == "positive" && err == nil && n > 0
	case map[string]any:
		ok = rule == "data" && isOurs(v)
	}
	if !ok {
		c.say(where, "is not "+rule)
	}
}

func (c *checker) text(rule, text string) bool {
	switch rule {
	case "literal":
		return literal(text) == text
	case "tame":
		return tame(text)
	case "mentions":
		return tame(atTag.ReplaceAllStringFunc(text, func(tag string) string {
			if _, declared := c.tags[tag]; !declared {
				return tag
			}
			c.tags[tag] = true
			return atTag.FindStringSubmatch(tag)[1]
		}))
	case "string", "scalar":
		return true
	case "width":
		return widthOf.MatchString(text)
	case "address":
		return bot.SafeAddress(text) && !strings.HasPrefix(text, "/")
	case "bool", "positive", "data":
		return false
	}
	for _, one := range strings.Split(rule, "|") {
		if one == text {
			return true
		}
	}
	return false
}

// isOurs reports whether data is what a button or form of ours carries.
func isOurs(v map[string]any) bool {
	ours, ok := v["evangelist"].(map[string]any)
	command, named := ours["c"].(string)
	for member := range v {
		if member != "evangelist" && member != "msteams" {
			return false
		}
	}
	if fetch, there := v["msteams"].(map[string]any); there && (len(fetch) != 1 || fetch["type"] != "task/fetch") {
		return false
	}
	return ok && named && command != ""
}
