package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/playground"
	"evangelist/storage/storagetest"
)

// An idea without a name becomes a pilot: its author reads all of it with the
// private code, whoever supports it is told, and the verdict begins the answer.
func TestAnIdeaWithoutANameBecomesAPilot(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) { unnamedPilotStory(openCouncil(t, url)) })
}

func unnamedPilotStory(c *council) {
	defer c.ticking()()
	const wish = "Let the library van stop at the tram depot, whose people work when all is shut."
	read := func() playground.Answer { return c.slash("leroy", "/concern code") }
	code := codeIn(c, c.fill(c.slash("leroy", "/idea"), map[string][]string{"words": {wish}, "name": {"anonymous"}}))
	c.slash("nia", "/evangelist release")
	seen := c.until("reading-team", wish, "Make it a pilot")
	idea := regexp.MustCompile(`I-[2-9A-Z]{4}`).FindString(plain(*seen.Body))
	c.says("before there is a summary", c.slash("farida", "/idea board"), "!"+idea)
	c.fill(c.press("adaeze", card(seen), "voices.describe", ""), map[string][]string{"summary": {"The library van could stop where shifts end."}})
	c.says("a supporter", c.press("farida", c.slash("farida", "/idea board"), "voices.weigh", idea), "Your weight is with idea "+idea, "several colleagues")
	c.says("and another one", c.press("dewi", c.slash("dewi", "/idea board"), "voices.weigh", idea), "several colleagues")
	c.says("who thinks again", c.press("dewi", c.slash("dewi", "/idea board"), "voices.unweigh", idea), "not with idea")
	c.says("the board of a lead", c.slash("nia", "/idea board"), `"pilots.new","arg":"`+idea)
	c.says("a colleague presses", c.press("farida", card(seen), "pilots.new", idea), "That is for comms leads")

	c.fill(c.press("nia", c.slash("nia", "/evangelist goals"), "pilots.goal", "goal"), map[string][]string{"title": {"Books for everybody"}})
	goal, _ := button(c.slash("nia", "/evangelist goals").Shown, "pilots.goal", "-")
	made := c.fill(c.press("nia", card(c.until("reading-team", wish, "Support")), "pilots.new", idea), map[string][]string{
		"title": {"The van at the depot"}, "scope": {"Four Fridays"}, "goal": {goal.Arg},
	})
	pilot := regexp.MustCompile(`P-[2-9A-Z]{4}`).FindString(words(made))
	c.until(string(c.as("farida").Direct()), "Idea "+idea+" becomes a pilot", pilot, "you added your weight")
	c.until("reading-team", wish, "A pilot came of it, "+pilot, "The van at the depot, a draft")
	if seen = c.until("reading-team", wish, pilot); strings.Contains(plain(*seen.Body), "Make it a pilot") {
		c.Errorf("the card of what is a pilot: %s", plain(*seen.Body))
	}
	c.says("the author", c.fill(read(), map[string][]string{"code": {code}}), "A pilot came of it, "+pilot, "24 November 2026")
	c.says("a draft is not for all", c.slash("farida", "/idea board"), idea, "!"+pilot, "!pilots.new")
	c.says("but for leads", c.slash("nia", "/idea board"), idea, pilot, `!"pilots.new","arg":"`+idea)

	c.fill(c.press("nia", c.pilot("nia", pilot), "pilots.bounds", ""), map[string][]string{"cost": {"nothing"}, "starts": {"2026-11-25"}, "ends": {"2026-12-09"}, "sponsor": {"tamsin"}})
	c.fill(c.press("nia", c.pilot("nia", pilot), "pilots.measure", ""), map[string][]string{"measure": {"People at the van"}, "aim": {"at least"}, "target": {"20"}})
	c.fill(c.press("nia", c.pilot("nia", pilot), "pilots.about", ""), map[string][]string{"audience": {"Drivers"}, "benefit": {"Books"}})
	c.fill(c.press("tamsin", c.pilot("tamsin", pilot), "pilots.preflight", ""), map[string][]string{"guideline": {"yes"}, "clause": {"4.2"}, "personal": {"no"}})
	c.press("tamsin", c.pilot("tamsin", pilot), "pilots.start", "")
	c.until("reading-team", wish, "has started. It runs until 9 December 2026", "running until 9 December 2026")
	c.says("the author", c.fill(read(), map[string][]string{"code": {code}}), "has started. It runs until 9 December 2026")
	c.says("everybody", c.slash("farida", "/idea board"), pilot, "running until 9 December 2026")
	c.press("tamsin", c.pilot("tamsin", pilot), "pilots.finish", "")
	c.fill(c.press("tamsin", c.pilot("tamsin", pilot), "pilots.decide", ""), map[string][]string{"choice": {"scale"}, "reason": {"the drivers brought their children"}})
	c.until(string(c.as("farida").Direct()), "Idea "+idea+" was tried", "the drivers brought their children")
	closing := c.until("reading-team", wish, "is decided: scale", "voices.answer")
	c.says("the author", c.fill(read(), map[string][]string{"code": {code}}), "is with the reading team", "because the drivers brought their children")
	answer := c.press("adaeze", card(closing), "voices.answer", "")
	if answer.Form == nil || !strings.Contains(strings.Join(answer.Form.Form.Fields[0].Value, ""), "because the drivers brought their children") {
		c.Fatalf("the answer does not begin with the verdict: %+v", answer.Form)
	}
	c.fill(answer, map[string][]string{"answer": {"We tried it, and the van comes every Friday from now on."}})
	c.says("the author", c.fill(read(), map[string][]string{"code": {code}}), "is answered", "every Friday from now on")
	c.later(time.Minute)
	c.settled()
	for _, person := range []string{"leroy", "dewi"} {
		for _, m := range c.ws.Messages(string(c.as(person).Direct())) {
			if m.Ours && m.Body != nil && strings.Contains(plain(*m.Body), idea) {
				c.Errorf("%s is written to: %s", person, plain(*m.Body))
			}
		}
	}
	if strings.Contains(c.log.String(), "ERROR") {
		c.Fatalf("something was logged as an error:\n%s", c.log)
	}
}

// An edition says when the next round tables are laid.
func TestAnEditionTellsOfRoundTables(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	c := openCouncil(t, storagetest.SQLite(t))
	defer c.ticking()()
	c.says("none is planned", c.slash("nia", "/digest preview"), "!round tables are laid")
	c.fill(c.slash("nia", "/evangelist tables"), map[string][]string{"rhythm": {"every 4 weeks on Thursday 12:00"}})
	c.later(time.Minute)
	c.says("the date, and how to join", c.slash("nia", "/digest preview"), "Around the house", "The next round tables are laid on", "/evangelist table wish")
}
