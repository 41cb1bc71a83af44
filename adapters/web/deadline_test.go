package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// connection is a writer that knows until when may be written.
type connection struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (c *connection) SetWriteDeadline(at time.Time) error {
	c.until = at
	return nil
}

func TestNobodyHoldsAConnectionByNotReading(t *testing.T) {
	w := newWorld(t, nil)
	for _, path := range []string{"/", "/archive", "/code", "/web/style.css", "/nowhere"} {
		c := &connection{ResponseRecorder: httptest.NewRecorder()}
		before := time.Now()
		w.site.ServeHTTP(c, httptest.NewRequest(http.MethodGet, "http://bot.example.org"+path, nil))
		if c.until.Before(before.Add(5*time.Second)) || c.until.After(time.Now().Add(time.Minute)) {
			t.Errorf("%s may be written until %v", path, c.until)
		}
	}
}
