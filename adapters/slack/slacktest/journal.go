package slacktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"
)

// Fault is something that goes wrong with calls, scripted by a test. Without
// Status, Code, Body, Reset, Truncate and Drop only Delay is felt.
type Fault struct {
	Method  string // "chat.postMessage"; "*": every method
	Channel string // only calls with this channel argument; empty: all
	Skip    int    // leave this many matching calls alone first
	Times   int    // how many calls are spoilt; 0 means 1, negative means all

	// Accepted lets the call do its work before the answer is spoilt.
	Accepted bool

	Delay    time.Duration     // wait before answering; the work, if Accepted, is done before
	Status   int               // answer with this HTTP status
	Header   map[string]string // of that answer
	Body     string            // of that answer; with Status 0 the status is 200
	Code     string            // answer 200 with ok:false and this error
	Truncate bool              // 200 with half of the body, then the connection ends
	Reset    bool              // the connection is reset (RST) instead of an answer
}

// TooMany answers one call with 429. retryAfter is the header as it is sent,
// "30" or rubbish; empty: no header.
func TooMany(method, retryAfter string) Fault {
	f := Fault{Method: method, Status: http.StatusTooManyRequests, Body: `{"ok":false,"error":"ratelimited"}`, Header: map[string]string{"Content-Type": "application/json; charset=utf-8"}}
	if retryAfter != "" {
		f.Header["Retry-After"] = retryAfter
	}
	return f
}

// ServerError answers one call with a 5xx status, before or after its work was
// done.
func ServerError(method string, status int, accepted bool) Fault {
	return Fault{Method: method, Status: status, Body: "upstream error", Accepted: accepted}
}

// Reset cuts the connection of one call, before or after its work was done.
func Reset(method string, accepted bool) Fault {
	return Fault{Method: method, Reset: true, Accepted: accepted}
}

// Truncated does the work of one call and sends half of the answer.
func Truncated(method string) Fault { return Fault{Method: method, Truncate: true, Accepted: true} }

// HTML answers one call with status 200 and a page, before or after its work was
// done.
func HTML(method string, accepted bool) Fault {
	return Fault{
		Method: method, Accepted: accepted, Header: map[string]string{"Content-Type": "text/html"},
		Body: "<!doctype html><html><body>Service temporarily unavailable</body></html>",
	}
}

// Refused answers one call with ok:false and a code.
func Refused(method, code string) Fault { return Fault{Method: method, Code: code} }

// Slow delays one call. Accepted: the work is done at once and the true answer
// comes late. Otherwise nothing is done, and the connection ends after the
// delay.
func Slow(method string, by time.Duration, accepted bool) Fault {
	return Fault{Method: method, Delay: by, Accepted: accepted, Reset: !accepted}
}

type fault struct {
	Fault
	met int
}

// Fail scripts a fault. Faults are asked in the order in which they were given;
// the first that matches is used. undo takes it back.
func (s *Server) Fail(f Fault) (undo func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	kept := &fault{Fault: f}
	s.faults = append(s.faults, kept)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		kept.Times = 0
	}
}

// SetHistoryLag keeps messages that are younger than lag out of
// conversations.history and conversations.replies.
func (s *Server) SetHistoryLag(lag time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lag = lag
}

// faultFor returns the fault that spoils a call, nil: none. The lock is held.
func (s *Server) faultFor(method, channel string) *Fault {
	for _, f := range s.faults {
		if f.Method != "*" && f.Method != method || f.Channel != "" && f.Channel != channel {
			continue
		}
		if f.met++; f.met <= f.Skip || f.Times == 0 {
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		found := f.Fault
		return &found
	}
	return nil
}

// spoil answers a call as a fault wants it. It returns the status that was sent,
// 0: the connection was cut.
func (f *Fault) spoil(ctx context.Context, w http.ResponseWriter, body []byte) int {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return 0
		}
	}
	switch {
	case f.Reset:
		cut(w, nil)
		return 0
	case f.Truncate:
		var raw bytes.Buffer
		fmt.Fprintf(&raw, "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n", len(body))
		raw.Write(body[:len(body)/2])
		cut(w, raw.Bytes())
		return http.StatusOK
	case f.Code != "":
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprintf(w, `{"ok":false,"error":%q}`, f.Code)
		return http.StatusOK
	case f.Status != 0 || f.Body != "":
		for name, value := range f.Header {
			w.Header().Set(name, value)
		}
		status := f.Status
		if status == 0 {
			status = http.StatusOK
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(f.Body)) // to one who may have left
		return status
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body) // to one who may have left
	return http.StatusOK
}

// cut writes bytes and ends the connection; without bytes it is reset.
func cut(w http.ResponseWriter, raw []byte) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // HTTP/1 can always be hijacked, except by a handler that answered
	}
	defer func() { _ = conn.Close() }() // the end was the aim
	if tcp, ok := conn.(*net.TCPConn); ok && raw == nil {
		_ = tcp.SetLinger(0) // it may be closed already
	}
	_, _ = conn.Write(raw) // to one who may have left
}

// Call is one request to the Web API or to a response address.
type Call struct {
	N      int    // from 1, in the order in which they were taken
	Method string // "chat.postMessage"; of a response address "response_url"
	// Args are the arguments without the token; a value that is no text is
	// written as compact JSON.
	Args    map[string]string
	Form    bool   // came as a form, not as JSON
	Token   string // "bot", "app", "none" or "unknown"
	At      time.Time
	Done    bool   // it did its work, whatever was answered
	Status  int    // HTTP status; 0: the connection was cut
	Code    string // the error, empty: ok
	Channel string // of what was posted, or the argument
	TS      string
	Answer  json.RawMessage // what the method answered, before a fault spoilt it
}

type journal struct {
	calls  []*Call
	faults []*fault
	lag    time.Duration
	posts  map[string][]time.Time // when messages were posted, by channel
	minute map[string][]time.Time // calls in the last minute, by method
}

// Calls returns the calls of some methods, or all, in their order.
func (s *Server) Calls(methods ...string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if len(methods) == 0 || slices.Contains(methods, c.Method) {
			out = append(out, *c)
		}
	}
	return out
}

// ForgetCalls empties the list that Calls returns.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// PostTimes returns when the bot's messages were accepted in a channel, so that
// a test sees their spacing.
func (s *Server) PostTimes(channel string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.posts[channel])
}

// tooFast applies the limits of the configuration to a call and returns how many
// seconds to wait, 0: go on. The lock is held.
func (s *Server) tooFast(c *call) int {
	now := s.now()
	if most, ok := s.cfg.Limits[c.record.Method]; ok {
		recent := slices.DeleteFunc(s.minute[c.record.Method], func(at time.Time) bool { return now.Sub(at) >= time.Minute })
		s.minute[c.record.Method] = recent
		if len(recent) >= most {
			return max(1, int((time.Minute-now.Sub(recent[0])+time.Second-1)/time.Second))
		}
		s.minute[c.record.Method] = append(recent, now)
	}
	if s.cfg.PostInterval <= 0 || c.record.Method != "chat.postMessage" {
		return 0
	}
	r, refused := s.target(c.args["channel"])
	if refused != nil {
		return 0
	}
	span := s.cfg.PostInterval * time.Duration(s.cfg.PostBurst)
	recent := 0
	for _, at := range s.posts[r.ID] {
		if now.Sub(at) < span {
			recent++
		}
	}
	if recent >= s.cfg.PostBurst {
		return max(1, int((s.cfg.PostInterval+time.Second-1)/time.Second))
	}
	return 0
}
