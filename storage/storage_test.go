package storage_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"evangelist/storage"
	"evangelist/storage/kernelstore"
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
