package manifest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"evangelist/bot"
)

// lists makes the menus of commands: in a conversation of several, and with the
// bot alone. They hold what everybody may ask; the rest is typed.
func lists(commands []bot.Command, variant Variant) []commandList {
	most := maxListedOlder
	if variant.slash() {
		most = maxListed
	}
	entries := listed(commands, most)
	if len(entries) == 0 {
		return nil
	}
	together, alone := commandList{Scopes: []string{"team", "groupChat"}, Commands: entries}, commandList{Scopes: []string{"personal"}, Commands: entries}
	if variant.slash() { // targeted messages do not exist in a chat of two
		together.Triggers, alone.Triggers = []string{"mention", "slash"}, []string{"mention"}
	}
	return []commandList{together, alone}
}

// listed chooses at most so many commands: first those that are offered
// everywhere, then single words and help, then the others, each in their order.
func listed(commands []bot.Command, most int) []command {
	type ranked struct {
		command
		rank int
	}
	var all []ranked
	for _, c := range commands {
		if c.Help == "" || len(c.Phrases) == 0 || c.Needs != bot.Anybody && c.Needs != bot.Colleague || utf8.RuneCountInString(c.Phrases[0]) > maxCommandTitle {
			continue
		}
		phrase, rank := c.Phrases[0], 2
		switch {
		case c.Global:
			rank = 0
		case !strings.Contains(phrase, " ") || strings.HasSuffix(phrase, " help"):
			rank = 1
		}
		all = append(all, ranked{command{Title: phrase, Description: sentence(c.Help)}, rank})
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return a.rank - b.rank })
	var out []command
	for _, entry := range all[:min(len(all), most)] {
		out = append(out, entry.command)
	}
	return out
}

// actions makes an action of each command that is offered on a message, and
// then of those that are offered everywhere, as far as there is room. All open a
// dialog.
func actions(commands []bot.Command, variant Variant) ([]action, error) {
	var onMessages, everywhere []action
	for _, c := range commands {
		if c.Title == "" || c.On == bot.OnNothing && !c.Global {
			continue
		}
		if utf8.RuneCountInString(c.Title) > maxCommandTitle || len(c.Name) > 64 {
			return nil, fmt.Errorf("the command %s has a title of more than %d characters, or a name of more than 64", c.Name, maxCommandTitle)
		}
		entry := action{ID: c.Name, Type: "action", Title: c.Title, Description: sentence(c.Help), Fetch: true}
		if c.Help == "" {
			entry.Description = c.Title
		}
		if c.On != bot.OnNothing {
			entry.Context = []string{"message"}
			onMessages = append(onMessages, entry)
			continue
		}
		entry.Context = []string{"compose", "commandBox"}
		if variant.slash() {
			entry.Triggers = []string{"slash"}
		}
		everywhere = append(everywhere, entry)
	}
	if len(onMessages) > maxExtensions {
		return nil, fmt.Errorf("%d commands are offered on messages, and Teams takes %d", len(onMessages), maxExtensions)
	}
	out := append(onMessages, everywhere...)
	return out[:min(len(out), maxExtensions)], nil
}

// sentence is help as a sentence of its own.
func sentence(help string) string {
	first, size := utf8.DecodeRuneInString(help)
	return cut(string(unicode.ToUpper(first))+help[size:], maxDescription)
}

// cut shortens a text to limit characters, at a word where it can.
func cut(text string, limit int) string {
	text = strings.Join(strings.Fields(bot.Clean(text, 0)), " ")
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	short := string(runes[:limit-1])
	if space := strings.LastIndex(short, " "); space > len(short)/2 {
		short = short[:space]
	}
	return strings.TrimSpace(short) + "…"
}
