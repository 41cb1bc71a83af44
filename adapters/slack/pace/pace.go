// Package pace asks Slack with patience: for reading that may take its time, such
// as the directory and the history of channels. What is sent never waits here.
package pace

import (
	"context"
	"errors"
	"time"

	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// How long is waited when Slack does not say, and how often in a row something
// may go wrong before it is given up.
const (
	unnamed = 30 * time.Second
	first   = 2 * time.Second
	most    = 4
)

// Reader asks again what Slack put off or did not answer. The zero value waits
// by the clock of the machine.
type Reader struct {
	// Wait waits; it returns the context's error when that ends first. nil waits
	// really.
	Wait func(ctx context.Context, d time.Duration) error
}

// Ask asks until there is an answer. It obeys Slack when told to come later, as
// long as it takes; it tries a few times more after an answer that did not come;
// and it gives up at once what would be refused again: a refusal, or a token
// that is not accepted.
func (r Reader) Ask(ctx context.Context, ask func() error) error {
	for failed := 0; ; {
		err := ask()
		wait, again := after(err, failed)
		if !again {
			return err
		}
		if wait == 0 {
			wait = first << failed
			failed++
		}
		if wait := r.wait(ctx, wait); wait != nil {
			return wait
		}
	}
}

// after says whether to ask again, and after how long when Slack named a time.
func after(err error, failed int) (wait time.Duration, again bool) {
	var token *webapi.TokenError
	var refused *bot.SendError
	switch {
	case err == nil, errors.As(err, &token), webapi.Code(err) == "invalid_cursor":
		return 0, false
	case errors.As(err, &refused) && refused.Reason != bot.Busy:
		return 0, false
	case refused != nil && refused.RetryAfter > 0:
		return refused.RetryAfter, true
	case refused != nil && webapi.Code(err) != "":
		return unnamed, true
	}
	return 0, failed < most
}

func (r Reader) wait(ctx context.Context, d time.Duration) error {
	if r.Wait != nil {
		return r.Wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
