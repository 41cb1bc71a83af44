package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot/voices/voicestest"
	"evangelist/cmd/evangelist/config"
	"evangelist/cmd/evangelist/httpd"
	"evangelist/storage"
	"evangelist/storage/storagetest"
)

// teamsTwin is the program on a pretend Teams, with a clock and a chance that the
// test holds. Activities come signed over HTTP, as they do in reality; courier,
// schedules and sweeps are stepped by hand until they have nothing to do, so that
// two runs are the same.
type teamsTwin struct {
	*twinWorld // rows, log, metrics, marks
	tenant     *tenant
	teams      *teamstest.Teams
	with       teamsMeddle
	graph      bool
	rooms      map[string]teamsRoom // by author
	acted      func()               // waits for what goes on after an acknowledgement
	own        map[int]bool         // calls that answer an author's own words
	ownWords   map[string]bool      // messages of authors to the bot alone, and those answers
	furnished  int                  // how many calls there were before anybody lived there
	before     int                  // how many bytes of the calls there were before the scenario
	session    *http.Cookie         // of a lead who looks at the pages
	last       teamsRequest         // what an author asked last
	heardWords []string             // what a mutation remembers
}

// teamsRoom is where only one author is, and not the bot.
type teamsRoom struct{ team, channel, chat string }

// doorstep is one address at which several pretend tenants are served, one after
// the other: addresses are kept, and twins have the same.
type doorstep struct {
	net.Listener
	conns chan net.Conn
}

func newDoorstep(t *testing.T) *doorstep {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &doorstep{Listener: listener, conns: make(chan net.Conn)}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		defer close(d.conns)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			d.conns <- conn
		}
	}()
	return d
}

// sill is the doorstep for as long as one tenant stands on it.
type sill struct {
	*doorstep
	closed context.Context
	leave  context.CancelFunc
}

func (d *doorstep) sill() sill {
	closed, leave := context.WithCancel(context.Background())
	return sill{d, closed, leave}
}

// Accept implements net.Listener.
func (s sill) Accept() (net.Conn, error) {
	select {
	case conn, ok := <-s.conns:
		if ok {
			return conn, nil
		}
	case <-s.closed.Done():
	}
	return nil, net.ErrClosed
}

// Close implements net.Listener.
func (s sill) Close() error {
	s.leave()
	return nil
}

// openTeamsTwin opens the program on a copy of the files in template, or, if
// template is empty, on a new PostgreSQL database.
func openTeamsTwin(t *testing.T, at *doorstep, template string, with teamsMeddle, graph bool) *teamsTwin {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	w := &teamsTwin{twinWorld: &twinWorld{folder: t.TempDir(), driver: "sqlite"}, with: with, graph: graph,
		rooms: map[string]teamsRoom{}, own: map[int]bool{}, ownWords: map[string]bool{}}
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
	w.teams = teamstest.New(t, teamstest.Config{Clock: w.clock, Listener: at.sill(), Windows: teamstest.DocumentedWindows(), TokenLife: 10_000 * time.Hour})
	w.tenant = &tenant{T: t, ctx: ctx, clock: w.clock, teams: w.teams, log: w.log, url: url, graph: graph, people: map[string]teamstest.User{}, channels: map[string]string{}}
	w.tenant.furnish()
	w.teams.Add(w.tenant.team.General)
	w.teams.Add(w.tenant.reading)
	for i, author := range twinAuthors {
		if author != newcomer {
			w.house(i)
		}
	}
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

// furnishedTeams returns a folder with the files of the program on SQLite that was
// set up once.
func furnishedTeams(t *testing.T, at *doorstep, graph bool) string {
	t.Helper()
	w := openTeamsTwin(t, at, t.TempDir(), teamsMeddle{}, graph)
	w.setUp()
	if err := w.looker.Close(); err != nil {
		t.Fatal(err)
	}
	w.end()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(w.folder)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// end ends the program and leaves the doorstep.
func (w *teamsTwin) end() {
	w.stop()
	if err := w.teams.Close(); err != nil {
		w.Error(err)
	}
}

// house gives an author a team with a channel, and a chat, that nobody else is in.
func (w *teamsTwin) house(author int) {
	user := w.user(author)
	team := w.teams.AddTeam(fmt.Sprint("zzteam", author), user)
	w.rooms[user.ID] = teamsRoom{team.ID, w.teams.AddChannel(team, fmt.Sprint("zzroom", author)), w.teams.AddChat(user)}
	w.teams.Add(w.teams.Personal(user))
}

func (w *teamsTwin) user(author int) teamstest.User { return w.tenant.people[twinAuthors[author]] }

// setUp adds the bot, and is what a lead does in the first week.
func (w *teamsTwin) setUp() {
	w.Helper()
	for _, step := range []struct{ person, where string }{{"nia", w.tenant.team.General}, {"adaeze", w.tenant.reading}} {
		if _, err := w.tenant.as(step.person).Install(w.ctx, step.where); err != nil {
			w.Fatal(err)
		}
		w.settle()
	}
	w.tenant.setUp()
	w.settle()
}

// settings are those of an installation on the pretend Teams. The log shows the
// test's clock, so that a line that is written while somebody speaks shows the
// moment.
func (w *teamsTwin) settings() *settings {
	w.Helper()
	c := config.Default()
	c.Organisation.Name, c.Organisation.TimeZone = "Tidewater Council", "Europe/London"
	c.HTTP.Listen, c.HTTP.PublicURL, c.Leads = "127.0.0.1:0", "https://evangelist.example", []string{w.tenant.people["nia"].Email}
	c.Teams = config.Teams{
		AppID: w.teams.AppID(), TenantID: w.teams.TenantID(), ClientSecret: w.teams.Secret(), Cloud: "public", Graph: w.graph,
		ServiceHosts: []string{w.teams.Host()}, OpenIDMetadataURL: w.teams.MetadataURL(), TokenURL: w.teams.TokenURL(), GraphURL: w.teams.GraphURL(),
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
// returns the people on Teams are read.
func (w *teamsTwin) start() {
	w.Helper()
	w.starts++
	s := w.settings()
	db, err := storage.Open(w.ctx, w.place.Database, s.log)
	if err != nil {
		w.Fatal(err)
	}
	run := &serveRun{settings: s}
	if err := run.open(w.ctx, db); err != nil {
		w.Fatalf("open: %v\n%s", err, w.log)
	}
	w.app, w.tenant.app, w.handler = run.app, run.app, run.pages
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
	w.settle()
}

// identify has the bot prove who it is, and says so to whatever sends.
func (w *teamsTwin) identify(one surface) {
	w.Helper()
	account, err := one.identify(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	w.app.accounts[teams.Name] = account
	if err := w.app.courier.Bind(w.ctx, teams.Name, account); err != nil {
		w.Fatal(err)
	}
}

// listen runs the surface until the people on Teams are known; nothing more of it
// has to run for activities to be taken.
func (w *teamsTwin) listen(one surface, incoming http.Handler) (end func()) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.ctx)
	ran := make(chan error, 1)
	go func() { ran <- one.run(ctx) }()
	w.tenant.eventually("the people on Teams are read", func() bool {
		return strings.Count(w.log.String(), "the directory of Teams was read") == int(w.starts)
	})
	cancel()
	if err := <-ran; err != nil {
		w.Errorf("the surface stopped: %v", err)
	}
	w.acted = func() { // what has ended waits for nothing but what was begun
		if err := one.run(ctx); err != nil {
			w.Errorf("the surface stopped: %v", err)
		}
	}
	server := httptest.NewServer(w.relay(incoming))
	w.teams.SetBot(server.URL + "/api/messages")
	return func() {
		server.Close()
		w.acted()
	}
}

// teamsRequest is what an activity says of whoever asks.
type teamsRequest struct{ id, user, address, conversation, team string }

// relay stands before the program and looks at what authors ask.
func (w *teamsTwin) relay(next http.Handler) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var a struct {
			ID   string
			From struct {
				ID     string
				Object string `json:"aadObjectId"`
			}
			Conversation struct{ ID string }
			ChannelData  struct{ Team struct{ ID string } }
		}
		if err != nil || json.Unmarshal(body, &a) != nil {
			w.Errorf("an activity cannot be read: %v", err)
		}
		if slices.ContainsFunc(twinAuthors, func(author string) bool { return w.tenant.people[author].ID == a.From.Object }) {
			w.last = teamsRequest{a.ID, a.From.Object, a.From.ID, a.Conversation.ID, a.ChannelData.Team.ID}
			if w.with.asked != nil {
				w.with.asked(w, w.last)
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(answer, r)
	})
}

// restart ends the program and opens it again on what it kept.
func (w *teamsTwin) restart() {
	w.Helper()
	w.stop()
	w.start()
}

// teamsPace is the longest time that the pace of a conversation asks to wait.
const teamsPace = 30 * time.Second

// settle lets everything happen that is due now, and that the pace of a
// conversation holds back.
func (w *teamsTwin) settle() {
	w.Helper()
	for worked := true; worked; {
		w.acted()
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

// send lets the courier do one thing.
func (w *teamsTwin) send() bool {
	w.Helper()
	more, next, err := w.app.courier.Step(w.ctx)
	if err != nil {
		w.Fatalf("courier: %v", err)
	}
	if wait := next.Sub(w.clock.Now()); !more && !next.IsZero() && wait > 0 && wait <= teamsPace {
		w.clock.add(wait)
		return true
	}
	return more
}

// at moves the clock and lets happen what is due then.
func (w *teamsTwin) at(moment time.Time) {
	w.Helper()
	w.clock.add(moment.Sub(w.clock.Now()))
	w.settle()
}

// tick lets an odd time pass, so that every moment is its own.
func (w *teamsTwin) tick() {
	w.Helper()
	w.at(w.clock.Now().Add(11*time.Minute + 13*time.Second + 517*time.Millisecond + 291*time.Microsecond))
}
