package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/blockkit/limits"
	"evangelist/adapters/teams/cards"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// drawnRooms is a yard all of whose cards and forms are drawn for Slack and Teams.
type drawnRooms struct {
	*yard
	seen            map[string]bool
	messages, forms int
	slack, teams    int // the most parts that a message has become
}

// longest is a text of n characters, each of which a surface writes as several.
func longest(n int, sign string) string {
	return strings.TrimSpace(strings.Repeat("Word"+sign+" ", n/5+1)[:n])
}

// crowdTables fills the workspace with people of the longest names, seats them,
// and leads two pilots of the longest words to their stories.
func (y *drawnRooms) crowdTables() (args []string) {
	y.Helper()
	for n := range 40 {
		native := fmt.Sprint("crowd", n)
		err := y.ws.AddPerson(playground.Account{Native: native, Name: fmt.Sprintf("%d %s", n, longest(90, "&")), Department: fmt.Sprintf("%d %s", n%7, longest(70, "<")), Level: "officer"})
		if err != nil {
			y.Fatal(err)
		}
	}
	if _, err := y.app.people.Record(y.ctx, y.ws.Accounts()); err != nil {
		y.Fatal(err)
	}
	y.settle()
	var join []string
	for n := range 40 {
		join = append(join, fmt.Sprint("crowd", n))
	}
	for _, person := range append(join, "farida") {
		y.must(person, "network.join", "", map[string][]string{"part": {"support"}})
	}
	y.must("farida", "tables.apart", "", map[string][]string{"person": {y.personOf("crowd1")}, "apart": {"apart"}})
	for n := range 12 {
		y.must("nia", "tables.pair", "", map[string][]string{"one": {y.personOf(fmt.Sprint("crowd", n))}, "other": {y.personOf(fmt.Sprint("crowd", n+20))}, "apart": {"apart"}})
	}
	y.must("nia", "tables.plan", "", nil)
	y.look(y.list("SELECT id FROM table_rounds WHERE state = 'drafted'")...)
	y.must("nia", "tables.now", y.list("SELECT id FROM table_rounds")[0], nil)
	y.look(y.list("SELECT id FROM table_rounds")...)
	y.pass(2 * time.Minute)
	y.look(y.list("SELECT id FROM table_rounds")...)
	y.pass(8 * 24 * time.Hour)
	y.must("nia", "tables.plan", "", nil)
	return append(y.list("SELECT id FROM table_rounds"), y.tryLongest()...)
}

// tryLongest makes the pilots.
func (y *drawnRooms) tryLongest() (args []string) {
	y.Helper()
	is := func(pairs ...string) map[string][]string {
		values := map[string][]string{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = []string{pairs[i+1]}
		}
		return values
	}
	line, text := longest(200, "&"), longest(600, "<")
	for n := range 12 {
		y.must("nia", "pilots.goal", []string{"purpose", "objective", "goal"}[n%3], is("title", fmt.Sprint(n, longest(110, "&")), "audience", line, "benefit", line))
	}
	goal := y.list("SELECT id FROM goals")[0]
	for n := range 14 {
		y.must("nia", "pilots.new", "", is("title", fmt.Sprintf("%02d %s", n, longest(116, "&")), "scope", text, "audience", line, "benefit", line, "goal", goal))
	}
	ids := y.list("SELECT id FROM pilots ORDER BY title")
	for n, id := range ids[:3] {
		y.must("nia", "pilots.bounds", id, is("cost", line, "ends", "2027-03-20", "sponsor", y.personOf("farida")))
		y.must("farida", "pilots.measure", id, is("measure", line, "aim", "at most", "target", "-1000000000000"))
		y.must("farida", "pilots.preflight", id, is("guideline", "yes", "clause", line, "personal", "yes", "safeguards", line, "elsewhere", "https://example.org/"+strings.Repeat("x", 170)))
		for member := range 12 {
			y.must("farida", "pilots.member", id, is("who", y.personOf(fmt.Sprint("crowd", member)), "change", "in"))
		}
		y.must("farida", "pilots.start", id, nil)
		for week := range 7 {
			y.pass(7 * 24 * time.Hour)
			y.do("farida", "pilots.checkin", id, is("words", line))
			y.must("farida", "pilots.reading", id, is("value", "1000000000000", "note", line))
			if week < 5 {
				y.must("farida", "pilots.measure", id, is("measure", line, "aim", "at least", "target", fmt.Sprint(week+1), "why", line))
			}
			if n > 0 {
				break
			}
		}
		y.must("farida", "pilots.survey", id, is("question", line, "place", string(y.ws.PlaceID("front-line"))))
		y.look(id)
		y.must("farida", "pilots.finish", id, nil)
		y.look(id)
		if n < 2 {
			y.must("farida", "pilots.decide", id, is("choice", "scale", "reason", text))
			story := y.list("SELECT id FROM stories WHERE pilot_id = '" + id + "'")[0]
			for member := range 12 {
				y.must(fmt.Sprint("crowd", member), "pilots.story.named", story, nil)
			}
			y.must("farida", "pilots.story.telling", story, is("whom", line))
			y.look(id, story)
			y.must("farida", "pilots.story.edit", story, is("title", longest(118, "&"), "words", longest(2990, "<")))
			y.must("farida", "pilots.story.offer", story, nil)
			args = append(args, story)
		}
	}
	return append(args, append(ids[:4:4], goal)...)
}

// look draws everything that there is to see about some objects, for those whom
// it is for, on Slack and Teams, within their limits.
func (y *drawnRooms) look(args ...string) {
	y.Helper()
	for _, person := range []string{"nia", "farida", "crowd1", "leroy"} {
		for _, command := range y.app.router.Commands() {
			room, _, _ := strings.Cut(command.Name, ".")
			if room != "pilots" && room != "tables" && room != "impact" {
				continue
			}
			for _, arg := range append(args, "") {
				if command.Form == nil && command.Phrases == nil && command.Name != "pilots.story" {
					continue // it would change something
				}
				if arg != "" && strings.HasPrefix(arg, "now-") != (room == "tables") {
					continue // of another room
				}
				y.clock.add(4 * time.Second)
				reply := y.do(person, command.Name, arg, nil)
				y.fits(person+"'s "+command.Name, reply)
			}
		}
		if page, err := y.as(person).Home(y.ctx); err != nil {
			y.Fatal(err)
		} else {
			y.fits(person+"'s page", bot.Say{Message: page})
		}
	}
	for _, kind := range y.list("SELECT DISTINCT view_kind || ' ' || view_id FROM deliveries WHERE view_kind LIKE 'pilot%' OR view_kind LIKE 'tables%'") {
		name, id, _ := strings.Cut(kind, " ")
		message, _, err := y.app.router.View(context.WithoutCancel(y.ctx), bot.View{Kind: name, ID: id})
		if err != nil {
			y.Fatalf("%s: %v", kind, err)
		}
		y.fits("the card "+kind, bot.Say{Message: message})
	}
}

// fits draws a reply on both platforms.
func (y *drawnRooms) fits(what string, reply bot.Reply) {
	y.Helper()
	said := shows(reply)
	if form, is := reply.(bot.Ask); is {
		said = strings.ReplaceAll(said, form.Form.Nonce, "")
	}
	if y.seen[said] {
		return
	}
	y.seen[said] = true
	switch r := reply.(type) {
	case bot.Ask:
		y.forms++
		y.formFits(what, r.Form)
	case bot.Say:
		y.messageFits(what, r.Message)
	case bot.Done:
		y.messageFits(what, r.Message)
	}
}

var onSlack, onTeams = blockkit.Options{BaseURL: "https://evangelist.example"}, cards.Renderer{Base: "https://evangelist.example"}

func (y *drawnRooms) slackTakes(what string, surface limits.Surface, payload []byte, err error) {
	y.Helper()
	if err != nil {
		y.Errorf("%s cannot be drawn as a %s on Slack: %v", what, surface, err)
		return
	}
	for _, problem := range limits.Check(surface, payload) {
		y.Errorf("%s as a %s on Slack: %v", what, surface, problem)
	}
}

func (y *drawnRooms) teamsTakes(what string, card json.RawMessage, err error) {
	y.Helper()
	if err == nil {
		err = cards.Check(card)
	}
	if err != nil || len(card) > cards.MaxBytes {
		y.Errorf("%s on Teams: %d bytes, %v", what, len(card), err)
	}
}

func (y *drawnRooms) formFits(what string, form bot.Form) {
	y.Helper()
	view, err := blockkit.Modal(form, "{}", onSlack)
	y.slackTakes(what, limits.Modal, view, err)
	task, err := onTeams.Dialog(form, cards.Filling{})
	y.teamsTakes(what, task.Card.Content, err)
	if n := len([]rune(form.Title)); n > 24 || len(form.Fields) > 5 {
		y.Errorf("%s: the title has %d characters, and there are %d fields", what, n, len(form.Fields))
	}
}

func (y *drawnRooms) messageFits(what string, message bot.Message) {
	y.Helper()
	parts, err := blockkit.Message(message, onSlack)
	if err != nil {
		y.Errorf("%s cannot be drawn on Slack: %v", what, err)
	}
	y.messages, y.slack = y.messages+1, max(y.slack, len(parts))
	for _, part := range parts {
		y.slackTakes(what, limits.Message, part.Payload, nil)
	}
	view, err := blockkit.Page(message, "{}", onSlack)
	y.slackTakes(what, limits.Modal, view, err)
	view, err = blockkit.Home(message, onSlack)
	y.slackTakes(what, limits.Home, view, err)
	sent, err := onTeams.Render(message)
	if err != nil {
		y.Errorf("%s cannot be drawn on Teams: %v", what, err)
	}
	y.teams = max(y.teams, len(sent))
	for _, part := range sent {
		post, err := cards.Resolve(part.Payload, nil)
		y.teamsTakes(what, post.Card, err)
	}
	task, err := onTeams.Page("A page", message)
	y.teamsTakes(what+", in a dialog,", task.Card.Content, err)
}

// Every card and form about round tables, pilots and the report can be shown on
// Slack and on Teams, with the longest words that are taken.
func TestRoomsFitSlackAndTeams(t *testing.T) {
	t.Parallel()
	storagetest.LeaveToPlainRun(t)
	y := openYard(t, storagetest.SQLite(t))
	drawn := drawnRooms{yard: y, seen: map[string]bool{}}
	drawn.look(drawn.crowdTables()...)
	t.Logf("%d messages and %d forms were drawn, of at most %d and %d parts", drawn.messages, drawn.forms, drawn.slack, drawn.teams)
	if drawn.messages < 60 || drawn.forms < 20 {
		t.Error("there are more to draw")
	}
	y.whole()
}
