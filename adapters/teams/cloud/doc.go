// Package cloud holds what differs between Microsoft's clouds, and the
// allow-list of hosts that the bot's own token may be sent to.
package cloud
