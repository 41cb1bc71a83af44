package network

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"evangelist/bot"
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
	org := bot.Organisation{Name: "Test", Zone: time.UTC, Word: "evangelist"}
	departments := []Department{{"Housing", 7}, {"Libraries", 4}, {"Parks", 3}}
	coverage := Cover(departments, []Evangelist{
		{Person: "p1", Name: "Person One", Department: "Housing", Part: Leads},
		{Person: "p2", Name: "Person Two", Department: "Housing", Part: Supports},
		{Person: "p3", Name: "Person Three", Department: "Libraries", Part: Leads, Inactive: true},
		{Person: "p4", Name: "Person Four", Part: Follows},
	})
	ask := Ask{Round: "main/2026-11-26T14:00", Person: "p1", Part: Leads, State: Waiting, Opened: monday, From: monday, Text: Provided()[0].Text}
	in := func(state AskState) Ask { a := ask; a.State = state; return a }
	shared := Learning{ID: "l1", Words: "One page replaced forty calls a week.", About: "A guide", Name: "Person One", Department: "Housing", Consent: WithName, Created: monday}
	unnamed := Learning{ID: "l2", Words: "A checklist on the door.\nNobody forgets the lights now.", Name: "Person Two", Department: "Libraries", Consent: WithoutName, Created: monday, ToldIn: "e1"}
	private := Learning{ID: "l3", Words: "Only for me.", Consent: Private, Created: monday}
	var told []Told
	for _, l := range []Learning{shared, unnamed} {
		one, _ := l.Tell(departments)
		told = append(told, one)
	}
	spec, err := ParseRhythm("every second Thursday 14:00", monday, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	set := Provided()
	if err := set.Pause("learn-2", true); err != nil {
		t.Fatal(err)
	}
	for name, message := range map[string]bot.Message{
		"call-fresh":       callMessage(org, Call{Version: 1}, 0, 0, 0),
		"call-answered":    callMessage(bot.Organisation{Word: "scout"}, Call{Text: "Who carries ideas with us?", Version: 4}, 1, 2, 5),
		"who-lead":         whoMessage(coverage, true),
		"who-colleague":    whoMessage(coverage, false),
		"who-nobody":       whoMessage(Coverage{}, false),
		"joined":           joinedMessage(org, Leads, NoPart, EachTime, "Housing"),
		"joined-again":     joinedMessage(org, Leads, Leads, Monthly, ""),
		"joined-changed":   joinedMessage(org, Follows, Leads, EachTime, "Housing"),
		"left":             leftMessage(Leads),
		"left-nothing":     leftMessage(NoPart),
		"question":         askMessage(org, ask, 0),
		"reminder":         askMessage(org, ask, 1),
		"reminder-last":    askMessage(org, ask, 2),
		"declined":         askMessage(org, in(Declined), 0),
		"answered":         askMessage(org, in(Answered), 1),
		"lapsed":           askMessage(org, in(Lapsed), 2),
		"question-saved":   savedMessage("What worked?", spec, monday.Add(3*day)),
		"thanks-named":     thanksMessage(&shared),
		"thanks-unnamed":   thanksMessage(&unnamed),
		"thanks-private":   thanksMessage(&private),
		"thanks-need":      thanksMessage(nil),
		"learnings":        foundMessage("page", told),
		"learnings-none":   foundMessage("", nil),
		"learnings-missed": foundMessage("page moon", nil),
		"mine":             mineMessage([]Learning{shared, unnamed, private}),
		"mine-none":        mineMessage(nil),
		"paced":            pacedMessage(Monthly, monday.Add(3*day)),
		"questions":        setMessage(set, set[1].Text, spec.Describe(), monday.Add(3*day)),
	} {
		golden(t, name, message)
		if message.Summary == "" {
			t.Errorf("%s has no summary", name)
		}
	}
}

// What only leads may see stands in no message for everybody.
func TestCommandsAreComplete(t *testing.T) {
	f := New(Config{Help: func(bot.Actor) bot.Message { return bot.Message{} }, Home: func(context.Context, bot.AccountID) (bot.Message, error) {
		return bot.Message{}, nil
	}})
	router := bot.NewRouter(bot.RouterConfig{})
	if err := router.Add(f.Commands()...); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, command := range f.Commands() {
		names[command.Name] = true
		if len(command.Phrases) > 0 && (command.Help == "" || command.Usage == "") {
			t.Errorf("%s can be typed and is not in the help", command.Name)
		}
	}
	for _, name := range []string{"network.call", "network.ask", "network.ask.now", "network.questions", "network.question.put", "network.question.pause", "network.question.resume"} {
		if !names[name] {
			t.Errorf("%s is gone", name)
		}
		for _, command := range f.Commands() {
			if command.Name == name && command.Needs != bot.Lead {
				t.Errorf("%s can be used by %q", name, command.Needs)
			}
		}
	}
	if got := router.SlashWords(); len(got) != 1 || got[0] != "evangelist" {
		t.Errorf("slash words %q", got)
	}
}
