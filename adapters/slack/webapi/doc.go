// Package webapi calls the methods of Slack's Web API that the bot uses, and
// says of each failure what is certain: a *bot.SendError when nothing was done,
// any other error when nobody knows. It asks once: no retries, no waiting, no
// debug output. The tokens and the addresses that work like tokens are in no
// error and no log.
//
// What is sent is put together by slack-go. What is read is taken from the JSON
// here, because slack-go refuses a whole answer for one block that it does not
// know, which would turn a message that was posted into a doubt.
package webapi
