// Package connector talks to the bot service: it gets the bot's own tokens and
// makes the calls that post, change and remove messages, open conversations and
// list members. Each call is made once, within ten seconds; nothing is repeated
// and nothing sleeps. A *bot.SendError says for certain that nothing was done;
// after any other error nobody knows.
package connector
