package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// forEverybody are the commands that any colleague may use; all others are for a
// role or for whom their object belongs to.
var forEverybody = []string{
	"voices.concern", "voices.idea", "voices.code", "voices.mine", "voices.mine.ideas",
	"voices.board", "voices.weigh", "voices.unweigh",
	"digest", "digest.add", "digest.find", "digest.save", "digest.leave", "digest.credit", "digest.credits",
	"network.panel", "network.join", "network.leave", "network.who", "network.learnings", "network.mine", "network.help", "network.home",
	"contact.less", "contact.never", "contact.usual", "contact.quiet", "network.pace", "web.sign-in",
}

// objects are the ids of everything that a button could be forged with.
func (y *yard) objects() []string {
	y.Helper()
	var all []string
	for _, query := range []string{
		"SELECT id FROM digests WHERE name = 'Friday roundup'", "SELECT min(id) FROM editions WHERE state = 'draft' AND digest = (SELECT id FROM digests WHERE name = 'Friday roundup')", "SELECT min(id) FROM editions WHERE state = 'published'",
		"SELECT min(id) FROM finds WHERE state <> 'used'", "SELECT min(id) FROM finds WHERE state = 'used'", "SELECT min(id) FROM learnings WHERE person_id <> ''", "SELECT min(id) FROM network_requests",
		"SELECT id FROM voices WHERE author = 'playground|farida'", "SELECT min(id) FROM voices WHERE author IS NULL", "SELECT max(voice) FROM waiting",
		"SELECT min(round_id || '/' || person_id) FROM network_asks WHERE state = 'waiting'", "SELECT min(key) FROM deliveries", "SELECT min(key) FROM deliveries WHERE state IN ('failed', 'unsure')",
		"SELECT reference FROM voices WHERE kind = 'idea' AND summary <> ''",
		"SELECT min(id) FROM persons", "SELECT min(id) FROM places", "SELECT min(kind || '/' || subject || '/' || next_slot) FROM schedules",
	} {
		var one *string
		if err := y.looker.QueryRowContext(y.ctx, query).Scan(&one); err != nil {
			y.Fatalf("%s: %v", query, err)
		}
		if one == nil {
			y.Fatalf("%s: there is none", query)
		}
		all = append(all, *one)
	}
	return all
}

// inhabit fills the installation with one of everything that belongs to somebody.
func (y *yard) inhabit() {
	y.Helper()
	y.share()
	y.must("nia", "digest.find", "", map[string][]string{"url": {"https://www.kettle.example/found"}, "why": {"It boils"}})
	y.publishDraft()
	y.must("nia", "digest.find", "", map[string][]string{"url": {"https://www.timber.example/found"}, "why": {"It floats"}})
	y.post("farida", "good-finds", "For the next one: https://www.harbour.example/page")
	for _, who := range []string{"farida", "minh"} {
		y.must(who, "network.join", "", map[string][]string{"part": {"lead"}})
	}
	y.must("nia", "network.ask.now", "", nil)
	y.pass(time.Minute)
	y.must("farida", "network.answer", "", map[string][]string{"words": {"We need a second projector."}, "kind": {"need"}})
	y.must("farida", "voices.concern", "", map[string][]string{"words": {"The lift stops between two floors."}, "name": {"named"}})
	y.must("farida", "voices.idea", "", map[string][]string{"words": {"Lend out the projector."}, "name": {"anonymous"}})
	y.must("nia", "voices.release", "", nil)
	y.settle()
	y.must("adaeze", "voices.describe", y.onBoard(), map[string][]string{"summary": {"A projector could be lent out."}})
	y.must("farida", "voices.idea", "", map[string][]string{"words": {"Lend out the other one."}, "name": {"anonymous"}})
	y.ws.Inject(func(call playground.Call) playground.Fault { return playground.Forbidden })
	y.must("adaeze", "voices.ask", y.named(), map[string][]string{"answer": {"Which of the lifts is it?"}})
	y.pass(time.Minute)
	y.ws.Inject(nil)
	y.must("nia", "network.team", "", map[string][]string{"who": {y.personOf("ishbel")}, "change": {"appoint-lead"}})
	y.must("nia", "digest.new", "", map[string][]string{"name": {"Second roundup"}, "when": {"every Friday 09:00"}, "undecided": {"wait"}, "places": {string(y.ws.PlaceID("all-council"))}})
}

// named is the id of Farida's concern with her name.
func (y *yard) named() string {
	y.Helper()
	var id string
	if err := y.looker.QueryRowContext(y.ctx, "SELECT id FROM voices WHERE author = 'playground|farida'").Scan(&id); err != nil {
		y.Fatal(err)
	}
	return id
}

// onBoard is the id of the idea whose summary everybody may read.
func (y *yard) onBoard() string {
	y.Helper()
	var id string
	if err := y.looker.QueryRowContext(y.ctx, "SELECT id FROM voices WHERE kind = 'idea'").Scan(&id); err != nil {
		y.Fatal(err)
	}
	return id
}

// publishDraft opens the draft of the only digest, publishes it and opens the next.
func (y *yard) publishDraft() {
	y.Helper()
	y.slash("nia", "/digest draft")
	y.slash("nia", "/digest publish")
	y.pass(30 * time.Second)
	y.pass(2 * time.Minute)
	if y.count("all-council", "Shared by") != 1 {
		y.Fatalf("the edition is not out\n%s", y.log)
	}
	y.slash("nia", "/digest draft")
	y.settle()
}

// filledIn are answers to every field of every form, so that a forged one lacks
// nothing.
func filledIn() map[string][]string {
	values := map[string][]string{}
	for _, field := range []string{"words", "answer", "summary", "theme", "because", "title", "note", "what", "reason", "text", "name", "zone",
		"emergency", "safeguarding", "whistleblowing", "grievance"} {
		values[field] = []string{"Forged words"}
	}
	values["sure"], values["outcome"], values["kind"], values["consent"] = []string{"yes"}, []string{"met"}, []string{"learned"}, []string{"name"}
	values["when"], values["zone"], values["items"], values["state"] = []string{"every Friday 09:00"}, []string{"UTC"}, []string{"3"}, []string{"paused"}
	values["url"] = []string{"https://www.forged.example/"}
	return values
}

// nowhere is what is said of something that is not there.
var nowhere = regexp.MustCompile(`not here, or not for you|for comms leads|Please sign in first|serves another organisation|account is switched off|curate no digest|inbox is for curators`)

// TestForgedButtons: whoever presses a button or sends a form that was never
// shown to them learns nothing by it and changes nothing.
func TestForgedButtons(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	y := openYard(t, storagetest.SQLite(t))
	y.inhabit()
	y.second()
	if err := y.ws.AddPerson(playground.Account{Native: "visitor", Name: "A visitor", External: true}); err != nil {
		t.Fatal(err)
	}
	if err := y.ws.AddPerson(playground.Account{Native: "gone", Name: "Somebody who left", Inactive: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := y.app.people.Record(y.ctx, y.ws.Accounts()); err != nil {
		t.Fatal(err)
	}
	y.settle()
	objects := y.objects()
	commands := y.app.router.Commands()
	before := y.dump()
	curating := func(c bot.Command) bool { return strings.HasPrefix(c.Name, "digest.") }
	for _, who := range []struct {
		person string
		may    func(bot.Command) bool
	}{
		{"", func(c bot.Command) bool { return c.Needs == bot.Anybody }},
		{"visitor", func(c bot.Command) bool { return c.Needs == bot.Anybody }},
		{"gone", func(c bot.Command) bool { return c.Needs == bot.Anybody }},
		{"leroy", forAnybody}, // a colleague
		{"minh", forAnybody},  // another evangelist, asked the same question
		{"adaeze", func(c bot.Command) bool { return forAnybody(c) || c.Needs == bot.Reader }},                // the reading team
		{"ishbel", func(c bot.Command) bool { return forAnybody(c) || c.Needs == bot.Lead || curating(c) }},   // a lead who is no reader
		{"callum", func(c bot.Command) bool { return forAnybody(c) || slices.Contains(forCurators, c.Name) }}, // who curates another digest
	} {
		for _, command := range commands {
			if who.may(command) || elsewhere(command) {
				continue
			}
			args := objects
			if command.Needs != bot.Colleague && command.Needs != bot.Reader {
				args = objects[:3]
			}
			for _, arg := range forged(args) {
				if strings.HasPrefix(command.Name, "digest.use") && strings.HasPrefix(arg, objects[2]) {
					continue // whoever can read an edition can press what stands under it
				}
				if who.person == "minh" && strings.HasPrefix(command.Name, "network.") && strings.Contains(arg, y.personOf("minh")) {
					continue
				}
				for _, values := range []map[string][]string{nil, filledIn()} {
					y.forge(who.person, command, arg, values)
				}
			}
			if after := y.dump(); after != before {
				t.Errorf("%q with %s changed (- before, + after): %s", who.person, command.Name, cmp.Diff(rows(before), rows(after)))
				before = after
			}
		}
	}
	y.rightful(commands, objects)
	y.whole()
}

// forCurators are about the inbox, which all curators share.
var forCurators = []string{"digest.inbox", "digest.choose", "digest.later", "digest.refuse", "digest.new"}

// rightful checks that each of the commands does something for somebody, so that
// refusing it to others is worth a test.
func (y *yard) rightful(commands []bot.Command, objects []string) {
	y.Helper()
	owners := []string{"nia", "farida"}
	for _, query := range []string{
		"SELECT min(a.id) FROM accounts a JOIN learnings l ON l.person_id = a.person_id WHERE l.id = (SELECT min(id) FROM learnings WHERE person_id <> '')",
		"SELECT min(a.id) FROM accounts a JOIN network_asks k ON k.person_id = a.person_id WHERE k.round_id || '/' || k.person_id = (SELECT min(round_id || '/' || person_id) FROM network_asks WHERE state = 'waiting')",
	} {
		var id bot.AccountID
		if err := y.looker.QueryRowContext(y.ctx, query).Scan(&id); err != nil {
			y.Fatal(err)
		}
		owners = append(owners, id.Native())
	}
	for _, command := range commands {
		if elsewhere(command) || command.Name != "troubles.there" && strings.HasPrefix(command.Name, "troubles.") || slices.Contains(forEverybody, command.Name) {
			continue // one trouble can be decided once
		}
		found := false
		for _, person := range owners {
			for _, arg := range forged(objects) {
				y.clock.add(4 * time.Second)
				found = found || !nowhere.MatchString(shows(y.do(person, command.Name, arg, nil)))
			}
		}
		if !found {
			y.Errorf("%s does nothing for anybody", command.Name)
		}
	}
}

// elsewhere reports commands about objects that this council has none of; tests of
// their own forge them.
func elsewhere(c bot.Command) bool {
	return strings.HasPrefix(c.Name, "pilots.") || strings.HasPrefix(c.Name, "tables.") || strings.HasPrefix(c.Name, "report.") || ofConnect(c.Name)
}

func forAnybody(c bot.Command) bool {
	return c.Needs == bot.Anybody || slices.Contains(forEverybody, c.Name)
}

// forged are arguments with real ids in them: alone, and as parts of others.
func forged(objects []string) []string {
	args := slices.Clone(objects)
	for _, a := range objects[:3] {
		for _, b := range objects[3:min(5, len(objects))] {
			args = append(args, a+"/"+b, b+"/"+a)
		}
	}
	return args
}

func (y *yard) personOf(native string) string {
	y.Helper()
	actor, err := y.app.people.Actor(y.ctx, y.ws.ID(native))
	if err != nil {
		y.Fatal(err)
	}
	return string(actor.Person)
}

// forge presses a button that was never there, and compares what is said with
// what is said of something that does not exist.
func (y *yard) forge(person string, command bot.Command, arg string, values map[string][]string) {
	y.Helper()
	y.clock.add(4 * time.Second)
	said := shows(y.do(person, command.Name, arg, values))
	missing := shows(y.do(person, command.Name, "01a20cff-0000-7000-8000-000000000000", values))
	if said != missing {
		y.Errorf("%q presses %s on %q and is told %s\nbut of nothing %s", person, command.Name, arg, said, missing)
	}
	if !nowhere.MatchString(said) {
		y.Errorf("%q presses %s on %q and is told %s", person, command.Name, arg, said)
	}
}

// second gives the other digest a curator of its own.
func (y *yard) second() {
	y.Helper()
	var id string
	if err := y.looker.QueryRowContext(y.ctx, "SELECT id FROM digests WHERE name = 'Second roundup'").Scan(&id); err != nil {
		y.Fatal(err)
	}
	y.must("nia", "digest.rules", id, map[string][]string{"curator": {y.personOf("callum")}, "undecided": {"wait"}, "items": {"7"}})
	y.settle()
}
