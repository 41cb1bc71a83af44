package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/playground/page"
	"evangelist/adapters/playground/sample"
	"evangelist/bot"
	"evangelist/cmd/evangelist/httpd"
	"evangelist/storage"
	"evangelist/storage/kernelstore"
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
	if c.Fresh && (s.chosen || c.Workspace != "") {
		return usageError{errors.New("--fresh only forgets the playground's own files; remove the files that you named yourself, or leave --database, --workspace and --config out")}
	}
	// What can still fail fails before anything is forgotten.
	listener, err := httpd.Listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	if c.Fresh {
		if err := place.forget(ctx, s.log); err != nil {
			return errors.Join(err, listener.Close())
		}
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
	kept := "Kept in " + place.Workspace
	switch {
	case place.Workspace == "":
		kept = "Kept in memory"
	case !s.chosen && c.Workspace == "":
		kept += "; --fresh begins again"
	}
	fmt.Fprintf(s.Stdout, "The playground is open at %s\n%s. Stop with Ctrl-C.\n", address, kept)
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

// place decides where the playground is kept: what was named is used as it is; a
// database without a workspace beside it gets one of its own.
func (c *playgroundCommand) place(s *settings) (playgroundPlace, error) {
	place := playgroundPlace{Database: s.config.Database, Workspace: c.Workspace}
	path, file := strings.CutPrefix(place.Database, "sqlite:")
	switch {
	case s.chosen && (place.Workspace != "" || path == ":memory:"):
		return place, nil
	case s.chosen && file:
		place.Workspace = path + ".workspace"
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
	name := "workspace"
	if s.chosen {
		name = fmt.Sprintf("workspace-%.8x", sha256.Sum256([]byte(place.Database)))
	} else {
		place.Database = "sqlite:" + filepath.Join(dir, "evangelist.db")
	}
	if place.Workspace == "" {
		place.Workspace = filepath.Join(dir, name)
	}
	return place, nil
}

// forget removes the playground's own files. A playground that runs keeps them.
func (p playgroundPlace) forget(ctx context.Context, log *slog.Logger) error {
	path := strings.TrimPrefix(p.Database, "sqlite:")
	if _, err := os.Lstat(path); err == nil {
		db, err := storage.Open(ctx, p.Database, log)
		var later interface{ ExitCode() int }
		switch {
		case errors.As(err, &later):
			return err
		case err == nil: // a damaged one is forgotten too
			if err := db.Close(); err != nil {
				return err
			}
		}
	}
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
	again     bool // the chat is heard again after a restore
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
	if p.again, err = hearAgain(ctx, p.db, s, place); err != nil {
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

// hearAgain has the bot told everything from the beginning when the database was
// restored from a backup, which does not know what it was told since: hearing is
// idempotent. It reports whether it did.
func hearAgain(ctx context.Context, db *storage.DB, s *settings, place playgroundPlace) (bool, error) {
	installation := kernelstore.NewInstallation(db, s.Random)
	since, err := installation.Setting(ctx, listenSetting)
	if err != nil || since == "" || place.Workspace == "" {
		return false, err
	}
	if err := os.Remove(place.Workspace + ".heard"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, fmt.Errorf("have the bot hear again what it heard since the backup: %w", err)
	}
	return true, installation.Set(ctx, listenSetting, "")
}

// serve runs everything until ctx ends.
func (p *playgroundRun) serve(ctx context.Context, listener net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	disconnect := p.app.join(p.workspace)
	if p.again {
		// What was taken back is known before anything is drawn anew.
		if err := p.workspace.Heard(ctx); err != nil {
			disconnect()
			return errors.Join(err, listener.Close())
		}
	}
	ran := make(chan error, 1)
	go func() { ran <- p.app.Run(ctx) }()
	ended := context.AfterFunc(ctx, p.page.Close) // live pages would keep the server from stopping
	defer ended()
	err := httpd.Serve(ctx, listener, p.handler, p.app.log)
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
	if p.app != nil {
		p.app.background.Wait()
	}
	if p.db != nil {
		errs = append(errs, p.db.Close())
	}
	return errors.Join(errs...)
}

// join makes the App the bot of a workspace.
func (a *App) join(w *playground.Workspace) (disconnect func()) {
	h := a.handlers()
	h.Hear = func(ctx context.Context, batch []bot.Sighting) error {
		moved := slices.ContainsFunc(batch, func(s bot.Sighting) bool { return s.Kind == bot.Joined || s.Kind == bot.Left })
		if moved { // where the bot is a member is the workspace's to say
			if err := h.Observe(ctx, w.Places()); err != nil {
				return err
			}
		}
		return a.Hear(ctx, batch)
	}
	return w.Connect(h)
}

// pages serves the pretend workspace, and the product's own web beside it.
func (p *playgroundRun) pages(ctx context.Context, s *settings, organisation *sample.Organisation) (http.Handler, error) {
	server, err := page.New(page.Config{
		Workspace: p.workspace, Clock: s.Clock, Organisation: organisation.Name, Zone: p.app.organisation.Zone,
		Hosts: []string{p.app.organisation.PublicURL},
		Tour:  organisation.Tour, Start: organisation.Tour[0].As, Behind: p.app.behind, Log: s.log,
		Pages: []page.Link{
			{Name: "archive", Title: "Archive", Path: "/archive"},
			{Name: "desk", Title: "Desk", Path: "/desk"},
			{Name: "code", Title: "Private code", Path: "/code"},
		},
	})
	if err != nil {
		return nil, err
	}
	p.page = server
	mux := http.NewServeMux()
	p.app.operations(mux)
	handler := server.Handler()
	mux.Handle("/playground/", handler)
	mux.Handle("GET /{$}", handler)
	if err := p.app.web(ctx, mux, "/web", server.Who); err != nil {
		return nil, err
	}
	return httpd.Armoured(page.LocalOnly(mux, p.app.organisation.PublicURL)), nil
}
