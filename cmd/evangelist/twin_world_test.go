package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"evangelist/bot"
	"evangelist/bot/voices/voicestest"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage/storagetest"
)

// meddle is how a mutation betrays an author. A zero one changes nothing.
type meddle struct {
	// heard is told of every request before the bot answers it.
	heard func(w *twinWorld, in bot.Invocation)
	// asked is told of every request over HTTP.
	asked func(w *twinWorld, r *http.Request)
}

// twinWorld is the whole program on its own database, with a clock and a chance
// that the test holds. What runs beside requests, courier, schedules and sweeps,
// is stepped by hand until it has nothing to do, so that two runs are the same.
type twinWorld struct {
	*council
	meddle   meddle
	folder   string // of everything that is kept
	driver   string
	looker   *sql.DB
	starts   byte
	served   http.Handler         // the web without a playground, once somebody signed in
	sessions map[int]*http.Cookie // of authors who did
	marks    marks
	loud     []string // what an anonymous act was seen to change besides what waits
}

// openTwin opens the program on a copy of the files in template, or, if template is
// empty, on a new PostgreSQL database.
func openTwin(t *testing.T, template string, with meddle) *twinWorld {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	folder := t.TempDir()
	w := &twinWorld{meddle: with, folder: folder, driver: "sqlite"}
	for _, sub := range []string{"database", "workspace"} {
		if err := os.Mkdir(filepath.Join(folder, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(folder, "database", "evangelist.db")
	url, address := "sqlite:"+file, "file:"+file+"?mode=ro"
	if template == "" {
		w.driver, url = "pgx", storagetest.PostgreSQL(t)
		address = url
	} else if err := os.CopyFS(folder, os.DirFS(template)); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	w.council = &council{T: t, ctx: ctx, clock: &hand{now: tuesday.AddDate(0, 0, -1)}, log: &lockedBuffer{},
		place: playgroundPlace{Database: url, Workspace: filepath.Join(folder, "workspace", "journal")}}
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

// furnished returns a folder with the files of a playground on SQLite that was
// opened once: a copy of it opens faster, and all copies begin with the same bytes.
func furnished(t *testing.T) string {
	t.Helper()
	w := openTwin(t, t.TempDir(), meddle{})
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

// start opens the program. Its log shows the test's clock, so that a line that is
// written while somebody speaks shows the moment.
func (w *twinWorld) start() {
	w.Helper()
	w.starts++
	handler := slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			a.Value = slog.TimeValue(w.clock.Now().UTC())
		}
		return a
	}})
	s := &settings{
		Surroundings: Surroundings{Clock: w.clock, Random: voicestest.NewChance(w.starts), Stdout: w.log, Stderr: w.log},
		config:       config.Default(), log: slog.New(handler),
	}
	run, err := openPlayground(w.ctx, s, w.place, "http://127.0.0.1:1")
	if err != nil {
		w.Fatal(err)
	}
	run.app.background.Wait()
	w.ws, w.app, w.handler = run.workspace, run.app, run.handler
	for name := range w.app.platforms {
		if err := w.app.courier.Bind(w.ctx, name, w.app.accounts[name]); err != nil {
			w.Fatal(err)
		}
	}
	disconnect := w.app.join(w.ws)
	if w.meddle.heard != nil {
		disconnect = w.ws.Connect(bot.Handlers{Hear: w.app.Hear, View: w.app.router.View, Commands: w.app.router.Commands,
			Invoke: func(ctx context.Context, in bot.Invocation) bot.Reply {
				w.meddle.heard(w, in)
				return w.app.Do(ctx, in)
			}})
	}
	w.stop = func() {
		w.stop = func() {}
		w.app.background.Wait()
		run.page.Close()
		disconnect()
		if err := run.close(); err != nil {
			w.Errorf("close: %v", err)
		}
	}
	w.settle()
}

// restart ends the program and opens it again on what it kept.
func (w *twinWorld) restart() {
	w.Helper()
	w.stop()
	w.sessions = nil
	w.start()
}

// settle lets everything happen that is due now.
func (w *twinWorld) settle() {
	w.Helper()
	for worked := true; worked; {
		w.app.background.Wait()
		w.heard()
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
		for more := true; more; worked = worked || more {
			var err error
			if more, _, err = w.app.courier.Step(w.ctx); err != nil {
				w.Fatalf("courier: %v", err)
			}
			w.heard()
		}
	}
}

// at moves the clock and lets happen what is due then.
func (w *twinWorld) at(moment time.Time) {
	w.Helper()
	w.clock.add(moment.Sub(w.clock.Now()))
	w.settle()
}

// tick lets an odd time pass, so that every moment is its own.
func (w *twinWorld) tick() {
	w.Helper()
	w.at(w.clock.Now().Add(11*time.Minute + 13*time.Second + 517*time.Millisecond + 291*time.Microsecond))
}

// rest is all that is there after a while for somebody who looks: at rest, in the
// log, in the metrics, on the platform.
type rest struct {
	files map[string][]byte // of the database and the workspace, each byte
	texts map[string]string // dump, log, metrics, calls, journal
	marks []string
	holds bool // acts can still be read from the disk
}

func (w *twinWorld) look() rest {
	w.Helper()
	files, err := voicestest.Files(w.folder)
	if err != nil {
		w.Fatal(err)
	}
	now := rest{texts: map[string]string{
		"the rows": w.dump(), "the log": w.logged(), "the metrics": w.metrics(), "the calls": w.calls(),
	}}
	search, platform := map[string][]byte{}, map[string][]byte{}
	for name, content := range files {
		if strings.HasPrefix(name, "database") {
			search[name] = content
			now.holds = now.holds || strings.Contains(string(content), `{"words":`)
		} else {
			platform[name] = content
		}
	}
	for name, text := range now.texts {
		search[name] = []byte(text)
	}
	known := marks{slices.Clone(w.marks.all)}
	known.without("the newcomer") // whom the platform knows
	now.marks = append(w.marks.find(search), known.find(platform)...)
	now.files = voicestest.AtRest(files)
	if w.driver == "pgx" {
		size, err := w.column("SELECT pg_relation_size('waiting')::text")
		if err != nil {
			w.Fatal(err)
		}
		now.holds = size[0] != "0"
	}
	if w.driver == "sqlite" {
		for _, table := range []string{"voices", "voice_entries", "waiting", "deliveries"} {
			order, err := w.column("SELECT " + map[bool]string{true: "key", false: "id"}[table == "deliveries"] + " FROM " + table + " ORDER BY rowid")
			if err != nil {
				w.Fatal(err)
			}
			now.texts["the layout of "+table] = strings.Join(order, "\n")
		}
	}
	return now
}

func (w *twinWorld) column(query string) ([]string, error) {
	rows, err := w.looker.QueryContext(w.ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err is what counts
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func (w *twinWorld) dump() string {
	w.Helper()
	dialect := "sqlite"
	if w.driver == "pgx" {
		dialect = "postgres"
	}
	text, err := voicestest.Dump(w.ctx, w.looker, dialect)
	if err != nil {
		w.Fatal(err)
	}
	return text
}

// logged is the log without what is this test's own: where its files are.
func (w *twinWorld) logged() string {
	return strings.ReplaceAll(strings.ReplaceAll(w.log.String(), w.folder, "FOLDER"), w.place.Database, "DATABASE")
}

// metrics are those of ours: what Go and the process tell of themselves is about
// the machine and never the same twice.
func (w *twinWorld) metrics() string {
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost/metrics", nil))
	var kept []string
	for line := range strings.Lines(answer.Body.String()) {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		if !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// calls are all calls to the platform. Of those that answer an author's own form
// only that there was one is kept.
func (w *twinWorld) calls() string {
	w.Helper()
	all := w.ws.Calls()
	if len(all) >= 200 {
		w.Fatal("there were more calls than the workspace keeps")
	}
	var out strings.Builder
	for _, call := range all {
		if call.Method == "answer" && len(call.To) == 1 && slices.Contains(twinAuthors, call.To[0].Native()) {
			out.WriteString("an author's form was answered\n")
			continue
		}
		fmt.Fprintf(&out, "%s %s %s %s %v %v %s\n", call.Method, call.Place, call.Thread, call.ID, call.Ref, call.To, call.Payload)
	}
	return out.String()
}

// waits cuts what waits for the release out of a dump.
var waits = regexp.MustCompile(`(?m)^# waiting \(\d+\)\n(?:[^#].*\n)*`)

// quietly does something without a name and notes whatever changed besides the
// table of what waits, and the answer to the author's own form.
func (w *twinWorld) quietly(what string, act func()) {
	w.Helper()
	snap := func() map[string]string {
		files, err := voicestest.Files(filepath.Join(w.folder, "workspace"))
		if err != nil {
			w.Fatal(err)
		}
		seen := map[string]string{
			"the rows": waits.ReplaceAllString(w.dump(), ""), "the log": w.logged(), "the metrics": w.metrics(),
			"the calls": strings.ReplaceAll(w.calls(), "an author's form was answered\n", ""),
		}
		for name, content := range files {
			seen["the workspace's "+name] = string(content)
		}
		return seen
	}
	before := snap()
	act()
	w.settle()
	after := snap()
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			w.loud = append(w.loud, fmt.Sprintf("loud: %s changed %s: %s", what, name, added(before[name], after[name])))
		}
	}
}

// added are the lines of after that are not in before.
func added(before, after string) string {
	known := map[string]bool{}
	for line := range strings.Lines(before) {
		known[line] = true
	}
	var fresh []string
	for line := range strings.Lines(after) {
		if !known[line] {
			fresh = append(fresh, line)
		}
	}
	return strings.Join(fresh, "")
}
