package library

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evangelist/bot"
)

// golden compares text with the file of that name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("EVANGELIST_GOLDEN") == "write" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs:\n%s", name, got)
	}
}

func specimens() []Entry {
	day := func(year int, month time.Month, d int) time.Time {
		return time.Date(year, month, d, 12, 0, 0, 0, time.UTC)
	}
	return []Entry{
		{Kind: Story, ID: "story-1", Title: "Letters that begin with the answer", Words: "What we tried: letters that begin with the answer.\nWhat came of it: 31 calls a week instead of 70.\n\nWhat we decided: scale it up.",
			Credit: "With thanks to Person One and one colleague more.", When: day(2026, 6, 3), Authors: []bot.PersonID{"one"},
			Told: []Telling{{Key: "edition/7", Whom: "readers of the Friday roundup", At: day(2026, 6, 5)}, {Key: "noted/0123456789abcdef", Whom: "The board", Department: "Housing", Fresh: "Now 24 calls", At: day(2026, 8, 1)}}},
		{Kind: Learning, ID: "learning-1", Words: "Ask for the postcode first; it saves a minute of <b>every</b> call. See https://example.org", When: day(2026, 11, 2), Department: "Libraries"},
		{Kind: Used, ID: "used-1", Title: "How to write a letter", Words: "We changed our template.", When: day(2026, 10, 9), URL: "https://example.org/letters"},
		{Kind: Elsewhere, ID: "example-1", Title: "Another council: answering calls about bins", Words: "A third fewer calls in 3 months.", Credit: "Person Two", Department: "Parks", URL: "https://example.org/bins?a=1&b=2", When: day(2025, 12, 31), Authors: []bot.PersonID{"two"}},
	}
}

func TestGoldenMessages(t *testing.T) {
	f := New(Config{Organisation: bot.Organisation{Name: "Test Council", Zone: time.UTC, PublicURL: "https://evangelist.example"}, Clock: still(noon)})
	all := specimens()
	author := bot.Actor{Account: "test|one", Person: "one"}
	planned := all[0]
	planned.join([]Telling{{Key: "noted/x", Whom: "The mayor's office", At: noon.AddDate(0, 0, 9)}})
	proposal := func(state State, reason Reason) Proposal {
		p := Proposal{ID: "2026-11", Entry: "story-1", Reason: reason, State: state, Opened: noon, Version: 1}
		if reason == Audience {
			p.Department = "Parks"
		}
		if state == Accepted {
			p.Angle = "Since spring it is 24 calls a week."
		}
		return p
	}
	many := append(Search(all, Query{}, time.UTC), all...)
	for name, message := range map[string]bot.Message{
		"found-nothing-yet":  f.foundMessage("", nil),
		"found-nothing":      f.foundMessage("swimming  pools", nil),
		"found-all":          f.foundMessage("", all),
		"found-one":          f.foundMessage("bins", all[3:]),
		"found-many":         f.foundMessage("letters", many),
		"entry-story":        EntryMessage(all[0], colleague(), noon),
		"entry-story-author": EntryMessage(all[0], author, noon),
		"entry-planned":      EntryMessage(planned, lead(), noon),
		"entry-learning":     EntryMessage(all[1], colleague(), noon),
		"entry-used":         EntryMessage(all[2], colleague(), noon),
		"entry-example-lead": EntryMessage(all[3], lead(), noon),
		"kept":               f.keptMessage(Example{ID: "example-1", URL: "https://example.org", Consent: WithoutName}),
		"kept-named":         f.keptMessage(Example{ID: "example-1", URL: "https://example.org", Consent: WithName}),
		"retell-rested":      f.proposalMessage(proposal(Proposed, Rested), all[0], true),
		"retell-untold":      f.proposalMessage(proposal(Proposed, Rested), all[3], true),
		"retell-audience":    f.proposalMessage(proposal(Proposed, Audience), all[0], true),
		"retell-accepted":    f.proposalMessage(proposal(Accepted, Rested), all[0], true),
		"retell-told":        f.proposalMessage(proposal(WasTold, Rested), all[0], true),
		"retell-declined":    f.proposalMessage(proposal(Declined, Rested), all[0], true),
		"retell-later":       f.proposalMessage(proposal(Later, Rested), all[0], true),
		"retell-lapsed":      f.proposalMessage(proposal(Lapsed, Rested), all[0], true),
		"retell-gone":        f.proposalMessage(proposal(Accepted, Rested), Entry{}, false),
		"retell-none":        noneMessage(),
	} {
		if message.Summary == "" {
			t.Errorf("%s has no summary", name)
		}
		text, err := message.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, text, "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", append(pretty.Bytes(), '\n'))
		// What is over keeps no words that may be taken back later.
		for _, over := range []string{"retell-told", "retell-declined", "retell-later", "retell-lapsed", "retell-gone"} {
			if name == over && (strings.Contains(string(text), "31 calls") || strings.Contains(string(text), "Letters")) {
				t.Errorf("%s shows words of its entry", name)
			}
		}
		if strings.Contains(string(text), `"two"`) || strings.Contains(string(text), `"one"`) {
			t.Errorf("%s shows an author's id", name)
		}
	}
}

func TestGoldenMarkdown(t *testing.T) {
	var all strings.Builder
	for _, file := range Markdown(specimens(), bot.Organisation{Name: "Test Council"}) {
		all.WriteString("==> " + file.Name + "\n" + file.Text)
	}
	golden(t, "tree.txt", []byte(all.String()))
}

// still is a clock that stands.
type still time.Time

func (s still) Now() time.Time { return time.Time(s) }
