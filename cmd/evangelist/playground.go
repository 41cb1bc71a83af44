package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/page"
	"evangelist/adapters/playground/sample"
	"evangelist/bot"
	"evangelist/storage"
)

type playgroundCommand struct {
	Listen    string `help:"Address to serve on." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Workspace string `help:"File of the pretend workspace; several processes may share one." placeholder:"FILE" type:"path"`
	Fresh     bool   `help:"Begin again: forget what was done in the playground so far."`
}

// Run opens the pretend workspace and serves it until ctx ends.
func (c *playgroundCommand) Run(ctx context.Context, s *settings) error {
	place, err := c.place(s)
	if err != nil {
		return err
	}
	if c.Fresh {
		if err := place.forget(s.chosen); err != nil {
			return err
		}
	}
	listener, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	p, err := openPlayground(ctx, s, place, "http://"+listener.Addr().String())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	c.greet(s, listener.Addr(), place)
	return errors.Join(p.serve(ctx, listener), p.close())
}

// greet says where to look and where things are kept.
func (c *playgroundCommand) greet(s *settings, at net.Addr, place playgroundPlace) {
	address := "http://" + at.String()
	fmt.Fprintf(s.Stdout, "The playground is open at %s\nKept in %s; --fresh begins again. Stop with Ctrl-C.\n", address, place.Workspace)
	if host, _, err := net.SplitHostPort(at.String()); err == nil && !net.ParseIP(host).IsLoopback() {
		fmt.Fprintln(s.Stderr, "evangelist: the playground has no sign-in and is reachable from other machines; use pretend data only")
	}
	if s.Ready != nil {
		s.Ready(address)
	}
}

// playgroundPlace is where a playground is kept.
type playgroundPlace struct {
	Database  string
	Workspace string
}

func (c *playgroundCommand) place(s *settings) (playgroundPlace, error) {
	place := playgroundPlace{Database: s.config.Database, Workspace: c.Workspace}
	if s.chosen && place.Workspace == "" {
		if path, ok := strings.CutPrefix(place.Database, "sqlite:"); ok && path != ":memory:" {
			place.Workspace = path + ".workspace"
		}
	}
	if s.chosen && place.Workspace != "" {
		return place, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "evangelist", "playground")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return place, fmt.Errorf("there is no place for the playground's files: %w; name one with --database sqlite:PATH", err)
	}
	if !s.chosen {
		place.Database = "sqlite:" + filepath.Join(dir, "evangelist.db")
	}
	if place.Workspace == "" {
		place.Workspace = filepath.Join(dir, "workspace")
	}
	return place, nil
}

// forget removes the playground's own files. A database that somebody named is
// never removed.
func (p playgroundPlace) forget(chosen bool) error {
	if chosen {
		return usageError{errors.New("--fresh only forgets the playground's own files; remove the database that you named yourself")}
	}
	path := strings.TrimPrefix(p.Database, "sqlite:")
	for _, file := range []string{path, path + "-wal", path + "-shm", p.Workspace, p.Workspace + ".heard"} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("forget the playground: %w", err)
		}
	}
	return nil
}

// playgroundRun is an open playground.
type playgroundRun struct {
	app       *App
	workspace *playground.Workspace
	db        *storage.DB
	page      *page.Server
	handler   http.Handler
}

func openPlayground(ctx context.Context, s *settings, place playgroundPlace, address string) (_ *playgroundRun, err error) {
	organisation, err := sample.Load(s.Clock.Now())
	if err != nil {
		return nil, fmt.Errorf("read the sample organisation: %w", err)
	}
	p := &playgroundRun{}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if p.db, err = storage.Open(ctx, place.Database, s.log); err != nil {
		return nil, err
	}
	if p.workspace, err = playground.Open(playground.Config{Path: place.Workspace, Sample: organisation, Clock: s.Clock, Random: s.Random, Log: s.log}); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(organisation.Zone)
	if err != nil {
		return nil, fmt.Errorf("the sample organisation's zone: %w", err)
	}
	p.app, err = NewApp(ctx, Parts{
		DB: p.db, Organisation: bot.Organisation{Name: organisation.Name, Zone: zone, PublicURL: address, Word: s.config.Organisation.Word},
		Platforms: []bot.Platform{p.workspace}, Accounts: map[string]bot.AccountID{p.workspace.Name(): p.workspace.Me()},
		Clock: s.Clock, Random: s.Random, Log: s.log, Manual: true,
	})
	if err != nil {
		return nil, err
	}
	if err := p.app.furnish(ctx, p.workspace, organisation); err != nil {
		return nil, fmt.Errorf("furnish the playground: %w", err)
	}
	p.handler, err = p.pages(ctx, s, organisation)
	return p, err
}

// serve runs everything until ctx ends.
func (p *playgroundRun) serve(ctx context.Context, listener net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	disconnect := p.app.join(p.workspace)
	ran := make(chan error, 1)
	go func() { ran <- p.app.Run(ctx) }()
	ended := context.AfterFunc(ctx, p.page.Close) // live pages would keep the server from stopping
	defer ended()
	err := serve(ctx, listener, p.handler, p.app.log)
	stop()
	err = errors.Join(err, <-ran)
	disconnect()
	return err
}

func (p *playgroundRun) close() error {
	var errs []error
	if p.workspace != nil {
		errs = append(errs, p.workspace.Close())
	}
	if p.db != nil {
		errs = append(errs, p.db.Close())
	}
	return errors.Join(errs...)
}

// join makes the App the bot of a workspace.
func (a *App) join(w *playground.Workspace) (disconnect func()) {
	return w.Connect(playground.Handlers{
		Invoke: a.Do, Hear: a.Hear, Home: a.router.Home, View: a.router.View, Commands: a.router.Commands,
		Person: func(ctx context.Context, account bot.AccountID) (bot.PersonID, error) {
			actor, err := a.people.Actor(ctx, account)
			return actor.Person, err
		},
	})
}
