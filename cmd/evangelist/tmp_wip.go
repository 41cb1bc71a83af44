package main

import (
	"net/http"

	"evangelist/bot"
)

type importCommand struct{}
type digestCommand struct{}
type storybookCommand struct{}

func (a *App) web(mux *http.ServeMux, s *settings, x func(*http.Request) (bot.AccountID, bool)) error {
	return nil
}
func (p *playgroundRun) identify(r *http.Request) (bot.AccountID, bool) { return "", false }
