package canonical

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// findData looks for shared/data beside the repository, walking up from here.
func findData(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		path := filepath.Join(dir, "shared", "data", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	if strings.Contains(os.Getenv("EVANGELIST_TEST_REQUIRE"), "data") {
		t.Fatalf("shared/data/%s is required by EVANGELIST_TEST_REQUIRE and not there", name)
	}
	t.Skipf("shared/data/%s is not beside the repository", name)
	return ""
}

// exportTexts returns the text of every message in an export.
func exportTexts(t *testing.T, path string) []string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var texts []string
	for _, file := range archive.File {
		if !strings.Contains(file.Name, "/") || !strings.HasSuffix(file.Name, ".json") {
			continue
		}
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		var messages []struct{ Text string }
		err = json.NewDecoder(reader).Decode(&messages)
		reader.Close()
		if err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		for _, m := range messages {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// markedLinks returns what stands in angle brackets and is no mention, without
// the label.
func markedLinks(text string) []string {
	var links []string
	for {
		_, rest, ok := strings.Cut(text, "<")
		if !ok {
			return links
		}
		var inner string
		if inner, text, ok = strings.Cut(rest, ">"); !ok {
			return links
		}
		address, _, _ := strings.Cut(inner, "|")
		if strings.Contains(address, ":") && !strings.ContainsAny(address[:1], "@#!") {
			links = append(links, address)
		}
	}
}

func TestEveryLinkOfARealConversation(t *testing.T) {
	texts := exportTexts(t, findData(t, "slack-export-racket.zip"))
	links, kept, extracted := 0, 0, 0
	keys, sites, refusals := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, text := range texts {
		for _, raw := range Extract(text) {
			extracted++
			holdsForAny(t, raw)
		}
		for _, raw := range markedLinks(text) {
			links++
			u, err := Parse(raw)
			var refusal *Refusal
			if errors.As(err, &refusal) {
				refusals[refusal.Code]++
				continue
			}
			checkURL(t, raw, u)
			kept++
			keys[u.Key], sites[u.Site] = true, true
		}
	}
	t.Logf("%d messages, %d links, %d kept as %d items of %d sites, refused %v, %d found by Extract",
		len(texts), links, kept, len(keys), len(sites), refusals, extracted)
	switch {
	case len(texts) != 22172:
		t.Errorf("%d messages", len(texts))
	case kept < 1700 || len(keys) < 1350 || len(keys) > 1600:
		t.Errorf("%d links became %d items", kept, len(keys))
	case refusals[codeTooLong] > 0 || refusals[codeSecret] > 10 || refusals[codeMalformed] > 3:
		t.Errorf("refused too much: %v", refusals)
	}
}
