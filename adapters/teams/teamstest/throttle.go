package teamstest

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// Window is a limit on the bot's calls in one conversation.
type Window struct {
	Kind  string // send (updates count as well), create or members
	Count int
	Per   time.Duration
}

// DocumentedWindows are the limits that the real service documents for one bot
// in one conversation.
func DocumentedWindows() []Window {
	var all []Window
	for kind, counts := range map[string][4]int{"send": {7, 8, 60, 1800}, "create": {7, 8, 60, 1800}, "members": {14, 16, 120, 3600}} {
		for i, per := range []time.Duration{time.Second, 2 * time.Second, 30 * time.Second, time.Hour} {
			all = append(all, Window{Kind: kind, Count: counts[i], Per: per})
		}
	}
	return all
}

// throttle counts a call and returns "", or how many seconds to wait. The lock
// is held.
func (s *Teams) throttle(kind, conversation string) string {
	now := s.config.Clock.Now()
	key := kind + " " + conversation
	longest := time.Duration(0)
	for _, w := range s.config.Windows {
		if w.Kind != kind {
			continue
		}
		sent := s.sends[key]
		if len(sent) >= w.Count {
			longest = max(longest, sent[len(sent)-w.Count].Add(w.Per).Sub(now))
		}
	}
	if longest > 0 {
		return strconv.Itoa(int(math.Ceil(longest.Seconds())))
	}
	if len(s.config.Windows) > 0 {
		s.sends[key] = append(s.sends[key], now)
	}
	return ""
}

func throttled(seconds string) answer {
	a := problem(http.StatusTooManyRequests, "Throttled", "Too many requests.")
	a.retryAfter = seconds
	return a
}
