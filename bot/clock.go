package bot

import "time"

// Clock is the only source of time in the program. Tests fix it.
// Now returns the present moment in UTC, without a monotonic reading that
// could survive storage, truncated to microseconds (the store's precision).
type Clock interface {
	Now() time.Time
}

// SystemClock is the Clock of a running installation.
type SystemClock struct{}

// Now implements Clock.
func (SystemClock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
