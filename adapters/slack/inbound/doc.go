// Package inbound reads what Slack sends: events, slash commands and
// interactions, as JSON or forms, into plain values, and turns messages into
// sightings. It is pure: it neither verifies, nor asks, nor keeps anything. What
// it does not know it reports as Other, never as a failure, since Slack adds
// kinds of events at any time.
package inbound

import (
	"evangelist/adapters/slack/mrkdwn"
	"evangelist/bot"
)

// Us is who the bot is: what is ours, and what comes from elsewhere.
type Us struct {
	Platform   string // instance key
	Team       string
	Enterprise string // "" outside an Enterprise organisation
	User       string // the bot's user id
	Bot        string // the bot's bot id
}

// Known is what is remembered of people and channels. All methods are safe for
// concurrent use.
type Known interface {
	mrkdwn.Names
	// Person says what is known of a user id; ok is false for an unknown one.
	Person(id string) (person Person, ok bool)
	// Private reports whether a channel is known to be private.
	Private(channel string) bool
}

// Person is what is known of somebody on Slack.
type Person struct {
	Name     string
	Bot      bool
	External bool   // of another organisation
	Team     string // External: their team
}

// Foreign reports whether somebody of this team and enterprise belongs to
// another organisation. Unknown ids count as ours: Slack leaves them out where
// only our own people can be.
func (us Us) Foreign(team, enterprise string) bool {
	if team == "" || team == us.Team || team == us.Enterprise {
		return false
	}
	return us.Enterprise == "" || enterprise != us.Enterprise
}

// Account names an account. Ids of another organisation's people are unique only
// together with their team.
func (us Us) Account(user, team, enterprise string) bot.AccountID {
	user = bot.Clean(user, 64)
	if user == "" {
		return ""
	}
	if us.Foreign(team, enterprise) {
		user = bot.Clean(team, 64) + "." + user
	}
	return bot.NewAccountID(us.Platform, user)
}

// Place names a channel.
func (us Us) Place(channel string) bot.PlaceID {
	return bot.NewPlaceID(us.Platform, bot.Clean(channel, 64))
}
