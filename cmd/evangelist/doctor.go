package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"evangelist/bot"
	"evangelist/storage"
	"evangelist/storage/kernelstore"
)

type doctorCommand struct {
	Online bool `help:"Also try what needs a connection to the platforms."`
}

// finding is one thing that the doctor looked at.
type finding struct {
	name string
	err  error  // nil: in order
	hint string // what to do, or what is there
}

// Run checks what can be checked on this machine and says what to do about each
// finding. It writes nothing. The exit code is 1 when something is wrong.
func (c *doctorCommand) Run(ctx context.Context, s *settings) error {
	if c.Online {
		return usageError{errors.New("this version has no adapter that connects to a platform yet, so there is nothing to check online; leave --online out")}
	}
	findings := []finding{{name: "configuration", hint: "read and checked"}, clockFinding(s.Clock.Now())}
	findings = append(findings, zoneFinding(s), addressFinding(s), platformFinding(s))
	findings = append(findings, databaseFindings(ctx, s)...)
	wrong := 0
	for _, f := range findings {
		mark, text := "ok   ", f.hint
		if f.err != nil {
			wrong++
			mark, text = "WRONG", f.err.Error()
			if f.hint != "" {
				text += "\n      What to do: " + f.hint
			}
		}
		fmt.Fprintf(s.Stdout, "%s %s: %s\n", mark, f.name, text)
	}
	fmt.Fprintln(s.Stdout, "This version serves the playground and the web. Slack, Teams and mail come with their adapters.")
	if wrong > 0 {
		return fmt.Errorf("%d of %d findings need somebody", wrong, len(findings))
	}
	return nil
}

func clockFinding(now time.Time) finding {
	f := finding{name: "clock", hint: now.Format(time.RFC3339)}
	if now.Year() < 2026 {
		f.err = fmt.Errorf("the clock says %s", now.Format(time.RFC3339))
		f.hint = "set the machine's clock; schedules and due dates follow it"
	}
	return f
}

func zoneFinding(s *settings) finding {
	zone := organisationOf(s).Zone
	f := finding{name: "time zone", hint: zone.String() + ", now " + s.Clock.Now().In(zone).Format("Monday 15:04")}
	if zone == time.UTC {
		f.hint += "; set organisation.time_zone if that is not your wall clock"
	}
	return f
}

func addressFinding(s *settings) finding {
	address := s.config.HTTP.PublicURL
	f := finding{name: "public address", hint: address}
	u, err := url.Parse(address)
	switch {
	case address == "":
		f.hint = "http.public_url is not set; links in messages will lead to " + s.config.HTTP.Listen
	case err != nil || u.Scheme != "https":
		f.hint = address + " is not https; sign-in over it can be listened to"
	}
	return f
}

func platformFinding(s *settings) finding {
	f := finding{name: "platforms", hint: "none configured; the web and the playground need none"}
	if named := s.config.Platforms(); len(named) > 0 {
		f.err = fmt.Errorf("the configuration names %s, and this version has no adapter for it", strings.Join(named, " and "))
		f.hint = "take those keys out, or evangelist serve does not start"
	}
	return f
}

func databaseFindings(ctx context.Context, s *settings) []finding {
	db, err := storage.Inspect(ctx, s.config.Database, s.log)
	if err != nil {
		return []finding{{name: "database", err: err, hint: "start evangelist serve once to create it, or restore a backup"}}
	}
	defer func() { _ = db.Close() }() // it was only read
	findings := []finding{{name: "database", err: db.QuickCheck(ctx), hint: "whole"}}
	have, want, err := db.SchemaVersion(ctx)
	schema := finding{name: "schema", err: err, hint: fmt.Sprintf("version %d", have)}
	if err == nil && have < want {
		schema.hint = fmt.Sprintf("version %d; the next start brings it to %d, after a backup", have, want)
		return append(findings, schema)
	}
	findings = append(findings, schema)
	persons, err := kernelstore.NewPeople(db, s.Clock, s.Random).Persons(ctx)
	leads := 0
	for _, person := range persons {
		if person.Has(bot.Lead) && !person.Inactive {
			leads++
		}
	}
	lead := finding{name: "leads", err: err, hint: fmt.Sprintf("%d of %d people", leads, len(persons))}
	if err == nil && leads == 0 {
		lead.err, lead.hint = errors.New("nobody is a comms lead"), "write the first lead's e-mail under leads in the configuration, and start evangelist serve"
	}
	return append(findings, lead)
}
