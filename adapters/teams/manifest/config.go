package manifest

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Variant is a kind of package.
type Variant string

// The variants. Current needs a tenant that knows schema 1.30, and has slash
// commands; Older suits every tenant, and its commands are typed or found in the
// menus. The Reading ones ask, besides, to read all messages of the teams to
// which an owner adds the app: links are then found without a mention. One
// package replaces another without loss.
const (
	Current      Variant = "current"
	Older        Variant = "older"
	Reading      Variant = "reading"
	OlderReading Variant = "older-reading"
)

// Variants lists them all.
func Variants() []Variant { return []Variant{Current, Older, Reading, OlderReading} }

func (v Variant) slash() bool { return v == Current || v == Reading }

func (v Variant) reading() bool { return v == Reading || v == OlderReading }

// Config is what the commands do not say. AppID and URL are compulsory.
type Config struct {
	// AppID is the bot's app id: a GUID.
	AppID string
	// ID is the package's own id, a GUID; empty: the AppID.
	ID string
	// Version is three numbers, such as "1.4.0"; a tenant takes an update only
	// with a higher one. Empty: "1.0.0".
	Version string
	// Name is what the app is called; empty: "Evangelist".
	Name string
	// Organisation is who runs it; empty: the name.
	Organisation string
	// URL is the public address of our web, beginning with https://. Below it
	// people find help, privacy and terms, unless these have addresses of their own.
	URL     string
	Privacy string
	Terms   string
	// Language is the language of the texts; empty: "en".
	Language string
}

// Limits of the schemas, the narrowest one where they differ.
const (
	maxShortName    = 30
	maxFullName     = 100
	maxDeveloper    = 32
	maxCommandTitle = 32
	maxDescription  = 128
	maxExtensions   = 10
	maxListed       = 12
	maxListedOlder  = 10
)

var (
	guid     = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)
	semantic = regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$`)
	language = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)
)

// filled returns the configuration with everything filled in, or what is wrong
// with it and what to do.
func (c Config) filled(variant Variant) (Config, error) {
	if !slices.Contains(Variants(), variant) {
		return c, fmt.Errorf("there is no variant %q; there are current, older, reading and older-reading", variant)
	}
	or := func(value *string, other string) {
		if *value = strings.TrimSpace(*value); *value == "" {
			*value = other
		}
	}
	or(&c.AppID, "")
	or(&c.ID, c.AppID)
	or(&c.Version, "1.0.0")
	or(&c.Name, "Evangelist")
	or(&c.Organisation, c.Name)
	or(&c.Language, "en")
	or(&c.URL, "")
	or(&c.Privacy, c.URL)
	or(&c.Terms, c.URL)
	var wrong []error
	say := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	say(guid.MatchString(c.AppID), "teams.app_id %q is no app id: copy it from the bot's registration; it looks like 00000000-0000-0000-0000-000000000000", c.AppID)
	say(guid.MatchString(c.ID) || c.ID == c.AppID, "the package's id %q is no GUID: leave it out, or make one", c.ID)
	say(semantic.MatchString(c.Version), "the version %q is not three numbers with dots, such as 1.4.0", c.Version)
	say(language.MatchString(c.Language), "the language %q is no language tag, such as en or en-gb", c.Language)
	for name, address := range map[string]string{"http.public_url": c.URL, "the address of the privacy notice": c.Privacy, "the address of the terms": c.Terms} {
		say(secure(address), "%s %q is no address that begins with https://; Teams shows it to everybody who installs the app", name, address)
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return c, errors.Join(wrong...)
}

func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && len(address) <= 2048
}

// host is the host of our web.
func (c Config) host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
