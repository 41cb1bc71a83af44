package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"evangelist/bot"
	"evangelist/cmd/evangelist/config"
)

// Exit codes, which scripts rely on.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitTryLater = 75
)

// Surroundings are what a run of the program gets from outside; tests replace
// them.
type Surroundings struct {
	Environ  []string
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool      // somebody watches Stderr
	Clock    bot.Clock // nil: the system's
	Random   io.Reader // nil: crypto/rand
	// Ready is told the address once pages are served; nil: nobody asks.
	Ready func(address string)
	// Quiet is the courier's quiet period; 0: its default. Tests shorten it.
	Quiet time.Duration
}

// commandLine is the grammar. Its order is the order of the help.
type commandLine struct {
	Config   string  `help:"Configuration file. Without one, defaults and the environment." placeholder:"FILE"`
	Database *string `help:"Database: sqlite:PATH or postgres://…; wins over the configuration." placeholder:"URL"`
	LogLevel string  `help:"What to log: debug, info, warn or error." default:"info" enum:"debug,info,warn,error"`

	Serve      serveCommand      `cmd:"" help:"Run the bot with the configured chat platforms."`
	Playground playgroundCommand `cmd:"" default:"withargs" help:"Open a pretend workspace in the browser (the default)."`
	Import     importCommand     `cmd:"" help:"Fill the archive from an export, or the register of people from a CSV. Repeating adds nothing."`
	Export     exportCommand     `cmd:"" help:"Write what worked as Markdown, beside a running server."`
	Digest     digestCommand     `cmd:"" help:"Look at digests."`
	Tables     tablesCommand     `cmd:"" help:"Try round tables on a list of people."`
	Report     reportCommand     `cmd:"" help:"Print the report of a period: what was shared, heard, connected, tried and learned, and what could not be done."`
	Backup     backupCommand     `cmd:"" help:"Write a copy of the database, beside a running server."`
	Restore    restoreCommand    `cmd:"" help:"Put a backup in place. Nothing that was posted since is posted again."`
	Manifest   manifestCommand   `cmd:"" help:"Print the manifest from which a chat platform makes the bot's app."`
	Doctor     doctorCommand     `cmd:"" help:"Check configuration, clock and database, and say what to do about each finding."`
	Storybook  storybookCommand  `cmd:"" help:"Serve a page with every message and form, to look at."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

// usageError is a mistake in how the program was called.
type usageError struct{ error }

// Run runs the program and returns its exit code. What went wrong is written to
// Stderr once, as a sentence.
func Run(ctx context.Context, args []string, around Surroundings) int {
	if around.Clock == nil {
		around.Clock = bot.SystemClock{}
	}
	if around.Random == nil {
		around.Random = rand.Reader
	}
	err := run(ctx, args, around)
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(around.Stderr, "evangelist: "+strings.TrimSpace(sentence(err)))
	return exitCode(err)
}

// sentence is what went wrong in words for people: of an error that has a sentence
// the machine's code is left out, and the cause stands behind, in brackets.
func sentence(err error) string {
	var known *bot.Error
	if !errors.As(err, &known) {
		return err.Error()
	}
	say := known.Say
	if known.Hint != "" {
		say += " " + known.Hint
	}
	if known.Err != nil {
		say = strings.TrimSuffix(say, ".") + " (" + known.Err.Error() + ")"
	}
	return strings.Replace(err.Error(), known.Error(), say, 1)
}

func exitCode(err error) int {
	var usage usageError
	var later interface{ ExitCode() int }
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &later):
		return later.ExitCode()
	}
	return exitFailed
}

// stopped ends the parser where kong wants to end the program (--help).
type stopped struct{ code int }

func run(ctx context.Context, args []string, around Surroundings) (err error) {
	defer func() {
		trouble := recover()
		end, ended := trouble.(stopped)
		switch {
		case ended && end.code != 0:
			err = usageError{errors.New("see evangelist --help")}
		case trouble != nil && !ended:
			slog.New(slog.NewJSONHandler(around.Stderr, nil)).Error("evangelist broke", "error", bot.Panicked(trouble, "the program"), "stack", string(debug.Stack()))
			err = errors.New("evangelist itself broke, and ends; the line before this one tells those who mend it where")
		}
	}()
	var cli commandLine
	parser, err := kong.New(&cli,
		kong.Name("evangelist"),
		kong.Description("A chat bot that acts as an organisation's internal evangelist. Without a command it opens the playground."),
		kong.Writers(around.Stdout, around.Stderr),
		kong.Exit(func(code int) { panic(stopped{code}) }),
		kong.UsageOnError(),
	)
	if err != nil {
		return fmt.Errorf("build the command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return usageError{fmt.Errorf("%w; evangelist --help lists the commands", err)}
	}
	settings, err := loadSettings(cli, around)
	if err != nil {
		return err
	}
	if settings.chosen && parsed.Command() == "playground" && !slices.Contains(args, "playground") {
		// Somebody who names a database means it, and a playground would fill it
		// with pretend people.
		return usageError{errors.New("say what to do with that configuration or database: evangelist serve, or evangelist playground")}
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(settings)
	if command := parsed.Command(); ctx.Err() != nil && errors.Is(err, context.Canceled) && (command == "serve" || command == "playground") {
		settings.log.Info("stopped while it was starting", "at", err)
		return nil
	}
	return err
}

// settings are what every command starts from.
type settings struct {
	Surroundings
	config config.Config
	// chosen says whether anybody named a database, by flag, file or environment.
	chosen bool
	log    *slog.Logger
}

func loadSettings(cli commandLine, around Surroundings) (*settings, error) {
	c, err := config.Load(cli.Config, around.Environ)
	if err != nil {
		return nil, usageError{err}
	}
	if cli.Database != nil { // also when it is empty, as an unset variable of a script is
		if err := config.CheckDatabase(*cli.Database); err != nil {
			return nil, usageError{err}
		}
		c.Database = *cli.Database
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(cli.LogLevel)); err != nil {
		return nil, usageError{err}
	}
	return &settings{
		Surroundings: around,
		config:       c,
		chosen:       cli.Database != nil || cli.Config != "" || slices.ContainsFunc(around.Environ, namesDatabase),
		log:          slog.New(slog.NewJSONHandler(around.Stderr, &slog.HandlerOptions{Level: level})),
	}, nil
}

// namesDatabase reports whether a variable of the environment sets the database.
func namesDatabase(variable string) bool {
	return strings.HasPrefix(variable, "EVANGELIST_DATABASE=") || strings.HasPrefix(variable, "EVANGELIST_DATABASE_FILE=")
}
