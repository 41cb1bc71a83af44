package main

import (
	"strings"
	"testing"
	"time"

	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// A channel into which another organisation was let is no destination any more,
// until a lead confirms it or the sharing ends.
func TestSharedChannelsOfTeams(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	o := openTenant(t, storagetest.SQLite(t), true)
	o.setUp()
	o.share()
	here := o.channels["all-council"]
	external := func(want bool) {
		t.Helper()
		o.eventually("the channel is known to be shared, or not", func() bool {
			place, err := o.app.places.Place(o.ctx, bot.PlaceID(placeOf(here)))
			return err == nil && place.External == want && (place.Kind == bot.PrivateChannel) == want
		})
	}
	if d, err := o.as("nia").Share(o.ctx, here, true); err != nil || d.Status != 202 {
		t.Fatalf("%d, %v", d.Status, err)
	}
	external(true)
	o.ask("nia", "digest draft")
	o.ask("nia", "digest publish")
	o.later(3 * time.Minute)
	o.eventually("the edition is held", func() bool {
		troubles, err := o.app.courier.Troubles(o.ctx)
		return err == nil && len(troubles) > 0 && strings.Contains(troubles[0].Say, "another organisation")
	})
	if n := o.count(here, "Friday roundup"); n != 0 {
		t.Errorf("the edition was posted %d times in a shared channel", n)
	}
	if d, err := o.as("nia").Share(o.ctx, here, false); err != nil || d.Status != 202 {
		t.Fatalf("%d, %v", d.Status, err)
	}
	external(false)
}
