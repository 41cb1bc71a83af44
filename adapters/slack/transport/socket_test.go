package transport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/slacktest/sockettest"
	"evangelist/adapters/slack/transport"
)

// line is a pretend Socket Mode with a Socket at its other end.
type line struct {
	*testing.T
	hub    *sockettest.Hub
	socket *transport.Socket
	opened atomic.Int64           // how often a connection was asked for
	answer atomic.Pointer[string] // what asking is answered with instead
	taken  chan string            // bodies of events that arrived
	fail   atomic.Pointer[error]  // what taking an event comes to
	again  atomic.Int64           // how often Connected was told
	most   atomic.Int64           // the room for an answer that the taker was told of
	log    *bytes.Buffer
	mu     sync.Mutex
	stop   func()
}

func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(p)
}

func (l *line) logged() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

func openLine(t *testing.T, silence time.Duration) *line {
	t.Helper()
	l := &line{T: t, taken: make(chan string, 1000), log: &bytes.Buffer{}}
	var turn atomic.Int64
	l.hub = sockettest.New(sockettest.Config{AppID: "A1", PingEvery: 20 * time.Millisecond, Changed: func() {}, Pick: func(n int) int { return int(turn.Add(1)) % n }})
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	mux.Handle("/socket", l.hub)
	mux.HandleFunc("/api/apps.connections.open", func(w http.ResponseWriter, r *http.Request) {
		l.opened.Add(1)
		w.Header().Set("Content-Type", "application/json")
		if answer := l.answer.Load(); answer != nil {
			fmt.Fprint(w, *answer)
			return
		}
		fmt.Fprintf(w, `{"ok":true,"url":"ws%s/socket?%s"}`, strings.TrimPrefix(server.URL, "http"), l.hub.Ticket())
	})
	l.socket = transport.NewSocket(transport.SocketConfig{
		AppToken: "xapp-test", APIURL: server.URL + "/api/", Client: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}},
		Log: slog.New(slog.NewTextHandler(l, nil)), Silence: silence, Connected: func() { l.again.Add(1) },
	}, transport.Taker{
		Event: func(_ context.Context, body []byte) ([]byte, error) {
			l.taken <- string(body)
			if strings.Contains(string(body), "breaks") {
				panic("broken: " + string(body))
			}
			if fail := l.fail.Load(); fail != nil {
				return nil, *fail
			}
			return nil, nil
		},
		Slash: func(_ context.Context, r inbound.Request, most int) []byte {
			l.most.Store(int64(most))
			return []byte(`{"text":"hello ` + r.User + `"}`)
		},
		Interaction: func(context.Context, []byte, int) ([]byte, error) { return nil, nil },
	})
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- l.socket.Run(ctx) }()
	l.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Errorf("the socket ended with %v", err)
		}
	})
	t.Cleanup(func() {
		l.stop()
		l.hub.Close()
		server.Close()
	})
	return l
}

// until waits for something that no signal tells of.
func (l *line) until(what string, holds func() bool) {
	l.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			l.Fatalf("it never came about that %s: %+v\n%s", what, l.socket.State(), l.logged())
		}
	}
}

func (l *line) open(n int) {
	l.Helper()
	l.until(fmt.Sprintf("%d connections are open", n), func() bool { return l.hub.Connections() == n && l.socket.State().Open == n })
}

// send sends an envelope and returns what it is acknowledged with.
func (l *line) send(id, kind, payload string) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(l.Context(), 2*time.Second)
	defer cancel()
	return l.hub.Send(ctx, id, fmt.Appendf(nil, `{"envelope_id":%q,"type":%q,"payload":%s,"accepts_response_payload":true}`, id, kind, payload))
}

func TestEnvelopesAreTakenAndAcknowledged(t *testing.T) {
	l := openLine(t, 0)
	l.open(1)
	if _, err := l.send("e1", "events_api", aMessage); err != nil {
		t.Errorf("an event: %v", err)
	}
	if got := <-l.taken; got != aMessage {
		t.Errorf("taken %s", got)
	}
	answer, err := l.send("e2", "slash_commands", `{"command":"/digest","user_id":"U1"}`)
	if err != nil || !strings.Contains(string(answer), "hello U1") {
		t.Errorf("a slash command: %s, %v", answer, err)
	}
	if most := l.most.Load(); most <= 0 || most >= sockettest.Largest {
		t.Errorf("an answer may have %d bytes, and Slack drops %d", most, sockettest.Largest)
	}
}

// What the library cannot read is taken and acknowledged all the same: left
// alone, Slack would send it again and again.
func TestUnknownEnvelopesAreAcknowledged(t *testing.T) {
	l := openLine(t, 0)
	l.open(1)
	for id, body := range map[string]string{
		"u1": `{"type":"event_callback","event":{"type":"of_next_year","user":["odd"]}}`,
		"u2": `{"type":"event_callback","event":{"type":"message","channel":"C1","user":"U1","text":"hi","ts":"1.1","blocks":[{"type":17}]}}`,
	} {
		if _, err := l.send(id, "events_api", body); err != nil {
			t.Errorf("%s was not acknowledged: %v", body, err)
		}
		if got := <-l.taken; got != body {
			t.Errorf("taken %s", got)
		}
	}
	if _, err := l.send("u3", "a_kind_of_next_year", `{}`); err != nil {
		t.Errorf("an unknown kind was not acknowledged: %v", err)
	}
	if odd := l.socket.State().Odd; odd != 1 {
		t.Errorf("%d were counted", odd)
	}
	if err := l.hub.Write([]byte(`{"type":"no envelope"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.send("u4", "events_api", aMessage); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// An event that was not kept is not acknowledged, and one that breaks something
// neither ends the connection nor shows in the log.
func TestWhatWasNotKeptIsNotAcknowledged(t *testing.T) {
	l := openLine(t, 0)
	l.open(1)
	full := errors.New("the disk is full")
	l.fail.Store(&full)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := l.hub.Send(ctx, "f1", fmt.Appendf(nil, `{"envelope_id":"f1","type":"events_api","payload":%s}`, aMessage)); err == nil {
		t.Error("it was acknowledged")
	}
	l.fail.Store(nil)
	ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := l.hub.Send(ctx, "f2", []byte(`{"envelope_id":"f2","type":"events_api","payload":{"type":"breaks","secret":"words"}}`)); err == nil {
		t.Error("what broke was acknowledged")
	}
	if _, err := l.send("f3", "events_api", aMessage); err != nil {
		t.Errorf("others do not flow: %v", err)
	}
	if log := l.logged(); strings.Contains(log, "words") || !strings.Contains(log, "panic") {
		t.Errorf("the log says %s", log)
	}
}

// While one connection is renewed the other takes what comes.
func TestARefreshLosesNothing(t *testing.T) {
	l := openLine(t, 0)
	l.open(2)
	for i := range 40 {
		if i%10 == 5 {
			l.open(2)
			l.hub.DisconnectOne("refresh_requested")
		}
		id := fmt.Sprint("r", i)
		l.until("an event gets through", func() bool {
			_, err := l.send(id, "events_api", fmt.Sprintf(`{"type":"event_callback","event":{"type":"n%d"}}`, i))
			return err == nil
		})
		if l.hub.Connections() == 0 {
			t.Fatal("there was no connection")
		}
	}
	l.open(2)
}

// Each new connection is told of, so that what was missed is read.
func TestAGapIsToldOf(t *testing.T) {
	l := openLine(t, 0)
	l.open(2)
	before := l.again.Load()
	l.hub.Drop(false)
	l.until("the gap is told of", func() bool { return l.again.Load() > before })
	l.open(2)
}

// A connection over which nothing comes any more, no ping either, is given up.
func TestSilentConnectionsAreGivenUp(t *testing.T) {
	l := openLine(t, 300*time.Millisecond)
	l.open(2)
	l.hub.Silence()
	before := l.opened.Load()
	l.until("new connections are opened", func() bool { return l.opened.Load() >= before+2 })
	l.until("an event gets through", func() bool {
		_, err := l.send("s1", "events_api", aMessage)
		return err == nil
	})
}

// A refusal that trying again does not mend is reported and not tried again;
// the library itself would go on for ever with most of them.
func TestFatalRefusals(t *testing.T) {
	for _, code := range []string{"invalid_auth", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type", "team_disabled"} {
		t.Run(code, func(t *testing.T) {
			l := openLine(t, 0)
			answer := `{"ok":false,"error":"` + code + `"}`
			l.answer.Store(&answer)
			l.hub.Drop(false)
			l.until("the refusal is reported", func() bool { return l.socket.State().Fatal == code })
			l.stop()
			if n := l.opened.Load(); n > 6 {
				t.Errorf("a connection was asked for %d times", n)
			}
			if log := l.logged(); !strings.Contains(log, code) || strings.Contains(log, "xapp-test") {
				t.Errorf("the log says %s", log)
			}
		})
	}
}

// A passing trouble is tried again.
func TestPassingTroubles(t *testing.T) {
	l := openLine(t, 0)
	l.open(2)
	for _, answer := range []string{`{"ok":false,"error":"internal_error"}`, `<html>busy</html>`} {
		l.answer.Store(&answer)
		before := l.opened.Load()
		l.hub.Drop(true)
		l.until("it is tried again", func() bool { return l.opened.Load() >= before+2 })
		if fatal := l.socket.State().Fatal; fatal != "" {
			t.Errorf("%s counts as fatal: %s", answer, fatal)
		}
		l.answer.Store(nil)
		l.open(2)
	}
}

// What was begun is finished and acknowledged when the program ends.
func TestTheEndWaitsForWhatWasBegun(t *testing.T) {
	l := openLine(t, 0)
	l.open(1)
	done := make(chan error, 1)
	go func() {
		_, err := l.send("end", "events_api", aMessage)
		done <- err
	}()
	<-l.taken
	l.stop()
	if err := <-done; err != nil {
		t.Errorf("it was not acknowledged: %v", err)
	}
}
