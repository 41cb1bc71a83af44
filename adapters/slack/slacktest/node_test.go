package slacktest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evangelist/adapters/slack/slacktest"
)

// oracle runs testdata/oracle.cjs with the official clients for Node. It needs
// EVANGELIST_TEST_NODE, a folder whose node_modules hold @slack/web-api and
// @slack/bolt.
type oracle struct {
	t    *testing.T
	mu   sync.Mutex
	said []map[string]any
	more chan struct{}
	end  chan error
}

func consult(t *testing.T, s *slacktest.Server, mode string, env ...string) *oracle {
	t.Helper()
	folder := os.Getenv("EVANGELIST_TEST_NODE")
	if folder == "" {
		if strings.Contains(os.Getenv("EVANGELIST_TEST_REQUIRE"), "node") {
			t.Fatal("the official packages for Node are required and not there")
		}
		t.Skip("set EVANGELIST_TEST_NODE to a folder with node_modules/@slack to run this")
	}
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, "node", "testdata/oracle.cjs", folder, mode)
	command.Env = append(os.Environ(), append(env, "API_URL="+s.APIURL(), "BOT_TOKEN="+s.Config().BotToken,
		"APP_TOKEN="+s.Config().AppToken, "SIGNING_SECRET="+s.Config().SigningSecret)...)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	o := &oracle{t: t, more: make(chan struct{}, 1), end: make(chan error, 1)}
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var said map[string]any
			if json.Unmarshal(lines.Bytes(), &said) == nil {
				o.add(said)
			}
		}
		o.end <- command.Wait()
		close(o.more)
	}()
	t.Cleanup(func() {
		stop()
		for range o.more { //nolint:revive // until it has ended
		}
	})
	return o
}

func (o *oracle) add(said map[string]any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.said = append(o.said, said)
	select {
	case o.more <- struct{}{}:
	default:
	}
}

// all returns what it said about something, once there are n.
func (o *oracle) all(what string, n int) []map[string]any {
	o.t.Helper()
	ctx := within(o.t)
	for {
		o.mu.Lock()
		var out []map[string]any
		for _, said := range o.said {
			if said["what"] == what {
				out = append(out, said)
			}
			if said["what"] == "error" {
				o.t.Errorf("the oracle met %v", said)
			}
		}
		o.mu.Unlock()
		if len(out) >= n {
			return out
		}
		select {
		case _, ok := <-o.more:
			if !ok {
				o.t.Fatalf("it ended with %d of %d %s", len(out), n, what)
			}
		case <-ctx.Done():
			o.t.Fatalf("%d of %d %s were said: %v", len(out), n, what, out)
		}
	}
}

func TestNodeWebClient(t *testing.T) {
	s := house(t, slacktest.Config{TriggerLife: time.Minute})
	listen(t, s, nil)
	asked, err := s.As("U0ANNA").Slash(within(t), "general", "/concern")
	must(t, err)
	o := consult(t, s, "web", "TRIGGER="+asked.TriggerID)
	o.all("refused", 1)
	if err := <-o.end; err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"what": "auth.test", "user": "U0EVANGEL", "team": "T0HOUSE", "bot": "B0EVANGEL"},
		{"what": "chat", "channel": "C0GENERAL", "same": true, "text": "Eight things"},
		{"what": "history", "all": true, "count": 1.0, "metadata": map[string]any{"event_type": "evangelist_part", "event_payload": map[string]any{"id": "part-1"}}},
		{"what": "history", "all": false, "count": 1.0, "metadata": map[string]any{"event_type": "evangelist_part"}},
		{"what": "users.list", "users": 5.0, "pages": 3.0},
		{"what": "views.open", "error": "invalid_trigger_id"},
		{"what": "views.open", "error": "", "title": "A concern", "callback": "voices.concern"},
		{"what": "refused", "stranger": "not_in_channel", "scope": "missing_scope"},
	}
	if diff := cmp.Diff(want, o.said); diff != "" {
		t.Errorf("the web client saw (-want +got):\n%s", diff)
	}
	if view, ok := s.As("U0ANNA").Modal(); !ok || view.Title != "A concern" {
		t.Errorf("%+v", view)
	}
}

func TestNodeBolt(t *testing.T) {
	for _, mode := range []string{"http", "socket"} {
		t.Run(mode, func(t *testing.T) {
			s := house(t, slacktest.Config{})
			quiet(t, s)
			o := consult(t, s, mode)
			port := o.all("listening", 1)[0]["port"]
			if mode == "http" {
				s.SetReceiver(fmt.Sprintf("http://127.0.0.1:%v", port))
				must(t, s.Verify(within(t)))
			} else {
				open(t, s, 1)
			}
			boltConversation(t, s, o)
			if mode == "http" {
				boltSignatures(t, s)
				return
			}
			s.SendDisconnect("refresh_requested", false)
			must(t, s.WaitFor(within(t), func() bool { return len(s.Calls("apps.connections.open")) == 2 && s.Connections() == 1 }))
			_, err := s.As("U0ANNA").Post(within(t), "general", "after the refresh")
			must(t, err)
			o.all("message", 4)
			settle(t, s)
		})
	}
}

func boltConversation(t *testing.T, s *slacktest.Server, o *oracle) {
	ctx, anna := within(t), s.As("U0ANNA")
	m, err := anna.Post(ctx, "general", "see https://example.org/1")
	must(t, err)
	must(t, anna.React(ctx, "general", m.TS, "pushpin"))
	must(t, anna.OpenHome(ctx))
	must(t, s.WaitFor(ctx, func() bool { _, ok := anna.Home(); return ok }))
	asked, err := anna.Slash(ctx, "general", "/concern now")
	if err != nil || asked.Problem != "" {
		t.Fatalf("%+v %v", asked, err)
	}
	must(t, s.WaitFor(ctx, func() bool { _, ok := anna.Modal(); return ok }))
	must(t, anna.Fill("words", "short"))
	if sent, err := anna.Submit(ctx); err != nil || sent.Errors["words"] != "Please say more." {
		t.Errorf("%+v %v", sent, err)
	}
	must(t, anna.Fill("words", "The lift"))
	if sent, err := anna.Submit(ctx); err != nil || sent.Problem != "" || len(anna.Modals()) != 0 {
		t.Errorf("%+v %v", sent, err)
	}
	asked, err = anna.Slash(ctx, "general", "/digest")
	if err != nil || asked.Shown == nil || asked.Shown.Text != "At once" {
		t.Errorf("%+v %v", asked, err)
	}
	must(t, s.WaitFor(ctx, func() bool { return len(anna.Ephemerals("general")) == 2 }))
	status, said := post(t, ctx, s.APIURL()+"chat.postMessage", `{"token":"`+s.Config().BotToken+`","channel":"C0GENERAL","text":"x","blocks":[{"type":"actions","block_id":"actions-1","elements":[{"type":"button","action_id":"digest.useful#1","value":"item-4","text":{"type":"plain_text","text":"Useful"}}]}]}`)
	if status != 200 || !strings.Contains(said, `"ok":true`) {
		t.Fatal(said)
	}
	if pressed, err := anna.Press(ctx, slacktest.OnMessage("general", s.BotMessages("general")[0].TS), "Useful"); err != nil || pressed.Problem != "" {
		t.Errorf("%+v %v", pressed, err)
	}
	must(t, s.WaitFor(ctx, func() bool { return len(anna.Ephemerals("general")) == 3 }))
	for _, used := range []func() (slacktest.Answer, error){
		func() (slacktest.Answer, error) { return anna.Shortcut(ctx, "digest.share") },
		func() (slacktest.Answer, error) { return anna.MessageShortcut(ctx, "general", m.TS, "digest.share") },
	} {
		if answer, err := used(); err != nil || answer.Problem != "" {
			t.Errorf("%+v %v", answer, err)
		}
	}
	_, err = s.PostAsBot("general", "B0OTHER", "another bot")
	must(t, err)
	settle(t, s)
	for what, want := range map[string]map[string]any{
		"message": {"text": "see <https://example.org/1>"}, "reaction_added": {"reaction": "pushpin"}, "command": {"text": "now", "team": "T0HOUSE"},
		"view": {"words": "short", "secret": "opaque"}, "action": {"value": "item-4", "block": "actions-1"}, "shortcut": {"type": "shortcut"},
	} {
		for name, value := range want {
			if got := o.all(what, 1)[0][name]; got != value {
				t.Errorf("%s: %s is %v, not %v", what, name, got, value)
			}
		}
	}
	o.all("message", 3)
	o.all("shortcut", 2)
	for _, e := range s.Events() {
		if len(e.Attempts) > 0 && e.State != slacktest.Delivered && slices.Contains([]string{"message", "reaction_added"}, e.Type) {
			t.Errorf("%+v", e)
		}
	}
}

// boltSignatures asks the official receiver about the edges of signatures.
func boltSignatures(t *testing.T, s *slacktest.Server) {
	body := []byte(`{"type":"event_callback","team_id":"T0HOUSE","event_id":"Ev1","event":{"type":"reaction_added"}}`)
	for name, c := range map[string]struct {
		raw slacktest.Raw
		ok  bool
	}{
		"right":             {ok: true},
		"unsigned":          {raw: slacktest.Raw{Unsigned: true}},
		"another secret":    {raw: slacktest.Raw{Secret: "another"}},
		"too old":           {raw: slacktest.Raw{Age: 6 * time.Minute}},
		"from the future":   {raw: slacktest.Raw{Age: -6 * time.Minute}, ok: true}, // Bolt looks only backwards
		"old but not too":   {raw: slacktest.Raw{Age: 4 * time.Minute}, ok: true},
		"a short signature": {raw: slacktest.Raw{Header: map[string]string{"X-Slack-Signature": "v0=00"}}},
		"no version":        {raw: slacktest.Raw{Header: map[string]string{"X-Slack-Signature": "00"}}},
		"no time":           {raw: slacktest.Raw{Header: map[string]string{"X-Slack-Request-Timestamp": ""}}},
		"time is rubbish":   {raw: slacktest.Raw{Header: map[string]string{"X-Slack-Request-Timestamp": "soon"}}},
	} {
		c.raw.Path, c.raw.Body = "/slack/events", body
		status, answer, err := s.SendRaw(within(t), c.raw)
		if err != nil || (status == 200) != c.ok {
			t.Errorf("%s: %d %s %v", name, status, answer, err)
		}
		t.Logf("%s: Bolt answers %d", name, status)
	}
}
