// Package teams joins one Microsoft Teams tenant to the bot.
package teams
