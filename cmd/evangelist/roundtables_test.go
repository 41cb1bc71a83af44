package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/bot"
	"evangelist/bot/tables"
	"evangelist/storage/storagetest"
)

// From a rhythm to a learning, by what people type and press.
func TestRoundTablesFromRhythmToLearning(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) { tablesStory(openCouncil(t, url)) })
}

func tablesStory(c *council) {
	defer c.ticking()()
	for _, person := range []string{"leroy", "farida", "dewi", "grzegorz", "pauline", "crispin", "maureen", "ishbel"} {
		c.slash(person, "/evangelist join support")
	}
	if stranger := c.slash("colm", "/evangelist tables"); stranger.Form != nil || strings.Contains(words(stranger), "tables.plan") {
		c.Fatalf("a colleague sets round tables: %s", words(stranger))
	}
	c.fill(c.slash("colm", "/evangelist table wish"), map[string][]string{"part": {"yes"}, "format": {"coffee"}})
	c.says("kept apart", c.fill(c.slash("leroy", "/evangelist table apart"), map[string][]string{"person": {"farida"}}), "You and Farida Noorzai do not share a table")
	c.says("the list", c.slash("nia", "/evangelist tables pairs"), "Leroy", "Farida Noorzai", "one of them wishes it")
	if stranger := words(c.slash("farida", "/evangelist tables pairs")); strings.Contains(stranger, "Leroy") {
		c.Fatalf("a colleague reads the list: %s", stranger)
	}
	c.says("the rhythm", c.fill(c.slash("nia", "/evangelist tables"), map[string][]string{"rhythm": {"every 4 weeks on Thursday 12:00"}}), "for the first time on")
	draft := c.until(string(c.as("nia").Direct()), "Round tables: a draft", "tables.approve")
	c.says("the draft", card(draft), "people sit at", "(Housing", "!officer", "!team lead")
	c.says("home of a lead", c.home("nia"), "A draft of", "Open the draft")
	c.says("home of a member", c.home("dewi"), "The next tables are laid on", "!Open the draft")
	c.editTables(draft)
	c.playTables()
	if strings.Contains(c.log.String(), "ERROR") {
		c.Fatalf("something was logged as an error:\n%s", c.log)
	}
}

// home is a person's page as something to press on.
func (c *council) home(person string) playground.Answer {
	c.Helper()
	message, err := c.as(person).Home(c.ctx)
	if err != nil {
		c.Fatal(err)
	}
	return playground.Answer{Shown: &message}
}

// editTables has the lead break the seating and mend it again; somebody leaves.
func (c *council) editTables(draft playground.Message) {
	c.says("a move that is none", c.fillAnyway(c.press("nia", card(draft), "tables.move", ""), map[string][]string{"person": {"leroy"}, "table": {"99"}}), "")
	broken := c.fill(c.press("nia", card(draft), "tables.move", ""), map[string][]string{"person": {"leroy"}, "table": {"5"}})
	c.says("a table of one", broken, "not 3 to 6 people", "!tables.approve")
	c.says("it cannot go out", c.press("nia", card(draft), "tables.approve", ""), "cannot go out yet")
	plan := c.slash("nia", "/evangelist tables plan")
	c.press("nia", plan, "tables.again", "")
	c.says("seated anew", c.slash("nia", "/evangelist tables plan"), "!not 3 to 6 people", "tables.approve", "Pauline Stebbing")
	gone := true // as a directory says it
	if _, err := c.app.people.Record(c.ctx, []bot.AccountFact{{Account: c.ws.ID("pauline"), Inactive: &gone}}); err != nil {
		c.Fatal(err)
	}
	c.app.Wake()
	c.until(string(c.as("nia").Direct()), "The draft of round tables changed", "Pauline Stebbing cannot be seated any more")
	c.says("without her", c.slash("nia", "/evangelist tables plan"), "!Pauline", "!not 3 to 6 people", "tables.approve")
}

// playTables approves the draft and sits down.
func (c *council) playTables() {
	c.press("nia", c.slash("nia", "/evangelist tables plan"), "tables.now", "")
	c.press("nia", c.slash("nia", "/evangelist tables plan"), "tables.reopen", "")
	c.press("nia", c.slash("nia", "/evangelist tables plan"), "tables.now", "")
	c.later(2 * time.Minute)
	table, place := c.anywhere(bot.GroupChat, "You sit together this time", "To talk about", "tables.leave")
	names := map[string]string{"leroy": "Leroy", "farida": "Farida", "dewi": "Dewi", "grzegorz": "Grzegorz", "crispin": "Crispin", "maureen": "Maureen", "ishbel": "Ishbel", "colm": "Colm", "kwabena": "Kwabena", "sanjana": "Sanjana"}
	var at []string
	for person, name := range names {
		if strings.Contains(plain(*table.Body), name) {
			at = append(at, person)
		}
	}
	if len(at) < 2 || slices.Contains(at, "leroy") && slices.Contains(at, "farida") {
		c.Fatalf("at the table: %v", at)
	}
	slices.Sort(at)
	goes, stays := at[0], at[1]
	c.says("not this time", c.press(goes, card(table), "tables.leave", ""), "Not this time", "Come after all")
	c.says("again", c.press(goes, card(table), "tables.leave", ""), "Not this time")
	c.until(place, "You sit together this time", names[stays])
	if err := c.ws.WaitFor(c.ctx, func() bool {
		return !slices.ContainsFunc(c.ws.Messages(place), func(m playground.Message) bool { return strings.Contains(plain(*m.Body), names[goes]) })
	}); err != nil {
		c.Fatal("the card still names who cannot come")
	}
	c.says("somebody else presses", c.press("sunil", card(table), "tables.leave", ""), "not here, or not for you")
	c.says("another way", c.fill(c.press(stays, card(table), "tables.format", ""), map[string][]string{"format": {"thread"}}), "You meet in a thread")
	c.until(place, "You meet in a thread")
	c.says("home", c.home(stays), "You sit with", "Swap me")
	c.says("too early", c.press(stays, playground.Answer{Shown: &bot.Message{Blocks: []bot.Block{bot.Actions{Buttons: []bot.Button{{Command: "tables.notmet", Arg: c.outRound()}}}}}, Ref: table.Ref}, "tables.notmet", ""), "has only begun")
	c.pass(14*24*time.Hour, 4*time.Hour) // the weekly cap may put a question off
	c.tellTable(stays, goes)
}

// outRound is the id of the round that is out.
func (c *council) outRound() string {
	c.Helper()
	out, err := c.app.features.Tables.Stores.Rounds.List(c.ctx, tables.Out)
	if err != nil || len(out) != 1 {
		c.Fatalf("%d rounds are out, %v", len(out), err)
	}
	return out[0].ID
}

func (c *council) tellTable(stays, goes string) {
	direct := string(c.as(stays).Direct())
	asked := c.until(direct, "Did you meet?", "Less", "Never", "tables.answer")
	c.says("told", c.fill(c.press(stays, card(asked), "tables.answer", ""), map[string][]string{
		"met": {"met"}, "words": {"One list of contacts spares each of us an hour."}, "consent": {"name"},
	}), "Thank you", "/evangelist mine")
	c.until(direct, "Thank you for telling us")
	c.says("told again", c.press(stays, card(asked), "tables.notmet", ""), "told us already")
	c.says("the library", c.slash("leroy", "/evangelist learnings contacts"), "One list of contacts", "the round table of")
	for _, m := range c.ws.Messages(string(c.as(goes).Direct())) {
		if m.Body != nil && strings.Contains(plain(*m.Body), "Did you meet?") {
			c.Errorf("%s could not come and is asked", goes)
		}
	}
	c.pass(15*24*time.Hour, 12*time.Hour)
	c.says("late", c.press(stays, card(asked), "tables.notmet", ""), "has ended")
	next := c.slash("nia", "/evangelist tables plan")
	c.says("the next round", next, "pairs at a table", "!Another seating", "tables.approve", "!Pauline")
}

// anywhere waits for a message of the bot's with all the words, in a place of a
// kind.
func (c *council) anywhere(kind bot.PlaceKind, want ...string) (playground.Message, string) {
	c.Helper()
	var found playground.Message
	var where string
	err := c.ws.WaitFor(c.ctx, func() bool {
		for _, place := range c.ws.Places() {
			if place.Kind != kind {
				continue
			}
			for _, m := range c.ws.Messages(string(place.ID)) {
				if m.Ours && m.Body != nil && !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(plain(*m.Body), w) }) {
					found, where = m, string(place.ID)
					return true
				}
			}
		}
		return false
	})
	if err != nil {
		c.Fatalf("%v never appeared in a %s\n%s", want, kind, c.log)
	}
	return found, where
}
