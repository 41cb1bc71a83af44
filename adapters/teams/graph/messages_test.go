package graph_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams/graph"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
)

const partID = "part-0123456789abcdef"

// post puts a message of the bot into a channel, as if the connector had.
func (w *world) post(t *testing.T, channel, root, carries string) string {
	t.Helper()
	card, _ := json.Marshal(map[string]any{"type": "AdaptiveCard", "version": "1.5", "body": []any{}, "id": carries})
	id := w.teams.Post(channel, root, card)
	w.clock.advance(time.Second)
	return id
}

func (w *world) channel(t *testing.T) (graph.Channel, teamstest.User) {
	t.Helper()
	ann := w.teams.AddUser(teamstest.User{Name: "Ann"})
	team := w.teams.AddTeam("Comms", ann)
	w.teams.Add(team.ID)
	w.teams.Consent(team, true)
	return graph.Channel{Group: team.Group, ID: team.General}, ann
}

func ids(found []graph.Message) []string {
	out := []string{}
	for _, m := range found {
		out = append(out, m.ID)
	}
	return out
}

func TestFind(t *testing.T) {
	w := open(t, teamstest.Config{PageSize: 2})
	of, ann := w.channel(t)
	begin := w.clock.Now()
	find := func(since time.Time) string {
		t.Helper()
		found, err := w.client.Find(t.Context(), of, partID, since)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(ids(found))
	}
	for i := range 5 {
		w.post(t, of.ID, "", fmt.Sprint("another-part-0123456", i))
	}
	old := w.post(t, of.ID, "", "an-old-thread-0123456")
	if got := find(begin); got != "[]" {
		t.Errorf("found %s before anything was posted", got)
	}
	w.clock.advance(time.Hour)
	later := w.clock.Now()
	one := w.post(t, of.ID, "", partID)
	for range 4 {
		w.post(t, of.ID, old, "a-reply-of-another-0123")
	}
	two := w.post(t, of.ID, old, partID) // on the third page of the replies
	w.teams.SetBot("http://127.0.0.1:1")
	if _, err := w.teams.As(ann).Say(t.Context(), of.ID, teamstest.Utterance{Text: "look: " + partID}); err == nil {
		t.Fatal("nobody listens there")
	}
	if got, want := find(later), fmt.Sprint([]string{one, two}); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	if got, want := find(begin), fmt.Sprint([]string{one, two}); got != want {
		t.Errorf("since the begin: found %s, want %s", got, want)
	}
	if got := find(w.clock.Now().Add(time.Hour)); got != "[]" {
		t.Errorf("found %s from before the moment", got)
	}
	if got, want := find(time.Time{}), fmt.Sprint([]string{one, two}); got != want {
		t.Errorf("since ever: found %s, want %s", got, want)
	}
	w.teams.Withdraw(one)
	if got, want := find(begin), fmt.Sprint([]string{two}); got != want {
		t.Errorf("after removing one: found %s, want %s", got, want)
	}
	w.teams.Lag(time.Hour)
	if got := find(begin); got != "[]" {
		t.Errorf("found %s, which is not shown yet", got)
	}
}

func TestExactlyTheMoment(t *testing.T) {
	w := open(t, teamstest.Config{})
	of, _ := w.channel(t)
	w.clock.advance(123456 * time.Microsecond)
	at := w.clock.Now()
	id := w.post(t, of.ID, "", partID)
	found, err := w.client.Find(t.Context(), of, partID, at)
	if err != nil || len(found) != 1 || found[0].ID != id {
		t.Errorf("%v, %v", found, err)
	}
	if found, err = w.client.Find(t.Context(), of, partID, at.Add(time.Millisecond)); err != nil || len(found) != 0 {
		t.Errorf("a millisecond later: %v, %v", found, err)
	}
}

func TestOnlyTheBotsOwnMessagesAreFound(t *testing.T) {
	w := open(t, teamstest.Config{})
	of, _ := w.channel(t)
	w.post(t, of.ID, "", partID)
	w.teams.Inject(func(teamstest.Call) teamstest.Fault {
		return teamstest.Fault{Status: 200, Body: `{"value":[
			{"id":"0","createdDateTime":"2026-11-27T09:00:00Z","deletedDateTime":"2026-11-27T09:00:01Z","from":{"application":{"id":"` + w.teams.AppID() + `"}},"attachments":[{"content":"` + partID + `"}]},
			{"id":"1","createdDateTime":"2026-11-27T09:00:00Z","from":{"application":{"id":"another"}},"attachments":[{"content":"` + partID + `"}]},
			{"id":"2","createdDateTime":"2026-11-27T09:00:00Z","from":{"user":{"id":"u"}},"attachments":[{"content":"` + partID + `"}]},
			{"id":"3","createdDateTime":"2026-11-27T09:00:00Z","from":null,"attachments":[{"content":"` + partID + `"}]}]}`}
	})
	if found, err := w.client.Find(t.Context(), of, partID, time.Time{}); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestAbsenceIsProvenOnly(t *testing.T) {
	busy := bot.Busy
	for name, tc := range map[string]struct {
		fault  teamstest.Fault
		reason bot.SendReason
		after  time.Duration
	}{
		"throttled": {teamstest.Throttled("9"), busy, 9 * time.Second}, "failing": {teamstest.Failed(500), busy, 0}, "unavailable": {teamstest.Page(503), busy, 0},
		"reset": {teamstest.Broken(teamstest.Reset), busy, 0}, "truncated": {teamstest.Broken(teamstest.Truncate), busy, 0}, "a page": {teamstest.Page(200), busy, 0},
		"forbidden": {teamstest.Refused(403, "Forbidden"), bot.Denied, 0}, "not there": {teamstest.Refused(404, "NotFound"), bot.Denied, 0}, "no token": {teamstest.Refused(401, ""), busy, 0},
		"412": {teamstest.Refused(412, "PreconditionFailed"), busy, 0}, "408": {teamstest.Page(408), busy, 0}, "409": {teamstest.Refused(409, "Conflict"), busy, 0}, "425": {teamstest.Page(425), busy, 0},
		"elsewhere":   {teamstest.Fault{Status: 200, Body: `{"value":[],"@odata.nextLink":"https://evil.example/v1.0/x"}`}, bot.Denied, 0},
		"without end": {teamstest.Fault{Status: 200, Body: `{"value":[],"@odata.nextLink":"BASE/teams/x"}`}, busy, time.Minute},
	} {
		w := open(t, teamstest.Config{})
		of, _ := w.channel(t)
		tc.fault.Body = strings.ReplaceAll(tc.fault.Body, "BASE", w.teams.GraphURL())
		w.teams.Inject(func(teamstest.Call) teamstest.Fault { return tc.fault })
		found, err := w.client.Find(t.Context(), of, partID, time.Time{})
		var refused *bot.SendError
		if !errors.As(err, &refused) || refused.Reason != tc.reason || refused.RetryAfter != tc.after || len(refused.Say) < 20 || found != nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
		if len(w.waits) != 0 {
			t.Errorf("%s: waited %v", name, w.waits)
		}
	}
	w := open(t, teamstest.Config{})
	of, _ := w.channel(t)
	for name, look := range map[string]func() error{
		"a short id": func() error { _, err := w.client.Find(t.Context(), of, "short", time.Time{}); return err },
		"no team": func() error {
			_, err := w.client.Find(t.Context(), graph.Channel{ID: of.ID}, partID, time.Time{})
			return err
		},
	} {
		var refused *bot.SendError
		if err := look(); !errors.As(err, &refused) || refused.Reason != bot.Denied {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACrowdedChannelIsNotSearchedForEver(t *testing.T) {
	w := open(t, teamstest.Config{PageSize: 1})
	of, _ := w.channel(t)
	for i := range 40 {
		w.post(t, of.ID, "", fmt.Sprint("another-part-0123456", i))
	}
	_, err := w.client.Find(t.Context(), of, partID, time.Time{})
	var refused *bot.SendError
	if !errors.As(err, &refused) || refused.Reason != bot.Busy {
		t.Errorf("%v", err)
	}
	if n := len(w.teams.Calls("graph.messages")); n > 31 {
		t.Errorf("%d requests", n)
	}
}
