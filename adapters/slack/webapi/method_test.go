package webapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"evangelist/adapters/slack/webapi"
)

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"": "https://slack.com/api/", "https://a.example/api": "https://a.example/api/", "https://a.example/api//": "https://a.example/api/",
		"http://127.0.0.1:80": "http://127.0.0.1:80/", "slack.com/api": "", "ftp://a.example/": "", "https://": "", "https://a.example/?x=1": "",
		"https://u:very-secret@a.example/": "", "://": "", "https://a.example/#f": "",
	} {
		c, err := webapi.New(webapi.Config{BotToken: botToken, APIURL: text})
		if (err == nil) != (want != "") {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil {
			secret(t, err, "")
		} else if c.URL() != want {
			t.Errorf("%q becomes %q", text, c.URL())
		}
	}
}

// The library's own client has no timeout at all.
func TestThereIsAlwaysATimeout(t *testing.T) {
	given := &http.Client{}
	for _, client := range []*http.Client{nil, given} {
		c, err := webapi.New(webapi.Config{BotToken: botToken, Client: client})
		if err != nil || c.HTTP().Timeout != 30*time.Second {
			t.Errorf("the timeout is %s, %v", c.HTTP().Timeout, err)
		}
	}
	if given.Timeout != 0 || given.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
	c, err := webapi.New(webapi.Config{BotToken: botToken, Client: &http.Client{Timeout: time.Second}})
	if err != nil || c.HTTP().Timeout != time.Second {
		t.Errorf("a timeout of its own is not kept: %v", err)
	}
}

func TestWho(t *testing.T) {
	s := newStand(t)
	s.does("auth.test", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-OAuth-Scopes", "chat:write, im:write,,users:read")
		_, _ = io.WriteString(w, `{"ok":true,"team_id":"T1","team":"House","user_id":"UBOT","bot_id":"BBOT","enterprise_id":"E1","url":"https://house.example/"}`)
	})
	id, err := s.client(t).Who(t.Context())
	want := webapi.Identity{Team: "T1", TeamName: "House", Enterprise: "E1", BotUser: "UBOT", Bot: "BBOT", URL: "https://house.example/", Scopes: []string{"chat:write", "im:write", "users:read"}}
	if err != nil || !reflect.DeepEqual(id, want) {
		t.Errorf("it is %+v, %v", id, err)
	}
	if id.Account() != "E1.T1.UBOT" || (webapi.Identity{Team: "T", BotUser: "U"}).Account() != "-.T.U" {
		t.Errorf("the account is %q", id.Account())
	}
	s.says("auth.test", `{"ok":true}`)
	if id, err := s.client(t).Who(t.Context()); err == nil {
		t.Errorf("nobody is %+v", id)
	}
}

// What is posted arrives as it was rendered, blocks that the library does not
// know included, and nothing is unfurled or interpreted.
func TestPost(t *testing.T) {
	s := newStand(t)
	s.says("chat.postMessage", `{"ok":true,"channel":"C1","ts":"1.000001","message":{"ts":"1.000001","blocks":[{"type":"section","text":17}],"attachments":"odd"}}`)
	ts, err := s.client(t).Post(t.Context(), "C1", "1.000000", words, "part-1")
	if err != nil || ts != "1.000001" {
		t.Fatalf("posted %q, %v: an answer that the library cannot read is an answer", ts, err)
	}
	calls := s.seen("chat.postMessage")
	form := calls[0].Form
	want := map[string]string{
		"channel": "C1", "thread_ts": "1.000000", "text": "Words &amp; more", "parse": "none", "link_names": "false", "mrkdwn": "false", "unfurl_links": "false", "unfurl_media": "false",
		"metadata": `{"event_type":"evangelist_part","event_payload":{"id":"part-1"}}`, "token": botToken,
	}
	for name, value := range want {
		if form.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, form.Get(name), value)
		}
	}
	sameJSON(t, form.Get("blocks"), `[{"type":"rich_text","block_id":"b","elements":[{"type":"x","unheard":"of <!channel>"}]}]`)
	if len(form) != len(want)+1 {
		t.Errorf("it says more: %v", form)
	}
	if _, err := s.client(t).Post(t.Context(), "C1", "", words, ""); err != nil {
		t.Fatal(err)
	}
	if form := s.seen("chat.postMessage")[1].Form; form.Has("metadata") || form.Has("thread_ts") {
		t.Errorf("without thread and id it says %v", form)
	}
	for _, odd := range []string{``, `{}`, `[]`, `{"blocks":{}}`, `{"text":"x","blocks":[}`, `{"text":""}`} {
		if _, err := s.client(t).Post(t.Context(), "C1", "", []byte(odd), "p"); verdictOf(err) != "denied" {
			t.Errorf("%q: %v", odd, err)
		}
	}
	if n := len(s.seen("chat.postMessage")); n != 2 {
		t.Errorf("asked %d times", n)
	}
	s.says("chat.postMessage", `{"ok":true,"channel":"C1"}`)
	if _, err := s.client(t).Post(t.Context(), "C1", "", words, "p"); verdictOf(err) != "unknown" {
		t.Errorf("a post without ts: %v", err)
	}
}

func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b any
	if json.Unmarshal([]byte(got), &a) != nil || json.Unmarshal([]byte(want), &b) != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("it is %s, want %s", got, want)
	}
}

func TestUpdateKeepsTheMetadataAndShortensTheNotification(t *testing.T) {
	s := newStand(t)
	long, _ := json.Marshal(map[string]any{"text": strings.Repeat("ä", 5000), "blocks": []any{map[string]string{"type": "divider"}}})
	if err := s.client(t).Update(t.Context(), "C1", "1.000001", long); err != nil {
		t.Fatal(err)
	}
	form := s.seen("chat.update")[0].Form
	if form.Has("metadata") || form.Get("ts") != "1.000001" || form.Get("parse") != "none" || form.Get("link_names") != "false" {
		t.Errorf("it says %v", form)
	}
	if n := len([]rune(form.Get("text"))); n != 4000 {
		t.Errorf("the text has %d characters", n)
	}
	if err := s.client(t).Update(t.Context(), "C1", "1.000001", []byte(`{"text":"only words"}`)); err != nil {
		t.Fatal(err)
	}
	if form := s.seen("chat.update")[1].Form; form.Get("blocks") != "[]" {
		t.Errorf("the blocks of before stay: %v", form)
	}
}

func TestDeleteEphemeralUnfurlOpenPermalink(t *testing.T) {
	s := newStand(t)
	c := s.client(t)
	ctx := t.Context()
	if err := c.Delete(ctx, "C1", "1.000001"); err != nil {
		t.Error(err)
	}
	if err := c.Ephemeral(ctx, "C1", "1.000000", "U1", words); err != nil {
		t.Error(err)
	}
	if err := c.Unfurl(ctx, "C1", "1.000001", map[string]json.RawMessage{"https://our.example/1?a=b": words}); err != nil {
		t.Error(err)
	}
	s.says("conversations.open", `{"ok":true,"channel":{"id":"D1"}}`)
	if channel, err := c.Open(ctx, []string{"U1", "U2"}); err != nil || channel != "D1" {
		t.Errorf("opened %q, %v", channel, err)
	}
	s.says("chat.getPermalink", `{"ok":true,"permalink":"https://house.example/archives/C1/p1"}`)
	if link, err := c.Permalink(ctx, "C1", "1.000001"); err != nil || link != "https://house.example/archives/C1/p1" {
		t.Errorf("the address is %q, %v", link, err)
	}
	if form := s.seen("chat.delete")[0].Form; form.Get("channel") != "C1" || form.Get("ts") != "1.000001" {
		t.Errorf("delete says %v", form)
	}
	if form := s.seen("chat.postEphemeral")[0].Form; form.Get("user") != "U1" || form.Get("thread_ts") != "1.000000" || form.Has("metadata") {
		t.Errorf("ephemeral says %v", form)
	}
	sameJSON(t, s.seen("chat.unfurl")[0].Form.Get("unfurls"), `{"https://our.example/1?a=b":{"blocks":[{"type":"rich_text","block_id":"b","elements":[{"type":"x","unheard":"of <!channel>"}]}]}}`)
	if form := s.seen("conversations.open")[0].Form; form.Get("users") != "U1,U2" {
		t.Errorf("open says %v", form)
	}
	if _, err := c.Open(ctx, nil); verdictOf(err) != "denied" {
		t.Errorf("a conversation with nobody: %v", err)
	}
	s.says("conversations.open", `{"ok":true}`)
	if _, err := c.Open(ctx, []string{"U1"}); verdictOf(err) != "unknown" {
		t.Errorf("a conversation without a channel: %v", err)
	}
}

func TestViews(t *testing.T) {
	s := newStand(t)
	c := s.client(t)
	for _, name := range []string{"views.open", "views.push", "views.update", "views.publish"} {
		s.says(name, `{"ok":true,"view":{"id":"V1","hash":"h2","blocks":[{"type":7}]}}`)
	}
	view := []byte(`{"type":"modal","unheard":"of"}`)
	asks := []func() (webapi.OpenedView, error){
		func() (webapi.OpenedView, error) { return c.OpenView(t.Context(), "trig", view) },
		func() (webapi.OpenedView, error) { return c.PushView(t.Context(), "trig", view) },
		func() (webapi.OpenedView, error) { return c.UpdateView(t.Context(), "V1", "h1", view) },
		func() (webapi.OpenedView, error) { return c.PublishView(t.Context(), "U1", "", view) },
	}
	for _, ask := range asks {
		if got, err := ask(); err != nil || got != (webapi.OpenedView{ID: "V1", Hash: "h2"}) {
			t.Errorf("it is %+v, %v", got, err)
		}
	}
	for name, want := range map[string]string{
		"views.open": `{"trigger_id":"trig","view":{"type":"modal","unheard":"of"}}`, "views.push": `{"trigger_id":"trig","view":{"type":"modal","unheard":"of"}}`,
		"views.update": `{"view_id":"V1","hash":"h1","view":{"type":"modal","unheard":"of"}}`, "views.publish": `{"user_id":"U1","view":{"type":"modal","unheard":"of"}}`,
	} {
		call := s.seen(name)[0]
		got, _ := json.Marshal(call.JSON)
		sameJSON(t, string(got), want)
		if call.Header.Get("Authorization") != "Bearer "+botToken {
			t.Errorf("%s has no token", name)
		}
	}
	if _, err := c.OpenView(t.Context(), "trig", []byte(`{"type":`)); verdictOf(err) != "denied" {
		t.Errorf("half a view: %v", err)
	}
	s.says("views.open", `{"ok":false,"error":"invalid_arguments","response_metadata":{"messages":["[ERROR] somebody's Words [json-pointer:/view/blocks/0/label]","[ERROR] x [json-pointer:<!channel>]"]}}`)
	_, err := c.OpenView(t.Context(), "trig", view)
	if !strings.Contains(err.Error(), "/view/blocks/0/label") {
		t.Errorf("where is not told: %v", err)
	}
	secret(t, err, "")
}

func TestRespond(t *testing.T) {
	s := newStand(t)
	c := s.client(t)
	address := s.URL + "/respond/T1/123/secret"
	s.does("secret", status(200, "ok"))
	for as, want := range map[webapi.RespondAs]string{
		webapi.RespondPrivately: `{"response_type":"ephemeral","replace_original":false,"text":"Words &amp; more","mrkdwn":false,"unfurl_links":false,"unfurl_media":false,"blocks":[{"type":"rich_text","block_id":"b","elements":[{"type":"x","unheard":"of <!channel>"}]}]}`,
		webapi.RespondReplacing: `{"replace_original":true,"text":"Words &amp; more","mrkdwn":false,"unfurl_links":false,"unfurl_media":false,"blocks":[{"type":"rich_text","block_id":"b","elements":[{"type":"x","unheard":"of <!channel>"}]}]}`,
		webapi.RespondDeleting:  `{"delete_original":true}`,
	} {
		before := len(s.seen("secret"))
		payload := words
		if as == webapi.RespondDeleting {
			payload = nil
		}
		if err := c.Respond(t.Context(), address, as, payload); err != nil {
			t.Fatal(err)
		}
		call := s.seen("secret")[before]
		got, _ := json.Marshal(call.JSON)
		sameJSON(t, string(got), want)
		if call.Header.Get("Authorization") != "" || strings.Contains(string(got), "xoxb") {
			t.Errorf("%s: the token went along", as)
		}
	}
	answers := map[string]http.HandlerFunc{
		"done": says(`{"ok":true}`), "busy": status(429, `x`), "unknown": status(500, "ok"),
		"unreachable": status(404, `{"ok":false,"error":"expired_url"}`), "unreachable ": status(404, `used_url`), "unreachable  ": status(404, `<html>`), "unreachable   ": status(410, ``),
		"denied": says(`{"ok":false,"error":"invalid_blocks"}`), "denied ": status(400, `no_text`), "unknown ": status(200, `<html>`), "done ": status(200, ""),
	}
	for want, answer := range answers {
		s.does("secret", answer)
		err := c.Respond(t.Context(), address, webapi.RespondPrivately, words)
		if verdictOf(err) != strings.TrimSpace(want) {
			t.Errorf("want %s: %v", want, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the address can be read in %v", err)
		}
	}
}

func TestRespondToSlackAlone(t *testing.T) {
	s := newStand(t)
	host := strings.TrimPrefix(s.URL, "http://")
	for address, want := range map[string]bool{
		s.URL + "/r": true, "https://" + host + "/r": false, "https://hooks.slack.com.evil.example/x": false, "http://hooks.slack.com/x": false,
		"https://evil.example/hooks.slack.com": false, "https://hooks.slack.com@evil.example/": false, "https://hooks.slack.com:8443/x": false,
		"https://u:p@hooks.slack.com/x": false, "file:///etc/passwd": false, "//" + host + "/r": false, "": false, "http://169.254.169.254/": false, "https://slack.com/api/x": false,
	} {
		err := s.client(t).Respond(t.Context(), address, webapi.RespondPrivately, words)
		if (err == nil) != want {
			t.Errorf("%q: %v", address, err)
		}
		if !want && verdictOf(err) != "denied" {
			t.Errorf("%q: %v", address, err)
		}
	}
	// Without an address of its own only Slack's host is taken.
	c, err := webapi.New(webapi.Config{BotToken: botToken, Client: &http.Client{Transport: odd{reads: true}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Respond(t.Context(), "https://hooks.slack.com/actions/T/1/x", webapi.RespondPrivately, words); verdictOf(err) != "unknown" {
		t.Errorf("Slack's own address was not tried: %v", err)
	}
	if err := c.Respond(t.Context(), s.URL+"/r", webapi.RespondPrivately, words); verdictOf(err) != "denied" {
		t.Errorf("a foreign address: %v", err)
	}
}

func TestReading(t *testing.T) {
	s := newStand(t)
	c := s.client(t)
	ctx := t.Context()
	s.says("conversations.info", `{"ok":true,"channel":{"id":"C1","name":"finds","is_private":true,"is_member":true,"is_archived":true,"is_ext_shared":false,"is_pending_ext_shared":true,"latest":{"blocks":"odd"}}}`)
	if got, err := c.Info(ctx, "C1"); err != nil || got != (webapi.Channel{ID: "C1", Name: "finds", Private: true, Member: true, Archived: true, Shared: true}) {
		t.Errorf("the channel is %+v, %v", got, err)
	}
	s.says("conversations.info", `{"ok":true}`)
	if got, err := c.Info(ctx, "C1"); verdictOf(err) != "unknown" {
		t.Errorf("no channel is %+v, %v", got, err)
	}
	s.says("users.conversations", `{"ok":true,"channels":[{"id":"C1","name":"a"},{"id":"G1","name":"b","is_group":true,"pending_connected_team_ids":["T9"]}],"response_metadata":{"next_cursor":"n"}}`)
	page, err := c.Conversations(ctx, "m")
	want := []webapi.Channel{{ID: "C1", Name: "a", Member: true}, {ID: "G1", Name: "b", Private: true, Member: true, Shared: true}}
	if err != nil || !slices.Equal(page.List, want) || page.Cursor != "n" {
		t.Errorf("the channels are %+v, %v", page, err)
	}
	if form := s.seen("users.conversations")[0].Form; form.Get("cursor") != "m" || form.Get("team_id") != "T1" || form.Get("types") != "public_channel,private_channel" {
		t.Errorf("it asks %v", form)
	}
	s.says("usergroups.list", `{"ok":true,"usergroups":[{"id":"S1","handle":"leads","name":"Leads","users":["U1"]}]}`)
	if groups, err := c.UserGroups(ctx); err != nil || len(groups) != 1 || groups[0].Name != "Leads" || groups[0].Users[0] != "U1" {
		t.Errorf("the groups are %+v, %v", groups, err)
	}
	s.says("team.profile.get", `{"ok":true,"profile":{"fields":[{"id":"Xf1","label":"Department"},{"id":"Xf2","label":""}]}}`)
	if fields, err := c.ProfileFields(ctx); err != nil || !reflect.DeepEqual(fields, map[string]string{"Department": "Xf1"}) {
		t.Errorf("the fields are %v, %v", fields, err)
	}
	for body, want := range map[string]map[string]string{
		`{"fields":{"Xf1":{"value":"Housing","alt":""}}}`: {"Xf1": "Housing"}, `{"fields":[]}`: nil, `{"fields":null}`: nil, `{}`: nil, `{"fields":{}}`: nil,
	} {
		s.says("users.profile.get", `{"ok":true,"profile":`+body+`}`)
		if got, err := c.Profile(ctx, "U1"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s reads as %v, %v", body, got, err)
		}
	}
	if form := s.seen("users.profile.get")[0].Form; form.Has("include_labels") {
		t.Error("labels are asked for, which Slack limits heavily")
	}
	s.says("users.list", `{"ok":true,"members":[{"id":"U1"},{"id":"U2"}],"response_metadata":{"next_cursor":""}}`)
	if users, err := c.Users(ctx, ""); err != nil || len(users.List) != 2 || users.Cursor != "" {
		t.Errorf("the people are %v, %v", users, err)
	}
	s.says("users.info", `{"ok":true,"user":{"id":"U1"}}`)
	if user, err := c.User(ctx, "U1"); err != nil || string(user) != `{"id":"U1"}` {
		t.Errorf("the person is %s, %v", user, err)
	}
}

// An answer that leaves out its list is none: taking it for an empty one would
// prove an absence.
func TestAnswersThatAreNotWhole(t *testing.T) {
	for _, m := range methods() {
		switch m.name {
		case "conversations.history", "conversations.replies", "users.list", "users.info", "users.conversations", "conversations.info":
			for _, body := range []string{`{"ok":true}`, `{"ok":true,"messages":null,"members":null,"channels":null}`, `{"ok":true,"messages":[],"has_more":true}`, `{"ok":true,"messages":{},"members":{},"channels":{},"user":null,"channel":[]}`} {
				if strings.Contains(body, "has_more") && !strings.Contains(m.name, "conversations.") {
					continue
				}
				s := newStand(t)
				s.says(m.name, body)
				if err := m.ask(t.Context(), s.client(t), s); err == nil && body != `{"ok":true,"messages":{},"members":{},"channels":{},"user":null,"channel":[]}` {
					t.Errorf("%s takes %s", m.name, body)
				}
			}
		}
	}
}

func TestValidate(t *testing.T) {
	s := newStand(t)
	c := s.client(t)
	if faults, err := c.Validate(t.Context(), webapi.MessageSurface, words); err != nil || len(faults) != 0 {
		t.Errorf("faults %v, %v", faults, err)
	}
	call := s.seen("blocks.validate")[0]
	got, _ := json.Marshal(call.JSON)
	sameJSON(t, string(got), `{"message":{"blocks":[{"type":"rich_text","block_id":"b","elements":[{"type":"x","unheard":"of <!channel>"}]}]}}`)
	if call.Header.Get("Authorization") != "" {
		t.Error("the token went along")
	}
	s.says("blocks.validate", `{"ok":false,"error":"invalid_blocks","errors":[{"pointer":"/blocks/0/elements","code":"min_items","message":"Words","constraint":{"expected":1}}]}`)
	faults, err := c.Validate(t.Context(), webapi.ViewSurface, []byte(`{"type":"modal"}`))
	if err != nil || !slices.Equal(faults, []string{"/blocks/0/elements min_items"}) {
		t.Errorf("faults %v, %v", faults, err)
	}
	s.says("blocks.validate", `{"ok":false,"error":"ratelimited"}`)
	if _, err := c.Validate(t.Context(), webapi.MessageSurface, words); verdictOf(err) != "busy" {
		t.Errorf("it is %v", err)
	}
	if _, err := c.Validate(t.Context(), webapi.ViewSurface, []byte(`{`)); verdictOf(err) != "denied" {
		t.Errorf("half a view: %v", err)
	}
}

func TestConnect(t *testing.T) {
	s := newStand(t)
	s.says("apps.connections.open", `{"ok":true,"url":"wss://x.example/link?ticket=very-secret"}`)
	address, err := s.client(t).Connect(t.Context())
	if err != nil || address != "wss://x.example/link?ticket=very-secret" {
		t.Errorf("it is %q, %v", address, err)
	}
	if call := s.seen("apps.connections.open")[0]; call.Header.Get("Authorization") != "Bearer "+appToken {
		t.Error("it is not the app token")
	}
}

// What Slack warns of is logged without anything of the request.
func TestWarnings(t *testing.T) {
	s := newStand(t)
	s.says("chat.update", `{"ok":true,"warning":"superfluous_charset,<!channel> Words","response_metadata":{"warnings":["Words"]}}`)
	var log bytes.Buffer
	c := s.client(t, func(c *webapi.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if err := c.Update(t.Context(), "C1", "1.000001", words); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "superfluous_charset") {
		t.Errorf("the log says %q", log.String())
	}
	secret(t, nil, log.String())
}

func message(ts, user, bot, event, id string) string {
	return fmt.Sprintf(`{"type":"message","ts":%q,"user":%q,"bot_id":%q,"metadata":{"event_type":%q,"event_payload":{"id":%q}}}`, ts, user, bot, event, id)
}

// pages serves lists of messages one after the other.
func pages(lists ...[]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		var n int
		_, _ = fmt.Sscanf(r.PostForm.Get("cursor"), "page-%d", &n)
		next, more := "", n+1 < len(lists)
		if more {
			next = fmt.Sprintf("page-%d", n+1)
		}
		_, _ = fmt.Fprintf(w, `{"ok":true,"messages":[%s],"has_more":%v,"response_metadata":{"next_cursor":%q}}`, strings.Join(lists[n], ","), more, next)
	}
}

func TestFind(t *testing.T) {
	since := time.Unix(1_700_000_000, 123_456_000)
	s := newStand(t)
	s.does("conversations.history", pages(
		[]string{message("1700000300.000000", "UBOT", "BBOT", "evangelist_part", "p1"), message("1700000200.000000", "U1", "", "evangelist_part", "p1")},
		[]string{message("1700000150.000000", "U9", "B9", "evangelist_part", "p1"), `{"type":"message","subtype":"tombstone","ts":"1700000140.000000"}`, `{"ts":5,"metadata":"odd"}`, `"odd"`},
		[]string{message("1700000000.123456", "UBOT", "", "evangelist_part", "p1"), message("1700000000.123455", "UBOT", "BBOT", "evangelist_part", "p1"), message("1700000100.000000", "UBOT", "BBOT", "other", "p1"), message("1700000100.000001", "UBOT", "BBOT", "evangelist_part", "p2")},
	))
	found, err := s.client(t).Find(t.Context(), "C1", "", "p1", since)
	if err != nil || !slices.Equal(found, []string{"1700000000.123456", "1700000300.000000"}) {
		t.Errorf("found %v, %v", found, err)
	}
	calls := s.seen("conversations.history")
	if len(calls) != 3 || len(s.seen("auth.test")) != 1 {
		t.Fatalf("%d pages were read", len(calls))
	}
	form := calls[0].Form
	for name, want := range map[string]string{"channel": "C1", "oldest": "1699999999.123456", "inclusive": "true", "include_all_metadata": "true", "limit": "200"} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, form.Get(name), want)
		}
	}
	if calls[2].Form.Get("cursor") != "page-2" || calls[2].Form.Get("oldest") != form.Get("oldest") {
		t.Errorf("the last page was asked for with %v", calls[2].Form)
	}
	if found, err := s.client(t).Find(t.Context(), "C1", "", "", time.Time{}); err != nil || len(found) != 0 {
		t.Errorf("without an id it finds %v, %v", found, err)
	}
}

func TestFindInAThread(t *testing.T) {
	s := newStand(t)
	s.does("conversations.replies", pages([]string{message("1700000000.000000", "UBOT", "BBOT", "evangelist_part", "p1"), message("1700000100.000000", "UBOT", "BBOT", "evangelist_part", "p1")}))
	found, err := s.client(t).Find(t.Context(), "C1", "1700000000.000000", "p1", time.Unix(1_600_000_000, 0))
	if err != nil || !slices.Equal(found, []string{"1700000100.000000"}) {
		t.Errorf("found %v, %v", found, err)
	}
	if form := s.seen("conversations.replies")[0].Form; form.Get("ts") != "1700000000.000000" {
		t.Errorf("it asks %v", form)
	}
	// The message that it answers is gone: then Slack posts beside the thread.
	s.says("conversations.replies", `{"ok":false,"error":"thread_not_found"}`)
	s.does("conversations.history", pages([]string{message("1700000100.000000", "UBOT", "BBOT", "evangelist_part", "p1")}))
	found, err = s.client(t).Find(t.Context(), "C1", "1700000000.000000", "p1", time.Unix(1_600_000_000, 0))
	if err != nil || !slices.Equal(found, []string{"1700000100.000000"}) {
		t.Errorf("found %v, %v", found, err)
	}
}

// Whatever a page lacks, nothing is proven.
func TestFindProvesNothingByHalf(t *testing.T) {
	for name, second := range map[string]http.HandlerFunc{
		"refused": says(`{"ok":false,"error":"ratelimited"}`), "500": status(500, ``), "reset": broken(reset), "stale": says(`{"ok":false,"error":"invalid_cursor"}`),
		"no list": says(`{"ok":true}`), "no cursor": says(`{"ok":true,"messages":[],"has_more":true}`),
		"round and round": says(`{"ok":true,"messages":[],"has_more":true,"response_metadata":{"next_cursor":"page-1"}}`),
		"unreadable":      says(`{"ok":true,"messages":[{"ts":["1700000000.000000"],"user":"UBOT","metadata":{"event_type":"evangelist_part","event_payload":{"id":"p1"}}}]}`),
	} {
		s := newStand(t)
		first := pages([]string{message("1700000300.000000", "UBOT", "BBOT", "evangelist_part", "p1")}, nil)
		s.does("conversations.history", func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			if r.PostForm.Get("cursor") == "" {
				first(w, r)
				return
			}
			second(w, r)
		})
		if found, err := s.client(t).Find(t.Context(), "C1", "", "p1", time.Time{}); err == nil {
			t.Errorf("%s: found %v", name, found)
		}
	}
	s := newStand(t)
	s.says("auth.test", `{"ok":false,"error":"invalid_auth"}`)
	if found, err := s.client(t).Find(t.Context(), "C1", "", "p1", time.Time{}); verdictOf(err) != "busy*" {
		t.Errorf("without knowing who we are it finds %v, %v", found, err)
	}
}

func TestStamp(t *testing.T) {
	if webapi.Stamp(time.Time{}) != "0" || webapi.Stamp(time.Unix(-5, 0)) != "0" || webapi.Stamp(time.Unix(1_700_000_000, 1_999)) != "1700000000.000001" {
		t.Error("a moment is written wrongly")
	}
	rapid.Check(t, func(t *rapid.T) {
		a := time.UnixMicro(rapid.Int64Range(1e6, 4e15).Draw(t, "a"))
		b := time.UnixMicro(rapid.Int64Range(1e6, 4e15).Draw(t, "b"))
		if a.Compare(b) != webapi.Earlier(webapi.Stamp(a), webapi.Stamp(b)) {
			t.Fatalf("%s and %s are in the wrong order", webapi.Stamp(a), webapi.Stamp(b))
		}
	})
}
