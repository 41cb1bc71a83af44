package mrkdwn

import (
	"evangelist/adapters/slack/mrkdwn/jsonscan"
	"evangelist/bot"
)

// MaxText is the most characters that Convert returns as the words of a
// message, which is also the most that Slack accepts. Links behind it count.
const MaxText = 40_000

// Message is what Slack says of one message: its text as delivered, and the
// JSON of its blocks and attachments, each a list or empty. JSON that is broken
// or of another shape is taken as absent.
type Message struct {
	Text        string
	Blocks      []byte
	Attachments []byte
}

// Names tells how people, channels and groups are called. Each returns "" for
// an id that it does not know. A nil Names knows nobody.
type Names interface {
	User(id string) string
	Channel(id string) string
	Group(id string) string
}

// Convert returns the plain words of a message (at most MaxText characters,
// clean as bot.Clean makes them) and its links in order, each address once,
// with title, source and blurb where an attachment tells them. Blocks are
// believed before the text; the text counts where the blocks say nothing. It is
// a pure function, never fails, and takes time linear in the size of m.
func Convert(m Message, names Names) (string, []bot.SeenLink) {
	w := writer{names: names}
	w.blocks(parsed(m.Blocks))
	if w.empty() {
		w = writer{names: names}
		w.text(m.Text)
	}
	words, links := w.words(), w.links
	if len(links) > 0 && len(m.Attachments) > 0 {
		unfurl(links, parsed(m.Attachments), names)
	}
	return bot.Clean(words, MaxText), links
}

// Plain returns the plain words of one mrkdwn text, at most limit characters.
func Plain(text string, limit int, names Names) string {
	w := writer{names: names}
	w.text(text)
	return bot.Clean(w.words(), limit)
}

func parsed(data []byte) jsonscan.Value {
	if len(data) == 0 {
		return nil
	}
	v, err := jsonscan.Check(data)
	if err != nil {
		return nil
	}
	return v
}
