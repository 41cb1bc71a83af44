package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/cmd/evangelist/config"
	"evangelist/storage"
	"evangelist/storage/storagetest"
)

// A real database never becomes a playground, where everybody may be anybody,
// and a playground's is never served as a real one.
func TestRealAndPretendStayApart(t *testing.T) {
	around := func(out *bytes.Buffer) Surroundings {
		return Surroundings{Stdout: out, Stderr: out, Environ: []string{"EVANGELIST_HTTP_LISTEN=127.0.0.1:0", "EVANGELIST_LEADS=lead@example.org"}}
	}
	try := func(args ...string) (int, string) {
		var out bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		s := around(&out)
		s.Ready = func(string) { cancel() } // it serves: enough
		code := Run(ctx, args, s)
		return code, out.String()
	}
	real, pretend := storagetest.Nowhere(t), storagetest.Nowhere(t)
	if code, out := try("serve", "--database", real); code != exitDone {
		t.Fatalf("serve: %d %s", code, out)
	}
	for name, args := range map[string][]string{
		"the word serve forgotten": {"--database", real},
		"playground on a real one": {"playground", "--listen", "127.0.0.1:0", "--database", real},
	} {
		if code, out := try(args...); code == exitDone || !strings.Contains(out, "evangelist serve") {
			t.Errorf("%s: %d %s", name, code, out)
		}
	}
	if code, out := try("playground", "--listen", "127.0.0.1:0", "--database", pretend); code != exitDone {
		t.Fatalf("playground: %d %s", code, out)
	}
	if code, out := try("playground", "--listen", "127.0.0.1:0", "--database", pretend); code != exitDone {
		t.Errorf("playground again: %d %s", code, out)
	}
	if code, out := try("serve", "--database", pretend); code == exitDone || !strings.Contains(out, "pretend") {
		t.Errorf("serve on a playground's: %d %s", code, out)
	}
}

// What leads decide in chat is not undone by the next start.
func TestTheConfigurationAppointsOnce(t *testing.T) {
	url := storagetest.SQLite(t)
	start := func() *App {
		db, err := storage.Open(t.Context(), url, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		s := &settings{config: config.Default()}
		app, err := NewApp(t.Context(), Parts{DB: db, Organisation: organisationOf(s), Leads: []string{"Lead@example.org"}, Clock: bot.SystemClock{}, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return app
	}
	app := start()
	lead, err := app.people.ByEmail(t.Context(), "lead@example.org")
	if err != nil || !lead.Has(bot.Lead) || !lead.Has(bot.Reader) {
		t.Fatalf("%+v, %v", lead, err)
	}
	if err := app.people.Change(t.Context(), lead.ID, func(p *bot.Person) ([]bot.Delivery, error) {
		p.Roles = []bot.Role{bot.Lead}
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := app.db.Close(); err != nil {
		t.Fatal(err)
	}
	again := start()
	if lead, err = again.people.ByEmail(t.Context(), "lead@example.org"); err != nil || lead.Has(bot.Reader) || !lead.Has(bot.Lead) {
		t.Fatalf("after a restart: %+v, %v", lead, err)
	}
}
