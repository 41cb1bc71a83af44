package teamstest

import (
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Fault is something that goes wrong with one call. The zero value is none.
type Fault struct {
	Status      int    // answered instead; 0 without a Break: what would have been answered
	RetryAfter  string // the header, garbage included
	ContentType string
	Body        string
	Break       Break
	After       bool            // the call is carried out first
	Until       <-chan struct{} // nothing is answered before this is closed, or the caller left
}

// Break is a way in which a connection ends before the answer is complete.
type Break string

// The breaks.
const (
	Reset    Break = "reset"    // the connection is reset, no answer
	Truncate Break = "truncate" // the answer stops in its middle
	Hang     Break = "hang"     // nothing is answered until the caller leaves
)

// Inject asks plan before each call of the bot what goes wrong with it; nil ends
// all faults. plan may be called from several goroutines at once.
func (s *Teams) Inject(plan func(Call) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = plan
}

// Throttled answers 429 with this Retry-After; "" leaves the header out.
func Throttled(retryAfter string) Fault {
	return Fault{Status: http.StatusTooManyRequests, RetryAfter: retryAfter, Body: coded("Throttled", "Too many requests.")}
}

// Refused answers a status with a code of the connector; "" gives no code.
func Refused(status int, code string) Fault {
	if code == "" {
		return Fault{Status: status, Body: "{}"}
	}
	return Fault{Status: status, Body: coded(code, "Refused by a test.")}
}

// Failed answers a status of a failing server.
func Failed(status int) Fault {
	return Fault{Status: status, Body: coded("ServiceError", "Something failed.")}
}

// Page answers a status with a page of HTML, as a proxy does.
func Page(status int) Fault {
	return Fault{Status: status, ContentType: "text/html", Body: "<!doctype html><title>Gateway</title><h1>Not available</h1>"}
}

// Broken ends the connection in this way.
func Broken(how Break) Fault { return Fault{Break: how} }

// Held holds the answer back until the channel is closed.
func Held(until <-chan struct{}) Fault { return Fault{Until: until} }

// Accepted lets the call be carried out before the fault.
func (f Fault) Accepted() Fault {
	f.After = true
	return f
}

func coded(code, message string) string {
	return fmt.Sprintf(`{"error":{"code":%q,"message":%q}}`, code, message)
}

// quiet reports whether the call is answered as if there were no fault.
func (f Fault) quiet() bool { return f.Status == 0 && f.Break == "" }

// wait waits as long as the fault says; false when the caller left.
func (f Fault) wait(r *http.Request) bool {
	if f.Until == nil {
		return true
	}
	select {
	case <-f.Until:
		return true
	case <-r.Context().Done():
		return false
	}
}

// happen does to a call what the fault says. a is what would be answered.
func (f Fault) happen(w http.ResponseWriter, r *http.Request, a answer, done func(int)) {
	switch f.Break {
	case Hang:
		<-r.Context().Done()
		return
	case Reset:
		sever(w, "", true)
		return
	case Truncate:
		status := f.Status
		if status == 0 && r.Method == http.MethodPost {
			status = http.StatusCreated
		}
		status = max(status, http.StatusOK)
		sever(w, fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n{\"id\":\"17", status, http.StatusText(status)), false)
		return
	}
	if f.Status == 0 {
		write(w, a, done)
		return
	}
	kind := f.ContentType
	if kind == "" {
		kind = "application/json; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	done(f.Status)
	w.WriteHeader(f.Status)
	_, _ = strings.NewReader(f.Body).WriteTo(w)
}

// sever writes raw bytes and ends the connection, with a reset if so wanted.
func sever(w http.ResponseWriter, raw string, reset bool) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_, _ = conn.Write([]byte(raw))
}
