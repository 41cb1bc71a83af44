// Package botauth decides whether a request to the bot's endpoint really comes
// from Microsoft's bot service, is meant for this bot, and speaks of this
// organisation. It is strict: what is not proven is refused.
package botauth
