package webapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

const (
	botToken = "xoxb-very-secret-1"
	appToken = "xapp-very-secret-2"
)

// call is one request as Slack would see it.
type call struct {
	Method string
	Form   url.Values
	JSON   map[string]json.RawMessage
	Header http.Header
}

// stand is a stand-in for Slack that answers each method as it is told.
type stand struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
	on    map[string]http.HandlerFunc
}

func newStand(t *testing.T) *stand {
	s := &stand{on: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	s.says("auth.test", `{"ok":true,"team_id":"T1","team":"House","user_id":"UBOT","bot_id":"BBOT","url":"https://house.slack.com/"}`)
	return s
}

func (s *stand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := call{Method: path.Base(r.URL.Path), Header: r.Header.Clone()}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		_ = json.Unmarshal(body, &c.JSON)
	} else {
		c.Form, _ = url.ParseQuery(string(body))
	}
	if r.URL.RawQuery != "" {
		c.Method += "?" // nothing belongs there: addresses are logged by others
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	answer := s.on[c.Method]
	s.mu.Unlock()
	if answer == nil {
		answer = says(`{"ok":true}`)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer(w, r)
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, body)
	}
}

func (s *stand) says(method, body string) { s.does(method, says(body)) }

func (s *stand) does(method string, f http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on[method] = f
}

func (s *stand) seen(method string) []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []call
	for _, c := range s.calls {
		if c.Method == method {
			all = append(all, c)
		}
	}
	return all
}

func (s *stand) client(t *testing.T, change ...func(*webapi.Config)) *webapi.Client {
	t.Helper()
	config := webapi.Config{BotToken: botToken, AppToken: appToken, APIURL: s.URL + "/api"}
	for _, f := range change {
		f(&config)
	}
	c, err := webapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var words = []byte(`{"text":"Words &amp; more","blocks":[{"type":"rich_text","block_id":"b","elements":[{"type":"x","unheard":"of <!channel>"}]}]}`)

// method is one of the client's methods, by Slack's name for it.
type method struct {
	name  string
	posts bool // it changes something
	ask   func(ctx context.Context, c *webapi.Client, s *stand) error
}

func methods() []method {
	since := time.Unix(1_700_000_000, 0)
	return []method{
		{"auth.test", false, func(ctx context.Context, c *webapi.Client, _ *stand) error { _, err := c.Who(ctx); return err }},
		{"apps.connections.open", false, func(ctx context.Context, c *webapi.Client, _ *stand) error { _, err := c.Connect(ctx); return err }},
		{"chat.postMessage", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.Post(ctx, "C1", "", words, "part")
			return err
		}},
		{"chat.update", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			return c.Update(ctx, "C1", "1.000001", words)
		}},
		{"chat.delete", true, func(ctx context.Context, c *webapi.Client, _ *stand) error { return c.Delete(ctx, "C1", "1.000001") }},
		{"chat.postEphemeral", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			return c.Ephemeral(ctx, "C1", "", "U1", words)
		}},
		{"chat.unfurl", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			return c.Unfurl(ctx, "C1", "1.000001", map[string]json.RawMessage{"https://our.example/1": words})
		}},
		{"conversations.open", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.Open(ctx, []string{"U1"})
			return err
		}},
		{"conversations.info", false, func(ctx context.Context, c *webapi.Client, _ *stand) error { _, err := c.Info(ctx, "C1"); return err }},
		{"conversations.history", false, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.Find(ctx, "C1", "", "part", since)
			return err
		}},
		{"conversations.replies", false, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.Replies(ctx, "C1", "1.000001", webapi.Span{})
			return err
		}},
		{"users.list", false, func(ctx context.Context, c *webapi.Client, _ *stand) error { _, err := c.Users(ctx, ""); return err }},
		{"users.info", false, func(ctx context.Context, c *webapi.Client, _ *stand) error { _, err := c.User(ctx, "U1"); return err }},
		{"users.profile.get", false, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.Profile(ctx, "U1")
			return err
		}},
		{"users.conversations", false, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.Conversations(ctx, "")
			return err
		}},
		{"usergroups.list", false, func(ctx context.Context, c *webapi.Client, _ *stand) error { _, err := c.UserGroups(ctx); return err }},
		{"team.profile.get", false, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.ProfileFields(ctx)
			return err
		}},
		{"chat.getPermalink", false, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.Permalink(ctx, "C1", "1.000001")
			return err
		}},
		{"views.open", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.OpenView(ctx, "t", []byte(`{"type":"modal"}`))
			return err
		}},
		{"views.push", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.PushView(ctx, "t", []byte(`{"type":"modal"}`))
			return err
		}},
		{"views.update", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.UpdateView(ctx, "V1", "h", []byte(`{"type":"modal"}`))
			return err
		}},
		{"views.publish", true, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.PublishView(ctx, "U1", "", []byte(`{"type":"home"}`))
			return err
		}},
		{"blocks.validate", false, func(ctx context.Context, c *webapi.Client, _ *stand) error {
			_, err := c.Validate(ctx, webapi.MessageSurface, words)
			return err
		}},
		{"response_url", true, func(ctx context.Context, c *webapi.Client, s *stand) error {
			return c.Respond(ctx, s.URL+"/respond/response_url", webapi.RespondPrivately, words)
		}},
	}
}

// verdictOf is what an error says: "done", "unknown", or the reason of a
// certain refusal, with * when the token is at fault.
func verdictOf(err error) string {
	var refused *bot.SendError
	var token *webapi.TokenError
	switch {
	case err == nil:
		return "done"
	case !errors.As(err, &refused):
		return "unknown"
	case errors.As(err, &token):
		return string(refused.Reason) + "*"
	}
	return string(refused.Reason)
}

func TestEveryDocumentedCode(t *testing.T) {
	for _, m := range methods() {
		for code, want := range documented(m.name) {
			t.Run(m.name+"/"+code, func(t *testing.T) {
				s := newStand(t)
				s.says(m.name, fmt.Sprintf(`{"ok":false,"error":%q,"needed":"chat:write","provided":"users:read"}`, code))
				var log bytes.Buffer
				c := s.client(t, func(c *webapi.Config) {
					c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				})
				err := m.ask(t.Context(), c, s)
				if got := verdictOf(err); got != want {
					t.Fatalf("it is %s, want %s: %v", got, want, err)
				}
				if n := len(s.seen(m.name)); n != 1 {
					t.Errorf("asked %d times", n)
				}
				if err == nil {
					return
				}
				if webapi.Code(err) != code {
					t.Errorf("the code is %q", webapi.Code(err))
				}
				secret(t, err, log.String())
				var refused *bot.SendError
				if errors.As(err, &refused) {
					sentence(t, refused.Say)
					if want == "busy*" && refused.RetryAfter != 5*time.Minute {
						t.Errorf("it is tried again after %s", refused.RetryAfter)
					}
				}
			})
		}
	}
}

// sentence checks what a person reads.
func sentence(t *testing.T, say string) {
	t.Helper()
	if len(say) < 20 || !strings.HasSuffix(say, ".") || strings.ContainsAny(say, "!{}") || strings.Contains(say, "%") {
		t.Errorf("a person reads %q", say)
	}
}

// secret fails when a token, or what works like one, can be read.
func secret(t *testing.T, err error, log string) {
	t.Helper()
	texts := []string{log, fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)}
	for e := err; e != nil; e = errors.Unwrap(e) {
		texts = append(texts, e.Error())
	}
	for _, text := range texts {
		for _, hidden := range []string{"very-secret", "/respond/", "<!channel>", "Words"} {
			if strings.Contains(text, hidden) {
				t.Errorf("%q can be read in %q", hidden, text)
			}
		}
	}
}

func TestMissingScopeNamesItAndItsUse(t *testing.T) {
	s := newStand(t)
	s.says("conversations.open", `{"ok":false,"error":"missing_scope","needed":"im:write","provided":"chat:write"}`)
	_, err := s.client(t).Open(t.Context(), []string{"U1"})
	var refused *bot.SendError
	if !errors.As(err, &refused) || refused.Reason != bot.Denied || !strings.Contains(refused.Say, "im:write") || !strings.Contains(refused.Say, "to write to one person") {
		t.Errorf("it says %v", err)
	}
	s.says("conversations.open", `{"ok":false,"error":"missing_scope","needed":"mpim:write,groups:write","provided":"chat:write"}`)
	if _, err = s.client(t).Open(t.Context(), []string{"U1"}); !strings.Contains(err.Error(), "mpim:write or groups:write") {
		t.Errorf("it says %v", err)
	}
	s.says("conversations.open", `{"ok":false,"error":"missing_scope","needed":"<!channel> very-secret"}`)
	_, err = s.client(t).Open(t.Context(), []string{"U1"})
	secret(t, err, "")
}

// A code that nobody listed is a refusal with its name, unless its name says
// that something broke.
func TestCodesThatAreNotListed(t *testing.T) {
	for code, want := range map[string]string{
		`"restricted_action_brand_new"`: "denied", `"some_internal_thing"`: "unknown", `"backend_timed_out"`: "unknown", `"post_failed"`: "unknown",
		`"Not A Code <!channel>"`: "unknown", `""`: "unknown", `17`: "unknown", `null`: "unknown", `{"a":1}`: "unknown",
	} {
		s := newStand(t)
		s.says("chat.postMessage", `{"ok":false,"error":`+code+`}`)
		_, err := s.client(t).Post(t.Context(), "C1", "", words, "p")
		if got := verdictOf(err); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
		secret(t, err, "")
		if want == "denied" && !strings.Contains(err.Error(), strings.Trim(code, `"`)) {
			t.Errorf("the code is not told: %v", err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"30": 30 * time.Second, " 7 ": 7 * time.Second, "1.5": 1500 * time.Millisecond, "": 0, "soon": 0, "-4": 0, "NaN": 0, "0": 0,
		"Wed, 21 Oct 2026 07:28:00 GMT": 0, "99999999999": time.Hour, "Inf": time.Hour,
	} {
		for _, m := range methods() {
			s := newStand(t)
			s.does(m.name, func(w http.ResponseWriter, _ *http.Request) {
				if header != "" {
					w.Header().Set("Retry-After", header)
				}
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, `{"ok":false,"error":"ratelimited"}`)
			})
			err := m.ask(t.Context(), s.client(t), s)
			var refused *bot.SendError
			if !errors.As(err, &refused) || refused.Reason != bot.Busy || refused.RetryAfter != want {
				t.Errorf("%s with Retry-After %q: %v", m.name, header, err)
			}
			if n := len(s.seen(m.name)); n != 1 {
				t.Errorf("%s was asked %d times", m.name, n)
			}
		}
	}
}
