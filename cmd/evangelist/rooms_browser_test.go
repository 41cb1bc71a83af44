package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// confirm answers the question behind a button with yes.
func (b *browser) confirm() {
	b.Helper()
	b.js("confirm", `const x = document.querySelector('form.dialog-acts button[name=confirmed]'); if (!x) return false; x.click(); return true;`)
}

// whole takes a picture of the whole page, at a width.
func (b *browser) whole(name string, width int64) {
	b.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.EmulateViewport(width, 900)); err != nil {
		b.Fatal(err)
	}
	b.js("it fits", `return document.documentElement.scrollWidth <= window.innerWidth;`)
	if b.shots == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(b.shots, name+".png"), picture, 0o600)
	}
	if err != nil {
		b.Errorf("picture %s: %v", name, err)
	}
}

// put puts everybody's forms away that were not opened on the page.
func (b *browser) put() {
	for _, person := range append([]string{"nia", "tamsin"}, guests...) {
		b.as(person).CloseForm()
	}
}

// pair takes pictures at the width of a desk and of a small phone.
func (b *browser) pair(name string) {
	b.Helper()
	b.whole(name+"-narrow", 320)
	b.whole(name, 1440)
}

// The rooms as people meet them: a round of tables from its draft to its
// conversation, and the decision about a pilot, by clicking.
func TestRoomsInTheBrowser(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	b := openBrowser(t, openCouncil(t, storagetest.SQLite(t)))
	defer b.ticking()()
	b.tables()
	b.pilots()
	b.be("nia", "Nia Prosser", "all-council")
	b.see("/report")
	b.js("read the report", `return document.querySelector('h1').innerText.includes('Report');`)
	b.pair("rooms-5-report")
}

func (b *browser) tables() {
	for _, person := range guests {
		b.council.fill(b.slash(person, "/evangelist join"), map[string][]string{"part": {"support"}})
	}
	b.put()
	b.be("nia", "Nia Prosser", "all-council")
	b.say("/evangelist tables")
	b.fill(map[string]string{"rhythm": "every 4 weeks on Thursday 12:00"})
	b.lastPage("h1")
	b.closeDialog()
	b.until(string(b.as("nia").Direct()), "Round tables: a draft")
	b.be("nia", "Nia Prosser", "direct-nia")
	b.js("see the draft", `const a = article('Round tables: a draft'); if (!a) return false; a.scrollIntoView(); return true;`)
	b.pair("rooms-1-draft")
	b.press("Round tables: a draft", "Send now")
	b.confirm()
	b.shows("Round tables: approved")
	b.later(2 * time.Minute)
	_, place := b.anywhere(bot.GroupChat, "You sit together this time", "tables.leave", "Dewi Cadwallader")
	room := bot.PlaceID(place).Native()
	b.be("dewi", "Dewi Cadwallader", room)
	b.shows("You sit together this time")
	b.pair("rooms-2-table")
	b.press("You sit together this time", "Not this time")
	b.shows("Not this time. That is fine")
	b.js("see it on the card of all", `const a = article('You sit together this time'); return a && !a.innerText.includes('Dewi');`)
	b.shot("rooms-2-left")
}

func (b *browser) pilots() {
	made := b.council.fill(b.slash("nia", "/evangelist pilot new"), map[string][]string{
		"title": {"Bin days on the phone menu"}, "scope": {"Two wards for four weeks"}, "audience": {"Residents of Eastfield and Millbrook"}, "benefit": {"An answer at once"},
	})
	reference := regexp.MustCompile(`P-[2-9A-Z]{4}`).FindString(words(made))
	b.council.fill(b.council.press("nia", b.slash("nia", "/evangelist goals"), "pilots.goal", "goal"), map[string][]string{"title": {"Fewer calls that a page could answer"}, "audience": {"Residents"}, "benefit": {"Time for those who need a person"}})
	goal, _ := button(b.slash("nia", "/evangelist goals").Shown, "pilots.goal", "-")
	b.put()
	b.be("nia", "Nia Prosser", "direct-nia")
	b.say("/evangelist pilot " + reference)
	b.shows("open before it can start")
	b.pair("rooms-3-pilot-draft")
	for _, step := range []struct {
		command string
		values  map[string][]string
	}{
		{"pilots.about", map[string][]string{"goal": {goal.Arg}}},
		{"pilots.bounds", map[string][]string{"cost": {"200 pounds"}, "ends": {"2026-12-09"}, "sponsor": {"tamsin"}}},
		{"pilots.measure", map[string][]string{"measure": {"Calls about bin days in a week"}, "aim": {"at most"}, "target": {"40"}}},
		{"pilots.preflight", map[string][]string{"guideline": {"yes"}, "clause": {"https://www.gov.uk/service-manual"}, "personal": {"no"}}},
	} {
		b.council.fill(b.council.press("nia", b.council.pilot("nia", reference), step.command, ""), step.values)
	}
	b.council.press("tamsin", b.council.pilot("tamsin", reference), "pilots.start", "")
	b.council.fill(b.council.press("tamsin", b.council.pilot("tamsin", reference), "pilots.reading", ""), map[string][]string{"value": {"31"}, "note": {"From the call log"}})
	b.put()
	b.be("tamsin", "Tamsin Arkell", "direct-tamsin")
	b.js("see the pilot", `return [...document.querySelectorAll('#conversation article')].some(a => a.innerText.includes('running until'));`)
	b.pair("rooms-3-pilot")
	b.council.pass(16*24*time.Hour, 24*time.Hour)
	b.until(string(b.as("tamsin").Direct()), "A decision for you")
	b.see("/playground/?place=direct-tamsin")
	b.js("see the question", `const a = article('A decision for you'); if (!a) return false; a.scrollIntoView(); return true;`)
	b.pair("rooms-4-decision")
	b.press("A decision for you", "Continue")
	b.fill(map[string]string{"reason": "Nobody misses the queue."})
	b.lastPage("h1")
	b.closeDialog()
	b.shows("Pilot " + reference + " is decided")
}
