package manifest

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"evangelist/bot"
)

// Slack's limits, in characters.
const (
	maxName        = 35
	maxDescription = 140
	maxLong        = 4000
	maxBotName     = 80
	maxShortcuts   = 10
	maxTitle       = 24
	maxShortHelp   = 150
	maxSlashes     = 50
	maxSlash       = 32 // with the slash
	maxSlashHelp   = 140
	maxHint        = 80
	maxAddress     = 3000
)

// New describes the app for the declared commands. What is too long is cut at a
// word; what cannot be mended here is an error that says what to change.
func New(commands []bot.Command, o Options) (Manifest, error) {
	if o.Word = line(o.Word); o.Word == "" {
		o.Word = "evangelist"
	}
	address, err := o.requests()
	if err != nil {
		return Manifest{}, err
	}
	slashes, err := slashCommands(commands, o.Names)
	if err != nil {
		return Manifest{}, err
	}
	shortcuts, err := shortcuts(commands)
	if err != nil {
		return Manifest{}, err
	}
	m := Manifest{
		Metadata: Metadata{Major: 1, Minor: 1},
		Display:  display(o),
		Features: Features{
			Home:      Home{HomeTab: true, MessagesTab: true},
			Bot:       BotUser{DisplayName: botName(o.Word), AlwaysOnline: true},
			Shortcuts: shortcuts, SlashCommands: slashes,
		},
		Settings: Settings{Interactivity: Interactivity{Enabled: true}, SocketMode: !o.HTTP},
	}
	if domain := o.domain(); domain != "" && web.holds(o) {
		m.Features.UnfurlDomains = []string{domain}
	}
	for _, scope := range Scopes(o) {
		m.OAuth.Scopes.Bot = append(m.OAuth.Scopes.Bot, scope.Name)
	}
	for _, event := range events {
		if event.when.holds(o) {
			m.Settings.Events.Bot = append(m.Settings.Events.Bot, event.name)
		}
	}
	if o.HTTP {
		m.Settings.Events.RequestURL = address + "/slack/events"
		m.Settings.Interactivity.RequestURL = address + "/slack/interactions"
		for i := range m.Features.SlashCommands {
			m.Features.SlashCommands[i].URL = address + "/slack/commands"
		}
	}
	return m, nil
}

// requests is the address below which Slack sends its requests.
func (o Options) requests() (string, error) {
	if !o.HTTP {
		return "", nil
	}
	if o.PublicURL == "" {
		return "", errors.New("http.public_url is not set, so Slack would not know where to send: write the address under which Slack reaches this program, such as https://evangelist.example.org, or use Socket Mode, which needs none")
	}
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || len(o.PublicURL) > maxAddress-100 {
		return "", fmt.Errorf("http.public_url %q cannot be where Slack sends to: write an https address without ? and #, or use Socket Mode, which needs none", o.PublicURL)
	}
	return strings.TrimRight(o.PublicURL, "/"), nil
}

// domain is the name of our own web, "" when it has none that Slack would take:
// an address of numbers, a name without a full stop.
func (o Options) domain() string {
	u, err := url.Parse(o.PublicURL)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if !domainShape.MatchString(host) || len(host) > 255 {
		return ""
	}
	return host
}

var domainShape = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\.[a-z][-a-z0-9]*[a-z0-9]$`)

func display(o Options) Display {
	organisation := line(o.Organisation)
	if organisation == "" {
		organisation = "our organisation"
	}
	short := cut("Useful links once a week, answers to concerns and ideas, and who helps whom.", maxDescription)
	if told := "Useful links once a week, answers to concerns and ideas, and who helps whom, for " + organisation + "."; runes(told) <= maxDescription {
		short = told
	}
	return Display{Name: cut(upperFirst(o.Word), maxName), Description: short, LongDescription: cut(about(organisation, o.Quiet), maxLong)}
}

// about is the long description. Administrators read it before they install.
func about(organisation string, quiet bool) string {
	links := "Links are collected only in channels to which the bot was invited and which a comms lead chose."
	if quiet {
		links = "It reads no channel: links come in by shortcut, by command, or in its own chat."
	}
	return "What colleagues find useful reaches those who can use it: links become a weekly edition, drafted by the bot and approved by a person. " +
		"Every concern and every idea gets an answer, with a name or without one; without, nothing that the bot keeps says who wrote it, though Slack itself knows that the command was used. " +
		"And people who want to help each other find each other.\n\n" +
		links + " " + upperFirst(cut(organisation, 200)) + " runs the bot itself, and nothing is sent to its makers."
}

// botName makes of a word what Slack allows in the name of a bot: small letters
// without accents, digits, hyphen, underscore and full stop.
func botName(word string) string {
	var name strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(word)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			name.WriteRune(r)
		case unicode.IsSpace(r):
			name.WriteByte('-')
		}
	}
	ascii := strings.Trim(name.String(), "-_.")
	ascii = strings.TrimRight(ascii[:min(len(ascii), maxBotName)], "-_.")
	if ascii == "" {
		return "evangelist"
	}
	return ascii
}

// line is a text on one line, without what cannot be shown.
func line(text string) string { return strings.Join(strings.Fields(bot.Clean(text, 0)), " ") }

func upperFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

func runes(text string) int { return utf8.RuneCountInString(text) }

// cut shortens a text to so many characters, where possible between two words.
func cut(text string, limit int) string {
	if runes(text) <= limit {
		return text
	}
	short := string([]rune(text)[:limit-1])
	if at := strings.LastIndexByte(short, ' '); at > len(short)/2 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,;:.") + "…"
}
