package playground_test

import (
	"fmt"
	"testing"

	"evangelist/adapters/adaptertest"
	"evangelist/adapters/parts"
	"evangelist/adapters/playground"
	"evangelist/bot"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Fixture {
		now := newClock()
		w := town(t, func(c *playground.Config) { c.Clock = now })
		return adaptertest.Fixture{
			Platform: w, Place: w.PlaceID("finds"), Other: w.PlaceID("desk"),
			Forbidden: []bot.PlaceID{w.PlaceID("quiet"), w.PlaceID("nowhere"), bot.NewPlaceID("elsewhere", "finds")},
			People:    []bot.AccountID{w.ID("ada"), w.ID("ben")},
			Now:       now.Now,
			Words: func(part bot.Part) (string, error) {
				message, err := playground.Decode(part.Payload)
				return parts.Words(message), err
			},
			Inert: func(part bot.Part) error {
				message, err := playground.Decode(part.Payload)
				if err == nil && parts.Size(message) > 12_000 {
					return fmt.Errorf("a part holds %d characters", parts.Size(message))
				}
				return err
			},
			MaxBytes: 400_000,
			Seen: func(ref bot.MessageRef) (string, bool) {
				m, err := w.Message(ref)
				return m.Text, err == nil
			},
			Private: func(account bot.AccountID) []string {
				var out []string
				for _, reply := range w.As(account.Native()).Private() {
					out = append(out, parts.Words(reply.Message))
				}
				return out
			},
		}
	})
}
