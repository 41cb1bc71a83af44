package tables

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
	"evangelist/bot/seating"
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

// council is everybody of a draft, each on a level that no message may show.
func council() map[bot.PersonID]bot.Person {
	people := map[bot.PersonID]bot.Person{"lead": {ID: "lead", Name: "Person One", Roles: []bot.Role{bot.Lead}}}
	for i, id := range []bot.PersonID{"a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3", "o"} {
		people[id] = bot.Person{ID: id, Name: "Person " + strings.ToUpper(string(id)), Department: []string{"Housing", "Libraries", "Parks"}[i%3], Level: []string{"Team Manager", "Senior Officer", "Director"}[i%3]}
	}
	people["o"] = bot.Person{ID: "o", Name: "Person A1", Department: "Parks", Level: "Officer"} // of one name
	return people
}

func castOf(pairs []Pair, past ...Past) cast {
	c := cast{persons: council(), members: map[bot.PersonID]bool{}, standings: map[bot.PersonID]Standing{}, pairs: pairs, past: past}
	for id := range c.persons {
		c.members[id] = id != "lead"
	}
	c.ladder = c.rungs(nil)
	return c
}

// TestGoldenMessages looks at every message; none says a level.
func TestGoldenMessages(t *testing.T) {
	spec, err := schedule.Parse("every 4 weeks on Thursday 12:00 from 2026-12-03")
	if err != nil {
		t.Fatal(err)
	}
	past := Past{ID: "before", Plan: seating.Plan{Tables: [][]string{{"a1", "a2", "b1"}, {"c1", "c2", "b2"}}, Out: []string{"o"}}}
	prove := func(r Round, c cast) seating.Proof {
		t.Helper()
		proof, err := c.proof(r)
		if err != nil {
			t.Fatal(err)
		}
		return proof
	}
	people := council()
	draft, _ := in(t, Drafted)
	approved, _ := in(t, Approved)
	out, _ := in(t, Out)
	followed, _ := in(t, FollowedUp)
	closed, _ := in(t, Closed)
	off, _ := in(t, CalledOff)
	broken := draftRound()
	broken.Take(actorAs(AsLead), seating.Plan{Tables: [][]string{{"a1", "a2"}, {"a3", "b1", "b2", "b3"}, {"c1", "c2", "c3"}}, Out: []string{"o"}})
	waits, soon, atOnce := draftRound(), draftRound(), draftRound()
	waits.Waited, soon.Goes, atOnce.Due = true, true, time.Time{}
	wants, alone, coffee := clone(out), clone(out), clone(out)
	wants.seat("a1").Wants = true
	alone.seat("a2").Stand, alone.seat("a3").Stand = Away, Gone
	coffee.Tables[0].Format, coffee.Tables[1].Format = Coffee, Thread
	away, told := clone(out), clone(followed)
	away.seat("a1").Stand, told.seat("a1").Said = Away, Met
	empty := clone(draft)
	empty.reseat(seating.Plan{})
	place := func(r Round) Seat { s, _ := r.Place("a1"); return s }
	pairs := []Pair{PairOf("b1", "a1", "a1"), PairOf("b1", "a1", ""), PairOf("c2", "c3", "")}
	names := map[bot.PersonID]string{}
	for id, p := range people {
		names[id] = p.Name
	}
	resting := Standing{Person: "a1", Until: thursday.Add(56 * day)}
	for name, message := range map[string]bot.Message{
		"draft":           draftMessage(draft, prove(draft, castOf(nil, past)), people),
		"draft-broken":    draftMessage(broken, prove(broken, castOf([]Pair{PairOf("a1", "a2", "")}, past)), people),
		"draft-waits":     draftMessage(waits, prove(waits, castOf(nil)), people),
		"draft-goes":      draftMessage(soon, prove(soon, castOf(nil)), people),
		"draft-at-once":   draftMessage(atOnce, prove(atOnce, castOf(nil)), people),
		"draft-empty":     draftMessage(empty, prove(empty, castOf(nil)), people),
		"draft-approved":  draftMessage(approved, prove(approved, castOf(nil)), people),
		"draft-out":       overMessage(out),
		"draft-followed":  overMessage(followed),
		"draft-closed":    overMessage(closed),
		"draft-off":       overMessage(off),
		"table":           tableMessage(out, 1, people),
		"table-coffee":    tableMessage(coffee, 1, people),
		"table-thread":    tableMessage(coffee, 2, people),
		"table-followed":  tableMessage(followed, 1, people),
		"seat":            seatMessage(out, place(out), people),
		"seat-wants":      seatMessage(wants, place(wants), people),
		"seat-alone":      seatMessage(alone, place(alone), people),
		"seat-away":       seatMessage(away, place(away), people),
		"followup":        followMessage(followed, place(followed), people),
		"followup-told":   followMessage(told, place(told), people),
		"followup-closed": followMessage(closed, place(closed), people),
		"said-words":      saidMessage(Met, true),
		"said-met":        saidMessage(Met, false),
		"said-not-met":    saidMessage(NotMet, false),
		"lost":            lostMessage(&draft, []string{"Person A1"}, 3),
		"lost-a-table":    lostMessage(&approved, []string{"Person A1", "Person B1"}, 4),
		"waits":           waitsMessage(&draft),
		"unfit":           unfitMessage(&approved),
		"empty":           emptyMessage(&empty),
		"missed":          missedMessage(&off),
		"pause":           pauseMessage(),
		"saved":           savedMessage(DefaultSettings(), spec, thursday.Add(7*day)),
		"saved-no-rhythm": savedMessage(Settings{Format: Thread, Smallest: 4, Largest: 5, Goes: true}, schedule.Spec{}, time.Time{}),
		"wish-part":       wishMessage(Standing{Choice: In, Format: Coffee}, false, thursday),
		"wish-no-part":    wishMessage(Standing{Choice: NotIn}, true, thursday),
		"break":           breakMessage(resting),
		"apart":           apartMessage("Person One", "Person B1", true, true),
		"apart-no-more":   apartMessage("Person One", "Person B1", true, false),
		"pair":            apartMessage("Person A1", "Person B1", false, true),
		"pair-no-more":    apartMessage("Person A1", "Person B1", false, false),
		"pairs":           pairsMessage(pairs, names),
		"pairs-none":      pairsMessage(nil, names),
	} {
		golden(t, name, message)
		if message.Summary == "" {
			t.Errorf("%s has no summary", name)
		}
		text, _ := message.MarshalJSON()
		for _, level := range []string{"Manager", "Officer", "Director"} {
			if strings.Contains(string(text), level) {
				t.Errorf("%s shows a level", name)
			}
		}
	}
}

// Two of one name can be told apart in the proof, and both stand in it.
func TestTwoOfOneName(t *testing.T) {
	label := castOf(nil).labels()
	if label("a1") == label("o") || !strings.Contains(label("a1"), "Person A1") || !strings.Contains(label("o"), "Parks") {
		t.Errorf("%q and %q", label("a1"), label("o"))
	}
}
