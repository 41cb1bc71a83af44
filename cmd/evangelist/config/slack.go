package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"evangelist/adapters/slack/manifest"
)

// Slack holds the tokens of the workspace's own app, and what is called
// otherwise there.
type Slack struct {
	Transport     string        `yaml:"transport"` // socket | http
	BotToken      string        `yaml:"bot_token"`
	AppToken      string        `yaml:"app_token"`
	SigningSecret string        `yaml:"signing_secret"`
	APIURL        string        `yaml:"api_url"`
	Commands      SlackCommands `yaml:"commands"`
	Profile       SlackProfile  `yaml:"profile"`
}

// SlackCommands are names of slash commands, without the slash; empty: the word
// itself. There is a key for each first word of a declared command.
type SlackCommands struct {
	Concern    string `yaml:"concern"`
	Idea       string `yaml:"idea"`
	Digest     string `yaml:"digest"`
	Evangelist string `yaml:"evangelist"`
}

// SlackProfile holds the labels of profile fields that say more of a person;
// empty: that is not read.
type SlackProfile struct {
	Department string `yaml:"department"`
	Title      string `yaml:"title"`
	Level      string `yaml:"level"`
}

// HTTP reports whether Slack sends requests to us, rather than we ask for them.
func (s Slack) HTTP() bool { return s.Transport == "http" }

// Configured reports whether anything says that there is a workspace.
func (s Slack) Configured() bool {
	return s.BotToken != "" || s.AppToken != "" || s.SigningSecret != ""
}

// Renamed returns the slash commands that have another name than their word:
// word to name, both without the slash.
func (c SlackCommands) Renamed() map[string]string {
	names := map[string]string{}
	for word, name := range c.all() {
		if name != word {
			names[word] = name
		}
	}
	return names
}

// all returns every word with its name.
func (c SlackCommands) all() map[string]string {
	names := map[string]string{}
	value := reflect.ValueOf(c)
	for i := range value.NumField() {
		word := value.Type().Field(i).Tag.Get("yaml")
		names[word] = word
		if name := value.Field(i).String(); name != "" {
			names[word] = name
		}
	}
	return names
}

// Read reports whether any profile field is read.
func (p SlackProfile) Read() bool { return p != SlackProfile{} }

func (s Slack) check(say func(format string, args ...any)) {
	if s.Transport != "socket" && s.Transport != "http" {
		say("slack.transport %q is neither socket nor http", s.Transport)
	}
	if s.APIURL != "" && !apiAddress(s.APIURL) {
		// What it says is not repeated: it may hold a password.
		say("slack.api_url is not an https address: write one such as https://slack.com/api/, or leave the key out; http is only for this computer itself")
	}
	names := s.Commands.all()
	words := slices.Sorted(maps.Keys(names))
	for i, word := range words {
		if err := manifest.CheckName(names[word]); err != nil {
			say("slack.commands.%s: %w", word, err)
		}
		for _, other := range words[:i] {
			if names[other] == names[word] {
				say("slack.commands: %s and %s would both be called /%.40s: give one of them another name", other, word, names[word])
			}
		}
	}
}

// apiAddress reports whether tokens may be sent to an address.
func apiAddress(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Trouble is something about the settings that a person should look at.
type Trouble struct {
	Key  string
	Say  string // what it is and what it means
	Do   string // what to do
	Only bool   // worth a look; nothing is broken
}

// SlackTroubles looks at the settings for Slack without asking anybody: whether
// they are complete, and whether each is what its name says. None when Slack is
// not configured. No token stands in what it says.
func (c Config) SlackTroubles() []Trouble {
	if !c.Slack.Configured() {
		return nil
	}
	troubles := botTokenTroubles(c.Slack.BotToken)
	if c.Slack.HTTP() {
		return slices.Concat(troubles, secretTroubles(c.Slack.SigningSecret), c.wayInTroubles())
	}
	troubles = slices.Concat(troubles, appTokenTroubles(c.Slack.AppToken))
	if c.HTTP.PublicListen != "" && len(c.Platforms()) == 1 {
		troubles = append(troubles, Trouble{Key: "http.public_listen", Only: true,
			Say: "it is open, and over Socket Mode nothing comes in there", Do: "leave the key out, or set slack.transport to http"})
	}
	return troubles
}

// SlackReady reports why the bot cannot run in Slack with these settings, one
// sentence for each key; nil when it can, or when Slack is not configured.
func (c Config) SlackReady() error {
	var wrong []error
	for _, t := range c.SlackTroubles() {
		if !t.Only {
			wrong = append(wrong, fmt.Errorf("%s: %s; %s", t.Key, t.Say, t.Do))
		}
	}
	return errors.Join(wrong...)
}

const (
	botTokenPlace = "copy the Bot User OAuth Token, which begins with xoxb-, from OAuth & Permissions at https://api.slack.com/apps"
	appTokenPlace = "make an app-level token with the scope connections:write under Basic Information at https://api.slack.com/apps; it begins with xapp-"
	secretPlace   = "copy the Signing Secret from Basic Information at https://api.slack.com/apps"
)

func botTokenTroubles(token string) []Trouble {
	t := Trouble{Key: "slack.bot_token", Do: botTokenPlace}
	switch {
	case token == "":
		t.Say = "it is not set, so the bot cannot write to Slack"
	case strings.HasPrefix(token, "xapp-"):
		t.Say, t.Do = "it is an app-level token; those two are often mixed up", "put it under slack.app_token; and "+botTokenPlace
	case strings.HasPrefix(token, "xoxe"):
		t.Say, t.Do = "it is a token that ends after twelve hours", "token rotation is on for this app; make the app anew from evangelist manifest slack, which leaves it off"
	case strings.HasPrefix(token, "xoxp-"):
		t.Say = "it is a person's token, and the bot would act as that person"
	case !strings.HasPrefix(token, "xoxb-"):
		t.Say = "it is no bot token"
	case !tokenShape.MatchString(token):
		t.Say = "there are spaces, line breaks or quotes in it, or it was cut off"
	default:
		return nil
	}
	return []Trouble{t}
}

var tokenShape = regexp.MustCompile(`^x(oxb|app)-[A-Za-z0-9-]+$`)

func appTokenTroubles(token string) []Trouble {
	t := Trouble{Key: "slack.app_token", Do: appTokenPlace}
	switch {
	case token == "":
		t.Say = "it is not set, and Socket Mode needs it: nothing would come in from Slack"
	case strings.HasPrefix(token, "xoxb-"):
		t.Say, t.Do = "it is a bot token; those two are often mixed up", "put it under slack.bot_token; and "+appTokenPlace
	case !strings.HasPrefix(token, "xapp-"):
		t.Say = "it is no app-level token"
	case !tokenShape.MatchString(token):
		t.Say = "there are spaces, line breaks or quotes in it, or it was cut off"
	default:
		return nil
	}
	return []Trouble{t}
}

func secretTroubles(secret string) []Trouble {
	t := Trouble{Key: "slack.signing_secret", Do: secretPlace}
	switch {
	case secret == "":
		t.Say = "it is not set, so nobody could tell whether a request comes from Slack"
	case strings.HasPrefix(secret, "xox") || strings.HasPrefix(secret, "xapp-"):
		t.Say = "it is a token, not the signing secret"
	case strings.ContainsAny(secret, " \t\r\n\"'"):
		t.Say = "there are spaces, line breaks or quotes in it"
	case !secretShape.MatchString(secret):
		t.Say, t.Only = "it does not look like one: Slack's have 32 digits and letters from a to f", true
	default:
		return nil
	}
	return []Trouble{t}
}

var secretShape = regexp.MustCompile(`^[0-9a-f]{32}$`)

// wayInTroubles looks at how Slack would reach us.
func (c Config) wayInTroubles() []Trouble {
	var troubles []Trouble
	switch {
	case c.HTTP.PublicURL == "":
		troubles = append(troubles, Trouble{Key: "http.public_url", Only: true, Say: "it is not set, so the manifest cannot name the addresses that Slack sends to",
			Do: "write the https address under which Slack reaches this program, or set slack.transport to socket"})
	case !strings.HasPrefix(c.HTTP.PublicURL, "https://"):
		troubles = append(troubles, Trouble{Key: "http.public_url", Only: true, Say: "it is not https, and Slack sends to https only",
			Do: "put a proxy with a certificate before it, and write its address"})
	}
	host, _, err := net.SplitHostPort(c.HTTP.Listen)
	if c.HTTP.PublicListen == "" && err == nil && loopback(host) {
		troubles = append(troubles, Trouble{Key: "http.listen", Only: true, Say: fmt.Sprintf("%s is reached from this computer only", c.HTTP.Listen),
			Do: "have a proxy on it pass on /slack/, or set http.public_listen, which serves nothing else than that"})
	}
	return troubles
}
