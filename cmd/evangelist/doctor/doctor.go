// Package doctor looks at an installation and says of each thing whether it is
// in order and, where it is not, what that means and what to do. It changes
// nothing, but for one test message where it is asked for one.
package doctor

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"evangelist/adapters/slack/webapi"
	"evangelist/adapters/teams/connector"
	"evangelist/bot"
	"evangelist/cmd/evangelist/config"
)

// State says what a finding means.
type State int

// The states of a finding.
const (
	Fine  State = iota
	Look        // worth a look; may be as it was wanted
	Wrong       // something does not work until somebody mends it
)

// Finding is one thing that was looked at. No secret stands in it.
type Finding struct {
	Name  string
	State State
	Say   string // what is there, or what is wrong and what that means
	Do    string // what to do; "" where nothing is
}

// Write prints findings, a line or two for each, and returns how many are wrong.
func Write(w io.Writer, findings []Finding) (wrong int, err error) {
	for _, f := range findings {
		mark := "ok   "
		switch f.State {
		case Look:
			mark = "LOOK "
		case Wrong:
			mark = "WRONG"
			wrong++
		}
		text := mark + " " + f.Name + ": " + f.Say + "\n"
		if f.Do != "" {
			text += "      What to do: " + f.Do + "\n"
		}
		if _, err := io.WriteString(w, text); err != nil {
			return wrong, fmt.Errorf("print the findings: %w", err)
		}
	}
	return wrong, nil
}

// Machine looks at what can be seen without asking anybody: clock, time zone,
// addresses, and the settings of the chat platforms.
func Machine(now time.Time, c config.Config, zone *time.Location) []Finding {
	findings := []Finding{{Name: "configuration", Say: "read and checked"}, clock(now), timeZone(now, zone), address(c)}
	return append(findings, platforms(c)...)
}

func clock(now time.Time) Finding {
	f := Finding{Name: "clock", Say: now.Format(time.RFC3339)}
	if now.Year() < 2026 {
		f.State, f.Say = Wrong, "it says "+now.Format(time.RFC3339)
		f.Do = "set the machine's clock; schedules and due dates follow it"
	}
	return f
}

func timeZone(now time.Time, zone *time.Location) Finding {
	f := Finding{Name: "time zone", Say: zone.String() + ", now " + now.In(zone).Format("Monday 15:04")}
	if zone == time.UTC {
		f.Say += "; set organisation.time_zone if that is not your wall clock"
	}
	return f
}

func address(c config.Config) Finding {
	f := Finding{Name: "public address", Say: c.HTTP.PublicURL}
	u, err := url.Parse(c.HTTP.PublicURL)
	switch {
	case c.HTTP.PublicURL == "":
		f.Say = "http.public_url is not set; links in messages will lead to " + c.HTTP.Listen
	case err != nil || u.Scheme != "https":
		f.Say += " is not https; sign-in over it can be listened to"
	}
	return f
}

func platforms(c config.Config) []Finding {
	named := c.Platforms()
	if len(named) == 0 {
		return []Finding{{Name: "platforms", Say: "none configured; the web and the playground need none"}}
	}
	findings := []Finding{{Name: "platforms", Say: strings.Join(named, " and ")}}
	if c.Teams.Configured() {
		findings = append(findings, tenantSettings(c)...)
	}
	if !c.Slack.Configured() {
		return findings
	}
	troubles := c.SlackTroubles()
	for _, trouble := range troubles {
		f := Finding{Name: trouble.Key, State: Wrong, Say: trouble.Say, Do: trouble.Do}
		if trouble.Only {
			f.State = Look
		}
		findings = append(findings, f)
	}
	if len(troubles) == 0 {
		findings = append(findings, Finding{Name: "slack settings", Say: "complete for " + way(c.Slack)})
	}
	return findings
}

func tenantSettings(c config.Config) []Finding {
	err := c.TeamsReady()
	var findings []Finding
	if c.HTTP.PublicListen == "" {
		findings = append(findings, Finding{Name: "http.public_listen", State: Look, Say: "not set, so Teams comes in on the listener that also serves desk and metrics",
			Do: "set it, and have the internet reach nothing but that"})
	}
	if !strings.HasPrefix(c.HTTP.PublicURL, "https://") {
		findings = append(findings, Finding{Name: "http.public_url", State: Wrong, Say: "no https address, so links in messages lead nowhere for colleagues, and there is no app package",
			Do: "write the address under which colleagues reach http.listen"})
	}
	if err == nil {
		return append(findings, Finding{Name: "teams settings", Say: "complete"})
	}
	for line := range strings.Lines(err.Error()) {
		key, say, _ := strings.Cut(strings.TrimSpace(line), ": ")
		what, do, _ := strings.Cut(say, "; ")
		findings = append(findings, Finding{Name: key, State: Wrong, Say: what, Do: do})
	}
	return findings
}

func way(s config.Slack) string {
	if s.HTTP() {
		return "HTTP"
	}
	return "Socket Mode"
}

// failed turns an error into a finding: the sentence that it has for people, or
// else what it says.
func failed(name string, err error, do string) Finding {
	f := Finding{Name: name, State: Wrong, Say: err.Error(), Do: do}
	var token *webapi.TokenError
	var entry *connector.TokenError
	var refused *bot.SendError
	switch {
	case errors.As(err, &entry) && entry.Say != "":
		f.Say = strings.TrimSuffix(entry.Say, ".")
		if entry.Permanent {
			f.Do = ""
		}
		if entry.Code != 0 {
			f.Say += fmt.Sprintf(" (AADSTS%d)", entry.Code)
		}
	case errors.As(err, &token) && token.Say != "":
		f.Say, f.Do = strings.TrimSuffix(token.Say, "."), ""
		if code := webapi.Code(err); code != "" {
			f.Say += " (" + code + ")"
		}
	case errors.As(err, &refused) && refused.Say != "":
		f.Say = strings.TrimSuffix(refused.Say, ".")
		if code := webapi.Code(err); code != "" {
			f.Say += " (" + code + ")"
		}
	}
	return f
}
