package main

import (
	"context"
	"errors"
	"net"
	"net/http"

	"evangelist/cmd/evangelist/httpd"
	"evangelist/storage"
)

type serveCommand struct{}

// Run serves the pages and whatever platforms are configured until ctx ends.
func (serveCommand) Run(ctx context.Context, s *settings) (err error) {
	if err := s.config.SlackReady(); err != nil {
		return usageError{err}
	}
	if err := s.config.TeamsReady(); err != nil {
		return usageError{err}
	}
	if s.config.HTTP.PublicListen != "" && !s.config.Teams.Configured() && !(s.config.Slack.Configured() && s.config.Slack.HTTP()) {
		return usageError{errors.New("http.public_listen serves only what a chat platform must reach, and none that is configured needs it; leave the key out, or set slack.transport to http")}
	}
	db, err := storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	run := &serveRun{settings: s}
	if err := run.open(ctx, db); err != nil {
		return errors.Join(err, run.close())
	}
	return run.serve(ctx)
}

// serveRun is the program while it serves: the App, its surfaces, and up to two
// listeners.
type serveRun struct {
	*settings
	app      *App
	surfaces []surface
	inside   net.Listener // desk, archive, health, metrics
	outside  net.Listener // only what a chat platform must reach; nil: none
	pages    *http.ServeMux
	public   *http.ServeMux
}

func (r *serveRun) close() error {
	var errs []error
	for _, listener := range []net.Listener{r.inside, r.outside} {
		if listener != nil {
			errs = append(errs, listener.Close())
		}
	}
	return errors.Join(errs...)
}

func (r *serveRun) open(ctx context.Context, db *storage.DB) (err error) {
	if r.inside, err = httpd.Listen(ctx, r.config.HTTP.Listen); err != nil {
		return err
	}
	organisation := organisationOf(r.settings)
	if organisation.PublicURL == "" {
		organisation.PublicURL = "http://" + r.inside.Addr().String()
	}
	if r.surfaces, err = openSurfaces(r.settings, organisation); err != nil {
		return err
	}
	parts := Parts{DB: db, Organisation: organisation, Leads: r.config.Leads, Clock: r.Clock, Random: r.Random, Log: r.log, Quiet: r.Quiet, Slash: r.config.Slack.Commands.Renamed()}
	for _, one := range r.surfaces {
		parts.Platforms = append(parts.Platforms, one.platform)
	}
	if r.app, err = NewApp(ctx, parts); err != nil {
		return err
	}
	if err := r.app.refusePretend(ctx); err != nil {
		return err
	}
	r.pages, r.public = http.NewServeMux(), http.NewServeMux()
	checks := []httpd.Readiness{{Name: "database", Check: db.Check}}
	for _, one := range r.surfaces {
		checks = append(checks, httpd.Readiness{Name: one.platform.Name(), Check: one.check})
		r.app.meters.registry.MustRegister(one.meters...)
	}
	httpd.Operations(r.pages, checks, r.app.meters.registry)
	if err := r.app.web(ctx, r.pages, "/", nil); err != nil {
		return err
	}
	reachable := r.pages
	if r.config.HTTP.PublicListen != "" {
		if r.outside, err = httpd.Listen(ctx, r.config.HTTP.PublicListen); err != nil {
			return err
		}
		reachable = r.public
	}
	for _, one := range r.surfaces {
		one.join(r.app)
		for _, route := range one.routes {
			reachable.Handle(route, one.handler)
		}
	}
	return nil
}

// serve answers until ctx ends or something cannot go on.
func (r *serveRun) serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	results := make(chan error, 2)
	// The surfaces end after the listeners, so that whatever was taken is finished.
	behind, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	ran := make(chan error, 1)
	go func() { ran <- r.app.runOn(behind, r.surfaces); stop() }()
	running := 0
	if r.outside != nil {
		running++
		r.log.Info("serving chat platforms", "address", "http://"+r.outside.Addr().String())
		go func() { results <- httpd.Serve(ctx, r.outside, httpd.Armoured(r.public), r.log); stop() }()
	}
	address := "http://" + r.inside.Addr().String()
	r.log.Info("serving", "address", address, "version", versionText())
	if r.Ready != nil {
		r.Ready(address)
	}
	err := httpd.Serve(ctx, r.inside, httpd.Armoured(r.pages), r.log)
	stop()
	for range running {
		err = errors.Join(err, <-results)
	}
	end()
	return errors.Join(err, <-ran)
}
