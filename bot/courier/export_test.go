package courier

import (
	"context"
	"time"

	"evangelist/bot"
)

// The safeguards that a test may take away.
const (
	NoIntent = "no intent commit"
	NoProbe  = "no probe"
	NoQuiet  = "no quiet period"
	NoFence  = "no fence of echoes"
)

// Without returns the configuration with one safeguard taken away; "" is none.
func (c Config) Without(safeguard string) Config {
	switch safeguard {
	case NoIntent:
		c.mutant.noIntent = true
	case NoProbe:
		c.mutant.noProbe = true
	case NoQuiet:
		c.mutant.noQuiet = true
	case NoFence:
		c.mutant.noFence = true
	}
	return c
}

// AwakeAt is the end of quiet hours; days are free ones, one a line.
func AwakeAt(contact bot.Contact, home *time.Location, at time.Time, days string) time.Time {
	free, err := readHolidays(days)
	if err != nil {
		panic(err)
	}
	return awakeAt(contact, home, at, free)
}

// Carry takes one delivery as far as it gets.
func (c *Courier) Carry(ctx context.Context, key string) (bool, error) {
	if err := c.ready(ctx); err != nil {
		return false, err
	}
	return c.carry(ctx, key)
}
