// Package slack is the bot in a workspace of Slack: it takes what Slack sends,
// over Socket Mode or HTTP, and posts what the courier has for it.
package slack
