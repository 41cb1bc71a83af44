// Package teamstest is a pretend Microsoft Teams for tests: one tenant with its
// people, teams and chats, the connector, the token endpoint, the published
// signing keys and the parts of Microsoft Graph that the bot uses, all on one
// loopback listener. It keeps state, records every call, checks tokens, fails
// as scripted, and plays the people: what they do reaches the bot as correctly
// signed activities, and what the bot answers changes what they see.
package teamstest
