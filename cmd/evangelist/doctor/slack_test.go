package doctor_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack/manifest"
	"evangelist/adapters/slack/slacktest"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
	"evangelist/cmd/evangelist/doctor"
)

const ours = "https://evangelist.example.org"

// patient is a workspace in order: #roundup, where a digest goes and the bot is,
// and #news, where links are collected.
type patient struct {
	fake  *slacktest.Server
	asked doctor.Slack
}

func healthy(t *testing.T, change func(*slacktest.Config, *doctor.Slack)) *patient {
	t.Helper()
	asked := doctor.Slack{App: manifest.Options{PublicURL: ours, Profile: true}, Labels: []string{"Department"}, Clock: bot.SystemClock{}, Post: "roundup",
		Places: []doctor.Place{
			{ID: "slack|C1", Name: "roundup", Posts: true, For: "“Friday roundup” goes there"},
			{ID: "slack|C2", Name: "news", For: "links are collected there"},
			{ID: "playground|C3", Name: "elsewhere", Posts: true, For: "another platform"},
		},
		Samples: []doctor.Sample{{Name: "a notice", Surface: webapi.MessageSurface, Raw: []byte(`{"text":"x","blocks":[{"type":"divider"}]}`)}},
	}
	config := slacktest.Config{BotToken: "xoxb-hunter2", AppToken: "xapp-hunter2", SigningSecret: "hunter2"}
	for _, scope := range manifest.Scopes(asked.App) {
		config.Scopes = append(config.Scopes, scope.Name)
	}
	if change != nil {
		change(&config, &asked)
	}
	p := &patient{fake: slacktest.New(t, config), asked: asked}
	p.asked.APIURL = p.fake.APIURL()
	if p.asked.BotToken == "" {
		p.asked.BotToken = config.BotToken
	}
	if p.asked.AppToken == "" {
		p.asked.AppToken = config.AppToken
	}
	filled := p.fake.Config()
	if p.asked.Bound == "" {
		p.asked.Bound = bot.NewAccountID("slack", "-."+filled.Team+"."+filled.BotUser)
	}
	p.fake.AddField("Xf1", "Department")
	for id, name := range map[string]string{"C1": "roundup", "C2": "news"} {
		p.fake.AddChannel(slacktest.Channel{ID: id, Name: name, Kind: slacktest.Public, Members: []string{filled.BotUser}})
	}
	return p
}

func (p *patient) examine(t *testing.T) []string {
	t.Helper()
	var out bytes.Buffer
	if _, err := doctor.Write(&out, doctor.Examine(t.Context(), p.asked)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "hunter2") {
		t.Errorf("a token is shown:\n%s", &out)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

// needy leaves out what is in order.
func needy(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, "ok ") })
}

func TestAWorkspaceInOrder(t *testing.T) {
	p := healthy(t, nil)
	lines := p.examine(t)
	if left := needy(lines); len(left) > 0 {
		t.Errorf("%s", strings.Join(lines, "\n"))
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		"ok    slack sign-in: workspace", "ok    slack clock: the same time", "ok    slack database: belongs to this bot account", "ok    slack scopes: ",
		"ok    slack connection: Socket Mode may be used", "ok    slack profile", "ok    slack channel #roundup: “Friday roundup” goes there: a member",
		"ok    slack channel #news", "ok    slack look-up: the bot finds its own messages again", "ok    slack test message: posted and removed again",
		"ok    slack message forms: 1 of 1 checked by Slack",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if left := p.fake.Messages("C1"); len(left) > 0 {
		t.Errorf("the test message stands: %+v", left)
	}
	if strings.Contains(text, "elsewhere") {
		t.Error("another platform's channel was asked about")
	}
}

func TestEachIllnessIsNamed(t *testing.T) {
	without := func(names ...string) func(*slacktest.Config, *doctor.Slack) {
		return func(c *slacktest.Config, _ *doctor.Slack) {
			c.Scopes = slices.DeleteFunc(c.Scopes, func(scope string) bool { return slices.Contains(names, scope) })
		}
	}
	asked := func(change func(*doctor.Slack)) func(*slacktest.Config, *doctor.Slack) {
		return func(_ *slacktest.Config, s *doctor.Slack) { change(s) }
	}
	for name, c := range map[string]struct {
		change func(*slacktest.Config, *doctor.Slack)
		hurt   func(*testing.T, *slacktest.Server)
		want   []string // the beginnings of what is not in order, but for what to do
	}{
		"token revoked":      {nil, func(_ *testing.T, s *slacktest.Server) { s.RevokeTokens("token_revoked") }, []string{"WRONG slack sign-in: ", "WRONG slack connection: "}},
		"other token":        {asked(func(s *doctor.Slack) { s.BotToken = "xoxb-other" }), nil, []string{"WRONG slack sign-in: "}},
		"other app token":    {asked(func(s *doctor.Slack) { s.AppToken = "xapp-other" }), nil, []string{"WRONG slack connection: "}},
		"other database":     {asked(func(s *doctor.Slack) { s.Bound = "slack|-.T9.U9" }), nil, []string{"WRONG slack database: belongs to slack|-.T9.U9, and the token is of slack|"}},
		"may not post":       {without("chat:write"), nil, []string{"WRONG slack scope chat:write: not granted. Nothing can be posted.", "WRONG slack test message: "}},
		"no private channel": {without("groups:read"), nil, []string{"LOOK  slack scope groups:read: not granted. The reading team"}},
		"no reactions":       {without("reactions:read"), nil, []string{"LOOK  slack scope reactions:read: not granted. Reactions"}},
		"quiet": {without("channels:history", "groups:history", "reactions:read", "usergroups:read", "links:read", "links:write"), nil,
			[]string{"LOOK  slack look-up: the app may not look up its own messages"}},
		"more than needed": {func(c *slacktest.Config, _ *doctor.Slack) { c.Scopes = append(c.Scopes, "files:read") }, nil,
			[]string{"LOOK  slack scopes: granted and never used: files:read"}},
		"not a member": {nil, func(t *testing.T, s *slacktest.Server) {
			must(t, s.Kick("C1", s.Config().BotUser), s.Kick("C2", s.Config().BotUser))
		},
			[]string{"WRONG slack channel #roundup: “Friday roundup” goes there: not a member", "LOOK  slack channel #news: links are collected there: not a member", "WRONG slack test message: "}},
		"archived": {nil, func(t *testing.T, s *slacktest.Server) { must(t, s.Archive("C1", true)) },
			[]string{"WRONG slack channel #roundup: “Friday roundup” goes there: archived", "WRONG slack test message: "}},
		"shared outside": {nil, func(t *testing.T, s *slacktest.Server) { must(t, s.Share("C1", "T9"), s.Share("C2", "T9")) },
			[]string{"WRONG slack channel #roundup: “Friday roundup” goes there: shared with another organisation", "LOOK  slack channel #news: links are collected there: shared"}},
		"shared and confirmed": {asked(func(s *doctor.Slack) { s.Places[0].Confirmed = true }), func(t *testing.T, s *slacktest.Server) { must(t, s.Share("C1", "T9")) },
			[]string{"LOOK  slack channel #roundup: “Friday roundup” goes there: shared with another organisation, and a comms lead"}},
		"unknown channel": {asked(func(s *doctor.Slack) {
			s.Places = append(s.Places, doctor.Place{ID: "slack|C9", Posts: true, For: "“Monthly” goes there"})
		}), nil,
			[]string{"WRONG slack channel C9: “Monthly” goes there: Slack knows no such channel"}},
		"unknown field": {asked(func(s *doctor.Slack) { s.Labels = append(s.Labels, "Section") }), nil, []string{`WRONG slack profile: no profile field is labelled "Section"`}},
		"message stays": {nil, func(_ *testing.T, s *slacktest.Server) {
			s.Fail(slacktest.Refused("chat.delete", "cant_delete_message"))
		},
			[]string{"WRONG slack test message: "}},
		"message in doubt": {nil, func(_ *testing.T, s *slacktest.Server) { s.Fail(slacktest.ServerError("chat.postMessage", 500, true)) },
			[]string{"WRONG slack test message: "}},
		"history lags": {nil, func(_ *testing.T, s *slacktest.Server) { s.SetHistoryLag(time.Hour) }, []string{"LOOK  slack look-up: the message was posted and is not in the history yet"}},
		"a message of a bad form": {nil, func(_ *testing.T, s *slacktest.Server) {
			s.Fail(slacktest.Fault{Method: "blocks.validate", Body: `{"ok":false,"error":"invalid_message","errors":[{"pointer":"/blocks/0","code":"failed_constraint","message":"no"}]}`})
		}, []string{"WRONG slack message form a notice: Slack would not take it: /blocks/0 failed_constraint"}},
		"too many checks": {nil, func(_ *testing.T, s *slacktest.Server) { s.Fail(slacktest.TooMany("blocks.validate", "60")) }, []string{"LOOK  slack message forms: 0 of 1"}},
		"over HTTP":       {asked(func(s *doctor.Slack) { s.HTTP = true }), nil, []string{"LOOK  slack requests: whether Slack reaches"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := healthy(t, c.change)
			if c.hurt != nil {
				c.hurt(t, p.fake)
			}
			lines := p.examine(t)
			var left []string
			for _, line := range needy(lines) {
				if !strings.HasPrefix(line, "      What to do: ") {
					left = append(left, line)
				}
			}
			ok := len(left) == len(c.want)
			for i := range min(len(left), len(c.want)) {
				ok = ok && strings.HasPrefix(left[i], c.want[i])
			}
			if !ok {
				t.Errorf("want %q:\n%s", c.want, strings.Join(lines, "\n"))
			}
		})
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// away is a clock that goes wrong by so much.
type away time.Duration

// Now implements bot.Clock.
func (a away) Now() time.Time { return time.Now().Add(time.Duration(a)) }

func TestClocksApart(t *testing.T) {
	for off, want := range map[time.Duration]string{
		2 * time.Second: "ok    slack clock: the same", -time.Minute: "LOOK  slack clock: this computer's clock is 1m0s behind Slack's",
		10 * time.Minute: "WRONG slack clock: this computer's clock is 10m0s ahead of Slack's",
	} {
		p := healthy(t, func(_ *slacktest.Config, s *doctor.Slack) { s.Clock, s.Post = away(off), "" })
		if text := strings.Join(p.examine(t), "\n"); !strings.Contains(text, want) {
			t.Errorf("%s: it does not say %q:\n%s", off, want, text)
		}
	}
}

// Whoever answers in Slack's place: the findings say so and hold no secret.
func TestNobodyAtHome(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("<html>Sign in to the proxy</html>"))
		},
		"an error": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "xoxb-hunter2", http.StatusBadGateway) },
		"another":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
		"nothing":  nil,
	} {
		server := httptest.NewServer(answer)
		if answer == nil {
			server.Close()
		} else {
			t.Cleanup(server.Close)
		}
		p := patient{asked: doctor.Slack{BotToken: "xoxb-hunter2", AppToken: "xapp-hunter2", APIURL: server.URL + "/api/", Clock: bot.SystemClock{}, Post: "C1"}}
		lines := needy(p.examine(t))
		if len(lines) < 2 || !strings.HasPrefix(lines[0], "WRONG slack sign-in: ") {
			t.Errorf("%s:\n%s", name, strings.Join(lines, "\n"))
		}
	}
}
