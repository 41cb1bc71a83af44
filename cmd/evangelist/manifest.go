package main

import (
	"context"
	"fmt"
	"net/http"

	"evangelist/adapters/slack/manifest"
	"evangelist/bot"
)

type manifestCommand struct {
	Slack manifestSlack `cmd:"" help:"The app manifest for Slack, from which the workspace makes its own app."`
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
