package main

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
	"evangelist/storage/storagetest"
)

// The door that Teams reaches leads nowhere else, and the inner pages have no
// such door.
func TestTheDoorForTeams(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	o := openTenant(t, storagetest.SQLite(t), true)
	outside, inside := "http://"+o.run.outside.Addr().String(), "http://"+o.run.inside.Addr().String()
	for address, want := range map[string]int{
		outside + "/api/messages": http.StatusUnauthorized, outside + "/": http.StatusNotFound, outside + "/metrics": http.StatusNotFound,
		outside + "/archive/": http.StatusNotFound, inside + "/readyz": http.StatusOK,
	} {
		method, body := http.MethodGet, ""
		if strings.HasSuffix(address, "/messages") {
			method, body = http.MethodPost, `{"type":"message","conversation":{"id":"x"}}`
		}
		request, err := http.NewRequestWithContext(o.ctx, method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s answers %d, want %d", address, response.StatusCode, want)
		}
	}
}

// A link that was typed into the bot's own chat is put forward; words for a
// concern are not kept there, and lead to the form.
func TestTypedToTheBotOnTeams(t *testing.T) {
	t.Parallel()
	eachTenant(t, func(o *tenant) {
		o.setUp()
		if v := o.ask("leroy", usefulPage+" it is short"); !strings.Contains(v.text, "put forward") {
			o.Errorf("the link: %s", v.text)
		}
		const worry = "nobody may know this"
		v := o.slash("leroy", o.channels["all-council"], "concern "+worry)
		m, _ := o.teams.Message(v.message)
		if m.To != o.people["leroy"].ID || strings.Contains(v.text, worry) {
			o.Errorf("%s: %s", m, v.text)
		}
		if form := o.press("leroy", v.message, "Open the form"); !strings.Contains(form.text, "What worries you?") {
			o.Errorf("the button opens %s", form.text)
		}
		if strings.Contains(o.log.String(), worry) {
			o.Error("the words are logged")
		}
	})
}

// The bot knows when it is taken away, and after a restart where it can write.
func TestTakenAwayAndRestartedOnTeams(t *testing.T) {
	t.Parallel()
	eachTenant(t, func(o *tenant) {
		member := func() bool {
			place, err := o.app.places.Place(o.ctx, bot.PlaceID(placeOf(o.channels["good-finds"])))
			return err == nil && place.Member && place.Name == "Council / good-finds"
		}
		if !member() {
			o.Error("the register does not know that the bot is there")
		}
		o.setUp()
		o.stop()
		o.start()
		if v := o.ask("nia", "digest preview"); v.text == "" {
			o.Error("nothing is answered after a restart")
		}
		if _, err := o.as("nia").Uninstall(o.ctx, o.team.General); err != nil {
			o.Fatal(err)
		}
		if member() {
			o.Error("the register does not know that the bot is gone")
		}
	})
}

// When nobody knows whether an edition arrived, it is looked for where the bot
// may read, and is not posted twice; elsewhere a person decides.
func TestAnEditionInDoubtOnTeams(t *testing.T) {
	t.Parallel()
	eachTenant(t, func(o *tenant) {
		o.setUp()
		o.share()
		var broken atomic.Int64
		where := o.channels["all-council"]
		o.teams.Inject(func(c teamstest.Call) teamstest.Fault {
			if c.Method == "send" && c.Conversation == where && strings.Contains(string(c.Body), "Friday roundup") && broken.Add(1) == 1 {
				return teamstest.Broken(teamstest.Reset).Accepted()
			}
			return teamstest.Fault{}
		})
		draft := o.ask("nia", "digest draft")
		o.pressCommand("nia", draft.message, "digest.approve")
		o.ask("nia", "digest publish")
		o.later(2 * time.Minute)
		o.until(where, "Friday roundup")
		o.eventually("the answer is lost", func() bool { return broken.Load() > 0 && strings.Contains(o.log.String(), "nobody knows whether") })
		o.later(3 * time.Minute)
		settled := func() bool {
			waiting, err := o.app.courier.Waiting(o.ctx)
			if err != nil {
				o.Fatal(err)
			}
			return o.graph && len(o.teams.Calls("graph.messages")) > 0 && len(waiting) == 0 || !o.graph && len(waiting) == 1
		}
		o.eventually("the edition is found, or held for a person", settled)
		o.later(30 * time.Minute)
		if n := o.count(where, "Friday roundup"); n != 1 {
			o.Errorf("it stands there %d times", n)
		}
	})
}
