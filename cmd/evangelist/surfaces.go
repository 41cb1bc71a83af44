package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"evangelist/adapters/slack"
	"evangelist/adapters/slack/directory"
	"evangelist/adapters/slack/webapi"
	"evangelist/adapters/teams"
	"evangelist/adapters/teams/connector"
	"evangelist/bot"
	"evangelist/cmd/evangelist/httpd"
)

// surface is a chat platform as the program runs it.
type surface struct {
	platform bot.Platform
	join     func(a *App) // makes the App its bot, before anything comes in
	// identify asks the platform who the bot is; fatal reports that asking again
	// does not help.
	identify func(ctx context.Context) (bot.AccountID, error)
	fatal    func(error) bool
	run      func(ctx context.Context) error
	check    func(ctx context.Context) error
	routes   []string
	handler  http.Handler
	meters   []prometheus.Collector
}

// openSurfaces makes an adapter for each platform that is configured. It asks
// nobody anything.
func openSurfaces(s *settings, organisation bot.Organisation) ([]surface, error) {
	var all []surface
	if s.config.Slack.Configured() {
		one, err := slackSurface(s, organisation)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if s.config.Teams.Configured() {
		one, err := teamsSurface(s, organisation)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func slackSurface(s *settings, organisation bot.Organisation) (surface, error) {
	c := s.config.Slack
	var app *App
	adapter, err := slack.New(slack.Config{
		BotToken: c.BotToken, AppToken: c.AppToken, SigningSecret: c.SigningSecret, HTTP: c.HTTP(), APIURL: c.APIURL,
		Commands: c.Commands.Renamed(), Fields: directory.Labels{Department: label(c.Profile.Department), Title: label(c.Profile.Title), Level: label(c.Profile.Level)},
		Organisation: organisation.Name, BaseURL: organisation.PublicURL, Zone: organisation.Zone,
		Wait: func(ctx context.Context, platform string, place bot.PlaceID) error {
			return app.limiter.Wait(ctx, platform, place)
		},
		Clock: s.Clock, Random: s.Random, Log: s.log,
	})
	if err != nil {
		return surface{}, fmt.Errorf("set up Slack: %w", err)
	}
	one := surface{
		platform: adapter.Workspace, identify: adapter.Identify, run: adapter.Run, check: adapter.Check,
		join: func(a *App) {
			app = a
			adapter.Join(a.handlers())
		},
		fatal: func(err error) bool {
			var token *webapi.TokenError
			return errors.As(err, &token)
		},
		meters: slackMeters(adapter),
	}
	if handler := adapter.Handler(); handler != nil {
		one.handler, one.routes = handler, []string{"/slack/events", "/slack/commands", "/slack/interactions"}
	}
	return one, nil
}

// label is what the directory looks for: nothing unless the configuration says so.
func label(configured string) string {
	if configured == "" {
		return directory.Unread
	}
	return configured
}

func slackMeters(adapter *slack.Adapter) []prometheus.Collector {
	gauge := func(name, help string, value func(slack.State) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(adapter.State()) })
	}
	return []prometheus.Collector{
		gauge("evangelist_slack_sockets", "Open Socket Mode connections, of two; -1 when requests come over HTTP.", func(s slack.State) float64 { return float64(s.Sockets) }),
		gauge("evangelist_slack_refused", "1 while Slack refuses a token, which only a human can mend.", func(s slack.State) float64 {
			if s.Trouble != "" {
				return 1
			}
			return 0
		}),
		gauge("evangelist_slack_unsigned_requests", "Requests over HTTP that were refused unread.", func(s slack.State) float64 { return float64(s.Refused) }),
		gauge("evangelist_slack_unreadable", "What Slack sent and could not be read.", func(s slack.State) float64 { return float64(s.Odd) }),
	}
}

// teamsCredential is how the bot proves to Microsoft who it is.
func teamsCredential(s *settings) (connector.Credential, error) {
	c := s.config.Teams
	switch {
	case c.CertificateFile != "":
		credential, err := connector.CertificateFile(c.CertificateFile, s.Random)
		if err != nil {
			return nil, fmt.Errorf("teams.certificate_file: %w", err)
		}
		return credential, nil
	case c.FederatedTokenFile != "":
		return connector.FederatedFile(c.FederatedTokenFile), nil
	}
	return connector.Secret(c.ClientSecret), nil
}

func teamsSurface(s *settings, organisation bot.Organisation) (surface, error) {
	c := s.config.Teams
	credential, err := teamsCredential(s)
	if err != nil {
		return surface{}, fmt.Errorf("set up Teams: %w", err)
	}
	var app *App
	adapter, err := teams.New(teams.Config{
		AppID: c.AppID, TenantID: c.TenantID, Credential: credential, Cloud: c.Cloud, ServiceHosts: c.ServiceHosts,
		MetadataURL: c.OpenIDMetadataURL, TokenURL: c.TokenURL, Graph: c.Graph, GraphURL: c.GraphURL,
		Organisation: organisation.Name, BaseURL: organisation.PublicURL, Zone: organisation.Zone,
		Wait: func(ctx context.Context, platform string, place bot.PlaceID) error {
			return app.limiter.Wait(ctx, platform, place)
		},
		Clock: s.Clock, Random: s.Random, Log: s.log,
	})
	if err != nil {
		return surface{}, fmt.Errorf("set up Teams: %w", err)
	}
	return surface{
		platform: adapter.Tenant, identify: adapter.Identify, run: adapter.Run, check: adapter.Check,
		join: func(a *App) {
			app = a
			adapter.Join(a.handlers())
		},
		fatal: func(err error) bool {
			var refused *connector.TokenError
			return errors.As(err, &refused) && refused.Permanent
		},
		routes: []string{"/api/messages"}, handler: adapter,
		meters: []prometheus.Collector{
			prometheus.NewCounterFunc(
				prometheus.CounterOpts{Name: "evangelist_teams_refused_requests_total", Help: "Requests to the Teams door that were refused."},
				func() float64 { return float64(adapter.State().Refused) },
			),
			prometheus.NewGaugeFunc(
				prometheus.GaugeOpts{Name: "evangelist_teams_refused", Help: "1 when Microsoft does not let the bot in and somebody has to mend the configuration."},
				func() float64 {
					if adapter.State().Trouble != "" {
						return 1
					}
					return 0
				},
			),
		},
	}, nil
}

// How long to wait before asking a platform again who the bot is.
const (
	firstAsk   = time.Second
	longestAsk = time.Minute
)

// runOn runs the App and its surfaces. Senders start when every platform has
// said who the bot is; pages are served meanwhile.
func (a *App) runOn(ctx context.Context, surfaces []surface) error {
	if err := a.introduce(ctx, surfaces); err != nil || ctx.Err() != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	failures := make(chan error, len(surfaces)+1)
	start := func(run func(context.Context) error) {
		group.Go(func() {
			err := run(ctx)
			if errors.Is(err, context.Canceled) && ctx.Err() != nil {
				return // it was stopped, perhaps before it had well begun
			}
			if err != nil {
				failures <- err
				cancel()
			}
		})
	}
	bound := make(chan struct{})
	start(func(ctx context.Context) error { return a.runBound(ctx, bound) })
	select {
	case <-bound:
		for _, one := range surfaces {
			start(one.run)
		}
	case <-ctx.Done():
	}
	group.Wait()
	close(failures)
	var all []error
	for err := range failures {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// introduce asks all platforms at once who the bot is, so that one which does not
// answer keeps people on another from nothing but what is sent by itself. A
// refusal for good ends the asking.
func (a *App) introduce(ctx context.Context, surfaces []surface) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	accounts, errs := make([]bot.AccountID, len(surfaces)), make([]error, len(surfaces))
	var group sync.WaitGroup
	for i, one := range surfaces {
		group.Go(func() {
			if accounts[i], errs[i] = a.identified(ctx, one); errs[i] != nil {
				cancel()
			}
		})
	}
	group.Wait()
	for i, one := range surfaces {
		a.accounts[one.platform.Name()] = accounts[i]
	}
	return errors.Join(errs...)
}

// identified asks until the platform answers, or refuses for good.
func (a *App) identified(ctx context.Context, one surface) (bot.AccountID, error) {
	pause := firstAsk
	for {
		account, err := one.identify(ctx)
		if err == nil || ctx.Err() == nil && one.fatal(err) {
			return account, err
		}
		a.log.Warn("a platform does not answer yet; it is asked again", "platform", one.platform.Name(), "error", err)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return "", nil
		case <-timer.C:
		}
		pause = min(2*pause, longestAsk)
	}
}

// operations adds health, readiness and metrics.
func (a *App) operations(mux *http.ServeMux) {
	httpd.Operations(mux, []httpd.Readiness{{Name: "database", Check: a.db.Check}}, a.meters.registry)
}
