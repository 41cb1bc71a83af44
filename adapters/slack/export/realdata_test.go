package export_test

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"evangelist/adapters/slack/export"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// findData looks for shared/data beside the repository, walking up from here.
func findData(t testing.TB, name string) string {
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

// rawLinks finds the marked links of a day by looking at the bytes alone: each
// message begins with its "type"; \u003c and \u003e may stand for brackets.
func rawLinks(text string) (perMessage [][]string) {
	mark := regexp.MustCompile(`(?i)(?:<|\\u003c)(https?:[^|>\\]*)(?:\|[^>]*?)?(?:>|\\u003e)`)
	for i, message := range regexp.MustCompile(`"type":\s*"message"`).Split(text, -1) {
		if i == 0 {
			continue
		}
		var links []string
		seen := map[string]bool{}
		for _, m := range mark.FindAllStringSubmatch(message, -1) {
			if address := strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(m[1]); !seen[address] {
				seen[address] = true
				links = append(links, address)
			}
		}
		perMessage = append(perMessage, links)
	}
	return perMessage
}

func TestRealExport(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	path := findData(t, "slack-export-racket.zip")
	s := &sink{t: t}
	var done, total int64
	sum, err := export.Read(t.Context(), path, export.Options{Platform: "main", Progress: func(d, of int64) {
		if d < done || d > of {
			t.Errorf("progress went from %d to %d of %d", done, d, of)
		}
		done, total = d, of
	}}, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", sum)
	if sum.Messages != 22172 || len(s.sightings) != 22172 || sum.Notices+sum.Duplicates+sum.UnknownFolders+sum.OtherFiles > 0 {
		t.Errorf("%d sightings, %+v", len(s.sightings), sum)
	}
	if done != total || done == 0 {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	at, links := 0, 0
	for _, file := range archive.File {
		if !strings.Contains(file.Name, "/") || !strings.HasSuffix(file.Name, ".json") {
			continue
		}
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range rawLinks(string(text)) {
			var got []string
			for _, link := range s.sightings[at].Links {
				got = append(got, link.URL)
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s, message %d: got %q, want %q", file.Name, n+1, got, want)
			}
			links += len(want)
			at++
		}
	}
	if at != 22172 || links != sum.Links || links < 1700 {
		t.Errorf("%d messages with %d links were counted, the summary says %d", at, links, sum.Links)
	}
	checkRealSightings(t, s, sum)
}

func checkRealSightings(t *testing.T, s *sink, sum export.Summary) {
	t.Helper()
	if len(s.people) != 326 || sum.Users != 326 || len(s.places) != sum.Channels {
		t.Errorf("%d people, %d places, %+v", len(s.people), len(s.places), sum)
	}
	names := map[bot.AccountID]string{}
	for _, fact := range s.people {
		names[fact.Account] = fact.Name
		if fact.Account.Platform() != "main" || fact.Email == "" || fact.Name == "" || fact.Inactive == nil || *fact.Inactive {
			t.Errorf("%+v", fact)
		}
	}
	for i, one := range s.sightings {
		if one.Name == "" || one.Name != names[one.Author] || one.At.IsZero() || !one.Imported || one.Private || one.Bot {
			t.Fatalf("%+v", one)
		}
		if strings.Contains(one.Text, "<@U") || strings.Contains(one.Text, "&lt;") || strings.Contains(one.Text, "&amp;amp;") {
			t.Errorf("markup is left in %q", one.Text)
		}
		if i > 0 && one.Message.Place == s.sightings[i-1].Message.Place && one.At.Before(s.sightings[i-1].At) {
			t.Errorf("message %d is older than the one before", i)
		}
	}
	if first := fmt.Sprint(sum.First.Year(), sum.Last.Year()); first != "2017 2019" {
		t.Errorf("from and to: %s", first)
	}
}
