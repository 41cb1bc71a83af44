package slacktest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"evangelist/adapters/slack/slacktest"
)

// plug is one socketmode client of slack-go and what it got.
type plug struct {
	sm     *socketmode.Client
	answer func(socketmode.Event) (ack bool, payload any)

	mu     sync.Mutex
	events []string
}

func connect(t *testing.T, s *slacktest.Server, answer func(socketmode.Event) (bool, any)) *plug {
	t.Helper()
	p := &plug{sm: socketmode.New(client(s)), answer: answer}
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { _ = p.sm.RunContext(ctx) }) // ends with ctx
	done.Go(func() { p.listen(ctx) })
	t.Cleanup(func() { stop(); done.Wait() })
	return p
}

func (p *plug) listen(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-p.sm.Events:
			if e.Request == nil || e.Request.EnvelopeID == "" {
				continue
			}
			p.note(string(e.Type))
			ack, payload := true, any(nil)
			if p.answer != nil {
				ack, payload = p.answer(e)
			}
			if ack && payload != nil {
				_ = p.sm.Ack(*e.Request, payload)
			} else if ack {
				_ = p.sm.Ack(*e.Request)
			}
		}
	}
}

func (p *plug) note(kind string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, kind)
}

func (p *plug) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.events)
}

func open(t *testing.T, s *slacktest.Server, n int) {
	t.Helper()
	if err := s.WaitFor(within(t), func() bool { return s.Connections() == n }); err != nil {
		t.Fatalf("%d sockets are open, not %d: %v", s.Connections(), n, err)
	}
}

func TestTwoSocketsShareTheEvents(t *testing.T) {
	s := house(t, slacktest.Config{})
	quiet(t, s)
	answer := func(e socketmode.Event) (bool, any) {
		if inner, ok := e.Data.(slackevents.EventsAPIEvent); !ok || inner.InnerEvent.Type != "message" {
			t.Errorf("got %+v", e)
		}
		return true, nil
	}
	one, two := connect(t, s, answer), connect(t, s, answer)
	open(t, s, 2)
	for i := range 30 {
		_, err := s.As("U0ANNA").Post(within(t), "general", fmt.Sprint("message ", i))
		must(t, err)
	}
	settle(t, s)
	if one.count()+two.count() != 30 || one.count() == 0 || two.count() == 0 {
		t.Errorf("%d and %d of 30", one.count(), two.count())
	}
	for _, e := range s.Events("message") {
		if e.State != slacktest.Delivered || len(e.Attempts) != 1 {
			t.Errorf("%+v", e)
		}
	}
}

func TestSocketRequestsAndAnswers(t *testing.T) {
	s := house(t, slacktest.Config{})
	quiet(t, s)
	api := client(s)
	var view slack.ModalViewRequest
	must(t, json.Unmarshal([]byte(concern), &view))
	connect(t, s, func(e socketmode.Event) (bool, any) {
		switch data := e.Data.(type) {
		case slack.SlashCommand:
			if data.Text == "" {
				if _, err := api.OpenViewContext(context.Background(), data.TriggerID, view); err != nil {
					t.Error(err)
				}
				return true, nil
			}
			return true, map[string]any{"text": "you said " + data.Text}
		case slack.InteractionCallback:
			if data.Type == slack.InteractionTypeViewSubmission {
				return true, slack.NewErrorsViewSubmissionResponse(map[string]string{"words": "Please say more."})
			}
			return true, map[string]any{"response_action": "clear"} // not accepted here
		}
		return true, nil
	})
	open(t, s, 1)
	ctx, anna := within(t), s.As("U0ANNA")
	said, err := anna.Slash(ctx, "general", "/digest hello")
	if err != nil || said.Shown == nil || said.Shown.Text != "you said hello" {
		t.Fatalf("%+v %v", said, err)
	}
	_, err = anna.Slash(ctx, "general", "/concern")
	must(t, err)
	must(t, anna.Fill("words", "The lift"))
	sent, err := anna.Submit(ctx)
	if err != nil || sent.Errors["words"] != "Please say more." {
		t.Errorf("%+v %v", sent, err)
	}
	if used, err := anna.Shortcut(ctx, "anything"); err != nil || len(used.Body) != 0 {
		t.Errorf("a shortcut takes no answer: %+v %v", used, err)
	}
}

func TestALargeAcknowledgementIsDropped(t *testing.T) {
	s := house(t, slacktest.Config{AckWithin: 300 * time.Millisecond})
	quiet(t, s)
	ws := dial(t, s)
	go func() {
		for {
			var e struct {
				ID string `json:"envelope_id"`
			}
			if ws.ReadJSON(&e) != nil {
				return
			}
			if e.ID != "" {
				_ = ws.WriteJSON(map[string]any{"envelope_id": e.ID, "payload": map[string]any{"text": strings.Repeat("x", 21_000)}})
			}
		}
	}()
	answer, err := s.As("U0ANNA").Slash(within(t), "general", "/digest")
	if err != nil || answer.Problem != "operation_timeout" || answer.Shown != nil {
		t.Errorf("%+v %v", answer, err)
	}
}

// dial opens a bare socket and reads the hello.
func dial(t *testing.T, s *slacktest.Server) *websocket.Conn {
	t.Helper()
	_, address, err := client(s).StartSocketModeContext(within(t))
	must(t, err)
	ws, _, err := websocket.DefaultDialer.DialContext(within(t), address, map[string][]string{"Origin": {"https://api.slack.com"}})
	must(t, err)
	t.Cleanup(func() { ws.Close() })
	var hello struct {
		Type string `json:"type"`
		N    int    `json:"num_connections"`
	}
	must(t, ws.ReadJSON(&hello))
	if hello.Type != "hello" && hello.Type != "disconnect" {
		t.Errorf("the first message is %+v", hello)
	}
	if _, _, err := websocket.DefaultDialer.DialContext(within(t), address, nil); err == nil {
		t.Error("a ticket is used twice")
	}
	return ws
}

func TestUnacknowledgedEventsComeAgain(t *testing.T) {
	s := house(t, slacktest.Config{AckWithin: 500 * time.Millisecond})
	quiet(t, s)
	var mu sync.Mutex
	var attempts []int
	connect(t, s, func(e socketmode.Event) (bool, any) {
		mu.Lock()
		defer mu.Unlock()
		attempts = append(attempts, e.Request.RetryAttempt)
		return e.Request.RetryAttempt >= 2 && e.Request.RetryReason == "timeout", nil
	})
	open(t, s, 1)
	_, err := s.As("U0ANNA").Post(within(t), "general", "hello")
	must(t, err)
	settle(t, s)
	mu.Lock()
	defer mu.Unlock()
	if fmt.Sprint(attempts) != "[0 1 2]" || s.Events("message")[0].State != slacktest.Delivered {
		t.Errorf("attempts %v, %+v", attempts, s.Events("message"))
	}
}

func TestRefreshAndReconnect(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		s := house(t, slacktest.Config{})
		quiet(t, s)
		one, two := connect(t, s, nil), connect(t, s, nil)
		open(t, s, 2)
		s.SendDisconnect(reason, true)
		must(t, s.WaitFor(within(t), func() bool { return len(s.Calls("apps.connections.open")) == 3 && s.Connections() == 2 }))
		_, err := s.As("U0ANNA").Post(within(t), "general", "hello")
		must(t, err)
		settle(t, s)
		if one.count()+two.count() != 1 {
			t.Errorf("%s: the message came %d times", reason, one.count()+two.count())
		}
	}
}

func TestAfterARefreshNothingIsSentOverTheOldSocket(t *testing.T) {
	s := house(t, slacktest.Config{RetryDelays: []time.Duration{}})
	quiet(t, s)
	dial(t, s)
	s.SendDisconnect("link_disabled", false)
	_, err := s.As("U0ANNA").Post(within(t), "general", "hello")
	must(t, err)
	settle(t, s)
	if e := s.Events("message")[0]; e.State != slacktest.Lost || e.Attempts[0].Problem != "connection_failed" || s.Connections() != 1 {
		t.Errorf("%+v", e)
	}
}

func TestDroppedSocketsAreOpenedAgain(t *testing.T) {
	for _, politely := range []bool{true, false} {
		s := house(t, slacktest.Config{})
		connect(t, s, nil)
		open(t, s, 1)
		s.DropConnections(politely)
		must(t, s.WaitFor(within(t), func() bool { return len(s.Calls("apps.connections.open")) == 2 && s.Connections() == 1 }))
	}
	s := house(t, slacktest.Config{})
	connect(t, s, nil)
	open(t, s, 1)
	s.HalfClose()
	must(t, s.WaitFor(within(t), func() bool { return len(s.Calls("apps.connections.open")) == 2 && s.Connections() == 1 }))
}

func TestSilence(t *testing.T) {
	s := house(t, slacktest.Config{PingEvery: 20 * time.Millisecond, AckWithin: 100 * time.Millisecond, RetryDelays: []time.Duration{}})
	quiet(t, s)
	pings := make(chan struct{}, 100)
	ws := dial(t, s)
	ws.SetPingHandler(func(string) error { pings <- struct{}{}; return nil })
	go func() {
		for {
			if _, _, err := ws.ReadMessage(); err != nil {
				return
			}
		}
	}()
	<-pings
	<-pings
	s.Silence()
	_, err := s.As("U0ANNA").Post(within(t), "general", "into the void")
	must(t, err)
	settle(t, s)
	if e := s.Events("message")[0]; e.State != slacktest.Lost || e.Attempts[0].Problem != "timeout" || s.Connections() != 1 {
		t.Errorf("%+v", e)
	}
	if answer, err := s.As("U0ANNA").Slash(within(t), "general", "/digest"); err != nil || answer.Problem != "operation_timeout" {
		t.Errorf("%+v %v", answer, err)
	}
}

func TestNoSocket(t *testing.T) {
	s := house(t, slacktest.Config{})
	quiet(t, s)
	answer, err := s.As("U0ANNA").Slash(within(t), "general", "/digest")
	if err != nil || answer.Problem != "dispatch_failed" {
		t.Errorf("%+v %v", answer, err)
	}
	_, err = s.As("U0ANNA").Post(within(t), "general", "lost")
	must(t, err)
	settle(t, s)
	if e := s.Events("message")[0]; e.State != slacktest.Lost || len(e.Attempts) != 4 {
		t.Errorf("%+v", e)
	}
}

func TestTenSocketsAtMost(t *testing.T) {
	s := house(t, slacktest.Config{})
	for range 10 {
		dial(t, s)
	}
	open(t, s, 10)
	ws := dial(t, s)
	if _, _, err := ws.ReadMessage(); err == nil || s.Connections() != 10 {
		t.Errorf("an eleventh stays open: %v, %d", err, s.Connections())
	}
}

func TestAppTokenOnly(t *testing.T) {
	s := house(t, slacktest.Config{})
	api := slack.New("", slack.OptionAppLevelToken(s.Config().BotToken), slack.OptionAPIURL(s.APIURL()))
	if _, _, err := api.StartSocketModeContext(within(t)); codeOf(err) != "not_allowed_token_type" {
		t.Error(err)
	}
}

func TestRawEnvelope(t *testing.T) {
	s := house(t, slacktest.Config{})
	if err := s.SendEnvelope(json.RawMessage(`{}`)); err == nil {
		t.Error("sent to nobody")
	}
	ws := dial(t, s)
	must(t, s.SendEnvelope(json.RawMessage(`{"type":"novelty"}`)))
	for {
		var got struct{ Type string }
		must(t, ws.ReadJSON(&got))
		if got.Type == "novelty" {
			return
		}
	}
}
