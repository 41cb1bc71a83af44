package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// roomTables hold what forged invokes about pilots, round tables and the report
// could have changed.
var roomTables = []string{
	"goals", "pilots", "pilot_people", "pilot_measures", "pilot_checkins", "pilot_readings", "pilot_surveys", "pilot_answers", "stories", "story_tellings",
	"table_settings", "table_standings", "table_pairs", "table_rounds", "table_seats", "impact_refusals", "impact_settings",
}

func (f *forger) roomState() string {
	f.Helper()
	var all []string
	for _, table := range roomTables {
		found := f.rows("SELECT * FROM " + table)
		slices.Sort(found)
		all = append(append(all, table), found...)
	}
	return strings.Join(all, "\n")
}

// furnishRooms makes a pilot that is running, one that is decided, and a round of
// tables that is out.
func (f *forger) furnishRooms() (trial, done, round string) {
	f.Helper()
	is := func(pairs ...string) map[string][]string {
		values := map[string][]string{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = []string{pairs[i+1]}
		}
		return values
	}
	f.setUp()
	for _, person := range []string{"farida", "minh", "kwabena", "sanjana"} {
		f.do(person, "network.join", "", is("part", "support"))
	}
	f.do("nia", "pilots.goal", "goal", is("title", "Fewer calls", "audience", "Residents", "benefit", "Time"))
	goal := f.one("SELECT id FROM goals")
	for _, title := range []string{"Runs", "Decided"} {
		f.do("nia", "pilots.new", "", is("title", title, "scope", "Two wards", "audience", "Residents", "benefit", "Time", "goal", goal))
		id := f.one("SELECT id FROM pilots WHERE title = '" + title + "'")
		f.do("nia", "pilots.bounds", id, is("cost", "nothing", "ends", "2026-12-20", "sponsor", f.personOf("farida")))
		f.do("farida", "pilots.measure", id, is("measure", "Calls", "aim", "at most", "target", "40"))
		f.do("farida", "pilots.preflight", id, is("guideline", "yes", "clause", "4.2", "personal", "no"))
		f.do("farida", "pilots.start", id, nil)
	}
	trial, done = f.one("SELECT id FROM pilots WHERE title = 'Runs'"), f.one("SELECT id FROM pilots WHERE title = 'Decided'")
	f.do("farida", "pilots.survey", trial, is("question", "How many?", "place", placeOf(f.channels["front-line"])))
	f.do("farida", "pilots.finish", done, nil)
	f.do("farida", "pilots.decide", done, is("choice", "stop", "reason", "because"))
	f.do("nia", "tables.plan", "", nil)
	round = f.one("SELECT id FROM table_rounds")
	f.do("nia", "tables.now", round, nil)
	f.later(2 * time.Minute)
	f.until(f.teams.Personal(f.people["minh"]), "Your round table") // Farida has had her two messages of this week
	calm(f.T, &teamsStage{tenant: f.tenant})
	guest, gone := f.people["sunil"], f.people["crispin"]
	f.people["guest"], f.people["gone"] = guest, gone
	accounts := []bot.AccountFact{{Account: bot.NewAccountID("teams", guest.ID), External: true}, {Account: bot.NewAccountID("teams", gone.ID), Inactive: new(true)}}
	if err := f.app.handlers().Record(f.ctx, accounts); err != nil {
		f.Fatal(err)
	}
	return trial, done, round
}

// TestForgedRoomsOnTeams: whoever forges an invoke about a pilot, a round of
// tables or the report learns nothing and changes nothing, by whatever door.
func TestForgedRoomsOnTeams(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	f := &forger{tenant: openTenant(t, storagetest.SQLite(t), true)}
	trial, done, round := f.furnishRooms()
	survey := f.one("SELECT min(id) FROM pilot_surveys")
	farida := f.personOf("farida")
	args := map[string][]string{
		"pilots": {trial, done + "/stop", trial + "/" + survey, f.one("SELECT id FROM stories")},
		"tables": {round, round + "/1", round + "/" + farida},
		"impact": {"2026-11-01"},
	}
	before := f.roomState()
	for n, command := range f.app.router.Commands() {
		room, _, _ := strings.Cut(command.Name, ".")
		for _, person := range []string{"guest", "gone", "leroy"} {
			if person == "leroy" && (slices.Contains(forAllPilots, command.Name) || slices.Contains(forEveryTable, command.Name)) {
				continue
			}
			for i, arg := range args[room] {
				f.forgeAt(person, command, arg, i == 0 && person == "leroy")
				if person != "leroy" {
					break // they are refused at the door, whatever they ask for
				}
			}
		}
		if n%10 != 9 {
			continue
		}
		if after := f.roomState(); after != before {
			t.Errorf("%s or one of the nine before it changed (- before, + after): %s", command.Name, cmp.Diff(before, after))
			before = after
		}
	}
	if after := f.roomState(); after != before {
		t.Errorf("it changed (- before, + after): %s", cmp.Diff(before, after))
	}
	f.rightly("farida", "pilots.checkin", trial, false)
	f.rightly("leroy", "pilots.give", trial+"/"+survey, false)
	f.rightly("nia", "pilots.hand", trial, false)
	f.rightly("farida", "pilots.story", done, false)
	f.rightly("nia", "impact.no", "2026-11-01", false)
	f.rightly("farida", "tables.leave", round+"/"+farida, true)
	t.Logf("%d invokes were forged", f.sent)
	if strings.Contains(f.log.String(), `"level":"ERROR"`) {
		t.Errorf("something was logged as an error:\n%s", f.log)
	}
}

// forgeAt forges by the button and, in full, by each of the other doors too. Who is
// told the same of all that is not there need be asked about that only once.
func (f *forger) forgeAt(person string, command bot.Command, arg string, full bool) {
	f.Helper()
	for door := range doors {
		switch {
		case full:
			f.forge(person, door, command, arg)
		case door == "button" || door == "form":
			name, value := doors[door](command.Name, arg, fmt.Sprint("FORGED", f.sent))
			if said := f.invoke(person, name, value); !nowhere.MatchString(said) {
				f.Errorf("%s uses the %s of %s on %q and is told %s", person, door, command.Name, arg, said)
			}
		}
	}
}

// rightly shows that the same invoke does something for whom it is for, and that a
// second one of it changes nothing more.
func (f *forger) rightly(person, command, arg string, changes bool) {
	f.Helper()
	press := func() string {
		name, value := doors["button"](command, arg, fmt.Sprint("RIGHT", f.sent))
		said := f.invoke(person, name, value)
		var answer struct {
			Status int `json:"statusCode"`
		}
		if err := json.Unmarshal([]byte(said), &answer); err != nil || answer.Status != http.StatusOK || nowhere.MatchString(said) {
			f.Errorf("%s may %s on %q and is told %s", person, command, arg, said)
		}
		return f.roomState()
	}
	before := f.roomState()
	once := press()
	if twice := press(); twice != once || (once != before) != changes {
		f.Errorf("%s by %s on %q: (- before, + once): %s, (- once, + twice): %s", command, person, arg, cmp.Diff(before, once), cmp.Diff(once, twice))
	}
}
