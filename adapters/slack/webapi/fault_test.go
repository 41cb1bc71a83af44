package webapi_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// broken takes the connection of a request over.
func broken(act func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		act(conn)
		_ = conn.Close()
	}
}

func reset(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }

func raw(text string) http.HandlerFunc {
	return broken(func(conn net.Conn) { _, _ = io.WriteString(conn, text) })
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// After a request left, whatever is not Slack's own answer leaves open what
// happened. It is never asked again: slack-go's retries would post twice.
func TestFaultsAfterTheRequestLeft(t *testing.T) {
	faults := map[string]http.HandlerFunc{
		"reset":             broken(reset),
		"closed":            broken(func(net.Conn) {}),
		"cut in the header": raw("HTTP/1.1 200 OK\r\nContent-"),
		"cut in the body":   raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"ok\":true,\"ts\":\"1.0"),
		"cut in a chunk":    raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"ok\":true"),
		"not HTTP":          raw("SSH-2.0-OpenSSH\r\n"),
		"half a JSON":       says(`{"ok":true,"ts":"1.`),
		"no ok":             says(`{"ts":"1.000002"}`),
		"null":              says(`null`),
		"a list":            says(`[1]`),
		"ok is a word":      says(`{"ok":"true"}`),
		"nothing":           says(``),
		"HTML":              status(200, `<html><title>Sign in to the proxy</title></html>`),
		"HTML with 403":     status(403, `<html>Forbidden Words</html>`),
		"407":               status(407, ``),
		"400":               status(400, `Bad Request`),
		"500":               status(500, `{"ok":false,"error":"not_in_channel"}`),
		"502":               status(502, `<html>`),
		"503":               status(503, `{"ok":false,"error":"service_unavailable"}`),
		"504":               status(504, ``),
		"deep":              says(strings.Repeat(`[`, 100_000)),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/api/auth.test", http.StatusTemporaryRedirect)
		},
		"endless":                   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, &endless{left: 17 << 20}) },
		"informational, then reset": raw("HTTP/1.1 103 Early Hints\r\n\r\n"),
	}
	for name, fault := range faults {
		for _, m := range methods() {
			if m.name == "response_url" && (name == "nothing" || name == "HTML with 403") {
				continue // an empty answer is a good one there; 403 means used up
			}
			if name == "endless" && m.name != "chat.postMessage" && m.name != "conversations.history" && m.name != "response_url" && m.name != "blocks.validate" {
				continue // it takes its time, and is the same for all
			}
			t.Run(m.name+"/"+name, func(t *testing.T) {
				s := newStand(t)
				s.does(m.name, fault)
				var log bytes.Buffer
				c := s.client(t, func(c *webapi.Config) {
					c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				})
				err := m.ask(t.Context(), c, s)
				if got := verdictOf(err); got != "unknown" {
					t.Errorf("it is %s: %v", got, err)
				}
				if n := len(s.seen(m.name)); n != 1 {
					t.Errorf("asked %d times", n)
				}
				secret(t, err, log.String())
			})
		}
	}
}

type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range n {
		p[i] = ' '
	}
	e.left -= n
	return n, nil
}

// A refusal with another status than 200 is Slack's all the same.
func TestRefusalWithAnotherStatus(t *testing.T) {
	s := newStand(t)
	s.does("chat.postMessage", status(404, `{"ok":false,"error":"channel_not_found"}`))
	if _, err := s.client(t).Post(t.Context(), "C1", "", words, "p"); verdictOf(err) != "denied" {
		t.Errorf("it is %v", err)
	}
}

func TestDeadlineAfterTheRequestLeft(t *testing.T) {
	for _, m := range methods() {
		s := newStand(t)
		ctx, cancel := context.WithCancel(t.Context())
		arrived := make(chan struct{})
		s.does(m.name, func(_ http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-r.Context().Done()
		})
		go func() { <-arrived; cancel() }()
		err := m.ask(ctx, s.client(t), s)
		if verdictOf(err) != "unknown" || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", m.name, err)
		}
		if n := len(s.seen(m.name)); n != 1 {
			t.Errorf("%s was asked %d times", m.name, n)
		}
		cancel()
	}
}

// Before a connection is had nothing can have been done.
func TestFaultsBeforeTheRequestLeft(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := nobody.Addr().String()
	_ = nobody.Close()
	foreign := quietTLS(t, says(`{"ok":true}`)) // with a certificate that nobody trusts
	dumb := listen(t, func(conn net.Conn) { reset(conn) })
	gate := listen(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1024))
		_, _ = io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
	})
	through := proxied(t, "http://user:very-secret@"+gate)
	cases := map[string]struct {
		ctx    context.Context
		api    string
		client *http.Client
	}{
		"the context had ended":        {ctx: ended},
		"nobody listens":               {api: "http://" + free},
		"no such host":                 {api: "https://host.invalid"},
		"a certificate nobody trusts":  {api: foreign.URL},
		"a handshake that is cut off":  {api: "https://" + dumb},
		"a proxy that refuses":         {api: "https://127.0.0.1:1", client: through},
		"a proxy that is not there":    {api: "https://127.0.0.1:1", client: proxied(t, "http://user:very-secret@"+free)},
		"a deadline while it connects": {api: "http://127.0.0.1", client: &http.Client{Transport: &http.Transport{DialContext: never}, Timeout: 5 * time.Millisecond}},
	}
	for name, at := range cases {
		for _, m := range methods() {
			s := newStand(t)
			if at.api != "" {
				s.URL = at.api
			}
			ctx := at.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			c := s.client(t, func(c *webapi.Config) { c.Client = at.client })
			err := m.ask(ctx, c, s)
			var refused *bot.SendError
			if !errors.As(err, &refused) || refused.Reason != bot.Busy {
				t.Errorf("%s, %s: %v", name, m.name, err)
				continue
			}
			sentence(t, refused.Say)
			secret(t, err, "")
			if at.api == "" && len(s.seen(m.name)) != 0 {
				t.Errorf("%s, %s: it was asked all the same", name, m.name)
			}
			if at.api != "" {
				s.URL = s.Server.URL
			}
		}
	}
}

// quietTLS serves over TLS and logs nothing.
func quietTLS(t *testing.T, handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func never(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func listen(t *testing.T, serve func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

func proxied(t *testing.T, address string) *http.Client {
	t.Helper()
	proxy := mustURL(t, address)
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}
}

// A transport of another kind tells of no connections; when it has read the
// request, it may have sent it.
type odd struct{ reads bool }

func (o odd) RoundTrip(r *http.Request) (*http.Response, error) {
	if o.reads {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return nil, errors.New("it broke with xoxb-very-secret-1 in it")
}

func TestOtherTransports(t *testing.T) {
	for reads, want := range map[bool]string{true: "unknown", false: "busy"} {
		s := newStand(t)
		c := s.client(t, func(c *webapi.Config) { c.Client = &http.Client{Transport: odd{reads}} })
		_, err := c.Post(t.Context(), "C1", "", words, "p")
		if got := verdictOf(err); got != want {
			t.Errorf("having read: %v, it is %s: %v", reads, got, err)
		}
		secret(t, err, "")
	}
}

// A connection that was kept open and closed by Slack in the meantime is not
// taken for a post that may have happened twice: the request counts once.
func TestStaleConnection(t *testing.T) {
	s := newStand(t)
	s.says("chat.postMessage", `{"ok":true,"channel":"C1","ts":"1.000001"}`)
	c := s.client(t)
	for range 20 {
		if _, err := c.Post(t.Context(), "C1", "", words, "p"); err != nil && verdictOf(err) != "unknown" {
			t.Fatal(err)
		}
		s.CloseClientConnections()
	}
	if n := len(s.seen("chat.postMessage")); n > 20 {
		t.Errorf("20 posts were asked for, %d arrived", n)
	}
}

// A certificate of the organisation's own is trusted when the client is told so.
func TestOwnCertificates(t *testing.T) {
	server := httptest.NewTLSServer(says(`{"ok":true,"channel":"C1","ts":"1.000001"}`))
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	c, err := webapi.New(webapi.Config{BotToken: botToken, APIURL: server.URL, Client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}})
	if err != nil {
		t.Fatal(err)
	}
	if ts, err := c.Post(t.Context(), "C1", "", words, "p"); err != nil || ts != "1.000001" {
		t.Errorf("posted %q, %v", ts, err)
	}
}

// Over HTTP/2 too a lost answer is a doubt, and a refused connection is none.
func TestHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	c, err := webapi.New(webapi.Config{BotToken: botToken, APIURL: server.URL, Client: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Post(t.Context(), "C1", "", words, "p"); verdictOf(err) != "unknown" {
		t.Errorf("it is %s: %v", verdictOf(err), err)
	}
}
