package voicestest

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Find returns the marks that are in one of the texts, each as "text: mark".
func (m Marks) Find(texts map[string][]byte) []string {
	var found []string
	for name, content := range texts {
		for _, mark := range m.all {
			if bytes.Contains(content, mark) {
				found = append(found, fmt.Sprintf("%s: %q", name, mark))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Len is how many marks there are.
func (m Marks) Len() int { return len(m.all) }

// Files reads every file of a folder, and of those in it, by their path in it.
func Files(folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		name, relErr := filepath.Rel(folder, path)
		files[name] = content
		return errors.Join(err, relErr)
	})
	return files, err
}

// AtRest makes the files of one SQLite database comparable with those of its
// twin: of the write-ahead log the random salts and the sums over them are
// blanked, the shared index, which is rebuilt from the log at each start, and
// the lock file are left out. Nothing else may differ.
func AtRest(files map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for name, content := range files {
		switch {
		case strings.HasSuffix(name, "-shm"), strings.HasSuffix(name, ".lock"):
		case strings.HasSuffix(name, "-wal"):
			out[name] = blankLog(content)
		default:
			out[name] = content
		}
	}
	return out
}

// The layout of SQLite's write-ahead log.
const (
	logHeader   = 32
	frameHeader = 24
)

func blankLog(content []byte) []byte {
	if len(content) < logHeader {
		return content
	}
	out := slices.Clone(content)
	clear(out[12:logHeader])
	frame := int(binary.BigEndian.Uint32(content[8:])) + frameHeader
	for at := logHeader; at+frame <= len(out); at += frame {
		clear(out[at+8 : at+frameHeader])
	}
	return out
}

// Differ names the files that are not the same on both sides.
func Differ(a, b map[string][]byte) []string {
	var names []string
	for name, content := range a {
		if other, is := b[name]; !is || !bytes.Equal(content, other) {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, is := a[name]; !is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Dump returns the whole logical content of a database, table by table, with the
// rows sorted by their text, so that nothing but content is compared. Tables of
// the migrations, which hold when they ran, are left out. dialect is "sqlite" or
// "postgres".
func Dump(ctx context.Context, db *sql.DB, dialect string) (string, error) {
	list := "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
	if dialect == "postgres" {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name"
	}
	tables, err := column(ctx, db, list)
	if err != nil {
		return "", err
	}
	slices.Sort(tables)
	tables = slices.DeleteFunc(tables, func(table string) bool {
		return strings.Contains(table, "goose") || strings.HasPrefix(table, "sqlite_") || strings.Contains(table, "schema_")
	})
	// Most tables are empty most of the time: one question finds those that are not.
	var asked []string
	for _, table := range tables {
		asked = append(asked, "SELECT '"+table+"' WHERE EXISTS (SELECT 1 FROM "+table+")")
	}
	filled, err := column(ctx, db, strings.Join(asked, " UNION ALL "))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, table := range tables {
		var rows []string
		if slices.Contains(filled, table) {
			if rows, err = tableRows(ctx, db, table); err != nil {
				return "", err
			}
		}
		fmt.Fprintf(&out, "# %s (%d)\n", table, len(rows))
		for _, row := range rows {
			out.WriteString(row + "\n")
		}
	}
	return out.String(), nil
}

// Layout returns the ids of the rows of an SQLite table in the order in which
// they lie in the file.
func Layout(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	return column(ctx, db, "SELECT id FROM "+table+" ORDER BY rowid")
}

func column(ctx context.Context, db *sql.DB, q string) ([]string, error) {
	rows, err := db.QueryContext(ctx, q)
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

func tableRows(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err is what counts
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all []string
	for rows.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		var line strings.Builder
		for i, value := range values {
			if text, is := value.([]byte); is {
				value = string(text)
			}
			line.WriteString(names[i] + "=" + strconv.Quote(fmt.Sprint(value)) + " ")
		}
		all = append(all, line.String())
	}
	slices.Sort(all)
	return all, rows.Err()
}
