package courier

import (
	"time"

	"evangelist/bot"
)

// pause is what a platform said about being busy since its last success.
type pause struct {
	places map[bot.PlaceID]time.Time // busy until
	until  time.Time                 // the whole platform
	times  int                       // how often in a row as a whole
}

// A platform that is busy for this many places in a row, with no success in
// between, is taken to be busy as a whole.
const busyPlaces = 3

const (
	firstPause   = 2 * time.Second
	longestPause = 5 * time.Minute
	editPause    = 2 * time.Second // before an edit is tried again
)

// Busy notes that a platform refused a message to a place for now, and for how
// long at least (0: it did not say). The place is left alone for that time;
// after a third place the whole platform is, for longer each time.
func (l *Limiter) Busy(platform string, place bot.PlaceID, after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	p := l.pauses[platform]
	if p == nil {
		p = &pause{places: map[bot.PlaceID]time.Time{}}
		l.pauses[platform] = p
	}
	p.places[place] = now.Add(after)
	if len(p.places) < busyPlaces && p.times == 0 || now.Before(p.until) {
		return
	}
	wait := longestPause
	if p.times < 8 {
		wait = min(firstPause<<p.times, longestPause)
	}
	p.times++
	p.until = now.Add(max(wait, after))
}

// Went notes that a platform took a message: it is busy no longer, apart from
// the places that it named a time for.
func (l *Limiter) Went(platform string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.pauses[platform]
	if p == nil {
		return
	}
	now := l.clock.Now()
	p.times, p.until = 0, time.Time{}
	for place, until := range p.places {
		if !until.After(now) {
			delete(p.places, place)
		}
	}
	if len(p.places) == 0 {
		delete(l.pauses, platform)
	}
}

// Paused returns until when a whole platform is left alone; zero: it is not.
func (l *Limiter) Paused(platform string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.pauses[platform]; p != nil && p.until.After(l.clock.Now()) {
		return p.until
	}
	return time.Time{}
}

func (l *Limiter) paused(now time.Time, platform string, place bot.PlaceID) time.Duration {
	p := l.pauses[platform]
	if p == nil {
		return 0
	}
	until := p.until
	if own := p.places[place]; own.After(until) {
		until = own
	}
	return max(0, until.Sub(now))
}
