package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"evangelist/bot"
)

// A visitor who does not wait for a page is nobody's trouble; a page that fails
// while somebody waits is.
func TestVisitorsWhoLeaveAreNoErrors(t *testing.T) {
	w := newWorld(t, nil)
	w.as = lead
	ctx, leave := context.WithCancel(t.Context())
	leave()
	w.editions.fail = context.Canceled
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://bot.example.org/archive", nil)
	w.site.ServeHTTP(httptest.NewRecorder(), request)
	if w.log.Len() != 0 {
		t.Errorf("logged: %s", w.log)
	}
	w.editions.fail = errors.New("disk on fire")
	w.visitor().get("/archive").want(t, 500)
	if !strings.Contains(w.log.String(), "level=ERROR") || !strings.Contains(w.log.String(), "disk on fire") {
		t.Errorf("a failure is not logged: %q", w.log)
	}
}

// What was sent is carried out, whether or not somebody waits for the answer.
func TestWhatWasSentIsCarriedOut(t *testing.T) {
	w := newWorld(t, nil)
	w.as = colleague
	ctx, leave := context.WithCancel(t.Context())
	var during error
	err := w.router.Add(bot.Command{Name: "test.slow", Needs: bot.Colleague, Run: func(ctx context.Context, _ bot.Invocation) (bot.Reply, error) {
		leave()
		during = ctx.Err()
		return bot.Say{Message: bot.Notice("Done.")}, ctx.Err()
	}})
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReader(url.Values{"command": {"test.slow"}}.Encode())
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://bot.example.org/do", body)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", "http://bot.example.org")
	w.site.ServeHTTP(httptest.NewRecorder(), request)
	if ctx.Err() == nil || during != nil || w.log.Len() != 0 {
		t.Errorf("the visitor left (%v), the command saw %v; logged: %s", ctx.Err(), during, w.log)
	}
}

// Whose account is switched off is out at once, and not told of another
// organisation.
func TestAccountsThatAreSwitchedOffAreOut(t *testing.T) {
	w := newWorld(t, nil)
	v := w.visitor()
	v.signIn(lead).want(t, 303)
	v.get("/desk").want(t, 200)
	w.people.closed = lead
	v.get("/desk").want(t, 303)
	v.get("/").want(t, 200).without(t, "The lead")
	v.post("/do", url.Values{"command": {"test.run"}}).want(t, 401)
	if len(w.asked) != 0 {
		t.Errorf("the router was asked %+v", w.asked)
	}
}
