package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/adapters/teams/teamstest"
	"evangelist/storage/storagetest"
)

// TestACrowdWhileKeysChange: 64 connections at once while the service changes its
// signing key again and again: all of a sudden, and, beside forged activities that
// keep asking for unknown keys, as it does in earnest, where a key is published
// before anything is signed with it. Whatever is genuine is taken once, and nothing
// else. It watches for data races too.
func TestACrowdWhileKeysChange(t *testing.T) {
	t.Run("suddenly", func(t *testing.T) { crowd(t, false) })
	t.Run("beside forgers", func(t *testing.T) { crowd(t, true) })
}

func crowd(t *testing.T, forgers bool) {
	o := openTenant(t, storagetest.SQLite(t), true)
	o.form("nia", "evangelist watch", map[string]any{"places": placeOf(o.channels["good-finds"])})
	const connections, each = 64, 6
	var genuine, forged atomic.Int64
	stop := o.changeKeys(forgers)
	var group sync.WaitGroup
	for c := range connections {
		group.Go(func() {
			person := o.as([]string{"farida", "minh", "leroy", "callum"}[c%4])
			for n := range each {
				address := fmt.Sprintf("https://%d-%d.example.org/page", c, n)
				d, err := person.Write(o.ctx, o.channels["good-finds"], "Worth a look: "+address)
				switch {
				case err != nil:
					t.Error(err)
					return
				case d.Status == http.StatusAccepted:
					genuine.Add(1)
				default:
					t.Errorf("a genuine activity was answered with %d", d.Status)
				}
				if forgers && o.forgeOne(d) {
					forged.Add(1)
				}
			}
		})
	}
	group.Wait()
	changes := stop()
	refused := forged.Load() == 0
	if forgers {
		refused = forged.Load() == connections*each
	}
	if genuine.Load() != connections*each || !refused {
		t.Errorf("%d of %d were taken, %d forged ones refused", genuine.Load(), connections*each, forged.Load())
	}
	if changes < 3 {
		t.Errorf("the keys changed %d times only", changes)
	}
	kept := o.rows("SELECT l.address FROM shares s JOIN links l ON l.key = s.link WHERE l.address LIKE '%.example.org/page'")
	once := map[string]int{}
	for _, address := range kept {
		once[address]++
	}
	if len(kept) != connections*each || len(once) != len(kept) {
		t.Errorf("%d shares of %d pages are kept, want %d", len(kept), len(once), connections*each)
	}
	t.Logf("the keys changed %d times and were read %d times", changes, len(o.teams.Calls("keys")))
	if strings.Contains(o.log.String(), `"level":"ERROR"`) {
		t.Errorf("something was logged as an error:\n%s", o.log)
	}
}

// forgeOne sends what was sent again under another id, with a token that another
// key signed. It reports whether it was refused.
func (o *tenant) forgeOne(d teamstest.Delivery) bool {
	activity := map[string]any{}
	for name, value := range d.Activity {
		activity[name] = value
	}
	activity["id"] = d.Message + "0"
	service, _ := activity["serviceUrl"].(string)
	token := o.teams.Sign(service, func(header, _ map[string]any) { header["kid"] = "nobody's" })
	got, err := o.teams.DeliverSigned(o.ctx, activity, token)
	if err != nil || got.Status != http.StatusUnauthorized {
		o.Errorf("a forged activity: %d, %v", got.Status, err)
		return false
	}
	return true
}

// changeKeys changes the signing key every few milliseconds until the returned
// function is called, which says how often. Old keys stay published. An unknown key
// is looked for every thirty seconds at most, which pass each time.
func (o *tenant) changeKeys(announced bool) (stop func() int) {
	done := make(chan struct{})
	var group sync.WaitGroup
	changes := 0
	group.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		wait := func() bool {
			select {
			case <-done:
				return false
			case <-tick.C:
				return true
			}
		}
		var old []string
		for wait() {
			id, _ := o.teams.SigningKey()
			old = append(old, id)
			before := len(o.teams.Calls("keys"))
			if announced {
				o.teams.Announce()
			}
			o.clock.add(31 * time.Second)
			for announced && len(o.teams.Calls("keys")) == before { // a forged one has them read
				if !wait() {
					return
				}
			}
			known := len(o.teams.Calls("keys"))
			o.teams.Rotate(old...)
			changes++
			// A reading for this key that came after the clock of the next one was put
			// forward would use up the next one's turn.
			for !announced && len(o.teams.Calls("keys")) == known {
				if !wait() {
					return
				}
			}
		}
	})
	return func() int {
		close(done)
		group.Wait()
		return changes
	}
}
