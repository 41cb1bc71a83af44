package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/digests"
	"evangelist/storage"
	"evangelist/storage/digeststore"
	"evangelist/storage/storagetest"
)

// What people took back after the backup stays away when it is put in place.
func TestARestoreCarriesOverWhatWasTakenBack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	dir := t.TempDir()
	url, backup := "sqlite:"+filepath.Join(dir, "e.db"), filepath.Join(dir, "copy.db")
	clock := &hand{now: tuesday}
	use := func(do func(digests.Stores, *storage.DB)) {
		t.Helper()
		db, err := storage.Open(t.Context(), url, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		do(digeststore.New(db, clock), db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	message := func(native string) bot.MessageRef {
		return bot.MessageRef{Place: bot.NewPlaceID("p", "hall"), Native: native}
	}
	ada := bot.NewAccountID("p", "ada")
	use(func(s digests.Stores, db *storage.DB) {
		var posts []digests.Post
		for _, native := range []string{"stays", "deleted", "left"} {
			posts = append(posts, digests.Post{Message: message(native), Account: ada, At: tuesday, Links: []digests.PostLink{{
				Link: digests.Link{Key: native + ".example/", Address: "https://" + native + ".example/", Host: native + ".example", Site: native + ".example"},
			}}})
		}
		must(s.Archive.Hear(t.Context(), digests.Heard{Posts: posts}))
		must(db.Backup(t.Context(), backup))
		must(s.Archive.Hear(t.Context(), digests.Heard{Gone: []bot.MessageRef{message("deleted")}, OptOuts: []digests.OptOut{{Message: message("left"), Account: ada}}}))
		must(s.Credits.Choose(t.Context(), ada, digests.Unnamed, tuesday.Add(time.Hour)))
	})
	var out bytes.Buffer
	if code := Run(t.Context(), []string{"restore", backup, "--database", url}, Surroundings{Stdout: &out, Stderr: &out, Clock: clock}); code != exitDone || !strings.Contains(out.String(), "3 withdrawals") {
		t.Fatalf("%d: %s", code, out.String())
	}
	use(func(s digests.Stores, _ *storage.DB) {
		material, err := s.Archive.Window(t.Context(), tuesday.Add(-time.Hour), tuesday.Add(time.Hour))
		must(err)
		if len(material.Shares) != 1 || material.Shares[0].Message != message("stays") {
			t.Errorf("after the restore: %+v", material.Shares)
		}
		choice, err := s.Credits.Choice(t.Context(), ada)
		must(err)
		if choice != digests.Unnamed {
			t.Errorf("the choice is %q", choice)
		}
	})
}
