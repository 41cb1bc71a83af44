package voicestore_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"evangelist/bot/voices"
	"evangelist/bot/voices/voicestest"
	"evangelist/storage/storagetest"
)

// moment is what is at rest at one moment of the scenario.
type moment struct {
	files map[string][]byte // nil on PostgreSQL
	dump  string
	marks []string // marks that were found
	size  int64    // of the table of what waits; PostgreSQL only
}

// twins plays the scenario again and again, each time on a copy of the same
// empty database.
type twins struct {
	template string // an SQLite file; empty: PostgreSQL
	with     meddle
}

// template makes an empty SQLite database once: its migrations note when they ran.
func template(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "template.db")
	if err := storagetest.Open(t, "sqlite:"+path).Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func (tw twins) play(t *testing.T, p voicestest.Played) map[string]moment {
	t.Helper()
	ctx := context.Background()
	folder, driver := t.TempDir(), "sqlite"
	address := "file:" + filepath.Join(folder, "evangelist.db") + "?mode=ro"
	url := "sqlite:" + filepath.Join(folder, "evangelist.db")
	if tw.template == "" {
		url = storagetest.PostgreSQL(t)
		address, driver = url, "pgx"
	} else {
		content, err := os.ReadFile(tw.template)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "evangelist.db"), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := storagetest.Open(t, url)
	w := newWorld(t, db, tw.with)
	looker, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer looker.Close()
	seen := map[string]moment{}
	_, err = voicestest.Play(ctx, w.World, p, func(name string, marks voicestest.Marks) error {
		now, err := look(ctx, looker, driver, folder, marks)
		seen[name] = now
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func look(ctx context.Context, db *sql.DB, driver, folder string, marks voicestest.Marks) (moment, error) {
	var now moment
	var err error
	dialect := "postgres"
	if driver == "sqlite" {
		dialect = "sqlite"
		if now.files, err = voicestest.Files(folder); err != nil {
			return now, err
		}
	}
	if now.dump, err = voicestest.Dump(ctx, db, dialect); err != nil {
		return now, err
	}
	if dialect == "postgres" {
		if err := db.QueryRowContext(ctx, "SELECT pg_relation_size('waiting')").Scan(&now.size); err != nil {
			return now, err
		}
	}
	if dialect == "sqlite" {
		layout, err := voicestest.Layout(ctx, db, "voices")
		if err != nil {
			return now, err
		}
		entries, err := voicestest.Layout(ctx, db, "waiting")
		if err != nil {
			return now, err
		}
		now.dump += "# layout of voices\n" + strings.Join(layout, "\n") + "\n# layout of what waits\n" + strings.Join(entries, "\n")
	}
	all := map[string][]byte{"dump": []byte(now.dump)}
	for name, content := range now.files {
		all[name] = content
	}
	now.marks = marks.Find(all)
	now.files = voicestest.AtRest(now.files)
	return now, nil
}

// verdict lists what gives an author away; empty: nothing.
func (tw twins) verdict(t *testing.T) []string {
	t.Helper()
	var found []string
	straight := tw.play(t, voicestest.Straight())
	if len(straight) != 4 {
		t.Fatalf("the scenario was looked at %d times", len(straight))
	}
	exchanged := tw.play(t, voicestest.Played{By: []int{2, 3, 1, 0}, Turn: []int{0, 1, 2, 3}})
	reordered := tw.play(t, voicestest.Played{By: []int{0, 1, 2, 3}, Turn: []int{3, 1, 0, 2}})
	for name, now := range straight {
		for _, mark := range now.marks {
			found = append(found, "mark "+name+": "+mark)
		}
		for _, file := range voicestest.Differ(now.files, exchanged[name].files) {
			found = append(found, "other authors, other bytes "+name+": "+file)
		}
		if diff := cmp.Diff(now.dump, exchanged[name].dump); diff != "" {
			found = append(found, "other authors, other rows "+name+": "+diff)
		}
		if diff := cmp.Diff(now.dump, reordered[name].dump); diff != "" {
			found = append(found, "other order, other rows "+name+": "+diff)
		}
		if strings.HasPrefix(name, "after") {
			found = append(found, now.remains(name)...)
		}
	}
	return found
}

// remains lists what of the table waiting can still be read from the disk after a
// release: the write-ahead log, or the form in which acts are kept.
func (m moment) remains(name string) []string {
	var found []string
	for file, content := range m.files {
		if strings.HasSuffix(file, "-wal") && len(content) > 0 {
			found = append(found, "the write-ahead log still holds what was written "+name)
		}
		if bytes.Contains(content, []byte(`{"words":`)) {
			found = append(found, file+" still holds an act "+name)
		}
	}
	if len(m.files) == 0 && m.size != 0 {
		found = append(found, fmt.Sprintf("the table still has %d bytes %s", m.size, name))
	}
	return found
}

// Before a release an act is found, or the search for its remains proves nothing.
func TestRemainsAreFoundBeforeTheRelease(t *testing.T) {
	now := twins{template: template(t)}.play(t, voicestest.Straight())["before the first release"]
	if len(now.remains("before")) < 2 {
		t.Errorf("found %q", now.remains("before"))
	}
	now = twins{}.play(t, voicestest.Straight())["before the first release"]
	if len(now.remains("before")) != 1 {
		t.Errorf("found %q", now.remains("before"))
	}
}

func TestTwins(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Run("sqlite", func(t *testing.T) { assertNothing(t, twins{template: template(t)}) })
	t.Run("postgres", func(t *testing.T) { assertNothing(t, twins{}) })
}

// The same with authors whom the register knows, as directory or import have
// brought them: being known must not make a difference either.
func TestTwinsOfKnownAuthors(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	known := func(w *world, _ *voices.Config) {
		w.World.Authors = nil
		for n := range 4 {
			w.World.Authors = append(w.World.Authors, voicestest.Author{Account: account(fmt.Sprintf("colleague%d", n+4)), Name: fmt.Sprintf("Colleague %d", n+4)})
		}
	}
	t.Run("sqlite", func(t *testing.T) { assertNothing(t, twins{template: template(t), with: known}) })
	t.Run("postgres", func(t *testing.T) { assertNothing(t, twins{with: known}) })
}

func assertNothing(t *testing.T, tw twins) {
	t.Helper()
	for _, found := range tw.verdict(t) {
		t.Error(found)
	}
}
