package voicestore_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"evangelist/bot/voices/voicestest"
	"evangelist/storage/storagetest"
)

// moment is what is at rest at one moment of the scenario.
type moment struct {
	files map[string][]byte // nil on PostgreSQL
	dump  string
	marks []string // marks that were found
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
		if strings.HasPrefix(name, "after") && len(now.files["evangelist.db-wal"]) > 0 {
			found = append(found, "the write-ahead log still holds what was written "+name)
		}
	}
	return found
}

func TestTwins(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { assertNothing(t, twins{template: template(t)}) })
	t.Run("postgres", func(t *testing.T) { assertNothing(t, twins{}) })
}

func assertNothing(t *testing.T, tw twins) {
	t.Helper()
	for _, found := range tw.verdict(t) {
		t.Error(found)
	}
}
