// Package graph reads the organisation's directory and, where a team's owner
// consented, the messages of its channels from Microsoft Graph. Both are
// optional: the bot works without them.
package graph
