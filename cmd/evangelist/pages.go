package main

import (
	"context"
	"net/http"

	"evangelist/adapters/playground/page"
	"evangelist/adapters/playground/sample"
)

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
	return armoured(page.LocalOnly(mux, p.app.organisation.PublicURL)), nil
}
