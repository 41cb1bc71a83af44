package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack"
	"evangelist/adapters/slack/slacktest"
	"evangelist/bot/voices/voicestest"
	"evangelist/cmd/evangelist/config"
	"evangelist/cmd/evangelist/httpd"
	"evangelist/storage"
	"evangelist/storage/storagetest"
)

// slackTwin is the program in a pretend Slack, with a clock and a chance that the
// test holds. Requests come as they do in reality, over signed HTTP or a socket;
// courier, schedules and sweeps are stepped by hand until they have nothing to
// do, so that two runs are the same.
type slackTwin struct {
	*twinWorld // rows, log, metrics, marks
	office     *office
	slack      *slacktest.Server
	with       slackMeddle
	http       bool
	watches    bool            // a channel is watched, whose history is read at a start
	own        map[string]bool // triggers and views of authors: what is sent for them answers their own form
	past       string          // calls before this start
	before     int             // how much of the calls there was before the scenario
	last       slackRequest    // what an author asked last over HTTP
}

// slackOrganisation is the Enterprise organisation that the workspace is in:
// colleagues may have other teams.
const slackOrganisation = "E0HOUSE"

// openSlackTwin opens the program on a copy of the files in template, or, if
// template is empty, on a new PostgreSQL database.
func openSlackTwin(t *testing.T, template string, with slackMeddle, http bool) *slackTwin {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	w := &slackTwin{twinWorld: &twinWorld{folder: t.TempDir(), driver: "sqlite"}, with: with, http: http, own: map[string]bool{}}
	if err := os.CopyFS(w.folder, os.DirFS(template)); template != "" && err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(w.folder, "database"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(w.folder, "database", "evangelist.db")
	url, address := "sqlite:"+file, "file:"+file+"?mode=ro"
	if template == "" {
		w.driver, url = "pgx", storagetest.PostgreSQL(t)
		address = url
	}
	w.council = &council{T: t, ctx: ctx, clock: &hand{now: tuesday.AddDate(0, 0, -1)}, log: &lockedBuffer{}, place: playgroundPlace{Database: url}}
	w.slack = slacktest.New(t, slacktest.Config{Clock: w.clock, Seed: 7, Validate: validated, Enterprise: slackOrganisation, AckWithin: time.Minute})
	w.office = &office{T: t, ctx: ctx, clock: w.clock, slack: w.slack, log: w.log}
	w.unheard(w.furnish)
	w.start()
	t.Cleanup(func() { w.stop() })
	looker, err := sql.Open(w.driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = looker.Close() })
	w.looker = looker
	return w
}

// furnishedSlack returns a folder with the files of the program on SQLite that was
// set up once.
func furnishedSlack(t *testing.T) string {
	t.Helper()
	w := openSlackTwin(t, t.TempDir(), slackMeddle{}, true)
	w.setUp()
	if err := w.looker.Close(); err != nil {
		t.Fatal(err)
	}
	w.stop()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(w.folder)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// unheard changes the workspace without the bot hearing of it.
func (w *slackTwin) unheard(change func()) {
	w.slack.Hold()
	change()
	w.slack.Release(func([]slacktest.Event) []slacktest.Event { return nil })
}

// furnish moves the sample council in, and gives authors names and channels of
// their own. The last of them comes later.
func (w *slackTwin) furnish() {
	w.Helper()
	w.office.furnish()
	for i, author := range slackAuthors {
		if author == slackNewcomer {
			continue
		}
		if err := w.slack.ChangeUser(author, func(u *slacktest.User) { u.Handle = slackHandleOf(i) }); err != nil {
			w.Fatal(err)
		}
		w.slack.AddChannel(slacktest.Channel{ID: slackRoomOf(i), Name: "zzroom" + fmt.Sprint(i), Kind: slacktest.Private, Members: []string{author}})
	}
}

// setUp is what a lead does in the first week.
func (w *slackTwin) setUp() {
	w.Helper()
	for _, step := range []struct {
		command string
		values  map[string][]string
	}{
		{"/evangelist contacts", map[string][]string{"emergency": {"Call 999."}, "safeguarding": {"Extension 2210."},
			"whistleblowing": {"The monitoring officer."}, "grievance": {"The staff council."}}},
		{"/evangelist team", map[string][]string{"who": {userOf("adaeze")}, "change": {"appoint-reader"}}},
		{"/evangelist reading place", map[string][]string{"place": {"CREADINGTEAM"}}},
		{"/digest new", map[string][]string{"name": {"Friday roundup"}, "when": {"every Friday 09:00"}, "places": {channelOf("all-council")}}},
	} {
		w.office.slash("nia", step.command)
		w.office.fill("nia", step.values)
		w.settle()
	}
}

// settings are those of an installation in the pretend Slack. The log shows the
// test's clock, so that a line that is written while somebody speaks shows the
// moment.
func (w *slackTwin) settings() *settings {
	w.Helper()
	c, fake := config.Default(), w.slack.Config()
	c.Organisation.Name, c.Organisation.TimeZone = "Tidewater Council", "Europe/London"
	c.HTTP.Listen, c.HTTP.PublicURL, c.Leads = "127.0.0.1:0", "https://evangelist.example", []string{w.office.emailOf("nia")}
	c.Slack.BotToken, c.Slack.AppToken, c.Slack.SigningSecret, c.Slack.APIURL = fake.BotToken, fake.AppToken, fake.SigningSecret, w.slack.APIURL()
	if w.http {
		c.Slack.Transport = "http"
	}
	handler := slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			a.Value = slog.TimeValue(w.clock.Now().UTC())
		}
		return a
	}})
	return &settings{
		Surroundings: Surroundings{Clock: w.clock, Random: voicestest.NewChance(w.starts), Stdout: w.log, Stderr: w.log},
		config:       c, log: slog.New(handler),
	}
}

// start opens the program as it serves, but for what is stepped by hand. When it
// returns the directory and the histories of Slack are read.
func (w *slackTwin) start() {
	w.Helper()
	w.starts++
	w.past += w.told()
	w.slack.ForgetCalls()
	s := w.settings()
	db, err := storage.Open(w.ctx, w.place.Database, s.log)
	if err != nil {
		w.Fatal(err)
	}
	run := &serveRun{settings: s}
	if err := run.open(w.ctx, db); err != nil {
		w.Fatalf("open: %v\n%s", err, w.log)
	}
	w.app, w.handler = run.app, run.pages
	one, incoming := run.surfaces[0], httpd.Armoured(run.pages)
	w.identify(one)
	if w.with.handlers != nil {
		one = w.meddled(s)
		incoming = one.handler
		w.identify(one)
	}
	end := w.listen(one, incoming)
	w.stop = func() {
		w.stop = func() {}
		end()
		w.app.background.Wait()
		if err := run.close(); err != nil {
			w.Errorf("close: %v", err)
		}
		if err := db.Close(); err != nil {
			w.Errorf("close the database: %v", err)
		}
	}
	lines := strings.SplitAfter(w.told(), "\n")
	slices.Sort(lines) // people and channels are read at the same time
	w.past += strings.Join(lines, "")
	w.slack.ForgetCalls()
	w.settle()
}

// identify asks Slack who the bot is, and says so to whatever sends.
func (w *slackTwin) identify(one surface) {
	w.Helper()
	account, err := one.identify(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	w.app.accounts[slack.Name] = account
	if err := w.app.courier.Bind(w.ctx, slack.Name, account); err != nil {
		w.Fatal(err)
	}
}

// listen runs the surface until Slack's people and channels are known. Over HTTP
// nothing more of it has to run; a socket stays open until end.
func (w *slackTwin) listen(one surface, incoming http.Handler) (end func()) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.ctx)
	ran := make(chan error, 1)
	go func() { ran <- one.run(ctx) }()
	w.office.eventually("Slack is read and heard", func() bool {
		return strings.Count(w.log.String(), "the directory of Slack was read") == int(w.starts) &&
			(!w.watches || len(w.slack.Calls("conversations.history")) > 0) && (w.http || w.slack.Connections() > 0)
	})
	finish := func() {
		cancel()
		if err := <-ran; err != nil {
			w.Errorf("the surface stopped: %v", err)
		}
	}
	if !w.http {
		return finish
	}
	finish()
	server := httptest.NewServer(w.relay(incoming))
	w.slack.SetReceiver(server.URL)
	return server.Close
}

// restart ends the program and opens it again on what it kept.
func (w *slackTwin) restart() {
	w.Helper()
	w.stop()
	w.start()
}

// slackPace is the longest time that the pace of a channel asks to wait.
const slackPace = 2 * time.Second

// settle lets everything happen that is due now, and that the pace of a channel
// holds back.
func (w *slackTwin) settle() {
	w.Helper()
	w.heard()
	for worked := true; worked; {
		w.app.background.Wait()
		worked = false
		for _, sweep := range w.app.sweeps {
			if _, err := sweep.Run(w.ctx); err != nil {
				w.Fatalf("sweep %s: %v", sweep.Name, err)
			}
		}
		for more := true; more; worked = worked || more {
			var err error
			if more, err = w.app.scheduler.Step(w.ctx); err != nil {
				w.Fatalf("scheduler: %v", err)
			}
		}
		for w.send() {
			worked = true
		}
	}
}

// send lets the courier do one thing, and Slack tell of it afterwards.
func (w *slackTwin) send() bool {
	w.Helper()
	w.slack.Hold()
	more, next, err := w.app.courier.Step(w.ctx)
	w.slack.Release(nil)
	if err != nil {
		w.Fatalf("courier: %v", err)
	}
	w.heard()
	if wait := next.Sub(w.clock.Now()); !more && !next.IsZero() && wait > 0 && wait <= slackPace {
		w.clock.add(wait)
		return true
	}
	return more
}

// heard waits until the bot has taken everything that Slack has to tell.
func (w *slackTwin) heard() {
	w.Helper()
	if err := w.slack.Settle(w.ctx); err != nil {
		w.Fatalf("the bot did not hear: %v\n%s", err, w.log)
	}
}

// at moves the clock and lets happen what is due then.
func (w *slackTwin) at(moment time.Time) {
	w.Helper()
	w.clock.add(moment.Sub(w.clock.Now()))
	w.settle()
}

// tick lets an odd time pass, so that every moment is its own.
func (w *slackTwin) tick() {
	w.Helper()
	w.at(w.clock.Now().Add(11*time.Minute + 13*time.Second + 517*time.Millisecond + 291*time.Microsecond))
}
