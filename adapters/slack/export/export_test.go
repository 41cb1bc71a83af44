package export_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"evangelist/adapters/slack/export"
	"evangelist/bot"
)

// sink keeps what it is given and watches over the order of the calls.
type sink struct {
	t         testing.TB
	people    []bot.AccountFact
	places    []bot.Place
	sightings []bot.Sighting
	calls     int
	fail      error // returned by the call of sightings number failAt
	failAt    int
}

func (s *sink) People(_ context.Context, facts []bot.AccountFact) error {
	s.call(len(facts))
	if len(s.places) > 0 || len(s.sightings) > 0 {
		s.t.Error("people came late")
	}
	s.people = append(s.people, facts...)
	return nil
}

func (s *sink) Places(_ context.Context, places []bot.Place) error {
	s.call(len(places))
	if len(s.sightings) > 0 {
		s.t.Error("places came late")
	}
	s.places = append(s.places, places...)
	return nil
}

func (s *sink) Sightings(_ context.Context, batch []bot.Sighting) error {
	s.call(len(batch))
	if s.failAt--; s.failAt == 0 {
		return s.fail
	}
	s.sightings = append(s.sightings, batch...)
	return nil
}

func (s *sink) call(n int) {
	s.calls++
	if n == 0 || n > 1000 {
		s.t.Errorf("a batch of %d", n)
	}
}

// file is one entry of an archive to be made.
type file struct{ name, text string }

const (
	someUsers    = `[{"id":"U1","team_id":"T1","name":"ada","real_name":"Ada","deleted":false,"profile":{"real_name":"Ada Example","email":"Ada@example.org","title":"Librarian"}},{"id":"U2","team_id":"T1","name":"ben","deleted":true,"profile":{"display_name":"Ben"}},{"id":"UB","team_id":"T1","name":"feeder","is_bot":true,"profile":{"email":"bot@example.org"}},{"id":"UX","team_id":"T9","name":"guest","profile":{"real_name":"Xenia"}}]`
	someChannels = `[{"id":"C1","name":"general","is_archived":false},{"id":"C2","name":"old","is_archived":true,"is_ext_shared":true}]`
)

// export1 is an archive with one day of messages.
func export1(messages string) []file {
	return []file{{"channels.json", someChannels}, {"users.json", someUsers}, {"general/2017-05-12.json", messages}}
}

func pack(t testing.TB, files ...file) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		entry, err := w.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, out.Bytes())
}

func write(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.zip")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read reads an archive that is in order.
func read(t testing.TB, files ...file) (*sink, export.Summary) {
	t.Helper()
	s := &sink{t: t}
	sum, err := export.Read(t.Context(), pack(t, files...), export.Options{}, s)
	if err != nil {
		t.Fatal(err)
	}
	return s, sum
}

func describe(s bot.Sighting) string {
	text := fmt.Sprintf("%s %s by %s (%s)", s.Kind, s.Message.Native, s.Author.Native(), s.Name)
	if s.Bot {
		text += " bot"
	}
	if s.External {
		text += " external"
	}
	if s.Thread != "" {
		text += " in " + s.Thread
	}
	if s.Text != "" {
		text += ": " + s.Text
	}
	if s.Emoji != "" {
		text += " :" + s.Emoji + ":"
	}
	for _, link := range s.Links {
		text += " <" + link.URL + "|" + link.Label + "|" + link.Title + ">"
	}
	return text
}
