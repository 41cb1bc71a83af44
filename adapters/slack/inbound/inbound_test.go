package inbound_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack/inbound"
	"evangelist/bot"
)

var us = inbound.Us{Platform: "slack", Team: "T1", User: "UBOT", Bot: "BBOT"}

// town knows a few people and channels.
type town struct{}

func (town) User(id string) string    { return map[string]string{"U1": "Ada", "UX": "Xenia"}[id] }
func (town) Channel(id string) string { return map[string]string{"C1": "finds"}[id] }
func (town) Group(string) string      { return "" }
func (town) Private(id string) bool   { return id == "C9" }
func (town) Person(id string) (inbound.Person, bool) {
	switch id {
	case "U1":
		return inbound.Person{Name: "Ada"}, true
	case "UX":
		return inbound.Person{Name: "Xenia", External: true, Team: "T9"}, true
	case "UAPP":
		return inbound.Person{Name: "An app", Bot: true}, true
	}
	return inbound.Person{}, false
}

func callback(inner string) []byte {
	return []byte(`{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":` + inner + `}`)
}

func parse(t *testing.T, inner string) inbound.Event {
	t.Helper()
	e, err := inbound.ParseEvent(callback(inner), us)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestKindsOfEvent(t *testing.T) {
	for inner, want := range map[string]inbound.Kind{
		`{"type":"message","channel":"C1","user":"U1","text":"hi","ts":"1732442400.000100"}`:                                           inbound.Message,
		`{"type":"reaction_added","user":"U1","reaction":"eyes","item":{"type":"message","channel":"C1","ts":"1.2"},"event_ts":"2.0"}`: inbound.Reaction,
		`{"type":"reaction_added","user":"U1","reaction":"eyes","item":{"type":"file","file":"F1"}}`:                                   inbound.Other,
		`{"type":"member_joined_channel","user":"UBOT","channel":"C1","inviter":"U1"}`:                                                 inbound.BotMoved,
		`{"type":"member_joined_channel","user":"U1","channel":"C1"}`:                                                                  inbound.Other,
		`{"type":"channel_left","channel":"C1"}`:                                                                                       inbound.BotMoved,
		`{"type":"channel_rename","channel":{"id":"C1","name":"new"}}`:                                                                 inbound.ChannelNews,
		`{"type":"channel_shared","channel":"C1","connected_team_id":"T9"}`:                                                            inbound.ChannelNews,
		`{"type":"user_change","user":{"id":"U1"}}`:                                                                                    inbound.PersonNews,
		`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home"}`:                                                           inbound.HomeOpened,
		`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"messages"}`:                                                       inbound.Other,
		`{"type":"link_shared","channel":"C1","message_ts":"1.2","links":[{"url":"https://e.example/a"}]}`:                             inbound.LinkShared,
		`{"type":"link_shared","channel":"COMPOSER","message_ts":"x","source":"composer","links":[{"url":"https://e.example/a"}]}`:     inbound.Other,
		`{"type":"app_uninstalled"}`:            inbound.Removed,
		`{"type":"tokens_revoked"}`:             inbound.Removed,
		`{"type":"something_of_next_year"}`:     inbound.Other,
		`{"type":{"odd":1},"channel":["C"]}`:    inbound.Other,
		`"a string"`:                            inbound.Other,
		`{"type":"message","channel":"C1"}`:     inbound.Message,
		`{"type":"user_change","user":"U1"}`:    inbound.PersonNews,
		`{"type":"reaction_added","item":null}`: inbound.Reaction,
	} {
		if got := parse(t, inner).Kind; got != want {
			t.Errorf("%s is %q, want %q", inner, got, want)
		}
	}
	for body, want := range map[string]inbound.Kind{
		`{"type":"url_verification","challenge":"abc"}`: inbound.Challenge,
		`{"type":"app_rate_limited"}`:                   inbound.Limited,
		`{}`:                                            inbound.Other,
	} {
		if e, err := inbound.ParseEvent([]byte(body), us); err != nil || e.Kind != want {
			t.Errorf("%s is %q, %v", body, e.Kind, err)
		}
	}
	for _, body := range []string{``, `[]`, `nonsense`, `{"type":`} {
		if _, err := inbound.ParseEvent([]byte(body), us); err == nil {
			t.Errorf("%q is read as an event", body)
		}
	}
}

func seen(t *testing.T, inner string) (bot.Sighting, bool) {
	t.Helper()
	e := parse(t, inner)
	if e.Post == nil {
		return bot.Sighting{}, false
	}
	return e.Post.Sighting(e.Channel, us, town{})
}

func TestMessagesBecomeSightings(t *testing.T) {
	at := time.Unix(1732442400, 100000).UTC()
	for name, c := range map[string]struct {
		inner string
		want  bot.Sighting
	}{
		"posted": {
			`{"type":"message","channel":"C1","channel_type":"channel","user":"U1","team":"T1","text":"See <https://a.example/x?a=1&amp;b=2|this> *now* <@U1>","ts":"1732442400.000100","event_ts":"1732442400.000100"}`,
			bot.Sighting{Kind: bot.Posted, Author: "slack|U1", Name: "Ada", At: at, Text: "See this now Ada", Links: []bot.SeenLink{{URL: "https://a.example/x?a=1&b=2", Label: "this"}}},
		},
		"from another organisation": {
			`{"type":"message","channel":"C1","channel_type":"channel","user":"U7","user_team":"T9","team":"T9","text":"hi","ts":"1732442400.000100"}`,
			bot.Sighting{Kind: bot.Posted, Author: "slack|T9.U7", External: true, At: at, Text: "hi"},
		},
		"by a bot": {
			`{"type":"message","subtype":"bot_message","channel":"C1","bot_id":"B7","username":"News","text":"hi","ts":"1732442400.000100"}`,
			bot.Sighting{Kind: bot.Posted, Bot: true, Name: "News", At: at, Text: "hi"},
		},
		"in a private channel": {
			`{"type":"message","channel":"G1","channel_type":"group","user":"U1","text":"hi","ts":"1732442400.000100"}`,
			bot.Sighting{Kind: bot.Posted, Author: "slack|U1", Name: "Ada", Private: true, At: at, Text: "hi"},
		},
		"in a thread": {
			`{"type":"message","subtype":"thread_broadcast","channel":"C1","user":"U1","text":"hi","ts":"1732442400.000100","thread_ts":"1732442399.000100"}`,
			bot.Sighting{Kind: bot.Posted, Author: "slack|U1", Name: "Ada", Thread: "1732442399.000100", At: at, Text: "hi"},
		},
		"edited": {
			`{"type":"message","subtype":"message_changed","channel":"C1","event_ts":"1732442500.000100","message":{"user":"U1","text":"new","ts":"1732442400.000100","edited":{"ts":"1732442500.000000"}},"previous_message":{"text":"old","ts":"1732442400.000100"}}`,
			bot.Sighting{Kind: bot.Edited, Author: "slack|U1", Name: "Ada", At: at.Add(100 * time.Second), Text: "new"},
		},
		"deleted": {
			`{"type":"message","subtype":"message_deleted","channel":"C1","deleted_ts":"1732442400.000100","event_ts":"1732442500.000100","ts":"1732442500.000100"}`,
			bot.Sighting{Kind: bot.Deleted, At: at.Add(100 * time.Second)},
		},
		"deleted with answers": {
			`{"type":"message","subtype":"message_changed","channel":"C1","event_ts":"1732442500.000100","message":{"subtype":"tombstone","text":"This message was deleted.","ts":"1732442400.000100"}}`,
			bot.Sighting{Kind: bot.Deleted, At: at.Add(100 * time.Second)},
		},
	} {
		got, ok := seen(t, c.inner)
		c.want.Message.Native = "1732442400.000100"
		c.want.Message.Place = bot.PlaceID("slack|C1")
		if c.want.Private {
			c.want.Message.Place = "slack|G1"
		}
		gotJSON, _ := json.Marshal(got)
		wantJSON, _ := json.Marshal(c.want)
		if !ok || string(gotJSON) != string(wantJSON) {
			t.Errorf("%s:\n got %s\nwant %s", name, gotJSON, wantJSON)
		}
	}
	for _, inner := range []string{
		`{"type":"message","subtype":"channel_join","channel":"C1","user":"U1","text":"joined","ts":"1732442400.000100"}`,
		`{"type":"message","channel":"C1","user":"U1","text":"without a stamp"}`,
		`{"type":"message","subtype":"message_changed","channel":"C1","event_ts":"1732442500.000100"}`,
	} {
		if got, ok := seen(t, inner); ok {
			t.Errorf("%s is seen as %+v", inner, got)
		}
	}
}

func TestOwnPostsAreKnownByTheirMark(t *testing.T) {
	e := parse(t, `{"type":"message","channel":"C1","bot_id":"BBOT","user":"UBOT","text":"x","ts":"1732442400.000100","metadata":{"event_type":"evangelist_part","event_payload":{"id":"abc"}}}`)
	if id, stamp, ours := e.Post.Ours(us); !ours || id != "abc" || stamp != "1732442400.000100" {
		t.Errorf("%q %q %t", id, stamp, ours)
	}
	// Events have the metadata without its payload; the blocks are whole.
	e = parse(t, `{"type":"message","channel":"C1","bot_id":"BBOT","user":"UBOT","text":"x","ts":"1732442400.000100","metadata":{"event_type":"evangelist_part"},"blocks":[{"type":"divider","block_id":"part-abc"}]}`)
	if id, _, ours := e.Post.Ours(us); !ours || id != "abc" {
		t.Errorf("%q %t", id, ours)
	}
	e = parse(t, `{"type":"message","channel":"C1","bot_id":"BOTHER","user":"U1","text":"x","ts":"1732442400.000100","blocks":[{"type":"divider","block_id":"part-abc"}]}`)
	if id, _, ours := e.Post.Ours(us); ours || id != "" {
		t.Errorf("another app's message is taken for ours: %q", id)
	}
	e = parse(t, `{"type":"message","channel":"C1","bot_id":"BOTHER","user":"U1","text":"x","ts":"1732442400.000100","metadata":{"event_type":"another","event_payload":{"id":"abc"}}}`)
	if id, _, ours := e.Post.Ours(us); ours || id != "" {
		t.Errorf("another app's message is taken for ours: %q", id)
	}
}

func TestWhatIsTypedToTheBot(t *testing.T) {
	for inner, want := range map[string]string{
		`{"type":"message","channel":"D1","channel_type":"im","user":"U1","text":"digest add <https://a.example/x?a=1&amp;b=2> because","ts":"1.1"}`: "digest add https://a.example/x?a=1&b=2 because",
		`{"type":"message","channel":"D1","channel_type":"im","user":"U1","text":"a &lt; b","ts":"1.1"}`:                                             "a < b",
		`{"type":"message","channel":"D1","channel_type":"im","bot_id":"B1","user":"U1","text":"x","ts":"1.1"}`:                                      "",
		`{"type":"message","channel":"D1","channel_type":"im","subtype":"message_changed","user":"U1","text":"x","ts":"1.1"}`:                        "",
		`{"type":"message","channel":"C1","channel_type":"channel","user":"U1","text":"x","ts":"1.1"}`:                                               "",
		`{"type":"message","channel":"G1","channel_type":"mpim","user":"U1","text":"x","ts":"1.1"}`:                                                  "",
	} {
		typed, ok := parse(t, inner).Post.Typed(us, town{})
		if words := typed.Words; words != want || ok != (want != "") {
			t.Errorf("%s: %q, %t", inner, typed.Words, ok)
		}
	}
}

// Somebody of another organisation who can write to the bot is known as such.
func TestStrangersWhoWriteToTheBot(t *testing.T) {
	typed, ok := parse(t, `{"type":"message","channel":"D1","channel_type":"im","user":"U7","team":"T9","text":"hi","ts":"1.1"}`).Post.Typed(us, town{})
	if !ok || !typed.External || typed.Author != "slack|T9.U7" {
		t.Errorf("%+v %t", typed, ok)
	}
}

func TestHistory(t *testing.T) {
	raw := json.RawMessage(`{"type":"message","user":"U1","text":"<https://a.example/>","ts":"1732442400.000100","edited":{"user":"U1","ts":"1732442450.000000"},"reactions":[{"name":"eyes","users":["U1","UX","UAPP"],"count":3}]}`)
	var kinds []string
	for _, s := range inbound.History(raw, "C1", us, town{}) {
		if s.Message != (bot.MessageRef{Place: "slack|C1", Native: "1732442400.000100"}) {
			t.Errorf("about %+v", s.Message)
		}
		kinds = append(kinds, string(s.Kind)+" "+string(s.Author))
	}
	if got := strings.Join(kinds, ", "); got != "posted slack|U1, edited slack|U1, reacted slack|U1, reacted slack|T9.UX, reacted slack|UAPP" {
		t.Error(got)
	}
}

func TestWhoIsForeign(t *testing.T) {
	grid := inbound.Us{Platform: "slack", Team: "T1", Enterprise: "E1"}
	for _, c := range []struct {
		us               inbound.Us
		team, enterprise string
		want             bool
	}{
		{us, "T1", "", false}, {us, "", "", false}, {us, "T2", "", true}, {us, "T2", "E1", true},
		{grid, "T2", "E1", false}, {grid, "T2", "E9", true}, {grid, "T2", "", true}, {grid, "E1", "", false},
	} {
		if got := c.us.Foreign(c.team, c.enterprise); got != c.want {
			t.Errorf("%+v: %s %s is foreign: %t", c.us, c.team, c.enterprise, got)
		}
	}
}

func TestRequests(t *testing.T) {
	slash := inbound.ParseSlash(url.Values{"command": {"/digest"}, "text": {"add x"}, "user_id": {"U1"}, "team_id": {"T1"}, "channel_id": {"C1"}, "trigger_id": {"t1"}, "response_url": {"https://h/1"}})
	socket, err := inbound.ParseSlashJSON([]byte(`{"command":"/digest","text":"add x","user_id":"U1","team_id":"T1","channel_id":"C1","trigger_id":"t1","response_url":"https://h/1","is_enterprise_install":false}`))
	one, _ := json.Marshal(slash)
	two, _ := json.Marshal(socket)
	if err != nil || string(one) != string(two) || slash.Word != "digest" || slash.Identity() != "slash t1" {
		t.Errorf("%s\n%s\n%v", one, two, err)
	}
	for payload, check := range map[string]func(r inbound.Request) bool{
		`{"type":"block_actions","user":{"id":"U1","username":"ada","team_id":"T1"},"team":{"id":"T1"},"trigger_id":"t2","container":{"type":"message","message_ts":"1.1","channel_id":"C1","is_ephemeral":true},"actions":[{"type":"button","action_id":"digest.pin#3","value":"i7","block_id":"actions-1"}]}`: func(r inbound.Request) bool {
			return r.Door == inbound.Button && r.Command == "digest.pin#3" && r.Value == "i7" && r.Message.Ephemeral && r.Channel == "C1" && r.UserName == "ada"
		},
		`{"type":"block_actions","user":{"id":"U1"},"trigger_id":"t2","view":{"id":"V1","type":"modal"},"actions":[{"type":"static_select","action_id":"value","block_id":"field"}]}`: func(r inbound.Request) bool {
			return r.Door == inbound.Uninteresting
		},
		`{"type":"shortcut","callback_id":"voices.concern","trigger_id":"t3","user":{"id":"U1"},"team":{"id":"T2"}}`: func(r inbound.Request) bool {
			return r.Door == inbound.Shortcut && r.Command == "voices.concern" && r.Team == "T2"
		},
		`{"type":"message_action","callback_id":"digest.save","trigger_id":"t4","message_ts":"1.1","channel":{"id":"C1"},"user":{"id":"U1"},"message":{"text":"see <https://a.example/x|here>","ts":"1.1","thread_ts":"1.0"}}`: func(r inbound.Request) bool {
			return r.Door == inbound.OnMessage && strings.Contains(r.Words, "https://a.example/x") && r.Message.TS == "1.1" && r.Message.Thread == "1.0"
		},
		`{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","type":"modal","hash":"h1","callback_id":"voices.idea","private_metadata":"{}","state":{"values":{}}}}`: func(r inbound.Request) bool {
			return r.Door == inbound.Submission && r.View.Callback == "voices.idea" && strings.HasPrefix(r.Identity(), "submission V1 h1")
		},
		`{"type":"view_closed","user":{"id":"U1"},"view":{"id":"V1"}}`: func(r inbound.Request) bool { return r.Door == inbound.Uninteresting },
		`{"type":"next_year"}`: func(r inbound.Request) bool { return r.Door == inbound.Uninteresting },
	} {
		if r, err := inbound.ParseInteraction([]byte(payload), town{}); err != nil || !check(r) {
			t.Errorf("%s: %+v, %v", payload, r, err)
		}
	}
	if _, err := inbound.ParseInteraction([]byte(`[]`), town{}); err == nil {
		t.Error("a list is read as an interaction")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(callback(`{"type":"message","channel":"C1","user":"U1","text":"<https://a>","ts":"1.1","blocks":[{"type":"rich_text"}]}`))
	f.Add([]byte(`{"type":"block_actions","actions":[{"type":"button"}],"view":{"state":{"values":{"a":{"b":{}}}}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if e, err := inbound.ParseEvent(body, us); err == nil {
			if e.Post != nil {
				e.Post.Sighting(e.Channel, us, town{})
				e.Post.Typed(us, town{})
			}
			e.Sighting(us, town{})
		}
		_, _ = inbound.ParseInteraction(body, town{})
		_, _ = inbound.ParseSlashJSON(body)
		inbound.History(body, "C1", us, town{})
	})
}
