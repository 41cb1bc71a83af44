package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/bot/impact"
)

// Many of one kind fold: four are shown, the rest is behind a line.
func TestManyOfOneKindFold(t *testing.T) {
	n := 5
	w := newWorld(t, func(c *web.Config) {
		c.Matters = func(context.Context, bot.Actor) ([]bot.Matter, error) {
			var all []bot.Matter
			for i := range n {
				all = append(all, bot.Matter{Kind: "Departments", What: bot.T(fmt.Sprintf("Nobody in department %d", i))})
			}
			return all, nil
		}
	})
	w.as = lead
	w.visitor().get("/desk").want(t, 200, "department 4").without(t, "<details")
	n = 7
	page := w.visitor().get("/desk").want(t, 200, "3 more", "department 6").body
	if strings.Index(page, "department 3") > strings.Index(page, "<details") || strings.Index(page, "department 4") < strings.Index(page, "<details") {
		t.Error("the fold is not after the fourth")
	}
}

// What waits stands on the desk: past its day first, the rest under its heading;
// each for whom it is, and for nobody else.
func TestTheDeskListsWhatWaits(t *testing.T) {
	w := newWorld(t, func(c *web.Config) {
		c.Matters = func(_ context.Context, actor bot.Actor) ([]bot.Matter, error) {
			now := time.Date(2026, 11, 27, 8, 30, 0, 0, time.UTC)
			all := []bot.Matter{
				{Kind: "Requests", What: bot.T("A bigger <van>"), Since: now.AddDate(0, 0, -20), Due: now.AddDate(0, 0, -1), Do: &bot.Button{Command: "test.form", Arg: "r1", Label: "Answer"}},
				{Kind: "Pilots", What: bot.T("Bin days: waits for its decision"), Since: now.AddDate(0, 0, -2), Due: now.AddDate(0, 0, 5), Page: "/report"},
				{Kind: "Requests", What: bot.T("Somebody to take photos"), Due: now.AddDate(0, 0, 9)},
			}
			if actor.Has(bot.Lead) {
				return all, nil
			}
			if actor.Person == "colleague" {
				return all[1:2], nil
			}
			return nil, nil
		}
		c.Courses = func(_ context.Context, actor bot.Actor) ([]impact.Course, error) {
			if !actor.Has(bot.Lead) {
				return nil, nil
			}
			return []impact.Course{{Title: "Links", Definition: "links which were shared"}}, nil
		}
	})
	w.as = lead
	page := w.visitor().get("/desk").want(t, 200, "Past its day", "A bigger &lt;van&gt;", "since 7 November 2026, until 26 November 2026", `value="test.form"`, `value="r1"`,
		`<h2 id="waits-0">Pilots</h2>`, `href="/report"`, "since 25 November 2026, until 2 December 2026", `<h2 id="waits-1">Requests</h2>`, "until 6 December 2026", "<h3>Links</h3>", "Links, month by month: links which were shared")
	late, pilots, photos := strings.Index(page.body, "A bigger"), strings.Index(page.body, "Bin days"), strings.Index(page.body, "Somebody to take")
	if late > pilots || pilots > photos {
		t.Errorf("what is due first does not stand first: %d, %d, %d", late, pilots, photos)
	}
	// A colleague for whom something waits has a desk, with that alone.
	w.as = colleague
	w.visitor().get("/desk").want(t, 200, "Bin days").without(t, "Past its day", "bigger", "photos", "Links", "Editions", "How it goes")
	// Whoever has nothing has none.
	w.as = stranger
	w.visitor().get("/desk").without(t, "Bin days")
	w.clock.forward(8 * 24 * time.Hour)
	w.as = lead
	w.visitor().get("/desk").want(t, 200, "Past its day", "Bin days").without(t, `<h2 id="waits-0">Pilots</h2>`)
}
