package slacktest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"evangelist/adapters/slack/slacktest"
)

// ear is a bot that only listens, over HTTP. It checks every signature.
type ear struct {
	t      *testing.T
	secret string
	answer func(r *http.Request, body []byte) (status int, contentType, answer string)

	mu   sync.Mutex
	got  []string // event_id, or the type of what came
	head []http.Header
}

func listen(t *testing.T, s *slacktest.Server, answer func(*http.Request, []byte) (int, string, string)) *ear {
	t.Helper()
	e := &ear{t: t, secret: s.Config().SigningSecret, answer: answer}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	s.SetReceiver(server.URL)
	return e
}

func (e *ear) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		e.t.Error(err)
	}
	verifier, err := slack.NewSecretsVerifier(r.Header, e.secret)
	if err == nil {
		_, _ = verifier.Write(body)
		err = verifier.Ensure()
	}
	if err != nil {
		http.Error(w, "signature", http.StatusUnauthorized)
		return
	}
	var event struct {
		ID string `json:"event_id"`
	}
	_ = json.Unmarshal(body, &event)
	e.mu.Lock()
	e.got, e.head = append(e.got, event.ID), append(e.head, r.Header.Clone())
	e.mu.Unlock()
	if e.answer == nil {
		return
	}
	status, contentType, answer := e.answer(r, body)
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

func (e *ear) ids() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.got)
}

func settle(t *testing.T, s *slacktest.Server) {
	t.Helper()
	if err := s.Settle(within(t)); err != nil {
		t.Fatal(err)
	}
}

// quiet lets the events of building the house go by.
func quiet(t *testing.T, s *slacktest.Server) int {
	settle(t, s)
	return len(s.Events())
}

func TestEveryEventParses(t *testing.T) {
	s := house(t, slacktest.Config{UnfurlDomains: []string{"archive.example"}, Enterprise: "E0CITY"})
	listen(t, s, nil)
	api, ctx, anna := client(s), within(t), s.As("U0ANNA")
	m, err := anna.Post(ctx, "general", "see https://digest.archive.example/4")
	must(t, err)
	_, err = anna.Reply(ctx, "general", m.TS, "a reply")
	must(t, err)
	_, err = anna.Broadcast(ctx, "general", m.TS, "a loud reply")
	must(t, err)
	_, err = anna.PostFile(ctx, "general", "a file", "plan.pdf")
	must(t, err)
	_, err = s.PostAsBot("general", "B0OTHER", "I am another bot")
	must(t, err)
	must(t, anna.Edit(ctx, "general", m.TS, "edited"))
	must(t, anna.React(ctx, "general", m.TS, "pushpin"))
	must(t, anna.Unreact(ctx, "general", m.TS, "pushpin"))
	last, err := anna.Post(ctx, "general", "to be deleted")
	must(t, err)
	must(t, anna.Delete(ctx, "general", last.TS))
	must(t, anna.TypeLink(ctx, "https://archive.example/5"))
	_, _, err = api.PostMessageContext(ctx, "C0GENERAL", slack.MsgOptionText("mine", false))
	must(t, err)
	_, _, _, err = api.UnfurlMessageContext(ctx, "C0GENERAL", m.TS, map[string]slack.Attachment{"https://digest.archive.example/4": {Title: "Edition 4"}})
	must(t, err)
	_, err = anna.Post(ctx, "", "to the bot alone")
	must(t, err)
	must(t, anna.OpenHome(ctx))
	must(t, s.Invite("secret"))
	must(t, s.As("U0LENA").Join(ctx, "general"))
	must(t, s.As("U0LENA").Leave(ctx, "general"))
	must(t, s.Rename("general", "everybody"))
	must(t, s.Share("C0GENERAL", "T0ELSE"))
	must(t, s.Share("C0GENERAL"))
	must(t, s.Archive("C0OTHER", true))
	must(t, s.Archive("C0OTHER", false))
	must(t, s.Kick("C0GENERAL"))
	must(t, s.Kick("secret"))
	must(t, s.Deactivate("U0BRAM", true))
	s.Uninstall()
	settle(t, s)
	seen := map[string]bool{}
	for _, e := range s.Events() {
		seen[e.Type] = true
		if e.State != slacktest.Delivered {
			t.Errorf("%s is %s: %+v", e.Type, e.State, e.Attempts)
		}
		parsed, err := slackevents.ParseEvent(e.Payload, slackevents.OptionNoVerifyToken())
		if err != nil {
			t.Errorf("%s does not parse: %v\n%s", e.Type, err, e.Payload)
			continue
		}
		if callback := parsed.Data.(*slackevents.EventsAPICallbackEvent); callback.EventID != e.ID || callback.EnterpriseID != "E0CITY" || len(callback.Authorizations) != 1 {
			t.Errorf("the outer part of %s: %+v", e.Type, callback)
		}
	}
	for _, want := range []string{
		"message", "message.thread_broadcast", "message.file_share", "message.bot_message", "message.message_changed", "message.message_deleted",
		"message.channel_join", "message.group_join", "reaction_added", "reaction_removed", "link_shared", "app_home_opened",
		"member_joined_channel", "member_left_channel", "channel_rename", "channel_shared", "channel_unshared", "channel_archive",
		"channel_unarchive", "channel_left", "group_left", "user_change", "team_join", "tokens_revoked", "app_uninstalled",
	} {
		if !seen[want] {
			t.Errorf("no event %s", want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheBotHearsOnlyWhereItIs(t *testing.T) {
	s := house(t, slacktest.Config{})
	before := quiet(t, s)
	ctx, anna := within(t), s.As("U0ANNA")
	m, err := anna.Post(ctx, "other", "unheard")
	must(t, err)
	must(t, anna.React(ctx, "other", m.TS, "eyes"))
	_, err = anna.Post(ctx, "secret", "unheard")
	must(t, err)
	if got := len(s.Events()); got != before {
		t.Errorf("the bot was told of %+v", s.Events()[before:])
	}
	if _, err := s.As("U0LENA").Post(ctx, "general", "I am not in here"); err == nil {
		t.Error("somebody posts where she is not")
	}
}

func TestRetries(t *testing.T) {
	cases := []struct {
		name     string
		status   func(n int) int
		header   string
		attempts int
		state    string
	}{
		{name: "well", status: func(int) int { return 200 }, attempts: 1, state: slacktest.Delivered},
		{name: "well at last", status: func(n int) int { return []int{500, 503, 200, 200}[n] }, attempts: 3, state: slacktest.Delivered},
		{name: "never", status: func(int) int { return 500 }, attempts: 4, state: slacktest.Lost},
		{name: "no retry", status: func(int) int { return 500 }, header: "1", attempts: 1, state: slacktest.Lost},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := house(t, slacktest.Config{})
			quiet(t, s)
			n := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.header != "" {
					w.Header().Set("X-Slack-No-Retry", c.header)
				}
				if got := r.Header.Get("X-Slack-Retry-Num"); n > 0 && (got != string(rune('0'+n)) || r.Header.Get("X-Slack-Retry-Reason") != "http_error") {
					t.Errorf("attempt %d says retry %q", n, got)
				}
				w.WriteHeader(c.status(n))
				n++
			}))
			defer server.Close()
			s.SetReceiver(server.URL)
			_, err := s.As("U0ANNA").Post(within(t), "general", "hello")
			must(t, err)
			settle(t, s)
			e := s.Events("message")[0]
			if len(e.Attempts) != c.attempts || e.State != c.state {
				t.Errorf("%s after %+v", e.State, e.Attempts)
			}
		})
	}
}

func TestASlowBotIsAskedAgain(t *testing.T) {
	s := house(t, slacktest.Config{AckWithin: 500 * time.Millisecond})
	quiet(t, s)
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Slack-Retry-Num") == "" {
			<-release
		}
	}))
	defer server.Close()
	defer close(release)
	s.SetReceiver(server.URL)
	_, err := s.As("U0ANNA").Post(within(t), "general", "hello")
	must(t, err)
	settle(t, s)
	e := s.Events("message")[0]
	if e.State != slacktest.Delivered || len(e.Attempts) != 2 || e.Attempts[0].Problem != "http_timeout" || e.Attempts[1].Reason != "http_timeout" {
		t.Errorf("%s after %+v", e.State, e.Attempts)
	}
}

func TestEventsWhileAway(t *testing.T) {
	for _, keep := range []bool{false, true} {
		s := house(t, slacktest.Config{KeepEventsWhileAway: keep, RetryDelays: []time.Duration{}})
		e := listen(t, s, nil)
		settle(t, s)
		s.Away(true)
		_, err := s.As("U0ANNA").Post(within(t), "general", "while away")
		must(t, err)
		settle(t, s)
		before := len(e.ids())
		s.Away(false)
		s.Resume()
		settle(t, s)
		want := slacktest.Lost
		if keep {
			want = slacktest.Delivered
		}
		if got := s.Events("message")[0].State; got != want {
			t.Errorf("keep %v: the message is %s", keep, got)
		}
		if got := len(e.ids()) > before; got != keep {
			t.Errorf("keep %v: resumed %v", keep, got)
		}
	}
}

func TestHoldReorderRedeliver(t *testing.T) {
	s := house(t, slacktest.Config{})
	e := listen(t, s, nil)
	quiet(t, s)
	before := len(e.ids())
	s.Hold()
	for _, text := range []string{"one", "two", "three"} {
		_, err := s.As("U0ANNA").Post(within(t), "general", text)
		must(t, err)
	}
	var ids []string
	for _, each := range s.Events("message") {
		ids = append(ids, each.ID)
	}
	s.Release(func(list []slacktest.Event) []slacktest.Event {
		slices.Reverse(list)
		return append(list, list[0])
	})
	settle(t, s)
	must(t, s.Redeliver(within(t), ids[0], 2))
	want := []string{ids[2], ids[1], ids[0], ids[2], ids[0], ids[0]}
	if got := e.ids()[before:]; !slices.Equal(got, want) {
		t.Errorf("came as %v, not %v", got, want)
	}
}

func TestVerifyAndRaw(t *testing.T) {
	s := house(t, slacktest.Config{})
	listen(t, s, func(_ *http.Request, body []byte) (int, string, string) {
		var given struct{ Challenge string }
		_ = json.Unmarshal(body, &given)
		return 200, "text/plain", given.Challenge
	})
	ctx := within(t)
	must(t, s.Verify(ctx))
	body := []byte(`{"type":"nonsense"}`)
	for _, c := range []struct {
		raw  slacktest.Raw
		want int
	}{
		{raw: slacktest.Raw{}, want: 200},
		{raw: slacktest.Raw{Unsigned: true}, want: 401},
		{raw: slacktest.Raw{Secret: "another"}, want: 401},
		{raw: slacktest.Raw{Age: 6 * time.Minute}, want: 401},
		{raw: slacktest.Raw{Age: -6 * time.Minute}, want: 401},
		{raw: slacktest.Raw{Header: map[string]string{"X-Slack-Signature": "v0=00"}}, want: 401},
	} {
		c.raw.Path, c.raw.Body = "/slack/events", body
		status, _, err := s.SendRaw(ctx, c.raw)
		if err != nil || status != c.want {
			t.Errorf("%+v: %d %v", c.raw, status, err)
		}
	}
	deaf := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer deaf.Close()
	s.SetReceiver(deaf.URL)
	if err := s.Verify(ctx); err == nil {
		t.Error("a receiver that returns nothing is accepted")
	}
}

func TestSlashOverHTTP(t *testing.T) {
	s := house(t, slacktest.Config{Commands: []string{"/digest"}, AckWithin: time.Second})
	paths := make(chan string, 10)
	stop := make(chan struct{})
	listen(t, s, func(r *http.Request, body []byte) (int, string, string) {
		if strings.Contains(r.URL.Path, "events") {
			return 200, "", ""
		}
		paths <- r.URL.Path
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		command, err := slack.SlashCommandParse(r)
		if err != nil {
			t.Error(err)
		}
		switch command.Text {
		case "private":
			return 200, "application/json", `{"text":"only you"}`
		case "public":
			return 200, "application/json", `{"response_type":"in_channel","text":"everybody"}`
		case "plain":
			return 200, "text/plain", "just words"
		case "broken":
			return 500, "", ""
		case "slow":
			<-stop
		}
		return 200, "", ""
	})
	defer close(stop)
	ctx, anna := within(t), s.As("U0ANNA")
	ask := func(text string) slacktest.Answer {
		t.Helper()
		answer, err := anna.Slash(ctx, "general", "/digest "+text)
		must(t, err)
		return answer
	}
	if a := ask("private"); a.Shown == nil || a.Shown.For != "U0ANNA" || a.Shown.Text != "only you" {
		t.Errorf("%+v", a)
	}
	if a := ask("public"); a.Shown == nil || a.Shown.For != "" || len(s.BotMessages("general")) != 1 {
		t.Errorf("%+v", a)
	}
	if a := ask("plain"); a.Shown == nil || a.Shown.Text != "just words" {
		t.Errorf("%+v", a)
	}
	if a := ask("nothing"); a.Shown != nil || a.Problem != "" {
		t.Errorf("%+v", a)
	}
	if a := ask("broken"); a.Problem != "http_500" {
		t.Errorf("%+v", a)
	}
	if a := ask("slow"); a.Problem != "operation_timeout" {
		t.Errorf("%+v", a)
	}
	other, err := anna.Slash(ctx, "general", "/other")
	if err != nil || other.Sent || other.Problem != "not_a_command" {
		t.Errorf("%+v %v", other, err)
	}
	if got := anna.Problems(); !slices.Equal(got, []string{"http_500", "operation_timeout", "not_a_command"}) {
		t.Errorf("the person was told %v", got)
	}
	if path := <-paths; path != "/slack/commands" {
		t.Errorf("sent to %s", path)
	}
}

func TestResponseURL(t *testing.T) {
	s := house(t, slacktest.Config{})
	listen(t, s, nil)
	ctx := within(t)
	answer, err := s.As("U0ANNA").Slash(ctx, "other", "/digest add")
	must(t, err)
	send := func(url, body string) (int, string) {
		t.Helper()
		return post(t, ctx, url, body)
	}
	for i := range 5 {
		if status, said := send(answer.ResponseURL, `{"text":"note"}`); status != 200 {
			t.Fatalf("use %d: %d %s", i, status, said)
		}
	}
	if status, said := send(answer.ResponseURL, `{"text":"note"}`); status != 404 || !strings.Contains(said, "used_url") {
		t.Errorf("the sixth use: %d %s", status, said)
	}
	if got := s.As("U0ANNA").Ephemerals("other"); len(got) != 5 {
		t.Errorf("%d notes", len(got))
	}
	if status, said := send(s.APIURL()[:len(s.APIURL())-4]+"response/none", `{"text":"x"}`); status != 404 || !strings.Contains(said, "invalid_url") {
		t.Errorf("%d %s", status, said)
	}
}

func post(t *testing.T, ctx context.Context, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(said)
}

func TestResponseURLExpiresAndReplaces(t *testing.T) {
	clock := &still{at: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	s := house(t, slacktest.Config{Clock: clock})
	listen(t, s, nil)
	api, ctx, anna := client(s), within(t), s.As("U0ANNA")
	button := slack.NewActionBlock("actions-1", slack.NewButtonBlockElement("digest.useful#1", "item-4", slack.NewTextBlockObject("plain_text", "Useful", false, false)))
	_, err := api.PostEphemeralContext(ctx, "C0GENERAL", "U0ANNA", slack.MsgOptionText("x", false), slack.MsgOptionBlocks(section("Is it?"), button))
	must(t, err)
	whisper := anna.Ephemerals("general")[0]
	answer, err := anna.Press(ctx, slacktest.OnMessage("general", whisper.TS), "Useful")
	must(t, err)
	if status, said := post(t, ctx, answer.ResponseURL, `{"replace_original":true,"text":"Thank you"}`); status != 200 {
		t.Fatal(said)
	}
	if got := anna.Ephemerals("general"); len(got) != 1 || got[0].Shown() != "Thank you" {
		t.Errorf("%+v", got)
	}
	if status, said := post(t, ctx, answer.ResponseURL, `{"delete_original":true}`); status != 200 || len(anna.Ephemerals("general")) != 0 {
		t.Errorf("%s", said)
	}
	clock.move(31 * time.Minute)
	if status, said := post(t, ctx, answer.ResponseURL, `{"text":"late"}`); status != 404 || !strings.Contains(said, "expired_url") {
		t.Errorf("%d %s", status, said)
	}
}

// still is a clock that a test moves.
type still struct {
	mu sync.Mutex
	at time.Time
}

func (c *still) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *still) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}
