package export_test

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/bot"
	"evangelist/bot/library"
	"evangelist/cmd/evangelist/export"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func tree(titles ...string) []library.File {
	var entries []library.Entry
	for n, title := range titles {
		entries = append(entries, library.Entry{ID: title, Kind: library.Kinds()[n%4], Title: title, Words: "Words of " + title, When: noon.AddDate(-(n % 3), 0, 0)})
	}
	return library.Markdown(entries, bot.Organisation{Name: "Test"})
}

// held is everything below a folder, by name.
func held(t testing.TB, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		short, err := filepath.Rel(folder, name)
		found[filepath.ToSlash(short)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func write(t *testing.T, target string, files []library.File) export.Made {
	t.Helper()
	made, err := export.Write(t.Context(), target, files)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "library")
	if made := write(t, folder, tree("One", "Two", "Three")); made != (export.Made{Files: 4, Written: 4}) {
		t.Errorf("%+v", made)
	}
	first := held(t, folder)
	if len(first) != 5 || !strings.Contains(first["README.md"], "stories/2026/2026-11-one-") {
		t.Errorf("%v", first)
	}
	if made := write(t, folder, tree("One", "Two", "Three")); made != (export.Made{Files: 4}) {
		t.Errorf("again: %+v", made)
	}
	if again := held(t, folder); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("again: %v", again)
	}
	put(t, filepath.Join(folder, "learnings", "2025", "of-ours.md"), "not an export's")
	put(t, filepath.Join(folder, ".git", "HEAD"), "main")
	if made := write(t, folder, tree("One")); made != (export.Made{Files: 2, Written: 1, Removed: 2}) {
		t.Errorf("two taken back: %+v", made)
	}
	left := held(t, folder)
	if len(left) != 5 || left["learnings/2025/of-ours.md"] == "" || left[".git/HEAD"] == "" || strings.Contains(fmt.Sprint(left), "Two") || strings.Contains(fmt.Sprint(left), "Three") {
		t.Errorf("%v", left)
	}
	if _, err := os.Stat(filepath.Join(folder, "used")); err == nil {
		t.Error("an empty folder is left")
	}
}

// Whatever comes and goes: the folder holds what the library gives and what others
// put there, which is never touched.
func TestFolderHoldsWhatIsGiven(t *testing.T) {
	n := 0
	base := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		n++
		folder := filepath.Join(base, fmt.Sprint(n))
		foreign := map[string]string{}
		for range rapid.IntRange(1, 6).Draw(t, "exports") {
			titles := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"One", "Two", "Three", "Four", "Five"}), 0, 5, rapid.ID[string]).Draw(t, "titles")
			files := tree(titles...)
			if _, err := export.Write(context.Background(), folder, files); err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for name, text := range foreign {
				want[name] = text
			}
			for _, file := range files {
				want[file.Name] = file.Text
			}
			found := heldIn(t, folder)
			delete(found, export.Manifest)
			if fmt.Sprint(found) != fmt.Sprint(want) {
				t.Fatalf("%v, not %v", found, want)
			}
			name := rapid.SampledFrom([]string{"notes.md", "stories/2026/notes.md", "stories/2026/2026-11-mine-00000000.md", "learnings/x"}).Draw(t, "foreign")
			if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), []byte("mine"), 0o644); err != nil {
				t.Fatal(err)
			}
			foreign[name] = "mine"
		}
	})
}

func heldIn(t *rapid.T, folder string) map[string]string {
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		short, _ := filepath.Rel(folder, name)
		found[filepath.ToSlash(short)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What no export made stands in the way and stays as it is.
func TestForeignFilesStay(t *testing.T) {
	files := tree("One", "Two")
	for _, name := range []string{"README.md", files[1].Name} {
		folder := t.TempDir()
		put(t, filepath.Join(folder, filepath.FromSlash(name)), "mine")
		if _, err := export.Write(t.Context(), folder, files); err == nil || !strings.Contains(err.Error(), "was not made by an export, so nothing was written") {
			t.Errorf("%s: %v", name, err)
		}
		if found := held(t, folder); len(found) != 1 || found[name] != "mine" {
			t.Errorf("%v", found)
		}
	}
	folder := t.TempDir()
	put(t, filepath.Join(folder, export.Manifest), "something else\nREADME.md\n")
	if _, err := export.Write(t.Context(), folder, files); err == nil || len(held(t, folder)) != 1 {
		t.Errorf("another list: %v", err)
	}
	file := filepath.Join(folder, "file")
	put(t, file, "mine")
	if _, err := export.Write(t.Context(), file, files); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("a file: %v", err)
	}
}

// A list that somebody changed removes nothing but what an export may have made,
// and no link leads outside the folder.
func TestNothingOutside(t *testing.T) {
	base := t.TempDir()
	folder, outside := filepath.Join(base, "library"), filepath.Join(base, "outside")
	put(t, filepath.Join(outside, "2026", "2026-11-x.md"), "mine")
	write(t, folder, tree("One"))
	list := filepath.Join(folder, export.Manifest)
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(folder, "notes.md"), "mine")
	put(t, list, string(text)+"notes.md\n../outside/2026/2026-11-x.md\n"+filepath.Join(outside, "2026", "2026-11-x.md")+"\nstories/../../outside/2026/2026-11-x.md\nlearnings/2026/2026-11-x.md\n")
	if err := os.Symlink(outside, filepath.Join(folder, "learnings")); err != nil {
		t.Skip(err)
	}
	_, err = export.Write(t.Context(), folder, tree("Two"))
	if err == nil {
		t.Error("a link that leads outside was followed without a word")
	}
	if found := held(t, outside); found["2026/2026-11-x.md"] != "mine" {
		t.Errorf("outside: %v", found)
	}
	if found := held(t, base); found["library/notes.md"] != "mine" {
		t.Errorf("inside: %v", found)
	}
	if _, err := export.Write(t.Context(), folder, []library.File{{Name: "../x.md", Text: "x"}}); err == nil {
		t.Error("a file outside was written")
	}
}

// An export that is stopped leaves nothing that the next one does not know.
func TestStopped(t *testing.T) {
	folder := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := export.Write(ctx, folder, tree("One", "Two")); err == nil || !strings.Contains(err.Error(), "the next export goes on") {
		t.Errorf("%v", err)
	}
	files := tree("One", "Two")
	put(t, filepath.Join(folder, filepath.FromSlash(files[1].Name)), files[1].Text)        // written before it was stopped
	put(t, filepath.Join(folder, filepath.FromSlash(files[2].Name))+".new", "half a file") // being written
	write(t, folder, tree())
	if found := held(t, folder); len(found) != 2 || strings.Contains(fmt.Sprint(found), "One") {
		t.Errorf("%v", found)
	}
}

func TestZip(t *testing.T) {
	target := filepath.Join(t.TempDir(), "library.ZIP")
	if made := write(t, target, tree("One", "Two")); made != (export.Made{Files: 3, Written: 3}) {
		t.Errorf("%+v", made)
	}
	first, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	if made := write(t, target, tree("One", "Two")); made != (export.Made{Files: 3}) {
		t.Errorf("again: %+v", made)
	}
	other := filepath.Join(filepath.Dir(target), "other.zip")
	write(t, other, tree("One", "Two"))
	if second, _ := os.ReadFile(other); !slices.Equal(first, second) {
		t.Error("the same library gives other bytes")
	}
	if made := write(t, target, tree("Two")); made.Removed == 0 {
		t.Errorf("one taken back: %+v", made)
	}
	archive, err := zip.OpenReader(target)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil || strings.Contains(string(text), "One") || strings.Contains(file.Name, "one") {
			t.Errorf("%s: %v, %s", file.Name, err, text)
		}
	}
	for what, content := range map[string]string{"no archive": "mine", "an empty file": ""} {
		put(t, other, content)
		if _, err := export.Write(t.Context(), other, tree("One")); err == nil || !strings.Contains(err.Error(), "was not made by an export") {
			t.Errorf("%s: %v", what, err)
		}
		if text, _ := os.ReadFile(other); string(text) != content {
			t.Errorf("%s was changed", what)
		}
	}
	mine, err := os.Create(other)
	if err != nil {
		t.Fatal(err)
	}
	archiveOfMine := zip.NewWriter(mine)
	if _, err := archiveOfMine.Create("README.md"); err != nil {
		t.Fatal(err)
	}
	if err := archiveOfMine.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := export.Write(t.Context(), other, tree("One")); err == nil {
		t.Error("an archive of mine was replaced")
	}
	if entries, _ := os.ReadDir(filepath.Dir(target)); len(entries) != 2 {
		t.Errorf("something is left beside: %v", entries)
	}
}

func TestCheck(t *testing.T) {
	for target, good := range map[string]bool{"": false, "  ": false, "library": true, "x.zip": true} {
		if err := export.Check(target); (err == nil) != good {
			t.Errorf("%q: %v", target, err)
		}
	}
}
