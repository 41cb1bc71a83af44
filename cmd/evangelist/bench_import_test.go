package main

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"evangelist/storage/storagetest"
)

// benchExport writes an archive in Slack's layout: a thousand messages a day,
// every tenth with a link.
func benchExport(b *testing.B, messages int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "export.zip")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	archive := zip.NewWriter(file)
	put := func(name string, value any) {
		part, err := archive.Create(name)
		if err == nil {
			err = json.NewEncoder(part).Encode(value)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	var users []map[string]any
	for n := range 500 {
		users = append(users, map[string]any{"id": fmt.Sprintf("U%05d", n), "name": fmt.Sprint("user", n), "profile": map[string]any{"email": fmt.Sprintf("user%d@example.org", n)}})
	}
	put("users.json", users)
	put("channels.json", []map[string]any{{"id": "C1", "name": "general"}})
	first := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
	for day := range messages / 1000 {
		at := first.AddDate(0, 0, day)
		var said []map[string]any
		for n := range 1000 {
			k := day*1000 + n
			text := fmt.Sprintf("Message %d about something that colleagues said, with a few more words in it", k)
			if k%10 == 0 {
				text += fmt.Sprintf(": <https://www.example%d.org/articles/%d?utm_source=chat&amp;id=%d|a page>", k%97, k%50000, k%7)
			}
			said = append(said, map[string]any{"type": "message", "user": fmt.Sprintf("U%05d", k%500), "text": text, "ts": fmt.Sprintf("%d.%06d", at.Unix()+int64(n*80), k%1000000)})
		}
		put("general/"+at.Format(time.DateOnly)+".json", said)
	}
	if err := archive.Close(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

const benchMessages = 100_000

// BenchmarkImportFloor unpacks the archive and decodes each file once.
func BenchmarkImportFloor(b *testing.B) {
	path := benchExport(b, benchMessages)
	for b.Loop() {
		archive, err := zip.OpenReader(path)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, file := range archive.File {
			part, err := file.Open()
			if err != nil {
				b.Fatal(err)
			}
			var said []struct{ User, Text, TS string }
			if err := json.NewDecoder(part).Decode(&said); err != nil {
				b.Fatal(err)
			}
			n += len(said)
			part.Close()
		}
		if err := archive.Close(); err != nil || n < benchMessages {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(benchMessages)*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkImport is the whole command on a new SQLite file.
func BenchmarkImport(b *testing.B) {
	path := benchExport(b, benchMessages)
	for b.Loop() {
		url := storagetest.SQLite(b)
		if code := Run(b.Context(), []string{"import", "slack-export", path, "--database", url}, Surroundings{Stdout: io.Discard, Stderr: b.Output()}); code != exitDone {
			b.Fatal("exit code", code)
		}
	}
	b.ReportMetric(float64(benchMessages)*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkStart is serve on a database that exists, from the call to the first
// answer of /readyz, and its orderly end.
func BenchmarkStart(b *testing.B) {
	url := storagetest.SQLite(b)
	var ready time.Duration
	for b.Loop() {
		ctx, stop := context.WithCancel(b.Context())
		began := time.Now()
		code := Run(ctx, []string{"serve", "--database", url}, Surroundings{
			Environ: []string{"EVANGELIST_HTTP_LISTEN=127.0.0.1:0"}, Stdout: io.Discard, Stderr: io.Discard,
			Ready: func(address string) {
				go func() {
					defer stop()
					response, err := http.Get(address + "/readyz")
					if err != nil || response.StatusCode != http.StatusOK {
						b.Errorf("not ready: %v, %v", response, err)
						return
					}
					response.Body.Close()
					ready += time.Since(began)
				}()
			},
		})
		if stop(); code != exitDone {
			b.Fatal("exit code", code)
		}
	}
	b.ReportMetric(float64(ready.Microseconds())/1000/float64(b.N), "ms-to-ready")
}
