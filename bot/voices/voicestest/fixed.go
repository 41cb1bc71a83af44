package voicestest

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Clock stands still until it is set.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a Clock that shows at.
func NewClock(at time.Time) *Clock { return &Clock{now: at.UTC().Truncate(time.Microsecond)} }

// Now implements bot.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set shows another moment from now on.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at.UTC().Truncate(time.Microsecond)
}

// Chance is a source of bytes that is the same for the same seed.
type Chance struct {
	mu  sync.Mutex
	src *rand.ChaCha8
}

// NewChance returns the Chance of a seed.
func NewChance(seed byte) *Chance { return &Chance{src: rand.NewChaCha8([32]byte{seed})} }

// Read implements io.Reader.
func (c *Chance) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.src.Read(p)
}
