package issues

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evangelist/bot"
	"evangelist/bot/schedule"
)

// golden compares a message with the file of that name. With
// EVANGELIST_GOLDEN=write the files are written instead.
func golden(t *testing.T, name string, message bot.Message) {
	t.Helper()
	text, err := message.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	goldenText(t, name+".json", pretty.String())
}

func goldenText(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("EVANGELIST_GOLDEN") == "write" {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s differs from %s:\n%s", name, file, text)
	}
}

// october is a report with something under every heading.
func october() Content {
	number := func(key, title, count string) Number {
		period, meaning := "1 – 31 October 2026", "which colleagues shared; not counted: private channels"
		return Number{Key: key, Title: title, Count: count, Period: period, Definition: meaning, Sentence: count + ", " + period + ": " + meaning + "."}
	}
	links := number("links-shared", "Links", "61 links by 31 of 212 colleagues")
	links.Parts.Blocks = []bot.Block{bot.Table{Caption: "Links", Head: []string{"Where", "How many"}, Rows: [][]bot.Spans{{bot.T("Housing"), bot.T("9 of 40 colleagues")}}}}
	used := number("items-used", "Used", "12 uses by 9 of 212 colleagues")
	used.Beside = "By the estimate of the comms leads each use saves about 20 minutes. Method: we asked six."
	told := List{Key: "answered", Heading: "You said, we did", Empty: "Nothing may be told."}
	for range 4 {
		told.Entries = append(told.Entries, Entry{Title: "The form for repairs asks twice", Words: strings.Repeat("It asks once now, and can be saved. ", 4)})
	}
	return Content{Title: "Report, 1 – 31 October 2026", Organisation: "Test Council", From: "2026-10-01", To: "2026-10-31", Sections: []Section{
		{Key: "shared", Heading: "Shared", Numbers: []Number{number("editions-out", "Editions", "4 of 4 editions that were due"), links, used}},
		{Key: "heard", Heading: "Heard", Numbers: []Number{number("voices-heard", "Concerns and ideas", "19 concerns and ideas among 212 colleagues"), number("voices-closed", "Answered or declined", "17 concerns and ideas among 212 colleagues"), number("voices-answered", "Answered", "not shown, so that no few colleagues stand out"),
			{Key: "voices-closed-in-30-days", Title: "Waited up to 30 days", Missing: "not counted for these days", Sentence: "not counted for these days."}}, Lists: []List{told}},
		{Key: "connected", Heading: "Connected", Numbers: []Number{number("departments-represented", "Departments with somebody", "5 of 6 departments")}},
		{Key: "tried", Heading: "Tried", Numbers: []Number{{Key: "pilots-decided", Title: "Pilots decided", Missing: "no pilot ran in these days", Sentence: "no pilot ran in these days."}}, Lists: []List{{Key: "began", Heading: "Began", Empty: "No pilot began in these days."}, {Key: "decided", Heading: "Decided, and why", Empty: "Nothing was decided."}}},
		{Key: "learned", Heading: "Learned", Numbers: []Number{number("learnings-told", "Learnings", "nobody among 212 colleagues")}, Lists: []List{{Key: "learnings", Heading: "What worked", Empty: "None.", Entries: []Entry{{Words: "Read letters aloud.", By: "Person Five, Parks"}}}}},
		{Key: "could-not", Heading: "What we could not do", Lists: []List{{Key: "refused", Heading: "Could not be done", Empty: "Nothing was noted.", Entries: []Entry{{Title: "A van", Words: "Because none is left.", By: "went without: Housing"}}}, {Key: "needs-open", Heading: "Needs that are still open", Empty: "None is open."}}},
		{Key: "method", Heading: "How these numbers are made", Notes: []string{"Nobody is ranked."}},
	}}
}

// TestGoldenMessages looks at every message.
func TestGoldenMessages(t *testing.T) {
	spec, err := schedule.Parse("first Tuesday of the month 09:00")
	if err != nil {
		t.Fatal(err)
	}
	a := around{content: october(), print: "0123456789ab", champions: []string{"Person Two", "Person Four"}, place: "hall", names: map[bot.PersonID]string{"champion": "Person Two"}, page: "/report/2026-10"}
	written := a
	written.content.Introduction, written.content.Sections = "A month of 99 floods and 31 hands.\nThank you.", slices.Clone(a.content.Sections)
	written.content.Sections[1].Note = "We listened."
	alone := a
	alone.champions, alone.place = nil, ""
	of := func(state State, champions ...bot.PersonID) Issue { i, _ := in(t, state, champions...); return i }
	early := of(Early, "champion")
	early.Objections = []Objection{{Key: "k", By: "champion", Words: "The vans are missing.", At: tuesday}}
	held := of(Held, "champion")
	held.Objections = early.Objections
	event := of(Planned)
	event.Event = "flood week"
	published := of(Published, "champion")
	published.Steps[0].To = published.Steps[0].To.Add(3 * day)
	f := New(Config{})
	for name, message := range map[string]bot.Message{
		"desk-planned": deskMessage(event, a), "desk-draft": deskMessage(of(Draft), a), "desk-draft-words": deskMessage(of(Draft), written), "desk-draft-alone": deskMessage(of(Draft), alone),
		"desk-approved": deskMessage(of(Approved, "champion"), a), "desk-approved-alone": deskMessage(of(Approved), alone), "desk-early": deskMessage(early, a), "desk-held": deskMessage(held, a),
		"desk-published": deskMessage(published, a), "desk-skipped": deskMessage(of(Skipped), a),
		"early": earlyMessage(early, written), "early-held": earlyMessage(held, a), "early-published": earlyMessage(published, a), "early-back": earlyMessage(of(Draft), a),
		"out": outMessage(published, written), "whole": written.content.Message("/report/2026-10"),
		"remind": remindMessage(&event), "remind-held": remindMessage(&held), "others": othersMessage(&event), "handed": handedMessage(&event),
		"objection": objectionMessage(&early, actorAs(AsChampion), "The vans are missing."), "objection-held": objectionMessage(&held, actorAs(AsChampion), "The vans are missing."),
		"missed": missedMessage(event, 1), "missed-several": missedMessage(event, 3),
		"saved": f.savedMessage(Series{}, spec, schedule.Slot{Name: "2026-12-01T09:00", Due: tuesday.Add(28 * day)}), "saved-none": f.savedMessage(Series{}, schedule.Spec{}, schedule.Slot{}),
	} {
		golden(t, name, message)
		if message.Summary == "" || strings.Contains(message.Summary, "!") {
			t.Errorf("%s has no good summary", name)
		}
		for _, block := range message.Blocks {
			row, ok := block.(bot.Actions)
			if !ok {
				continue
			}
			if len(row.Buttons) > 5 {
				t.Errorf("%s has %d buttons in a row", name, len(row.Buttons))
			}
			for _, button := range row.Buttons {
				known := slices.ContainsFunc(f.Commands(), func(c bot.Command) bool { return c.Name == button.Command })
				if !known && button.Command != "impact.settings" {
					t.Errorf("%s has a button for %q, which is no command", name, button.Command)
				}
			}
		}
	}
	goldenText(t, "report.md", written.content.Markdown())
}

// The page for a board: six parts of at most three lines, each number with its
// denominator and a footnote that says what it means.
func TestTheBoard(t *testing.T) {
	c := october()
	c.Sections[5].Note = strings.Repeat("x", MaxNote)
	b := c.Board()
	if len(b.Parts) != 6 || !b.Cut {
		t.Errorf("%d parts, cut %v", len(b.Parts), b.Cut)
	}
	notes := map[string]string{}
	for _, note := range b.Footnotes {
		notes[note.Mark] = note.Text
	}
	for _, p := range b.Parts {
		if len(p.Lines) == 0 || len(p.Lines) > 3 {
			t.Errorf("%s has %d lines", p.Heading, len(p.Lines))
		}
		for _, line := range p.Lines {
			if strings.Contains(line.Text, " of ") && (line.Mark == "" || !strings.Contains(notes[line.Mark], "1 – 31 October 2026")) {
				t.Errorf("%q has no footnote", line.Text)
			}
			if n := len([]rune(line.Text)); n > boardWidth && n != MaxNote {
				t.Errorf("a line of %d: %s", n, line.Text)
			}
		}
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	goldenText(t, "board.json", string(text)+"\n")
}
