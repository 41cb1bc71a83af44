package voices

import (
	"context"
	"strings"

	"evangelist/bot"
)

// Ears returns the one that notices a concern which landed in a channel.
func (f *Feature) Ears() []bot.Ear { return []bot.Ear{{Name: "voices.accident", Hear: accident}} }

// accident hints privately to whoever posted "/concern …" as a message: a space
// before the slash is enough for that. Nothing of it is kept.
func accident(_ context.Context, batch []bot.Sighting) ([]bot.Whisper, error) {
	var hints []bot.Whisper
	for _, seen := range batch {
		if seen.Kind != bot.Posted || seen.Imported || seen.Bot || seen.Author == "" || !posedAsCommand(seen.Text) {
			continue
		}
		hints = append(hints, bot.Whisper{Place: seen.Message.Place, To: seen.Author, Message: bot.Notice(
			"What you just wrote stands in this channel for everybody, and did not reach the reading team. Delete the message if that was not meant, then type /concern at the very beginning of an empty line and press Enter: the words are asked for in a form.")})
	}
	return hints, nil
}

func posedAsCommand(text string) bool {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " ")
	word, _, _ = strings.Cut(word, "\n")
	return word == "/concern" || word == "/idea"
}
