package transport_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/transport"
)

const secret = "a signing secret of the tests"

// desk counts what gets through.
type desk struct {
	events, slashes, interactions atomic.Int64
	fail                          error
}

func (d *desk) taker() transport.Taker {
	return transport.Taker{
		Event: func(_ context.Context, body []byte) ([]byte, error) {
			d.events.Add(1)
			e, err := inbound.ParseEvent(body, inbound.Us{})
			if err != nil {
				return nil, errors.Join(transport.ErrUnreadable, err)
			}
			return []byte(e.Challenge), d.fail
		},
		Slash: func(context.Context, inbound.Request, int) []byte {
			d.slashes.Add(1)
			return []byte(`{"text":"hello"}`)
		},
		Interaction: func(_ context.Context, payload []byte, _ int) ([]byte, error) {
			d.interactions.Add(1)
			if !bytes.HasPrefix(payload, []byte("{")) {
				return nil, errors.New("no object")
			}
			return nil, nil
		},
	}
}

func (d *desk) taken() int64 { return d.events.Load() + d.slashes.Load() + d.interactions.Load() }

func sign(secret, stamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// letter is a request as Slack writes it, to be spoiled.
type letter struct {
	*http.Request
	body string
}

func (l *letter) sign(secret string, at time.Time) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	l.Header.Set("X-Slack-Request-Timestamp", stamp)
	l.Header.Set("X-Slack-Signature", sign(secret, stamp, l.body))
}

func newLetter(body, kind string) *letter {
	r := httptest.NewRequest(http.MethodPost, "/slack/events", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	l := &letter{r, body}
	l.sign(secret, time.Now())
	return l
}

const aMessage = `{"type":"event_callback","team_id":"T1","event":{"type":"message","channel":"C1","user":"U1","text":"hi","ts":"1.1"}}`

func deliver(d *desk, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	transport.NewHTTP(secret, d.taker(), slog.New(slog.DiscardHandler)).ServeHTTP(w, r)
	return w
}

func TestOnlySlackIsListenedTo(t *testing.T) {
	now := time.Now()
	set := func(name, value string) func(*letter) {
		return func(l *letter) { l.Header.Set(name, value) }
	}
	good := func(l *letter) string { return l.Header.Get("X-Slack-Signature") }
	for name, c := range map[string]struct {
		spoil func(*letter)
		want  int
	}{
		"nothing spoiled":      {func(*letter) {}, 200},
		"299 seconds old":      {func(l *letter) { l.sign(secret, now.Add(-298*time.Second)) }, 200},
		"298 seconds ahead":    {func(l *letter) { l.sign(secret, now.Add(298*time.Second)) }, 200},
		"no signature":         {func(l *letter) { l.Header.Del("X-Slack-Signature") }, 401},
		"no timestamp":         {func(l *letter) { l.Header.Del("X-Slack-Request-Timestamp") }, 401},
		"neither":              {func(l *letter) { l.Header = http.Header{} }, 401},
		"empty signature":      {set("X-Slack-Signature", ""), 401},
		"empty timestamp":      {set("X-Slack-Request-Timestamp", ""), 401},
		"another secret":       {func(l *letter) { l.sign("another", now) }, 401},
		"an empty secret":      {func(l *letter) { l.sign("", now) }, 401},
		"version v1":           {func(l *letter) { l.Header.Set("X-Slack-Signature", "v1="+good(l)[3:]) }, 401},
		"no version":           {func(l *letter) { l.Header.Set("X-Slack-Signature", good(l)[3:]) }, 401},
		"upper case":           {func(l *letter) { l.Header.Set("X-Slack-Signature", "v0="+strings.ToUpper(good(l)[3:])) }, 401},
		"cut short":            {func(l *letter) { l.Header.Set("X-Slack-Signature", good(l)[:60]) }, 401},
		"too long":             {func(l *letter) { l.Header.Set("X-Slack-Signature", good(l)+"00") }, 401},
		"no hexadecimal":       {func(l *letter) { l.Header.Set("X-Slack-Signature", "v0="+strings.Repeat("zz", 32)) }, 401},
		"one digit off":        {func(l *letter) { l.Header.Set("X-Slack-Signature", good(l)[:66]+flip(good(l)[66:])) }, 401},
		"spaces around it":     {func(l *letter) { l.Header.Set("X-Slack-Signature", " "+good(l)+" x") }, 401},
		"301 seconds old":      {func(l *letter) { l.sign(secret, now.Add(-302*time.Second)) }, 401},
		"301 seconds ahead":    {func(l *letter) { l.sign(secret, now.Add(303*time.Second)) }, 401},
		"from 1970":            {func(l *letter) { l.sign(secret, time.Unix(0, 0)) }, 401},
		"a timestamp of words": {set("X-Slack-Request-Timestamp", "now"), 401},
		"a fractional timestamp": {func(l *letter) {
			l.Header.Set("X-Slack-Request-Timestamp", l.Header.Get("X-Slack-Request-Timestamp")+".5")
		}, 401},
		"a timestamp beyond numbers":  {set("X-Slack-Request-Timestamp", "99999999999999999999"), 401},
		"the most negative timestamp": {set("X-Slack-Request-Timestamp", "-9223372036854775808"), 401},
		"timestamp of another second": {func(l *letter) { l.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(now.Unix()-7, 10)) }, 401},
		"two signatures":              {func(l *letter) { l.Header.Add("X-Slack-Signature", "v0="+strings.Repeat("00", 32)) }, 401},
		"two timestamps":              {func(l *letter) { l.Header.Add("X-Slack-Request-Timestamp", "1") }, 401},
		"the body changed":            {func(l *letter) { l.Body = io.NopCloser(strings.NewReader(strings.Replace(l.body, "hi", "ho", 1))) }, 401},
		"the body cut":                {func(l *letter) { l.Body = io.NopCloser(strings.NewReader(l.body[:40])) }, 401},
		"something behind the body":   {func(l *letter) { l.Body = io.NopCloser(strings.NewReader(l.body + " ")) }, 401},
		"fetched":                     {func(l *letter) { l.Method = http.MethodGet }, 405},
		"put":                         {func(l *letter) { l.Method = http.MethodPut }, 405},
		"compressed":                  {set("Content-Encoding", "gzip"), 415},
		"as text":                     {set("Content-Type", "text/plain"), 415},
		"without a kind":              {func(l *letter) { l.Header.Del("Content-Type") }, 415},
		"a long body, announced":      {func(l *letter) { l.ContentLength = 100 << 20 }, 413},
	} {
		d := &desk{}
		l := newLetter(aMessage, "application/json")
		c.spoil(l)
		w := deliver(d, l.Request)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
		if taken := d.taken(); (taken > 0) != (c.want == 200) {
			t.Errorf("%s: %d taken", name, taken)
		}
		if c.want == 401 && w.Body.Len() > 0 {
			t.Errorf("%s: the refusal explains itself: %s", name, w.Body)
		}
	}
}

func flip(digit string) string {
	if digit == "0" {
		return "1"
	}
	return "0"
}

func TestWithoutASecretNothingIsTaken(t *testing.T) {
	d := &desk{}
	l := newLetter(aMessage, "application/json")
	l.sign("", time.Now())
	w := httptest.NewRecorder()
	transport.NewHTTP("", d.taker(), slog.New(slog.DiscardHandler)).ServeHTTP(w, l.Request)
	if w.Code != 401 || d.taken() != 0 {
		t.Errorf("%d, %d taken", w.Code, d.taken())
	}
}

func TestWhatIsSignedGetsTheRightAnswer(t *testing.T) {
	form := "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		body, kind string
		want       int
		answer     string
	}{
		"a message":           {aMessage, "application/json", 200, ""},
		"with a charset":      {aMessage, "application/json; charset=utf-8", 200, ""},
		"a challenge":         {`{"type":"url_verification","challenge":"abc"}`, "application/json", 200, "abc"},
		"an unknown event":    {`{"type":"event_callback","event":{"type":"of_next_year"}}`, "application/json", 200, ""},
		"an unknown outside":  {`{"type":"of_next_year"}`, "application/json", 200, ""},
		"no JSON":             {`{"type":`, "application/json", 400, ""},
		"deep JSON":           {strings.Repeat("[", 100_000), "application/json", 400, ""},
		"deep JSON inside":    {`{"type":"event_callback","event":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`, "application/json", 200, ""},
		"a slash command":     {"command=%2Fdigest&text=draft&user_id=U1", form, 200, `{"text":"hello"}`},
		"an interaction":      {"payload=" + url.QueryEscape(`{"type":"shortcut"}`), form, 200, ""},
		"a broken payload":    {"payload=nonsense", form, 400, ""},
		"a certificate check": {"ssl_check=1", form, 200, ""},
		"an empty form":       {"", form, 400, ""},
		"a broken form":       {"command=%zz", form, 400, ""},
		"a thousand fields":   {strings.Repeat("a=1&", 1000) + "command=x", form, 400, ""},
	} {
		w := deliver(&desk{}, newLetter(c.body, c.kind).Request)
		if w.Code != c.want || w.Body.String() != c.answer {
			t.Errorf("%s: %d %q, want %d %q", name, w.Code, w.Body, c.want, c.answer)
		}
	}
}

// The signature covers the body alone: what stands in the address does not count.
func TestTheAddressSaysNothing(t *testing.T) {
	d := &desk{}
	l := newLetter("ssl_check=1", "application/x-www-form-urlencoded")
	l.URL.RawQuery = "payload=" + url.QueryEscape(`{"type":"shortcut"}`) + "&command=/digest"
	if w := deliver(d, l.Request); w.Code != 200 || d.taken() != 0 {
		t.Errorf("%d, %d taken", w.Code, d.taken())
	}
}

// An event that could not be kept is asked for again; one that cannot be read
// is not.
func TestEventsAreAskedForAgain(t *testing.T) {
	w := deliver(&desk{fail: errors.New("the disk is full")}, newLetter(aMessage, "application/json").Request)
	if w.Code != 500 || w.Header().Get("X-Slack-No-Retry") != "" || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	w = deliver(&desk{}, newLetter("[]", "application/json").Request)
	if w.Code != 400 || w.Header().Get("X-Slack-No-Retry") != "1" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	// The first delivery that arrives may be one that Slack calls a retry.
	d := &desk{}
	l := newLetter(aMessage, "application/json")
	l.Header.Set("X-Slack-Retry-Num", "3")
	l.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	if w := deliver(d, l.Request); w.Code != 200 || d.events.Load() != 1 {
		t.Errorf("%d, %d taken", w.Code, d.events.Load())
	}
}

// endless is a body without an end.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.read.Add(int64(len(p)))
	return len(p), nil
}

func TestEndlessBodies(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 20 {
		body := &endless{}
		l := newLetter("", "application/json")
		l.Body, l.ContentLength = io.NopCloser(body), -1
		if w := deliver(&desk{}, l.Request); w.Code != 413 {
			t.Errorf("%d", w.Code)
		}
		if n := body.read.Load(); n > 3<<20 {
			t.Errorf("%d bytes were read", n)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 64<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// Unsigned bodies are not read at all, however slowly or long they come.
func TestUnsignedBodiesAreNotRead(t *testing.T) {
	body := &endless{}
	l := newLetter("", "application/json")
	l.Header.Del("X-Slack-Signature")
	l.Body, l.ContentLength = io.NopCloser(body), 100<<20
	if w := deliver(&desk{}, l.Request); w.Code != 401 || body.read.Load() != 0 {
		t.Errorf("%d, %d bytes read", w.Code, body.read.Load())
	}
}

// Over a real connection, a body that stops coming ends with its request.
func TestAStalledBodyHoldsNobodyUp(t *testing.T) {
	d := &desk{}
	server := httptest.NewUnstartedServer(transport.NewHTTP(secret, d.taker(), slog.New(slog.DiscardHandler)))
	server.Config.ReadTimeout = 200 * time.Millisecond
	server.Start()
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	for range 10 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: %s\r\nContent-Length: 1000\r\n\r\n{", stamp, sign(secret, stamp, "{"))
	}
	r, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(aMessage))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", sign(secret, stamp, aMessage))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || d.events.Load() != 1 {
		t.Errorf("%d, %d taken", answer.StatusCode, d.events.Load())
	}
}
