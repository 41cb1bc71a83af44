package manifest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"evangelist/bot"
)

// CheckName reports why a word cannot be the name of a slash command, without
// its slash; nil when it can.
func CheckName(name string) error {
	if n := runes(name); n < 1 || n > maxSlash-1 {
		return fmt.Errorf("%.40q has %d characters: a slash command has 2 to %d, the slash included", name, n, maxSlash)
	}
	for _, r := range name {
		switch {
		case unicode.IsUpper(r):
			return fmt.Errorf("%q has capital letters: slash commands are lower case", name)
		case r == '/':
			return fmt.Errorf("%q has a slash: write the name without it", name)
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_':
			return fmt.Errorf("%q has a space or a sign in it: use letters, digits, - and _", name)
		}
	}
	return nil
}

// Words lists the slash words of the declared commands, in order: the first
// words of their phrases.
func Words(commands []bot.Command) []string {
	var words []string
	for _, command := range commands {
		for _, phrase := range command.Phrases {
			if word, _, _ := strings.Cut(phrase, " "); !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	return words
}

// slashCommands makes one slash command of each first word.
func slashCommands(commands []bot.Command, names map[string]string) ([]Slash, error) {
	words := Words(commands)
	for word := range names {
		if !slices.Contains(words, word) {
			return nil, fmt.Errorf("there is no command /%s that could have another name; the commands are /%s", word, strings.Join(words, ", /"))
		}
	}
	if len(words) > maxSlashes {
		return nil, fmt.Errorf("there are %d slash commands, and Slack allows %d", len(words), maxSlashes)
	}
	taken := map[string]string{}
	var slashes []Slash
	for _, word := range words {
		name := word
		if other := names[word]; other != "" {
			name = other
		}
		if err := CheckName(name); err != nil {
			return nil, fmt.Errorf("the name of /%s: %w", word, err)
		}
		if other, double := taken[name]; double {
			return nil, fmt.Errorf("/%s and /%s would both be called /%s: give one of them another name", other, word, name)
		}
		taken[name] = word
		slashes = append(slashes, Slash{Command: "/" + name, Description: describe(commands, word), UsageHint: hint(commands, word)})
	}
	return slashes, nil
}

// describe is the help of the command that the word alone calls, or of the first
// that begins with it.
func describe(commands []bot.Command, word string) string {
	first := ""
	for _, command := range commands {
		if command.Help == "" || len(command.Phrases) == 0 {
			continue
		}
		switch begin, _, _ := strings.Cut(command.Phrases[0], " "); {
		case slices.Contains(command.Phrases, word):
			return cut(upperFirst(line(command.Help)), maxSlashHelp)
		case begin == word && first == "":
			first = command.Help
		}
	}
	if first == "" {
		first = "talks to the bot."
	}
	return cut(upperFirst(line(first)), maxSlashHelp)
}

// hint lists what may follow the word, as far as everybody may say it: whole
// words only, and help first, since that lists the rest.
func hint(commands []bot.Command, word string) string {
	var follow []string
	for _, command := range commands {
		if len(command.Phrases) == 0 || command.Help == "" || command.Needs != bot.Anybody && command.Needs != bot.Colleague {
			continue
		}
		rest, ok := strings.CutPrefix(command.Phrases[0], word+" ") // the others are other spellings
		switch {
		case !ok:
		case rest == "help":
			follow = slices.Insert(follow, 0, rest)
		default:
			follow = append(follow, rest)
		}
	}
	text := ""
	for i, rest := range follow {
		switch longer := text + " | " + rest; {
		case i == 0:
			text = cut(rest, maxHint)
		case runes(longer) > maxHint-runes(" | …"):
			return text + " | …"
		default:
			text = longer
		}
	}
	return text
}

// shortcuts makes a menu entry of each command that has a title and is offered
// on messages or outside of them.
func shortcuts(commands []bot.Command) ([]Shortcut, error) {
	var all []Shortcut
	add := func(command bot.Command, kind string) error {
		if n := runes(command.Title); n > maxTitle {
			return fmt.Errorf("the title %q of %s has %d characters, and Slack allows %d", command.Title, command.Name, n, maxTitle)
		}
		help := command.Help
		if help == "" {
			help = command.Title
		}
		all = append(all, Shortcut{Name: command.Title, Type: kind, CallbackID: command.Name, Description: cut(upperFirst(line(help)), maxShortHelp)})
		return nil
	}
	for _, command := range commands {
		if command.Title == "" {
			continue
		}
		if command.On != bot.OnNothing {
			if err := add(command, "message"); err != nil {
				return nil, err
			}
		}
		if command.Global {
			if err := add(command, "global"); err != nil {
				return nil, err
			}
		}
	}
	if len(all) > maxShortcuts {
		return nil, fmt.Errorf("there are %d shortcuts, and Slack allows %d: take the title off some commands", len(all), maxShortcuts)
	}
	return all, nil
}
