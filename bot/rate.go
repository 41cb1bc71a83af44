package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"sync"
	"time"
)

// Rate limits how often one key may act: at most count in per, with bursts of
// count. It lives in memory under a random key that is replaced each day and
// never written, so that no table joins a key to what it did.
type Rate struct {
	mu     sync.Mutex
	clock  Clock
	random io.Reader
	count  float64
	per    time.Duration
	day    string
	secret []byte
	left   map[[8]byte]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// maxBuckets bounds memory; when it is reached everything starts afresh.
const maxBuckets = 100_000

// NewRate returns a Rate.
func NewRate(clock Clock, random io.Reader, count int, per time.Duration) *Rate {
	return &Rate{clock: clock, random: random, count: float64(count), per: per, left: map[[8]byte]bucket{}}
}

// Allow takes one token of key and reports whether there was one.
func (r *Rate) Allow(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock.Now()
	if day := now.Format(time.DateOnly); day != r.day || len(r.left) >= maxBuckets {
		secret := make([]byte, 32)
		if _, err := io.ReadFull(r.random, secret); err != nil {
			return false
		}
		r.day, r.secret = day, secret
		clear(r.left)
	}
	mac := hmac.New(sha256.New, r.secret)
	mac.Write([]byte(key))
	var tag [8]byte
	copy(tag[:], mac.Sum(nil))
	have, known := r.left[tag]
	if !known {
		have = bucket{tokens: r.count, at: now}
	}
	if passed := now.Sub(have.at); passed > 0 {
		have.tokens = min(r.count, have.tokens+r.count*float64(passed)/float64(r.per))
	}
	have.at = now
	allowed := have.tokens >= 1
	if allowed {
		have.tokens--
	}
	r.left[tag] = have
	return allowed
}
