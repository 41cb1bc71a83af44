// Package export writes a tree of files into a folder or a ZIP file. Whatever an
// export made it may replace and remove; whatever it did not make it leaves alone.
package export

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"evangelist/bot/library"
)

// Manifest is the file that names what the export made.
const Manifest = ".evangelist-export"

// manifestHead is the manifest's first line; it tells our folders from others.
const manifestHead = "# Made by evangelist export library. The files named here are replaced and removed by the next export; others are left alone."

// Made is what an export did.
type Made struct {
	Files   int // that the folder holds now, the index included
	Written int // that are new or different
	Removed int // of entries that the library no longer gives
}

// ErrTarget is a target that cannot be one.
var ErrTarget = errors.New("name a folder, or a file that ends in .zip")

// Check says what is wrong with the name of a target.
func Check(target string) error {
	if strings.TrimSpace(target) == "" {
		return ErrTarget
	}
	return nil
}

// Write writes files to a folder, which is made when it is not there, or to a ZIP
// file when the name ends in .zip. Nothing is written when something that no export
// made stands in the way. The same files again change nothing.
func Write(ctx context.Context, target string, files []library.File) (Made, error) {
	for _, file := range files {
		if !library.Exported(file.Name) {
			return Made{}, fmt.Errorf("the library has no file that may be called %q", file.Name)
		}
	}
	if strings.EqualFold(filepath.Ext(target), ".zip") {
		return writeZip(ctx, target, files)
	}
	return writeFolder(ctx, target, files)
}

// writeFolder writes into a folder and never outside it, whatever links are there.
func writeFolder(ctx context.Context, target string, files []library.File) (made Made, err error) {
	if info, err := os.Stat(target); err == nil && !info.IsDir() {
		return made, fmt.Errorf("%s is a file; name a folder, or a file that ends in .zip", target)
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return made, fmt.Errorf("make the folder: %w", err)
	}
	root, err := os.OpenRoot(target)
	if err != nil {
		return made, fmt.Errorf("open the folder: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	before, err := readManifest(root)
	if err != nil {
		return made, err
	}
	changed, err := compare(root, target, files, before)
	if err != nil {
		return made, err
	}
	var names []string
	for _, file := range files {
		names = append(names, file.Name)
	}
	// First the manifest of what was and what will be: should the export stop
	// anywhere, everything that it made is in it.
	if err := saveManifest(root, slices.Concat(before, names)); err != nil {
		return made, err
	}
	for _, file := range changed {
		if err := ctx.Err(); err != nil {
			return made, errors.New("stopped before everything was written; the next export goes on")
		}
		if err := save(root, file.Name, file.Text); err != nil {
			return made, err
		}
	}
	made.Files, made.Written = len(files), len(changed)
	if made.Removed, err = remove(root, before, names); err != nil {
		return made, err
	}
	return made, saveManifest(root, names)
}

// compare returns the files that are new or different; an error when one stands
// there that no export made.
func compare(root *os.Root, target string, files []library.File, before []string) ([]library.File, error) {
	var changed []library.File
	for _, file := range files {
		text, err := root.ReadFile(filepath.FromSlash(file.Name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changed = append(changed, file)
		case err != nil:
			return nil, fmt.Errorf("look at what is in the folder: %w", err)
		case string(text) == file.Text:
		case slices.Contains(before, file.Name):
			changed = append(changed, file)
		default:
			return nil, fmt.Errorf("%s was not made by an export, so nothing was written; name an empty folder", filepath.Join(target, filepath.FromSlash(file.Name)))
		}
	}
	return changed, nil
}

// remove takes away what an earlier export made and this one did not, and the
// folders of a year that are empty then.
func remove(root *os.Root, before, names []string) (int, error) {
	removed := 0
	for _, name := range before {
		// What an export that was stopped may have left.
		if err := gone(root.Remove(filepath.FromSlash(name + fresh))); err != nil {
			return removed, fmt.Errorf("remove what an earlier export left: %w", err)
		}
		if slices.Contains(names, name) {
			continue
		}
		err := root.Remove(filepath.FromSlash(name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return removed, fmt.Errorf("remove what the library no longer gives: %w", err)
		}
		removed++
		for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
			if root.Remove(filepath.FromSlash(folder)) != nil {
				break // something else is in it
			}
		}
	}
	return removed, nil
}

// readManifest returns what an earlier export made, nothing when there was none.
// Names that no export gives are passed over: nobody can have a file removed by
// writing it there.
func readManifest(root *os.Root) ([]string, error) {
	text, err := root.ReadFile(Manifest)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the list of what was exported: %w", err)
	}
	return parseManifest(string(text))
}

func parseManifest(text string) ([]string, error) {
	head, rest, _ := strings.Cut(text, "\n")
	if head != manifestHead {
		return nil, fmt.Errorf("%s is not what an export writes, so nothing was written; move it away, or name another folder", Manifest)
	}
	var names []string
	for name := range strings.Lines(rest) {
		if name = strings.TrimSuffix(name, "\n"); library.Exported(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

func manifest(names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	return manifestHead + "\n" + strings.Join(slices.Compact(names), "\n") + "\n"
}

func saveManifest(root *os.Root, names []string) error {
	text := manifest(names)
	if was, err := root.ReadFile(Manifest); err == nil && string(was) == text {
		return nil
	}
	return save(root, Manifest, text)
}

// save writes a file so that it is there whole or not at all.
func save(root *os.Root, name, text string) error {
	name = filepath.FromSlash(name)
	if folder := filepath.Dir(name); folder != "." {
		if err := root.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
	}
	err := root.WriteFile(name+fresh, []byte(text), 0o644)
	if err == nil {
		err = root.Rename(name+fresh, name)
	}
	if err != nil {
		return fmt.Errorf("write a file: %w", errors.Join(err, gone(root.Remove(name+fresh))))
	}
	return nil
}

// fresh ends the name of a file that is being written.
const fresh = ".new"

// gone takes an error away that says that there is nothing to remove.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// writeZip writes a ZIP file whose bytes depend on the files alone.
func writeZip(ctx context.Context, target string, files []library.File) (made Made, err error) {
	before, err := inZip(target)
	if err != nil {
		return made, err
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file.Name
		if text, there := before[file.Name]; !there || text != file.Text {
			made.Written++
		}
	}
	for name := range before {
		if name != Manifest && !slices.Contains(names, name) {
			made.Removed++
		}
	}
	made.Files = len(files)
	if before != nil && made.Written+made.Removed == 0 {
		return made, nil
	}
	all := append(slices.Clone(files), library.File{Name: Manifest, Text: manifest(names)})
	slices.SortFunc(all, func(a, b library.File) int { return cmp.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, file := range all {
		// The first day that the format knows: a date of today would change the bytes.
		header := zip.FileHeader{Name: file.Name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		header.SetMode(0o644)
		entry, err := archive.CreateHeader(&header)
		if err == nil {
			_, err = io.WriteString(entry, file.Text)
		}
		if err != nil {
			return made, fmt.Errorf("pack the library: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return made, fmt.Errorf("pack the library: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return made, errors.New("stopped before anything was written")
	}
	return made, replace(target, out.Bytes())
}

// replace puts a file in place whole or not at all.
func replace(target string, content []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(target), ".export-*.zip")
	if err != nil {
		return fmt.Errorf("write the ZIP file: %w", err)
	}
	_, err = draft.Write(content)
	err = errors.Join(err, draft.Close())
	if err == nil {
		err = os.Chmod(draft.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(draft.Name(), target)
	}
	if err != nil {
		return fmt.Errorf("write the ZIP file: %w", errors.Join(err, gone(os.Remove(draft.Name()))))
	}
	return nil
}

// mostBytes is how much of one file in an earlier export is read for comparing.
const mostBytes = 4 << 20

// inZip returns what an earlier export packed, nil when there is no file.
func inZip(target string) (map[string]string, error) {
	if _, err := os.Stat(target); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	foreign := fmt.Errorf("%s was not made by an export, so nothing was written; choose another name", target)
	archive, err := zip.OpenReader(target)
	if err != nil {
		return nil, foreign
	}
	defer func() { _ = archive.Close() }() // it is only read
	found := map[string]string{}
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			return nil, foreign
		}
		text, err := io.ReadAll(io.LimitReader(reader, mostBytes))
		if err = errors.Join(err, reader.Close()); err != nil {
			return nil, foreign
		}
		found[file.Name] = string(text)
	}
	if _, err := parseManifest(found[Manifest]); err != nil {
		return nil, foreign
	}
	return found, nil
}
