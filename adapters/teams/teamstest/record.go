package teamstest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Call is one request of the bot. It holds no moment, so that two runs can be
// compared.
type Call struct {
	// Method is metadata, keys, token, send, reply, update, delete, create,
	// members, member, team, channels, graph.users, graph.messages,
	// graph.replies, or unknown.
	Method       string
	Conversation string // as in the address, or the channel of graph.messages
	Activity     string
	Query        string
	Body         []byte
	Status       int // what was answered; 0: not yet, or the connection was broken
}

// Targeted reports whether the call asks for a message to one person alone.
func (c Call) Targeted() bool { return strings.Contains(c.Query, "isTargetedActivity=true") }

// Calls returns the bot's calls, oldest first: all, or those of the methods.
func (s *Teams) Calls(methods ...string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, call := range s.calls {
		if len(methods) == 0 || contains(methods, call.Method) {
			out = append(out, call)
		}
	}
	return out
}

func contains(all []string, one string) bool {
	for _, each := range all {
		if each == one {
			return true
		}
	}
	return false
}

// WaitFor returns nil as soon as enough reports true. It is asked now and after
// each change; it may call the other methods.
func (s *Teams) WaitFor(ctx context.Context, enough func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if enough() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// announce wakes who waits. The lock is held.
func (s *Teams) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// exchange is one request on its way.
type exchange struct {
	request *http.Request
	body    []byte
	call    Call
}

// into reads the body as JSON.
func (x *exchange) into(value any) bool { return json.Unmarshal(x.body, value) == nil }

// answer is what is sent back; status 0 means 200, a nil body an empty one.
type answer struct {
	status     int
	body       any
	retryAfter string
}

func problem(status int, code, message string) answer {
	return answer{status: status, body: map[string]any{"error": map[string]any{"code": code, "message": message}}}
}

// serve records the call, lets happen to it what the plan says, and does it.
func (s *Teams) serve(method string, do func(*exchange) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
		if err != nil {
			return
		}
		x := &exchange{request: r, body: body, call: Call{
			Method: method, Conversation: r.PathValue("conversation") + r.PathValue("channel"),
			Activity: r.PathValue("activity"), Query: r.URL.RawQuery, Body: body,
		}}
		n, fault := s.begin(x.call)
		done := func(status int) { s.finish(n, status) }
		var a answer
		if fault.After {
			a = do(x)
		}
		if !fault.wait(r) {
			return
		}
		if !fault.After && fault.quiet() {
			a = do(x)
		}
		fault.happen(w, r, a, done)
	}
}

func write(w http.ResponseWriter, a answer, done func(int)) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.retryAfter != "" {
		w.Header().Set("Retry-After", a.retryAfter)
	}
	if a.body != nil {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	done(a.status)
	w.WriteHeader(a.status)
	if a.body != nil {
		_ = json.NewEncoder(w).Encode(a.body)
	}
}

func (s *Teams) begin(call Call) (int, Fault) {
	s.mu.Lock()
	s.calls = append(s.calls, call)
	n, plan := len(s.calls)-1, s.plan
	s.announce()
	s.mu.Unlock()
	if plan == nil {
		return n, Fault{}
	}
	return n, plan(call)
}

func (s *Teams) finish(n, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[n].Status = status
	s.announce()
}
