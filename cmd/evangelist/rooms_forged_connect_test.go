package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// forEveryRoom are the commands of Connect that any colleague may use: they are
// about whoever uses them alone, or show what is for everybody.
var forEveryRoom = []string{
	"roster.decisions", "roster.agenda", "roster.decided", "roster.stepdown", "roster.decline", "library.worked", "library.show", "library.example", "library.told",
	"primer.lessons", "primer.begin", "primer.stop", "primer.what", "primer.glossary", "primer.read", "primer.later",
	"mandates.mine", "mandates.resource", "mandates.resources", "champions.mine",
}

// ofConnect reports whether a command belongs to the rooms of Connect that other
// tests of forging leave out.
func ofConnect(name string) bool {
	for _, room := range []string{"roster.", "library.", "primer.", "mandates.", "champions.", "network.request", "network.question"} {
		if strings.HasPrefix(name, room) {
			return true
		}
	}
	return false
}

// connectArgs are what a button of Connect could be forged with.
func (y *yard) connectArgs() []string {
	y.Helper()
	var args []string
	for _, query := range []string{
		"SELECT id FROM roster_offices WHERE department = 'Housing'", "SELECT id || '/representative/' || person_id FROM roster_offices JOIN roster_places ON office_id = id WHERE post = 'representative'",
		"SELECT person_id || '/1' FROM roster_guests", "SELECT person_id FROM roster_guests", "SELECT min(id) FROM roster_points", "SELECT min(id) FROM roster_decisions",
		"SELECT person_id FROM champions", "SELECT person_id || '/' || n FROM champion_meetings", "SELECT person_id || '/' || id FROM champion_promises", "SELECT person_id || '/1' FROM champions",
		"SELECT min(id) FROM library_examples", "SELECT min(id) FROM learnings", "SELECT min(id) FROM mandates", "SELECT min(id) FROM mandate_resources", "SELECT min(id) || '/1' FROM mandates",
		"SELECT min(id) FROM network_requests",
	} {
		args = append(args, y.list(query)...)
	}
	return append(args, "council", "share-1", "example/"+y.list("SELECT min(id) FROM library_examples")[0], "learning/"+y.list("SELECT min(id) FROM learnings")[0])
}

// TestForgedConnectButtons: whoever presses a button of Connect that was never shown
// to them, or sends such a form, learns nothing by it and changes nothing; and most
// of them do something for whom they are for.
func TestForgedConnectButtons(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	y := openYard(t, storagetest.SQLite(t))
	for _, who := range []string{"farida", "dewi"} {
		y.must(who, "network.join", "", map[string][]string{"part": {"lead"}})
	}
	y.must("nia", "network.ask.now", "", nil)
	y.pass(24 * time.Hour)
	y.must("farida", "network.answer", "", map[string][]string{"words": {"We need a second projector."}, "kind": {"need"}})
	(&playgroundRun{app: y.app, workspace: y.ws}).meetUp(y.ctx)
	y.must("dewi", "library.example", "", map[string][]string{"address": {"https://example.org/neighbours"}, "who": {"A town nearby"}, "job": {"Repairs"}, "came": {"Half the visits"}})
	y.pass(time.Minute)
	y.strangers()
	args := y.connectArgs()
	values := filledIn()
	for field, value := range map[string]string{"person": y.personOf("farida"), "who": y.personOf("farida"), "owner": y.personOf("farida"), "due": "2026-12-20", "on": "2026-12-20",
		"outcome": "granted", "side": "ours", "part": "support", "word": "Forged", "says": "Forged words", "question": "Forged?", "time": "hour"} {
		values[field] = []string{value}
	}
	before, silent := y.dump(), []string{}
	for _, command := range y.app.router.Commands() {
		if !ofConnect(command.Name) {
			continue
		}
		for _, person := range []string{"", "visitor", "gone", "leroy", "adaeze"} { // nobody of them has a part in it
			if command.Needs == bot.Colleague && slices.Contains(forEveryRoom, command.Name) && (person == "leroy" || person == "adaeze") {
				continue
			}
			for _, arg := range args {
				y.forge(person, command, arg, nil)
				y.forge(person, command, arg, values)
			}
		}
		if after := y.dump(); after != before {
			t.Errorf("%s changed (- before, + after): %s", command.Name, cmp.Diff(rows(before), rows(after)))
			before = after
		}
	}
	for _, command := range y.app.router.Commands() {
		if !ofConnect(command.Name) {
			continue
		}
		found := false
		for _, person := range []string{"nia", "dewi", "abiodun", "ishbel", "farida", "honor"} {
			for _, arg := range append([]string{""}, args...) {
				y.clock.add(4 * time.Second)
				found = found || !nowhere.MatchString(shows(y.do(person, command.Name, arg, nil)))
			}
		}
		if !found {
			silent = append(silent, command.Name)
		}
	}
	// The form of the first one says "for comms leads", as a refusal does. The others
	// wait for something that did not happen here: a change of representative,
	// a year that passed, a proposal to retell, somebody who left.
	for _, name := range silent {
		if !slices.Contains([]string{"primer.tick", "roster.takeover", "roster.notme", "roster.keep", "roster.release", "champions.return", "champions.on", "champions.draft", "champions.send", "champions.edit", "champions.skip",
			"library.edition", "library.meeting", "library.notthis", "library.notnow", "library.untold", "mandates.renew", "mandates.decline", "mandates.hand"}, name) {
			t.Errorf("%s does nothing for anybody", name)
		}
	}
	y.whole()
}
