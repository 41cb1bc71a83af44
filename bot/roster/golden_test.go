package roster

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// council is a picture with something of everything.
func council() picture {
	p := picture{now: thursday, byID: map[bot.PersonID]bot.Person{}, guests: map[bot.PersonID]Guest{}, seen: map[bot.PersonID]Seen{},
		members: map[bot.PersonID]Member{"p3": {Person: "p3", Part: Leads}, "p4": {Person: "p4", Part: Supports}, "p5": {Person: "p5", Part: Follows}}}
	for i, id := range []bot.PersonID{"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"} {
		person := bot.Person{ID: id, Name: "Person " + string(rune('A'+i)), Department: []string{"Housing", "Parks", "Libraries"}[i%3], Level: []string{"Officer", "Manager"}[i%2]}
		person.Inactive = id == "p4"
		p.people, p.byID[id] = append(p.people, person), person
	}
	housing := NewOffice("Housing")
	housing.Representative, housing.Deputy = Holder{Person: "p1", By: "p3"}, Holder{Person: "p7", By: "p3"}
	p.offices = []Office{housing, {ID: OfficeID("Parks"), Department: "Parks", State: AtRest, Hole: thursday.Add(-20 * day)}}
	p.index()
	p.guests["p2"] = Guest{Person: "p2", N: 1, State: Asked, Department: "Parks", Opened: thursday, Last: thursday}
	p.seen["p1"] = Seen{Person: "p1", Known: true, Moved: thursday.Add(-day), From: "Parks", Held: "representative of Parks"}
	p.seen["p4"] = Seen{Person: "p4", Known: true, Inactive: true, Gone: thursday.Add(-2 * day)}
	p.seen["p8"] = Seen{Person: "p8", Known: true, New: thursday.Add(-day)}
	p.seen["p6"] = Seen{Person: "p6", Known: true, New: thursday.Add(-day)}
	return p
}

func TestGoldenMessages(t *testing.T) {
	p := council()
	org := bot.Organisation{Name: "Test", Zone: time.UTC, PublicURL: "https://example.org"}
	f := New(Config{Organisation: org})
	in := func(state State, again bool) Guest {
		return Guest{Person: "p2", N: 1, Part: Supports, Department: "Parks", Reason: "You wrote the page that everybody links to.", By: "p3", State: state, Opened: thursday, Last: thursday, Again: again}
	}
	rest := p.offices[0]
	asking, leads, empty, free := rest, rest, rest, NewOffice("Parks")
	asking.State, asking.Round, asking.Asked = Asking, 1, thursday
	leads.State, empty.State = LeadsTurn, LeadsTurn
	empty.Representative, empty.Deputy = Holder{}, Holder{}
	decision := Decision{ID: "d", Words: "One template for all letters.", Owner: "p7", Due: schedule.Date{Year: 2026, Month: 12, Day: 10}, State: ToDo}
	late, gone, plain := decision, decision, decision
	late.Due, gone.Owner, plain.Owner, plain.Due = schedule.Date{Year: 2026, Month: 11, Day: 1}, "p4", "", schedule.Date{}
	open := []Decision{plain, decision, late, gone}
	inOrder(open)
	points := []Point{{Words: "Shared forms", By: "p1"}}
	items := []Item{{About: "Pilots to decide", Words: "Late desk", Address: "https://example.org/p"}, {About: "Pilots to decide", Words: "Quiet room"}, {About: "Requests", Words: "2 are open"}}
	many := News{}
	for i := range maxCases + 3 {
		many.Inactive = append(many.Inactive, Case{Person: bot.PersonID(rune('a' + i)), Name: "Person " + string(rune('A'+i)), Was: "leads in Parks"})
	}
	for name, message := range map[string]bot.Message{
		"invite":            inviteMessage(in(Asked, false), 1, "Person C"),
		"invite-again":      inviteMessage(in(Asked, true), 1, "Person C"),
		"invite-later":      inviteMessage(in(PutOff, false), 1, "Person C"),
		"invite-accepted":   inviteMessage(in(Accepted, false), 1, "Person C"),
		"invite-no":         inviteMessage(in(Declined, false), 1, "Person C"),
		"invite-over":       inviteMessage(in(Withdrawn, false), 1, "Person C"),
		"answer-yes":        answerMessage(in(Accepted, false), true, "Person B"),
		"answer-no":         answerMessage(in(Declined, false), false, "Person B"),
		"place":             placeMessage(rest, Representative, "p1", "Person C"),
		"place-deputy":      placeMessage(rest, Deputy, "p7", "Person C"),
		"place-gone":        placeMessage(rest, Deputy, "p1", "Person C"),
		"released":          releasedMessage("Housing", Deputy, leadOf("p3")),
		"deputy-free":       deputyFreeMessage(rest),
		"takeover":          takeoverMessage(asking, 1, "p7"),
		"takeover-done":     takeoverMessage(rest, 1, "p1"),
		"takeover-over":     takeoverMessage(rest, 1, "p7"),
		"office-asking":     officeMessage(asking, p.name),
		"office-leads":      officeMessage(leads, p.name),
		"office-empty":      officeMessage(empty, p.name),
		"office-rest":       officeMessage(rest, p.name),
		"office-free":       officeMessage(free, p.name),
		"news":              newsMessage(p.news(), org, maxCases),
		"news-many":         newsMessage(many, org, maxCases),
		"news-none":         newsMessage(News{}, org, maxCases),
		"coverage":          coverageMessage(p.matrix(), p.waits(), p.news(), org),
		"coverage-nobody":   coverageMessage(Matrix{}, nil, News{}, org),
		"agenda":            agendaMessage(p, open, points, items, f.decisionLine),
		"agenda-empty":      agendaMessage(p, nil, nil, nil, f.decisionLine),
		"decision-owner":    ownerMessage(decision, actorOf("p1")),
		"decisions":         {Summary: "Decisions", Blocks: f.decisionBlocks(p, open, 3)},
		"decision-no-owner": {Summary: "Decisions", Blocks: f.decisionBlocks(p, []Decision{plain}, 3)},
	} {
		golden(t, name, message)
		if message.Summary == "" {
			t.Errorf("%s has no summary", name)
		}
		text, _ := message.MarshalJSON()
		if strings.Contains(string(text), "Manager") && name != "coverage" {
			t.Errorf("%s shows a level", name)
		}
		if late := strings.Contains(string(text), "date has passed"); late && strings.Contains(string(text), "letters. Person") {
			t.Errorf("%s names somebody beside a date that has passed", name)
		}
	}
}
