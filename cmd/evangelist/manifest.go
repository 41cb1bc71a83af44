package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"

	"evangelist/adapters/slack/manifest"
	teamsmanifest "evangelist/adapters/teams/manifest"
	"evangelist/bot"
)

type manifestCommand struct {
	Slack manifestSlack `cmd:"" help:"The app manifest for Slack, from which the workspace makes its own app."`
	Teams manifestTeams `cmd:"" help:"The app package for Microsoft Teams, which an administrator uploads."`
}

type manifestSlack struct {
	Transport string `help:"How Slack's requests come: socket, which needs no way in, or http, below http.public_url. Default: slack.transport of the configuration." enum:"socket,http," default:"" placeholder:"WAY"`
	Quiet     bool   `help:"Ask for no messages and no reactions: links come in by shortcut, by command, or in the bot's own chat."`
	Format    string `help:"yaml, with what each scope is for, or json." enum:"yaml,json" default:"yaml" placeholder:"FORMAT"`
}

// Run prints the manifest. It needs neither a token nor a database.
func (c *manifestSlack) Run(ctx context.Context, s *settings) error {
	commands, err := declaredCommands(ctx, s)
	if err != nil {
		return err
	}
	app := slackApp(s)
	app.Quiet = c.Quiet
	if c.Transport != "" {
		app.HTTP = c.Transport == "http"
	}
	m, err := manifest.New(commands, app)
	if err != nil {
		return usageError{fmt.Errorf("there is no manifest yet: %w", err)}
	}
	text, err := m.YAML()
	if c.Format == "json" {
		text, err = m.JSON()
	}
	if err != nil {
		return err
	}
	_, err = s.Stdout.Write(text)
	return err
}

type manifestTeams struct {
	Variant string `help:"current, older, reading or older-reading. Older suits tenants without slash commands; the reading ones also ask to read the messages of channels." enum:"current,older,reading,older-reading" default:"current" placeholder:"KIND"`
	Version string `help:"Three numbers; a tenant takes an update only with a higher one." default:"1.0.0" placeholder:"NUMBERS"`
	Out     string `help:"Where to write the package." required:"" type:"path" placeholder:"FILE.zip"`
}

// Run writes the package. It needs neither a secret nor a database, and writes
// nothing when the configuration makes no valid package.
func (c *manifestTeams) Run(ctx context.Context, s *settings) error {
	commands, err := declaredCommands(ctx, s)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	app := teamsmanifest.Config{
		AppID: s.config.Teams.AppID, Version: c.Version, Organisation: s.config.Organisation.Name, URL: s.config.HTTP.PublicURL,
	}
	if err := teamsmanifest.Package(&out, app, commands, teamsmanifest.Variant(c.Variant)); err != nil {
		return usageError{fmt.Errorf("there is no package yet: %w", err)}
	}
	if err := os.WriteFile(c.Out, out.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the package: %w", err)
	}
	_, err = fmt.Fprintf(s.Stdout, "The app package is in %s. Upload it in the Teams admin centre under Manage apps.\n", c.Out)
	return err
}

// declaredCommands lists what the bot can be asked, as an App on an empty
// database in memory declares it.
func declaredCommands(ctx context.Context, s *settings) (commands []bot.Command, err error) {
	empty := *s
	empty.config.Database = "sqlite::memory:"
	err = withApp(ctx, &empty, func(app *App) error {
		if err := app.web(ctx, http.NewServeMux(), "/", nil); err != nil {
			return err
		}
		commands = app.router.Commands()
		return nil
	})
	return commands, err
}
