package championstore_test

import (
	"context"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/bot/champions"
)

// counted counts how often all champions are looked through.
type counted struct {
	champions.Champions
	looks int
}

func (c *counted) List(ctx context.Context) ([]champions.Champion, error) {
	c.looks++
	return c.Champions.List(ctx)
}

// A sweep that is woken after every request looks through the champions only when
// something happened, when something is due, or once a minute.
func TestTheSweepRests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := &counted{Champions: w.stores.Champions}
	w.feature.Stores.Champions = all
	looks := func(what string, want int) {
		t.Helper()
		all.looks = 0
		for range 2 {
			_, err := w.feature.Sweeps()[0].Run(t.Context())
			w.ok(err)
		}
		if all.looks != want {
			t.Errorf("%s: looked %d times, not %d", what, all.looks, want)
		}
	}
	looks("at the start", 1)
	w.clock.now = w.clock.now.Add(59 * time.Second)
	looks("a moment later", 0)
	w.clock.now = w.clock.now.Add(time.Second)
	looks("a minute later", 1)
	w.send("lea", "champions.name", "", "person", w.id("ex0"), "days", "3")
	looks("somebody was named", 1)
	w.press("ex0", "champions.accept", w.id("ex0"))
	looks("and is glad to", 1)
	w.record(bot.AccountFact{Name: "ex0"})
	looks("the register says the same again", 0)
	gone := true
	w.record(bot.AccountFact{Name: "ex0", Inactive: &gone})
	looks("the account is inactive", 1)
	w.clock.now = w.clock.now.Add(-time.Hour)
	looks("the clock was set back", 1)
}
