package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"evangelist/storage"
)

type serveCommand struct{}

// Run serves the pages and whatever platforms are configured until ctx ends.
func (serveCommand) Run(ctx context.Context, s *settings) (err error) {
	if named := s.config.Platforms(); len(named) > 0 {
		return usageError{fmt.Errorf("the configuration names %s, but this version has no adapter for it yet; try the product with evangelist playground", strings.Join(named, " and "))}
	}
	if s.config.HTTP.PublicListen != "" {
		return usageError{errors.New("http.public_listen serves only what a chat platform must reach, and this version has no adapter that needs it; leave the key out")}
	}
	db, err := storage.Open(ctx, s.config.Database, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	listener, err := listen(ctx, s.config.HTTP.Listen)
	if err != nil {
		return err
	}
	organisation := organisationOf(s)
	if organisation.PublicURL == "" {
		organisation.PublicURL = "http://" + listener.Addr().String()
	}
	app, err := NewApp(ctx, Parts{DB: db, Organisation: organisation, Leads: s.config.Leads, Clock: s.Clock, Random: s.Random, Log: s.log})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := app.refusePretend(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	mux := http.NewServeMux()
	app.operations(mux)
	if err := app.web(ctx, mux, "/", nil); err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ran := make(chan error, 1)
	go func() { ran <- app.Run(ctx); stop() }()
	s.log.Info("serving", "address", "http://"+listener.Addr().String(), "version", versionText())
	if s.Ready != nil {
		s.Ready("http://" + listener.Addr().String())
	}
	err = serve(ctx, listener, armoured(mux), s.log)
	stop()
	return errors.Join(err, <-ran)
}

// operations adds health, readiness and metrics.
func (a *App) operations(mux *http.ServeMux) {
	operations(mux, []readiness{{name: "database", check: a.db.Check}}, a.meters.registry)
}
