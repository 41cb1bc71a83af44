package teams

import (
	"testing"
	"time"
)

// The pause grows from a minute to an hour while the reading fails.
func TestThePauseGrows(t *testing.T) {
	var pause time.Duration
	for i, want := range []string{"1m0s", "2m0s", "4m0s", "8m0s", "16m0s", "32m0s", "1h0m0s", "1h0m0s"} {
		if pause = patience(pause); pause.String() != want {
			t.Errorf("after %d failures: %s", i+1, pause)
		}
	}
}
