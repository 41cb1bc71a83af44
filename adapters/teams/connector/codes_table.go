package connector

import "evangelist/bot"

// meaning is what a certain refusal means, and to whom it is said. personal is
// the other meaning that it has about the chat with one person.
type meaning struct {
	reason   bot.SendReason
	say      string
	personal struct {
		reason bot.SendReason
		say    string
	}
}

func both(reason bot.SendReason, say string) meaning { return meaning{reason: reason, say: say} }

func (m meaning) inChat(reason bot.SendReason, say string) meaning {
	m.personal.reason, m.personal.say = reason, say
	return m
}

const (
	sayBlocked = "This person has blocked or removed the bot in Teams, so it cannot write to them. They can add it again from the list of apps in Teams."
	sayAbsent  = "The bot is not in this channel or chat any more. Add its app there again, then choose: post again."
	sayBad     = "Teams did not understand this message, so it was not posted. Tell whoever looks after the bot; trying again will not help."
	sayPlace   = "This channel or chat is not there any more. Choose another place."
)

// codes are the refusals of the service by code. All of them mean that nothing
// was done. Codes of throttling and of failing servers are not here: their
// status says enough.
var codes = map[string]meaning{
	"MessageWritesBlocked":           both(bot.Denied, "Nobody may write to this channel or chat just now. Check its settings in Teams, then choose: post again.").inChat(bot.Unreachable, sayBlocked),
	"ConversationBlockedByUser":      both(bot.Denied, "The settings of this channel keep the bot from writing. Ask an owner to allow it, then choose: post again.").inChat(bot.Unreachable, sayBlocked),
	"BotNotInConversationRoster":     both(bot.Denied, sayAbsent).inChat(bot.Unreachable, sayBlocked),
	"BotDisabledByAdmin":             both(bot.Denied, "An administrator has switched this app off in Teams. Have it allowed in the Teams admin centre, then choose: post again.").inChat(bot.Unreachable, "An administrator does not allow this app for this person, so the bot cannot write to them."),
	"ForbiddenOperationException":    both(bot.Unreachable, "The app is not installed for this person in Teams, so the bot cannot write to them first. They can add it, or an administrator can add it for everybody."),
	"InvalidBotApiHost":              both(bot.Denied, "This organisation's Teams is in another cloud than the bot is set up for. Check teams.cloud (gcc, usgov), then choose: post again."),
	"NotEnoughPermissions":           both(bot.Denied, "The bot may not do this here. Check the app's permissions in Teams, then choose: post again."),
	"ActivityNotFoundInConversation": both(bot.Unreachable, "The message that this belongs to is not there any more."),
	"ConversationNotFound":           both(bot.Denied, sayPlace).inChat(bot.Unreachable, "The chat with this person is not there any more."),
	"MemberNotFoundInConversation":   both(bot.Unreachable, "This person is not in that conversation."),
	"MessageSizeTooBig":              both(bot.Denied, "This message is larger than Teams takes, so it was not posted. Make it shorter, then choose: post again."),
	"BadArgument":                    both(bot.Denied, sayBad),
	"BadSyntax":                      both(bot.Denied, sayBad),
	"BadFormat":                      both(bot.Denied, sayBad),
	"InvalidActivityType":            both(bot.Denied, sayBad),
}

// statuses are the refusals that come without a known code.
var statuses = map[int]meaning{
	301: both(bot.Denied, "Something between the bot and Teams sends it elsewhere. Check the proxy, then choose: post again."),
	307: both(bot.Denied, "Something between the bot and Teams sends it elsewhere. Check the proxy, then choose: post again."),
	308: both(bot.Denied, "Something between the bot and Teams sends it elsewhere. Check the proxy, then choose: post again."),
	400: both(bot.Denied, sayBad),
	403: both(bot.Denied, "Teams does not let the bot do this here and does not say why. Check that the app is allowed and still there, then choose: post again.").inChat(bot.Unreachable, sayBlocked),
	404: both(bot.Denied, sayPlace).inChat(bot.Unreachable, "The chat with this person is not there any more."),
	407: both(bot.Busy, "The proxy between the bot and Teams asks for a password; it will be tried again. Check HTTPS_PROXY."),
	413: both(bot.Denied, "This message is larger than Teams takes, so it was not posted. Make it shorter, then choose: post again."),
}
