package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"evangelist/adapters/peoplecsv"
	"evangelist/adapters/slack/export"
	"evangelist/bot"
	"evangelist/storage"
)

// slackInstance is the instance key of the one Slack workspace.
const slackInstance = "slack"

// teamsInstance is the instance key of the one Teams tenant.
const teamsInstance = "teams"

type importCommand struct {
	SlackExport importExport `cmd:"" help:"A Slack export (ZIP): people, channels, links. Private channels and direct messages are skipped and counted."`
	People      importPeople `cmd:"" help:"A CSV of people: slack_id, teams_id, name, email, department, level, title, manager; any subset with e-mail or an account."`
}

type importExport struct {
	File string `arg:"" help:"The ZIP file." type:"path"`
}

type importPeople struct {
	File string `arg:"" help:"The CSV file." type:"path"`
}

// archiveSink hands what an export holds to the registers and the ears.
type archiveSink struct {
	app     *App
	people  int
	places  int
	inPlace map[bot.PlaceID]bool
}

// People implements export.Sink.
func (s *archiveSink) People(ctx context.Context, facts []bot.AccountFact) error {
	changed, err := s.app.people.Record(ctx, facts)
	s.people += changed
	return err
}

// Places implements export.Sink.
func (s *archiveSink) Places(ctx context.Context, places []bot.Place) error {
	s.places += len(places)
	return s.app.places.Observe(ctx, places)
}

// Sightings implements export.Sink. An export is read because a lead asked for
// it, so what is watched does not matter.
func (s *archiveSink) Sightings(ctx context.Context, batch []bot.Sighting) error {
	for _, ear := range s.app.features.ears {
		if _, err := ear.Hear(ctx, batch); err != nil {
			return fmt.Errorf("ear %s: %w", ear.Name, err)
		}
	}
	return nil
}

// withApp opens the database for writing and wires an App without platforms.
func withApp(ctx context.Context, s *settings, run func(*App) error) (err error) {
	db, err := storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	app, err := NewApp(ctx, Parts{DB: db, Organisation: organisationOf(s), Clock: s.Clock, Random: s.Random, Log: s.log})
	if err != nil {
		return err
	}
	return run(app)
}

// Run imports an export.
func (c *importExport) Run(ctx context.Context, s *settings) error {
	return withApp(ctx, s, func(app *App) error {
		before, err := app.features.digests.Holdings(ctx)
		if err != nil {
			return err
		}
		sink := &archiveSink{app: app}
		progress := newProgress(s)
		summary, err := export.Read(ctx, c.File, export.Options{Platform: slackInstance, Progress: progress.show}, sink)
		progress.end()
		if err != nil {
			return err
		}
		after, err := app.features.digests.Holdings(ctx)
		if err != nil {
			return err
		}
		fmt.Fprint(s.Stdout, importSummary(summary, sink.people, before, after))
		return nil
	})
}

// Run imports people.
func (c *importPeople) Run(ctx context.Context, s *settings) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("the file of people cannot be read: %w", err)
	}
	defer file.Close()
	facts, err := peoplecsv.Read(file, peoplecsv.Options{Platforms: map[string]string{"slack": slackInstance, "teams": teamsInstance}})
	if err != nil {
		return fmt.Errorf("%s was not imported: %w", c.File, err)
	}
	return withApp(ctx, s, func(app *App) error {
		changed, err := app.people.Record(ctx, facts)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.Stdout, "%d people read, %d of them new or changed.\n", len(facts), changed)
		return nil
	})
}

// progress is a line on a terminal; elsewhere it is silent.
type progress struct {
	out  io.Writer
	now  func() time.Time
	last time.Time
	any  bool
}

func newProgress(s *settings) *progress {
	if !s.Terminal {
		return &progress{}
	}
	return &progress{out: s.Stderr, now: s.Clock.Now}
}

func (p *progress) show(done, total int64) {
	if p.out == nil || total == 0 {
		return
	}
	now := p.now()
	if p.any && done < total && now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.any = now, true
	fmt.Fprintf(p.out, "\rimporting %3d %%", 100*done/total)
}

func (p *progress) end() {
	if p.any {
		fmt.Fprint(p.out, "\r\033[K")
	}
}
