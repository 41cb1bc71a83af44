package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"evangelist/digests/canonical"
	"evangelist/storage/storagetest"
)

// realData returns the folder with the real conversation, or skips; it fails
// where EVANGELIST_TEST_REQUIRE contains "data".
func realData(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(root, "..", "shared", "data"))
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "slack-export-racket.zip"))
	}
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("EVANGELIST_TEST_REQUIRE"), ","), "data") {
			t.Fatal("the real conversation is required but not there")
		}
		t.Skip("the real conversation is not beside the repository")
	}
	return dir
}

// evangelist runs the program and returns what it printed.
func evangelist(t *testing.T, args ...string) string {
	t.Helper()
	var out, trouble bytes.Buffer
	if code := Run(t.Context(), args, Surroundings{Stdout: &out, Stderr: &trouble}); code != exitDone {
		t.Fatalf("evangelist %s ended with %d: %s", strings.Join(args, " "), code, trouble.String())
	}
	return out.String()
}

func TestRealConversation(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	data := realData(t)
	storagetest.EachURL(t, func(t *testing.T, url string) {
		load := func() {
			evangelist(t, "import", "slack-export", filepath.Join(data, "slack-export-racket.zip"), "--database", url)
			evangelist(t, "import", "people", filepath.Join(data, "people-racket.csv"), "--database", url)
		}
		load()
		first := evangelist(t, "digest", "preview", "--format", "json", "--database", url)
		load()
		if again := evangelist(t, "digest", "preview", "--format", "json", "--database", url); again != first {
			t.Errorf("the second import changed what the archive holds:\n%s\n%s", first, again)
		}
		said := rawLinks(t, filepath.Join(data, "slack-export-racket.zip"))
		everyWeek(t, url, said)
	})
}

// everyWeek previews each week of three years in each format and compares the
// candidates with the links counted from the raw text.
func everyWeek(t *testing.T, url string, said []rawLink) {
	t.Helper()
	weeks := 0
	for year := 2017; year <= 2019; year++ {
		for week := 1; week <= 53; week++ {
			name := fmt.Sprintf("%d-W%02d", year, week)
			from, to, err := isoWeek(name, time.UTC)
			if err != nil {
				continue // a year without a week 53
			}
			weeks++
			formats := []string{"json"}
			if week%8 == 3 {
				formats = []string{"text", "html", "json", "slack"}
			}
			for _, format := range formats {
				out := evangelist(t, "digest", "preview", "--week", name, "--format", format, "--database", url)
				if format == "json" {
					compareWeek(t, name, out, said, from, to)
				} else if len(strings.TrimSpace(out)) < 40 {
					t.Errorf("%s as %s is empty", name, format)
				}
			}
		}
	}
	if weeks != 156 {
		t.Errorf("%d weeks were previewed, not 156", weeks)
	}
}

func compareWeek(t *testing.T, name, out string, said []rawLink, from, to time.Time) {
	t.Helper()
	var preview struct {
		Items []struct {
			URL, Title string
			Sharers    []string
		}
		Candidates int
	}
	if err := json.Unmarshal([]byte(out), &preview); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	distinct := map[string]bool{}
	for _, link := range said {
		if !link.at.Before(from) && link.at.Before(to) {
			distinct[link.key] = true
		}
	}
	if len(distinct) != preview.Candidates {
		t.Errorf("%s: the raw text has %d links, the preview knows %d", name, len(distinct), preview.Candidates)
	}
	if len(preview.Items) > 7 || len(distinct) > 0 && len(preview.Items) == 0 {
		t.Errorf("%s: %d items from %d links", name, len(preview.Items), len(distinct))
	}
	for _, item := range preview.Items {
		if item.Title == "" || item.URL == "" || len(item.Sharers) == 0 {
			t.Errorf("%s: an item lacks its title, address or thanks: %+v", name, item)
		}
	}
}

type rawLink struct {
	key string
	at  time.Time
}

// rawLinks finds the links of an export by a route of its own: a pattern over
// the text of each message, without the reader that the product uses.
func rawLinks(t *testing.T, path string) []rawLink {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	marked := regexp.MustCompile(`<(https?://[^<>|]+)(?:\|[^<>]*)?>`)
	var links []rawLink
	for _, file := range archive.File {
		if !regexp.MustCompile(`/\d{4}-\d\d-\d\d\.json$`).MatchString(file.Name) {
			continue
		}
		for _, message := range rawMessages(t, file) {
			at, err := strconv.ParseFloat(message.TS, 64)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range marked.FindAllStringSubmatch(message.Text, -1) {
				if link, err := canonical.Parse(html.UnescapeString(found[1])); err == nil {
					links = append(links, rawLink{link.Key, time.UnixMicro(int64(at * 1e6)).UTC()})
				}
			}
		}
	}
	if len(links) < 1700 {
		t.Fatalf("only %d links in the raw text: the pattern is wrong", len(links))
	}
	return links
}

type rawMessage struct{ TS, Text string }

func rawMessages(t *testing.T, file *zip.File) []rawMessage {
	t.Helper()
	reader, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	var messages []rawMessage
	if err := json.Unmarshal(text, &messages); err != nil {
		t.Fatal(err)
	}
	return messages
}
