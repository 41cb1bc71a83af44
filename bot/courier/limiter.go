package courier

import (
	"context"
	"sync"
	"time"

	"evangelist/bot"
)

// Limiter keeps everything that is sent, by the courier and as replies, within
// what the platforms document (Platform.Limits), and holds back while a
// platform says that it is busy. It lives in memory and is safe for concurrent
// use.
type Limiter struct {
	mu     sync.Mutex
	clock  bot.Clock
	limits map[string][]bot.Limit
	taken  map[bucket]*window
	pauses map[string]*pause
}

// bucket names what a limit counts; place is empty for a whole platform.
type bucket struct {
	platform string
	place    bot.PlaceID
	limit    int
}

// window remembers the last sendings of a bucket, at most as many as its limit.
type window struct {
	at   []time.Time
	next int
}

// tidyAt is how many buckets are kept before idle ones are forgotten.
const tidyAt = 4096

// NewLimiter returns a Limiter for these platforms.
func NewLimiter(clock bot.Clock, platforms []bot.Platform) *Limiter {
	l := &Limiter{clock: clock, limits: map[string][]bot.Limit{}, taken: map[bucket]*window{}, pauses: map[string]*pause{}}
	for _, platform := range platforms {
		for _, limit := range platform.Limits() {
			if limit.Count > 0 && limit.Per > 0 {
				l.limits[platform.Name()] = append(l.limits[platform.Name()], limit)
			}
		}
	}
	return l
}

// Reserve takes leave to send one message to a place now and returns 0, or
// takes nothing and returns how long to wait before asking again.
func (l *Limiter) Reserve(platform string, place bot.PlaceID) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	if wait := l.wait(now, platform, place); wait > 0 {
		return wait
	}
	if len(l.taken) > tidyAt {
		l.tidy(now)
	}
	for i, limit := range l.limits[platform] {
		key := bucketOf(platform, place, i, limit)
		w := l.taken[key]
		if w == nil {
			w = &window{}
			l.taken[key] = w
		}
		if len(w.at) < limit.Count {
			w.at = append(w.at, now)
			continue
		}
		w.at[w.next] = now
		w.next = (w.next + 1) % limit.Count
	}
	return 0
}

// Peek returns how long Reserve would ask to wait, and takes nothing.
func (l *Limiter) Peek(platform string, place bot.PlaceID) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wait(l.clock.Now(), platform, place)
}

// Wait reserves, waiting as long as it takes or until ctx ends.
func (l *Limiter) Wait(ctx context.Context, platform string, place bot.PlaceID) error {
	for {
		wait := l.Reserve(platform, place)
		if wait == 0 {
			return nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

func (l *Limiter) wait(now time.Time, platform string, place bot.PlaceID) time.Duration {
	longest := l.paused(now, platform, place)
	for i, limit := range l.limits[platform] {
		w := l.taken[bucketOf(platform, place, i, limit)]
		if w == nil || len(w.at) < limit.Count {
			continue
		}
		longest = max(longest, w.at[w.next].Add(limit.Per).Sub(now))
	}
	return longest
}

func bucketOf(platform string, place bot.PlaceID, i int, limit bot.Limit) bucket {
	if limit.Scope == bot.PerPlatform {
		place = ""
	}
	return bucket{platform: platform, place: place, limit: i}
}

// tidy forgets buckets whose last sending no longer counts.
func (l *Limiter) tidy(now time.Time) {
	for key, w := range l.taken {
		last := w.at[(w.next+len(w.at)-1)%len(w.at)]
		if last.Add(l.limits[key.platform][key.limit].Per).Before(now) {
			delete(l.taken, key)
		}
	}
}
