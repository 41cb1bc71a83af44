package storage_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage"
	"evangelist/storage/courierstore"
	"evangelist/storage/kernelstore"
	"evangelist/storage/storagetest"
)

var silent = slog.New(slog.DiscardHandler)

func write(t *testing.T, url, name string) {
	t.Helper()
	db, err := storage.Open(t.Context(), url, silent)
	if err != nil {
		t.Fatal(err)
	}
	if err := kernelstore.NewInstallation(db, rand.Reader).Set(t.Context(), "name", name); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, url string) string {
	t.Helper()
	db, err := storage.Look(t.Context(), url, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name, err := kernelstore.NewInstallation(db, rand.Reader).Setting(t.Context(), "name")
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRestore(t *testing.T) {
	dir := t.TempDir()
	url, backup := "sqlite:"+filepath.Join(dir, "e.db"), filepath.Join(dir, "copy.db")
	write(t, url, "before")
	db, err := storage.Inspect(t.Context(), url, silent)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Backup(t.Context(), backup), db.Close()); err != nil {
		t.Fatal(err)
	}
	write(t, url, "after")
	for i, want := range []string{"e.db.before-restore", "e.db.before-restore-2"} {
		kept, err := storage.Restore(t.Context(), url, backup, silent)
		if err != nil || filepath.Base(kept) != want {
			t.Fatalf("restore %d: kept %q, %v", i, kept, err)
		}
		if got := read(t, url); got != "before" {
			t.Fatalf("restore %d: got %q", i, got)
		}
	}
	if got := read(t, "sqlite:"+filepath.Join(dir, "e.db.before-restore")); got != "after" {
		t.Fatalf("what was set aside: %q", got)
	}
}

// What was said in confidence is for the owner of the files alone.
func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	db, err := storage.Open(t.Context(), "sqlite:"+filepath.Join(dir, "e.db"), silent)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Backup(t.Context(), filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 4 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %s", entry.Name(), info.Mode())
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "e.db")
	write(t, url, "kept")
	garbage := filepath.Join(dir, "garbage")
	if err := os.WriteFile(garbage, []byte("this is no database at all, only some words"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, backup := range []string{garbage, filepath.Join(dir, "missing")} {
		if _, err := storage.Restore(t.Context(), url, backup, silent); err == nil {
			t.Errorf("%s was accepted", backup)
		}
	}
	if _, err := storage.Restore(t.Context(), "postgres://x/y", garbage, silent); err == nil {
		t.Error("PostgreSQL was accepted")
	}
	if got := read(t, url); got != "kept" {
		t.Fatalf("a refused restore changed the database: %q", got)
	}
	running, err := storage.Open(t.Context(), url, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	backup := filepath.Join(dir, "copy.db")
	if err := running.Backup(context.Background(), backup); err != nil {
		t.Fatal(err)
	}
	_, err = storage.Restore(t.Context(), url, backup, silent)
	var later interface{ ExitCode() int }
	if !errors.As(err, &later) || later.ExitCode() != 75 {
		t.Fatalf("beside a running server: %v", err)
	}
}

// What lies in the write-ahead log of a backup belongs to it.
func TestRestoreTakesTheLogOfABackup(t *testing.T) {
	dir := t.TempDir()
	from, to := "sqlite:"+filepath.Join(dir, "from.db"), "sqlite:"+filepath.Join(dir, "to.db")
	db, err := storage.Open(t.Context(), from, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := kernelstore.NewInstallation(db, rand.Reader).Set(t.Context(), "name", "in the log"); err != nil {
		t.Fatal(err)
	}
	// As a copy of a disk has it: the file and its log, taken while it was open.
	for _, tail := range []string{"", "-wal"} {
		text, err := os.ReadFile(filepath.Join(dir, "from.db"+tail))
		if err != nil || len(text) == 0 {
			t.Fatalf("from.db%s has %d bytes, %v", tail, len(text), err)
		}
		if err := os.WriteFile(filepath.Join(dir, "copy.db"+tail), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := storage.Restore(t.Context(), to, filepath.Join(dir, "copy.db"), silent); err != nil {
		t.Fatal(err)
	}
	if got := read(t, to); got != "in the log" {
		t.Fatalf("got %q", got)
	}
}

// stopped is a clock that stands still.
type stopped time.Time

func (s stopped) Now() time.Time { return time.Time(s) }

func TestLastSent(t *testing.T) {
	storagetest.EachURL(t, func(t *testing.T, url string) {
		db, err := storage.Open(t.Context(), url, silent)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		last := func() time.Time {
			at, err := storage.LastSent(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		if at := last(); at.IsZero() || at.Year() != 2000 {
			t.Errorf("of an empty database: %s", at)
		}
		noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		people := kernelstore.NewPeople(db, stopped(noon), rand.Reader)
		if _, err := people.Record(t.Context(), []bot.AccountFact{{Account: "chat|ann", Name: "Ann"}}); err != nil {
			t.Fatal(err)
		}
		ann, err := people.Actor(t.Context(), "chat|ann")
		if err != nil {
			t.Fatal(err)
		}
		say := bot.Notice("Hello.")
		err = people.Change(t.Context(), ann.Person, func(*bot.Person) ([]bot.Delivery, error) {
			return []bot.Delivery{{Key: "k", To: bot.Address{Person: ann.Person}, Class: bot.Answer, Frozen: &say, NotBefore: noon.Add(time.Hour)}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if at := last(); !at.Equal(noon) {
			t.Errorf("after a delivery of noon: %s", at)
		}
		if _, err := courierstore.New(db).Upkeep.Doubt(t.Context(), noon.Add(72*time.Hour), noon, noon); err != nil {
			t.Fatal(err)
		}
		if at := last(); !at.Equal(noon) {
			t.Errorf("after an epoch began: %s", at)
		}
	})
}
