// Package gap finds what no event told: Slack sends an event a few times and then
// never again, so that whoever was away has missed something. It reads the history
// of the channels that are watched, back to eight days before it was last
// complete, and hands on what it finds: messages, edits, reactions,
// answers in threads, and what of the kept messages is no more. All of that is
// idempotent, so that most of it changes nothing.
//
// What was written before a lead let a channel be read, or while the bot was not
// in it, is never handed on.
package gap
