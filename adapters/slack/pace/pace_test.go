package pace_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"evangelist/adapters/slack/pace"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

func TestAsk(t *testing.T) {
	limited := func(wait time.Duration) error {
		return &bot.SendError{Reason: bot.Busy, RetryAfter: wait, Err: &webapi.APIError{Method: "users.list", Code: "ratelimited"}}
	}
	odd := errors.New("nobody knows")
	denied := &bot.SendError{Reason: bot.Denied}
	token := &bot.SendError{Reason: bot.Busy, RetryAfter: time.Minute, Err: &webapi.TokenError{Err: odd}}
	offline := &bot.SendError{Reason: bot.Busy}
	cursor := fmt.Errorf("page: %w", &webapi.APIError{Code: "invalid_cursor"})
	s := time.Second
	for name, c := range map[string]struct {
		answers []error
		waits   []time.Duration
		err     error
	}{
		"at once":             {[]error{nil}, nil, nil},
		"later, as told":      {[]error{limited(7 * s), limited(9 * s), nil}, []time.Duration{7 * s, 9 * s}, nil},
		"later, untold":       {[]error{limited(0), nil}, []time.Duration{30 * s}, nil},
		"refused":             {[]error{denied}, nil, denied},
		"token":               {[]error{token}, nil, token},
		"stale cursor":        {[]error{cursor}, nil, cursor},
		"unclear":             {[]error{odd, odd, nil}, []time.Duration{2 * s, 4 * s}, nil},
		"unclear for long":    {[]error{odd, odd, odd, odd, odd}, []time.Duration{2 * s, 4 * s, 8 * s, 16 * s}, odd},
		"no network for long": {[]error{offline, offline, offline, offline, offline}, []time.Duration{2 * s, 4 * s, 8 * s, 16 * s}, offline},
		"both":                {[]error{odd, limited(3 * s), odd, nil}, []time.Duration{2 * s, 3 * s, 4 * s}, nil},
	} {
		var waits []time.Duration
		reader := pace.Reader{Wait: func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }}
		n := 0
		err := reader.Ask(t.Context(), func() error { n++; return c.answers[n-1] })
		if !errors.Is(err, c.err) || n != len(c.answers) || !slices.Equal(waits, c.waits) {
			t.Errorf("%s: asked %d times, waited %v, %v", name, n, waits, err)
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		n := 0
		err := pace.Reader{}.Ask(ctx, func() error {
			n++
			return &bot.SendError{Reason: bot.Busy, RetryAfter: 50 * time.Second, Err: &webapi.APIError{Code: "ratelimited"}}
		})
		if !errors.Is(err, context.DeadlineExceeded) || n != 2 || time.Since(begin) != time.Minute {
			t.Errorf("asked %d times in %s: %v", n, time.Since(begin), err)
		}
	})
}
