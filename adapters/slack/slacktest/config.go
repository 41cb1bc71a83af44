// Package slacktest is a stateful Slack of our own on loopback, for the tests of
// the Slack adapter and for end-to-end tests.
//
// It has two sides. The bot sees Slack: the Web API, Socket Mode, signed
// deliveries with their retries, response addresses, and faults that a test
// scripts. The test sees people: As(user) returns somebody who posts, types
// commands, presses buttons and fills in forms, and what the bot answers is
// applied to the state as Slack's client would.
//
// Nothing in it sleeps on a test's behalf: WaitFor and Settle wait for signals.
// Everything is safe for concurrent use.
package slacktest

import (
	"encoding/json"
	"time"

	"evangelist/bot"
)

// Config says what kind of Slack it is. The zero value is a good one; Start
// fills in the defaults that the comments name.
type Config struct {
	Team     string // workspace id, T0HOUSE
	TeamName string // Municipality
	Domain   string // house
	// Enterprise is the id of the Enterprise organisation, empty for none.
	Enterprise string

	AppID   string // A0EVANGEL
	BotUser string // U0EVANGEL
	BotID   string // B0EVANGEL
	BotName string // evangelist

	BotToken      string // xoxb-test-bot-token
	AppToken      string // xapp-test-app-token
	SigningSecret string // 32 hexadecimal digits

	// Scopes that the bot token has; nil means those of the app's manifest,
	// see DefaultScopes.
	Scopes []string
	// Commands are the slash commands that the app declares, with the slash.
	// Somebody who types another one sees an error and nothing is sent. nil
	// means that every command is the app's.
	Commands []string
	// UnfurlDomains are the domains whose links make link_shared events.
	UnfurlDomains []string

	// Validate finds what Slack would refuse. surface is "message" (blocks is the
	// array), "modal" or "home" (blocks is the whole view). nil checks only what
	// the fake knows itself: the number and the size of blocks, and the parts that
	// a view must have.
	Validate func(surface string, blocks json.RawMessage) []string

	// Clock gives the time of messages, triggers and addresses; nil is real time.
	// Signatures always carry real time, and time limits always are real time.
	Clock bot.Clock
	// Seed makes ids repeatable: the same seed and the same acts give the same ids.
	Seed uint64

	// OneEndpoint sends commands and interactions to /slack/events too.
	OneEndpoint bool
	// AckWithin is how long an answer may take, 3 s.
	AckWithin time.Duration
	// RetryDelays are the pauses before an event that was not acknowledged is sent
	// again; 10, 20 and 30 ms. Slack waits for nothing, a minute and five minutes.
	RetryDelays []time.Duration
	// Parallel is how many events are under way at once, 1: in their order.
	Parallel int
	// KeepEventsWhileAway keeps the events that could not be delivered until
	// Resume. By default they are lost, as in reality.
	KeepEventsWhileAway bool

	// PingEvery is the pause between the pings of a socket, 5 s.
	PingEvery time.Duration
	// TriggerLife is how long a trigger id can be used, 3 s.
	TriggerLife time.Duration

	// PostInterval, when positive, is the time in which a channel takes one post;
	// beyond PostBurst (1) posts in advance, posting is answered with 429.
	PostInterval time.Duration
	PostBurst    int
	// Limits is how many calls of a method are taken in a minute; beyond it they
	// are answered with 429.
	Limits map[string]int

	// DeactivatedDM is the error of chat.postMessage into the chat with somebody
	// whose account is deactivated. Empty: it is accepted, as people report of
	// Slack. conversations.open always answers user_disabled.
	DeactivatedDM string
}

// DefaultScopes returns the scopes that a bot token has unless Config.Scopes
// says otherwise.
func DefaultScopes() []string {
	return []string{
		"commands", "chat:write", "channels:read", "channels:history", "groups:read", "groups:history",
		"im:read", "im:write", "im:history", "mpim:read", "mpim:write", "mpim:history", "users:read", "users:read.email",
		"users.profile:read", "usergroups:read", "reactions:read", "reactions:write", "links:read", "links:write", "team:read",
	}
}

func (c Config) filled() Config {
	text := func(at *string, value string) {
		if *at == "" {
			*at = value
		}
	}
	text(&c.Team, "T0HOUSE")
	text(&c.TeamName, "Municipality")
	text(&c.Domain, "house")
	text(&c.AppID, "A0EVANGEL")
	text(&c.BotUser, "U0EVANGEL")
	text(&c.BotID, "B0EVANGEL")
	text(&c.BotName, "evangelist")
	text(&c.BotToken, "xoxb-test-bot-token")
	text(&c.AppToken, "xapp-test-app-token")
	text(&c.SigningSecret, "5d41402abc4b2a76b9719d911017c592")
	span := func(at *time.Duration, value time.Duration) {
		if *at <= 0 {
			*at = value
		}
	}
	span(&c.AckWithin, 3*time.Second)
	span(&c.PingEvery, 5*time.Second)
	span(&c.TriggerLife, 3*time.Second)
	if c.Scopes == nil {
		c.Scopes = DefaultScopes()
	}
	if c.Clock == nil {
		c.Clock = bot.SystemClock{}
	}
	if c.RetryDelays == nil {
		c.RetryDelays = []time.Duration{10 * time.Millisecond, 20 * time.Millisecond, 30 * time.Millisecond}
	}
	c.Parallel, c.PostBurst = max(c.Parallel, 1), max(c.PostBurst, 1)
	return c
}
