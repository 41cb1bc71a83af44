package page_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// connection is a writer that knows until when may be written, and tells when
// that was taken back.
type connection struct {
	*httptest.ResponseRecorder
	until   time.Time
	written []time.Time // the deadline at each write
	cleared chan struct{}
}

func (c *connection) SetWriteDeadline(at time.Time) error {
	c.until = at
	if at.IsZero() {
		c.cleared <- struct{}{}
	}
	return nil
}

func (c *connection) Write(text []byte) (int, error) {
	c.written = append(c.written, c.until)
	return c.ResponseRecorder.Write(text)
}

func TestNobodyHoldsAConnectionByNotReading(t *testing.T) {
	s := serve(t, present)
	handler := s.page.Handler()
	open := func() *connection {
		return &connection{ResponseRecorder: httptest.NewRecorder(), cleared: make(chan struct{})}
	}
	ends := func(c *connection, what string) {
		t.Helper()
		for _, until := range c.written {
			if left := time.Until(until); left <= 0 || left > time.Minute {
				t.Errorf("%s is written with %v left", what, left)
			}
		}
		if len(c.written) == 0 {
			t.Errorf("%s: nothing was written", what)
		}
	}
	for _, path := range []string{"/playground/", "/playground/static/style.css"} {
		c := open()
		handler.ServeHTTP(c, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		ends(c, path)
	}
	// A stream has a deadline for each event and none between two.
	ctx, leave := context.WithCancel(t.Context())
	c, left := open(), make(chan struct{})
	go func() {
		defer close(left)
		handler.ServeHTTP(c, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/playground/events", nil))
	}()
	told := func() {
		t.Helper()
		select {
		case <-c.cleared:
		case <-time.After(20 * time.Second):
			t.Fatal("the deadline of an event was not taken back")
		}
	}
	defer leave()
	told()
	s.page.Nudge()
	told()
	leave()
	<-left
	if len(c.written) != 2 || !c.until.IsZero() {
		t.Errorf("%d events, the stream may be written until %v", len(c.written), c.until)
	}
	ends(c, "an event")
}
