package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/bot/roster"
	"evangelist/storage/storagetest"
)

// connectRooms are the rooms whose cards and forms are drawn here.
var connectRooms = map[string]bool{"network": true, "requests": true, "roster": true, "champions": true, "library": true, "primer": true, "mandates": true, "report": true}

// villagers is how many people there are of the longest names: who is invited, asked, named and appointed.
const villagers = 40

// does is what nobody does faster.
func (y *drawnRooms) does(person, command, arg string, values map[string][]string) {
	y.Helper()
	y.clock.add(4 * time.Second)
	y.must(person, command, arg, values)
}

// fillConnect leads everything in Connect as far as it has something to show, with
// people of the longest names and the longest words that are taken.
func (y *drawnRooms) fillConnect() {
	y.Helper()
	for n := range villagers {
		err := y.ws.AddPerson(playground.Account{Native: fmt.Sprint("crowd", n), Name: fmt.Sprintf("%d %s", n, longest(90, "&")), Department: fmt.Sprintf("%d %s", n%4, longest(66, "<")), Level: fmt.Sprint(n%3, longest(50, "&"))})
		if err != nil {
			y.Fatal(err)
		}
	}
	if _, err := y.app.people.Record(y.ctx, y.ws.Accounts()); err != nil {
		y.Fatal(err)
	}
	y.settle()
	y.does("nia", "network.call", "", values("place", string(y.ws.PlaceID("front-line")), "text", longest(500, "<")))
	for n := range villagers { // whole departments have nobody
		if n%4 < 3 {
			y.does(fmt.Sprint("crowd", n), "network.join", "", values("part", []string{"lead", "support"}[n/4%2]))
		}
	}
	for n := range villagers {
		if n%4 == 3 {
			y.does("nia", "roster.invite", "", values("person", y.personOf(fmt.Sprint("crowd", n)), "part", "lead", "reason", longest(600, "<")))
		}
	}
	for n := range 3 {
		office := roster.OfficeID(fmt.Sprintf("%d %s", n, longest(66, "<")))
		y.does("nia", "roster.representative", "", values("department", office, "which", "representative", "person", y.personOf(fmt.Sprint("crowd", n))))
		y.does("nia", "roster.representative", "", values("department", office, "which", "deputy", "person", y.personOf(fmt.Sprint("crowd", n+4))))
	}
	for n := range 14 {
		y.does("crowd1", "roster.decided", "", values("words", longest(500, "<"), "owner", y.personOf("crowd2"), "due", fmt.Sprintf("2026-12-%02d", n+10)))
		y.does("crowd1", "library.example", "", values("address", "https://example.org/"+strings.Repeat(fmt.Sprint(n), 90), "who", longest(200, "&"), "job", longest(200, "<"), "came", longest(1000, "&"), "name", "name"))
	}
	y.does("nia", "network.ask", "", values("text", longest(180, "<"), "rhythm", "every second Thursday 14:00"))
	y.does("nia", "network.ask.now", "", nil)
	y.pass(time.Minute)
	for n := range villagers {
		if n%4 < 3 {
			y.does(fmt.Sprint("crowd", n), "network.answer", "", values("words", longest(600, "<"), "kind", []string{"need", "learned"}[n/4%2], "consent", "name"))
		}
	}
	y.settle()
	y.fillPapers()
}

// fillPapers are the champion with a briefing, the report, the letter and what was
// asked for.
func (y *drawnRooms) fillPapers() {
	y.Helper()
	champion := y.personOf("crowd9")
	for n := range 12 {
		y.does("nia", "impact.refused", "", values("words", fmt.Sprint(n, longest(150, "&")), "reason", longest(290, "<")))
	}
	y.does("nia", "champions.name", "", values("person", champion, "body", longest(80, "&"), "on", "2026-12-10"))
	y.does("crowd9", "champions.accept", champion, nil)
	for n := range 40 {
		y.does("nia", "champions.promise", champion, values("words", fmt.Sprint(n, longest(280, "<")), "side", []string{"ours", "theirs"}[n%2], "due", "2026-12-20"))
	}
	y.does("nia", "report.schedule", "", values("when", "first Tuesday of the month 09:00", "lead", y.personOf("nia"), "place", string(y.ws.PlaceID("front-line"))))
	y.does("nia", "primer.enrol", "", values("who", champion, "change", "enrol"))
	for n := range 20 {
		y.does("nia", "primer.word", "", values("word", fmt.Sprint(n, longest(50, "&")), "says", longest(290, "<")))
	}
	for range 12 {
		y.does("crowd1", "mandates.resource", "", values("what", longest(200, "<"), "for", longest(400, "&"), "cost", longest(200, "<"), "by", "2026-12-20"))
	}
	y.does("crowd1", "mandates.mine", "", map[string][]string{"time": {"half-day"}, "freedoms": {"talk", "write", "meet", "try", "learn", "tell"}, "words": {longest(400, "<")}, "signer": {champion}})
	y.settle()
	y.pass(7 * 24 * time.Hour)
	y.pass(3 * 24 * time.Hour)
	issue := y.list("SELECT id FROM report_issues")[0]
	for _, section := range []string{"shared", "heard", "changed", "tried", "learned"} {
		y.do("nia", "report.words", issue, values("introduction", longest(500, "<"), "section", section, "note", longest(200, "&")))
	}
	draft := champion + "/1"
	var text strings.Builder
	for n := range 8 { // as long as one may be
		fmt.Fprintf(&text, "%d %s\n- %d %s\n", n, longest(50, "&"), n, longest(296, "<"))
	}
	y.does("nia", "champions.edit", draft, values("text", text.String()))
	letter := y.list("SELECT id FROM mandates")[0]
	y.does("crowd9", "mandates.return", letter, values("question", longest(400, "<")))
	y.drawAll()
	y.does("crowd1", "mandates.change", letter, map[string][]string{"time": {"half-day"}, "freedoms": {"talk", "write", "meet", "try", "learn", "tell"}, "words": {longest(399, "<")}, "signer": {champion}})
	y.does("crowd9", "mandates.sign", letter+"/2", nil)
	y.does("nia", "report.approve", issue, nil)
	y.pass(3 * time.Minute)
	y.does("crowd9", "report.wrong", issue, values("words", longest(500, "<")))
	for n, id := range y.list("SELECT id FROM network_requests") {
		if n%3 != 0 {
			y.does("nia", "network.request.take", id, values("due", "2026-12-20"))
		}
		if n%3 == 2 {
			y.does("nia", "network.request.close", id, values("outcome", "refused", "reason", longest(500, "<")))
		}
	}
	for n, id := range y.list("SELECT id FROM mandate_resources") {
		if n > 8 {
			y.does("nia", "mandates.decide", id, values("outcome", "partly", "reason", longest(400, "<")))
		}
	}
	y.settle()
	y.drawAll()
	y.pass(4 * 24 * time.Hour)
	y.drawAll()
}

// drawAll draws everything of these rooms that there is to see at the moment, for
// those whom it is for, on Slack and Teams.
func (y *drawnRooms) drawAll() {
	y.Helper()
	champion := y.personOf("crowd9")
	args := []string{"", champion, champion + "/1", y.personOf("crowd3") + "/1", roster.OfficeID("1 " + longest(66, "<")), "readiness", "1"}
	for _, table := range []string{"network_requests", "learnings", "roster_decisions", "library_examples", "mandates", "mandate_resources"} {
		args = append(args, y.list("SELECT id FROM " + table + " ORDER BY id")[:1]...)
	}
	args = append(args, y.list("SELECT id FROM champion_promises")[0])
	args = append(args, y.list("SELECT '' UNION ALL SELECT max(round_id || '/' || person_id) FROM network_asks WHERE person_id = '"+champion+"' GROUP BY person_id")...)
	if issues := y.list("SELECT '' UNION ALL SELECT id FROM report_issues"); len(issues) > 1 {
		args = append(args, issues[1])
	}
	for _, person := range []string{"nia", "crowd1", "crowd9"} {
		for _, command := range y.app.router.Commands() {
			room, _, _ := strings.Cut(command.Name, ".")
			if !connectRooms[room] || command.Form == nil && command.Phrases == nil && !harmless[command.Name] || command.Name == "network.ask.now" || command.Name == "network.leave" || command.Name == "roster.stepdown" || strings.HasPrefix(command.Name, "primer.begin") || command.Name == "primer.stop" {
				continue // it would change something
			}
			for _, arg := range args {
				if arg != "" && command.Phrases != nil && command.Form == nil {
					continue // it takes none
				}
				y.clock.add(4 * time.Second)
				y.fits(person+"'s "+command.Name, y.do(person, command.Name, arg, nil))
			}
		}
		if page, err := y.as(person).Home(y.ctx); err != nil {
			y.Fatal(err)
		} else {
			y.fits(person+"'s page", bot.Say{Message: page})
		}
	}
	for _, kind := range y.list("SELECT DISTINCT view_kind || ' ' || view_id FROM deliveries WHERE view_kind IS NOT NULL AND view_kind <> ''") {
		name, id, _ := strings.Cut(kind, " ")
		message, _, err := y.app.router.View(context.WithoutCancel(y.ctx), bot.View{Kind: name, ID: id})
		if err != nil {
			y.Fatalf("%s: %v", kind, err)
		}
		y.fits("the card "+name, bot.Say{Message: message})
	}
	for _, person := range []string{"nia", "crowd1", "crowd2", "crowd9", "crowd3"} {
		for _, m := range y.ws.Messages(string(y.as(person).Direct())) {
			if m.Ours && m.Body != nil {
				y.fits("what "+person+" was sent", bot.Say{Message: *m.Body})
			}
		}
	}
}

// harmless are the commands behind buttons that show something and change nothing.
var harmless = map[string]bool{
	"network.request": true, "roster.news": true, "champions.page": true, "champions.draft": true, "library.show": true,
	"mandates.review": true, "report.desk": true, "report.open": true,
}

// Every card and form of Connect can be shown on Slack and on Teams, with the
// longest words that are taken.
func TestRoomsOfConnectFitSlackAndTeams(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	drawn := drawnRooms{yard: openYard(t, storagetest.SQLite(t)), seen: map[string]bool{}}
	drawn.fillConnect()
	t.Logf("%d messages and %d forms were drawn, of at most %d and %d parts", drawn.messages, drawn.forms, drawn.slack, drawn.teams)
	if drawn.messages < 100 || drawn.forms < 30 {
		t.Error("there are more to draw")
	}
	drawn.whole()
}

// The cards of Connect as people meet them: an invitation, a champion's card, the
// report's draft and a letter, by clicking.
func TestRoomsOfConnectInTheBrowser(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := openBrowser(t, openCouncil(t, storagetest.SQLite(t)))
	defer b.ticking()()
	opened := func(person, name, words, picture string) {
		b.until(string(b.as(person).Direct()), words)
		b.as(person).CloseForm()
		b.be(person, name, "direct-"+person)
		b.js("see "+words, `const a = article(`+quoted(words)+`); if (!a) return false; a.scrollIntoView(); return true;`)
		b.pair(picture)
	}
	b.be("nia", "Nia Prosser", "all-council")
	b.say("/evangelist coverage")
	b.shows("Departments and levels")
	b.pair("connect-1-coverage")
	b.press("Departments and levels", "Invite a colleague")
	b.js("see the form", `return !!document.querySelector('dialog form.form');`)
	b.shot("connect-2-invite")
	b.as("nia").CloseForm()
	b.council.fill(b.slash("nia", "/evangelist invite"), values("person", "tamsin", "reason", because))
	opened("tamsin", "Tamsin Arkell", "Would you like to lead in", "connect-3-invitation")
	b.press("Would you like to lead in", "Accept")
	b.shows("You lead in Waste & Recycling now")
	b.council.fill(b.slash("nia", "/evangelist champion"), values("person", "honor", "body", "the leadership team", "on", "2026-12-10"))
	opened("honor", "Honor Castellane", "Would you speak for what colleagues try?", "connect-4-question")
	b.press("Would you speak for what colleagues try?", "I am glad to")
	opened("honor", "Honor Castellane", "Your page as a champion", "connect-4-champion")
	b.council.fill(b.slash("nia", "/evangelist report schedule"), values("place", "front-line"))
	b.council.pass(9*24*time.Hour, 24*time.Hour)
	opened("nia", "Nia Prosser", ": a draft", "connect-5-report")
	b.press(": a draft", "Edit words")
	b.js("see the words", `return !!document.querySelector('dialog form.form');`)
	b.shot("connect-5-words")
	b.as("nia").CloseForm()
	opened("nia", "Nia Prosser", "Briefing for Honor Castellane", "connect-6-briefing")
	b.council.fill(b.slash("nia", "/evangelist primer enrol"), values("who", "gillian"))
	opened("gillian", "Gillian Frobisher", "Lesson 1 of ", "connect-7-lesson")
	b.council.fill(b.slash("sanjana", "/evangelist mandate"), values("words", "For the letters that nobody understands."))
	b.until(string(b.as("nia").Direct()), "A letter to sign")
	b.be("nia", "Nia Prosser", "direct-nia")
	b.press("A letter to sign", "Sign it")
	b.confirm()
	opened("sanjana", "Sanjana Thakrar", "Your letter is signed", "connect-8-letter")
	b.be("nia", "Nia Prosser", "all-council")
	b.see("/desk")
	b.js("read the desk", `return !!document.querySelector('h1');`)
	b.pair("connect-9-desk")
}
