package slacktest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/slack/slacktest/kit"
)

// invoke calls a method with a form and returns the whole answer.
func invoke(t *testing.T, s *slacktest.Server, method string, args ...string) map[string]any {
	t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	request, err := http.NewRequestWithContext(within(t), http.MethodPost, s.APIURL()+method, strings.NewReader(form.Encode()))
	must(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "Bearer "+s.Config().BotToken)
	return do(t, request)
}

func do(t *testing.T, request *http.Request) map[string]any {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	var out map[string]any
	must(t, json.NewDecoder(response.Body).Decode(&out))
	return out
}

// at walks into an answer: "channel.name", "messages.0.text".
func at(value any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

func TestMethods(t *testing.T) {
	s := house(t, slacktest.Config{Enterprise: "E0CITY", Scopes: append(slacktest.DefaultScopes(), "channels:join")})
	s.AddGroup("S0LEADS", "leads", "Leads", "U0ANNA", "U0BRAM")
	s.AddUser(slacktest.User{ID: "U0ELSE", Team: "T0ELSE", Name: "Ines Ruiz"})
	s.AddUser(slacktest.User{ID: "U0ROBOT", Name: "Robot", Bot: true})
	s.AddChannel(slacktest.Channel{ID: "D0PEOPLE", Kind: slacktest.IM, Members: []string{"U0ANNA", "U0BRAM"}})
	m, err := s.As("U0ANNA").Post(within(t), "general", "hello")
	must(t, err)
	reply, err := s.As("U0ANNA").Reply(within(t), "general", m.TS, "again")
	must(t, err)
	link := "p" + strings.ReplaceAll(m.TS, ".", "")
	nine := "U0ANNA,U0BRAM,U0LENA"
	for _, id := range []string{"1", "2", "3", "4", "5", "6"} {
		s.AddUser(slacktest.User{ID: "U0MORE" + id, Name: "More " + id})
		nine += ",U0MORE" + id
	}
	for _, c := range []struct {
		method string
		args   []string
		path   string // of what is looked at; "error" for a refusal
		want   any
	}{
		{"auth.test", nil, "enterprise_id", "E0CITY"},
		{"no.such", nil, "error", "unknown_method"},
		{"team.info", nil, "team.domain", "house"},
		{"bots.info", []string{"bot", "B0EVANGEL"}, "bot.user_id", "U0EVANGEL"},
		{"bots.info", []string{"bot", "B0NONE"}, "error", "bot_not_found"},
		{"usergroups.list", []string{"include_users", "true"}, "usergroups.0.users.1", "U0BRAM"},
		{"usergroups.list", nil, "usergroups.0.users", nil},
		{"usergroups.users.list", []string{"usergroup", "S0LEADS"}, "users.0", "U0ANNA"},
		{"usergroups.users.list", []string{"usergroup", "S0NONE"}, "error", "no_such_subteam"},
		{"users.info", []string{"user", "U0NONE"}, "error", "user_not_found"},
		{"users.info", []string{"user", "U0ELSE"}, "error", "user_not_visible"},
		{"users.info", []string{"user", "U0ANNA"}, "user.enterprise_user.enterprise_id", "E0CITY"},
		{"users.info", []string{"user", "USLACKBOT"}, "user.is_bot", false},
		{"users.profile.get", []string{"user", "U0ANNA", "include_labels", "true"}, "profile.fields.Xf0DEPART.label", "Department"},
		{"users.profile.get", nil, "profile.bot_id", "B0EVANGEL"},
		{"chat.getPermalink", []string{"channel", "C0GENERAL", "message_ts", m.TS}, "permalink", "https://house.slack.com/archives/C0GENERAL/" + link},
		{"chat.getPermalink", []string{"channel", "C0GENERAL", "message_ts", "1.2"}, "error", "message_not_found"},
		{"chat.getPermalink", []string{"channel", "C0GENERAL", "message_ts", reply.TS}, "ok", true},
		{"chat.postMessage", []string{"channel", "#general", "text", "by name"}, "channel", "C0GENERAL"},
		{"chat.postMessage", []string{"channel", "D0PEOPLE", "text", "x"}, "error", "channel_not_found"},
		{"chat.postMessage", []string{"channel", "U0BRAM", "text", "a chat"}, "ok", true},
		{"chat.postMessage", []string{"channel", "C0GENERAL", "blocks", "{"}, "error", "invalid_blocks_format"},
		{"chat.postMessage", []string{"channel", "C0GENERAL", "blocks", `[{"block_id":"x"}]`}, "error", "invalid_blocks"},
		{"chat.postMessage", []string{"channel", "C0GENERAL", "attachments", "{"}, "error", "invalid_attachments"},
		{"chat.postMessage", []string{"channel", "C0GENERAL", "text", "x", "metadata", "1"}, "error", "invalid_metadata_format"},
		{"chat.update", []string{"channel", "C0GENERAL", "ts", m.TS, "text", "x"}, "error", "cant_update_message"},
		{"chat.update", []string{"channel", "C0GENERAL", "ts", "1.2", "text", "x"}, "error", "message_not_found"},
		{"chat.delete", []string{"channel", "C0GENERAL", "ts", m.TS}, "error", "cant_delete_message"},
		{"blocks.validate", []string{"blocks", `[{"type":"divider"}]`}, "ok", true},
		{"blocks.validate", []string{"blocks", `[{"block_id":"x"}]`}, "response_metadata.messages.0", "[ERROR] missing required field: type [json-pointer:/blocks/0]"},
		{"conversations.info", []string{"channel", "C0GENERAL", "include_num_members", "true"}, "channel.num_members", 3.0},
		{"conversations.info", []string{"channel", "C0SECRET"}, "error", "channel_not_found"},
		{"conversations.history", []string{"channel", "C0OTHER"}, "error", "not_in_channel"},
		{"conversations.history", []string{"channel", "C0GENERAL", "oldest", m.TS, "inclusive", "true", "limit", "1"}, "messages.0.ts", m.TS},
		{"conversations.history", []string{"channel", "C0GENERAL", "limit", "9999"}, "error", "invalid_limit"},
		{"conversations.history", []string{"channel", "C0GENERAL", "cursor", "rubbish"}, "error", "invalid_cursor"},
		{"conversations.replies", []string{"channel", "C0GENERAL", "ts", "1.2"}, "error", "thread_not_found"},
		{"conversations.replies", []string{"channel", "C0GENERAL", "ts", reply.TS}, "messages.0.parent_user_id", "U0ANNA"},
		{"conversations.list", []string{"types", "secret_channel"}, "error", "invalid_types"},
		{"conversations.join", []string{"channel", "C0OTHER"}, "channel.is_member", true},
		{"conversations.join", []string{"channel", "C0SECRET"}, "error", "channel_not_found"},
		{"users.conversations", []string{"limit", "1"}, "channels.0.id", "C0GENERAL"},
		{"users.conversations", []string{"limit", "1"}, "response_metadata.next_cursor", "bmV4dDox"},
		{"users.conversations", []string{"types", "im"}, "channels.0.user", "U0BRAM"},
		{"conversations.members", []string{"channel", "C0GENERAL", "limit", "2"}, "members.1", "U0BRAM"},
		{"conversations.open", nil, "error", "users_list_not_supplied"},
		{"conversations.open", []string{"users", "U0NONE"}, "error", "user_not_found"},
		{"conversations.open", []string{"users", "U0EVANGEL"}, "error", "not_enough_users"},
		{"conversations.open", []string{"users", "U0ROBOT"}, "error", "cannot_dm_bot"},
		{"conversations.open", []string{"users", "U0ELSE"}, "error", "user_not_visible"},
		{"conversations.open", []string{"users", nine}, "error", "too_many_users"},
		{"conversations.open", []string{"channel", "C0GENERAL"}, "already_open", true},
		{"reactions.add", []string{"channel", "C0GENERAL", "timestamp", m.TS, "name", "eyes"}, "ok", true},
		{"reactions.remove", []string{"channel", "C0GENERAL", "timestamp", m.TS, "name", "eyes"}, "ok", true},
		{"reactions.remove", []string{"channel", "C0GENERAL", "timestamp", m.TS, "name", "eyes"}, "error", "no_reaction"},
		{"reactions.add", []string{"channel", "C0GENERAL", "timestamp", m.TS}, "error", "invalid_name"},
		{"reactions.add", []string{"channel", "C0GENERAL", "timestamp", "1.2", "name", "eyes"}, "error", "message_not_found"},
		{"views.open", []string{"view", "{}"}, "error", "invalid_arguments"},
		{"views.publish", []string{"user_id", "U0NONE", "view", "{}"}, "error", "invalid_arguments"},
		{"views.publish", []string{"user_id", "U0ANNA", "view", `{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[]}`}, "error", "invalid_arguments"},
		{"views.publish", []string{"user_id", "U0ANNA", "view", `{"type":"home"}`}, "response_metadata.messages.0", "[ERROR] missing required field: blocks [json-pointer:/view/blocks]"},
		{"views.update", []string{"view_id", "V0NONE", "view", "{}"}, "error", "not_found"},
	} {
		answer := invoke(t, s, c.method, c.args...)
		if got := at(answer, c.path); got != c.want {
			t.Errorf("%s %v: %s is %v, not %v, in %v", c.method, c.args, c.path, got, c.want, answer)
		}
	}
}

func TestEveryScopeIsAsked(t *testing.T) {
	s := house(t, slacktest.Config{Scopes: []string{"commands"}})
	for method, args := range map[string][]string{
		"bots.info": nil, "chat.postMessage": nil, "chat.update": nil, "chat.delete": nil, "chat.postEphemeral": nil, "chat.unfurl": nil,
		"conversations.history": {"channel", "C0GENERAL"}, "conversations.replies": {"channel", "C0GENERAL"}, "conversations.info": {"channel", "C0GENERAL"},
		"conversations.list": nil, "conversations.members": {"channel", "C0GENERAL"}, "conversations.open": nil, "conversations.join": nil,
		"users.conversations": nil, "users.list": nil, "users.info": nil, "users.lookupByEmail": nil, "users.profile.get": nil, "team.profile.get": nil,
		"team.info": nil, "usergroups.list": nil, "usergroups.users.list": nil, "reactions.add": nil, "reactions.remove": nil, "reactions.get": nil,
	} {
		if answer := invoke(t, s, method, args...); answer["error"] != "missing_scope" || answer["needed"] == "" || answer["provided"] != "commands" {
			t.Errorf("%s: %v", method, answer)
		}
	}
}

func TestWhatIsNoCall(t *testing.T) {
	s := house(t, slacktest.Config{})
	for _, c := range []struct{ kind, body, want string }{
		{"", "", "no_text"}, {"", "x=1", "missing_post_type"}, {"text/plain", "x", "invalid_post_type"}, {";;", "x", "invalid_post_type"},
		{"application/json", "{", "invalid_json"}, {"application/json", `{"text":null,"n":1}`, "no_text"}, {"multipart/form-data; boundary=x", "no", "invalid_form_data"},
	} {
		request, err := http.NewRequestWithContext(within(t), http.MethodPost, s.APIURL()+"chat.postMessage?channel=C0GENERAL", strings.NewReader(c.body))
		must(t, err)
		request.Header.Set("Authorization", "Bearer "+s.Config().BotToken)
		if c.kind != "" {
			request.Header.Set("Content-Type", c.kind)
		}
		if answer := do(t, request); answer["error"] != c.want {
			t.Errorf("%q %q: %v", c.kind, c.body, answer)
		}
	}
	last := s.Calls("chat.postMessage")
	if args := last[5].Args; args["n"] != "1" || args["channel"] != "C0GENERAL" {
		t.Errorf("%v", args)
	}
}

func TestUnfurl(t *testing.T) {
	s := house(t, slacktest.Config{UnfurlDomains: []string{"archive.example"}})
	ctx := within(t)
	m, err := s.As("U0ANNA").Post(ctx, "other", "see https://archive.example/4 and https://example.org/")
	must(t, err)
	must(t, s.As("U0ANNA").TypeLink(ctx, "https://archive.example/5"))
	must(t, s.As("U0ANNA").TypeLink(ctx, "https://example.org/5"))
	var ids []string
	for _, e := range s.Events("link_shared") {
		var got map[string]any
		must(t, json.Unmarshal(e.Payload, &got))
		ids = append(ids, at(got, "event.unfurl_id").(string))
		if at(got, "event.links.0.domain") != "archive.example" || at(got, "event.links.1") != nil {
			t.Errorf("%s", e.Payload)
		}
	}
	if len(ids) != 2 {
		t.Fatalf("%d events", len(ids))
	}
	shown := `{"https://archive.example/4":{"blocks":[{"type":"divider"}]}}`
	for _, c := range []struct {
		args []string
		want any
	}{
		{[]string{"unfurl_id", ids[0], "source", "conversations_history", "unfurls", shown}, nil},
		{[]string{"unfurl_id", ids[1], "source", "composer", "unfurls", shown}, nil},
		{[]string{"unfurl_id", ids[1], "source", "conversations_history", "unfurls", shown}, "invalid_unfurl_id"},
		{[]string{"channel", "C0NONE", "ts", m.TS, "unfurls", shown}, "cannot_find_channel"},
		{[]string{"channel", "C0OTHER", "ts", "1.2", "unfurls", shown}, "cannot_find_message"},
		{[]string{"channel", "C0OTHER", "ts", m.TS, "unfurls", "x"}, "cannot_parse_attachment"},
	} {
		if answer := invoke(t, s, "chat.unfurl", c.args...); answer["error"] != c.want {
			t.Errorf("%v: %v", c.args, answer)
		}
	}
	if now, _ := s.Message("other", m.TS); !strings.Contains(string(now.Attachments), "is_app_unfurl") {
		t.Errorf("%s", now.Attachments)
	}
	must(t, s.Preview("other", m.TS, "https://example.org/", "Example"))
}

func TestOtherWaysToWrite(t *testing.T) {
	s := house(t, slacktest.Config{})
	ctx, anna := within(t), s.As("U0ANNA")
	rich, err := anna.PostBlocks(ctx, "general", "see <https://example.org/1|this>", kit.RichLink("see ", "https://example.org/1", "this"))
	must(t, err)
	bare, err := anna.PostText(ctx, "general", "see <https://example.org/2>")
	must(t, err)
	if rich.Shown() != "see this" || bare.Shown() != bare.Text || bare.Blocks != nil {
		t.Errorf("%q %q", rich.Shown(), bare.Shown())
	}
	if answer := invoke(t, s, "chat.postMessage", "channel", "U0ANNA", "text", "for you", "thread_ts", ""); answer["ok"] != true {
		t.Error(answer)
	}
	must(t, anna.OpenMessages(ctx))
	inbox := anna.Inbox()
	if len(inbox) != 1 || len(s.As("U0BRAM").Inbox()) != 0 || anna.ID() != "U0ANNA" {
		t.Errorf("%+v", inbox)
	}
	must(t, anna.DeleteOfBot(ctx, "", inbox[0].TS))
	if len(anna.Inbox()) != 0 {
		t.Error("it is still there")
	}
	if err := anna.Edit(ctx, "general", "1.2", "x"); err == nil {
		t.Error("what is not there is edited")
	}
	if err := s.As("U0BRAM").Edit(ctx, "general", rich.TS, "x"); err == nil {
		t.Error("what somebody else wrote is edited")
	}
	if err := s.As("U0BRAM").Delete(ctx, "general", rich.TS); err == nil {
		t.Error("what somebody else wrote is deleted")
	}
	must(t, s.Deactivate("U0ANNA", true))
	if _, err := anna.Post(ctx, "general", "x"); err == nil {
		t.Error("a deactivated person posts")
	}
	if _, err := anna.Slash(ctx, "general", "/x"); err == nil {
		t.Error("a deactivated person types commands")
	}
	if _, err := anna.Shortcut(ctx, "x"); err == nil {
		t.Error("a deactivated person uses shortcuts")
	}
	if u, ok := s.User("U0ANNA"); !ok || !u.Deleted || len(s.Users()) != 5 {
		t.Errorf("%+v", u)
	}
	if ch, ok := s.Channel("general"); !ok || ch.ID != "C0GENERAL" || len(s.Channels()) != 4 {
		t.Errorf("%+v", ch)
	}
	must(t, s.Archive("general", true))
	if _, err := s.As("U0BRAM").Post(ctx, "general", "x"); err == nil {
		t.Error("somebody posts into an archived channel")
	}
}

func TestDeactivatedChat(t *testing.T) {
	for _, code := range []string{"", "is_inactive"} {
		s := house(t, slacktest.Config{DeactivatedDM: code})
		chat := s.Direct("U0BRAM")
		must(t, s.Deactivate("U0BRAM", true))
		answer := invoke(t, s, "chat.postMessage", "channel", chat, "text", "anybody?")
		if got, _ := answer["error"].(string); got != code {
			t.Errorf("%q: %v", code, answer)
		}
	}
}

func TestOneEndpointAndLimits(t *testing.T) {
	s := house(t, slacktest.Config{OneEndpoint: true, Parallel: 4})
	paths := make(chan string, 100)
	listen(t, s, func(r *http.Request, _ []byte) (int, string, string) {
		paths <- r.URL.Path
		return 200, "", ""
	})
	_, err := s.As("U0ANNA").Slash(within(t), "general", "/digest")
	must(t, err)
	_, err = s.As("U0ANNA").Shortcut(within(t), "x")
	must(t, err)
	s.LimitEvents()
	settle(t, s)
	close(paths)
	n := 0
	for path := range paths {
		if n++; path != "/slack/events" {
			t.Errorf("sent to %s", path)
		}
	}
	if e := s.Events("app_rate_limited"); n < 3 || len(e) != 1 || e[0].State != slacktest.Delivered {
		t.Errorf("%d requests, %+v", n, e)
	}
}

func TestViewsAreValidated(t *testing.T) {
	var surfaces []string
	s := house(t, slacktest.Config{Validate: func(surface string, raw json.RawMessage) []string {
		surfaces = append(surfaces, surface)
		if strings.Contains(string(raw), "forbidden") && strings.Contains(string(raw), `"type":"home"`) {
			return []string{"[ERROR] forbidden"}
		}
		return nil
	}})
	answer := invoke(t, s, "views.publish", "user_id", "U0ANNA", "view", `{"type":"home","blocks":[],"callback_id":"forbidden"}`)
	if at(answer, "response_metadata.messages.0") != "[ERROR] forbidden" || answer["error"] != "invalid_arguments" || len(surfaces) != 1 || surfaces[0] != "home" {
		t.Errorf("%v %v", answer, surfaces)
	}
}

func TestACallThatIsCutOff(t *testing.T) {
	s := house(t, slacktest.Config{})
	s.Fail(slacktest.Slow("auth.test", soon, true))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.APIURL()+"auth.test?token="+s.Config().BotToken, nil)
		if err == nil {
			var response *http.Response
			if response, err = http.DefaultClient.Do(request); err == nil {
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		}
		done <- err
	}()
	must(t, s.WaitFor(within(t), func() bool { calls := s.Calls("auth.test"); return len(calls) == 1 }))
	stop()
	if err := <-done; err == nil {
		t.Error("a slow call is fast")
	}
}
