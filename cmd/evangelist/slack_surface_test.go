package main

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack/slacktest"
	"evangelist/bot"
	"evangelist/bot/courier"
	"evangelist/storage/storagetest"
)

// A menu of a message puts its links forward also where nothing is read, and a
// menu from anywhere opens the forms.
func TestShortcutsOnSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	o := openOffice(t, storagetest.SQLite(t), false)
	o.setUp()
	m, err := o.as("dewi").Post(o.ctx, channelOf("front-line"), "<"+usefulPage+"|Worth reading>") // read by nobody
	if err != nil {
		t.Fatal(err)
	}
	before := len(o.as("leroy").Ephemerals(m.Channel))
	answer, err := o.as("leroy").MessageShortcut(o.ctx, m.Channel, m.TS, "digest.save")
	o.taken("leroy", "Save to digest", answer, err)
	o.eventually("leroy is thanked", func() bool { return len(o.as("leroy").Ephemerals(m.Channel)) > before })
	o.later(time.Minute)
	if preview := o.slash("nia", "/digest preview").text; !strings.Contains(preview, usefulPage) {
		t.Errorf("what was saved is not there: %s", preview)
	}
	answer, err = o.as("leroy").Shortcut(o.ctx, "voices.concern")
	o.taken("leroy", "Raise a concern", answer, err)
	o.eventually("the form is open", func() bool {
		view, ok := o.as("leroy").Modal()
		return ok && strings.Contains(flat(view.Blocks), "What worries you?")
	})
}

// Somebody of another organisation in a shared channel is refused politely,
// whatever door they use, and their links are not collected.
func TestPeopleFromElsewhereOnSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	for _, http := range []bool{false, true} {
		o := openOffice(t, storagetest.SQLite(t), http)
		o.setUp()
		o.slack.AddUser(slacktest.User{ID: "UFOREIGN", Team: "T0OTHER", Handle: "visitor", Name: "A visitor"})
		if err := o.slack.Share(channelOf("good-finds"), "T0OTHER"); err != nil {
			t.Fatal(err)
		}
		if err := o.slack.Invite(channelOf("good-finds"), "UFOREIGN"); err != nil {
			t.Fatal(err)
		}
		visitor := o.slack.As("UFOREIGN")
		m, err := visitor.Post(o.ctx, channelOf("good-finds"), usefulPage)
		if err != nil {
			t.Fatal(err)
		}
		o.settled()
		for what, act := range map[string]func() (slacktest.Answer, error){
			"a command": func() (slacktest.Answer, error) { return visitor.Slash(o.ctx, channelOf("good-finds"), "/idea") },
			"a public command": func() (slacktest.Answer, error) {
				return visitor.Slash(o.ctx, channelOf("good-finds"), "/concern code")
			},
			"a shortcut": func() (slacktest.Answer, error) {
				return visitor.MessageShortcut(o.ctx, channelOf("good-finds"), m.TS, "digest.save")
			},
		} {
			before := len(visitor.Ephemerals(channelOf("good-finds")))
			answer, err := act()
			if err != nil || answer.Problem != "" {
				t.Fatalf("%s: %v %q", what, err, answer.Problem)
			}
			o.eventually(what+" is refused", func() bool {
				all := visitor.Ephemerals(channelOf("good-finds"))
				return len(all) > before && strings.Contains(flat(all[len(all)-1].Blocks), "Tidewater Council")
			})
			if _, open := visitor.Modal(); open {
				t.Errorf("%s opened a form", what)
			}
		}
		o.later(time.Minute)
		if preview := o.slash("nia", "/digest preview").text; strings.Contains(preview, usefulPage) {
			t.Errorf("a visitor's link was collected: %s", preview)
		}
		o.stop()
	}
}

// A channel that was shared with another organisation after it was chosen gets
// nothing until a lead has confirmed it.
func TestSharedChannelsOfSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	o := openOffice(t, storagetest.SQLite(t), true)
	o.setUp()
	o.share()
	if err := o.slack.Share(channelOf("all-council"), "T0OTHER"); err != nil {
		t.Fatal(err)
	}
	o.settled()
	o.slash("nia", "/digest publish")
	o.later(3 * time.Minute)
	o.eventually("the edition is parked", func() bool {
		troubles, err := o.app.courier.Troubles(o.ctx)
		return err == nil && len(troubles) > 0 && strings.Contains(troubles[0].Say, "another organisation")
	})
	if n := o.count(channelOf("all-council"), usefulPage); n != 0 {
		t.Fatalf("it stands there %d times", n)
	}
}

// A link to an edition is shown with its first items; one that is only being
// typed, or leads elsewhere, is not.
func TestPreviewsOnSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	o := openOffice(t, storagetest.SQLite(t), false)
	o.setUp()
	o.share()
	o.publish()
	issues, err := o.app.features.Digests.Issues(o.ctx, "", "", time.Time{}, 0)
	if err != nil || len(issues) != 1 {
		t.Fatal(issues, err)
	}
	address := o.app.organisation.PublicURL + "/archive/" + issues[0].Slug
	for _, link := range []string{o.app.organisation.PublicURL + "/desk", "https://example.org/archive/" + issues[0].Slug} {
		if _, err := o.as("sunil").Post(o.ctx, channelOf("front-line"), "<"+link+">"); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.as("sunil").TypeLink(o.ctx, address); err != nil {
		t.Fatal(err)
	}
	o.settled()
	m, err := o.as("sunil").Post(o.ctx, channelOf("front-line"), "<"+address+">")
	if err != nil {
		t.Fatal(err)
	}
	o.eventually("a preview is shown", func() bool { return len(o.slack.Calls("chat.unfurl")) > 0 })
	calls := o.slack.Calls("chat.unfurl")
	if len(calls) != 1 || calls[0].Args["ts"] != m.TS || !strings.Contains(calls[0].Args["unfurls"], "Friday roundup") {
		t.Errorf("%d previews: %+v", len(calls), calls)
	}
}

// A workspace in which the words are taken calls the commands otherwise.
func TestRenamedCommandsOnSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	o := openOffice(t, storagetest.SQLite(t), false, func(s *settings) { s.config.Slack.Commands.Concern = "worry" })
	o.setUp()
	if form := o.slash("leroy", "/worry the door sticks"); !strings.Contains(form.text, "What worries you?") || !strings.Contains(form.text, "the door sticks") {
		t.Errorf("it shows %s", form.text)
	}
}

// An install without the scopes for reading messages does everything else, and
// says what it cannot do.
func TestTheQuietInstallOnSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	t.Parallel()
	o := openOffice(t, storagetest.SQLite(t), false)
	var quiet []string
	for _, scope := range o.slack.Config().Scopes {
		if !strings.Contains(scope, "history") && !strings.HasPrefix(scope, "reactions") {
			quiet = append(quiet, scope)
		}
	}
	o.slack.SetScopes(quiet...)
	o.setUp()
	o.slash("leroy", "/digest add "+usefulPage+" it is short")
	o.later(time.Minute)
	o.slash("nia", "/digest draft")
	if said := o.slash("nia", "/digest publish"); !strings.Contains(said.text, "60 seconds") {
		t.Errorf("publishing says %s", said.text)
	}
	o.later(3 * time.Minute)
	o.until(channelOf("all-council"), usefulPage)
	o.speak()
}

// A token that Slack refuses is shown where operators look, and what waits is
// sent once it is accepted again.
func TestRefusedTokensOnSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	o := openOffice(t, storagetest.SQLite(t), false)
	o.setUp()
	ready := func() string {
		r, err := http.Get("http://" + o.run.inside.Addr().String() + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if got := ready(); !strings.Contains(got, `"slack":"ok"`) {
		t.Fatalf("ready says %s", got)
	}
	o.slack.RevokeTokens("token_revoked")
	o.slack.DropConnections(true)
	o.eventually("it is shown", func() bool { return strings.Contains(ready(), `"slack":"failing"`) })
}

// A post whose answer was lost is known by its echo at once, not only after the
// quiet period.
func TestEchoesConfirmOnSlack(t *testing.T) {
	storagetest.LeaveToPlainRun(t)
	o := openOffice(t, storagetest.SQLite(t), false)
	o.setUp()
	o.slash("leroy", "/digest add "+usefulPage+" it is short")
	o.later(time.Minute)
	fault := slacktest.Reset("chat.postMessage", true)
	fault.Channel = channelOf("all-council")
	o.slack.Fail(fault)
	o.slash("nia", "/digest publish")
	o.later(90 * time.Second)
	o.until(channelOf("all-council"), usefulPage)
	o.eventually("the edition counts as sent", func() bool {
		items, err := o.app.courier.Store.Queue.List(o.ctx, []courier.State{courier.Sent}, 0)
		return err == nil && slices.ContainsFunc(items, func(it courier.Item) bool { return it.Class == bot.Edition })
	})
	if n := o.count(channelOf("all-council"), usefulPage); n != 1 {
		t.Errorf("it stands there %d times", n)
	}
}
