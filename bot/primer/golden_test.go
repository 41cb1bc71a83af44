package primer

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
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
	file := filepath.Join("testdata", name+".json")
	if os.Getenv("EVANGELIST_GOLDEN") == "write" {
		if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, pretty.Bytes()) {
		t.Errorf("%s differs from %s:\n%s", name, file, pretty.Bytes())
	}
}

func TestGoldenMessages(t *testing.T) {
	f := New(Config{Organisation: bot.Organisation{Name: "Test Council"}})
	first := lessons[0]
	running, finished, over := in(t, Running), in(t, Finished), in(t, Over)
	put := clone(running)
	put.step(first.Name).Again = true
	twice := clone(running)
	twice.step(first.Name).Posts = mostPosts
	on := schedule.Date{Year: 2026, Month: 11, Day: 30}
	var all []Standing
	for i, item := range items {
		all = append(all, Standing{Item: item, Done: i%3 == 0, Checked: i%2 == 0, Unknown: i == 4})
		if s := &all[i]; s.Checked && !s.Unknown {
			s.Says = "This is what I found."
		} else if s.Done {
			s.Mark = Mark{Item: item.ID, By: bot.PersonID([]string{"p1", "gone"}[i/5]), On: on}
		}
	}
	var done []Standing
	for _, s := range all {
		done = append(done, Standing{Item: s.Item, Done: true, Checked: true, Says: "It is."})
	}
	by := map[bot.PersonID]string{"p1": "Person One"}
	through := Through{Finished: []bot.Person{{ID: "p1", Name: "Person One"}, {ID: "p2", Name: "Person Two"}}, NotYet: 3}
	lead, colleague := actorAs(AsLead), actorAs(AsColleague)
	terms := glossary(f.Organisation, []Term{{Word: "One-stop shop", Says: "The counter on the ground floor."}})
	messages := map[string]bot.Message{
		"list":             f.indexMessage(Enrolment{}),
		"list-running":     f.indexMessage(running),
		"list-finished":    f.indexMessage(finished),
		"lesson-running":   f.cardOf(first, running),
		"lesson-put-off":   f.cardOf(first, put),
		"lesson-twice":     f.cardOf(first, twice),
		"lesson-over":      f.cardOf(first, over),
		"lesson-read":      f.cardOf(first, finished),
		"enrolled":         enrolledMessage(3, false),
		"taken-out":        enrolledMessage(1, true),
		"checklist":        checklistMessage(all, by, through),
		"checklist-done":   checklistMessage(done, nil, Through{}),
		"words":            f.wordsMessage(terms, colleague),
		"words-lead":       f.wordsMessage(terms, lead),
		"what-it-means":    titled("What it means here", facts(search(terms, "shop"))),
		"checklist-nobody": checklistMessage(all[:1], by, Through{NotYet: 1}),
	}
	for _, l := range lessons {
		messages["lesson-"+l.Name] = lessonMessage(f.Organisation, l)
	}
	for name, message := range messages {
		golden(t, name, message)
		text, _ := message.MarshalJSON()
		if message.Summary == "" || strings.Contains(string(text), "!") {
			t.Errorf("%s has no summary, or shouts", name)
		}
	}
}
