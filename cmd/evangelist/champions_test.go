package main

import (
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// From a lead's question to the one briefing before the meeting, by what people type
// and press; and what becomes of it when the account ends.
func TestAChampionFromQuestionToBriefing(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) { championStory(openCouncil(t, url)) })
}

func championStory(c *council) {
	defer c.ticking()()
	if stranger := c.slash("leroy", "/evangelist champion"); stranger.Form != nil {
		c.Fatalf("a colleague names a champion: %s", words(stranger))
	}
	c.says("no page", c.slash("leroy", "/evangelist champion page"), "not here, or not for you")
	c.says("what could not be done", c.slash("nia", "/evangelist no A second van because none is left"), "A second van")
	meets := c.clock.Now().AddDate(0, 0, 21)
	c.says("named", c.fill(c.slash("nia", "/evangelist champion"), map[string][]string{
		"person": {"pauline"}, "body": {"Leadership team"}, "on": {meets.Format(time.DateOnly)},
	}), "Asked privately", "Pauline Stebbing")
	asked := c.until(string(c.as("pauline").Direct()), "Would you speak for what colleagues try?", "Leadership team", "Why you")
	c.says("somebody else presses", c.press("leroy", card(asked), "champions.accept", ""), "not here, or not for you")
	c.says("accepted", c.press("pauline", card(asked), "champions.accept", ""), "Thank you for speaking for us")
	page := c.until(string(c.as("pauline").Direct()), "Your page as a champion", "working days before")
	c.until(string(c.as("nia").Direct()), "Champion: Pauline Stebbing", "active since")
	c.fill(c.press("pauline", card(page), "champions.promise", ""), map[string][]string{"words": {"Ask for two more vans"}, "side": {"theirs"}})
	c.until(string(c.as("pauline").Direct()), "Your page as a champion", "Ask for two more vans") // the card is kept up to date
	c.until(string(c.as("nia").Direct()), "Champion: Pauline Stebbing", "Ask for two more vans")
	c.pass(14*24*time.Hour, 12*time.Hour)
	draft := c.until(string(c.as("nia").Direct()), "Briefing for Pauline Stebbing", "If you do nothing it goes", "A second van, because none is left", "champions.send")
	c.says("settled", c.press("nia", card(draft), "champions.send", ""), "It goes as it stands on")
	c.pass(2*24*time.Hour, 12*time.Hour)
	c.until(string(c.as("pauline").Direct()), "Before Leadership team on", "A second van, because none is left", "Ask for two more vans", "Why you")
	c.pass(6*24*time.Hour, 12*time.Hour)
	c.until(string(c.as("nia").Direct()), "What came of it, and when is the next one?")
	if n := c.count(string(c.as("pauline").Direct()), "Before Leadership team on"); n != 1 {
		c.Fatalf("%d briefings before one meeting", n)
	}
	gone := true // as a directory says it
	if _, err := c.app.people.Record(c.ctx, []bot.AccountFact{{Account: c.ws.ID("pauline"), Inactive: &gone}}); err != nil {
		c.Fatal(err)
	}
	c.app.Wake()
	c.until(string(c.as("nia").Direct()), "A champion less: account inactive", "Pauline Stebbing", "Name somebody else")
	c.says("the list", c.slash("nia", "/evangelist champions"), "Pauline Stebbing", "account inactive", "Nobody speaks for the programme")
	if strings.Contains(c.log.String(), "ERROR") {
		c.Fatalf("something was logged as an error:\n%s", c.log)
	}
}
