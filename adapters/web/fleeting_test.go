package web_test

import (
	"testing"
	"time"
)

// Opening the form of a concern or an idea leaves no trace in the session either:
// its row would say, to the hour, who had one open.
func TestOpeningAConcernDoesNotDateTheSession(t *testing.T) {
	for _, page := range []string{"/concern", "/idea"} {
		w := newWorld(t, nil)
		v := w.visitor()
		v.signIn(colleague).want(t, 303)
		for range 2 {
			w.clock.forward(5 * time.Hour)
			v.get(page)
		}
		w.clock.forward(5 * time.Hour)
		v.get("/archive").want(t, 303)
	}
}
