// Package playground is a pretend workspace: places, people, messages with
// threads and reactions, private replies, forms and buttons. It is a whole
// platform of the bot, the one that runs when nothing is configured, and the
// double that end-to-end tests drive.
//
// The workspace is a platform of its own: it knows nothing of the bot's
// database, keeps what was posted in a journal, survives the bot being killed,
// and can be the common workspace of several processes on one machine. What
// only one person may see, private replies and open forms, is in memory alone.
//
// The Workspace is the bot.Platform. A Person, got from Workspace.As, acts as
// somebody who works there. Package page shows it all in a browser.
package playground
