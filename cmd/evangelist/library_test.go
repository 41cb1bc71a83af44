package main

import (
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// From an example that a colleague keeps to an edition that tells it again, by what
// people type and press.
func TestWhatWorkedIsToldAgain(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	storagetest.EachURL(t, func(t *testing.T, url string) { toldAgain(openCouncil(t, url)) })
}

func toldAgain(c *council) {
	defer c.ticking()()
	c.fill(c.slash("leroy", "/evangelist example https://example.org/bins"), map[string][]string{
		"who": {"Another council"}, "job": {"Answering calls about bins"}, "came": {"A third fewer calls in three months."}, "name": {"name"}})
	c.says("found", c.slash("dewi", "/evangelist worked BINS"), "Another council: Answering calls about bins", "kept by Leroy", "/worked/")
	c.says("nobody's to tell", c.slash("dewi", "/evangelist told bins"), "Nothing that you may note this for has these words")
	c.says("told", c.fill(c.slash("leroy", "/evangelist told bins"), map[string][]string{"whom": {"The front desk, in the morning"}}), "The front desk, in the morning")
	pilot := c.fill(c.slash("nia", "/evangelist pilot new"), map[string][]string{"title": {"Bin days on the phone menu"}, "scope": {"Fewer calls in two wards"}})
	form := c.press("nia", pilot, "pilots.preflight", "").Form
	if form == nil || !strings.Contains(plain(bot.Message{Blocks: form.Form.Intro}), "Another council: Answering calls about bins") {
		c.Fatalf("a pilot that is prepared is not offered the example: %+v", form)
	}
	c.later(100 * 24 * time.Hour)
	asked := c.until(string(c.as("nia").Direct()), "Worth telling again?", "A third fewer calls", "The front desk", "Why you")
	c.says("chosen", c.fill(c.press("nia", card(asked), "library.edition", ""), map[string][]string{"fresh": {"By now it is half of them."}}), "chosen", "By now it is half of them.")
	c.later(time.Minute)
	preview := words(c.slash("nia", "/digest preview"))
	for _, want := range []string{"Worth telling again", "Another council: Answering calls about bins", "By now it is half of them.", "kept by Leroy"} {
		if !strings.Contains(preview, want) {
			c.Errorf("the next draft lacks %q: %s", want, preview)
		}
	}
	c.slash("nia", "/digest publish")
	c.later(3 * time.Minute)
	c.until("all-council", "By now it is half of them.")
	c.later(time.Minute)
	c.settled()
	if preview := words(c.slash("nia", "/digest preview")); strings.Contains(preview, "By now it is half of them.") {
		c.Error("what was told again is offered once more")
	}
	c.says("nothing waits", c.slash("nia", "/evangelist retell"), "Nothing is proposed")
	c.says("it is a telling", c.slash("dewi", "/evangelist worked roundup"), "Another council: Answering calls about bins")
	if strings.Contains(c.log.String(), "ERROR") {
		c.Fatalf("something was logged as an error:\n%s", c.log)
	}
}
