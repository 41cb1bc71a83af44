// Package config reads the configuration: a YAML file, strictly, then the
// environment over it. It checks what can be checked without a connection.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/mail"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"github.com/goccy/go-yaml"
)

// Config is everything that an installation can set. Each key of the file has
// the name in its tag; the environment has the same path in capitals
// (EVANGELIST_HTTP_LISTEN), or with _FILE behind it the name of a file that
// holds the value.
type Config struct {
	Organisation Organisation `yaml:"organisation"`
	Leads        []string     `yaml:"leads"`
	HTTP         HTTP         `yaml:"http"`
	Database     string       `yaml:"database"`
	Slack        Slack        `yaml:"slack"`
	Teams        Teams        `yaml:"teams"`
	Mail         Mail         `yaml:"mail"`
	Links        Links        `yaml:"links"`
}

// Organisation says whose bot this is.
type Organisation struct {
	Name     string `yaml:"name"`
	TimeZone string `yaml:"time_zone"`
	Word     string `yaml:"word"` // what an advocate is called, default "evangelist"
}

// HTTP says where pages are served.
type HTTP struct {
	Listen       string `yaml:"listen"`        // desk, archive, health, metrics
	PublicListen string `yaml:"public_listen"` // only what a platform must reach
	PublicURL    string `yaml:"public_url"`    // how browsers reach Listen
}

// Mail says how mail leaves.
type Mail struct {
	SMTP string `yaml:"smtp"`
	From string `yaml:"from"`
}

// Links says what may be done with shared links.
type Links struct {
	Fetch bool `yaml:"fetch"`
}

// Default returns the configuration before a file or the environment speaks.
func Default() Config {
	return Config{
		Organisation: Organisation{Name: "Our organisation", TimeZone: "UTC", Word: "evangelist"},
		HTTP:         HTTP{Listen: "127.0.0.1:8080"},
		Database:     "sqlite:evangelist.db",
		Slack:        Slack{Transport: "socket"},
		Teams:        Teams{Cloud: "public"},
	}
}

// Load reads a file (none when path is empty) and the environment, and checks
// the result. Every mistake is a sentence that names the key; a mistake in the
// file also has its line, column and an excerpt.
func Load(path string, environ []string) (Config, error) {
	c := Default()
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return c, fmt.Errorf("there is no configuration file %s; copy config.example.yaml there, or leave --config out for the playground", path)
			}
			return c, fmt.Errorf("the configuration file %s cannot be read; check that it is a file and that this user may open it (%w)", path, err)
		}
		if c, err = Parse(path, text); err != nil {
			return c, err
		}
	}
	if err := applyEnvironment(&c, environ); err != nil {
		return c, err
	}
	return c, c.Check()
}

// Parse decodes the text of a file strictly over the defaults. An unknown key
// or a wrong type is an error with file, line, column and excerpt.
func Parse(name string, text []byte) (Config, error) {
	c := Default()
	if len(strings.TrimSpace(string(text))) == 0 {
		return c, nil
	}
	if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
		if strings.Contains(err.Error(), "EOF") && onlyComments(text) {
			return c, nil
		}
		return c, fmt.Errorf("the configuration file %s has a mistake; every key and its meaning stand in config.example.yaml:\n%s", name, masked(yaml.FormatError(err, false, true)))
	}
	return c, nil
}

// masked hides the values in an excerpt: the line beside a mistake may hold a
// token or a password. What the mistake is about stands in the first line.
func masked(text string) string {
	first, excerpt, _ := strings.Cut(text, "\n")
	value := regexp.MustCompile(`^([> ]*[0-9]+ \|\s*(?:- )?[A-Za-z_]+:)[ \t]*\S.*$`)
	item := regexp.MustCompile(`^([> ]*[0-9]+ \|\s*- )[^:]*$`)
	lines := strings.Split(excerpt, "\n")
	for i, line := range lines {
		lines[i] = item.ReplaceAllString(value.ReplaceAllString(line, "$1 …"), "$1…")
	}
	return first + "\n" + strings.Join(lines, "\n")
}

func onlyComments(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

// Check reports everything that is wrong, joined.
func (c Config) Check() error {
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if strings.TrimSpace(c.Organisation.Name) == "" {
		say("organisation.name is empty: write the name that colleagues use")
	}
	if _, err := c.Zone(); err != nil {
		say("organisation.time_zone %q is not a time zone: write one such as Europe/London", c.Organisation.TimeZone)
	}
	if strings.TrimSpace(c.Organisation.Word) == "" {
		say("organisation.word is empty: write the word for an advocate, or leave the key out")
	}
	for _, lead := range c.Leads {
		if address, err := mail.ParseAddress(lead); err != nil || address.Address != lead {
			say("leads: %q is not an e-mail address", lead)
		}
	}
	checkListen := func(key, value string, optional bool) {
		if value == "" && optional {
			return
		}
		if _, _, err := net.SplitHostPort(value); err != nil {
			say("%s %q is not an address to listen on: write one such as 127.0.0.1:8080", key, value)
		}
	}
	checkListen("http.listen", c.HTTP.Listen, false)
	checkListen("http.public_listen", c.HTTP.PublicListen, true)
	if c.HTTP.PublicURL != "" {
		if u, err := url.Parse(c.HTTP.PublicURL); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
			say("http.public_url %q is not an address: write one such as https://evangelist.example.org", c.HTTP.PublicURL)
		}
	}
	if err := CheckDatabase(c.Database); err != nil {
		wrong = append(wrong, err)
	}
	c.Slack.check(say)
	c.Teams.check(say)
	return errors.Join(wrong...)
}

// CheckDatabase reports whether the text names a database that can be used.
func CheckDatabase(text string) error {
	for _, scheme := range []string{"sqlite:", "postgres://", "postgresql://"} {
		if strings.HasPrefix(text, scheme) && len(text) > len(scheme) {
			return nil
		}
	}
	// What it says is not repeated: it may hold a password.
	return errors.New("database is not an address: write sqlite:PATH or postgres://USER@HOST/NAME")
}

// Zone returns the organisation's time zone.
func (c Config) Zone() (*time.Location, error) {
	if c.Organisation.TimeZone == "" || c.Organisation.TimeZone == "Local" {
		return nil, fmt.Errorf("time zone %q is not an IANA name", c.Organisation.TimeZone)
	}
	return time.LoadLocation(c.Organisation.TimeZone)
}

// Platforms names the chat platforms that the configuration fills in.
func (c Config) Platforms() []string {
	var names []string
	if c.Slack.Configured() {
		names = append(names, "slack")
	}
	if c.Teams.Configured() {
		names = append(names, "teams")
	}
	return names
}
