package main

import (
	"net/http"

	"evangelist/adapters/playground/sample"
)

type importCommand struct{}
type digestCommand struct{}
type storybookCommand struct{}

func (a *App) web(mux *http.ServeMux, s *settings, x any) error { return nil }
func (p *playgroundRun) pages(s *settings, o *sample.Organisation) (http.Handler, error) {
	mux := http.NewServeMux()
	p.app.operations(mux)
	return mux, nil
}
