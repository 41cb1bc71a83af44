// Package directory reads who is in the workspace and which channels the bot is
// in, into facts of the kernel. It reads at the start and every so often; in
// between, events tell of single persons. Reading again changes nothing, and
// nothing is concluded from somebody's absence: who left is told by Slack.
package directory
