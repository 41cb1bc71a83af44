package inbound

import (
	"regexp"
	"strings"

	"evangelist/bot"
)

// Words are what somebody wrote to the bot, without its own name and with every
// address written out.
func (a Activity) Words() string { return a.said(true).plain() }

// ToBot reports whether a message is written to the bot: in its own chat, to it
// alone, or with its name.
func (a Activity) ToBot() bool {
	return a.Type == "message" && (a.Kind == Personal || a.Targeted || a.Mentioned)
}

// Sightings are what was seen in a channel or group: messages, changes to them
// and reactions. What is written to the bot is none.
func (a Activity) Sightings(us Us) []bot.Sighting {
	if a.Kind == Personal || a.Targeted || us.Ours(a.From) {
		return nil
	}
	seen := bot.Sighting{
		Message: bot.MessageRef{Place: a.Place(us), Native: bot.Clean(a.ID, maxID)}, Author: us.Account(a.From), Name: a.From.Name,
		Bot: a.From.Bot(), External: !a.From.Bot() && us.Foreign(a.From), Private: a.Private(), At: a.At,
	}
	if a.Root != seen.Message.Native {
		seen.Thread = a.Root
	}
	switch a.Type {
	case "message":
		seen.Kind = bot.Posted
	case "messageUpdate":
		seen.Kind = bot.Edited
	case "messageDelete":
		seen.Kind = bot.Deleted
		seen.Author, seen.Name, seen.External = "", "", false
		return named(seen)
	case "messageReaction":
		return a.reactions(seen)
	default:
		return nil
	}
	if a.Mentioned { // an edit of what was written to the bot is as if it said nothing
		return named(seen)
	}
	p := a.said(false)
	seen.Text, seen.Links = p.plain(), p.links
	return named(seen)
}

// named leaves out what has no id.
func named(seen bot.Sighting) []bot.Sighting {
	if seen.Message.Native == "" {
		return nil
	}
	return []bot.Sighting{seen}
}

func (a Activity) reactions(seen bot.Sighting) []bot.Sighting {
	if seen.Message.Native = bot.Clean(a.ReplyTo, maxID); seen.Message.Native == "" {
		return nil
	}
	if seen.Thread == seen.Message.Native {
		seen.Thread = ""
	}
	var all []bot.Sighting
	for _, kind := range a.Given {
		seen.Kind, seen.Emoji = bot.Reacted, emoji(kind)
		all = append(all, seen)
	}
	for _, kind := range a.Taken {
		seen.Kind, seen.Emoji = bot.Unreacted, emoji(kind)
		all = append(all, seen)
	}
	return all
}

// coded is a reaction that is named by its character: 1f4cc_pushpin.
var coded = regexp.MustCompile(`^([0-9a-f]{4,6})(?:[-_].*)?$`)

// emoji is the short code of a reaction.
func emoji(kind string) string {
	kind = strings.ToLower(kind)
	if m := coded.FindStringSubmatch(kind); m != nil {
		kind = m[1]
	}
	if code, known := shortCodes[kind]; known {
		return code
	}
	return bot.Clean(kind, 64)
}
