// Package transport brings what Slack sends to the adapter, over HTTP or over
// Socket Mode, and carries the answers back. Nothing is read before it is
// verified, and nothing is acknowledged before it was taken.
package transport

import (
	"context"

	"evangelist/adapters/slack/inbound"
)

// Taker takes what Slack sends. Its functions are called concurrently, also with
// the same thing more than once, and return within three seconds.
type Taker struct {
	// Event takes the body of an event. An error means that it was not kept:
	// Slack is asked to send it again. The answer is empty but for a challenge.
	Event func(ctx context.Context, body []byte) (answer []byte, err error)
	// Slash carries out a slash command; the answer is JSON, or empty.
	Slash func(ctx context.Context, r inbound.Request, most int) (answer []byte)
	// Interaction carries out an interaction; the answer is JSON, or empty. An
	// error means that the payload was no interaction at all.
	Interaction func(ctx context.Context, payload []byte, most int) (answer []byte, err error)
}

// The longest answers, in bytes: longer ones are dropped by Slack in silence.
const (
	mostHTTP   = 900_000
	mostSocket = 19_000
)
