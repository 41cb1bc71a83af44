package page_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"evangelist/adapters/playground/page"
	"evangelist/bot"
)

// A visitor who does not wait for the page is nobody's trouble, and what they
// did is done all the same.
func TestVisitorsWhoLeaveAreNoErrors(t *testing.T) {
	var log bytes.Buffer
	s := serve(t, present)
	ctx, leave := context.WithCancel(t.Context())
	broken := errors.New("disk on fire")
	fail, during := error(nil), error(nil)
	t.Cleanup(s.ws.Connect(bot.Handlers{
		Commands: s.bot.commands,
		Invoke: func(ctx context.Context, _ bot.Invocation) bot.Reply {
			leave()
			during = ctx.Err()
			return bot.Nothing{}
		},
		Home: func(ctx context.Context, _ bot.AccountID) (bot.Message, error) {
			return bot.Message{}, errors.Join(ctx.Err(), fail)
		},
	}))
	server, err := page.New(page.Config{Workspace: s.ws, Clock: present, Start: "farida", Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReader(url.Values{"at": {"good-finds"}, "text": {"/evangelist help"}}.Encode())
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/playground/post", body)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	server.Handler().ServeHTTP(httptest.NewRecorder(), request)
	if ctx.Err() == nil || during != nil {
		t.Errorf("the visitor left (%v), the command saw %v", ctx.Err(), during)
	}
	request = httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/playground/?place=~home", nil)
	server.Handler().ServeHTTP(httptest.NewRecorder(), request)
	if log.Len() != 0 {
		t.Errorf("logged: %s", &log)
	}
	fail = broken
	server.Handler().ServeHTTP(httptest.NewRecorder(), request.WithContext(t.Context()))
	if !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("a failure is not logged: %q", &log)
	}
}
