package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"evangelist/bot"
	"evangelist/bot/voices/voicestest"
	"evangelist/cmd/evangelist/config"
)

// yard is the whole program with a clock and a chance that the test holds. What
// runs beside requests is stepped by hand, so that two yards in which the same
// was done hold the same, also on different databases.
type yard struct {
	*council
	looker  *sql.DB
	dialect string
	end     func() // closes the program
}

func openYard(t *testing.T, database string) *yard {
	t.Helper()
	return openYardAt(t, playgroundPlace{Database: database, Workspace: filepath.Join(t.TempDir(), "journal")}, tuesday, 1)
}

// openYardAt opens the program at a moment, on what is kept in a place.
func openYardAt(t *testing.T, place playgroundPlace, now time.Time, chance byte) *yard {
	t.Helper()
	database := place.Database
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	y := &yard{council: &council{T: t, ctx: ctx, clock: &hand{now: now}, log: &lockedBuffer{}, place: place}}
	y.start(chance)
	t.Cleanup(func() { y.end() })
	y.dialect = "sqlite"
	driver, address := "sqlite", "file:"+strings.TrimPrefix(database, "sqlite:")+"?mode=ro"
	if !strings.HasPrefix(database, "sqlite:") {
		y.dialect, driver, address = "postgres", "pgx", database
	}
	var err error
	if y.looker, err = sql.Open(driver, address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.looker.Close() })
	y.settle()
	return y
}

// start opens the program on what is kept; chance is its own.
func (y *yard) start(chance byte) {
	y.Helper()
	s := &settings{
		Surroundings: Surroundings{Clock: y.clock, Random: voicestest.NewChance(chance), Stdout: y.log, Stderr: y.log},
		config:       config.Default(), log: slog.New(slog.NewJSONHandler(y.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	run, err := openPlayground(y.ctx, s, y.place, "http://127.0.0.1:1")
	if err != nil {
		y.Fatal(err)
	}
	y.ws, y.app, y.handler = run.workspace, run.app, run.handler
	disconnect := y.app.join(y.ws)
	y.end = func() {
		y.app.background.Wait()
		run.page.Close()
		disconnect()
		if err := run.close(); err != nil {
			y.Errorf("close: %v", err)
		}
	}
	for name := range y.app.platforms {
		if err := y.app.courier.Bind(y.ctx, name, y.app.accounts[name]); err != nil {
			y.Fatal(err)
		}
	}
}

// settle lets everything happen that is due now.
func (y *yard) settle() {
	y.Helper()
	for worked := true; worked; {
		y.app.background.Wait()
		y.heard()
		worked = false
		for _, sweep := range y.app.sweeps {
			if _, err := sweep.Run(y.ctx); err != nil {
				y.Fatalf("sweep %s: %v", sweep.Name, err)
			}
		}
		for more := true; more; worked = worked || more {
			var err error
			if more, err = y.app.scheduler.Step(y.ctx); err != nil {
				y.Fatalf("scheduler: %v", err)
			}
		}
		for more := true; more; worked = worked || more {
			var err error
			if more, _, err = y.app.courier.Step(y.ctx); err != nil {
				y.Fatalf("courier: %v", err)
			}
		}
	}
}

// pass lets time go by, so that nobody asks too fast, and lets happen what is due.
func (y *yard) pass(d time.Duration) {
	y.Helper()
	y.clock.add(d)
	y.settle()
}

// dump is everything that the database holds.
func (y *yard) dump() string {
	y.Helper()
	y.app.background.Wait()
	text, err := voicestest.Dump(y.ctx, y.looker, y.dialect)
	if err != nil {
		y.Fatal(err)
	}
	return text
}

// do asks the router as an account does, by whatever surface.
func (y *yard) do(person, command, arg string, values map[string][]string) bot.Reply {
	y.Helper()
	nonce, err := bot.NewNonce(y.app.random)
	if err != nil {
		y.Fatal(err)
	}
	in := bot.Invocation{Workspace: y.ws.Name(), Command: command, Arg: arg, Values: values, Nonce: nonce, Place: y.ws.PlaceID("all-council")}
	if person != "" {
		account, _ := y.ws.Account(person)
		in.Actor = bot.Actor{Account: y.ws.ID(person), Name: account.Name, External: account.External}
	}
	return y.app.Do(y.ctx, in)
}

// must is do for what is no mistake.
func (y *yard) must(person, command, arg string, values map[string][]string) bot.Reply {
	y.Helper()
	reply := y.do(person, command, arg, values)
	switch r := reply.(type) {
	case bot.Invalid:
		y.Fatalf("%s as %s was refused: %v", command, person, r.Fields)
	case bot.Say:
		if strings.Contains(r.Message.Summary, "not here, or not for you") || strings.Contains(r.Message.Summary, "our side") || strings.Contains(r.Message.Summary, "a lot in a short time") {
			y.Fatalf("%s as %s: %s\n%s", command, person, r.Message.Summary, y.log)
		}
	}
	return reply
}

// get asks for a page as somebody of the playground.
func (y *yard) get(person, path string) *httptest.ResponseRecorder {
	y.Helper()
	return y.request(person, httptest.NewRequest(http.MethodGet, path, nil))
}

// send posts a form as somebody of the playground.
func (y *yard) send(person, path string, form url.Values) *httptest.ResponseRecorder {
	y.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return y.request(person, r)
}

func (y *yard) request(person string, r *http.Request) *httptest.ResponseRecorder {
	y.Helper()
	if person != "" {
		r.AddCookie(&http.Cookie{Name: "playground_person", Value: person})
	}
	if r.Host == "example.com" { // what httptest gives
		r.Host = "localhost:8080"
	}
	answer := httptest.NewRecorder()
	y.handler.ServeHTTP(answer, r)
	armed(y.T, r.Method+" "+r.URL.String(), answer.Header())
	return answer
}

// armed checks that an answer tells browsers what it may never do.
func armed(t *testing.T, what string, h http.Header) {
	t.Helper()
	if len(what) > 200 {
		what = what[:200]
	}
	policy := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src ", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%s: the content security policy is %q", what, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
		t.Errorf("%s: the headers are %v", what, h)
	}
}

// whole checks that nothing broke: no panic, no error in the log, and a doctor
// who finds nothing.
func (y *yard) whole() {
	y.Helper()
	y.app.background.Wait()
	for line := range strings.Lines(y.log.String()) {
		if strings.Contains(line, "panic") || strings.Contains(line, `"level":"ERROR"`) {
			y.Errorf("the log has: %s", line)
		}
	}
	said := &lockedBuffer{}
	if code := Run(y.ctx, []string{"--database", y.place.Database, "doctor"}, Surroundings{Stdout: said, Stderr: said, Clock: y.clock}); code != exitDone {
		y.Errorf("the doctor: %d, %s", code, said)
	}
}

// shows is all words of a reply.
func shows(reply bot.Reply) string {
	switch r := reply.(type) {
	case bot.Say:
		return plain(r.Message)
	case bot.Done:
		return plain(r.Message)
	case bot.Ask:
		return fmt.Sprintf("%+v", r.Form)
	case bot.Invalid:
		return fmt.Sprint(r.Fields)
	}
	return fmt.Sprintf("%T", reply)
}
