package blockkit

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"evangelist/bot"
)

// What mrkdwn reads as something else than words.
var (
	controls = regexp.MustCompile(`<([^<>]*)>`)
	codes    = regexp.MustCompile("`[^`\n]+`")
)

// unescape undoes the entities of mrkdwn.
func unescape(text string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}

// Words returns what a reader sees of a payload, a view or an unfurl, block by
// block: labels of buttons and the questions behind them, labels, help and
// answers of fields included; escapes undone, a moment as its fallback. A
// mention is its user id. It is for tests and for pretend clients.
func Words(payload []byte) (string, error) {
	top, err := parse(payload)
	if err != nil {
		return "", fmt.Errorf("read the words of a payload: %w", err)
	}
	view, ok := top.(map[string]any)
	if !ok {
		return "", errors.New("read the words of a payload: it is not an object")
	}
	var lines []string
	say := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			lines = append(lines, text)
		}
	}
	say(seen(view["title"]))
	blocks, _ := view["blocks"].([]any)
	for _, block := range blocks {
		say(seen(block))
	}
	say(seen(view["submit"]))
	say(seen(view["close"]))
	return strings.Join(lines, "\n\n"), nil
}

// order is the order in which the members of an object are read.
func order() []string {
	return []string{"label", "text", "title", "fields", "elements", "element", "placeholder", "options", "option_groups", "description", "initial_value", "hint", "confirm", "deny"}
}

// seen returns the words of a block, an element or a text object.
func seen(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case []any:
		var out []string
		for _, item := range value {
			out = append(out, seen(item))
		}
		return strings.Join(out, "\n")
	case map[string]any:
		text := func(name string) string { text, _ := value[name].(string); return text }
		switch value["type"] {
		case "text", "plain_text":
			return text("text")
		case "mrkdwn":
			return unmarked(text("text"))
		case "link":
			if words := text("text"); words != "" {
				return words
			}
			return text("url")
		case "date":
			return text("fallback")
		case "user":
			return "@" + text("user_id")
		case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
			leaves, _ := value["elements"].([]any)
			var out strings.Builder
			for _, l := range leaves {
				out.WriteString(seen(l))
			}
			return out.String()
		}
		var out []string
		for _, name := range order() {
			if words := seen(value[name]); words != "" {
				out = append(out, words)
			}
		}
		return strings.Join(out, "\n")
	}
	return ""
}

// unmarked returns the words of mrkdwn as it is written here. What stands in
// code is as it is.
func unmarked(text string) string {
	var out strings.Builder
	from := 0
	for _, code := range codes.FindAllStringIndex(text, -1) {
		out.WriteString(uncontrolled(text[from:code[0]]) + text[code[0]+1:code[1]-1])
		from = code[1]
	}
	return unescape(out.String() + uncontrolled(text[from:]))
}

func uncontrolled(text string) string {
	text = controls.ReplaceAllStringFunc(text, func(control string) string {
		_, words, _ := strings.Cut(strings.Trim(control, "<>"), "|")
		return words
	})
	return strings.NewReplacer("*", "", "_", "").Replace(text)
}

// Inert returns an error when something in a payload, a view or an unfurl does
// more than show words: a mention (a ping that is not resolved yet counts as a
// name), an emoji, a control sequence of mrkdwn that is none of ours, a link to
// somewhere that leads does not know. With nil any http, https or mailto address
// may be led to.
func Inert(payload []byte, leads func(address string) bool) error {
	top, err := parse(payload)
	if err != nil {
		return fmt.Errorf("look for what is live: %w", err)
	}
	view, ok := top.(map[string]any)
	if !ok {
		return errors.New("look for what is live: the payload is not an object")
	}
	known := func(address string) bool {
		return bot.SafeAddress(address) && !strings.HasPrefix(address, "/") && (leads == nil || leads(address))
	}
	if text, ok := view["text"].(string); ok && strings.ContainsAny(text, "<>") {
		return errors.New("the summary holds an angle bracket")
	}
	return inert(view, known)
}

func inert(value any, known func(string) bool) error {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			if err := inert(item, known); err != nil {
				return err
			}
		}
	case map[string]any:
		text, _ := value["text"].(string)
		switch value["type"] {
		case "user", "usergroup", "channel", "team", "broadcast", "emoji", "color", "markdown", "image":
			return fmt.Errorf("there is an element of the type %v", value["type"])
		case "plain_text":
			if value["emoji"] == true {
				return errors.New("a plain text shows emoji")
			}
		case "mrkdwn":
			if value["verbatim"] != true {
				return errors.New("words of mrkdwn are searched for links")
			}
			if err := inertMarks(text, known); err != nil {
				return err
			}
		}
		if address, ok := value["url"].(string); ok && !known(address) {
			return errors.New("a link leads somewhere else")
		}
		for _, item := range value {
			if err := inert(item, known); err != nil {
				return err
			}
		}
	}
	return nil
}

func inertMarks(text string, known func(string) bool) error {
	rest := codes.ReplaceAllString(text, "")
	for _, found := range controls.FindAllStringSubmatch(rest, -1) {
		rest = strings.Replace(rest, found[0], "", 1)
		address, _, labelled := strings.Cut(found[1], "|")
		date := strings.HasPrefix(address, "!date^")
		if !labelled || !date && !known(unescape(address)) {
			return errors.New("there is a control sequence that is none of ours")
		}
	}
	if strings.ContainsAny(rest, "<>") || emojiCode.MatchString(rest) || strings.Contains(rest, "~") {
		return errors.New("there is a sign that mrkdwn reads")
	}
	for line := range strings.SplitSeq(rest, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "&gt;") {
			return errors.New("a line would be shown as a quote")
		}
	}
	for _, mark := range []string{"*", "_", "`"} {
		if strings.Count(rest, mark)%2 != 0 {
			return fmt.Errorf("a %s stands alone", mark)
		}
	}
	return nil
}
