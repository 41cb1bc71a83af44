package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/playground"
	"evangelist/storage/storagetest"
)

// atTables are who sits at the tables of these tests: all but Dewi at each.
var atTables = []string{"farida", "minh", "kwabena", "sanjana", "grzegorz", "dewi"}

// forEveryTable are the commands about round tables that any colleague may use:
// they are about whoever uses them alone.
var forEveryTable = []string{"tables.mine", "tables.wish", "tables.apart", "tables.set", "tables.snooze", "tables.stay"}

// layOut makes a round in each state; the ids are returned by state.
func (y *yard) layOut() map[string]string {
	y.Helper()
	for _, person := range atTables {
		y.must(person, "network.join", "", map[string][]string{"part": {"support"}})
	}
	plan := func() string {
		y.must("nia", "tables.plan", "", nil)
		return y.list("SELECT id FROM table_rounds WHERE state = 'drafted'")[0]
	}
	send := func() string {
		id := plan()
		y.must("nia", "tables.now", id, nil)
		y.pass(2 * time.Minute)
		return id
	}
	rounds := map[string]string{"closed": send()}
	rounds["called-off"] = plan()
	y.must("nia", "tables.off", rounds["called-off"], nil)
	y.pass(8 * 24 * time.Hour)
	y.pass(7 * 24 * time.Hour)
	rounds["followed-up"] = send()
	y.pass(8 * 24 * time.Hour)
	rounds["out"] = send()
	rounds["drafted"] = plan()
	for state, id := range rounds {
		if got := y.list("SELECT state FROM table_rounds WHERE id = '" + id + "'")[0]; got != state {
			y.Fatalf("the round %s is %s, not %s", id, got, state)
		}
	}
	return rounds
}

// list is the first column of what a query finds.
func (y *yard) list(query string) []string {
	y.Helper()
	found, err := y.looker.QueryContext(y.ctx, query)
	if err != nil {
		y.Fatal(err)
	}
	defer found.Close()
	var all []string
	for found.Next() {
		var one string
		if err := found.Scan(&one); err != nil {
			y.Fatalf("%s: %v", query, err)
		}
		all = append(all, one)
	}
	if err := found.Err(); err != nil || len(all) == 0 {
		y.Fatalf("%s: %d, %v", query, len(all), err)
	}
	return all
}

// strangers come into the workspace.
func (y *yard) strangers() {
	y.Helper()
	for _, stranger := range []playground.Account{{Native: "visitor", Name: "A visitor", External: true}, {Native: "gone", Name: "Somebody who left", Inactive: true}} {
		if err := y.ws.AddPerson(stranger); err != nil {
			y.Fatal(err)
		}
	}
	if _, err := y.app.people.Record(y.ctx, y.ws.Accounts()); err != nil {
		y.Fatal(err)
	}
	y.settle()
}

// tableArgs are what a button about rounds could be forged with.
func (y *yard) tableArgs(rounds map[string]string) []string {
	var args []string
	for _, state := range []string{"drafted", "out", "followed-up", "closed"} {
		id := rounds[state]
		args = append(args, id, id+"/"+y.list("SELECT version FROM table_rounds WHERE id = '" + id + "'")[0], id+"/2/"+y.personOf("farida"), id+"/"+y.personOf("farida"))
	}
	return args
}

// TestForgedTableButtons: whoever presses a button about a round that was never
// shown to them learns nothing by it and changes nothing; and each of them does
// something for whom it is for.
func TestForgedTableButtons(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	y := openYard(t, storagetest.SQLite(t))
	rounds := y.layOut()
	y.strangers()
	args := y.tableArgs(rounds)
	values := filledIn()
	for field, value := range map[string]string{"person": y.personOf("farida"), "with": "", "table": "1", "one": y.personOf("farida"), "other": y.personOf("minh"), "apart": "apart",
		"met": "met", "format": "thread", "weeks": "4", "part": "no"} {
		values[field] = []string{value}
	}
	before := y.dump()
	for _, command := range y.app.router.Commands() {
		if !strings.HasPrefix(command.Name, "tables.") {
			continue
		}
		for _, person := range []string{"", "visitor", "gone", "leroy", "adaeze"} { // nobody of them sits anywhere
			if slices.Contains(forEveryTable, command.Name) && (person == "leroy" || person == "adaeze") {
				continue
			}
			for _, arg := range args {
				y.forge(person, command, arg, nil)
				y.forge(person, command, arg, values)
			}
		}
		if after := y.dump(); after != before {
			t.Errorf("%s changed (- before, + after): %s", command.Name, cmp.Diff(rows(before), rows(after)))
		}
		found := false
		for _, person := range []string{"nia", "farida"} {
			for _, arg := range args {
				y.clock.add(4 * time.Second)
				found = found || !nowhere.MatchString(shows(y.do(person, command.Name, arg, nil)))
			}
		}
		if !found {
			t.Errorf("%s does nothing for anybody", command.Name)
		}
		before = y.dump()
	}
	y.whole()
}

// Whoever sits at a table may say only what concerns themselves there, and nothing
// about a round that is not out.
func TestTableButtonsOfOthers(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	y := openYard(t, storagetest.SQLite(t))
	rounds := y.layOut()
	before := y.dump()
	lead := map[string]map[string][]string{"tables.plan": nil, "tables.pairs": nil, "tables.pair": {"one": {y.personOf("farida")}, "other": {y.personOf("minh")}},
		"tables.move": {"person": {y.personOf("farida")}, "table": {"2"}}, "tables.again": nil, "tables.approve": nil, "tables.now": nil, "tables.reopen": nil, "tables.off": nil}
	for command, values := range lead {
		for state, id := range rounds {
			y.clock.add(4 * time.Second)
			if said := shows(y.do("farida", command, id, values)); !nowhere.MatchString(said) {
				t.Errorf("who is seated presses %s of a round that is %s: %s", command, state, said)
			}
		}
	}
	for _, command := range []string{"tables.leave", "tables.return", "tables.swap", "tables.format", "tables.answer", "tables.notmet"} {
		for _, state := range []string{"drafted", "called-off"} {
			for _, arg := range []string{rounds[state], rounds[state] + "/1"} {
				y.clock.add(4 * time.Second)
				if said := shows(y.do("farida", command, arg, map[string][]string{"format": {"thread"}, "met": {"met"}})); !nowhere.MatchString(said) {
					t.Errorf("%s of a round that is %s: %s", command, state, said)
				}
			}
		}
	}
	if after := y.dump(); after != before {
		t.Errorf("it changed (- before, + after): %s", cmp.Diff(rows(before), rows(after)))
	}
	// A button of somebody else's card is as one's own: it moves nobody else.
	seat := func(person string) string {
		return y.list("SELECT stand FROM table_seats WHERE round_id = '" + rounds["out"] + "' AND person_id = '" + y.personOf(person) + "'")[0]
	}
	said := shows(y.do("minh", "tables.leave", rounds["out"]+"/"+y.personOf("farida"), nil))
	if seat("farida") != "seated" || seat("minh") != "away" || !strings.Contains(said, "Not this time") {
		t.Errorf("Farida is %s and Minh %s: %s", seat("farida"), seat("minh"), said)
	}
	if own := shows(y.do("minh", "tables.return", rounds["out"]+"/"+y.personOf("minh"), nil)); own != "bot.Refresh" || seat("minh") != "seated" {
		t.Errorf("on the own card: %s, %s", own, seat("minh"))
	}
}

// What was pressed twice, or too late, says so calmly and changes nothing.
func TestTableButtonsTwiceAndLate(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	y := openYard(t, storagetest.SQLite(t))
	rounds := y.layOut()
	out, asked := rounds["out"], rounds["followed-up"]
	table := y.list("SELECT tbl FROM table_seats WHERE round_id = '" + out + "' AND person_id = '" + y.personOf("farida") + "'")[0]
	for _, act := range []struct {
		person, command, arg string
		values               map[string][]string
	}{
		{"farida", "tables.swap", out + "/" + table, nil},
		{"farida", "tables.format", out, map[string][]string{"format": {"thread"}}},
		{"farida", "tables.leave", out, nil},
		{"farida", "tables.return", out, nil},
		{"farida", "tables.notmet", asked, nil},
		{"minh", "tables.answer", asked, map[string][]string{"met": {"met"}, "words": {"One list."}, "consent": {"name"}}},
		{"nia", "tables.again", rounds["drafted"] + "/" + y.list("SELECT version FROM table_rounds WHERE state = 'drafted'")[0], nil},
		{"nia", "tables.approve", rounds["drafted"], nil},
		{"nia", "tables.reopen", rounds["drafted"], nil},
		{"nia", "tables.off", rounds["drafted"], nil},
	} {
		y.clock.add(4 * time.Second)
		before := y.dump()
		y.must(act.person, act.command, act.arg, act.values)
		after := y.dump()
		if after == before && act.command != "tables.again" { // which may draw the same
			t.Errorf("%s changes nothing at all", act.command)
		}
		y.clock.add(4 * time.Second)
		said := shows(y.do(act.person, act.command, act.arg, act.values))
		if twice := y.dump(); twice != after || strings.Contains(said, "our side") {
			t.Errorf("%s twice changed (- once, + twice): %s\n%s", act.command, cmp.Diff(rows(after), rows(twice)), said)
		}
	}
	before := y.dump()
	for _, command := range []string{"tables.leave", "tables.return", "tables.swap", "tables.format", "tables.answer", "tables.notmet"} {
		y.clock.add(4 * time.Second)
		said := shows(y.do("grzegorz", command, rounds["closed"]+"/1", map[string][]string{"format": {"thread"}, "met": {"met"}, "words": {"Late."}}))
		if !strings.Contains(said, "This round has ended") {
			t.Errorf("%s, late: %s", command, said)
		}
	}
	for _, state := range []string{"closed", "called-off", "out", "followed-up"} {
		for _, command := range []string{"tables.move", "tables.again", "tables.approve", "tables.now", "tables.reopen", "tables.off"} {
			y.clock.add(4 * time.Second)
			said := shows(y.do("nia", command, rounds[state], map[string][]string{"person": {y.personOf("farida")}, "table": {"1"}}))
			if !strings.Contains(said, "This round ") && said != "bot.Refresh" && !strings.Contains(said, "bot.Done") && !strings.Contains(said, "Round tables: ") {
				t.Errorf("%s of a round that is %s: %s", command, state, said)
			}
		}
	}
	if after := y.dump(); after != before {
		t.Errorf("what came late changed (- before, + after): %s", cmp.Diff(rows(before), rows(after)))
	}
	y.whole()
}
